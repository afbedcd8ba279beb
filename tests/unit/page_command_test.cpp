#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "catch.hpp"
#include "render/json.hpp"
#include "support/model_gguf.hpp"
#include "support/program.hpp"
#include "support/scene.hpp"
#include "support/source_folder.hpp"
#include "support/temporary_folder.hpp"

using Catch::Matchers::Contains;
using lfmfit::render::Json;

namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return (std::stringstream() << file.rdbuf()).str();
}

/// The data within a page.
Json data_of(const std::string& html) {
  const std::string start = "<script type=\"application/json\" id=\"data\">";
  const std::size_t begin = html.find(start) + start.size();
  return Json::parse(html.substr(begin, html.find("</script>", begin) - begin));
}

}  // namespace

TEST_CASE("a page is one file that asks for nothing beside it", "[every device]") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("new/lfm2.html");
  REQUIRE(test::lfmfit({"page", "-c", "128k", "-o", path}).code == 0);
  const std::string html = text_of(path);
  CHECK(html.size() < 900'000);
  CHECK_THAT(html, Contains("<title>LFM2 1.2B RAG: hardware requirements</title>"));
  CHECK_THAT(html, !Contains("http://") || Contains("http://www.w3.org/2000/svg"));
  CHECK_THAT(html, !Contains("href=\"https://") && !Contains("<link rel=\"stylesheet") && !Contains(" src="));
  const Json data = data_of(html);
  CHECK(data.at("schema") == "lfmfit.page/1");
  CHECK(data.at("choices").at("contexts").at(data.at("initial").at("context").get<std::size_t>()) == 128000);
  CHECK(!std::filesystem::exists(path + ".unfinished"));
}

