#include "analysis/store/schema.h"

namespace mho::analysis {

std::string_view schema_sql() {
  return R"sql(
-- One experiment: what was asked, what came out. A run can be repeated from design_json, the hashes, options and seed. A simulation of the chip
-- alone has no accuracy: what says how the network was scored is NULL then, and the data too where it had none.
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  version TEXT NOT NULL,
  created TEXT NOT NULL,                      -- UTC, ISO 8601
  command TEXT NOT NULL,
  seed INTEGER NOT NULL,
  threads INTEGER NOT NULL,                   -- never changes a result
  wall_s REAL NOT NULL,
  network TEXT NOT NULL,
  network_hash TEXT NOT NULL,
  weights INTEGER NOT NULL,
  macs INTEGER NOT NULL,                      -- multiply-accumulates on tiles per inference
  data TEXT,
  data_hash TEXT,
  first_sample INTEGER,
  samples INTEGER,                            -- scored
  calibration_samples INTEGER,
  calibrated_on_test INTEGER CHECK (calibrated_on_test IN (0, 1)),
  repeats INTEGER,                            -- programmings that were finished
  metric TEXT,                                -- of float_accuracy and accuracy.value: top1, top5, f1 (shares), nats, mse (less is better)
  chance REAL,                                -- the metric by guessing
  yield_threshold REAL,                       -- normalised accuracy from which on a chip counts as good
  design TEXT NOT NULL,
  design_hash TEXT NOT NULL,
  design_json TEXT NOT NULL,
  float_accuracy REAL,
  float_accuracy_scored REAL,
  latency_s REAL NOT NULL,
  interval_s REAL NOT NULL,
  throughput_per_s REAL NOT NULL,
  converged INTEGER NOT NULL CHECK (converged IN (0, 1)),
  steady_inferences INTEGER NOT NULL,
  cycles INTEGER NOT NULL,                    -- simulated: one inference alone, then steady_inferences back to back
  simulation_wall_s REAL NOT NULL,            -- that took
  simulated_flit_hops INTEGER NOT NULL,       -- in these cycles
  bottleneck TEXT NOT NULL,                   -- one line: what sets the pace in steady state
  bottleneck_kind TEXT NOT NULL,              -- unit, link, credits, recurrence, stage
  window_s REAL NOT NULL,                     -- of steady state that stage, unit and link count in
  window_inferences INTEGER NOT NULL,         -- that left in it
  packets INTEGER NOT NULL,                   -- of one inference
  flit_hops INTEGER NOT NULL,                 -- of one inference
  energy_per_inference_j REAL NOT NULL,
  single_shot_energy_j REAL NOT NULL,
  average_power_w REAL NOT NULL,
  leakage_w REAL NOT NULL,                    -- mean in steady state
  area_mm2 REAL NOT NULL,
  tops_per_watt REAL NOT NULL,
  tiles INTEGER NOT NULL,
  tiles_available INTEGER NOT NULL,
  utilisation REAL NOT NULL
) STRICT;

CREATE TABLE parameter (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value ANY NOT NULL,
  unit TEXT NOT NULL,
  origin TEXT NOT NULL,                       -- default, file:line:column or --set
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE layer (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  layer INTEGER NOT NULL,
  name TEXT NOT NULL,
  operation TEXT NOT NULL,
  shape TEXT NOT NULL,
  matrix TEXT,                                -- outputs x inputs, analog layers
  tiles INTEGER NOT NULL,
  positions INTEGER NOT NULL,
  mvms INTEGER NOT NULL,
  busy_cycles INTEGER NOT NULL,
  waiting_input_cycles INTEGER NOT NULL,
  waiting_output_cycles INTEGER NOT NULL,
  energy_j REAL NOT NULL,
  clipped_inputs REAL,
  clipped_outputs REAL,
  adc_bits_used REAL,                         -- of the converters' range
  snr_db REAL,                                -- at the outputs of its tiles, first time
  snr_last_db REAL,                           -- last time
  PRIMARY KEY (run, layer)
) STRICT, WITHOUT ROWID;

-- What a stage of the program did in the run's window of steady state.
CREATE TABLE stage (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  stage INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('source', 'analog', 'digital', 'sink', 'programming')),
  phase INTEGER NOT NULL,                     -- of table phase, where weights are reloaded; else 0
  node INTEGER NOT NULL,                      -- mesh node
  layer INTEGER,                              -- NULL: source and sink
  positions INTEGER NOT NULL,
  clock_hz REAL NOT NULL,                     -- of its core: of the cycles
  busy_cycles INTEGER NOT NULL,               -- its slowest unit at work
  waiting_input_cycles INTEGER NOT NULL,
  waiting_output_cycles INTEGER NOT NULL,     -- for room in its output buffer
  PRIMARY KEY (run, stage),
  FOREIGN KEY (run, layer) REFERENCES layer(run, layer)
) STRICT, WITHOUT ROWID;

-- Where weights are reloaded: parts of a batch that have the chip to themselves, in their order.
CREATE TABLE phase (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  phase INTEGER NOT NULL,
  name TEXT NOT NULL,
  programs INTEGER NOT NULL CHECK (programs IN (0, 1)), -- tiles, once a batch; else it computes the inferences of the batch
  single_s REAL NOT NULL,                     -- with one inference
  batch_s REAL NOT NULL,                      -- with a batch
  batch INTEGER NOT NULL,                     -- inferences of it
  PRIMARY KEY (run, phase)
) STRICT, WITHOUT ROWID;

-- What a unit of a core did in the run's window of steady state; the rest of it there was nothing to do.
CREATE TABLE unit (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  unit INTEGER NOT NULL,
  node INTEGER NOT NULL,                      -- mesh node
  name TEXT NOT NULL,                         -- drivers, array, converters, scale, vector unit, port in, port out
  clock_hz REAL NOT NULL,                     -- of its core: of the cycles
  worked_cycles INTEGER NOT NULL,
  held_cycles INTEGER NOT NULL,               -- with finished work that nothing had room for
  PRIMARY KEY (run, unit)
) STRICT, WITHOUT ROWID;

-- What a power gate did in the run's window of steady state; no rows without power gating.
CREATE TABLE gate (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  unit TEXT NOT NULL CHECK (unit IN ('router', 'core')),
  number INTEGER NOT NULL,                    -- router; mesh node of the core
  gated_share REAL NOT NULL,                  -- of the time
  wakes REAL NOT NULL,                        -- per inference
  not_leaked_j REAL NOT NULL,                 -- per inference: leakage that it did not take
  switched_j REAL NOT NULL,                   -- per inference: what being gated and woken took
  PRIMARY KEY (run, unit, number)
) STRICT, WITHOUT ROWID;

-- Flits over each direction of a link in the run's window of steady state.
CREATE TABLE link (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  link INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('between', 'inject', 'eject')),
  from_node INTEGER NOT NULL,                 -- router; the node where flits are injected
  to_node INTEGER NOT NULL,                   -- router; the node where they are ejected
  clock_hz REAL NOT NULL,                     -- of the network
  flits INTEGER NOT NULL,
  PRIMARY KEY (run, link)
) STRICT, WITHOUT ROWID;

