#include "ask/vllm_question.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ask/token_words.hpp"
#include "ask/vllm_draft.hpp"
#include "core/base/letter_case.hpp"
#include "core/base/limits.hpp"
#include "core/vllm/law.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

using Forms = std::vector<CheckpointForm>;

bool holds(const std::vector<std::string>& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

const CheckpointForm& form_called(const Forms& forms, const std::string& name) {
  std::string known;
  for (const CheckpointForm& form : forms) {
    if (same_but_case(form.row.name, name)) return form;
    known += (known.empty() ? "" : ", ") + form.row.name;
  }
  throw Error(ErrorKind::kBadRequest,
              fmt::format("vLLM loads no \"{}\"; the forms of checkpoints that are known are {}", name, known));
}

/// How a checkpoint on disk is stored, by what its config.json says.
const CheckpointForm& stored_form(const Forms& forms, const ModelFile& file) {
  const auto found = std::find_if(forms.begin(), forms.end(),
                                  [&](const CheckpointForm& form) { return holds(form.stored_as, file.stored_as); });
  if (found != forms.end()) return *found;
  throw Error(ErrorKind::kUnsupported, fmt::format("{} is stored as {}; how vLLM lays that out is not known to lfmfit",
                                                   file.model.card.id, file.stored_as));
}

const CheckpointForm& form_of(const Asked& asked, const ModelFinder::Found& found, const Forms& forms) {
  const CheckpointForm* stored = found.file != nullptr ? &stored_form(forms, *found.file) : nullptr;
  if (asked.quantization) {
    const CheckpointForm& form = form_called(forms, *asked.quantization);
    // what is not quantized can be while it is loaded
    if (stored == nullptr || stored == &form || (stored == &forms.front() && !found.file->stored_bytes_counted))
      return form;
    throw Error(ErrorKind::kBadRequest,
                fmt::format("{} is stored as {}; leave out {}", found.model->card.id, stored->row.name, form.row.name));
  }
  if (stored != nullptr) return *stored;
  const std::string& published = found.model->card.published_as;
  return published.empty() ? forms.front() : form_called(forms, published);
}

const VllmVersion& version_called(const VllmFacts& facts, const std::string& name) {
  if (name.empty()) return facts.versions.front();
  if (const VllmVersion* version = find_version(facts, name)) return *version;
  throw Error(ErrorKind::kBadRequest, fmt::format("vLLM {} is not known; there are {} to {}", name,
                                                  facts.versions.back().name, facts.versions.front().name));
}

/// Unset: the longest that starts.
ContextChoice parse_max_model_len(const NumberOrWord& asked, const Model& model) {
  if (asked == NumberOrWord("auto") || asked == NumberOrWord("-1") || asked == NumberOrWord(std::int64_t{-1}))
    return std::nullopt;
  const ContextChoice length = parse_context(asked, model);
  if (!length || (*length >= Tokens(1) && *length <= Tokens(kMaxContext))) return length;
  throw Error(ErrorKind::kBadRequest,
              fmt::format("\"max_model_len\" must be from 1 to {} tokens, or auto", kMaxContext));
}

void set_vllm_tokens(const Asked& asked, Question& question) {
  ContextChoice length = question.model->context_limit;
  if (asked.max_model_len) length = parse_max_model_len(*asked.max_model_len, *question.model);
  question.longest_context = !length;
  question.request.context = length.value_or(Tokens(1));
  if (asked.depth) question.request.depth = parse_depth(*asked.depth, *question.model, length);
}

}  // namespace

const VllmVersion* find_version(const VllmFacts& facts, std::string_view name) {
  for (const VllmVersion& version : facts.versions) {
    if (name == version.name || name.starts_with(version.name + ".")) return &version;
  }
  return nullptr;
}

Question vllm_question(const Asked& asked, const std::string& version, Finder& finder) {
  const Catalog& catalog = finder.catalog;
  const ModelFinder::Found found = finder.models.find(asked.model.value_or(kUsualModel));
  if (found.stored != nullptr)
    throw Error(ErrorKind::kUnsupported, found.model->card.id +
                                             " is a GGUF file; vLLM is worked out for checkpoints: name the model, its "
                                             "config.json or its folder");
  if (asked.method && *asked.method != kVllmLaw.method)
    throw Error(ErrorKind::kBadRequest, "calculator sites know no vLLM; leave out --method, or --runtime");
  const Forms& forms = catalog.checkpoint_forms();
  const CheckpointForm& form = form_of(asked, found, forms);
  Question question;
  question.law = &kVllmLaw;
  question.model = found.model;
  question.quantization = &form.row;
  if (asked.device) question.device = &finder.devices.find(*asked.device);
  question.backend =
      &catalog.backend(asked.backend.value_or(question.device != nullptr ? question.device->backend : kUsualBackend));
  if (question.device != nullptr) require_drives(*question.backend, *question.device);
  question.cache = {&catalog.tensor_type(kUsualCacheType), &catalog.tensor_type(kUsualCacheType)};
  question.speed_constants = &catalog.speed();
  question.reserve = asked.reserve.value_or(Bytes(0));
  question.vllm = VllmQuestion{&catalog.vllm(), &version_called(catalog.vllm(), version), &forms, asked.vllm, {}, {}};
  question.vllm->draft = vllm_draft(asked.speculative, finder);
  if (found.file != nullptr && found.file->stored_bytes_counted) question.vllm->checkpoint = found.file->stored_bytes;
  if (found.file != nullptr && !found.file->stored_bytes_counted && !found.file->notes.empty())
    question.notes.emplace_back(
        "A part that sees or hears is loaded too, and a config.json alone does not say how large it is; a folder with "
        "its safetensors does.");
  set_vllm_tokens(asked, question);
  return question;
}

}  // namespace lfmfit::ask
