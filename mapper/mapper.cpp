#include "mapper/mapper.h"

#include <fmt/format.h>

#include "base/error.h"
#include "mapper/buffers.h"
#include "mapper/decoding.h"
#include "mapper/lowering.h"
#include "mapper/packing.h"
#include "mapper/placement.h"

namespace mho::mapper {

base::Declarations declarations() {
  using base::ValueType;
  return {
      {"mapper.placement",
       ValueType::choice,
       "",
       std::string("snake"),
       0,
       0,
       {"snake"},
       "Order in which tiles go to analog cores: 'snake' follows the rows of the mesh, every other one backwards.",
       "architect's choice"},
      {"mapper.buffer_slack",
       ValueType::integer,
       "",
       std::int64_t{2},
       0,
       4096,
       {},
       "Positions that a buffer holds beyond the largest window and the credits on their way.",
       "architect's choice"},
  };
}

MapperParameters MapperParameters::read(const base::Config& config) {
  return {.placement = config.word("mapper.placement"), .buffer_slack = static_cast<int>(config.integer("mapper.buffer_slack"))};
}

tiles::Layout make_layout(const workloads::Network& network, const tiles::LayerTiles& tiles) {
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
  return layout;
}

Mapping map(const workloads::Network& network, const tiles::Layout& layout, const hw::ChipParameters& chip, const tiles::LayerTiles& tiles,
            const MapperParameters& parameters, const workloads::InputCalibration& calibration, bool traced) {
  Lowered lowered = lower(network, layout, tiles, calibration, traced);
  if (parameters.token_by_token) decode_one_token(lowered.program, tokens_of(network));
  pack_source(lowered.program, chip, lowered.dataflow ? &*lowered.dataflow : nullptr);
  size_buffers(lowered.program, chip, parameters.buffer_slack);
  place(lowered, chip, tiles.standard());
  Mapping mapping;
  mapping.program = std::move(lowered.program);
  mapping.tiles = std::move(lowered.tiles);
  mapping.dataflow = std::move(lowered.dataflow);
  double cells = 0, used = 0;
  for (const workloads::Matrix& matrix : network.matrices) {
    if (matrix.digital) continue;
    const tiles::TileParameters& tile = tiles.of(matrix.name);
    cells += static_cast<double>(layout.of(matrix.name).blocks.size()) * tile.rows * tile.columns;
    used += static_cast<double>(matrix.inputs) * matrix.outputs / matrix.groups * tile.coding.columns_per_output();
  }
  mapping.utilisation = used / cells;
  return mapping;
}

}  // namespace mho::mapper
