#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/model_name_parts.hpp"
#include "catalog/row_table.hpp"
#include "catalog/spoken_model.hpp"
#include "core/base/name_match.hpp"

namespace lfmfit {

/// A name that people type and that no rule gets from the rows of the models it means.
struct ModelName {
  std::string name;
  std::vector<std::string> models;  ///< ids; several: candidates
  std::string note;                 ///< what whoever typed it should know; may be empty
};

/// A row of data/model_names.json. Throws Error(kBadFile).
ModelName read_model_name(const RowText& row);

/// What a typed name was found to mean.
struct FoundModelName {
  NameMatch match;
  SpokenModel spoken;
  std::string note;          ///< of the name, where it is one of ModelName
  bool is_relative = false;  ///< the name is of another model that is made from the found one
};

/// What whoever typed `wanted` should know of its meaning the model `id`, in sentences.
std::vector<std::string> notes_on(const FoundModelName& found, std::string_view wanted, const std::string& id);

/// Finds models by what people type. A model's own words must all be said but for its edition ("Instruct", a date,
/// "A3B"), and what is said must all be of its name; what more is said is taken for a fine-tune where that cannot
/// change the shape. Where several models remain, all are candidates.
class ModelNames {
 public:
  /// Weights of the model of a row.
  using Weights = std::function<std::int64_t(std::size_t row)>;

  /// `ids` and `names` by their places; what is pointed to must outlive it.
  ModelNames(const std::vector<RowText>& rows, const std::vector<ModelName>& names);

  FoundModelName find(std::string_view wanted, const Weights& weights) const;

 private:
  struct Entry {
    std::string_view id, owner, tail;
    std::vector<NamePart> parts;
    NameWords words;  ///< of all parts
    bool has_size = false;
  };
  struct SaidName {
    NameWords name, tag;
  };
  using Words = NameWords;
  using Places = std::vector<std::size_t>;

  static Entry entry_of(const RowText& row);
  Places exactly(std::string_view wanted) const;
  Places named(const SpokenModel& spoken, std::string& note) const;
  Places complete(const Words& said, const std::string& owner, bool any_order) const;
  Places of_size(const SpokenModel& spoken, const Weights& weights) const;
  Places beginning_with(const Words& said) const;
  Places made_from(const Words& said, bool has_tag) const;
  bool is_misspelt(const Words& name, const Words& rest) const;
  bool is_family(const std::string& word) const;
  void drop_owner_from_name(SpokenModel& spoken) const;
  NameMatch suggestions(std::string_view wanted) const;

  std::vector<Entry> entries_;
  std::vector<Nameable> things_;
  const std::vector<ModelName>& names_;
  std::vector<SaidName> said_names_;  ///< by their places in `names_`
};

}  // namespace lfmfit
