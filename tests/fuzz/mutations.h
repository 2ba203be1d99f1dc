#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mho::fuzz {

/// splitmix64: the same numbers with every compiler, which the standard library's distributions do not promise.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  /// 0 to count - 1; 0 where count is 0.
  std::size_t below(std::size_t count) { return count == 0 ? 0 : static_cast<std::size_t>(next() % count); }
  bool once_in(std::size_t count) { return below(count) == 0; }

 private:
  std::uint64_t state_;
};

/// Integers at which arithmetic goes wrong: ends of types, powers of two, small numbers of both signs.
std::uint64_t extreme_integer(Dice& dice);

/// Without knowing the format: bits flipped, bytes replaced, cut short, a piece repeated, removed, or spliced in from `other`.
std::string mutate_bytes(std::string bytes, const std::string& other, Dice& dice);

/// A protobuf message taken apart into fields, one of them changed (an integer to an extreme one, a field repeated, dropped, moved or taken from
/// `other`, a nested message the same way) and put together again, so that the lengths around it are right. What is no message is mutated as bytes.
std::string mutate_message(std::string_view bytes, std::string_view other, Dice& dice);

/// YAML or another text of lines and words: lines repeated, dropped, moved or indented, words and numbers replaced by `words`.
std::string mutate_text(const std::string& text, const std::string& other, const std::vector<std::string>& words, Dice& dice);

}  // namespace mho::fuzz
