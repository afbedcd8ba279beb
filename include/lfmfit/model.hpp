// A model as all of the library sees it: blocks, and what they imply. Where it came from does not matter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/block.hpp"
#include "lfmfit/pooling.hpp"
#include "lfmfit/tensor.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// What is known about a model besides its shape. Empty: unknown.
struct ModelCard {
  std::string id;    ///< "LiquidAI/LFM2-1.2B-RAG"
  std::string name;  ///< "LFM2 1.2B RAG"
  std::string publisher;
  std::string family;  ///< "LFM2"
  std::string license;
  std::string release_date;  ///< ISO date
  std::string base_model;    ///< id of the model this one is tuned from
  std::string context_note;  ///< where statements on the context disagree
  std::string source;        ///< where the shape comes from
  std::string confidence;    ///< in the shape: high, medium, low
  std::string note;
  std::string published_as;  ///< name of the form of checkpoints it is published in ("MXFP4"); empty: BF16
};

/// The vision or audio part of a model, which is a file of its own (mmproj) and is loaded beside the model.
struct Projector {
  Bytes bytes;            ///< of its tensors and metadata
  std::string type;       ///< how it is stored: "Q8_0", "F16"
  bool measured = false;  ///< of a published file, not counted from its weights
  std::string source;
};

/// Where llama.cpp drops the rows of a batch that need no logits: after the last mixer, or after the last layer, before
/// or after the final norm (gpt-oss; Qwen3.5).
enum class OutputRows { kInLastLayer, kBeforeFinalNorm, kAfterFinalNorm };

/// A model: a stack of blocks between an embedding and an output head.
struct Model {
  ModelCard card;
  std::string architecture;  ///< the name in GGUF and llama.cpp; for people, decides nothing in core
  std::int64_t n_vocab = 0;
  std::int64_t n_embd = 0;
  Tokens context_train;       ///< what the publisher states
  Tokens context_limit;       ///< what the weights' configuration allows; not below context_train
  std::vector<Block> blocks;  ///< one per layer

  bool tied_embeddings = false;  ///< no output.weight: token_embd is the output layer too
  bool copies_tied_output =
      false;                  ///< the output layer has a copy even where embeddings lie beside it (Gemma 3n and 4)
  bool has_output = true;     ///< false: an encoder whose result is the hidden state
  bool loads_output = false;  ///< an encoder that loads an output layer nevertheless (EmbeddingGemma)
  Pooling pooling = Pooling::kNone;  ///< what embeddings of it are made with where nothing else is asked for
  bool causal = true;  ///< false: tokens see those behind them, though there is a cache (LFM2.5-Embedding)
  bool embeds_without_output = false;      ///< no logits where embeddings are asked for, in every release (LFM2)
  std::string final_norm = "output_norm";  ///< name of the last norm's tensor ("token_embd_norm" for LFM2); empty: none
  NormKind final_norm_kind = NormKind::kRms;
  bool output_bias = false;
  bool scale_embeddings = false;  ///< embeddings are multiplied by a constant (Gemma, Granite)
  bool scales_rows =
      false;  ///< with scale_embeddings: later releases read the constant from one number a row (Gemma 3)
  bool scale_logits = false;   ///< logits are multiplied by a constant (Granite, Command R)
  bool logit_softcap = false;  ///< logits are squashed with tanh (Gemma 2)
  OutputRows output_rows = OutputRows::kInLastLayer;
  bool keeps_hidden_state =
      true;  ///< where rows are dropped after the last layer: all of them stay readable for a draft model
  std::int64_t positions_per_token =
      1;                         ///< positions that rotary embeddings read for one token (4: text, time, height, width)
  std::int64_t n_deepstack = 0;  ///< the first layers, which add a part of a wider embedding (Qwen3-VL)
  bool long_rope = false;        ///< factors for short and long contexts (Phi-3) where rope_factors is set in a block
  bool embedding_norm = false;   ///< embeddings are normalized first (BERT): token_embd_norm
  NormKind embedding_norm_kind = NormKind::kLayerWithBias;
  bool position_embeddings = false;  ///< a learned vector for each position of context_train (BERT)
  std::int64_t mtp_layers = 0;       ///< further layers that predict the tokens behind the next one; not among `blocks`
  std::int64_t n_token_types = 0;    ///< rows of the table of token types (BERT); 0: none
  std::int64_t sparse_gate_layers =
      0;  ///< the first layers, whose feed-forward gates let outliers alone pass (Gemma 3n)
  std::int64_t shared_kv_layers =
      0;  ///< the last layers that read the cache of an earlier layer of their kind (Gemma 3n, 4)
  std::vector<Tensor> extra_tensors;  ///< tensors that belong to no block (rope_freqs, per-layer embeddings, ...)

  std::vector<Tensor> file_tensors;    ///< read from a file: exact names, shapes and types. Empty for catalogue models
  std::optional<Bytes> file_overhead;  ///< bytes of a GGUF that are not tensors (metadata, token list)
  std::int64_t unloaded_parameters = 0;  ///< weights of published files that are not loaded: layers that predict
                                         ///< further tokens, if not in file_tensors
  std::optional<Projector> projector;    ///< unset: none, or its size is not known
  bool file_overhead_measured = false;   ///< taken from a real file, not estimated from the number of tokens
};

/// Every tensor of `model` in file order: `file_tensors` if it was read from a file, else what its blocks imply.
std::vector<Tensor> tensors(const Model& model);

/// True for tensors that llama.cpp keeps in host memory whatever is offloaded: token, position and per-layer
/// embeddings.
bool is_input_tensor(const Tensor& tensor);

/// Number of weights, counting tied embeddings once. Rotation factors (rope_freqs, rope_factors_*) are constants and
/// are not counted, so that the number is the one publishers state.
std::int64_t parameter_count(const Model& model);

/// Number of weights used for one token: all but the experts that are not chosen.
std::int64_t active_parameter_count(const Model& model);

/// Layers whose mixer keeps a key-value cache that grows with the context: neither sliding windows nor layers that read
/// the cache of another.
int attention_layer_count(const Model& model);

/// One line on the stack: "16 layers: 10 short-conv, 6 attention", "32 attention layers",
/// "24 layers: 18 short-conv, 6 attention; 22 with 4 of 32 experts".
std::string describe_layers(const Model& model);

}  // namespace lfmfit
