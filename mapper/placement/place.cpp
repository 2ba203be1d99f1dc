#include "mapper/placement/place.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "base/error.h"
#include "mapper/placement/buffers.h"

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
      throw base::UserError(
          fmt::format("{}stage '{}' needs a digital core and the chip has none; raise chip.digital_cores", layer_text(stage), stage.name),
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
      throw base::UserError(fmt::format("{}stage '{}' must buffer {} bytes, and the freest of the {} digital cores has {} of its {} left; raise "
                                        "chip.digital_buffer to at least {:.0f} KiB, or chip.digital_cores",
                                        layer_text(stage), stage.name, bytes(wanted), cores_.size(), free, chip_.digital_buffer_bytes,
                                        static_cast<double>(chip_.digital_buffer_bytes + bytes(wanted) - free) / 1024 + 1),
                            base::ExitCode::does_not_fit);
    }
    stage.core = best;
    used_[best] += wanted;
    load_[best] += work(stage, tile_);
  }

 private:
  /// "layer 'lstm': "
  [[nodiscard]] std::string layer_text(const hw::Stage& stage) const {
    return stage.layer < 0 ? "" : fmt::format("layer '{}': ", program_.layers.at(static_cast<std::size_t>(stage.layer)).name);
  }
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

namespace {

/// Gives tiles to analog cores in order of the snake.
class AnalogPlacement {
 public:
  AnalogPlacement(Lowered& lowered, const hw::ChipParameters& chip) : lowered_(lowered), chip_(chip), cores_(snake(chip)) {
    for (const std::vector<int>& stages : lowered.tile_stages) {
      std::int64_t bits = 0;
      for (const int stage : stages) bits += buffered_bits(lowered.program, chip, stage);
      bits_.push_back(bits);
    }
  }

  /// The fewest tiles a core that fit.
  void run() {
    for (std::size_t tile = 0; tile < bits_.size(); ++tile) require_room(tile);
    for (int most = 1; most <= chip_.tiles_per_core; ++most) {
      const auto cores = cores_needed(most);
      if (cores.back() >= cores_.size()) continue;
      for (std::size_t tile = 0; tile < cores.size(); ++tile) put(tile, cores_[cores[tile]]);
      return;
    }
    refuse();
  }

