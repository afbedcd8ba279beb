#include "ask/like_words.hpp"

#include <fmt/format.h>

#include <charconv>

#include "core/base/limits.hpp"
#include "core/base/number_text.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

constexpr const char *kServer = "server", *kOllama = "ollama";
constexpr const char *kSlotsVariable = "OLLAMA_NUM_PARALLEL", *kContextVariable = "OLLAMA_CONTEXT_LENGTH",
                     *kCacheType = "OLLAMA_KV_CACHE_TYPE", *kFlashAttention = "OLLAMA_FLASH_ATTENTION";

std::string variable(const EnvironmentVariables& variables, const char* name) {
  const auto found = variables.find(name);
  return found != variables.end() ? found->second : "";
}

/// Unset: the variable is not there, or 0, which leaves it to Ollama.
std::optional<std::int64_t> number_in(const EnvironmentVariables& variables, const char* name) {
  const std::string text = variable(variables, name);
  if (text.empty()) return std::nullopt;
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && rest == text.data() + text.size() && number >= 0 && number <= kMaxContext)
    return number > 0 ? std::optional(number) : std::nullopt;
  throw Error(ErrorKind::kBadRequest, fmt::format("{} in the environment is no number: \"{}\"", name, text));
}

bool says_slots(const Asked& asked) { return asked.users || asked.request.parallel != Request{}.parallel; }

/// What all GPUs of the question's device report together.
Bytes gpu_memory(const Question& question) {
  const Device* device = question.device;
  if (device == nullptr) return question.available.value_or(Bytes(0));
  if (device->device_class == DeviceClass::kCpu) return Bytes(0);
  Bytes sum;
  for (int gpu = 0; gpu < device->gpus && gpu < kMaxGpus; ++gpu) {
    const Device& one = gpu_of(*device, gpu);
    const bool has_total = device->device_class != DeviceClass::kUnified && one.total.value > Bytes(0);
    sum += has_total ? one.total.value : one.usable;
  }
  return sum;
}

void set_server(const Asked& asked, Question& question) {
  const Request server = like_server(question.request, *question.model);
  if (!says_slots(asked)) {
    question.request.parallel = server.parallel;
    question.request.kv_unified = server.kv_unified;
  }
  question.request.context = server.context;
  question.shrinks_context = !asked.context && !asked.context_each;
}

void set_ollama(const Asked& asked, Question& question) {
  const Bytes memory = gpu_memory(question);
  question.request = like_ollama(question.request, *question.model, memory, question.request.parallel);
  const Tokens each = tokens_of_each(question.request);
  const bool chosen = !asked.context && !asked.context_each;
  question.notes.push_back(fmt::format(
      "As Ollama starts it: {}{}, not shared; layers that do not fit lie in host memory, 1,024 MiB are left free on "
      "each "
      "GPU. Batches of {} tokens; Ollama takes 1,024 or 2,048 where the context is long and there is room (-b, -ub).",
      question.request.parallel == 1 ? "one slot" : fmt::format("{} slots", question.request.parallel),
      chosen ? fmt::format(" of {} tokens, which it chooses by {:.1f} GiB of GPU memory", grouped(each.count()),
                           in_gib(memory))
             : "",
      grouped(question.request.ubatch)));
}

}  // namespace

Asked with_environment(Asked asked, const EnvironmentVariables& variables) {
  if (asked.like != kOllama) return asked;
  if (!says_slots(asked)) asked.request.parallel = number_in(variables, kSlotsVariable).value_or(1);
  if (!asked.context && !asked.context_each) {
    if (const auto context = number_in(variables, kContextVariable)) asked.context_each = *context;
  }
  if (const std::string type = variable(variables, kCacheType); !type.empty()) {
    if (!asked.kv_type_k) asked.kv_type_k = type;
    if (!asked.kv_type_v) asked.kv_type_v = type;
  }
  const std::string flash = variable(variables, kFlashAttention);
  if (!asked.flash_attention && !flash.empty()) {
    const bool off = flash == "0" || flash == "false";
    asked.flash_attention = name_of(off ? FlashAttention::kOff : FlashAttention::kOn);
  }
  return asked;
}

std::vector<std::string> ollama_variables() { return {kSlotsVariable, kContextVariable, kCacheType, kFlashAttention}; }

void set_like(const Asked& asked, Question& question) {
  if (*asked.like == kServer) return set_server(asked, question);
  if (*asked.like == kOllama) return set_ollama(asked, question);
  throw Error(ErrorKind::kBadRequest,
              "--like knows \"server\" (a plain llama-server) and \"ollama\", not \"" + *asked.like + "\"");
}

}  // namespace lfmfit::ask
