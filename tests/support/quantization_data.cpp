#include "support/quantization_data.hpp"

#include <algorithm>
#include <stdexcept>

#include "catalog/quantization_rows.hpp"
#include "catalog/tensor_type_rows.hpp"
#include "support/tensor_list.hpp"

namespace test {

const std::deque<lfmfit::TensorType>& tensor_types() {
  static const std::string path = "data/tensor_types.json";
  static const auto types = lfmfit::read_tensor_types(path, read_project_file(path));
  return types;
}

const std::vector<lfmfit::Quantization>& quantizations() {
  static const std::string path = "data/quantizations.json";
  static const auto rows = lfmfit::read_quantizations(path, read_project_file(path), find_tensor_type);
  return rows;
}

const lfmfit::TensorType* find_tensor_type(std::string_view name) {
  const auto& types = tensor_types();
  const auto found =
      std::find_if(types.begin(), types.end(), [name](const lfmfit::TensorType& type) { return type.name == name; });
  return found == types.end() ? nullptr : &*found;
}

const lfmfit::TensorType& tensor_type(const std::string& name) {
  const lfmfit::TensorType* type = find_tensor_type(name);
  if (type == nullptr) throw std::runtime_error("a tensor type of the test data is unknown");
  return *type;
}

const lfmfit::Quantization& quantization(const std::string& name) {
  const auto& rows = quantizations();
  const auto found = std::find_if(rows.begin(), rows.end(), [&name](const auto& row) { return row.name == name; });
  if (found == rows.end()) throw std::runtime_error("a quantization of the test data is unknown");
  return *found;
}

}  // namespace test
