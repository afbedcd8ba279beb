#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>

#include "render/json_words.hpp"
#include "render/memory_text.hpp"
#include "render/model_page.hpp"
#include "render/page_json_words.hpp"

namespace lfmfit::render {

namespace {

constexpr int kSpeedDigits = 8;     // a speed printed in whole tokens must not depend on how it was written here
constexpr int kTogetherDigits = 6;  // four times as many, and printed only

Json bytes_json(const std::vector<Bytes>& bytes) {
  Json json = Json::array();
  for (const Bytes value : bytes) json.push_back(value.count());
  return json;
}

Json choices_json(const ModelPage& page) {
  const auto parameters = static_cast<double>(parameter_count(*page.question.model));
  Json json = {{"quantizations", Json::array()},
               {"contexts", Json::array()},
               {"caches", Json::array()},
               {"slots", page.choices.slots},
               {"depths", Json::array()}};
  for (std::size_t q = 0; q < page.choices.quantizations.size(); ++q) {
    const Quantization& quantization = *page.choices.quantizations[q];
    Json row = {{"name", quantization.name},
                {"bits_per_weight", rounded(8.0 * static_cast<double>(page.tensor_bytes[q].count()) / parameters, 5)},
                {"file_bytes", page.file_bytes[q].count()}};
    add_text(row, "quality", quantization.quality);
    if (quantization.quality_percent > 0) row["quality_percent"] = quantization.quality_percent;
    row["recommended"] = quantization.recommended;
    json["quantizations"].push_back(std::move(row));
  }
  for (const Tokens context : page.choices.contexts) json["contexts"].push_back(context.count());
  for (const CacheTypes& cache : page.choices.caches)
    json["caches"].push_back({{"type_k", cache.k->name}, {"type_v", cache.v->name}});
  for (const Tokens depth : page.depths) json["depths"].push_back(depth.count());
  return json;
}

/// Which of `depths` are needed to draw every line of `deeper` (by line, then depth) straight from one to the next,
/// from nothing at depth 0.
std::vector<std::size_t> bends(const std::vector<Seconds>& deeper, const std::vector<Tokens>& depths) {
  constexpr double kRounding = 1e-9;
  const std::size_t count = depths.size();
  const auto depth = [&](std::size_t i) { return static_cast<double>(depths[i].count()); };
  const auto slope = [&](std::size_t line, std::size_t i) {  // of the piece that ends at `i`
    const double start = i == 0 ? 0 : deeper[line * count + i - 1].value();
    return (deeper[line * count + i].value() - start) / (depth(i) - (i == 0 ? 0 : depth(i - 1)));
  };
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < count; ++i) {
    bool straight = i + 1 < count;
    for (std::size_t line = 0; straight && line < deeper.size() / count; ++line) {
      straight = std::abs(slope(line, i) - slope(line, i + 1)) <= kRounding * std::abs(slope(line, i + 1));
    }
    if (!straight) kept.push_back(i);
  }
  return kept;
}

Json initial_json(const PageState& state) {
  return {
      {"quantization", state.quantization}, {"context", state.context}, {"cache", state.cache}, {"slots", state.slot}};
}

/// A table of every state. Where each quantization differs from the first by the same in all of its states, as
/// {"add": [by quantization], "rest": [the first's states]}; otherwise state by state.
class StateTable {
 public:
  explicit StateTable(std::size_t quantizations) : quantizations_(quantizations) {}

  void add(std::optional<Bytes> bytes) { values_.push_back(bytes); }

  bool operator==(const StateTable& other) const { return values_ == other.values_; }

  Json json() const {
    const std::size_t states = values_.size() / quantizations_;
    Json add = Json::array(), rest = Json::array();
    for (std::size_t q = 0; q < quantizations_; ++q) {
      const std::optional<Bytes> difference = difference_of(q, states);
      if (!difference) return plain(values_.size());
      add.push_back(difference->count());
    }
    return {{"add", std::move(add)}, {"rest", plain(states)}};
  }

