#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lfmfit/architecture.hpp"
#include "readers/hyperparameters.hpp"
#include "readers/layer_settings.hpp"

namespace lfmfit {

/// Collects the layers of a model one by one and gives each kind of layer its letter. Layers that are of the same kind
/// of block but differ in a setting get letters of their own, added to a copy of the architecture.
class ShapeBuilder {
 public:
  explicit ShapeBuilder(Architecture architecture) : architecture_(std::move(architecture)) {}

  /// The next layer is the block `letter` with `settings`.
  void add(char letter, const Settings& settings);
  const Architecture& architecture() const { return architecture_; }
  ModelShape& shape() { return shape_; }

 private:
  Architecture architecture_;
  ModelShape shape_;
  std::map<char, char> origin_;  ///< letter in use -> letter of the architecture
};

/// Finds the kind of block for each layer of a GGUF by comparing tensors.
class LayerMatcher {
 public:
  LayerMatcher(const Architecture& architecture, const Hyperparameters& parameters, const GgufTraits& traits,
               std::string file)
      : architecture_(architecture), parameters_(parameters), traits_(traits), file_(std::move(file)) {}

  struct Match {
    char letter = '?';
    Settings settings;
  };
  /// Layers repeat, so one that looks as a layer before it gets that layer's answer; `tensors` must live as long as
  /// this. Throws Error(kUnsupported) saying what is not understood when no kind of block fits.
  Match match(int layer, const LayerTensors& tensors, const LayerTensors& outside);

 private:
  /// What sets layers apart, besides lists of hyperparameters.
  struct Look {
    int layer = 0;
    bool sliding = false;
    bool rotates = true;
    const LayerTensors* tensors = nullptr;
  };
  Match find(const Look& look, const LayerTensors& outside) const;
  std::string difference(char letter, int layer, const Settings& settings, const LayerTensors& tensors,
                         std::size_t& count) const;

  const Architecture& architecture_;
  const Hyperparameters& parameters_;
  const GgufTraits& traits_;
  std::string file_;
  std::vector<std::pair<Look, Match>> known_;
};

}  // namespace lfmfit
