#include "support/reader_facts.hpp"

#include "catalog/reader_facts.hpp"

namespace test {

const lfmfit::Catalog& catalog() {
  static const lfmfit::Catalog instance;
  return instance;
}

const lfmfit::ReaderFacts& reader_facts() {
  static const lfmfit::ReaderFacts facts = lfmfit::reader_facts(catalog());
  return facts;
}

}  // namespace test
