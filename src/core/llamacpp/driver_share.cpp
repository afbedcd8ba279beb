#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/llamacpp/driver_kind.hpp"
#include "lfmfit/memory.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kTileBytes = std::int64_t{128} * 128 * 4;  // what two multiprocessors add up of one tile
constexpr Bytes kPoolPage{std::int64_t{2} << 20};   // the pool grows by pages
constexpr Bytes kUnseen{std::int64_t{10} << 20};    // more than the law of the pool was seen to miss
constexpr double kScratchSpread = 1.15;

std::string mib_text(Bytes bytes) { return fmt::format("{:.4g} MiB", static_cast<double>(bytes.count()) / (1 << 20)); }

MemoryTerm term_of(DriverPart part, const ByteRange& bytes, std::string formula, std::string source) {
  return {MemoryUse::kDriver, 0, bytes.value, bytes.low, bytes.high, std::move(formula), std::move(source), part};
}

Bytes times(Bytes bytes, double factor) {
  return Bytes(static_cast<std::int64_t>(std::llround(static_cast<double>(bytes.count()) * factor)));
}

Bytes tiles_of(std::int64_t multiprocessors) { return Bytes(kTileBytes) * multiprocessors; }

MemoryTerm context_term(const DriverLaw& law, const DriverOverhead& row, std::int64_t multiprocessors) {
  if (multiprocessors == 0 || row.resident_threads == 0)
    return term_of(DriverPart::kContext, row.bytes, "the GPU's context, as large as the GPU", row.source);
  const Bytes all = law.context_per_thread * (multiprocessors * row.resident_threads) + law.context_fixed;
  return term_of(DriverPart::kContext, {times(all, law.context_low), all, times(all, law.context_high)},
                 fmt::format("{} multiprocessors x {} threads x {} B + {}", multiprocessors, row.resident_threads,
                             law.context_per_thread.count(), mib_text(law.context_fixed)),
                 law.source);
}

MemoryTerm blas_term(const DriverLaw& law, const DriverOverhead& row) {
  const Bytes value = row.blas_workspace + law.blas.value;
  return term_of(DriverPart::kBlas, {Bytes(), value, row.blas_workspace + law.blas.high},
                 fmt::format("cuBLAS: a workspace of {}, handle and kernels", mib_text(row.blas_workspace)),
                 law.source);
}

MemoryTerm pool_term(const DriverLaw& law, const DriverDemand& demand, std::int64_t multiprocessors) {
  const Bytes tiles = demand.splits_tiles ? tiles_of(multiprocessors) : Bytes();
  const Bytes scratch = std::max(demand.activations, demand.scratch);
  const std::string formula =
      fmt::format("scratch: {}{}", mib_text(scratch),
                  demand.activations >= demand.scratch ? " for activations of a micro-batch in 8 bits"
                                                       : " for what attention, scans or products need in 16 bits");
  return term_of(DriverPart::kPool,
                 {Bytes(), scratch + tiles, times(scratch, kScratchSpread) + kPoolPage + kUnseen + tiles},
                 tiles > Bytes() ? formula + ", and tiles of " + mib_text(tiles) : formula, law.source);
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
  const DriverKind kind = driver_kind(backend, device);  // nothing else of the device
  const DriverOverhead& row = *kind.row;
  if (!backend.driver)
    return {term_of(DriverPart::kWhole, row.bytes, "driver context, kernels and library workspaces", row.source)};
  const DriverLaw& law = *backend.driver;
  std::vector<MemoryTerm> terms;
  terms.push_back(context_term(law, row, kind.multiprocessors));
  terms.push_back(
      term_of(DriverPart::kKernels, law.kernels, "kernels of one model, loaded with its first tokens", law.source));
  if (demand.multiplies_floats) terms.push_back(blas_term(law, row));
  if (demand.activations > Bytes() || demand.scratch > Bytes())
    terms.push_back(pool_term(law, demand, kind.multiprocessors));
  return terms;
}

void set_driver_share(MemoryLedger& ledger, const Backend& backend, const std::vector<const Device*>& devices) {
  std::erase_if(ledger.terms, [](const MemoryTerm& term) { return term.use == MemoryUse::kDriver; });
  for (int gpu = 0; gpu < ledger.gpu_count; ++gpu) {
    if (!ledger.uses(gpu)) continue;
    const Device* device =
        devices.empty() ? nullptr : devices[std::min(static_cast<std::size_t>(gpu), devices.size() - 1)];
    for (MemoryTerm& term : driver_terms(backend, device, ledger.demand_on(gpu))) {
      term.place = gpu;
      ledger.terms.push_back(std::move(term));
    }
  }
}

ByteRange driver_share(const Backend& backend, const Device* device, const DriverDemand& demand) {
  ByteRange all;
  for (const MemoryTerm& term : driver_terms(backend, device, demand)) {
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
