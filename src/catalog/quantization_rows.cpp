#include "catalog/quantization_rows.hpp"

#include <set>
#include <utility>

namespace lfmfit {

namespace {

constexpr double kMaxBits = 64;

/// Reads one file: first what rows share, then the rows.
class Reader {
 public:
  Reader(RowReader& root, const TensorTypeByName& lookup);
  std::vector<Quantization> read_rows();

 private:
  void read_kept();
  Quantization read_row(RowReader& row) const;

  RowReader& root_;
  RuleReader rules_;
  Quantization shared_;
};

Reader::Reader(RowReader& root, const TensorTypeByName& lookup) : root_(root), rules_(lookup) {
  root.text("source");
  shared_.kept_type = rules_.type(root, "kept_type");
  shared_.source_type = rules_.type(root, "source_type");
  shared_.last_resort = rules_.type(root, "last_resort");
  if (shared_.last_resort->quantized) root.fail("last_resort", "must be a type that fits every row");
  read_kept();
  rules_.read_forms(root);
  rules_.read_rule_sets(root);
}

void Reader::read_kept() {
  auto kept = std::make_shared<std::vector<KeptTensors>>();
  for (RowReader& row : root_.objects("kept")) {
    kept->push_back({row.text("part"), row.flag_or("as_source", false)});
    if (kept->back().part.empty()) row.fail("part", "must not be empty; it would match every tensor");
    row.finish();
  }
  shared_.kept = std::move(kept);
}

Quantization Reader::read_row(RowReader& row) const {
  Quantization quantization = shared_;
  quantization.name = row.text("name");
  row.name(quantization.name);
  quantization.also = row.text_or("also", "");
  quantization.default_type = rules_.type(row, "default_type");
  quantization.rules = rules_.read_rules(row);
  if (row.has("source_type")) quantization.source_type = rules_.type(row, "source_type");
  quantization.needs_importance_matrix = row.flag_or("needs_importance_matrix", false);
  quantization.quality_percent = row.number_or("quality_percent", 0, 0, 100);
  quantization.quality = row.text_or("quality", "");
  quantization.nominal_bits = row.number_or("page_bits", 0, 0, kMaxBits);
  quantization.listed = row.flag_or("listed", false);
  quantization.recommended = row.flag_or("recommended", false);
  row.finish();
  return quantization;
}

std::vector<Quantization> Reader::read_rows() {
  std::vector<Quantization> result;
  std::set<std::string> names;
  for (RowReader& row : root_.objects("quantizations")) {
    result.push_back(read_row(row));
    if (!names.insert(result.back().name).second) row.fail("name", "is that of an earlier row");
  }
  return result;
}

}  // namespace

std::vector<Quantization> read_quantizations(std::string_view path, std::string_view text,
                                             const TensorTypeByName& lookup) {
  RowReader root(path, text);
  Reader reader(root, lookup);
  std::vector<Quantization> result = reader.read_rows();
  root.finish();
  return result;
}

}  // namespace lfmfit
