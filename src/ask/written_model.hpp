#pragma once

#include <string>

#include "ask/question.hpp"

namespace lfmfit::ask {

/// Where a program finds the file that a question means.
struct WrittenModel {
  std::string file;        ///< a path; empty: it is in `repository`
  std::string repository;  ///< "LiquidAI/LFM2-1.2B-GGUF"
  std::string tag;         ///< of the repository's files: "Q4_K_M"
  std::string comment;     ///< what is not sure of it, in lines that begin with '#'; may be empty
  std::string name;        ///< "lfm2-1.2b-q4_k_m", to call it by
};

/// The file that was read; else the repository whose file of that quantization is the one that was counted; else a
/// name.
WrittenModel written_model(const Asked& asked, const Question& question, Finder& finder);

}  // namespace lfmfit::ask
