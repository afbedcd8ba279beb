#include "cli/answer_json.hpp"

#include "cli/line_answers.hpp"

namespace lfmfit::cli {

render::Json answer_json(const std::string& text, ask::Finder& finder) {
  return render::Json::parse(LineAnswers(finder).answer(text));
}

}  // namespace lfmfit::cli
