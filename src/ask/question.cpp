#include "ask/question.hpp"

#include <charconv>
#include <string>

#include "ask/like_words.hpp"
#include "ask/mlx_question.hpp"
#include "ask/quantization_choice.hpp"
#include "ask/runtime_words.hpp"
#include "ask/tensor_overrides.hpp"
#include "ask/token_words.hpp"
#include "ask/vllm_question.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

constexpr const char* kAuto = "auto";

std::string text_of(const NumberOrWord& asked) {
  const auto* word = std::get_if<std::string>(&asked);
  return word != nullptr ? *word : std::to_string(std::get<std::int64_t>(asked));
}

std::int64_t parse_layers(const std::string& text, std::int64_t least, const char* option, const char* words) {
  std::int64_t layers = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), layers);
  if (error != std::errc() || rest != text.data() + text.size() || layers < least) {
    throw Error(ErrorKind::kBadRequest,
                std::string(option) + " '" + text + "' is no number of layers; write a number from 0, or " + words);
  }
  return layers;
}

/// -1: all.
std::int64_t parse_gpu_layers(const NumberOrWord& asked) {
  const std::string text = text_of(asked);
  return text == kAllLayers || text == kAuto ? -1 : parse_layers(text, -1, "--gpu-layers", "all or auto");
}

std::int64_t parse_expert_layers(const NumberOrWord& asked) {
  const std::string text = text_of(asked);
  return text == kAuto ? 0 : parse_layers(text, 0, "--n-cpu-moe", kAuto);
}

bool is_auto(const std::optional<NumberOrWord>& asked) { return asked && text_of(*asked) == kAuto; }

/// Who places a word or number asked for says; nobody who asked for nothing of the kind.
Placing placing_of(const Asked& asked) {
  if (is_auto(asked.gpu_layers) || is_auto(asked.n_cpu_moe)) return Placing::kAutomatic;
  const Request& request = asked.request;
  const bool is_given = asked.gpu_layers || asked.n_cpu_moe || request.cpu_moe || !asked.override_tensor.empty() ||
                        !request.tensor_split.empty() || !asked.lora.empty() || !asked.control_vectors.empty();
  return is_given ? Placing::kGiven : Placing::kWhereNeeded;
}

SplitMode parse_split_mode(std::string_view text) {
  for (const SplitMode mode : {SplitMode::kLayer, SplitMode::kRow, SplitMode::kTensor, SplitMode::kNone}) {
    if (text == name_of(mode)) return mode;
  }
  throw Error(ErrorKind::kBadRequest, "a split mode is layer, row, tensor or none, not '" + std::string(text) + "'");
}

FlashAttention parse_flash_attention(std::string_view text) {
  for (const FlashAttention choice : {FlashAttention::kAuto, FlashAttention::kOn, FlashAttention::kOff}) {
    if (text == name_of(choice)) return choice;
  }
  throw Error(ErrorKind::kBadRequest, "flash attention is on, off or auto, not '" + std::string(text) + "'");
}

Pooling parse_pooling(std::string_view text) {
  if (const std::optional<Pooling> pooling = pooling_called(text)) return *pooling;
  throw Error(ErrorKind::kBadRequest, "pooling is none, mean, cls, last or rank, not '" + std::string(text) + "'");
}

void set_outputs(const NumberOrWord& asked, Request& request) {
  const auto* number = std::get_if<std::int64_t>(&asked);
  if (number != nullptr) {
    request.outputs = *number;
    return;
  }
  request.all_outputs = std::get<std::string>(asked) == "all";
  if (!request.all_outputs)
    throw Error(ErrorKind::kBadRequest, "\"outputs\" must be a whole number of rows, or \"all\"");
}

/// What is asked for in words besides the model's own.
Request request_of(const Asked& asked) {
  Request request = asked.request;
  if (asked.flash_attention) request.flash_attention = parse_flash_attention(*asked.flash_attention);
  if (asked.outputs) set_outputs(*asked.outputs, request);
  if (asked.pooling) request.pooling = parse_pooling(*asked.pooling);
  if (asked.gpu_layers) request.gpu_layers = parse_gpu_layers(*asked.gpu_layers);
  if (asked.n_cpu_moe) request.n_cpu_moe = parse_expert_layers(*asked.n_cpu_moe);
  if (asked.split_mode) request.split_mode = parse_split_mode(*asked.split_mode);
  request.gpu_count = asked.gpu_count.value_or(kAllGpus);
  if (asked.gpu_count && *asked.gpu_count < 0)
    throw Error(ErrorKind::kBadRequest, "\"gpu_count\" must not be negative; leave it out for all that the device has");
  request.placing = placing_of(asked);
  if (asked.users) request.parallel = *asked.users;
  return request;
}

