#include "page/speed_table.hpp"

#include "core/base/refusal.hpp"
#include "page/memory_table.hpp"

namespace lfmfit {

namespace {

RateBand band_of(const SpeedEstimate& estimate) { return {estimate.value, estimate.low, estimate.high}; }

}  // namespace

std::optional<PageSpeed> SpeedTable::speed(const Device& device, const Backend& backend, int gpus) {
  if (question_.speed_constants == nullptr) return std::nullopt;
  const Work& counted = work(backend, gpus);
  for (const auto* works : {&counted.by_quantization, &counted.by_cache}) {
    for (const std::optional<Workload>& workload : *works) {
      if (!workload || !workload->generates) return std::nullopt;
    }
  }
  const bool alone = question_.request.split_mode == SplitMode::kNone;
  return unless_refused([&] {
    return speed_of(counted, {device,
                              backend,
                              *question_.speed_constants,
                              alone ? 1 : gpus,
                              question_.request.split_mode,
                              false,
                              {question_.ram_bandwidth, question_.request.threads}});
  });
}

const SpeedTable::Work& SpeedTable::work(const Backend& backend, std::int64_t gpus) {
  const auto [place, is_new] = works_.try_emplace({backend.is_cpu, gpus});
  if (!is_new) return place->second;
  const auto count = [&](std::size_t q, std::size_t k) {
    Question here = in_state(question_, choices_, q, 0, k, 0);
    here.backend = &backend;
    here.request.gpu_count = gpus;
    return workload_of(here, stored_[q]);
  };
  for (std::size_t q = 0; q < choices_.quantizations.size(); ++q) place->second.by_quantization.push_back(count(q, 0));
  for (std::size_t k = 0; k < choices_.caches.size(); ++k) place->second.by_cache.push_back(count(0, k));
  return place->second;
}

PageSpeed SpeedTable::speed_of(const Work& work, const SpeedTarget& target) const {
  PageSpeed speed;
  for (const std::optional<Workload>& workload : work.by_quantization) {
    speed.decode.push_back(estimate_decode(*workload, target));
    speed.prefill.push_back(band_of(estimate_prefill(*workload, target)));
    for (const std::int64_t slots : choices_.slots)
      speed.together.push_back(band_of(estimate_decode(*workload, target, slots)));
  }
  for (const std::optional<Workload>& workload : work.by_cache) {
    const double shallow = 1 / decode_rate(*workload, target).value();
    Workload deeper = *workload;
    for (const Tokens depth : depths_) {
      deeper.depth = depth.count();
      speed.deeper.push_back(Seconds(1 / decode_rate(deeper, target).value() - shallow));
    }
  }
  return speed;
}

}  // namespace lfmfit
