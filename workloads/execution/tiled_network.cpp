#include "workloads/execution/tiled_network.h"

namespace mho::workloads {

InputCalibration full_scale_inputs(const tiles::Layout& layout) {
  InputCalibration calibration;
  for (const auto& matrix : layout.matrices) {
    calibration.parts[matrix.node].assign(static_cast<std::size_t>(matrix.row_parts), {.range = 1.0F, .mean_drive = 1.0});
  }
  return calibration;
}

}  // namespace mho::workloads
