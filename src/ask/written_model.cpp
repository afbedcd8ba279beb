#include "ask/written_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "core/base/letter_case.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/gguf_files.hpp"
#include "readers/named_file.hpp"

namespace lfmfit::ask {

namespace {

std::string tail_of(const std::string& id) { return id.substr(id.find('/') + 1); }

Bytes bytes_of(const Question& question) {
  Bytes bytes;
  for (const Tensor& tensor : stored_tensors(question)) bytes += tensor_bytes(tensor.shape, *tensor.stored);
  return bytes;
}

/// Bytes of the tensors in the file called `tag` of `repository`; unset: it means nothing, or another model.
std::optional<Bytes> bytes_in(const std::string& repository, const std::string& tag, Question question,
                              Finder& finder) {
  try {
    const ModelFinder::Found found = finder.models.find(repository + ":" + tag);
    if (found.model != question.model) return std::nullopt;
    question.quantization = &finder.models.quantization(found, tag, false);
    question.request.importance_matrix.reset();
    return bytes_of(question);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Those of the publisher that was asked for, else all that are known; what was typed comes first.
std::vector<std::string> repositories_for(const Asked& asked, const Question& question, const std::string& publisher,
                                          Finder& finder) {
  std::vector<std::string> all = finder.catalog.gguf_files(question.model->card.id).repositories;
  const std::string typed = asked.model ? finder.models.find(*asked.model).repository : "";
  if (std::count(typed.begin(), typed.end(), '/') == 1) all.insert(all.begin(), typed);
  std::erase_if(all, [&](const std::string& repository) {
    return !publisher.empty() && !same_but_case(repository.substr(0, repository.find('/')), publisher);
  });
  return all;
}

}  // namespace

WrittenModel written_model(const Asked& asked, const Question& question, Finder& finder) {
  const std::string& quantization = question.quantization->name;
  const std::size_t colon = quantization.find(':');
  WrittenModel written;
  written.tag = colon == std::string::npos ? quantization : quantization.substr(colon + 1);
  const GgufFiles files = finder.catalog.gguf_files(question.model->card.id);
  if (const auto tag = files.tags.find(written.tag); tag != files.tags.end()) written.tag = tag->second;
  const std::string tail = tail_of(question.model->card.id);
  written.name = lower(tail + "-" + written.tag);
  std::replace(written.name.begin(), written.name.end(), ' ', '-');
  if (asked.model && is_there(*asked.model)) {
    written.file = *asked.model;
    return written;
  }
  const std::string publisher = colon == std::string::npos ? "" : quantization.substr(0, colon);
  const Bytes counted = bytes_of(question);
  std::optional<Bytes> of_first;
  for (const std::string& repository : repositories_for(asked, question, publisher, finder)) {
    const std::optional<Bytes> bytes = bytes_in(repository, written.tag, question, finder);
    if (bytes && (*bytes == counted || written.repository.empty())) written.repository = repository;
    if (bytes && !of_first) of_first = bytes;
    if (bytes == counted) return written;
  }
  if (!written.repository.empty()) {
    written.comment = fmt::format("# {} makes {} in its own way: {:.2f} GB, where {:.2f} GB were counted\n",
                                  written.repository, written.tag, static_cast<double>(of_first->count()) / 1e9,
                                  static_cast<double>(counted.count()) / 1e9);
    return written;
  }
  written.file = tail + "-" + written.tag + ".gguf";
  written.comment = "# lfmfit knows no repository of this file; its name is a guess\n";
  return written;
}

}  // namespace lfmfit::ask
