#include "lfmfit/pooling.hpp"

#include <array>

namespace lfmfit {

namespace {

constexpr std::array kPoolings = {Pooling::kNone, Pooling::kMean, Pooling::kCls, Pooling::kLast, Pooling::kRank};

}  // namespace

const char* name_of(Pooling pooling) {
  switch (pooling) {
    case Pooling::kNone: return "none";
    case Pooling::kMean: return "mean";
    case Pooling::kCls: return "cls";
    case Pooling::kLast: return "last";
    case Pooling::kRank: return "rank";
  }
  return "";
}

std::optional<Pooling> pooling_called(std::string_view word) {
  for (const Pooling pooling : kPoolings) {
    if (word == name_of(pooling)) return pooling;
  }
  return std::nullopt;
}

}  // namespace lfmfit
