#include "cli/run.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.hpp"
#include "render/style.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using test::ProgramRun;
using test::words;

namespace {

using Json = nlohmann::ordered_json;

/// A bad command line gives exit code 2, nothing on standard output and one line on standard error.
void check_refused(const ProgramRun& outcome) {
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, StartsWith("lfmfit: "));
  CHECK(outcome.err.find('\n') == outcome.err.size() - 1);
}

}  // namespace

TEST_CASE("bad usage gives exit code 2, one clear line and nothing else") {
  const auto line =
      GENERATE("no-such-model", "--quant Q4_KM", "--context 12q", "--context 0", "--context -1",
               "-c 1000000000000000000000000000000", "--on rtx-4009", "--frobnicate", "check", "check --on", "explain",
               "list", "list cats", "--vendor Matrox", "--sort colour", "--top -1", "--top many", "-np 0", "-ub 0",
               "-b x", "--backend directx", "-ctk q9_9", "--json --csv", "-c fit", "--data /no/such/folder",
               "batch extra", "-fa maybe", "-ngl most", "list models no-such-name", "a b");
  CAPTURE(line);
  check_refused(test::lfmfit(words(line)));
}

TEST_CASE("one device is listed in full, several in a table") {
  const std::string one = test::lfmfit(words("list devices rtx-4090")).out;
  CHECK_THAT(one, Contains("bandwidth") && Contains("1008 GB/s") && Contains("source"));
  CHECK_THAT(test::lfmfit(words("list devices apple-mac-studio-m1-max-64gb")).out, Contains("iogpu.wired_limit_mb"));
  CHECK_THAT(test::lfmfit({"list", "devices", "NVIDIA T4"}).out, Contains("t4: Tesla T4") && !Contains("T400"));
  CHECK_THAT(test::lfmfit({"list", "devices", "rtx 40"}).out, Contains("rtx-4070") && Contains("rtx-4090-laptop"));
}

TEST_CASE("a wrong name gets the near one") {
  CHECK_THAT(test::lfmfit(words("--quant Q4_KM")).err, Contains("Q4_K_M"));
  CHECK_THAT(test::lfmfit(words("--on rtx-4009")).err, Contains("rtx-4090"));
  CHECK_THAT(test::lfmfit(words("LiquidAI/LFM2-1.2B-RGA")).err, Contains("LiquidAI/LFM2-1.2B-RAG"));
}

TEST_CASE("a wrong word gets the command or the option that is near it") {
  CHECK_THAT(test::lfmfit(words("chek lfm2-1.2b --on rtx-4090")).err, Contains("lfmfit check"));
  CHECK_THAT(test::lfmfit(words("expain")).err, Contains("lfmfit explain"));
  CHECK_THAT(test::lfmfit(words("--qant Q4_K_M")).err, Contains("--qant (did you mean --quant?)"));
  CHECK_THAT(test::lfmfit(words("check lfm2-1.2b --contxt=8k")).err, Contains("--contxt=8k (did you mean --context?)"));
  CHECK_THAT(test::lfmfit(words("help chek")).err, Contains("check"));
  CHECK_THAT(test::lfmfit(words("no-such-model")).err, !Contains("command"));
}

TEST_CASE("unexpected arguments are named in their order") {
  CHECK_THAT(test::lfmfit(words("lfm2-1.2b one --zzzz two three")).err, Contains("one, --zzzz, two, three"));
}

TEST_CASE("help of a command tells its own options before those that commands share") {
  for (const char* command : {"check", "explain"}) {
    const std::string help = test::lfmfit({"help", command}).out;
    CAPTURE(command);
    CHECK(help == test::lfmfit({command, "--help"}).out);
    CHECK(help.find("--on") < help.find("--quant"));
    CHECK(help.find("--json") < help.find("--quant"));
  }
  const std::string help = test::lfmfit({"help"}).out;
  CHECK(help == test::lfmfit({"--help"}).out);
  CHECK(help.find("lfmfit check") < help.find("--on"));
  CHECK(help.find("  --all") < help.find("-q,--quant"));
  CHECK(help.find("--verbose") < help.find("-q,--quant"));
}

