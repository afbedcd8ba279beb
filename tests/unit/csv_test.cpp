#include "render/csv.hpp"

#include <algorithm>
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

std::vector<Fields> csv_of(const std::string& command) {
  std::istringstream text(test::lfmfit(test::words(command)).out);
  std::vector<Fields> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(split(line));
  return lines;
}

TEST_CASE("The columns of CSV are a promise to scripts") {
  const std::vector<Fields> lines = csv_of("--csv --on rtx-4090");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == Fields{"id",
                           "model",
                           "quantization",
                           "context",
                           "class",
                           "name",
                           "vendor",
                           "segment",
                           "backend",
                           "gpu_count",
                           "memory_bytes",
                           "usable_bytes",
                           "required_bytes",
                           "headroom_bytes",
                           "verdict",
                           "decode_tok_s",
                           "decode_low_tok_s",
                           "decode_high_tok_s",
                           "prefill_tok_s",
                           "measured",
                           "bandwidth_gb_s",
                           "decode_half_context_tok_s",
                           "decode_full_context_tok_s",
                           "host_required_bytes",
                           "host_usable_bytes",
                           "gpu_layers",
                           "n_cpu_moe"});
}

TEST_CASE("Each line of CSV has every column, and its figures agree") {
  const std::vector<Fields> lines = csv_of("llama-3.1-8b --csv --on rtx-4090 --on rtx-3060 --on gt-1030");
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

TEST_CASE("check prints the line of CSV that the report has for the device") {
  const std::string asked = " llama-3.1-8b -q Q5_K_M -c 16k --csv --on rtx-3060 --on apple-mac-mini-m4-16gb";
  CHECK(csv_of("check" + asked) == csv_of(asked));
  const std::vector<Fields> lines = csv_of("check" + asked);
  REQUIRE(lines.size() == 3);
  CHECK(Fields(lines[1].begin(), lines[1].begin() + 4) ==
        Fields{"rtx-3060-12gb", "meta-llama/Llama-3.1-8B-Instruct", "Q5_K_M", "16384"});
  CHECK(test::lfmfit(test::words("check --csv --json --on rtx-4090")).code == 2);
}

TEST_CASE("Lists are CSV too, ids first, without the word null") {
  for (const char* kind : {"models", "devices", "quants", "runtimes", "architectures"}) {
    CAPTURE(kind);
    const std::string csv = test::lfmfit({"list", kind, "--csv"}).out;
    const std::string first = csv.substr(0, csv.find(','));
    CHECK((first == "id" || first == "name"));
    CHECK(csv.find("null") == std::string::npos);
    CHECK(std::count(csv.begin(), csv.end(), '\n') > 3);
  }
  CHECK(test::lfmfit(test::words("--csv")).out.find("null") == std::string::npos);
}

TEST_CASE("What a spreadsheet would take for a formula has a quote in front") {
  using lfmfit::render::Json;
  const Json rows = Json::array({{{"id", "=1+1"}, {"sizes", {{"low", 1}}}}, {{"id", "@x,y"}, {"other", nullptr}}});
  CHECK(lfmfit::render::list_csv(rows) == "id,sizes.low,other\n'=1+1,1,\n\"'@x,y\",,\n");
  CHECK(lfmfit::render::list_csv(Json::array({{{"a", -1}, {"b", {"-x", "y"}}}})) == "a,b\n-1,'-x y\n");
}

}  // namespace
