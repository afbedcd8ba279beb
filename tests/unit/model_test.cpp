#include "lfmfit/model.hpp"

#include "catch.hpp"
#include "lfmfit/architecture.hpp"

namespace {

using namespace lfmfit;

Attention small_attention() {
  Attention attention;
  attention.n_head = 2;
  attention.n_head_kv = 1;
  attention.head_dim_k = attention.head_dim_v = 4;
  return attention;
}

Block block_of(Mixer mixer, FeedForward feed_forward) {
  Block block;
  block.mixer = std::move(mixer);
  block.feed_forward = std::move(feed_forward);
  return block;
}

DenseFeedForward dense(std::int64_t n_ff) {
  DenseFeedForward part;
  part.n_ff = n_ff;
  return part;
}

MixtureOfExperts experts(std::int64_t n_expert, std::int64_t used) {
  MixtureOfExperts part;
  part.n_ff = 16;
  part.n_expert = n_expert;
  part.n_expert_used = used;
  return part;
}

Model model_of(std::vector<Block> blocks) {
  Model model;
  model.n_embd = 8;
  model.n_vocab = 100;
  model.blocks = std::move(blocks);
  return model;
}

const Tensor* find(const std::vector<Tensor>& list, const std::string& name) {
  for (const Tensor& tensor : list) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

TEST_CASE("Parameters are all weights, tied embeddings once") {
  Model model = model_of({block_of(small_attention(), dense(16))});
  // embeddings and output 2 x 800, three norms of 8, q and o 64 each, k and v 32 each, feed-forward 3 x 128
  CHECK(parameter_count(model) == 1600 + 24 + 64 + 64 + 32 + 32 + 384);
  model.tied_embeddings = true;
  CHECK(parameter_count(model) == 800 + 24 + 64 + 64 + 32 + 32 + 384);
}

TEST_CASE("Layers that differ are counted each as it is") {
  Model model = model_of({block_of(small_attention(), dense(16)), block_of(small_attention(), dense(16))});
  const std::int64_t before = parameter_count(model);
  std::get<DenseFeedForward>(model.blocks[1].feed_forward).n_ff = 17;
  CHECK(parameter_count(model) == before + 3 * 8);
}

TEST_CASE("Active parameters leave out experts that are not chosen") {
  const Model model = model_of({block_of(small_attention(), experts(4, 1))});
  CHECK(parameter_count(model) - active_parameter_count(model) == 3 * 3 * 8 * 16);
  const Model dense_model = model_of({block_of(small_attention(), dense(16))});
  CHECK(active_parameter_count(dense_model) == parameter_count(dense_model));
}

TEST_CASE("Rotation factors are no parameters") {
  Model model = model_of({block_of(small_attention(), dense(16))});
  const std::int64_t before = parameter_count(model);
  Tensor factors;
  factors.name = "rope_freqs.weight";
  factors.shape = {2, 1, 1, 1};
  model.extra_tensors.push_back(factors);
  CHECK(parameter_count(model) == before);
  CHECK(find(tensors(model), "rope_freqs.weight") != nullptr);
}

TEST_CASE("Tensors read from a file are taken as they are") {
  Model model = model_of({block_of(small_attention(), dense(16))});
  Tensor only;
  only.name = "token_embd.weight";
  only.shape = {8, 100, 1, 1};
  model.file_tensors = {only};
  CHECK(tensors(model).size() == 1);
  CHECK(parameter_count(model) == 800);
}

TEST_CASE("Attention layers are those whose cache grows with the context") {
  Attention sliding = small_attention();
  sliding.sliding = true;
  Attention sharing = small_attention();
  sharing.shares_cache_of = 0;
  Attention encoder = small_attention();
  encoder.cached = false;
  const Model model =
      model_of({block_of(small_attention(), dense(16)), block_of(sliding, dense(16)), block_of(sharing, dense(16)),
                block_of(encoder, dense(16)), block_of(ShortConvolution{}, dense(16)),
                block_of(LatentAttention{}, dense(16)), block_of(ParallelMixer{}, dense(16))});
  CHECK(attention_layer_count(model) == 3);
}

TEST_CASE("One line describes the stack") {
  const Block attention = block_of(small_attention(), dense(16));
  const Block convolution = block_of(ShortConvolution{}, dense(16));
  CHECK(describe_layers(model_of({convolution, convolution, attention})) == "3 layers: 2 short-conv, 1 attention");
  CHECK(describe_layers(model_of({attention, attention})) == "2 attention layers");
  CHECK(describe_layers(model_of({convolution, block_of(small_attention(), experts(32, 4))})) ==
        "2 layers: 1 short-conv, 1 attention; 1 with 4 of 32 experts");
}

TEST_CASE("Sharing another layer's cache leaves out key and value weights unless they are stored") {
  Attention attention = small_attention();
  attention.shares_cache_of = 0;
  CHECK(find(tensors(model_of({block_of(attention, dense(16))})), "attn_k.weight") == nullptr);
  attention.keeps_shared_weights = true;
  CHECK(find(tensors(model_of({block_of(attention, dense(16))})), "attn_k.weight") != nullptr);
}

TEST_CASE("A gate on the output doubles the rows of the queries") {
  Attention attention = small_attention();
  attention.output_gate = true;
  CHECK(find(tensors(model_of({block_of(attention, dense(16))})), "attn_q.weight")->shape[1] == 16);
}

TEST_CASE("Heads may have a gate each, from a small matrix") {
  Attention attention = small_attention();
  attention.head_gate = true;
  const std::vector<Tensor> all = tensors(model_of({block_of(attention, dense(16))}));
  const Tensor* gate = find(all, "attn_gate.weight");
  REQUIRE(gate != nullptr);
  CHECK(gate->shape[0] == 8);
  CHECK(gate->shape[1] == 2);
}

TEST_CASE("Experts in a space of their own have two matrices more and shorter ones") {
  MixtureOfExperts part = experts(4, 2);
  part.n_latent = 2;
  part.n_ff_shared = 16;
  const std::vector<Tensor> list = tensors(model_of({block_of(small_attention(), part)}));
  CHECK(find(list, "ffn_latent_down.weight")->shape == Shape{8, 2, 1, 1});
  CHECK(find(list, "ffn_latent_up.weight")->shape == Shape{2, 8, 1, 1});
  CHECK(find(list, "ffn_up_exps.weight")->shape == Shape{2, 16, 4, 1});
  CHECK(find(list, "ffn_down_exps.weight")->shape == Shape{16, 2, 4, 1});
  CHECK(find(list, "ffn_gate_inp.weight")->shape == Shape{8, 4, 1, 1});
  CHECK(find(list, "ffn_up_shexp.weight")->shape == Shape{8, 16, 1, 1});
}

TEST_CASE("A feed-forward part without a mixer has its own norm where it has no mixer's") {
  Block block = block_of(NoMixer{}, dense(16));
  block.mixer_norm = false;
  const std::vector<Tensor> list = tensors(model_of({block}));
  CHECK(find(list, "attn_norm.weight") == nullptr);
  CHECK(find(list, "ffn_norm.weight") != nullptr);
}

TEST_CASE("A layer of one part alone has one norm") {
  const std::vector<Tensor> mixer_alone = tensors(model_of({block_of(small_attention(), NoFeedForward{})}));
  CHECK(find(mixer_alone, "attn_norm.weight") != nullptr);
  CHECK(find(mixer_alone, "ffn_norm.weight") == nullptr);
  const std::vector<Tensor> part_alone = tensors(model_of({block_of(NoMixer{}, dense(16))}));
  CHECK(find(part_alone, "attn_norm.weight") != nullptr);
  CHECK(find(part_alone, "ffn_norm.weight") == nullptr);
  CHECK(find(part_alone, "ffn_up.weight") != nullptr);
}

}  // namespace
