#include "core/llamacpp/row_split.hpp"

#include "core/llamacpp/buffer_size.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kRowRounding = 128;                      // ggml-cuda's tiles; 64 on the oldest cards
constexpr std::int64_t kPieceRounding = std::int64_t{2} << 20;  // each piece is an allocation of its own

/// The first row that is held by the GPU behind a cumulative share of `before` (get_row_split in ggml-cuda.cu).
std::int64_t first_row(std::int64_t rows, float before) {
  const auto row = static_cast<std::int64_t>(static_cast<float>(rows) * before);
  return row - row % kRowRounding;
}

}  // namespace

bool is_split_by_rows(const PlacedTensor& placed, const Placement& placement, const Request& request,
                      const BackendTraits& traits) {
  const Tensor& tensor = *placed.tensor;
  return request.split_mode == SplitMode::kRow && placement.gpu_count > 1 && placed.place != placement.host() &&
         !placement.moved_place(tensor) &&  // an override names a plain buffer
         traits.row_padding > 0 &&          // what ggml-cuda pads, it can also split
         (placed.use == TensorUse::kDense || placed.use == TensorUse::kHead) && tensor.shape[1] > 1 &&
         tensor.shape[2] == 1 && tensor.name.find("conv") == std::string::npos;
}

std::vector<RowShare> row_shares(const std::vector<PlacedTensor>& placed, const Placement& placement,
                                 const Request& request, const MemoryContext& context) {
  const BackendTraits& traits = context.backend.traits;
  const std::vector<float> shares = cumulative_shares(request, placement.gpu_count, context.free);
  std::vector<RowShare> result(shares.size());
  for (const PlacedTensor& one : placed) {
    if (!is_split_by_rows(one, placement, request, traits)) continue;
    const Tensor& tensor = *one.tensor;
    for (std::size_t gpu = 0; gpu < shares.size(); ++gpu) {
      const std::int64_t from = gpu == 0 ? 0 : first_row(tensor.shape[1], shares[gpu - 1]);
      const std::int64_t to = gpu + 1 == shares.size() ? tensor.shape[1] : first_row(tensor.shape[1], shares[gpu]);
      if (to <= from) continue;
      BufferSize piece(traits.alignment, traits.row_padding);
      piece.add(*tensor.stored, {tensor.shape[0], to - from, 1, 1});
      result[gpu].bytes += piece.bytes();
      result[gpu].allocated += Bytes(round_up(piece.bytes().count(), kPieceRounding));
    }
  }
  return result;
}

}  // namespace lfmfit
