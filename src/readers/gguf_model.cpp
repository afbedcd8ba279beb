#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/base/limits.hpp"
#include "core/base/printable.hpp"
#include "core/model/tensor_names.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/model_file.hpp"
#include "readers/layer_matcher.hpp"

namespace lfmfit {

namespace {

/// "blk.12.attn_q.weight" is the tensor "attn_q.weight" of layer 12; what has no such name belongs to no layer.
Tensor place(const GgufTensor& in_file) {
  constexpr std::string_view kPrefix = "blk.";
  Tensor tensor{in_file.name, -1, in_file.shape, in_file.type};
  if (in_file.name.compare(0, kPrefix.size(), kPrefix) != 0) return tensor;
  const char* start = in_file.name.data() + kPrefix.size();
  const char* end = in_file.name.data() + in_file.name.size();
  int layer = -1;
  const auto [dot, error] = std::from_chars(start, end, layer);
  if (error != std::errc() || dot == end || *dot != '.' || layer < 0) return tensor;
  tensor.layer = layer;
  tensor.name = std::string(dot + 1, end);
  return tensor;
}

class GgufBuilder {
 public:
  GgufBuilder(const std::vector<GgufHeader>& shards, const std::string& path, const ReaderFacts& facts)
      : shards_(shards), path_(path), facts_(facts), parameters_(Hyperparameters::of(shards.at(0), path)) {}

  Model build() {
    require_language_model();
    const Architecture& architecture = known_architecture();
    count_layers();
    sort_tensors();
    const GgufTraits traits = facts_.traits(architecture.name);
    LayerMatcher matcher(architecture, parameters_, traits, path_);
    ShapeBuilder builder(architecture);
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const LayerMatcher::Match match = matcher.match(static_cast<int>(i), layers_[i], outside_);
      builder.add(match.letter, match.settings);
    }
    builder.shape().settings = model_settings();
    Model model = checked_model(builder);
    fill_file(model);
    return model;
  }

 private:
  [[noreturn]] void refuse(ErrorKind kind, const std::string& what) const {
    throw Error(kind, fmt::format("{}: {}", printable(path_, 4096), what));
  }

  void require_language_model() const {
    const GgufHeader& header = shards_[0];
    if (header.big_endian) {
      refuse(ErrorKind::kUnsupported,
             "is a big-endian GGUF, which llama.cpp loads on big-endian machines only; "
             "convert it with gguf-py's gguf_convert_endian.py");
    }
    const std::string type = header.text("general.type");
    const std::string& architecture = parameters_.architecture();
    if (architecture.empty()) refuse(ErrorKind::kBadFile, "has no general.architecture, so it is no model");
    if (type == "mmproj" || architecture == "clip") {
      refuse(ErrorKind::kBadFile,
             "is the vision or audio part of a model (mmproj); name the model itself, and this file with --mmproj");
    }
    if (type == "adapter" || type == "imatrix" || architecture == "controlvector") {
      refuse(ErrorKind::kBadFile,
             fmt::format("is no model but {}; name the model that it belongs to",
                         type.empty() ? "a control vector" : "of type \"" + printable(type) + "\""));
    }
  }

  const Architecture& known_architecture() const {
    const Architecture* architecture = facts_.architecture(parameters_.architecture());
    if (architecture != nullptr) return *architecture;
    std::string names;
    for (const std::string& name : facts_.architecture_names()) names += (names.empty() ? "" : ", ") + name;
    refuse(ErrorKind::kUnsupported, fmt::format("its architecture \"{}\" is unknown; known are {}",
                                                printable(parameters_.architecture()), names));
  }

  void count_layers() {
    const std::int64_t all = parameters_.required("block_count");
    const std::int64_t predicting = parameters_.number("nextn_predict_layers").value_or(0);
    if (all < 1 || all > kMaxLayers)
      parameters_.fail("block_count", fmt::format("is {}; llama.cpp loads 1 to {} layers", all, kMaxLayers));
    if (predicting < 0 || predicting >= all)
      parameters_.fail("nextn_predict_layers", fmt::format("is {} of {} layers", predicting, all));
    all_layers_ = all;
    layers_.resize(static_cast<std::size_t>(all - predicting));
  }

