#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace lfmfit {

using NameWords = std::vector<std::string>;

/// A part of a model's name: what must be said, or may be left out.
struct NamePart {
  NameWords words;
  int cost_left_out = 0;  ///< 0: it cannot be left out
};

/// No way to say it: more than any cost.
constexpr int kNeverSaid = std::numeric_limits<int>::max() / 4;

/// The words of all parts of a name.
NameWords words_of_name(std::string_view text);

/// What stands beside a name and says nothing of the shape: "Instruct", "it".
bool is_edition(std::string_view word);
NameWords without_editions(NameWords words);

/// Whether a size stands there: "8", "b".
bool is_size_at(const NameWords& words, std::size_t at);
/// Weights that the size there says.
double size_at(const NameWords& words, std::size_t at);

/// The parts of an id's name, each with what leaving it out costs: an edition little, a date, a version behind the size
/// or "A3B" much, the rest cannot be.
std::vector<NamePart> parts_of_model_name(std::string_view name);

/// The least cost of saying exactly `said` by `parts`, some left out; editions may be said besides. kNeverSaid: that is
/// no way to say it.
int cost_of_saying(const NameWords& said, const std::vector<NamePart>& parts);

/// Whether `rest`, said beside the whole name of a model, is what fine-tunes and copies of its shape are called.
/// Without a size in the name few words are.
bool keeps_shape(const NameWords& rest, bool has_size);

/// Words with blanks between.
std::string joined(const NameWords& words);

}  // namespace lfmfit
