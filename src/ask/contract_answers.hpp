#pragma once

#include "ask/contract_object.hpp"
#include "ask/question.hpp"
#include "lfmfit/contract.hpp"

namespace lfmfit::ask {

/// What each case of `contract` comes to, in its order. Cases that differ in their machines and limits only share what
/// is worked out, and the machine's cores share the rest. A case that cannot be answered says why.
ContractResult answer_contract(const Contract& contract, Finder& finder);

/// Notes the models and machines of `contract` that nothing is called.
void note_unknown_names(const Contract& contract, Finder& finder, Faults& faults);

}  // namespace lfmfit::ask
