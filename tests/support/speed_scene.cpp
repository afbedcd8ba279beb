#include "support/speed_scene.hpp"

namespace lfmfit::test {

namespace {

SpeedLaw law(const std::string& id, const Coefficients& coefficients) {
  SpeedRow row;
  row.id = id;
  row.label = "any device";
  row.backend = "fast";
  row.rows = 7;
  row.coefficients = coefficients;
  SpeedRow cpu = row;
  cpu.id = id + " of the CPU";
  cpu.backend = "cpu";
  SpeedLaw result;
  result.rows = {row, cpu};
  result.bands = {{"", std::nullopt, 0.9, 1.1, 0.7, 1.3}};
  return result;
}

TensorType type(const std::string& name, std::int64_t bytes) {
  TensorType result;
  result.name = name;
  result.block_bytes = bytes;
  return result;
}

Attention attention() {
  Attention attention;
  attention.n_head = 4;
  attention.n_head_kv = 2;
  attention.head_dim_k = attention.head_dim_v = 64;
  return attention;
}

}  // namespace

SpeedScene::SpeedScene() : bytes(type("bytes", 1)), halves(type("halves", 2)) {
  constants.decode = law("decode", {2, 2, 1, 2, 0});
  constants.prefill = law("prefill", {1, 1, 1, 2, 1});
  for (LaunchCost& cost : constants.launches) cost = {0, 1};
  constants.launches[static_cast<std::size_t>(LaunchPart::kAttention)] = {10, 1};
  constants.decode.measured_devices = constants.prefill.measured_devices = {{"fast", "box", 3, ""}};
  constants.assumptions.host_bandwidth = gb_per_second(10);
  constants.assumptions.pcie_bandwidth = gb_per_second(5);
  constants.assumptions.host_sync = Seconds(1e-6);
  constants.assumptions.gpu_sync = Seconds(1e-6);
  constants.assumptions.gpu_hop = Seconds(1e-4);
  constants.assumptions.operations_per_byte = 10;
  constants.assumptions.cpu_operations_per_byte = 10;
  constants.assumptions.low = 0.5;
  constants.assumptions.high = 1.5;
  device.id = "box";
  device.name = "Box";
  device.bandwidth = gb_per_second(100);
  device.fp32 = teraflops(1);
  backend.name = "fast";
  backend.label = "Fast";
  model.n_vocab = 1000;
  model.n_embd = 1000;
}

std::vector<Tensor> SpeedScene::stored() const {
  std::vector<Tensor> result = tensors(model);
  for (Tensor& tensor : result) tensor.stored = &bytes;
  return result;
}

Workload SpeedScene::workload() const {
  return count_work(model, stored(), request, {&halves, &halves}, backend.is_cpu, constants);
}

SpeedTarget SpeedScene::target() const {
  return {device, backend, constants, static_cast<int>(request.gpu_count), request.split_mode, true};
}

void add_attention_layer(Model& model, std::int64_t window) {
  Block block;
  Attention mixer = attention();
  mixer.window = window;
  mixer.sliding = window > 0;
  block.mixer = mixer;
  DenseFeedForward part;
  part.n_ff = 2000;
  block.feed_forward = part;
  model.blocks.push_back(block);
}

void add_expert_layer(Model& model, std::int64_t count, std::int64_t used) {
  Block block;
  block.mixer = attention();
  MixtureOfExperts part;
  part.n_ff = 500;
  part.n_expert = count;
  part.n_expert_used = used;
  block.feed_forward = part;
  model.blocks.push_back(block);
}

double milliseconds_of(const SpeedEstimate& estimate, const std::string& name) {
  for (const TimeTerm& term : estimate.terms) {
    if (term.name == name) return term.value.value() * 1e3;
  }
  return 0;
}

}  // namespace lfmfit::test
