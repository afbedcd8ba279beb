#include "page/memory_table.hpp"

#include <stdexcept>

#include "core/base/refusal.hpp"

namespace lfmfit {

namespace {

/// One part of memory that several states share: the first that is seen is kept, the others must be equal.
class SharedPart {
 public:
  explicit SharedPart(std::size_t count) : values_(count) {}

  void set(std::size_t index, Bytes bytes) {
    std::optional<Bytes>& value = values_[index];
    if (value && *value != bytes)
      throw std::logic_error("a part of memory differs between states that should share it");
    value = bytes;
  }

  /// Those that no state set are of states that cannot be.
  std::vector<Bytes> values() const {
    std::vector<Bytes> result;
    for (const std::optional<Bytes>& value : values_) result.push_back(value.value_or(Bytes()));
    return result;
  }

 private:
  std::vector<std::optional<Bytes>> values_;
};

class MemoryTable {
 public:
  MemoryTable(const Question& question, const PageChoices& choices, const std::vector<std::vector<Tensor>>& stored,
              const Backend& backend, int gpus)
      : question_(question),
        choices_(choices),
        stored_(stored),
        backend_(backend),
        gpus_(gpus),
        weights_(choices.quantizations.size()),
        caches_(choices.cache_state(choices.contexts.size(), 0, 0)),
        states_(choices.slots.size()) {}

  std::optional<PageBackend> table() {
    table_.compute.resize(choices_.states());
    bool any = false;
    for (std::size_t q = 0; q < choices_.quantizations.size(); ++q) {
      for (std::size_t c = 0; c < choices_.contexts.size(); ++c) {
        for (std::size_t k = 0; k < choices_.caches.size(); ++k) {
          for (std::size_t p = 0; p < choices_.slots.size(); ++p) any = add(q, c, k, p) || any;
        }
      }
    }
    if (!any) return std::nullopt;
    table_.backend = &backend_;
    table_.gpus = gpus_;
    table_.driver = page_driver(question_, backend_, nullptr);
    table_.weights = weights_.values();
    table_.caches = caches_.values();
    table_.states = states_.values();
    return std::move(table_);
  }

 private:
  /// False: llama.cpp cannot run this, or lfmfit cannot tell.
  bool add(std::size_t q, std::size_t c, std::size_t k, std::size_t p) {
    Question here = in_state(question_, choices_, q, c, k, p);
    here.backend = &backend_;
    here.request.gpu_count = gpus_;
    const auto answer = unless_refused([&] { return estimate(here, stored_[q]); });
    if (answer && gpus_ > 1) add_fullest(answer->memory, choices_.state(q, c, k, p));
    if (answer && gpus_ == 1) add(answer->memory, q, c, k, p);
    return answer.has_value();
  }

  void add(const MemoryLedger& ledger, std::size_t q, std::size_t c, std::size_t k, std::size_t p) {
    const int place = ledger.tightest_place();
    const Bytes weights = ledger.sum(MemoryUse::kWeights, place);
    const Bytes cache = ledger.sum(MemoryUse::kKvCache, place);
    const Bytes state = ledger.sum(MemoryUse::kState, place);
    weights_.set(q, weights);
    caches_.set(choices_.cache_state(c, k, p), cache);
    states_.set(p, state);
    const Bytes shared = weights + cache + state;
    PageCompute compute;
    compute.pool = ledger.sum(DriverPart::kPool, place);
    compute.multiplies_floats = ledger.has(DriverPart::kBlas, place);
    compute.splits_tiles = ledger.has(DriverPart::kPool, place) && ledger.demand_on(place).splits_tiles;
    const ByteRange driver = driver_of(ledger, place);
    compute.gpu.low = ledger.total_low(place) - shared - driver.low;
    compute.gpu.value = ledger.total(place) - shared - driver.value - compute.pool;
    compute.gpu.high = ledger.total_high(place) - shared - driver.high;
    if (place != kHost) {
      compute.host = ledger.total(kHost);
      compute.pooled = ledger.total_high(kHost) - ledger.mapped_twice;
    }
    table_.compute[choices_.state(q, c, k, p)] = compute;
  }

  /// Of several GPUs: no page shows the parts of these, nor what lies in host memory.
  void add_fullest(const MemoryLedger& ledger, std::size_t state) {
    const int place = ledger.tightest_place();
    const ByteRange driver = driver_of(ledger, place);
    PageCompute compute;
    compute.multiplies_floats = ledger.has(DriverPart::kBlas, place);
    compute.splits_tiles = ledger.has(DriverPart::kPool, place) && ledger.demand_on(place).splits_tiles;
    compute.gpu.value = ledger.total(place) - driver.value;
    compute.gpu.low = compute.gpu.value;
    compute.gpu.high = ledger.total_high(place) - driver.high;
    table_.compute[state] = compute;
  }

  /// All but the pool, which is the state's own.
  static ByteRange driver_of(const MemoryLedger& ledger, int place) {
    ByteRange driver;
    for (const MemoryTerm& term : ledger.terms) {
      if (term.use != MemoryUse::kDriver || term.place != place || term.part == DriverPart::kPool) continue;
      driver.low += term.low;
      driver.value += term.value;
      driver.high += term.high;
    }
    return driver;
  }

  const Question& question_;
  const PageChoices& choices_;
  const std::vector<std::vector<Tensor>>& stored_;
  const Backend& backend_;
  int gpus_;
  SharedPart weights_, caches_, states_;
  PageBackend table_;
};

}  // namespace

ByteRange share_of(const PageDriver& driver, const PageCompute& compute) {
  ByteRange share = driver.always;
  if (compute.multiplies_floats) {
    share.low += driver.blas.low;
    share.value += driver.blas.value;
    share.high += driver.blas.high;
  }
  if (compute.splits_tiles) {
    share.value += driver.tiles;
    share.high += driver.tiles;
  }
  return share;
}

PageDriver page_driver(const Question& question, const Backend& backend, const Device* device) {
  if (backend.is_cpu) return {};
  if (question.driver_share) return {{*question.driver_share, *question.driver_share, *question.driver_share}, {}, {}};
  PageDriver driver;
  driver.always = driver_share(backend, device, {});
  if (!backend.driver) return driver;
  DriverDemand demand;
  demand.multiplies_floats = true;
  const ByteRange with_blas = driver_share(backend, device, demand);
  driver.blas = {with_blas.low - driver.always.low, with_blas.value - driver.always.value,
                 with_blas.high - driver.always.high};
  driver.tiles = bytes_of_tiles(device);
  return driver;
}

Question in_state(const Question& question, const PageChoices& choices, std::size_t quantization, std::size_t context,
                  std::size_t cache, std::size_t slot) {
  Question here = question;
  here.quantization = choices.quantizations[quantization];
  here.cache = choices.caches[cache];
  here.request.context = choices.contexts[context];
  here.request.parallel = choices.slots[slot];
  here.device = nullptr;
  here.longest_context = false;
  return here;
}

std::optional<PageBackend> memory_table(const Question& question, const PageChoices& choices,
                                        const std::vector<std::vector<Tensor>>& stored, const Backend& backend,
                                        int gpus) {
  return MemoryTable(question, choices, stored, backend, gpus).table();
}

}  // namespace lfmfit
