#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lfmfit/asked.hpp"

namespace lfmfit::ask {

/// What the options of a command line set, and what of it no field of Asked says.
struct PastedFields {
  Asked asked;
  std::set<std::string> given;                      ///< names of fields and rules
  bool fits_itself = true;                          ///< llama.cpp's --fit
  bool loads_projector = true;                      ///< what -hf brings along
  std::string model_file;                           ///< -m
  std::string repository, repository_file;          ///< -hf, -hff
  std::optional<std::vector<std::string>> devices;  ///< -dev
  bool enables_lora = false;                        ///< vLLM's --enable-lora
};

/// Sets `field` (a field of Asked, or a rule for what none says) to what `text` says. Throws Error(kBadRequest) naming
/// `option`.
void set_pasted(PastedFields& fields, const std::string& field, const std::string& option, const std::string& text);

/// Whether set_pasted() knows `field`.
bool is_pasted_field(const std::string& field);

}  // namespace lfmfit::ask
