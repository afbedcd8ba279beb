#include "lfmfit/architecture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "core/base/limits.hpp"
#include "core/model/block_settings.hpp"
#include "core/model/blocks/block.hpp"
#include "core/model/blocks/tensor_list.hpp"
#include "core/model/setting_reader.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

constexpr std::size_t kMaxLetters = 4096;  // of a layout; it says nothing about what llama.cpp loads
constexpr std::size_t kMaxLayoutText = 65536;
constexpr std::int64_t kMaxEmbedding = 1 << 20;
constexpr std::int64_t kMaxVocabulary = 1 << 26;
constexpr std::int64_t kMaxParameters = std::int64_t{1} << 50;

[[noreturn]] void bad_layout(const std::string& what) {
  throw Error(ErrorKind::kBadFile, "layout: " + what + "; write one letter per layer, and (...)xN for N times a group");
}

/// Reads a layout from left to right.
class LayoutParser {
 public:
  explicit LayoutParser(const std::string& text) : text_(text) {}

  std::string parse() {
    if (text_.size() > kMaxLayoutText) bad_layout("the text is too long");
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (c == '(') {
        append(group());
      } else if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
        append(std::string(1, c));
        ++position_;
      } else if (c == ' ') {
        ++position_;
      } else {
        bad_layout(std::string("unexpected '") + c + "'");
      }
    }
    if (letters_.empty()) bad_layout("there are no layers");
    return letters_;
  }

 private:
  std::string group() {
    const std::size_t end = text_.find(')', position_);
    if (end == std::string::npos) bad_layout("a '(' has no ')'");
    std::string letters;
    for (std::size_t i = position_ + 1; i < end; ++i) {
      if (text_[i] == ' ') continue;
      if (std::isalpha(static_cast<unsigned char>(text_[i])) == 0) bad_layout("a group may hold letters only");
      letters += text_[i];
    }
    position_ = end + 1;
    return repeated(letters, repetitions());
  }

  std::size_t repetitions() {
    if (position_ >= text_.size() || text_[position_] != 'x') bad_layout("a group needs xN behind its ')'");
    ++position_;
    std::size_t count = 0;
    const std::size_t start = position_;
    while (position_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[position_])) != 0) {
      count = count * 10 + static_cast<std::size_t>(text_[position_] - '0');
      if (count > kMaxLetters) bad_layout("more than 4,096 layers");
      ++position_;
    }
    if (position_ == start) bad_layout("a group needs a number behind its x");
    return count;
  }

  static std::string repeated(const std::string& letters, std::size_t count) {
    if (letters.size() * count > kMaxLetters) bad_layout("more than 4,096 layers");
    std::string result;
    for (std::size_t i = 0; i < count; ++i) result += letters;
    return result;
  }

  void append(const std::string& letters) {
    if (letters_.size() + letters.size() > kMaxLetters) bad_layout("more than 4,096 layers");
    letters_ += letters;
  }

  const std::string& text_;
  std::size_t position_ = 0;
  std::string letters_;
};

/// `over` on top of `base`.
Settings merged(Settings base, const Settings& over) {
  for (const auto& [name, value] : over) base[name] = value;
  return base;
}

void require_known(const Settings& settings, const SettingNames& known, const std::string& where) {
  for (const auto& [name, value] : settings) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw Error(ErrorKind::kBadFile, "setting \"" + name + "\" is unknown to " + where + "; check its spelling");
    }
  }
}

std::int64_t as_count(Tokens tokens) { return tokens.count(); }

