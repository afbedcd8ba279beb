#include "cli/request_options.hpp"

#include <charconv>
#include <string>

#include "lfmfit/error.hpp"
#include "lfmfit/rule_of_thumb.hpp"

namespace lfmfit::cli {

namespace {

/// A number of tokens that may be asked for: what messages call it, and what else may be written in its place.
struct CountWords {
  const char* name;   ///< "a context"
  const char* words;  ///< "max or fit"
  const char* all;    ///< the word for the most that makes sense, and what that is
  std::int64_t least;
};

constexpr CountWords kContext{"a context", "4096, 32k, 1m, max or fit", "max is all the model can use", 1};
constexpr CountWords kDepth{"a depth", "0, 4096, 16k or full", "full is all that a request can have", 0};

[[noreturn]] void reject(const CountWords& words, std::string_view text) {
  throw Error(ErrorKind::kBadRequest,
              std::string(words.name) + " of '" + std::string(text) + "' is no number of tokens; write " + words.words);
}

/// N x 1,024 (or 1,048,576), or the model's own full context where that lies between N x 1,000 and this.
Tokens in_thousands(std::int64_t number, int powers, const Model& model) {
  std::int64_t decimal = number;
  std::int64_t binary = number;
  for (int i = 0; i < powers; ++i) {
    decimal = checked_multiply(decimal, 1000);
    binary = checked_multiply(binary, 1024);
  }
  const bool means_all = Tokens(decimal) <= model.context_limit && model.context_limit <= Tokens(binary);
  return means_all ? model.context_limit : Tokens(binary);
}

Tokens parse_token_count(const CountWords& words, std::string_view text, const Model& model) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::string what = std::string(words.name) + " of " + std::string(text) + " tokens";
  if (error == std::errc::result_out_of_range)
    throw Error(ErrorKind::kBadRequest, what + " is more than anything can hold; " + words.all);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (error != std::errc() || unit.size() > 1) reject(words, text);
  if (number < words.least) {
    throw Error(ErrorKind::kBadRequest, words.name + (" needs at least " + std::to_string(words.least)) +
                                            (words.least == 1 ? " token" : " tokens") + ", not " + std::string(text) +
                                            "; " + words.all);
  }
  if (unit.empty()) return Tokens(number);
  if (unit == "k" || unit == "K") return in_thousands(number, 1, model);
  if (unit == "m" || unit == "M") return in_thousands(number, 2, model);
  reject(words, text);
}

std::int64_t parse_gpu_layers(const std::string& text) {
  if (text == "all" || text == "auto") return -1;
  std::int64_t layers = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), layers);
  if (error != std::errc() || rest != text.data() + text.size() || layers < -1) {
    throw Error(ErrorKind::kBadRequest,
                "--gpu-layers '" + text + "' is no number of layers; write a number from 0, or all");
  }
  return layers;
}

Request plain_request(const RequestOptions& options) {
  Request request;
  request.kv_type_k = options.type_k;
  request.kv_type_v = options.type_v;
  request.parallel = options.parallel;
  request.kv_unified = options.kv_unified;
  request.batch = options.batch;
  request.ubatch = options.ubatch;
  request.flash_attention = parse_flash_attention(options.flash_attention);
  request.swa_full = options.swa_full;
  request.gpu_layers = parse_gpu_layers(options.gpu_layers);
  request.cpu_moe = options.cpu_moe;
  request.n_cpu_moe = options.n_cpu_moe;
  request.offload_kqv = !options.no_kv_offload;
  request.op_offload = !options.no_op_offload;
  return request;
}

std::vector<BesideModel> beside_model(const RequestOptions& options, const ModelFinder& models, const Model& model) {
  std::vector<BesideModel> beside;
  for (const std::string& path : options.mmproj)
    beside.push_back(models.beside(path, CompanionKind::kProjector, model));
  for (const std::string& path : options.lora) beside.push_back(models.beside(path, CompanionKind::kAdapter, model));
  if (!options.control_vectors.empty()) beside.push_back(models.control_vector(options.control_vectors, model));
  // Adapters lie where the tensors lie that they change: only where all are on the GPU is that simple.
  const bool adapts = !options.lora.empty() || !options.control_vectors.empty();
  if (adapts && parse_gpu_layers(options.gpu_layers) >= 0) {
    throw Error(ErrorKind::kUnsupported,
                "--lora and --control-vector are understood with all layers on the GPU only; leave out --gpu-layers");
  }
  return beside;
}

}  // namespace

ContextChoice parse_context(std::string_view text, const Model& model) {
  if (text == "fit") return std::nullopt;
  if (text == "max") return model.context_limit;
  return parse_token_count(kContext, text, model);
}

Tokens parse_depth(std::string_view text, const Model& model, const ContextChoice& context) {
  if (text != "full" && text != "max") return parse_token_count(kDepth, text, model);
  if (context) return *context;
  throw Error(ErrorKind::kBadRequest,
              "a full context of the longest that fits is not known beforehand; give --depth or --context in tokens");
}

FlashAttention parse_flash_attention(std::string_view text) {
  if (text == "auto") return FlashAttention::kAuto;
  if (text == "on") return FlashAttention::kOn;
  if (text == "off") return FlashAttention::kOff;
  throw Error(ErrorKind::kBadRequest, "flash attention is on, off or auto, not '" + std::string(text) + "'");
}

Tokens default_context(Method method) {
  return method == Method::kRuleOfThumb ? kCalculatorContext : Request{}.context;
}

Question make_question(const RequestOptions& options, const Catalog& catalog, ModelFinder& models,
                       const Device* device) {
  Question question;
  const ModelFinder::Found found = models.find(options.model);
  question.model = found.model;
  question.quantization = &models.quantization(found, options.quantization, options.quantization_given);
  question.method = options.method == "page" ? Method::kRuleOfThumb : Method::kExact;
  question.device = device;
  question.request = plain_request(options);
  question.beside = beside_model(options, models, *question.model);
  const ContextChoice context =
      options.context.empty() ? default_context(question.method) : parse_context(options.context, *question.model);
  question.request.context = context.value_or(Tokens(1));
  question.request.depth = parse_depth(options.depth, *question.model,
                                       context ? std::optional(tokens_of_each(question.request)) : std::nullopt);
  question.longest_context = !context;
  question.speed_constants = &catalog.speed();
  question.type_k = &catalog.tensor_type(options.type_k);
  question.type_v = &catalog.tensor_type(options.type_v);
  const std::string usual = device != nullptr ? device->backend : Request{}.backend;
  question.backend = &catalog.backend(options.backend.empty() ? usual : options.backend);
  question.request.backend = question.backend->name;
  if (device != nullptr) require_drives(*question.backend, *device);
  validate(question.request);
  return question;
}

void require_drives(const Backend& backend, const Device& device) {
  if (drives(backend, device)) return;
  throw Error(ErrorKind::kBadRequest,
              backend.label + " does not run on " + device.name + "; its usual backend is " + device.backend);
}

}  // namespace lfmfit::cli
