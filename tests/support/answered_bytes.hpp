#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace test {

/// Bytes by place and use of the `memory` of an answer, GPUs together: "gpu_weights", "host_compute", ...
std::map<std::string, std::int64_t> answered_bytes(const nlohmann::json& memory);

}  // namespace test
