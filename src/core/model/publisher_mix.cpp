#include "lfmfit/publisher_mix.hpp"

#include <algorithm>

#include "core/base/letter_case.hpp"

namespace lfmfit {

namespace {

bool has_tensors_of(const ModelKind& kind, const Model& model) {
  if (kind.with_tensor.empty() && kind.without_part.empty()) return true;
  const std::vector<Tensor> all = tensors(model);
  const auto is_wanted = [&](const Tensor& tensor) { return tensor.name == kind.with_tensor; };
  const auto is_unwanted = [&](const Tensor& tensor) {
    return tensor.name.find(kind.without_part) != std::string::npos;
  };
  return (kind.with_tensor.empty() || std::any_of(all.begin(), all.end(), is_wanted)) &&
         (kind.without_part.empty() || std::none_of(all.begin(), all.end(), is_unwanted));
}

/// The kinds whose mixes count for `model`, its own first.
std::vector<std::string_view> kinds_of(const PublisherMixes& mixes, const Model& model) {
  std::vector<std::string_view> names;
  auto kind = std::find_if(mixes.kinds.begin(), mixes.kinds.end(),
                           [&](const ModelKind& candidate) { return is_of(candidate, model); });
  while (kind != mixes.kinds.end() && names.size() < mixes.kinds.size()) {
    names.push_back(kind->name);
    const std::string& next = kind->otherwise;
    kind = std::find_if(mixes.kinds.begin(), mixes.kinds.end(),
                        [&](const ModelKind& candidate) { return candidate.name == next; });
  }
  return names;
}

}  // namespace

bool is_of(const ModelKind& kind, const Model& model) {
  if (kind.experts && *kind.experts != (expert_count(model) > 0)) return false;
  if (kind.max_parameters > 0 && parameter_count(model) > kind.max_parameters) return false;
  const std::string& date = model.card.release_date;
  if (!kind.released_from.empty() && !date.empty() && date < kind.released_from) return false;
  return has_tensors_of(kind, model);
}

const PublisherMix* find_mix(const PublisherMixes& mixes, std::string_view publisher, std::string_view name,
                             const Model& model) {
  for (const std::string_view kind : kinds_of(mixes, model)) {
    for (const std::string_view whose : {publisher, std::string_view(kAnyPublisher)}) {
      for (const PublisherMix& mix : mixes.mixes) {
        if (mix.kind == kind && same_but_case(mix.publisher, whose) && same_but_case(mix.name, name)) return &mix;
      }
    }
  }
  return nullptr;
}

std::vector<std::string> publishers_of(const PublisherMixes& mixes, std::string_view name) {
  std::vector<std::string> publishers;
  for (const PublisherMix& mix : mixes.mixes) {
    const bool is_new = std::find(publishers.begin(), publishers.end(), mix.publisher) == publishers.end();
    if (is_new && same_but_case(mix.name, name)) publishers.push_back(mix.publisher);
  }
  return publishers;
}

}  // namespace lfmfit
