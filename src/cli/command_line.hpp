#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lfmfit/asked.hpp"

namespace CLI {
class Option;
}  // namespace CLI

namespace lfmfit::cli {

struct Session;  // cli/command.hpp

/// What an option takes and how the help shows it, besides its names and what they mean.
struct OptionForm {
  std::string group = {};  ///< heading it stands under; empty: "Options"
  std::string type = {};   ///< kind of value: "FILE"; empty: TEXT or INT
  bool required = false;
  bool shows_usual = false;             ///< the help says which value it has if it is not given
  std::string usual = {};               ///< what the help says it has then, where the value itself does not show it
  std::vector<std::string> words = {};  ///< the only ones it takes; empty: any
  bool any_case = false;                ///< of `words`
  std::optional<std::pair<std::int64_t, std::int64_t>> range = {};
  bool* given = nullptr;       ///< set when it is typed
  bool takes_variable = true;  ///< where it is not typed, usual_values.hpp may say what it is
};

/// The options of one command: declared one by one, then read. Hides the parser, which is slow to compile.
class CommandLine {
 public:
  CommandLine(const std::string& about, const std::string& name, const std::string& examples);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// `names` are "-q,--quant" or, for what has its place only, "MODEL". Values keep what they have until they are
  /// typed.
  void text(const std::string& names, std::string& value, const std::string& help, const OptionForm& form = {});
  void text(const std::string& names, std::optional<std::string>& value, const std::string& help,
            const OptionForm& form = {});
  void text(const std::string& names, std::optional<NumberOrWord>& value, const std::string& help,
            const OptionForm& form = {});
  /// Decimal: 010 is 10.
  void number(const std::string& names, std::int64_t& value, const std::string& help, const OptionForm& form = {});
  void number(const std::string& names, std::optional<std::int64_t>& value, const std::string& help,
              const OptionForm& form = {});
  /// 0.9, .95
  void number(const std::string& names, std::optional<double>& value, const std::string& help,
              const OptionForm& form = {});
  /// A size of memory: "24GiB".
  void size(const std::string& names, std::optional<Bytes>& value, const std::string& help,
            const OptionForm& form = {});
  /// Numbers with commas between them: "3,1".
  void numbers(const std::string& names, std::vector<double>& values, const std::string& help,
               const OptionForm& form = {});
  /// One value each time it is typed.
  void texts(const std::string& names, std::vector<std::string>& values, const std::string& help,
             const OptionForm& form = {});
  void flag(const std::string& names, bool& value, const std::string& help, const std::string& group = {});
  /// The flag makes `value` `means`.
  void flag(const std::string& names, std::optional<bool>& value, bool means, const std::string& help,
            const std::string& group = {});
  /// The flag makes `value` false.
  void flag_off(const std::string& names, bool& value, const std::string& help, const std::string& group = {});

  /// Says that the command reads standard input, to who names a file.
  void reads_input() { reads_input_ = true; }

  /// Reads what was typed, and of what was not the variables of usual_values.hpp. False when help was asked for and
  /// written. Throws Error(kBadRequest) for what it does not understand, which names the option that may be meant.
  /// llama.cpp's short options of several letters (-ctk, -ngl) are understood.
  bool read(const Session& session);

  /// The same of `args` alone, for what must answer alike everywhere.
  bool read(const std::vector<std::string>& args, std::ostream& out);

  /// What was read, as words that say it again: "--backend", "vulkan". Neither what has its place only is among them,
  /// nor options of `without`.
  std::vector<std::string> said(const std::vector<std::string>& without) const;

 private:
  using Variables = std::map<std::string, std::string>;
  class App;

  template <class Take>
  void take(const std::string& names, Take take, const std::string& help, const OptionForm& form);
  void shape(CLI::Option& option, const OptionForm& form);
  bool read(const std::vector<std::string>& args, const Variables& variables, std::ostream& out);
  void parse(const std::vector<std::string>& args, const Variables& variables);

  std::unique_ptr<App> app_;
  bool reads_input_ = false;
  std::set<const CLI::Option*> typed_only_;  ///< options that no variable sets
};

}  // namespace lfmfit::cli
