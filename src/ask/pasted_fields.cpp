#include "ask/pasted_fields.hpp"

#include <fmt/format.h>

#include <charconv>
#include <functional>
#include <map>
#include <sstream>
#include <string_view>

#include "core/base/decimal.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

constexpr std::size_t kMostItems = 1000;  // of a list; far more than any GPU or adapter there is

[[noreturn]] void reject(const std::string& option, const std::string& text, const char* wanted) {
  throw Error(ErrorKind::kBadRequest, fmt::format("{} '{}' is not {}", option, text, wanted));
}

std::from_chars_result number_from(const char* first, const char* last, double& number) {
  return decimal_from(first, last, number);
}

std::from_chars_result number_from(const char* first, const char* last, std::int64_t& number) {
  return std::from_chars(first, last, number);
}

template <class Number>
Number number_of(const std::string& option, const std::string& text, const char* wanted) {
  Number number{};
  const auto [rest, error] = number_from(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) reject(option, text, wanted);
  return number;
}

bool flag_of(const std::string& option, const std::string& text) {
  for (const std::string_view yes : {"true", "1", "on", "yes"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"false", "0", "off", "no"}) {
    if (text == no) return false;
  }
  reject(option, text, "true or false");
}

/// The parts of `text` between any of `separators`.
std::vector<std::string> parts_of(const std::string& option, const std::string& text, const char* separators) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find_first_of(separators, start), text.size());
    if (end > start) parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  if (parts.empty() || parts.size() > kMostItems) reject(option, text, "a list");
  return parts;
}

/// Sets the field called `name` from text; the fields of Asked are walked for it.
struct FieldSetter {
  const std::string& name;
  const std::string& option;
  const std::string& text;
  bool found = false;

  template <class Field>
  void operator()(const char* key, Field& field) {
    if (found || name != key) return;
    found = true;
    read(field);
  }

 private:
  template <class Value>
  void read(std::optional<Value>& field) {
    read(field.emplace());
  }
  void read(std::string& field) { field = text; }
  void read(NumberOrWord& field) { field = text; }
  void read(std::int64_t& field) { field = number_of<std::int64_t>(option, text, "a whole number"); }
  void read(double& field) { field = number_of<double>(option, text, "a number"); }
  void read(bool& field) { field = flag_of(option, text); }
  void read(Bytes& field) {
    field = Bytes(number_of<std::int64_t>(option, text, "a whole number of bytes"));
    if (field < Bytes(0)) reject(option, text, "a number of bytes, not less than 0");
  }
  void read(std::vector<double>& field) {
    field.clear();
    for (const std::string& part : parts_of(option, text, ",/"))
      field.push_back(number_of<double>(option, part, "numbers with commas between them, like 3,1"));
  }
  void read(std::vector<std::string>& field) { field.push_back(text); }
  void read(Speculative&) {}  // by its parts alone
};

/// Programs take no words for these: llama-server reads 8k as 8.
void set_number(std::optional<NumberOrWord>& field, const std::string& option, const std::string& text) {
  field = number_of<std::int64_t>(option, text, "a whole number");
}

using Rule = std::function<void(PastedFields& fields, const std::string& option, const std::string& text)>;

void add_files(std::vector<std::string>& files, const std::string& option, const std::string& text) {
  for (const std::string& part : parts_of(option, text, ",")) files.push_back(part);
}

/// "FILE:SCALE,...": a scale changes no memory.
void add_scaled_files(std::vector<std::string>& files, const std::string& option, const std::string& text) {
  for (const std::string& part : parts_of(option, text, ",")) files.push_back(part.substr(0, part.rfind(':')));
}

/// What options set that no field of Asked says as it is.
const std::map<std::string, Rule>& rules() {
  using Fields = PastedFields;
  using Text = std::string;
  static const std::map<std::string, Rule> table = {
      {"context", [](Fields& f, const Text& option, const Text& text) { set_number(f.asked.context, option, text); }},
      {"context_each",
       [](Fields& f, const Text& option, const Text& text) { set_number(f.asked.context_each, option, text); }},
      {"n_cpu_moe",
       [](Fields& f, const Text& option, const Text& text) { set_number(f.asked.n_cpu_moe, option, text); }},
      {"model_file", [](Fields& f, const Text&, const Text& text) { f.model_file = text; }},
      {"repository", [](Fields& f, const Text&, const Text& text) { f.repository = text; }},
      {"repository_file", [](Fields& f, const Text&, const Text& text) { f.repository_file = text; }},
      {"fit", [](Fields& f, const Text& option, const Text& text) { f.fits_itself = flag_of(option, text); }},
      {"projector", [](Fields& f, const Text& option, const Text& text) { f.loads_projector = flag_of(option, text); }},
      {"devices", [](Fields& f, const Text& option, const Text& text) { f.devices = parts_of(option, text, ","); }},
      {"enable_lora", [](Fields& f, const Text& option, const Text& text) { f.enables_lora = flag_of(option, text); }},
      {"lora", [](Fields& f, const Text& option, const Text& text) { add_files(f.asked.lora, option, text); }},
      {"lora_scaled",
       [](Fields& f, const Text& option, const Text& text) { add_scaled_files(f.asked.lora, option, text); }},
      {"control_vectors",
       [](Fields& f, const Text& option, const Text& text) { add_files(f.asked.control_vectors, option, text); }},
      {"control_vectors_scaled", [](Fields& f, const Text& option,
                                    const Text& text) { add_scaled_files(f.asked.control_vectors, option, text); }},
      {"mmproj", [](Fields& f, const Text& option, const Text& text) { add_files(f.asked.mmproj, option, text); }},
      {"kv_types", [](Fields& f, const Text&, const Text& text) { f.asked.kv_type_k = f.asked.kv_type_v = text; }},
      {"reranking",
       [](Fields& f, const Text&, const Text&) {
         f.asked.request.embeddings = true;
         f.asked.pooling = name_of(Pooling::kRank);
       }},
      {"batches",
       [](Fields& f, const Text& option, const Text& text) {
         f.asked.request.batch = f.asked.request.ubatch = number_of<std::int64_t>(option, text, "a whole number");
       }},
      {"speculative.type", [](Fields& f, const Text&, const Text& text) { f.asked.speculative.type = text; }},
      {"speculative.model", [](Fields& f, const Text&, const Text& text) { f.asked.speculative.model = text; }},
      {"speculative.max", [](Fields& f, const Text& option, const Text& text) {
         f.asked.speculative.max = number_of<std::int64_t>(option, text, "a whole number");
       }}};
  return table;
}

}  // namespace

void set_pasted(PastedFields& fields, const std::string& field, const std::string& option, const std::string& text) {
  if (text.empty()) throw Error(ErrorKind::kBadRequest, option + ": the value is empty");
  fields.given.insert(field);
  if (const auto rule = rules().find(field); rule != rules().end()) return rule->second(fields, option, text);
  FieldSetter setter{field, option, text};
  for_each_field(fields.asked, setter);
}

bool is_pasted_field(const std::string& field) {
  if (rules().count(field) > 0) return true;
  bool found = false;
  for_each_field(Asked{}, [&](const char* name, const auto&) { found = found || field == name; });
  return found;
}

}  // namespace lfmfit::ask
