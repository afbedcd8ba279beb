#include "render/vllm_lists.hpp"

#include <fmt/format.h>

namespace lfmfit::render {

TextTable vllm_versions_table(const std::vector<const VllmVersion*>& versions) {
  TextTable table({{"Runtime"}, {"share"}, {"CUDA graphs"}, {"what that rests on", Align::kLeft, true}});
  for (const VllmVersion* version : versions) {
    table.add({{"vllm@" + version->name},
               {fmt::format("{:g}", version->utilization)},
               {!version->counts_graphs        ? "on top"
                : version->counts_dense_graphs ? "in the share"
                                               : "dense on top"},
               {version->source}});
  }
  return table;
}

Json vllm_versions_json(const std::vector<const VllmVersion*>& versions) {
  Json list = Json::array();
  for (const VllmVersion* version : versions) {
    list.push_back({{"name", "vllm@" + version->name},
                    {"label", "vLLM " + version->name},
                    {"runtime", "vLLM"},
                    {"measured", false},
                    {"source", version->source}});
  }
  return list;
}

std::string vllm_forms_text(const std::vector<CheckpointForm>& forms, const Terminal& terminal) {
  std::string names;
  for (const CheckpointForm& form : forms) names += (names.empty() ? "" : ", ") + form.row.name;
  const std::string text = fmt::format(
      "vLLM on CUDA and ROCm: blocks, tokens and concurrency of a given cache follow its rules exactly, as do BF16 "
      "weights; other forms differ from checkpoint to checkpoint; activation and CUDA graphs are bands; speeds are not "
      "measured. Forms of checkpoints: {}.",
      names);
  return styled(wrapped(text, terminal.width, ""), Style::kFaint, terminal) + "\n";
}

}  // namespace lfmfit::render
