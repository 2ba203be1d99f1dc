#pragma once

#include <optional>
#include <string>

#include "analysis/trace/layer_times.h"
#include "hw/program/activity.h"
#include "workloads/execution/evaluation.h"
#include "workloads/execution/tiled_network.h"

namespace mho::analysis {

/// Result of a chip simulation with the working times of its layers.
struct SimulatedChip {
  hw::SimulationResult simulation{};
  LayerTimes times{};
};

/// Serialises a value to bytes that restore it bit for bit, on this machine and with this build. For double, workloads::InputCalibration,
/// workloads::AnalogEvaluation and SimulatedChip.
template <class Kind>
std::string packed(const Kind& value);

/// The value; empty if the bytes are damaged.
template <class Kind>
std::optional<Kind> unpacked(const std::string& bytes);

}  // namespace mho::analysis
