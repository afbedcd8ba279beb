#pragma once

#include "lfmfit/catalog.hpp"
#include "lfmfit/model_file.hpp"

namespace test {

/// The catalogue that is built in, and what readers need of it.
const lfmfit::Catalog& catalog();
const lfmfit::ReaderFacts& reader_facts();

}  // namespace test
