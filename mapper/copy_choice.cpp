#include "mapper/copy_choice.h"

#include <algorithm>
#include <vector>

#include "mapper/demand.h"
#include "mapper/placement/place.h"
#include "workloads/graph/operator.h"

namespace mho::mapper {

namespace {

/// Successive positions that a copy serves: a row of the output of a convolution.
int turn_of(const workloads::Network& network, const std::string& matrix) {
  for (const workloads::Node& node : network.nodes) {
    if (!node.matrices.empty() && network.matrix(node).name == matrix && node.window() != nullptr) {
      // Rows of a plane with a single row cannot be divided among copies.
      const workloads::Shape& shape = network.values[static_cast<std::size_t>(node.output)].shape;
      const bool rows = (shape.size() == 4 && shape[2] > 1) || workloads::frames(network, node) > 1;
      return rows ? static_cast<int>(shape.back()) : 1;
    }
  }
  return 1;
}

/// The demand in turns instead of positions.
LayerDemand in_turns(LayerDemand demand, int turn) {
  demand.positions = (demand.positions + turn - 1) / turn;
  demand.tile_time_s *= turn;
  return demand;
}

}  // namespace

void assign_copies(workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, const CopyChoice& standard,
                   const std::map<std::string, CopyChoice>& own, bool rows) {
  std::vector<MatrixDemand> demands = matrix_demands(tiled, chip);
  std::vector<LayerDemand> chosen;  // demands of matrices with automatic copies
  std::vector<tiles::MatrixLayout*> chosen_layout;
  auto tiles = static_cast<std::int64_t>(chip.nodes_of(hw::CoreKind::analog).size()) * chip.tiles_per_core;
  for (const MatrixDemand& matrix : demands) {
    const auto layout = std::ranges::find(tiled.layout.matrices, matrix.name, &tiles::MatrixLayout::node);
    layout->turn = rows ? turn_of(tiled.network, matrix.name) : 1;
    const LayerDemand demand = in_turns(matrix.demand, layout->turn);
    const auto found = own.find(matrix.name);
    const CopyChoice& choice = found == own.end() ? standard : found->second;
    if (choice.kind == CopyChoice::Kind::automatic) {
      chosen.push_back(demand);
      chosen_layout.push_back(&*layout);
      continue;
    }
    const std::int64_t wanted = choice.kind == CopyChoice::Kind::count ? choice.count : 1;
    layout->copies = demand.one_copy ? 1 : static_cast<int>(std::min(wanted, demand.positions));
    tiles -= demand.tiles * layout->copies;
  }
  // If one copy of each does not fit, the mapper reports the shortfall later.
  if (const auto plan = fastest_copies(chosen, tiles); plan && !chosen.empty()) {
    for (std::size_t i = 0; i < chosen.size(); ++i) chosen_layout[i]->copies = static_cast<int>(plan->copies[i]);
  }
  for (tiles::MatrixLayout& layout : tiled.layout.matrices) {
    if (layout.copies == 1) layout.turn = 1;
  }
  tiled.layout.renumber();
}

bool steps_in_turn(const workloads::Network& network, const std::string& matrix) {
  int users = 0;
  for (const workloads::Node& node : network.nodes) {
    for (std::size_t k = 0; k < node.matrices.size(); ++k) {
      if (network.matrix(node, k).name != matrix) continue;
      if (node.recurrence() != nullptr) return true;
      ++users;
    }
  }
  return users > 1;
}

std::vector<LayerDemand> turn_demands(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, bool rows) {
  std::vector<LayerDemand> layers;
  for (const MatrixDemand& matrix : matrix_demands(tiled, chip)) {
    layers.push_back(in_turns(matrix.demand, rows ? turn_of(tiled.network, matrix.name) : 1));
  }
  return layers;
}

std::optional<std::int64_t> tiles_for_shorter(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, bool rows, double share) {
  const std::vector<LayerDemand> layers = turn_demands(tiled, chip, rows);
  const auto now = fastest_copies(layers, static_cast<std::int64_t>(chip.nodes_of(hw::CoreKind::analog).size()) * chip.tiles_per_core);
  if (!now) return std::nullopt;
  const auto shorter = fewest_tiles(layers, share * now->interval_s);
  return shorter ? std::optional(shorter->tiles) : std::nullopt;
}

}  // namespace mho::mapper
