#include "core/base/name_match.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/base/letter_case.hpp"

namespace lfmfit {

namespace {

constexpr std::size_t kMaxLength = 200;
constexpr std::size_t kMaxNearest = 3;

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}

/// Whether what stands at `i` is part of a word; a point is between digits.
bool is_in_word(std::string_view text, std::size_t i) {
  const bool decimal_point =
      text[i] == '.' && i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
  return decimal_point || is_word_character(text[i]);
}

/// Lower case, split at punctuation: "Llama-3.1-8B" is "llama", "3.1", "8b".
std::vector<std::string> words_of(std::string_view name) {
  const std::string text = lower(std::string(name));
  std::vector<std::string> words;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_in_word(text, i)) {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    words.back() += text[i];
  }
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += word;
  return text;
}

/// All words as one.
std::string plain(std::string_view name) {
  std::string text;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (is_in_word(name, i)) text += name[i];
  }
  return lower(std::move(text));
}

std::string_view tail(std::string_view id) {
  const std::size_t slash = id.rfind('/');
  return slash == std::string_view::npos ? id : id.substr(slash + 1);
}

/// Words behind a name that say which edition it is: "instruct", "it", "v0.3", "2507".
bool is_edition(const std::string& word) {
  constexpr std::array<std::string_view, 5> kEditions{"instruct", "it", "chat", "hf", "bf16"};
  if (std::find(kEditions.begin(), kEditions.end(), word) != kEditions.end()) return true;
  if (word.size() == 4 && std::all_of(word.begin(), word.end(), is_digit)) return true;
  return word.size() >= 2 && word[0] == 'v' && is_digit(word[1]) && (word.size() > 2 && word[2] == '.');
}

std::string without_edition(std::string_view id) {
  std::vector<std::string> words = words_of(tail(id));
  while (words.size() > 1 && is_edition(words.back())) words.pop_back();
  return joined(words);
}

/// Edit distance, with a swap of neighbours as one step.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
      row[j] = std::min({change, previous[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, row);
    std::swap(before, previous);
  }
  return previous[b.size()];
}

std::size_t near_enough(std::size_t length) { return std::max<std::size_t>(2, length / 3); }

/// The distance where it is near enough, else more than that: what differs in length by more need not be looked at.
std::size_t near_distance(const std::string& wanted, const std::string& text) {
  const std::size_t more = std::max(wanted.size(), text.size()) - std::min(wanted.size(), text.size());
  return more > near_enough(wanted.size()) ? kMaxLength : distance(wanted, text);
}

template <class Predicate>
std::vector<std::size_t> all_that(const std::vector<Nameable>& things, const Predicate& fits) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < things.size(); ++i) {
    if (fits(things[i])) result.push_back(i);
  }
  return result;
}

std::vector<std::size_t> nearest(const std::string& wanted, const std::vector<Nameable>& things) {
  std::vector<std::pair<std::size_t, std::size_t>> ranked;
  for (std::size_t i = 0; i < things.size(); ++i) {
    std::size_t best = kMaxLength;
    for (std::string_view text : {things[i].id, tail(things[i].id), things[i].name}) {
      if (!text.empty() && text.size() <= kMaxLength) best = std::min(best, near_distance(wanted, plain(text)));
    }
    best = std::min(best, near_distance(wanted, without_edition(things[i].id)));
    if (best <= near_enough(wanted.size())) ranked.push_back({best, i});
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < ranked.size() && i < kMaxNearest; ++i) result.push_back(ranked[i].second);
  return result;
}

}  // namespace

NameMatch match_name(std::string_view wanted, const std::vector<Nameable>& things) {
  NameMatch match;
  const std::string text = wanted.size() <= kMaxLength ? plain(wanted) : std::string();
  if (text.empty()) return match;
  const auto is_exact = [&](const Nameable& thing) { return thing.id == wanted; };
  const auto is_same = [&](const Nameable& thing) {
    return plain(thing.id) == text || plain(tail(thing.id)) == text || plain(thing.name) == text ||
           (!thing.also.empty() && plain(thing.also) == text);
  };
  const auto is_same_but_edition = [&](const Nameable& thing) { return without_edition(thing.id) == text; };
  const auto contains = [&](const Nameable& thing) {
    return plain(thing.id).find(text) != std::string::npos || plain(thing.name).find(text) != std::string::npos;
  };
  for (int step = 0; step < 4; ++step) {
    std::vector<std::size_t> fits = step == 0   ? all_that(things, is_exact)
                                    : step == 1 ? all_that(things, is_same)
                                    : step == 2 ? all_that(things, is_same_but_edition)
                                                : all_that(things, contains);
    if (fits.empty()) continue;
    if (fits.size() == 1) {
      match.found = fits.front();
    } else {
      match.candidates = std::move(fits);
    }
    return match;
  }
  match.nearest = nearest(text, things);
  return match;
}

std::string_view nearest_name(std::string_view wanted, const std::vector<std::string_view>& names) {
  if (wanted.size() > kMaxLength) return {};
  const std::string text = plain(wanted);
  std::string_view best;
  std::size_t smallest = near_enough(text.size()) + 1;
  for (std::string_view name : names) {
    const std::size_t steps = distance(text, plain(name));
    if (steps < smallest) {
      smallest = steps;
      best = name;
    }
  }
  return best;
}

}  // namespace lfmfit
