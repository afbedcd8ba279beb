#include "core/llamacpp/override_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace lfmfit {

namespace {

/// "7", "[2-7]".
std::string digits(std::int64_t first, std::int64_t last) {
  return first == last ? std::to_string(first) : fmt::format("[{}-{}]", first, last);
}

/// "4", nothing for 0: what stands before the last digits of 40.
std::string before(std::int64_t number) { return number == 0 ? "" : std::to_string(number); }

/// A regular expression of the numbers from `first` to `last`: "[5-9]|[1-3][0-9]|4[0-7]".
std::string numbers(std::int64_t first, std::int64_t last) {
  std::vector<std::string> parts;
  while (first <= last) {
    const std::int64_t tens = first / 10, whole_tens = (last + 1) / 10;  // those before this one are complete
    if (first % 10 == 0 && tens < whole_tens && tens > 0) {
      const std::int64_t end = std::min(whole_tens, (tens / 10 + 1) * 10);
      parts.push_back(before(tens / 10) + digits(tens % 10, (end - 1) % 10) + "[0-9]");
      first = end * 10;
    } else {
      const std::int64_t end = std::min(last, tens * 10 + 9);
      parts.push_back(before(tens) + digits(first % 10, end % 10));
      first = end + 1;
    }
  }
  return parts.size() == 1 ? parts.front() : fmt::format("({})", fmt::join(parts, "|"));
}

/// The patterns of common/fit.cpp.
const char* names_of(LayerPart part) {
  switch (part) {
    case LayerPart::kExperts: return "ffn_(up|down|gate_up|gate)_(ch|)exps";
    case LayerPart::kFeedForward: return "ffn_(gate|up|gate_up|down).*";
    case LayerPart::kGatesAndDowns: return "ffn_(gate|gate_up|down).*";
    case LayerPart::kDowns: return "ffn_down.*";
  }
  return "";
}

}  // namespace

std::string buffer_name(int place, const Backend& backend) {
  return place == kHost ? "CPU" : fmt::format("{}{}", backend.device_name, place);
}

std::vector<std::string> override_texts(const Request& request, const Backend& backend) {
  std::vector<std::string> texts;
  const auto add = [&](std::int64_t first, std::int64_t end, LayerPart part, int place) {
    if (first < end)
      texts.push_back(
          fmt::format("blk\\.{}\\.{}={}", numbers(first, end - 1), names_of(part), buffer_name(place, backend)));
  };
  for (const Overflow& overflow : request.overflows) {
    const bool first_differs = overflow.part != LayerPart::kExperts || overflow.place != kHost;
    const std::int64_t others = overflow.first + (first_differs ? 1 : 0);
    add(overflow.first, others, overflow.part, overflow.place);
    add(others, overflow.end, LayerPart::kExperts, kHost);
  }
  for (const TensorOverride& moved : request.overrides)
    texts.push_back(moved.pattern + "=" + buffer_name(moved.place, backend));
  return texts;
}

}  // namespace lfmfit
