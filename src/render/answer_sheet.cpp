#include "render/answer_sheet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "core/base/number_text.hpp"
#include "page/page_row.hpp"
#include "render/figures.hpp"
#include "render/html.hpp"
#include "render/json_words.hpp"
#include "render/page_json_words.hpp"
#include "render/web_files.hpp"

namespace lfmfit::render {

namespace {

constexpr int kDigits = 7;  ///< of rates, which are printed whole
constexpr std::size_t kPlainRows = 15;

/// Figures of an answer by their place in it, in groups of what changes together.
struct Figures {
  const char* group;
  std::vector<const char*> places;
};

const std::array<Figures, 3> kFigures = {{
    {"fit",
     {"/fit/verdict", "/fit/required_bytes", "/fit/usable_bytes", "/vllm/verdict", "/vllm/kv_cache_tokens",
      "/vllm/kv_cache_tokens_low", "/vllm/maximum_concurrency", "/vllm/largest_max_model_len"}},
    {"memory",
     {"/memory/gpus/0/weights_bytes", "/memory/gpus/0/activation_bytes", "/memory/gpus/0/compute_bytes",
      "/memory/gpus/0/graphs_bytes", "/memory/gpus/0/other_bytes", "/memory/gpus/0/runtime_bytes",
      "/memory/gpus/0/kv_cache_bytes", "/memory/gpus/0/state_bytes", "/memory/gpus/0/outside_bytes",
      "/memory/gpus/0/requested_bytes", "/memory/gpus/0/total_bytes"}},
    {"speed",
     {"/speed/decode_tok_s", "/speed/decode_low_tok_s", "/speed/decode_high_tok_s", "/speed/decode_full_context_tok_s",
      "/speed/throughput_tok_s", "/speed/throughput_low_tok_s", "/speed/throughput_high_tok_s", "/speed/prefill_tok_s",
      "/speed/prefill_low_tok_s", "/speed/prefill_high_tok_s", "/speed/time_to_first_token_s"}},
}};

Json figure_at(const Json& answer, const char* place) {
  const Json::json_pointer pointer(place);
  if (!answer.contains(pointer)) return nullptr;
  const Json& value = answer[pointer];
  return value.is_number_float() ? Json(rounded(value.get<double>(), kDigits)) : value;
}

/// "required_bytes"; of vLLM's own "vllm_verdict".
std::string column_of(const std::string& place) {
  const std::string name = place.substr(place.rfind('/') + 1);
  return place.rfind("/vllm/", 0) == 0 ? "vllm_" + name : name;
}

Json sheet_device_json(const Device& device) {
  Json json = device_json(device);
  json.erase("confidence");
  json.erase("generation");
  json.erase("gpu_count");
  if (device.year > 0) json["year"] = device.year;
  if (device.tdp_watts > 0) json["watts"] = device.tdp_watts;
  if (const int tier = owner_tier(device); tier > 0) json["tier"] = tier;
  return json;
}

Json choice_json(const SheetChoice& choice) {
  return {{"key", choice.key},
          {"label", choice.label},
          {"option", choice.option},
          {"values", choice.values},
          {"first", choice.first}};
}

std::string verdict_of(const Json& answer) {
  if (answer.contains("vllm")) return answer["vllm"].value("verdict", "");
  return answer.contains("fit") ? answer["fit"].value("verdict", "") : "";
}

bool runs(const Json& answer) {
  const std::string verdict = verdict_of(answer);
  return !verdict.empty() && verdict != "refuses" && verdict != "may refuse" && verdict != "too big";
}

}  // namespace

std::size_t AnswerSheet::states() const {
  return std::accumulate(choices_.begin(), choices_.end(), std::size_t{1},
                         [](std::size_t count, const SheetChoice& choice) { return count * choice.values.size(); });
}

std::size_t AnswerSheet::first_state() const {
  return std::accumulate(
      choices_.begin(), choices_.end(), std::size_t{0},
      [](std::size_t at, const SheetChoice& choice) { return at * choice.values.size() + choice.first; });
}

Json AnswerSheet::cell(const Json& answer) {
  if (answer.is_null()) return nullptr;
  Json rows = Json::array();
  for (const Figures& figures : kFigures) {
    Group& group = groups_[figures.group];
    Json row = Json::array();
    for (const char* place : figures.places) row.push_back(figure_at(answer, place));
    const auto [known, is_new] = group.known.try_emplace(row.dump(), group.rows.size());
    if (is_new) group.rows.push_back(std::move(row));
    rows.push_back(known->second);
  }
  return rows;
}

void AnswerSheet::add(const Device& device, const std::vector<Json>& answers) {
  devices_.push_back(&device);
  for (const Json& answer : answers) cells_.push_back(cell(answer));
  first_.push_back(answers[first_state()]);
}

Json AnswerSheet::data(const std::string& version) const {
  Json json = {{"schema", "lfmfit.sheet/1"},
               {"version", version},
               {"runtime", words_.runtime},
               {"release", words_.release},
               {"model", card_json(*words_.model)}};
  json["words"] = {{"model", words_.asked_for}, {"published", words_.published}, {"lfmfit", words_.lfmfit}};
  json["choices"] = Json::array();
  for (const SheetChoice& choice : choices_) json["choices"].push_back(choice_json(choice));
  json["figures"] = Json::object();
  for (const Figures& figures : kFigures) {
    Json columns = Json::array();
    for (const char* place : figures.places) columns.push_back(column_of(place));
    const auto group = groups_.find(figures.group);
    json["figures"][figures.group] = {{"columns", std::move(columns)},
                                      {"rows", group == groups_.end() ? Json::array() : group->second.rows}};
  }
  Json devices = Json::array();
  for (const Device* device : devices_) {
    devices.push_back(sheet_device_json(*device));
    add_calling(json, *device);
  }
  json["devices"] = columns_json(devices);
  json["cells"] = cells_;
  json["commands"] = commands_;
  json["notes"] = words_.notes;
  json["warnings"] = words_.warnings;
  return json;
}

/// What is shown where no script runs: the devices that run the first state, people's own first.
std::string AnswerSheet::plain() const {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    if (runs(first_[i])) order.push_back(i);
  }
  const auto decode = [&](std::size_t i) { return first_[i]["speed"].value("decode_tok_s", Json()); };
  const auto rank = [&](std::size_t i) {
    return std::pair(owner_tier(*devices_[i]), decode(i).is_number() ? -decode(i).get<double>() : 0.0);
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  std::string html = fmt::format(
      "<h1><bdi>{}</bdi> on {}</h1>\n<p>{} of {} devices listed run it so:", escaped(words_.model->card.name),
      escaped(words_.release), order.size(), devices_.size());
  for (const SheetChoice& choice : choices_) {
    const Json& value = choice.values[choice.first];
    if (!value.is_null())
      html += fmt::format(" {} {},", escaped(choice.label),
                          escaped(value.is_string() ? value.get<std::string>() : value.dump()));
  }
  html.back() = '.';
  html +=
      "</p>\n<table class=\"plain\"><caption>Devices that run it</caption><thead><tr><th scope=\"col\">Device</th>"
      "<th scope=\"col\">Verdict</th><th scope=\"col\">Needs GB</th><th scope=\"col\">Decode "
      "tok/s</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < std::min(order.size(), kPlainRows); ++i) {
    const Json& answer = first_[order[i]];
    const Json speed = decode(order[i]);
    html += fmt::format("<tr><th scope=\"row\"><bdi>{}</bdi></th><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        escaped(devices_[order[i]]->name), escaped(verdict_of(answer)),
                        in_gb_text(Bytes(answer["fit"]["required_bytes"].get<std::int64_t>())),
                        speed.is_number() ? rate_text(TokenRate(speed.get<double>())) : "\u2013");
  }
  return html + "</tbody></table>\n";
}

std::string AnswerSheet::html(const std::string& version) const {
  const std::string name = words_.model->card.name;
  const std::string text =
      fmt::format("Which devices run {} on {}, what it asks of them and how fast it is.", name, words_.release);
  return filled(web_file("sheet.html"), {{"title", escaped(name + " on " + words_.release)},
                                         {"description", escaped(text)},
                                         {"plain", plain()},
                                         {"style", std::string(web_file("page.css"))},
                                         {"data", script_json(data(version))},
                                         {"script", script_of("sheet.html")}});
}

}  // namespace lfmfit::render
