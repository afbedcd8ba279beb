#include "catalog/spoken_model.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "catalog/spoken_letters.hpp"
#include "core/base/letter_case.hpp"

namespace lfmfit {

namespace {

constexpr std::string_view kSeparators = "-_. ";

bool begins_with(const std::string& text, std::string_view start) {
  return same_but_case(std::string_view(text).substr(0, start.size()), start);
}
bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && same_but_case(std::string_view(text).substr(text.size() - end.size()), end);
}

void drop_hosts(std::string& text) {
  constexpr std::array<std::string_view, 15> kHosts{"https://",
                                                    "http://",
                                                    "hf://",
                                                    "www.",
                                                    "hf.co/",
                                                    "huggingface.co/",
                                                    "registry.ollama.ai/",
                                                    "ollama.com/",
                                                    "ollama.ai/",
                                                    "library/",
                                                    "lmstudio.ai/models/",
                                                    "modelscope.cn/models/",
                                                    "models/",
                                                    "hf:",
                                                    "ollama:"};
  for (const std::string_view host : kHosts) {
    if (begins_with(text, host)) text.erase(0, host.size());
  }
  text.erase(std::min(text.size(), text.find_first_of("?#")));
  while (!text.empty() && text.back() == '/') text.pop_back();
}

std::vector<std::string> split_path(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// "owner/name", "owner/name/resolve/main/file.gguf", "owner/name/file.gguf", "name".
void split_owner(const std::string& text, SpokenModel& spoken) {
  const std::vector<std::string> parts = split_path(text);
  spoken.is_file = ends_with(parts.back(), ".gguf");
  const bool in_repository = parts.size() > 2;
  spoken.name = in_repository && !spoken.is_file ? parts[1] : parts.back();
  if (parts.size() > 1) spoken.owner = parts.front();
}

/// "-00001-of-00003"
void drop_part_number(std::string& name) {
  constexpr std::size_t kLength = 15;
  if (name.size() <= kLength) return;
  const std::string end = name.substr(name.size() - kLength);
  const auto digits = [&](std::size_t at) {
    return std::all_of(end.begin() + static_cast<std::ptrdiff_t>(at), end.begin() + static_cast<std::ptrdiff_t>(at) + 5,
                       is_digit);
  };
  if (end[0] == '-' && digits(1) && end.compare(6, 4, "-of-") == 0 && digits(10)) name.erase(name.size() - kLength);
}

/// Takes a quantization off the end of `text`, where one stands there behind a separator or alone.
std::string take_quantization(std::string& text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins = at == 0 || kSeparators.find(text[at - 1]) != std::string_view::npos;
    if (!begins || !looks_like_quantization(std::string_view(text).substr(at))) continue;
    std::string found = text.substr(at);
    text.erase(at == 0 ? 0 : at - 1);
    return found;
  }
  return "";
}

/// What the last word of a name says of how a copy is stored.
enum class StorageWord { kNone, kGguf, kNothing, kForm };

StorageWord storage_word(const std::string& word) {
  constexpr std::array<std::string_view, 4> kGguf{"gguf", "i1", "imatrix", "imat"};
  constexpr std::array<std::string_view, 7> kNothing{"qat", "mtp", "unsloth", "bf16", "fp16", "f16", "safetensors"};
  constexpr std::array<std::string_view, 25> kForm{
      "awq",  "gptq", "fp8",  "nvfp4", "mxfp4", "mlx",  "bnb",  "exl2", "exl3", "w4a16", "w8a8",      "w8a16",  "int4",
      "int8", "4bit", "8bit", "6bit",  "5bit",  "3bit", "2bit", "dwq",  "fp4",  "onnx",  "quantized", "dynamic"};
  if (is_one_of(word, kGguf)) return StorageWord::kGguf;
  if (is_one_of(word, kNothing)) return StorageWord::kNothing;
  return is_one_of(word, kForm) || ends_with(word, "bpw") ? StorageWord::kForm : StorageWord::kNone;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

bool is_quantized(const std::string& quantization) {
  return !quantization.empty() && std::string_view("QqIiTtUu").find(quantization[0]) != std::string_view::npos;
}

/// Takes words of storage and a quantization off the end of the name. Words such as "bf16" are a quantization in the
/// name of a file alone: repositories of a publisher bear them too.
void drop_storage(SpokenModel& spoken) {
  for (;;) {
    std::string shorter = spoken.name;
    const std::string quantization = take_quantization(shorter);
    const bool says_it = spoken.is_file || is_quantized(quantization);
    if (!quantization.empty() && !shorter.empty() && spoken.quantization.empty() && says_it) {
      spoken.quantization = quantization;
      spoken.name = shorter;
      continue;
    }
    const std::size_t cut = spoken.name.find_last_of(kSeparators);
    if (cut == std::string::npos || cut == 0) return;
    const StorageWord kind = storage_word(lower(spoken.name.substr(cut + 1)));
    if (kind == StorageWord::kNone) return;
    if (kind == StorageWord::kGguf) spoken.is_copy = true;
    if (kind == StorageWord::kForm) spoken.form = upper(spoken.name.substr(cut + 1));
    spoken.name.erase(cut);
  }
}

void read_tag(SpokenModel& spoken) {
  const std::size_t colon = spoken.name.find_last_of(":@");
  if (colon == std::string::npos) return;
  spoken.tag = spoken.name.substr(colon + 1);
  spoken.name.erase(colon);
  if (ends_with(spoken.tag, ".gguf")) spoken.tag.erase(spoken.tag.size() - 5);
  spoken.is_in_cloud = same_but_case(spoken.tag, "cloud") || ends_with(spoken.tag, "-cloud");
  if (spoken.is_in_cloud) spoken.tag.erase(spoken.tag.size() - std::min<std::size_t>(spoken.tag.size(), 6));
  spoken.quantization = take_quantization(spoken.tag);
  if (ends_with(spoken.tag, "-qat")) spoken.tag.erase(spoken.tag.size() - 4);
  if (same_but_case(spoken.tag, "latest")) spoken.tag.clear();
}

}  // namespace

bool looks_like_quantization(std::string_view text) {
  std::string name = upper(std::string(text));
  std::replace(name.begin(), name.end(), '-', '_');
  if (name.compare(0, 3, "UD_") == 0) name.erase(0, 3);
  constexpr std::array<std::string_view, 7> kWhole{"BF16", "F16", "FP16", "F32", "FP32", "MXFP4", "MXFP4_MOE"};
  if (is_one_of(name, kWhole)) return true;
  const std::size_t letters = name.compare(0, 1, "Q") == 0 ? 1 : 2;
  if (letters == 2 && name.compare(0, 2, "IQ") != 0 && name.compare(0, 2, "TQ") != 0) return false;
  if (name.size() < letters + 3 || !is_digit(name[letters]) || name[letters + 1] != '_') return false;
  constexpr std::array<std::string_view, 12> kMore{"0", "1", "4", "8", "K", "S", "M", "L", "XL", "XS", "XXS", "NL"};
  std::string word;
  for (const char c : name.substr(letters + 2) + "_") {
    if (c != '_') {
      word += c;
    } else if (!is_one_of(word, kMore)) {
      return false;
    } else {
      word.clear();
    }
  }
  return true;
}

std::vector<std::string> name_parts(std::string_view text) {
  std::vector<std::string> parts;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_point = (text[i] == '.' || text[i] == '_') && i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) &&
                          is_digit(text[i + 1]);
    if (!is_digit(text[i]) && !is_letter(text[i]) && !is_point) {
      inside = false;
      continue;
    }
    if (!inside) parts.emplace_back();
    inside = true;
    parts.back() += is_point ? '.' : static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
  }
  return parts;
}