TEST_CASE("the version and JSON say which state of the catalogue answered") {
  const Json catalog = Json::parse(test::lfmfit(words("--json --on rtx-4090")).out).at("catalog");
  CHECK(catalog.at("hash").get<std::string>().size() == 16);
  CHECK_THAT(test::lfmfit({"--version"}).out,
             Contains(catalog.at("date").get<std::string>()) && Contains(catalog.at("hash").get<std::string>()));
  for (const char* command : {"check", "explain"})
    CHECK(Json::parse(test::lfmfit({command, "--on", "rtx-4090", "--json"}).out).at("catalog") == catalog);
}

TEST_CASE("JSON lists CPUs also where none was asked about") {
  CHECK(Json::parse(test::lfmfit(words("--json --on rtx-4090")).out).at("cpus").empty());
}

TEST_CASE("the longest context for several devices is that of the smallest") {
  const auto context_on = [](std::vector<std::string> devices) {
    std::vector<std::string> line = words("llama-3.1-8b -c fit --json");
    for (std::string& device : devices) line.insert(line.end(), {"--on", std::move(device)});
    return Json::parse(test::lfmfit(line).out).at("request").at("context").get<std::int64_t>();
  };
  const std::int64_t small = context_on({"rtx-3060-12gb"});
  CHECK(small < context_on({"2x rtx-4090"}));
  CHECK(context_on({"rtx-3060-12gb", "2x rtx-4090"}) == small);
  CHECK(context_on({"2x rtx-4090", "rtx-3060-12gb"}) == small);
}

TEST_CASE("tensors are placed by patterns of the command line as by flags") {
  const auto memory_of = [](const char* placing) {
    return Json::parse(test::lfmfit(words(std::string("check lfm2-8b-a1b --on rtx-4090 --json ") + placing)).out)
        .at("memory");
  };
  CHECK(memory_of("-ot exps=CPU") == memory_of("-cmoe"));
  CHECK(memory_of("-ot blk\\.[0-4]\\.ffn_.*_exps=CPU") == memory_of("-ncmoe 5"));
  CHECK(memory_of("-ot output=CUDA0,blk\\.(2|3)\\..*exps=CPU -ot exps=CUDA0") ==
        memory_of("-ot blk\\.[23]\\..*exps=CPU"));
}

TEST_CASE("check answers by its exit code") {
  CHECK(test::lfmfit(words("check --on rtx-4090")).code == 0);
  CHECK(test::lfmfit(words("check llama-3.3-70b --on rtx-3060")).code == 1);
  CHECK(test::lfmfit(words("check llama-3.3-70b --on h200-sxm --on rtx-3060")).code == 1);
  CHECK_THAT(test::lfmfit(words("check --on rtx-4090")).out, Contains("runs great"));
}

TEST_CASE("explain shows the terms behind each total, and they add up") {
  const Json json =
      Json::parse(test::lfmfit(words("explain lfm2-8b-a1b -ncmoe 4 --depth 4096 -c 8k --on rtx-4090 --json")).out);
  const Json& speed = json.at("speed");
  for (const char* terms : {"decode_terms", "prefill_terms"}) CHECK(speed.at(terms).size() > 3);
  double seconds = 0;
  for (const Json& term : speed.at("decode_terms")) seconds += term.at("seconds").get<double>();
  CHECK(1 / seconds == Approx(speed.at("decode_tok_s").get<double>()));
  CHECK_FALSE(Json::parse(test::lfmfit(words("check --on rtx-4090 --json")).out).at("speed").contains("decode_terms"));
  const std::string text = test::lfmfit(words("explain lfm2-8b-a1b -ncmoe 4 --depth 4096 -c 8k --on rtx-4090")).out;
  for (const char* word : {"Host memory, bytes", "host experts", "host layers", "Most of it"})
    CHECK_THAT(text, Contains(word));
}

