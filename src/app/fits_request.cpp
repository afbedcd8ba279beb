#include "app/fits_request.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "ask/asked_json.hpp"
#include "cli/command_answer.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::app {

namespace {

using cli::taken;
using render::Json;

constexpr double kFastest = 1e6;  ///< tokens per second

/// Those of a batch that `lfmfit fits` has options for.
constexpr std::array<std::string_view, 10> kSettings = {"device",    "context",   "users",     "context_each",
                                                        "kv_type_k", "kv_type_v", "ram_bytes", "reserve_bytes",
                                                        "backend",   "runtime"};

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorKind::kBadRequest, message); }

std::string word(const Json& value, const char* key) {
  if (value.is_null()) return "";
  if (!value.is_string()) refuse("\"" + std::string(key) + "\" must be a string");
  return value.get<std::string>();
}

std::optional<TokenRate> speed(const Json& value) {
  if (value.is_null()) return std::nullopt;
  if (!value.is_number() || !(value.get<double>() > 0 && value.get<double>() < kFastest))
    refuse("\"min_speed_tok_s\" must be a number of tokens per second above 0");
  return TokenRate(value.get<double>());
}

std::optional<std::size_t> number(const Json& value) {
  if (value.is_null()) return std::nullopt;
  if (!value.is_number_integer() || value.get<std::int64_t>() < 1) refuse("\"top\" must be a whole number above 0");
  return value.get<std::size_t>();
}

}  // namespace

cli::FitsAsked read_fits_request(Json request) {
  if (!request.is_object()) refuse("what runs on a machine is asked by an object like {\"device\": \"rtx-4090\"}");
  cli::FitsAsked wanted;
  wanted.min_speed = speed(taken(request, "min_speed_tok_s"));
  wanted.most = number(taken(request, "top"));
  wanted.family = word(taken(request, "family"), "family");
  wanted.task = word(taken(request, "task"), "task");
  for (const auto& [key, value] : request.items()) {
    if (std::find(kSettings.begin(), kSettings.end(), key) == kSettings.end())
      refuse("\"" + key + "\" does not choose between models");
  }
  wanted.asked = ask::read_settings(request);
  if (!wanted.asked.device) refuse("\"device\" is missing; write {\"device\": \"rtx-4090\"}");
  return wanted;
}

}  // namespace lfmfit::app
