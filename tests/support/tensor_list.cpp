#include "support/tensor_list.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include "support/source_folder.hpp"

namespace test {

namespace {

using namespace lfmfit;

const std::string kFolder = "tests/truth/tensors";

std::vector<int> layers_of(std::istringstream& words) {
  std::vector<int> layers;
  for (std::string range; words >> range;) {
    const std::size_t dash = range.find('-');
    const int first = std::stoi(range);
    const int last = dash == std::string::npos ? first : std::stoi(range.substr(dash + 1));
    for (int layer = first; layer <= last; ++layer) layers.push_back(layer);
  }
  return layers;
}

void read_tensor(const std::string& line, std::vector<Tensor>& tensors) {
  std::istringstream words(line);
  Tensor tensor;
  words >> tensor.name;
  std::vector<int> layers{-1};
  std::size_t dimension = 0;
  for (std::string word; words >> word;) {
    if (word == "@")
      layers = layers_of(words);
    else
      tensor.shape.at(dimension++) = std::stoll(word);
  }
  for (const int layer : layers) {
    tensor.layer = layer;
    tensors.push_back(tensor);
  }
}

Mixer mixer_of(const std::set<std::string>& names, const Attention& attention) {
  const auto has = [&names](const char* name) { return names.count(name) != 0; };
  const bool attends = has("attn_q.weight") || has("attn_qkv.weight");
  if (has("attn_kv_a_mqa.weight")) return LatentAttention{attention.n_head};
  if (has("attn_gate.weight")) return GatedDeltaNet{};
  if (has("ssm_in.weight") && attends) return ParallelMixer{attention, {}};
  if (has("ssm_in.weight")) return StateSpace{};
  if (has("shortconv.conv.weight")) return ShortConvolution{};
  return attends ? Mixer(attention) : Mixer(NoMixer{});
}

}  // namespace

std::string read_project_file(const std::string& path) {
  std::ifstream file(test::source_folder() + "/" + path, std::ios::binary);
  if (!file) throw std::runtime_error("a tensor list of the tests is missing");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::int64_t TensorList::number(const std::string& key) const {
  const auto entry = metadata.find(key);
  std::istringstream words(entry == metadata.end() ? "" : entry->second);
  std::int64_t most = 0;
  for (std::int64_t value = 0; words >> value;) most = std::max(most, value);
  return most;
}

TensorList read_tensor_list(const std::string& name) {
  std::istringstream text(read_project_file(kFolder + "/" + name + ".txt"));
  TensorList list;
  for (std::string line; std::getline(text, line);) {
    const std::size_t equals = line.find(" = ");
    if (equals == std::string::npos)
      read_tensor(line, list.tensors);
    else
      list.metadata[line.substr(0, equals)] = line.substr(equals + 3);
  }
  return list;
}

std::vector<std::string> tensor_list_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(test::source_folder() + "/" + kFolder)) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Model model_of(const TensorList& list) {
  Attention attention;
  attention.n_head = list.number("attention.head_count");
  attention.n_head_kv = list.number("attention.head_count_kv");
  std::map<int, std::set<std::string>> names;
  for (const Tensor& tensor : list.tensors) names[tensor.layer].insert(tensor.name);

  Model model;
  model.file_tensors = list.tensors;
  for (int layer = 0; layer < list.number("block_count"); ++layer) {
    Block block;
    block.mixer = mixer_of(names[layer], attention);
    if (names[layer].count("ffn_gate_inp.weight") != 0) {
      MixtureOfExperts mixture;
      mixture.n_expert = list.number("expert_count");
      block.feed_forward = mixture;
    }
    model.blocks.push_back(block);
  }
  return model;
}

}  // namespace test