TEST_CASE("what explain says a change would give is what asking for the change gives") {
  const auto speed_of = [](const std::string& line) { return Json::parse(test::lfmfit(words(line)).out).at("speed"); };
  const auto improvement = [](const Json& improvements, const std::string& change) {
    for (const Json& one : improvements) {
      if (one.at("change").get<std::string>().rfind(change, 0) == 0) return one;
    }
    return Json();
  };
  const std::string scene = "explain lfm2-8b-a1b --depth 16k -c 32k --on rtx-3060 --json";
  const Json speed = speed_of(scene + " -ncmoe 10");
  const Json smaller = improvement(speed_of(scene).at("decode_improvements"), "-q Q3_K_M");
  REQUIRE(smaller.is_object());
  CHECK(smaller.at("tok_s") == speed_of(scene + " -q Q3_K_M").at("decode_tok_s"));
  CHECK_FALSE(smaller.at("hardware").get<bool>());
  const Json on_gpu = improvement(speed.at("decode_improvements"), "all experts on the GPU");
  CHECK(on_gpu.at("tok_s") == speed_of(scene).at("decode_tok_s"));
  CHECK(improvement(speed.at("prefill_improvements"), "-ub 2048").at("tok_s").get<double>() ==
        Approx(speed_of(scene + " -ncmoe 10 -ub 2048").at("prefill_tok_s").get<double>()).epsilon(1e-9));
  double last = 1e9;
  for (const Json& one : speed.at("decode_improvements")) {
    CHECK(one.at("gain").get<double>() >= 0.02);
    CHECK(one.at("gain").get<double>() <= last);
    last = one.at("gain").get<double>();
  }
}

TEST_CASE("explain names what helps a prompt that compute limits: compute, not bandwidth") {
  const Json speed = Json::parse(test::lfmfit(words("explain llama-3.1-8b --on rtx-3060 --json")).out).at("speed");
  CHECK(speed.at("prefill_improvements").at(0).at("change") == "twice the compute");
  CHECK(speed.at("decode_improvements").at(0).at("change") == "twice the memory bandwidth");
  const std::string text = test::lfmfit(words("explain llama-3.1-8b --on rtx-3060")).out;
  CHECK_THAT(text, Contains("-q Q3_K_M (clear loss) would give"));
}

TEST_CASE("explain says what memory a model needs that does not fit, and no speed") {
  const ProgramRun outcome = test::lfmfit(words("explain llama-3.3-70b --gpu-layers all --on rtx-3060"));
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.out, Contains("too big") && Contains("KV cache") && !Contains("milliseconds"));
}

TEST_CASE("help and version are answers") {
  for (const char* line : {"--help", "check --help", "list --help", "batch --help", "-h", "--version"}) {
    const ProgramRun outcome = test::lfmfit(words(line));
    CAPTURE(line);
    CHECK(outcome.code == 0);
    CHECK_FALSE(outcome.out.empty());
    CHECK(outcome.err.empty());
  }
  CHECK_THAT(test::lfmfit({"--version"}).out, StartsWith("lfmfit "));
}

TEST_CASE("llama.cpp's short options of several letters are understood") {
  const Json json =
      Json::parse(test::lfmfit(words("-ctk q8_0 -ctv q8_0 -np 2 -ub 256 -fa on -ngl 99 --json --on rtx-4090")).out);
  CHECK(json["request"]["kv_type_k"] == "q8_0");
  CHECK(json["request"]["kv_type_v"] == "q8_0");
  CHECK(json["request"]["parallel"] == 2);
  CHECK(json["request"]["ubatch"] == 256);
  CHECK(json["request"]["flash_attention"] == "on");
  CHECK(json["request"]["gpu_layers"] == 99);
}

