#pragma once

#include <cstddef>
#include <string>

#include "analysis/design/design.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/tiled_network.h"

namespace mho::analysis {

class WorkCache;

/// The same as workloads::calibrate with the first `samples` samples. The parts of each matrix are taken from `cache` if it holds them, so that
/// designs that change other layers, converters or devices calibrate nothing anew. `cache` null: always computed. Throws as workloads::calibrate.
workloads::InputCalibration calibrated(const Design& design, const workloads::TiledNetwork& tiled, const workloads::Dataset& data,
                                       std::size_t samples, int threads, WorkCache* cache, const std::string& label = "calibrating");

}  // namespace mho::analysis
