#pragma once

#include <memory>
#include <vector>

#include "lfmfit/report.hpp"

namespace lfmfit {

/// A machine with `count` times the GPUs of `device`, which must be a card or a machine of cards that are alike.
Device several_of(const Device& device, int count);

/// The devices of the same kind as `device` (class, vendor, and segment as far as there are any) with more memory: the
/// smallest first, of one size the newest first.
std::vector<ReportScope::Candidate> larger_devices(const Device& device,
                                                   const std::vector<ReportScope::Candidate>& devices);

/// A machine with `count` of the cards that `device` has, named as it is asked for. Null where they are none of
/// `devices`, and where it has as many.
std::shared_ptr<const Device> several_times(const Device& device, int count,
                                            const std::vector<ReportScope::Candidate>& devices);

}  // namespace lfmfit