TEST_CASE("the table's figures are those of the JSON") {
  const Json json = Json::parse(test::lfmfit(words("--json --on rtx-3060")).out);
  const std::string text = test::lfmfit(words("--on rtx-3060")).out;
  const double required = json["gpus"][0]["required_bytes"].get<double>() / 1e9;
  std::ostringstream figure;
  figure.precision(2);
  figure << std::fixed << required;
  CHECK_THAT(text, Contains(figure.str()));
}

TEST_CASE("filters and --top choose the devices") {
  const Json of_vendor = Json::parse(test::lfmfit(words("--json --vendor amd")).out)["gpus"];
  const Json of_segment = Json::parse(test::lfmfit(words("--json --segment laptop")).out)["devices"];
  CHECK(of_vendor.size() > 10);
  CHECK(of_segment.size() > 10);
  for (const Json& device : of_vendor) CHECK(device["vendor"] == "AMD");
  for (const Json& device : of_segment) CHECK(device["segment"] == "laptop");
  CHECK(Json::parse(test::lfmfit(words("--json --top 3")).out)["gpus"].size() == 3);
  CHECK(Json::parse(test::lfmfit(words("--json")).out)["gpus"].size() > 200);
}

TEST_CASE("batch answers line by line, in order, and one bad line spoils no other") {
  const std::string input =
      "{\"id\": 1, \"model\": \"LiquidAI/LFM2-1.2B\"}\n"
      "not JSON\n"
      "{\"id\": \"three\", \"model\": \"nobody\"}\n"
      "\n"
      "{\"id\": 4, \"model\": \"LiquidAI/LFM2-1.2B\", \"device\": \"nothing\"}\n" +
      std::string(3'000'000, 'x') +
      "\n"
      "{\"id\": {\"deep\": 1}, \"model\": \"LiquidAI/LFM2-1.2B\", \"contxt\": 1}\n"
      "{\"id\": 7, \"model\": \"LiquidAI/LFM2-1.2B\", \"device\": \"rtx-4090\"}";
  const ProgramRun outcome = test::lfmfit({"batch"}, input);
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  std::istringstream lines(outcome.out);
  std::vector<Json> answers;
  for (std::string line; std::getline(lines, line);) answers.push_back(Json::parse(line));
  REQUIRE(answers.size() == 7);
  CHECK(answers[0]["id"] == 1);
  CHECK(answers[0]["schema"] == "lfmfit.estimate/1");
  CHECK(answers[1]["error"]["kind"] == "bad_request");
  CHECK(answers[2]["id"] == "three");
  CHECK(answers[2]["error"]["kind"] == "unknown_model");
  CHECK(answers[3]["error"]["kind"] == "unknown_device");
  CHECK(answers[4]["error"]["kind"] == "bad_request");
  CHECK(answers[5]["error"]["kind"] == "bad_request");
  CHECK(answers[6]["id"] == 7);
  CHECK(answers[6]["fit"]["verdict"] == "runs great");
  CHECK(answers[6]["speed"]["decode_tok_s"] > 0);
}

TEST_CASE("batch takes no more GPUs than a machine of the device's kind has") {
  const auto answer = [](const std::string& device, int gpus) {
    const Json line = {{"model", "LiquidAI/LFM2-1.2B"}, {"device", device}, {"gpu_count", gpus}};
    return Json::parse(test::lfmfit({"batch"}, line.dump() + "\n").out);
  };
  CHECK_THAT(answer("iphone-15-pro", 64)["error"]["message"].get<std::string>(),
             Catch::Matchers::Contains("several of iPhone 15 Pro") && Catch::Matchers::Contains("are no one machine"));
  CHECK(answer("iphone-15-pro", 1).contains("fit"));
  CHECK(answer("rtx-4090", 8)["memory"]["gpus"].size() == 8);
}

