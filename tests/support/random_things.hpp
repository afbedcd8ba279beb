// Things by chance, the same ones in every run.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <random>

namespace test {

/// How many random questions to ask: what LFMFIT_QUESTIONS says, else `usual`.
inline int questions_to_ask(int usual) {
  const char* asked = std::getenv("LFMFIT_QUESTIONS");
  return asked != nullptr ? std::atoi(asked) : usual;
}

class RandomThings {
 public:
  explicit RandomThings(std::uint32_t seed) : random_(seed) {}

  std::int64_t number(std::int64_t from, std::int64_t to) { return std::uniform_int_distribution(from, to)(random_); }

  template <class Things>
  const auto& one_of(const Things& things) {
    return std::begin(things)[static_cast<std::ptrdiff_t>(number(0, std::ssize(things) - 1))];
  }

 private:
  std::mt19937 random_;
};

}  // namespace test
