#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "ask/pasted_command.hpp"
#include "ask/runtime_words.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/gguf_files.hpp"
#include "readers/named_file.hpp"

namespace lfmfit::ask {

namespace {

std::string file_name(const std::string& path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

/// Makes the question of one command on one device.
class Maker {
 public:
  Maker(const PastedCommand& pasted, const std::string& device, Finder& finder)
      : program_(*pasted.program), fields_(pasted.fields), finder_(finder), asked_(pasted.fields.asked) {
    if (!device.empty()) asked_.device = device;
  }

  PastedQuestion question() {
    if (!asked_.model) asked_.model = model();
    if (program_.runtime == kVllm) {
      set_vllm();
    } else {
      const bool other = parse_runtime(finder_.usual_runtime).name != program_.runtime;
      if (!asked_.runtime && other) asked_.runtime = program_.runtime;
      if (!asked_.like && !program_.like.empty()) asked_.like = program_.like;
      set_slots();
      set_placing();
      set_devices();
      set_projector();
      if (!program_.contexts.empty()) set_context();
    }
    return {std::move(asked_), std::move(notes_)};
  }

 private:
  bool has(const char* field) const { return fields_.given.count(field) > 0; }

  /// A file that is not here is what its name says.
  std::string model() {
    const std::string& file = fields_.repository.empty() ? fields_.model_file : fields_.repository_file;
    if (!fields_.repository.empty() && file.empty()) return repository();
    if (file.empty()) throw Error(ErrorKind::kBadRequest, "the line names no model; give MODEL before --");
    if (is_there(file)) return file;
    return file_name(file);
  }

  /// Without a tag Q4_K_M is loaded, or what there is where the model is published in one form.
  std::string repository() {
    const std::string& name = fields_.repository;
    if (name.find(':') != std::string::npos || asked_.quantization) return name;
    const GgufFiles files = finder_.catalog.gguf_files(finder_.models.find(name).model->card.id);
    return name + ":" + (files.tags.empty() ? std::string(kUsualQuantization) : files.tags.begin()->second);
  }

  void set_slots() {
    if (!has("users") && program_.slots) asked_.users = program_.slots;
    const bool keeps_apart = has("kv_unified") && !asked_.request.kv_unified;  // only with slots that are counted
    if (!has("users") && !program_.slots && keeps_apart)
      asked_.users = like_server(asked_.request, *finder_.models.find(*asked_.model).model).parallel;
    if (asked_.context && asked_.context_each && has("context_each")) asked_.context_each.reset();  // a limit alone
    if (has("context_each") && program_.contexts.empty()) asked_.request.kv_unified = true;
  }

  /// llama.cpp's --fit places what nobody placed, and leaves alone what somebody did.
  void set_placing() {
    bool is_placed = !asked_.lora.empty() || !asked_.control_vectors.empty();
    for (const char* field : {"gpu_layers", "n_cpu_moe", "cpu_moe", "override_tensor", "tensor_split"})
      is_placed = is_placed || has(field);
    const bool splits_matrices = asked_.split_mode && *asked_.split_mode != "layer" && *asked_.split_mode != "none";
    if (asked_.gpu_layers || is_placed) return;
    asked_.gpu_layers = fields_.fits_itself && !splits_matrices ? "auto" : "all";
  }

  /// The first GPUs of the machine, or none.
  void set_devices() {
    if (!fields_.devices) return;
    const std::vector<std::string>& names = *fields_.devices;
    if (names.size() == 1 && names.front() == "none") {
      const Backend& cpu = finder_.catalog.backend("cpu");
      if (asked_.device && !drives(cpu, finder_.devices.find(*asked_.device)))
        throw Error(ErrorKind::kBadRequest, "-dev none leaves the GPUs out; name the processor with --on");
      asked_.backend = cpu.name;
      asked_.gpu_layers.reset();
      return;
    }
    for (std::size_t gpu = 0; gpu < names.size(); ++gpu) {
      const std::size_t digits = names[gpu].find_last_not_of("0123456789") + 1;
      if (names[gpu].substr(digits) == std::to_string(gpu)) continue;
      throw Error(ErrorKind::kBadRequest,
                  fmt::format("-dev {}: lfmfit counts the first GPUs of a machine, in order; say with --on which GPUs "
                              "are used, and leave -dev out",
                              fmt::join(names, ",")));
    }
    asked_.gpu_count = static_cast<std::int64_t>(names.size());
  }

  /// llama-server -hf loads the model's own vision or audio part with it.
  void set_projector() {
    const Model& model = *finder_.models.find(*asked_.model).model;
    std::vector<std::string> here;
    for (const std::string& path : asked_.mmproj) {
      if (is_there(path) || !model.projector) {
        here.push_back(path);
        continue;
      }
      asked_.with_mmproj = true;
      notes_.push_back(path + " is not here; taken for the model's own vision or audio part");
    }
    asked_.mmproj = here;
    if (fields_.repository.empty() || !fields_.loads_projector || has("mmproj") || !model.projector) return;
    asked_.with_mmproj = true;
    notes_.emplace_back("-hf loads the model's vision or audio part too, which is counted (--no-mmproj leaves it out)");
  }

  /// What the program takes by the memory of the GPUs where nobody says, and never more than the model can.
  void set_context() {
    if (asked_.context || asked_.context_each) return;
    Bytes memory;
    if (asked_.device) {
      const Device& device = finder_.devices.find(*asked_.device);
      for (int gpu = 0; gpu < device.gpus; ++gpu) memory += gpu_of(device, gpu).memory;
    }
    const auto row = std::find_if(program_.contexts.begin(), program_.contexts.end(),
                                  [&](const ContextByMemory& one) { return !one.below || memory < *one.below; });
    if (row == program_.contexts.end()) return;
    const Tokens each = std::min(row->context, finder_.models.find(*asked_.model).model->context_limit);
    asked_.context_each = each.count();
    notes_.push_back(fmt::format("{} takes {} tokens a request on such a machine where nobody says how many",
                                 program_.name, each.count()));
  }

  void set_vllm() {
    if (!asked_.runtime) asked_.runtime = std::string(kVllm);
    if (!fields_.enables_lora) return;
    constexpr std::int64_t kSlots = 1;
    if (!asked_.vllm.max_loras) asked_.vllm.max_loras = kSlots;
  }

  const Program& program_;
  const PastedFields& fields_;
  Finder& finder_;
  Asked asked_;
  std::vector<std::string> notes_;
};

}  // namespace

PastedQuestion asked_on(const PastedCommand& pasted, const std::string& device, Finder& finder) {
  return Maker(pasted, device, finder).question();
}

}  // namespace lfmfit::ask
