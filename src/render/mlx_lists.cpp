#include "render/mlx_lists.hpp"

#include <fmt/format.h>

#include "render/text_table.hpp"

namespace lfmfit::render {

std::string mlx_text(const MlxFacts& facts, const Terminal& terminal) {
  TextTable table({{"Runtime"}, {"what that rests on", Align::kLeft, true}});
  table.add({{"mlx@" + facts.version}, {facts.source}});
  std::string names;
  for (const MlxForm& form : facts.forms) names += (names.empty() ? "" : ", ") + form.row.name;
  const std::string text = fmt::format(
      "MLX on Apple's GPUs: weights and cache follow its rules exactly; what computing a prompt holds besides is a "
      "replay "
      "with a band, within 2 % of all memory in eleven runs on an M4 Max; speeds are hardly measured. Forms of "
      "weights: "
      "{}.",
      names);
  return table.text(terminal) + styled(wrapped(text, terminal.width, ""), Style::kFaint, terminal) + "\n";
}

Json mlx_json(const MlxFacts& facts) {
  return {{"name", "mlx@" + facts.version},
          {"label", "MLX " + facts.version},
          {"runtime", "MLX"},
          {"measured", false},
          {"source", facts.source}};
}

}  // namespace lfmfit::render