TEST_CASE("a page says again what it was asked with, but for its state", "[every device]") {
  const test::ProgramRun outcome =
      test::lfmfit({"page", "--backend", "vulkan", "-ub", "256", "--with-mmproj", "--like", "server", "-c", "8k", "-q",
                    "Q8_0", "qwen2.5-vl-7b", "--no-mmap", "-o", "-"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const Json data = data_of(outcome.out);
  const Json& words = data.at("words");
  CHECK(words.at("model") == "Qwen/Qwen2.5-VL-7B-Instruct");
  const Json lfmfit = words.at("lfmfit"), server = words.at("server");
  CHECK(lfmfit.size() == 6);
  for (const char* word : {"--backend", "vulkan", "--ubatch-size", "256", "--with-mmproj", "--no-mmap"})
    CHECK(std::find(lfmfit.begin(), lfmfit.end(), word) != lfmfit.end());
  CHECK(server == Json({"--mmproj", "mmproj.gguf", "--no-mmap"}));
  CHECK(data.at("request").at("kv_unified") == true);
  CHECK_THAT(data.at("beside").get<std::string>(), Contains("mmproj"));
  CHECK(data.at("backends").at(data.at("reference").get<std::size_t>()).at("name") == "vulkan");
  const Json& columns = data.at("devices").at("columns");
  const auto id = static_cast<std::size_t>(std::find(columns.begin(), columns.end(), "id") - columns.begin());
  for (const Json& row : data.at("devices").at("rows")) CHECK_FALSE(row.at(id) == "ryzen-9-9950x");  // has no GPU
}

TEST_CASE("a page of a file names the file", "[every device]") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("my model.gguf");
  test::gguf_of(test::shipped().model("LiquidAI/LFM2-350M"), &test::shipped().quantization("Q8_0")).write_sparse(path);
  const test::ProgramRun outcome = test::lfmfit({"page", path, "-o", "-"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const Json words = data_of(outcome.out).at("words");
  CHECK(words.at("file") == path);
  CHECK(words.at("model") == path);
  CHECK(words.at("published") == false);
}

TEST_CASE("a page answers without a script", "[every device]") {
  const test::ProgramRun outcome = test::lfmfit({"page", "lfm2-350m", "-c", "max", "-o", "-"});
  const std::string plain = outcome.out.substr(0, outcome.out.find("<div id=\"page\""));
  CHECK_THAT(plain, Contains("<td>") && Contains("Q4_K_M") && Contains("GeForce RTX") && Contains("How much VRAM"));
  CHECK_THAT(plain, Contains("<meta property=\"og:title\" content=\"LFM2 350M: hardware requirements\">"));
}

TEST_CASE("the same page can be written to standard output", "[every device]") {
  const test::ProgramRun outcome = test::lfmfit({"page", "lfm2-350m", "-o", "-"});
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.out,
             Catch::Matchers::StartsWith("<!DOCTYPE html>") || Catch::Matchers::StartsWith("<!doctype html>"));
}

TEST_CASE("what a page cannot show is refused before anything is written", "[every device]") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("a.html");
  const auto refuses = [&](std::vector<std::string> args, const std::string& why) {
    args.insert(args.begin(), {"page", "-o", path});
    const test::ProgramRun outcome = test::lfmfit(args);
    CHECK(outcome.code == 2);
    CHECK_THAT(outcome.err, Contains(why));
    CHECK(!std::filesystem::exists(path));
  };
  refuses({"-ngl", "3"}, "options of placement");
  refuses({"--method", "page"}, "leave out --method");
  refuses({"-c", "fit"}, "of no device in particular");
  refuses({"no-such-model"}, "no-such-model");
  refuses({"--runtime", "vllm", "--all"}, "a site is about llama.cpp");
  refuses({"--runtime", "vllm", "--max-model-len", "auto"}, "of no device in particular");
  refuses({"--runtime", "vllm", "-ctk", "q8_0"}, "llama.cpp");
  refuses({"--runtime", "mlx", "-c", "fit"}, "of no device in particular");
  refuses({"--spec-type", "draft-mtp"}, "no layer that predicts");
  refuses({"--like", "nonesuch"}, "--like knows");
  refuses({"--like", "ollama"}, "of no device in particular");
  CHECK_THAT(test::lfmfit({"page", "-o", "-", "--open"}).err, Contains("need a path"));
  CHECK_THAT(test::lfmfit({"page"}).err, Contains("--output"));
  CHECK_THAT(test::lfmfit({"page", "-o", folder.file(".")}).err, Contains("is a folder"));
}

namespace {

/// The figure `column` of a sheet, of `device` where the choices stand at `chosen`; null: there is none.
Json figure_of(const Json& data, const std::string& device, const std::vector<std::size_t>& chosen,
               const std::string& column) {
  const Json& devices = data.at("devices");
  const auto place = [](const Json& list, const std::string& text) {
    return static_cast<std::size_t>(std::find(list.begin(), list.end(), text) - list.begin());
  };
  const std::size_t id = place(devices.at("columns"), "id");
  std::size_t row = 0, states = 1, state = 0;
  while (devices.at("rows").at(row).at(id) != device) ++row;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const std::size_t count = data.at("choices").at(i).at("values").size();
    states *= count;
    state = state * count + chosen[i];
  }
  const Json& cell = data.at("cells").at(row * states + state);
  std::size_t group = 0;
  for (const auto& [name, table] : data.at("figures").items()) {
    const std::size_t at = place(table.at("columns"), column);
    if (at < table.at("columns").size()) return table.at("rows").at(cell.at(group).get<std::size_t>()).at(at);
    ++group;
  }
  throw std::out_of_range(column);
}

}  // namespace

