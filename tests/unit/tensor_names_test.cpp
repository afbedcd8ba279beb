#include "core/model/tensor_names.hpp"

#include "catch.hpp"

using namespace lfmfit;

namespace {

Tensor tensor(const std::string& name, int layer) { return {name, layer, {64, 64, 1, 1}, nullptr}; }

}  // namespace

TEST_CASE("A tensor of a layer, the first too, is none of those outside of layers that are called alike") {
  CHECK(is_input_tensor(tensor("token_embd.weight", -1)));
  CHECK_FALSE(is_input_tensor(tensor("token_embd.weight", 0)));
  CHECK(is_behind_pooling(tensor("cls.weight", -1)));
  CHECK_FALSE(is_behind_pooling(tensor("cls.weight", 0)));
  CHECK(is_linear(tensor("attn_q.weight", 0)));
  CHECK_FALSE(is_linear(tensor("output.weight", -1)));
  CHECK(full_name({0, "attn_q.weight"}) == "blk.0.attn_q.weight");
  CHECK(full_name({-1, "output.weight"}) == "output.weight");
}

TEST_CASE("The head is the output layer's tensor, or the embedding that it shares") {
  Model model;
  model.has_output = true;
  const std::vector<Tensor> untied{tensor("token_embd.weight", -1), tensor("output.weight", -1)};
  CHECK(head_of(model, untied) == &untied[1]);
  const std::vector<Tensor> tied{tensor("output.weight", 0), tensor("token_embd.weight", -1)};
  CHECK(head_of(model, tied) == &tied[1]);
}
