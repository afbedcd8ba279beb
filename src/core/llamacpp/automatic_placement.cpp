#include "core/llamacpp/automatic_placement.hpp"

#include <algorithm>

#include "lfmfit/estimate.hpp"

namespace lfmfit {

namespace {

/// What one GPU is given of the layers and the output, which counts as a layer behind the last (ngl_t of fit.cpp).
struct GpuLayers {
  std::int64_t all = 0;
  std::int64_t partial = 0;  ///< the last ones of them: their experts lie elsewhere
  LayerPart part = LayerPart::kExperts;
  int place = kHost;  ///< where `part` of the first partial one lies

  std::int64_t whole() const { return all - partial; }
};

using Layers = std::vector<GpuLayers>;

/// How far of `between` a line from `fitting`, left by what fits, to `too_many` comes to nothing; inside in any case.
std::int64_t step_between(Bytes fitting, Bytes too_many, std::int64_t between) {
  const auto drop = static_cast<double>((fitting - too_many).count());
  const double part = drop == 0 ? 0 : static_cast<double>(fitting.count()) / drop;
  if (part < 0 || part > 1) return between - 1;
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(part * static_cast<double>(between)), 1, between - 1);
}

/// The most up to `most` that leaves something, as fit.cpp finds it: between what does and what does not it tries where
/// a line between both would end, and where more may take less it ends at the same as llama.cpp. 0 where nothing does.
template <class Left>
std::int64_t most_that_fits(std::int64_t most, const Left& left) {
  Bytes left_by_too_many = left(most);
  if (left_by_too_many >= Bytes(0)) return most;
  Bytes left_by_fitting = left(0);
  std::int64_t fitting = 0, too_many = most;
  while (too_many - fitting > 1) {
    const std::int64_t between = too_many - fitting;
    const std::int64_t step = step_between(left_by_fitting, left_by_too_many, between);
    const Bytes left_there = left(fitting + step);
    (left_there >= Bytes(0) ? fitting : too_many) = fitting + step;
    (left_there >= Bytes(0) ? left_by_fitting : left_by_too_many) = left_there;
  }
  return fitting;
}

class Filling {
 public:
  Filling(const Question& question, const Surplus& surplus)
      : request_(question.request), surplus_(surplus), blocks_(std::ssize(question.model->blocks)) {
    const bool alone = request_.split_mode == SplitMode::kNone;
    first_gpu_ = alone ? static_cast<int>(request_.main_gpu) : 0;
    layers_.resize(alone ? 1 : static_cast<std::size_t>(request_.gpu_count));
    has_experts_ = std::any_of(question.model->blocks.begin(), question.model->blocks.end(), [](const Block& block) {
      return std::holds_alternative<MixtureOfExperts>(block.feed_forward);
    });
    offered_ = request_.gpu_layers < 0 ? blocks_ + 1 : std::min(request_.gpu_layers, blocks_ + 1);
    request_.placing = Placing::kGiven;
  }

  Request run() {
    const bool may_take_whole = !has_experts_ || all_without_experts_fit();
    for (int gpu = last(); gpu >= 0; --gpu) fill_from_the_back(gpu);
    if (has_experts_ && may_take_whole) give_experts_back();
    return request_of(layers_);
  }

 private:
  int last() const { return static_cast<int>(layers_.size()) - 1; }
  static GpuLayers& of(Layers& layers, int gpu) { return layers[static_cast<std::size_t>(gpu)]; }
  static const GpuLayers& of(const Layers& layers, int gpu) { return layers[static_cast<std::size_t>(gpu)]; }
  /// The output, which is the last GPU's, is never partial.
  std::int64_t most_partial(const Layers& layers, int gpu) const {
    const std::int64_t all = of(layers, gpu).all;
    return gpu == last() ? std::max<std::int64_t>(all - 1, 0) : all;
  }

  Request request_of(const Layers& layers) const {
    Request request = request_;
    request.gpu_layers = 0;
    for (const GpuLayers& gpu : layers) {
      request.gpu_layers += gpu.all;
      if (layers.size() > 1) request.tensor_split.push_back(static_cast<double>(gpu.all));
    }
    std::int64_t layer = blocks_ + 1 - request.gpu_layers;
    for (const GpuLayers& gpu : layers) {
      layer += gpu.whole();
      const std::int64_t end = std::min(layer + gpu.partial, blocks_);
      if (layer < end) request.overflows.push_back({layer, end, gpu.part, gpu.place});
      layer += gpu.partial;
    }
    if (request.gpu_layers == 0) request.tensor_split.clear();
    return request;
  }

