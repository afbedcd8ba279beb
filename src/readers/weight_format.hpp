#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "lfmfit/model.hpp"

namespace lfmfit {

/// How a config.json says that the weights are stored.
struct WeightFormat {
  std::string dtype = "bfloat16";  ///< of weights that are not quantized
  std::string
      method;  ///< "fp8", "mxfp4", "awq", "gptq", "bitsandbytes", "compressed-tensors", "modelopt", "mlx"; empty: none
  double bits = 0;     ///< of one quantized number
  std::string layout;  ///< what of it is not usual for the method: "in blocks", "in groups of 32"; empty: nothing
  double bits_of_scales = 0;  ///< of scales and zero points, spread over the numbers they serve
  bool experts_only = false;  ///< only the experts are quantized (gpt-oss)
  bool everything = false;    ///< embeddings and routers too (MLX)
};

/// Reads "torch_dtype" or "dtype", and "quantization_config" (fp8, mxfp4, bitsandbytes, awq, gptq, compressed-tensors,
/// modelopt) or MLX's "quantization". Throws Error(kUnsupported) naming a method that is not known.
WeightFormat read_weight_format(const nlohmann::json& document, const std::string& file);

/// "bfloat16", "fp8, 8 bits in blocks", "mxfp4, 4 bits for experts", "mlx, 4 bits".
std::string describe(const WeightFormat& format);

/// Bytes that the weights of `model` take in that format, without what a language model does not use (vision parts,
/// layers for multi-token prediction) and without files' headers: an estimate.
Bytes stored_estimate(const Model& model, const WeightFormat& format);

}  // namespace lfmfit
