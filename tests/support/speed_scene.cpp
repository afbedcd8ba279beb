#include "support/speed_scene.hpp"

namespace test {

using namespace lfmfit;

namespace {

SpeedRow row(const std::string& id, const std::string& backend) {
  SpeedRow row;
  row.id = id;
  row.label = "any device";
  row.backend = backend;
  row.rows = {7, 7, 7};
  row.bands.fill({0.9, 1.1, 0.7, 1.3});
  row.kernels.unit_gflops = 1000;
  const auto set = [&](Coefficient coefficient, double value) {
    row.coefficients[static_cast<std::size_t>(coefficient)] = value;
  };
  for (const Coefficient read : {Coefficient::kDenseRead, Coefficient::kExpertRead, Coefficient::kFloatRead,
                                 Coefficient::kCacheRead, Coefficient::kStateRead})
    set(read, 2);
  for (const Coefficient factor : {Coefficient::kVectorPlain, Coefficient::kTileMinima, Coefficient::kTileSixteen,
                                   Coefficient::kTileExperts, Coefficient::kTileFp4})
    set(factor, 1);
  set(Coefficient::kTileColumn, 2);
  set(Coefficient::kAttentionPrompt, 1);
  set(Coefficient::kLaunchUs, 1);
  row.factors = row.coefficients;
  row.prior.fill(1);
  return row;
}

LaunchTable launch_table() {
  LaunchTable table;
  for (LaunchCost& cost : table.costs) cost.rows = 1;
  table.costs[static_cast<std::size_t>(LaunchPart::kAttention)] = {10, 10, 10, 1};
  return table;
}

/// One core of a billion cycles that multiplies once in each.
CpuConstants cpu() {
  CpuConstants cpu;
  cpu.types = {{"plain", 1, 1, 2}};
  cpu.instruction_sets = {{"simple", 1, 4, {true}, {}}};
  cpu.platforms = {{"desk", 0.5, 0}};
  cpu.usual = {1, 1, "simple", "desk", Bandwidth(0)};
  return cpu;
}

/// Ten GB/s beside the card, of which all are read, and five of copies.
HostLink host() {
  HostLink host;
  host.memory = gb_per_second(10);
  host.core = gb_per_second(4);
  host.expert_layer = Seconds(1e-6);
  host.link = gb_per_second(5);
  return host;
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
  constants.launches = {launch_table()};
  WeightKernel kernel;
  kernel.type = &bytes;
  kernel.vector = WeightKernel::Vector::kPlain;
  constants.weight_kernels = {kernel};
  constants.rows = {row("fast", "fast"), row("cpu", "cpu")};
  constants.cpu = cpu();
  constants.measured_devices = {{"fast", "box", {3, 3, 3}, 1, 1, ""}};
  constants.assumptions.hosts = {host()};
  constants.assumptions.gpu_sync = Seconds(1e-6);
  constants.assumptions.gpu_hop = Seconds(1e-4);
  constants.assumptions.pipelined = {"fast"};
  constants.assumptions.pipeline_hidden = 0.5;
  constants.assumptions.operations_per_byte = 10;
  constants.assumptions.low = constants.assumptions.host_low = 0.5;
  constants.assumptions.high = constants.assumptions.host_high = 1.5;
  device.id = "box";
  device.name = "Box";
  device.bandwidth = gb_per_second(100);
  device.fp32 = teraflops(1);
  backend.name = "fast";
  backend.label = "Fast";
  model.n_vocab = 1000;
  model.n_embd = 1000;
}

double& SpeedScene::constant(Coefficient coefficient) {
  return constants.rows[0].coefficients[static_cast<std::size_t>(coefficient)];
}

double& SpeedScene::cpu_constant(Coefficient coefficient) {
  return constants.rows[1].coefficients[static_cast<std::size_t>(coefficient)];
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

}  // namespace test
