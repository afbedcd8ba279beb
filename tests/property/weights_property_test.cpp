#include <set>

#include "catch.hpp"
#include "core/model/tensor_names.hpp"
#include "lfmfit/memory.hpp"
#include "lfmfit/speed.hpp"
#include "support/scene.hpp"

namespace lfmfit {

namespace {

/// One model of each architecture of the catalogue.
std::vector<const Model*> one_of_each() {
  std::set<std::string> seen;
  std::vector<const Model*> models;
  for (const Model& model : test::shipped().models()) {
    if (seen.insert(model.architecture).second) models.push_back(&model);
  }
  return models;
}

/// CUDA, but with buffers that pad nothing.
Backend without_padding() {
  Backend backend = test::shipped().backend("cuda");
  backend.traits.alignment = 1;
  backend.traits.row_padding = 0;
  return backend;
}

double memory_on_gpus(const Model& model, const std::vector<Tensor>& tensors, const Request& request) {
  static const Backend backend = without_padding();
  const TensorType& f16 = test::shipped().tensor_type("f16");
  const MemoryLedger ledger = estimate_memory(model, tensors, request, {backend, f16, f16});
  Bytes bytes;
  for (int gpu = 0; gpu < ledger.gpu_count; ++gpu) bytes += ledger.sum(MemoryUse::kWeights, gpu);
  return static_cast<double>(bytes.count());
}

double read_on_gpus(const Model& model, const std::vector<Tensor>& tensors, const Request& request) {
  const TensorType& f16 = test::shipped().tensor_type("f16");
  const Workload work = count_work(model, tensors, request, {&f16, &f16}, false, test::shipped().speed());
  double bytes = work.device.other_bytes;
  for (const Product& product : work.device.products) bytes += product.count * product.bytes;
  return bytes;
}

/// Bytes of constants, of which each GPU may have a copy that no pass counts as read.
double rotation_factors(const std::vector<Tensor>& tensors) {
  Bytes bytes;
  for (const Tensor& tensor : tensors) {
    if (is_rotation_factor(tensor)) bytes += tensor_bytes(tensor.shape, *tensor.stored);
  }
  return static_cast<double>(bytes.count());
}

}  // namespace

TEST_CASE("what the time ledger reads on GPUs is what the memory ledger has there, for every architecture") {
  for (const Model* model : one_of_each()) {
    const std::vector<Tensor> tensors = quantize(*model, test::shipped().quantization("Q4_K_M"));
    for (const std::int64_t gpu_layers : {0, 1, 3, 20, -1}) {
      for (const int gpus : {1, 2}) {
        Request request;
        request.context = Tokens(512);
        request.gpu_layers = gpu_layers;
        request.gpu_count = gpus;
        request.n_cpu_moe = 2;
        const double unread = memory_on_gpus(*model, tensors, request) - read_on_gpus(*model, tensors, request);
        CAPTURE(model->card.id, gpu_layers, gpus, unread);
        const double factors = rotation_factors(tensors);
        CHECK((unread == 0 || unread == factors || (gpus == 2 && unread == 2 * factors)));
      }
    }
  }
}

}  // namespace lfmfit
