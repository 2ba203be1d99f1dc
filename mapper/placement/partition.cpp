#include "mapper/placement/partition.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/index.h"
#include "hw/program/phases.h"
#include "mapper/lowering/geometry.h"
#include "mapper/placement/phase_cuts.h"
#include "mapper/placement/place.h"

namespace mho::mapper {

namespace {

using base::index;

/// Phases of a program: one that programs and one that computes, in turns.
int programming_phase(int part) { return 2 * part; }
int computing_phase(int part) { return 2 * part + 1; }

class Division {
 public:
  Division(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const PhaseOptions& options)
      : lowered_(lowered),
        chip_(chip),
        tile_(tile),
        options_(options),
        program_(lowered.program),
        capacity_(chip.nodes_of(hw::CoreKind::analog).size() * index(chip.tiles_per_core)) {}

  void run() {
    if (lowered_.tiles.size() <= limit(0) || capacity_ == 0) return;
    require_one_kind();
    assign();
    program_.batch = options_.batch;
    for (int part = 0; part < parts_; ++part) {
      program_.phases.push_back({true, fmt::format("program {} of {}", part + 1, parts_)});
      program_.phases.push_back({false, fmt::format("compute {} of {}", part + 1, parts_)});
    }
    cross();
    for (std::size_t s = 0; s < part_of_.size(); ++s) program_.stages[s].phase = computing_phase(part_of_[s]);
    give_tiles();
  }

 private:
  void require_one_kind() const {
    for (const hw::Stage& stage : program_.stages) {
      if (!stage.mvm || stage.mvm->settings == 0) continue;
      throw base::UserError(
          fmt::format("stage '{}' has tile settings of its own, and with mapper.weights: reloaded any tile of the chip may hold any layer; leave "
                      "tile settings of layers out, or set mapper.weights to stationary",
                      stage.name),
          base::ExitCode::does_not_fit);
    }
  }

  void assign() {
    const PhaseSteps steps = phase_steps(lowered_);
    for (std::size_t step = 0; step < steps.tiles.size(); ++step) {
      if (steps.tiles[step].size() > capacity_) refuse(steps.first_stage[step], steps.tiles[step].size());
    }
    const PhaseCuts cuts = options_.fastest ? cut_for_time(steps) : filled_cuts(steps, [this](int part) { return limit(part); });
    parts_ = static_cast<int>(cuts.size());
    for (const int step : steps.step_of) part_of_.push_back(static_cast<int>(std::ranges::upper_bound(cuts, step) - cuts.begin()) - 1);
  }

  [[nodiscard]] PhaseCuts cut_for_time(const PhaseSteps& steps) const {
    const PartTimes times(lowered_, steps, chip_, tile_, options_.batch);
    std::size_t most = capacity_;
    for (const std::size_t each : options_.limits) most = std::min(most, each);
    std::vector<std::vector<double>> from;
    for (std::size_t step = 0; step < steps.tiles.size(); ++step) from.push_back(times.from(static_cast<int>(step), most));
    return fastest_cuts(from);
  }

  [[nodiscard]] std::size_t limit(int part) const {
    return index(part) < options_.limits.size() ? std::min(options_.limits[index(part)], capacity_) : capacity_;
  }

  [[noreturn]] void refuse(int stage, std::size_t tiles) const {
    throw base::UserError(
        fmt::format("the recurrence of '{}' needs {} tiles at the same time, each of its steps waits for the one before, and the chip has {}: {} {} "
                    "missing. Raise chip.mesh.width, chip.mesh.height or chip.tiles_per_core, or take larger tiles (tile.rows, tile.columns)",
                    program_.stages[index(stage)].name, tiles, capacity_, tiles - capacity_, tiles - capacity_ == 1 ? "is" : "are"),
        base::ExitCode::does_not_fit);
  }

