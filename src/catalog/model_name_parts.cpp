#include "catalog/model_name_parts.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "catalog/spoken_letters.hpp"
#include "catalog/spoken_model.hpp"

namespace lfmfit {

namespace {

using Words = NameWords;

constexpr int kEdition = 1;  ///< cost of leaving out what says nothing of the model
constexpr int kHeavy = 100;  ///< of leaving out what tells it from its kin: a date, a version

bool is_number(std::string_view word) {
  return !word.empty() && std::isdigit(static_cast<unsigned char>(word[0])) != 0;
}

/// What leaving out `part` of a name costs; 0: it must be said. `has_size`: a part before it is a size.
int cost_without(const std::string& part, const Words& words, bool has_size, bool is_last) {
  if (is_edition(part)) return kEdition;
  const bool all_digits = words.size() == 1 && is_number(part) && part.find('.') == std::string::npos;
  if (all_digits && (part.size() == 4 || part.size() == 6)) return kHeavy;          // 2507, 202606
  if (all_digits && part.size() == 2 && part[0] <= '1' && has_size) return kHeavy;  // 08-2024
  const bool is_version = words.size() == 2 && words[0] == "v" && is_number(words[1]);
  if (is_version && (has_size || (is_last && (part.find('.') != std::string::npos || part[1] == '0')))) return kHeavy;
  if (words.size() == 3 && words[0] == "a" && is_number(words[1]) && words[2] == "b") return kHeavy;  // A3B
  if (has_size && words.size() == 2 && is_number(words[0]) && words[1] == "e") return kHeavy;         // 16E
  return 0;
}

/// The least cost of saying exactly `said` from place `at` on by the parts from `part` on.
int cost_of_all(const Words& said, std::size_t at, const std::vector<NamePart>& parts, std::size_t part) {
  if (part == parts.size()) {
    int cost = 0;
    for (; at < said.size(); ++at) {
      if (!is_edition(said[at])) return kNeverSaid;
      cost += kEdition;
    }
    return cost;
  }
  int best = kNeverSaid;
  const Words& words = parts[part].words;
  const bool is_said = at + words.size() <= said.size() &&
                       std::equal(words.begin(), words.end(), said.begin() + static_cast<std::ptrdiff_t>(at));
  if (is_said) best = cost_of_all(said, at + words.size(), parts, part + 1);
  if (parts[part].cost_left_out > 0)
    best = std::min(best, parts[part].cost_left_out + cost_of_all(said, at, parts, part + 1));
  if (at < said.size() && is_edition(said[at]))
    best = std::min(best, kEdition + cost_of_all(said, at + 1, parts, part));
  return best;
}

}  // namespace

Words words_of_name(std::string_view text) {
  Words words;
  for (const std::string& part : name_parts(text)) {
    for (std::string& word : name_words(part)) words.push_back(std::move(word));
  }
  return words;
}

bool is_edition(std::string_view word) {
  constexpr std::array<std::string_view, 11> kWords{"instruct", "it", "chat", "hf",     "bf16", "bf",
                                                    "inst",     "pt", "meta", "nvidia", "c4ai"};
  return is_one_of(word, kWords);
}

Words without_editions(Words words) {
  words.erase(std::remove_if(words.begin(), words.end(), [](const std::string& word) { return is_edition(word); }),
              words.end());
  return words;
}

bool is_size_at(const Words& words, std::size_t at) {
  constexpr std::array<std::string_view, 3> kUnits{"b", "m", "t"};
  return at + 1 < words.size() && is_number(words[at]) && is_one_of(words[at + 1], kUnits);
}

double size_at(const Words& words, std::size_t at) {
  const double unit = words[at + 1] == "b" ? 1e9 : words[at + 1] == "m" ? 1e6 : 1e12;
  return std::atof(words[at].c_str()) * unit;
}

std::vector<NamePart> parts_of_model_name(std::string_view name) {
  const Words texts = name_parts(name);
  std::vector<NamePart> parts;
  bool has_size = false;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    NamePart part{name_words(texts[i]), 0};
    part.cost_left_out = cost_without(texts[i], part.words, has_size, i + 1 == texts.size());
    const bool is_year = i > 0 && part.cost_left_out == kHeavy && texts[i].size() == 4 && texts[i - 1].size() == 2 &&
                         is_number(texts[i - 1]);
    if (is_year) parts.back().cost_left_out = kEdition;  // 08-2024 is one date
    for (std::size_t at = 0; at < part.words.size(); ++at) has_size = has_size || is_size_at(part.words, at);
    parts.push_back(std::move(part));
  }
  return parts;
}

int cost_of_saying(const NameWords& said, const std::vector<NamePart>& parts) { return cost_of_all(said, 0, parts, 0); }

bool keeps_shape(const Words& rest, bool has_size) {
  constexpr std::array<std::string_view, 36> kOther{
      "vl",     "vision",   "omni",     "audio",     "tts",   "asr",        "draft",      "drafter",     "eagle",
      "medusa", "mtp",      "mmproj",   "assistant", "reap",  "pruned",     "prune",      "moe",         "merge",
      "lora",   "adapter",  "reranker", "embedding", "embed", "classifier", "speculator", "speculators", "dspark",
      "dflash", "minitron", "mini",     "nano",      "tiny",  "large",      "lite",       "upscaled",    "coder"};
  constexpr std::array<std::string_view, 13> kHarmless{"base", "abliterated", "heretic", "uncensored", "derestricted",
                                                       "text", "huihui",      "unsloth", "official",   "instruct",
                                                       "it",   "pt",          "chat"};
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (is_one_of(rest[i], kOther) || is_size_at(rest, i)) return false;
    if (rest[i] == "x" && i > 0 && is_number(rest[i - 1])) return false;
    if (!has_size && !is_one_of(rest[i], kHarmless)) return false;
  }
  return true;
}

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace lfmfit