void read_model(SettingReader& reader, Model& model) {
  reader.number("n_embd", model.n_embd, 1, kMaxEmbedding);
  reader.number("n_vocab", model.n_vocab, 1, kMaxVocabulary);
  std::int64_t context_train = as_count(model.context_train);
  reader.number("context_train", context_train, 1, kMaxContext);
  std::int64_t context_limit = context_train;
  reader.number("context_limit", context_limit, context_train, kMaxContext);
  model.context_train = Tokens(context_train);
  model.context_limit = Tokens(context_limit);
  reader.flag("tied_embeddings", model.tied_embeddings);
  reader.flag("copies_tied_output", model.copies_tied_output);
  reader.flag("has_output", model.has_output);
  reader.choice("final_norm_kind", model.final_norm_kind);
  reader.flag("output_bias", model.output_bias);
  reader.flag("scale_embeddings", model.scale_embeddings);
  reader.flag("scales_rows", model.scales_rows);
  reader.flag("scale_logits", model.scale_logits);
  reader.flag("logit_softcap", model.logit_softcap);
  reader.choice("output_rows", model.output_rows);
  reader.flag("keeps_hidden_state", model.keeps_hidden_state);
  reader.number("positions_per_token", model.positions_per_token, 1, 4);
  reader.number("n_deepstack", model.n_deepstack, 0, static_cast<std::int64_t>(model.blocks.size()));
  reader.flag("long_rope", model.long_rope);
  reader.flag("loads_output", model.loads_output);
  reader.choice("pooling", model.pooling);
  reader.flag("causal", model.causal);
  reader.flag("embeds_without_output", model.embeds_without_output);
  reader.flag("embedding_norm", model.embedding_norm);
  reader.choice("embedding_norm_kind", model.embedding_norm_kind);
  reader.flag("position_embeddings", model.position_embeddings);
  reader.number("mtp_layers", model.mtp_layers, 0, 16);
  reader.number("n_token_types", model.n_token_types, 0, kMaxEmbedding);
  reader.number("sparse_gate_layers", model.sparse_gate_layers, 0, static_cast<std::int64_t>(kMaxLetters));
  reader.number("shared_kv_layers", model.shared_kv_layers, 0, static_cast<std::int64_t>(model.blocks.size()) - 1);
}

/// The last `shared_kv_layers` layers read the cache of the last layer before them that slides, or does not, as they
/// do.
void share_caches(Model& model) {
  const std::size_t first = model.blocks.size() - static_cast<std::size_t>(model.shared_kv_layers);
  std::optional<int> last[2];
  for (std::size_t i = 0; i < model.blocks.size(); ++i) {
    auto* attention = std::get_if<Attention>(&model.blocks[i].mixer);
    if (attention == nullptr) continue;
    std::optional<int>& source = last[attention->sliding ? 1 : 0];
    if (i < first) {
      source = static_cast<int>(i);
    } else {
      if (!source)
        throw Error(ErrorKind::kBadFile,
                    "setting \"shared_kv_layers\" leaves no layer whose cache the last layers could share");
      attention->shares_cache_of = source;
    }
  }
}

void mark_sparse_gates(Model& model) {
  const auto count = std::min(model.blocks.size(), static_cast<std::size_t>(model.sparse_gate_layers));
  for (std::size_t i = 0; i < count; ++i) {
    if (auto* part = std::get_if<DenseFeedForward>(&model.blocks[i].feed_forward)) part->sparse_gate = true;
  }
}

void add_rope_factors(Model& model) {
  for (const Block& block : model.blocks) {
    const auto* attention = std::get_if<Attention>(&block.mixer);
    if (attention == nullptr || !attention->rope_factors) continue;
    const std::int64_t pairs = (attention->n_rot > 0 ? attention->n_rot : attention->head_dim_k) / 2;
    TensorList list(-1, model.extra_tensors);
    if (model.long_rope) {
      list.add("rope_factors_long.weight", pairs);
      list.add("rope_factors_short.weight", pairs);
    } else {
      list.add("rope_freqs.weight", pairs);
    }
    return;
  }
}

