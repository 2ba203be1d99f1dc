-- Costs by component, bands of figures; the index of v_run follows the number of the run.
CREATE TABLE component (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  component TEXT NOT NULL,
  per TEXT NOT NULL,                          -- chip, router, core, digital core, bank of converters, tile
  count INTEGER NOT NULL,                     -- on the chip, used or not
  joule REAL NOT NULL,                        -- of its events per inference in steady state
  leakage_w REAL NOT NULL,                    -- on the chip, nothing gated
  mm2 REAL NOT NULL,                          -- on the chip
  energy_spread REAL NOT NULL,                -- standard deviation of the logarithm of a factor on its energy; 0: exact or the user's
  leakage_spread REAL NOT NULL,
  area_spread REAL NOT NULL,
  user_figures TEXT NOT NULL,                 -- keys whose figure the design gives, between blanks
  source TEXT NOT NULL,
  PRIMARY KEY (run, component)
) STRICT, WITHOUT ROWID;
CREATE TABLE band (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  figure TEXT NOT NULL CHECK (figure IN ('energy_per_inference_j', 'average_power_w', 'leakage_w', 'area_mm2', 'tops_per_watt')),
  nominal REAL NOT NULL,
  low REAL NOT NULL,                          -- 5 % of chips lie below, as far as the models of costs can be trusted
  high REAL NOT NULL,                         -- 5 % lie above
  main_component TEXT,                        -- that makes most of the variance; NULL: all costs are exact
  main_share REAL NOT NULL,                   -- of the variance
  PRIMARY KEY (run, figure)
) STRICT, WITHOUT ROWID;
DROP INDEX run_figures;
CREATE INDEX run_figures ON run(id, created, network, data, design, metric, float_accuracy, latency_s, throughput_per_s, energy_per_inference_j,
                                average_power_w, area_mm2, tops_per_watt, tiles, utilisation, converged, seed, version);
