#pragma once

#include <optional>

#include "ask/question.hpp"

namespace lfmfit::ask {

/// What drafts for vLLM by `asked`, whose type may be vLLM's whole `--speculative-config`: a JSON object with method,
/// num_speculative_tokens and model. Unset: nothing. Throws Error(kBadRequest) for words that say nothing, and
/// Error(kUnsupported) for methods whose memory is not known.
std::optional<VllmDraft> vllm_draft(const Speculative& asked, Finder& finder);

/// The `--speculative-config` that says `draft` again.
std::string speculative_config(const VllmDraft& draft);

}  // namespace lfmfit::ask
