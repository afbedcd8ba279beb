#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lfmfit {

/// What a person typed for a model, taken apart: "hf.co/bartowski/Qwen_Qwen3-8B-GGUF:Q4_K_M", "qwen3:8b-q4_K_M",
/// "qwen/qwen3-8b", "Qwen3-8B-Q4_K_M.gguf".
struct SpokenModel {
  std::string owner;         ///< of the repository; empty: not said
  std::string name;          ///< without hosts, endings, a quantization and words that say how a copy is stored
  std::string tag;           ///< what stands behind the colon besides a quantization; empty: nothing
  std::string quantization;  ///< as it was said, upper case: "Q4_K_M", "UD-Q4_K_XL"; empty: not said
  std::string form;          ///< how the copy is stored where it is no GGUF: "AWQ", "FP8"; empty: not said
  bool is_copy = false;      ///< a file or a repository of GGUF files, which Ollama's names are not
  bool is_file = false;      ///< the name of a .gguf file
  bool is_in_cloud = false;  ///< one of Ollama's tags for its own servers
};

SpokenModel read_spoken_model(std::string_view text);

/// Whether `text` has the form of a quantization's name, case aside: "Q4_K_M", "iq2-xxs", "UD-Q4_K_XL", "BF16".
bool looks_like_quantization(std::string_view text);

/// The parts of a name between hyphens and the like, lower case: "Llama-3_1-8B" is "llama", "3.1", "8b". A point, or a
/// low line, between digits is a decimal point; 4.0 is 4.
std::vector<std::string> name_parts(std::string_view text);

/// The runs of letters and of digits in one part: "qwen2.5vl" is "qwen", "2.5", "vl".
std::vector<std::string> name_words(std::string_view part);

}  // namespace lfmfit
