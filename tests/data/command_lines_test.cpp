#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "ask/pasted_fields.hpp"
#include "catch.hpp"
#include "lfmfit/gguf_files.hpp"
#include "lfmfit/program.hpp"
#include "support/scene.hpp"
#include "support/source_folder.hpp"

namespace {

using lfmfit::Program;
using lfmfit::ProgramOption;

const Program& program(const std::string& name) {
  for (const Program& one : test::shipped().programs()) {
    if (one.name == name) return one;
  }
  throw std::runtime_error("no program " + name);
}

/// An option of the real llama-server: its names, and how many values follow.
struct RealOption {
  std::set<std::string> names;
  std::int64_t takes = 0;
  std::string variable;
};

std::vector<RealOption> real_options() {
  std::ifstream file(test::source_folder() + "/tests/truth/llama_server_flags.tsv");
  std::vector<RealOption> options;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) continue;
    std::istringstream cells(line);
    std::string names, takes, variable;
    std::getline(cells, names, '\t');
    std::getline(cells, takes, '\t');
    std::getline(cells, variable, '\t');
    RealOption& option = options.emplace_back();
    option.takes = std::stoll(takes);
    option.variable = variable == "-" ? "" : variable;
    std::istringstream words(names);
    for (std::string name; words >> name;) option.names.insert(name);
  }
  return options;
}

const ProgramOption* option_named(const Program& of, const std::string& name) {
  for (const ProgramOption& option : of.options) {
    for (const auto* names : {&option.names, &option.negations}) {
      if (std::count(names->begin(), names->end(), name) > 0) return &option;
    }
  }
  return nullptr;
}

}  // namespace

TEST_CASE("every option of the real llama-server has a row that takes as many values") {
  const std::vector<RealOption> options = real_options();
  REQUIRE(options.size() > 200);
  for (const RealOption& real : options) {
    for (const std::string& name : real.names) {
      CAPTURE(name);
      const ProgramOption* option = option_named(program("llama-server"), name);
      REQUIRE(option != nullptr);
      CHECK(option->takes == real.takes);
      CHECK_FALSE(option->older);
    }
  }
}

TEST_CASE("options that are not of the newest llama-server are marked older") {
  std::set<std::string> real;
  for (const RealOption& option : real_options()) real.insert(option.names.begin(), option.names.end());
  for (const ProgramOption& option : program("llama-server").options) {
    for (const std::string& name : option.names) {
      CAPTURE(name);
      CHECK((real.count(name) > 0) != option.older);
    }
  }
}

TEST_CASE("a row of an option sets a field that questions have, and no two rows have one name") {
  for (const Program& one : test::shipped().programs()) {
    std::map<std::string, int> seen;
    for (const ProgramOption& option : one.options) {
      CAPTURE(one.name, option.names, option.variable, option.field);
      if (option.use == ProgramOption::Use::kField) CHECK(lfmfit::ask::is_pasted_field(option.field));
      if (option.use == ProgramOption::Use::kField && option.takes == 0) CHECK_FALSE(option.value.empty());
      for (const std::string& name : option.names) CHECK(++seen[name] == 1);
    }
  }
}

TEST_CASE("repositories of GGUF files are those of models that are known") {
  int known = 0;
  for (const lfmfit::Model& model : test::shipped().models()) {
    for (const std::string& repository : test::shipped().gguf_files(model.card.id).repositories) {
      CAPTURE(model.card.id, repository);
      ++known;
      CHECK(std::count(repository.begin(), repository.end(), '/') == 1);
      CHECK(test::shipped().model(repository).card.id == model.card.id);
    }
  }
  CHECK(known > 400);
}
