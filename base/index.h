#pragma once

#include <cstddef>
#include <cstdint>

namespace mho::base {

/// The place in a container of what the program numbers with int. i >= 0.
constexpr std::size_t index(int i) { return static_cast<std::size_t>(i); }

/// How many groups of `size` hold `count` things. count >= 0, size >= 1.
constexpr std::int64_t groups_of(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

/// Percent in a share of 1.
constexpr double percent = 100.0;

}  // namespace mho::base
