#include "cli/pasted_line.hpp"

#include <algorithm>
#include <istream>

#include "ask/shell_words.hpp"
#include "cli/command_line.hpp"
#include "lfmfit/error.hpp"
#include "render/style.hpp"

namespace lfmfit::cli {

namespace {

constexpr std::size_t kLongestPaste = 1 << 20;

std::string all_of(std::istream& in) {
  std::string text(kLongestPaste + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

/// Each once, in their order: "--port, --jinja".
std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (std::find(names.begin(), name, *name) == name) list += (list.empty() ? "" : ", ") + *name;
  }
  return list;
}

}  // namespace

std::vector<std::string> cut_behind_dashes(std::vector<std::string>& args) {
  const auto dashes = std::find(args.begin(), args.end(), "--");
  if (dashes == args.end()) return {};
  std::vector<std::string> behind(dashes + 1, args.end());
  args.erase(dashes, args.end());
  if (behind.empty()) throw Error(ErrorKind::kBadRequest, "nothing follows --; paste a command line behind it");
  return behind;
}

bool has_pasted_line(const PastedLine& pasted, const std::vector<std::string>& args) {
  return !pasted.words.empty() || std::any_of(args.begin(), args.end(), [](const std::string& arg) {
    return arg.substr(0, arg.find('=')) == "--command-line";
  });
}

Environment without_usual_model(Environment environment) {
  for (const char* name : {"LFMFIT_MODEL", "LFMFIT_QUANT", "LFMFIT_CONTEXT", "LFMFIT_BACKEND"})
    environment.variables.erase(name);
  return environment;
}

void add_pasted_line_option(CommandLine& line, PastedLine& pasted) {
  line.text("--command-line", pasted.text,
            "the command line of llama-server, llama-cli, ollama or vllm whose memory is asked, as one text; - reads "
            "standard input. Or behind --, word by word",
            {.type = "LINE"});
}

std::optional<ask::PastedCommand> read_pasted_line(const PastedLine& line, const Asked& base, const Catalog& catalog,
                                                   std::istream& in) {
  if (!line.is_there()) return std::nullopt;
  const bool is_alone = line.words == std::vector<std::string>{"-"};
  if (!line.words.empty() && line.text)
    throw Error(ErrorKind::kBadRequest, "--command-line and -- say the same in two ways; give one of them");
  if (!line.words.empty() && !is_alone) return ask::read_pasted({line.words}, base, catalog);
  const std::string text = is_alone || *line.text == "-" ? all_of(in) : *line.text;
  return ask::read_pasted(ask::shell_commands(text), base, catalog);
}

std::string pasted_text(const ask::PastedCommand& pasted, const std::vector<std::string>& notes, int width) {
  std::vector<std::string> sentences = notes;
  if (!pasted.ignored.empty()) sentences.push_back("ignored, as they change no memory: " + list_of(pasted.ignored));
  std::string text;
  for (const std::string& sentence : sentences)
    text += render::wrapped(render::printable("  " + pasted.program->name + ": " + sentence), width, "    ") + "\n";
  return text;
}

}  // namespace lfmfit::cli
