#include "mapper/mapper.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <variant>

#include "base/design_file/declare.h"
#include "base/error.h"
#include "hw/estimate/estimate.h"
#include "mapper/demand.h"
#include "mapper/lowering/attention.h"
#include "mapper/lowering/caching.h"
#include "mapper/lowering/decoding.h"
#include "mapper/lowering/lowering.h"
#include "mapper/placement/annealing.h"
#include "mapper/placement/buffers.h"
#include "mapper/placement/input_packets.h"
#include "mapper/placement/partition.h"
#include "mapper/placement/place.h"
#include "mapper/placement/shortfall.h"
#include "mapper/placement/throughput_buffers.h"
#include "mapper/saved/saved_placement.h"

namespace mho::mapper {

base::Declarations declarations() {
  constexpr double most = 4096;
  return {
      base::word("mapper.placement", "compact", {"snake", "compact", "annealed"},
                 "Order in which tiles are assigned to analog cores. 'snake': along the rows of the mesh, every other row backwards; 'compact': the "
                 "same within the rectangle of the mesh with the least traffic; 'annealed': starts from compact and exchanges cores by simulated "
                 "annealing of the traffic.",
                 "architect's choice"),
      base::whole("mapper.placement_seed", 1, 0, 1e9, "Seed of the simulated annealing (mapper.placement: annealed).", "architect's choice"),
      base::whole("mapper.buffer_slack", 2, 0, most, "Positions that a buffer holds in addition to the largest window and the credits in transit.",
                  "architect's choice"),
      base::whole_or("mapper.copies", std::string("none"), 1, most, {"none", "auto"},
                     "Copies of every trained matrix, each programmed separately; they compute the output positions in turn. 'none': a single copy; "
                     "a number: this many copies; 'auto': copies for the shortest interval that the tiles of the chip allow. A rule of 'layers' can "
                     "set another number for a layer.",
                     "architect's choice"),
      base::word("mapper.turn", "row", {"row", "position"},
                 "Work of a copy before the next copy is used. 'row': one row of the output of a convolution, so the copy needs only the input rows "
                 "under it; 'position': one position.",
                 "architect's choice"),
      base::word("mapper.packing", "none", {"none", "diagonal", "rectangle", "auto"},
                 "Whether blocks of matrices share tiles and take turns on them. 'none': one tile for each block; 'diagonal': blocks of a tile have "
                 "no row or column in common; 'rectangle': they have no cell in common; 'auto': no tile works longer than the busiest block alone, "
                 "if the chip has enough tiles for that, otherwise as little longer as possible.",
                 "architect's choice"),
      base::word("mapper.split", "auto", {"even", "filling", "auto"},
                 "How a matrix larger than a tile is cut. 'even': into parts of sizes as equal as possible; 'filling': into parts that fill tiles, "
                 "except the last; 'auto': the cut that needs fewer tiles, even parts if equal.",
                 "architect's choice"),
      base::word("mapper.buffers", "throughput", {"least", "throughput"},
                 "Size of the buffers. 'least': the smallest with which the chip does not deadlock, plus mapper.buffer_slack; 'throughput': larger "
                 "if that shortens the interval, within the free memory of the cores.",
                 "architect's choice"),
      base::word("mapper.weights", "stationary", {"stationary", "reloaded"},
                 "'stationary': all weights are on the chip at once; 'reloaded': a network with more tiles than the chip is computed in phases, and "
                 "its tiles are programmed before each phase.",
                 "architect's choice"),
      base::word("mapper.phases", "filled", {"filled", "fastest"},
                 "How a network larger than the chip is cut into phases (mapper.weights: reloaded). 'filled': each phase is filled with tiles before "
                 "the next one begins; 'fastest': the cuts with the least time to program and compute a batch.",
                 "architect's choice"),
      base::whole("mapper.reload_batch", 1, 1, most,
                  "Inferences that are computed in a phase before the tiles are programmed for the next phase (mapper.weights: reloaded).",
                  "architect's choice"),
      base::word("mapper.caches", "core", {"core", "memory"},
                 "Where a transformer stores keys and values in token-by-token operation: in the buffers of the digital cores, or in the memory "
                 "behind the ports.",
                 "architect's choice"),
      base::number("mapper.cache_block", "KiB", 4.0, 0.0, 1048576.0,
                   "Largest block of keys or values that a product reads from memory at once, at least those of one token; its buffer holds two "
                   "blocks (mapper.caches: memory).",
                   "architect's choice"),
  };
}

namespace {

CopyChoice read_copies(const base::Config& config) {
  if (const base::Value& value = config.value("mapper.copies"); std::holds_alternative<std::string>(value)) {
    return {.kind = std::get<std::string>(value) == "auto" ? CopyChoice::Kind::automatic : CopyChoice::Kind::none};
  }
  return {.kind = CopyChoice::Kind::count, .count = static_cast<int>(config.integer("mapper.copies"))};
}

PackingChoice read_packing(const base::Config& config) {
  using Kind = PackingChoice::Kind;
  using Split = PackingChoice::Split;
  const std::string &packing = config.word("mapper.packing"), &split = config.word("mapper.split");
  return {.kind = packing == "none"       ? Kind::none
                  : packing == "diagonal" ? Kind::diagonal
                  : packing == "auto"     ? Kind::automatic
                                          : Kind::rectangle,
          .split = split == "even"      ? Split::even
                   : split == "filling" ? Split::filling
                                        : Split::automatic};
}

PlacementChoice read_placement(const base::Config& config) {
  const std::string& word = config.word("mapper.placement");
  return {.placement = word == "snake"     ? Placement::snake
                       : word == "compact" ? Placement::compact
                                           : Placement::annealed,
          .seed = static_cast<std::uint64_t>(config.integer("mapper.placement_seed"))};
}

}  // namespace

MapperParameters MapperParameters::read(const base::Config& config) {
  return {.placement = read_placement(config),
          .buffer_slack = static_cast<int>(config.integer("mapper.buffer_slack")),
          .buffers_for_throughput = config.word("mapper.buffers") == "throughput",
          .copies = read_copies(config),
          .packing = read_packing(config),
          .row_turns = config.word("mapper.turn") == "row",
          .reloaded = config.word("mapper.weights") == "reloaded",
          .fastest_phases = config.word("mapper.phases") == "fastest",
          .reload_batch = static_cast<int>(config.integer("mapper.reload_batch")),
          .caches_in_memory = config.word("mapper.caches") == "memory",
          .cache_block_bits = static_cast<std::int64_t>(config.si("mapper.cache_block", "bit"))};
}

tiles::Layout single_layout(const workloads::Network& network, const tiles::LayerTiles& tiles) {
  tiles::Layout layout;
  for (const workloads::Matrix& matrix : network.matrices) {
    if (matrix.digital) continue;
    const tiles::TileParameters& tile = tiles.of(matrix.name);
    layout.matrices.push_back(
        tiles::default_layout(matrix.name, matrix.inputs, matrix.outputs, matrix.groups, tile.rows, tile.output_capacity(), layout.tiles));
    layout.tiles += static_cast<int>(layout.matrices.back().blocks.size());
  }
  return layout;
}

workloads::TiledNetwork lay_out(workloads::Network network, tiles::LayerTiles tiles) {
  tiles::Layout layout = single_layout(network, tiles);
  if (layout.matrices.empty()) {
    throw base::UserError(fmt::format(
        "network {} has no layer with trained weights on tiles (Conv, Gemm, MatMul with a constant matrix, LSTM, GRU, RNN; not set to digital); "
        "nothing would run on a tile",
        network.name));
  }
  workloads::InputCalibration calibration = workloads::full_scale_inputs(layout);
  return {std::move(network), std::move(tiles), std::move(layout), std::move(calibration)};
}

namespace {

/// With phases, tokens are computed one at a time, and the cores keep no caches between tokens.
void check_tokens_in_phases(const MapperParameters& parameters) {
  if (parameters.reload_batch > 1) {
    throw base::UserError(fmt::format("mapper.reload_batch is {}: a token waits for the one before and goes through the phases alone; set it to 1",
                                      parameters.reload_batch));
  }
  if (!parameters.caches_in_memory) {
    throw base::UserError(
        "keys and values of a token's predecessors stay in the cores from token to token, and with mapper.weights: reloaded every phase has their "
        "buffers anew; set mapper.caches to memory",
        base::ExitCode::does_not_fit);
  }
}

/// Limits of the other stages if matrices have copies: stages are divided so that none is slower than the copies.
std::optional<StageLimits> stage_limits(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, const MapperParameters& parameters) {
  if (parameters.saved) return StageLimits{.divided = wanted_divisions(*parameters.saved, tiled.network)};
  bool copied = false;
  double interval_s = 0;
  for (const MatrixDemand& matrix : matrix_demands(tiled, chip)) {
    const tiles::MatrixLayout& layout = tiled.layout.of(matrix.name);
    copied = copied || layout.copies > 1;
    const Share first{layout.copies, 0, layout.turn};
    interval_s = std::max(interval_s, first.positions(static_cast<int>(matrix.demand.positions)) * matrix.demand.tile_time_s);
  }
  if (!copied) return std::nullopt;
  return StageLimits{.interval_s = interval_s,
                     .digital_cores = static_cast<int>(chip.nodes_of(hw::CoreKind::digital).size()),
                     .ports = static_cast<int>(chip.port.nodes.size()),
                     .flit_bits = chip.noc.flit_bits,
                     .digital_hertz = chip.clock_of(hw::CoreKind::digital).si(),
                     .network_hertz = chip.network_clock.value_or(chip.clock).si()};
}

/// Checks that copies are allowed: they compute positions of one inference in parallel.
void check_copies(const workloads::TiledNetwork& tiled, const MapperParameters& parameters, const InferenceMode& mode) {
  const auto copied = std::ranges::find_if(tiled.layout.matrices, [](const tiles::MatrixLayout& matrix) { return matrix.copies > 1; });
  if (copied == tiled.layout.matrices.end()) return;
  const auto refuse = [&](const char* why) {
    throw base::UserError(fmt::format("matrix '{}' has {} copies, and {}; set mapper.copies to none", copied->node, copied->copies, why),
                          base::ExitCode::does_not_fit);
  };
  if (parameters.reloaded) refuse("weights that are programmed in turn have no tiles to spare (mapper.weights: reloaded)");
  if (mode.kind != InferenceMode::Kind::whole) refuse("inferences of tokens with caches have one stage for each matrix (--mode)");
}

/// Checks that tiles are not shared if weights are reloaded.
void check_packing(const workloads::TiledNetwork& tiled, const MapperParameters& parameters) {
  if (!tiled.layout.packed() || !parameters.reloaded) return;
  throw base::UserError(
      "blocks share tiles (mapper.packing), and weights that are programmed in turn (mapper.weights: reloaded) have one block a tile; set "
      "mapper.packing to none or mapper.weights to stationary");
}

/// Checks that a saved mapping is used with its mode of inference, and not with reloaded weights.
void check_saved(const MapperParameters& parameters, const InferenceMode& mode) {
  if (!parameters.saved) return;
  const InferenceMode& saved = parameters.saved->mode;
  const auto text = [](const InferenceMode& of) {
    return fmt::format("{}{}", mode_name(of.kind), of.context == 0 ? "" : fmt::format(" with {} tokens", of.context));
  };
  if (saved.kind != mode.kind || saved.context != mode.context) {
    throw base::UserError(fmt::format("{}: 'mode' is that of {}, and this inference is {}; give the same --mode and --tokens", parameters.saved->file,
                                      text(saved), text(mode)));
  }
  if (parameters.reloaded) {
    throw base::UserError(
        fmt::format("{}: weights that are programmed in turn have no one place; set mapper.weights to stationary", parameters.saved->file));
  }
}

/// Checks that weights are not reloaded on several chips.
void check_chips(const hw::ChipParameters& chip, const MapperParameters& parameters) {
  if (chip.chips == 1 || !parameters.reloaded) return;
  throw base::UserError(
      fmt::format("weights that are programmed in turn (mapper.weights: reloaded) have one chip, and chip.count is {}; set mapper.weights to "
                  "stationary, or chip.count to 1",
                  chip.chips));
}

/// Sizes buffers and places stages, for each phase if weights are reloaded. A phase that does not fit gets fewer tiles, down to one.
Lowered fit(const Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const MapperParameters& parameters,
            const InferenceMode& mode) {
  PhaseOptions options{.batch = parameters.reload_batch, .fastest = parameters.fastest_phases};
  std::vector<std::size_t>& limits = options.limits;
  for (;;) {
    Lowered tried = lowered;
    if (parameters.reloaded) partition(tried, chip, tile, options);
    if (mode.decodes() && !tried.program.phases.empty()) check_tokens_in_phases(parameters);
    for_each_phase(tried.program, [&](hw::Program& program) { size_buffers(program, chip, parameters.buffer_slack); });
    const std::optional<PlacementFailure> misfit = place_phases(tried, chip, tile, parameters.placement);
    if (!misfit) return tried;
    // A part that cannot be divided further has more tiles than the limit.
    const std::size_t before = misfit->part < limits.size() ? limits[misfit->part] : misfit->tiles;
    if (!parameters.reloaded) {
      throw shortfall(misfit->error, tried, chip, tile);
    }
    if (misfit->tiles <= 1 || misfit->tiles > before) throw base::UserError(misfit->error);
    limits.resize(std::max(limits.size(), misfit->part + 1), lowered.tiles.size());
    constexpr std::size_t step = 8;  // an eighth fewer: near the maximum after few attempts
    limits[misfit->part] = misfit->tiles - std::max<std::size_t>(1, misfit->tiles / step);
  }
}

/// Cells with weights over all cells of the tiles in use.
double utilisation(const workloads::TiledNetwork& tiled) {
  double used = 0;
  std::map<int, double> cells;  // by tile
  for (const workloads::Matrix& matrix : tiled.network.matrices) {
    if (matrix.digital) continue;
    const tiles::TileParameters& tile = tiled.tiles.of(matrix.name);
    const tiles::MatrixLayout& layout = tiled.layout.of(matrix.name);
    for (std::size_t b = 0; b < layout.all_blocks(); ++b) cells[layout.block(b).tile] = static_cast<double>(tile.rows) * tile.columns;
    used += static_cast<double>(layout.copies) * matrix.inputs * matrix.outputs / matrix.groups * tile.coding.columns_per_output();
  }
  double all = 0;
  for (const auto& [tile, of_it] : cells) all += of_it;
  return used / all;
}

}  // namespace

Mapping map(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, const MapperParameters& parameters, const InferenceMode& mode,
            bool traced) {
  const workloads::Network& network = tiled.network;
  const int tokens = tokens_of(network);
  const bool prefill = mode.kind == InferenceMode::Kind::prefill;
  check_saved(parameters, mode);
  check_copies(tiled, parameters, mode);
  check_packing(tiled, parameters);
  check_chips(chip, parameters);
  if (prefill) check_tokens(network, "prefill");
  Lowered lowered = lower(tiled, traced, stage_limits(tiled, chip, parameters));
  if (mode.decodes()) {
    decode_one_token(lowered, network,
                     {.tokens = tokens,
                      .context = mode.context == 0 ? tokens : mode.context,
                      .in_memory = parameters.caches_in_memory,
                      .block_bits = parameters.cache_block_bits});
  } else if (prefill && parameters.caches_in_memory) {
    write_caches(lowered, find_attention(network, lowered, tokens));
  }
  if (!traced) lowered.dataflow.reset();
  gather_input(lowered.program, chip, lowered.dataflow ? &*lowered.dataflow : nullptr);
  if (parameters.saved) {
    check_divisions(*parameters.saved, lowered.divided);
    place_saved(lowered, chip, tiled.tiles.standard(), *parameters.saved, tiled.layout, parameters.buffer_slack);
  } else {
    lowered = fit(lowered, chip, tiled.tiles.standard(), parameters, mode);
  }
  const bool estimable = !chip.core_gating.on && !chip.noc.gating.on && !chip.noc.multicast && !mode.decodes();
  Mapping mapping;
  if (parameters.buffers_for_throughput && estimable && !parameters.saved) {
    const bool whole = lowered.program.phases.empty();
    for_each_phase(lowered.program, [&](hw::Program& program) {
      const bool programs = std::ranges::any_of(program.stages, [](const hw::Stage& stage) { return stage.write.has_value(); });
      if (programs) return;
      std::optional<hw::SimulationResult> found = grow_buffers(program, chip, tiled.tiles.standard());
      if (whole) mapping.estimate = std::move(found);
    });
  }
  mapping.program = std::move(lowered.program);
  mapping.tiles = std::move(lowered.tiles);
  mapping.dataflow = std::move(lowered.dataflow);
  mapping.divided = std::move(lowered.divided);
  mapping.utilisation = utilisation(tiled);
  return mapping;
}

hw::SimulationResult estimate(const Mapping& mapping, const hw::ChipParameters& chip, const tiles::TileParameters& tile, bool one_at_a_time) {
  if (mapping.estimate && !one_at_a_time) return *mapping.estimate;
  return hw::estimate(mapping.program, chip, tile, {.one_at_a_time = one_at_a_time});
}

MovedCores move_digital_cores(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, const MapperParameters& parameters,
                              const InferenceMode& mode) {
  if (parameters.reloaded) {
    throw base::UserError("weights that are programmed in turn have no one place, and digital cores have; set mapper.weights to stationary");
  }
  if (chip.chips > 1) {
    throw base::UserError(
        fmt::format("digital cores stand at the same nodes of each chip, and chip.count is {}; move them with chip.count=1", chip.chips));
  }
  MapperParameters annealed = parameters;
  annealed.placement.placement = Placement::annealed;
  Mapping mapping = map(tiled, chip, annealed, mode);
  const PlacementProblem problem = placement_problem(mapping.program, chip, tiled.tiles.standard());
  AnnealedPlacement moved = anneal(problem, chip, {.seed = parameters.placement.seed, .free_kinds = true});
  take_nodes(mapping.program, problem, moved.nodes);
  for (TilePlacement& tile : mapping.tiles) {
    const auto on_tile = [&](const hw::Stage& stage) { return stage.mvm && stage.mvm->tile == tile.tile; };
    tile.node = std::ranges::find_if(mapping.program.stages, on_tile)->core;
  }
  return {std::move(moved.digital_nodes), saved_mapping(tiled, mapping.program, mapping.tiles, mapping.divided, mode)};
}

}  // namespace mho::mapper
