#include "cli/contract_reports.hpp"

#include <algorithm>
#include <fstream>

#include "lfmfit/error.hpp"
#include "system/write_file.hpp"

namespace lfmfit::cli {

namespace {

using Results = render::ContractResults;

std::string variable(const Environment& environment, const char* name) {
  const auto found = environment.variables.find(name);
  return found == environment.variables.end() ? std::string() : found->second;
}

void append(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << text;
  file.close();
  if (file.fail()) throw Error(ErrorKind::kBadFile, path + " cannot be appended to; check its permissions");
}

}  // namespace

/// A way to write what contracts came to.
struct ContractReports::Format {
  const char* name;
  std::string (*print)(const Results& results);
  bool appends = false;
};

const std::vector<ContractReports::Format>& ContractReports::formats() {
  static const std::vector<Format> rows = {
      {"json",
       [](const Results& results) { return render::json_text(render::contract_json(results, LFMFIT_VERSION)); }},
      {"junit", render::contract_junit},
      {"sarif", [](const Results& results) { return render::contract_sarif(results, LFMFIT_VERSION); }},
      {"github", render::contract_github},
      {"gitlab", render::contract_gitlab},
      {"tap", render::contract_tap},
      {"markdown", render::contract_markdown, true},
  };
  return rows;
}

ContractReports::Report ContractReports::report_called(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  std::string known;
  for (const Format& format : formats()) {
    if (name == format.name && equals != std::string::npos && equals + 1 < text.size())
      return {&format, text.substr(equals + 1)};
    known += (known.empty() ? "" : ", ") + std::string(format.name);
  }
  throw Error(ErrorKind::kBadRequest,
              "--report '" + text + "' is no FORMAT=FILE; the formats are " + known + ", and - is standard output");
}

bool ContractReports::has(const std::string& format) const {
  return std::any_of(reports_.begin(), reports_.end(),
                     [&](const Report& report) { return report.format->name == format; });
}

ContractReports::ContractReports(const std::vector<std::string>& asked, bool json, const Environment& environment)
    : on_github_(variable(environment, kGitHubActions) == "true") {
  for (const std::string& text : asked) reports_.push_back(report_called(text));
  if (json) reports_.push_back(report_called("json=-"));
  const auto to_output = [](const Report& report) { return report.path == "-"; };
  if (std::count_if(reports_.begin(), reports_.end(), to_output) > 1)
    throw Error(ErrorKind::kBadRequest, "only one report can be written to standard output; name files for the others");
  const std::string summary = variable(environment, kGitHubSummary);
  if (on_github_ && !summary.empty() && !has("markdown")) reports_.push_back(report_called("markdown=" + summary));
}

std::optional<std::string> ContractReports::write(const Results& results) const {
  std::optional<std::string> output;
  for (const Report& report : reports_) {
    const std::string text = report.format->print(results);
    if (report.path == "-") {
      output = text;
    } else if (report.format->appends) {
      append(report.path, text);
    } else {
      write_file(report.path, text);
    }
  }
  return output;
}

std::string ContractReports::annotations(const Results& results) const {
  return on_github_ && !has("github") ? render::contract_github(results) : "";
}

}  // namespace lfmfit::cli
