#include "core/vllm/draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <variant>

#include "core/base/number_text.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::vllm {

namespace {

constexpr std::int64_t kWordsOfEagle3 = 32000;  // its usual vocabulary: few words are drafted

bool is_of_one_layer(const VllmDraft& draft) { return draft.method != "draft_model" && draft.method != "ngram"; }

/// The last layer that attends to all of the context: what predicts further tokens is built like it.
std::size_t like_layer(const Model& model) {
  for (std::size_t i = model.blocks.size(); i-- > 0;) {
    const auto* attention = std::get_if<Attention>(&model.blocks[i].mixer);
    const bool attends = attention != nullptr && attention->window == 0 && attention->cached;
    if (attends || std::holds_alternative<LatentAttention>(model.blocks[i].mixer)) return i;
  }
  throw Error(ErrorKind::kUnsupported, "no layer of " + model.card.id +
                                           " attends to all of the context, so nothing is known of one that drafts; "
                                           "leave the speculation out, or take draft_model or ngram");
}

Tensor matrix(const char* name, std::int64_t in, std::int64_t out, int layer) {
  Tensor tensor;
  tensor.name = name;
  tensor.layer = layer;
  tensor.shape = {in, out, 1, 1};
  return tensor;
}

/// What joins hidden states with the embedding of the token that was drafted last; eagle3 takes hidden states of three
/// layers, doubles the inputs of attention and has a head of its own.
void add_joining(const VllmDraft& draft, const Model& model, int layer, std::vector<Tensor>& tensors) {
  const bool three = draft.method == "eagle3";
  tensors.push_back(matrix("nextn.eh_proj.weight", (three ? 3 : 2) * model.n_embd, model.n_embd, layer));
  if (!three) return;
  for (Tensor& tensor : tensors) {
    if (tensor.name == "attn_q.weight" || tensor.name == "attn_k.weight" || tensor.name == "attn_v.weight")
      tensor.shape[0] *= 2;
  }
  tensors.push_back(matrix("output.weight", model.n_embd, std::min(kWordsOfEagle3, model.n_vocab), layer));
}

}  // namespace

std::vector<Block> drafting_blocks(const Model& model, const Settings& settings) {
  if (!settings.draft || settings.draft->method == "ngram") return {};
  if (is_of_one_layer(*settings.draft)) return {model.blocks[like_layer(model)]};
  return settings.draft->model->blocks;
}

std::vector<Tensor> drafting_tensors(const Question& question, const std::vector<Tensor>& tensors,
                                     const Settings& settings) {
  if (!settings.draft || settings.draft->method == "ngram") return {};
  if (!is_of_one_layer(*settings.draft)) {
    Question draft = question;
    draft.model = settings.draft->model;
    draft.vllm->draft.reset();
    return stored_tensors(draft);
  }
  const auto layer = static_cast<int>(like_layer(*question.model));
  std::vector<Tensor> own;
  std::copy_if(tensors.begin(), tensors.end(), std::back_inserter(own),
               [&](const Tensor& tensor) { return tensor.layer == layer; });
  add_joining(*settings.draft, *question.model, layer, own);
  return own;
}

std::string refused_draft(const Model& model, const Settings& settings) {
  if (!settings.draft || settings.draft->model == nullptr) return "";
  const Model& draft = *settings.draft->model;
  if (draft.n_vocab == model.n_vocab) return "";
  return fmt::format("the model that drafts knows {} words and {} {}: vLLM wants as many", grouped(draft.n_vocab),
                     model.card.name, grouped(model.n_vocab));
}

}  // namespace lfmfit::vllm
