#include "readers/layer_matcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "core/base/printable.hpp"
#include "core/model/block_settings.hpp"
#include "core/model/blocks/block.hpp"
#include "lfmfit/error.hpp"
#include "readers/layer_settings.hpp"

namespace lfmfit {

namespace {

std::string dimensions(const Shape& shape) {
  std::string text = std::to_string(shape[0]);
  for (std::size_t i = 1; i < shape.size(); ++i) {
    if (shape[i] != 1) text += " x " + std::to_string(shape[i]);
  }
  return text;
}

/// Scales that stand beside a weight of the same name (NVFP4, BitNet) belong to it.
bool is_scale(std::string_view name) {
  const auto ends_with = [&](std::string_view end) {
    return name.size() > end.size() && name.substr(name.size() - end.size()) == end;
  };
  return ends_with(".scale") || ends_with(".input_scale");
}

}  // namespace

std::string LayerMatcher::difference(char letter, int layer, const Settings& settings, const LayerTensors& tensors,
                                     std::size_t& count) const {
  count = std::numeric_limits<std::size_t>::max();
  const BlockTemplate& block_template = architecture_.blocks.at(letter);
  std::vector<Tensor> expected;
  try {
    Settings all = block_template.settings;
    for (const auto& [name, value] : settings) all[name] = value;
    SettingNames known;
    Block block = build_block(letter, block_template, all, known);
    // The last layers may read the cache of an earlier one, whichever it is.
    const std::int64_t layers = parameters_.required("block_count");
    const std::int64_t sharing = parameters_.number("attention.shared_kv_layers").value_or(0);
    const std::int64_t own = layers - std::clamp<std::int64_t>(sharing, 0, layers);
    if (auto* attention = std::get_if<Attention>(&block.mixer); attention != nullptr && layer >= own)
      attention->shares_cache_of = 0;
    Model model;
    model.n_embd = parameters_.required("embedding_length");
    add_tensors(block, model, 0, expected);
  } catch (const Error& error) {
    return error.what();
  }
  std::string first;
  count = 0;
  const auto note = [&](const std::string& problem) {
    if (count++ == 0) first = problem;
  };
  std::set<std::string_view> names;
  for (const Tensor& tensor : expected) {
    names.insert(tensor.name);
    const auto found = tensors.shapes().find(tensor.name);
    if (found == tensors.shapes().end()) {
      note(fmt::format("there is no tensor \"{}\"", tensor.name));
    } else if (found->second != tensor.shape) {
      note(fmt::format("tensor \"{}\" is {}, expected {}", tensor.name, dimensions(found->second),
                       dimensions(tensor.shape)));
    }
  }
  for (const auto& entry : tensors.shapes()) {
    if (names.count(entry.first) == 0 && !is_scale(entry.first))
      note(fmt::format("tensor \"{}\" is not understood", printable(entry.first)));
  }
  return first;
}

LayerMatcher::Match LayerMatcher::match(int layer, const LayerTensors& tensors, const LayerTensors& outside) {
  const bool slides = is_sliding(parameters_, traits_, layer);
  const bool rotates = traits_.rotates_sliding_only
                           ? slides || !parameters_.has("attention.sliding_window")
                           : traits_.no_rope_period <= 0 || (layer + 1) % traits_.no_rope_period != 0;
  const Look look{layer, slides, rotates, &tensors};
  for (const auto& [known, match] : known_) {
    const bool alike =
        known.sliding == look.sliding && known.rotates == look.rotates && parameters_.same(known.layer, layer);
    if (alike && *known.tensors == tensors) return match;
  }
  known_.emplace_back(look, find(look, outside));
  return known_.back().second;
}

LayerMatcher::Match LayerMatcher::find(const Look& look, const LayerTensors& outside) const {
  const LayerView view{look.layer, look.sliding, look.tensors, &outside};
  std::string nearest = "no block of the architecture can stand there";
  std::size_t least = std::numeric_limits<std::size_t>::max();
  bool window_fits = !view.sliding || !look.tensors->has("attn_q.weight");
  for (const auto& [letter, block] : architecture_.blocks) {
    const bool attends = block.mixer == Attention::kName;
    if (attends && (setting_of(block, "sliding", 0) != 0) != view.sliding) continue;
    if (attends && (traits_.no_rope_period > 0 || traits_.rotates_sliding_only) &&
        (setting_of(block, "rope", 1) != 0) != look.rotates)
      continue;
    Match match{letter, layer_settings(block, parameters_, traits_, view)};
    std::size_t count = 0;
    if (attends && view.sliding && look.tensors->has("attn_q.weight")) window_fits = true;
    const std::string problem = difference(letter, look.layer, match.settings, *look.tensors, count);
    if (count == 0) return match;
    if (count < least || least == std::numeric_limits<std::size_t>::max()) {
      least = count;
      nearest = problem;
    }
  }
  if (!window_fits) nearest = "its sliding window is not understood";
  throw Error(ErrorKind::kUnsupported,
              fmt::format("{}: layer {} is no block that lfmfit knows of architecture \"{}\": {}",
                          printable(file_, 4096), look.layer, architecture_.name, nearest));
}

}  // namespace lfmfit
