// Every answer about one model that a page lets its reader choose from, as tables. That takes a while, so callers with
// many models use several threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/estimate.hpp"
#include "lfmfit/report.hpp"

namespace lfmfit {

/// What a reader of a page may choose from. One of each is a state of the page.
struct PageChoices {
  std::vector<const Quantization*> quantizations;
  std::vector<Tokens> contexts;  ///< of all slots together, ascending
  std::vector<CacheTypes> caches;
  std::vector<std::int64_t> slots;  ///< parallel sequences, ascending

  std::size_t states() const;
  /// Where a table of every state has this one: the slots vary fastest, the quantization slowest.
  std::size_t state(std::size_t quantization, std::size_t context, std::size_t cache, std::size_t slot) const;
  /// The same in a table of caches, which do not depend on the quantization.
  std::size_t cache_state(std::size_t context, std::size_t cache, std::size_t slot) const;
};

/// Compute buffers of one state, and what it takes of ordinary memory besides.
struct PageCompute {
  ByteRange gpu;  ///< on the GPU, the output's rows included where there is none; its high bound holds the pool's
  Bytes pool;     ///< of the driver's share, what depends on the state alone
  bool multiplies_floats = false;  ///< the driver's share has cuBLAS besides
  bool splits_tiles = false;       ///< and tiles
  Bytes host;                      ///< everything that lies in host memory; nothing where that is all there is
  Bytes pooled;                    ///< what that adds where GPU and host share one pool: what both map counts once
};

/// The driver's share on one device: a state takes the sum of what it asks for, and of its pool.
struct PageDriver {
  ByteRange always;  ///< context and kernels, or all of it
  ByteRange blas;
  Bytes tiles;
};

/// The memory of every state on one backend, without what the driver's share has of the device: a state takes the sum
/// of its weights, cache, state, compute buffer and pool. Of several GPUs it is what the fullest takes, whose parts
/// differ from state to state: all of it then counts as compute.
struct PageBackend {
  const Backend* backend = nullptr;
  int gpus = 1;                                     ///< that share the model
  PageDriver driver;                                ///< of no particular device
  std::vector<Bytes> weights;                       ///< by quantization
  std::vector<Bytes> caches;                        ///< by cache_state()
  std::vector<Bytes> states;                        ///< by slots
  std::vector<std::optional<PageCompute>> compute;  ///< by state(); unset: llama.cpp cannot run this
};

/// A speed and the band that four of five measurements lie in.
struct RateBand {
  TokenRate value, low, high;
};

/// The speed of every state on devices of equal figures.
struct PageSpeed {
  std::vector<SpeedEstimate> decode;  ///< by quantization, of one request with an empty cache
  std::vector<RateBand> prefill;      ///< by quantization
  std::vector<RateBand> together;     ///< all slots together: by quantization, then slots
  std::vector<Seconds> deeper;        ///< what a token takes longer: by cache, then depth
};

/// One device. What it needs in a state is what its backend's table says and the driver's share.
struct PageDevice {
  const Device* device = nullptr;
  std::size_t backend = 0;  ///< in ModelPage::backends
  PageDriver driver;
  Bytes usable;               ///< of each GPU, or of all there is without one
  std::array<Bytes, 3> most;  ///< the highest upper bound that runs great, well, tight
  std::optional<Bytes> pool;  ///< what GPU and host parts may take together, where they share one
  std::array<Bytes, 3> most_of_pool;
  Bytes speed_limit;  ///< no speed is told where the most likely value is above this
  std::optional<PageSpeed> speed;
};

/// How the question of a page was asked, for the commands that it prints: words of options that hold in every state.
struct PageWords {
  std::string model;                ///< what to ask lfmfit for
  bool published = false;           ///< it is a model of the catalogue, whose id is that of its card
  std::string file;                 ///< the model file as it was asked for; empty: none is there yet
  std::vector<std::string> lfmfit;  ///< options of lfmfit: "--backend", "vulkan"
  std::vector<std::string> server;  ///< options of llama-server: "--mmproj", "mmproj.gguf"
};

/// Everything that a page about one model says in every state that it can be brought to.
struct ModelPage {
  Question question;  ///< of the state that is shown first
  PageChoices choices;
  std::size_t reference = 0;   ///< backend of the figures that are of no device
  std::vector<Tokens> depths;  ///< of a full cache, whatever is chosen, ascending
  std::vector<PageBackend> backends;
  std::vector<PageDevice> devices;                    ///< in the order they were given
  std::vector<Bytes> tensor_bytes;                    ///< by quantization
  std::vector<Bytes> file_bytes;                      ///< by quantization
  std::vector<std::optional<Bytes>> calculators_say;  ///< what calculator sites say: by quantization, then context
  std::vector<const Model*> relatives;
  PageWords words;
  std::vector<std::string> notes;  ///< on the model and its name
  std::vector<std::string> warnings;
};

/// What of `driver` a state of `compute` asks for.
ByteRange share_of(const PageDriver& driver, const PageCompute& compute);

/// One of each choice, as indices into PageChoices.
struct PageState {
  std::size_t quantization = 0, context = 0, cache = 0, slot = 0;
};

/// The state of `page` that is shown first: that of its question.
PageState first_state(const ModelPage& page);

/// Contexts that people ask for: 4,096 doubled until `limit`, which ends them.
std::vector<Tokens> usual_contexts(Tokens limit);

/// The page about the model of `question`, which is the state shown first; choices that it is not among are added to.
/// Choices that llama.cpp cannot run this model with, and devices of backends lfmfit cannot answer for, are left out.
/// Throws Error(kUnsupported | kBadRequest) when the question itself cannot be answered.
ModelPage make_model_page(const Question& question, PageChoices choices,
                          const std::vector<ReportScope::Candidate>& devices);

}  // namespace lfmfit