-- Of a network that reads a sequence of tokens, where it was run as such.
CREATE TABLE token_run (
  run INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
  mode TEXT NOT NULL CHECK (mode IN ('prefill', 'decode')), -- an inference is the whole sequence, or one token
  tokens INTEGER NOT NULL,                    -- of the sequence
  context INTEGER NOT NULL,                   -- tokens that one sees, itself included
  tokens_per_s REAL,                          -- NULL: a single inference
  energy_per_token_j REAL NOT NULL,
  cache_read_bits REAL NOT NULL,              -- per token: keys and values from memory
  cache_written_bits REAL NOT NULL            -- the same to it
) STRICT;

-- Where a number of inferences was asked for: those after the single one.
CREATE TABLE back_to_back (
  run INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
  inferences INTEGER NOT NULL,
  seconds REAL NOT NULL                       -- from the first input to the last output, the chip idle before
) STRICT;

-- What a chip that computes found for its samples.
CREATE TABLE computed (
  run INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
  inferences INTEGER NOT NULL,
  first_sample INTEGER NOT NULL,              -- index in the test set
  time_s REAL NOT NULL,                       -- since programming
  outputs INTEGER NOT NULL,                   -- compared with the accuracy path
  equal_bits INTEGER NOT NULL CHECK (equal_bits = 1), -- else nothing is stored
  energy_per_inference_j REAL NOT NULL,
  input_pulses REAL NOT NULL,                 -- levels, per inference
  conversions REAL NOT NULL,                  -- per inference, repeated ones included
  expected_conversions REAL NOT NULL          -- if none were repeated
) STRICT;

