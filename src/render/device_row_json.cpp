#include "render/device_row_json.hpp"

#include "core/llamacpp/override_text.hpp"
#include "render/json_words.hpp"

namespace lfmfit::render {

Json device_row_json(const DeviceRow& row) {
  Json json = device_json(*row.device);
  json["backend"] = row.backend->name;
  json.update(fit_json(row.fit));
  if (row.fit.verdict == Verdict::kPartial) {
    if (row.request->gpu_layers >= 0) json["gpu_layers"] = row.request->gpu_layers;
    if (row.expert_layers_on_host > 0) json["n_cpu_moe"] = row.expert_layers_on_host;
    const std::vector<std::string> overrides = override_texts(*row.request, *row.backend);
    if (!overrides.empty()) json["override_tensor"] = overrides;
  }
  json.update(speed_json(row.speed));
  return json;
}

DeviceRow device_row_of(const Question& question, const Estimate& answer) {
  return {question.device, question.backend, *answer.fit,
          answer.speed,    answer.request,   answer.memory.expert_layers_on_host};
}

}  // namespace lfmfit::render