std::vector<std::string> name_words(std::string_view part) {
  std::vector<std::string> words;
  const auto is_number = [](char c) { return is_digit(c) || c == '.'; };
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (i == 0 || is_number(part[i]) != is_number(part[i - 1])) words.emplace_back();
    words.back() += part[i];
  }
  for (std::string& word : words) {
    if (word.size() > 2 && is_digit(word[0]) && word.compare(word.size() - 2, 2, ".0") == 0)
      word.erase(word.size() - 2);
  }
  return words;
}

SpokenModel read_spoken_model(std::string_view text) {
  std::string rest(text);
  drop_hosts(rest);
  SpokenModel spoken;
  split_owner(rest, spoken);
  if (spoken.is_file) spoken.name.erase(spoken.name.size() - 5);
  spoken.is_copy = spoken.is_file;
  drop_part_number(spoken.name);
  read_tag(spoken);
  drop_storage(spoken);
  spoken.quantization = upper(spoken.quantization);
  constexpr std::array<std::array<std::string_view, 2>, 3> kOther{
      {{"FP16", "F16"}, {"FP32", "F32"}, {"MXFP4", "MXFP4_MOE"}}};
  for (const auto& [said, name] : kOther) {
    if (spoken.quantization == said) spoken.quantization = name;
  }
  return spoken;
}

}  // namespace lfmfit
