#include <map>
#include <tuple>
#include <utility>

#include "core/answer/settle.hpp"
#include "core/llamacpp/driver_kind.hpp"
#include "lfmfit/estimate.hpp"

namespace lfmfit {

namespace {

constexpr std::size_t kMostByDriver = 1024;  // ledgers, some 3 kB each

/// What automatic placing sets.
using PlacingKey = std::tuple<std::int64_t, bool, std::int64_t, std::vector<double>, std::vector<Overflow>, bool>;
using MemoryKey = std::tuple<const Backend*, bool, std::int64_t, std::int64_t, PlacingKey>;
using WorkKey = std::tuple<bool, std::int64_t, PlacingKey>;

PlacingKey placing_of(const Request& request) {
  return {request.gpu_layers,   request.cpu_moe,   request.n_cpu_moe,
          request.tensor_split, request.overflows, request.mmap};
}

MemoryKey memory_key(const Question& asked) {
  const Request& request = asked.request;
  const bool is_unified = asked.device->device_class == DeviceClass::kUnified;  // what is said of mapped files differs
  return {asked.backend, is_unified, request.context.count(), request.gpu_count, placing_of(request)};
}

}  // namespace

/// What is done with the terms of a ledger.
enum class Terms { kTold, kSummed };

/// What answers about several devices share. Devices of one backend differ in the driver's share only, unless their
/// GPUs differ: then nothing is shared but the file.
struct Answers::Shared {
  using ByDriver = std::map<std::pair<MemoryKey, DriverKind>, MemoryLedger>;

  std::map<MemoryKey, MemoryLedger> ledgers;  ///< with the driver's share of some device
  ByDriver by_driver, summed_by_driver;       ///< with texts and without
  std::map<MemoryKey, MemoryLedger> without_texts;
  std::map<MemoryKey, MemoryLedger> of_one_device;
  std::map<WorkKey, std::optional<Workload>> workloads;
  std::optional<FileSize> file_size;

  /// Holds until forget_some().
  const MemoryLedger& memory(const Question& asked, const std::vector<Tensor>& stored, Terms terms) {
    const Law& law = law_of(asked);
    const bool is_shared = asked.device->parts.empty();
    std::map<MemoryKey, MemoryLedger>& kept = is_shared ? ledgers : of_one_device;
    MemoryKey key = memory_key(asked);
    auto known = kept.find(key);
    if (known == kept.end()) known = kept.emplace(key, law.memory(asked, stored)).first;
    const MemoryLedger& some = known->second;
    const bool has_driver = law.tells_driver_share && !asked.driver_share && some.gpu_count > 0;
    if (!is_shared || !has_driver) return some;
    return terms == Terms::kTold ? with_driver(std::move(key), some, asked) : summed(std::move(key), some, asked);
  }

  const MemoryLedger& with_driver(MemoryKey key, const MemoryLedger& some, const Question& asked) {
    std::pair full_key(std::move(key), driver_kind(*asked.backend, asked.device));
    const auto known = by_driver.find(full_key);
    if (known != by_driver.end()) return known->second;
    MemoryLedger ledger = some;
    set_driver_share(ledger, *asked.backend, {asked.device});
    return by_driver.emplace(std::move(full_key), std::move(ledger)).first->second;
  }

  const MemoryLedger& summed(MemoryKey key, const MemoryLedger& some, const Question& asked) {
    std::pair full_key(std::move(key), driver_kind(*asked.backend, asked.device));
    const auto known = summed_by_driver.find(full_key);
    if (known != summed_by_driver.end()) return known->second;
    auto bare = without_texts.find(full_key.first);
    if (bare == without_texts.end()) bare = without_texts.emplace(full_key.first, without_words(some)).first;
    MemoryLedger ledger = bare->second;
    set_driver_bytes(ledger, *asked.backend, asked.device);
    return summed_by_driver.emplace(std::move(full_key), std::move(ledger)).first->second;
  }

  /// Where an answer about one more device comes from.
  EstimateSources sources(const std::vector<Tensor>& stored, Terms terms);

  /// What is of no use to another device, and what would else grow without end.
  void forget_some() {
    of_one_device.clear();
    for (ByDriver* kept : {&by_driver, &summed_by_driver}) {
      if (kept->size() > kMostByDriver) kept->clear();
    }
  }

  std::optional<Workload> workload(const Question& asked, const std::vector<Tensor>& stored) {
    const Law& law = law_of(asked);
    const Request& request = asked.request;
    if (!asked.device->parts.empty() || asked.speed_constants == nullptr) return law.workload(asked, stored);
    const WorkKey key{asked.backend->is_cpu, request.gpu_count, placing_of(request)};
    auto known = workloads.find(key);
    if (known == workloads.end()) known = workloads.emplace(key, law.workload(asked, stored)).first;
    return known->second;
  }

  FileSize file(const Question& asked, const std::vector<Tensor>& stored) {
    if (!file_size) file_size = law_of(asked).file(asked, stored);
    return *file_size;
  }
};

Answers::Answers(const Question& question, std::vector<Tensor> stored)
    : question_(question), stored_(std::move(stored)), shared_(std::make_unique<Shared>()) {}

Answers::~Answers() = default;

EstimateSources Answers::Shared::sources(const std::vector<Tensor>& stored, Terms terms) {
  forget_some();
  return {[this, &stored, terms](const Question& asked) -> const MemoryLedger& { return memory(asked, stored, terms); },
          [this, &stored](const Question& asked) { return workload(asked, stored); },
          [this, &stored](const Question& asked) { return file(asked, stored); }};
}

Question Answers::question_on(const Device& device, const Backend& backend) const {
  Question here = question_;
  here.device = &device;
  here.backend = &backend;
  return here;
}

Estimate Answers::on(const Device& device, const Backend& backend) {
  return estimate_from(question_on(device, backend), stored_, shared_->sources(stored_, Terms::kTold));
}

Judged Answers::judged_on(const Device& device, const Backend& backend) {
  return judged_from(question_on(device, backend), stored_, shared_->sources(stored_, Terms::kSummed));
}

}  // namespace lfmfit
