// The seam for programs that run models: what llama.cpp and the rule of thumb know differently is one row here.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lfmfit/device.hpp"
#include "lfmfit/memory.hpp"
#include "lfmfit/quantization.hpp"
#include "lfmfit/request.hpp"
#include "lfmfit/shared_value.hpp"
#include "lfmfit/speed.hpp"
#include "lfmfit/tensor.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

struct Estimate;
struct Question;
struct Speed;

/// What a request leaves of each GPU beyond what it is to leave; negative: what is missing.
using Surplus = std::function<std::vector<Bytes>(const Request&)>;

/// What a model takes on disk.
struct FileSize {
  Bytes tensor_bytes;          ///< all tensors as stored; of a model of the catalogue those that are loaded
  Bytes file_bytes;            ///< the file; what is not loaded is in it, and metadata where they are known
  Bytes file_low, file_high;   ///< bounds of it, where files of a name differ
  double bits_per_weight = 0;  ///< 8 x tensor_bytes / parameters
};

/// Of `model` as a checkpoint of `bytes`, which are all loaded.
FileSize checkpoint_size(Bytes bytes, const Model& model);

/// The program that a model runs in, as far as answers depend on it, or the rule that stands in for one. Each is one
/// row, in a folder of its own under src/core; law_of() is the only place that chooses. Questions that a law is asked
/// are complete, and `stored` are the tensors of their model as they are quantized.
struct Law {
  const char* runtime;      ///< "llama.cpp", "vllm": the program whose law it is
  const char* method;       ///< "exact", "page": the word that asks for it
  const char* name;         ///< "llama.cpp"
  Tokens usual_context;     ///< where none is asked for
  Tokens headline_context;  ///< at which its tables state memory first; 0: at none of its own
  /// Whether there is more than one speed: a band, another behind a filled context, prompts. Without, a single figure.
  bool tells_bands;
  /// Whether the driver's share is known by generation of GPU, which is then all that its devices differ in.
  bool tells_driver_share;

  /// The release of the program whose rules answer: "llama.cpp v0.7.0", "vllm@0.30"; empty: it is no program.
  std::string (*release)(const Question& question);
  /// Memory at `question.request.context`. Throws Error(kUnsupported | kBadRequest).
  MemoryLedger (*memory)(const Question& question, const std::vector<Tensor>& stored);
  /// The work of one token; unset where no speed is asked for.
  std::optional<Workload> (*workload)(const Question& question, const std::vector<Tensor>& stored);
  /// How fast `question` runs on its device: unset where nothing is known, and for encoders, which generate nothing.
  SharedValue<Speed> (*speed)(const Question& question, const std::optional<Workload>& workload,
                              const MemoryLedger& memory);
  /// The request of `question` with what does not fit the GPUs in host memory.
  Request (*place)(const Question& question, const Surplus& surplus);
  FileSize (*file)(const Question& question, const std::vector<Tensor>& stored);
  /// Whether its tables list `quantization` unless all are asked for.
  bool (*lists)(const Quantization& quantization);
  /// Answers a question as a whole, where a runtime goes another way than llama.cpp; null: it does not.
  Estimate (*answer)(const Question& question, const std::vector<Tensor>& stored) = nullptr;
};

/// Every law, the usual one first.
const std::vector<const Law*>& laws();

/// The law that answers `question`: its own, else the usual one.
const Law& law_of(const Question& question);

/// The law that `method` asks for. Throws Error(kBadRequest) naming those that there are.
const Law& law_called(std::string_view method);

}  // namespace lfmfit
