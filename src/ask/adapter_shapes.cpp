#include "ask/adapter_shapes.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <string_view>

#include "core/base/printable.hpp"
#include "core/model/tensor_names.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

constexpr std::string_view kA = ".lora_a", kB = ".lora_b";

/// The two matrices whose product is added to a tensor.
struct Pair {
  const Tensor* a = nullptr;
  const Tensor* b = nullptr;
};

[[noreturn]] void refuse(const Companion& adapter, const std::string& problem) {
  throw Error(ErrorKind::kBadRequest, printable(adapter.path, 4096) + " is no adapter of this model: " + problem);
}

std::string shape_text(const Tensor& tensor) { return fmt::format("{} x {}", tensor.shape[0], tensor.shape[1]); }

/// The matrices by the name of the tensor that they change.
std::map<std::string, Pair> pairs_of(const Companion& adapter) {
  std::map<std::string, Pair> pairs;
  for (const Tensor& tensor : adapter.tensors) {
    const std::string_view name = tensor.name;
    if (name.ends_with(kA)) {
      pairs[std::string(name.substr(0, name.size() - kA.size()))].a = &tensor;
    } else if (name.ends_with(kB)) {
      pairs[std::string(name.substr(0, name.size() - kB.size()))].b = &tensor;
    } else {
      refuse(adapter, "its tensor " + printable(tensor.name) + " is neither a \".lora_a\" nor a \".lora_b\"");
    }
  }
  return pairs;
}

void require_shapes(const Companion& adapter, const std::string& name, const Pair& pair, const Tensor& changed) {
  // the matrices of an embedding, whose rows are looked up, are the other way round
  const bool is_looked_up = name == "token_embd.weight";
  const Tensor& in = is_looked_up ? *pair.b : *pair.a;
  const Tensor& out = is_looked_up ? *pair.a : *pair.b;
  const bool fits =
      is_looked_up ? changed.shape[0] == in.shape[1] && changed.shape[1] == out.shape[1]
                   : changed.shape[0] == in.shape[0] && changed.shape[1] == out.shape[1] && in.shape[1] == out.shape[0];
  if (fits) return;
  refuse(adapter, fmt::format("it changes {} by {} and {}, and that is {} here; which model was it trained for?",
                              printable(name), shape_text(*pair.a), shape_text(*pair.b), shape_text(changed)));
}

}  // namespace

void require_adapts(const Companion& adapter, const Model& model) {
  std::map<std::string, Tensor> changed;
  for (Tensor& tensor : tensors(model)) changed.emplace(full_name({tensor.layer, tensor.name}), tensor);
  for (const auto& [name, pair] : pairs_of(adapter)) {
    if (pair.a == nullptr || pair.b == nullptr)
      refuse(adapter, fmt::format("{} has one of its two matrices only", printable(name)));
    const auto found = changed.find(name);
    if (found == changed.end()) refuse(adapter, "there is no tensor " + printable(name));
    require_shapes(adapter, name, pair, found->second);
  }
}

}  // namespace lfmfit::ask
