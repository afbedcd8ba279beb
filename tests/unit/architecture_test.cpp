#include "lfmfit/architecture.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"

namespace {

using Catch::Matchers::Contains;
using namespace lfmfit;

/// Attention and short convolutions, the second with experts under 'e'.
Architecture small_architecture() {
  Architecture architecture;
  architecture.name = "small";
  architecture.blocks['a'] = {"attention", "dense", {{"qk_norm", setting_value("qk_norm", "per_head")}}};
  architecture.blocks['c'] = {"short_convolution", "dense", {}};
  architecture.blocks['e'] = {"short_convolution", "experts", {}};
  return architecture;
}

ModelShape small_shape(const std::string& layout = "cac") {
  ModelShape shape;
  shape.layout = layout;
  shape.settings = {{"n_vocab", 100}, {"n_embd", 8},     {"n_ff", 16},      {"n_head", 2},
                    {"n_head_kv", 1}, {"head_dim_k", 4}, {"head_dim_v", 4}, {"context_train", 1000}};
  return shape;
}

std::string message_of(const Architecture& architecture, const ModelShape& shape) {
  try {
    build_model(architecture, shape);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadFile);
    return error.what();
  }
  return {};
}

std::string layout_message(const std::string& layout) {
  try {
    expand_layout(layout);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadFile);
    return error.what();
  }
  return {};
}

TEST_CASE("A layout writes out its groups") {
  CHECK(expand_layout("ccacc") == "ccacc");
  CHECK(expand_layout("(ssf)x2 ss") == "ssfssfss");
  CHECK(expand_layout("(s s f)x1") == "ssf");
  CHECK(expand_layout("(a)x3b(c)x2") == "aaabcc");
}

TEST_CASE("A layout that is no layout is refused") {
  CHECK_THAT(layout_message(""), Contains("no layers"));
  CHECK_THAT(layout_message("  "), Contains("no layers"));
  CHECK_THAT(layout_message("(a)x0"), Contains("no layers"));
  CHECK_THAT(layout_message("(ab"), Contains("')'"));
  CHECK_THAT(layout_message("(ab)"), Contains("xN"));
  CHECK_THAT(layout_message("(ab)x"), Contains("number"));
  CHECK_THAT(layout_message("((a)x2)x2"), Contains("letters only"));
  CHECK_THAT(layout_message("a1"), Contains("unexpected '1'"));
  CHECK_THAT(layout_message("(a)x4097"), Contains("4,096"));
  CHECK_THAT(layout_message("(aa)x4096"), Contains("4,096"));
  CHECK_THAT(layout_message("(a)x99999999999999999999"), Contains("4,096"));
  CHECK_THAT(layout_message(std::string(70000, 'a')), Contains("too long"));
  CHECK(expand_layout("(a)x4096").size() == 4096);
}

TEST_CASE("Settings fill the fields they are named after") {
  const Model model = build_model(small_architecture(), small_shape());
  REQUIRE(model.blocks.size() == 3);
  CHECK(model.architecture == "small");
  CHECK(model.n_embd == 8);
  CHECK(model.context_train == Tokens(1000));
  CHECK(model.context_limit == Tokens(1000));
  const auto& attention = std::get<Attention>(model.blocks[1].mixer);
  CHECK(attention.n_head == 2);
  CHECK(attention.qk_norm == QkNorm::kPerHead);
  CHECK(model.blocks[1].letter == 'a');
  CHECK(std::get<DenseFeedForward>(model.blocks[0].feed_forward).n_ff == 16);
}

TEST_CASE("The nearer setting wins") {
  Architecture architecture = small_architecture();
  architecture.blocks['c'].settings["kernel"] = 4;
  architecture.settings["tied_embeddings"] = 1;
  ModelShape shape = small_shape();
  CHECK(std::get<ShortConvolution>(build_model(architecture, shape).blocks[0].mixer).kernel == 4);
  shape.settings["kernel"] = 5;
  CHECK(std::get<ShortConvolution>(build_model(architecture, shape).blocks[0].mixer).kernel == 5);
  shape.block_settings['c']["kernel"] = 6;
  shape.block_settings['a']["n_ff"] = 32;
  shape.settings["tied_embeddings"] = 0;
  const Model model = build_model(architecture, shape);
  CHECK(std::get<ShortConvolution>(model.blocks[0].mixer).kernel == 6);
  CHECK(std::get<DenseFeedForward>(model.blocks[1].feed_forward).n_ff == 32);
  CHECK(std::get<DenseFeedForward>(model.blocks[0].feed_forward).n_ff == 16);
  CHECK_FALSE(model.tied_embeddings);
}

TEST_CASE("A missing setting is named with its block") {
  for (const char* name :
       {"n_head", "n_head_kv", "head_dim_k", "head_dim_v", "n_ff", "n_embd", "n_vocab", "context_train"}) {
    ModelShape shape = small_shape();
    shape.settings.erase(name);
    CHECK_THAT(message_of(small_architecture(), shape), Contains(name) && Contains("is missing"));
  }
  CHECK_THAT(message_of(small_architecture(), small_shape("e")), Contains("\"n_expert\" of block 'e' is missing"));
}

