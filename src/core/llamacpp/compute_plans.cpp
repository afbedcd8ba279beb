#include "core/llamacpp/compute_plans.hpp"

#include <algorithm>
#include <utility>

#include "core/llamacpp/integrated_gpu.hpp"

namespace lfmfit {

namespace {

/// `request` without what no graph goes by.
Request as_planned(Request request) {
  const Request usual;
  request.placing = usual.placing;
  request.mmap = usual.mmap;
  request.importance_matrix = usual.importance_matrix;
  request.depth = usual.depth;
  request.prompt = usual.prompt;
  request.threads = usual.threads;
  return request;
}

}  // namespace

std::shared_ptr<ComputePlans> new_compute_plans() { return std::make_shared<ComputePlans>(); }

Question with_plans(Question question) {
  if (!question.plans) question.plans = new_compute_plans();
  return question;
}

/// Whether graphs tell one from the other by the sizes of quantized weights alone.
bool ComputePlans::are_alike(const Mix& a, const Mix& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const TensorType* one, const TensorType* other) {
    return one == other || (one->quantized && other->quantized);
  });
}

std::size_t ComputePlans::OfModel::mix_of(const std::vector<Tensor>& tensors) {
  const auto is_it = [&](const Mix& mix) {
    return std::equal(mix.begin(), mix.end(), tensors.begin(), tensors.end(),
                      [](const TensorType* type, const Tensor& tensor) { return type == tensor.stored; });
  };
  const auto known = std::find_if(mixes.begin(), mixes.end(), is_it);
  const auto number = static_cast<std::size_t>(known - mixes.begin());
  if (known == mixes.end()) {
    Mix& mix = mixes.emplace_back();
    for (const Tensor& tensor : tensors) mix.push_back(tensor.stored);
  }
  return number;
}

const ComputeBuffers* ComputePlans::OfModel::find(const Key& key, const Setting& setting, std::size_t mix) const {
  const auto [first, last] = plans.equal_range(key);
  const auto found = std::find_if(first, last, [&](const auto& entry) {
    const Known& known = entry.second;
    const bool serves = known.mix == mix || (!known.buffers.goes_by_sizes && are_alike(mixes[known.mix], mixes[mix]));
    return serves && known.setting == setting;
  });
  return found == last ? nullptr : &found->second.buffers;
}

const Backend* ComputePlans::planned_as(const Backend& backend) {
  if (const auto known = planned_as_.find(&backend); known != planned_as_.end()) return known->second;
  const auto alike = std::find_if(planned_as_.begin(), planned_as_.end(), [&](const auto& asked_before) {
    const Backend& other = *asked_before.first;
    BackendTraits traits = other.traits;
    traits.compute_low = backend.traits.compute_low;  // what is made of a plan, not the plan
    traits.compute_high = backend.traits.compute_high;
    traits.maps_beside_integrated = backend.traits.maps_beside_integrated;
    traits.integrated_reads_host = backend.traits.integrated_reads_host;  // part of the setting
    return other.is_cpu == backend.is_cpu && traits == backend.traits;
  });
  return planned_as_[&backend] = alike != planned_as_.end() ? alike->second : &backend;
}

ComputeBuffers ComputePlans::of(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                                const MemoryContext& context, const std::function<ComputeBuffers()>& plan) {
  Setting setting{&context.type_k, &context.type_v, context.free, as_planned(request),
                  reads_host_buffers(context, release_of(request))};
  std::unique_lock lock(using_);
  const Key key{planned_as(context.backend), request.context.count(), request.parallel, request.gpu_count,
                request.gpu_layers};
  OfModel& known = models_[&model];  // stays where it is
  const std::size_t mix = known.mix_of(tensors);
  if (const ComputeBuffers* found = known.find(key, setting, mix)) return *found;
  lock.unlock();
  ComputeBuffers buffers = plan();
  lock.lock();
  known.plans.emplace(key, Known{std::move(setting), mix, buffers});
  return buffers;
}

}  // namespace lfmfit
