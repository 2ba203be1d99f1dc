#include "mapper/placement/place.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "mapper/placement/annealing.h"
#include "mapper/placement/buffers.h"
#include "mapper/placement/chip_cuts.h"
#include "mapper/placement/digital_placement.h"
#include "mapper/placement/placement_problem.h"
#include "mapper/placement/region.h"

namespace mho::mapper {

namespace {

/// Assigns tiles to analog cores in the order of the snake.
class AnalogPlacement {
 public:
  AnalogPlacement(Lowered& lowered, const hw::ChipParameters& chip) : lowered_(lowered), chip_(chip), entries_(entries_by_tile(lowered)) {
    for (const std::vector<std::size_t>& entries : entries_) {
      std::int64_t bits = 0;
      for (const std::size_t entry : entries) {
        for (const int stage : lowered.tile_stages[entry]) bits += buffered_bits(lowered.program, chip, stage);
      }
      bits_.push_back(bits);
    }
  }

  /// By tile: index of its core in a snake, with the fewest tiles per core for which all fit on the chip.
  [[nodiscard]] std::vector<std::size_t> cores() const {
    for (std::size_t tile = 0; tile < bits_.size(); ++tile) require_room(tile);
    const std::size_t all = snake(chip_).size();
    for (int most = 1; most <= chip_.tiles_per_core; ++most) {
      std::vector<std::size_t> cores = cores_needed(most);
      if (cores.back() < all) return cores;
    }
    refuse(all);
  }

  void put(const std::vector<std::size_t>& cores, const std::vector<int>& snake) {
    for (std::size_t tile = 0; tile < cores.size(); ++tile) put(tile, snake[cores[tile]]);
  }

 private:
  /// By tile: index of its core in the snake, with at most `most` tiles per core.
  [[nodiscard]] std::vector<std::size_t> cores_needed(int most) const {
    std::vector<std::size_t> places;
    std::size_t core = 0;
    int on_it = 0;
    std::int64_t used = 0;
    for (std::size_t tile = 0; tile < bits_.size(); ++tile) {
      if (on_it == most || (on_it > 0 && (settings(tile) != settings(tile - 1) || whole_bytes(used + bits_[tile]) > chip_.input_buffer_bytes))) {
        ++core;
        on_it = 0;
        used = 0;
      }
      ++on_it;
      used += bits_[tile];
      places.push_back(core);
    }
    return places;
  }

  [[nodiscard]] const hw::Stage& first_stage(std::size_t tile) const {
    return lowered_.program.stages[static_cast<std::size_t>(lowered_.tile_stages[entries_[tile].front()].front())];
  }
  [[nodiscard]] int settings(std::size_t tile) const { return first_stage(tile).mvm->settings; }

  void put(std::size_t tile, int core) {
    for (const std::size_t entry : entries_[tile]) {
      lowered_.tiles[entry].node = core;
      for (const int stage : lowered_.tile_stages[entry]) lowered_.program.stages[static_cast<std::size_t>(stage)].core = core;
    }
  }

  void require_room(std::size_t tile) const {
    const std::int64_t wanted = whole_bytes(bits_[tile]);
    if (wanted <= chip_.input_buffer_bytes) return;
    throw base::UserError(
        fmt::format("layer '{}': the tile of stage '{}'{} must buffer {} bytes of input and an analog core has {}; raise chip.input_buffer "
                    "to at least {:.1f} KiB",
                    lowered_.tiles[entries_[tile].front()].layer, first_stage(tile).name,
                    entries_[tile].size() > 1 ? fmt::format(" and of {} more blocks (mapper.packing)", entries_[tile].size() - 1) : "", wanted,
                    chip_.input_buffer_bytes, static_cast<double>(wanted) / 1024 + 0.1),
        base::ExitCode::does_not_fit);
  }

  [[noreturn]] void refuse(std::size_t all) const {
    const std::size_t tiles = bits_.size(), places = all * static_cast<std::size_t>(chip_.tiles_per_core);
    const tiles::TileParameters& tile = lowered_.program.settings.front();
    const std::string cores =
        chip_.tiles_per_core == 1 ? fmt::format("{} analog cores", all) : fmt::format("{} analog cores of {} tiles", all, chip_.tiles_per_core);
    const bool copied = std::ranges::any_of(lowered_.tiles, [](const TilePlacement& tile_of) { return tile_of.block.copy > 0; });
    if (tiles > places) {
      throw base::UserError(
          fmt::format("the network needs {} tiles of {} x {} and the chip has {}: {} {} missing. {}Raise chip.mesh.width, chip.mesh.height or "
                      "chip.tiles_per_core, lower chip.digital_cores, {}take larger tiles (tile.rows, tile.columns){}",
                      tiles, tile.rows, tile.columns, cores, tiles - places, tiles - places == 1 ? "is" : "are",
                      copied ? "Take fewer copies (mapper.copies). " : "", places > 0 ? "" : "or ",
                      places > 0 ? ", or let the tiles be programmed in turn (mapper.weights: reloaded)" : ""),
          base::ExitCode::does_not_fit);
    }
    throw base::UserError(
        fmt::format("the network's {} tiles find no place on {}: tiles of different settings, or whose inputs together exceed the {} bytes of "
                    "chip.input_buffer, do not go on one core. Raise chip.mesh.width, chip.mesh.height or chip.input_buffer",
                    tiles, cores, chip_.input_buffer_bytes),
        base::ExitCode::does_not_fit);
  }