TEST_CASE("A setting that no block of the layout has is refused") {
  ModelShape shape = small_shape();
  shape.settings["n_expert"] = 4;  // 'e' has it, but is not in the layout
  CHECK_THAT(message_of(small_architecture(), shape), Contains("\"n_expert\"") && Contains("unknown"));
  shape = small_shape();
  shape.block_settings['c']["n_head"] = 4;
  CHECK_THAT(message_of(small_architecture(), shape), Contains("\"n_head\"") && Contains("block 'c'"));
  shape = small_shape();
  shape.block_settings['e']["n_ff"] = 4;
  CHECK_THAT(message_of(small_architecture(), shape), Contains("no block 'e'"));
  Architecture architecture = small_architecture();
  architecture.settings["no_such"] = 1;
  CHECK_THAT(message_of(architecture, small_shape()), Contains("\"no_such\""));
  architecture = small_architecture();
  architecture.blocks['c'].settings["sliding"] = 1;
  CHECK_THAT(message_of(architecture, small_shape()), Contains("\"sliding\""));
}

TEST_CASE("Unknown letters, mixers and feed-forward parts are refused") {
  CHECK_THAT(message_of(small_architecture(), small_shape("cz")), Contains("no block 'z'"));
  Architecture architecture = small_architecture();
  architecture.blocks['c'].mixer = "convolution";
  CHECK_THAT(message_of(architecture, small_shape()), Contains("\"convolution\"") && Contains("short_convolution"));
  architecture = small_architecture();
  architecture.blocks['c'].feed_forward = "moe";
  CHECK_THAT(message_of(architecture, small_shape()), Contains("\"moe\"") && Contains("experts"));
}

TEST_CASE("Values out of range are refused") {
  const std::vector<std::pair<std::string, std::int64_t>> bad{{"n_head", 0},
                                                              {"n_head", -1},
                                                              {"n_head", 1 << 15},
                                                              {"n_embd", (1 << 20) + 1},
                                                              {"n_vocab", (1 << 26) + 1},
                                                              {"n_ff", std::int64_t{1} << 62},
                                                              {"tied_embeddings", 2},
                                                              {"qk_norm", 3},
                                                              {"context_train", 0},
                                                              {"context_limit", 999},
                                                              {"window", -1},
                                                              {"kernel", 1}};
  for (const auto& [name, value] : bad) {
    ModelShape shape = small_shape();
    shape.settings[name] = value;
    CHECK_THAT(message_of(small_architecture(), shape), Contains("\"" + name + "\"") && Contains("must lie between"));
  }
}

TEST_CASE("A model of more weights than there can be is refused") {
  ModelShape shape = small_shape("(e)x4096");
  shape.settings = {{"n_vocab", 1 << 26},  {"n_embd", 1 << 20},  {"n_ff", 1 << 22},
                    {"n_expert", 1 << 14}, {"n_expert_used", 1}, {"context_train", 1}};
  CHECK_THAT(message_of(small_architecture(), shape), Contains("10^15"));
}

TEST_CASE("More experts cannot be used than there are") {
  ModelShape shape = small_shape("e");
  shape.settings = {{"n_vocab", 10}, {"n_embd", 8},        {"n_ff", 8},
                    {"n_expert", 4}, {"n_expert_used", 5}, {"context_train", 1}};
  CHECK_THAT(message_of(small_architecture(), shape), Contains("\"n_expert_used\""));
}

TEST_CASE("The last layers share the cache of the last layer of their kind") {
  Architecture architecture = small_architecture();
  architecture.blocks['s'] = {"attention", "dense", {{"sliding", 1}, {"window", 4}}};
  ModelShape shape = small_shape("ssasasa");
  shape.settings["shared_kv_layers"] = 3;
  const Model model = build_model(architecture, shape);
  const auto source = [&](std::size_t layer) { return std::get<Attention>(model.blocks[layer].mixer).shares_cache_of; };
  CHECK_FALSE(source(3));
  CHECK(source(4) == 2);
  CHECK(source(5) == 3);
  CHECK(source(6) == 2);
  shape.settings["shared_kv_layers"] = 6;
  CHECK_THAT(message_of(architecture, shape), Contains("shared_kv_layers"));
  shape.settings["shared_kv_layers"] = 7;
  CHECK_THAT(message_of(architecture, shape), Contains("must lie between"));
}

TEST_CASE("Words stand for choices") {
  CHECK(setting_value("norm", "rms") == 0);
  CHECK(setting_value("activation", "swiglu_oai") == 3);
  CHECK_THROWS_WITH(setting_value("norm", "batch"), Contains("\"batch\"") && Contains("layer_with_bias"));
  CHECK_THROWS_WITH(setting_value("n_head", "four"), Contains("takes a number"));
}

}  // namespace
