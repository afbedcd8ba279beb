#include "catalog/memory_rules.hpp"

#include <algorithm>

namespace lfmfit {

namespace {

constexpr double kMib = 1 << 20;

template <class Value>
bool allows(const std::vector<Value>& values, const Value& value) {
  return values.empty() || std::find(values.begin(), values.end(), value) != values.end();
}

bool is_about(const MemoryRule& rule, const Device& device) {
  return (rule.vendor.empty() || rule.vendor == device.vendor) && allows(rule.classes, device.device_class) &&
         allows(rule.segments, device.segment) && allows(rule.generations, device.generation) &&
         allows(rule.backends, device.backend) && allows(rule.memory_types, device.memory_type) &&
         (rule.compute_capability.empty() || rule.compute_capability == device.compute_capability) &&
         (rule.memory == Bytes(0) || rule.memory == device.memory);
}

/// A share of `reported` less what is kept of it: at least half of it, so that a tiny memory does not come out empty.
Bytes left_of(Bytes reported, double share, double kept_mib) {
  const double most = static_cast<double>(reported.count()) * share;
  return Bytes(static_cast<std::int64_t>(std::max(most - kept_mib * kMib, most / 2)));
}

ByteRange with_more(const WindowsRule& rule, Bytes memory) {
  const Bytes more(static_cast<std::int64_t>(rule.mib_per_gib * kMib * in_gib(memory)));
  return {rule.bytes.low + more, rule.bytes.value + more, rule.bytes.high + more};
}

std::string filled_in(std::string text, std::int64_t value) {
  return text.replace(text.find("{}"), 2, std::to_string(value));
}

/// Whether a rule says something of the kind.
bool says(double share) { return share > 0; }
template <class Rule>
bool says(const std::optional<Rule>& rule) {
  return rule.has_value();
}

}  // namespace

template <class Part>
const MemoryRule* MemoryRules::last(const Device& device, Part MemoryRule::*part) const {
  const auto found = std::find_if(rules_.rbegin(), rules_.rend(),
                                  [&](const MemoryRule& rule) { return says(rule.*part) && is_about(rule, device); });
  return found == rules_.rend() ? nullptr : &*found;
}

Bytes MemoryRules::reported(const Device& device) const {
  const MemoryRule* rule = last(device, &MemoryRule::reported_share);
  return rule == nullptr ? device.memory : left_of(device.memory, rule->reported_share, 0);
}

ByteRange MemoryRules::total(const Device& device) const {
  const MemoryRule* rule = last(device, &MemoryRule::total);
  if (rule == nullptr) return {device.reported, device.reported, device.reported};
  const TotalRule& total = *rule->total;
  if (total.exactly > Bytes(0)) return {total.exactly, total.exactly, total.exactly};
  const double more = total.kept_mib_per_gib * in_gib(device.memory);
  return {left_of(device.reported, total.share.low, total.kept_mib.high + more),
          left_of(device.reported, total.share.value, total.kept_mib.value + more),
          left_of(device.reported, total.share.high, total.kept_mib.low + more)};
}

std::string MemoryRules::note(const Device& device) const {
  const MemoryRule* rule = last(device, &MemoryRule::total);
  return rule == nullptr ? std::string() : rule->total->note;
}

std::optional<DesktopUse> MemoryRules::desktop(const Device& device) const {
  const MemoryRule* rule = last(device, &MemoryRule::desktop);
  if (rule == nullptr) return std::nullopt;
  DesktopUse use{*rule->desktop, {}};
  if (const MemoryRule* windows = last(device, &MemoryRule::windows)) {
    use.on_windows = with_more(*windows->windows, device.memory);
  }
  return use;
}

std::optional<MemoryKnob> MemoryRules::knob(const Device& device) const {
  const MemoryRule* rule = last(device, &MemoryRule::knob);
  if (rule == nullptr) return std::nullopt;
  const KnobRule& said = *rule->knob;
  MemoryKnob knob;
  knob.setting = said.setting;
  knob.value = (device.memory - part_of(said.leaves, device.memory)).count() / said.unit.count();
  knob.how = filled_in(said.how, knob.value);
  knob.usable = knob.value * said.unit;
  knob.leaves = device.memory - knob.usable;
  knob.source = said.source;
  if (knob.usable <= device.usable) return std::nullopt;
  return knob;
}

MemoryPart MemoryRules::system(const Device& device) const {
  const MemoryRule* rule = last(device, &MemoryRule::system);
  return rule == nullptr ? MemoryPart{} : *rule->system;
}

}  // namespace lfmfit
