// How a config.json is read, as data. Public only because ReaderFacts carries it from the catalogue, which has the
// rows, to the readers, which follow them, and neither of the two includes the other; callers have no use for it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lfmfit/architecture.hpp"

namespace lfmfit {

/// What stands for a field of config.json that is absent: the default of its class in transformers.
using ConfigDefault = std::variant<bool, double, std::string>;

/// GGUF's key -> the fields of config.json that may hold its value, the first that is there counts.
using ConfigKeyTable = std::map<std::string, std::vector<std::string>>;

/// How the config.json of one "model_type" is read. A row of data/config_keys.json.
struct ConfigModelType {
  std::vector<std::string> names;                 ///< values of "model_type"
  std::string architecture;                       ///< llama.cpp's name for it
  std::string architecture_with_experts;          ///< ... where the model has experts; empty: the same
  std::string architecture_of_attention_alone;    ///< ... where no layer is a state space; empty: the same
  bool tied = false;                              ///< what an absent tie_word_embeddings means
  ConfigKeyTable keys;                            ///< replace the general ones
  std::map<std::string, ConfigDefault> defaults;  ///< by field
  /// Field -> its words (true, false, or a text) -> the settings that follow. Another word is refused.
  std::map<std::string, std::map<std::string, Settings>> words;
  std::vector<std::string> ignored;  ///< fields that change no memory in this kind of model
};

/// What is known about the fields of Hugging Face's config.json: data/config_keys.json.
struct ConfigKeys {
  ConfigKeyTable keys;
  std::vector<ConfigModelType> model_types;
  std::vector<std::string> suspects;  ///< parts of names that say a field may change memory; with ^ before it: starts
  std::vector<std::string> ignored;   ///< fields that do not, though their names look so
};

}  // namespace lfmfit
