#include <map>
#include <tuple>
#include <utility>

#include "core/answer/settle.hpp"
#include "lfmfit/estimate.hpp"

namespace lfmfit {

namespace {

/// What automatic placing sets.
using PlacingKey = std::tuple<std::int64_t, bool, std::int64_t, std::vector<double>, std::vector<Overflow>, bool>;
using MemoryKey = std::tuple<const Backend*, std::int64_t, std::int64_t, PlacingKey>;
using WorkKey = std::tuple<bool, std::int64_t, PlacingKey>;

PlacingKey placing_of(const Request& request) {
  return {request.gpu_layers,   request.cpu_moe,   request.n_cpu_moe,
          request.tensor_split, request.overflows, request.mmap};
}

MemoryKey memory_key(const Question& asked) {
  const Request& request = asked.request;
  return {asked.backend, request.context.count(), request.gpu_count, placing_of(request)};
}

}  // namespace

/// What answers about several devices share. Devices of one backend differ in the driver's share only, unless their
/// GPUs differ: then nothing is shared but the file.
struct Answers::Shared {
  std::map<MemoryKey, MemoryLedger> ledgers;
  std::map<WorkKey, std::optional<Workload>> workloads;
  std::optional<FileSize> file_size;

  MemoryLedger memory(const MemoryKey& key, const Question& asked, const std::vector<Tensor>& stored) {
    const Law& law = law_of(asked);
    if (!asked.device->parts.empty()) return law.memory(asked, stored);
    auto known = ledgers.find(key);
    if (known == ledgers.end()) known = ledgers.emplace(key, law.memory(asked, stored)).first;
    MemoryLedger ledger = known->second;
    const bool has_driver = law.tells_driver_share && !asked.driver_share;
    if (has_driver) set_driver_share(ledger, *asked.backend, {asked.device});
    return ledger;
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

Estimate Answers::on(const Device& device, const Backend& backend) {
  Question here = question_;
  here.device = &device;
  here.backend = &backend;
  std::map<MemoryKey, MemoryLedger> ledgers;  // with the driver's share of this device
  const auto memory = [&](const Question& asked) -> const MemoryLedger& {
    MemoryKey key = memory_key(asked);
    const auto known = ledgers.find(key);
    if (known != ledgers.end()) return known->second;
    MemoryLedger ledger = shared_->memory(key, asked, stored_);
    return ledgers.emplace(std::move(key), std::move(ledger)).first->second;
  };
  return estimate_from(here, stored_,
                       {memory, [&](const Question& asked) { return shared_->workload(asked, stored_); },
                        [&](const Question& asked) { return shared_->file(asked, stored_); }});
}

}  // namespace lfmfit
