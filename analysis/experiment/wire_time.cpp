#include "analysis/experiment/wire_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "tiles/wires/wires.h"

namespace mho::analysis {

double exact_wire_seconds(const tiles::TileParameters& tile, const tiles::Layout& layout, std::size_t readings, int threads) {
  if (tile.wires.kind != tiles::Wires::Kind::exact) return 0.0;
  // Work is proportional to outputs squared times inputs: each output is a right-hand side over all cells.
  double work = 0;
  double most = 0;
  const tiles::Block* largest = nullptr;
  for (const auto& matrix : layout.matrices) {
    for (const tiles::Block& block : matrix.blocks) {
      const double one = static_cast<double>(block.outputs()) * block.outputs() * block.inputs();
      work += one * matrix.copies;
      if (one > most) largest = &block;
      most = std::max(most, one);
    }
  }
  if (largest == nullptr) return 0.0;
  const double seconds = tiles::effective_matrix_seconds(tiles::circuit(tile.wires), largest->outputs(), largest->inputs());
  const int planes = tile.coding.columns_per_output() * (tile.coding.kind == tiles::WeightCoding::Kind::differential ? 2 : 1);
  return seconds * work / most * planes * static_cast<double>(readings) / threads;
}

std::size_t readings(const tiles::TileParameters& tile, std::size_t times) {
  return times + (tile.compensation == tiles::DriftCompensation::none ? 0 : 1);
}

void announce_wire_time(double seconds) {
  constexpr double worth_saying = 5;
  constexpr double minute = 60;
  if (seconds < worth_saying) return;
  const std::string text = seconds < 2 * minute ? fmt::format("{:.0f} s", seconds) : fmt::format("{:.0f} min", seconds / minute);
  fmt::print(stderr, "mho: exact wires will take about {}; fewer --repeats, --times or smaller tiles make it shorter\n", text);
}

}  // namespace mho::analysis
