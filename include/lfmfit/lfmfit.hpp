// Tells whether a language model fits on given hardware and how fast it runs there: the memory llama.cpp allocates, to
// the byte where its rules say so, and the speed by laws fitted to measurements. This header includes all others.
//
// A program asks a Catalog for nouns, fills in a Question, and calls estimate(). With find_package(lfmfit) and
// target_link_libraries(program PRIVATE lfmfit::lfmfit) this is a whole one:
//
//     #include <cmath>
//     #include <iostream>
//     #include <lfmfit/lfmfit.hpp>
//
//     int main() {
//       const lfmfit::Catalog catalog;
//       lfmfit::Question question;
//       question.model = &catalog.model("lfm2-1.2b");
//       question.quantization = &catalog.quantization("Q4_K_M");
//       question.device = &catalog.device("rtx-3060");
//       question.backend = &catalog.backend(question.device->backend);
//       question.cache = {&catalog.tensor_type("f16"), &catalog.tensor_type("f16")};
//       question.speed_constants = &catalog.speed();
//       const lfmfit::Estimate answer = lfmfit::estimate(question);
//       std::cout << lfmfit::name_of(answer.fit->verdict) << ": " << answer.fit->required.count() << " of "
//                 << answer.fit->usable.count() << " bytes, " << std::lround(answer.speed->decode.value.value())
//                 << " tokens/s\n";
//     }
//
// Errors: lfmfit::Error is the only exception thrown on purpose; each function says with which kinds. Any other but
// std::bad_alloc is a mistake in lfmfit. A model that does not fit, or a speed that is not known, is an answer.
//
// Threads: nouns (Model, Device, Question, Estimate, ...) are values; any number of threads may read one that nobody
// changes. Free functions keep nothing between calls and look at their arguments alone, so any number of threads may
// call them. A Catalog reads its rows when they are first asked for, behind a lock of its own.
//
// Pointers: a Question and what is made of it point to nouns of a Catalog, which must outlive them. Nothing here
// prints, looks at the environment or uses the network; files are opened only where a path is handed over.
#pragma once

#include "lfmfit/architecture.hpp"
#include "lfmfit/asked.hpp"
#include "lfmfit/audit.hpp"
#include "lfmfit/backend.hpp"
#include "lfmfit/baseline.hpp"
#include "lfmfit/block.hpp"
#include "lfmfit/byte_source.hpp"
#include "lfmfit/cache_types.hpp"
#include "lfmfit/calibration.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/change.hpp"
#include "lfmfit/config_keys.hpp"
#include "lfmfit/contract.hpp"
#include "lfmfit/device.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/estimate.hpp"
#include "lfmfit/fit.hpp"
#include "lfmfit/fits.hpp"
#include "lfmfit/fleet.hpp"
#include "lfmfit/gguf.hpp"
#include "lfmfit/gguf_files.hpp"
#include "lfmfit/gguf_traits.hpp"
#include "lfmfit/host.hpp"
#include "lfmfit/improvements.hpp"
#include "lfmfit/inspection.hpp"
#include "lfmfit/inventory.hpp"
#include "lfmfit/law.hpp"
#include "lfmfit/local_model.hpp"
#include "lfmfit/memory.hpp"
#include "lfmfit/mlx.hpp"
#include "lfmfit/model.hpp"
#include "lfmfit/model_file.hpp"
#include "lfmfit/model_page.hpp"
#include "lfmfit/model_task.hpp"
#include "lfmfit/plan.hpp"
#include "lfmfit/pooling.hpp"
#include "lfmfit/program.hpp"
#include "lfmfit/publisher_mix.hpp"
#include "lfmfit/quantization.hpp"
#include "lfmfit/reader_facts.hpp"
#include "lfmfit/release.hpp"
#include "lfmfit/remedy.hpp"
#include "lfmfit/report.hpp"
#include "lfmfit/report_warnings.hpp"
#include "lfmfit/request.hpp"
#include "lfmfit/rule_of_thumb.hpp"
#include "lfmfit/safetensors.hpp"
#include "lfmfit/setting.hpp"
#include "lfmfit/shared_value.hpp"
#include "lfmfit/speed.hpp"
#include "lfmfit/speed_constants.hpp"
#include "lfmfit/tensor.hpp"
#include "lfmfit/this_machine.hpp"
#include "lfmfit/units.hpp"
#include "lfmfit/vllm.hpp"
#include "lfmfit/workload.hpp"
#include "lfmfit/workload_speeds.hpp"
