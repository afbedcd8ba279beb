#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "cli/environment.hpp"
#include "render/style.hpp"

namespace CLI {
class App;
}

namespace lfmfit::cli {

/// What was typed, in groups that commands share. What it means is for request_options and device_argument to say.

/// How the model is to be run; llama.cpp's names where it has one.
struct RequestOptions {
  std::string model = "LiquidAI/LFM2-1.2B-RAG";
  std::string quantization = "Q4_K_M";
  bool quantization_given = false;  ///< it was typed, not left at its default
  std::vector<std::string> mmproj;
  std::vector<std::string> lora;
  std::vector<std::string> control_vectors;
  std::string context;              ///< empty: the method's usual one
  std::string type_k = "f16";
  std::string type_v = "f16";
  std::string flash_attention = "auto";
  std::string gpu_layers = "all";
  std::string depth = "0";
  std::string backend;              ///< empty: the device's usual one
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
  int width = 0;                    ///< 0: the terminal's
};

/// Which facts are used.
struct DataOptions {
  std::vector<std::string> folders;
};

void add_request_options(CLI::App& app, RequestOptions& options);
void add_data_options(CLI::App& app, DataOptions& options);

/// --color and --width.
void add_page_options(CLI::App& app, OutputOptions& options);

/// The page that the options and the environment make.
render::Page page_of(const OutputOptions& options, const Environment& environment);

/// Reads `args` into the options of `app`. False when help was asked for and written to `out`. Throws Error(kBadRequest)
/// for what `app` does not understand. llama.cpp's short options of several letters (-ctk, -ngl) are understood.
bool read_options(CLI::App& app, const std::vector<std::string>& args, std::ostream& out);

}  // namespace lfmfit::cli
