#pragma once

#include <array>

#include "core/speed/card.hpp"

namespace lfmfit::speed {

/// Parts of the time of a pass.
enum class PassPart {
  kWeights,
  kExperts,
  kEach,  ///< products of each request
  kHead,
  kLaunches,
  kAttention,
  kStates,
  kActivations,
  kLogits,
  kPreparation,  ///< what the host does before the first kernel
  kStep,
};
constexpr std::size_t kPassPartCount = 11;

constexpr double kFewColumns = 8;  ///< that kernels of a decoding pass take; more go through those of prompts

/// One pass: what is computed together.
struct Columns {
  double tokens = 1;
  double requests = 1;    ///< of equally many of the tokens
  double cells = 1;       ///< of the cache that the last token of a request sees
  double mask_cells = 0;  ///< that the host's mask has for a token; 0: as many as `cells`
  double rows = 1;        ///< of logits that are wanted
  bool first = true;      ///< of its call: the host's work hides behind later ones
  bool prompt = false;    ///< tokens of one prompt, which resemble each other
  bool unified = false;   ///< requests attend over the cells of all
  bool flash_attention = true;
  bool quantized_cache = false;
};

/// A part's time: of reading and of computing, and both together.
struct PartTime {
  double seconds = 0;
  double bytes = 0;      ///< that are read
  double reading = 0;    ///< seconds
  double computing = 0;  ///< seconds
};

/// The time of passes, part by part.
struct PassTime {
  std::array<PartTime, kPassPartCount> parts{};

  PartTime& operator[](PassPart part) { return parts[static_cast<std::size_t>(part)]; }
  const PartTime& operator[](PassPart part) const { return parts[static_cast<std::size_t>(part)]; }
  double seconds() const;
  void add(const PassTime& other, double times = 1);
  void scale(double times);
};

/// `value` rounded up to a multiple of `step`.
double up(double value, double step);

/// How many times as long as its kind's constants say a device takes that differs by `own`: no less than reading takes
/// at `bandwidth`, the peak of its memory.
double own_factor(const PassTime& time, double own, double bandwidth);

/// Squares join what partly overlaps.
double joined(double reading, double computing);

/// The time of one pass over what lies on a card.
PassTime pass_time(const PlaceLoad& load, const Columns& columns, const Card& card, const SpeedConstants& constants);

/// The time of one pass over what lies with a CPU, by the CPU.
PassTime pass_time(const PlaceLoad& load, const Columns& columns, const Cores& processor,
                   const SpeedConstants& constants);

/// How unevenly experts are chosen by the tokens of such a pass.
double spread_of(const Columns& columns, const SpeedConstants& constants);

/// Bytes of the matrices of `load` that a pass reads.
double bytes_read(const PlaceLoad& load, const Columns& columns, const SpeedConstants& constants);

}  // namespace lfmfit::speed
