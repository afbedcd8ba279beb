#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lfmfit/device.hpp"
#include "lfmfit/model.hpp"
#include "render/json.hpp"

namespace lfmfit::render {

/// What a reader of a sheet chooses from: one setting.
struct SheetChoice {
  std::string key;        ///< of the request: "max_model_len"
  std::string label;      ///< "Longest request"
  std::string option;     ///< of lfmfit: "--max-model-len"; empty: the device says it
  Json values;            ///< of the key, in the order that they are shown in; null: the option is left out
  std::size_t first = 0;  ///< that is shown first
};

/// What stands on a sheet whatever is chosen.
struct SheetWords {
  const Model* model = nullptr;
  std::string runtime;              ///< "vllm", "mlx"
  std::string release;              ///< "vllm@0.30"
  std::string asked_for;            ///< MODEL, as it was asked for
  bool published = false;           ///< it is a model of the catalogue, whose id is that of its card
  std::vector<std::string> lfmfit;  ///< further options of lfmfit that hold in every state
  std::vector<std::string> notes;   ///< on the model and its name
  std::vector<std::string> warnings;
};

/// The page of a model on a runtime whose answers no table of sums describes: each answer stands there as it was given,
/// of every state of a few choices on every device. Schema lfmfit.sheet/1.
class AnswerSheet {
 public:
  AnswerSheet(SheetWords words, std::vector<SheetChoice> choices)
      : words_(std::move(words)), choices_(std::move(choices)) {}

  /// The answers of one device, by state: the last choice varies fastest. Null where the runtime cannot run so.
  void add(const Device& device, const std::vector<Json>& answers);

  /// The command that starts each state, by state; empty where there is none.
  void set_commands(std::vector<std::string> commands) { commands_ = std::move(commands); }

  /// A sentence on what is left out.
  void warn(std::string warning) { words_.warnings.push_back(std::move(warning)); }

  std::size_t devices() const { return devices_.size(); }
  std::size_t states() const;

  Json data(const std::string& version) const;

  /// One HTML file that needs no other and no network.
  std::string html(const std::string& version) const;

 private:
  /// Figures that often come together, each set of which is written once.
  struct Group {
    std::map<std::string, std::size_t> known;
    Json rows = Json::array();
  };

  Json cell(const Json& answer);
  std::string plain() const;
  std::size_t first_state() const;

  SheetWords words_;
  std::vector<SheetChoice> choices_;
  std::vector<std::string> commands_;
  std::vector<const Device*> devices_;
  std::map<std::string, Group> groups_;
  Json cells_ = Json::array();  ///< by device, then state: rows of the groups
  std::vector<Json> first_;     ///< each device's answer in the first state
};

}  // namespace lfmfit::render
