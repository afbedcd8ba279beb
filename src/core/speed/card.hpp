#pragma once

#include "lfmfit/speed.hpp"

namespace lfmfit::speed {

/// What the laws know of one GPU: peak rates of its data sheet, and the constants of its kind.
struct Card {
  double bandwidth = 0;  ///< bytes per second
  double compute = 0;    ///< R: operations per second, one instruction at a time
  double units = 1;      ///< multiprocessors, compute units, cores
  const SpeedRow* row = nullptr;
  double decode = 1, prefill = 1;  ///< what its kind's constants leave of the measured time

  double operator[](Coefficient coefficient) const { return row->coefficients[static_cast<std::size_t>(coefficient)]; }
};

/// `gpu`, which is the device of `target` or one of its parts. Throws Error(kUnsupported) where its rates or constants
/// are not known.
Card card_of(const SpeedTarget& target, const Device& gpu);

/// As many equal cards that share each matrix: one that is as many times faster.
Card together(Card card, int count);

/// What the laws know of a CPU.
struct Cores {
  double bandwidth = 0;  ///< peak of its memory, bytes per second
  double draw = 0;       ///< bytes per second of it that its cores read
  double cycles = 0;     ///< of all its cores, per second
  double cores = 1;
  double expert_read = 1;  ///< how much slower experts are read
  const InstructionSet* set = nullptr;
  const CpuConstants* constants = nullptr;
  const SpeedRow* row = nullptr;
  double decode = 1, prefill = 1;  ///< as of a Card

  double operator[](Coefficient coefficient) const { return row->coefficients[static_cast<std::size_t>(coefficient)]; }
};

/// The CPU of `target.device`: with the memory and threads that the target states, else those of its row. Throws
/// Error(kUnsupported) on a card, whose host is not known, and where no bandwidth is known.
Cores processor_of(const SpeedTarget& target);

/// The CPU beside the cards of `target`, reading its memory as decoding does.
Cores host_processor(const SpeedTarget& target);

/// The machine around the cards of `target`. A unified device copies through its own memory.
HostLink host_of(const SpeedTarget& target);

}  // namespace lfmfit::speed
