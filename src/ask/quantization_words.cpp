#include "ask/quantization_words.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "catalog/unknown_name.hpp"
#include "core/base/letter_case.hpp"
#include "core/base/name_match.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

constexpr std::size_t kMostNames = 12;

const Publisher* publisher_called(const Catalog& catalog, std::string_view name) {
  for (const Publisher& publisher : catalog.publisher_mixes().publishers) {
    if (same_but_case(publisher.name, name)) return &publisher;
  }
  return nullptr;
}

/// Whose file type `name` is by what stands before it; the prefix is then taken off.
const Publisher* publisher_by_prefix(const Catalog& catalog, std::string_view& name) {
  for (const Publisher& publisher : catalog.publisher_mixes().publishers) {
    const std::size_t length = publisher.prefix.size();
    if (length == 0 || !same_but_case(name.substr(0, length), publisher.prefix)) continue;
    name.remove_prefix(length);
    return &publisher;
  }
  return nullptr;
}

/// `names`, each once and at most kMostNames of them.
std::string listed(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < kMostNames; ++i) list += (i == 0 ? "" : ", ") + names[i];
  return names.size() > kMostNames ? list + ", ..." : list;
}

std::string_view nearest_of(std::string_view wanted, const std::vector<std::string>& names) {
  return nearest_name(wanted, {names.begin(), names.end()});
}

/// The file type of llama-quantize whose name is most like `wanted` ("UD-Q5_K_XXL": Q5_K_M); empty: none.
std::string nearest_plain(const Catalog& catalog, std::string_view wanted) {
  const std::size_t dash = wanted.find('-');
  if (dash != std::string_view::npos) wanted.remove_prefix(dash + 1);
  const std::size_t mark = wanted.find_last_of('_');
  std::vector<std::string> names, alike;
  for (const Quantization& row : catalog.quantizations()) {
    names.push_back(row.name);
    if (mark != std::string_view::npos && same_but_case(row.name.substr(0, mark), wanted.substr(0, mark)))
      alike.push_back(row.name);
  }
  const std::string_view near = nearest_of(wanted, alike);
  if (!near.empty()) return std::string(near);
  return alike.empty() ? std::string(nearest_of(wanted, names)) : alike.front();
}

[[noreturn]] void fail_unknown_publisher(const Catalog& catalog, std::string_view wanted) {
  std::vector<std::string> names;
  for (const Publisher& publisher : catalog.publisher_mixes().publishers) names.push_back(publisher.name);
  const std::string_view near = nearest_of(wanted, names);
  throw Error(ErrorKind::kBadRequest, "no publisher of files is called \"" + shown_name(wanted) + "\"; " +
                                          (near.empty() ? "" : "did you mean " + std::string(near) + "? ") +
                                          "lfmfit knows " + listed(names) +
                                          "; without a publisher it answers as llama-quantize makes the file");
}

[[noreturn]] void fail_unknown_mix(const Catalog& catalog, const std::string& whose, std::string_view wanted) {
  std::vector<std::string> names;
  for (const PublisherMix& mix : catalog.publisher_mixes().mixes) {
    if (whose.empty() || same_but_case(mix.publisher, whose)) names.push_back(mix.name);
  }
  if (whose.empty()) {
    for (const Quantization& row : catalog.quantizations()) names.push_back(row.name);
  }
  const std::string_view near = nearest_of(wanted, names);
  const std::string plain = nearest_plain(catalog, wanted);
  std::string message = whose.empty() ? "there is no quantization \"" : whose + " has no mix \"";
  message +=
      shown_name(wanted) + "\" that lfmfit knows" + (same_but_case(near, wanted) ? " for models of this kind; " : "; ");
  if (!near.empty() && !same_but_case(near, wanted)) message += "did you mean " + std::string(near) + "? ";
  if (!plain.empty() && plain != near) message += "the nearest plain file type is " + plain + "; ";
  throw Error(ErrorKind::kBadRequest,
              message + "`lfmfit list quants` lists all, and of a file lfmfit reads what it is");
}

[[noreturn]] void fail_ambiguous(std::string_view name, const std::vector<std::string>& publishers) {
  std::string choices;
  for (const std::string& publisher : publishers)
    choices += (choices.empty() ? "" : " or ") + publisher + ":" + std::string(name);
  throw Error(ErrorKind::kBadRequest,
              "several publishers give the name " + std::string(name) + " to mixes that differ; say " + choices);
}

