#include "support/reader_facts.hpp"

#include "lfmfit/reader_facts.hpp"
#include "support/scene.hpp"

namespace test {

const lfmfit::ReaderFacts& reader_facts() {
  static const lfmfit::ReaderFacts facts = lfmfit::reader_facts(shipped());
  return facts;
}

lfmfit::ask::Finder& finder() {
  static lfmfit::ask::Finder finder(shipped(), {{"OLLAMA_MODELS", "/nonexistent"}});
  return finder;
}

}  // namespace test
