#include "cli/page_words.hpp"

#include <utility>

namespace lfmfit::cli {

namespace {

using Words = std::vector<std::string>;

void add(Words& words, const char* option, const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    words.emplace_back(option);
    words.push_back(value);
  }
}

/// "a,b": llama-server takes several adapters so.
std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ",") + value;
  return text;
}

/// llama-server wants a file; of a model of the catalogue nobody knows yet what it is called.
std::string file_of(const std::string& model, ask::Finder& finder) {
  const ask::ModelFinder::Found found = finder.models.find(model);
  if (found.file != nullptr) return model;
  const std::string& id = found.model->card.id;
  return id.substr(id.rfind('/') + 1) + ".gguf";
}

Words speculation_words(const Speculative& asked, ask::Finder& finder) {
  Words words;
  if (!asked.is_asked() || asked.type == "none") return words;
  const bool drafts = asked.model.has_value();
  add(words, "--spec-type", {drafts ? "draft-simple" : "draft-mtp"});
  if (drafts) add(words, "--model-draft", {file_of(*asked.model, finder)});
  if (asked.max) add(words, "--spec-draft-n-max", {std::to_string(*asked.max)});
  return words;
}

/// What llama-server takes besides the state, the model and batches.
Words server_words(const Asked& asked, ask::Finder& finder) {
  Words words;
  add(words, "--mmproj", asked.mmproj);
  if (asked.with_mmproj) add(words, "--mmproj", {"mmproj.gguf"});
  if (!asked.lora.empty()) add(words, "--lora", {joined(asked.lora)});
  if (!asked.control_vectors.empty()) add(words, "--control-vector", {joined(asked.control_vectors)});
  const Words speculation = speculation_words(asked.speculative, finder);
  words.insert(words.end(), speculation.begin(), speculation.end());
  if (!asked.request.mmap) words.emplace_back("--no-mmap");
  if (!asked.request.op_offload) words.emplace_back("--no-op-offload");
  if (asked.request.threads) add(words, "--threads", {std::to_string(*asked.request.threads)});
  return words;
}

}  // namespace

std::vector<std::string> options_of_state() {
  return {"-q",       "--context", "--context-each", "--cache-type-k",  "--cache-type-v",   "--parallel",
          "--users",  "--like",    "--kv-unified",   "--gpu-layers",    "--depth",          "--method",
          "-o",       "--all",     "--open",         "--max-model-len", "--kv-cache-dtype", "--tensor-parallel-size",
          "--kv-bits"};
}

PageWords page_words(const Asked& asked, const std::vector<std::string>& said, ask::Finder& finder) {
  PageWords words;
  const std::string model = asked.model.value_or(ask::kUsualModel);
  const ask::ModelFinder::Found found = finder.models.find(model);
  words.model = found.file != nullptr ? model : found.model->card.id;
  words.published = found.file == nullptr;
  if (found.stored != nullptr) words.file = model;
  words.lfmfit = said;
  if (!asked.runtime && finder.usual_runtime) add(words.lfmfit, "--runtime", {*finder.usual_runtime});
  words.server = server_words(asked, finder);
  return words;
}

}  // namespace lfmfit::cli
