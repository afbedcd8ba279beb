#include "support/model_gguf.hpp"

#include <sstream>

#include "support/tensor_types.hpp"

namespace test {

using namespace lfmfit;

void add_tensors(GgufWriter& writer, const std::vector<Tensor>& tensors) {
  for (const Tensor& tensor : tensors) {
    const bool is_vector = tensor.shape[1] == 1;
    const TensorType* type = tensor.stored != nullptr ? tensor.stored : tensor_type_of(is_vector ? 0 : 1);
    const std::string name = tensor.layer < 0 ? tensor.name : "blk." + std::to_string(tensor.layer) + "." + tensor.name;
    std::vector<std::int64_t> shape(tensor.shape.begin(), tensor.shape.end());
    while (shape.size() > 1 && shape.back() == 1) shape.pop_back();
    writer.tensor(name, shape, static_cast<std::uint32_t>(type->ggml_id), tensor_bytes(tensor.shape, *type).count());
  }
}

GgufWriter gguf_of(const TensorList& list) {
  GgufWriter writer;
  const std::string architecture = list.metadata.at("architecture");
  writer.text("general.architecture", architecture).text("general.name", "Test");
  for (const auto& [key, value] : list.metadata) {
    if (key == "architecture" || key == "parameters") continue;
    std::istringstream words(value);
    std::vector<std::int32_t> numbers;
    for (double number = 0; words >> number;) numbers.push_back(static_cast<std::int32_t>(number));
    const std::string name = architecture + "." + key;
    if (numbers.size() > 1)
      writer.i32s(name, numbers);
    else if (key == "expert_weights_scale")
      writer.f32(name, std::stof(value));
    else if (numbers.size() == 1)
      writer.u32(name, static_cast<std::uint32_t>(numbers[0]));
    else if (value == "True" || value == "False")
      writer.flag(name, value == "True");
    else
      writer.text(name, value);
  }
  // The lists name the length of heads once; converters write it for keys and for values.
  const std::int64_t head_dim = list.number("attention.key_length");
  if (head_dim > 0 && list.number("attention.value_length") == 0) {
    writer.u32(architecture + ".attention.value_length", static_cast<std::uint32_t>(head_dim));
  }
  add_tensors(writer, list.tensors);
  return writer;
}

}  // namespace test
