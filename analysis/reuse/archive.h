#pragma once

#include <optional>
#include <string>

#include "analysis/trace/layer_times.h"
#include "hw/program/activity.h"
#include "workloads/execution/evaluation.h"
#include "workloads/execution/tiled_network.h"

namespace mho::analysis {

/// What a chip did, and when its layers worked.
struct SimulatedChip {
  hw::SimulationResult simulation{};
  LayerTimes times{};
};

/// A value as bytes that give it back bit for bit, on this machine and with this build; for double, workloads::InputCalibration,
/// workloads::AnalogEvaluation and SimulatedChip.
template <class Kind>
std::string packed(const Kind& value);

/// The value; empty where the bytes are damaged.
template <class Kind>
std::optional<Kind> unpacked(const std::string& bytes);

}  // namespace mho::analysis
