#include "ask/contract_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ask/contract_cases.hpp"
#include "ask/contract_settings.hpp"
#include "ask/contract_words.hpp"
#include "core/base/printable.hpp"

namespace lfmfit::ask {

namespace {

using Json = LocatedJson::Json;

constexpr const char* kContractSchema = "lfmfit.contract/1";
constexpr std::size_t kLongestId = 100;

bool is_id(const std::string& id) {
  const auto letter_or_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  const auto allowed = [&](char c) { return letter_or_digit(c) || c == '.' || c == '_' || c == '/' || c == '-'; };
  return !id.empty() && id.size() <= kLongestId && letter_or_digit(id.front()) &&
         std::all_of(id.begin(), id.end(), allowed);
}

class ContractReader {
 public:
  ContractReader(const std::string& path, std::string_view text, std::string_view version, Faults& faults)
      : file_(path, text), faults_(faults), version_(version), cases_(path) {
    contract_.path = path;
  }

  Contract read() {
    ContractObject root(file_, file_.root(), faults_, "");
    read_heading(root);
    read_targets(root);
    read_tolerances(root);
    if (auto defaults = root.object("defaults")) {
      read_settings(*defaults, defaults_, resolve_);
      defaults->finish();
    }
    read_checks(root);
    root.finish();
    for (const auto& [name, target] : cases_.targets) {
      if (!target.used) faults_.add(target.line, fmt::format("no check is on the target \"{}\"; remove it", name));
    }
    return std::move(contract_);
  }

 private:
  void read_heading(ContractObject& root) {
    root.take("$schema");
    if (const Json* schema = root.take("schema"); schema == nullptr) {
      root.fault(fmt::format("schema is missing; write \"schema\": \"{}\"", kContractSchema));
    } else if (*schema != kContractSchema) {
      root.fault("schema",
                 fmt::format("{} is not \"{}\", which this lfmfit reads", shown_value(*schema), kContractSchema));
    }
    contract_.name = root.text("name").value_or("");
    for (const std::string& folder : root.texts("data")) contract_.data.push_back(cases_.path_of(folder));
    const auto versions = root.text("lfmfit");
    try {
      if (versions && !is_in_versions(*versions, version_))
        root.fault("lfmfit", fmt::format("{} is asked for, and this is {}", *versions, version_));
    } catch (const Error& error) {
      root.fault("lfmfit", error.what());
    }
  }

  void read_targets(ContractObject& root) {
    auto targets = root.object("targets");
    if (!targets) return;
    for (const std::string& name : targets->keys()) {
      ContractObject row = targets->child(*targets->take(name), fmt::format("target \"{}\"", printable(name)));
      ContractTarget& target = cases_.targets[name];
      target.line = row.line();
      if (!row.is_object()) continue;
      const auto device = row.text("device");
      if (!device && row.take("device") == nullptr) row.fault("has no device; name one as --on takes it");
      target.device = device.value_or("");
      target.available = row.parsed<Bytes>("available", size_word);
      target.ram = row.parsed<Bytes>("ram", size_word);
      target.reserve = row.parsed<SizeOrShare>("reserve", size_or_share_word);
      target.backend = row.text("backend");
      row.take("note");
      row.finish();
    }
  }

  void read_tolerances(ContractObject& root) {
    auto tolerances = root.object("tolerance");
    if (!tolerances) return;
    const auto read = [&](const char* key, Tolerance& tolerance) {
      auto row = tolerances->object(key);
      if (!row) return;
      if (const auto percent = row->number("percent", true)) tolerance.percent = *percent;
      const auto absolute = row->parsed<double>("absolute", [](const Json& value) {
        if (value.is_number() && value.get<double>() >= 0) return value.get<double>();
        return static_cast<double>(size_word(value).count());
      });
      if (absolute) tolerance.absolute = *absolute;
      row->finish();
    };
    read("memory", contract_.tolerances.memory);
    read("decode", contract_.tolerances.decode);
    read("prefill", contract_.tolerances.prefill);
    read("first_token", contract_.tolerances.first_token);
    read("context", contract_.tolerances.context);
    tolerances->finish();
  }

  void read_checks(ContractObject& root) {
    const Json* checks = root.take("checks");
    if (checks == nullptr || !checks->is_array() || checks->empty())
      return root.fault("checks", "must be a list with at least one check");
    for (const Json& value : *checks) {
      const bool has_id = value.is_object() && value.contains("id") && value["id"].is_string();
      const std::string id = has_id ? value["id"].get<std::string>() : std::string();
      ContractObject check(file_, value, faults_, has_id ? fmt::format("check \"{}\"", printable(id)) : "a check");
      if (check.is_object()) read_check(check, id);
    }
  }

  void read_check(ContractObject& check, const std::string& id) {
    check.take("id");
    if (!is_id(id))
      check.fault(fmt::format(
          "needs an id of letters, digits, '.', '_', '/' and '-', at most {} of them, that starts with one of the "
          "first two",
          kLongestId));
    const auto [first, is_new] = id_lines_.emplace(id, check.line());
    if (!is_new && is_id(id))
      faults_.add(check.line(), fmt::format("the id \"{}\" is used twice, first in line {}", id, first->second));
    ContractSettings settings = defaults_;
    settings.each.id = id;
    settings.each.line = check.line();
    const std::vector<std::string> models = required(check, "model"), machines = required(check, "on");
    settings.each.reason = check.text("reason").value_or("");
    settings.each.owner = check.text("owner").value_or("");
    read_settings(check, settings, resolve_);
    if (check.finish() && !settings.limits_something)
      check.fault("requires nothing; add \"require\": {\"fits\": true}, here or in defaults");
    require_open_context(check, settings);
    cases_.multiply(check, settings, models, machines, contract_.cases);
  }

  static std::vector<std::string> required(ContractObject& check, const char* key) {
    const bool is_there = check.take(key) != nullptr;
    if (!is_there) check.fault(fmt::format("has no \"{}\"", key));
    return is_there ? check.texts(key) : std::vector<std::string>();
  }

  static void require_open_context(ContractObject& check, const ContractSettings& settings) {
    const auto& contexts = settings.contexts;
    const bool is_open = std::find(contexts.begin(), contexts.end(), NumberOrWord("fit")) != contexts.end();
    if (settings.each.min_context && !is_open)
      check.fault("asks for min_context with a context that is given; write \"context\": \"fit\"");
  }

  LocatedJson file_;
  Faults& faults_;
  std::string_view version_;
  CaseMaker cases_;
  std::function<std::string(const std::string&)> resolve_ = [this](const std::string& path) {
    return cases_.path_of(path);
  };
  Contract contract_;
  ContractSettings defaults_;
  std::map<std::string, std::size_t> id_lines_;
};

}  // namespace

Contract read_contract(const std::string& path, std::string_view text, std::string_view version, Faults& faults) {
  return ContractReader(path, text, version, faults).read();
}

}  // namespace lfmfit::ask
