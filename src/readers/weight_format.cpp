#include "readers/weight_format.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/base/printable.hpp"
#include "core/model/tensor_names.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

const nlohmann::json* member(const nlohmann::json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

double number_or(const nlohmann::json& object, const char* name, double otherwise) {
  const nlohmann::json* value = member(object, name);
  const double number = value != nullptr && value->is_number() ? value->get<double>() : otherwise;
  return number >= 1 && number <= 65536 ? number : otherwise;
}

std::string text_or(const nlohmann::json& object, const char* name, const std::string& otherwise) {
  const nlohmann::json* value = member(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : otherwise;
}

bool is_true(const nlohmann::json& object, const char* name) {
  const nlohmann::json* value = member(object, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

/// The first group of compressed-tensors' and modelopt's config_groups says how weights are stored.
nlohmann::json first_group(const nlohmann::json& config) {
  const nlohmann::json* groups = member(config, "config_groups");
  if (groups == nullptr || !groups->is_object() || groups->empty()) return nlohmann::json::object();
  const nlohmann::json* weights = member(groups->begin().value(), "weights");
  return weights == nullptr ? nlohmann::json::object() : *weights;
}

void set_bits(WeightFormat& format, double bits, double scale_bits, double group) {
  format.bits = bits;
  format.bits_of_scales = group > 0 ? scale_bits / group : 0;
}

/// Formats of 4 bits are told apart by their groups; 128 is what nobody needs to say.
void set_groups(WeightFormat& format, double group) {
  constexpr double kUsual = 128;
  if (group > 0 && group != kUsual) format.layout = fmt::format(" in groups of {:g}", group);
}

void read_method(WeightFormat& format, const nlohmann::json& config, const std::string& file) {
  const std::string& method = format.method;
  const nlohmann::json group = first_group(config);
  if (method == "fp8" || method == "fbgemm_fp8") {
    const bool blocks = member(config, "weight_block_size") != nullptr;
    set_bits(format, 8, 32, blocks ? 128.0 * 128.0 : 0);  // one F32 for each square of 128
    if (blocks) format.layout = " in blocks";
  } else if (method == "mxfp4") {
    set_bits(format, 4, 8, 32);
    format.experts_only = true;
  } else if (method == "awq" || method == "gptq" || method == "auto-round") {
    const double bits = number_or(config, method == "awq" && member(config, "bits") == nullptr ? "w_bit" : "bits", 4);
    const double size =
        number_or(config, member(config, "q_group_size") != nullptr ? "q_group_size" : "group_size", 128);
    set_bits(format, bits, 16 + bits, size);
    set_groups(format, size);
  } else if (method == "bitsandbytes") {
    const bool four = is_true(config, "load_in_4bit") || is_true(config, "_load_in_4bit");
    set_bits(format, four ? 4 : 8, four ? (is_true(config, "bnb_4bit_use_double_quant") ? 8 : 32) : 0, 64);
  } else if (method == "compressed-tensors" || method == "modelopt") {
    const std::string algorithm = text_or(config, "quant_algo", "");
    const double bits = number_or(group, "num_bits", algorithm == "NVFP4" ? 4 : 8);
    const double size = number_or(group, "group_size", bits == 4 ? 16 : 0);
    set_bits(format, bits, size == 16 ? 8 : 16, size);  // NVFP4 has FP8 scales
    if (bits == 4 && size != 16) set_groups(format, size);
  } else {
    throw Error(ErrorKind::kUnsupported, fmt::format("{}: its weights are quantized by \"{}\", which is not understood",
                                                     printable(file, 4096), printable(method)));
  }
}

double bits_of(const std::string& dtype) {
  if (dtype == "float32") return 32;
  return dtype.compare(0, 6, "float8") == 0 ? 8 : 16;
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

/// Whether the quantizers of Hugging Face's libraries take a tensor: matrices of linear layers.
bool is_quantized(const Tensor& tensor, const WeightFormat& format) {
  if (!is_matrix_of_weights(tensor)) return false;
  if (format.everything) return true;
  if (format.experts_only) return contains(tensor.name, "_exps");
  return is_linear(tensor);
}

}  // namespace

WeightFormat read_weight_format(const nlohmann::json& document, const std::string& file) {
  WeightFormat format;
  const nlohmann::json* text = member(document, "text_config");
  for (const nlohmann::json* part : {text, &document}) {
    if (part == nullptr) continue;
    format.dtype = text_or(*part, "torch_dtype", text_or(*part, "dtype", format.dtype));
  }
  if (const nlohmann::json* mlx = member(document, "quantization")) {
    format.method = "mlx";
    format.everything = true;
    const double group = number_or(*mlx, "group_size", 64);
    set_bits(format, number_or(*mlx, "bits", 4), text_or(*mlx, "mode", "affine") == "affine" ? 32 : 8,
             group);  // a scale and a bias of 16 bits
    return format;
  }
  const nlohmann::json* config = member(document, "quantization_config");
  if (config == nullptr && text != nullptr) config = member(*text, "quantization_config");
  if (config == nullptr) return format;
  format.method = text_or(*config, "quant_method", "");
  if (format.method.empty() && member(*config, "quant_algo") != nullptr)
    format.method = "modelopt";  // as it writes itself
  read_method(format, *config, file);
  return format;
}

std::string describe(const WeightFormat& format) {
  if (format.method.empty()) return format.dtype;
  return fmt::format("{}, {:g} bits{}{}", format.method, format.bits, format.layout,
                     format.experts_only ? " for experts" : "");
}

Bytes stored_estimate(const Model& model, const WeightFormat& format) {
  double bits = 0;
  for (const Tensor& tensor : tensors(model)) {
    const bool quantized = !format.method.empty() && is_quantized(tensor, format);
    bits += static_cast<double>(element_count(tensor.shape)) *
            (quantized ? format.bits + format.bits_of_scales : bits_of(format.dtype));
  }
  return Bytes(static_cast<std::int64_t>(bits / 8));
}

}  // namespace lfmfit
