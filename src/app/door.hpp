#pragma once

#include <string>
#include <vector>

#include "ask/question.hpp"
#include "cli/line_answers.hpp"
#include "lfmfit/catalog.hpp"

namespace lfmfit::app {

/// All that the app (`lfmfit app`) asks of the program: texts in, texts out. Figures come of one answer alone, that of
/// `lfmfit batch`.
class Door {
 public:
  explicit Door(std::vector<Overlay> overlays);

  /// The line with which `lfmfit batch` answers the line `request`. Models, as files that a reader dropped, may be
  /// named by their path.
  std::string answer(const std::string& request);

  /// What `lfmfit plan --on DEVICE --json` prints of the same request; {"error": ...} where it cannot be planned.
  std::string plan(const std::string& request);

  /// What `lfmfit fits DEVICE --json` prints of the machine of `request`: an object with the keys of a batch that
  /// `lfmfit fits` has options for, besides "min_speed_tok_s", "family", "task" and "top". {"error": ...} for others.
  std::string fits(const std::string& request);

  /// What `lfmfit list KIND --json` prints, on one line, for models, devices and quants; backends of llama.cpp, and the
  /// forms of models for vllm and mlx; {"error": ...} for other kinds, and where the reader's own facts are broken.
  std::string list(const std::string& kind) const;

 private:
  std::vector<Overlay> overlays_;
  Catalog catalog_;
  ask::Finder finder_;
  cli::LineAnswers answers_;
};

/// The overlays in the JSON array `text` of objects with "path" and "text", as `lfmfit app` writes them into its file.
/// Throws Error(kBadFile) for other texts.
std::vector<Overlay> overlays_of(const std::string& text);

}  // namespace lfmfit::app
