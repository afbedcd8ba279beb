#pragma once

#include <string>
#include <vector>

#include "ask/contract_object.hpp"
#include "lfmfit/contract.hpp"

namespace lfmfit::ask {

/// What "defaults" and a check may both say: a check starts from the defaults and replaces them key by key.
struct ContractSettings {
  ContractCase each;                       ///< what all cases of the check share
  std::vector<std::string> quantizations;  ///< empty: the usual one
  std::vector<NumberOrWord> contexts;      ///< of each user; empty: the usual one
  bool may_be_partial = false;             ///< parts of the model may lie in host memory
  bool limits_something = false;           ///< there is a key in "require"
};

/// Reads the settings of `object` into `settings`. `resolve` makes a path of the contract one of this process.
void read_settings(ContractObject& object, ContractSettings& settings,
                   const std::function<std::string(const std::string&)>& resolve);

}  // namespace lfmfit::ask
