// What ties readers of files to the catalogue: read_model_path(path, reader_facts(catalog)).
#pragma once

#include "lfmfit/catalog.hpp"
#include "lfmfit/model_file.hpp"

namespace lfmfit {

/// What readers of model files need of `catalog`, which must outlive the answer. Files are parsed when first asked for,
/// by one thread at a time: any number may ask.
ReaderFacts reader_facts(const Catalog& catalog);

}  // namespace lfmfit
