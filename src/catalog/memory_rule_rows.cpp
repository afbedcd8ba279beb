#include <utility>

#include "catalog/device_rows.hpp"
#include "catalog/memory_rules.hpp"
#include "catalog/row_reader.hpp"

namespace lfmfit {

namespace {

constexpr double kMaxMib = 1 << 20;

Bytes mib(RowReader& reader, std::string_view key) {
  return Bytes(reader.integer(key, 0, static_cast<std::int64_t>(kMaxMib)) << 20);
}

void read_subject(RowReader& reader, MemoryRule& rule) {
  rule.vendor = reader.text_or("vendor", "");
  for (const std::string& word : reader.texts_or_none("classes"))
    rule.classes.push_back(device_class_called(word, reader, "classes"));
  rule.segments = reader.texts_or_none("segments");
  rule.generations = reader.texts_or_none("generations");
  rule.compute_capability = reader.text_or("compute_capability", "");
  rule.backends = reader.texts_or_none("backends");
  rule.memory_types = reader.texts_or_none("memory_types");
  rule.memory = from_gib(reader.number_or("memory_gib", 0, 0.001, kMaxMib));
}

/// The keys `name`_low`unit`, `name``unit` and `name`_high`unit`, each `fallback` where none is there.
TotalRule::Spread read_spread(RowReader& reader, const std::string& name, const std::string& unit, double fallback,
                              double most) {
  const double value = reader.number_or(name + unit, fallback, 0, most);
  const TotalRule::Spread spread{reader.number_or(name + "_low" + unit, value, 0, most), value,
                                 reader.number_or(name + "_high" + unit, value, 0, most)};
  if (spread.low > value || value > spread.high)
    reader.fail(name + unit, "must lie between \"" + name + "_low" + unit + "\" and \"" + name + "_high" + unit + "\"");
  return spread;
}

TotalRule read_total(RowReader reader) {
  TotalRule rule;
  rule.exactly = Bytes(reader.integer_or("exactly_mib", 0, 1, static_cast<std::int64_t>(kMaxMib)) << 20);
  rule.share = read_spread(reader, "share", "", 1, 1);
  rule.kept_mib = read_spread(reader, "kept", "_mib", 0, kMaxMib);
  rule.kept_mib_per_gib = reader.number_or("kept_mib_per_gib", 0, 0, 1024);
  rule.note = reader.text("note");
  reader.text("source");
  reader.finish();
  return rule;
}

ByteRange read_sourced_range(RowReader& reader) {
  const ByteRange range{mib(reader, "low_mib"), mib(reader, "value_mib"), mib(reader, "high_mib")};
  if (range.low > range.value || range.value > range.high)
    reader.fail("value_mib", "must lie between \"low_mib\" and \"high_mib\"");
  reader.text("source");
  return range;
}

ByteRange read_desktop(RowReader reader) {
  const ByteRange range = read_sourced_range(reader);
  reader.finish();
  return range;
}

WindowsRule read_windows(RowReader reader) {
  WindowsRule rule;
  rule.bytes = read_sourced_range(reader);
  rule.mib_per_gib = reader.number_or("mib_per_gib", 0, 0, 1024);
  reader.finish();
  return rule;
}

MemoryPart read_part(RowReader& reader) {
  const MemoryPart part{reader.number("share", 0, 1), mib(reader, "least_mib"), mib(reader, "most_mib")};
  if (part.least > part.most) reader.fail("least_mib", "must not be more than \"most_mib\"");
  return part;
}

KnobRule read_knob(RowReader reader) {
  KnobRule rule;
  rule.setting = reader.text("setting");
  rule.unit = Bytes(reader.integer("unit_bytes", 1, 1 << 30));
  rule.how = reader.text("how");
  if (rule.how.find("{}") == std::string::npos) reader.fail("how", "must hold {} where the value goes");
  rule.leaves = read_part(reader);
  rule.source = reader.text("source");
  reader.finish();
  return rule;
}

MemoryPart read_system(RowReader reader) {
  const MemoryPart part = read_part(reader);
  reader.text("source");
  reader.finish();
  return part;
}

double read_reported(RowReader reader) {
  const double share = reader.number("share", 0.5, 1);
  reader.text("source");
  reader.finish();
  return share;
}

}  // namespace

MemoryRule read_memory_rule(const RowText& row) {
  RowReader reader(row.path, row.text, row.id);
  MemoryRule rule;
  reader.text("id");
  read_subject(reader, rule);
  if (reader.has("reported")) rule.reported_share = read_reported(reader.object("reported"));
  if (reader.has("total")) rule.total = read_total(reader.object("total"));
  if (reader.has("desktop")) rule.desktop = read_desktop(reader.object("desktop"));
  if (reader.has("windows")) rule.windows = read_windows(reader.object("windows"));
  if (reader.has("knob")) rule.knob = read_knob(reader.object("knob"));
  if (reader.has("system")) rule.system = read_system(reader.object("system"));
  reader.finish();
  return rule;
}

}  // namespace lfmfit
