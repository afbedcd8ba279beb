#include <algorithm>
#include <array>

#include "lfmfit/estimate.hpp"

namespace lfmfit {

namespace {

struct Tier {
  Bytes memory;  ///< of all GPUs together, at least
  Tokens context;
};

/// A little below 48 and 24 GiB, for no card reports all of them.
constexpr std::array<Tier, 3> kTiers = {
    {{Bytes(47LL << 30), Tokens(262144)}, {Bytes(23LL << 30), Tokens(32768)}, {Bytes(0), Tokens(4096)}}};
constexpr std::int64_t kBatch = 512;  // it takes 1,024 or 2,048 where the context is long and there is room

}  // namespace

Request like_ollama(Request request, const Model& model, Bytes memory, std::int64_t slots) {
  request.parallel = slots;
  request.kv_unified = false;
  for (const Tier& tier : kTiers) {
    request.context = std::min(tier.context, model.context_limit) * std::max<std::int64_t>(slots, 1);
    if (memory >= tier.memory) break;
  }
  if (request.batch == Request{}.batch && request.ubatch == Request{}.ubatch) request.batch = request.ubatch = kBatch;
  if (request.placing != Placing::kGiven) request.placing = Placing::kAutomatic;
  return request;
}

}  // namespace lfmfit
