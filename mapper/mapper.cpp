#include "mapper/mapper.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/design_file/declare.h"
#include "base/error.h"
#include "mapper/lowering/attention.h"
#include "mapper/lowering/caching.h"
#include "mapper/lowering/decoding.h"
#include "mapper/lowering/lowering.h"
#include "mapper/placement/buffers.h"
#include "mapper/placement/packing.h"
#include "mapper/placement/partition.h"
#include "mapper/placement/place.h"
#include "mapper/placement/shortfall.h"

namespace mho::mapper {

base::Declarations declarations() {
  constexpr double most = 4096;
  return {
      base::word("mapper.placement", "snake", {"snake"},
                 "Order in which tiles go to analog cores: 'snake' follows the rows of the mesh, every other one backwards.", "architect's choice"),
      base::whole("mapper.buffer_slack", 2, 0, most, "Positions that a buffer holds beyond the largest window and the credits on their way.",
                  "architect's choice"),
      base::word("mapper.weights", "stationary", {"stationary", "reloaded"},
                 "Whether all weights must be on the chip at once, or a network with more tiles than the chip is computed in phases, its tiles "
                 "programmed before each.",
                 "architect's choice"),
      base::whole("mapper.reload_batch", 1, 1, most,
                  "Inferences that go through a phase before the tiles are programmed for the next, with mapper.weights: reloaded.",
                  "architect's choice"),
      base::word("mapper.caches", "core", {"core", "memory"},
                 "Where a transformer that works token by token keeps keys and values: in the buffers of the digital cores, or in the memory behind "
                 "the ports.",
                 "architect's choice"),
      base::number("mapper.cache_block", "KiB", 4.0, 0.0, 1048576.0,
                   "Most keys or values that a product reads from memory at once, at least those of one token; its buffer holds two, with "
                   "mapper.caches: memory.",
                   "architect's choice"),
  };
}

MapperParameters MapperParameters::read(const base::Config& config) {
  return {.placement = config.word("mapper.placement"),
          .buffer_slack = static_cast<int>(config.integer("mapper.buffer_slack")),
          .reloaded = config.word("mapper.weights") == "reloaded",
          .reload_batch = static_cast<int>(config.integer("mapper.reload_batch")),
          .caches_in_memory = config.word("mapper.caches") == "memory",
          .cache_block_bits = static_cast<std::int64_t>(config.si("mapper.cache_block", "bit"))};
}

workloads::TiledNetwork lay_out(workloads::Network network, tiles::LayerTiles tiles) {
  tiles::Layout layout;
  for (const workloads::Matrix& matrix : network.matrices) {
    if (matrix.digital) continue;
    const tiles::TileParameters& tile = tiles.of(matrix.name);
    layout.matrices.push_back(
        tiles::default_layout(matrix.name, matrix.inputs, matrix.outputs, matrix.groups, tile.rows, tile.output_capacity(), layout.tiles));
    layout.tiles += static_cast<int>(layout.matrices.back().blocks.size());
  }
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

/// A token goes through the phases alone, and finds nothing in the cores that an earlier one left there.
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

/// Buffers and places, in phases where weights are reloaded: a phase that finds no place gets fewer tiles, down to one.
Lowered fit(const Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const MapperParameters& parameters,
            const InferenceMode& mode) {
  std::vector<std::size_t> limits;
  for (;;) {
    Lowered tried = lowered;
    if (parameters.reloaded) partition(tried, chip, parameters.reload_batch, limits);
    if (mode.decodes() && !tried.program.phases.empty()) check_tokens_in_phases(parameters);
    for_each_phase(tried.program, [&](hw::Program& program) { size_buffers(program, chip, parameters.buffer_slack); });
    const std::optional<PlacementFailure> misfit = place_phases(tried, chip, tile);
    if (!misfit) return tried;
    // What cannot be divided further has more tiles than the limit asked for.
    const std::size_t before = misfit->part < limits.size() ? limits[misfit->part] : misfit->tiles;
    if (!parameters.reloaded) {
      throw base::UserError(misfit->error.what() + shortfall_text(tried, chip, tile), misfit->error.code());
    }
    if (misfit->tiles <= 1 || misfit->tiles > before) throw base::UserError(misfit->error);
    limits.resize(std::max(limits.size(), misfit->part + 1), lowered.tiles.size());
    constexpr std::size_t step = 8;  // an eighth fewer: close to the most that do, in few attempts
    limits[misfit->part] = misfit->tiles - std::max<std::size_t>(1, misfit->tiles / step);
  }
}

}  // namespace

Mapping map(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, const MapperParameters& parameters, const InferenceMode& mode,
            bool traced) {
  const workloads::Network& network = tiled.network;
  const int tokens = tokens_of(network);
  const bool prefill = mode.kind == InferenceMode::Kind::prefill;
  if (prefill) check_tokens(network, "prefill");
  Lowered lowered = lower(tiled, traced);
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
  pack_source(lowered.program, chip, lowered.dataflow ? &*lowered.dataflow : nullptr);
  lowered = fit(lowered, chip, tiled.tiles.standard(), parameters, mode);
  Mapping mapping;
  mapping.program = std::move(lowered.program);
  mapping.tiles = std::move(lowered.tiles);
  mapping.dataflow = std::move(lowered.dataflow);
  double cells = 0, used = 0;
  for (const workloads::Matrix& matrix : network.matrices) {
    if (matrix.digital) continue;
    const tiles::TileParameters& tile = tiled.tiles.of(matrix.name);
    cells += static_cast<double>(tiled.layout.of(matrix.name).blocks.size()) * tile.rows * tile.columns;
    used += static_cast<double>(matrix.inputs) * matrix.outputs / matrix.groups * tile.coding.columns_per_output();
  }
  mapping.utilisation = used / cells;
  return mapping;
}

}  // namespace mho::mapper
