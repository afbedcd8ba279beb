#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <tuple>
#include <vector>

#include "core/llamacpp/compute.hpp"
#include "lfmfit/estimate.hpp"

namespace lfmfit {

/// Compute buffers that were worked out, by all that they go by. Of how the weights are stored that is seldom more than
/// whether they are quantized: then one plan serves every quantization.
class ComputePlans {
 public:
  /// The buffers of `model`, stored as `tensors`, under `request`: as they are known, else as `plan` works them out.
  ComputeBuffers of(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                    const MemoryContext& context, const std::function<ComputeBuffers()>& plan);

 private:
  using Mix = std::vector<const TensorType*>;  ///< how each tensor is stored
  /// What plans differ in most; a plan counts only where all of its setting does.
  using Key = std::tuple<const Backend*, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;

  struct Setting {
    const TensorType* type_k;
    const TensorType* type_v;
    std::vector<Bytes> free;
    Request request;
    bool reads_host;

    bool operator==(const Setting&) const = default;
  };

  struct Known {
    Setting setting;
    std::size_t mix;  ///< its number in `mixes`
    ComputeBuffers buffers;
  };

  struct OfModel {
    std::vector<Mix> mixes;
    std::multimap<Key, Known> plans;

    std::size_t mix_of(const std::vector<Tensor>& tensors);
    const ComputeBuffers* find(const Key& key, const Setting& setting, std::size_t mix) const;
  };

  /// The backend whose plans serve `backend`: the first that was asked about and differs in its name alone.
  const Backend* planned_as(const Backend& backend);

  static bool are_alike(const Mix& a, const Mix& b);

  std::mutex using_;
  std::map<const Model*, OfModel> models_;
  std::map<const Backend*, const Backend*> planned_as_;
};

/// `question` with plans to share, where it has none.
Question with_plans(Question question);

}  // namespace lfmfit
