#include "workloads/execution/programmed.h"

#include <stdexcept>

#include "base/progress.h"

namespace mho::workloads {

namespace {

std::vector<float> ranges_of(const InputCalibration& calibration, const Matrix& matrix) {
  const auto found = calibration.parts.find(matrix.name);
  if (found == calibration.parts.end()) throw std::logic_error("no input calibration for matrix " + matrix.name);
  std::vector<float> ranges;
  for (const auto& part : found->second) ranges.push_back(part.range);
  return ranges;
}

}  // namespace

ProgrammedMatrices::ProgrammedMatrices(const TiledNetwork& tiled, std::uint64_t seed, std::uint32_t programming, int threads,
                                       std::map<std::string, std::vector<tiles::ConductanceExchange>>* measured)
    : analog_(tiled.network.matrices.size()), exact_(tiled.network.matrices.size()) {
  base::parallel_for(analog_.size(), threads, [&](std::size_t m) {
    const Matrix& matrix = tiled.network.matrices[m];
    if (matrix.digital) {
      exact_[m].emplace(matrix.inputs, matrix.outputs, matrix.weights, std::span<const float>());
      return;
    }
    const tiles::TileParameters& own = tiled.tiles.of(matrix.name);
    const std::vector<float> ranges = own.input_range.is_static() ? ranges_of(tiled.calibration, matrix) : std::vector<float>();
    std::span<tiles::ConductanceExchange> exchange;
    if (measured != nullptr) exchange = measured->at(matrix.name);
    analog_[m].emplace(own, tiled.layout.of(matrix.name), matrix.weights, std::span<const float>(), ranges, seed, programming, exchange);
  });
}

void ProgrammedMatrices::set_time(double seconds, std::uint32_t time_index, int threads) {
  base::parallel_for(analog_.size(), threads, [&](std::size_t m) {
    if (analog_[m]) analog_[m]->set_time(seconds, time_index);
  });
}

void ProgrammedMatrices::measure_conductances() {
  for (auto& matrix : analog_) {
    if (matrix) matrix->measure_conductances();
  }
}

void ProgrammedProducts::multiply(std::size_t node, std::size_t which, int /*group*/, std::span<const float> rows,
                                  std::span<const base::EventId> events, std::span<float> y) {
  const auto matrix = static_cast<std::size_t>(network_.nodes[node].matrices[which]);
  if (const tiles::AnalogMatrix* on_tiles = matrices_.on_tiles(matrix)) return on_tiles->forward(rows, events, y);
  matrices_.exact(matrix).forward(rows, events.size(), y);
}

}  // namespace mho::workloads