CREATE TABLE computed_energy (
  run INTEGER NOT NULL REFERENCES computed(run) ON DELETE CASCADE,
  block TEXT NOT NULL,
  joule REAL NOT NULL,                        -- per inference in steady state
  PRIMARY KEY (run, block)
) STRICT, WITHOUT ROWID;

CREATE TABLE tile (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  part INTEGER NOT NULL,                      -- blocks in mapping order
  tile INTEGER NOT NULL,                      -- logical tile
  node INTEGER NOT NULL,                      -- mesh node
  phase INTEGER NOT NULL,                     -- in which it computes, where weights are reloaded; else 0
  layer TEXT NOT NULL,
  row_part INTEGER NOT NULL,
  column_part INTEGER NOT NULL,
  input_begin INTEGER NOT NULL,
  output_begin INTEGER NOT NULL,
  "rows" INTEGER NOT NULL,
  columns INTEGER NOT NULL,
  tile_row INTEGER NOT NULL,
  tile_column INTEGER NOT NULL,
  PRIMARY KEY (run, part)
) STRICT, WITHOUT ROWID;

-- One training with the tiles in its forward pass.
CREATE TABLE training (
  id INTEGER PRIMARY KEY,
  version TEXT NOT NULL,
  created TEXT NOT NULL,                      -- UTC, ISO 8601
  command TEXT NOT NULL,
  threads INTEGER NOT NULL,
  wall_s REAL NOT NULL,
  network TEXT NOT NULL,                      -- that it began with
  network_hash TEXT NOT NULL,
  weights INTEGER NOT NULL,
  data TEXT NOT NULL,
  data_hash TEXT NOT NULL,
  metric TEXT NOT NULL,                       -- of epoch.metric
  design_json TEXT NOT NULL,
  recipe_json TEXT NOT NULL,
  from_scratch INTEGER NOT NULL CHECK (from_scratch IN (0, 1)),
  out TEXT NOT NULL,                          -- file of the trained network
  out_hash TEXT NOT NULL                      -- run.network_hash of its runs
) STRICT;

