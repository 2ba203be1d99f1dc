#include "analysis/page/run_sections.h"

namespace mho::analysis {

std::string_view overview_sql() {
  return "SELECT v.run, v.name, v.tags, v.created, v.network, v.data, v.design, v.fidelity, v.metric, v.seed, r.samples, r.repeats, r.chance, "
         "v.float_accuracy, "
         "v.first_time_s, v.first_accuracy, v.last_time_s, v.last_accuracy, v.latency_s, r.interval_s, v.throughput_per_s, "
         "v.energy_per_inference_j, r.single_shot_energy_j, v.average_power_w, r.leakage_w, v.area_mm2, v.tops_per_watt, v.tiles, "
         "r.tiles_available, v.utilisation, v.converged, r.weights, r.macs, r.bottleneck_kind, r.bottleneck, r.wall_s, v.version, r.command, "
         "r.network_hash, r.data_hash, r.first_sample, r.calibration_samples, r.yield_threshold, v.repeats_requested, v.interrupted, v.exit_code, "
         "v.reason, v.machine "
         "FROM v_run v JOIN run r ON r.id = v.run WHERE v.run = ?1";
}

const std::vector<RunSection>& run_sections() {
  static const std::vector<RunSection> sections{
      {"parameter", "SELECT key, value, unit, origin FROM parameter WHERE run = ?1 ORDER BY key"},
      {"warning", "SELECT text FROM warning WHERE run = ?1 ORDER BY warning"},
      {"band", "SELECT figure, nominal, low, high, main_component, main_share FROM band WHERE run = ?1 ORDER BY figure"},
      {"accuracy",
       "SELECT time_s, mean, sem, confidence_95(repeats) AS reach, sampling_sem, worst, percentile5, median, normalised, yield, repeats "
       "FROM v_accuracy WHERE run = ?1 ORDER BY time_s"},
      {"component",
       "SELECT component, per, count, joule, leakage_w, mm2, energy_spread, leakage_spread, area_spread, user_figures, source "
       "FROM component WHERE run = ?1 ORDER BY component"},
      {"layer",
       "SELECT v.name, v.operation, v.shape, v.matrix, v.tiles, l.positions, v.mvms, v.busy_cycles, l.waiting_input_cycles, l.waiting_output_cycles, "
       "v.energy_j, v.tiles_mm2, v.clipped_inputs, "
       "v.clipped_outputs, v.adc_bits_used, v.snr_db, v.snr_last_db, v.result_scale, v.result_overflow, v.result_underflow, "
       "v.partial_sum_overflow, v.partial_sum_underflow, v.scale_overflow, v.scale_underflow "
       "FROM v_layer v JOIN layer l ON l.run = v.run AND l.layer = v.layer WHERE v.run = ?1 ORDER BY v.layer"},
      {"efficiency", "SELECT scope, tops, tops_per_watt, tops_per_mm2 FROM efficiency WHERE run = ?1 ORDER BY scope"},
      {"bound", "SELECT what, place, seconds FROM bound WHERE run = ?1 ORDER BY seconds DESC, what"},
      {"layer_time", "SELECT number, name, begin_s, end_s, working_s, latency_s, latency_working_s FROM layer_time WHERE run = ?1 ORDER BY number"},
      {"marginal",
       "SELECT resource, change, interval_s, latency_s, mm2, joule, interval_percent, latency_percent, area_percent, energy_percent, full_links, "
       "bound "
       "FROM v_marginal WHERE run = ?1 ORDER BY number"},
      {"programmed",
       "SELECT time_s, json_group_array(value) AS values_json FROM (SELECT time_s, value FROM accuracy WHERE run = ?1 ORDER BY time_s, repeat) "
       "GROUP BY time_s ORDER BY time_s"},
      {"block", "SELECT block, sum(joule) AS joule FROM energy WHERE run = ?1 GROUP BY block ORDER BY block"},
      {"stage",
       "SELECT stage, name, kind, phase, node, layer, positions, clock_hz, busy_cycles, waiting_input_cycles, waiting_output_cycles "
       "FROM v_stage WHERE run = ?1 ORDER BY stage"},
      {"occupancy", "SELECT number, feed, part_s, percent AS percent_json FROM occupancy WHERE run = ?1 ORDER BY feed, number"},
      {"sequence", "SELECT mode, tokens, context, tokens_per_s, energy_per_token_j FROM sequence_run WHERE run = ?1"},
      {"batch", "SELECT inferences, seconds FROM back_to_back WHERE run = ?1"},
      {"programming", "SELECT devices, joule, seconds FROM programming WHERE run = ?1"},
      {"reference", "SELECT name, seconds, joule, mm2, bound, source FROM reference WHERE run = ?1"},
      {"phase", "SELECT phase, name, programs, single_s, batch_s, batch FROM phase WHERE run = ?1 ORDER BY phase"},
      {"layer_block",
       "SELECT coalesce(l.name, '') AS layer, e.block, sum(e.joule) AS joule FROM energy e "
       "LEFT JOIN layer l ON l.run = e.run AND l.layer = e.layer WHERE e.run = ?1 GROUP BY e.layer, e.block ORDER BY e.layer, e.block"},
      {"layer_parameter",
       "SELECT l.name AS layer, p.key, p.value, p.unit FROM layer_parameter p JOIN layer l ON l.run = p.run AND l.layer = p.layer "
       "WHERE p.run = ?1 ORDER BY p.layer, p.key"},
      {"tile", "SELECT node, tile, phase, layer, \"rows\", columns FROM tile WHERE run = ?1 ORDER BY part"},
      {"unit", "SELECT node, name, worked_percent, held_percent FROM v_unit WHERE run = ?1 ORDER BY node, name"},
      {"link", "SELECT kind, from_node, to_node, flits_per_cycle FROM v_link WHERE run = ?1 AND flits_per_cycle > 0 ORDER BY from_node, to_node"},
      {"event", "SELECT component, event, count, joule FROM event WHERE run = ?1 ORDER BY component, event"},
      {"gate", "SELECT unit, number, gated_percent, wakes, saved_j FROM v_gate WHERE run = ?1 ORDER BY unit, number"},
  };
  return sections;
}

}  // namespace mho::analysis
