#include "core/model/blocks/latent_attention.hpp"

#include "core/model/blocks/tensor_list.hpp"

namespace lfmfit {

namespace {

void add_indexer(const LatentAttention& block, const Model& model, TensorList& list) {
  list.add("indexer.k_norm.weight", block.indexer_head_dim);
  list.add("indexer.k_norm.bias", block.indexer_head_dim);
  list.add("indexer.proj.weight", model.n_embd, block.indexer_heads);
  list.add("indexer.attn_k.weight", model.n_embd, block.indexer_head_dim);
  list.add("indexer.attn_q_b.weight", block.q_lora_rank, block.indexer_heads * block.indexer_head_dim);
}

}  // namespace

void add_tensors(const LatentAttention& block, const Model& model, int layer, std::vector<Tensor>& tensors) {
  TensorList list(layer, tensors);
  const std::int64_t q_rows = block.n_head * (block.head_dim_nope + block.head_dim_rope);
  if (block.q_lora_rank > 0) {
    list.add("attn_q_a_norm.weight", block.q_lora_rank);
    list.add("attn_q_a.weight", model.n_embd, block.q_lora_rank);
    list.add("attn_q_b.weight", block.q_lora_rank, q_rows);
  } else {
    list.add("attn_q.weight", model.n_embd, q_rows);
  }
  list.add("attn_kv_a_norm.weight", block.kv_lora_rank);
  list.add("attn_kv_a_mqa.weight", model.n_embd, block.kv_lora_rank + block.head_dim_rope);
  list.add("attn_k_b.weight", block.head_dim_nope, block.kv_lora_rank, block.n_head);
  list.add("attn_v_b.weight", block.kv_lora_rank, block.head_dim_v, block.n_head);
  list.add("attn_output.weight", block.n_head * block.head_dim_v, model.n_embd);
  if (block.indexer_heads > 0) add_indexer(block, model, list);
}

CacheRow cache_row(const LatentAttention& block) {
  return {block.kv_lora_rank + block.head_dim_rope, 0, block.indexer_heads > 0 ? block.indexer_head_dim : 0, false};
}

}  // namespace lfmfit
