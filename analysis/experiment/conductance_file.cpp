#include "analysis/experiment/conductance_file.h"

#include <fmt/format.h>

#include <cmath>

#include "base/design_file/document.h"
#include "base/error.h"
#include "tiles/analog_matrix.h"
#include "workloads/data/npz_files.h"

namespace mho::analysis {

namespace {

constexpr double siemens_per_microsiemens = 1e-6;

/// Positions of the devices of a block in its array of the file.
struct Places {
  explicit Places(const tiles::TileParameters& tile, const tiles::Block& block)
      : coding(tile.coding), rows(block.inputs()), outputs(block.outputs()), each(tile.coding.columns_per_output()) {
    differential = coding.kind == tiles::WeightCoding::Kind::differential;
    columns = outputs * each + (differential ? 0 : each);
    polarities = differential ? 2 : 1;
  }
  [[nodiscard]] workloads::Shape shape() const { return {rows, columns, polarities}; }
  /// Flat index of device `index` of a plane.
  [[nodiscard]] std::size_t at(const tiles::DevicePlane& plane, std::size_t index) const {
    const int within = plane.slice * coding.pairs + plane.pair;
    const bool reference = !differential && plane.sign != 0;
    const std::size_t row = reference ? index : index / static_cast<std::size_t>(outputs);
    const int output = reference ? outputs : static_cast<int>(index % static_cast<std::size_t>(outputs));
    const auto column = static_cast<std::size_t>(output) * static_cast<std::size_t>(each) + static_cast<std::size_t>(within);
    return (row * static_cast<std::size_t>(columns) + column) * static_cast<std::size_t>(polarities) + (differential ? plane.sign : 0);
  }
  tiles::WeightCoding coding;
  int rows, outputs, each;
  int columns = 0, polarities = 0;
  bool differential = true;
};

}  // namespace

std::string conductance_array(const tiles::Layout& layout, const tiles::Block& block) {
  if (!layout.packed()) return fmt::format("tile_{:04}", block.tile);
  return fmt::format("tile_{:04}_row_{}_column_{}", block.tile, block.tile_row, block.tile_column);
}

NetworkConductances target_conductances(const workloads::TiledNetwork& tiled) {
  NetworkConductances result;
  for (const auto& matrix : tiled.network.matrices) {
    if (matrix.digital) continue;
    const tiles::TileParameters& tile = tiled.tiles.of(matrix.name);
    if (tile.coding.residual) {
      throw base::UserError(
          fmt::format("layer '{}': later pairs hold the programming error of earlier pairs (tile.coding.pairing: residual), so their targets are "
                      "known only after programming; set tile.coding.pairing to equal to export targets",
                      matrix.name));
    }
    const auto& split = tiled.layout.of(matrix.name);
    auto& blocks = result[matrix.name];
    blocks.resize(split.all_blocks());
    const tiles::AnalogMatrix programmed(tile, split, matrix.weights, {}, {}, 0, 0, blocks);
  }
  return result;
}

std::string conductance_file(const workloads::TiledNetwork& tiled, const NetworkConductances& conductances) {
  std::vector<std::pair<std::string, std::string>> arrays;
  for (const auto& matrix : tiled.network.matrices) {
    if (matrix.digital) continue;
    const auto& split = tiled.layout.of(matrix.name);
    for (std::size_t b = 0; b < split.all_blocks(); ++b) {
      const Places places(tiled.tiles.of(matrix.name), split.block(b));
      std::vector<float> siemens(static_cast<std::size_t>(workloads::element_count(places.shape())), 0.0F);
      for (const tiles::DevicePlane& plane : conductances.at(matrix.name)[b].planes) {
        for (std::size_t i = 0; i < plane.microsiemens.size(); ++i) {
          siemens[places.at(plane, i)] = static_cast<float>(static_cast<double>(plane.microsiemens[i]) * siemens_per_microsiemens);
        }
      }
      arrays.emplace_back(conductance_array(tiled.layout, split.block(b)), workloads::npy_bytes(places.shape(), siemens));
    }
  }
  return workloads::npz_bytes(arrays);
}

NetworkConductances read_conductances(const std::string& path, const workloads::TiledNetwork& tiled, const base::InputLimit& limit) {
  const std::string bytes = base::naming_file(path, [&] { return base::read_file(path, limit); });
  const workloads::NpzFile arrays(bytes, path, limit);
  NetworkConductances result = target_conductances(tiled);  // gives the order of planes
  for (const auto& matrix : tiled.network.matrices) {
    if (matrix.digital) continue;
    const auto& split = tiled.layout.of(matrix.name);
    const double most = tiled.tiles.of(matrix.name).device.most_us;
    for (std::size_t b = 0; b < split.all_blocks(); ++b) {
      const std::string name = conductance_array(tiled.layout, split.block(b));
      if (!arrays.holds(name)) {
        throw base::UserError(fmt::format(
            "{}: the array '{}' of layer '{}' is missing; mho map --write-conductances writes the arrays that this network needs on this chip", path,
            name, matrix.name));
      }
      const workloads::NumberArray measured = base::naming_file(path, [&] { return arrays.numbers(name); });
      const Places places(tiled.tiles.of(matrix.name), split.block(b));
      if (measured.shape != places.shape()) {
        throw base::UserError(fmt::format("{}: array '{}' has shape {}, but layer '{}' has {} rows, {} columns and {} polarities there", path, name,
                                          workloads::shape_text(measured.shape), matrix.name, places.rows, places.columns, places.polarities));
      }
      tiles::ConductanceExchange& block = result.at(matrix.name)[b];
      block.measured = true;
      for (tiles::DevicePlane& plane : block.planes) {
        for (std::size_t i = 0; i < plane.microsiemens.size(); ++i) {
          const double siemens = measured.values[places.at(plane, i)], value = siemens / siemens_per_microsiemens;
          // A conductance above ten times the largest target is an error of the unit.
          constexpr double beyond = 10;
          if (!(value >= 0 && value <= beyond * most)) {
            throw base::UserError(fmt::format("{}: array '{}' holds {}; conductances are in siemens, from 0 to about {:.3g} here (tile.device)", path,
                                              name, siemens, most * siemens_per_microsiemens));
          }
          plane.microsiemens[i] = static_cast<float>(value);
        }
      }
    }
  }
  return result;
}

}  // namespace mho::analysis
