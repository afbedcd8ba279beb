#include "render/remedy_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "render/figures.hpp"
#include "render/setting_text.hpp"
#include "render/verdict_text.hpp"

namespace lfmfit::render {

namespace {

bool is_hardware(const Remedy& remedy) {
  return std::any_of(remedy.changes.begin(), remedy.changes.end(),
                     [](const Setting& change) { return lfmfit::is_hardware(change.kind); });
}

std::string options_of(const Remedy& remedy) {
  return setting_options(remedy.changes, law_of(remedy.question).runtime);
}

/// What is good to know of the change: the device's name, the quality of a quantization, the bytes saved.
std::string about(const Remedy& remedy) {
  const Setting& change = remedy.changes.front();
  if (change.kind == Setting::Kind::kDevice) return remedy.question.device->name;
  if (change.kind == Setting::Kind::kTensorParallel) return "GPUs that are there";
  std::string text;
  if (change.kind == Setting::Kind::kQuantization) text = change.quality;
  if (remedy.saves > Bytes(0) && !is_hardware(remedy))
    text += fmt::format("{}saves {}", text.empty() ? "" : ", ", gb_text(remedy.saves));
  return text;
}

}  // namespace

std::string outcome_text(const Estimate& answer) {
  std::string text = lfmfit::name_of(answer.fit->verdict);
  if (answer.speed) text += fmt::format(", decode {} tok/s", band_text(answer.speed->decode));
  return text;
}

std::string remedies_text(const std::vector<Remedy>& remedies, const std::string& title, const Terminal& terminal) {
  if (remedies.empty()) return "";
  std::string text = "  " + title + "\n";
  for (const Remedy& remedy : remedies) {
    const std::string what = about(remedy);
    const std::string line = fmt::format("    {}{}: {}", options_of(remedy), what.empty() ? "" : " (" + what + ")",
                                         outcome_text(remedy.answer));
    text += wrapped(printable(line), terminal.width, "      ") + "\n";
  }
  return text;
}

Json remedies_json(const std::vector<Remedy>& remedies) {
  Json array = Json::array();
  for (const Remedy& remedy : remedies) {
    Json json = {{"options", options_of(remedy)}, {"hardware", is_hardware(remedy)}};
    if (remedy.changes.front().kind == Setting::Kind::kDevice) json["device_name"] = remedy.question.device->name;
    json["saves_bytes"] = remedy.saves.count();
    json["fit"] = fit_json(*remedy.answer.fit);
    json["speed"] = speed_json(remedy.answer.speed);
    json["request"] = request_json(asked_of(remedy.question, remedy.answer));
    array.push_back(std::move(json));
  }
  return array;
}

}  // namespace lfmfit::render
