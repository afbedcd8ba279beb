#pragma once

#include <functional>
#include <vector>

#include "ask/question.hpp"
#include "render/answer_sheet.hpp"

namespace lfmfit::cli {

/// A choice that a page of answers offers, and how a value of it is asked for.
struct SheetSetting {
  render::SheetChoice choice;
  std::function<void(Asked&, const render::Json&)> ask;  ///< Asked names a device
};

/// What the page about `question`, which `asked` asks of vLLM or MLX, offers: the usual values and the one that was
/// asked for, which stands first.
std::vector<SheetSetting> sheet_settings(const Asked& asked, const Question& question, ask::Finder& finder);

}  // namespace lfmfit::cli
