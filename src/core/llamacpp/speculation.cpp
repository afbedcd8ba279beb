#include "core/llamacpp/speculation.hpp"

#include <algorithm>
#include <cmath>

#include "core/llamacpp/plain_types.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

constexpr double kPredictorSpread = 0.1;  // of a layer whose tensors are taken to be like another's

bool attends_to_all(const Mixer& mixer) {
  const auto* attention = std::get_if<Attention>(&mixer);
  return (attention != nullptr && !attention->sliding) || std::holds_alternative<LatentAttention>(mixer);
}

/// The layer that the one which predicts further tokens is built like: of those that attend to all of the context the
/// smallest, since recipes give more bits to some layers of the model, and not to that one.
std::size_t layer_to_copy(const Model& model, const std::vector<Tensor>& stored) {
  std::vector<Bytes> sizes(model.blocks.size());
  for (const Tensor& tensor : stored) {
    if (tensor.layer >= 0 && static_cast<std::size_t>(tensor.layer) < sizes.size())
      sizes[static_cast<std::size_t>(tensor.layer)] += tensor_bytes(tensor.shape, *tensor.stored);
  }
  std::optional<std::size_t> least;
  for (std::size_t i = 0; i < model.blocks.size(); ++i) {
    if (attends_to_all(model.blocks[i].mixer) && (!least || sizes[i] < sizes[*least])) least = i;
  }
  if (least) return *least;
  throw Error(ErrorKind::kUnsupported,
              "no layer of this model attends to all of the context, so nothing is known of one "
              "that predicts further tokens");
}

/// How `asked` builds the graph of a layer that predicts tokens: that takes no mixed inputs in any release, as the last
/// without them, and shows the hidden states of all rows, from which the next token is predicted.
const Release& of_predictor(const Release& asked) {
  static const std::vector<Release> rows = [] {
    std::vector<Release> result = releases();
    const auto mixing = std::find_if(result.begin(), result.end(), [](const Release& row) { return row.mixes_inputs; });
    std::fill(mixing, result.end(), *std::prev(mixing));
    for (Release& row : result) {
      row.shows_hidden_states = true;
      row.picks_rows_in_last_layer = false;
    }
    return result;
  }();
  return rows[static_cast<std::size_t>(&asked - releases().data())];
}

bool joins_inputs(const Tensor& tensor) { return tensor.name.starts_with("nextn."); }

/// The layer's tensors as the first and only ones of a model, and the projection that joins the hidden state with the
/// embedding of the token that was drafted last.
std::vector<Tensor> predictor_tensors(const std::vector<Tensor>& stored, int layer, std::int64_t n_embd) {
  std::vector<Tensor> result;
  const TensorType* matrices = nullptr;
  for (Tensor tensor : stored) {
    if (tensor.layer >= 0 && tensor.layer != layer) continue;
    if (tensor.layer == layer && tensor.name.starts_with("attn_output.")) matrices = tensor.stored;
    if (tensor.layer == layer) tensor.layer = 0;
    result.push_back(std::move(tensor));
  }
  Tensor join;
  join.name = "nextn.eh_proj.weight";
  join.layer = 0;
  join.shape = {2 * n_embd, n_embd, 1, 1};
  join.stored = matrices != nullptr ? matrices : &kF16;
  result.push_back(std::move(join));
  return result;
}

Bytes spread(Bytes bytes, double share) {
  return Bytes(static_cast<std::int64_t>(std::llround(static_cast<double>(bytes.count()) * share)));
}

/// Adds the terms of `draft` but the driver's; of the weights only `weights`, where that is set.
void add_terms(MemoryLedger& ledger, const MemoryLedger& draft, const std::string& what, std::optional<Bytes> weights) {
  for (MemoryTerm term : draft.terms) {
    if (term.use == MemoryUse::kDriver || (weights && term.use == MemoryUse::kOutput)) continue;
    if (weights && term.use == MemoryUse::kWeights) {
      if (term.place != 0 && !(draft.gpu_count == 0 && term.place == kHost)) continue;
      term.value = *weights;
      term.low = spread(*weights, 1 - kPredictorSpread);
      term.high = spread(*weights, 1 + kPredictorSpread);
      term.formula = "its tensors, as large as those of a layer like it";
      term.source = "a layer and the projection that joins its inputs; real files were seen to agree";
    }
    term.formula = what + ": " + term.formula;
    ledger.terms.push_back(std::move(term));
  }
}

Request plain(const Request& request) {
  Request draft = request;
  draft.drafting = Drafting::kNone;
  draft.draft_tokens = 0;
  draft.gpu_layers = -1;
  draft.cpu_moe = false;
  draft.n_cpu_moe = draft.moe_cache_mib = 0;
  draft.placing = Placing::kGiven;
  draft.outputs.reset();
  draft.all_outputs = false;
  return draft;
}

void add_predictor(MemoryLedger& ledger, const Question& question, const std::vector<Tensor>& stored,
                   const MemoryContext& facts) {
  const Model& model = *question.model;
  if (model.mtp_layers == 0)
    throw Error(ErrorKind::kBadRequest, model.card.name +
                                            " has no layer that predicts further tokens; name a model that "
                                            "drafts (-md), or leave --spec-type out");
  const std::size_t layer = layer_to_copy(model, stored);
  Model predictor = model;
  predictor.blocks = {model.blocks[layer]};
  predictor.file_tensors.clear();
  const std::vector<Tensor> tensors = predictor_tensors(stored, static_cast<int>(layer), model.n_embd);
  std::vector<Tensor> own;
  std::copy_if(tensors.begin(), tensors.end(), std::back_inserter(own),
               [](const Tensor& tensor) { return tensor.layer == 0; });
  Request request = plain(question.request);
  request.release = &of_predictor(release_of(question.request));
  std::vector<Tensor> in_graph = tensors;
  std::erase_if(in_graph, joins_inputs);
  const MemoryContext context{facts.backend, kF16, kF16, facts.devices, facts.free};
  add_terms(ledger, estimate_memory(predictor, in_graph, request, context), "MTP", buffer_bytes(own, facts.backend));
}

void add_draft_model(MemoryLedger& ledger, const Question& question, const MemoryContext& facts) {
  Question draft = question;
  draft.model = question.draft_model;
  draft.quantization = question.draft_quantization;
  draft.request = plain(question.request);
  const MemoryContext context{facts.backend, kF16, kF16, facts.devices, facts.free};
  add_terms(ledger, estimate_memory(*draft.model, stored_tensors(draft), draft.request, context), "draft model",
            std::nullopt);
}

}  // namespace

void add_speculation(MemoryLedger& ledger, const Question& question, const std::vector<Tensor>& stored,
                     const MemoryContext& facts) {
  switch (question.request.drafting) {
    case Drafting::kNone: return;
    case Drafting::kMtp: return add_predictor(ledger, question, stored, facts);
    case Drafting::kModel: break;
  }
  if (question.draft_model == nullptr || question.draft_quantization == nullptr)
    throw Error(ErrorKind::kBadRequest, "no model drafts: name one with -md, or take --spec-type draft-mtp");
  add_draft_model(ledger, question, facts);
}

}  // namespace lfmfit