  void connect(int producer, int consumer, int values) {
    const hw::Stage& from = program_.stages[index(producer)];
    hw::Edge edge;
    edge.producer = producer;
    edge.consumer = consumer;
    edge.bits_per_position = from.bits_per_position;
    set_schedule(edge, one_to_one(from.positions));
    add_edge(lowered_, std::move(edge), {.channel_end = values});
  }

  [[nodiscard]] StageOperation task_of(int stage) const { return lowered_.dataflow ? lowered_.dataflow->stages[index(stage)] : StageOperation{}; }

  /// The source that a later phase reads instead of a stage of an earlier phase.
  int again(int stage, int part) {
    const auto [known, fresh] = again_.try_emplace({stage, part}, -1);
    if (!fresh) return known->second;
    const hw::Stage& read = program_.stages[index(stage)];
    hw::Stage memory = memory_stage(hw::Stage::Kind::source, read.name + " from memory", read.positions, read.bits_per_position);
    memory.phase = computing_phase(part);
    const bool input = read.kind == hw::Stage::Kind::source;
    StageOperation task = task_of(stage);
    if (!input) {
      const int values = task.fused.empty() ? task.own_values : task.fused.back().to();
      task = {.kind = StageOperation::Kind::loaded, .stored = stored(stage, values), .own_values = values};
    }
    return again_[{stage, part}] = add_stage(lowered_, std::move(memory), std::move(task));
  }

  /// The stage that writes another's positions into memory.
  int stored(int stage, int values) {
    const auto [known, fresh] = stored_.try_emplace(stage, -1);
    if (!fresh) return known->second;
    const hw::Stage& made = program_.stages[index(stage)];
    hw::Stage memory = memory_stage(hw::Stage::Kind::sink, made.name + " to memory", made.positions, made.bits_per_position);
    memory.phase = computing_phase(part_of_[index(stage)]);
    const int at =
        add_stage(lowered_, std::move(memory), {.kind = StageOperation::Kind::stored, .own_values = values, .inputs = {{nullptr, values}}});
    connect(stage, at, values);
    return stored_[stage] = at;
  }

  void cross() {
    const std::size_t edges = program_.edges.size();
    for (std::size_t e = 0; e < edges; ++e) {
      const int producer = program_.edges[e].producer, part = part_of_[index(program_.edges[e].consumer)];
      if (part_of_[index(producer)] == part) continue;
      const int from = again(producer, part);  // may reallocate the edges
      program_.edges[e].producer = from;
    }
  }

  /// Adds a placement and the stages that write the weights for each tile of each part.
  void give_tiles() {
    std::vector<TilePlacement> tiles;
    std::vector<std::vector<int>> tile_stages;
    for (int part = 0; part < parts_; ++part) {
      for (std::size_t t = 0; t < lowered_.tiles.size(); ++t) {
        std::vector<int> stages;
        for (const int stage : lowered_.tile_stages[t]) {
          if (part_of_[index(stage)] == part) stages.push_back(stage);
        }
        if (stages.empty()) continue;
        program_tile(stages.front(), part);
        tiles.push_back(lowered_.tiles[t]);
        tiles.back().phase = computing_phase(part);
        tile_stages.push_back(std::move(stages));
      }
    }
    lowered_.tiles = std::move(tiles);
    lowered_.tile_stages = std::move(tile_stages);
  }

  void program_tile(int stage, int part) {
    const hw::Stage& computes = program_.stages[index(stage)];
    const hw::MvmWork& work = *computes.mvm;
    hw::Stage weights = memory_stage(hw::Stage::Kind::source, computes.name + " weights", work.inputs,
                                     static_cast<std::int64_t>(work.outputs) * program_.settings.front().programming.weight_bits);
    weights.phase = programming_phase(part);
    hw::Stage programming = weights;
    programming.kind = hw::Stage::Kind::programming;
    programming.name = computes.name + " programming";
    programming.layer = computes.layer;
    programming.memory = false;
    programming.write = hw::WriteWork{work.tile, work.inputs, work.outputs};
    const int from = add_stage(lowered_, std::move(weights), {.kind = StageOperation::Kind::weights});
    const int to = add_stage(lowered_, std::move(programming), {.kind = StageOperation::Kind::weights, .inputs = {{nullptr, 0}}});
    connect(from, to, 0);
  }

