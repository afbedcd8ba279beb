#include "support/scene.hpp"

namespace test {

const lfmfit::Catalog& shipped() {
  static const lfmfit::Catalog catalog;
  return catalog;
}

lfmfit::Question question_about(const std::string& model, const std::string& device) {
  lfmfit::Question question;
  question.model = &shipped().model(model);
  question.quantization = &shipped().quantization("Q4_K_M");
  question.device = device.empty() ? nullptr : &shipped().device(device);
  question.backend = &shipped().backend(device.empty() ? "cuda" : question.device->backend);
  question.cache = {&shipped().tensor_type("f16"), &shipped().tensor_type("f16")};
  question.speed_constants = &shipped().speed();
  return question;
}

}  // namespace test
