#include "lfmfit/audit.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.hpp"
#include "support/program.hpp"
#include "support/source_folder.hpp"
#include "support/temporary_folder.hpp"

using Catch::Matchers::Contains;

namespace {

using Json = nlohmann::ordered_json;

std::string fixture(const std::string& name) { return test::source_folder() + "/tests/fixtures/logs/" + name; }

Json audited(const std::string& name, std::vector<std::string> more = {}) {
  std::vector<std::string> args = {"audit", fixture(name), "--json"};
  args.insert(args.end(), more.begin(), more.end());
  const test::ProgramRun outcome = test::lfmfit(args);
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  return Json::parse(outcome.out);
}

Json term(const Json& audit, const std::string& place, const std::string& use) {
  for (const Json& one : audit.at("terms")) {
    if (one.at("place") == place && one.at("use") == use) return one;
  }
  FAIL("no term " + place + " " + use);
  return {};
}

bool all_equal(const Json& audit) {
  for (const Json& one : audit.at("terms")) {
    if (!one.at("equal")) return false;
  }
  return !audit.at("terms").empty();
}

}  // namespace

TEST_CASE("logs of plain files are met to the digit, by the release that their build is of") {
  const Json cuda = audited("qwen3-4b-cuda.log");
  CAPTURE(cuda.dump(1));
  CHECK(cuda.at("schema") == "lfmfit.audit/1");
  CHECK(cuda.at("model") == "Qwen/Qwen3-4B");
  CHECK(cuda["request"].at("quantization") == "Q4_K_M");
  CHECK(cuda["request"].at("device") == "rtx-3060-12gb");
  CHECK(all_equal(cuda));
  const Json vulkan = audited("lfm2.5-2.6b-vulkan.log");
  CAPTURE(vulkan.dump(1));
  CHECK(vulkan["request"].at("runtime") == "llama.cpp v0.5.0");
  CHECK(vulkan["request"].at("kv_type_k") == "q8_0");
  CHECK(all_equal(vulkan));
  const Json cpu = audited("ministral-3b-cpu.log");
  CAPTURE(cpu.dump(1));
  CHECK(cpu["request"].at("backend") == "cpu");
  CHECK(all_equal(cpu));
}

TEST_CASE("tokens drafted ahead are seen by the states, and a publisher's mix is told as a cause") {
  const Json mtp = audited("qwen3.8-27b-mtp-rocm.log");
  CAPTURE(mtp.dump(1));
  CHECK(mtp["request"].at("speculative").at("max") == 12);
  CHECK(term(mtp, "gpu0", "KV cache").at("equal") == true);
  CHECK(term(mtp, "gpu0", "state").at("equal") == true);
  CHECK_THAT(term(mtp, "gpu0", "weights").at("cause").get<std::string>(), Contains("own mix"));
  CHECK_THAT(mtp.at("notes").dump(), Contains("--draft-max 12"));
}

TEST_CASE("after running out of memory an audit says what was asked and what there was") {
  const Json json = audited("out-of-memory.log");
  CHECK(json.at("out_of_memory").at("asked_bytes") == 9663676416);
  CHECK(json["out_of_memory"].at("free_at_start_bytes") == 11203LL << 20);
  CHECK(json["out_of_memory"].at("use") == "KV cache");
  CHECK(json.at("fit").at("verdict") == "too big");
  CHECK_FALSE(json.at("changes").empty());
  const test::ProgramRun text = test::lfmfit({"audit", fixture("out-of-memory.log")});
  CHECK_THAT(text.out, Contains("it fits, cheapest first, with"));
  CHECK_THAT(text.out, Contains("out of memory on GPU: 9216.00 MiB were asked for, KV cache"));
}

TEST_CASE("a log that names no known model asks for it") {
  const std::string log = "load_tensors:        CUDA0 model buffer size =   594.20 MiB\n";
  const test::ProgramRun none = test::lfmfit({"audit", "-"}, log);
  CHECK(none.code == 2);
  CHECK_THAT(none.err, Contains("--model"));
  CHECK(test::lfmfit({"audit", "-", "--model", "lfm2-1.2b"}, log).code == 0);
  CHECK(test::lfmfit({"audit", "/no/such/log"}).code == 2);
}

