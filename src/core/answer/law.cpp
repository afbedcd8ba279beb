#include "lfmfit/law.hpp"

#include "core/answer/rule_of_thumb_law.hpp"
#include "core/llamacpp/law.hpp"
#include "core/mlx/law.hpp"
#include "core/vllm/law.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/estimate.hpp"

namespace lfmfit {

const std::vector<const Law*>& laws() {
  static const std::vector<const Law*> rows = {&kLlamaCppLaw, &kRuleOfThumbLaw, &kVllmLaw, &kMlxLaw};
  return rows;
}

FileSize checkpoint_size(Bytes bytes, const Model& model) {
  return {bytes, bytes, bytes, bytes,
          8.0 * static_cast<double>(bytes.count()) / static_cast<double>(parameter_count(model))};
}

const Law& law_of(const Question& question) { return question.law != nullptr ? *question.law : *laws().front(); }

const Law& law_called(std::string_view method) {
  std::string known;
  for (const Law* law : laws()) {
    if (method == law->method) return *law;
    const std::string word = "\"" + std::string(law->method) + "\"";
    if (known.find(word) == std::string::npos) known += (known.empty() ? "" : " or ") + word;
  }
  throw Error(ErrorKind::kBadRequest, "\"method\" must be " + known);
}

}  // namespace lfmfit
