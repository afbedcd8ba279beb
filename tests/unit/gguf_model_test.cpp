#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/model_file.hpp"
#include "support/model_gguf.hpp"
#include "support/reader_facts.hpp"
#include "support/scene.hpp"
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

Model model_of(const std::string& bytes) {
  return model_of_gguf({read_gguf(*bytes_in_memory("test.gguf", bytes), test::reader_facts().tensor_type)}, "test.gguf",
                       test::reader_facts());
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
  for (const Model& expected : test::shipped().models()) {
    CAPTURE(expected.card.id);
    Model model;
    CHECK_NOTHROW(model = read_sparse(test::gguf_of(expected)));
    if (model.blocks.empty()) continue;
    REQUIRE(model.blocks.size() == expected.blocks.size());
    for (std::size_t i = 0; i < model.blocks.size(); ++i) {
      Block block = model.blocks[i];
      block.letter = expected.blocks[i].letter;  // which of two letters stands for the same block is chance
      if (block == expected.blocks[i]) continue;
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

namespace {

/// A model of two layers with the tensors of LFM2, a little one.
test::GgufWriter small_lfm2(std::int32_t layers = 2) {
  test::GgufWriter writer;
  writer.text("general.architecture", "lfm2")
      .text("general.name", "Small")
      .u32("lfm2.block_count", static_cast<std::uint32_t>(layers));
  writer.u32("lfm2.embedding_length", 64).u32("lfm2.context_length", 1024).u32("lfm2.feed_forward_length", 128);
  writer.u32("lfm2.attention.head_count", 4)
      .i32s("lfm2.attention.head_count_kv", {0, 2})
      .u32("lfm2.shortconv.l_cache", 3);
  writer.tensor("token_embd.weight", {64, 100}, 1, 12800).tensor("token_embd_norm.weight", {64}, 0, 256);
  for (const char* layer : {"blk.0.", "blk.1."}) {
    const std::string name = layer;
    writer.tensor(name + "attn_norm.weight", {64}, 0, 256).tensor(name + "ffn_norm.weight", {64}, 0, 256);
    writer.tensor(name + "ffn_gate.weight", {64, 128}, 1, 16384).tensor(name + "ffn_up.weight", {64, 128}, 1, 16384);
    writer.tensor(name + "ffn_down.weight", {128, 64}, 1, 16384);
  }
  writer.tensor("blk.0.shortconv.conv.weight", {3, 64}, 0, 768)
      .tensor("blk.0.shortconv.in_proj.weight", {64, 192}, 1, 24576);
  writer.tensor("blk.0.shortconv.out_proj.weight", {64, 64}, 1, 8192);
  writer.tensor("blk.1.attn_q.weight", {64, 64}, 1, 8192).tensor("blk.1.attn_k.weight", {64, 32}, 1, 4096);
  writer.tensor("blk.1.attn_v.weight", {64, 32}, 1, 4096).tensor("blk.1.attn_output.weight", {64, 64}, 1, 8192);
  writer.tensor("blk.1.attn_q_norm.weight", {16}, 0, 64).tensor("blk.1.attn_k_norm.weight", {16}, 0, 64);
  return writer;
}

}  // namespace

TEST_CASE("A file's tensors and its overhead add up to the file") {
  const test::GgufWriter writer = small_lfm2();
  const Model model = model_of(writer.file());
  CHECK(describe_layers(model) == "2 layers: 1 short-conv, 1 attention");
  CHECK(model.card.name == "Small");
  Bytes bytes = *model.file_overhead;
  for (const Tensor& tensor : model.file_tensors) bytes += tensor_bytes(tensor.shape, *tensor.stored);
  CHECK(bytes == Bytes(static_cast<std::int64_t>(writer.file().size())));
}

TEST_CASE("LFM2-1.2B in a file equals the catalogue's to the byte") {
  const Model& expected = test::shipped().model("LiquidAI/LFM2-1.2B");
  for (const char* name : {"Q4_0", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "F16"}) {
    CAPTURE(name);
    const Quantization& quantization = test::shipped().quantization(name);
    const Model model = read_sparse(test::gguf_of(expected, &quantization));
    CHECK(total_bytes(tensors(model)) == total_bytes(quantize(expected, quantization)));
    CHECK(parameter_count(model) == 1170340608);
  }
  const Model model = read_sparse(test::gguf_of(expected, &test::shipped().quantization("Q4_K_M")));
  CHECK(total_bytes(model.file_tensors) == Bytes(728509440));
}

TEST_CASE("What a file holds beyond the known is refused by name") {
  CHECK_THROWS_WITH(model_of(small_lfm2().tensor("blk.1.attn_magic.weight", {4}, 0, 16).file()),
                    Contains("layer 1 is no block that lfmfit knows of architecture \"lfm2\": tensor "
                             "\"attn_magic.weight\" is not understood"));
  CHECK_THROWS_WITH(model_of(small_lfm2().tensor("magic.weight", {4}, 0, 16).file()),
                    Contains("tensor \"magic.weight\" is not understood"));
  CHECK_THROWS_WITH(model_of(small_lfm2().tensor("blk.7.attn_norm.weight", {64}, 0, 256).file()),
                    Contains("beyond block_count, which is 2"));
  CHECK_THROWS_WITH(model_of(small_lfm2(3).file()), Contains("lists 2 layers"));
  CHECK_THROWS_WITH(model_of(small_lfm2(0).file()), Contains("block_count is 0"));
  CHECK_THROWS_WITH(model_of(small_lfm2().u32("lfm2.attention.sliding_window", 512).file()),
                    Contains("sliding window is not understood"));
  CHECK_THROWS_WITH(model_of(test::GgufWriter().text("general.architecture", "wonder").file()),
                    Contains("architecture \"wonder\" is unknown; known are"));
  CHECK_THROWS_WITH(model_of(test::GgufWriter().file()), Contains("no general.architecture"));
}

TEST_CASE("A tensor that is missing or has another shape is named") {
  test::GgufWriter writer = small_lfm2();
  std::string file = writer.file();
  file.replace(file.find("blk.1.attn_k_norm"), 17, "blk.1.attn_x_norm");
  CHECK_THROWS_WITH(model_of(file), Contains("there is no tensor \"attn_k_norm.weight\""));
  const Model& expected = test::shipped().model("LiquidAI/LFM2-350M");
  test::GgufWriter other;
  other.text("general.architecture", "lfm2")
      .u32("lfm2.block_count", 16)
      .u32("lfm2.embedding_length", 1024)
      .u32("lfm2.context_length", 128000);
  other.u32("lfm2.feed_forward_length", 4096)
      .u32("lfm2.attention.head_count", 16)
      .u32("lfm2.attention.head_count_kv", 8)
      .u32("lfm2.shortconv.l_cache", 3);
  test::add_tensors(other, tensors(expected));
  CHECK_THROWS_WITH(read_sparse(other), Contains("ffn_") && Contains("expected"));
}

TEST_CASE("Layers for multi-token prediction are overhead, as llama.cpp leaves them out") {
  test::GgufWriter writer = small_lfm2(3);
  writer.u32("lfm2.nextn_predict_layers", 1).tensor("blk.2.nextn.eh_proj.weight", {128, 64}, 1, 16384);
  const Model model = model_of(writer.file());
  CHECK(model.blocks.size() == 2);
  CHECK(*model.file_overhead >= Bytes(16384));
}

TEST_CASE("Files that are no language model say what they are") {
  CHECK_THROWS_WITH(model_of(test::GgufWriter().text("general.architecture", "clip").file()), Contains("--mmproj"));
  CHECK_THROWS_WITH(
      model_of(test::GgufWriter().text("general.type", "adapter").text("general.architecture", "lfm2").file()),
      Contains("of type \"adapter\""));
  CHECK_THROWS_WITH(model_of(test::GgufWriter(3, true).text("general.architecture", "lfm2").file()),
                    Contains("big-endian"));
}
