#include <cstdlib>
#include <fstream>
#include <string>

#include "ask/asked_json.hpp"
#include "ask/question.hpp"
#include "catch.hpp"
#include "lfmfit/estimate.hpp"
#include "support/reader_facts.hpp"
#include "support/source_folder.hpp"

using namespace lfmfit;

namespace {

using Json = nlohmann::ordered_json;

int place_called(const std::string& name) { return name == "host" ? kHost : std::stoi(name.substr(3)); }

Bytes sum_called(const MemoryLedger& ledger, const std::string& use, int place) {
  Bytes bytes;
  for (const MemoryTerm& term : ledger.terms) {
    if (name_of(term.use) == use && term.place == place) bytes += term.value;
  }
  return bytes;
}

}  // namespace

// Rows are what `lfmfit audit LOG --save` writes of a log whose file is a plain one; in public_logs.jsonl with what was
// asked for alone, and the buffers that do not go by who made the file.
TEST_CASE("Buffers that public load logs name are allocated to the digit") {
  const std::string name = GENERATE(std::string("load_logs.jsonl"), std::string("public_logs.jsonl"));
  std::ifstream file(test::source_folder() + "/tests/truth/" + name);
  int terms = 0;
  for (std::string line; std::getline(file, line);) {
    const Json row = Json::parse(line);
    CAPTURE(row.at("request").dump());
    const Question question = ask::question_of(ask::read_asked(row.at("request")), test::finder());
    const Estimate answer = estimate(question);
    for (const Json& term : row.at("measured")) {
      CAPTURE(term.dump());
      const Bytes ours = sum_called(answer.memory, term.at("use"), place_called(term.at("place")));
      const std::int64_t off = std::abs(ours.count() - term.at("bytes").get<std::int64_t>());
      CHECK(off <= row.at("grain_bytes").get<std::int64_t>() * term.at("buffers").get<std::int64_t>());
      ++terms;
    }
  }
  CHECK(terms > 20);
}
