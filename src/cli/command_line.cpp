#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <ostream>
#include <sstream>
#include <utility>

#include "ask/size_words.hpp"
#include "cli/command.hpp"
#include "cli/usual_values.hpp"
#include "core/base/name_match.hpp"
#include "lfmfit/error.hpp"
#include "render/style.hpp"

namespace lfmfit::cli {

namespace {

/// llama.cpp's short options of several letters, which other parsers take for a bundle of single letters.
constexpr std::array<std::pair<const char*, const char*>, 21> kLongNames = {{{"-ctk", "--cache-type-k"},
                                                                             {"-tp", "--tensor-parallel-size"},
                                                                             {"-pp", "--pipeline-parallel-size"},
                                                                             {"-dp", "--data-parallel-size"},
                                                                             {"-ot", "--override-tensor"},
                                                                             {"-sm", "--split-mode"},
                                                                             {"-ts", "--tensor-split"},
                                                                             {"-mg", "--main-gpu"},
                                                                             {"-ctv", "--cache-type-v"},
                                                                             {"-np", "--parallel"},
                                                                             {"-ub", "--ubatch-size"},
                                                                             {"-fa", "--flash-attn"},
                                                                             {"-md", "--model-draft"},
                                                                             {"-ngl", "--gpu-layers"},
                                                                             {"-cmoe", "--cpu-moe"},
                                                                             {"-ncmoe", "--n-cpu-moe"},
                                                                             {"-kvu", "--kv-unified"},
                                                                             {"-nkvo", "--no-kv-offload"},
                                                                             {"-no-kvu", "--no-kv-unified"},
                                                                             {"-n-gpu-layers", "--gpu-layers"},
                                                                             {"-h", "--help"}}};

std::string with_long_name(const std::string& arg) {
  const std::size_t end = std::min(arg.find('='), arg.size());
  for (const auto& [short_name, long_name] : kLongNames) {
    if (arg.compare(0, end, short_name) == 0) return long_name + arg.substr(end);
  }
  return arg;
}

/// Help on 80 columns: descriptions wrapped, kinds of values without the list of those allowed.
class HelpFormat : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_type_size() == 0) return "";
    const std::string type = option->get_type_name();
    const std::string usual = option->get_default_str();
    return " " + type.substr(0, type.find_first_of(": ")) + (usual.empty() ? "" : "=" + usual);
  }

  std::string make_option_desc(const CLI::Option* option) const override {
    return render::wrapped(option->get_description(), 80 - static_cast<int>(get_column_width()), "");
  }
};

/// The help of `app`, groups one blank line apart.
std::string help_of(CLI::App& app) {
  app.formatter(std::make_shared<HelpFormat>());
  std::string text = app.help();
  for (std::size_t at = text.find("\n\n\n"); at != std::string::npos; at = text.find("\n\n\n")) text.erase(at, 1);
  return text;
}

/// What was typed that is no option and has no place, in its order, each with the option that may be meant; empty:
/// there is no such thing.
std::string unexpected_text(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  std::vector<std::string_view> known(names.begin(), names.end());
  for (const auto& [short_name, long_name] : kLongNames) {
    if (std::find(names.begin(), names.end(), long_name) != names.end()) known.emplace_back(short_name);
  }
  std::string text;
  for (const std::string& word : app.remaining()) {
    const std::string name = word.substr(0, word.find('='));
    const bool is_option = name.size() > 3 && name.front() == '-';
    const std::string_view near = is_option ? nearest_name(name, known) : std::string_view();
    text += (text.empty() ? "" : ", ") + word;
    if (!near.empty()) text += " (did you mean " + std::string(near) + "?)";
  }
  return text.empty() ? text : "not expected: " + text;
}

/// Makes `option` what the variable says, as if it had been typed.
void set_usual(CLI::Option& option, const UsualValue& usual, const std::string& value) {
  try {
    std::istringstream parts(value);
    const char separator = usual.separator == '\0' ? '\n' : usual.separator;
    for (std::string part; std::getline(parts, part, separator);) option.add_result(part);
    option.run_callback();
  } catch (const CLI::ParseError& error) {
    throw Error(ErrorKind::kBadRequest, std::string("the variable ") + usual.variable + ": " + error.what());
  }
}

