#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "ask/question.hpp"
#include "lfmfit/estimate.hpp"
#include "render/json.hpp"

namespace lfmfit::cli {

/// Answers requests that come line by line (the README's section on batch). Lines are often alike: an answer that was
/// given is given again, and what one question comes to on several devices is worked out once. It keeps as much as a
/// few thousand lines need, whatever number there are.
class LineAnswers {
 public:
  /// `finder` must outlive it.
  explicit LineAnswers(ask::Finder& finder) : finder_(finder) {}

  /// The answer to the request `line`, a text that should be JSON, or {"error": ...}, with the request's id; a line of
  /// its own. Throws nothing that a request can cause.
  std::string answer(const std::string& line);

 private:
  /// An answer around the place where an id stands.
  struct Text {
    std::string before, after;
    std::string with(const render::Json& id) const;
  };

  /// A question, and what its answers on several devices share.
  struct Shared {
    explicit Shared(const Question& asked);
    Question question;
    Answers answers;
  };

  const Text& text_of(const render::Json& request);
  render::Json answer_of(const render::Json& request);
  Answers& shared(const render::Json& request, const Question& question);

  ask::Finder& finder_;
  std::unordered_map<std::string, Text> texts_;                      ///< by request, without its id
  Text last_;                                                        ///< of a request that is too long to keep
  std::unordered_map<std::string, std::unique_ptr<Shared>> shared_;  ///< by request, without id and device
};

}  // namespace lfmfit::cli
