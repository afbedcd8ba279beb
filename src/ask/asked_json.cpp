#include "ask/asked_json.hpp"

#include <cstdint>
#include <limits>
#include <set>
#include <string>

#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void reject(const std::string& key, const std::string& wanted) {
  throw Error(ErrorKind::kBadRequest, "\"" + key + "\" must be " + wanted);
}

std::int64_t whole_number(const std::string& key, const Json& value, const std::string& wanted) {
  const bool fits = !value.is_number_unsigned() ||
                    value.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  if (!value.is_number_integer() || !fits) reject(key, wanted);
  return value.get<std::int64_t>();
}

/// Reads the fields of a request, one after another; keys that none of them has are errors.
class FieldReader {
 public:
  explicit FieldReader(const Json& object) : object_(object), known_{"id", "command_line", "commands"} {}

  template <class Field>
  void operator()(const char* key, Field& field) {
    known_.insert(key);
    const auto value = object_.find(key);
    if (value != object_.end() && !value->is_null()) read(key, *value, field);
  }

  void require_all_known() const {
    for (const auto& field : object_.items()) {
      if (known_.count(field.key()) > 0) continue;
      std::string list;
      for (const std::string& key : known_) list += (list.empty() ? "" : ", ") + key;
      throw Error(ErrorKind::kBadRequest, "unknown key \"" + field.key() + "\"; known are " + list);
    }
  }

 private:
  template <class Value>
  static void read(const std::string& key, const Json& value, std::optional<Value>& field) {
    read(key, value, field.emplace());
  }

  static void read(const std::string& key, const Json& value, std::string& field) {
    if (!value.is_string()) reject(key, "a string");
    field = value.get<std::string>();
  }

  static void read(const std::string& key, const Json& value, std::int64_t& field) {
    field = whole_number(key, value, "a whole number");
  }

  static void read(const std::string& key, const Json& value, double& field) {
    if (!value.is_number()) reject(key, "a number");
    field = value.get<double>();
  }

  static void read(const std::string& key, const Json& value, bool& field) {
    if (!value.is_boolean()) reject(key, "true or false");
    field = value.get<bool>();
  }

  static void read(const std::string& key, const Json& value, NumberOrWord& field) {
    if (value.is_string()) {
      field = value.get<std::string>();
    } else {
      field = whole_number(key, value, "a whole number, or a word");
    }
  }

  static void read(const std::string& key, const Json& value, Bytes& field) {
    field = Bytes(whole_number(key, value, "a whole number"));
    if (field < Bytes(0)) reject(key, "a number of bytes, not less than 0");
  }

  static void read(const std::string& key, const Json& value, std::vector<double>& field) {
    if (!value.is_array()) reject(key, "an array of numbers");
    for (const Json& element : value) {
      if (!element.is_number()) reject(key, "an array of numbers");
      field.push_back(element.get<double>());
    }
  }

  static void read(const std::string& key, const Json& value, Speculative& field) {
    if (!value.is_object()) reject(key, "an object like {\"type\": \"mtp\", \"max\": 2}");
    for (const auto& part : value.items()) {
      if (part.key() == "type") {
        read(key + ".type", part.value(), field.type);
      } else if (part.key() == "max") {
        read(key + ".max", part.value(), field.max);
      } else if (part.key() == "model") {
        read(key + ".model", part.value(), field.model);
      } else {
        reject(key, "an object with \"type\", \"max\" and \"model\" alone");
      }
    }
  }

  /// One, or an array of them.
  static void read(const std::string& key, const Json& value, std::vector<std::string>& field) {
    if (!value.is_array()) return read(key, value, field.emplace_back());
    for (const Json& element : value) read(key, element, field.emplace_back());
  }

  const Json& object_;
  std::set<std::string> known_;
};

}  // namespace

Asked read_settings(const Json& json) {
  if (!json.is_object())
    throw Error(ErrorKind::kBadRequest, "a request is a JSON object, like {\"model\": \"LiquidAI/LFM2-1.2B\"}");
  Asked asked;
  FieldReader reader(json);
  for_each_field(asked, reader);
  reader.require_all_known();
  return asked;
}

Asked read_asked(const Json& json) {
  Asked asked = read_settings(json);
  if (!asked.model)
    throw Error(ErrorKind::kBadRequest, "\"model\" is missing; write {\"model\": \"LiquidAI/LFM2-1.2B\"}");
  return asked;
}

}  // namespace lfmfit::ask
