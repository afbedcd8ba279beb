#pragma once

#include "core/model/setting_reader.hpp"
#include "lfmfit/architecture.hpp"

namespace lfmfit {

/// The block that `letter` stands for, with `settings` in the fields of those names. `known` receives the names of all
/// settings that the block has a field for. Throws Error(kBadFile) for what is missing, out of range or no kind of
/// block.
Block build_block(char letter, const BlockTemplate& block_template, const Settings& settings, SettingNames& known);

}  // namespace lfmfit
