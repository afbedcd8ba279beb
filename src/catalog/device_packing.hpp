#pragma once

#include "catalog/packing.hpp"
#include "lfmfit/device.hpp"

namespace lfmfit {

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, ByteRange>& range) {
  auto& [low, value, high] = range;
  pass(low, value, high);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, MemoryPart>& part) {
  auto& [share, least, most] = part;
  pass(share, least, most);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, MemoryKnob>& knob) {
  auto& [setting, value, how, usable, leaves, source] = knob;
  pass(setting, value, how, usable, leaves, source);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, DesktopUse>& use) {
  auto& [on_linux, on_windows] = use;
  pass(on_linux, on_windows);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, CpuFacts>& cpu) {
  auto& [cores, clock_ghz, instruction_set, platform, draw] = cpu;
  pass(cores, clock_ghz, instruction_set, platform, draw);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, Processor>& processor) {
  auto& [name, vendor, family, model, stepping, sockets, cores, threads, features, is_virtual] = processor;
  pass(name, vendor, family, model, stepping, sockets, cores, threads, features, is_virtual);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, MemoryModules>& modules) {
  auto& [count, data_bits, mega_transfers, type] = modules;
  pass(count, data_bits, mega_transfers, type);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, HostBandwidth>& bandwidth) {
  auto& [low, value, high, read_share, assumed, basis, source] = bandwidth;
  pass(low, value, high, read_share, assumed, basis, source);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, Host>& host) {
  auto& [processor, modules, installed, total, available, bandwidth] = host;
  pass(processor, modules, installed, total, available, bandwidth);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, Device>& device) {
  auto& [id, name, also_called, vendor, device_class, segment, generation, backend, gpus, memory, reported, total,
         usable, usable_note, desktop, knob, host_memory, system, host, bandwidth, fp32, fp16, int8_tops, tdp_watts,
         year, power_limited, compute_capability, gfx, chip, gpu_cores, multiprocessors, cpu, memory_type, bus_bits,
         pcie, interconnect_gb_s, gpu, source, confidence, note, asked_as, parts] = device;
  pass(id, name, also_called, vendor, device_class, segment, generation, backend, gpus, memory, reported, total, usable,
       usable_note, desktop, knob, host_memory, system, host, bandwidth, fp32, fp16, int8_tops, tdp_watts, year,
       power_limited, compute_capability, gfx, chip, gpu_cores, multiprocessors, cpu, memory_type, bus_bits, pcie,
       interconnect_gb_s, gpu, source, confidence, note, asked_as, parts);
}

}  // namespace lfmfit
