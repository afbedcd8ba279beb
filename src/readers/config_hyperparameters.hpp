#pragma once

#include "lfmfit/config_keys.hpp"
#include "readers/config_fields.hpp"
#include "readers/hyperparameters.hpp"

namespace lfmfit {

/// Brings the fields of a config.json to GGUF's keys, as llama.cpp's converter does (conversion/*.py): renamed ones by
/// the tables, and those that are computed (LFM2's adjusted feed-forward length, the inner size of a state space, ...).
Hyperparameters hyperparameters_of(ConfigFields& fields, const ConfigKeys& keys, const ConfigModelType& type,
                                   const std::string& architecture);

}  // namespace lfmfit
