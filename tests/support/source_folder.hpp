#pragma once

#include <string>

namespace test {

/// The root of the sources, for tests that read data/, src/ or tests/ itself.
std::string source_folder();

}  // namespace test
