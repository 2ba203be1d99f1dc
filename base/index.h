#pragma once

#include <cstddef>
#include <cstdint>

namespace mho::base {

/// An int as an index of a container. i >= 0.
constexpr std::size_t index(int i) { return static_cast<std::size_t>(i); }

/// The number of groups of `size` that hold `count` items: count / size, rounded up. count >= 0, size >= 1.
constexpr std::int64_t groups_of(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

/// Factor from a share of 1 to percent.
constexpr double percent = 100.0;

}  // namespace mho::base
