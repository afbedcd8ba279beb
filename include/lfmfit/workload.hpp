// What a model under a request costs on any hardware: products of matrices, kernels, attention and states, counted from
// its blocks and tensors. The laws of speed.hpp turn it into time.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "lfmfit/cache_types.hpp"
#include "lfmfit/model.hpp"
#include "lfmfit/request.hpp"
#include "lfmfit/speed_constants.hpp"
#include "lfmfit/tensor.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// How a pass uses a matrix.
enum class ProductUse {
  kDense,    ///< all of its tokens together
  kEach,     ///< several requests one by one, as llama.cpp hands over short convolutions and states
  kHead,     ///< the output layer: rows of logits that are wanted
  kExperts,  ///< the tokens that choose each expert
};

/// Matrices of one shape and type that a pass multiplies with.
struct Product {
  ProductUse use = ProductUse::kDense;
  const TensorType* type = nullptr;
  std::size_t kernel = 0;  ///< of `type`, in SpeedConstants::weight_kernels
  double inputs = 0;       ///< columns of one matrix
  double outputs = 0;      ///< rows of one matrix, or of one expert
  double experts = 1;
  double used = 1;   ///< experts that one token chooses
  double bytes = 0;  ///< of one matrix, all experts included
  double count = 0;  ///< such matrices

  bool operator==(const Product&) const = default;
};

/// Layers of attention that are alike.
struct AttentionLoad {
  double heads = 0;                           ///< of queries
  double cache_heads = 0;                     ///< of keys and values
  double key_numbers = 0, value_numbers = 0;  ///< of one head
  double window = 0;                          ///< positions that are seen at most; 0: all
  double cell_bytes = 0;                      ///< of cache, per position and layer
  bool latent = false;
  double layers = 0;

  bool operator==(const AttentionLoad&) const = default;
};

/// How often each launching part occurs in one pass.
using LaunchCounts = std::array<double, kLaunchPartCount>;

/// What a pass over the model needs of one place: all GPUs together, one of them, or the host.
struct PlaceLoad {
  std::vector<Product> products;
  double other_bytes = 0;  ///< of norms, biases and convolutions, whose reading takes next to no time
  std::vector<AttentionLoad> attention;
  LaunchCounts launches{};
  double layers = 0;            ///< of which something lies here
  double expert_layers = 0;     ///< of which the experts alone lie here
  double states = 0;            ///< numbers of recurrent state of one request
  double state_space = 0;       ///< products of a token with states of Mamba
  double delta_net = 0;         ///< products of a token with states of delta nets
  double activations = 0;       ///< numbers that one token takes into and out of the matrices
  double vocabulary = 0;        ///< logits of a row, where the output layer lies here
  double embedding = 0;         ///< numbers of a token's embedding, where the first layer lies here
  bool slow_embedding = false;  ///< stored in a type whose rows take long to unpack

  bool empty() const { return products.empty() && attention.empty() && states <= 0; }
  bool has_experts() const;
};

/// Bytes of all matrices of `load` that one token is multiplied with.
double bytes_of_a_token(const PlaceLoad& load);
/// Weights that one token is multiplied with, the output layer's not counted.
double products_of_a_token(const PlaceLoad& load);

/// What a model under a request costs on any hardware. Counted once, used for every device.
struct Workload {
  PlaceLoad device, host;
  PlaceLoad kept;  ///< of layers on GPUs, attention and states whose caches lie in host memory; `layers`: the others
  std::vector<PlaceLoad> gpus;  ///< the part of `device` that each of several GPUs takes; empty: there is one GPU
  std::int64_t layers = 0;
  std::int64_t depth = 0;     ///< tokens in the cache of each sequence
  std::int64_t prompt = 512;  ///< tokens of the prompt whose time is asked
  std::int64_t ubatch = 512;  ///< tokens of a prompt that are computed together
  bool op_offload = true;     ///< prompts may copy host weights to the GPU
  bool generates = true;      ///< false: an encoder
  bool kv_unified = false;    ///< every request attends over the cells of all
  bool flash_attention = true;
  bool values_transposed = true;  ///< without flash attention: the cache of values is laid out for that
  bool quantized_cache = false;
  bool measured = true;  ///< every part of the model occurs in some measurement

  bool is_on_gpus_alone() const { return host.empty() && kept.empty(); }
};

/// Counts the work of `model`, stored as `tensors` (all with `stored`), under `request` (depth, prompt, ubatch, what
/// lies in host memory). `cpu_backend`: there is no GPU, so that everything lies in the one place called device.
/// `free`: memory of each of several GPUs, by which they share the layers; empty: equal.
Workload count_work(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                    const CacheTypes& cache, bool cpu_backend, const SpeedConstants& constants,
                    const std::vector<Bytes>& free = {});

}  // namespace lfmfit
