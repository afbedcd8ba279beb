#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/llamacpp/driver_kind.hpp"
#include "lfmfit/memory.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kTileBytes = std::int64_t{128} * 128 * 4;  // what two multiprocessors add up of one tile
constexpr Bytes kPoolPage{std::int64_t{2} << 20};                 // the pool grows by pages
constexpr Bytes kUnseen{std::int64_t{10} << 20};                  // more than the law of the pool was seen to miss
constexpr double kScratchSpread = 1.15;

std::string mib_text(Bytes bytes) { return fmt::format("{:.4g} MiB", static_cast<double>(bytes.count()) / (1 << 20)); }

/// How a term says what it comes of: not at all where nobody reads it, since that takes longer than the bytes.
struct Words {
  bool wanted = true;

  template <class Formula>
  MemoryTerm term(DriverPart part, const ByteRange& bytes, const Formula& formula, const std::string& source) const {
    MemoryTerm term{MemoryUse::kDriver, 0, bytes.value, bytes.low, bytes.high, {}, {}, part};
    if (!wanted) return term;
    term.formula = formula();
    term.source = source;
    return term;
  }
};

Bytes times(Bytes bytes, double factor) {
  return Bytes(static_cast<std::int64_t>(std::llround(static_cast<double>(bytes.count()) * factor)));
}

Bytes tiles_of(std::int64_t multiprocessors) { return Bytes(kTileBytes) * multiprocessors; }

MemoryTerm context_term(const DriverLaw& law, const DriverOverhead& row, std::int64_t multiprocessors, Words words) {
  if (multiprocessors == 0 || row.resident_threads == 0)
    return words.term(
        DriverPart::kContext, row.bytes, [] { return "the GPU's context, as large as the GPU"; }, row.source);
  const Bytes all = law.context_per_thread * (multiprocessors * row.resident_threads) + law.context_fixed;
  const auto formula = [&] {
    return fmt::format("{} multiprocessors x {} threads x {} B + {}", multiprocessors, row.resident_threads,
                       law.context_per_thread.count(), mib_text(law.context_fixed));
  };
  return words.term(DriverPart::kContext, {times(all, law.context_low), all, times(all, law.context_high)}, formula,
                    law.source);
}

MemoryTerm blas_term(const DriverLaw& law, const DriverOverhead& row, Words words) {
  const Bytes value = row.blas_workspace + law.blas.value;
  const auto formula = [&] {
    return fmt::format("cuBLAS: a workspace of {}, handle and kernels", mib_text(row.blas_workspace));
  };
  return words.term(DriverPart::kBlas, {Bytes(), value, row.blas_workspace + law.blas.high}, formula, law.source);
}

MemoryTerm pool_term(const DriverLaw& law, const DriverDemand& demand, std::int64_t multiprocessors, Words words) {
  const Bytes tiles = demand.splits_tiles ? tiles_of(multiprocessors) : Bytes();
  const Bytes scratch = std::max(demand.activations, demand.scratch);
  const auto formula = [&] {
    const std::string text =
        fmt::format("scratch: {}{}", mib_text(scratch),
                    demand.activations >= demand.scratch ? " for activations of a micro-batch in 8 bits"
                                                         : " for what attention, scans or products need in 16 bits");
    return tiles > Bytes() ? text + ", and tiles of " + mib_text(tiles) : text;
  };
  return words.term(DriverPart::kPool,
                    {Bytes(), scratch + tiles, times(scratch, kScratchSpread) + kPoolPage + kUnseen + tiles}, formula,
                    law.source);
}

std::vector<MemoryTerm> terms_of(const Backend& backend, const Device* device, const DriverDemand& demand,
                                 Words words) {
  const DriverKind kind = driver_kind(backend, device);  // nothing else of the device
  const DriverOverhead& row = *kind.row;
  if (!backend.driver)
    return {words.term(
        DriverPart::kWhole, row.bytes, [] { return "driver context, kernels and library workspaces"; }, row.source)};
  const DriverLaw& law = *backend.driver;
  std::vector<MemoryTerm> terms;
  terms.push_back(context_term(law, row, kind.multiprocessors, words));
  terms.push_back(words.term(
      DriverPart::kKernels, law.kernels, [] { return "kernels of one model, loaded with its first tokens"; },
      law.source));
  if (demand.multiplies_floats) terms.push_back(blas_term(law, row, words));
  if (demand.activations > Bytes() || demand.scratch > Bytes())
    terms.push_back(pool_term(law, demand, kind.multiprocessors, words));
  return terms;
}

void set_share(MemoryLedger& ledger, const Backend& backend, const std::vector<const Device*>& devices, Words words) {
  std::erase_if(ledger.terms, [](const MemoryTerm& term) { return term.use == MemoryUse::kDriver; });
  for (int gpu = 0; gpu < ledger.gpu_count; ++gpu) {
    if (!ledger.uses(gpu)) continue;
    const Device* device =
        devices.empty() ? nullptr : devices[std::min(static_cast<std::size_t>(gpu), devices.size() - 1)];
    for (MemoryTerm& term : terms_of(backend, device, ledger.demand_on(gpu), words)) {
      term.place = gpu;
      ledger.terms.push_back(std::move(term));
    }
  }
}

}  // namespace

Bytes bytes_of_tiles(const Device* device) { return device != nullptr ? tiles_of(device->multiprocessors) : Bytes(); }

DriverKind driver_kind(const Backend& backend, const Device* device) {
  return {&driver_overhead(backend, device), device != nullptr ? device->multiprocessors : 0};
}

DriverDemand MemoryLedger::demand_on(int gpu) const {
  if (driver_demands.empty() || gpu < 0) return {};
  return driver_demands[std::min(static_cast<std::size_t>(gpu), driver_demands.size() - 1)];
}

std::vector<MemoryTerm> driver_terms(const Backend& backend, const Device* device, const DriverDemand& demand) {
  return terms_of(backend, device, demand, {});
}

void set_driver_share(MemoryLedger& ledger, const Backend& backend, const std::vector<const Device*>& devices) {
  set_share(ledger, backend, devices, {});
}

MemoryLedger without_words(MemoryLedger ledger) {
  for (MemoryTerm& term : ledger.terms) {
    term.formula.clear();
    term.source.clear();
  }
  return ledger;
}

void set_driver_bytes(MemoryLedger& ledger, const Backend& backend, const Device* device) {
  set_share(ledger, backend, {device}, {.wanted = false});
}

ByteRange driver_share(const Backend& backend, const Device* device, const DriverDemand& demand) {
  ByteRange all;
  for (const MemoryTerm& term : terms_of(backend, device, demand, {.wanted = false})) {
    all.low += term.low;
    all.value += term.value;
    all.high += term.high;
  }
  return all;
}

const char* name_of(DriverPart part) {
  switch (part) {
    case DriverPart::kContext: return "context";
    case DriverPart::kKernels: return "kernels";
    case DriverPart::kBlas: return "cuBLAS";
    case DriverPart::kPool: return "pool";
    case DriverPart::kWhole: break;
  }
  return "";
}

}  // namespace lfmfit
