// One model on every device at once, and at every quantization: what `lfmfit MODEL` prints.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/device.hpp"
#include "lfmfit/estimate.hpp"
#include "lfmfit/shared_value.hpp"

namespace lfmfit {

/// One line of the table of quantizations.
struct QuantizationRow {
  const Quantization* quantization = nullptr;
  double bits_per_weight = 0;
  Bytes file_bytes;
  Bytes total;                          ///< on the GPU (or the host without one) at the asked context
  Bytes total_full_context;             ///< the same at the longest context that the model's configuration allows
  std::optional<Bytes> total_headline;  ///< the same at the context that the law's tables state first
};

/// One device and how the model does there.
struct DeviceRow {
  const Device* device = nullptr;
  const Backend* backend = nullptr;
  Fit fit;
  SharedValue<Speed> speed;
  SharedValue<Request> request;  ///< as answered there, always set: what lies in host memory may differ
  int expert_layers_on_host = 0;
};

/// How many devices have each verdict, in the order of the enumeration.
using VerdictCounts = std::array<std::size_t, 5>;

VerdictCounts count_verdicts(const std::vector<DeviceRow>& rows);

/// Everything the main command says.
struct Report {
  Question question;  ///< as answered; its backend is that of `estimate` and the table of quantizations
  std::int64_t parameters = 0;
  std::int64_t active_parameters = 0;
  int attention_layers = 0;
  std::string layers;  ///< "16 layers: 10 short-conv, 6 attention"
  Tokens full_context;
  Estimate estimate;                      ///< of the asked quantization; has no verdict
  std::optional<MemoryLedger> as_server;  ///< as a plain llama-server would run it; unset: it would not, or this is it
  std::optional<Bytes> calculators_say;   ///< what calculator sites say where they count a cache in too many layers
  std::vector<QuantizationRow> quantizations;
  std::vector<DeviceRow> gpus;     ///< discrete cards and servers of them, best first
  std::vector<DeviceRow> unified;  ///< unified-memory machines, best first
  std::vector<DeviceRow> cpus;     ///< machines without a GPU, best first
  std::vector<std::string> warnings;

  /// Unified-memory machines whose memory would do, but not the part that their system lets the GPU use.
  struct LimitedPools {
    std::size_t machines = 0;
    std::size_t raisable = 0;          ///< of those, where a setting would make it fit (Fit::raised)
    std::vector<std::string> reasons;  ///< why, each once; no sentences
    std::vector<std::string> settings;
  } limited_pools;
};

/// What a report is made of besides the question, whose `device` is ignored.
struct ReportScope {
  std::vector<const Quantization*> quantizations;  ///< rows of the table
  struct Candidate {
    const Device* device;
    const Backend* backend;  ///< null: lfmfit knows none for it
    bool speed = true;       ///< it is shown with its speed; else it ranks by its verdict alone, which of several GPUs
                             ///< may be that of one of them
  };
  std::vector<Candidate> devices;
  bool server = true;  ///< what a plain llama-server takes is wanted
};

/// Makes the report. Memory is worked out once per backend, not per device. Devices whose backend
/// lfmfit cannot answer for are left out, which a warning says.
Report make_report(const Question& question, const ReportScope& scope);

/// Better first: verdict, then decode speed, then id.
bool ranks_before(const DeviceRow& a, const DeviceRow& b);

/// What a list of devices can be sorted by. Each but the name puts the highest first; ties go by rank.
enum class DeviceOrder { kRank, kDecode, kPrefill, kMemory, kHeadroom, kBandwidth, kYear, kName };

void sort_rows(std::vector<DeviceRow>& rows, DeviceOrder order);

}  // namespace lfmfit