  Bytes surplus_on(int gpu, const Layers& layers) const {
    return surplus_(request_of(layers))[static_cast<std::size_t>(first_gpu_ + gpu)];
  }

  bool all_without_experts_fit() const {
    Request request = request_;
    request.cpu_moe = true;
    Bytes together;
    for (const Bytes bytes : surplus_(request)) together += bytes;
    return together > Bytes(0);
  }

  /// As many of the layers that are left as `gpu` can hold, those of experts without them.
  void fill_from_the_back(int gpu) {
    std::int64_t left = offered_;
    for (int other = gpu + 1; other <= last(); ++other) left -= of(layers_, other).all;
    const auto with = [&](std::int64_t count) {
      Layers layers = layers_;
      of(layers, gpu).all = count;
      if (has_experts_) of(layers, gpu).partial = most_partial(layers, gpu);
      return layers;
    };
    if (left <= 0) return;
    layers_ = with(most_that_fits(left, [&](std::int64_t count) { return surplus_on(gpu, with(count)); }));
  }

  /// Makes `count` partial layers whole and gives them to `gpu`: of the GPUs from `giving` on, one after another.
  Layers given(int gpu, int giving, std::int64_t count) const {
    Layers layers = layers_;
    for (int from = giving; from <= last() && count > 0; ++from) {
      const std::int64_t moved = std::min(count, of(layers, from).partial);
      of(layers, from).all -= moved;
      of(layers, from).partial -= moved;
      of(layers, gpu).all += moved;
      count -= moved;
    }
    return layers;
  }

  /// The first GPU from `giving` on that has partial layers; the last where none has.
  int next_giving(const Layers& layers, int giving) const {
    while (giving < last() && of(layers, giving).partial == 0) ++giving;
    return giving;
  }

  void give_experts_back() {
    int giving = 0;
    while (giving < last() && of(layers_, giving).all == 0) ++giving;
    for (int gpu = 0; gpu <= giving; ++gpu) {
      std::int64_t most = 0;
      for (int from = giving; from <= last(); ++from) most += of(layers_, from).partial;
      const std::int64_t count =
          most_that_fits(most, [&](std::int64_t tried) { return surplus_on(gpu, given(gpu, giving, tried)); });
      layers_ = given(gpu, giving, count);
      giving = count == most ? last() : next_giving(layers_, giving);
      giving = add_part_of_a_layer(gpu, giving);
    }
  }

  /// Part of one layer more on `gpu`, as large a part as fits. The number of the GPU that gives from then on.
  int add_part_of_a_layer(int gpu, int giving) {
    if (of(layers_, giving).partial == 0) return giving;
    Layers layers = layers_;
    --of(layers, giving).all;
    --of(layers, giving).partial;
    ++of(layers, gpu).all;
    ++of(layers, gpu).partial;
    const auto fits_with = [&](LayerPart part) {
      of(layers, gpu).part = part;
      of(layers, gpu).place = gpu < last() ? gpu + 1 : kHost;
      return surplus_on(gpu, layers) > Bytes(0) && (gpu == last() || surplus_on(gpu + 1, layers) > Bytes(0));
    };
    const auto take = [&] {
      layers_ = layers;
      return next_giving(layers_, giving);
    };
    if (!fits_with(LayerPart::kGatesAndDowns)) return fits_with(LayerPart::kFeedForward) ? take() : giving;
    giving = take();
    if (fits_with(LayerPart::kDowns)) layers_ = layers;
    return giving;
  }

  Request request_;
  const Surplus& surplus_;
  std::int64_t blocks_;
  std::int64_t offered_ = 0;  ///< layers and output that may lie on GPUs
  int first_gpu_ = 0;
  bool has_experts_ = false;
  Layers layers_;
};

}  // namespace

Request place_automatically(const Question& question, const Surplus& surplus) {
  const Request& request = question.request;
  const bool says_already =
      request.cpu_moe || request.n_cpu_moe > 0 || !request.overrides.empty() || !request.tensor_split.empty();
  const bool shares_otherwise =
      request.gpu_count > 1 && request.split_mode != SplitMode::kLayer && request.split_mode != SplitMode::kNone;
  if (says_already || shares_otherwise) return request;
  return Filling(question, surplus).run();
}

}  // namespace lfmfit