/// "--parallel" of "-np,--parallel".
std::string first_name(const std::string& names) {
  const std::size_t longest = names.find("--");
  const std::string name = names.substr(longest == std::string::npos ? 0 : longest);
  return name.substr(0, name.find(','));
}

template <class Number>
Number number_of(const std::string& names, const std::string& text, const char* wanted) {
  Number number{};
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size())
    throw Error(ErrorKind::kBadRequest, first_name(names) + " '" + text + "' is not " + wanted);
  return number;
}

std::int64_t whole_number(const std::string& names, const std::string& text) {
  return number_of<std::int64_t>(names, text, "a whole number");
}

std::vector<double> numbers_of(const std::string& names, const std::string& text) {
  std::vector<double> numbers;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');)
    numbers.push_back(number_of<double>(names, part, "numbers with commas between them, like 3,1"));
  return numbers;
}

}  // namespace

/// CLI11 compares the names of each option with those of all before it, which takes a twentieth of a short run. That no
/// two options of a command have one name is for a test to see.
class CommandLine::App : public CLI::App {
 public:
  using CLI::App::App;

  /// What `declare` adds.
  template <class Declare>
  CLI::Option& declared(const Declare& declare) {
    std::vector<CLI::Option_p> before = std::exchange(options_, {});
    CLI::Option& option = *declare(*this);
    before.push_back(std::move(options_.front()));
    options_ = std::move(before);
    return option;
  }
};

CommandLine::CommandLine(const std::string& about, const std::string& name, const std::string& examples)
    : app_(std::make_unique<App>(about, name)) {
  app_->footer(examples);
}

CommandLine::~CommandLine() = default;

void CommandLine::shape(CLI::Option& option, const OptionForm& form) {
  option.check([](const std::string& text) {
    return text.empty() ? std::string("the value is empty; give it one, or leave it out") : std::string();
  });
  if (!form.group.empty()) option.group(form.group);
  if (!form.type.empty()) option.type_name(form.type);
  if (form.required) option.required();
  if (form.shows_usual) option.capture_default_str();
  if (!form.usual.empty()) option.default_str(form.usual);
  if (!form.words.empty() && form.any_case) option.check(CLI::IsMember(form.words, CLI::ignore_case));
  if (!form.words.empty() && !form.any_case) option.check(CLI::IsMember(form.words));
  if (form.range) option.check(CLI::Range(form.range->first, form.range->second));
  if (!form.takes_variable) typed_only_.insert(&option);
  if (form.given != nullptr) option.each([given = form.given](const std::string&) { *given = true; });
}

void CommandLine::text(const std::string& names, std::string& value, const std::string& help, const OptionForm& form) {
  shape(app_->declared([&](CLI::App& app) { return app.add_option(names, value, help); }), form);
}

template <class Take>
void CommandLine::take(const std::string& names, Take take, const std::string& help, const OptionForm& form) {
  shape(app_->declared([&](CLI::App& app) { return app.add_option_function<std::string>(names, take, help); }), form);
}

void CommandLine::text(const std::string& names, std::optional<std::string>& value, const std::string& help,
                       const OptionForm& form) {
  take(
      names, [&value](const std::string& text) { value = text; }, help, form);
}

void CommandLine::text(const std::string& names, std::optional<NumberOrWord>& value, const std::string& help,
                       const OptionForm& form) {
  take(
      names, [&value](const std::string& text) { value = text; }, help, form);
}

void CommandLine::number(const std::string& names, std::int64_t& value, const std::string& help,
                         const OptionForm& form) {
  OptionForm of_number = form;
  if (form.type.empty()) of_number.type = "INT";
  if (form.shows_usual) of_number.usual = std::to_string(value);
  of_number.shows_usual = false;
  take(
      names, [&value, names](const std::string& text) { value = whole_number(names, text); }, help, of_number);
}

void CommandLine::number(const std::string& names, std::optional<std::int64_t>& value, const std::string& help,
                         const OptionForm& form) {
  OptionForm of_number = form;
  if (form.type.empty()) of_number.type = "INT";
  take(
      names, [&value, names](const std::string& text) { value = whole_number(names, text); }, help, of_number);
}

