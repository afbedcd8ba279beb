#pragma once

#include <string>

#include "lfmfit/catalog.hpp"
#include "lfmfit/estimate.hpp"

namespace test {

/// The facts lfmfit ships, read once.
const lfmfit::Catalog& shipped();

/// The question what `model` needs at Q4_K_M and 4,096 tokens on `device` ("": on no device, with CUDA).
lfmfit::Question question_about(const std::string& model, const std::string& device = "");

}  // namespace test
