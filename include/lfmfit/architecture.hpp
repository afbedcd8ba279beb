// Architectures as data: what the letters of a layout stand for, and the model that comes of a layout and its settings.
// For those who describe a model themselves; catalogue and readers do it for the models they know.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "lfmfit/model.hpp"

namespace lfmfit {

/// Named settings of a block or a model, each under the name of the field it fills: integers, flags as 0 or 1
/// ("n_head": 32, "rope": 0), and choices as the number that setting_value gives ("qk_norm": 1).
using Settings = std::map<std::string, std::int64_t, std::less<>>;

/// The number that stands for a word of a setting that is a choice: setting_value("qk_norm", "per_head") is 1.
/// Throws Error(kBadFile) when the setting is no choice or does not know the word; the message lists those it knows.
std::int64_t setting_value(std::string_view setting, std::string_view word);

/// The kinds of block an architecture is made of, each under the letter that stands for it in a layout.
struct BlockTemplate {
  std::string mixer;         ///< kName of a kind of Mixer (block.hpp): "attention", "short_convolution", ...; "none"
  std::string feed_forward;  ///< "dense", "experts", "none"
  Settings settings;         ///< fixed for the architecture ("qkv_bias": 1)
};

/// An architecture is data: letters, what they stand for, and how its head looks. A row of data/architectures.json.
struct Architecture {
  std::string name;  ///< llama.cpp's name: "lfm2", "qwen3moe"
  std::map<char, BlockTemplate> blocks;
  Settings settings;  ///< of the model around the blocks ("scale_embeddings": 1)
  std::string final_norm = "output_norm";
};

/// The shape of one model: what a catalogue row, a GGUF's metadata and a config.json all come down to.
struct ModelShape {
  std::string layout;                       ///< one letter per layer, after expansion
  Settings settings;                        ///< "n_embd", "n_vocab", "n_head", "n_ff", ...
  std::map<char, Settings> block_settings;  ///< of one letter only, over `settings` ("f": {"head_dim": 512})
};

/// Writes out a layout: letters stand for themselves, "(...)xN" repeats a group N times, blanks are ignored:
/// "(ssssss f)x2 ss". Throws Error(kBadFile) on anything else or on more than 4,096 layers.
std::string expand_layout(const std::string& layout);

/// The model that `shape` describes in `architecture`; the card is left empty. A setting of `shape` applies to the
/// model and to every block that has a field of that name; the nearer source wins: block_settings, settings, the
/// template's settings, the field's default. A field whose default is out of range (0 heads) must be set. Throws
/// Error(kBadFile) naming the setting that is missing, unknown to every block of the layout, or out of range: a model
/// that was built has at most 2^50 weights, so that sizes computed from it do not wrap.
Model build_model(const Architecture& architecture, const ModelShape& shape);

}  // namespace lfmfit