void add_extra_tensors(Model& model) {
  TensorList list(-1, model.extra_tensors);
  if (model.n_token_types > 0) list.add("token_types.weight", model.n_embd, model.n_token_types);
  if (model.position_embeddings) list.add("position_embd.weight", model.n_embd, model.context_train.count());
  if (model.embedding_norm)
    add_norm(model.embedding_norm_kind, "token_embd_norm", model.n_embd, -1, model.extra_tensors);
  const Block& block = model.blocks.front();
  if (block.n_altup > 0) {
    list.add("altup_proj.weight", model.n_embd, model.n_embd, block.n_altup - 1);
    list.add("altup_unembd_proj.weight", model.n_embd, model.n_embd, block.n_altup - 1);
  }
  if (block.n_embd_per_layer > 0) {
    const std::int64_t all_layers = block.n_embd_per_layer * static_cast<std::int64_t>(model.blocks.size());
    list.add("per_layer_token_embd.weight", all_layers, model.n_vocab);
    list.add("per_layer_model_proj.weight", model.n_embd, all_layers);
    list.add("per_layer_proj_norm.weight", block.n_embd_per_layer);
  }
  add_rope_factors(model);
}

/// The blocks of `letters`, and in `all_known` the names of every setting that one of them has a field for.
std::vector<Block> build_blocks(const Architecture& architecture, const ModelShape& shape, const std::string& letters,
                                SettingNames& all_known) {
  std::map<char, Block> kinds;
  for (char letter : letters) {
    if (kinds.count(letter) != 0) continue;
    const auto found = architecture.blocks.find(letter);
    if (found == architecture.blocks.end()) {
      throw Error(ErrorKind::kBadFile,
                  std::string("layout: architecture ") + architecture.name + " has no block '" + letter + "'");
    }
    Settings settings = merged(found->second.settings, shape.settings);
    SettingNames known;
    const auto own = shape.block_settings.find(letter);
    if (own != shape.block_settings.end()) settings = merged(std::move(settings), own->second);
    kinds.emplace(letter, build_block(letter, found->second, settings, known));
    const std::string where = fmt::format("block '{}' of architecture {}", letter, architecture.name);
    require_known(found->second.settings, known, where);
    if (own != shape.block_settings.end()) require_known(own->second, known, where);
    all_known.insert(all_known.end(), known.begin(), known.end());
  }
  for (const auto& [letter, settings] : shape.block_settings) {
    if (kinds.count(letter) == 0)
      throw Error(ErrorKind::kBadFile, std::string("block_settings: the layout has no block '") + letter + "'");
  }
  std::vector<Block> blocks;
  blocks.reserve(letters.size());
  for (char letter : letters) blocks.push_back(kinds.at(letter));
  return blocks;
}

std::int64_t weights_in(const std::vector<Tensor>& list) {
  std::int64_t weights = 0;
  for (const Tensor& tensor : list) weights = checked_add(weights, element_count(tensor.shape));
  return weights;
}

/// Refuses models whose sizes could wrap further on. One layer cannot: see the bounds in block_settings.cpp.
void require_sane_size(const Model& model) {
  std::int64_t weights = weights_in(model.extra_tensors);
  std::map<char, std::int64_t> of_layer;
  for (const Block& block : model.blocks) {
    const auto [found, is_new] = of_layer.try_emplace(block.letter, 0);
    if (is_new) {
      std::vector<Tensor> list;
      add_tensors(block, model, 0, list);
      found->second = weights_in(list);
    }
    weights = checked_add(weights, found->second);
    if (weights > kMaxParameters)
      throw Error(ErrorKind::kBadFile, "the settings make a model of more than 10^15 weights; check them");
  }
}

}  // namespace

std::string expand_layout(const std::string& layout) { return LayoutParser(layout).parse(); }

Model build_model(const Architecture& architecture, const ModelShape& shape) {
  Model model;
  model.architecture = architecture.name;
  model.final_norm = architecture.final_norm;
  SettingNames known;
  model.blocks = build_blocks(architecture, shape, expand_layout(shape.layout), known);
  SettingNames known_to_model;
  const Settings settings = merged(architecture.settings, shape.settings);
  SettingReader reader(settings, "the model", known_to_model);
  read_model(reader, model);
  require_known(architecture.settings, known_to_model, "architecture " + architecture.name);
  known.insert(known.end(), known_to_model.begin(), known_to_model.end());
  require_known(shape.settings, known, "every block of architecture " + architecture.name + " in this layout");
  share_caches(model);
  mark_sparse_gates(model);
  add_extra_tensors(model);
  require_sane_size(model);
  return model;
}

}  // namespace lfmfit