  Lowered& lowered_;
  const hw::ChipParameters& chip_;
  std::vector<std::vector<std::size_t>> entries_;  ///< by tile: indices in Lowered::tiles
  std::vector<std::int64_t> bits_;                 ///< by tile: bits of its input buffer
};

/// Assigns sources and sinks to ports, in descending order of traffic: to a port near their readers or writers with little other traffic.
class PortPlacement {
 public:
  PortPlacement(hw::Program& program, const hw::ChipParameters& chip, const std::vector<int>& fixed)
      : program_(program), chip_(chip), ports_(chip.nodes_of(hw::CoreKind::port)), fixed_(fixed) {}

  void run() {
    std::vector<int> ends;
    for (std::size_t s = 0; s < program_.stages.size(); ++s) {
      const auto kind = program_.stages[s].kind;
      const bool is_end = kind == hw::Stage::Kind::source || kind == hw::Stage::Kind::sink;
      if (is_end && !std::ranges::binary_search(fixed_, static_cast<int>(s))) ends.push_back(static_cast<int>(s));
    }
    std::ranges::stable_sort(ends, std::ranges::greater{}, [this](int stage) { return bits(stage); });
    double total = 0;
    for (const int stage : ends) total += bits(stage);
    std::map<std::pair<hw::Stage::Kind, int>, double> load;  // the two directions of a port have separate rates
    for (const int stage : ends) {
      hw::Stage& end = program_.stages[static_cast<std::size_t>(stage)];
      const auto cost = [&](int port) {
        // A port with its fair share of the traffic costs as much as crossing the whole mesh.
        const double fair = total / static_cast<double>(ports_.size());
        return distance(stage, port) + (chip_.mesh_width + chip_.mesh_height) * (load[{end.kind, port}] + bits(stage)) / fair;
      };
      end.core = *std::ranges::min_element(ports_, {}, cost);
      load[{end.kind, end.core}] += bits(stage);
    }
  }

 private:
  [[nodiscard]] double bits(int stage) const {
    const hw::Stage& end = program_.stages[static_cast<std::size_t>(stage)];
    return static_cast<double>(end.bits_per_position) * end.positions;
  }
  /// Mean number of routers that a bit crosses, over the edges of the stage.
  [[nodiscard]] double distance(int stage, int port) const {
    double hops = 0, all = 0;
    for (const hw::Edge& edge : program_.edges) {
      if (edge.producer != stage && edge.consumer != stage) continue;
      const int other = edge.producer == stage ? edge.consumer : edge.producer;
      const auto weight =
          static_cast<double>(edge.bits_per_position) * edge.positions(program_.stages[static_cast<std::size_t>(edge.producer)].positions);
      hops += weight * chip_.hops(program_.stages[static_cast<std::size_t>(other)].core, port);
      all += weight;
    }
    return all > 0 ? hops / all : 0;
  }

  hw::Program& program_;
  const hw::ChipParameters& chip_;
  std::vector<int> ports_;
  const std::vector<int>& fixed_;  ///< ascending
};

}  // namespace

namespace {

/// Places stages on cores of a region. Returns the work of the busiest digital core.
double place_in(AnalogPlacement& analog, const std::vector<std::size_t>& cores, hw::Program& program, const hw::ChipParameters& chip,
                const tiles::TileParameters& tile, const Region& region, const std::vector<int>& fixed) {
  analog.put(cores, snake(chip, region));
  DigitalPlacement digital(program, chip, tile, region);
  for (std::size_t stage = 0; stage < program.stages.size(); ++stage) {
    const auto kind = program.stages[stage].kind;
    if (kind == hw::Stage::Kind::digital) digital.place(static_cast<int>(stage));
    const bool is_end = kind == hw::Stage::Kind::source || kind == hw::Stage::Kind::sink;
    if (is_end && !std::ranges::binary_search(fixed, static_cast<int>(stage))) program.stages[stage].core = chip.port.nodes.front();
  }
  PortPlacement(program, chip, fixed).run();
  return digital.most_work();
}

/// Anneals the placement, starting from the present cores of stages and tiles.
void anneal_cores(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, std::uint64_t seed) {
  hw::Program& program = lowered.program;
  const PlacementProblem problem = placement_problem(program, chip, tile);
  take_nodes(program, problem, anneal(problem, chip, {.seed = seed}).nodes);
  for (std::size_t t = 0; t < lowered.tiles.size(); ++t) {
    lowered.tiles[t].node = program.stages[static_cast<std::size_t>(lowered.tile_stages[t].front())].core;
  }
}

}  // namespace

void place(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const PlacementChoice& choice) {
  if (chip.chips > 1) return place_on_chips(lowered, chip, tile, choice);
  hw::Program& program = lowered.program;
  AnalogPlacement analog(lowered, chip);
  const std::vector<std::size_t> cores = analog.cores();
  const double whole = place_in(analog, cores, program, chip, tile, whole_mesh(chip), choice.fixed);
  if (choice.placement == Placement::snake) return;
  // Chooses the region with the least traffic, among those whose busiest digital core is not slower than the tiles or than that of the whole mesh.
  const double allowed = std::max(whole, tile_cycles(program, chip));
  Region best = whole_mesh(chip);
  std::int64_t least = traffic(program, chip);
  const bool digital = std::ranges::any_of(program.stages, [](const hw::Stage& stage) { return stage.kind == hw::Stage::Kind::digital; });
  for (const Region& region : compact_regions(chip, cores.back() + 1, digital)) {
    const double work = place_in(analog, cores, program, chip, tile, region, choice.fixed);
    const std::int64_t flits = traffic(program, chip);
    if (work > allowed || flits >= least) continue;
    best = region;
    least = flits;
  }
  place_in(analog, cores, program, chip, tile, best, choice.fixed);
  if (choice.placement == Placement::annealed) anneal_cores(lowered, chip, tile, choice.seed);
}

void place_ends(hw::Program& program, const hw::ChipParameters& chip) {
  const std::vector<int> none;
  PortPlacement(program, chip, none).run();
}

}  // namespace mho::mapper
