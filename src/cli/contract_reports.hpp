#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/environment.hpp"
#include "render/contract.hpp"

namespace lfmfit::cli {

/// The reports of contracts that are to be written, GitHub's own among them where this is a job there.
class ContractReports {
 public:
  /// `asked` are FORMAT=FILE; `json` is one more, to standard output. Throws Error(kBadRequest) for a format that there
  /// is not, and for two reports to standard output.
  ContractReports(const std::vector<std::string>& asked, bool json, const Environment& environment);

  /// Writes the files, and returns what was asked for on standard output, if anything was. Throws Error(kBadFile).
  std::optional<std::string> write(const render::ContractResults& results) const;

  /// What GitHub is to be told on standard output besides the text for people; empty elsewhere, and where a file was
  /// asked for.
  std::string annotations(const render::ContractResults& results) const;

 private:
  struct Format;
  struct Report {
    const Format* format;
    std::string path;  ///< "-": standard output
  };
  static const std::vector<Format>& formats();
  static Report report_called(const std::string& text);
  bool has(const std::string& format) const;

  std::vector<Report> reports_;
  bool on_github_ = false;
};

}  // namespace lfmfit::cli
