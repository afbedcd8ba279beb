#include "ask/pasted_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "core/base/letter_case.hpp"
#include "core/base/name_match.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

using Words = std::vector<std::string>;
using Use = ProgramOption::Use;

/// What may stand before a program's name and says nothing of it.
constexpr std::array<std::string_view, 14> kBefore = {"sudo", "nohup",  "exec",    "time", "env", "command", "export",
                                                      "set",  "python", "python3", "-m",   "uvx", "uv",      "run"};
/// Lines of a Modelfile that say nothing of memory.
constexpr std::array<std::string_view, 7> kModelfileTexts = {"TEMPLATE", "SYSTEM", "LICENSE", "MESSAGE",
                                                             "RENDERER", "PARSER", "REQUIRES"};

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorKind::kBadRequest, message); }

template <class Names>
bool holds(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// "llama-server" of "./build/bin/llama-server" and "C:\bin\llama-server.exe".
std::string program_name(const std::string& word) {
  const std::size_t slash = word.find_last_of("/\\");
  std::string name = slash == std::string::npos ? word : word.substr(slash + 1);
  if (name.ends_with(".exe")) name.resize(name.size() - 4);
  return name;
}

/// Where "NAME=value" has its sign; npos: it has no such form.
std::size_t assignment(const std::string& word) {
  const std::size_t sign = word.find('=');
  if (sign == 0 || sign == std::string::npos) return std::string::npos;
  const bool is_name = std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(sign),
                                   [](unsigned char letter) { return std::isalnum(letter) != 0 || letter == '_'; });
  return is_name ? sign : std::string::npos;
}

/// "--ctx_size" is "--ctx-size".
std::string with_hyphens(std::string name) {
  if (name.starts_with("--")) std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

/// vLLM's "32k" (32,000), "32K" (32,768), "1.5M"; other texts as they are.
std::string in_digits(const std::string& text) {
  constexpr std::string_view kLetters = "kmgtKMGT";
  const std::size_t letter = text.empty() ? std::string::npos : kLetters.find(text.back());
  if (letter == std::string_view::npos || text.size() > 12) return text;
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size() - 1 || number < 0) return text;
  const double step = letter < 4 ? 1000 : 1024;
  const double value = number * std::pow(step, static_cast<double>(letter % 4 + 1));
  return value < 1e15 ? fmt::format("{:.0f}", value) : text;
}

/// Reads the words of one program.
class Reader {
 public:
  Reader(const Program& program, PastedCommand& pasted) : program_(program), pasted_(pasted) {}

  /// Assignments that the program does not know are other programs' and not named, unless they look like its own.
  void take_variable(const std::string& name, const std::string& value) {
    for (const ProgramOption& option : program_.options) {
      const bool negated = !option.negations.empty() && negated_variable(option) == name;
      if (option.variable.empty() || (option.variable != name && !negated)) continue;
      if (option.use == Use::kIgnored) return pasted_.ignored.push_back(name);
      return take(option, name,
                  negated ? (value == "0" || value == "false" ? "true" : "false") : variable_value(option, value));
    }
    for (const char* own : {"LLAMA_ARG_", "OLLAMA_", "VLLM_"}) {
      if (name.starts_with(own))
        refuse(fmt::format("lfmfit does not know what {} does to {}; leave it out if it changes no memory", name,
                           program_.name));
    }
    pasted_.ignored.push_back(name);
  }

  void take_words(const Words& words, std::size_t from) {
    at_ = from;
    if (!program_.verbs.empty()) take_verb(words);
    while (at_ < words.size()) {
      const std::string& word = words[at_++];
      if (word.size() > 1 && word.front() == '-') {
        take_option(words, word);
      } else {
        take_bare(word);
      }
    }
  }

  /// `name` is what a Modelfile is called from here on.
  void create(const std::string& name) { created_ = name; }

  /// "PARAMETER num_ctx 4096", "FROM name"
  void take_line_of_modelfile(const Words& words) {
    if (holds(kModelfileTexts, words.front()) || words.size() < 2) return;
    const bool is_parameter = words.front() == "PARAMETER";
    if (is_parameter && words.size() < 3) refuse("PARAMETER " + words[1] + " has no value");
    const std::string& name = is_parameter ? words[1] : words.front();
    const ProgramOption* option = named(name);
    if (option == nullptr) refuse_unknown(name);
    if (option->use == Use::kIgnored) return pasted_.ignored.push_back(name);
    take(*option, name, is_parameter ? words[2] : words[1]);
  }

 private:
  static std::string negated_variable(const ProgramOption& option) {
    constexpr std::string_view kPrefix = "LLAMA_ARG_";
    return option.variable.starts_with(kPrefix) ? "LLAMA_ARG_NO_" + option.variable.substr(kPrefix.size()) : "";
  }

  /// Of an option without a value a variable says whether it is there: 0 is not.
  static std::string variable_value(const ProgramOption& option, const std::string& value) {
    if (option.takes > 0 || option.value == "true") return value;
    return value == "0" || value == "false" ? "" : option.value;
  }

  void take_verb(const Words& words) {
    if (at_ < words.size() && holds(program_.verbs, words[at_])) {
      ++at_;
      return;
    }
    std::string verbs;
    for (const std::string& verb : program_.verbs)
      verbs += (verbs.empty() ? "" : " or ") + ("`" + program_.name + " " + verb + "`");
    refuse(fmt::format("{} begins with what it is to do; lfmfit reads {}", program_.name, verbs));
  }

  const ProgramOption* named(const std::string& name) const {
    for (const ProgramOption& option : program_.options) {
      if (holds(option.names, name) || holds(option.negations, name)) return &option;
    }
    return nullptr;
  }

