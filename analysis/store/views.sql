-- Views over the tables of schema.sql. A migration drops them and creates them again from this text.

-- Every parameter of a run: given, or the default of its version.
CREATE VIEW parameter AS
SELECT run, key, value, unit, origin FROM setting
UNION ALL
SELECT r.id, d.key, d.value, d.unit, 'default' FROM run r JOIN declaration d ON d.hash = r.declarations
WHERE NOT EXISTS (SELECT 1 FROM setting s WHERE s.run = r.id AND s.key = d.key);

-- Trainings with their results, and the runs of the networks that they wrote.
CREATE VIEW v_training AS
SELECT t.id AS training, t.created, t.network, t.data, t.metric, t.out, json_extract(t.recipe_json, '$.noise.scale') AS noise_scale,
       e.epoch AS epochs, e.loss, e.metric AS training_metric, t.wall_s, r.id AS run, t.name, t.tags, t.command, t.version, t.machine,
       n.ended, n.kept_epoch, n.float_before, n.tiles_before, n.float_after, n.tiles_after, n.exit_code, n.reason
FROM training t
LEFT JOIN training_end n ON n.training = t.id
LEFT JOIN epoch e ON e.training = t.id AND e.epoch = (SELECT max(epoch) FROM epoch WHERE training = t.id)
LEFT JOIN run r ON r.network_hash = t.out_hash;

-- One chip at one time; rank 1 is the worst. Normalised: 1: as good as float, 0: no better than guessing, NULL: float itself is no better. Ranks are counted, because SQLite does not
-- push a filter into a view over window functions.
CREATE VIEW v_chip AS
SELECT a.run, a.time_s, a.repeat, a.value,
       CASE WHEN (CASE WHEN r.metric IN ('nats', 'mse') THEN r.float_accuracy_scored < r.chance ELSE r.float_accuracy_scored > r.chance END)
            THEN (a.value - r.chance) / (r.float_accuracy_scored - r.chance) END AS normalised,
       (SELECT count(*) FROM accuracy b WHERE b.run = a.run AND b.time_s = a.time_s
        AND (CASE WHEN r.metric IN ('nats', 'mse') THEN b.value > a.value ELSE b.value < a.value END
             OR (b.value = a.value AND b.repeat <= a.repeat))) AS rank,
       (SELECT count(*) FROM accuracy b WHERE b.run = a.run AND b.time_s = a.time_s) AS repeats,
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
       avg(normalised >= yield_threshold) AS yield,
       (SELECT t.sampling_sem FROM accuracy_time t WHERE t.run = c.run AND t.time_s = c.time_s) AS sampling_sem
FROM v_chip c GROUP BY run, time_s;

-- A query for one run uses its key; a query for many runs needs one pass over run_figures.
CREATE VIEW v_run AS
SELECT r.id AS run, r.created, r.network, r.data, r.design, r.metric, r.float_accuracy,
       (SELECT min(time_s) FROM accuracy WHERE run = r.id) AS first_time_s,
       (SELECT avg(value) FROM accuracy WHERE run = r.id AND time_s = (SELECT min(time_s) FROM accuracy WHERE run = r.id)) AS first_accuracy,
       (SELECT max(time_s) FROM accuracy WHERE run = r.id) AS last_time_s,
       (SELECT avg(value) FROM accuracy WHERE run = r.id AND time_s = (SELECT max(time_s) FROM accuracy WHERE run = r.id)) AS last_accuracy,
       r.latency_s, r.throughput_per_s, r.energy_per_inference_j, r.average_power_w, r.area_mm2, r.tops_per_watt,
       r.tiles, r.utilisation, r.converged, r.seed, r.version,
       CASE WHEN r.exit_code = 0 THEN coalesce((SELECT fidelity FROM fidelity f WHERE f.run = r.id), 'simulate') END AS fidelity,
       coalesce(r.name, r.design) AS name, r.tags, coalesce(r.base, r.design) AS base, r.changes, r.interval_s, r.single_shot_energy_j, r.leakage_w,
       r.macs, r.weights, r.bottleneck, r.samples, r.repeats, r.repeats_requested, r.interrupted,
       (SELECT json_group_array(text) FROM warning w WHERE w.run = r.id) AS warnings,
       r.exit_code, r.reason, r.command, nullif(substr(r.version, instr(r.version || '+', '+') + 1), '') AS git_commit,
       r.network_hash, r.data_hash, r.design_hash, r.machine, r.wall_s, r.uid
FROM run r;

CREATE VIEW v_layer AS
SELECT l.run, r.network, l.layer, l.name, l.operation, l.shape, l.matrix, l.tiles, l.mvms, l.busy_cycles,
       l.energy_j, 100.0 * l.energy_j / r.energy_per_inference_j AS percent, l.clipped_inputs, l.clipped_outputs,
       l.adc_bits_used, l.snr_db, l.snr_last_db,
       (SELECT sum(c.mm2) FROM component c WHERE c.run = l.run AND c.per IN ('tile', 'bank of converters')) / r.tiles_available * l.tiles
         * min(1.0, 1.0 * r.tiles / (SELECT sum(every.tiles) FROM layer every WHERE every.run = l.run)) AS tiles_mm2,
       (SELECT step FROM result_scale s WHERE s.run = l.run AND s.layer = l.layer) AS result_scale,
       f.overflow AS result_overflow, f.underflow AS result_underflow, p.overflow AS partial_sum_overflow, p.underflow AS partial_sum_underflow,
       s.overflow AS scale_overflow, s.underflow AS scale_underflow
