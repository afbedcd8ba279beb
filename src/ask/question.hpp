#pragma once

#include "ask/device_words.hpp"
#include "ask/model_finder.hpp"
#include "lfmfit/asked.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/estimate.hpp"

namespace lfmfit::ask {

/// What is taken where nothing is asked for.
constexpr const char* kUsualModel = "LiquidAI/LFM2-1.2B-RAG";
constexpr const char* kUsualQuantization = "Q4_K_M";
constexpr const char* kUsualCacheType = "f16";
constexpr const char* kUsualBackend = "cuda";  ///< where no device says which
constexpr const char* kAllLayers = "all";
constexpr const char* kRuntimeVariable = "LFMFIT_RUNTIME";

/// Where the things that words name are found. What it finds lives as long as it does.
struct Finder {
  /// `facts` must outlive it. `variables` say where other tools keep their models, and kRuntimeVariable which runtime
  /// is meant where a question names none; `machine` where "local" is to be looked at, and `count` which of its memory
  /// counts.
  Finder(const Catalog& facts, EnvironmentVariables variables, std::optional<MachineSources> machine = {},
         MemoryCount count = MemoryCount::kFree);

  const Catalog& catalog;
  EnvironmentVariables environment;
  std::optional<std::string> usual_runtime;
  ModelFinder models;
  DeviceFinder devices;
};

/// The question that `asked` means: the only place that makes one of words. Complete and valid. Throws Error for names
/// that nothing bears and values that make no sense.
Question question_of(const Asked& asked, Finder& finder);

/// Throws Error(kBadRequest) when `backend` cannot drive `device`.
void require_drives(const Backend& backend, const Device& device);

}  // namespace lfmfit::ask
