#include "ask/mlx_question.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ask/token_words.hpp"
#include "core/base/letter_case.hpp"
#include "core/base/limits.hpp"
#include "core/mlx/law.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

const MlxForm& form_called(const MlxFacts& facts, const std::string& name) {
  std::string known;
  for (const MlxForm& form : facts.forms) {
    if (same_but_case(form.row.name, name) || same_but_case(form.row.also, name)) return form;
    known += (known.empty() ? "" : ", ") + form.row.name;
  }
  throw Error(ErrorKind::kBadRequest,
              fmt::format("MLX has no \"{}\"; the forms of weights that are known are {}", name, known));
}

/// How a folder or config.json says that its weights are stored.
const MlxForm& stored_form(const MlxFacts& facts, const ModelFile& file) {
  for (const MlxForm& form : facts.forms) {
    if (std::find(form.stored_as.begin(), form.stored_as.end(), file.stored_as) != form.stored_as.end()) return form;
  }
  throw Error(ErrorKind::kUnsupported,
              fmt::format("{} is stored as {}, which lfmfit does not know of MLX; name the model and a form (-q 4bit)",
                          file.model.card.id, file.stored_as));
}

/// Weights that are not quantized can be converted to any form.
const MlxForm& form_of(const Asked& asked, const ModelFinder::Found& found, const MlxFacts& facts) {
  const MlxForm* stored = found.file != nullptr ? &stored_form(facts, *found.file) : nullptr;
  if (!asked.quantization) return stored != nullptr ? *stored : facts.forms.front();
  const MlxForm& form = form_called(facts, *asked.quantization);
  const bool is_plain = stored != nullptr && !stored->row.default_type->quantized;
  if (stored == nullptr || stored == &form || is_plain) return form;
  throw Error(ErrorKind::kBadRequest,
              fmt::format("{} is stored as {}; leave out {}", found.model->card.id, stored->row.name, form.row.name));
}

std::int64_t one_of(const char* name, std::int64_t value, const std::vector<std::int64_t>& known) {
  if (std::find(known.begin(), known.end(), value) != known.end()) return value;
  throw Error(ErrorKind::kBadRequest,
              fmt::format("\"{}\" must be one of {}, not {}", name, fmt::join(known, ", "), value));
}

std::int64_t tokens(const char* name, std::int64_t value, std::int64_t least) {
  if (value >= least && value <= kMaxContext) return value;
  throw Error(ErrorKind::kBadRequest, fmt::format("\"{}\" must be from {} to {} tokens", name, least, kMaxContext));
}

/// The options with mlx-lm's defaults.
MlxRequest request_of(const MlxRequest& asked, const MlxFacts& facts) {
  MlxRequest request = asked;
  if (asked.kv_bits) request.kv_bits = one_of("kv_bits", *asked.kv_bits, facts.cache_bits);
  request.kv_group_size = one_of("kv_group_size", asked.kv_group_size.value_or(facts.cache_group), facts.cache_groups);
  request.quantized_kv_start =
      tokens("quantized_kv_start", asked.quantized_kv_start.value_or(facts.quantized_start), 0);
  if (asked.max_kv_size) request.max_kv_size = tokens("max_kv_size", *asked.max_kv_size, 1);
  request.prefill_step_size = tokens("prefill_step_size", asked.prefill_step_size.value_or(facts.chunk), 1);
  return request;
}

void set_mlx_tokens(const Asked& asked, Question& question) {
  if (asked.context && asked.context_each)
    throw Error(ErrorKind::kBadRequest, "--context and --context-each say the same in two ways; give one of them");
  if (asked.users.value_or(1) != 1)
    throw Error(ErrorKind::kUnsupported,
                "MLX is worked out for one request at a time; for several users take llama.cpp (--runtime llama.cpp)");
  ContextChoice length = kMlxLaw.usual_context;
  for (const auto& words : {asked.context, asked.context_each}) {
    if (words) length = parse_context(*words, *question.model);
  }
  question.longest_context = !length;
  question.request.context = length.value_or(Tokens(1));
  if (asked.depth) question.request.depth = parse_depth(*asked.depth, *question.model, length);
}

const Backend& backend_of(const Asked& asked, const Device* device, const Catalog& catalog) {
  const MlxFacts& facts = catalog.mlx();
  const Backend& backend =
      catalog.backend(asked.backend.value_or(device != nullptr ? device->backend : facts.backends.front()));
  if (std::find(facts.backends.begin(), facts.backends.end(), backend.name) != facts.backends.end()) return backend;
  throw Error(
      ErrorKind::kBadRequest,
      fmt::format("MLX runs on Apple's GPUs{}; name a Mac (lfmfit list devices apple), or leave out --runtime mlx",
                  device != nullptr ? ", not on " + device->name : ""));
}

}  // namespace

Question mlx_question(const Asked& asked, const std::string& version, Finder& finder) {
  const Catalog& catalog = finder.catalog;
  const MlxFacts& facts = catalog.mlx();
  if (!version.empty() && version != facts.version)
    throw Error(ErrorKind::kBadRequest, fmt::format("MLX {} is not known; there is {}", version, facts.version));
  if (asked.method && *asked.method != kMlxLaw.method)
    throw Error(ErrorKind::kBadRequest, "calculator sites know no MLX; leave out --method, or --runtime");
  const ModelFinder::Found found = finder.models.find(asked.model.value_or(kUsualModel));
  if (found.stored != nullptr)
    throw Error(ErrorKind::kUnsupported, found.model->card.id +
                                             " is a GGUF file; MLX is worked out for checkpoints: name the model, its "
                                             "config.json or its folder");
  const MlxForm& form = form_of(asked, found, facts);
  Question question;
  question.law = &kMlxLaw;
  question.model = found.model;
  question.notes = found.notes;
  question.quantization = &form.row;
  if (asked.device) question.device = &finder.devices.find(*asked.device);
  question.backend = &backend_of(asked, question.device, catalog);
  if (question.device != nullptr) require_drives(*question.backend, *question.device);
  question.cache = {&catalog.tensor_type(kUsualCacheType), &catalog.tensor_type(kUsualCacheType)};
  question.speed_constants = &catalog.speed();
  question.available = asked.available;
  question.reserve = asked.reserve.value_or(Bytes(0));
  question.request.placing = Placing::kGiven;
  question.request.prompt = asked.request.prompt;
  question.mlx = MlxQuestion{&facts, request_of(asked.mlx, facts), {}};
  const bool as_stored = found.file != nullptr && &form == &stored_form(facts, *found.file);
  if (as_stored && (found.file->stored_bytes_counted || form.row.default_type->quantized))
    question.mlx->checkpoint = found.file->stored_bytes;
  set_mlx_tokens(asked, question);
  return question;
}

}  // namespace lfmfit::ask
