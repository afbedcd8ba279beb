#include "render/placement_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/number_text.hpp"
#include "core/llamacpp/override_text.hpp"
#include "render/figures.hpp"

namespace lfmfit::render {

std::string context_text(const Request& request) {
  const std::string all = grouped(request.context.count()) + " tokens";
  if (request.parallel <= 1) return all;
  return request.kv_unified ? fmt::format("{} ({} slots share them)", all, request.parallel)
                            : fmt::format("{} ({} a slot)", all, grouped(tokens_of_each(request).count()));
}

std::string placing_options(const Request& answered, const Backend& backend) {
  std::vector<std::string> options;
  if (answered.gpu_layers >= 0) options.push_back(fmt::format("-ngl {}", answered.gpu_layers));
  if (!answered.tensor_split.empty()) options.push_back(fmt::format("-ts {}", fmt::join(answered.tensor_split, ",")));
  const std::vector<std::string> overrides = override_texts(answered, backend);
  if (!overrides.empty()) options.push_back(fmt::format("-ot \"{}\"", fmt::join(overrides, ",")));
  if (answered.cpu_moe) {
    options.emplace_back("-cmoe");
  } else if (answered.n_cpu_moe > 0) {
    options.push_back(fmt::format("-ncmoe {}", answered.n_cpu_moe));
  }
  return fmt::format("{}", fmt::join(options, " "));
}

std::string host_text(const Fit& fit) {
  for (const PlaceFit& place : fit.places) {
    if (place.place != kHost && place.place != kPool) continue;
    const bool matters = place.place == kPool ? fit.place == kPool || fit.verdict == Verdict::kPartial
                                              : fit.verdict == Verdict::kPartial || fit.host_wanted || !place.holds();
    if (!matters || fit.places.size() == 1) continue;
    const char* what = place.place == kPool ? "all in one memory" : "host memory";
    if (!place.usable)
      return fmt::format("{}: needs {} of RAM; --ram says what there is", what, gb_text(place.required));
    return fmt::format("{}: {} of {} usable", what, gb_text(place.required), gb_text(*place.usable));
  }
  return "";
}

}  // namespace lfmfit::render
