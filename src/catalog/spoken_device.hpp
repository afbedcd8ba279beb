#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lfmfit {

/// What a text says of a device: what `nvidia-smi`, CUDA, Vulkan, ROCm, Metal, lspci or /proc/cpuinfo print, what
/// people type, or the name in a row. Words are in small letters and cut between letters and digits, so that "7900xtx",
/// "7900 XTX" and "RX-7900-XTX" say the same; each list is sorted.
struct SpokenDevice {
  std::vector<std::string> words;   ///< what names the device
  std::vector<std::string> asides;  ///< what tells more: words in brackets, kinds of memory ("gddr6x")
  std::vector<std::string> brands;  ///< makers and product lines: "nvidia", "geforce", "rtx", "ryzen"
  std::vector<double> memory_gib;   ///< sizes that are said
  int cores = 0;                    ///< "40-core", "40c"; 0: not said
  bool printed = false;             ///< a maker's word stands in it, as in what drivers print
};

/// What `text` says. Words that say nothing ("(R)", "Graphics", "Corporation") are left out; of what lspci prints only
/// the product in the last square brackets counts.
SpokenDevice spoken_device(std::string_view text);

/// The names in a text that joins several: "Radeon RX 6700/6700 XT" is "Radeon RX 6700" and "Radeon RX 6700 XT". Words
/// that a later name leaves out are those of the first; names that nothing bears may be among them. The text itself
/// where it joins none.
std::vector<std::string> joined_names(std::string_view text);

/// Whether `word` tells apart what is usually named without it: a form factor or an architecture behind the number.
bool is_usually_left_out(std::string_view word);

}  // namespace lfmfit