TEST_CASE("a hostile line is an error, not a crash") {
  const std::string deep(500'000, '[');
  const auto line = GENERATE_COPY(as<std::string>{}, deep, "{\"id\":" + deep, std::string("\xff\xfe"),
                                  std::string("{\"model\": \"\\u0000\"}"), std::string("{\"model\": \"\xc3\x28\"}"));
  const ProgramRun outcome = test::lfmfit({"batch"}, line + "\n");
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.out, Contains("\"error\""));
}

TEST_CASE("--data replaces and adds facts; a broken file is refused by name") {
  const test::TemporaryFolder folder;
  folder.write(
      "devices/mine.json",
      R"({"devices":[{"id":"my-card","name":"My Card","vendor":"me","class":"gpu","segment":"consumer","generation":"Ada","backend":"cuda",)"
      R"("memory_gib":48,"bandwidth_gb_s":500,"source":"mine","confidence":"high"}]})");
  CHECK(test::lfmfit({"check", "--on", "my-card", "--data", folder.path()}).code == 0);
  folder.write("broken.json", "{\"devices\": [");
  const ProgramRun outcome = test::lfmfit({"check", "--on", "my-card", "--data", folder.path()});
  check_refused(outcome);
  CHECK_THAT(outcome.err, Contains("broken.json"));
}

TEST_CASE("a command line cannot steer the terminal through an error message") {
  CHECK(test::lfmfit({"\x1b[2J"}).err.find('\x1b') == std::string::npos);
}

TEST_CASE("colour comes only when asked for") {
  CHECK(test::lfmfit(words("--on rtx-4090")).out.find('\x1b') == std::string::npos);
  CHECK(test::lfmfit(words("--on rtx-4090 --color always")).out.find('\x1b') != std::string::npos);
}

TEST_CASE("the report keeps to 80 columns, and uses more where there are") {
  const auto line = GENERATE("", "--quant Q4_K_M --context 128k", "--method page", "--all", "llama-3.3-70b -c 32k");
  CAPTURE(line);
  std::istringstream lines(test::lfmfit(words(line)).out);
  for (std::string text; std::getline(lines, text);) CHECK(lfmfit::render::width_of(text) <= 80);
  CHECK_THAT(test::lfmfit(words("--width 120")).out, Contains("backend"));
}

TEST_CASE("CSV has a field for each column in every line") {
  std::istringstream lines(test::lfmfit(words("--csv --top 5")).out);
  std::string line;
  std::getline(lines, line);
  CHECK_THAT(line, StartsWith("id,model,quantization,context,class,name,"));
  const auto commas = std::count(line.begin(), line.end(), ',');
  int rows = 0;
  for (; std::getline(lines, line); ++rows) {
    if (line.find('"') == std::string::npos) CHECK(std::count(line.begin(), line.end(), ',') == commas);
  }
  CHECK(rows == 15);
}

TEST_CASE("Markdown has a table of quantizations and of devices") {
  const std::string text = test::lfmfit(words("--markdown --on rtx-4090")).out;
  CHECK_THAT(text, StartsWith("# LFM2 1.2B RAG") && Contains("## Quantizations") && Contains("| GeForce RTX 4090 |"));
}

TEST_CASE("--strict says why what fits is a no") {
  for (const char* line : {"check lfm2-1.2b -c 1m --on rtx-4090", "explain lfm2-1.2b -c 1m --on rtx-4090",
                           "lfm2-1.2b -c 1m --on rtx-4090"}) {
    CAPTURE(line);
    CHECK(test::lfmfit(words(line)).code == 0);
    const test::ProgramRun strict = test::lfmfit(words(std::string(line) + " --strict"));
    CHECK(strict.code == 1);
    CHECK_THAT(strict.out, Contains("--strict: there is a warning"));
  }
  CHECK(test::lfmfit(words("check lfm2-1.2b --on rtx-4090 --strict")).code == 0);
}
