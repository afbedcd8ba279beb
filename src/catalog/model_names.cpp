#include "catalog/model_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "catalog/row_reader.hpp"
#include "catalog/unknown_name.hpp"
#include "core/base/letter_case.hpp"

namespace lfmfit {

namespace {

constexpr double kSizeTolerance = 0.15;  ///< publishers round, and some leave out the embedding

/// The same publisher under the name it had before.
std::string today(const std::string& owner) {
  constexpr std::array<std::array<std::string_view, 2>, 3> kRenamed{
      {{"thudm", "zai-org"}, {"cohereforai", "coherelabs"}, {"cognitivecomputations", "dphn"}}};
  for (const auto& [before, after] : kRenamed) {
    if (same_but_case(owner, before)) return std::string(after);
  }
  return lower(owner);
}

}  // namespace

ModelName read_model_name(const RowText& row) {
  RowReader reader(row.path, row.text, row.id);
  ModelName name{reader.text("name"), reader.texts("models"), reader.text_or("note", "")};
  reader.text("source");
  reader.finish();
  return name;
}

std::vector<std::string> notes_on(const FoundModelName& found, std::string_view wanted, const std::string& id) {
  std::vector<std::string> notes;
  const std::string shown = shown_name(wanted);
  if (found.spoken.is_file)
    notes.push_back(fmt::format("No file \"{}\" lies here; this is {} of the catalogue.", shown, id));
  if (found.is_relative)
    notes.push_back(
        fmt::format("\"{}\" is taken for a fine-tune of {}, whose shape this is; tokens that it adds would "
                    "take a few MB more.",
                    shown, id));
  if (!found.spoken.form.empty())
    notes.push_back(
        fmt::format("\"{}\" is a copy as {}, which llama.cpp does not load; this is about GGUF files of {}.", shown,
                    found.spoken.form, id));
  if (found.spoken.is_in_cloud)
    notes.push_back(
        fmt::format("Ollama runs \"{}\" on its own servers; this is what it takes on a machine of yours.", shown));
  if (!found.note.empty()) notes.push_back(fmt::format("\"{}\": {}.", shown, found.note));
  return notes;
}

ModelNames::ModelNames(const std::vector<RowText>& rows, const std::vector<ModelName>& names) : names_(names) {
  for (const RowText& row : rows) {
    entries_.push_back(entry_of(row));
    things_.push_back({row.id, {}, {}});
  }
  for (const ModelName& name : names) {
    const std::size_t colon = std::min(name.name.find(':'), name.name.size());
    const std::string_view all = name.name;
    said_names_.push_back(
        {words_of_name(all.substr(0, colon)), words_of_name(all.substr(std::min(colon + 1, all.size())))});
  }
}

ModelNames::Entry ModelNames::entry_of(const RowText& row) {
  Entry entry;
  entry.id = row.id;
  const std::size_t slash = entry.id.find('/');
  entry.owner = slash == std::string_view::npos ? std::string_view() : entry.id.substr(0, slash);
  entry.tail = slash == std::string_view::npos ? entry.id : entry.id.substr(slash + 1);
  entry.parts = parts_of_model_name(entry.tail);
  for (const NamePart& part : entry.parts) entry.words.insert(entry.words.end(), part.words.begin(), part.words.end());
  for (std::size_t at = 0; at < entry.words.size(); ++at)
    entry.has_size = entry.has_size || is_size_at(entry.words, at);
  return entry;
}

ModelNames::Places ModelNames::exactly(std::string_view wanted) const {
  Places places;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].id == wanted) return {i};
    if (entries_[i].tail == wanted) places.push_back(i);
  }
  return places;
}

