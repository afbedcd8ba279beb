#include "json/watched_json.hpp"

#include <unordered_set>
#include <vector>

namespace lfmfit {

namespace {

using Kind = JsonProblem::Kind;

/// Walks a text without building anything. Names and signatures are nlohmann's.
class Watcher final : public nlohmann::json::json_sax_t {
 public:
  explicit Watcher(std::size_t most_keys) : keys_left_(most_keys) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return open(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (keys_left_ == 0) return stop(Kind::kTooMany, {});
    --keys_left_;
    return open_.back().insert(name).second || stop(Kind::kTwice, name);
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

  std::optional<JsonProblem> problem;

 private:
  bool open() {
    open_.emplace_back();
    return open_.size() <= static_cast<std::size_t>(kMaxJsonDepth) || stop(Kind::kTooDeep, {});
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  bool stop(Kind kind, std::string detail) {
    problem = JsonProblem{kind, std::move(detail)};
    return false;
  }

  std::size_t keys_left_;
  std::vector<std::unordered_set<std::string>> open_;  ///< the keys of each object that is open; none of a list
};

}  // namespace

std::optional<JsonProblem> json_problem(std::string_view text, std::size_t most_keys) {
  Watcher watcher(most_keys);
  nlohmann::json::sax_parse(text.begin(), text.end(), &watcher);
  return std::move(watcher.problem);
}

}  // namespace lfmfit
