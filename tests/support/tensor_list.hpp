#pragma once

#include <map>
#include <string>
#include <vector>

#include "lfmfit/model.hpp"

namespace test {

/// The tensors of a real model's file, from tests/truth/tensors/NAME.txt: lines "key = value" of its metadata, then a
/// line for each tensor: name, dimensions and, after "@", the layers that have it.
struct TensorList {
  std::map<std::string, std::string> metadata;  ///< keys as in GGUF, without the architecture's name in front
  std::vector<lfmfit::Tensor> tensors;          ///< none is stored yet

  /// The whole number under `key`, the greatest if it lists several; 0 if absent.
  std::int64_t number(const std::string& key) const;
};

TensorList read_tensor_list(const std::string& name);

/// The names of all tensor lists, sorted.
std::vector<std::string> tensor_list_names();

/// A model with those tensors, and blocks of the right kind with their heads and experts; nothing else is filled in.
lfmfit::Model model_of(const TensorList& list);

/// The text of a file of the project; fails the test if it cannot be read.
std::string read_project_file(const std::string& path);

}  // namespace test