-- Means over the steps of an epoch, under the noise of the training.
CREATE TABLE epoch (
  training INTEGER NOT NULL REFERENCES training(id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,                     -- from 1
  loss REAL NOT NULL,
  metric REAL NOT NULL,
  rate REAL NOT NULL,                         -- learning rate of the last step
  noise REAL NOT NULL,                        -- scale of the weight noise in the last step
  seconds REAL NOT NULL,
  PRIMARY KEY (training, epoch)
) STRICT, WITHOUT ROWID;

-- Trainings as they ended, and the runs of what they wrote.
CREATE VIEW v_training AS
SELECT t.id AS training, t.created, t.network, t.data, t.metric, t.out, json_extract(t.recipe_json, '$.noise.scale') AS noise_scale,
       e.epoch AS epochs, e.loss, e.metric AS training_metric, t.wall_s, r.id AS run
FROM training t
LEFT JOIN epoch e ON e.training = t.id AND e.epoch = (SELECT max(epoch) FROM epoch WHERE training = t.id)
LEFT JOIN run r ON r.network_hash = t.out_hash;

CREATE TABLE energy (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  layer INTEGER,                              -- NULL: shared by all (network, port, leakage)
  block TEXT NOT NULL,
  joule REAL NOT NULL,                        -- per inference in steady state
  FOREIGN KEY (run, layer) REFERENCES layer(run, layer)
) STRICT;
CREATE INDEX energy_by_run ON energy(run, layer, block);

CREATE TABLE area (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  block TEXT NOT NULL,
  count INTEGER NOT NULL,
  mm2 REAL NOT NULL,
  PRIMARY KEY (run, block)
) STRICT, WITHOUT ROWID;

CREATE TABLE accuracy (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  time_s REAL NOT NULL,
  repeat INTEGER NOT NULL,
  value REAL NOT NULL,                        -- in the run's metric
  PRIMARY KEY (run, time_s, repeat)
) STRICT, WITHOUT ROWID;

-- One chip at one time; rank 1 is the worst. Normalised: 1 as good as float, 0 no better than guessing.
CREATE VIEW v_chip AS
SELECT a.run, a.time_s, a.repeat, a.value, (a.value - r.chance) / (r.float_accuracy_scored - r.chance) AS normalised,
       row_number() OVER (PARTITION BY a.run, a.time_s
                          ORDER BY CASE WHEN r.float_accuracy_scored < r.chance THEN -a.value ELSE a.value END, a.repeat) AS rank,
       count(*) OVER (PARTITION BY a.run, a.time_s) AS repeats,
       r.yield_threshold
FROM accuracy a JOIN run r ON r.id = a.run;

CREATE VIEW v_accuracy AS
SELECT run, time_s, avg(value) AS mean,
       CASE WHEN count(*) > 1
            THEN sqrt(max(0.0, (avg(value * value) - avg(value) * avg(value)) / (count(*) - 1))) END AS sem,
       count(*) AS repeats,
       max(CASE WHEN rank = 1 THEN value END) AS worst,
       max(CASE WHEN rank = max(1, (repeats * 5 + 99) / 100) THEN value END) AS percentile5,
       max(CASE WHEN rank = (repeats + 1) / 2 THEN value END) AS median,
       avg(normalised) AS normalised,
       avg(normalised >= yield_threshold) AS yield
FROM v_chip GROUP BY run, time_s;

CREATE VIEW v_run AS
SELECT r.id AS run, r.created, r.network, r.data, r.design, r.metric, r.float_accuracy,
       first.time_s AS first_time_s, first.mean AS first_accuracy, last.time_s AS last_time_s, last.mean AS last_accuracy,
       r.latency_s, r.throughput_per_s, r.energy_per_inference_j, r.average_power_w, r.area_mm2, r.tops_per_watt,
       r.tiles, r.utilisation, r.converged, r.seed, r.version
FROM run r
LEFT JOIN v_accuracy first ON first.run = r.id AND first.time_s = (SELECT min(time_s) FROM accuracy WHERE run = r.id)
LEFT JOIN v_accuracy last ON last.run = r.id AND last.time_s = (SELECT max(time_s) FROM accuracy WHERE run = r.id);

CREATE VIEW v_layer AS
SELECT l.run, r.network, l.layer, l.name, l.operation, l.shape, l.matrix, l.tiles, l.mvms, l.busy_cycles,
       l.energy_j, 100.0 * l.energy_j / r.energy_per_inference_j AS percent, l.clipped_inputs, l.clipped_outputs,
       l.adc_bits_used, l.snr_db, l.snr_last_db
FROM layer l JOIN run r ON r.id = l.run;

-- Per inference in steady state.
CREATE VIEW v_stage AS
SELECT s.run, r.network, s.stage, s.name, s.kind, s.phase, s.node, l.name AS layer, 1.0 * s.positions / r.window_inferences AS positions, s.clock_hz,
       1.0 * s.busy_cycles / r.window_inferences AS busy_cycles,
       1.0 * s.waiting_input_cycles / r.window_inferences AS waiting_input_cycles,
       1.0 * s.waiting_output_cycles / r.window_inferences AS waiting_output_cycles
FROM stage s JOIN run r ON r.id = s.run LEFT JOIN layer l ON l.run = s.run AND l.layer = s.layer;

-- Shares of the window of steady state.
CREATE VIEW v_unit AS
SELECT u.run, r.network, u.node, u.name, 100.0 * u.worked_cycles / (r.window_s * u.clock_hz) AS worked_percent,
       100.0 * u.held_cycles / (r.window_s * u.clock_hz) AS held_percent
FROM unit u JOIN run r ON r.id = u.run;

-- Shares of the time of a batch.
CREATE VIEW v_phase AS
SELECT p.run, r.network, p.phase, p.name, p.programs, p.batch, p.single_s, p.batch_s,
       100.0 * p.batch_s / (SELECT sum(batch_s) FROM phase WHERE run = p.run) AS percent
FROM phase p JOIN run r ON r.id = p.run;

CREATE VIEW v_gate AS
SELECT g.run, r.network, g.unit, g.number, 100.0 * g.gated_share AS gated_percent, g.wakes, g.not_leaked_j - g.switched_j AS saved_j
FROM gate g JOIN run r ON r.id = g.run;

CREATE VIEW v_link AS
SELECT l.run, r.network, l.kind, l.from_node, l.to_node, l.flits / (r.window_s * l.clock_hz) AS flits_per_cycle
FROM link l JOIN run r ON r.id = l.run;

-- What the simulation itself took.
CREATE VIEW v_simulation AS
SELECT id AS run, network, design, cycles, simulated_flit_hops, simulation_wall_s, cycles / simulation_wall_s AS cycles_per_s,
       simulated_flit_hops / simulation_wall_s AS flit_hops_per_s
FROM run;

CREATE VIEW v_energy AS
SELECT e.run, r.network, e.block, sum(e.joule) AS joule, 100.0 * sum(e.joule) / r.energy_per_inference_j AS percent
FROM energy e JOIN run r ON r.id = e.run GROUP BY e.run, e.block;

CREATE VIEW v_token AS
SELECT t.run, r.network, r.design, t.mode, t.tokens, t.context, r.latency_s, t.tokens_per_s, t.energy_per_token_j, t.cache_read_bits, t.cache_written_bits
FROM token_run t JOIN run r ON r.id = t.run;

-- Energy per inference by block: from statistics, and as the chip computed.
CREATE VIEW v_computed AS
SELECT c.run, r.network, c.block, e.joule AS statistical_joule, c.joule AS computed_joule,
       CASE WHEN e.joule > 0 THEN 100.0 * (c.joule / e.joule - 1) END AS difference_percent
FROM computed_energy c JOIN run r ON r.id = c.run
LEFT JOIN (SELECT run, block, sum(joule) AS joule FROM energy GROUP BY run, block) e ON e.run = c.run AND e.block = c.block;

-- What a network bears: one study of nonidealities, or of layers, whose rows follow in sensitivity or sensitivity_layer.
CREATE TABLE study (
  id INTEGER PRIMARY KEY,
  version TEXT NOT NULL,
  created TEXT NOT NULL,                      -- UTC, ISO 8601
  command TEXT NOT NULL,
  seed INTEGER NOT NULL,
  threads INTEGER NOT NULL,                   -- never changes a result
  wall_s REAL NOT NULL,
  network TEXT NOT NULL,
  network_hash TEXT NOT NULL,
  weights INTEGER NOT NULL,
  data TEXT NOT NULL,
  data_hash TEXT NOT NULL,
  first_sample INTEGER NOT NULL,
  samples INTEGER NOT NULL,                   -- scored
  calibration_samples INTEGER NOT NULL,
  calibrated_on_test INTEGER NOT NULL CHECK (calibrated_on_test IN (0, 1)),
  repeats INTEGER NOT NULL,                   -- programmings
  time_s REAL NOT NULL,                       -- after programming
  metric TEXT NOT NULL,                       -- as run.metric
  chance REAL NOT NULL,
  threshold REAL NOT NULL,                    -- normalised accuracy whose crossing was searched
  error REAL NOT NULL,                        -- relative MVM error at which accuracies are compared
  design TEXT NOT NULL,
  design_hash TEXT NOT NULL,
  design_json TEXT NOT NULL,
  float_accuracy REAL NOT NULL,               -- of the scored samples
  reference REAL NOT NULL,                    -- by nonideality: on ideal tiles; by layer: all analog
  reference_sem REAL,
  interrupted INTEGER NOT NULL CHECK (interrupted IN (0, 1))
) STRICT;

-- One nonideality alone on otherwise ideal tiles. A value that is NULL was not found; the column beside it says why.
CREATE TABLE sensitivity (
  study INTEGER NOT NULL REFERENCES study(id) ON DELETE CASCADE,
  nonideality TEXT NOT NULL,
  keys TEXT NOT NULL,                         -- parameters that hold the value, separated by blanks
  unit TEXT NOT NULL,
  at_threshold REAL,                          -- value at which normalised accuracy falls to the threshold
  at_threshold_why_not TEXT CHECK ((at_threshold IS NULL) = (at_threshold_why_not IS NOT NULL)),
  certain REAL,                               -- up to here accuracy is kept, with 95 % confidence
  possible REAL,                              -- from here on it is lost, with 95 % confidence
  error_at_threshold REAL,                    -- relative MVM error there
  at_error REAL,                              -- value that makes the error
  at_error_why_not TEXT CHECK ((at_error IS NULL) = (at_error_why_not IS NOT NULL)),
  accuracy_at_error REAL,                     -- in the study's metric
  accuracy_at_error_sem REAL,
  normalised_at_error REAL,
  PRIMARY KEY (study, nonideality)
) STRICT, WITHOUT ROWID;

-- One analog layer alone. Differences of the same programmings and samples in the study's metric, above 0: worse for being analog; 95 % intervals.
CREATE TABLE sensitivity_layer (
  study INTEGER NOT NULL REFERENCES study(id) ON DELETE CASCADE,
  layer INTEGER NOT NULL,
  name TEXT NOT NULL,
  lost REAL NOT NULL,                         -- by being the only analog layer
  lost_sem REAL,
  lost_low REAL,
  lost_high REAL,
  won REAL NOT NULL,                          -- by being the only digital layer
  won_sem REAL,
  won_low REAL,
  won_high REAL,
  PRIMARY KEY (study, layer)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_sensitivity AS
SELECT s.study, t.network, t.design, s.nonideality, s.unit, s.at_threshold, s.at_threshold_why_not, s.certain, s.possible,
       100.0 * s.error_at_threshold AS error_at_threshold_percent, s.at_error, s.at_error_why_not,
       s.accuracy_at_error, s.normalised_at_error, t.threshold, t.error
FROM sensitivity s JOIN study t ON t.id = s.study;

CREATE VIEW v_sensitivity_layer AS
SELECT l.study, t.network, t.design, l.layer, l.name, l.lost, l.lost_sem, coalesce(l.lost_low > 0 OR l.lost_high < 0, 0) AS lost_decided,
       l.won, l.won_sem, coalesce(l.won_low > 0 OR l.won_high < 0, 0) AS won_decided, t.reference, t.float_accuracy
FROM sensitivity_layer l JOIN study t ON t.id = l.study;
)sql";
}

}  // namespace mho::analysis