/// A machine may not say how much memory it has.
void require_known_memory(const Question& question) {
  if (question.device == nullptr || is_memory_known(*question.device) || question.ram || question.available) return;
  throw Error(ErrorKind::kBadRequest,
              "how much memory this machine has is not known, as its system does not say; name it with --ram");
}

/// Cards stand side by side in a machine; phones and other devices that are machines themselves do not.
void require_gpus(const Question& question) {
  if (question.device == nullptr || question.request.gpu_count <= question.device->gpus) return;
  const DeviceClass device_class = question.device->device_class;
  if (device_class != DeviceClass::kUnified && device_class != DeviceClass::kCpu) return;
  throw Error(ErrorKind::kBadRequest,
              "several of " + question.device->name + " are no one machine; leave out \"gpu_count\", or make it 1");
}

/// The model's own vision or audio part, as it is published.
BesideModel projector_of(const Model& model, const TensorType& f16) {
  if (!model.projector) {
    throw Error(ErrorKind::kBadRequest, "lfmfit knows no vision or audio part of " + model.card.id +
                                            "; leave out --with-mmproj, or give its file with --mmproj FILE");
  }
  const Projector& projector = *model.projector;
  const std::string how = projector.type + (projector.measured ? "" : ", counted from its weights");
  return {"mmproj (" + how + ")", {{"mmproj", -1, {projector.bytes.count() / f16.block_bytes, 1, 1, 1}, &f16}}};
}

/// "draft-mtp" is llama.cpp's word, "mtp" that of JSON; a model that drafts needs no word.
Drafting parse_drafting(const Speculative& asked) {
  const std::string type = asked.type.value_or(asked.model ? "draft" : "mtp");
  if (type == "mtp" || type == "draft-mtp") return Drafting::kMtp;
  if (type == "draft" || type == "draft-simple") return Drafting::kModel;
  if (type == "none") return Drafting::kNone;
  throw Error(
      ErrorKind::kUnsupported,
      "speculation by '" + type + "' is not known; lfmfit knows draft-mtp, and draft-simple with a model (-md)");
}

void set_speculation(const Speculative& asked, Finder& finder, Question& question) {
  Request& request = question.request;
  request.drafting = parse_drafting(asked);
  if (request.drafting == Drafting::kNone) return;
  request.draft_tokens = asked.max.value_or(kUsualDraftTokens);
  if (request.draft_tokens < 1)
    throw Error(ErrorKind::kBadRequest, "a draft has at least 1 token; leave speculation out to draft none");
  if (request.drafting == Drafting::kMtp) return;
  if (!asked.model) throw Error(ErrorKind::kBadRequest, "which model drafts? Name it with -md, or take draft-mtp");
  const ModelFinder::Found found = finder.models.find(*asked.model);
  question.draft_model = found.model;
  question.draft_quantization = &finder.models.quantization(found, question.quantization->name, false);
}

std::vector<BesideModel> beside_model(const Asked& asked, const Finder& finder, const Model& model) {
  const ModelFinder& models = finder.models;
  std::vector<BesideModel> beside;
  if (asked.with_mmproj) beside.push_back(projector_of(model, finder.catalog.tensor_type("f16")));
  for (const std::string& path : asked.mmproj) beside.push_back(models.beside(path, CompanionKind::kProjector, model));
  for (const std::string& path : asked.lora) beside.push_back(models.beside(path, CompanionKind::kAdapter, model));
  if (!asked.control_vectors.empty()) beside.push_back(models.control_vector(asked.control_vectors, model));
  // Adapters lie where the tensors lie that they change: only where all are on the GPU is that simple.
  const bool adapts = !asked.lora.empty() || !asked.control_vectors.empty();
  if (adapts && parse_gpu_layers(asked.gpu_layers.value_or(kAllLayers)) >= 0) {
    throw Error(ErrorKind::kUnsupported,
                "--lora and --control-vector are understood with all layers on the GPU only; leave out --gpu-layers");
  }
  return beside;
}

Bandwidth parse_bandwidth(double gb_per_s) {
  constexpr double kLeast = 0.1, kMost = 1e5;
  if (gb_per_s >= kLeast && gb_per_s <= kMost) return gb_per_second(gb_per_s);
  throw Error(ErrorKind::kBadRequest,
              "--ram-bandwidth is in GB/s, channels x rate: 51.2 for two of DDR4-3200; it must lie between 0.1 and "
              "100000");
}