TEST_CASE("a page about vLLM holds what is answered in each of its states", "[every device]") {
  const test::ProgramRun outcome = test::lfmfit({"page", "lfm2-1.2b", "--runtime", "vllm", "--backend", "rocm",
                                                 "--max-num-seqs", "64", "--max-model-len", "8k", "-o", "-"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(outcome.out.size() < 2'500'000);
  const Json data = data_of(outcome.out);
  CHECK(data.at("schema") == "lfmfit.sheet/1");
  CHECK(data.at("runtime") == "vllm");
  CHECK(data.at("words").at("lfmfit").size() == 6);
  CHECK(data.at("choices").at(0).at("values").at(0) == "BF16");
  const Json& lengths = data.at("choices").at(1);
  CHECK(lengths.at("key") == "max_model_len");
  CHECK(lengths.at("values").at(lengths.at("first").get<std::size_t>()) == 8192);
  CHECK_THAT(outcome.out, Contains("vllm serve LiquidAI/LFM2-1.2B --max-model-len 8192"));
  for (const std::size_t gpus : {0U, 1U}) {
    const std::string device = gpus == 0 ? "rx-7900-xtx" : "2x rx-7900-xtx";
    const Json length = lengths.at("values").at(1);
    const Json request = {{"model", "lfm2-1.2b"},     {"runtime", "vllm"},
                          {"backend", "rocm"},        {"device", device},
                          {"quantization", "BF16"},   {"max_model_len", length},
                          {"kv_cache_dtype", "auto"}, {"tensor_parallel_size", gpus + 1},
                          {"max_num_seqs", 64}};
    const Json answer = Json::parse(test::lfmfit({"batch"}, request.dump() + "\n").out);
    INFO(answer.dump());
    const auto figure = [&](const char* column) { return figure_of(data, "rx-7900-xtx", {0, 1, 0, gpus}, column); };
    CHECK(figure("vllm_verdict") == answer.at("vllm").at("verdict"));
    CHECK(figure("vllm_kv_cache_tokens") == answer.at("vllm").at("kv_cache_tokens"));
    CHECK(figure("required_bytes") == answer.at("fit").at("required_bytes"));
    CHECK(figure("activation_bytes") == answer.at("memory").at("gpus").at(0).at("activation_bytes"));
    CHECK(figure("decode_tok_s").get<double>() == Approx(answer.at("speed").at("decode_tok_s").get<double>()));
  }
}

TEST_CASE("a page about MLX is one of Apple's devices", "[every device]") {
  const test::ProgramRun outcome =
      test::lfmfit({"page", "google/gemma-2b-it", "--runtime", "mlx", "-c", "8k", "-o", "-"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const Json data = data_of(outcome.out);
  const Json request = {{"model", "google/gemma-2b-it"},
                        {"runtime", "mlx"},
                        {"device", "apple-macbook-pro-m1-pro-32gb"},
                        {"context", 8192},
                        {"kv_bits", 8}};
  const Json answer = Json::parse(test::lfmfit({"batch"}, request.dump() + "\n").out);
  INFO(answer.dump());
  const Json& choices = data.at("choices");
  REQUIRE(choices.at(1).at("values").at(0) == 8192);
  REQUIRE(choices.at(2).at("values") == Json({nullptr, 8, 4}));
  const auto figure = [&](const char* column) {
    return figure_of(data, "apple-macbook-pro-m1-pro-32gb", {choices.at(0).at("first").get<std::size_t>(), 0, 1},
                     column);
  };
  CHECK(figure("verdict") == answer.at("fit").at("verdict"));
  CHECK(figure("required_bytes") == answer.at("fit").at("required_bytes"));
  CHECK(data.at("commands").dump().find("llama-server") == std::string::npos);
}

TEST_CASE("names in a user's own data are text in a page", "[every device]") {
  const test::TemporaryFolder folder;
  const std::string name = "</script><script>alert('\u202ex')</script>";
  Json model = Json::parse(text_of(test::source_folder() + "/tests/fixtures/data/models/fixture.json"));
  model.at("models").at(0)["name"] = name;
  std::filesystem::create_directories(folder.file("models"));
  std::ofstream(folder.file("models/hostile.json")) << model;
  const std::string path = folder.file("a.html");
  const std::string id = model.at("models").at(0).at("id").get<std::string>();
  const test::ProgramRun outcome = test::lfmfit({"page", id, "--data", folder.file("."), "-o", path});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const std::string html = text_of(path);
  CHECK_THAT(html, !Contains("<script>alert"));
  CHECK(data_of(html).at("model").at("name") == name);
}

TEST_CASE("a site has a page of each model with the word in its name, and an index that links to them",
          "[every device]") {
  const test::TemporaryFolder folder;
  const test::ProgramRun outcome = test::lfmfit(
      {"page", "fixture", "--all", "--data", test::source_folder() + "/tests/fixtures/data", "-o", folder.path()});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK_THAT(outcome.out, Contains("1 page and index.html in"));
  const Json index = data_of(text_of(folder.file("index.html")));
  CHECK(index.at("schema") == "lfmfit.site/1");
  const std::string html = text_of(folder.file("fixture-hybrid.html"));
  CHECK(data_of(html).at("home") == "index.html");
  CHECK_THAT(index.at("models").dump(), Contains("\"fixture-hybrid.html\""));
  CHECK_THAT(test::lfmfit({"page", "nothing-like-it", "--all", "-o", folder.path()}).err,
             Contains("no model has 'nothing-like-it'"));
}