void CommandLine::number(const std::string& names, std::optional<double>& value, const std::string& help,
                         const OptionForm& form) {
  OptionForm of_number = form;
  if (form.type.empty()) of_number.type = "NUMBER";
  take(
      names, [&value, names](const std::string& text) { value = number_of<double>(names, text, "a number"); }, help,
      of_number);
}

void CommandLine::size(const std::string& names, std::optional<Bytes>& value, const std::string& help,
                       const OptionForm& form) {
  OptionForm of_size = form;
  if (form.type.empty()) of_size.type = "SIZE";
  take(
      names, [&value, names](const std::string& text) { value = ask::parse_size(first_name(names), text, Bytes(0)); },
      help, of_size);
}

void CommandLine::numbers(const std::string& names, std::vector<double>& values, const std::string& help,
                          const OptionForm& form) {
  take(
      names, [&values, names](const std::string& text) { values = numbers_of(names, text); }, help, form);
}

void CommandLine::texts(const std::string& names, std::vector<std::string>& values, const std::string& help,
                        const OptionForm& form) {
  CLI::Option& option = app_->declared([&](CLI::App& app) { return app.add_option(names, values, help); });
  option.expected(1)->take_all();
  shape(option, form);
}

void CommandLine::flag(const std::string& names, bool& value, const std::string& help, const std::string& group) {
  shape(app_->declared([&](CLI::App& app) { return app.add_flag(names, value, help); }), {.group = group});
}

void CommandLine::flag(const std::string& names, std::optional<bool>& value, bool means, const std::string& help,
                       const std::string& group) {
  const auto set = [&value, means] { value = means; };
  shape(app_->declared([&](CLI::App& app) { return app.add_flag_callback(names, set, help); }), {.group = group});
}

void CommandLine::flag_off(const std::string& names, bool& value, const std::string& help, const std::string& group) {
  const auto clear = [&value] { value = false; };
  shape(app_->declared([&](CLI::App& app) { return app.add_flag_callback(names, clear, help); }), {.group = group});
}

bool CommandLine::read(const Session& session) {
  return read(session.args, session.environment.variables, session.out);
}

bool CommandLine::read(const std::vector<std::string>& args, std::ostream& out) { return read(args, {}, out); }

bool CommandLine::read(const std::vector<std::string>& args, const Variables& variables, std::ostream& out) {
  try {
    parse(args, variables);
    return true;
  } catch (const CLI::CallForHelp&) {
    out << help_of(*app_);
    return false;
  } catch (const CLI::ParseError& error) {
    std::string unexpected = unexpected_text(*app_);
    const std::vector<std::string> words = app_->remaining();
    if (reads_input_ && words.size() == 1 && words[0].rfind('-', 0) != 0)
      unexpected += "; a file is read from standard input: " + app_->get_name() + " < " + words[0];
    throw Error(ErrorKind::kBadRequest,
                (unexpected.empty() ? error.what() : unexpected) + "; see " + app_->get_name() + " --help");
  }
}

void CommandLine::parse(const std::vector<std::string>& args, const Variables& variables) {
  std::vector<std::pair<CLI::Option*, const UsualValue*>> unless_typed;
  for (const UsualValue& usual : usual_values()) {
    CLI::Option* option = app_->get_option_no_throw(usual.option);
    if (option == nullptr || typed_only_.count(option) > 0 || variables.count(usual.variable) == 0) continue;
    option->required(false);
    unless_typed.emplace_back(option, &usual);
  }
  std::vector<std::string> reversed;
  for (auto arg = args.rbegin(); arg != args.rend(); ++arg) reversed.push_back(with_long_name(*arg));
  app_->parse(reversed);
  for (const auto& [option, usual] : unless_typed) {
    if (option->count() == 0) set_usual(*option, *usual, variables.at(usual->variable));
  }
}

std::vector<std::string> CommandLine::said(const std::vector<std::string>& without) const {
  std::vector<std::string> words;
  for (const CLI::Option* option : app_->get_options()) {
    const bool left_out =
        std::any_of(without.begin(), without.end(), [&](const std::string& name) { return option->check_name(name); });
    if (option->count() == 0 || option->get_positional() || left_out) continue;
    const bool is_flag = option->get_expected_min() == 0;
    for (const std::string& value : option->results()) {
      words.push_back(option->get_name());
      if (!is_flag) words.push_back(value);
    }
  }
  return words;
}

}  // namespace lfmfit::cli
