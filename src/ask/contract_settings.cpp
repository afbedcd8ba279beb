#include "ask/contract_settings.hpp"

#include "ask/contract_words.hpp"
#include "lfmfit/law.hpp"

namespace lfmfit::ask {

namespace {

constexpr std::int64_t kMostUsers = 1024;
constexpr std::int64_t kMostTokens = std::int64_t{1} << 31;

/// Replaces `field` where there is a new value.
template <class Field, class Value>
void set(Field& field, const std::optional<Value>& value) {
  if (value) field = *value;
}

template <class Rate>
void set_rate(std::optional<Rate>& field, const std::optional<double>& value) {
  if (value) field = Rate(*value);
}

void read_limits(ContractObject& require, ContractCase& each) {
  Limits& limits = each.limits;
  set(limits.fits, require.flag("fits"));
  if (const auto verdict = require.word("verdict", {"runs great", "runs well", "tight"}))
    limits.verdict = static_cast<Verdict>(*verdict);
  set(limits.headroom, require.parsed<SizeOrShare>("headroom", size_or_share_word));
  set(limits.max_memory, require.parsed<Bytes>("max_memory", size_word));
  set(limits.max_host_memory, require.parsed<Bytes>("max_host_memory", size_word));
  set(limits.max_file, require.parsed<Bytes>("max_file", size_word));
  set(each.min_context, require.number_or_word("min_context"));
  set_rate(limits.min_decode, require.number("min_decode"));
  set_rate(limits.min_decode_each, require.number("min_decode_each"));
  set_rate(limits.min_prefill, require.number("min_prefill"));
  set(limits.max_first_token, require.parsed<Seconds>("max_first_token", seconds_word));
  set(limits.measured, require.flag("measured"));
}

/// The law of the runtime that `value` names: "llama.cpp", or with its version as laws are called.
std::string method_of(const LocatedJson::Json& value) {
  std::string known;
  for (const Law* law : laws()) {
    const std::string name = law->name, runtime = name.substr(0, name.find(' '));
    if (value == runtime || value == name) return law->method;
    if (law->tells_bands) known += (known.empty() ? "" : ", ") + runtime;
  }
  throw Error(ErrorKind::kBadFile, shown_value(value) + " is no runtime that lfmfit knows; it knows " + known);
}

void read_runtime(ContractObject& object, ContractSettings& settings) {
  Asked& asked = settings.each.asked;
  set(asked.method, object.parsed<std::string>("runtime", method_of));
  set(asked.kv_type_k, object.text("cache_type_k"));
  set(asked.kv_type_v, object.text("cache_type_v"));
  const std::vector<std::string_view> choices = {"auto", "on", "off"};
  if (const auto choice = object.word("flash_attention", choices)) asked.flash_attention = choices[*choice];
  set(asked.request.batch, object.whole("batch", 1, kMostTokens));
  set(asked.request.ubatch, object.whole("ubatch", 1, kMostTokens));
}

void read_placement(ContractObject& object, ContractSettings& settings) {
  Asked& asked = settings.each.asked;
  set(asked.gpu_layers, object.number_or_word("gpu_layers"));
  set(asked.n_cpu_moe, object.number_or_word("n_cpu_moe"));
  set(asked.request.cpu_moe, object.flag("cpu_moe"));
  if (const auto word = object.word("placement", {"all-on-gpu", "partial"})) settings.may_be_partial = *word == 1;
}

void read_beside(ContractObject& object, ContractSettings& settings,
                 const std::function<std::string(const std::string&)>& resolve) {
  const auto add = [&](const char* key, std::vector<std::string>& paths) {
    const std::vector<std::string> named = object.texts(key);
    if (named.empty()) return;
    paths.clear();
    for (const std::string& path : named) paths.push_back(resolve(path));
  };
  add("mmproj", settings.each.asked.mmproj);
  add("lora", settings.each.asked.lora);
}

void read_depth(ContractObject& object, ContractCase& each) {
  const auto depth = object.number_or_word("depth");
  if (!depth) return;
  each.half_depth = *depth == NumberOrWord("half");
  each.asked.depth = each.half_depth ? NumberOrWord("full") : *depth;
}

}  // namespace

void read_settings(ContractObject& object, ContractSettings& settings,
                   const std::function<std::string(const std::string&)>& resolve) {
  ContractCase& each = settings.each;
  if (const auto quantizations = object.texts("quantization"); !quantizations.empty())
    settings.quantizations = quantizations;
  if (const auto contexts = object.numbers_or_words("context"); !contexts.empty()) settings.contexts = contexts;
  set(each.asked.users, object.whole("users", 1, kMostUsers));
  read_runtime(object, settings);
  read_placement(object, settings);
  read_beside(object, settings, resolve);
  read_depth(object, each);
  if (const auto bound = object.word("bound", {"sure", "typical"})) each.bound = static_cast<SpeedBound>(*bound);
  if (const auto level = object.word("level", {"error", "warn", "off"})) each.level = static_cast<Level>(*level);
  if (const auto choice = object.word("when_unsure", {"fail", "warn", "pass"}))
    each.when_unsure = static_cast<WhenUnsure>(*choice);
  auto require = object.object("require");
  if (!require) return;
  settings.limits_something = settings.limits_something || !require->keys().empty();
  if (require->keys().empty()) object.fault("require", "is empty; say what must hold, like {\"fits\": true}");
  read_limits(*require, each);
  require->finish();
}

}  // namespace lfmfit::ask
