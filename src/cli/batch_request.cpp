#include "cli/batch_request.hpp"

#include <limits>
#include <optional>
#include <set>
#include <string>

#include "cli/request_options.hpp"
#include "core/base/limits.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::cli {

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

/// The fields of a request, each taken once; those that are left are errors.
class Fields {
 public:
  explicit Fields(const Json& object) : object_(object) {}

  const Json* take(const std::string& key) {
    known_.insert(key);
    const auto field = object_.find(key);
    return field == object_.end() || field->is_null() ? nullptr : &*field;
  }

  std::optional<std::string> text(const std::string& key) {
    const Json* value = take(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) reject(key, "a string");
    return value->get<std::string>();
  }

  std::optional<std::int64_t> number(const std::string& key) {
    const Json* value = take(key);
    if (value == nullptr) return std::nullopt;
    return whole_number(key, *value, "a whole number");
  }

  std::optional<Bytes> bytes(const std::string& key) {
    const std::optional<std::int64_t> count = number(key);
    if (!count) return std::nullopt;
    if (*count < 0) reject(key, "a number of bytes, not less than 0");
    return Bytes(*count);
  }

  bool flag(const std::string& key, bool usual) {
    const Json* value = take(key);
    if (value == nullptr) return usual;
    if (!value->is_boolean()) reject(key, "true or false");
    return value->get<bool>();
  }

  void require_all_taken() const {
    for (const auto& field : object_.items()) {
      if (known_.count(field.key()) > 0) continue;
      std::string list;
      for (const std::string& key : known_) list += (list.empty() ? "" : ", ") + key;
      throw Error(ErrorKind::kBadRequest, "unknown key \"" + field.key() + "\"; known are " + list);
    }
  }

 private:
  const Json& object_;
  std::set<std::string> known_;
};

Method read_method(Fields& fields) {
  const std::string method = fields.text("method").value_or("exact");
  if (method != "exact" && method != "page") reject("method", "\"exact\" or \"page\"");
  return method == "page" ? Method::kRuleOfThumb : Method::kExact;
}

void read_context(Fields& fields, Question& question) {
  question.request.context = default_context(question.method);
  const Json* context = fields.take("context");
  if (context == nullptr) return;
  if (!context->is_string()) {
    question.request.context =
        Tokens(whole_number("context", *context, "a whole number of tokens, \"fit\" or \"max\""));
  } else if (*context == "max") {
    question.request.context = question.model->context_limit;
  } else if (*context == "fit") {
    question.longest_context = true;
    question.request.context = Tokens(1);
  } else {
    reject("context", "a whole number of tokens, \"fit\" or \"max\"");
  }
}

void read_outputs(Fields& fields, Request& request) {
  const Json* outputs = fields.take("outputs");
  if (outputs == nullptr) return;
  request.all_outputs = *outputs == "all";
  if (!request.all_outputs) request.outputs = whole_number("outputs", *outputs, "a whole number of rows, or \"all\"");
}

int read_gpu_count(Fields& fields) {
  const std::int64_t count = fields.number("gpu_count").value_or(1);
  if (count < 0 || count > kMaxGpus) reject("gpu_count", "a whole number from 0 (backend cpu) to 64");
  return static_cast<int>(count);
}

void read_run(Fields& fields, Request& request) {
  request.kv_type_k = fields.text("kv_type_k").value_or(request.kv_type_k);
  request.kv_type_v = fields.text("kv_type_v").value_or(request.kv_type_v);
  request.parallel = fields.number("parallel").value_or(request.parallel);
  request.kv_unified = fields.flag("kv_unified", request.kv_unified);
  request.batch = fields.number("batch").value_or(request.batch);
  request.ubatch = fields.number("ubatch").value_or(request.ubatch);
  request.flash_attention = parse_flash_attention(fields.text("flash_attention").value_or("auto"));
  read_outputs(fields, request);
  request.swa_full = fields.flag("swa_full", request.swa_full);
  request.gpu_layers = fields.number("gpu_layers").value_or(request.gpu_layers);
  request.cpu_moe = fields.flag("cpu_moe", request.cpu_moe);
  request.n_cpu_moe = fields.number("n_cpu_moe").value_or(request.n_cpu_moe);
  request.offload_kqv = fields.flag("offload_kqv", request.offload_kqv);
  request.op_offload = fields.flag("op_offload", request.op_offload);
  request.gpu_count = read_gpu_count(fields);
  request.depth = Tokens(fields.number("depth").value_or(0));
}

const Device* read_device(Fields& fields, const Catalog& catalog) {
  const std::optional<std::string> name = fields.text("device");
  return name ? &catalog.device(*name) : nullptr;
}

ModelFinder::Found read_model(Fields& fields, ModelFinder& models) {
  const std::optional<std::string> name = fields.text("model");
  if (!name) throw Error(ErrorKind::kBadRequest, "\"model\" is missing; write {\"model\": \"LiquidAI/LFM2-1.2B\"}");
  return models.find(*name);
}

}  // namespace

Question read_batch_request(const Json& json, const Catalog& catalog, ModelFinder& models) {
  if (!json.is_object())
    throw Error(ErrorKind::kBadRequest, "a request is a JSON object, like {\"model\": \"LiquidAI/LFM2-1.2B\"}");
  Fields fields(json);
  fields.take("id");
  Question question;
  const ModelFinder::Found found = read_model(fields, models);
  const std::optional<std::string> quantization = fields.text("quantization");
  question.model = found.model;
  question.quantization = &models.quantization(found, quantization.value_or("Q4_K_M"), quantization.has_value());
  question.method = read_method(fields);
  question.device = read_device(fields, catalog);
  if (question.device != nullptr) question.speed_constants = &catalog.speed();
  read_context(fields, question);
  read_run(fields, question.request);
  const std::string usual = question.device != nullptr ? question.device->backend : Request{}.backend;
  question.backend = &catalog.backend(fields.text("backend").value_or(usual));
  question.request.backend = question.backend->name;
  if (question.device != nullptr) require_drives(*question.backend, *question.device);
  question.available = fields.bytes("available_bytes");
  question.driver_share = fields.bytes("runtime_bytes");
  fields.require_all_taken();
  question.type_k = &catalog.tensor_type(question.request.kv_type_k);
  question.type_v = &catalog.tensor_type(question.request.kv_type_v);
  return question;
}

}  // namespace lfmfit::cli
