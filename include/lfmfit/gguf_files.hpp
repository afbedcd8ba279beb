// Where GGUF files of a model are published.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace lfmfit {

/// Repositories of GGUF files of one model: a row of data/gguf_repositories.json.
struct GgufFiles {
  std::vector<std::string> repositories;    ///< as `llama-server -hf` takes them, the publisher's own first
  std::map<std::string, std::string> tags;  ///< quantizations that the files call otherwise: MXFP4_MOE is "MXFP4"
};

}  // namespace lfmfit
