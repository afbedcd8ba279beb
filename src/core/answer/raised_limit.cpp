#include "core/answer/raised_limit.hpp"

#include <algorithm>

namespace lfmfit {

namespace {

/// `text` with the number `from` in it written as `to`.
std::string with_value(std::string text, std::int64_t from, std::int64_t to) {
  const std::string number = std::to_string(from);
  const std::size_t at = text.find(number);
  return at == std::string::npos ? text : text.replace(at, number.size(), std::to_string(to));
}

}  // namespace

std::optional<RaisedLimit> raised_limit(const Device& device, const MemoryLedger& ledger, const Capacity& capacity,
                                        Bytes reserve, Verdict now) {
  if (!device.knob || !capacity.pool || capacity.gpus.size() != 1) return std::nullopt;
  const MemoryKnob& knob = *device.knob;
  const std::int64_t unit = knob.usable.count() / std::max<std::int64_t>(knob.value, 1);
  const Bytes required = ledger.total_high(0);
  const double share = static_cast<double>(most_for(Verdict::kRunsWell, device.memory).count()) /
                       static_cast<double>(std::max<std::int64_t>(device.memory.count(), 1));
  const Bytes wanted = Bytes(static_cast<std::int64_t>(static_cast<double>(required.count()) / share)) + reserve;
  RaisedLimit raised;
  raised.setting = knob.setting;
  raised.value = std::min(knob.value, wanted.count() / std::max<std::int64_t>(unit, 1) + 1);
  raised.how = with_value(knob.how, knob.value, raised.value);
  raised.usable = Bytes(unit) * raised.value;
  raised.leaves = device.memory - raised.usable;
  if (raised.usable - reserve <= capacity.gpus.front()) return std::nullopt;
  raised.verdict = judge(ledger, {{raised.usable - reserve}, capacity.host, capacity.pool}).verdict;
  return raised.verdict < now ? std::optional(raised) : std::nullopt;
}

}  // namespace lfmfit