  [[noreturn]] void refuse_unknown(const std::string& name) const {
    std::vector<std::string_view> names;
    for (const ProgramOption& option : program_.options)
      names.insert(names.end(), option.names.begin(), option.names.end());
    const std::string_view near = nearest_name(name, names);
    refuse(fmt::format("{} has no option {} that lfmfit knows{}; leave it out if it changes no memory", program_.name,
                       name, near.empty() ? std::string() : fmt::format(" (did you mean {}?)", near)));
  }

  void take_option(const Words& words, const std::string& word) {
    const std::size_t sign = word.starts_with("--") ? word.find('=') : std::string::npos;
    const std::string name = with_hyphens(word.substr(0, sign));
    const ProgramOption* option = named(name);
    if (option == nullptr) refuse_unknown(name);
    Words values;
    if (sign != std::string::npos) values.push_back(word.substr(sign + 1));
    while (static_cast<std::int64_t>(values.size()) < option->takes && has_value(words, *option, name))
      values.push_back(words[at_++]);
    if (option->use == Use::kIgnored) return pasted_.ignored.push_back(name);
    if (holds(option->negations, name)) return take(*option, name, "false");
    take(*option, name, !values.empty() ? values.front() : option->takes > 0 ? option->bare : option->value);
  }

  /// Whether the next word is the value of `option`, which may be left out where the option says so.
  bool has_value(const Words& words, const ProgramOption& option, const std::string& name) const {
    const bool is_option = at_ < words.size() && words[at_].size() > 1 && words[at_].front() == '-' &&
                           named(with_hyphens(words[at_])) != nullptr;
    if (at_ < words.size() && !is_option) return true;
    if (option.bare.empty()) refuse(fmt::format("{} of {} needs a value", name, program_.name));
    return false;
  }

  void take(const ProgramOption& option, const std::string& name, const std::string& text) {
    const auto word = option.words.find(lower(text));
    const std::string value = word != option.words.end() ? word->second : option.short_numbers ? in_digits(text) : text;
    if (word != option.words.end() && value.empty()) return;  // as if it was not there
    if (option.use == Use::kRefused)
      refuse(fmt::format("{} of {} changes memory: {}", name, program_.name, option.why));
    if (value.empty() && option.takes == 0) return;  // a variable that says no
    set_pasted(pasted_.fields, option.field, name, value);
  }

  /// A word without a name: the model, or a prompt.
  void take_bare(const std::string& word) {
    if (program_.verbs.empty())
      refuse(fmt::format("'{}' stands alone; {} takes options, as -m FILE", word, program_.name));
    if (!created_.empty() && word == created_) return;
    if (took_model_) return pasted_.ignored.push_back("'" + word + "'");
    took_model_ = true;
    set_pasted(pasted_.fields, "model", "the model", word);
  }

  const Program& program_;
  PastedCommand& pasted_;
  std::size_t at_ = 0;
  bool took_model_ = false;
  std::string created_;
};

const Program* program_called(const Catalog& catalog, const std::string& word) {
  for (const Program& program : catalog.programs()) {
    if (holds(program.names, program_name(word))) return &program;
  }
  return nullptr;
}

bool is_modelfile_line(const Words& words) {
  constexpr std::array<std::string_view, 3> kSaying = {"FROM", "PARAMETER", "ADAPTER"};
  return words.size() > 1 && (holds(kSaying, words.front()) || holds(kModelfileTexts, words.front()));
}

/// Where the program's name stands in `words`, past assignments; their number where there is none.
std::size_t place_of_program(const Catalog& catalog, const Words& words) {
  std::size_t at = 0;
  while (at < words.size() && program_called(catalog, words[at]) == nullptr &&
         (holds(kBefore, words[at]) || assignment(words[at]) != std::string::npos))
    ++at;
  return at;
}

/// The program that the commands start; Ollama where there is a Modelfile alone.
const Program& program_of(const Catalog& catalog, const std::vector<Words>& commands) {
  for (const Words& words : commands) {
    const std::size_t at = place_of_program(catalog, words);
    const Program* program = at < words.size() ? program_called(catalog, words[at]) : nullptr;
    if (program != nullptr) return *program;
  }
  for (const Words& words : commands) {
    if (is_modelfile_line(words)) return *program_called(catalog, "ollama");
  }
  std::string names;
  for (const Program& program : catalog.programs()) names += (names.empty() ? "" : ", ") + program.name;
  refuse(fmt::format("this starts no program whose options lfmfit knows; begin with one of {}", names));
}

}  // namespace

PastedCommand read_pasted(const std::vector<Words>& commands, const Asked& base, const Catalog& catalog) {
  PastedCommand pasted;
  pasted.program = &program_of(catalog, commands);
  pasted.fields.asked = base;
  Reader reader(*pasted.program, pasted);
  for (const Words& words : commands) {
    const std::size_t at = place_of_program(catalog, words);
    const bool starts = at < words.size() && program_called(catalog, words[at]) == pasted.program;
    if (starts || at == words.size()) {
      for (std::size_t word = 0; word < at; ++word) {
        const std::size_t sign = assignment(words[word]);
        if (sign != std::string::npos) reader.take_variable(words[word].substr(0, sign), words[word].substr(sign + 1));
      }
    }
    const bool creates = starts && at + 1 < words.size() && words[at + 1] == "create";  // names a Modelfile
    if (creates && at + 2 < words.size()) reader.create(words[at + 2]);
    if (starts && !creates) reader.take_words(words, at + 1);
    if (!starts && is_modelfile_line(words)) reader.take_line_of_modelfile(words);
  }
  if (base.model) pasted.fields.asked.model = base.model;
  return pasted;
}

}  // namespace lfmfit::ask
