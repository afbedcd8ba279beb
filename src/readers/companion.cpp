#include <fmt/format.h>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/model_file.hpp"

namespace lfmfit {

const char* name_of(CompanionKind kind) {
  switch (kind) {
    case CompanionKind::kProjector: return "mmproj";
    case CompanionKind::kAdapter: return "LoRA adapter";
    case CompanionKind::kControlVector: return "control vector";
  }
  return "mmproj";
}

Companion read_companion(const std::string& path, const ReaderFacts& facts) {
  const GgufHeader header = read_gguf(*open_file(path), facts.tensor_type);
  const std::string type = header.text("general.type");
  const std::string architecture = header.text("general.architecture");
  Companion companion;
  companion.path = path;
  if (architecture == "clip" || type == "mmproj") {
    companion.kind = CompanionKind::kProjector;
  } else if (type == "adapter" && header.text("adapter.type") == "lora") {
    companion.kind = CompanionKind::kAdapter;
    companion.architecture = printable(architecture);
  } else if (architecture == "controlvector") {
    companion.kind = CompanionKind::kControlVector;
  } else {
    throw Error(ErrorKind::kBadFile,
                fmt::format("{}: is neither an mmproj file, a LoRA adapter nor a control vector{}",
                            printable(path, 4096), type == "model" ? "; it is a model of its own" : ""));
  }
  for (const GgufTensor& tensor : header.tensors) {
    companion.tensors.push_back({tensor.name, -1, tensor.shape, tensor.type});
    companion.bytes += tensor.bytes;
  }
  return companion;
}

}  // namespace lfmfit
