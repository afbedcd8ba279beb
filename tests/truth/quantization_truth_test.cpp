#include <map>
#include <set>
#include <sstream>

#include "catch.hpp"
#include "lfmfit/quantization.hpp"
#include "support/quantization_data.hpp"
#include "support/tensor_list.hpp"

namespace {

using namespace lfmfit;

/// One line of quantization.csv: the bytes of the tensors that llama.cpp v0.5.0's quantizer makes of a model's F16
/// file, from dry runs of llama-quantize and, for rows that leave needs_importance_matrix empty, from its library's own
/// choice of types.
struct MadeFile {
  std::string model;
  std::string file_type;
  std::string importance_matrix;  ///< "any": the same with and without
  bool needs_importance_matrix = false;
  Bytes tensor_bytes;
};

std::vector<MadeFile> read_rows() {
  std::istringstream text(test::read_project_file("tests/truth/quantization.csv"));
  std::string line;
  std::getline(text, line);
  std::vector<MadeFile> rows;
  while (std::getline(text, line)) {
    std::istringstream fields(line);
    MadeFile row;
    std::string needs, bytes;
    std::getline(fields, row.model, ',');
    std::getline(fields, row.file_type, ',');
    std::getline(fields, row.importance_matrix, ',');
    std::getline(fields, needs, ',');
    std::getline(fields, bytes, ',');
    row.needs_importance_matrix = needs == "true";
    row.tensor_bytes = Bytes(std::stoll(bytes));
    rows.push_back(row);
  }
  return rows;
}

TEST_CASE("Every tensor list adds up to its model's parameters") {
  const auto names = test::tensor_list_names();
  CHECK(names.size() >= 33);
  for (const std::string& name : names) {
    INFO(name);
    const auto list = test::read_tensor_list(name);
    std::int64_t parameters = 0;
    for (const Tensor& tensor : list.tensors) parameters += element_count(tensor.shape);
    CHECK(parameters == list.number("parameters"));
  }
}

TEST_CASE("Quantized models have the bytes that llama-quantize gives them, all of them") {
  std::map<std::string, Model> models;
  const std::vector<MadeFile> rows = read_rows();
  CHECK(rows.size() >= 1316);
  for (const MadeFile& row : rows) {
    auto [entry, is_new] = models.try_emplace(row.model);
    if (is_new) entry->second = test::model_of(test::read_tensor_list(row.model));
    for (const bool importance_matrix : {false, true}) {
      if (row.importance_matrix == (importance_matrix ? "false" : "true")) continue;
      INFO(row.model << " " << row.file_type << " importance matrix: " << importance_matrix);
      const auto tensors = quantize(entry->second, test::quantization(row.file_type), importance_matrix);
      CHECK(total_bytes(tensors).count() == row.tensor_bytes.count());
    }
  }
}

TEST_CASE("A recipe that needs an importance matrix is one that llama-quantize refuses without it") {
  std::set<std::string> refused;
  for (const MadeFile& row : read_rows()) {
    if (row.needs_importance_matrix) refused.insert(row.file_type);
  }
  for (const Quantization& quantization : test::quantizations()) {
    INFO(quantization.name);
    CHECK(quantization.needs_importance_matrix == (refused.count(quantization.name) != 0));
  }
}

}  // namespace
