#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/base/printable.hpp"
#include "core/model/block_settings.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/model_file.hpp"
#include "readers/bounded_json.hpp"
#include "readers/config_fields.hpp"
#include "readers/config_hyperparameters.hpp"
#include "readers/config_layers.hpp"
#include "readers/layer_matcher.hpp"

namespace lfmfit {

namespace {

/// Before settings that words give to layers that do not slide alone.
constexpr std::string_view kOfFullLayers = "full.";

class Builder {
 public:
  Builder(const nlohmann::json& document, const std::string& file, const ReaderFacts& facts)
      : fields_(document, file), facts_(facts), type_(known_type()), file_(file) {}

  Model build() {
    fields_.set_type(type_);
    const std::vector<LayerKind> kinds = layer_kinds(fields_, has_experts());
    const Architecture& architecture = known_architecture(kinds);
    const Hyperparameters parameters = hyperparameters_of(fields_, facts_.config_keys(), type_, architecture.name);
    const Settings words = settings_of_words();
    const GgufTraits traits = facts_.traits(architecture.name);
    slides_somewhere_ = std::any_of(kinds.begin(), kinds.end(),
                                    [](LayerKind kind) { return kind.mixer == MixerKind::kSlidingAttention; });
    ShapeBuilder builder(architecture);
    std::set<std::string> of_blocks;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      const char letter = known_letter(architecture, kinds[i], static_cast<int>(i), traits);
      const BlockTemplate& block = architecture.blocks.at(letter);
      const bool slides = setting_of(block, "sliding", 0) != 0;
      const LayerView view{static_cast<int>(i), slides, nullptr, nullptr};
      builder.add(letter, with_words(letter, block, layer_settings(block, parameters, traits, view), words, of_blocks));
    }
    builder.shape().settings = model_settings(parameters, words, of_blocks);
    fields_.require_all_understood(facts_.config_keys());
    return model_of(builder);
  }

 private:
  [[noreturn]] void refuse(ErrorKind kind, const std::string& what) const {
    throw Error(kind, fmt::format("{}: {}", printable(fields_.file(), 4096), what));
  }

  const ConfigModelType& known_type() {
    const std::string name = fields_.word("model_type").value_or("");
    if (name.empty()) refuse(ErrorKind::kBadFile, "has no \"model_type\", so it is no config.json of a model");
    std::string known;
    for (const ConfigModelType& type : facts_.config_keys().model_types) {
      if (std::find(type.names.begin(), type.names.end(), name) != type.names.end()) return type;
      known += (known.empty() ? "" : ", ") + type.names[0];
    }
    refuse(ErrorKind::kUnsupported,
           fmt::format("its \"model_type\" is \"{}\", which is unknown; known are {}", printable(name), known));
  }

  bool has_experts() {
    const auto names = type_.keys.find("expert_count");
    return fields_
               .first_integer(names != type_.keys.end() ? names->second : facts_.config_keys().keys.at("expert_count"))
               .value_or(0) > 0;
  }

  const Architecture& known_architecture(const std::vector<LayerKind>& kinds) {
    const auto any = [&](auto holds) { return std::any_of(kinds.begin(), kinds.end(), holds); };
    std::string name = type_.architecture;
    const bool experts = any([](LayerKind kind) { return kind.feed_forward == FeedForwardKind::kExperts; });
    if (experts && !type_.architecture_with_experts.empty()) name = type_.architecture_with_experts;
    const bool attention_alone = !any([](LayerKind kind) { return kind.mixer == MixerKind::kStateSpace; });
    if (attention_alone && !type_.architecture_of_attention_alone.empty()) name = type_.architecture_of_attention_alone;
    const Architecture* architecture = facts_.architecture(name);
    if (architecture == nullptr)
      refuse(ErrorKind::kUnsupported, fmt::format("its architecture in llama.cpp is \"{}\", which is unknown", name));
    return *architecture;
  }

