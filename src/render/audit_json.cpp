#include "lfmfit/asked.hpp"
#include "render/audit.hpp"

namespace lfmfit::render {

namespace {

Json term_json(const AuditTerm& term) {
  Json json = {{"place", name_of_place(term.measured.place)},
               {"use", name_of(term.measured.use)},
               {"measured_bytes", term.measured.bytes.count()},
               {"lfmfit_bytes", term.ours.count()},
               {"difference_bytes", term.ours.count() - term.measured.bytes.count()},
               {"equal", term.equal}};
  if (!term.cause.empty()) json["cause"] = term.cause;
  return json;
}

Json failure_json(const OutOfMemory& failure) {
  Json json = Json::object();
  if (failure.place) json["place"] = name_of_place(*failure.place);
  if (failure.use) json["use"] = name_of(*failure.use);
  if (failure.asked) json["asked_bytes"] = failure.asked->count();
  if (failure.there) json[failure.left ? "free_bytes" : "free_at_start_bytes"] = failure.there->count();
  return json;
}

/// The question as a line of `lfmfit batch`.
Json question_json(const Audit& audit) {
  Json json = {{"model", audit.question.model->card.id}};
  json.update(request_json(asked_of(audit.question, audit.answer)));
  return json;
}

}  // namespace

Json audit_json(const Audit& audit) {
  Json json = {{"schema", "lfmfit.audit/1"},
               {"log", audit.log},
               {"program", audit.program},
               {"model", audit.question.model->card.id},
               {"request", request_json(asked_of(audit.question, audit.answer))},
               {"terms", Json::array()}};
  for (const AuditTerm& term : audit.terms) json["terms"].push_back(term_json(term));
  if (audit.answer.vllm && audit.measured.cache_tokens)
    json["kv_cache_tokens"] = {{"measured", *audit.measured.cache_tokens},
                               {"lfmfit", audit.answer.vllm->kv_cache_tokens}};
  if (audit.answer.vllm && audit.measured.concurrency)
    json["maximum_concurrency"] = {{"measured", *audit.measured.concurrency},
                                   {"lfmfit", audit.answer.vllm->maximum_concurrency}};
  if (audit.failure) json["out_of_memory"] = failure_json(*audit.failure);
  if (audit.answer.fit) json["fit"] = fit_json(*audit.answer.fit);
  json["notes"] = audit.notes;
  return json;
}

Json audit_row(const Audit& audit) {
  Json measured = Json::array();
  for (const MeasuredTerm& term : audit.measured.terms)
    measured.push_back({{"place", name_of_place(term.place)},
                        {"use", name_of(term.use)},
                        {"bytes", term.bytes.count()},
                        {"buffers", term.buffers}});
  return {{"program", audit.program},
          {"request", question_json(audit)},
          {"grain_bytes", audit.measured.grain.count()},
          {"measured", measured}};
}

}  // namespace lfmfit::render
