#include "readers/load_log.hpp"

#include <algorithm>
#include <cctype>
#include <istream>
#include <streambuf>

#include "lfmfit/error.hpp"
#include "readers/load_log_parts.hpp"

namespace lfmfit {

namespace {

constexpr std::size_t kLongestLine = 64 << 10;
constexpr std::size_t kLongestLog = 256 << 20;

/// The next line, cut where it is too long; false at the end.
bool next_line(std::streambuf& in, std::string& line, std::size_t& taken) {
  line.clear();
  for (int letter = in.sbumpc(); letter != std::char_traits<char>::eof(); letter = in.sbumpc()) {
    if (++taken > kLongestLog) return false;
    if (letter == '\n') return true;
    if (line.size() < kLongestLine) line += static_cast<char>(letter);
  }
  return !line.empty();
}

bool says_something(const LoadLog& log) {
  if (log.failure) return true;
  if (log.vllm && (log.vllm->weights || log.vllm->cache || log.vllm->cache_tokens)) return true;
  return std::any_of(log.models.begin(), log.models.end(),
                     [](const LogModel& model) { return !model.buffers.empty() || !model.contexts.empty(); });
}

}  // namespace

int LogBuffer::place() const {
  if (device.starts_with("CPU") || device.find("_Host") != std::string::npos || device == "AMX") return kHost;
  const std::size_t digits = device.find_first_of("0123456789");
  if (digits == std::string::npos) return 0;  // "Metal"
  std::int64_t number = 0;
  for (std::size_t at = digits; at < device.size() && std::isdigit(static_cast<unsigned char>(device[at])) != 0; ++at)
    number = std::min<std::int64_t>(number * 10 + (device[at] - '0'), 1000);
  return static_cast<int>(number);
}

const LogModel* LoadLog::main_model() const {
  const LogModel* found = nullptr;
  for (const LogModel& model : models) {
    if (model.buffers.empty() && model.contexts.empty() && found != nullptr) continue;
    if (found == nullptr || found->buffers.empty() || model.path == found->path) found = &model;
  }
  return found;
}

LoadLog read_load_log(std::istream& in, const std::string& path) {
  LoadLog log;
  std::size_t taken = 0;
  for (std::string line; next_line(*in.rdbuf(), line, taken);) {
    take_llama_line(line, log);
    take_vllm_line(line, log);
  }
  if (says_something(log)) return log;
  throw Error(ErrorKind::kBadFile,
              path +
                  ": no line of it says what was allocated; lfmfit reads the load logs of llama.cpp, Ollama and "
                  "vLLM (llama-server prints them unless -lv is below 3)");
}

}  // namespace lfmfit
