#pragma once

#include "ask/question.hpp"
#include "lfmfit/model_file.hpp"

namespace test {

/// What readers need of the facts lfmfit ships.
const lfmfit::ReaderFacts& reader_facts();

/// A finder that knows the shipped facts and no other tool's stores.
lfmfit::ask::Finder& finder();

}  // namespace test
