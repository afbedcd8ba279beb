#include "catalog/spoken_device.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <utility>

#include "catalog/spoken_letters.hpp"
#include "core/base/letter_case.hpp"

namespace lfmfit {

namespace {

using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 27> kSaysNothing{
    "graphics", "gpu",     "gpus",      "corporation", "generation", "edition", "series", "processor", "processors",
    "with",     "w",       "inc",       "design",      "r",          "tm",      "cpu",    "vga",       "card",
    "phone",    "devices", "superchip", "handheld",    "vf",         "hf",      "mxgpu",  "refresh",   "board"};

/// Makers, whose words stand in what drivers print and seldom in what people type.
constexpr std::array<std::string_view, 12> kMakers{"nvidia", "geforce", "quadro", "tesla",    "amd",    "ati",
                                                   "radeon", "intel",   "apple",  "qualcomm", "google", "radeonpro"};

constexpr std::array<std::string_view, 17> kLines{"rtx",   "gtx",    "gt",       "rx",           "arc",     "instinct",
                                                  "ryzen", "core",   "xeon",     "threadripper", "epyc",    "jetson",
                                                  "gold",  "silver", "platinum", "samsung",      "mediatek"};

/// Two words that are one, and what they say together; nothing: both are left out.
struct Pair {
  std::string_view first, second, together;
};
constexpr std::array<Pair, 14> kPairs{{{"max", "q", "maxq"},
                                       {"macbook", "air", "macbookair"},
                                       {"macbook", "pro", "macbookpro"},
                                       {"macbook", "neo", "macbookneo"},
                                       {"mac", "mini", "macmini"},
                                       {"mac", "studio", "macstudio"},
                                       {"mac", "pro", "macpro"},
                                       {"ipad", "air", "ipadair"},
                                       {"ipad", "pro", "ipadpro"},
                                       {"ipad", "mini", "ipadmini"},
                                       {"radeon", "pro", "radeonpro"},
                                       {"data", "center", ""},
                                       {"lite", "hash", ""},
                                       {"hash", "rate", ""}}};

/// Suffixes that people write as one word.
struct Compound {
  std::string_view word, first, second;
};
constexpr std::array<Compound, 7> kCompounds{{{"tis", "ti", "super"},
                                              {"tisuper", "ti", "super"},
                                              {"tim", "ti", "m"},
                                              {"superm", "super", "m"},
                                              {"sm", "super", "m"},
                                              {"mxt", "m", "xt"},
                                              {"dv", "d", "v"}}};

/// A word as it stands, and whether it stands in round brackets.
struct Raw {
  std::string text;
  bool aside = false;
};

void erase_all(std::string& text, std::string_view part, std::string_view instead) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + instead.size()))
    text.replace(at, part.size(), instead);
}

/// Of "01:00.0 VGA compatible controller: NVIDIA Corporation AD102 [GeForce RTX 4090] (rev a1)" the maker and the
/// product.
std::string without_listing(std::string text) {
  for (std::string_view behind : {"(rev ", "(uuid"}) {
    if (text.find(behind) != std::string::npos) text.erase(text.find(behind));
  }
  const std::size_t kind = text.rfind(": ");
  if (kind != std::string::npos) text.erase(0, kind + 2);
  erase_all(text, "[amd/ati]", "");
  erase_all(text, "advanced micro devices", "amd");
  const std::size_t open = text.rfind('['), close = text.rfind(']');
  if (open == std::string::npos || close == std::string::npos || close < open) return text;
  std::string maker;
  for (std::string_view known : {"nvidia", "amd", "intel"}) {
    if (text.compare(0, known.size(), known) == 0) maker = known;
  }
  const std::string chip = text.substr(maker.size(), open - maker.size());
  return maker + " " + text.substr(open + 1, close - open - 1) + " (" + chip + ")";
}

std::string plain_text(std::string_view given) {
  std::string text = lower(std::string(given));
  for (std::string_view mark : {"(r)", "(tm)", "(c)", "\xC2\xAE", "\xE2\x84\xA2"}) erase_all(text, mark, " ");
  return without_listing(std::move(text));
}

std::vector<Raw> raw_words(const std::string& text) {
  std::vector<Raw> words;
  int depth = 0;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
    const bool point = c == '.' && i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
    const bool part = is_digit(c) || is_letter(c) || point;
    if (part && !inside) words.push_back({{}, depth > 0});
    if (part) words.back().text += c;
    inside = part;
  }
  return words;
}

/// "gddr6x", "lpddr5x", "ddr4", "hbm2e"
bool is_memory_kind(std::string_view word) {
  const std::size_t ddr = word.find("ddr");
  if (ddr <= 2 && word.size() > ddr + 3) return is_digit(word[ddr + 3]);
  return word.size() > 3 && word.substr(0, 3) == "hbm" && is_digit(word[3]);
}

/// The number that starts `word`, and the rest of it.
std::pair<double, std::string> number_and_rest(const std::string& word) {
  if (word.empty() || !is_digit(word.front())) return {0, word};
  std::size_t end = 0;
  while (end < word.size() && (is_digit(word[end]) || word[end] == '.')) ++end;
  return {std::strtod(word.substr(0, end).c_str(), nullptr), word.substr(end)};
}

/// Reads the words of one text.
class Listener {
 public:
  explicit Listener(std::vector<Raw> words) : words_(std::move(words)) {}