/// A mix whose name alone is given: that of whoever makes it, where that is one.
Quantization mix_without_publisher(const Catalog& catalog, std::string_view name, const Model& model) {
  const PublisherMixes& mixes = catalog.publisher_mixes();
  if (const PublisherMix* mix = find_mix(mixes, kAnyPublisher, name, model)) return mix->recipe;
  const std::vector<std::string> publishers = publishers_of(mixes, name);
  if (publishers.size() > 1) fail_ambiguous(name, publishers);
  const PublisherMix* mix = publishers.empty() ? nullptr : find_mix(mixes, publishers.front(), name, model);
  if (mix == nullptr) fail_unknown_mix(catalog, "", name);
  return mix->recipe;
}

Quantization mix_of(const Catalog& catalog, const Publisher& publisher, std::string_view name, const Model& model) {
  const Quantization* plain = plain_called(catalog, name);
  const std::string_view usual_name = plain != nullptr ? std::string_view(plain->name) : name;
  const PublisherMix* mix = find_mix(catalog.publisher_mixes(), publisher.name, usual_name, model);
  if (mix != nullptr) {
    Quantization recipe = mix->recipe;
    recipe.publisher = publisher.name;
    recipe.name = publisher.name + ":" + mix->name;
    return recipe;
  }
  if (plain == nullptr) {
    // who repacks has files of others' mixes
    const std::vector<std::string> makers = publishers_of(catalog.publisher_mixes(), name);
    const PublisherMix* copied =
        makers.size() == 1 ? find_mix(catalog.publisher_mixes(), makers.front(), name, model) : nullptr;
    if (copied == nullptr) fail_unknown_mix(catalog, publisher.name, name);
    return copied->recipe;
  }
  Quantization recipe = *plain;
  recipe.name = publisher.name + ":" + plain->name;
  recipe.listed = recipe.recommended = false;
  recipe.importance_matrix = publisher.importance_matrix;
  return recipe;
}

}  // namespace

const Quantization* plain_called(const Catalog& catalog, std::string_view name) {
  for (const Quantization& row : catalog.quantizations()) {
    if (same_but_case(row.name, name) || (!row.also.empty() && same_but_case(row.also, name))) return &row;
  }
  return nullptr;
}

bool is_plain(const Catalog& catalog, std::string_view words) { return plain_called(catalog, words) != nullptr; }

Quantization mixed_quantization(const Catalog& catalog, std::string_view words, const Model& model) {
  const std::size_t colon = words.find(':');
  std::string_view name = colon == std::string_view::npos ? words : words.substr(colon + 1);
  const Publisher* publisher = nullptr;
  if (colon != std::string_view::npos) {
    publisher = publisher_called(catalog, words.substr(0, colon));
    if (publisher == nullptr) fail_unknown_publisher(catalog, words.substr(0, colon));
  }
  const Publisher* prefixed = publisher_by_prefix(catalog, name);
  if (publisher == nullptr) publisher = prefixed;
  if (publisher != nullptr) return mix_of(catalog, *publisher, name, model);
  return mix_without_publisher(catalog, name, model);
}

std::string quantization_in(const Catalog& catalog, std::string_view repository, std::string_view tag) {
  if (repository.empty()) return std::string(tag);
  repository = repository.substr(0, repository.rfind('/'));
  const std::size_t before = repository.rfind('/');
  const std::string_view owner = before == std::string_view::npos ? repository : repository.substr(before + 1);
  const Publisher* publisher = publisher_called(catalog, owner);
  return publisher == nullptr ? std::string(tag) : publisher->name + ":" + std::string(tag);
}

std::vector<Quantization> named_quantizations(const Catalog& catalog) {
  std::vector<Quantization> rows = catalog.quantizations();
  std::set<std::string> names;
  for (const PublisherMix& mix : catalog.publisher_mixes().mixes) {
    const bool is_own = mix.publisher != kAnyPublisher && !is_plain(catalog, mix.name);
    if (is_own && names.insert(mix.recipe.name).second) rows.push_back(mix.recipe);
  }
  return rows;
}

}  // namespace lfmfit::ask
