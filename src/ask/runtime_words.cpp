#include "ask/runtime_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/base/letter_case.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/law.hpp"

namespace lfmfit::ask {

namespace {

/// What another runtime has in place of a field.
struct Counterpart {
  std::string_view field, instead;
};

constexpr std::array<Counterpart, 34> kCounterparts = {{
    {"context", "max_model_len"},
    {"context_each", "max_model_len"},
    {"parallel", "max_num_seqs"},
    {"users", "max_num_seqs"},
    {"batch", "max_num_batched_tokens"},
    {"ubatch", "max_num_batched_tokens"},
    {"kv_type_k", "kv_cache_dtype"},
    {"kv_type_v", "kv_cache_dtype"},
    {"gpu_count", "tensor_parallel_size"},
    {"split_mode", "tensor_parallel_size"},
    {"tensor_split", "tensor_parallel_size"},
    {"available_bytes", "device_bytes"},
    {"lora", "max_loras"},
    {"max_model_len", "context"},
    {"max_num_seqs", "parallel"},
    {"max_num_batched_tokens", "ubatch"},
    {"kv_cache_dtype", "kv_type_k"},
    {"tensor_parallel_size", "gpu_count"},
    {"pipeline_parallel_size", "gpu_count"},
    {"data_parallel_size", "gpu_count"},
    {"device_bytes", "available_bytes"},
    {"gpu_memory_utilization", "reserve_bytes"},
    {"kv_cache_memory_bytes", "context"},
    {"max_loras", "lora"},
    {"kv_type_k", "kv_bits"},
    {"kv_type_v", "kv_bits"},
    {"ubatch", "prefill_step_size"},
    {"kv_bits", "kv_type_k"},
    {"max_kv_size", "context"},
    {"prefill_step_size", "ubatch"},
    {"kv_cache_dtype", "kv_bits"},
    {"kv_bits", "kv_cache_dtype"},
    {"max_kv_size", "max_model_len"},
    {"prefill_step_size", "max_num_batched_tokens"},
}};

/// What `runtime` has in place of `field`; empty: nothing.
std::string_view instead_of(std::string_view field, std::string_view runtime) {
  for (const Counterpart& one : kCounterparts) {
    if (one.field == field && takes_field(runtime, one.instead)) return one.instead;
  }
  return {};
}

/// Options of vLLM and MLX bear the names of the fields.
std::string option_of(std::string_view field) {
  const char* owner = runtime_of_field(field);
  if (owner == nullptr || owner == kLlamaCpp) return "";
  std::string option = " (--" + std::string(field) + ")";
  std::replace(option.begin(), option.end(), '_', '-');
  return option;
}

std::string shown(std::string_view runtime) {
  return runtime == kVllm ? "vLLM" : runtime == kMlx ? "MLX" : std::string(runtime);
}

/// Notes what differs from what nobody asked for.
struct FieldTexts {
  template <class Value>
  void operator()(const char* name, const std::optional<Value>& field) {
    if (field) texts[name] = "given";
  }
  template <class Value>
  void operator()(const char* name, const std::vector<Value>& field) {
    if (!field.empty()) texts[name] = "given";
  }
  void operator()(const char* name, const Speculative& field) {
    if (field.is_asked()) texts[name] = "given";
  }
  void operator()(const char* name, std::int64_t field) { texts[name] = std::to_string(field); }
  void operator()(const char* name, bool field) { texts[name] = field ? "yes" : "no"; }

  std::map<std::string, std::string> texts;
};

}  // namespace

RuntimeWords parse_runtime(const std::optional<std::string>& asked) {
  if (!asked) return {std::string(kLlamaCpp), ""};
  const std::size_t end = std::min(asked->find_first_of("@ "), asked->size());
  RuntimeWords words{asked->substr(0, end), end < asked->size() ? asked->substr(end + 1) : ""};
  if (!words.version.empty() && words.version.front() == 'v') words.version.erase(0, 1);
  if (same_but_case(words.name, kVllm)) return {std::string(kVllm), words.version};
  if (same_but_case(words.name, kLlamaCpp)) return {std::string(kLlamaCpp), words.version};
  if (same_but_case(words.name, kMlx) || same_but_case(words.name, "mlx-lm")) return {std::string(kMlx), words.version};
  throw Error(
      ErrorKind::kBadRequest,
      fmt::format("there is no runtime \"{}\"; there are llama.cpp, vllm and mlx, llama.cpp@0.7 and vllm@0.30 for one "
                  "version (`lfmfit list runtimes`)",
                  *asked));
}

void require_fields_of(std::string_view runtime, const Asked& asked) {
  FieldTexts usual, given;
  for_each_field(Asked{}, usual);
  for_each_field(asked, given);
  for (const auto& [name, text] : given.texts) {
    const char* owner = runtime_of_field(name);
    const auto other = usual.texts.find(name);
    const bool is_usual = other != usual.texts.end() && other->second == text;
    if (takes_field(runtime, name) || is_usual) continue;
    const std::string_view instead = instead_of(name, runtime);
    throw Error(ErrorKind::kBadRequest,
                fmt::format("\"{}\" is {}'s, and the runtime is {}; {}", name, shown(owner), shown(runtime),
                            instead.empty()
                                ? std::string("leave it out, or ask for the other with \"runtime\"")
                                : fmt::format("what comes nearest there is \"{}\"{}", instead, option_of(instead))));
  }
}

}  // namespace lfmfit::ask
