#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "lfmfit/shared_value.hpp"
#include "lfmfit/tensor.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

// Facts as bytes, in the order of their members: what the build makes of data/, so that a run need not read it row by
// row. A struct is packed by its pack_fields(pass, value), which hands its members to `pass`. That names all of them by
// a structured binding, so that a member that was forgotten does not compile.

/// The fact as `Pass` takes it: Unpacker writes it.
template <class Pass, class Fact>
using Packed = std::conditional_t<Pass::kWrites, Fact, const Fact>;

template <class Fact>
constexpr bool kIsPlain = std::is_arithmetic_v<Fact> || std::is_enum_v<Fact>;

/// How long texts and lists are, and where texts lie.
using PackedSize = std::uint32_t;

/// The number of what is not there, among what is shared.
constexpr PackedSize kNoFact = 0xffffffff;

/// Appends facts to bytes. A text that comes again is kept once.
class Packer {
 public:
  static constexpr bool kWrites = false;

  template <class... Facts>
  void operator()(const Facts&... facts) {
    (pack(facts), ...);
  }

  /// All of it: how long the texts are together, the texts, the rest.
  std::string take() const {
    const auto length = static_cast<PackedSize>(texts_.size());
    return std::string(reinterpret_cast<const char*>(&length), sizeof length) + texts_ + bytes_;
  }

 private:
  template <class Fact>
  void pack(const Fact& fact) {
    if constexpr (kIsPlain<Fact>) {
      bytes_.append(reinterpret_cast<const char*>(&fact), sizeof fact);
    } else {
      pack_fields(*this, fact);
    }
  }

  void pack(const std::string& text) {
    pack_size(text.size());
    if (text.empty()) return;
    const auto [place, is_new] = places_.try_emplace(text, static_cast<PackedSize>(texts_.size()));
    if (is_new) texts_ += text;
    pack(place->second);
  }

  void pack_size(std::size_t size) { pack(static_cast<PackedSize>(size)); }

  /// By its name; null is a type without one.
  void pack(const TensorType* type) { pack(type != nullptr ? type->name : std::string()); }

  template <class Unit>
  void pack(Count<Unit> count) {
    pack(count.count());
  }

  template <class Unit>
  void pack(Quantity<Unit> quantity) {
    pack(quantity.value());
  }

  template <class Fact>
  void pack(const std::optional<Fact>& fact) {
    pack(fact.has_value());
    if (fact) pack(*fact);
  }

  template <class Fact>
  void pack(const std::vector<Fact>& facts) {
    pack_size(facts.size());
    for (const Fact& fact : facts) pack(fact);
  }

  template <class Fact>
  void pack(const std::map<std::string, Fact>& facts) {
    pack_size(facts.size());
    for (const auto& [name, fact] : facts) {
      pack(name);
      pack(fact);
    }
  }

  /// By its number among what is shared, which is higher than those in it; what is alike is packed once.
  template <class Fact>
  void pack(const std::shared_ptr<const Fact>& fact) {
    if (!fact) return pack_size(kNoFact);
    const std::size_t begin = bytes_.size();
    pack(*fact);
    const std::string packed = bytes_.substr(begin);
    bytes_.resize(begin);
    const auto [place, is_new] =
        shared_.try_emplace(typeid(Fact).name() + packed, static_cast<PackedSize>(shared_.size()));
    pack(place->second);
    if (is_new) bytes_ += packed;
  }

  template <class Fact>
  void pack(const SharedValue<Fact>& fact) {
    pack(fact.pointer());
  }

  template <class Fact, std::size_t count>
  void pack(const std::array<Fact, count>& facts) {
    for (const Fact& fact : facts) pack(fact);
  }

  std::string bytes_, texts_;
  std::map<std::string, PackedSize> places_;  ///< of texts, in texts_
  std::map<std::string, PackedSize> shared_;  ///< numbers of what is shared, by its type and bytes
};

/// Reads what Packer wrote, member by member.
class Unpacker {
 public:
  static constexpr bool kWrites = true;
  using TypeLookup = std::function<const TensorType*(std::string_view)>;

  /// `types` finds a type by its name. Both are to outlive it.
  Unpacker(std::string_view bytes, const TypeLookup& types) : rest_(bytes), types_(types) {
    texts_ = cut(next<PackedSize>());
  }

  template <class... Facts>
  void operator()(Facts&... facts) {
    (unpack(facts), ...);
  }

 private:
  std::string_view cut(std::size_t count) {
    if (count > rest_.size()) throw std::logic_error("packed facts end in the middle of one");
    const char* const first = rest_.data();
    rest_.remove_prefix(count);
    return {first, count};
  }

  template <class Fact>
  Fact next() {
    Fact fact{};
    unpack(fact);
    return fact;
  }

  template <class Fact>
  void unpack(Fact& fact) {
    if constexpr (kIsPlain<Fact>) {
      std::memcpy(&fact, cut(sizeof fact).data(), sizeof fact);
    } else {
      pack_fields(*this, fact);
    }
  }

  std::string_view next_text() {
    const auto length = next<PackedSize>();
    return length == 0 ? std::string_view() : texts_.substr(next<PackedSize>(), length);
  }

  /// Into a text that is empty.
  void unpack(std::string& text) {
    if (const std::string_view packed = next_text(); !packed.empty()) text.assign(packed);
  }

  void unpack(const TensorType*& type) {
    const std::string_view name = next_text();
    type = name.empty() ? nullptr : types_(name);
  }

  template <class Unit>
  void unpack(Count<Unit>& count) {
    count = Count<Unit>(next<std::int64_t>());
  }

  template <class Unit>
  void unpack(Quantity<Unit>& quantity) {
    quantity = Quantity<Unit>(next<double>());
  }

  template <class Fact>
  void unpack(std::optional<Fact>& fact) {
    if (next<bool>()) unpack(fact.emplace());
  }

  template <class Fact>
  void unpack(std::vector<Fact>& facts) {
    facts.resize(next<PackedSize>());
    for (Fact& fact : facts) unpack(fact);
  }

  void unpack(std::vector<bool>& facts) {
    facts.resize(next<PackedSize>());
    for (std::size_t i = 0; i < facts.size(); ++i) facts[i] = next<bool>();
  }

  template <class Fact>
  void unpack(std::map<std::string, Fact>& facts) {
    for (auto left = next<PackedSize>(); left > 0; --left) {
      auto name = next<std::string>();
      unpack(facts[std::move(name)]);
    }
  }

  template <class Fact>
  void unpack(std::shared_ptr<const Fact>& fact) {
    const auto number = next<PackedSize>();
    if (number == kNoFact) return;
    if (number >= shared_.size()) shared_.push_back(std::make_shared<const Fact>(next<Fact>()));
    fact = std::static_pointer_cast<const Fact>(shared_.at(number));
  }

  template <class Fact>
  void unpack(SharedValue<Fact>& fact) {
    fact = next<std::shared_ptr<const Fact>>();
  }

  template <class Fact, std::size_t count>
  void unpack(std::array<Fact, count>& facts) {
    for (Fact& fact : facts) unpack(fact);
  }

  std::string_view rest_, texts_;
  const TypeLookup& types_;
  std::vector<std::shared_ptr<const void>> shared_;  ///< by number
};

}  // namespace lfmfit
