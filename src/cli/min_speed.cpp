#include "cli/min_speed.hpp"

#include "cli/command_line.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::cli {

void add_min_speed_option(CommandLine& line, std::optional<double>& tokens_per_second) {
  line.number("--min-speed", tokens_per_second,
              "tokens/s that each request gets at least while all generate: the low edge of the band");
}

std::optional<TokenRate> min_speed_of(const std::optional<double>& tokens_per_second) {
  if (!tokens_per_second) return std::nullopt;
  if (*tokens_per_second > 0 && *tokens_per_second < 1e6) return TokenRate(*tokens_per_second);
  throw Error(ErrorKind::kBadRequest, "--min-speed is a number of tokens per second above 0");
}

}  // namespace lfmfit::cli
