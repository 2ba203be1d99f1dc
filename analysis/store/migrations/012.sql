-- Values that number formats do not hold, settings of single layers, the sampling error, warnings.
CREATE TABLE layer_format (
  run INTEGER NOT NULL,
  layer INTEGER NOT NULL,
  "values" TEXT NOT NULL CHECK ("values" IN ('results', 'partial sums', 'column scales')),
  overflow REAL NOT NULL,                     -- share beyond the format's largest number, which they become
  underflow REAL NOT NULL,                    -- share that is not 0 and becomes 0
  PRIMARY KEY (run, layer, "values"),
  FOREIGN KEY (run, layer) REFERENCES layer(run, layer) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE warning (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  warning INTEGER NOT NULL,                   -- from 0
  text TEXT NOT NULL,
  PRIMARY KEY (run, warning)
) STRICT, WITHOUT ROWID;
CREATE TABLE layer_parameter (
  run INTEGER NOT NULL,
  layer INTEGER NOT NULL,
  key TEXT NOT NULL,                          -- as parameter.key; digital: 1 where its products are made digitally
  value ANY NOT NULL,
  unit TEXT NOT NULL,
  PRIMARY KEY (run, layer, key),
  FOREIGN KEY (run, layer) REFERENCES layer(run, layer) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE accuracy_time (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  time_s REAL NOT NULL,
  sampling_sem REAL,                          -- standard error of the mean for being measured on these samples; NULL: a single sample
  PRIMARY KEY (run, time_s)
) STRICT, WITHOUT ROWID;
-- What v_run shows of every run, without the pages that hold design_json.
CREATE INDEX run_figures ON run(created, network, data, design, metric, float_accuracy, latency_s, throughput_per_s, energy_per_inference_j,
                                average_power_w, area_mm2, tops_per_watt, tiles, utilisation, converged, seed, version);
