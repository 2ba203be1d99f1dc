-- Tables of a file with results; Store::schema_version is the version of this text. A change of a table needs a new version, a migration and test data:
-- see "A column, table or view of the database" in DESIGN.md. Comments inside a table are stored with it: sqlite3's .schema shows them.

-- One experiment: what was asked, what came out. A run can be repeated from its parameters, rules, inputs, options and seed. A simulation of the chip
-- alone has no accuracy: what says how the network was scored is NULL then, and the data too where it had none. A run that was refused has an exit
-- code, its reason and what was known by then; its figures are NULL.
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  version TEXT NOT NULL,
  created TEXT NOT NULL,                      -- UTC, ISO 8601
  command TEXT NOT NULL,
  seed INTEGER NOT NULL,
  threads INTEGER NOT NULL,                   -- never changes a result
  wall_s REAL NOT NULL,
  network TEXT NOT NULL,
  network_hash TEXT,
  weights INTEGER,
  macs INTEGER,                               -- multiply-accumulates on tiles per inference
  data TEXT,
  data_hash TEXT,
  first_sample INTEGER,
  samples INTEGER,                            -- scored
  calibration_samples INTEGER,
  calibrated_on_test INTEGER CHECK (calibrated_on_test IN (0, 1)),
  repeats INTEGER,                            -- programming instances that were finished
  metric TEXT,                                -- of float_accuracy and accuracy.value: top1, top5, f1 (shares), nats, mse (less is better)
  chance REAL,                                -- the metric by guessing
  yield_threshold REAL,                       -- normalised accuracy from which on a chip counts as good
  design TEXT NOT NULL,
  design_hash TEXT,
  design_json TEXT,                           -- the whole design; NULL where parameters and rules make it up, as since schema version 17
  float_accuracy REAL,
  float_accuracy_scored REAL,
  latency_s REAL,
  interval_s REAL,
  throughput_per_s REAL,
  converged INTEGER CHECK (converged IN (0, 1)),
  steady_inferences INTEGER,
  cycles INTEGER,                             -- simulated: one inference alone, then steady_inferences back to back
  simulation_wall_s REAL,                     -- that took
  simulated_flit_hops INTEGER,                -- in these cycles
  bottleneck TEXT,                            -- one line: what sets the pace in steady state
  bottleneck_kind TEXT,                       -- unit, link, credits, recurrence, stage
  window_s REAL,                              -- of steady state that stage, unit and link count in
  window_inferences INTEGER,                  -- that left in it
  packets INTEGER,                            -- of one inference
  flit_hops INTEGER,                          -- of one inference
  energy_per_inference_j REAL,
  single_shot_energy_j REAL,
  average_power_w REAL,
  leakage_w REAL,                             -- mean in steady state
  area_mm2 REAL,
  tops_per_watt REAL,
  tiles INTEGER,
  tiles_available INTEGER,
  utilisation REAL,
  name TEXT,                                  -- --name; NULL: as the design is named
  tags TEXT NOT NULL DEFAULT '{}',            -- --tag: a JSON object of texts
  base TEXT,                                  -- the design before it was changed
  changes TEXT NOT NULL DEFAULT '{}',         -- JSON object: keys whose values differ from the base's; layers: the rules of --layer
  rules TEXT,                                 -- JSON object: the design's layers and blocks; NULL: it has none
  declarations TEXT,                          -- declaration.hash; NULL: setting has every key
  options TEXT NOT NULL DEFAULT '{}',         -- JSON object: what else the result depends on
  inputs TEXT NOT NULL DEFAULT '{}',          -- JSON object: the current folder, and path and hash of each file that was read
  details TEXT NOT NULL DEFAULT '{}',         -- JSON object: what is printed and has no column
  machine TEXT,                               -- its name, processor and number of threads
  repeats_requested INTEGER,
  interrupted INTEGER NOT NULL DEFAULT 0 CHECK (interrupted IN (0, 1)), -- before all that was requested was finished
  uid TEXT,                                   -- the same in every file that the run was merged into
  reason TEXT,                                -- why it was refused
  exit_code INTEGER NOT NULL DEFAULT 0        -- 0: it was not refused
    CONSTRAINT refused_for_a_reason CHECK ((exit_code = 0) = (reason IS NULL))
    CONSTRAINT every_figure_is_a_number CHECK (exit_code <> 0 OR
      network_hash || weights || macs || design_hash || latency_s || interval_s || throughput_per_s || converged ||
      steady_inferences || cycles || simulation_wall_s || simulated_flit_hops || bottleneck || bottleneck_kind || window_s ||
      window_inferences || packets || flit_hops || energy_per_inference_j || single_shot_energy_j || average_power_w || leakage_w
      || area_mm2 || tops_per_watt || tiles || tiles_available || utilisation IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX run_uid ON run(uid);
-- What v_run shows of every run, without the pages that hold design_json.
CREATE INDEX run_figures ON run(id, created, network, data, design, metric, float_accuracy, latency_s, throughput_per_s, energy_per_inference_j,
                                average_power_w, area_mm2, tops_per_watt, tiles, utilisation, converged, seed, version);

-- Runs by what was asked of them: points of explorations that are there already.
CREATE INDEX run_asked ON run(design_hash, network_hash, seed);

-- What a run warned of.
CREATE TABLE warning (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  warning INTEGER NOT NULL,                   -- from 0
  text TEXT NOT NULL,
  PRIMARY KEY (run, warning)
) STRICT, WITHOUT ROWID;

-- Parameters of a run that were given. The view parameter has all of them.
CREATE TABLE setting (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value ANY NOT NULL,
  unit TEXT NOT NULL,
  origin TEXT NOT NULL,                       -- default, file:line:column or --set
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;

-- What parameters are where nothing is given, as versions of mho declare them.
CREATE TABLE declaration (
  hash TEXT NOT NULL,                         -- of all that a version declares
  key TEXT NOT NULL,
  value ANY NOT NULL,
  unit TEXT NOT NULL,
  PRIMARY KEY (hash, key)
) STRICT, WITHOUT ROWID;

-- Contents of input files that were to be kept; a run, study or training names them by their hash.
CREATE TABLE kept_file (
  hash TEXT PRIMARY KEY,                      -- base::content_hash of the content
  content BLOB NOT NULL
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

-- Which values of a layer their floating-point format does not hold: digital.result_format, partial_sum_format, scale_format. float32 has no rows.
CREATE TABLE layer_format (
  run INTEGER NOT NULL,
  layer INTEGER NOT NULL,
  "values" TEXT NOT NULL CHECK ("values" IN ('results', 'partial sums', 'column scales')),
  overflow REAL NOT NULL,                     -- share beyond the format's largest number, which they become
  underflow REAL NOT NULL,                    -- share that is not 0 and becomes 0
  PRIMARY KEY (run, layer, "values"),
  FOREIGN KEY (run, layer) REFERENCES layer(run, layer) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What the design's rules give single layers; all else is as in parameter.
CREATE TABLE layer_parameter (
  run INTEGER NOT NULL,
  layer INTEGER NOT NULL,
  key TEXT NOT NULL,                          -- as parameter.key; digital: 1 where its products are made digitally
  value ANY NOT NULL,
  unit TEXT NOT NULL,
  PRIMARY KEY (run, layer, key),
  FOREIGN KEY (run, layer) REFERENCES layer(run, layer) ON DELETE CASCADE
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
  stages TEXT NOT NULL DEFAULT '[]',          -- JSON array: stage.stage of those that it worked on
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

-- Flits over each direction of a link in the run's window of steady state; no row where there were none.
CREATE TABLE link (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  link INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('between', 'inject', 'eject', 'chips')),
  from_node INTEGER NOT NULL,                 -- router; the node where flits are injected, or leave their chip
  to_node INTEGER NOT NULL,                   -- router; the node where they are ejected, or reach another chip
  clock_hz REAL NOT NULL,                     -- of the network; between chips: flits a second that the link could send
  flits INTEGER NOT NULL,
  PRIMARY KEY (run, link)
) STRICT, WITHOUT ROWID;

-- Of a network that reads a sequence of tokens, where it was run as such.
CREATE TABLE sequence_run (
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

-- What a functional simulation of the chip found for its samples.
CREATE TABLE functional (
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

CREATE TABLE functional_energy (
  run INTEGER NOT NULL REFERENCES functional(run) ON DELETE CASCADE,
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
  out_hash TEXT NOT NULL,                     -- run.network_hash of its runs; empty: no network was written
  name TEXT,                                  -- --name; NULL: as the design is named
  tags TEXT NOT NULL DEFAULT '{}',            -- as run.tags
  inputs TEXT NOT NULL DEFAULT '{}',          -- as run.inputs
  machine TEXT,                               -- as run.machine
  uid TEXT                                    -- as run.uid
) STRICT;
CREATE UNIQUE INDEX training_uid ON training(uid);

-- How a training ended, and what the network is worth that it wrote. Trainings stored before schema version 18 have no row.
CREATE TABLE training_end (
  training INTEGER PRIMARY KEY REFERENCES training(id) ON DELETE CASCADE,
  ended TEXT NOT NULL CHECK (ended IN ('finished', 'stopped', 'interrupted', 'failed')),
  fingerprint TEXT NOT NULL,                  -- of all that the weights depend on but threads and the number of epochs
  judged_by TEXT NOT NULL,                    -- data that the network was scored on
  judged_by_hash TEXT NOT NULL,
  samples INTEGER NOT NULL,                   -- of them
  repeats INTEGER NOT NULL,                   -- programmings
  age_s REAL NOT NULL,                        -- of the tiles
  kept_epoch INTEGER,                         -- whose state was written; NULL: none
  float_before REAL,                          -- the metric of the network that it began with; NULL: random weights
  tiles_before REAL,
  float_after REAL,                           -- of the network that was written
  tiles_after REAL,
  reason TEXT,                                -- why it failed; NULL: it did not
  exit_code INTEGER NOT NULL DEFAULT 0        -- of the command; of those stored before schema version 19: 0
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

-- The metric of the state that an epoch ended in, on training_end.judged_by. NULL: no finite number.
CREATE TABLE epoch_score (
  training INTEGER NOT NULL REFERENCES training(id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  in_float REAL,
  on_tiles REAL,
  PRIMARY KEY (training, epoch)
) STRICT, WITHOUT ROWID;

-- When a layer works; or the ports, for what comes in and goes out. Of one inference, the chip idle before. Without rows in runs stored before schema
-- version 19.
CREATE TABLE layer_time (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,                    -- input, layers in the order of the network, output
  layer INTEGER,                              -- NULL: input and output
  name TEXT NOT NULL,
  begin_s REAL NOT NULL,                      -- its first unit begins
  end_s REAL NOT NULL,                        -- its last one ends
  working_s REAL NOT NULL,                    -- at least one of its units works
  latency_s REAL NOT NULL,                    -- in which the last output waited for it; all add up to run.latency_s
  latency_working_s REAL NOT NULL,            -- of that, it works
  PRIMARY KEY (run, number),
  FOREIGN KEY (run, layer) REFERENCES layer(run, layer)
) STRICT, WITHOUT ROWID;

-- The same over time, in equal parts.
CREATE TABLE occupancy (
  run INTEGER NOT NULL,
  number INTEGER NOT NULL,                    -- layer_time.number
  feed TEXT NOT NULL CHECK (feed IN ('alone', 'back to back')), -- one inference; those after it, until the last one has left
  part_s REAL NOT NULL,                       -- length of a part
  percent TEXT NOT NULL,                      -- JSON array: of each part from 0 s on, in which it works
  PRIMARY KEY (run, number, feed),
  FOREIGN KEY (run, number) REFERENCES layer_time(run, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What one more of a resource of the chip would bring, each alone, as an estimate says: mho db improve. The first is the chip as it is.
CREATE TABLE marginal (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,                    -- 0: as it is
  resource TEXT NOT NULL,
  change TEXT NOT NULL,                       -- JSON array of key=value
  interval_s REAL,                            -- NULL: the network does not fit with it
  latency_s REAL,
  mm2 REAL,
  joule REAL,                                 -- per inference in steady state
  full_links INTEGER NOT NULL CHECK (full_links IN (0, 1)), -- where packets wait longer than an estimate knows
  bound TEXT NOT NULL,                        -- what sets the interval then
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

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

-- What each kind of component costs, and how far its figures can be trusted.
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

-- Figures of a run with the interval in which 90 % of chips lie.
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

-- Integers between blocks: the value of one step of a layer's results. Without rows where digital.result_format is a floating-point one.
CREATE TABLE result_scale (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  layer INTEGER NOT NULL,
  step REAL NOT NULL,
  PRIMARY KEY (run, layer),
  FOREIGN KEY (run, layer) REFERENCES layer(run, layer)
) STRICT, WITHOUT ROWID;

-- What events a component had, per inference in steady state. Their energies sum up to component.joule.
CREATE TABLE event (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  component TEXT NOT NULL,
  event TEXT NOT NULL,
  count REAL NOT NULL,
  joule REAL NOT NULL,
  PRIMARY KEY (run, component, event)
) STRICT, WITHOUT ROWID;

-- What it takes once to program the weights. Without a row where they are reloaded while the chip runs.
CREATE TABLE programming (
  run INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
  devices REAL NOT NULL,
  joule REAL NOT NULL,
  seconds REAL NOT NULL                       -- cores side by side, the tiles of one core one after the other
) STRICT;

-- Refreshing of devices, recalibration of the drift compensation, and tiles that do not work. Without a row: a run of an earlier version.
CREATE TABLE upkeep (
  run INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
  refresh_j REAL NOT NULL,                    -- of one programming of all devices; 0: never
  refresh_s REAL NOT NULL,
  recalibration_j REAL NOT NULL,              -- of one measurement; 0: none that costs
  recalibration_s REAL NOT NULL,
  power_w REAL NOT NULL,                      -- of both, mean over time, on top of run.average_power_w
  downtime REAL NOT NULL,                     -- share of time in which inferences wait for them
  tile_yield REAL NOT NULL                    -- share of chips with as many working tiles as the network takes
) STRICT;

-- The same network on a digital machine, int8. Without a row where none was wanted.
CREATE TABLE reference (
  run INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  macs REAL NOT NULL,                         -- per inference, of all trained matrices
  seconds REAL NOT NULL,                      -- of an inference, and between two
  joule REAL NOT NULL,                        -- per inference
  mm2 REAL,                                   -- NULL: not known
  bound TEXT NOT NULL,                        -- what takes the time: array, operations, memory
  source TEXT NOT NULL
) STRICT;

-- Simulated or estimated. Without a row: simulated.
CREATE TABLE fidelity (
  run INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
  fidelity TEXT NOT NULL CHECK (fidelity IN ('simulate', 'estimate'))
) STRICT;

-- A trained matrix on tiles.
CREATE TABLE matrix (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  outputs INTEGER NOT NULL,
  inputs INTEGER NOT NULL,
  copies INTEGER NOT NULL,
  turn INTEGER NOT NULL,                      -- successive output positions that a copy serves
  tiles INTEGER NOT NULL,                     -- of all copies
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;

-- What one stage sends another in an inference.
CREATE TABLE edge (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  edge INTEGER NOT NULL,
  producer INTEGER NOT NULL,                  -- stage.stage
  consumer INTEGER NOT NULL,                  -- stage.stage
  positions INTEGER NOT NULL,
  bits_per_position INTEGER NOT NULL,
  capacity INTEGER NOT NULL,                  -- positions that the consumer buffers
  routers INTEGER NOT NULL,                   -- that a packet crosses
  PRIMARY KEY (run, edge)
) STRICT, WITHOUT ROWID;

-- The busiest unit or link of each kind works so long for an inference; no interval is shorter.
CREATE TABLE bound (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  what TEXT NOT NULL,                         -- tiles, digital units, ports, links
  place TEXT NOT NULL,
  seconds REAL NOT NULL,
  PRIMARY KEY (run, what)
) STRICT, WITHOUT ROWID;

-- Operations a second, a joule and a square millimetre; 2 operations for each multiply-accumulate of the matrices on tiles. Without rows where only one
-- inference was simulated.
CREATE TABLE efficiency (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  scope TEXT NOT NULL CHECK (scope IN ('peak', 'sustained', 'used')),  -- every tile at full load; this network on the chip; on the parts that hold it
  tops REAL NOT NULL,
  tops_per_watt REAL NOT NULL,
  tops_per_mm2 REAL NOT NULL,
  PRIMARY KEY (run, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE accuracy (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  time_s REAL NOT NULL,
  repeat INTEGER NOT NULL,
  value REAL NOT NULL,                        -- in the run's metric
  PRIMARY KEY (run, time_s, repeat)
) STRICT, WITHOUT ROWID;

-- What is known of all programmings at one time.
CREATE TABLE accuracy_time (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  time_s REAL NOT NULL,
  sampling_sem REAL,                          -- standard error of the mean for being measured on these samples; NULL: a single sample
  PRIMARY KEY (run, time_s)
) STRICT, WITHOUT ROWID;

-- How sensitive a network is: one study of nonidealities, or of layers, whose rows follow in sensitivity or sensitivity_layer.
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
  repeats INTEGER NOT NULL,                   -- programming instances
  time_s REAL NOT NULL,                       -- after programming
  metric TEXT NOT NULL,                       -- as run.metric
  chance REAL NOT NULL,
  threshold REAL NOT NULL,                    -- normalised accuracy down to which values were searched
  error REAL NOT NULL,                        -- relative MVM error at which accuracies are compared
  design TEXT NOT NULL,
  design_hash TEXT NOT NULL,
  design_json TEXT NOT NULL,
  float_accuracy REAL NOT NULL,               -- of the scored samples
  reference REAL NOT NULL,                    -- by nonideality: on ideal tiles; by layer: all analog
  reference_sem REAL,
  interrupted INTEGER NOT NULL CHECK (interrupted IN (0, 1)),
  name TEXT,                                  -- --name; NULL: as the design is named
  tags TEXT NOT NULL DEFAULT '{}',            -- as run.tags
  inputs TEXT NOT NULL DEFAULT '{}',          -- as run.inputs
  machine TEXT,                               -- as run.machine
  options TEXT NOT NULL DEFAULT '{}',         -- as run.options
  uid TEXT                                    -- as run.uid
) STRICT;
CREATE UNIQUE INDEX study_uid ON study(uid);

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

-- One analog layer alone. Differences of the same programming instances and samples in the study's metric, above 0: worse for being analog; 95 % intervals.
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

-- What was asked of a sweep: many points, each of which has a run. The same request is the same exploration, in every file.
CREATE TABLE exploration (
  hash TEXT PRIMARY KEY,                      -- base::content_hash of kind, request and version
  kind TEXT NOT NULL CHECK (kind IN ('sweep', 'search')),
  name TEXT,                                  -- --name; NULL: none
  created TEXT NOT NULL,                      -- UTC, ISO 8601
  version TEXT NOT NULL,
  command TEXT NOT NULL,
  request TEXT NOT NULL,                      -- JSON object: what its points depend on
  points INTEGER                              -- of all shards; NULL: not known beforehand
) STRICT, WITHOUT ROWID;

-- A point that was evaluated. Points that are left have no row.
CREATE TABLE point (
  exploration TEXT NOT NULL REFERENCES exploration(hash) ON DELETE CASCADE,
  number INTEGER NOT NULL,                    -- from 0
  settings TEXT NOT NULL,                     -- JSON object: the value of each axis
  run_uid TEXT,                               -- run.uid; NULL: the settings make no design
  exit_code INTEGER NOT NULL,                 -- 0: it has figures
  reason TEXT,                                -- why it has none
  wall_s REAL NOT NULL,
  PRIMARY KEY (exploration, number),
  CONSTRAINT figures_or_a_reason CHECK ((exit_code = 0) = (reason IS NULL) AND (exit_code <> 0 OR run_uid IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX point_run ON point(run_uid);

-- What was computed once and is needed again: a part of an experiment, by a hash of all that it depends on.
CREATE TABLE cache (
  kind TEXT NOT NULL,                         -- calibration, float accuracy, accuracy, simulation, ...
  key TEXT NOT NULL,                          -- hash of what it depends on
  content BLOB NOT NULL,
  seconds REAL NOT NULL,                      -- that it took to compute
  created TEXT NOT NULL,                      -- UTC, ISO 8601
  used INTEGER NOT NULL,                      -- day of its last use, counted from 1970
  PRIMARY KEY (kind, key)
) STRICT;

-- How much the cache may hold; without a row it is the usual.
CREATE TABLE cache_limit (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  bytes INTEGER NOT NULL
) STRICT;
