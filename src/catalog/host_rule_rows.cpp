#include "catalog/host_rules.hpp"
#include "catalog/row_reader.hpp"

namespace lfmfit {

namespace {

constexpr double kMaxTransfers = 1e6;
constexpr double kMaxGigabytes = 1e5;
constexpr std::int64_t kMaxNumber = 1 << 20;

void read_processor(RowReader& reader, HostRule& rule) {
  rule.vendor = reader.text_or("vendor", "");
  rule.family = static_cast<int>(reader.integer_or("family", 0, 1, kMaxNumber));
  rule.models = reader.integers_or_none("models", 0, kMaxNumber);
  rule.steppings = reader.integers_or_none("steppings", 0, kMaxNumber);
  rule.names = reader.texts_or_none("names");
  rule.is_beside = reader.has("beside");
  if (!rule.is_beside) return;
  RowReader beside = reader.object("beside");
  rule.from_year = static_cast<int>(beside.integer_or("from_year", 0, 1990, 2100));
  rule.segments = beside.texts_or_none("segments");
  beside.finish();
}

void read_memory(RowReader& reader, HostRule& rule) {
  rule.channels = reader.number("channels", 0.25, 64);
  rule.memory = reader.text("memory");
  rule.value = reader.number("mega_transfers", 1, kMaxTransfers);
  rule.low = reader.number_or("mega_transfers_low", rule.value, 1, rule.value);
  rule.high = reader.number_or("mega_transfers_high", rule.value, rule.value, kMaxTransfers);
  rule.read_share = reader.number("read_share", 0.01, 1);
}

void read_core(RowReader& reader, HostRule& rule) {
  const double value = reader.number("core_gb_s", 0.1, kMaxGigabytes);
  rule.core = gb_per_second(value);
  rule.core_low = gb_per_second(reader.number("core_gb_s_low", 0.1, value));
  rule.core_high = gb_per_second(reader.number("core_gb_s_high", value, kMaxGigabytes));
}

}  // namespace

HostRule read_host_rule(const RowText& row) {
  RowReader reader(row.path, row.text, row.id);
  HostRule rule;
  reader.text("id");
  rule.name = reader.text("name");
  rule.is_virtual = reader.flag_or("virtual", false);
  if (rule.is_virtual) {
    read_core(reader, rule);
  } else {
    read_processor(reader, rule);
    read_memory(reader, rule);
  }
  rule.source = reader.text("source");
  reader.finish();
  return rule;
}

}  // namespace lfmfit
