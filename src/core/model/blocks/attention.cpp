#include "core/model/blocks/attention.hpp"

#include "core/model/blocks/tensor_list.hpp"

namespace lfmfit {

namespace {

void add_projections(const Attention& block, const Model& model, TensorList& list) {
  const std::int64_t q_rows = block.n_head * block.head_dim_k * (block.output_gate ? 2 : 1);
  const std::int64_t k_rows = block.n_head_kv * block.head_dim_k;
  const std::int64_t v_rows = block.n_head_kv * block.head_dim_v;
  if (block.fused_qkv) {
    list.add("attn_qkv.weight", model.n_embd, q_rows + k_rows + v_rows);
    if (block.qkv_bias) list.add("attn_qkv.bias", q_rows + k_rows + v_rows);
    return;
  }
  list.add("attn_q.weight", model.n_embd, q_rows);
  if (block.qkv_bias) list.add("attn_q.bias", q_rows);
  if (block.shares_cache_of && !block.keeps_shared_weights) return;
  list.add("attn_k.weight", model.n_embd, k_rows);
  if (block.qkv_bias) list.add("attn_k.bias", k_rows);
  if (block.values_are_keys) return;
  list.add("attn_v.weight", model.n_embd, v_rows);
  if (block.qkv_bias) list.add("attn_v.bias", v_rows);
}

void add_norms(const Attention& block, TensorList& list) {
  if (block.qk_norm == QkNorm::kNone || !block.qk_norm_weights) return;
  const bool whole = block.qk_norm == QkNorm::kWhole;
  list.add("attn_q_norm.weight", block.head_dim_k * (whole ? block.n_head : 1));
  if (block.shares_cache_of && !block.keeps_shared_weights) return;
  list.add("attn_k_norm.weight", block.head_dim_k * (whole ? block.n_head_kv : 1));
}

}  // namespace

void add_tensors(const Attention& block, const Model& model, int layer, std::vector<Tensor>& tensors) {
  TensorList list(layer, tensors);
  add_projections(block, model, list);
  list.add("attn_output.weight", block.n_head * block.head_dim_v, model.n_embd);
  if (block.output_bias) list.add("attn_output.bias", model.n_embd);
  if (block.head_gate) list.add("attn_gate.weight", model.n_embd, block.n_head);
  add_norms(block, list);
  if (block.sinks) list.add("attn_sinks.weight", block.n_head);
}

CacheRow cache_row(const Attention& block) {
  if (!block.cached || block.shares_cache_of) return {};
  return {block.n_head_kv * block.head_dim_k, block.n_head_kv * block.head_dim_v, 0, block.sliding};
}

}  // namespace lfmfit