FROM layer l JOIN run r ON r.id = l.run
LEFT JOIN layer_format f ON f.run = l.run AND f.layer = l.layer AND f."values" = 'results'
LEFT JOIN layer_format p ON p.run = l.run AND p.layer = l.layer AND p."values" = 'partial sums'
LEFT JOIN layer_format s ON s.run = l.run AND s.layer = l.layer AND s."values" = 'column scales';

-- Of one inference on an idle chip.
CREATE VIEW v_layer_time AS
SELECT t.run, r.network, r.design, t.number, t.name, t.begin_s, t.end_s, t.working_s, t.latency_s, 100.0 * t.latency_s / r.latency_s AS latency_percent,
       t.latency_working_s, t.latency_s - t.latency_working_s AS latency_waiting_s
FROM layer_time t JOIN run r ON r.id = t.run;

CREATE VIEW v_occupancy AS
SELECT o.run, r.network, r.design, o.number, t.name, o.feed, p.key AS part, p.key * o.part_s AS begin_s, (p.key + 1) * o.part_s AS end_s,
       p.value AS working_percent
FROM occupancy o JOIN run r ON r.id = o.run JOIN layer_time t ON t.run = o.run AND t.number = o.number JOIN json_each(o.percent) p;

-- Relative to the chip as it is.
CREATE VIEW v_marginal AS
SELECT m.run, r.network, r.design, m.number, m.resource, (SELECT group_concat(value, ' ') FROM json_each(m.change)) AS change, m.interval_s, m.latency_s,
       m.mm2, m.joule, 100.0 * (m.interval_s / a.interval_s - 1) AS interval_percent, 100.0 * (m.latency_s / a.latency_s - 1) AS latency_percent,
       100.0 * (m.mm2 / a.mm2 - 1) AS area_percent, 100.0 * (m.joule / a.joule - 1) AS energy_percent, m.full_links, m.bound
FROM marginal m JOIN run r ON r.id = m.run JOIN marginal a ON a.run = m.run AND a.number = 0;

-- Every setting of a layer: its own, or that of the design.
CREATE VIEW v_layer_parameter AS
SELECT l.run, r.network, l.layer, l.name, p.key, coalesce(o.value, p.value) AS value, p.unit, o.value IS NOT NULL AS own
FROM layer l JOIN run r ON r.id = l.run JOIN parameter p ON p.run = l.run
LEFT JOIN layer_parameter o ON o.run = l.run AND o.layer = l.layer AND o.key = p.key
WHERE l.matrix IS NOT NULL AND p.key LIKE 'tile.%'
UNION ALL
SELECT l.run, r.network, l.layer, l.name, o.key, o.value, o.unit, 1
FROM layer_parameter o JOIN layer l ON l.run = o.run AND l.layer = o.layer JOIN run r ON r.id = l.run
WHERE o.key = 'digital';

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

-- Size and speed of the simulation itself.
CREATE VIEW v_simulation AS
SELECT id AS run, network, design, cycles, simulated_flit_hops, simulation_wall_s, cycles / simulation_wall_s AS cycles_per_s,
       simulated_flit_hops / simulation_wall_s AS flit_hops_per_s
FROM run;

CREATE VIEW v_energy AS
SELECT e.run, r.network, e.block, sum(e.joule) AS joule, 100.0 * sum(e.joule) / r.energy_per_inference_j AS percent
FROM energy e JOIN run r ON r.id = e.run GROUP BY e.run, e.block;

-- Energy of events per inference in steady state; leakage without gating.
CREATE VIEW v_component AS
SELECT c.run, r.network, r.design, c.component, c.per, c.count, c.joule, 100.0 * c.joule / r.energy_per_inference_j AS energy_percent,
       c.leakage_w, c.mm2, 100.0 * c.mm2 / r.area_mm2 AS area_percent, c.energy_spread, c.leakage_spread, c.area_spread, c.user_figures, c.source
FROM component c JOIN run r ON r.id = c.run;

CREATE VIEW v_band AS
SELECT b.run, r.network, r.design, b.figure, b.nominal, b.low, b.high, b.main_component, 100.0 * b.main_share AS main_percent
FROM band b JOIN run r ON r.id = b.run;

CREATE VIEW v_efficiency AS
SELECT e.run, r.network, r.design, e.scope, e.tops, e.tops_per_watt, e.tops_per_mm2
FROM efficiency e JOIN run r ON r.id = e.run;

CREATE VIEW v_event AS
SELECT e.run, r.network, r.design, e.component, e.event, e.count, e.joule / e.count AS joule_each, e.joule
FROM event e JOIN run r ON r.id = e.run;

