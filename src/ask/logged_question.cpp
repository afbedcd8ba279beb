#include "ask/logged_question.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "ask/logged_vllm.hpp"
#include "ask/runtime_words.hpp"
#include "ask/unset_fields.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

constexpr Bytes kGrain{5300};            // half of the 0.01 MiB that llama.cpp prints
constexpr Bytes kCoarseGrain{53700000};  // half of 0.1 GiB
constexpr std::string_view kNamesNoModel = "the log names no model; name it behind the log, or with --model";

/// "Q4_K_M" of "Q4_K - Medium", "IQ2_M" of "IQ2_M - 2.7 bpw".
std::vector<std::string> names_of_file_type(const std::string& text) {
  std::string type = text.starts_with("all ") ? text.substr(4) : text;
  if (const std::size_t guessed = type.find(" (guessed)"); guessed != std::string::npos) type.resize(guessed);
  const std::size_t dash = type.find(" - ");
  if (dash == std::string::npos) {
    std::replace(type.begin(), type.end(), ' ', '_');
    return {type};
  }
  const std::string head = type.substr(0, dash), size = type.substr(dash + 3, 1);
  return {head + "_" + size, head};
}

/// A model by one of the names that a log has for it.
std::string model_in(const LogModel& model, Finder& finder, std::vector<std::string>& notes) {
  std::error_code error;
  if (!model.path.empty() && std::filesystem::exists(model.path, error)) return model.path;
  const std::size_t slash = model.path.find_last_of("/\\");
  const std::string file = slash == std::string::npos ? model.path : model.path.substr(slash + 1);
  for (const std::string& name : {file, model.name}) {
    if (name.empty()) continue;
    try {
      const ModelFinder::Found found = finder.models.find(name);
      notes.push_back(fmt::format("the log's {} is taken for {}", name, found.model->card.id));
      return name;
    } catch (const Error&) {
      continue;
    }
  }
  if (file.empty() && model.name.empty()) throw Error(ErrorKind::kUnknownModel, std::string(kNamesNoModel));
  throw Error(ErrorKind::kUnknownModel, fmt::format("no model is called \"{}\", as the log does; name it with --model",
                                                    file.empty() ? model.name : file));
}

/// Makes llama.cpp's question.
class LlamaQuestion {
 public:
  LlamaQuestion(const LoadLog& log, const Asked& base, Finder& finder)
      : log_(log), finder_(finder), model_(log.main_model()) {
    logged_.asked = base;
    for (const LogContext& context : model_ != nullptr ? model_->contexts : std::vector<LogContext>()) {
      if (!context.buffers.empty() || context.context) contexts_.push_back(context);
    }
  }

  LoggedQuestion make() {
    if (model_ == nullptr && !logged_.asked.model) throw Error(ErrorKind::kUnknownModel, std::string(kNamesNoModel));
    if (!logged_.asked.model) logged_.asked.model = model_in(*model_, finder_, logged_.notes);
    set_quantization();
    if (!contexts_.empty()) set_context(contexts_.front());
    set_places();
    set_device();
    set_free();
    set_release();
    measure();
    return std::move(logged_);
  }

 private:
  void set_quantization() {
    const ModelFinder::Found found = finder_.models.find(*logged_.asked.model);
    if (logged_.asked.quantization || found.stored != nullptr || !found.quantization.empty() || model_ == nullptr)
      return;
    for (const std::string& name : names_of_file_type(model_->file_type)) {
      try {
        logged_.asked.quantization = finder_.catalog.quantization(name).name;
        return;
      } catch (const Error&) {
        continue;
      }
    }
    logged_.notes.push_back("the log does not say which quantization it is; " + std::string(kUsualQuantization) +
                            " is taken (-q says better)");
  }

  void set_context(const LogContext& context) {
    Asked& asked = logged_.asked;
    Request& request = asked.request;
    set_slots(context);
    if (context.batch) request.batch = *context.batch;
    if (context.ubatch) request.ubatch = *context.ubatch;
    if (context.flash_attention)
      set_unless(asked.flash_attention, std::string(*context.flash_attention ? "on" : "off"));
    if (!context.type_k.empty()) set_unless(asked.kv_type_k, context.type_k);
    if (!context.type_v.empty()) set_unless(asked.kv_type_v, context.type_v);
    const std::int64_t spare = context.spare_states.value_or(0);
    const Model& model = *finder_.models.find(*asked.model).model;
    if (spare > 0 && model.mtp_layers > 0 && !asked.speculative.is_asked())
      asked.speculative = {"mtp", spare, std::nullopt};
  }

  /// How many tokens of how many sequences, by what the context says of itself, its cache, or the server.
  void set_slots(const LogContext& context) {
    Asked& asked = logged_.asked;
    const std::int64_t sequences = context.sequences.value_or(log_.slots.value_or(1));
    std::optional<bool> shares = context.kv_unified ? context.kv_unified : log_.slots_share;
    if (!shares && context.streams && sequences > 1) shares = *context.streams == 1;
    if (!shares && !context.sequences && sequences > 1) {
      shares = true;
      logged_.notes.push_back("the log does not say whether its slots share one cache; they do, as with -np auto");
    }
    asked.request.kv_unified = shares.value_or(asked.request.kv_unified);
    std::optional<std::int64_t> tokens = context.context;
    if (!tokens && context.cells) tokens = *context.cells * context.streams.value_or(1);
    if (!tokens && log_.slot_context) tokens = *log_.slot_context * (shares.value_or(false) ? 1 : sequences);
    if (tokens) set_unless(asked.context, NumberOrWord(*tokens));
    set_unless(asked.users, sequences);
  }

