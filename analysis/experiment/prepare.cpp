#include "analysis/experiment/prepare.h"

#include "analysis/design/layer_rules.h"
#include "mapper/mapper.h"
#include "workloads/execution/calibration.h"
#include "workloads/execution/evaluation.h"

namespace mho::analysis {

workloads::TiledNetwork prepare(const Design& design, workloads::Network network, const PrepareOptions& options) {
  tiles::LayerTiles tiles = apply_layer_rules(design, network);
  if (options.calibration != nullptr) workloads::check_fit(network, *options.calibration);
  workloads::TiledNetwork tiled = mapper::lay_out(std::move(network), std::move(tiles));
  if (options.copies) {
    mapper::assign_copies(tiled, design.chip, design.mapper.copies, layer_copies(design, tiled.network), design.mapper.row_turns);
    tiled.calibration = workloads::full_scale_inputs(tiled.layout);
  }
  if (options.mapped_for) {
    mapper::MapperParameters least = design.mapper;  // what fits with the least buffers fits
    least.buffers_for_throughput = false;
    hw::verify(mapper::map(tiled, design.chip, least, *options.mapped_for).program, design.chip);
  }
  if (options.check) options.check(tiled);
  if (options.calibration != nullptr) {
    tiled.calibration = workloads::calibrate(tiled, *options.calibration, 0, options.calibration_samples, options.threads);
  }
  return tiled;
}

}  // namespace mho::analysis
