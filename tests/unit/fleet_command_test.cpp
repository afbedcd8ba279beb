#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.hpp"
#include "support/program.hpp"
#include "support/source_folder.hpp"
#include "support/temporary_folder.hpp"

using Catch::Matchers::Contains;
using test::ProgramRun;

namespace {

using Json = nlohmann::ordered_json;

const std::string kFolder = test::source_folder() + "/tests/fixtures/fleet/";

ProgramRun fleet(const std::string& inventory, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"fleet", "LFM2-8B-A1B", "--inventory", kFolder + inventory});
  return test::lfmfit(more);
}

Json json_of(const std::string& inventory, std::vector<std::string> more = {}) {
  more.emplace_back("--json");
  const ProgramRun outcome = fleet(inventory, more);
  INFO(outcome.err);
  REQUIRE(outcome.code != 2);
  return Json::parse(outcome.out);
}

Json pool_called(const Json& answer, const std::string& name) {
  for (const Json& pool : answer["pools"]) {
    if (pool["name"].get<std::string>().find(name) != std::string::npos) return pool;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("a cluster's nodes are answered pool by pool, and what is not used is named") {
  const ProgramRun outcome = fleet("nodes.json", {"--inventory", kFolder + "pods.json", "--users", "200",
                                                  "--context-each", "8k", "--min-speed", "20"});
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.out, Contains("H100") && Contains("3g.40gb") && Contains("MPS 1/2"));
  CHECK_THAT(outcome.out, Contains("cordoned: NVIDIA-H100-80GB-HBM3: cordoned"));
  CHECK_THAT(outcome.out, Contains("strange: NVIDIA-Z900-1TB: no device is called"));
  CHECK_THAT(outcome.out, Contains("wrong: NVIDIA-H100-80GB-HBM3: the inventory says 40.0 GiB"));
  CHECK_THAT(outcome.out, Contains("plain: no GPU"));
}

TEST_CASE("a part of a GPU has its own memory and its share of the bandwidth") {
  const Json answer = json_of("nodes.json");
  const Json part = pool_called(answer, "3g.40gb"), whole = pool_called(answer, "H100");
  CHECK(part["memory_bytes"] == std::int64_t{40192} << 20);
  CHECK(part["part_of_a_gpu"] == true);
  CHECK(part["usable_bytes"] <= part["memory_bytes"]);
  CHECK(whole["device"] == "h100-sxm");
}

TEST_CASE("a type that may be several GPUs is asked for, and taken where it is named") {
  const Json unnamed = json_of("slurm.json");
  CHECK_THAT(unnamed["not_used"].dump(), Contains("gpu03: a100") && Contains("--gpu"));
  const Json named = json_of("slurm.json", {"--gpu", "a100=a100-sxm-40gb"});
  CHECK(pool_called(named, "A100")["slots"] == 2);
  CHECK(fleet("slurm.json", {"--gpu", "a100"}).code == 2);
}

TEST_CASE("a GPU that is partly used is answered with what is free") {
  const Json answer = json_of("smi.xml");
  REQUIRE(answer["pools"].size() == 2);
  std::int64_t least = std::int64_t{1} << 60;
  for (const Json& pool : answer["pools"]) least = std::min(least, pool["usable_bytes"].get<std::int64_t>());
  CHECK(least == std::int64_t{6000} << 20);
}

TEST_CASE("the exit code says whether there is room for all users") {
  CHECK(fleet("hosts.csv", {"--users", "2"}).code == 0);
  CHECK(fleet("hosts.csv", {"--users", "100000"}).code == 1);
  CHECK(fleet("hosts.csv", {"--users", "0"}).code == 2);
  CHECK(fleet("hosts.csv", {"--context-each", "fit"}).code == 2);
  CHECK(fleet("hosts.csv", {"--runtime", "tgi"}).code == 2);
  CHECK(fleet("none.json").code == 2);
}

TEST_CASE("a manifest asks for what the answer says, with its flags") {
  const Json answer = json_of("nodes.json", {"--users", "40", "--context-each", "8k"});
  const Json placement = answer["models"][0]["placements"][0];
  const std::string yaml = fleet("nodes.json", {"--users", "40", "--context-each", "8k", "--emit", "kubernetes"}).out;
  CHECK_THAT(yaml, Contains("kind: Deployment") && Contains("kind: Service"));
  CHECK_THAT(yaml, Contains("replicas: " + placement["replicas"].dump()));
  CHECK_THAT(yaml, Contains("- \"--ctx-size\"\n") || Contains("- --ctx-size\n"));
  const std::int64_t context = 8192 * placement["users_each"].get<std::int64_t>();
  CHECK_THAT(yaml, Contains("\"" + std::to_string(context) + "\""));
}

TEST_CASE("vLLM's replicas share the GPUs of one node and hold all their users at once") {
  const std::vector<std::string> model = {"llama-3.3-70b", "-q", "BF16", "--runtime", "vllm"};
  std::vector<std::string> args = {"fleet",          "--inventory", kFolder + "nodes.json", "--users", "20",
                                   "--context-each", "8k"};
  args.insert(args.begin() + 1, model.begin(), model.end());
  std::vector<std::string> as_yaml = args;
  args.emplace_back("--json");
  Json on_h100;
  const Json answer = Json::parse(test::lfmfit(args).out);
  for (const Json& pool : answer["models"][0]["pools"]) {
    const std::string name = pool["pool"];
    if (name.find("g.") != std::string::npos) CHECK(pool["runs"] == false);  // of a card that could, a part cannot
    if (name.find("H100") == 0) on_h100 = pool;
  }
  REQUIRE(on_h100["runs"] == true);
  CHECK(on_h100["gpus_each"] == 2);
  std::vector<std::string> check = {
      "check",           "--on", "2x h100-sxm",    "--tensor-parallel-size",     "2",
      "--max-model-len", "8k",   "--max-num-seqs", on_h100["users_each"].dump(), "--json"};
  check.insert(check.begin() + 1, model.begin(), model.end());
  const Json alone = Json::parse(test::lfmfit(check).out);
  CHECK(alone["vllm"]["kv_cache_tokens_low"] >= 8192 * on_h100["users_each"].get<std::int64_t>());
  CHECK(alone["fit"]["required_bytes"] == on_h100["fit"]["required_bytes"]);
  as_yaml.insert(as_yaml.end(), {"--emit", "kubernetes"});
  CHECK_THAT(test::lfmfit(as_yaml).out, Contains("vllm") && Contains("--tensor-parallel-size") && Contains("/dev/shm"));
}

TEST_CASE("vLLM's share of a part is a share of the part, and of a GPU in use it must be free") {
  const auto pools = [](const std::string& inventory) {
    return Json::parse(
        test::lfmfit({"fleet", "lfm2-1.2b", "--runtime", "vllm", "--inventory", kFolder + inventory, "--json"})
            .out)["models"][0]["pools"];
  };
  for (const Json& pool : pools("nodes.json")) {
    if (pool["pool"].get<std::string>().find("3g.40gb") == std::string::npos) continue;
    CHECK(pool["runs"] == true);
    CHECK(pool["fit"]["usable_bytes"] < std::int64_t{40192} << 20);
  }
  std::size_t in_use = 0;
  for (const Json& pool : pools("smi.xml")) {
    if (pool["runs"] == false) ++in_use;
  }
  CHECK(in_use == 1);
}

TEST_CASE("claims select by driver, product and memory, and look before they read") {
  const std::string yaml = fleet("slices.json", {"--users", "600", "--emit", "kubernetes"}).out;
  CHECK_THAT(yaml, Contains("kind: ResourceClaimTemplate") && Contains("resourceClaimTemplateName"));
  CHECK_THAT(yaml, Contains("'memory' in device.capacity"));
}

TEST_CASE("scripts and compose files are written to a folder, one each") {
  const test::TemporaryFolder folder;
  CHECK(fleet("hosts.csv", {"--users", "60", "--emit", "compose", "-o", folder.path()}).code == 0);
  CHECK(std::ifstream(folder.file("compose.ws-07.yaml")).good());
  CHECK(fleet("slurm.json", {"--emit", "slurm", "-o", folder.path()}).code == 0);
  CHECK(std::ifstream(folder.file("lfm2-8b-a1b.sbatch")).good());
  CHECK(fleet("slurm.json", {"-o", folder.path()}).code == 2);
}

TEST_CASE("hostile names stay in their places in every manifest") {
  const test::TemporaryFolder folder;
  const std::string path =
      folder.write("evil.csv", "name,device,count\n\"x y: {z} #\",rtx-4090,1\n\"$(reboot)`;&\",rtx-4090,1\n");
  for (const char* form : {"kubernetes", "kserve", "slurm", "compose"}) {
    const ProgramRun outcome =
        test::lfmfit({"fleet", "lfm2-1.2b", "--inventory", path, "--emit", form, "-o", folder.path() + "/out"});
    CAPTURE(form, outcome.err);
    CHECK(outcome.code != 1);
  }
}
