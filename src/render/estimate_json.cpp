#include "core/llamacpp/override_text.hpp"
#include "lfmfit/asked.hpp"
#include "lfmfit/model.hpp"
#include "render/change_text.hpp"
#include "render/json.hpp"
#include "render/notes.hpp"
#include "render/vllm_json.hpp"

namespace lfmfit::render {

namespace {

/// Puts what is set into an object, as far as its runtime has it.
class FieldWriter {
 public:
  explicit FieldWriter(const char* runtime) : runtime_(runtime) {}

  template <class Value>
  void operator()(const char* key, const std::optional<Value>& field) {
    if (field) (*this)(key, *field);
  }
  void operator()(const char* key, const NumberOrWord& field) {
    std::visit([&](const auto& value) { (*this)(key, value); }, field);
  }
  void operator()(const char* key, const Speculative& field) {
    if (!field.is_asked() || !takes_field(runtime_, key)) return;
    FieldWriter parts("llama.cpp");  // whose fields they are
    parts("type", field.type);
    parts("max", field.max);
    parts("model", field.model);
    json[key] = parts.json;
  }
  void operator()(const char* key, Bytes field) { (*this)(key, field.count()); }
  template <class Value>
  void operator()(const char* key, const Value& field) {
    if (takes_field(runtime_, key)) json[key] = field;
  }

  Json json = Json::object();

