#include <cmath>
#include <iostream>
#include <lfmfit/lfmfit.hpp>

int main() {
  const lfmfit::Catalog catalog;
  lfmfit::Question question;
  question.model = &catalog.model("lfm2-1.2b");
  question.quantization = &catalog.quantization("Q4_K_M");
  question.device = &catalog.device("rtx-3060");
  question.backend = &catalog.backend(question.device->backend);
  question.cache = {&catalog.tensor_type("f16"), &catalog.tensor_type("f16")};
  question.speed_constants = &catalog.speed();
  const lfmfit::Estimate answer = lfmfit::estimate(question);
  std::cout << lfmfit::name_of(answer.fit->verdict) << ": " << answer.fit->required.count() << " of "
            << answer.fit->usable.count() << " bytes, " << std::lround(answer.speed->decode.value.value())
            << " tokens/s\n";
}
