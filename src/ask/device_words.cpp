#include "ask/device_words.hpp"

#include <charconv>
#include <cmath>
#include <optional>
#include <sstream>
#include <string_view>

#include "ask/machine_words.hpp"
#include "ask/size_words.hpp"
#include "core/answer/other_devices.hpp"
#include "core/base/decimal.hpp"
#include "core/base/limits.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

using namespace literals;

/// A number and the unit behind it.
struct Measure {
  double number = 0;
  std::string unit;
};

std::optional<Measure> parse_measure(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = decimal_from(text.data(), end, number);
  if (error != std::errc() || !std::isfinite(number) || number <= 0) return std::nullopt;
  return Measure{number, std::string(rest, end)};
}

[[noreturn]] void reject(const std::string& key, const std::string& value, const std::string& wanted) {
  throw Error(ErrorKind::kBadRequest, "--on " + key + "='" + value + "' is not " + wanted);
}

double parse_number(const std::string& key, const std::string& value, const std::string& unit, double most) {
  const std::optional<Measure> measure = parse_measure(value);
  if (!measure || (!measure->unit.empty() && measure->unit != unit) || measure->number > most)
    reject(key, value, "a number of " + unit);
  return measure->number;
}

void set(Device& device, const std::string& key, const std::string& value, const Catalog& catalog) {
  if (key == "vram" || key == "memory") {
    device.memory = device.usable = parse_size("--on " + key, value);
  } else if (key == "bandwidth") {
    device.bandwidth = gb_per_second(parse_number(key, value, "GB/s", 1e6));
  } else if (key == "fp32") {
    device.fp32 = teraflops(parse_number(key, value, "TFLOPS", 1e6));
  } else if (key == "fp16") {
    device.fp16 = teraflops(parse_number(key, value, "TFLOPS", 1e6));
  } else if (key == "backend") {
    device.backend = catalog.backend(value).name;
  } else if (key == "generation") {
    device.generation = value;
  } else if (key == "name") {
    device.name = value;
  } else {
    throw Error(ErrorKind::kBadRequest,
                "--on knows no '" + key + "'; it knows vram, bandwidth, fp32, fp16, backend, generation and name");
  }
}

Device described(const std::string& text, const Catalog& catalog) {
  Device device;
  device.id = "custom";
  device.name = text;
  device.backend = "cuda";
  device.source = "described by the user";
  std::istringstream pairs(text);
  for (std::string pair; std::getline(pairs, pair, ',');) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos)
      throw Error(ErrorKind::kBadRequest, "--on '" + pair + "' has no '='; write vram=24GiB,bandwidth=1008");
    set(device, pair.substr(0, equals), pair.substr(equals + 1), catalog);
  }
  device.system = catalog.system_share(device);
  device.usable_note = "as described: all of it is taken for what one process can use";
  if (device.memory == Bytes(0))
    throw Error(ErrorKind::kBadRequest, "--on '" + text + "' says no memory; add vram=24GiB");
  return device;
}

/// How many of what: "2x rtx-4090" and "rtx-4090 x2" are two of "rtx-4090".
struct Counted {
  int count = 1;
  std::string name;
};

bool is_times(char c) { return c == 'x' || c == 'X' || c == '*'; }

int checked_count(int count, const std::string& text) {
  if (count >= 1 && count <= kMaxGpus) return count;
  throw Error(ErrorKind::kBadRequest,
              "--on '" + text + "' asks for no number of GPUs from 1 to " + std::to_string(kMaxGpus));
}

/// "2x rtx-4090", "2x3090", "2 x 3090"; not "7900xtx", whose number is no count.
std::optional<Counted> counted_in_front(const std::string& text) {
  int count = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const auto digits = static_cast<std::size_t>(rest - text.data());
  const std::size_t times = text.find_first_not_of(' ', digits);
  if (error != std::errc() || times == std::string::npos || !is_times(text[times])) return std::nullopt;
  const std::size_t name = text.find_first_not_of(' ', times + 1);
  if (name == std::string::npos || (digits > 3 && name == times + 1)) return std::nullopt;
  const bool behind = text.find_first_not_of("0123456789", name) == std::string::npos && text.size() - name <= 2;
  if (behind) return std::nullopt;  // "3090 x 2"
  return Counted{checked_count(count, text), text.substr(name)};
}

/// "rtx-4090 x2", "3090x2", "3090 x 2"; not "EVO-X2".
std::optional<Counted> counted_behind(const std::string& text) {
  const std::size_t last = text.find_last_not_of("0123456789");
  if (last == std::string::npos || last == 0 || last + 1 == text.size() || text.size() - last > 4) return std::nullopt;
  const std::size_t times = text.find_last_not_of(' ', last);
  if (times == std::string::npos || times == 0 || !is_times(text[times])) return std::nullopt;
  const std::size_t end = text.find_last_not_of(' ', times - 1);
  const bool apart = end != times - 1 || (text[end] >= '0' && text[end] <= '9');
  if (end == std::string::npos || !apart) return std::nullopt;
  return Counted{checked_count(std::stoi(text.substr(last + 1)), text), text.substr(0, end + 1)};
}

Device one_device(const std::string& name, const Catalog& catalog) {
  return name.find('=') != std::string::npos ? described(name, catalog) : catalog.device(name);
}

Device several(const Device& device, int count, const std::string& text) {
  if (count == 1) return device;
  if (device.device_class == DeviceClass::kUnified || device.device_class == DeviceClass::kCpu) {
    throw Error(ErrorKind::kBadRequest,
                "--on '" + text + "': several of " + device.name + " are no one machine; name it once");
  }
  return several_of(device, count);
}

}  // namespace

Device parse_device(const std::string& text, const Catalog& catalog) {
  if (const auto counted = counted_in_front(text))
    return several(one_device(counted->name, catalog), counted->count, text);
  if (const auto counted = counted_behind(text))
    return several(one_device(counted->name, catalog), counted->count, text);
  return one_device(text, catalog);
}

const Device& DeviceFinder::find(const std::string& text) {
  const Device*& found = found_[text];
  if (found == nullptr) found = &devices_.emplace_back(parse_machine(text, catalog_, &local_));
  return *found;
}

}  // namespace lfmfit::ask
