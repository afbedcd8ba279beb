#include "lfmfit/error.hpp"
#include "readers/layer_matcher.hpp"

namespace lfmfit {

namespace {

/// A letter that `blocks` does not use yet.
char free_letter(const std::map<char, BlockTemplate>& blocks) {
  for (const char letter : std::string("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    if (blocks.find(letter) == blocks.end()) return letter;
  }
  throw Error(ErrorKind::kUnsupported, "the model has more than 52 kinds of layers, which lfmfit cannot tell apart");
}

}  // namespace

void ShapeBuilder::add(char letter, const Settings& settings) {
  for (const auto& [used, origin] : origin_) {
    if (origin == letter && shape_.block_settings[used] == settings) {
      shape_.layout += used;
      return;
    }
  }
  char own = letter;
  if (origin_.find(letter) != origin_.end()) {
    own = free_letter(architecture_.blocks);
    architecture_.blocks[own] = architecture_.blocks.at(letter);
  }
  origin_[own] = letter;
  shape_.block_settings[own] = settings;
  shape_.layout += own;
}

}  // namespace lfmfit