  SpokenDevice hear() {
    for (at_ = 0; at_ < words_.size(); ++at_) {
      if (hears_pair() || hears_generation_of_cores() || hears_measure()) continue;
      hear_word(words_[at_].text, words_[at_].aside);
    }
    for (Words* list : {&said_.words, &said_.asides, &said_.brands}) std::sort(list->begin(), list->end());
    said_.brands.erase(std::unique(said_.brands.begin(), said_.brands.end()), said_.brands.end());
    return std::move(said_);
  }

 private:
  std::string_view next() const { return at_ + 1 < words_.size() ? words_[at_ + 1].text : std::string_view(); }

  bool hears_pair() {
    const std::string& word = words_[at_].text;
    if (word == "rev" && next().size() == 1) {  // "Rev. A"
      ++at_;
      return true;
    }
    for (const Pair& pair : kPairs) {
      if (pair.first != word || pair.second != next()) continue;
      if (!pair.together.empty()) hear_word(std::string(pair.together), words_[at_].aside);
      if (pair.first != "lite") ++at_;  // "Lite Hash Rate" are three words
      return true;
    }
    return false;
  }

  /// "13th Gen"
  bool hears_generation_of_cores() {
    const auto [number, rest] = number_and_rest(words_[at_].text);
    if (number <= 0 || rest != "th" || next() != "gen") return false;
    ++at_;
    return true;
  }

  /// "24gb", "24 GiB", "46068MiB", "40-core", "40c", "2.20GHz"
  bool hears_measure() {
    auto [number, unit] = number_and_rest(words_[at_].text);
    if (number <= 0) return false;
    const std::string_view behind = next();
    const bool apart = unit.empty() && (behind == "gb" || behind == "gib" || behind == "mib" || behind == "core" ||
                                        behind == "cores" || behind == "ghz");
    if (apart) unit = behind;
    if (unit == "gb" || unit == "gib" || (unit == "g" && number <= 1024)) {
      said_.memory_gib.push_back(number);
    } else if (unit == "mib") {
      said_.memory_gib.push_back(number / 1024);
    } else if (unit == "core" || unit == "cores" || unit == "c") {
      said_.cores = static_cast<int>(std::min(number, 1e6));
    } else if (unit != "ghz") {
      return false;
    }
    if (apart) ++at_;
    return true;
  }

  void hear_word(const std::string& word, bool aside) {
    if (is_one_of(word, kMakers)) said_.printed = true;
    if (is_one_of(word, kMakers) || is_one_of(word, kLines)) {
      said_.brands.push_back(word);
    } else if (is_memory_kind(word)) {
      said_.asides.push_back(word);
    } else if (word == "mobile" || word == "notebook") {
      hear_word("laptop", aside);
    } else if (!is_one_of(word, kSaysNothing)) {
      hear_pieces(word, aside);
    }
  }

  void hear_pieces(const std::string& word, bool aside) {
    if (word.size() == 4 && word.substr(0, 3) == "sxm") return hear_pieces("sxm", aside);
    std::string piece;
    const auto finish = [&] {
      if (piece.empty()) return;
      Words& list = aside ? said_.asides : said_.words;
      for (const Compound& compound : kCompounds) {
        if (compound.word != piece || list.empty()) continue;  // "SM8450" starts with no suffix
        list.emplace_back(compound.first);
        piece = compound.second;
      }
      const bool brand = is_one_of(piece, kLines) || is_one_of(piece, kMakers);  // "rtx3060"
      (brand ? said_.brands : list).push_back(std::exchange(piece, {}));
    };
    for (char c : word) {
      if (!piece.empty() && is_digit(c) != is_digit(piece.back())) finish();
      if (c != '.') piece += c;
    }
    finish();
  }

  std::vector<Raw> words_;
  std::size_t at_ = 0;
  SpokenDevice said_;
};

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
  return first == std::string_view::npos ? std::string() : std::string(text.substr(first, last - first + 1));
}

}  // namespace

SpokenDevice spoken_device(std::string_view text) { return Listener(raw_words(plain_text(text))).hear(); }

std::vector<std::string> joined_names(std::string_view given) {
  const std::string text = plain_text(given);
  std::vector<std::string> names;
  std::string shared;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t slash = std::min(text.find('/', from), text.size());
    const std::string part = trimmed(std::string_view(text).substr(from, slash - from));
    from = slash + 1;
    if (part.empty()) continue;
    if (!names.empty()) names.push_back(shared + part);
    if (names.empty() || std::any_of(part.begin(), part.end(), is_letter)) names.push_back(part);
    if (names.size() == 1) {
      const std::size_t blank = part.rfind(' ');
      shared = blank == std::string::npos ? std::string() : part.substr(0, blank + 1);
      const std::size_t number = part.find_first_of("0123456789");  // "Radeon RX 6700 XT/6800" shares "Radeon RX"
      if (number != std::string::npos && number > 0 && number < shared.size() && part[number - 1] == ' ')
        shared = part.substr(0, number);
    }
  }
  return names;
}

bool is_usually_left_out(std::string_view word) {
  constexpr std::array<std::string_view, 6> kLeftOut{"sxm", "pcie", "oam", "ada", "blackwell", "modified"};
  return is_one_of(word, kLeftOut);
}

}  // namespace lfmfit
