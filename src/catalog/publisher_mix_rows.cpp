#include "catalog/publisher_mix_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

namespace lfmfit {

namespace {

constexpr double kMostScale = 4;  // no mix is that far from the file type it is named after

template <class Row>
bool has_row(const std::vector<Row>& rows, const std::string& name) {
  return std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
}

std::vector<Publisher> read_publishers(RowReader& root) {
  std::vector<Publisher> publishers;
  for (RowReader& row : root.objects("publishers")) {
    row.name(row.text("name"));
    Publisher publisher{row.row(), row.text_or("prefix", ""), row.flag_or("importance_matrix", false)};
    if (has_row(publishers, publisher.name)) row.fail("name", "is that of an earlier row");
    row.finish();
    publishers.push_back(std::move(publisher));
  }
  return publishers;
}

std::vector<ModelKind> read_kinds(RowReader& root) {
  std::vector<ModelKind> kinds;
  for (RowReader& row : root.objects("kinds")) {
    ModelKind kind;
    kind.name = row.text("name");
    row.name(kind.name);
    kind.otherwise = row.text_or("otherwise", "");
    kind.with_tensor = row.text_or("with_tensor", "");
    kind.without_part = row.text_or("without_part", "");
    kind.experts = row.optional_flag("experts");
    kind.max_parameters = row.integer_or("max_parameters", 0);
    kind.released_from = row.text_or("released_from", "");
    kind.about = row.text("about");
    if (has_row(kinds, kind.name)) row.fail("name", "is that of an earlier row");
    row.finish();
    kinds.push_back(std::move(kind));
  }
  return kinds;
}

std::shared_ptr<const std::vector<const TensorType*>> read_ladder(RowReader& root, const TensorTypeByName& lookup) {
  auto ladder = std::make_shared<std::vector<const TensorType*>>();
  for (const std::string& name : root.texts("ladder")) {
    ladder->push_back(lookup(name));
    if (ladder->back() == nullptr) root.fail("ladder", fmt::format("names {}, which is no tensor type", name));
  }
  return ladder;
}

/// Reads the mixes, of which each refers to what was read before.
class MixReader {
 public:
  MixReader(RowReader& root, const TensorTypeByName& lookup, const std::vector<Quantization>& plain,
            PublisherMixes& mixes)
      : rules_(lookup), plain_(plain), mixes_(mixes), ladder_(read_ladder(root, lookup)) {
    rules_.read_rule_sets(root);
  }

  PublisherMix read(RowReader& row) const;

 private:
  void read_id(RowReader& row, PublisherMix& mix) const;
  const Quantization& plain(RowReader& row) const;

  RuleReader rules_;
  const std::vector<Quantization>& plain_;
  PublisherMixes& mixes_;
  std::shared_ptr<const std::vector<const TensorType*>> ladder_;
};

void MixReader::read_id(RowReader& row, PublisherMix& mix) const {
  const std::string id = row.text("id");
  row.name(id);
  const std::size_t first = id.find(':'), last = id.rfind(':');
  if (first == std::string::npos || first == last) row.fail("id", "must be \"PUBLISHER:NAME:KIND\"");
  mix.publisher = id.substr(0, first);
  mix.name = id.substr(first + 1, last - first - 1);
  mix.kind = id.substr(last + 1);
  if (mix.publisher != kAnyPublisher && !has_row(mixes_.publishers, mix.publisher))
    row.fail("id", fmt::format("names {}, which is none of the publishers of this file", mix.publisher));
  if (!has_row(mixes_.kinds, mix.kind))
    row.fail("id", fmt::format("names {}, which is none of the kinds of this file", mix.kind));
}

const Quantization& MixReader::plain(RowReader& row) const {
  const std::string like = row.text("like");
  const auto found =
      std::find_if(plain_.begin(), plain_.end(), [&](const Quantization& known) { return known.name == like; });
  if (found == plain_.end()) row.fail("like", fmt::format("names {}, which is no quantization", like));
  return *found;
}

PublisherMix MixReader::read(RowReader& row) const {
  PublisherMix mix;
  read_id(row, mix);
  Quantization& recipe = mix.recipe = plain(row);
  recipe.like = recipe.name;
  recipe.name = mix.publisher == kAnyPublisher ? mix.name : mix.publisher + ":" + mix.name;
  recipe.also.clear();
  recipe.publisher = mix.publisher;
  recipe.listed = recipe.recommended = false;
  recipe.quality_percent = 0;
  recipe.quality.clear();
  if (row.has("rules")) {
    std::vector<QuantizationRule> rules = rules_.read_rules(row);
    recipe.rules.insert(recipe.rules.begin(), rules.begin(), rules.end());
  }
  recipe.scale = row.number_or("scale", 1, 0, kMostScale);
  const double low = row.number("low", 0, kMostScale), high = row.number("high", 0, kMostScale);
  if (!(low > 0 && low <= recipe.scale && recipe.scale <= high))
    row.fail("scale", "must lie between low, above 0, and high");
  recipe.low = low / recipe.scale;
  recipe.high = high / recipe.scale;
  recipe.ladder = ladder_;
  mix.sizes = static_cast<int>(row.integer_or("sizes", 0, 0, 1000000));
  mix.families = static_cast<int>(row.integer_or("families", 0, 0, 1000000));
  row.finish();
  return mix;
}

void require_known_kinds(RowReader& root, const std::vector<ModelKind>& kinds) {
  for (const ModelKind& kind : kinds) {
    if (!kind.otherwise.empty() && !has_row(kinds, kind.otherwise))
      root.fail("kinds", fmt::format("names {} under {}, which is no kind", kind.otherwise, kind.name));
  }
}

}  // namespace

PublisherMixes read_publisher_mixes(std::string_view path, std::string_view text, const TensorTypeByName& lookup,
                                    const std::vector<Quantization>& plain) {
  RowReader root(path, text);
  root.text("source");
  PublisherMixes mixes;
  mixes.publishers = read_publishers(root);
  mixes.kinds = read_kinds(root);
  require_known_kinds(root, mixes.kinds);
  const MixReader reader(root, lookup, plain, mixes);
  std::set<std::string> ids;
  for (RowReader& row : root.objects("publisher_mixes")) {
    PublisherMix mix = reader.read(row);
    const auto publisher = std::find_if(mixes.publishers.begin(), mixes.publishers.end(),
                                        [&](const Publisher& known) { return known.name == mix.publisher; });
    mix.recipe.importance_matrix = publisher == mixes.publishers.end() || publisher->importance_matrix;
    if (!ids.insert(mix.publisher + ":" + mix.name + ":" + mix.kind).second)
      row.fail("id", "is that of an earlier row");
    mixes.mixes.push_back(std::move(mix));
  }
  root.finish();
  return mixes;
}

}  // namespace lfmfit
