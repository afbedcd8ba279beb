#include "ask/vllm_draft.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/base/letter_case.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kExample = R"({"method": "mtp", "num_speculative_tokens": 2})";
constexpr std::int64_t kMostTokens = 256;

[[noreturn]] void reject(const std::string& what) {
  throw Error(ErrorKind::kBadRequest, fmt::format("--speculative-config {}; an example: {}", what, kExample));
}

std::string text_of(const Json& value, const std::string& key) {
  if (!value.is_string()) reject("has a " + key + " that is no text");
  return value.get<std::string>();
}

std::int64_t number_of(const Json& value, const std::string& key) {
  if (!value.is_number_integer()) reject("has a " + key + " that is no whole number");
  return value.get<std::int64_t>();
}

/// The parts of vLLM's own option, where `asked` has it in place of a type; what else is in it changes no memory that
/// is counted.
Speculative unfolded(const Speculative& asked) {
  if (!asked.type || !asked.type->starts_with("{")) return asked;
  const Json config = Json::parse(*asked.type, nullptr, false);
  if (!config.is_object()) reject("is no JSON object");
  Speculative parts{std::nullopt, asked.max, asked.model};
  for (const auto& [key, value] : config.items()) {
    if (key == "method") parts.type = text_of(value, key);
    if (key == "model") parts.model = text_of(value, key);
    if (key == "num_speculative_tokens") parts.max = number_of(value, key);
    if (key == "draft_tensor_parallel_size" || key == "quantization" || key == "max_model_len")
      throw Error(
          ErrorKind::kUnsupported,
          fmt::format("how {} of --speculative-config changes memory is not known to lfmfit; leave it out", key));
  }
  return parts;
}

/// As vLLM tells the method by the model's name where none is given.
std::string method_of(const Speculative& asked) {
  if (asked.type) return lower(*asked.type);
  if (!asked.model) reject("names neither a method nor a model");
  const std::string name = lower(*asked.model);
  for (const char* method : {"eagle3", "eagle", "mtp"}) {
    if (name.find(method) != std::string::npos) return method;
  }
  return "draft_model";
}

/// The methods that are counted by the words for them: "deepseek_mtp", llama.cpp's "draft-simple".
std::string known_method(const std::string& method) {
  if (method == "eagle" || method == "eagle3" || method == "none") return method;
  if (method.ends_with("mtp")) return "mtp";
  if (method == "draft_model" || method == "draft" || method == "draft-simple") return "draft_model";
  if (method == "ngram" || method == "ngram_gpu" || method == "suffix") return "ngram";
  throw Error(
      ErrorKind::kUnsupported,
      fmt::format("what speculation by \"{}\" takes in vLLM is not known to lfmfit; it knows ngram, mtp, eagle, "
                  "eagle3 and draft_model",
                  method));
}

}  // namespace

std::optional<VllmDraft> vllm_draft(const Speculative& asked, Finder& finder) {
  if (!asked.is_asked()) return std::nullopt;
  const Speculative parts = unfolded(asked);
  VllmDraft draft{known_method(method_of(parts)), parts.max.value_or(1), nullptr};
  if (draft.method == "none") return std::nullopt;
  if (!parts.max && draft.method != "mtp") reject("must say num_speculative_tokens (--draft-max)");
  if (draft.tokens < 1 || draft.tokens > kMostTokens)
    reject(fmt::format("drafts {} tokens; it must be from 1 to {}", draft.tokens, kMostTokens));
  if (draft.method != "draft_model") return draft;
  if (!parts.model) reject("must name the model that drafts");
  draft.model = finder.models.find(*parts.model).model;
  return draft;
}

std::string speculative_config(const VllmDraft& draft) {
  Json config = {{"method", draft.method}, {"num_speculative_tokens", draft.tokens}};
  if (draft.model != nullptr) config["model"] = draft.model->card.id;
  return config.dump();
}

}  // namespace lfmfit::ask