ModelNames::Places ModelNames::named(const SpokenModel& spoken, std::string& note) const {
  const Words name = words_of_name(spoken.name), tag = words_of_name(spoken.tag);
  for (const Words& said_tag : {tag, without_editions(tag)}) {
    for (std::size_t place = 0; place < names_.size(); ++place) {
      const ModelName& known = names_[place];
      if (said_names_[place].name != name || said_names_[place].tag != said_tag) continue;
      Places places;
      for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (std::find(known.models.begin(), known.models.end(), entries_[i].id) != known.models.end())
          places.push_back(i);
      }
      note = known.note;
      return places;
    }
  }
  return {};
}

ModelNames::Places ModelNames::complete(const Words& said, const std::string& owner, bool any_order) const {
  int best = kNeverSaid;
  Places places;
  const auto keep = [&](int cost, std::size_t place) {
    if (cost > best || cost >= kNeverSaid) return;
    if (cost < best) places.clear();
    best = cost;
    places.push_back(place);
  };
  for (std::size_t i = 0; i < entries_.size(); ++i) keep(cost_of_saying(said, entries_[i].parts), i);
  if (places.empty() && any_order) {
    Words sorted = without_editions(said);
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      Words own = without_editions(entries_[i].words);
      std::sort(own.begin(), own.end());
      if (own == sorted) keep(0, i);
    }
  }
  const auto is_other = [&](std::size_t i) { return today(std::string(entries_[i].owner)) != owner; };
  if (places.size() > 1 && !std::all_of(places.begin(), places.end(), is_other))
    places.erase(std::remove_if(places.begin(), places.end(), is_other), places.end());
  return places;
}

/// A size that is said beside a name that has none ("phi4:14b"), or for one of several ("deepseek-coder-v2:16b").
ModelNames::Places ModelNames::of_size(const SpokenModel& spoken, const Weights& weights) const {
  Words said;
  for (const std::string& part : name_parts(spoken.name + " " + spoken.tag)) {
    const Words words = name_words(part);
    const bool says_active = words.size() == 3 && words[0] == "a" && is_size_at(words, 1);  // "A3B"
    if (!says_active) said.insert(said.end(), words.begin(), words.end());
  }
  std::size_t at = said.size();
  for (std::size_t i = 0; i < said.size(); ++i) {
    if (is_size_at(said, i)) at = i;
  }
  if (at == said.size()) return {};
  const double size = size_at(said, at);
  said.erase(said.begin() + static_cast<std::ptrdiff_t>(at), said.begin() + static_cast<std::ptrdiff_t>(at) + 2);
  const auto of_that_size = [&](Places places) {
    const auto is_other = [&](std::size_t place) {
      return std::abs(static_cast<double>(weights(place)) - size) > kSizeTolerance * size;
    };
    places.erase(std::remove_if(places.begin(), places.end(), is_other), places.end());
    return places;
  };
  SpokenModel without = spoken;
  without.name = joined(said);
  without.tag.clear();
  std::string note;
  Places begun = beginning_with(without_editions(said));
  if (begun.size() > 1) begun.clear();  // a size does not choose among models of other words
  for (const Places& places : {named(without, note), complete(said, today(spoken.owner), false), begun}) {
    if (Places fitting = of_that_size(places); !fitting.empty()) return fitting;
  }
  return {};
}

bool ModelNames::is_family(const std::string& word) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    for (const NamePart& part : entry.parts) {
      if (part.words.front() == word) return true;
      if (part.cost_left_out == 0) return false;
    }
    return false;
  });
}

/// Names that begin so; where no family begins so, names that have it anywhere.
ModelNames::Places ModelNames::beginning_with(const Words& said) const {
  if (said.empty()) return {};
  const bool anywhere = !is_family(said.front());
  Places places;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Words own = without_editions(entries_[i].words);
    const auto at = std::search(own.begin(), own.end(), said.begin(), said.end());
    if (at == own.begin() || (anywhere && at != own.end())) places.push_back(i);
  }
  return places;
}