  Lowered& lowered_;
  const hw::ChipParameters& chip_;
  const tiles::TileParameters& tile_;
  const PhaseOptions& options_;
  hw::Program& program_;
  std::size_t capacity_;      ///< tiles of the chip
  std::vector<int> part_of_;  ///< by stage of the program before partition
  int parts_ = 1;
  std::map<std::pair<int, int>, int> again_;  ///< by stage and part
  std::map<int, int> stored_;                 ///< by stage
};

}  // namespace

void partition(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const PhaseOptions& options) {
  Division(lowered, chip, tile, options).run();
}

void for_each_phase(hw::Program& program, const std::function<void(hw::Program&)>& work) {
  if (program.phases.empty()) return work(program);
  for (int phase = 0; phase < hw::phase_count(program); ++phase) {
    hw::PhaseProgram part = hw::phase_program(program, phase);
    work(part.program);
    for (std::size_t s = 0; s < part.stages.size(); ++s) program.stages[index(part.stages[s])].core = part.program.stages[s].core;
    for (std::size_t e = 0; e < part.edges.size(); ++e) program.edges[index(part.edges[e])].capacity = part.program.edges[e].capacity;
  }
}

std::optional<PlacementFailure> place_phases(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile,
                                             const PlacementChoice& choice) {
  hw::Program& program = lowered.program;
  if (program.phases.empty()) {
    try {
      place(lowered, chip, tile, choice);
    } catch (const base::UserError& error) {
      if (error.code() != base::ExitCode::does_not_fit) throw;
      return PlacementFailure{0, lowered.tiles.size(), error};
    }
    return std::nullopt;
  }
  for (int phase = computing_phase(0); phase < hw::phase_count(program); phase += 2) {
    hw::PhaseProgram part = hw::phase_program(program, phase);
    const auto local = [&](int stage) { return static_cast<int>(std::ranges::find(part.stages, stage) - part.stages.begin()); };
    Lowered placed{.program = std::move(part.program), .tiles = {}, .dataflow = {}, .tile_stages = {}};
    std::vector<std::size_t> tiles;
    for (std::size_t t = 0; t < lowered.tiles.size(); ++t) {
      if (lowered.tiles[t].phase != phase) continue;
      tiles.push_back(t);
      placed.tiles.push_back(lowered.tiles[t]);
      placed.tile_stages.emplace_back();
      for (const int stage : lowered.tile_stages[t]) placed.tile_stages.back().push_back(local(stage));
    }
    try {
      place(placed, chip, tile, choice);
    } catch (const base::UserError& error) {
      if (error.code() != base::ExitCode::does_not_fit) throw;
      const std::string why =
          fmt::format("in phase '{}' of a network whose weights are reloaded: {}", program.phases[index(phase)].name, error.what());
      return PlacementFailure{index(phase / 2), tiles.size(), base::UserError(why, error.code())};
    }
    for (std::size_t s = 0; s < part.stages.size(); ++s) program.stages[index(part.stages[s])].core = placed.program.stages[s].core;
    std::map<int, int> node_of_tile;
    for (std::size_t t = 0; t < tiles.size(); ++t) {
      lowered.tiles[tiles[t]].node = placed.tiles[t].node;
      node_of_tile[placed.tiles[t].tile] = placed.tiles[t].node;
    }
    for (hw::Stage& stage : program.stages) {
      if (stage.write && stage.phase == phase - 1) stage.core = node_of_tile.at(stage.write->tile);
    }
    hw::PhaseProgram programming = hw::phase_program(program, phase - 1);
    place_ends(programming.program, chip);
    for (std::size_t s = 0; s < programming.stages.size(); ++s) {
      program.stages[index(programming.stages[s])].core = programming.program.stages[s].core;
    }
  }
  return std::nullopt;
}

}  // namespace mho::mapper