CREATE VIEW v_programming AS
SELECT p.run, r.network, r.design, p.devices, p.joule, p.seconds FROM programming p JOIN run r ON r.id = p.run;

-- In addition to the energy of inferences.
CREATE VIEW v_upkeep AS
SELECT u.run, r.network, r.design, u.refresh_j, u.refresh_s, u.recalibration_j, u.recalibration_s, u.power_w, u.downtime, u.tile_yield
FROM upkeep u JOIN run r ON r.id = u.run;

-- Data of one inference between stages, with the buffers; without headers and credits.
CREATE VIEW v_edge AS
SELECT e.run, r.network, e.edge, p.name AS producer, p.node AS from_node, c.name AS consumer, c.node AS to_node, e.positions, e.bits_per_position,
       e.positions * e.bits_per_position AS bits, e.capacity, e.capacity * e.bits_per_position AS buffer_bits, e.routers,
       e.positions * e.bits_per_position * e.routers AS bit_hops
FROM edge e JOIN run r ON r.id = e.run JOIN stage p ON p.run = e.run AND p.stage = e.producer JOIN stage c ON c.run = e.run AND c.stage = e.consumer;

-- Lower bounds of the interval, each also as a share of the interval.
CREATE VIEW v_bound AS
SELECT b.run, r.network, r.design, b.what, b.place, b.seconds, r.interval_s, 100.0 * b.seconds / r.interval_s AS percent
FROM bound b JOIN run r ON r.id = b.run;

-- Ratios above 1: the chip needs less than the digital machine.
CREATE VIEW v_reference AS
SELECT d.run, r.network, r.design, d.name, d.macs, d.seconds, d.joule, d.mm2, d.bound, d.joule / r.energy_per_inference_j AS joule_ratio,
       d.seconds / r.interval_s AS time_ratio, d.source
FROM reference d JOIN run r ON r.id = d.run;

CREATE VIEW v_sequence_run AS
SELECT t.run, r.network, r.design, t.mode, t.tokens, t.context, r.latency_s, t.tokens_per_s, t.energy_per_token_j, t.cache_read_bits, t.cache_written_bits
FROM sequence_run t JOIN run r ON r.id = t.run;

-- Energy per inference by block: from statistics, and of the functional simulation.
CREATE VIEW v_functional AS
SELECT c.run, r.network, c.block, e.joule AS statistical_joule, c.joule AS functional_joule,
       CASE WHEN e.joule > 0 THEN 100.0 * (c.joule / e.joule - 1) END AS difference_percent
FROM functional_energy c JOIN run r ON r.id = c.run
LEFT JOIN (SELECT run, block, sum(joule) AS joule FROM energy GROUP BY run, block) e ON e.run = c.run AND e.block = c.block;

CREATE VIEW v_study AS
SELECT s.id AS study, s.created, coalesce(s.name, s.design) AS name, s.tags, s.network, s.data, s.design, s.metric, s.float_accuracy, s.reference,
       s.reference_sem, s.time_s, s.samples, s.repeats, s.interrupted, s.seed, s.version, s.command, s.network_hash, s.data_hash, s.design_hash,
       s.machine, s.wall_s, s.uid
FROM study s;

CREATE VIEW v_sensitivity AS
SELECT s.study, t.network, t.design, s.nonideality, s.unit, s.at_threshold, s.at_threshold_why_not, s.certain, s.possible,
       100.0 * s.error_at_threshold AS error_at_threshold_percent, s.at_error, s.at_error_why_not,
       s.accuracy_at_error, s.normalised_at_error, t.threshold, t.error
FROM sensitivity s JOIN study t ON t.id = s.study;

CREATE VIEW v_sensitivity_layer AS
SELECT l.study, t.network, t.design, l.layer, l.name, l.lost, l.lost_sem, coalesce(l.lost_low > 0 OR l.lost_high < 0, 0) AS lost_decided,
       l.won, l.won_sem, coalesce(l.won_low > 0 OR l.won_high < 0, 0) AS won_decided, t.reference, t.float_accuracy
FROM sensitivity_layer l JOIN study t ON t.id = l.study;

CREATE VIEW v_exploration AS
SELECT e.hash AS exploration, e.kind, e.name, e.created, e.points, (SELECT count(*) FROM point p WHERE p.exploration = e.hash) AS evaluated,
       (SELECT count(*) FROM point p WHERE p.exploration = e.hash AND p.exit_code <> 0) AS refused,
       (SELECT sum(p.wall_s) FROM point p WHERE p.exploration = e.hash) AS wall_s, e.command, e.version
FROM exploration e;

CREATE VIEW v_point AS
SELECT p.exploration, p.number, p.settings, r.id AS run, r.latency_s, r.interval_s, r.energy_per_inference_j, r.area_mm2, p.exit_code, p.reason, p.wall_s
FROM point p LEFT JOIN run r ON r.uid = p.run_uid;

CREATE VIEW v_cache AS
SELECT kind, key, length(content) AS bytes, seconds, created, date(used * 86400, 'unixepoch') AS last_used FROM cache;
