#include "lfmfit/fit.hpp"

#include <algorithm>

namespace lfmfit {

namespace {

constexpr double kGreat = 0.75, kWell = 0.90;  // shares of the usable memory

double share_of(const PlaceFit& place) {
  return static_cast<double>(place.required.count()) /
         std::max(static_cast<double>(place.usable.value_or(place.required).count()), 1.0);
}

/// Where what is needed lies. The host of a card counts what it holds, without one it is all there is.
std::vector<PlaceFit> places_of(const MemoryLedger& ledger, const Capacity& capacity) {
  std::vector<PlaceFit> places;
  places.reserve(static_cast<std::size_t>(ledger.gpu_count) + 1);
  Bytes all;
  for (int gpu = 0; gpu < ledger.gpu_count; ++gpu) {
    const Bytes required = ledger.total_high(gpu);
    all += required;
    const auto index = static_cast<std::size_t>(gpu);
    places.push_back(
        {gpu, required, index < capacity.gpus.size() ? std::optional(capacity.gpus[index]) : std::nullopt});
  }
  const Bytes host = ledger.total_high(kHost);
  if (capacity.pool) {
    places.push_back({kPool, all + host - ledger.mapped_twice, capacity.pool});
  } else if (host > Bytes(0)) {
    places.push_back({kHost, host, capacity.host});
  }
  return places;
}

/// The place that lacks most; else the fullest of those that models are to lie in.
const PlaceFit& tightest(const std::vector<PlaceFit>& places, bool computes_on_host) {
  const auto counts = [&](const PlaceFit& place) {
    return place.usable && (place.place != kHost || computes_on_host || !place.holds());
  };
  return *std::max_element(places.begin(), places.end(), [&](const PlaceFit& a, const PlaceFit& b) {
    return (counts(a) ? share_of(a) : -1) < (counts(b) ? share_of(b) : -1);
  });
}

Verdict verdict_of(const PlaceFit& place) {
  Verdict verdict = Verdict::kTooBig;
  for (const Verdict better : {Verdict::kTight, Verdict::kRunsWell, Verdict::kRunsGreat}) {
    if (place.required <= most_for(better, place.usable.value_or(place.required))) verdict = better;
  }
  return verdict;
}

}  // namespace

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRunsGreat: return "runs great";
    case Verdict::kRunsWell: return "runs well";
    case Verdict::kTight: return "tight";
    case Verdict::kPartial: return "partial";
    case Verdict::kTooBig: return "too big";
  }
  return "";
}

std::string name_of_place(int place) {
  if (place == kHost) return "host";
  return place == kPool ? "memory" : "gpu" + std::to_string(place);
}

bool fits(const Fit& fit) { return fit.verdict != Verdict::kTooBig && !fit.host_wanted; }

Bytes most_for(Verdict verdict, Bytes usable) {
  const double share = verdict == Verdict::kRunsGreat ? kGreat : verdict == Verdict::kRunsWell ? kWell : 1.0;
  return share < 1 ? Bytes(static_cast<std::int64_t>(static_cast<double>(usable.count()) * share)) : usable;
}

Fit judge(const MemoryLedger& ledger, const Capacity& capacity) {
  Fit fit;
  fit.places = places_of(ledger, capacity);
  const bool computes_on_host = ledger.gpu_count == 0 || ledger.beside_gpus;
  const PlaceFit& place = tightest(fit.places, computes_on_host);
  fit.place = place.place;
  fit.required = place.required;
  fit.usable = place.usable.value_or(place.required);
  fit.headroom = fit.usable - fit.required;
  fit.verdict = verdict_of(place);
  if (ledger.beside_gpus && fit.verdict != Verdict::kTooBig) fit.verdict = Verdict::kPartial;
  for (const PlaceFit& each : fit.places) {
    if (each.place == kHost && !each.usable && each.required >= kUsualHostMemory) fit.host_wanted = each.required;
  }
  return fit;
}

}  // namespace lfmfit
