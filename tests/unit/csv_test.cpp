#include "render/csv.hpp"

#include <map>
#include <sstream>

#include "catch.hpp"
#include "support/program.hpp"

namespace {

using Fields = std::vector<std::string>;

/// The fields of a line without quotes.
Fields split(const std::string& line) {
  Fields fields(1);
  for (const char c : line) {
    if (c == ',') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::vector<Fields> lines_of(const std::string& command) {
  std::istringstream text(test::lfmfit(test::words(command)).out);
  std::vector<Fields> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(split(line));
  return lines;
}

TEST_CASE("The columns of CSV are a promise to scripts") {
  const std::vector<Fields> lines = lines_of("--csv --on rtx-4090");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == Fields{"class", "id", "name", "vendor", "segment", "backend", "gpu_count", "memory_bytes",
                           "usable_bytes", "required_bytes", "headroom_bytes", "verdict", "decode_tok_s",
                           "decode_low_tok_s", "decode_high_tok_s", "prefill_tok_s", "bandwidth_gb_s",
                           "decode_half_context_tok_s", "decode_full_context_tok_s", "host_required_bytes",
                           "host_usable_bytes", "gpu_layers", "n_cpu_moe"});
}

TEST_CASE("Each line of CSV has every column, and its figures agree") {
  const std::vector<Fields> lines = lines_of("llama-3.1-8b --csv --on rtx-4090 --on rtx-3060 --on gt-1030");
  REQUIRE(lines.size() == 4);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    REQUIRE(lines[i].size() == lines[0].size());
    std::map<std::string, std::string> row;
    for (std::size_t c = 0; c < lines[0].size(); ++c) row[lines[0][c]] = lines[i][c];
    CAPTURE(row["id"]);
    const auto number = [&](const char* column) { return std::stoll(row[column]); };
    CHECK(number("headroom_bytes") == number("usable_bytes") - number("required_bytes"));
    const bool fits = number("headroom_bytes") >= 0;
    CHECK((row["verdict"] != "too big") == fits);
    CHECK(row["decode_tok_s"].empty() == !fits);
    if (!fits) continue;
    CHECK(std::stod(row["decode_low_tok_s"]) < std::stod(row["decode_tok_s"]));
    CHECK(std::stod(row["decode_tok_s"]) < std::stod(row["decode_high_tok_s"]));
    CHECK(std::stod(row["decode_full_context_tok_s"]) < std::stod(row["decode_half_context_tok_s"]));
  }
}

}  // namespace
