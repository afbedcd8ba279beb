#include "lfmfit/model_file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/model_gguf.hpp"
#include "support/reader_facts.hpp"
#include "support/temporary_folder.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;

namespace {

std::vector<std::string> sorted_names(const std::vector<Tensor>& tensors) {
  std::vector<std::string> names;
  for (const Tensor& tensor : tensors) {
    names.push_back(fmt::format("{} {} {}", tensor.layer, tensor.name, fmt::join(tensor.shape, " ")));
  }
  std::sort(names.begin(), names.end());
  return names;
}

Model read(const std::string& bytes) {
  return model_of_gguf({read_gguf(*bytes_in_memory("test.gguf", bytes), test::reader_facts().tensor_type)}, "test.gguf", test::reader_facts());
}

/// Only the header is read, so that the data may be a hole.
Model read_sparse(const test::GgufWriter& writer) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.gguf");
  writer.write_sparse(path);
  return model_of_gguf(read_gguf_shards(path, test::reader_facts().tensor_type), path, test::reader_facts());
}

}  // namespace

TEST_CASE("The blocks of every real model's file imply just the tensors that the file has") {
  for (const std::string& name : test::tensor_list_names()) {
    CAPTURE(name);
    const test::TensorList list = test::read_tensor_list(name);
    Model model;
    CHECK_NOTHROW(model = read_sparse(test::gguf_of(list)));
    if (model.blocks.empty()) continue;
    CHECK(model.file_tensors.size() == list.tensors.size());
    model.file_tensors.clear();
    CHECK(sorted_names(tensors(model)) == sorted_names(list.tensors));
  }
}

TEST_CASE("A GGUF of a catalogue model is read as that model, block by block") {
  for (const Model& expected : test::catalog().models()) {
    CAPTURE(expected.card.id);
    Model model;
    CHECK_NOTHROW(model = read_sparse(test::gguf_of(expected)));
    if (model.blocks.empty()) continue;
    REQUIRE(model.blocks.size() == expected.blocks.size());
    for (std::size_t i = 0; i < model.blocks.size(); ++i) {
      if (model.blocks[i] == expected.blocks[i]) continue;
      FAIL_CHECK("block " << i << " differs");
      break;
    }
    CHECK(model.n_vocab == expected.n_vocab);
    CHECK(model.n_embd == expected.n_embd);
    CHECK(model.tied_embeddings == expected.tied_embeddings);
    CHECK(model.final_norm == expected.final_norm);
    CHECK(sorted_names(model.file_tensors) == sorted_names(tensors(expected)));
  }
}

TEST_CASE("x") { CHECK_THROWS(read("")); }
