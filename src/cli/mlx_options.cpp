#include "cli/mlx_options.hpp"

#include "cli/command_line.hpp"
#include "lfmfit/mlx.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kGroup = "MLX";

}  // namespace

void add_mlx_options(CommandLine& line, MlxRequest& mlx) {
  line.number("--kv-bits", mlx.kv_bits, "bits of a number of the cache: 8, 4; BF16 if not given", {.group = kGroup});
  line.number("--kv-group-size", mlx.kv_group_size, "numbers of the cache that share a scale", {.group = kGroup});
  line.number("--quantized-kv-start", mlx.quantized_kv_start, "tokens up to which the cache stays BF16: 5000",
              {.group = kGroup});
  line.number("--max-kv-size", mlx.max_kv_size, "tokens that the cache keeps at most", {.group = kGroup});
  line.number("--prefill-step-size", mlx.prefill_step_size, "tokens of a prompt that are computed together: 2048",
              {.group = kGroup});
}

}  // namespace lfmfit::cli
