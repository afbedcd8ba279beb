#include "catalog/checkpoint_form_rows.hpp"

#include <set>

#include "catalog/bands.hpp"
#include "catalog/strict_json.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kMaxPadding = 1 << 16;

CheckpointForm::Padding read_padding(StrictObject& row) {
  CheckpointForm::Padding padding;
  padding.compute_capability = row.text_or("compute_capability", "");
  padding.hidden = row.integer_or("hidden", 1, 1, kMaxPadding);
  padding.intermediate = row.integer_or("intermediate", 1, 1, kMaxPadding);
  row.finish();
  return padding;
}

CheckpointForm read_form(StrictObject& row, const TensorType& plain) {
  CheckpointForm form;
  form.row.name = row.text("name");
  form.row.quality = row.text_or("quality", "");
  form.row.listed = row.flag_or("listed", true);
  form.row.default_type = form.row.kept_type = form.row.source_type = form.row.last_resort = &plain;
  form.stored_as = row.texts("stored_as");
  form.bits = row.number("bits");
  if (form.bits <= 0 || form.bits > 64) row.fail("bits", "must be more than 0 and at most 64");
  form.scale_bits = row.number_or("scale_bits", 0);
  form.group = row.integer_or("group", 0, 0, kMaxPadding);
  form.experts_only = row.flag_or("experts_only", false);
  form.keeps_states = row.flag_or("keeps_states", false);
  form.whole_groups = row.flag_or("whole_groups", false);
  if (row.has("weights")) form.weights = read_band_of_three(row, "weights");
  if (row.has("padding")) {
    for (StrictObject& padding : row.objects("padding")) form.padding.push_back(read_padding(padding));
  }
  form.source = row.text("source");
  row.finish();
  return form;
}

}  // namespace

std::vector<CheckpointForm> read_checkpoint_forms(std::string_view path, std::string_view text,
                                                  const TensorTypeByName& lookup) {
  const nlohmann::json document = parse_json(path, text);
  StrictObject root(document, path);
  const TensorType* plain = lookup("bf16");
  if (plain == nullptr) root.fail("checkpoint_forms", "need the tensor type bf16, which there is not");
  std::vector<CheckpointForm> forms;
  std::set<std::string> names;
  for (StrictObject& row : root.objects("checkpoint_forms", "name")) {
    forms.push_back(read_form(row, *plain));
    if (!names.insert(forms.back().row.name).second) row.fail("name", "is that of an earlier row");
  }
  root.finish();
  return forms;
}

}  // namespace lfmfit
