-- Runs are listed by their number also where nobody asks for an order.
DROP INDEX run_figures;
-- What v_run shows of every run, by its number and without the pages that hold design_json.
CREATE INDEX run_figures ON run(id, created, network, data, design, metric, float_accuracy, latency_s, throughput_per_s, energy_per_inference_j,
                                average_power_w, area_mm2, tops_per_watt, tiles, utilisation, converged, seed, version);
