#pragma once

#include "cli/model_finder.hpp"
#include "lfmfit/model_file.hpp"

namespace test {

/// What readers need of the facts lfmfit ships.
const lfmfit::ReaderFacts& reader_facts();

/// A finder of models that knows the shipped facts and no other tool's stores.
lfmfit::cli::ModelFinder& models();

}  // namespace test
