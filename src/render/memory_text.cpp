#include "render/memory_text.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <vector>

#include "render/figures.hpp"
#include "render/vllm_text.hpp"

namespace lfmfit::render {

namespace {

constexpr MemoryUse kUses[] = {MemoryUse::kWeights, MemoryUse::kKvCache, MemoryUse::kState,      MemoryUse::kCompute,
                               MemoryUse::kOutput,  MemoryUse::kDriver,  MemoryUse::kActivation, MemoryUse::kGraphs,
                               MemoryUse::kOther,   MemoryUse::kOutside};

bool has_term(const MemoryLedger& ledger, MemoryUse use, int place) {
  for (const MemoryTerm& term : ledger.terms) {
    if (term.use == use && term.place == place && term.high > Bytes(0)) return true;
  }
  return false;
}

}  // namespace

std::vector<SumPart> sum_parts(const MemoryLedger& ledger, int place) {
  std::vector<MemoryUse> uses;
  std::vector<Bytes> parts;
  for (const MemoryUse use : kUses) {
    if (!has_term(ledger, use, place)) continue;
    uses.push_back(use);
    parts.push_back(ledger.sum(use, place));
  }
  const std::vector<std::string> figures = parts_that_add_up(parts, ledger.total(place));
  std::vector<SumPart> shown;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    if (figures[i] != two_decimals(0)) shown.push_back({name_of(uses[i]), figures[i]});
  }
  return shown;
}

std::string sum_text(const MemoryLedger& ledger, int place) {
  std::string text = two_decimals(in_gb(ledger.total(place))) + " GB";
  const char* before = " = ";
  for (const SumPart& part : sum_parts(ledger, place)) {
    text += before + part.name + " " + part.gb;
    before = " + ";
  }
  return text;
}

std::string beside_text(const Question& question) {
  std::string text;
  for (const BesideModel& beside : question.beside) {
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", beside.what,
                        gb_text(buffer_bytes(beside.tensors, *question.backend)));
  }
  return text.empty()
             ? text
             : text + (question.beside.size() == 1 ? ", counted as weights; what it computes with is not counted"
                                                   : ", counted as weights; what they compute with is not counted");
}

std::string scene_text(const Question& question, const MemoryLedger& ledger) {
  if (question.vllm) return vllm_scene_text(question);
  if (const auto& mlx = question.mlx) {
    const std::string cache = mlx->request.kv_bits ? fmt::format("{}-bit", *mlx->request.kv_bits) : "bf16";
    return fmt::format("{} on {}, {} cache", law_of(question).release(question), question.backend->label, cache);
  }
  if (!law_of(question).tells_bands) return "The rule of thumb of calculator sites";
  const Request& request = question.request;
  const auto& [k, v] = question.cache;
  const std::string cache = k == v ? k->name : k->name + "/" + v->name;
  return fmt::format("{} on {}, {} slot{}, {} cache, flash attention {}", law_of(question).release(question),
                     question.backend->label, request.parallel, request.parallel == 1 ? "" : "s", cache,
                     ledger.scene.flash_attention ? "on" : "off");
}

std::string not_counted_text(const Question& question) {
  if (!question.model->projector || !question.beside.empty()) return "";
  const Projector& projector = *question.model->projector;
  return fmt::format("the vision or audio part (mmproj, {}) takes {}{} more; --with-mmproj counts it", projector.type,
                     projector.measured ? "" : "about ", gb_text(projector.bytes));
}

}  // namespace lfmfit::render