  char known_letter(const Architecture& architecture, LayerKind kind, int layer, const GgufTraits& traits) const {
    int rotates = traits.no_rope_period > 0 ? ((layer + 1) % traits.no_rope_period != 0 ? 1 : 0) : -1;
    if (traits.rotates_sliding_only) rotates = kind.mixer == MixerKind::kSlidingAttention || !slides_somewhere_ ? 1 : 0;
    // Where nothing says what mixes, a model of state spaces alone has nothing else.
    char letter = letter_of(architecture, kind, rotates);
    if (letter == '\0' && kind.mixer == MixerKind::kAttention)
      letter = letter_of(architecture, {MixerKind::kStateSpace, FeedForwardKind::kNone}, rotates);
    if (letter == '\0' && kind.feed_forward == FeedForwardKind::kDense)
      letter = letter_of(architecture, {kind.mixer, FeedForwardKind::kNone}, rotates);
    if (letter == '\0') {
      refuse(ErrorKind::kUnsupported, fmt::format("layer {} is {}, which the architecture \"{}\" does not have", layer,
                                                  describe(kind), architecture.name));
    }
    return letter;
  }

  Settings settings_of_words() {
    Settings settings;
    for (const auto& [field, words] : type_.words) {
      const std::optional<std::string> word = fields_.word(field);
      if (!word) continue;
      const auto found = words.find(*word);
      if (found == words.end()) {
        refuse(ErrorKind::kUnsupported,
               fmt::format("\"{}\" is {}, which changes memory in a way that is not understood", printable(field),
                           printable(*word)));
      }
      for (const auto& [name, value] : found->second) settings[name] = value;
    }
    return settings;
  }

  /// `settings` and those of `words` that the block has a field for; their names go to `of_blocks`.
  Settings with_words(char letter, const BlockTemplate& block, Settings settings, const Settings& words,
                      std::set<std::string>& of_blocks) const {
    if (words.empty()) return settings;
    Settings all = block.settings;
    for (const auto& [name, value] : settings) all[name] = value;
    SettingNames known;
    try {
      build_block(letter, block, all, known);
    } catch (const Error& error) {
      refuse(error.kind(), error.what());
    }
    const bool slides = setting_of(block, "sliding", 0) != 0;
    for (const auto& [word, value] : words) {
      const bool of_full = word.compare(0, kOfFullLayers.size(), kOfFullLayers) == 0;
      if (of_full && slides) continue;
      const std::string name = of_full ? word.substr(kOfFullLayers.size()) : word;
      if (std::find(known.begin(), known.end(), name) == known.end()) continue;
      settings[name] = value;
      of_blocks.insert(word);
    }
    return settings;
  }

  Settings model_settings(const Hyperparameters& parameters, const Settings& words,
                          const std::set<std::string>& of_blocks) {
    Settings settings;
    for (const auto& [name, value] : words) {
      if (of_blocks.count(name) == 0) settings[name] = value;
    }
    settings["n_embd"] = parameters.required("embedding_length");
    settings["n_vocab"] = parameters.required("vocab_size");
    settings["context_train"] = parameters.required("context_length");
    const std::optional<bool> says = fields_.flag("tie_word_embeddings"), also = fields_.flag("tie_embedding");
    if (const auto shared = parameters.number("attention.shared_kv_layers")) settings["shared_kv_layers"] = *shared;
    settings["tied_embeddings"] = says.value_or(also.value_or(type_.tied)) ? 1 : 0;
    return settings;
  }

  /// The folder's name of a config.json, of other files their own.
  static std::string name_of(const std::filesystem::path& file) {
    const std::string folder = file.parent_path().filename().string(), own = file.stem().string();
    return own != "config" || folder.empty() || folder == "." ? own : folder;
  }

  Model model_of(ShapeBuilder& builder) const {
    Model model;
    try {
      model = build_model(builder.architecture(), builder.shape());
    } catch (const Error& error) {
      refuse(error.kind(), error.what());
    }
    model.card.id = file_;
    model.card.name = printable(name_of(file_));
    model.card.source = "config.json";
    return model;
  }

  ConfigFields fields_;
  const ReaderFacts& facts_;
  const ConfigModelType& type_;
  const std::string& file_;
  bool slides_somewhere_ = false;
};

}  // namespace

Model model_of_config(const ByteSource& source, const ReaderFacts& facts) {
  const nlohmann::json document = read_json_object(source, kMaxConfigBytes);
  return Builder(document, source.name(), facts).build();
}

}  // namespace lfmfit