 private:
  std::string_view runtime_;
};

/// What the driver's share is made up of, where that is known.
Json driver_json(const MemoryLedger& ledger, int gpu) {
  return {{"context_bytes", ledger.sum(DriverPart::kContext, gpu).count()},
          {"kernels_bytes", ledger.sum(DriverPart::kKernels, gpu).count()},
          {"blas_bytes", ledger.sum(DriverPart::kBlas, gpu).count()},
          {"pool_bytes", ledger.sum(DriverPart::kPool, gpu).count()}};
}

Json gpu_json(const MemoryLedger& ledger, int gpu) {
  Json json = {{"weights_bytes", ledger.sum(MemoryUse::kWeights, gpu).count()},
               {"kv_cache_bytes", ledger.sum(MemoryUse::kKvCache, gpu).count()},
               {"state_bytes", ledger.sum(MemoryUse::kState, gpu).count()},
               {"compute_bytes", ledger.sum(MemoryUse::kCompute, gpu).count()},
               {"runtime_bytes", ledger.sum(MemoryUse::kDriver, gpu).count()},
               {"total_bytes", ledger.total(gpu).count()},
               {"total_low_bytes", ledger.total_low(gpu).count()},
               {"total_high_bytes", ledger.total_high(gpu).count()}};
  if (ledger.has(DriverPart::kContext, gpu)) json["driver"] = driver_json(ledger, gpu);
  return json;
}

Json host_json(const MemoryLedger& ledger) {
  Json host = {{"weights_bytes", ledger.sum(MemoryUse::kWeights, kHost).count()},
               {"kv_cache_bytes", ledger.sum(MemoryUse::kKvCache, kHost).count()},
               {"state_bytes", ledger.sum(MemoryUse::kState, kHost).count()},
               {"compute_bytes", ledger.sum(MemoryUse::kCompute, kHost).count()},
               {"output_bytes", ledger.sum(MemoryUse::kOutput, kHost).count()}};
  const Bytes runtime = ledger.sum(MemoryUse::kDriver, kHost);
  if (runtime > Bytes(0)) host["runtime_bytes"] = runtime.count();
  host["total_bytes"] = ledger.total(kHost).count();
  return host;
}

Json placement_json(const Question& question, const Estimate& estimate) {
  Json layers = Json::array();
  for (const int place : estimate.memory.layers) layers.push_back(name_of_place(place));
  return {{"gpu_layers", estimate.request.gpu_layers},
          {"n_cpu_moe", estimate.memory.expert_layers_on_host},
          {"override_tensor", override_texts(estimate.request, *question.backend)},
          {"layers", layers},
          {"split", name_of(estimate.request.split_mode)}};
}

Json model_json(const Question& question, const Estimate& estimate) {
  const Model& model = *question.model;
  Json json = {{"id", model.card.id},
               {"architecture", model.architecture},
               {"parameters", parameter_count(model)},
               {"active_parameters", active_parameter_count(model)},
               {"tensor_bytes", estimate.tensor_bytes.count()},
               {"file_bytes", estimate.file_bytes.count()}};
  if (estimate.file_low != estimate.file_high) {
    json["file_low_bytes"] = estimate.file_low.count();
    json["file_high_bytes"] = estimate.file_high.count();
  }
  json["bits_per_weight"] = estimate.bits_per_weight;
  return json;
}

}  // namespace

Json request_json(const Asked& asked) {
  const auto is_of = [&](const char* runtime) { return asked.runtime && asked.runtime->starts_with(runtime); };
  FieldWriter writer(is_of("vllm") ? "vllm" : is_of("mlx") ? "mlx" : "llama.cpp");
  for_each_printed_field(asked, writer);
  return writer.json;
}

Json memory_json(const Estimate& estimate) {
  const MemoryLedger& ledger = estimate.memory;
  if (estimate.vllm) return vllm_memory_json(estimate);
  Json gpus = Json::array();
  for (int gpu = 0; gpu < ledger.gpu_count; ++gpu) gpus.push_back(gpu_json(ledger, gpu));
  return {{"gpus", gpus}, {"host", host_json(ledger)}};
}

namespace {

Json terms_json(const std::vector<TimeTerm>& terms) {
  Json json = Json::array();
  for (const TimeTerm& term : terms) {
    json.push_back(
        {{"name", term.name}, {"seconds", term.value.value()}, {"formula", term.formula}, {"source", term.source}});
  }
  return json;
}

Json improvements_json(const std::vector<Improvement>& improvements) {
  Json json = Json::array();
  for (const Improvement& improvement : improvements) {
    json.push_back({{"change", change_text(improvement.change)},
                    {"tok_s", improvement.value.value()},
                    {"gain", improvement.gain},
                    {"hardware", is_hardware(improvement.change.kind)}});
  }
  return json;
}

/// A speed with its band. A rule of thumb has none.
void add_speed(Json& json, const std::string& what, const SpeedEstimate& speed) {
  json[what + "_tok_s"] = speed.value.value();
  json[what + "_low_tok_s"] = speed.low.value();
  json[what + "_high_tok_s"] = speed.high.value();
}

/// The terms and improvements of a speed, where they were asked for.
void add_explanation(Json& json, const std::string& what, const SpeedEstimate& speed) {
  if (speed.terms.empty()) return;
  json[what + "_terms"] = terms_json(speed.terms);
  json[what + "_improvements"] = improvements_json(speed.improvements);
}

}  // namespace

Json speed_json(const SharedValue<Speed>& speed) {
  if (!speed) return {{"decode_tok_s", nullptr}, {"prefill_tok_s", nullptr}};
  Json json = Json::object();
  add_speed(json, "decode", speed->decode);
  if (speed->throughput) add_speed(json, "throughput", *speed->throughput);
  if (speed->prefill) add_speed(json, "prefill", *speed->prefill);
  if (speed->time_to_first_token) json["time_to_first_token_s"] = speed->time_to_first_token->value();
  if (speed->decode_half_context) json["decode_half_context_tok_s"] = speed->decode_half_context->value();
  if (speed->decode_full_context) json["decode_full_context_tok_s"] = speed->decode_full_context->value();
  json["speed_measured"] = speed->decode.measured;
  json["speed_basis"] = speed->decode.basis;
  if (speed->prefill) json["prefill_measured"] = speed->prefill->measured;
  if (speed->prefill) json["prefill_basis"] = speed->prefill->basis;
  if (speed->throughput) json["throughput_measured"] = speed->throughput->measured;
  if (speed->throughput) json["throughput_basis"] = speed->throughput->basis;
  add_explanation(json, "decode", speed->decode);
  if (speed->prefill) add_explanation(json, "prefill", *speed->prefill);
  return json;
}

Json fit_json(const Fit& fit) {
  Json places = Json::array();
  for (const PlaceFit& place : fit.places) {
    Json json = {{"place", name_of_place(place.place)}};
    if (place.usable) json["usable_bytes"] = place.usable->count();
    json["required_bytes"] = place.required.count();
    if (place.usable) json["headroom_bytes"] = (*place.usable - place.required).count();
    places.push_back(std::move(json));
  }
  Json json = {{"verdict", lfmfit::name_of(fit.verdict)},
               {"usable_bytes", fit.usable.count()},
               {"required_bytes", fit.required.count()},
               {"headroom_bytes", fit.headroom.count()},
               {"places", places}};
  if (!fit.raised) return json;
  json["raised_limit"] = {{"setting", fit.raised->setting},
                          {"value", fit.raised->value},
                          {"how", fit.raised->how},
                          {"usable_bytes", fit.raised->usable.count()},
                          {"leaves_bytes", fit.raised->leaves.count()},
                          {"verdict", lfmfit::name_of(fit.raised->verdict)}};
  return json;
}

Json estimate_json(const Question& question, const Estimate& estimate, const Json& id) {
  Json json = {{"schema", "lfmfit.estimate/1"}};
  if (!id.is_null()) json["id"] = id;
  json["model"] = model_json(question, estimate);
  json["request"] = request_json(asked_of(question, estimate));
  json["memory"] = memory_json(estimate);
  if (question.device != nullptr) json["speed"] = speed_json(estimate.speed);
  if (!estimate.memory.layers.empty()) json["placement"] = placement_json(question, estimate);
  if (estimate.fit) json["fit"] = fit_json(*estimate.fit);
  if (estimate.vllm) json["vllm"] = vllm_json(*estimate.vllm);
  json["warnings"] = estimate.warnings;
  json["notes"] = notes_about(question, estimate);
  return json;
}

Json error_json(const Json& id, ErrorKind kind, const std::string& message) {
  Json json = Json::object();
  if (!id.is_null()) json["id"] = id;
  json["error"] = {{"kind", lfmfit::name_of(kind)}, {"message", message}};
  return json;
}

}  // namespace lfmfit::render
