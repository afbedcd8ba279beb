#include "catalog/program_rows.hpp"

#include <algorithm>
#include <utility>

#include "catalog/row_reader.hpp"
#include "catalog/strict_json.hpp"

namespace lfmfit {

namespace {

using Use = ProgramOption::Use;

std::map<std::string, std::string> read_option_words(StrictObject& row) {
  std::map<std::string, std::string> words;
  if (!row.has("words")) return words;
  StrictObject table = row.object("words");
  for (const std::string& key : table.keys()) words[key] = table.text(key);
  return words;
}

/// Exactly one of "field", "ignored" and "refused" says what an option is to a question.
void read_use(StrictObject& row, ProgramOption& option) {
  const bool is_ignored = row.flag_or("ignored", false);
  option.field = row.text_or("field", "");
  option.why = row.text_or("refused", "");
  if ((is_ignored ? 1 : 0) + (option.field.empty() ? 0 : 1) + (option.why.empty() ? 0 : 1) != 1)
    row.fail("field", "or \"ignored\" or \"refused\" must say what the option is; one of them");
  if (!option.field.empty()) option.use = Use::kField;
  if (!option.why.empty()) option.use = Use::kRefused;
}

ProgramOption read_option(StrictObject& row) {
  ProgramOption option;
  option.names = row.texts("names");
  if (row.has("negations")) option.negations = row.texts("negations");
  option.variable = row.text_or("variable", "");
  if (option.names.empty() && option.variable.empty()) row.fail("names", "must hold one, where there is no variable");
  option.takes = row.integer_or("takes", 1, 0, 2);
  read_use(row, option);
  option.value = row.text_or("value", "");
  option.bare = row.text_or("bare", "");
  option.words = read_option_words(row);
  option.short_numbers = row.text_or("number", "") == "short";
  option.older = row.flag_or("older", false);
  row.finish();
  return option;
}

ContextByMemory read_context(StrictObject& row) {
  ContextByMemory context;
  if (row.has("below_gib")) context.below = Bytes(row.integer("below_gib", 1, 1 << 20) * (std::int64_t{1} << 30));
  context.context = Tokens(row.integer("context", 1, std::int64_t{1} << 31));
  row.finish();
  return context;
}

void add_options_of(const std::string& other, const std::vector<Program>& programs, StrictObject& row,
                    Program& program) {
  const auto found =
      std::find_if(programs.begin(), programs.end(), [&](const Program& earlier) { return earlier.name == other; });
  if (found == programs.end()) row.fail("flags_of", "names no earlier row");
  program.options = found->options;
}

Program read_program(StrictObject& row, const std::vector<Program>& earlier) {
  Program program;
  program.name = row.text("program");
  program.names = row.texts("names");
  if (row.has("verbs")) program.verbs = row.texts("verbs");
  program.runtime = row.text("runtime");
  program.like = row.text_or("like", "");
  if (row.has("slots")) program.slots = row.integer("slots", 1, 256);
  if (row.has("context_by_gpu_memory")) {
    for (StrictObject& context : row.objects("context_by_gpu_memory"))
      program.contexts.push_back(read_context(context));
  }
  if (row.has("flags_of")) add_options_of(row.text("flags_of"), earlier, row, program);
  for (StrictObject& option : row.objects("flags")) program.options.push_back(read_option(option));
  program.source = row.text("source");
  row.finish();
  return program;
}

}  // namespace

std::vector<Program> read_programs(std::string_view path, std::string_view text) {
  const nlohmann::json document = parse_json(path, text);
  StrictObject root(document, path);
  std::vector<Program> programs;
  for (StrictObject& row : root.objects("command_lines", "program")) {
    Program program = read_program(row, programs);
    programs.push_back(std::move(program));
  }
  root.finish();
  return programs;
}

GgufFiles read_gguf_files(const RowText& text) {
  RowReader row(text.path, text.text, text.id);
  row.text("model");
  row.text("source");
  GgufFiles files;
  files.repositories = row.texts("repositories");
  if (row.has("tags")) {
    RowReader tags = row.object("tags");
    for (const std::string_view name : tags.keys()) files.tags[std::string(name)] = tags.text(name);
  }
  row.finish();
  return files;
}

}  // namespace lfmfit
