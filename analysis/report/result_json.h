#pragma once

#include <cstdint>

#include "analysis/design/design.h"
#include "analysis/experiment/experiment.h"
#include "base/json.h"

namespace mho::analysis {

/// A JSON object with the figures of a run: float_accuracy, accuracy [{time_s, mean, sem, repeats}], latency_s, throughput_per_s,
/// energy_per_inference_j, average_power_w, area_mm2, tops_per_watt, tiles, utilisation, layers [...], run_id, design (resolved), and more. `sem` is
/// null for a single programming instance.
base::Json result_json(const Design& design, const Result& result, std::int64_t run_id);

/// The part of it for a chip without accuracy, with the effort of the simulation: stages [{name, node, busy_cycles, waiting_input_cycles,
/// waiting_output_cycles}], units and links of the steady-state window, bottleneck, simulated_cycles, simulation_wall_s, cycles_per_s,
/// flit_hops_per_s.
base::Json chip_json(const Design& design, const ChipResult& result, std::int64_t run_id);

}  // namespace mho::analysis
