#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/environment.hpp"
#include "render/style.hpp"

namespace lfmfit::cli {

class CommandLine;

/// What was typed, in groups that commands share. What it means is for request_options and device_argument to say.

/// How the model is to be run; llama.cpp's names where it has one.
struct RequestOptions {
  std::string model = "LiquidAI/LFM2-1.2B-RAG";
  bool model_given = false;  ///< it was typed, not left at its default
  std::string quantization = "Q4_K_M";
  bool quantization_given = false;  ///< it was typed, not left at its default
  std::vector<std::string> mmproj;
  std::vector<std::string> lora;
  std::vector<std::string> control_vectors;
  std::string context;  ///< empty: the method's usual one
  std::string type_k = "f16";
  std::string type_v = "f16";
  std::string flash_attention = "auto";
  std::string gpu_layers = "all";
  std::string depth = "0";
  std::string backend;  ///< empty: the device's usual one
  std::string method = "exact";
  std::int64_t parallel = 1;
  std::int64_t batch = 2048;
  std::int64_t ubatch = 512;
  std::int64_t n_cpu_moe = 0;
  bool kv_unified = false;
  bool swa_full = false;
  bool cpu_moe = false;
  bool no_kv_offload = false;
  bool no_op_offload = false;
};

/// How the answer is to look.
struct OutputOptions {
  bool json = false;
  bool csv = false;
  bool markdown = false;
  std::string colour = "auto";
  std::int64_t width = 0;  ///< 0: the terminal's
};

/// Which facts are used.
struct DataOptions {
  std::vector<std::string> folders;
};

void add_request_options(CommandLine& line, RequestOptions& options);
void add_data_options(CommandLine& line, DataOptions& options);

/// --color and --width.
void add_terminal_options(CommandLine& line, OutputOptions& options);

/// The terminal that the options and the environment make.
render::Terminal terminal_of(const OutputOptions& options, const Environment& environment);

}  // namespace lfmfit::cli
