#pragma once

namespace lfmfit {
struct MlxRequest;
}

namespace lfmfit::cli {

class CommandLine;

/// Adds mlx-lm's options, under its own names.
void add_mlx_options(CommandLine& line, MlxRequest& mlx);

}  // namespace lfmfit::cli
