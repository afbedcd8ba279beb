#include "support/answered_bytes.hpp"

namespace test {

std::map<std::string, std::int64_t> answered_bytes(const nlohmann::json& memory) {
  std::map<std::string, std::int64_t> bytes = {{"gpu_weights", 0}, {"gpu_cache", 0}, {"gpu_compute", 0}};
  const auto add = [&](const std::string& place, const nlohmann::json& part) {
    bytes[place + "_weights"] += part.at("weights_bytes").get<std::int64_t>();
    bytes[place + "_cache"] +=
        part.at("kv_cache_bytes").get<std::int64_t>() + part.at("state_bytes").get<std::int64_t>();
    bytes[place + "_compute"] += part.at("compute_bytes").get<std::int64_t>();
  };
  for (const nlohmann::json& gpu : memory.at("gpus")) add("gpu", gpu);
  add("host", memory.at("host"));
  return bytes;
}

}  // namespace test