  void sort_tensors() {
    for (const GgufHeader& shard : shards_) {
      for (const GgufTensor& in_file : shard.tensors) {
        Tensor tensor = place(in_file);
        if (tensor.layer >= all_layers_) {
          refuse(ErrorKind::kBadFile, fmt::format("tensor \"{}\" belongs to a layer beyond block_count, which is {}",
                                                  printable(in_file.name), all_layers_));
        }
        if (tensor.layer >= static_cast<int>(layers_.size())) continue;  // multi-token prediction: not loaded
        (tensor.layer < 0 ? outside_ : layers_[static_cast<std::size_t>(tensor.layer)]).add(tensor);
        loaded_.push_back(std::move(tensor));
      }
    }
  }

  Settings model_settings() const {
    Settings settings;
    settings["n_embd"] = parameters_.required("embedding_length");
    settings["n_vocab"] = outside_.size("token_embd.weight", 1);
    settings["context_train"] = parameters_.required("context_length");
    if (outside_.size("token_embd.weight", 0) != settings["n_embd"]) {
      refuse(ErrorKind::kBadFile,
             "its token_embd.weight is missing, or has rows of another length than embedding_length; convert it again");
    }
    settings["mtp_layers"] = all_layers_ - static_cast<std::int64_t>(layers_.size());
    settings["tied_embeddings"] = outside_.has("output.weight") ? 0 : 1;
    settings["output_bias"] = outside_.has("output.bias") ? 1 : 0;
    settings["n_token_types"] = outside_.size("token_types.weight", 1);
    settings["long_rope"] = outside_.has("rope_factors_long.weight") ? 1 : 0;
    if (const auto pooling = parameters_.number("pooling_type")) settings["pooling"] = *pooling;
    if (const auto causal = parameters_.number("attention.causal")) settings["causal"] = *causal;
    if (const auto shared = parameters_.number("attention.shared_kv_layers")) settings["shared_kv_layers"] = *shared;
    return settings;
  }

  /// The model, after comparing what lies outside of its layers with the file.
  Model checked_model(ShapeBuilder& builder) const {
    Model model;
    try {
      model = build_model(builder.architecture(), builder.shape());
    } catch (const Error& error) {
      refuse(error.kind(), error.what());
    }
    LayerTensors expected;
    for (const Tensor& tensor : tensors(model)) {
      if (tensor.layer >= 0) continue;
      expected.add(tensor);
      const auto found = outside_.shapes().find(tensor.name);
      if (found == outside_.shapes().end())
        refuse(ErrorKind::kUnsupported, fmt::format("there is no tensor \"{}\"", tensor.name));
      if (found->second != tensor.shape)
        refuse(ErrorKind::kUnsupported,
               fmt::format("tensor \"{}\" has a shape that its metadata does not explain", tensor.name));
    }
    for (const auto& entry : outside_.shapes()) {
      if (!expected.has(entry.first) && !is_behind_pooling({entry.first, -1, entry.second, nullptr}))
        refuse(ErrorKind::kUnsupported, fmt::format("tensor \"{}\" is not understood", printable(entry.first)));
    }
    return model;
  }

  void fill_file(Model& model) const {
    const GgufHeader& header = shards_[0];
    Bytes in_files, in_tensors;
    for (const GgufHeader& shard : shards_) in_files += shard.file_bytes;
    for (const Tensor& tensor : loaded_) in_tensors += tensor_bytes(tensor.shape, *tensor.stored);
    model.card.id = path_;
    model.card.name = printable(header.text("general.name"));
    model.card.license = printable(header.text("general.license"));
    model.card.publisher = printable(header.text("general.organization"));
    model.card.source = "GGUF";
    model.file_tensors = loaded_;
    model.file_overhead = in_files - in_tensors;
  }

  const std::vector<GgufHeader>& shards_;
  const std::string& path_;
  const ReaderFacts& facts_;
  Hyperparameters parameters_;
  std::int64_t all_layers_ = 0;
  std::vector<LayerTensors> layers_;
  LayerTensors outside_;
  std::vector<Tensor> loaded_;
};

}  // namespace

Model model_of_gguf(const std::vector<GgufHeader>& shards, const std::string& path, const ReaderFacts& facts) {
  return GgufBuilder(shards, path, facts).build();
}

}  // namespace lfmfit
