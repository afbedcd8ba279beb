#pragma once

#include "lfmfit/catalog.hpp"
#include "lfmfit/model_file.hpp"

namespace lfmfit {

/// What readers of model files need of `catalog`, which must outlive the answer. Files are parsed when first asked for.
ReaderFacts reader_facts(const Catalog& catalog);

}  // namespace lfmfit
