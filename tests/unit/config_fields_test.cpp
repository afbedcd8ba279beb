#include <random>
#include <tuple>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/config.hpp"

using namespace lfmfit;
using namespace test::config;
using Catch::Matchers::Contains;

// What a config.json says wrongly, or in words that are not understood.

TEST_CASE("What is not understood and may change memory is refused by name") {
  CHECK_THROWS_WITH(read(with(qwen3(), "num_memory_heads", 4)), Contains("\"num_memory_heads\" (4) is not understood"));
  CHECK_THROWS_WITH(read(with(qwen3(), "attention_bias", true)), Contains("\"attention_bias\" is true"));
  CHECK_THROWS_WITH(read(with(qwen3(), "layer_types", std::vector<std::string>(36, "telepathy"))),
                    Contains("\"telepathy\""));
  CHECK_THROWS_WITH(read(with(qwen3(), "layer_types", std::vector<std::string>(35, "full_attention"))),
                    Contains("lists 35 layers of 36"));
  CHECK_THROWS_WITH(read(with(qwen3(), "layer_types", std::vector<std::string>(36, "mamba"))),
                    Contains("layer 0 is a state space with a dense feed-forward part"));
  CHECK_THROWS_WITH(read(with(qwen3(), "model_type", "wonder")),
                    Contains("\"wonder\", which is unknown; known are lfm2"));
  CHECK_THROWS_WITH(read(with(qwen3(), "num_hidden_layers", 100000)), Contains("is 100000"));
  CHECK_THROWS_WITH(read(with(qwen3(), "hidden_size", -4096)), Contains("\"hidden_size\" is -4096"));
  CHECK_THROWS_WITH(read(with(qwen3(), "hidden_size", 1e300)), Contains("no whole number"));
  CHECK_THROWS_WITH(read(with(deepseek_v3(), "scoring_func", "dice")), Contains("\"dice\""));
  CHECK_THROWS_WITH(read(with(deepseek_v3(), "topk_method", "luck")), Contains("\"topk_method\" is luck"));
  CHECK_THROWS_WITH(read(Json{{"hidden_size", 1}}), Contains("no \"model_type\""));
  CHECK_THROWS_WITH(read(std::string("[1]")), Contains("no JSON object"));
  CHECK_NOTHROW(read(with(qwen3(), "num_memory_heads", 0)));
  CHECK_NOTHROW(read(with(qwen3(), "favourite_colour", "blue")));
}

TEST_CASE("Random damage to a config.json never does harm") {
  const std::string valid[] = {lfm2().dump(), qwen3().dump(), deepseek_v3().dump()};
  std::mt19937_64 random(3);
  int refused = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = valid[random() % 3];
    for (std::uint64_t i = 0; i <= random() % 3; ++i)
      damaged[random() % damaged.size()] = static_cast<char>(' ' + random() % 95);
    try {
      read(damaged);
    } catch (const Error& error) {
      ++refused;
      if (std::string(error.what()).find('\n') != std::string::npos) FAIL("round " << round);
    }
  }
  CHECK(refused > 1000);
}

TEST_CASE("A value of a wrong type is named, not taken as absent") {
  CHECK_THROWS_WITH(read(with(qwen3(), "num_key_value_heads", "8")), Contains("\"num_key_value_heads\" is no number"));
  CHECK_THROWS_WITH(read(with(lfm2(), "full_attn_idxs", "2, 5, 8")), Contains("\"full_attn_idxs\" is no list"));
  CHECK_THROWS_WITH(read(with(qwen3(), "hidden_size", Json::object())), Contains("\"hidden_size\" is no number"));
}

TEST_CASE("A size that no model has is named by its key") {
  for (const char* key : {"hidden_size", "vocab_size", "max_position_embeddings"}) {
    CHECK_THROWS_WITH(read(with(qwen3(), key, 0)), Contains(std::string("\"") + key + "\"") && Contains("at least 1"));
  }
  CHECK_THROWS_WITH(read(with(qwen3(), "intermediate_size", -5)), Contains("\"intermediate_size\" is -5"));
  CHECK_THROWS_WITH(read(with(qwen3(), "num_key_value_heads", 7)), Contains("no multiple of"));
}

TEST_CASE("No field of another type changes a model unnamed") {
  const auto figures = [](const Model& model) {
    return std::tuple(without_letters(model.blocks), model.n_vocab, model.tied_embeddings, model.context_limit);
  };
  for (const Json& good : {lfm2(), qwen3(), deepseek_v3()}) {
    const auto expected = figures(read(good));
    for (const auto& [name, value] : good.items()) {
      for (const Json& wrong : {Json(true), Json(7), Json("8"), Json({8}), Json({{"a", 1}})}) {
        if (wrong.type() == value.type() || (wrong.is_number() && (value.is_number() || value.is_boolean()))) continue;
        Json changed = good;
        changed[name] = wrong;
        INFO(name << ": " << wrong.dump());
        try {
          const auto found = figures(read(changed));
          CHECK(found == expected);
        } catch (const Error& error) {
          CHECK_THAT(error.what(), Contains(name));
        }
      }
    }
  }
}

TEST_CASE("A list for each layer is read where it says the same of all, and else refused by name") {
  Json config = qwen3();
  config["intermediate_size"] = std::vector<int>(36, 12288);
  check_same(read(config), "Qwen/Qwen3-8B");
  config["intermediate_size"] = std::vector<int>(35, 12288);
  CHECK_THROWS_WITH(read(config), Contains("\"intermediate_size\" lists fewer layers"));
  config["intermediate_size"] = std::vector<int>{12288, 6144};
  CHECK_THROWS_WITH(read(config), Contains("\"intermediate_size\" differs from layer to layer"));
}