 private:
  /// Unset where it is not the same in all states.
  std::optional<Bytes> difference_of(std::size_t q, std::size_t states) const {
    std::optional<Bytes> difference;
    for (std::size_t i = 0; i < states; ++i) {
      const std::optional<Bytes>&first = values_[i], &here = values_[q * states + i];
      if (first.has_value() != here.has_value()) return std::nullopt;
      if (!first) continue;
      if (difference && *difference != *here - *first) return std::nullopt;
      difference = *here - *first;
    }
    return difference;
  }

  Json plain(std::size_t count) const {
    Json json = Json::array();
    for (std::size_t i = 0; i < count; ++i) json.push_back(values_[i] ? Json(values_[i]->count()) : Json());
    return json;
  }

  std::size_t quantizations_;
  std::vector<std::optional<Bytes>> values_;
};

Json backend_json(const PageBackend& table) {
  const std::size_t quantizations = table.weights.size();
  StateTable value(quantizations), low(quantizations), high(quantizations), host(quantizations), pooled(quantizations);
  StateTable pool(quantizations), asks(quantizations), nothing(quantizations);
  for (const std::optional<PageCompute>& state : table.compute) {
    value.add(state ? std::optional(state->gpu.value) : std::nullopt);
    low.add(state ? std::optional(state->gpu.low) : std::nullopt);
    high.add(state ? std::optional(state->gpu.high) : std::nullopt);
    host.add(state ? std::optional(state->host) : std::nullopt);
    pooled.add(state ? std::optional(state->pooled) : std::nullopt);
    pool.add(state ? std::optional(state->pool) : std::nullopt);
    asks.add(state ? std::optional(Bytes(asks_of(*state))) : std::nullopt);
    nothing.add(state ? std::optional(Bytes()) : std::nullopt);
  }
  Json json = {{"name", table.backend->name}, {"label", table.backend->label}, {"measured", table.backend->measured}};
  json["gpus"] = table.gpus;
  json["is_cpu"] = table.backend->is_cpu;
  json["driver_low_bytes"] = table.driver.always.low.count();
  add_driver(json, table.driver);
  if (table.gpus == 1) {  // of several, all counts as compute
    json["weights"] = bytes_json(table.weights);
    json["cache"] = bytes_json(table.caches);
    json["state"] = bytes_json(table.states);
  }
  json["compute"] = value.json();
  if (!(pool == nothing)) json["pool"] = pool.json();
  if (!(asks == nothing)) json["asks"] = asks.json();
  if (!(low == value)) json["compute_low"] = low.json();
  if (!(high == value)) json["compute_high"] = high.json();
  if (!(host == nothing)) json["host"] = host.json();
  if (!(pooled == host)) json["pooled"] = pooled.json();
  return json;
}

/// One edge of bands: its share of the speed where that is the same for all, else each.
template <class Band>
Json band_json(const std::vector<Band>& bands, TokenRate Band::*edge) {
  constexpr double kRounding = 1e-9;
  const double share = bands.front().*edge / bands.front().value;
  Json each = Json::array();
  bool shared = true;
  for (const Band& speed : bands) {
    shared = shared && std::abs(speed.*edge / speed.value - share) < kRounding;
    each.push_back(printed_rate(speed.*edge));
  }
  return shared ? Json(share) : each;
}

Json rates_json(const std::vector<RateBand>& rates, int digits) {
  Json json = Json::array();
  for (const RateBand& rate : rates) json.push_back(rounded(rate.value.value(), digits));
  return json;
}

/// The bands of one slot alone are those of decode, and no page asks for them here.
Json together_band_json(const PageSpeed& speed, const std::vector<std::int64_t>& slots, TokenRate RateBand::*edge) {
  std::vector<RateBand> several;
  for (std::size_t i = 0; i < speed.together.size(); ++i) {
    if (slots[i % slots.size()] > 1) several.push_back(speed.together[i]);
  }
  Json shared = several.empty() ? Json(1) : band_json(several, edge);
  return shared.is_number() ? shared : band_json(speed.together, edge);
}

/// How much longer a token takes at each depth. Time grows evenly between the ends of sliding windows, so that few
/// depths say it all; a page's script draws a line between them.
Json deeper_json(const PageSpeed& speed, const std::vector<Tokens>& depths) {
  const std::vector<std::size_t> kept = bends(speed.deeper, depths);
  Json json = {{"depths", Json::array()}, {"us", Json::array()}};
  for (const std::size_t i : kept) json["depths"].push_back(depths[i].count());
  for (std::size_t cache = 0; cache < speed.deeper.size() / depths.size(); ++cache) {
    for (const std::size_t i : kept)
      json["us"].push_back(rounded(speed.deeper[cache * depths.size() + i].value() * 1e6, kSpeedDigits));
  }
  return json;
}

Json speed_table_json(const PageSpeed& speed, const PageChoices& choices, const std::vector<Tokens>& depths) {
  Json json;
  json["decode"] = Json::array();
  for (const SpeedEstimate& decode : speed.decode)
    json["decode"].push_back(rounded(decode.value.value(), kSpeedDigits));
  json["low"] = band_json(speed.decode, &SpeedEstimate::low);
  json["high"] = band_json(speed.decode, &SpeedEstimate::high);
  json["prefill"] = rates_json(speed.prefill, kSpeedDigits);
  json["prefill_low"] = band_json(speed.prefill, &RateBand::low);
  json["prefill_high"] = band_json(speed.prefill, &RateBand::high);
  json["together"] = rates_json(speed.together, kTogetherDigits);
  json["together_low"] = together_band_json(speed, choices.slots, &RateBand::low);
  json["together_high"] = together_band_json(speed, choices.slots, &RateBand::high);
  json["deeper"] = deeper_json(speed, depths);
  json["measured"] = speed.decode.front().measured;
  json["basis"] = speed.decode.front().basis;
  return json;
}

/// Devices of one chip with memory of several sizes are equally fast: such tables are written once.
void add_devices(Json& json, const ModelPage& page) {
  std::map<std::string, std::size_t> known;
  Json devices = Json::array(), speeds = Json::array();
  for (const PageDevice& row : page.devices) {
    Json device = page_device_json(row);
    add_calling(json, *row.device);
    if (row.speed_limit == row.most.back()) device.erase("speed_limit");
    if (row.speed) {
      Json speed = speed_table_json(*row.speed, page.choices, page.depths);
      const auto [place, is_new] = known.try_emplace(speed.dump(), speeds.size());
      if (is_new) speeds.push_back(std::move(speed));
      device["speed"] = place->second;
    }
    devices.push_back(std::move(device));
  }
  json["devices"] = columns_json(devices);
  json["speeds"] = columns_json(speeds);
}

/// How the page was asked for, beside its state.
Json words_json(const PageWords& words) {
  Json json = {
      {"model", words.model}, {"lfmfit", words.lfmfit}, {"server", words.server}, {"published", words.published}};
  if (!words.file.empty()) json["file"] = words.file;
  return json;
}

Json family_json(const ModelPage& page, const SiteLinks& links) {
  Json json = Json::array();
  for (const Model* model : page.relatives) {
    Json row = {{"id", model->card.id}, {"name", model->card.name}, {"parameters", parameter_count(*model)}};
    if (const auto place = links.pages.find(model->card.id); place != links.pages.end()) row["href"] = place->second;
    json.push_back(std::move(row));
  }
  return json;
}

}  // namespace

Json model_page_json(const ModelPage& page, const SiteLinks& links, const std::string& version) {
  Json json = {{"schema", "lfmfit.page/1"}, {"version", version}, {"runtime", release_of(page.question.request).name}};
  json["model"] = card_json(*page.question.model);
  add_text(json["model"], "context_note", page.question.model->card.context_note);
  json["request"] = request_json(asked_of(page.question, page.question.request));
  json["words"] = words_json(page.words);
  if (!page.question.beside.empty()) json["beside"] = beside_text(page.question);
  json["choices"] = choices_json(page);
  json["initial"] = initial_json(first_state(page));
  json["reference"] = page.reference;
  json["backends"] = Json::array();
  for (const PageBackend& backend : page.backends) json["backends"].push_back(backend_json(backend));
  json["sites"] = Json::array();
  for (const std::optional<Bytes>& bytes : page.calculators_say)
    json["sites"].push_back(bytes ? Json(bytes->count()) : Json());
  add_devices(json, page);
  json["family"] = family_json(page, links);
  json["notes"] = page.notes;
  json["warnings"] = page.warnings;
  if (!links.home.empty()) json["home"] = links.home;
  return json;
}

}  // namespace lfmfit::render