 private:
  /// By tile: place of its core in the snake, `most` tiles a core.
  [[nodiscard]] std::vector<std::size_t> cores_needed(int most) const {
    std::vector<std::size_t> places;
    std::size_t core = 0;
    int on_it = 0;
    std::int64_t used = 0;
    for (std::size_t tile = 0; tile < bits_.size(); ++tile) {
      if (on_it == most || (on_it > 0 && (settings(tile) != settings(tile - 1) || bytes(used + bits_[tile]) > chip_.input_buffer_bytes))) {
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
    return lowered_.program.stages[static_cast<std::size_t>(lowered_.tile_stages[tile].front())];
  }
  [[nodiscard]] int settings(std::size_t tile) const { return first_stage(tile).mvm->settings; }

  void put(std::size_t tile, int core) {
    lowered_.tiles[tile].node = core;
    for (const int stage : lowered_.tile_stages[tile]) lowered_.program.stages[static_cast<std::size_t>(stage)].core = core;
  }

  void require_room(std::size_t tile) const {
    const std::int64_t wanted = bytes(bits_[tile]);
    if (wanted <= chip_.input_buffer_bytes) return;
    throw base::UserError(
        fmt::format("layer '{}': the tile of stage '{}' must buffer {} bytes of input and an analog core has {}; raise chip.input_buffer "
                    "to at least {:.1f} KiB",
                    lowered_.tiles[tile].layer, first_stage(tile).name, wanted, chip_.input_buffer_bytes, static_cast<double>(wanted) / 1024 + 0.1),
        base::ExitCode::does_not_fit);
  }

  [[noreturn]] void refuse() const {
    const std::size_t tiles = bits_.size(), places = cores_.size() * static_cast<std::size_t>(chip_.tiles_per_core);
    const tiles::TileParameters& tile = lowered_.program.settings.front();
    const std::string cores = chip_.tiles_per_core == 1 ? fmt::format("{} analog cores", cores_.size())
                                                        : fmt::format("{} analog cores of {} tiles", cores_.size(), chip_.tiles_per_core);
    if (tiles > places) {
      throw base::UserError(
          fmt::format("the network needs {} tiles of {} x {} and the chip has {}: {} are missing. Raise chip.mesh.width, chip.mesh.height or "
                      "chip.tiles_per_core, lower chip.digital_cores, {}take larger tiles (tile.rows, tile.columns){}",
                      tiles, tile.rows, tile.columns, cores, tiles - places, places > 0 ? "" : "or ",
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
  std::vector<int> cores_;
  std::vector<std::int64_t> bits_;  ///< by tile: input that it buffers
};

/// Gives sources and sinks, those with most traffic first, to the port that is near their readers or writers and has little other traffic.
class PortPlacement {
 public:
  PortPlacement(hw::Program& program, const hw::ChipParameters& chip) : program_(program), chip_(chip) {}

  void run() {
    std::vector<int> ends;
    for (std::size_t s = 0; s < program_.stages.size(); ++s) {
      const auto kind = program_.stages[s].kind;
      if (kind == hw::Stage::Kind::source || kind == hw::Stage::Kind::sink) ends.push_back(static_cast<int>(s));
    }
    std::ranges::stable_sort(ends, std::ranges::greater{}, [this](int stage) { return bits(stage); });
    double total = 0;
    for (const int stage : ends) total += bits(stage);
    std::map<std::pair<hw::Stage::Kind, int>, double> load;  // the directions of a port do not share a rate
    for (const int stage : ends) {
      hw::Stage& end = program_.stages[static_cast<std::size_t>(stage)];
      const auto cost = [&](int port) {
        // A port with its fair share of the traffic counts as much as crossing the whole mesh.
        const double fair = total / static_cast<double>(chip_.port.nodes.size());
        return distance(stage, port) + (chip_.mesh_width + chip_.mesh_height) * (load[{end.kind, port}] + bits(stage)) / fair;
      };
      end.core = *std::ranges::min_element(chip_.port.nodes, {}, cost);
      load[{end.kind, end.core}] += bits(stage);
    }
  }

 private:
  [[nodiscard]] double bits(int stage) const {
    const hw::Stage& end = program_.stages[static_cast<std::size_t>(stage)];
    return static_cast<double>(end.bits_per_position) * end.positions;
  }
  /// Routers that a bit crosses, on average over its edges.
  [[nodiscard]] double distance(int stage, int port) const {
    double hops = 0, all = 0;
    for (const hw::Edge& edge : program_.edges) {
      if (edge.producer != stage && edge.consumer != stage) continue;
      const int other = edge.producer == stage ? edge.consumer : edge.producer;
      const auto weight = static_cast<double>(edge.bits_per_position) * program_.stages[static_cast<std::size_t>(edge.producer)].positions;
      hops += weight * chip_.hops(program_.stages[static_cast<std::size_t>(other)].core, port);
      all += weight;
    }
    return all > 0 ? hops / all : 0;
  }

  hw::Program& program_;
  const hw::ChipParameters& chip_;
};

}  // namespace

void place(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile) {
  hw::Program& program = lowered.program;
  AnalogPlacement(lowered, chip).run();
  DigitalPlacement digital(program, chip, tile);
  for (std::size_t stage = 0; stage < program.stages.size(); ++stage) {
    const auto kind = program.stages[stage].kind;
    if (kind == hw::Stage::Kind::digital) digital.place(static_cast<int>(stage));
    if (kind == hw::Stage::Kind::source || kind == hw::Stage::Kind::sink) program.stages[stage].core = chip.port.nodes.front();
  }
  place_ends(program, chip);
}

void place_ends(hw::Program& program, const hw::ChipParameters& chip) { PortPlacement(program, chip).run(); }

}  // namespace mho::mapper
