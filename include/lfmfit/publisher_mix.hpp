// Mixes of tensor types that publishers of GGUF files make under names of their own, or under llama-quantize's names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lfmfit/model.hpp"
#include "lfmfit/quantization.hpp"

namespace lfmfit {

/// A kind of models that publishers mix alike. A condition that is unset holds for every model.
struct ModelKind {
  std::string name;          ///< "experts"
  std::string otherwise;     ///< the kind whose mixes count where this one has none; empty: none
  std::string with_tensor;   ///< has a tensor of that name in some layer, or beside them
  std::string without_part;  ///< has no tensor whose name contains it
  std::optional<bool> experts;
  std::int64_t max_parameters = 0;  ///< 0: any number
  std::string released_from;        ///< ISO date; a model without a date counts as a new one
  std::string about;                ///< in words
};

/// Who publishes files.
struct Publisher {
  std::string name;                ///< "unsloth"
  std::string prefix;              ///< before its names of file types ("i1-"); empty: none
  bool importance_matrix = false;  ///< makes files with an importance matrix where that changes them
};

/// One mix of one publisher for models of one kind. Its recipe has the name "publisher:NAME".
struct PublisherMix {
  std::string publisher;  ///< kAnyPublisher: whoever makes a file of that name
  std::string name;       ///< "UD-Q4_K_XL"
  std::string kind;
  Quantization recipe;
  int sizes = 0;     ///< published sizes that scale and bounds rest on
  int families = 0;  ///< shapes of models among them
};

constexpr const char* kAnyPublisher = "any";

/// All that is known about mixes. Rows of data/publisher_mixes.json.
struct PublisherMixes {
  std::vector<Publisher> publishers;
  std::vector<ModelKind> kinds;  ///< the first that fits a model is its kind
  std::vector<PublisherMix> mixes;
};

/// Whether `model` is of `kind`.
bool is_of(const ModelKind& kind, const Model& model);

/// The mix `name` of `publisher` (or of whoever makes it) for `model`: of its kind, else of the kinds that count
/// instead; null: there is none. Names are compared case aside.
const PublisherMix* find_mix(const PublisherMixes& mixes, std::string_view publisher, std::string_view name,
                             const Model& model);

/// The publishers that have a mix called `name`, each once.
std::vector<std::string> publishers_of(const PublisherMixes& mixes, std::string_view name);

}  // namespace lfmfit
