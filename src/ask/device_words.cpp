#include "ask/device_words.hpp"

#include <charconv>
#include <cmath>
#include <optional>
#include <sstream>
#include <string_view>

#include "ask/machine_words.hpp"
#include "ask/size_words.hpp"
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
  const auto [rest, error] = std::from_chars(text.data(), end, number);
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
  if (device.memory == Bytes(0))
    throw Error(ErrorKind::kBadRequest, "--on '" + text + "' says no memory; add vram=24GiB");
  return device;
}

/// "2x rtx-4090" -> 2, and `text` is cut to "rtx-4090"; 1 without such a prefix.
int take_count(std::string& text) {
  int count = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const auto digits = static_cast<std::size_t>(rest - text.data());
  if (error != std::errc() || digits + 1 >= text.size() || (text[digits] != 'x' && text[digits] != 'X')) return 1;
  const std::size_t name = text.find_first_not_of(' ', digits + 1);
  if (name == std::string::npos) return 1;
  if (count < 1 || count > kMaxGpus)
    throw Error(ErrorKind::kBadRequest,
                "--on '" + text + "' asks for no number of GPUs from 1 to " + std::to_string(kMaxGpus));
  text.erase(0, name);
  return count;
}

}  // namespace

Device parse_device(const std::string& text, const Catalog& catalog) {
  std::string name = text;
  const int count = take_count(name);
  Device device = name.find('=') != std::string::npos ? described(name, catalog) : catalog.device(name);
  if (count > 1) {
    if (device.device_class == DeviceClass::kUnified || device.device_class == DeviceClass::kCpu) {
      throw Error(ErrorKind::kBadRequest,
                  "--on '" + text + "': several of " + device.name + " are no one machine; name it once");
    }
    device.gpus *= count;
    device.device_class = DeviceClass::kServer;
    device.name = std::to_string(count) + "x " + device.name;
  }
  return device;
}

const Device& DeviceFinder::find(const std::string& text) {
  const Device*& found = found_[text];
  if (found == nullptr) found = &devices_.emplace_back(parse_machine(text, catalog_));
  return *found;
}

}  // namespace lfmfit::ask
