#include "catalog/backend_rows.hpp"

#include "catalog/device_rows.hpp"
#include "catalog/row_reader.hpp"

namespace lfmfit {

namespace {

Bytes read_mib(RowReader& reader, std::string_view key) { return Bytes(reader.integer(key, 0, 1 << 20) << 20); }

DriverOverhead read_overhead(RowReader& reader) {
  DriverOverhead overhead;
  overhead.generation = reader.text_or("generation", "");
  if (reader.has("compute_capabilities")) overhead.compute_capabilities = reader.texts("compute_capabilities");
  overhead.resident_threads = reader.integer_or("resident_threads", 0, 1, 1 << 20);
  overhead.blas_workspace = Bytes(reader.integer_or("blas_workspace_mib", 0, 0, 1 << 20) << 20);
  overhead.bytes = {read_mib(reader, "low_mib"), read_mib(reader, "value_mib"), read_mib(reader, "high_mib")};
  if (overhead.bytes.low > overhead.bytes.value || overhead.bytes.value > overhead.bytes.high) {
    reader.fail("value_mib", "must lie between \"low_mib\" and \"high_mib\"");
  }
  overhead.source = reader.text("source");
  reader.finish();
  return overhead;
}

ByteRange read_range(RowReader reader) {
  const ByteRange range{read_mib(reader, "low_mib"), read_mib(reader, "value_mib"), read_mib(reader, "high_mib")};
  if (range.low > range.value || range.value > range.high)
    reader.fail("value_mib", "must lie between \"low_mib\" and \"high_mib\"");
  reader.finish();
  return range;
}

DriverLaw read_driver_law(RowReader reader) {
  DriverLaw law;
  law.context_per_thread = Bytes(reader.integer("context_bytes_per_thread", 1, 1 << 20));
  law.context_fixed = read_mib(reader, "context_mib");
  law.context_low = reader.number("context_low", 0.0, 1.0);
  law.context_high = reader.number("context_high", 1.0, 10.0);
  law.kernels = read_range(reader.object("kernels"));
  law.blas = read_range(reader.object("blas"));
  law.source = reader.text("source");
  reader.finish();
  return law;
}

FlashAttentionShape read_flash_attention_shape(RowReader& reader) {
  FlashAttentionShape shape;
  shape.head_dim_k = reader.integer("head_dim_k", 1, 1 << 20);
  shape.head_dim_v = reader.integer("head_dim_v", 1, 1 << 20);
  shape.group_multiple = reader.integer_or("group_multiple", shape.group_multiple, 1, 1 << 20);
  reader.finish();
  return shape;
}

BackendTraits read_traits(RowReader reader) {
  BackendTraits traits;
  traits.alignment = reader.integer("alignment", 1, 1 << 20);
  traits.row_padding = reader.integer("row_padding", 0, 1 << 20);
  traits.flash_attention_scratch = reader.flag_or("flash_attention_scratch", traits.flash_attention_scratch);
  traits.fused_experts_keep_inputs = reader.flag_or("fused_experts_keep_inputs", traits.fused_experts_keep_inputs);
  traits.reorders_nodes = reader.flag_or("reorders_nodes", traits.reorders_nodes);
  traits.runs_nodes_ahead = reader.flag_or("runs_nodes_ahead", traits.runs_nodes_ahead);
  traits.kernel_scratch = reader.flag_or("kernel_scratch", traits.kernel_scratch);
  traits.host_alignment = reader.integer_or("host_alignment", traits.host_alignment, 1, 1 << 20);
  traits.largest_buffer = Bytes(reader.integer_or("largest_buffer", 0));
  traits.largest_tensor = Bytes(reader.integer_or("largest_tensor", 0));
  traits.quantized_views = reader.flag_or("quantized_views", traits.quantized_views);
  traits.broadcasts_products = reader.flag_or("broadcasts_products", traits.broadcasts_products);
  traits.flash_attention_multiple =
      reader.integer_or("flash_attention_multiple", traits.flash_attention_multiple, 1, 1 << 20);
  traits.flash_attention_same_types = reader.flag_or("flash_attention_same_types", traits.flash_attention_same_types);
  traits.flash_attention_types = reader.texts_or_none("flash_attention_types");
  traits.state_sizes = reader.integers_or_none("state_sizes", 1, 1 << 20);
  traits.delta_net_head_dims = reader.integers_or_none("delta_net_head_dims", 1, 1 << 20);
  traits.unified_memory = reader.flag_or("unified_memory", traits.unified_memory);
  traits.maps_beside_integrated = reader.flag_or("maps_beside_integrated", traits.maps_beside_integrated);
  traits.integrated_reads_host = reader.flag_or("integrated_reads_host", traits.integrated_reads_host);
  traits.compute_low = reader.number_or("compute_low", traits.compute_low, 0.0, 1.0);
  traits.compute_high = reader.number_or("compute_high", traits.compute_high, 1.0, 10.0);
  if (reader.has("flash_attention_shapes")) {
    for (RowReader& shape : reader.objects("flash_attention_shapes")) {
      traits.flash_attention_shapes.push_back(read_flash_attention_shape(shape));
    }
  }
  reader.finish();
  return traits;
}

DrivenDevices read_driven_devices(RowReader& reader) {
  DrivenDevices driven;
  driven.vendor = reader.text_or("vendor", "");
  for (const std::string& word : reader.texts("classes"))
    driven.classes.push_back(device_class_called(word, reader, "classes"));
  reader.finish();
  return driven;
}

void read_names(RowReader& reader, Backend& backend) {
  backend.name = reader.text("name");
  backend.label = reader.text("label");
  backend.device_name = reader.text_or("device_name", backend.label);
  if (reader.has("llama_bench_names")) backend.llama_bench_names = reader.texts("llama_bench_names");
  for (const std::string& name : backend.llama_bench_names) {
    if (name.empty()) reader.fail("llama_bench_names", "holds an empty name");
  }
}

}  // namespace

Backend read_backend(const RowText& row) {
  RowReader reader(row.path, row.text, row.id);
  Backend backend;
  read_names(reader, backend);
  backend.is_cpu = reader.flag_or("is_cpu", false);
  backend.measured = reader.flag_or("measured", false);
  backend.traits = read_traits(reader.object("traits"));
  if (reader.has("also_drives")) {
    for (RowReader& driven : reader.objects("also_drives")) backend.also_drives.push_back(read_driven_devices(driven));
  }
  if (reader.has("driver")) backend.driver = read_driver_law(reader.object("driver"));
  for (RowReader& overhead : reader.objects("overheads")) {
    backend.overheads.push_back(read_overhead(overhead));
    for (std::size_t i = 0; i + 1 < backend.overheads.size(); ++i) {
      const DriverOverhead& other = backend.overheads[i];
      if (other.generation == backend.overheads.back().generation &&
          (other.compute_capabilities.empty() ||
           other.compute_capabilities == backend.overheads.back().compute_capabilities))
        overhead.fail("generation", "is there twice");
    }
  }
  reader.finish();
  return backend;
}

}  // namespace lfmfit