/// Sets context and depth, whose words mean something else for each model.
/// What is asked for, or what is usual: calculator sites list no form in which a model is published.
std::string quantization_words(const Asked& asked, const Question& question, const ModelFinder::Found& found,
                               const Catalog& catalog) {
  if (asked.quantization) return *asked.quantization;
  return law_of(question).tells_bands ? usual_quantization(found, catalog) : kUsualQuantization;
}

void set_tokens(const Asked& asked, Question& question) {
  if (asked.context && asked.context_each)
    throw Error(ErrorKind::kBadRequest, "--context and --context-each say the same in two ways; give one of them");
  ContextChoice context = law_of(question).usual_context;
  if (asked.like) context = question.request.context;
  if (asked.context) context = parse_context(*asked.context, *question.model);
  if (asked.context_each) {
    context = parse_context(*asked.context_each, *question.model);
    if (context) context = *context * question.request.parallel;  // a shared cache holds all of them too
  }
  question.longest_context = !context;
  question.request.context = context.value_or(Tokens(1));
  if (!asked.depth) return;
  const ContextChoice each = context ? std::optional(tokens_of_each(question.request)) : std::nullopt;
  question.request.depth = parse_depth(*asked.depth, *question.model, each);
}

}  // namespace

Finder::Finder(const Catalog& facts, EnvironmentVariables variables, std::optional<MachineSources> machine,
               MemoryCount count)
    : catalog(facts), environment(variables), models(facts, variables), devices(facts, std::move(machine), count) {
  if (const auto found = variables.find(kRuntimeVariable); found != variables.end()) usual_runtime = found->second;
}

Question question_of(const Asked& words_of_person, Finder& finder) {
  const Asked asked = with_environment(words_of_person, finder.environment);
  if (leaves_quantization(asked)) return question_of(with_best_quantization(asked, finder), finder);
  const std::optional<std::string>& words = asked.runtime ? asked.runtime : finder.usual_runtime;
  const RuntimeWords runtime = parse_runtime(words);
  require_fields_of(runtime.name, asked);
  if (runtime.name == kVllm) return vllm_question(asked, runtime.version, finder);
  if (runtime.name == kMlx) return mlx_question(asked, runtime.version, finder);
  const Catalog& catalog = finder.catalog;
  Question question;
  const ModelFinder::Found found = finder.models.find(asked.model.value_or(kUsualModel));
  question.model = found.model;
  question.notes = found.notes;
  if (asked.method) question.law = &law_called(*asked.method);
  question.quantization = &finder.models.quantization(found, quantization_words(asked, question, found, catalog),
                                                      asked.quantization.has_value());
  if (asked.device) question.device = &finder.devices.find(*asked.device);
  question.request = request_of(asked);
  require_gpus(question);
  if (words) question.request.release = &release_called(*words);
  if (asked.speculative.is_asked()) set_speculation(asked.speculative, finder, question);
  question.beside = beside_model(asked, finder, *question.model);
  question.available = asked.available;
  if (asked.like) set_like(asked, question);
  set_tokens(asked, question);
  question.speed_constants = &catalog.speed();
  question.cache = {&catalog.tensor_type(asked.kv_type_k.value_or(kUsualCacheType)),
                    &catalog.tensor_type(asked.kv_type_v.value_or(kUsualCacheType))};
  const std::string usual = question.device != nullptr ? question.device->backend : kUsualBackend;
  question.backend = &catalog.backend(asked.backend.value_or(usual));
  question.request.overrides = parse_overrides(asked.override_tensor, *question.model, *question.backend);
  if (question.device != nullptr) require_drives(*question.backend, *question.device);
  question.driver_share = asked.driver_share;
  question.ram = asked.ram;
  require_known_memory(question);
  if (asked.ram_bandwidth_gb_s) question.ram_bandwidth = parse_bandwidth(*asked.ram_bandwidth_gb_s);
  question.reserve = asked.reserve.value_or(Bytes(0));
  validate(question.request, *question.backend);
  return question;
}

void require_drives(const Backend& backend, const Device& device) {
  if (drives(backend, device)) return;
  throw Error(ErrorKind::kBadRequest,
              backend.label + " does not run on " + device.name + "; its usual backend is " + device.backend);
}

}  // namespace lfmfit::ask
