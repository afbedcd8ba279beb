#include <algorithm>
#include <array>
#include <utility>

#include "readers/load_log_parts.hpp"
#include "readers/log_line.hpp"

namespace lfmfit {

namespace {

constexpr std::size_t kMostModels = 64, kMostContexts = 64, kMostBuffers = 256, kMostMoved = 4096;
constexpr std::size_t kLongestText = 4096;

std::string text_of(std::string_view text) { return std::string(text.substr(0, kLongestText)); }

LogModel& current_model(LoadLog& log) {
  if (log.models.empty()) log.models.emplace_back();
  return log.models.back();
}

LogContext& current_context(LoadLog& log) {
  LogModel& model = current_model(log);
  if (model.contexts.empty()) model.contexts.emplace_back();
  return model.contexts.back();
}

void start_model(std::string_view path, LoadLog& log) {
  if (log.models.size() == kMostModels) log.models.erase(log.models.begin() + 1);
  log.models.emplace_back();
  log.models.back().path = text_of(path);
}

void start_context(LoadLog& log) {
  LogModel& model = current_model(log);
  if (!model.contexts.empty() && model.contexts.back().buffers.empty() && !model.contexts.back().context) return;
  if (model.contexts.size() < kMostContexts) model.contexts.emplace_back();
}

/// A later buffer of the same kind replaces an earlier one where the graph was reserved again; caches add up.
void put(std::vector<LogBuffer>& buffers, LogBuffer buffer) {
  const bool is_reserved_again = buffer.use == MemoryUse::kCompute || buffer.use == MemoryUse::kOutput;
  for (LogBuffer& known : buffers) {
    if (!is_reserved_again || known.use != buffer.use || known.device != buffer.device) continue;
    known.bytes = buffer.bytes;
    return;
  }
  if (buffers.size() < kMostBuffers) buffers.push_back(std::move(buffer));
}

/// llama.cpp plans a model without memory before it loads it: what such a pass said counts no more when weights follow.
/// Weights and caches are empty in it, states and compute buffers are not.
void forget_dry_pass(LogModel& model) {
  const auto takes_memory = [](const LogBuffer& buffer) {
    const bool is_empty_if_dry = buffer.use == MemoryUse::kWeights || buffer.use == MemoryUse::kKvCache;
    return is_empty_if_dry && buffer.bytes > Bytes();
  };
  const auto holds = [&](const std::vector<LogBuffer>& buffers) {
    return std::any_of(buffers.begin(), buffers.end(), takes_memory);
  };
  if (holds(model.buffers)) return;
  for (const LogContext& context : model.contexts) {
    if (holds(context.buffers)) return;
  }
  for (LogContext& context : model.contexts) context.buffers.clear();
  model.buffers.clear();
}

/// "load_tensors:  CUDA0 model buffer size =   694.76 MiB"; buffers of what lies beside the model are left out.
void take_buffer(std::string_view line, LoadLog& log) {
  const std::size_t at = line.find(" buffer size");
  if (at == std::string_view::npos) return;
  const std::optional<std::string_view> rest = behind(line.substr(at), "=");
  const std::optional<Bytes> bytes = rest ? leading_size(*rest) : std::nullopt;
  const std::string_view kind = last_word(line.substr(0, at));
  const std::string_view before = line.substr(0, at - kind.size());
  const std::string_view device = last_word(before);
  if (!bytes || device.empty() || device.ends_with(":") || device == "BLAS") return;
  if (line.find("alloc_compute_meta") != std::string_view::npos || line.find("clip") != std::string_view::npos) return;
  constexpr std::array<std::pair<std::string_view, MemoryUse>, 5> kKinds = {{{"model", MemoryUse::kWeights},
                                                                             {"KV", MemoryUse::kKvCache},
                                                                             {"RS", MemoryUse::kState},
                                                                             {"compute", MemoryUse::kCompute},
                                                                             {"output", MemoryUse::kOutput}}};
  for (const auto& [name, use] : kKinds) {
    if (kind != name) continue;
    if (use == MemoryUse::kWeights && *bytes > Bytes()) forget_dry_pass(current_model(log));
    put(use == MemoryUse::kWeights ? current_model(log).buffers : current_context(log).buffers,
        {text_of(device), use, *bytes});
  }
}

/// "llama_context: n_ctx = 4096"
void take_setting(std::string_view line, LoadLog& log) {
  if (line.find("constructing llama_context") != std::string_view::npos) return start_context(log);
  const bool is_context = line.find("llama_context") != std::string_view::npos ||
                          line.find("llama_new_context") != std::string_view::npos ||
                          line.find("llama_init_from_model") != std::string_view::npos;
  const std::size_t equals = line.find(" = ");
  if (!is_context || equals == std::string_view::npos) return;
  const std::string_view key = last_word(line.substr(0, equals));
  const std::string_view value = line.substr(equals + 3);
  if ((key == "n_ctx" || key == "n_seq_max") && !current_context(log).buffers.empty()) start_context(log);
  LogContext& context = current_context(log);
  const std::array<std::pair<std::string_view, std::optional<std::int64_t>*>, 5> numbers = {
      {{"n_ctx", &context.context},
       {"n_seq_max", &context.sequences},
       {"n_batch", &context.batch},
       {"n_ubatch", &context.ubatch},
       {"n_rs_seq", &context.spare_states}}};
  for (const auto& [name, field] : numbers) {
    if (key == name) *field = leading_integer(value);
  }
  if (key == "flash_attn") context.flash_attention = leading_flag(value);
  if (key == "kv_unified") context.kv_unified = leading_flag(value);
}

void take_flash_attention(std::string_view line, LoadLog& log) {
  if (const auto set = behind(line, "Flash Attention was auto, set to "); set)
    current_context(log).flash_attention = leading_flag(*set);
  if (line.find("Flash Attention enabled") != std::string_view::npos) current_context(log).flash_attention = true;
}

/// "llama_kv_cache: size = 48.00 MiB (4096 cells, 6 layers, 4/1 seqs), K (f16): 24.00 MiB, V (f16): ..."
void take_cache_types(std::string_view line, LoadLog& log) {
  if (line.find("cells") == std::string_view::npos && line.find("KV self size") == std::string_view::npos) return;
  const auto k = between(line, " K (", ")"), v = between(line, " V (", ")");
  if (!k || !v) return;
  LogContext& context = current_context(log);
  context.type_k = text_of(*k);
  context.type_v = text_of(*v);
  const auto cells = between(line, "(", " cells");
  const auto sequences = between(line, "layers, ", " seqs");
  if (!cells || !sequences || context.cells) return;
  context.cells = leading_integer(*cells);
  const std::size_t slash = sequences->find('/');
  if (slash == std::string_view::npos) return;
  context.streams = leading_integer(sequences->substr(slash + 1));
  if (!context.sequences) context.sequences = leading_integer(*sequences);
}

/// "srv load_model: initializing, n_slots = 4, n_ctx_slot = 8192, kv_unified = 'true'"
void take_slots(std::string_view line, LoadLog& log) {
  const auto slots = behind(line, "n_slots = ");
  if (!slots || line.find("initializing") == std::string_view::npos) return;
  log.slots = leading_integer(*slots);
  if (const auto context = behind(*slots, "n_ctx_slot = "); context) log.slot_context = leading_integer(*context);
  if (const auto share = between(*slots, "kv_unified = '", "'"); share) log.slots_share = leading_flag(*share);
}

/// What the file says of itself: "print_info: file type = Q4_K - Medium", "general.name str = LFM2 1.2B".
void take_file(std::string_view line, LoadLog& log) {
  if (line.find("loaded meta data with") != std::string_view::npos) {
    if (const auto path = between(line, " tensors from ", " (version"); path) start_model(*path, log);
    return;
  }
  if (const auto path = between(line, "loading model '", "'"); path && log.models.empty()) start_model(*path, log);
  const std::size_t equals = line.find(" = ");
  if (equals == std::string_view::npos) return;
  const std::string_view key = line.substr(0, equals), value = line.substr(equals + 3);
  const bool is_info =
      key.find("print_info:") != std::string_view::npos || key.find("llm_load_print_meta:") != std::string_view::npos;
  if (key.find("general.name") != std::string_view::npos && current_model(log).name.empty())
    current_model(log).name = text_of(value.substr(0, value.find_last_not_of(" \r") + 1));
  if (!is_info) return;
  if (key.find("file type") != std::string_view::npos || key.find("model ftype") != std::string_view::npos)
    current_model(log).file_type = text_of(value.substr(0, value.find_last_not_of(" \r") + 1));
  if (key.find("file size") != std::string_view::npos || key.find("model size") != std::string_view::npos)
    current_model(log).bytes = leading_size(value);
}

void take_layers(std::string_view line, LoadLog& log) {
  LogModel* model = log.models.empty() ? nullptr : &log.models.back();
  if (const auto rest = between(line, "offloaded ", " layers to GPU"); rest) {
    const std::size_t slash = rest->find('/');
    if (slash == std::string_view::npos) return;
    model = &current_model(log);
    model->layers_on_gpu = leading_integer(*rest);
    model->layers = leading_integer(rest->substr(slash + 1));
  }
  if (const auto mapped = between(line, "(mmap = ", ")"); mapped) current_model(log).mapped = leading_flag(*mapped);
  const auto buffer = behind(line, "buffer type overridden to ");
  const auto tensor = between(line, "tensor ", " ");
  if (model != nullptr && buffer && tensor && model->moved.size() < kMostMoved)
    model->moved.push_back(text_of(*tensor) + "=" + text_of(first_word(*buffer)));
}

void put_device(LoadLog& log, std::string_view buffer, std::string_view name, std::optional<Bytes> free) {
  for (LogDevice& known : log.devices) {
    if (known.buffer != buffer) continue;
    if (free) known.free = free;
    return;
  }
  if (log.devices.size() < kMostBuffers) log.devices.push_back({text_of(buffer), text_of(name), free});
}

/// "using device CUDA0 (NVIDIA GeForce RTX 3060) (0000:01:00.0) - 11000 MiB free", and
/// "- CUDA0 : NVIDIA GeForce RTX 3090 (24575 MiB, 23154 MiB free)"
void take_device(std::string_view line, LoadLog& log) {
  if (const auto rest = behind(line, "using device "); rest) {
    const auto name = between(*rest, "(", ") ");
    const auto free = behind(*rest, ") - ");
    if (name) put_device(log, first_word(*rest), *name, free ? leading_size(*free) : std::nullopt);
    return;
  }
  const std::size_t colon = line.find(" : ");
  const std::size_t open = line.rfind(" (");
  if (colon == std::string_view::npos || open == std::string_view::npos || open < colon ||
      line.find(" MiB free)") == std::string_view::npos)
    return;
  const auto free = between(line.substr(open), ", ", " free)");
  put_device(log, last_word(line.substr(0, colon)), line.substr(colon + 3, open - colon - 3),
             free ? leading_size(*free) : std::nullopt);
}

/// "build: 9010 (1a2b3c)", "build_info: b11151-bd4f514db", "build = 9010", "v0.6.0 (build 11501)"
void take_build(std::string_view line, LoadLog& log) {
  for (const std::string_view mark : {"build_info: b", "build: ", "build = ", "(build ", "version: "}) {
    const auto rest = behind(line, mark);
    const auto number = rest ? leading_integer(*rest) : std::nullopt;
    if (number && *number >= 100 && *number < 1000000 && !log.build) log.build = number;
  }
  for (const std::string_view mark : {"llama.cpp v", "version: v", "version v"}) {
    const auto rest = behind(line, mark);
    if (rest && leading_number(*rest) && log.version.empty())
      log.version = text_of(rest->substr(0, rest->find_first_not_of("0123456789.")));
  }
}

LogFailure& failure_of(LoadLog& log) { return log.failure ? *log.failure : log.failure.emplace(); }

void take_failure(std::string_view line, LoadLog& log) {
  if (const auto rest = behind(line, "allocating "); rest && line.find("out of memory") != std::string_view::npos) {
    LogFailure& failure = failure_of(log);
    failure.asked = leading_size(*rest);
    if (const auto device = behind(line, " on device "); device && leading_integer(*device))
      failure.device = "GPU" + std::to_string(*leading_integer(*device));
  }
  if (const auto rest = behind(line, "failed to allocate ");
      rest && rest->find("buffer of size ") != std::string_view::npos) {
    LogFailure& failure = failure_of(log);
    failure.device = text_of(first_word(*rest));
    failure.asked = leading_size(*behind(*rest, "buffer of size "));
    if (line.find("gallocr") != std::string_view::npos) failure.use = MemoryUse::kCompute;
  }
  if (const auto rest = behind(line, "Device memory allocation of size "); rest)
    failure_of(log).asked = leading_size(*rest);
  if (!log.failure) return;
  if (line.find("failed to allocate buffer for kv cache") != std::string_view::npos)
    log.failure->use = MemoryUse::kKvCache;
  if (line.find("failed to allocate compute") != std::string_view::npos) log.failure->use = MemoryUse::kCompute;
  if (line.find("unable to allocate") != std::string_view::npos && !log.failure->use)
    log.failure->use = MemoryUse::kWeights;
}

/// Ollama's own engine: msg="model weights" device=CUDA0 size="4.1 GiB"
void take_ollama(std::string_view line, LoadLog& log) {
  if (line.find("level=") == std::string_view::npos || line.find("msg=") == std::string_view::npos) return;
  log.program = LoadLog::Program::kOllama;
  constexpr std::array<std::pair<std::string_view, MemoryUse>, 3> kKinds = {{{"model weights", MemoryUse::kWeights},
                                                                             {"kv cache", MemoryUse::kKvCache},
                                                                             {"compute graph", MemoryUse::kCompute}}};
  const auto message = value_of(line, "msg"), device = value_of(line, "device"), size = value_of(line, "size");
  const std::optional<Bytes> bytes = size ? leading_size(*size) : std::nullopt;
  for (const auto& [name, use] : kKinds) {
    if (!message || !device || !bytes || *message != name) continue;
    log.coarse = true;
    put(use == MemoryUse::kWeights ? current_model(log).buffers : current_context(log).buffers,
        {text_of(*device), use, *bytes});
  }
  if (const auto name = value_of(line, "name"), type = value_of(line, "file_type"); name && type) {
    current_model(log).name = text_of(*name);
    current_model(log).file_type = text_of(*type);
  }
  if (line.find("KvSize:") != std::string_view::npos) {
    LogContext& context = current_context(log);
    const auto number = [&](std::string_view key) {
      const auto value = value_of(line, key);
      return value ? leading_integer(*value) : std::nullopt;
    };
    context.context = number("KvSize");
    context.sequences = number("Parallel");
    context.batch = context.ubatch = number("BatchSize");
    if (const auto value = value_of(line, "FlashAttention"); value) context.flash_attention = leading_flag(*value);
  }
  if (message && *message == "inference compute") {
    const auto name = value_of(line, "name"), about = value_of(line, "description"), free = value_of(line, "available");
    if (name && about) put_device(log, *name, *about, free ? leading_size(*free) : std::nullopt);
  }
}

}  // namespace

void take_llama_line(std::string_view line, LoadLog& log) {
  take_file(line, log);
  take_layers(line, log);
  take_setting(line, log);
  take_flash_attention(line, log);
  take_cache_types(line, log);
  take_slots(line, log);
  take_buffer(line, log);
  take_device(line, log);
  take_build(line, log);
  take_failure(line, log);
  take_ollama(line, log);
}

}  // namespace lfmfit
