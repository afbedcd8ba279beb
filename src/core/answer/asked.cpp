#include "lfmfit/asked.hpp"

#include <utility>

#include "core/llamacpp/override_text.hpp"

namespace lfmfit {

Asked asked_of(const Question& question, const Request& answered) {
  Asked asked;
  asked.model = question.model->card.id;
  asked.quantization = question.quantization->name;
  asked.context = answered.context.count();
  asked.kv_type_k = question.cache.k->name;
  asked.kv_type_v = question.cache.v->name;
  asked.flash_attention = name_of(answered.flash_attention);
  if (answered.all_outputs) {
    asked.outputs = std::string("all");
  } else {
    asked.outputs = answered.outputs.value_or(answered.parallel);
  }
  asked.gpu_layers = answered.gpu_layers;
  asked.n_cpu_moe = answered.n_cpu_moe;
  asked.override_tensor = override_texts(answered, *question.backend);
  asked.gpu_count = answered.gpu_count;
  asked.split_mode = name_of(answered.split_mode);
  asked.backend = question.backend->name;
  asked.depth = answered.depth.count();
  asked.method = law_of(question).method;
  if (std::string runtime = law_of(question).runtime(answered); !runtime.empty()) asked.runtime = std::move(runtime);
  if (const Device* device = question.device)
    asked.device = device->asked_as.empty() ? device->id : device->asked_as;
  asked.available = question.available;
  asked.driver_share = question.driver_share;
  asked.ram = question.ram;
  if (question.reserve > Bytes(0)) asked.reserve = question.reserve;
  if (answered.drafting != Drafting::kNone) {
    asked.speculative = {name_of(answered.drafting), answered.draft_tokens, std::nullopt};
    if (question.draft_model != nullptr) asked.speculative.model = question.draft_model->card.id;
  }
  asked.request = answered;
  asked.request.importance_matrix = answered.importance_matrix.value_or(question.quantization->importance_matrix);
  return asked;
}

const char* name_of(SplitMode split_mode) {
  switch (split_mode) {
    case SplitMode::kRow: return "row";
    case SplitMode::kTensor: return "tensor";
    case SplitMode::kNone: return "none";
    case SplitMode::kLayer: break;
  }
  return "layer";
}

const char* name_of(Drafting drafting) {
  switch (drafting) {
    case Drafting::kMtp: return "mtp";
    case Drafting::kModel: return "draft";
    case Drafting::kNone: break;
  }
  return "none";
}

const char* name_of(FlashAttention flash_attention) {
  switch (flash_attention) {
    case FlashAttention::kOn: return "on";
    case FlashAttention::kOff: return "off";
    case FlashAttention::kAuto: break;
  }
  return "auto";
}

}  // namespace lfmfit
