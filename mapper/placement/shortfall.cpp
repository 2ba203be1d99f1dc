#include "mapper/placement/shortfall.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "base/error.h"
#include "mapper/placement/buffers.h"
#include "mapper/placement/place.h"

namespace mho::mapper {

namespace {

constexpr int kibibyte = 1024;
constexpr int largest_side = 64;  // of the mesh, as chip.mesh.width declares

int whole_kibibytes(std::int64_t bytes) { return static_cast<int>((bytes + kibibyte - 1) / kibibyte) * kibibyte; }

/// Needs of the program that do not depend on the placement.
struct Needs {
  std::size_t tiles = 0, digital_stages = 0;
  std::int64_t tile_input = 0, digital_stage = 0, digital_all = 0;  ///< bytes of buffers: largest tile, largest digital stage, all of them

  Needs(const Lowered& lowered, const hw::ChipParameters& chip) {
    const std::vector<std::vector<std::size_t>> by_tile = entries_by_tile(lowered);
    tiles = by_tile.size();
    for (const std::vector<std::size_t>& entries : by_tile) {
      std::int64_t bits = 0;
      for (const std::size_t entry : entries) {
        for (const int stage : lowered.tile_stages[entry]) bits += buffered_bits(lowered.program, chip, stage);
      }
      tile_input = std::max(tile_input, whole_bytes(bits));
    }
    for (std::size_t s = 0; s < lowered.program.stages.size(); ++s) {
      if (lowered.program.stages[s].kind != hw::Stage::Kind::digital) continue;
      const std::int64_t bytes = whole_bytes(buffered_bits(lowered.program, chip, static_cast<int>(s)));
      ++digital_stages;
      digital_stage = std::max(digital_stage, bytes);
      digital_all += bytes;
    }
  }
};

std::size_t tile_places(const hw::ChipParameters& chip) {
  return chip.nodes_of(hw::CoreKind::analog).size() * static_cast<std::size_t>(chip.tiles_per_core);
}

std::vector<std::string> shortfalls(const Needs& needs, const hw::ChipParameters& chip) {
  std::vector<std::string> list;
  if (needs.tiles > tile_places(chip))
    list.push_back(fmt::format("{} tiles ({} of {})", needs.tiles - tile_places(chip), tile_places(chip), needs.tiles));
  if (needs.tile_input > chip.input_buffer_bytes) {
    list.push_back(fmt::format("input buffer ({} bytes a core, a tile needs {})", chip.input_buffer_bytes, needs.tile_input));
  }
  const std::size_t digital = chip.nodes_of(hw::CoreKind::digital).size();
  if (needs.digital_stages > 0 && digital == 0) list.emplace_back("a digital core (there is none)");
  if (needs.digital_stage > chip.digital_buffer_bytes) {
    list.push_back(fmt::format("digital buffer ({} bytes a core, a stage needs {})", chip.digital_buffer_bytes, needs.digital_stage));
  } else if (digital > 0 && needs.digital_all > chip.digital_buffer_bytes * static_cast<std::int64_t>(digital)) {
    list.push_back(fmt::format("digital buffer ({} cores of {} bytes, all stages need {})", digital, chip.digital_buffer_bytes, needs.digital_all));
  }
  return list;
}

bool fits(Lowered lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile) {
  try {
    place(lowered, chip, tile, {.placement = Placement::snake});
    return true;
  } catch (const base::UserError& error) {
    if (error.code() != base::ExitCode::does_not_fit) throw;
    return false;
  }
}

/// Meshes at least as large as the chip's in both directions, ordered by number of nodes, then by how square they are. Blocks of nodes that share a
/// router divide them evenly.
std::vector<std::pair<int, int>> meshes(const hw::ChipParameters& chip) {
  const int across = chip.noc.concentration > 1 ? 2 : 1, down = chip.noc.concentration / across;
  std::vector<std::pair<int, int>> list;
  for (int width = chip.mesh_width; width <= largest_side; width += across) {
    for (int height = chip.mesh_height; height <= largest_side; height += down) list.emplace_back(width, height);
  }
  // The width decides between a mesh and its transpose, so that the order does not depend on the library.
  std::ranges::sort(list, {}, [](const auto& mesh) { return std::tuple(mesh.first * mesh.second, std::abs(mesh.first - mesh.second), mesh.first); });
  return list;
}

/// When the mesh grows, nodes of links keep their coordinates, or stay in the middle of the edges.
void move_link_nodes(hw::ChipParameters& chip, int width, int height) {
  const auto moved = [&](int node, int column_of_middle, int new_column_of_middle) {
    const int column = node % chip.mesh_width, row = node / chip.mesh_width;
    const bool middle = column == column_of_middle && row == chip.mesh_height / 2;
    return middle ? height / 2 * width + new_column_of_middle : row * width + column;
  };
  chip.link.to_previous = moved(chip.link.to_previous, 0, 0);
  chip.link.to_next = moved(chip.link.to_next, chip.mesh_width - 1, width - 1);
}

/// The chip with the fewest additions that fits the program; empty if no mesh within the limits of the keys does.
std::optional<hw::ChipParameters> fitting_chip(const Lowered& lowered, hw::ChipParameters chip, const tiles::TileParameters& tile,
                                               const Needs& needs) {
  if (needs.tile_input > chip.input_buffer_bytes) chip.input_buffer_bytes = whole_kibibytes(needs.tile_input);
  if (needs.digital_stages > 0 && chip.digital_cores == 0) chip.digital_cores = 1;
  const int given_width = chip.mesh_width, given_height = chip.mesh_height;
  const int least = std::max(chip.digital_buffer_bytes, whole_kibibytes(needs.digital_stage));
  // First the mesh, with digital buffers that hold everything; then the smallest digital buffers.
  chip.digital_buffer_bytes = std::max(least, whole_kibibytes(std::min<std::int64_t>(needs.digital_all, std::numeric_limits<int>::max() / 2)));
  bool found = false;
  int tried = 0;
  for (const auto& [width, height] : meshes(chip)) {
    constexpr int step = 16;  // large meshes grow by more than one node, so that few are tried
    if (width * height < tried + std::max(1, tried / step)) continue;
    move_link_nodes(chip, width, height);
    chip.mesh_width = width;
    chip.mesh_height = height;
    if (width != given_width || height != given_height) chip.digital_nodes.clear();
    if (needs.tiles > tile_places(chip)) continue;
    tried = width * height;
    found = fits(lowered, chip, tile);
    if (found) break;
  }
  if (!found) return std::nullopt;
  int enough = chip.digital_buffer_bytes / kibibyte, short_of = (least - 1) / kibibyte;
  chip.digital_buffer_bytes = least;
  if (fits(lowered, chip, tile)) return chip;
  while (enough - short_of > 1) {
    const int middle = short_of + (enough - short_of) / 2;
    chip.digital_buffer_bytes = middle * kibibyte;
    (fits(lowered, chip, tile) ? enough : short_of) = middle;
  }
  chip.digital_buffer_bytes = enough * kibibyte;
  return chip;
}

}  // namespace

NoPlace shortfall(const base::UserError& why, const Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile) {
  const Needs needs(lowered, chip);
  const std::vector<std::string> list = shortfalls(needs, chip);
  std::string text = why.what();
  if (list.size() > 1) text += fmt::format(". In all it lacks {}", fmt::join(list, ", "));
  const std::optional<hw::ChipParameters> other = fitting_chip(lowered, chip, tile, needs);
  if (!other)
    return {text + fmt::format(". No mesh up to {0}x{0} holds it with {1} tiles a core", largest_side, chip.tiles_per_core), why.code(), {}};
  std::vector<std::string> changes;
  const auto add = [&](const char* key, int before, int after, int unit, const char* unit_name) {
    if (after != before) changes.push_back(fmt::format("{}={}{}", key, after / unit, unit_name));
  };
  add("chip.mesh.width", chip.mesh_width, other->mesh_width, 1, "");
  add("chip.mesh.height", chip.mesh_height, other->mesh_height, 1, "");
  add("chip.digital_cores", chip.digital_cores, other->digital_cores, 1, "");
  if (other->digital_nodes != chip.digital_nodes) changes.emplace_back("chip.digital_nodes=spread");
  // Compared in bytes: a sufficient size is not changed, even if it is not a whole number of KiB.
  add("chip.input_buffer", chip.input_buffer_bytes, other->input_buffer_bytes, kibibyte, "KiB");
  add("chip.digital_buffer", chip.digital_buffer_bytes, other->digital_buffer_bytes, kibibyte, "KiB");
  text += ". It fits with";
  for (const std::string& change : changes) text += " --set " + change;
  return {text, why.code(), std::move(changes)};
}

}  // namespace mho::mapper
