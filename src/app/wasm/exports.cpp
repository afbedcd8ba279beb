// What the scripts of the app call. Texts are UTF-8 that ends with a null byte; an answer holds until the next call.
#include <emscripten/emscripten.h>

#include <memory>
#include <string>

#include "app/door.hpp"
#include "lfmfit/error.hpp"
#include "render/json.hpp"

namespace {

std::unique_ptr<lfmfit::app::Door> door;
std::string said;

const char* say(std::string text) {
  said = std::move(text);
  return said.c_str();
}

}  // namespace

extern "C" {

/// Opens the door with the reader's own facts. The answer is empty, or tells in JSON what is wrong with them.
EMSCRIPTEN_KEEPALIVE const char* lfmfit_open(const char* overlays) {
  try {
    door = std::make_unique<lfmfit::app::Door>(lfmfit::app::overlays_of(overlays));
    return say("");
  } catch (const lfmfit::Error& error) {
    return say(lfmfit::render::json_text(lfmfit::render::error_json(nullptr, error.kind(), error.what())));
  }
}

EMSCRIPTEN_KEEPALIVE const char* lfmfit_answer(const char* request) { return say(door->answer(request)); }

EMSCRIPTEN_KEEPALIVE const char* lfmfit_plan(const char* request) { return say(door->plan(request)); }

EMSCRIPTEN_KEEPALIVE const char* lfmfit_fits(const char* request) { return say(door->fits(request)); }

EMSCRIPTEN_KEEPALIVE const char* lfmfit_list(const char* kind) { return say(door->list(kind)); }

}  // extern "C"
