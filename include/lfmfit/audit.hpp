// What a log says was allocated beside what lfmfit says: term by term, with the likely cause of each difference.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/asked.hpp"
#include "lfmfit/estimate.hpp"
#include "lfmfit/memory.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// All buffers of one kind in one place, as a log names them.
struct MeasuredTerm {
  MemoryUse use = MemoryUse::kWeights;
  int place = 0;  ///< number of the GPU, or kHost
  Bytes bytes;
  int buffers = 1;  ///< that it is the sum of: each was rounded
};

/// What a log says of memory.
struct Measured {
  std::vector<MeasuredTerm> terms;
  Bytes grain;                               ///< what each printed size may be off by
  std::optional<Bytes> tensor_bytes;         ///< of the file
  bool own_engine = false;                   ///< not llama.cpp's, but Ollama's of its own
  bool is_old = false;                       ///< of a build before the first whose graphs are known
  std::optional<std::int64_t> cache_tokens;  ///< vLLM's "GPU KV cache size"
  std::optional<double> concurrency;         ///< vLLM's "Maximum concurrency"
};

/// One line of an audit.
struct AuditTerm {
  MeasuredTerm measured;
  Bytes ours;
  Bytes low, high;    ///< bounds of `ours`
  bool equal = true;  ///< as far as the log's digits tell
  std::string cause;  ///< why it is not, as far as that can be told; empty: it is, or nothing is known
};

/// What a program asked for and did not get.
struct OutOfMemory {
  std::optional<MemoryUse> use;  ///< what it was for; unset: the log does not tell
  std::optional<int> place;      ///< number of the GPU
  std::optional<Bytes> asked;
  std::optional<Bytes> there;  ///< free on that GPU: when the program started, or when it asked if `left`
  bool left = false;
};

/// A log beside lfmfit's answer to what it asked.
struct Audit {
  std::string log;      ///< what the log is called
  std::string program;  ///< "llama.cpp b11151", "Ollama", "vLLM 0.28.0"
  Asked asked;          ///< what the log says was asked for
  Question question;    ///< made of it
  Estimate answer;
  Measured measured;
  std::vector<AuditTerm> terms;  ///< GPUs first, then the host
  std::optional<OutOfMemory> failure;
  std::vector<std::string> notes;  ///< on what was found in the log, in sentences
};

/// `measured` beside `answer`, which answers `question`: what the log asks about, by place.
std::vector<AuditTerm> audit_terms(const Measured& measured, const Question& question, const Estimate& answer);

/// Bytes by which the compute buffers of two audits of one log differ from it: the smaller, the nearer the release.
Bytes compute_distance(const std::vector<AuditTerm>& terms);

/// Recurrent states that the log has for each one of ours, where that is a whole number; else 1.
std::int64_t states_a_state(const std::vector<AuditTerm>& terms);

}  // namespace lfmfit
