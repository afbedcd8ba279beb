// Programs that run models, as their command lines are typed: which option sets what of a question.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/units.hpp"

namespace lfmfit {

/// One option of a program, or one of its environment variables.
struct ProgramOption {
  /// kField: it sets a part of a question. kRefused: it changes memory in a way that lfmfit does not work out.
  enum class Use { kField, kIgnored, kRefused };

  std::vector<std::string> names;      ///< "-c", "--ctx-size"; none: a variable alone
  std::vector<std::string> negations;  ///< "-nkvo": names that set "false"
  std::string variable;                ///< "LLAMA_ARG_CTX_SIZE"; empty: none
  std::int64_t takes = 1;              ///< values behind the name
  Use use = Use::kIgnored;
  std::string field;                         ///< a field of Asked, or one of the rules of src/ask/pasted_fields.cpp
  std::string value;                         ///< what an option without a value sets
  std::string bare;                          ///< what it sets where its value is left out; empty: it may not be
  std::map<std::string, std::string> words;  ///< values with another name in lfmfit; "": as if it was not given
  bool short_numbers = false;                ///< 32k is 32,000 and 32K is 32,768, as vLLM reads them
  std::string why;                           ///< it is refused
  bool older = false;                        ///< of earlier releases; those of today do not have it
};

/// The context that a program takes by itself on GPUs of less than `below` together; unset: on any larger ones.
struct ContextByMemory {
  std::optional<Bytes> below;
  Tokens context;
};

/// A program: a row of data/command_lines.json.
struct Program {
  std::string name;                       ///< "llama-server"
  std::vector<std::string> names;         ///< what the executable is called, endings and folders aside
  std::vector<std::string> verbs;         ///< one of them comes first ("serve"); none: there are no verbs
  std::string runtime;                    ///< whose laws count: "llama.cpp"
  std::string like;                       ///< Asked::like that its defaults are; empty: none
  std::optional<std::int64_t> slots;      ///< where nothing else is asked for; unset: by `like`
  std::vector<ContextByMemory> contexts;  ///< the first that matches counts; none: by `like`
  std::vector<ProgramOption> options;
  std::string source;
};

}  // namespace lfmfit
