#include "catalog/host_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/letter_case.hpp"

namespace lfmfit {

namespace {

constexpr int kChannelBits = 64;

template <class Value, class Given>
bool has_or_any(const std::vector<Value>& values, const Given& given) {
  return values.empty() || std::find(values.begin(), values.end(), given) != values.end();
}

bool is_about(const HostRule& rule, const Processor& processor) {
  if (rule.is_beside || rule.is_virtual) return false;
  const bool named = rule.names.empty() ||
                     std::any_of(rule.names.begin(), rule.names.end(),
                                 [&](const std::string& name) { return contains_but_case(processor.name, name); });
  return named && (rule.vendor.empty() || rule.vendor == processor.vendor) &&
         (rule.family == 0 || rule.family == processor.family) && has_or_any(rule.models, processor.model) &&
         has_or_any(rule.steppings, processor.stepping);
}

bool is_about(const HostRule& rule, const Device& card) {
  return rule.is_beside && card.year >= rule.from_year && has_or_any(rule.segments, card.segment);
}

template <class Subject>
const HostRule* last_about(const std::vector<HostRule>& rules, const Subject& subject) {
  const auto found =
      std::find_if(rules.rbegin(), rules.rend(), [&](const HostRule& rule) { return is_about(rule, subject); });
  return found == rules.rend() ? nullptr : &*found;
}

Bandwidth of_channels(double channels, double mega_transfers) {
  return Bandwidth(channels * (kChannelBits / 8.0) * mega_transfers * 1e6);
}

std::string channels_text(double channels, const std::string& memory, double mega_transfers) {
  const std::string count = channels == 1  ? "one channel"
                            : channels < 1 ? fmt::format("{:.0f} bits", channels * kChannelBits)
                                           : fmt::format("{:.2g} channels", channels);
  return fmt::format("{} of {}-{:.0f}", count, memory, mega_transfers);
}

HostBandwidth usual(const HostRule& rule) {
  HostBandwidth result;
  result.low = of_channels(rule.channels, rule.low);
  result.value = of_channels(rule.channels, rule.value);
  result.high = of_channels(rule.channels, rule.high);
  result.read_share = rule.read_share;
  result.basis = channels_text(rule.channels, rule.memory, rule.value);
  result.source = rule.source;
  return result;
}

/// What the modules make of it: firmware tells how many there are and mostly their rate, the platform how many are read
/// at once. A second socket adds none: a process reads the other's memory no faster.
void set_by_modules(const HostRule& rule, const MemoryModules& modules, int sockets, HostBandwidth& result) {
  const double installed = static_cast<double>(modules.data_bits) / kChannelBits / std::max(sockets, 1);
  const double channels = std::min(installed, rule.channels);
  const bool rate_is_known = modules.mega_transfers > 0;
  const double rate = rate_is_known ? modules.mega_transfers : rule.value;
  result.low = of_channels(channels, rate_is_known ? rate : rule.low);
  result.value = of_channels(channels, rate);
  result.high = of_channels(channels, rate_is_known ? rate : rule.high);
  result.assumed = !rate_is_known;
  result.basis = channels_text(channels, modules.type.empty() ? rule.memory : modules.type, rate);
  result.basis += rate_is_known ? ", as firmware says" : ", modules counted, their rate as usual with " + rule.name;
}

/// What `cores` can draw of it.
void limit_to_cores(const HostRule& rule, int cores, HostBandwidth& result) {
  result.low = std::min(result.low, rule.core_low * cores);
  result.value = std::min(result.value, rule.core * cores);
  result.high = std::min(result.high, rule.core_high * cores);
  result.assumed = true;
  result.basis += fmt::format(", of which {}'s {} core{} draw{} a part that is not known", rule.name, cores,
                              cores == 1 ? "" : "s", cores == 1 ? "s" : "");
}

}  // namespace

HostRules::HostRules(std::vector<HostRule> rules) : rules_(std::move(rules)), beside_(rules_.size()) {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (!rules_[i].is_beside) continue;
    beside_[i].bandwidth = usual(rules_[i]);
    beside_[i].bandwidth.basis += ", usual in " + rules_[i].name;
  }
}

HostBandwidth HostRules::bandwidth(const Host& host) const {
  const HostRule* rule = last_about(rules_, host.processor);
  if (rule == nullptr) return {};
  HostBandwidth result = usual(*rule);
  const MemoryModules& modules = host.modules;
  if (modules.data_bits > 0) {
    set_by_modules(*rule, modules, host.processor.sockets, result);
  } else {
    result.basis += ", usual with " + rule->name;
  }
  const auto about_cores =
      std::find_if(rules_.rbegin(), rules_.rend(), [](const HostRule& one) { return one.is_virtual; });
  if (host.processor.is_virtual && host.processor.cores > 0 && about_cores != rules_.rend())
    limit_to_cores(*about_cores, host.processor.cores, result);
  return result;
}

Host HostRules::beside(const Device& device) const {
  const HostRule* rule = last_about(rules_, device);
  return rule == nullptr ? Host() : beside_[static_cast<std::size_t>(rule - rules_.data())];
}

}  // namespace lfmfit
