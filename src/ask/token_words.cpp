#include "ask/token_words.hpp"

#include <charconv>
#include <string>

#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

/// A number of tokens that may be asked for: what messages call it, and what else may be written in its place.
struct CountWords {
  const char* name;   ///< "a context"
  const char* words;  ///< "max or fit"
  const char* all;    ///< the word for the most that makes sense, and what that is
  std::int64_t least;
};

constexpr CountWords kContext{"a context", "4096, 32k, 1m, max or fit", "max is all the model can use", 1};
constexpr CountWords kDepth{"a depth", "0, 4096, 16k or full", "full is all that a request can have", 0};

[[noreturn]] void reject(const CountWords& words, std::string_view text) {
  throw Error(ErrorKind::kBadRequest,
              std::string(words.name) + " of '" + std::string(text) + "' is no number of tokens; write " + words.words);
}

/// N x 1,024 (or 1,048,576), or the model's own full context where that lies between N x 1,000 and this.
Tokens in_thousands(std::int64_t number, int powers, const Model& model) {
  std::int64_t decimal = number;
  std::int64_t binary = number;
  for (int i = 0; i < powers; ++i) {
    decimal = checked_multiply(decimal, 1000);
    binary = checked_multiply(binary, 1024);
  }
  const bool means_all = Tokens(decimal) <= model.context_limit && model.context_limit <= Tokens(binary);
  return means_all ? model.context_limit : Tokens(binary);
}

Tokens parse_token_count(const CountWords& words, std::string_view text, const Model& model) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::string what = std::string(words.name) + " of " + std::string(text) + " tokens";
  if (error == std::errc::result_out_of_range)
    throw Error(ErrorKind::kBadRequest, what + " is more than anything can hold; " + words.all);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (error != std::errc() || unit.size() > 1) reject(words, text);
  if (number < words.least) {
    throw Error(ErrorKind::kBadRequest, words.name + (" needs at least " + std::to_string(words.least)) +
                                            (words.least == 1 ? " token" : " tokens") + ", not " + std::string(text) +
                                            "; " + words.all);
  }
  if (unit.empty()) return Tokens(number);
  if (unit == "k" || unit == "K") return in_thousands(number, 1, model);
  if (unit == "m" || unit == "M") return in_thousands(number, 2, model);
  reject(words, text);
}

ContextChoice context_word(std::string_view text, const Model& model) {
  if (text == "fit") return std::nullopt;
  if (text == "max") return model.context_limit;
  return parse_token_count(kContext, text, model);
}

Tokens depth_word(std::string_view text, const Model& model, const ContextChoice& context) {
  if (text != "full" && text != "max") return parse_token_count(kDepth, text, model);
  if (context) return *context;
  throw Error(ErrorKind::kBadRequest,
              "a full context of the longest that fits is not known beforehand; give --depth or --context in tokens");
}

}  // namespace

ContextChoice parse_context(const NumberOrWord& asked, const Model& model) {
  const auto* number = std::get_if<std::int64_t>(&asked);
  return number != nullptr ? Tokens(*number) : context_word(std::get<std::string>(asked), model);
}

Tokens parse_depth(const NumberOrWord& asked, const Model& model, const ContextChoice& context) {
  const auto* number = std::get_if<std::int64_t>(&asked);
  return number != nullptr ? Tokens(*number) : depth_word(std::get<std::string>(asked), model, context);
}

}  // namespace lfmfit::ask
