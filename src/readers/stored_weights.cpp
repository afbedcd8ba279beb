#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/safetensors.hpp"
#include "readers/bounded_json.hpp"
#include "readers/named_file.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kMaxIndex = std::int64_t{64} << 20;
constexpr std::size_t kMaxFiles = 4096;
constexpr const char* kIndex = "model.safetensors.index.json";

bool is_safetensors_name(const std::string& name) {
  constexpr std::string_view extension = ".safetensors";
  return name.size() > extension.size() &&
         name.compare(name.size() - extension.size(), extension.size(), extension) == 0 &&
         name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  if (is_there(folder / kIndex)) return read_safetensors_index(*open_file((folder / kIndex).string()));
  if (is_there(folder / "model.safetensors")) return {"model.safetensors"};
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator walk(folder, error);
  for (; !error && walk != std::filesystem::directory_iterator() && names.size() <= kMaxFiles; walk.increment(error)) {
    if (is_safetensors_name(walk->path().filename().string())) names.push_back(walk->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::int64_t element_count_of(const SafetensorsTensor& tensor) {
  std::int64_t count = 1;
  for (const std::int64_t size : tensor.shape) count *= size;  // its bits fit: see read_safetensors
  return count;
}

}  // namespace

std::vector<std::string> read_safetensors_index(const ByteSource& source) {
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorKind::kBadFile, fmt::format("{}: {}", printable(source.name(), 4096), what));
  };
  const nlohmann::json index = read_json_object(source, kMaxIndex);
  const auto map = index.find("weight_map");
  if (map == index.end() || !map->is_object()) refuse("has no \"weight_map\", so it is no index of safetensors files");
  std::set<std::string> names;
  for (const auto& [tensor, file] : map->items()) {
    const std::string name = file.is_string() ? file.get<std::string>() : std::string();
    if (!is_safetensors_name(name))
      refuse(fmt::format("weight_map: \"{}\" lies in \"{}\", which is no name of a safetensors file", printable(tensor),
                         printable(name)));
    names.insert(name);
    if (names.size() > kMaxFiles) refuse(fmt::format("names more than {} files", kMaxFiles));
  }
  return {names.begin(), names.end()};
}

StoredWeights read_stored_weights(const std::string& folder) {
  StoredWeights stored;
  std::map<std::string, StoredDtype> dtypes;
  std::vector<std::string> tensor_names;
  for (const std::string& name : names_in(folder)) {
    const std::string path = (std::filesystem::path(folder) / name).string();
    const SafetensorsHeader header = read_safetensors(*open_file(path));
    stored.files.push_back(path);
    stored.file_bytes += header.file_bytes;
    for (const SafetensorsTensor& tensor : header.tensors) {
      StoredDtype& dtype = dtypes[tensor.dtype];
      dtype.dtype = tensor.dtype;
      ++dtype.tensors;
      dtype.elements = checked_add(dtype.elements, element_count_of(tensor));
      dtype.bytes += tensor.bytes;
      stored.tensor_bytes += tensor.bytes;
      tensor_names.push_back(tensor.name);
    }
  }
  stored.tensors = static_cast<std::int64_t>(tensor_names.size());
  std::sort(tensor_names.begin(), tensor_names.end());
  const auto twin = std::adjacent_find(tensor_names.begin(), tensor_names.end());
  if (twin != tensor_names.end()) {
    throw Error(ErrorKind::kBadFile,
                fmt::format("{}: tensor \"{}\" is in two files; remove what belongs to another model",
                            printable(folder, 4096), printable(*twin)));
  }
  for (auto& entry : dtypes) stored.dtypes.push_back(std::move(entry.second));
  std::sort(stored.dtypes.begin(), stored.dtypes.end(),
            [](const StoredDtype& a, const StoredDtype& b) { return a.bytes > b.bytes; });
  return stored;
}

}  // namespace lfmfit
