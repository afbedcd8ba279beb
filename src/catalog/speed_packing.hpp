#pragma once

#include "catalog/device_packing.hpp"
#include "lfmfit/speed_constants.hpp"

namespace lfmfit {

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, LaunchCost>& cost) {
  auto& [one, few, many, rows] = cost;
  pass(one, few, many, rows);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, LaunchTable>& table) {
  auto& [name, costs] = table;
  pass(name, costs);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, WeightKernel>& kernel) {
  auto& [type, number, vector, tile, fp4, small_batch_2, small_batch_4, metal_vector, metal_tile, slow_embedding, cpu] =
      kernel;
  pass(type, number, vector, tile, fp4, small_batch_2, small_batch_4, metal_vector, metal_tile, slow_embedding, cpu);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, LibraryRule>& rule) {
  auto& [types, above, most_experts] = rule;
  pass(types, above, most_experts);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, KernelRules>& rules) {
  auto& [metal, launches, tile_columns, widest_tile, widest_expert_tile, tiles_by_expert, splits_tiles,
         least_float_columns, by_library, issued, unit_gflops] = rules;
  pass(metal, launches, tile_columns, widest_tile, widest_expert_tile, tiles_by_expert, splits_tiles,
       least_float_columns, by_library, issued, unit_gflops);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, HardwareMatch>& match) {
  auto& [generation, compute_capabilities, gfx, chip, device] = match;
  pass(generation, compute_capabilities, gfx, chip, device);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, SpeedBand>& band) {
  auto& [low, high, unmeasured_low, unmeasured_high] = band;
  pass(low, high, unmeasured_low, unmeasured_high);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, SpeedRow>& row) {
  auto& [id, label, backend, parent, hardware, prior, factors, stated, own_kernels, kernels, rows, own_bands, bands,
         note, coefficients] = row;
  pass(id, label, backend, parent, hardware, prior, factors, stated, own_kernels, kernels, rows, own_bands, bands, note,
       coefficients);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, MeasuredDevice>& measured) {
  auto& [backend, device, rows, decode, prefill, chip] = measured;
  pass(backend, device, rows, decode, prefill, chip);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, CpuType>& type) {
  auto& [name, decode, packed, plain] = type;
  pass(name, decode, packed, plain);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, InstructionSet>& set) {
  auto& [name, decode, prompt, packs, features] = set;
  pass(name, decode, prompt, packs, features);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, CpuPlatform>& platform) {
  auto& [name, share, core_gb_s] = platform;
  pass(name, share, core_gb_s);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, CpuConstants>& constants) {
  auto& [types, instruction_sets, platforms, usual] = constants;
  pass(types, instruction_sets, platforms, usual);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, HostLink>& link) {
  auto& [segments, until_year, memory, read, core, expert_layer, layer, peak, link_share, prompt] = link;
  pass(segments, until_year, memory, read, core, expert_layer, layer, peak, link_share, prompt);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, SpeedAssumptions>& assumptions) {
  auto& [hosts, host_bandwidth_factor, link_factor, gpu_sync, gpu_hop, operations_per_byte, request_spread,
         prompt_spread, low, high, host_low, host_high, pipelined, pipeline_hidden] = assumptions;
  pass(hosts, host_bandwidth_factor, link_factor, gpu_sync, gpu_hop, operations_per_byte, request_spread, prompt_spread,
       low, high, host_low, host_high, pipelined, pipeline_hidden);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, SpeedConstants>& constants) {
  auto& [launches, weight_kernels, rows, measured_devices, cpu, assumptions] = constants;
  pass(launches, weight_kernels, rows, measured_devices, cpu, assumptions);
}

}  // namespace lfmfit
