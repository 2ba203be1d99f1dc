#pragma once

#include <vector>

#include "hw/spec/parameters.h"

namespace mho::mapper {

/// A rectangle of the mesh.
struct Region {
  int x = 0, y = 0, width = 0, height = 0;
  [[nodiscard]] bool has(int node, const hw::ChipParameters& chip) const {
    const int column = node % chip.mesh_width, row = node / chip.mesh_width;
    return column >= x && column < x + width && row >= y && row < y + height;
  }
};

/// The region of all nodes of a chip.
Region whole_mesh(const hw::ChipParameters& chip);
/// Analog cores of the region in the order of a snake over its rows: left to right, then right to left, and so on.
std::vector<int> snake(const hw::ChipParameters& chip, const Region& region);
/// The same for the whole mesh.
std::vector<int> snake(const hw::ChipParameters& chip);
/// The nodes of `kind` in the region.
std::vector<int> nodes_in(const hw::ChipParameters& chip, hw::CoreKind kind, const Region& region);
/// Rectangles of several widths and places with at least `analog` analog cores and, if `digital`, a digital core, each with the smallest possible
/// height. There are at most 36.
std::vector<Region> compact_regions(const hw::ChipParameters& chip, std::size_t analog, bool digital);

}  // namespace mho::mapper
