#include "core/llamacpp/graph/pack.hpp"

#include <algorithm>
#include <vector>

namespace lfmfit::graph {

namespace {

using Operations = std::vector<Op>;

constexpr std::size_t kLongestPack = 16;           // GGML_METAL_FUSION_MAX
constexpr std::size_t kMostAdditions = 7;          // that one kernel runs
constexpr std::size_t kMostSummedExperts = 8;      // GGML_METAL_MOE_REDUCE_MAX_EXPERTS
constexpr std::int64_t kMostRoutedExperts = 1024;  // GGML_METAL_TOPK_MOE_MAX_EXPERTS

Operations weighted_sum(std::size_t experts) {
  Operations all{Op::kMul};
  all.insert(all.end(), experts, Op::kView);
  all.insert(all.end(), experts - 1, Op::kAdd);
  return all;
}

/// Gating, sorting and choice of experts, with views, from the plain one to the one that also normalizes and scales.
const std::vector<Operations>& routings() {
  static const std::vector<Operations> all = [] {
    const Operations plain{Op::kSoftMax, Op::kReshape, Op::kArgSort, Op::kView, Op::kGetRows};
    Operations scaled = plain, normed = plain;
    scaled.push_back(Op::kScale);
    normed.insert(normed.end(), {Op::kReshape, Op::kSumRows, Op::kClamp, Op::kDiv, Op::kReshape});
    Operations both = normed;
    both.push_back(Op::kScale);
    return std::vector<Operations>{plain, scaled, normed, both};
  }();
  return all;
}

/// Operations that follow each other without views between them.
const std::vector<Operations>& chains() {
  static const std::vector<Operations> all = [] {
    std::vector<Operations> result;
    for (const Op norm : {Op::kNorm, Op::kRmsNorm}) {
      result.push_back({norm, Op::kMul});
      result.push_back({norm, Op::kMul, Op::kAdd});
      result.push_back({norm, Op::kScale});
    }
    for (std::size_t n = 2; n <= kMostAdditions; ++n) result.emplace_back(n, Op::kAdd);
    result.push_back({Op::kSsmConv, Op::kUnary});
    return result;
  }();
  return all;
}

bool follows(const Window& window, std::size_t i, const Operations& operations) {
  for (std::size_t k = 0; k < operations.size(); ++k) {
    if (!window.is(i + k, operations[k])) return false;
  }
  return true;
}

bool is_nothing(const Node& node) { return is_view_op(node.op) || byte_count(node) == 0; }

/// The positions of the nodes from `i` on that compute something.
std::vector<std::size_t> computing_nodes(const Window& window, std::size_t i) {
  std::vector<std::size_t> all;
  for (; window.has(i) && all.size() < kLongestPack; ++i) {
    if (!is_nothing(window[i])) all.push_back(i);
  }
  return all;
}

bool has_layout_of(const Node& a, const Node& b) { return a.type == b.type && a.ne == b.ne && a.nb == b.nb; }

/// Whether the nodes at `at` are `operations`, each reads the one before, and nothing else does.
bool is_chain(const Window& window, const std::size_t* at, std::size_t count, const Operations& operations) {
  if (operations.size() > count || !window.is(at[0], operations[0])) return false;
  for (std::size_t k = 1; k < operations.size(); ++k) {
    const Node& node = window[at[k]];
    const Node& before = window[at[k - 1]];
    if (node.op != operations[k] || node.sources[0] != window.id(at[k - 1]) || node.ne != before.ne) return false;
    if (before.output || before.is_view() || window.uses(at[k - 1]) != 1) return false;
    if (node.sources[1] == kNoNode) continue;
    const Node& other = window.graph()[node.sources[1]];
    if (operations[0] == Op::kAdd) {
      if (!has_layout_of(other, window.graph()[before.sources[1]])) return false;
    } else if (other.ne[0] != window[at[0]].ne[0]) {
      return false;
    }
  }
  return true;
}

/// Nodes that compute something in the longest routing that starts at `i`, or 0.
std::size_t routing_at(const Window& window, std::size_t i) {
  if (!window.is(i, Op::kSoftMax) || window[i].sources[1] != kNoNode) return 0;
  if (window[i].ne[0] > kMostRoutedExperts) return 0;
  std::size_t found = 0;
  for (const Operations& routing : routings()) {
    if (!follows(window, i, routing) || !window.is_closed(i, routing.size(), {i + 3, i + routing.size() - 1})) continue;
    found =
        static_cast<std::size_t>(std::count_if(routing.begin(), routing.end(), [](Op op) { return !is_view_op(op); }));
  }
  return found;
}

std::size_t weighted_sum_at(const Window& window, std::size_t i) {
  if (!window.is(i, Op::kMul)) return 0;
  for (std::size_t experts = kMostSummedExperts; experts >= 2; --experts) {
    const std::size_t count = 2 * experts;
    if (static_cast<std::size_t>(window[i].ne[1]) != experts || !follows(window, i, weighted_sum(experts))) continue;
    return window.is_closed(i, count, {i + count - 1}) ? experts : 0;
  }
  return 0;
}

/// A delta net whose states go right into their cache.
bool stores_states(const Window& window, const std::size_t* at, std::size_t count) {
  if (count < 2 || !window.is(at[0], Op::kGatedDeltaNet) || !window.is(at[1], Op::kCopy) || window[at[0]].output)
    return false;
  const Node& source = window.graph()[window[at[1]].sources[0]];
  return source.op == Op::kView && source.view_of == window.id(at[0]) && source.view_offset > 0;
}

/// How many of the nodes at `at` one kernel runs: 1, or as many as the longest fusion that starts there.
std::size_t fused_at(const Window& window, const std::size_t* at, std::size_t count) {
  std::size_t longest = 1;
  for (const Operations& chain : chains()) {
    if (chain.size() > longest && is_chain(window, at, count, chain)) longest = chain.size();
  }
  if (stores_states(window, at, count)) longest = std::max<std::size_t>(longest, 2);
  return std::max({longest, routing_at(window, at[0]), weighted_sum_at(window, at[0])});
}

/// Whether any fusion starts with `op`: most nodes need not be looked at.
bool starts_fusion(Op op) {
  return op == Op::kAdd || op == Op::kMul || op == Op::kNorm || op == Op::kRmsNorm || op == Op::kSsmConv ||
         op == Op::kSoftMax || op == Op::kGatedDeltaNet;
}

std::size_t pack_by_table(const Window& window, std::size_t i) {
  if (!starts_fusion(window[i].op) || is_nothing(window[i])) return 1;
  const std::vector<std::size_t> at = computing_nodes(window, i);
  std::size_t fused = 0;
  while (fused < at.size()) {
    const std::size_t more = fused_at(window, at.data() + fused, at.size() - fused);
    if (more == 1 || fused + more > kLongestPack) break;
    fused += more;
  }
  return fused == 0 ? 1 : std::min(kLongestPack, at[std::min(fused, at.size()) - 1] - i + 1);
}

bool adds_or_norms(Op op) { return op == Op::kAdd || op == Op::kNorm || op == Op::kRmsNorm; }

/// Whether each of the nodes [i, i + count) alone reads the one before.
bool feed_each_other(const Window& window, std::size_t i, std::size_t count) {
  for (std::size_t k = i + 1; k < i + count; ++k) {
    const Node& before = window[k - 1];
    const bool reads = window.reads(k, window.id(k - 1)) || window.reads(k, window.id(k - 1), 1);
    if (!reads || window[k].ne != before.ne || before.output || before.is_view() || window.uses(k - 1) != 1)
      return false;
  }
  return true;
}

std::size_t pack_of_additions(const Window& window, std::size_t i) {
  if (!adds_or_norms(window[i].op)) return 1;
  std::size_t count = 1;
  while (count < kLongestPack && window.has(i + count) &&
         (adds_or_norms(window[i + count].op) || window.is(i + count, Op::kMul)))
    ++count;
  while (count > 1 && !feed_each_other(window, i, count)) --count;
  return count;
}

/// Nodes of the longest sequence of the table, by operations, that starts at `i`, or 0.
std::size_t sequence_at(const Window& window, std::size_t i) {
  std::size_t longest = 0;
  const auto look = [&](const Operations& operations) {
    if (operations.size() > longest && follows(window, i, operations)) longest = operations.size();
  };
  if (!starts_fusion(window[i].op)) return 0;
  for (const Operations& chain : chains()) look(chain);
  if (window.is(i, Op::kGatedDeltaNet)) look({Op::kGatedDeltaNet, Op::kCopy});
  for (const Operations& routing : routings()) look(routing);
  for (std::size_t experts = 2; experts <= kMostSummedExperts && window.is(i, Op::kMul); ++experts)
    look(weighted_sum(experts));
  return longest;
}

}  // namespace

std::size_t pack_size(const Window& window, std::size_t i, bool protects) {
  return protects ? pack_by_table(window, i) : pack_of_additions(window, i);
}

KeepAlive inputs_of_packs(const Window& window, std::vector<Standing>& standings) {
  KeepAlive all;
  StandingNotes notes(standings);
  for (std::size_t i = 0; i < window.size(); ++i) {
    notes.reach(i, [i](Standing& one) { one.ahead.push_back(static_cast<std::int64_t>(i - one.position)); });
    const std::size_t count = sequence_at(window, i);
    if (count == 0) continue;
    Kept kept{window.id(i + count - 1), {}};
    std::vector<NodeId> seen;
    for (std::size_t k = i; k < i + count; ++k) {
      for (NodeId source : window[k].sources) {
        if (source == kNoNode || std::find(seen.begin(), seen.end(), source) != seen.end()) continue;
        seen.push_back(source);
        kept.tensors.push_back(source);
      }
      seen.push_back(window.id(k));
    }
    all.push_back(std::move(kept));
    i += count - 1;
  }
  return all;
}

}  // namespace lfmfit::graph
