// What makes a question fit that does not: changes, each asked again as a whole, those that cost least first.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "lfmfit/estimate.hpp"
#include "lfmfit/report.hpp"
#include "lfmfit/setting.hpp"

namespace lfmfit {

/// What may be taken in place of what was asked for, and what must come of it.
struct RemedyMeans {
  std::vector<const Quantization*> quantizations;  ///< largest first
  const TensorType* cache_type = nullptr;          ///< of keys and values in place of unquantized ones; null: none
  std::vector<ReportScope::Candidate> devices;     ///< other hardware
  std::optional<TokenRate> min_speed;              ///< of each request while all generate: the low edge of the band
};

/// A change that helps, and what the question comes to with it.
struct Remedy {
  std::vector<Setting> changes;  ///< one; two where no single setting helps
  Question question;             ///< as changed
  Estimate answer;               ///< to it
  Bytes saves;                   ///< of the upper bound in the tightest place, against all on the GPUs; 0: nothing
  std::shared_ptr<const Device> machine;  ///< the question's device where no catalogue holds it
};

/// Whether all of it lies on the GPUs, or in the memory of what computes, and every place holds its part.
bool is_whole(const Estimate& answer);

/// Whether each of the requests of `request` gets `min_speed` at least while all of them generate, by the low edge of
/// the band. True where no speed is asked for, false where none is known.
bool is_quick(const SharedValue<Speed>& speed, const Request& request, const std::optional<TokenRate>& min_speed);

/// The changes that make `question`, whose answer is `answer`, fit, at most `most` of them: of what fits with parts in
/// host memory, those that put all of it on the GPUs. Cheapest first: a smaller cache type; a shorter context, at least
/// half of what was asked; the next smaller quantization that does; experts or layers in host memory, as few as
/// need be; a still shorter context; where none of these is enough alone, two of them; more RAM; the next larger device
/// of its kind; more of the same. Each is the least of its kind: a step of 256 tokens more, the next better
/// quantization, a layer more on the GPU, the next smaller device do not do. Empty: it fits as asked, or nothing helps.
/// Throws like estimate() for the question itself.
std::vector<Remedy> remedies_of(const Question& question, const Estimate& answer, const RemedyMeans& means,
                                std::size_t most = 100);

}  // namespace lfmfit
