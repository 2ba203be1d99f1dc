#include "mapper/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "base/error.h"
#include "mapper/buffers.h"

namespace mho::mapper {

namespace {

constexpr std::int64_t bits_per_byte = 8;

std::int64_t bytes(std::int64_t bits) { return (bits + bits_per_byte - 1) / bits_per_byte; }

/// Cycles per inference that a digital stage keeps its core.
double work(const hw::Stage& stage, const tiles::TileParameters& tile) {
  const std::int64_t operations = std::accumulate(stage.elements.begin(), stage.elements.end(), std::int64_t{0},
                                                  [](std::int64_t sum, const hw::ElementWork& element) { return sum + element.operations; });
  const std::int64_t cycles = tile.digital.pipeline_depth + (operations + tile.digital.lanes - 1) / tile.digital.lanes;
  return static_cast<double>(cycles) * stage.positions;
}

/// Chooses cores for digital stages one after the other.
class DigitalPlacement {
 public:
  DigitalPlacement(hw::Program& program, const hw::ChipParameters& chip, const tiles::TileParameters& tile)
      : program_(program), chip_(chip), tile_(tile), cores_(chip.nodes_of(hw::CoreKind::digital)) {
    for (const hw::Stage& stage : program.stages) {
      if (stage.kind == hw::Stage::Kind::digital) total_ += work(stage, tile);
    }
  }

  void place(int index) {
    hw::Stage& stage = program_.stages[static_cast<std::size_t>(index)];
    const std::int64_t wanted = buffered_bits(program_, chip_, index);
    if (cores_.empty()) {
      throw base::UserError(fmt::format("stage '{}' needs a digital core and the chip has none; raise chip.digital_cores", stage.name),
                            base::ExitCode::does_not_fit);
    }
    int best = -1;
    double least = std::numeric_limits<double>::infinity();
    for (const int core : cores_) {
      if (bytes(used_[core] + wanted) > chip_.digital_buffer_bytes) continue;
      const double cost = distance(index, core) + balance(core, stage);
      if (cost < least) {
        least = cost;
        best = core;
      }
    }
    if (best < 0) {
      std::int64_t free = 0;
      for (const int core : cores_) free = std::max(free, chip_.digital_buffer_bytes - bytes(used_[core]));
      throw base::UserError(fmt::format("stage '{}' must buffer {} bytes, and the freest of the {} digital cores has {} of its {} left; raise "
                                        "chip.digital_buffer to at least {:.0f} KiB, or chip.digital_cores",
                                        stage.name, bytes(wanted), cores_.size(), free, chip_.digital_buffer_bytes,
                                        static_cast<double>(chip_.digital_buffer_bytes + bytes(wanted) - free) / 1024 + 1),
                            base::ExitCode::does_not_fit);
    }
    stage.core = best;
    used_[best] += wanted;
    load_[best] += work(stage, tile_);
  }

 private:
  /// Routers that one position of every input crosses, weighted by its share of the traffic.
  [[nodiscard]] double distance(int stage, int core) const {
    double hops = 0;
    double bits = 0;
    for (const hw::Edge& edge : program_.edges) {
      // What is sent back comes from a stage that has no place yet.
      if (edge.consumer != stage || edge.needs->front() == 0) continue;
      const auto weight = static_cast<double>(edge.bits_per_position);
      hops += weight * chip_.hops(program_.stages[static_cast<std::size_t>(edge.producer)].core, core);
      bits += weight;
    }
    return bits > 0 ? hops / bits : 0;
  }

  /// A core with its fair share of the work counts as much as crossing the whole mesh.
  [[nodiscard]] double balance(int core, const hw::Stage& stage) const {
    const double fair = total_ / static_cast<double>(cores_.size());
    const auto found = load_.find(core);
    const double load = (found == load_.end() ? 0 : found->second) + work(stage, tile_);
    return (chip_.mesh_width + chip_.mesh_height) * load / std::max(fair, 1.0);
  }

  hw::Program& program_;
  const hw::ChipParameters& chip_;
  const tiles::TileParameters& tile_;
  std::vector<int> cores_;
  std::map<int, std::int64_t> used_;
  std::map<int, double> load_;
  double total_ = 0;
};

}  // namespace

std::vector<int> snake(const hw::ChipParameters& chip) {
  std::vector<int> order;
  for (int y = 0; y < chip.mesh_height; ++y) {
    for (int step = 0; step < chip.mesh_width; ++step) {
      const int x = y % 2 == 0 ? step : chip.mesh_width - 1 - step;
      const int node = y * chip.mesh_width + x;
      if (chip.kind(node) == hw::CoreKind::analog) order.push_back(node);
    }
  }
  return order;
}

void place(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile) {
  hw::Program& program = lowered.program;
  const std::vector<int> cores = snake(chip);
  if (lowered.tiles.size() > cores.size()) {
    throw base::UserError(
        fmt::format(
            "the network needs {} tiles of {} x {} and the chip has {} analog cores: {} are missing. Raise chip.mesh.width or chip.mesh.height, "
            "lower chip.digital_cores, or take larger tiles (tile.rows, tile.columns)",
            lowered.tiles.size(), tile.rows, tile.columns, cores.size(), lowered.tiles.size() - cores.size()),
        base::ExitCode::does_not_fit);
  }
  for (std::size_t k = 0; k < lowered.tiles.size(); ++k) {
    const std::vector<int>& stages = lowered.tile_stages[k];
    const int stage = stages.front();
    lowered.tiles[k].node = cores[k];
    std::int64_t bits = 0;
    for (const int each : stages) {
      program.stages[static_cast<std::size_t>(each)].core = cores[k];
      bits += buffered_bits(program, chip, each);
    }
    const std::int64_t wanted = bytes(bits);
    if (wanted > chip.input_buffer_bytes) {
      throw base::UserError(
          fmt::format("layer '{}': the tile of stage '{}' must buffer {} bytes of input and an analog core has {}; raise chip.input_buffer "
                      "to at least {:.1f} KiB",
                      lowered.tiles[k].layer, program.stages[static_cast<std::size_t>(stage)].name, wanted, chip.input_buffer_bytes,
                      static_cast<double>(wanted) / 1024 + 0.1),
          base::ExitCode::does_not_fit);
    }
  }
  DigitalPlacement digital(program, chip, tile);
  for (std::size_t stage = 0; stage < program.stages.size(); ++stage) {
    const auto kind = program.stages[stage].kind;
    if (kind == hw::Stage::Kind::digital) digital.place(static_cast<int>(stage));
    if (kind == hw::Stage::Kind::source || kind == hw::Stage::Kind::sink) program.stages[stage].core = chip.nodes_of(hw::CoreKind::port).front();
  }
}

}  // namespace mho::mapper
