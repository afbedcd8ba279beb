#include <cmath>
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

constexpr std::int64_t kGrain = 5300 * 3;  // buffers are printed in hundredths of a MiB, caches as up to three of them

Bytes bytes_at(const Json& row, const char* key) { return Bytes(row.at(key).get<std::int64_t>()); }

bool are_alike(Bytes ours, Bytes printed) { return std::abs((ours - printed).count()) <= kGrain; }

/// What the process takes beside its buffers.
struct Beside {
  Bytes low, value, high;
};

Beside beside(const MemoryLedger& memory) {
  Beside beside;
  for (const MemoryTerm& term : memory.terms) {
    if (term.use != MemoryUse::kDriver || term.place != 0) continue;
    beside.low += term.low;
    beside.value += term.value;
    beside.high += term.high;
  }
  return beside;
}

}  // namespace

// llama.cpp v0.5.0, built for this card alone, on an H100 SXM (driver 580.159.04, CUDA 13.0), each load a process of
// its own that reads a prompt and writes 16 or 24 tokens; files without weights, each matrix of one type, so that what
// they take is left out. Where flash attention is off and the prompt ends before the context, less is in use than could
// be.
TEST_CASE("A process on a real H100 takes the buffers that are told, and what is told beside them") {
  std::ifstream file(test::source_folder() + "/tests/truth/h100.jsonl");
  int rows = 0, close = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    CAPTURE(line);
    const Json row = Json::parse(line);
    const Question question = ask::question_of(ask::read_asked(row.at("request")), test::finder());
    const MemoryLedger memory = estimate(question).memory;
    CHECK(are_alike(memory.sum(MemoryUse::kKvCache, 0), bytes_at(row, "gpu_kv")));
    CHECK(are_alike(memory.sum(MemoryUse::kState, 0), bytes_at(row, "gpu_state")));
    if (row.contains("gpu_compute")) CHECK(are_alike(memory.sum(MemoryUse::kCompute, 0), bytes_at(row, "gpu_compute")));
    CHECK(are_alike(memory.sum(MemoryUse::kCompute, kHost), bytes_at(row, "host_compute")));
    const Bytes process = bytes_at(row, "process"), measured = process - bytes_at(row, "buffers");
    const Beside told = beside(memory);
    CHECK(measured <= told.high);
    CHECK(measured >= told.low);
    const double off = static_cast<double>((told.value - measured).count()) / static_cast<double>(process.count());
    if (std::abs(off) <= 0.03) ++close;
  }
  CHECK(rows == 73);
  CHECK(close >= 0.95 * rows);
}
