#include "app/door.hpp"

#include <utility>

#include "app/fits_request.hpp"
#include "ask/quantization_words.hpp"
#include "cli/command_answer.hpp"
#include "cli/device_plan.hpp"
#include "lfmfit/error.hpp"
#include "render/fits.hpp"
#include "render/json.hpp"
#include "render/lists.hpp"
#include "render/plan.hpp"

namespace lfmfit::app {

namespace {

using render::Json;

template <class Row>
std::vector<const Row*> pointers_to(const std::vector<Row>& rows) {
  std::vector<const Row*> pointers;
  for (const Row& row : rows) pointers.push_back(&row);
  return pointers;
}

/// In what forms a runtime's models are.
template <class Forms>
std::vector<Quantization> rows_of(const Forms& forms) {
  std::vector<Quantization> rows;
  for (const auto& form : forms) rows.push_back(form.row);
  return rows;
}

Json rows_json(const std::vector<Quantization>& rows) { return render::quantizations_json(pointers_to(rows)); }

Json list_of(const std::string& kind, const Catalog& catalog) {
  if (kind == "models") return render::models_json(pointers_to(catalog.models()));
  if (kind == "devices") return render::devices_json(pointers_to(catalog.devices()));
  if (kind == "quants") return rows_json(ask::named_quantizations(catalog));
  if (kind == "backends") return render::backends_json(pointers_to(catalog.backends()));
  if (kind == "vllm") return rows_json(rows_of(catalog.checkpoint_forms()));
  if (kind == "mlx") return rows_json(rows_of(catalog.mlx().forms));
  throw Error(ErrorKind::kBadRequest, "the app has no list of '" + kind + "'");
}

template <class Make>
std::string text_or_error(const Make& make) {
  try {
    return render::json_text(make());
  } catch (const Error& error) {
    return render::json_text(render::error_json(nullptr, error.kind(), error.what()));
  }
}

[[noreturn]] void refuse_overlays() {
  throw Error(ErrorKind::kBadFile,
              "the facts of your own in this file are broken; write it again with `lfmfit app -o FILE`");
}

}  // namespace

// No variables and no machine: a page sees nothing of where it runs.
Door::Door(std::vector<Overlay> overlays)
    : overlays_(std::move(overlays)), catalog_(overlays_), finder_(catalog_, {}), answers_(finder_) {}

std::string Door::answer(const std::string& request) { return answers_.answer(request); }

std::string Door::plan(const std::string& request) {
  return text_or_error([&] {
    const cli::CommandRequest read = cli::read_command_request(Json::parse(request, nullptr, false), finder_);
    return render::plan_json(cli::device_plan(read.asked.asked, std::nullopt, finder_), LFMFIT_VERSION);
  });
}

std::string Door::fits(const std::string& request) {
  return text_or_error([&] {
    const cli::FitsAsked wanted = read_fits_request(Json::parse(request, nullptr, false));
    return render::fits_json(cli::fits_list(wanted, overlays_, finder_), LFMFIT_VERSION);
  });
}

std::string Door::list(const std::string& kind) const {
  return text_or_error([&] { return list_of(kind, catalog_); });
}

std::vector<Overlay> overlays_of(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_array()) refuse_overlays();
  std::vector<Overlay> overlays;
  for (const Json& file : json) {
    const bool is_whole = file.is_object() && file.contains("path") && file["path"].is_string() &&
                          file.contains("text") && file["text"].is_string();
    if (!is_whole) refuse_overlays();
    overlays.push_back({file["path"].get<std::string>(), file["text"].get<std::string>()});
  }
  return overlays;
}

}  // namespace lfmfit::app