  /// All buffers of the model and of what was made with it.
  std::vector<LogBuffer> buffers() const {
    std::vector<LogBuffer> all = model_ != nullptr ? model_->buffers : std::vector<LogBuffer>();
    const bool drafts = logged_.asked.speculative.is_asked();
    for (std::size_t context = 0; context < contexts_.size() && (context == 0 || drafts); ++context)
      all.insert(all.end(), contexts_[context].buffers.begin(), contexts_[context].buffers.end());
    return all;
  }

  void set_places() {
    Asked& asked = logged_.asked;
    std::set<int> gpus;
    for (const LogBuffer& buffer : buffers()) {
      if (buffer.place() == kHost) continue;
      gpus.insert(buffer.place());
      for (const Backend& backend : finder_.catalog.backends()) {
        const bool is_its = buffer.device.starts_with(backend.device_name) || buffer.device.starts_with(backend.label);
        if (is_its && backend.name != "cpu") set_unless(asked.backend, backend.name);
      }
    }
    if (gpus.empty()) {
      set_unless(asked.backend, std::string("cpu"));
    } else {
      set_unless(asked.gpu_count, *gpus.rbegin() + 1);
    }
    if (model_ == nullptr) return;
    const bool maps = std::any_of(model_->buffers.begin(), model_->buffers.end(),
                                  [](const LogBuffer& buffer) { return buffer.device.ends_with("_Mapped"); });
    asked.request.mmap = model_->mapped.value_or(maps || model_->buffers.empty());
    if (!gpus.empty() && model_->layers_on_gpu) {
      const bool all = model_->layers_on_gpu == model_->layers;
      set_unless(asked.gpu_layers, all ? NumberOrWord(std::string(kAllLayers)) : NumberOrWord(*model_->layers_on_gpu));
    }
    if (asked.override_tensor.empty()) add_moved();
  }

  /// What is no plain name would be a pattern, and is left out.
  void add_moved() {
    for (const std::string& text : std::set<std::string>(model_->moved.begin(), model_->moved.end())) {
      const bool is_plain = std::all_of(text.begin(), text.end(), [](unsigned char letter) {
        return std::isalnum(letter) != 0 || letter == '.' || letter == '_' || letter == '=';
      });
      if (!is_plain) continue;
      std::string pattern;
      for (const char letter : text) pattern += letter == '.' ? std::string("\\.") : std::string(1, letter);
      logged_.asked.override_tensor.push_back(std::move(pattern));
    }
  }

  /// The GPU that the log names, if it is known: of several of a name the smallest that has what was free.
  void set_device() {
    if (logged_.asked.device || log_.devices.empty() || logged_.asked.backend == "cpu") return;
    const LogDevice& gpu = log_.devices.front();
    const Device* found = nullptr;
    for (const Device* device : finder_.catalog.devices_called(gpu.name)) {
      const bool holds_free = !gpu.free || device->memory >= *gpu.free;
      if (holds_free && (found == nullptr || device->memory < found->memory)) found = device;
    }
    const std::int64_t count = logged_.asked.gpu_count.value_or(1);
    if (found != nullptr) {
      logged_.asked.device = count > 1 ? fmt::format("{}x {}", count, found->id) : found->id;
    } else {
      logged_.notes.push_back(fmt::format("the log's GPU \"{}\" is not known to lfmfit; --on names another", gpu.name));
    }
  }

  /// Where memory ran out, what was free counts, and not what such a card has.
  void set_free() {
    if (log_.failure && !log_.devices.empty() && log_.devices.front().free)
      set_unless(logged_.asked.available, *log_.devices.front().free);
  }

  void set_release() {
    if (logged_.asked.runtime || log_.version.empty()) return;
    try {
      logged_.asked.runtime =
          std::string(kLlamaCpp) + "@" + release_called(std::string(kLlamaCpp) + "@" + log_.version).version;
    } catch (const Error&) {
      logged_.notes.push_back("no rules are known for llama.cpp " + log_.version + "; the nearest release is taken");
    }
  }

  void measure() {
    Measured& measured = logged_.measured;
    measured.grain = log_.coarse ? kCoarseGrain : kGrain;
    measured.own_engine = log_.coarse;
    measured.is_old = log_.build && *log_.build < releases().front().first_build;
    if (model_ != nullptr) measured.tensor_bytes = model_->bytes;
    for (const LogBuffer& buffer : buffers()) {
      const auto same = std::find_if(measured.terms.begin(), measured.terms.end(), [&](const MeasuredTerm& term) {
        return term.use == buffer.use && term.place == buffer.place();
      });
      if (same == measured.terms.end()) {
        measured.terms.push_back({buffer.use, buffer.place(), buffer.bytes, 1});
      } else {
        same->bytes += buffer.bytes;
        ++same->buffers;
      }
    }
    std::stable_sort(measured.terms.begin(), measured.terms.end(), [](const MeasuredTerm& a, const MeasuredTerm& b) {
      const auto rank = [](int place) { return place == kHost ? 1 << 20 : place; };
      return rank(a.place) != rank(b.place) ? rank(a.place) < rank(b.place) : a.use < b.use;
    });
  }

  const LoadLog& log_;
  Finder& finder_;
  const LogModel* model_;
  std::vector<LogContext> contexts_;
  LoggedQuestion logged_;
};

}  // namespace

LoggedQuestion logged_question(const LoadLog& log, const Asked& base, Finder& finder) {
  if (log.vllm) return logged_vllm(*log.vllm, base, finder);
  return LlamaQuestion(log, base, finder).make();
}

}  // namespace lfmfit::ask
