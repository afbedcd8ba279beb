#include "lfmfit/estimate.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kSlots = 4;  // -np auto

}  // namespace

Request like_server(Request request, const Model& model) {
  request.parallel = kSlots;
  request.kv_unified = true;
  request.context = model.context_limit;
  return request;
}

}  // namespace lfmfit
