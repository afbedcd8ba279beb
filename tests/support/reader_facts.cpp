#include "support/reader_facts.hpp"

#include "lfmfit/reader_facts.hpp"
#include "support/scene.hpp"

namespace test {

const lfmfit::ReaderFacts& reader_facts() {
  static const lfmfit::ReaderFacts facts = lfmfit::reader_facts(shipped());
  return facts;
}

lfmfit::cli::ModelFinder& models() {
  static lfmfit::cli::ModelFinder finder(shipped(), {{"OLLAMA_MODELS", "/nonexistent"}});
  return finder;
}

}  // namespace test