TEST_CASE("tensors that a log says were put elsewhere are counted there, and odd names are left out") {
  std::string log = "print_info: general.name = Qwen3 30B A3B\nprint_info: file type = Q4_K - Medium\n";
  for (const char* name : {"blk.0.ffn_up_exps.weight", "blk.0.ffn_up_exps.weight", "(a*)*(b*)*$"})
    log += std::string("tensor ") + name + " (100 MiB q4_K) buffer type overridden to CPU\n";
  log += "load_tensors: offloaded 49/49 layers to GPU\nload_tensors: CUDA0 model buffer size = 17000.00 MiB\n";
  const test::ProgramRun outcome = test::lfmfit({"audit", "-", "--json", "--model", "qwen3-30b-a3b"}, log);
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  const Json overrides = Json::parse(outcome.out).at("request").at("override_tensor");
  CHECK(overrides == Json{"blk\\.0\\.ffn_up_exps\\.weight=CPU"});
}

TEST_CASE("vLLM's figures stand beside its log's") {
  const Json json = audited("vllm.log", {"--on", "l40s"});
  CAPTURE(json.dump(1));
  CHECK(json.at("kv_cache_tokens").at("measured") == 75824);
  const Json weights = term(json, "gpu0", "weights");
  CHECK(weights.at("lfmfit_bytes").get<double>() == Approx(weights.at("measured_bytes").get<double>()).epsilon(0.002));
  CHECK(audited("vllm-refuses.log", {"--on", "l40s"}).at("out_of_memory").at("use") == "KV cache");
}

TEST_CASE("an audit is saved as a row that the truth can take") {
  const test::TemporaryFolder folder;
  const std::string file = folder.path() + "/rows.jsonl";
  audited("qwen3-4b-cuda.log", {"--save", file});
  audited("lfm2.5-2.6b-vulkan.log", {"--save", file});
  std::ifstream saved(file);
  std::string line;
  int rows = 0;
  for (; std::getline(saved, line); ++rows) CHECK(Json::parse(line).at("measured").size() >= 5);
  CHECK(rows == 2);
  CHECK(test::lfmfit({"audit", fixture("vllm.log"), "--on", "l40s", "--save", "/no/such/folder/x"}).code == 2);
}

TEST_CASE("a log that was cut to its buffers is read as far as they tell") {
  const test::TemporaryFolder folder;
  const std::string log =
      folder.write("cut.log",
                   "llama_context: Vulkan_Host  output buffer size =     4.00 MiB\n"
                   "llama_kv_cache:    Vulkan0 KV buffer size =   128.00 MiB\n"
                   "llama_kv_cache:    Vulkan0 KV buffer size =  1920.00 MiB\n"
                   "sched_reserve:    Vulkan0 compute buffer size =   541.07 MiB\n"
                   "sched_reserve: Vulkan_Host compute buffer size =   116.08 MiB\n"
                   "srv load_model: initializing, n_slots = 4, n_ctx_slot = 8192, kv_unified = 'true'\n");
  const test::ProgramRun unnamed = test::lfmfit({"audit", log});
  CHECK(unnamed.code == 2);
  CHECK_THAT(unnamed.err, Contains("names no model; name it behind the log"));
  const test::ProgramRun named = test::lfmfit({"audit", log, "google/gemma-4-12B-it", "-ub", "2048", "--json"});
  REQUIRE(named.code == 0);
  const Json audit = Json::parse(named.out);
  CHECK(audit.at("request").at("context") == 8192);
  CHECK(audit.at("request").at("parallel") == 4);
  CHECK(audit.at("request").at("kv_unified") == true);
  CHECK(term(audit, "gpu0", "KV cache").at("equal") == true);
  CHECK(term(audit, "host", "output").at("equal") == true);
}
