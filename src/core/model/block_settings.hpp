#pragma once

#include <optional>
#include <string_view>

#include "core/model/setting_reader.hpp"
#include "lfmfit/architecture.hpp"

namespace lfmfit {

/// The kind that rows call `name`, its sizes not yet filled in. Nothing if there is none of that name.
std::optional<Mixer> mixer_called(std::string_view name);
std::optional<FeedForward> feed_forward_called(std::string_view name);

/// The block that `letter` stands for, with `settings` in the fields of those names. `known` receives the names of all
/// settings that the block has a field for. Throws Error(kBadFile) for what is missing, out of range or no kind of
/// block.
Block build_block(char letter, const BlockTemplate& block_template, const Settings& settings, SettingNames& known);

}  // namespace lfmfit
