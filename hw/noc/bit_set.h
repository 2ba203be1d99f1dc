#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mho::hw {

/// The first member of a non-empty set in the cyclic order first, first + 1, ..., size - 1, 0, ...
template <class Mask>
inline int pick(Mask set, int first, int size) {
  if constexpr (sizeof(Mask) < 4) {
    // Two copies of the set side by side avoid a branch that is hard to predict.
    const std::uint64_t twice = static_cast<std::uint64_t>(set) | static_cast<std::uint64_t>(set) << static_cast<unsigned>(size);
    const int at = first + std::countr_zero(twice >> static_cast<unsigned>(first));
    return at < size ? at : at - size;
  } else {
    const std::uint64_t later = set >> static_cast<unsigned>(first);
    return later != 0 ? first + std::countr_zero(later) : std::countr_zero(set);
  }
}

template <class Mask>
constexpr Mask bit(int i) {
  return static_cast<Mask>(Mask{1} << static_cast<unsigned>(i));
}

/// Calls `visit` for each member of a set in ascending order. `set` is a copy: changes of the original during the visits have no effect.
template <class Mask, class Visit>
inline void each(Mask set, Visit visit) {
  for (auto rest = static_cast<std::uint64_t>(set); rest != 0; rest &= rest - 1) visit(std::countr_zero(rest));
}

/// i + 1 modulo n.
template <class Index>
constexpr Index after(int i, int n) {
  return static_cast<Index>(i + 1 == n ? 0 : i + 1);
}

/// A set of the integers 0 to size - 1.
class BitSet {
 public:
  explicit BitSet(int size) : words_(static_cast<std::size_t>(size + 63) / 64) {}
  void set(std::uint32_t i) { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
  void clear(std::uint32_t i) { words_[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }
  [[nodiscard]] bool any() const {
    std::uint64_t all = 0;
    for (const std::uint64_t word : words_) all |= word;
    return all != 0;
  }
  /// Calls `visit` for each member in ascending order. The visitor may clear the current member.
  template <class Visit>
  void each(Visit visit) const {
    for (std::size_t w = 0; w < words_.size(); ++w) {
      for (std::uint64_t rest = words_[w]; rest != 0; rest &= rest - 1)
        visit(static_cast<std::uint32_t>(w * 64) + static_cast<std::uint32_t>(std::countr_zero(rest)));
    }
  }

 private:
  std::vector<std::uint64_t> words_;
};

}  // namespace mho::hw
