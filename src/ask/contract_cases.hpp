#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ask/contract_settings.hpp"

namespace lfmfit::ask {

/// A machine under a name of the contract's own.
struct ContractTarget {
  std::size_t line = 1;
  std::string device;
  std::optional<Bytes> available, ram;
  std::optional<SizeOrShare> reserve;
  std::optional<std::string> backend;
  bool used = false;
};

/// Makes cases of checks: each model on each machine at each quantization and context.
class CaseMaker {
 public:
  /// `contract` is the path that paths in it are relative to.
  explicit CaseMaker(const std::string& contract) : folder_(std::filesystem::path(contract).parent_path()) {}

  /// Adds the cases of `check` to `cases`.
  void multiply(ContractObject& check, const ContractSettings& settings, const std::vector<std::string>& models,
                const std::vector<std::string>& machines, std::vector<ContractCase>& cases);

  /// A path of the contract as one of this process.
  std::string path_of(const std::string& path) const;

  std::map<std::string, ContractTarget> targets;

 private:
  void complete(ContractCase& made, const ContractSettings& settings, const std::string& machine);
  const std::string& model_of(const std::string& model);

  std::filesystem::path folder_;
  std::map<std::string, std::string> models_;  ///< what each name that stands for a model means
};

}  // namespace lfmfit::ask
