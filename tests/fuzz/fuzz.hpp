#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// Each fuzz target is one function. With clang's libFuzzer it is driven by the library; without, replay.cpp's main()
// feeds it the files it is given.

/// Reads `data`; an Error is an answer, anything else thrown is a defect.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}