/// Whether what stands beside a name is nearly the word that another model has there: "lfm2-1.2b-ragg".
bool ModelNames::is_misspelt(const Words& name, const Words& rest) const {
  if (rest.size() != 1) return false;
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    const Words own = without_editions(entry.words);
    return own.size() == name.size() + 1 && std::equal(name.begin(), name.end(), own.begin()) &&
           own.back() != rest.front() && !nearest_name(rest.front(), {own.back()}).empty();
  });
}

/// The model of the longest name that is all said among other words. A tag may say harmless words alone.
ModelNames::Places ModelNames::made_from(const Words& said, bool has_tag) const {
  Places places;
  std::size_t longest = 0;
  int best = kNeverSaid;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    for (std::size_t from = 0; from < said.size(); ++from) {
      for (std::size_t to = said.size(); to > from; --to) {
        if (to - from < longest) break;
        const auto at = [&](std::size_t place) { return said.begin() + static_cast<std::ptrdiff_t>(place); };
        const Words part(at(from), at(to));
        if (is_edition(part.front()) || is_edition(part.back())) continue;
        const int cost = cost_of_saying(part, entries_[i].parts);
        if (cost >= kNeverSaid) continue;
        Words rest(said.begin(), at(from));
        rest.insert(rest.end(), at(to), said.end());
        if (!keeps_shape(rest, entries_[i].has_size && !has_tag) || is_misspelt(part, rest)) continue;
        if (to - from > longest || cost < best) places.clear();
        if (to - from == longest && cost > best) continue;
        longest = to - from;
        best = cost;
        if (places.empty() || places.back() != i) places.push_back(i);
      }
    }
  }
  return places;
}

/// bartowski writes "Qwen_Qwen3-8B-GGUF".
void ModelNames::drop_owner_from_name(SpokenModel& spoken) const {
  const std::size_t line = spoken.name.find('_');
  if (line == std::string::npos) return;
  const std::string owner = today(spoken.name.substr(0, line));
  const bool is_known = std::any_of(entries_.begin(), entries_.end(),
                                    [&](const Entry& entry) { return today(std::string(entry.owner)) == owner; });
  if (!is_known) return;
  spoken.owner = owner;
  spoken.name.erase(0, line + 1);
}

NameMatch ModelNames::suggestions(std::string_view wanted) const {
  NameMatch near = match_name(wanted, things_);
  if (near.found) near.nearest = {*near.found};
  near.found.reset();
  return near;
}

FoundModelName ModelNames::find(std::string_view wanted, const Weights& weights) const {
  FoundModelName found;
  constexpr std::size_t kMaxLength = 300, kMaxWords = 40;
  if (wanted.empty() || wanted.size() > kMaxLength) return found;
  found.spoken = read_spoken_model(wanted);
  SpokenModel& spoken = found.spoken;
  const Places exact = exactly(wanted);
  if (exact.size() == 1) {
    found.match.found = exact.front();
    spoken = {};
    return found;
  }
  drop_owner_from_name(spoken);
  Words said = words_of_name(spoken.name + " " + spoken.tag);
  const std::string owner = today(spoken.owner);
  const auto steps = std::array<std::function<Places()>, 6>{
      [&] { return spoken.owner.empty() && !spoken.is_copy ? named(spoken, found.note) : Places(); },
      [&] { return complete(said, owner, !spoken.tag.empty()); },
      [&] { return named(spoken, found.note); },
      [&] { return of_size(spoken, weights); },
      [&] { return beginning_with(without_editions(said)); },
      [&] { return made_from(said, !spoken.tag.empty()); }};
  if (said.empty() || said.size() > kMaxWords) return found;
  for (const auto& step : steps) {
    const Places places = step();
    if (places.empty()) continue;
    found.is_relative = &step == &steps.back();
    if (places.size() == 1) {
      found.match.found = places.front();
    } else {
      found.match.candidates = places;
    }
    return found;
  }
  found.match = suggestions(wanted);
  return found;
}

}  // namespace lfmfit
