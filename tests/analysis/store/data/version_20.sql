-- A small database of schema version 20: version_19.sql with the statements of migrations/020.sql, the views of version 20, fewer energies, and by hand an exploration, its points and a cached estimate.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
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
  macs INTEGER,                      -- multiply-accumulates on tiles per inference
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
  design_hash TEXT,
  design_json TEXT,
  float_accuracy REAL,
  float_accuracy_scored REAL,
  latency_s REAL,
  interval_s REAL,
  throughput_per_s REAL,
  converged INTEGER CHECK (converged IN (0, 1)),
  steady_inferences INTEGER,
  cycles INTEGER,                    -- simulated: one inference alone, then steady_inferences back to back
  simulation_wall_s REAL,            -- that took
  simulated_flit_hops INTEGER,       -- in these cycles
  bottleneck TEXT,                   -- one line: what sets the pace in steady state
  bottleneck_kind TEXT,              -- unit, link, credits, recurrence, stage
  window_s REAL,                     -- of steady state that stage, unit and link count in
  window_inferences INTEGER,         -- that left in it
  packets INTEGER,                   -- of one inference
  flit_hops INTEGER,                 -- of one inference
  energy_per_inference_j REAL,
  single_shot_energy_j REAL,
  average_power_w REAL,
  leakage_w REAL,                    -- mean in steady state
  area_mm2 REAL,
  tops_per_watt REAL,
  tiles INTEGER,
  tiles_available INTEGER,
  utilisation REAL
, name TEXT, tags TEXT NOT NULL DEFAULT '{}', base TEXT, changes TEXT NOT NULL DEFAULT '{}', rules TEXT, declarations TEXT, options TEXT NOT NULL DEFAULT '{}', inputs TEXT NOT NULL DEFAULT '{}', details TEXT NOT NULL DEFAULT '{}', machine TEXT, repeats_requested INTEGER, interrupted INTEGER NOT NULL DEFAULT 0 CHECK (interrupted IN (0, 1)), uid TEXT, reason TEXT, exit_code INTEGER NOT NULL DEFAULT 0 CONSTRAINT refused_for_a_reason CHECK ((exit_code = 0) = (reason IS NULL)) CONSTRAINT
  every_figure_is_a_number CHECK (exit_code <> 0 OR network_hash || weights || macs || design_hash || latency_s || interval_s || throughput_per_s ||
  converged || steady_inferences || cycles || simulation_wall_s || simulated_flit_hops || bottleneck || bottleneck_kind || window_s ||
  window_inferences || packets || flit_hops || energy_per_inference_j || single_shot_energy_j || average_power_w || leakage_w || area_mm2 ||
  tops_per_watt || tiles || tiles_available || utilisation IS NOT NULL)) STRICT;
INSERT INTO run VALUES(1,'0.1.0','2026-11-28T17:49:16Z','mho run --times 1s,1y --repeats 2 --samples 20 --set chip.mesh.width=3 --set chip.mesh.height=3 --set chip.digital_cores=2 --threads 1 --db old.db',1,1,2.1266002170000000148,'strokes','e68ac2366d16de43',18500,63104,'stroke digits (seed 2024, split 0)','c78f9da1c79c531d',0,20,1000,0,2,'top1',0.10000000000000000555,0.98999999999999999111,'default','dfa8fd1a3834e331','{"chip":{"analog_clock":"chip","clock":1.0,"converters":"shared","core_leakage":1.0,"digital_buffer":128.0,"digital_clock":"chip","digital_cores":2,"gating":{"break_even":64,"idle":64,"residual":0.05,"wake_up":64},"input_buffer":64.0,"mesh":{"height":3,"width":3},"output_buffer_positions":2,"power_gating":"off","synchroniser":2,"tiles_per_core":1},"digital":{"activation_format":"dac","area":10080.0,"energy":0.104,"lanes":32,"leakage":0.5,"partial_sum_format":"float16","pipeline_depth":4,"result_format":"float16","scale_format":"float16"},"mapper":{"buffer_slack":2,"cache_block":4.0,"caches":"core","placement":"snake","reload_batch":1,"weights":"stationary"},"noc":{"buffer_flits":8,"clock":"chip","concentration":1,"energy":{"arbitration":"survey","buffer_read":"survey","buffer_write":"survey","crossbar":"survey"},"flit_bits":64,"gating":{"break_even":10,"idle":4,"look_ahead":0,"residual":0.05,"wake_up":8},"hop_length":1.0,"link_energy":0.0162,"multicast":"off","power_gating":"off","router_area":"survey","router_leakage":"survey","router_stages":4,"routing":"xy","topology":"mesh","virtual_channels":2},"port":{"bits_per_cycle":"memory","energy_per_bit":"memory","latency":"memory","memory":"none","nodes":"0","outstanding":16},"tile":{"adc":{"area":"survey","bits":8,"bound":10.0,"bound_management":"off","calibration":0.0,"conversion_time":10.0,"dead_codes":0.0,"dnl":0.0,"energy":"survey","gain_spread":0.0,"inl":0.0,"leakage":1.8,"mux":8,"offset_spread":0.0,"rounding":"nearest","technology":14.0},"array":{"cell_area":0.5,"line_capacitance":0.14,"read_voltage":0.2},"buffer":{"area":0.048,"leakage":10.0,"read_energy":0.0142,"write_energy":0.0142},"coding":{"bits_per_slice":2,"kind":"differential","pairing":"equal","pairs":1,"significance":1.0,"slices":1},"columns":512,"dac":{"area":28.0,"bits":8,"coding":"pulse_width","energy":0.0027,"input_noise":0.0,"passes":"one","read_time":100.0,"rounding":"nearest","settling":5.0,"time_per_level":1.0},"device":{"acceptance":"0.2%","drift_scale":1.0,"g_max":"native","g_min":"native","kind":"pcm","levels":"any","programming_scale":1.0,"read_scale":1.0,"stuck_at":"zero","stuck_rate":0.0,"table":"","table_reference":1.0},"drift_compensation":"global","input":{"asymmetry":"off"},"input_range":{"kind":"calibrated","learned":"use","method":"quantile","quantile":0.99995,"sigmas":3.0},"ir_drop":{"scale":1.0,"wire_ratio":571428.57},"mapping":{"scale":"column"},"noise":{"output":0.04,"output_spread":0.0,"read":0.0175,"read_kind":"pcm"},"program":{"iteration_energy":20.0,"iteration_time":1000.0,"iterations":12.0,"parallel_columns":64,"weight_bits":8},"readout":{"asymmetry":0.0,"offset":0.0,"s_curve":0.0,"s_curve_correction":0.0,"s_curve_spread":0.0,"series_limit":1.0,"series_resistance":0.0},"rows":512,"scale":{"area":181.0,"energy":0.17,"lanes":16},"wires":{"driver":0.0,"input":0.35,"kind":"approximate","output":0.35,"sense":0.0,"sense_end":"first"}}}',1.0,1.0,3.5380999999999998876e-05,3.2512000000000003136e-05,30757.874015748027885,1,9,330900,0.15475930399999998643,32250,'conv1 on node 1, busy 100 % of the interval: array, 32512 cycles per inference; drivers 4 %, converters 63 %, scale 2 %','unit',0.00013004800000000001254,4,600,3225,4.1008070129316856371e-06,4.4605432093659252656e-06,0.12613210546664876954,0.12538731140963452204,1.7504409294694491805,0.030776381234720269486,5,6,0.0141143798828125,NULL,'{}','default','{}',NULL,NULL,'{}','{}','{}',NULL,NULL,0,'2026-11-28T17:49:16Z 1 e68ac2366d16de43 dfa8fd1a3834e331 2.126600217 1',NULL,0);
INSERT INTO run VALUES(2,'0.1.0','2026-11-28T17:49:20Z','mho simulate --functional --inferences 3 --samples 20 --set chip.mesh.width=3 --set chip.mesh.height=3 --set chip.digital_cores=2 --threads 1 --db old.db --set noc.power_gating=on --set chip.power_gating=on',1,1,1.1993018060000000257,'strokes','e68ac2366d16de43',18500,63104,'stroke digits (seed 2024, split 0)','c78f9da1c79c531d',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'default','6becf2e3b4f28d7d','{"chip":{"analog_clock":"chip","clock":1.0,"converters":"shared","core_leakage":1.0,"digital_buffer":128.0,"digital_clock":"chip","digital_cores":2,"gating":{"break_even":64,"idle":64,"residual":0.05,"wake_up":64},"input_buffer":64.0,"mesh":{"height":3,"width":3},"output_buffer_positions":2,"power_gating":"on","synchroniser":2,"tiles_per_core":1},"digital":{"activation_format":"dac","area":10080.0,"energy":0.104,"lanes":32,"leakage":0.5,"partial_sum_format":"float16","pipeline_depth":4,"result_format":"float16","scale_format":"float16"},"mapper":{"buffer_slack":2,"cache_block":4.0,"caches":"core","placement":"snake","reload_batch":1,"weights":"stationary"},"noc":{"buffer_flits":8,"clock":"chip","concentration":1,"energy":{"arbitration":"survey","buffer_read":"survey","buffer_write":"survey","crossbar":"survey"},"flit_bits":64,"gating":{"break_even":10,"idle":4,"look_ahead":0,"residual":0.05,"wake_up":8},"hop_length":1.0,"link_energy":0.0162,"multicast":"off","power_gating":"on","router_area":"survey","router_leakage":"survey","router_stages":4,"routing":"xy","topology":"mesh","virtual_channels":2},"port":{"bits_per_cycle":"memory","energy_per_bit":"memory","latency":"memory","memory":"none","nodes":"0","outstanding":16},"tile":{"adc":{"area":"survey","bits":8,"bound":10.0,"bound_management":"off","calibration":0.0,"conversion_time":10.0,"dead_codes":0.0,"dnl":0.0,"energy":"survey","gain_spread":0.0,"inl":0.0,"leakage":1.8,"mux":8,"offset_spread":0.0,"rounding":"nearest","technology":14.0},"array":{"cell_area":0.5,"line_capacitance":0.14,"read_voltage":0.2},"buffer":{"area":0.048,"leakage":10.0,"read_energy":0.0142,"write_energy":0.0142},"coding":{"bits_per_slice":2,"kind":"differential","pairing":"equal","pairs":1,"significance":1.0,"slices":1},"columns":512,"dac":{"area":28.0,"bits":8,"coding":"pulse_width","energy":0.0027,"input_noise":0.0,"passes":"one","read_time":100.0,"rounding":"nearest","settling":5.0,"time_per_level":1.0},"device":{"acceptance":"0.2%","drift_scale":1.0,"g_max":"native","g_min":"native","kind":"pcm","levels":"any","programming_scale":1.0,"read_scale":1.0,"stuck_at":"zero","stuck_rate":0.0,"table":"","table_reference":1.0},"drift_compensation":"global","input":{"asymmetry":"off"},"input_range":{"kind":"calibrated","learned":"use","method":"quantile","quantile":0.99995,"sigmas":3.0},"ir_drop":{"scale":1.0,"wire_ratio":571428.57},"mapping":{"scale":"column"},"noise":{"output":0.04,"output_spread":0.0,"read":0.0175,"read_kind":"pcm"},"program":{"iteration_energy":20.0,"iteration_time":1000.0,"iterations":12.0,"parallel_columns":64,"weight_bits":8},"readout":{"asymmetry":0.0,"offset":0.0,"s_curve":0.0,"s_curve_correction":0.0,"s_curve_spread":0.0,"series_limit":1.0,"series_resistance":0.0},"rows":512,"scale":{"area":181.0,"energy":0.17,"lanes":16},"wires":{"driver":0.0,"input":0.35,"kind":"approximate","output":0.35,"sense":0.0,"sense_end":"first"}}}',NULL,NULL,3.5862000000000003249e-05,3.2512000000000003136e-05,30757.874015748027885,0,2,104342,0.096988088000000000077,9675,'conv1 on node 1, busy 90 % of the interval: array, 29264 cycles per inference; drivers 4 %, converters 57 %, scale 1 %; it waits for input 10 % and for its readers 0 %; the core of node 3 wakes up for 12 % of the time (chip.gating.wake_up)','stage',3.2512000000000003136e-05,1,600,3225,8.5000749472783740014e-07,9.1375873119778023463e-07,0.026144423435280429723,0.020317756225379096646,1.7504409294694491805,0.14847869081485021158,5,6,0.0141143798828125,NULL,'{}','default','{}',NULL,NULL,'{}','{}','{}',NULL,NULL,0,'2026-11-28T17:49:20Z 1 e68ac2366d16de43 6becf2e3b4f28d7d 1.199301806 2',NULL,0);
INSERT INTO run VALUES(3,'0.1.0','2026-11-28T17:49:21Z','mho simulate gpt.onnx --mode prefill --set mapper.weights=reloaded --set mapper.reload_batch=3 --set chip.mesh.width=3 --set chip.mesh.height=3 --set chip.digital_cores=5 --threads 1 --db old.db',1,1,0.14433931499999999581,'gpt','d7bd96ce9150352e',50432,201728,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'default','4eacf5ea2c3d176c','{"chip":{"analog_clock":"chip","clock":1.0,"converters":"shared","core_leakage":1.0,"digital_buffer":128.0,"digital_clock":"chip","digital_cores":5,"gating":{"break_even":64,"idle":64,"residual":0.05,"wake_up":64},"input_buffer":64.0,"mesh":{"height":3,"width":3},"output_buffer_positions":2,"power_gating":"off","synchroniser":2,"tiles_per_core":1},"digital":{"activation_format":"dac","area":10080.0,"energy":0.104,"lanes":32,"leakage":0.5,"partial_sum_format":"float16","pipeline_depth":4,"result_format":"float16","scale_format":"float16"},"mapper":{"buffer_slack":2,"cache_block":4.0,"caches":"core","placement":"snake","reload_batch":3,"weights":"reloaded"},"noc":{"buffer_flits":8,"clock":"chip","concentration":1,"energy":{"arbitration":"survey","buffer_read":"survey","buffer_write":"survey","crossbar":"survey"},"flit_bits":64,"gating":{"break_even":10,"idle":4,"look_ahead":0,"residual":0.05,"wake_up":8},"hop_length":1.0,"link_energy":0.0162,"multicast":"off","power_gating":"off","router_area":"survey","router_leakage":"survey","router_stages":4,"routing":"xy","topology":"mesh","virtual_channels":2},"port":{"bits_per_cycle":"memory","energy_per_bit":"memory","latency":"memory","memory":"none","nodes":"0","outstanding":16},"tile":{"adc":{"area":"survey","bits":8,"bound":10.0,"bound_management":"off","calibration":0.0,"conversion_time":10.0,"dead_codes":0.0,"dnl":0.0,"energy":"survey","gain_spread":0.0,"inl":0.0,"leakage":1.8,"mux":8,"offset_spread":0.0,"rounding":"nearest","technology":14.0},"array":{"cell_area":0.5,"line_capacitance":0.14,"read_voltage":0.2},"buffer":{"area":0.048,"leakage":10.0,"read_energy":0.0142,"write_energy":0.0142},"coding":{"bits_per_slice":2,"kind":"differential","pairing":"equal","pairs":1,"significance":1.0,"slices":1},"columns":512,"dac":{"area":28.0,"bits":8,"coding":"pulse_width","energy":0.0027,"input_noise":0.0,"passes":"one","read_time":100.0,"rounding":"nearest","settling":5.0,"time_per_level":1.0},"device":{"acceptance":"0.2%","drift_scale":1.0,"g_max":"native","g_min":"native","kind":"pcm","levels":"any","programming_scale":1.0,"read_scale":1.0,"stuck_at":"zero","stuck_rate":0.0,"table":"","table_reference":1.0},"drift_compensation":"global","input":{"asymmetry":"off"},"input_range":{"kind":"calibrated","learned":"use","method":"quantile","quantile":0.99995,"sigmas":3.0},"ir_drop":{"scale":1.0,"wire_ratio":571428.57},"mapping":{"scale":"column"},"noise":{"output":0.04,"output_spread":0.0,"read":0.0175,"read_kind":"pcm"},"program":{"iteration_energy":20.0,"iteration_time":1000.0,"iterations":12.0,"parallel_columns":64,"weight_bits":8},"readout":{"asymmetry":0.0,"offset":0.0,"s_curve":0.0,"s_curve_correction":0.0,"s_curve_spread":0.0,"series_limit":1.0,"series_resistance":0.0},"rows":512,"scale":{"area":181.0,"energy":0.17,"lanes":16},"wires":{"driver":0.0,"input":0.35,"kind":"approximate","output":0.35,"sense":0.0,"sense_end":"first"}}}',NULL,NULL,0.006147900000000000413,0.0020502486666666669239,487.74571409711921887,1,3,12298663,0.094048856000000000121,68560,'programming takes 99.9 % of the time; the longest phase, ''program 1 of 2'', 49.9 %: MatMul_5 programming on node 7, busy 100 % of the phase: programming, 3072000 cycles per batch','unit',0.006150746000000000338,3,1203,27156,0.00026250671037260765814,0.00078658759646276258607,0.12803652290597317131,0.12355694852963453045,1.1999635308702063518,0.0015369359489032714035,5,3,0.038476562499999998612,NULL,'{}','default','{}',NULL,NULL,'{}','{}','{}',NULL,NULL,0,'2026-11-28T17:49:21Z 1 d7bd96ce9150352e 4eacf5ea2c3d176c 0.144339315 3',NULL,0);
INSERT INTO run VALUES(4,'0.1.0+764edda2','2026-11-29T21:35:47Z','mho run examples/default_network/strokes.onnx --data strokes --design chip.yaml --samples 20 --repeats 1 --times 1s --name first --tag project=test --keep-inputs --layer first=digital --db m17.db',1,2,0.55322950800000003646,'strokes','140b0148db4913e2',8832,8832,'stroke digits (seed 2024, split 0)','c78f9da1c79c531d',0,20,1000,0,1,'top1',0.10000000000000000555,0.98999999999999999111,'chip.yaml, first=digital','8fb594f1a0bd0de3',NULL,1.0,1.0,1.622000000000000098e-06,1.0320000000000000295e-06,968992.24806201551107,1,10,12582,0.00083996199999999997861,2442,'first on node 5, busy 100 % of the interval: vector unit, 1032 cycles per inference','unit',1.0320000000000000295e-06,1,8,222,2.8268628876388647932e-08,3.4656643408409097649e-08,0.027392082244562642595,0.010827143274610928624,2.4391666344540219313,0.62486228381433250866,2,7,0.26953125,'first','{"project":"test"}','chip.yaml','{"layers":["first=digital"]}','{"layers":[{"match":"first","digital":true}]}','f6a5cd4e541dbce1','{"samples":20,"mode":"whole","context":0,"fidelity":"simulate","reference":"systolic","times_s":[1.0],"repeats":1,"float_on_all":false,"yield_threshold":0.99,"conductances":null}','{"folder":"/results","files":[{"path":"/results/examples/default_network/strokes.onnx","hash":"140b0148db4913e2"}]}','{"single_only":false,"counted":false,"batch":1,"stage_positions":[1,1,1,1,1],"repeats_products":false,"busiest":{"stages":["first"],"core":5,"busy_cycles":1032.0,"share_of_interval":1.0,"waiting_input_cycles":8.2,"waiting_output_cycles":0.0},"bottleneck":{"stage":"first","node":5,"unit":"vector unit","share":1.0,"held_up":[]},"samples_that_carry_the_state":0,"learned_input_ranges":0}','computer, processor, 2 threads',1,0,'509537622761820eda9977d37c0b1ba8',NULL,0);
INSERT INTO run VALUES(5,'0.1.0+764edda2','2026-11-29T21:35:48Z','mho simulate --set chip.mesh.width=2 --set chip.mesh.height=2 --set chip.digital_cores=2 --db m17.db',1,2,0.00060422000000000003917,'strokes','140b0148db4913e2',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'default, chip.mesh.width=2, chip.mesh.height=2, chip.digital_cores=2','6c9fae90ff23b100',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{}','default','{"chip.mesh.width":2,"chip.mesh.height":2,"chip.digital_cores":2}',NULL,'f6a5cd4e541dbce1','{"samples":null,"mode":"whole","context":0,"fidelity":"simulate","reference":"systolic","inferences":null}','{}','{}','computer, processor, 2 threads',NULL,0,'40db9f974a2baca5851f14f744d91b2e','the network needs 4 tiles of 128 x 128 and the chip has 1 analog cores: 3 are missing. Raise chip.mesh.width, chip.mesh.height or chip.tiles_per_core, lower chip.digital_cores, take larger tiles (tile.rows, tile.columns), or let the tiles be programmed in turn (mapper.weights: reloaded). It fits with --set chip.mesh.height=4',4);
CREATE TABLE IF NOT EXISTS "setting" (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value ANY NOT NULL,
  unit TEXT NOT NULL,
  origin TEXT NOT NULL,                       -- default, file:line:column or --set
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
INSERT INTO setting VALUES(1,'chip.analog_clock','chip','GHz','default');
INSERT INTO setting VALUES(1,'chip.clock',1.0,'GHz','default');
INSERT INTO setting VALUES(1,'chip.converters','shared','','default');
INSERT INTO setting VALUES(1,'chip.core_leakage',1.0,'mW','default');
INSERT INTO setting VALUES(1,'chip.digital_buffer',128.0,'KiB','default');
INSERT INTO setting VALUES(1,'noc.gating.wake_up',8,'','default');
INSERT INTO setting VALUES(1,'noc.hop_length',1.0,'mm','default');
INSERT INTO setting VALUES(1,'noc.link_energy',0.016199999999999999122,'pJ/bit','default');
INSERT INTO setting VALUES(1,'noc.multicast','off','','default');
INSERT INTO setting VALUES(1,'noc.power_gating','off','','default');
INSERT INTO setting VALUES(1,'noc.router_area','survey','um2','default');
INSERT INTO setting VALUES(1,'noc.router_leakage','survey','mW','default');
INSERT INTO setting VALUES(1,'noc.router_stages',4,'','default');
INSERT INTO setting VALUES(1,'noc.routing','xy','','default');
INSERT INTO setting VALUES(1,'noc.topology','mesh','','default');
INSERT INTO setting VALUES(1,'noc.virtual_channels',2,'','default');
INSERT INTO setting VALUES(1,'port.bits_per_cycle','memory','','default');
INSERT INTO setting VALUES(1,'port.energy_per_bit','memory','pJ/bit','default');
INSERT INTO setting VALUES(1,'port.latency','memory','ns','default');
INSERT INTO setting VALUES(1,'port.memory','none','','default');
INSERT INTO setting VALUES(1,'port.nodes','0','','default');
INSERT INTO setting VALUES(1,'port.outstanding',16,'','default');
INSERT INTO setting VALUES(1,'tile.adc.area','survey','um2','default');
INSERT INTO setting VALUES(1,'tile.adc.bits',8,'','default');
INSERT INTO setting VALUES(1,'tile.adc.bound',10.0,'','default');
INSERT INTO setting VALUES(1,'tile.adc.bound_management','off','','default');
INSERT INTO setting VALUES(1,'tile.adc.calibration',0.0,'','default');
INSERT INTO setting VALUES(1,'tile.adc.conversion_time',10.0,'ns','default');
INSERT INTO setting VALUES(1,'tile.adc.dead_codes',0.0,'','default');
INSERT INTO setting VALUES(1,'tile.adc.dnl',0.0,'','default');
INSERT INTO setting VALUES(1,'tile.adc.energy','survey','pJ','default');
INSERT INTO setting VALUES(1,'tile.adc.gain_spread',0.0,'','default');
INSERT INTO setting VALUES(1,'tile.adc.inl',0.0,'','default');
INSERT INTO setting VALUES(1,'tile.adc.leakage',1.8000000000000000444,'uW','default');
INSERT INTO setting VALUES(1,'tile.adc.mux',8,'','default');
INSERT INTO setting VALUES(1,'tile.adc.offset_spread',0.0,'','default');
INSERT INTO setting VALUES(1,'tile.adc.rounding','nearest','','default');
INSERT INTO setting VALUES(1,'tile.adc.technology',14.0,'nm','default');
INSERT INTO setting VALUES(1,'tile.array.cell_area',0.5,'um2','default');
INSERT INTO setting VALUES(1,'tile.array.line_capacitance',0.14000000000000001332,'fF','default');
INSERT INTO setting VALUES(1,'tile.array.read_voltage',0.2000000000000000111,'V','default');
INSERT INTO setting VALUES(1,'tile.buffer.area',0.048000000000000000999,'um2/bit','default');
INSERT INTO setting VALUES(1,'tile.buffer.leakage',10.0,'pW/bit','default');
INSERT INTO setting VALUES(1,'tile.buffer.read_energy',0.014200000000000000816,'pJ/bit','default');
INSERT INTO setting VALUES(1,'tile.buffer.write_energy',0.014200000000000000816,'pJ/bit','default');
INSERT INTO setting VALUES(1,'tile.coding.bits_per_slice',2,'','default');
INSERT INTO setting VALUES(1,'tile.coding.kind','differential','','default');
INSERT INTO setting VALUES(1,'tile.coding.pairing','equal','','default');
INSERT INTO setting VALUES(1,'tile.coding.pairs',1,'','default');
INSERT INTO setting VALUES(1,'tile.coding.significance',1.0,'','default');
INSERT INTO setting VALUES(1,'tile.coding.slices',1,'','default');
INSERT INTO setting VALUES(1,'tile.columns',512,'','default');
INSERT INTO setting VALUES(1,'tile.dac.area',28.0,'um2','default');
INSERT INTO setting VALUES(1,'tile.dac.bits',8,'','default');
INSERT INTO setting VALUES(1,'tile.dac.coding','pulse_width','','default');
INSERT INTO setting VALUES(1,'tile.dac.energy',0.0027000000000000001429,'pJ','default');
INSERT INTO setting VALUES(1,'tile.dac.input_noise',0.0,'','default');
INSERT INTO setting VALUES(1,'tile.dac.passes','one','','default');
INSERT INTO setting VALUES(1,'tile.dac.read_time',100.0,'ns','default');
INSERT INTO setting VALUES(1,'tile.dac.rounding','nearest','','default');
INSERT INTO setting VALUES(1,'tile.dac.settling',5.0,'ns','default');
INSERT INTO setting VALUES(1,'tile.dac.time_per_level',1.0,'ns','default');
INSERT INTO setting VALUES(1,'tile.device.acceptance','0.2%','','default');
INSERT INTO setting VALUES(1,'tile.device.drift_scale',1.0,'','default');
INSERT INTO setting VALUES(1,'tile.device.g_max','native','uS','default');
INSERT INTO setting VALUES(1,'tile.device.g_min','native','uS','default');
INSERT INTO setting VALUES(1,'tile.device.kind','pcm','','default');
INSERT INTO setting VALUES(1,'tile.device.levels','any','','default');
INSERT INTO setting VALUES(1,'tile.device.programming_scale',1.0,'','default');
INSERT INTO setting VALUES(1,'tile.device.read_scale',1.0,'','default');
INSERT INTO setting VALUES(1,'tile.device.stuck_at','zero','','default');
INSERT INTO setting VALUES(1,'tile.device.stuck_rate',0.0,'','default');
INSERT INTO setting VALUES(1,'tile.device.table','','','default');
INSERT INTO setting VALUES(1,'tile.device.table_reference',1.0,'s','default');
INSERT INTO setting VALUES(1,'tile.drift_compensation','global','','default');
INSERT INTO setting VALUES(1,'tile.input.asymmetry','off','','default');
INSERT INTO setting VALUES(1,'tile.input_range.kind','calibrated','','default');
INSERT INTO setting VALUES(1,'tile.input_range.learned','use','','default');
INSERT INTO setting VALUES(1,'tile.input_range.method','quantile','','default');
INSERT INTO setting VALUES(1,'tile.input_range.quantile',0.9999500000000000055,'','default');
INSERT INTO setting VALUES(1,'tile.input_range.sigmas',3.0,'','default');
INSERT INTO setting VALUES(1,'tile.ir_drop.scale',1.0,'','default');
INSERT INTO setting VALUES(1,'tile.ir_drop.wire_ratio',571428.56999999994877,'','default');
INSERT INTO setting VALUES(1,'tile.mapping.scale','column','','default');
INSERT INTO setting VALUES(1,'tile.noise.output',0.040000000000000000832,'','default');
INSERT INTO setting VALUES(1,'tile.noise.output_spread',0.0,'','default');
INSERT INTO setting VALUES(1,'tile.noise.read',0.017500000000000001665,'','default');
INSERT INTO setting VALUES(1,'tile.noise.read_kind','pcm','','default');
INSERT INTO setting VALUES(1,'tile.program.iteration_energy',20.0,'pJ','default');
INSERT INTO setting VALUES(1,'tile.program.iteration_time',1000.0,'ns','default');
INSERT INTO setting VALUES(1,'tile.program.iterations',12.0,'','default');
INSERT INTO setting VALUES(1,'tile.program.parallel_columns',64,'','default');
INSERT INTO setting VALUES(1,'tile.program.weight_bits',8,'','default');
INSERT INTO setting VALUES(1,'tile.readout.asymmetry',0.0,'','default');
INSERT INTO setting VALUES(1,'tile.readout.offset',0.0,'','default');
INSERT INTO setting VALUES(1,'tile.readout.s_curve',0.0,'','default');
INSERT INTO setting VALUES(1,'tile.readout.s_curve_correction',0.0,'','default');
INSERT INTO setting VALUES(1,'tile.readout.s_curve_spread',0.0,'','default');
INSERT INTO setting VALUES(1,'tile.readout.series_limit',1.0,'','default');
INSERT INTO setting VALUES(1,'tile.readout.series_resistance',0.0,'','default');
INSERT INTO setting VALUES(1,'tile.rows',512,'','default');
INSERT INTO setting VALUES(1,'tile.scale.area',181.0,'um2','default');
INSERT INTO setting VALUES(1,'tile.scale.energy',0.17000000000000001221,'pJ','default');
INSERT INTO setting VALUES(1,'tile.scale.lanes',16,'','default');
INSERT INTO setting VALUES(1,'tile.wires.driver',0.0,'ohm','default');
INSERT INTO setting VALUES(1,'tile.wires.input',0.34999999999999997779,'ohm','default');
INSERT INTO setting VALUES(1,'tile.wires.kind','approximate','','default');
INSERT INTO setting VALUES(1,'tile.wires.output',0.34999999999999997779,'ohm','default');
INSERT INTO setting VALUES(1,'tile.wires.sense',0.0,'ohm','default');
INSERT INTO setting VALUES(1,'tile.wires.sense_end','first','','default');
INSERT INTO setting VALUES(4,'digital.result_format','int8','','chip.yaml:2:24');
INSERT INTO setting VALUES(4,'tile.adc.bits',7,'','chip.yaml:1:16');
INSERT INTO setting VALUES(5,'chip.digital_cores',2,'','--set');
INSERT INTO setting VALUES(5,'chip.mesh.height',2,'','--set');
INSERT INTO setting VALUES(5,'chip.mesh.width',2,'','--set');
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
INSERT INTO layer VALUES(1,0,'conv1','Conv + Relu','4x16x16','4x9',1,256,256,32512,16,0,1.572833201802688174e-09,0.0,0.0,7.1799091599940805252,23.908850791076009302,17.62050268889912985);
INSERT INTO layer VALUES(1,1,'conv1.pool','MaxPool','4x8x8',NULL,0,64,0,320,32315,0,6.5904639999999990083e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(1,2,'conv2','Conv + Relu','8x8x8','8x36',1,64,64,8128,31653,0,9.5837230051345352558e-10,9.7656250000000005421e-05,0.0,6.9188632770722318099,20.868116437586504475,16.660755242299632783);
INSERT INTO layer VALUES(1,3,'conv2.pool','MaxPool','8x4x4',NULL,0,16,0,80,33949,0,3.2952319999999995041e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(1,4,'conv3','Conv + Relu','16x4x4','16x72',1,16,16,2032,33747,0,4.7853312934738043479e-10,9.7656250000000005421e-05,0.0,7.3128829585293111392,17.20400393517933324,11.89818252164020862);
INSERT INTO layer VALUES(1,5,'hidden','Gemm + Relu','64','64x256',1,1,1,127,34906,0,1.5976572769069175628e-10,0.0,0.0,7.9715435649138095541,23.579330690146793614,17.066664888196104499);
INSERT INTO layer VALUES(1,6,'scores','Gemm','10','10x64',1,1,1,127,35144,0,2.6336599180389471258e-11,0.0,0.0,5.727920397776474104,20.176119191484591652,14.213386915763695839);
INSERT INTO layer VALUES(2,0,'conv1','Conv + Relu','4x16x16','4x9',1,256,256,32512,33,0,1.5793847565603413591e-09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(2,1,'conv1.pool','MaxPool','4x8x8',NULL,0,64,0,320,28388,0,6.5904640000000000417e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(2,2,'conv2','Conv + Relu','8x8x8','8x36',1,64,64,8128,31397,0,9.6036037770196199577e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(2,3,'conv2.pool','MaxPool','8x4x4',NULL,0,16,0,80,33198,0,3.2952320000000000208e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(2,4,'conv3','Conv + Relu','16x4x4','16x72',1,16,16,2032,33580,0,4.8730416256713588703e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(2,5,'hidden','Gemm + Relu','64','64x256',1,1,1,127,35211,0,1.6379920433041887098e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(2,6,'scores','Gemm','10','10x64',1,1,1,127,35529,0,2.7123997070374118705e-11,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,0,'Gather_1','Gather + Add','4x64',NULL,0,4,0,32,12,11,2.2955520000000000156e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,1,'LayerNormalization_1','LayerNormalization','4x64',NULL,0,4,0,64,21,0,3.6331520000000001317e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,2,'MatMul_1','MatMul','4x192','192x64',1,4,4,508,98,0,1.9697893246022565136e-06,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,3,'MatMul_2','MatMul + Div','1x4x4',NULL,0,4,0,52,724,0,5.225727999999999472e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,4,'Where_1','Where','1x4x4',NULL,0,4,0,20,788,0,1.6204800000000001391e-11,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,5,'Softmax_1','Softmax','1x4x4',NULL,0,4,0,24,794,0,3.2844799999999998341e-11,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,6,'MatMul_3','MatMul','1x4x64',NULL,0,4,0,48,843,0,4.9182719999999998262e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,7,'MatMul_4','MatMul','4x64','64x64',1,4,4,508,884,0,6.5660125947099987429e-07,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,8,'Add_4','Add','4x64',NULL,0,4,0,24,1509,0,4.3376640000000003354e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,9,'LayerNormalization_2','LayerNormalization','4x64',NULL,0,4,0,64,1486,0,3.6331520000000001317e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,10,'MatMul_5','MatMul','4x256','256x64',1,4,4,508,1786,11,2.6267984749216732388e-06,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,11,'Pow_1','Pow + Mul','4x256',NULL,0,4,0,560,1689,0,2.7410432000000000663e-09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,12,'Add_6','Add + Mul + Tanh + Add','4x256',NULL,0,4,0,432,2000,0,2.7803647999999999815e-09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,13,'Mul_3','Mul','4x256',NULL,0,4,0,48,2201,0,1.037107200000000089e-09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,14,'Mul_4','Mul','4x256',NULL,0,4,0,48,2471,0,1.5024128000000000501e-09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,15,'MatMul_6','MatMul','4x64','64x256',1,4,4,508,225,0,2.6254175428033787657e-06,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,16,'Add_9','Add','4x64',NULL,0,4,0,24,731,0,3.7560320000000001253e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,17,'LayerNormalization_3','LayerNormalization','4x64',NULL,0,4,0,64,734,0,3.6331520000000001317e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(3,18,'MatMul_7','MatMul','4x20','20x64',1,4,4,508,815,0,2.0523878567941096686e-07,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(4,0,'first','Gemm + Relu','128','128x256',0,1,0,1032,82,0,2.1448144687289522212e-09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(4,1,'second','Gemm + Relu','64','64x128',1,1,1,132,1141,0,1.5019029908220461327e-09,0.0,0.0,5.6724252576662719249,18.739871456541557392,18.739871456541557392);
INSERT INTO layer VALUES(4,2,'scores','Gemm','10','10x64',1,1,1,132,1383,0,2.7368848118874246218e-10,0.0,0.0,5.2094532819617116459,20.566555304840619556,20.566555304840619556);
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
INSERT INTO stage VALUES(1,0,'input','source',0,0,NULL,128,1000000000.0,128,0,129920);
INSERT INTO stage VALUES(1,1,'conv1','analog',0,1,0,1024,1000000000.0,130048,0,0);
INSERT INTO stage VALUES(1,2,'conv1.pool','digital',0,3,1,256,1000000000.0,1280,128768,0);
INSERT INTO stage VALUES(1,3,'conv2','analog',0,2,2,256,1000000000.0,32512,121448,0);
INSERT INTO stage VALUES(1,4,'conv2.pool','digital',0,5,3,64,1000000000.0,320,129728,0);
INSERT INTO stage VALUES(1,5,'conv3','analog',0,4,4,64,1000000000.0,8128,126312,0);
INSERT INTO stage VALUES(1,6,'hidden','analog',0,6,5,4,1000000000.0,508,130028,0);
INSERT INTO stage VALUES(1,7,'scores','analog',0,7,6,4,1000000000.0,508,130028,0);
INSERT INTO stage VALUES(1,8,'output','sink',0,0,NULL,4,1000000000.0,12,130036,0);
INSERT INTO stage VALUES(2,0,'input','source',0,0,NULL,18,1000000000.0,18,0,18226);
INSERT INTO stage VALUES(2,1,'conv1','analog',0,1,0,232,1000000000.0,29464,3375,0);
INSERT INTO stage VALUES(2,2,'conv1.pool','digital',0,3,1,60,1000000000.0,300,28372,0);
INSERT INTO stage VALUES(2,3,'conv2','analog',0,2,2,64,1000000000.0,8128,29914,0);
INSERT INTO stage VALUES(2,4,'conv2.pool','digital',0,5,3,16,1000000000.0,80,31408,0);
INSERT INTO stage VALUES(2,5,'conv3','analog',0,4,4,16,1000000000.0,2032,31130,0);
INSERT INTO stage VALUES(2,6,'hidden','analog',0,6,5,1,1000000000.0,127,32443,0);
INSERT INTO stage VALUES(2,7,'scores','analog',0,7,6,1,1000000000.0,127,32443,0);
INSERT INTO stage VALUES(2,8,'output','sink',0,0,NULL,1,1000000000.0,3,32509,0);
INSERT INTO stage VALUES(3,0,'input','source',1,0,NULL,3,1000000000.0,3,0,0);
INSERT INTO stage VALUES(3,1,'Gather_1','digital',1,1,0,12,1000000000.0,96,12,1412);
INSERT INTO stage VALUES(3,2,'LayerNormalization_1','digital',1,1,1,12,1000000000.0,192,1300,49);
INSERT INTO stage VALUES(3,3,'MatMul_1','analog',1,3,2,12,1000000000.0,1524,725,0);
INSERT INTO stage VALUES(3,4,'MatMul_2','digital',1,4,3,12,1000000000.0,156,1808,0);
INSERT INTO stage VALUES(3,5,'Where_1','digital',1,5,4,12,1000000000.0,60,1989,0);
INSERT INTO stage VALUES(3,6,'Softmax_1','digital',1,5,5,12,1000000000.0,72,2017,43);
INSERT INTO stage VALUES(3,7,'MatMul_3','digital',1,4,6,12,1000000000.0,144,2084,32);
INSERT INTO stage VALUES(3,8,'MatMul_4','analog',1,6,7,12,1000000000.0,1524,1485,0);
INSERT INTO stage VALUES(3,9,'Add_4','digital',1,2,8,12,1000000000.0,72,2829,0);
INSERT INTO stage VALUES(3,10,'LayerNormalization_2','digital',1,2,9,12,1000000000.0,192,2736,0);
INSERT INTO stage VALUES(3,11,'MatMul_5','analog',1,7,10,12,1000000000.0,1524,1876,1630);
INSERT INTO stage VALUES(3,12,'Pow_1','digital',1,8,11,12,1000000000.0,1680,2351,0);
INSERT INTO stage VALUES(3,13,'Add_6','digital',1,5,12,12,1000000000.0,1296,2918,0);
INSERT INTO stage VALUES(3,14,'Mul_3','digital',1,4,13,12,1000000000.0,144,3886,0);
INSERT INTO stage VALUES(3,15,'Mul_4','digital',1,2,14,12,1000000000.0,144,4157,0);
INSERT INTO stage VALUES(3,16,'MatMul_6','analog',3,3,15,12,1000000000.0,1524,225,0);
INSERT INTO stage VALUES(3,17,'Add_9','digital',3,1,16,12,1000000000.0,72,1699,0);
INSERT INTO stage VALUES(3,18,'LayerNormalization_3','digital',3,2,17,12,1000000000.0,192,1622,0);
INSERT INTO stage VALUES(3,19,'MatMul_7','analog',3,6,18,12,1000000000.0,1524,1745,0);
INSERT INTO stage VALUES(3,20,'output','sink',3,0,NULL,12,1000000000.0,60,2031,0);
INSERT INTO stage VALUES(3,21,'Mul_4 to memory','sink',1,0,NULL,12,1000000000.0,768,3484,0);
INSERT INTO stage VALUES(3,22,'Mul_4 from memory','source',3,0,NULL,12,1000000000.0,768,0,192);
INSERT INTO stage VALUES(3,23,'Add_4 to memory','sink',1,0,NULL,12,1000000000.0,192,3484,0);
INSERT INTO stage VALUES(3,24,'Add_4 from memory','source',3,0,NULL,12,1000000000.0,192,0,186);
INSERT INTO stage VALUES(3,25,'MatMul_1 weights','source',0,0,NULL,64,1000000000.0,1536,0,2051712);
INSERT INTO stage VALUES(3,26,'MatMul_1 programming','programming',0,3,2,64,1000000000.0,2304000,58,0);
INSERT INTO stage VALUES(3,27,'MatMul_4 weights','source',0,0,NULL,64,1000000000.0,512,0,683424);
INSERT INTO stage VALUES(3,28,'MatMul_4 programming','programming',0,6,7,64,1000000000.0,768000,71,0);
INSERT INTO stage VALUES(3,29,'MatMul_5 weights','source',0,0,NULL,64,1000000000.0,2048,0,2735784);
INSERT INTO stage VALUES(3,30,'MatMul_5 programming','programming',0,7,10,64,1000000000.0,3072000,114,0);
INSERT INTO stage VALUES(3,31,'MatMul_6 weights','source',2,0,NULL,256,1000000000.0,2048,0,2988025);
INSERT INTO stage VALUES(3,32,'MatMul_6 programming','programming',2,3,15,256,1000000000.0,3072000,29,0);
INSERT INTO stage VALUES(3,33,'MatMul_7 weights','source',2,0,NULL,64,1000000000.0,192,0,683991);
INSERT INTO stage VALUES(3,34,'MatMul_7 programming','programming',2,6,18,64,1000000000.0,768000,20,0);
INSERT INTO stage VALUES(4,0,'input','source',0,0,NULL,1,1000000000.0,32,0,1000);
INSERT INTO stage VALUES(4,1,'first','digital',0,5,0,1,1000000000.0,1032,0,0);
INSERT INTO stage VALUES(4,2,'second','analog',0,4,1,1,1000000000.0,132,1032,0);
INSERT INTO stage VALUES(4,3,'scores','analog',0,8,2,1,1000000000.0,132,1032,0);
INSERT INTO stage VALUES(4,4,'output','sink',0,0,NULL,1,1000000000.0,2,1030,0);
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
INSERT INTO phase VALUES(3,0,'program 1 of 2',1,0.0030721110000000001992,0.0030721350000000001434,3);
INSERT INTO phase VALUES(3,1,'compute 1 of 2',0,2.6790000000000001e-06,4.4610000000000001483e-06,3);
INSERT INTO phase VALUES(3,2,'program 2 of 2',1,0.0030720420000000000886,0.0030720420000000000886,3);
INSERT INTO phase VALUES(3,3,'compute 2 of 2',0,1.0849999999999999879e-06,2.1079999999999999766e-06,3);
CREATE TABLE unit (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  unit INTEGER NOT NULL,
  node INTEGER NOT NULL,                      -- mesh node
  name TEXT NOT NULL,                         -- drivers, array, converters, scale, vector unit, port in, port out
  clock_hz REAL NOT NULL,                     -- of its core: of the cycles
  worked_cycles INTEGER NOT NULL,
  held_cycles INTEGER NOT NULL, stages TEXT NOT NULL DEFAULT '[]',               -- with finished work that nothing had room for
  PRIMARY KEY (run, unit)
) STRICT, WITHOUT ROWID;
INSERT INTO unit VALUES(1,0,1,'drivers',1000000000.0,5120,124928,'[]');
INSERT INTO unit VALUES(1,1,1,'array',1000000000.0,130048,0,'[]');
INSERT INTO unit VALUES(1,2,1,'converters',1000000000.0,81920,0,'[]');
INSERT INTO unit VALUES(1,3,1,'scale',1000000000.0,2048,0,'[]');
INSERT INTO unit VALUES(1,4,2,'drivers',1000000000.0,1280,7320,'[]');
INSERT INTO unit VALUES(1,5,2,'array',1000000000.0,32512,0,'[]');
INSERT INTO unit VALUES(1,6,2,'converters',1000000000.0,20480,0,'[]');
INSERT INTO unit VALUES(1,7,2,'scale',1000000000.0,512,0,'[]');
INSERT INTO unit VALUES(1,8,4,'drivers',1000000000.0,320,3416,'[]');
INSERT INTO unit VALUES(1,9,4,'array',1000000000.0,8128,0,'[]');
INSERT INTO unit VALUES(1,10,4,'converters',1000000000.0,5120,0,'[]');
INSERT INTO unit VALUES(1,11,4,'scale',1000000000.0,128,0,'[]');
INSERT INTO unit VALUES(1,12,6,'drivers',1000000000.0,20,0,'[]');
INSERT INTO unit VALUES(1,13,6,'array',1000000000.0,508,0,'[]');
INSERT INTO unit VALUES(1,14,6,'converters',1000000000.0,320,0,'[]');
INSERT INTO unit VALUES(1,15,6,'scale',1000000000.0,32,0,'[]');
INSERT INTO unit VALUES(1,16,7,'drivers',1000000000.0,20,0,'[]');
INSERT INTO unit VALUES(1,17,7,'array',1000000000.0,508,0,'[]');
INSERT INTO unit VALUES(1,18,7,'converters',1000000000.0,320,0,'[]');
INSERT INTO unit VALUES(1,19,7,'scale',1000000000.0,4,0,'[]');
INSERT INTO unit VALUES(1,20,3,'vector unit',1000000000.0,1280,0,'[]');
INSERT INTO unit VALUES(1,21,5,'vector unit',1000000000.0,320,0,'[]');
INSERT INTO unit VALUES(1,22,0,'port in',1000000000.0,128,129920,'[]');
INSERT INTO unit VALUES(1,23,0,'port out',1000000000.0,12,0,'[]');
INSERT INTO unit VALUES(4,0,4,'drivers',1000000000.0,0,0,'[2]');
INSERT INTO unit VALUES(4,1,4,'array',1000000000.0,132,0,'[2]');
INSERT INTO unit VALUES(4,2,4,'converters',1000000000.0,80,0,'[2]');
INSERT INTO unit VALUES(4,3,4,'scale',1000000000.0,8,0,'[2]');
INSERT INTO unit VALUES(4,4,8,'drivers',1000000000.0,0,0,'[3]');
INSERT INTO unit VALUES(4,5,8,'array',1000000000.0,132,0,'[3]');
INSERT INTO unit VALUES(4,6,8,'converters',1000000000.0,80,0,'[3]');
INSERT INTO unit VALUES(4,7,8,'scale',1000000000.0,1,0,'[3]');
INSERT INTO unit VALUES(4,8,5,'vector unit',1000000000.0,1032,0,'[1]');
INSERT INTO unit VALUES(4,9,0,'port in',1000000000.0,32,1000,'[0]');
INSERT INTO unit VALUES(4,10,0,'port out',1000000000.0,2,0,'[4]');
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
INSERT INTO gate VALUES(2,'core',1,0.09541092519685039075,0.0,3.2863828800000003992e-09,0.0);
INSERT INTO gate VALUES(2,'core',2,0.55613312007874005082,7.0,1.9155734640000000385e-08,4.746291200000000543e-10);
INSERT INTO gate VALUES(2,'core',3,0.75289124015748021268,60.0,1.1627049999999999878e-08,1.8240000000000001118e-09);
INSERT INTO gate VALUES(2,'core',4,0.88558070866141724852,7.0,3.050339648000000453e-08,4.746291200000000543e-10);
INSERT INTO gate VALUES(2,'core',5,0.93454724409448808319,16.0,1.4432399999999999917e-08,4.8639999999999999538e-10);
INSERT INTO gate VALUES(2,'core',6,0.98929625984251956527,1.0,3.407582816000000233e-08,6.7804159999999998524e-11);
INSERT INTO gate VALUES(2,'core',7,0.98951156496062986356,1.0,3.4083244240000002615e-08,6.7804159999999998524e-11);
INSERT INTO gate VALUES(2,'core',8,1.0,0.0,3.4444513280000004062e-08,0.0);
INSERT INTO gate VALUES(2,'router',0,0.75510580708661412252,286.0,3.0485798452364459309e-07,3.5515023858966339271e-08);
INSERT INTO gate VALUES(2,'router',1,0.76657849409448808319,306.0,3.0948983903392234494e-07,3.7998591960991952957e-08);
INSERT INTO gate VALUES(2,'router',2,0.89059424212598414793,146.0,3.595585719707588143e-07,1.8130047144787010365e-08);
INSERT INTO gate VALUES(2,'router',3,0.78398745078740150749,325.0,3.1651833676265483735e-07,4.0357981657916291917e-08);
INSERT INTO gate VALUES(2,'router',4,0.91959891732283460807,101.0,3.7126859557180960289e-07,1.2542018915229369639e-08);
INSERT INTO gate VALUES(2,'router',5,0.91286294291338576645,114.0,3.6854908850009156261e-07,1.4156338181546018869e-08);
INSERT INTO gate VALUES(2,'router',6,0.98643577755905498261,20.0,3.9825256300031789118e-07,2.4835681020256178241e-09);
INSERT INTO gate VALUES(2,'router',7,0.99618602362204722311,5.0,4.0218901844202855221e-07,6.2089202550640445604e-10);
INSERT INTO gate VALUES(2,'router',8,1.0,0.0,4.0372883066528447268e-07,0.0);
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
INSERT INTO link VALUES(1,0,'eject',0,0,1000000000.0,136);
INSERT INTO link VALUES(1,1,'between',0,1,1000000000.0,260);
INSERT INTO link VALUES(1,2,'between',0,3,1000000000.0,2160);
INSERT INTO link VALUES(1,3,'eject',1,1,1000000000.0,512);
INSERT INTO link VALUES(1,4,'between',1,2,1000000000.0,0);
INSERT INTO link VALUES(1,5,'between',1,0,1000000000.0,2280);
INSERT INTO link VALUES(1,6,'between',1,4,1000000000.0,4);
INSERT INTO link VALUES(1,7,'eject',2,2,1000000000.0,576);
INSERT INTO link VALUES(1,8,'between',2,1,1000000000.0,112);
INSERT INTO link VALUES(1,9,'between',2,5,1000000000.0,768);
INSERT INTO link VALUES(1,10,'eject',3,3,1000000000.0,2160);
INSERT INTO link VALUES(1,11,'between',3,4,1000000000.0,768);
INSERT INTO link VALUES(1,12,'between',3,6,1000000000.0,192);
INSERT INTO link VALUES(1,13,'between',3,0,1000000000.0,16);
INSERT INTO link VALUES(1,14,'eject',4,4,1000000000.0,132);
INSERT INTO link VALUES(1,15,'between',4,5,1000000000.0,548);
INSERT INTO link VALUES(1,16,'between',4,3,1000000000.0,192);
INSERT INTO link VALUES(1,17,'between',4,7,1000000000.0,4);
INSERT INTO link VALUES(1,18,'between',4,1,1000000000.0,256);
INSERT INTO link VALUES(1,19,'eject',5,5,1000000000.0,804);
INSERT INTO link VALUES(1,20,'between',5,4,1000000000.0,128);
INSERT INTO link VALUES(1,21,'between',5,8,1000000000.0,0);
INSERT INTO link VALUES(1,22,'between',5,2,1000000000.0,576);
INSERT INTO link VALUES(1,23,'eject',6,6,1000000000.0,196);
INSERT INTO link VALUES(1,24,'between',6,7,1000000000.0,40);
INSERT INTO link VALUES(1,25,'between',6,3,1000000000.0,16);
INSERT INTO link VALUES(1,26,'eject',7,7,1000000000.0,40);
INSERT INTO link VALUES(1,27,'between',7,8,1000000000.0,0);
INSERT INTO link VALUES(1,28,'between',7,6,1000000000.0,20);
INSERT INTO link VALUES(1,29,'between',7,4,1000000000.0,4);
INSERT INTO link VALUES(1,30,'eject',8,8,1000000000.0,0);
INSERT INTO link VALUES(1,31,'between',8,7,1000000000.0,0);
INSERT INTO link VALUES(1,32,'between',8,5,1000000000.0,0);
INSERT INTO link VALUES(1,33,'inject',0,0,1000000000.0,260);
INSERT INTO link VALUES(1,34,'inject',1,1,1000000000.0,2168);
INSERT INTO link VALUES(1,35,'inject',2,2,1000000000.0,880);
INSERT INTO link VALUES(1,36,'inject',3,3,1000000000.0,768);
INSERT INTO link VALUES(1,37,'inject',4,4,1000000000.0,228);
INSERT INTO link VALUES(1,38,'inject',5,5,1000000000.0,192);
INSERT INTO link VALUES(1,39,'inject',6,6,1000000000.0,40);
INSERT INTO link VALUES(1,40,'inject',7,7,1000000000.0,20);
INSERT INTO link VALUES(1,41,'inject',8,8,1000000000.0,0);
INSERT INTO link VALUES(4,0,'eject',0,0,1000000000.0,4);
INSERT INTO link VALUES(4,1,'between',0,1,1000000000.0,34);
INSERT INTO link VALUES(4,4,'between',1,2,1000000000.0,34);
INSERT INTO link VALUES(4,9,'between',2,5,1000000000.0,34);
INSERT INTO link VALUES(4,13,'between',3,0,1000000000.0,4);
INSERT INTO link VALUES(4,14,'eject',4,4,1000000000.0,18);
INSERT INTO link VALUES(4,15,'between',4,5,1000000000.0,10);
INSERT INTO link VALUES(4,16,'between',4,3,1000000000.0,1);
INSERT INTO link VALUES(4,19,'eject',5,5,1000000000.0,34);
INSERT INTO link VALUES(4,20,'between',5,4,1000000000.0,18);
INSERT INTO link VALUES(4,21,'between',5,8,1000000000.0,10);
INSERT INTO link VALUES(4,25,'between',6,3,1000000000.0,3);
INSERT INTO link VALUES(4,28,'between',7,6,1000000000.0,3);
INSERT INTO link VALUES(4,29,'between',7,4,1000000000.0,1);
INSERT INTO link VALUES(4,30,'eject',8,8,1000000000.0,10);
INSERT INTO link VALUES(4,31,'between',8,7,1000000000.0,4);
INSERT INTO link VALUES(4,33,'inject',0,0,1000000000.0,34);
INSERT INTO link VALUES(4,37,'inject',4,4,1000000000.0,10);
INSERT INTO link VALUES(4,38,'inject',5,5,1000000000.0,18);
INSERT INTO link VALUES(4,41,'inject',8,8,1000000000.0,4);
CREATE TABLE IF NOT EXISTS "sequence_run" (
  run INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
  mode TEXT NOT NULL CHECK (mode IN ('prefill', 'decode')), -- an inference is the whole sequence, or one token
  tokens INTEGER NOT NULL,                    -- of the sequence
  context INTEGER NOT NULL,                   -- tokens that one sees, itself included
  tokens_per_s REAL,                          -- NULL: a single inference
  energy_per_token_j REAL NOT NULL,
  cache_read_bits REAL NOT NULL,              -- per token: keys and values from memory
  cache_written_bits REAL NOT NULL            -- the same to it
) STRICT;
INSERT INTO sequence_run VALUES(3,'prefill',4,4,1950.9828563884768755,6.5626677593151914536e-05,0.0,0.0);
CREATE TABLE back_to_back (
  run INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
  inferences INTEGER NOT NULL,
  seconds REAL NOT NULL                       -- from the first input to the last output, the chip idle before
) STRICT;
INSERT INTO back_to_back VALUES(2,2,6.4999999999999994305e-05);
CREATE TABLE IF NOT EXISTS "functional" (
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
INSERT INTO functional VALUES(2,3,0,1.0,30,1,8.4992674922713575e-07,102591.667028845608,1866.0,1866.0);
CREATE TABLE IF NOT EXISTS "functional_energy" (
  run INTEGER NOT NULL REFERENCES "functional"(run) ON DELETE CASCADE,
  block TEXT NOT NULL,
  joule REAL NOT NULL,                        -- per inference in steady state
  PRIMARY KEY (run, block)
) STRICT, WITHOUT ROWID;
INSERT INTO functional_energy VALUES(2,'adc',6.7496151287333450716e-10);
INSERT INTO functional_energy VALUES(2,'array',3.2430308465544411763e-10);
INSERT INTO functional_energy VALUES(2,'dac',1.6416000000000001135e-11);
INSERT INTO functional_energy VALUES(2,'digital',3.5276799999999999609e-10);
INSERT INTO functional_energy VALUES(2,'gating',1.6519972840696898646e-07);
INSERT INTO functional_energy VALUES(2,'input_buffer',1.4977024000000000495e-09);
INSERT INTO functional_energy VALUES(2,'leakage',6.6057089039952526219e-07);
INSERT INTO functional_energy VALUES(2,'link',2.1627648000000003771e-09);
INSERT INTO functional_energy VALUES(2,'output_buffer',9.4242559999999986038e-10);
INSERT INTO functional_energy VALUES(2,'port',1.3248000000000000574e-08);
INSERT INTO functional_energy VALUES(2,'router',4.6195690231125753661e-09);
INSERT INTO functional_energy VALUES(2,'scale',3.172200000000000688e-10);
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
INSERT INTO tile VALUES(1,0,0,1,0,'conv1',0,0,0,0,9,4,0,0);
INSERT INTO tile VALUES(1,1,1,2,0,'conv2',0,0,0,0,36,8,0,0);
INSERT INTO tile VALUES(1,2,2,4,0,'conv3',0,0,0,0,72,16,0,0);
INSERT INTO tile VALUES(1,3,3,6,0,'hidden',0,0,0,0,256,64,0,0);
INSERT INTO tile VALUES(1,4,4,7,0,'scores',0,0,0,0,64,10,0,0);
INSERT INTO tile VALUES(2,0,0,1,0,'conv1',0,0,0,0,9,4,0,0);
INSERT INTO tile VALUES(2,1,1,2,0,'conv2',0,0,0,0,36,8,0,0);
INSERT INTO tile VALUES(2,2,2,4,0,'conv3',0,0,0,0,72,16,0,0);
INSERT INTO tile VALUES(2,3,3,6,0,'hidden',0,0,0,0,256,64,0,0);
INSERT INTO tile VALUES(2,4,4,7,0,'scores',0,0,0,0,64,10,0,0);
INSERT INTO tile VALUES(3,0,0,3,1,'MatMul_1',0,0,0,0,64,192,0,0);
INSERT INTO tile VALUES(3,1,1,6,1,'MatMul_4',0,0,0,0,64,64,0,0);
INSERT INTO tile VALUES(3,2,2,7,1,'MatMul_5',0,0,0,0,64,256,0,0);
INSERT INTO tile VALUES(3,3,3,3,3,'MatMul_6',0,0,0,0,256,64,0,0);
INSERT INTO tile VALUES(3,4,4,6,3,'MatMul_7',0,0,0,0,64,20,0,0);
INSERT INTO tile VALUES(4,0,0,4,0,'second',0,0,0,0,128,64,0,0);
INSERT INTO tile VALUES(4,1,1,8,0,'scores',0,0,0,0,64,10,0,0);
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
, name TEXT, tags TEXT NOT NULL DEFAULT '{}', inputs TEXT NOT NULL DEFAULT '{}', machine TEXT, uid TEXT) STRICT;
INSERT INTO training VALUES(1,'0.1.0','2026-11-28T17:00:00Z','mho retrain strokes.onnx --out tuned.onnx',1,2.5,'strokes','e68ac2366d16de43',18500,'stroke digits (seed 2024, split 1)','0123456789abcdef','top1','{"chip":{"analog_clock":"chip","clock":1.0,"converters":"shared","core_leakage":1.0,"digital_buffer":128.0,"digital_clock":"chip","digital_cores":2,"gating":{"break_even":64,"idle":64,"residual":0.05,"wake_up":64},"input_buffer":64.0,"mesh":{"height":3,"width":3},"output_buffer_positions":2,"power_gating":"off","synchroniser":2,"tiles_per_core":1},"digital":{"activation_format":"dac","area":10080.0,"energy":0.104,"lanes":32,"leakage":0.5,"partial_sum_format":"float16","pipeline_depth":4,"result_format":"float16","scale_format":"float16"},"mapper":{"buffer_slack":2,"cache_block":4.0,"caches":"core","placement":"snake","reload_batch":1,"weights":"stationary"},"noc":{"buffer_flits":8,"clock":"chip","concentration":1,"energy":{"arbitration":"survey","buffer_read":"survey","buffer_write":"survey","crossbar":"survey"},"flit_bits":64,"gating":{"break_even":10,"idle":4,"look_ahead":0,"residual":0.05,"wake_up":8},"hop_length":1.0,"link_energy":0.0162,"multicast":"off","power_gating":"off","router_area":"survey","router_leakage":"survey","router_stages":4,"routing":"xy","topology":"mesh","virtual_channels":2},"port":{"bits_per_cycle":"memory","energy_per_bit":"memory","latency":"memory","memory":"none","nodes":"0","outstanding":16},"tile":{"adc":{"area":"survey","bits":8,"bound":10.0,"bound_management":"off","calibration":0.0,"conversion_time":10.0,"dead_codes":0.0,"dnl":0.0,"energy":"survey","gain_spread":0.0,"inl":0.0,"leakage":1.8,"mux":8,"offset_spread":0.0,"rounding":"nearest","technology":14.0},"array":{"cell_area":0.5,"line_capacitance":0.14,"read_voltage":0.2},"buffer":{"area":0.048,"leakage":10.0,"read_energy":0.0142,"write_energy":0.0142},"coding":{"bits_per_slice":2,"kind":"differential","pairing":"equal","pairs":1,"significance":1.0,"slices":1},"columns":512,"dac":{"area":28.0,"bits":8,"coding":"pulse_width","energy":0.0027,"input_noise":0.0,"passes":"one","read_time":100.0,"rounding":"nearest","settling":5.0,"time_per_level":1.0},"device":{"acceptance":"0.2%","drift_scale":1.0,"g_max":"native","g_min":"native","kind":"pcm","levels":"any","programming_scale":1.0,"read_scale":1.0,"stuck_at":"zero","stuck_rate":0.0,"table":"","table_reference":1.0},"drift_compensation":"global","input":{"asymmetry":"off"},"input_range":{"kind":"calibrated","learned":"use","method":"quantile","quantile":0.99995,"sigmas":3.0},"ir_drop":{"scale":1.0,"wire_ratio":571428.57},"mapping":{"scale":"column"},"noise":{"output":0.04,"output_spread":0.0,"read":0.0175,"read_kind":"pcm"},"program":{"iteration_energy":20.0,"iteration_time":1000.0,"iterations":12.0,"parallel_columns":64,"weight_bits":8},"readout":{"asymmetry":0.0,"offset":0.0,"s_curve":0.0,"s_curve_correction":0.0,"s_curve_spread":0.0,"series_limit":1.0,"series_resistance":0.0},"rows":512,"scale":{"area":181.0,"energy":0.17,"lanes":16},"wires":{"driver":0.0,"input":0.35,"kind":"approximate","output":0.35,"sense":0.0,"sense_end":"first"}}}','{"noise": {"scale": 1.0}, "epochs": 2}',0,'tuned.onnx','e68ac2366d16de43',NULL,'{}','{}',NULL,'2026-11-28T17:00:00Z e68ac2366d16de43 e68ac2366d16de43 2.5 1');
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
INSERT INTO epoch VALUES(1,1,0.5,0.875,0.0010000000000000000208,0.5,1.25);
INSERT INTO epoch VALUES(1,2,0.25,0.9375,0.0005000000000000000104,1.0,1.25);
CREATE TABLE energy (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  layer INTEGER,                              -- NULL: shared by all (network, port, leakage)
  block TEXT NOT NULL,
  joule REAL NOT NULL,                        -- per inference in steady state
  FOREIGN KEY (run, layer) REFERENCES layer(run, layer)
) STRICT;
INSERT INTO energy VALUES(1,0,'dac',6.2208000000000003115e-12);
INSERT INTO energy VALUES(1,0,'array',1.5951791585290554232e-10);
INSERT INTO energy VALUES(1,0,'adc',3.7039688594978264764e-10);
INSERT INTO energy VALUES(1,0,'scale',1.7408000000000000786e-10);
INSERT INTO energy VALUES(1,0,'input_buffer',2.9081600000000000158e-10);
INSERT INTO energy VALUES(2,NULL,'link',2.1627648000000003771e-09);
INSERT INTO energy VALUES(2,NULL,'port',1.3248000000000000574e-08);
INSERT INTO energy VALUES(2,NULL,'leakage',6.6057089039952526219e-07);
INSERT INTO energy VALUES(2,NULL,'gating',1.6519972840696898646e-07);
INSERT INTO energy VALUES(3,0,'input_buffer',1.8176000000000000502e-12);
INSERT INTO energy VALUES(3,0,'output_buffer',1.7448960000000001129e-10);
INSERT INTO energy VALUES(3,0,'digital',5.3247999999999992828e-11);
INSERT INTO energy VALUES(3,1,'input_buffer',1.1632640000000000321e-10);
INSERT INTO energy VALUES(3,1,'output_buffer',8.7244800000000005645e-11);
INSERT INTO energy VALUES(3,1,'digital',1.5974399999999999141e-10);
INSERT INTO energy VALUES(3,2,'dac',6.9119999999999992236e-13);
INSERT INTO energy VALUES(3,2,'array',1.9625221377940929211e-09);
INSERT INTO energy VALUES(3,2,'adc',2.7779766446233699866e-10);
INSERT INTO energy VALUES(3,2,'scale',1.3056000000000001237e-10);
INSERT INTO energy VALUES(3,2,'input_buffer',9.8877440000000004676e-10);
INSERT INTO energy VALUES(3,2,'output_buffer',3.4897919999999997087e-10);
INSERT INTO energy VALUES(3,2,'programming',1.9660799999999999869e-06);
INSERT INTO energy VALUES(3,3,'input_buffer',4.071423999999999402e-10);
INSERT INTO energy VALUES(3,3,'output_buffer',7.2704000000000002009e-12);
INSERT INTO energy VALUES(3,3,'digital',1.0815999999999999148e-10);
INSERT INTO energy VALUES(3,4,'input_buffer',7.2704000000000002009e-12);
INSERT INTO energy VALUES(3,4,'output_buffer',7.2704000000000002009e-12);
INSERT INTO energy VALUES(3,4,'digital',1.6639999999999997759e-12);
INSERT INTO energy VALUES(3,5,'input_buffer',7.2704000000000002009e-12);
INSERT INTO energy VALUES(3,5,'output_buffer',7.2704000000000002009e-12);
INSERT INTO energy VALUES(3,5,'digital',1.8303999999999999554e-11);
INSERT INTO energy VALUES(3,6,'input_buffer',2.9808639999999999128e-10);
INSERT INTO energy VALUES(3,6,'output_buffer',8.7244800000000005645e-11);
INSERT INTO energy VALUES(3,6,'digital',1.0649599999999998566e-10);
INSERT INTO energy VALUES(3,7,'dac',6.9119999999999992236e-13);
INSERT INTO energy VALUES(3,7,'array',6.1975571617916672241e-10);
INSERT INTO energy VALUES(3,7,'adc',9.2599221487445661912e-11);
INSERT INTO energy VALUES(3,7,'scale',4.3520000000000001964e-11);
INSERT INTO energy VALUES(3,7,'input_buffer',3.6836693333333336295e-10);
INSERT INTO energy VALUES(3,7,'output_buffer',1.1632640000000000321e-10);
INSERT INTO energy VALUES(3,7,'programming',6.5535999999999996032e-07);
INSERT INTO energy VALUES(3,8,'input_buffer',2.3265280000000000642e-10);
INSERT INTO energy VALUES(3,8,'output_buffer',1.7448960000000001129e-10);
INSERT INTO energy VALUES(3,8,'digital',2.6623999999999996414e-11);
INSERT INTO energy VALUES(3,9,'input_buffer',1.1632640000000000321e-10);
INSERT INTO energy VALUES(3,9,'output_buffer',8.7244800000000005645e-11);
INSERT INTO energy VALUES(3,9,'digital',1.5974399999999999141e-10);
INSERT INTO energy VALUES(3,10,'dac',6.9119999999999992236e-13);
INSERT INTO energy VALUES(3,10,'array',2.5837175023902594339e-09);
INSERT INTO energy VALUES(3,10,'adc',3.7039688594978264764e-10);
INSERT INTO energy VALUES(3,10,'scale',1.7408000000000000786e-10);
INSERT INTO energy VALUES(3,10,'input_buffer',1.2989781333333332853e-09);
INSERT INTO energy VALUES(3,10,'output_buffer',9.3061120000000002571e-10);
INSERT INTO energy VALUES(3,10,'programming',2.6214399999999998412e-06);
INSERT INTO energy VALUES(3,11,'input_buffer',4.6530560000000001285e-10);
INSERT INTO energy VALUES(3,11,'output_buffer',4.6530560000000001285e-10);
INSERT INTO energy VALUES(3,11,'digital',1.8104319999999999371e-09);
INSERT INTO energy VALUES(3,12,'input_buffer',9.3061120000000002571e-10);
INSERT INTO energy VALUES(3,12,'output_buffer',4.6530560000000001285e-10);
INSERT INTO energy VALUES(3,12,'digital',1.3844479999999998911e-09);
INSERT INTO energy VALUES(3,13,'input_buffer',4.6530560000000001285e-10);
INSERT INTO energy VALUES(3,13,'output_buffer',4.6530560000000001285e-10);
INSERT INTO energy VALUES(3,13,'digital',1.0649599999999998566e-10);
INSERT INTO energy VALUES(3,14,'input_buffer',9.3061120000000002571e-10);
INSERT INTO energy VALUES(3,14,'output_buffer',4.6530560000000001285e-10);
INSERT INTO energy VALUES(3,14,'digital',1.0649599999999998566e-10);
INSERT INTO energy VALUES(3,15,'dac',2.7647999999999996894e-12);
INSERT INTO energy VALUES(3,15,'array',2.2488646485581074159e-09);
CREATE TABLE area (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  block TEXT NOT NULL,
  count INTEGER NOT NULL,
  mm2 REAL NOT NULL,
  PRIMARY KEY (run, block)
) STRICT, WITHOUT ROWID;
INSERT INTO area VALUES(1,'adc',384,0.41788714919848568563);
INSERT INTO area VALUES(1,'array',6,0.78643200000000001992);
INSERT INTO area VALUES(1,'dac',3072,0.08601599999999999524);
INSERT INTO area VALUES(1,'digital',2,0.020160000000000000835);
INSERT INTO area VALUES(1,'digital_buffer',2,0.1006632960000000132);
INSERT INTO area VALUES(1,'input_buffer',6,0.15099494400000001981);
INSERT INTO area VALUES(1,'output_buffer',6,0.0047185920000000006191);
INSERT INTO area VALUES(1,'router',9,0.16619294827096336986);
INSERT INTO area VALUES(1,'scale',96,0.017375999999999999084);
INSERT INTO area VALUES(2,'adc',384,0.41788714919848568563);
INSERT INTO area VALUES(2,'array',6,0.78643200000000001992);
INSERT INTO area VALUES(2,'dac',3072,0.08601599999999999524);
INSERT INTO area VALUES(2,'digital',2,0.020160000000000000835);
INSERT INTO area VALUES(2,'digital_buffer',2,0.1006632960000000132);
INSERT INTO area VALUES(2,'input_buffer',6,0.15099494400000001981);
INSERT INTO area VALUES(2,'output_buffer',6,0.0047185920000000006191);
INSERT INTO area VALUES(2,'router',9,0.16619294827096336986);
INSERT INTO area VALUES(2,'scale',96,0.017375999999999999084);
INSERT INTO area VALUES(3,'adc',192,0.20894357459924284281);
INSERT INTO area VALUES(3,'array',3,0.39321600000000000996);
INSERT INTO area VALUES(3,'dac',1536,0.04300799999999999762);
INSERT INTO area VALUES(3,'digital',5,0.050400000000000000355);
INSERT INTO area VALUES(3,'digital_buffer',5,0.25165824000000003302);
INSERT INTO area VALUES(3,'input_buffer',3,0.075497472000000009906);
INSERT INTO area VALUES(3,'output_buffer',3,0.0023592960000000003095);
INSERT INTO area VALUES(3,'router',9,0.16619294827096336986);
INSERT INTO area VALUES(3,'scale',48,0.0086879999999999995424);
INSERT INTO area VALUES(4,'adc',112,0.11253383460262202098);
INSERT INTO area VALUES(4,'array',7,0.057343999999999999139);
INSERT INTO area VALUES(4,'core',7,0.14209451236089254422);
INSERT INTO area VALUES(4,'dac',896,0.025243826086956515364);
INSERT INTO area VALUES(4,'digital',1,0.0051122053184640119799);
INSERT INTO area VALUES(4,'digital_buffer',1,0.10671916137931033996);
INSERT INTO area VALUES(4,'front_end',896,1.3439999999999998614);
INSERT INTO area VALUES(4,'input_buffer',7,0.37497043862068962782);
INSERT INTO area VALUES(4,'output_buffer',7,0.0058134951724137925652);
INSERT INTO area VALUES(4,'port',1,0.064000000000000001332);
INSERT INTO area VALUES(4,'router',9,0.16867932815986846906);
INSERT INTO area VALUES(4,'scale',112,0.018655832752804704655);
INSERT INTO area VALUES(4,'supply',7,0.014000000000000002026);
CREATE TABLE accuracy (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  time_s REAL NOT NULL,
  repeat INTEGER NOT NULL,
  value REAL NOT NULL,                        -- in the run's metric
  PRIMARY KEY (run, time_s, repeat)
) STRICT, WITHOUT ROWID;
INSERT INTO accuracy VALUES(1,1.0,0,0.94999999999999995559);
INSERT INTO accuracy VALUES(1,1.0,1,1.0);
INSERT INTO accuracy VALUES(1,31536000.0,0,0.94999999999999995559);
INSERT INTO accuracy VALUES(1,31536000.0,1,0.9000000000000000222);
INSERT INTO accuracy VALUES(4,1.0,0,1.0);
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
, name TEXT, tags TEXT NOT NULL DEFAULT '{}', inputs TEXT NOT NULL DEFAULT '{}', machine TEXT, options TEXT NOT NULL DEFAULT '{}', uid TEXT) STRICT;
INSERT INTO study VALUES(1,'0.1.0','2026-11-28T17:49:35Z','mho sensitivity --only ''output noise,DAC bits,ADC bits'' --samples 20 --repeats 2 --threads 1 --db old.db',1,1,11.637281808999999199,'strokes','e68ac2366d16de43',18500,'stroke digits (seed 2024, split 0)','c78f9da1c79c531d',0,20,1000,0,2,1.0,'top1',0.10000000000000000555,0.98999999999999999111,0.2000000000000000111,'default','67d72406b944cf1c','{"chip":{"analog_clock":"chip","clock":1.0,"converters":"shared","core_leakage":1.0,"digital_buffer":128.0,"digital_clock":"chip","digital_cores":8,"gating":{"break_even":64,"idle":64,"residual":0.05,"wake_up":64},"input_buffer":64.0,"mesh":{"height":8,"width":8},"output_buffer_positions":2,"power_gating":"off","synchroniser":2,"tiles_per_core":1},"digital":{"activation_format":"dac","area":10080.0,"energy":0.104,"lanes":32,"leakage":0.5,"partial_sum_format":"float16","pipeline_depth":4,"result_format":"float16","scale_format":"float16"},"mapper":{"buffer_slack":2,"cache_block":4.0,"caches":"core","placement":"snake","reload_batch":1,"weights":"stationary"},"noc":{"buffer_flits":8,"clock":"chip","concentration":1,"energy":{"arbitration":"survey","buffer_read":"survey","buffer_write":"survey","crossbar":"survey"},"flit_bits":64,"gating":{"break_even":10,"idle":4,"look_ahead":0,"residual":0.05,"wake_up":8},"hop_length":1.0,"link_energy":0.0162,"multicast":"off","power_gating":"off","router_area":"survey","router_leakage":"survey","router_stages":4,"routing":"xy","topology":"mesh","virtual_channels":2},"port":{"bits_per_cycle":"memory","energy_per_bit":"memory","latency":"memory","memory":"none","nodes":"0","outstanding":16},"tile":{"adc":{"area":"survey","bits":8,"bound":10.0,"bound_management":"off","calibration":0.0,"conversion_time":10.0,"dead_codes":0.0,"dnl":0.0,"energy":"survey","gain_spread":0.0,"inl":0.0,"leakage":1.8,"mux":8,"offset_spread":0.0,"rounding":"nearest","technology":14.0},"array":{"cell_area":0.5,"line_capacitance":0.14,"read_voltage":0.2},"buffer":{"area":0.048,"leakage":10.0,"read_energy":0.0142,"write_energy":0.0142},"coding":{"bits_per_slice":2,"kind":"differential","pairing":"equal","pairs":1,"significance":1.0,"slices":1},"columns":512,"dac":{"area":28.0,"bits":8,"coding":"pulse_width","energy":0.0027,"input_noise":0.0,"passes":"one","read_time":100.0,"rounding":"nearest","settling":5.0,"time_per_level":1.0},"device":{"acceptance":"0.2%","drift_scale":1.0,"g_max":"native","g_min":"native","kind":"pcm","levels":"any","programming_scale":1.0,"read_scale":1.0,"stuck_at":"zero","stuck_rate":0.0,"table":"","table_reference":1.0},"drift_compensation":"global","input":{"asymmetry":"off"},"input_range":{"kind":"calibrated","learned":"use","method":"quantile","quantile":0.99995,"sigmas":3.0},"ir_drop":{"scale":1.0,"wire_ratio":571428.57},"mapping":{"scale":"column"},"noise":{"output":0.04,"output_spread":0.0,"read":0.0175,"read_kind":"pcm"},"program":{"iteration_energy":20.0,"iteration_time":1000.0,"iterations":12.0,"parallel_columns":64,"weight_bits":8},"readout":{"asymmetry":0.0,"offset":0.0,"s_curve":0.0,"s_curve_correction":0.0,"s_curve_spread":0.0,"series_limit":1.0,"series_resistance":0.0},"rows":512,"scale":{"area":181.0,"energy":0.17,"lanes":16},"wires":{"driver":0.0,"input":0.35,"kind":"approximate","output":0.35,"sense":0.0,"sense_end":"first"}}}',1.0,1.0,0.0,0,NULL,'{}','{}',NULL,'{}','2026-11-28T17:49:35Z 1 e68ac2366d16de43 67d72406b944cf1c 11.637281809 1');
INSERT INTO study VALUES(2,'0.1.0','2026-11-28T17:49:40Z','mho sensitivity --by-layer --samples 20 --repeats 2 --threads 1 --db old.db',1,1,2.2151411599999999424,'strokes','e68ac2366d16de43',18500,'stroke digits (seed 2024, split 0)','c78f9da1c79c531d',0,20,1000,0,2,1.0,'top1',0.10000000000000000555,0.98999999999999999111,0.2000000000000000111,'default','67d72406b944cf1c','{"chip":{"analog_clock":"chip","clock":1.0,"converters":"shared","core_leakage":1.0,"digital_buffer":128.0,"digital_clock":"chip","digital_cores":8,"gating":{"break_even":64,"idle":64,"residual":0.05,"wake_up":64},"input_buffer":64.0,"mesh":{"height":8,"width":8},"output_buffer_positions":2,"power_gating":"off","synchroniser":2,"tiles_per_core":1},"digital":{"activation_format":"dac","area":10080.0,"energy":0.104,"lanes":32,"leakage":0.5,"partial_sum_format":"float16","pipeline_depth":4,"result_format":"float16","scale_format":"float16"},"mapper":{"buffer_slack":2,"cache_block":4.0,"caches":"core","placement":"snake","reload_batch":1,"weights":"stationary"},"noc":{"buffer_flits":8,"clock":"chip","concentration":1,"energy":{"arbitration":"survey","buffer_read":"survey","buffer_write":"survey","crossbar":"survey"},"flit_bits":64,"gating":{"break_even":10,"idle":4,"look_ahead":0,"residual":0.05,"wake_up":8},"hop_length":1.0,"link_energy":0.0162,"multicast":"off","power_gating":"off","router_area":"survey","router_leakage":"survey","router_stages":4,"routing":"xy","topology":"mesh","virtual_channels":2},"port":{"bits_per_cycle":"memory","energy_per_bit":"memory","latency":"memory","memory":"none","nodes":"0","outstanding":16},"tile":{"adc":{"area":"survey","bits":8,"bound":10.0,"bound_management":"off","calibration":0.0,"conversion_time":10.0,"dead_codes":0.0,"dnl":0.0,"energy":"survey","gain_spread":0.0,"inl":0.0,"leakage":1.8,"mux":8,"offset_spread":0.0,"rounding":"nearest","technology":14.0},"array":{"cell_area":0.5,"line_capacitance":0.14,"read_voltage":0.2},"buffer":{"area":0.048,"leakage":10.0,"read_energy":0.0142,"write_energy":0.0142},"coding":{"bits_per_slice":2,"kind":"differential","pairing":"equal","pairs":1,"significance":1.0,"slices":1},"columns":512,"dac":{"area":28.0,"bits":8,"coding":"pulse_width","energy":0.0027,"input_noise":0.0,"passes":"one","read_time":100.0,"rounding":"nearest","settling":5.0,"time_per_level":1.0},"device":{"acceptance":"0.2%","drift_scale":1.0,"g_max":"native","g_min":"native","kind":"pcm","levels":"any","programming_scale":1.0,"read_scale":1.0,"stuck_at":"zero","stuck_rate":0.0,"table":"","table_reference":1.0},"drift_compensation":"global","input":{"asymmetry":"off"},"input_range":{"kind":"calibrated","learned":"use","method":"quantile","quantile":0.99995,"sigmas":3.0},"ir_drop":{"scale":1.0,"wire_ratio":571428.57},"mapping":{"scale":"column"},"noise":{"output":0.04,"output_spread":0.0,"read":0.0175,"read_kind":"pcm"},"program":{"iteration_energy":20.0,"iteration_time":1000.0,"iterations":12.0,"parallel_columns":64,"weight_bits":8},"readout":{"asymmetry":0.0,"offset":0.0,"s_curve":0.0,"s_curve_correction":0.0,"s_curve_spread":0.0,"series_limit":1.0,"series_resistance":0.0},"rows":512,"scale":{"area":181.0,"energy":0.17,"lanes":16},"wires":{"driver":0.0,"input":0.35,"kind":"approximate","output":0.35,"sense":0.0,"sense_end":"first"}}}',1.0,0.97499999999999997779,0.025000000000000022204,0,NULL,'{}','{}',NULL,'{}','2026-11-28T17:49:40Z 1 e68ac2366d16de43 67d72406b944cf1c 2.21514116 2');
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
INSERT INTO sensitivity VALUES(1,'ADC bits','tile.adc.bits','bit',5.9699999999999997513,NULL,5.9699999999999997513,5.9699999999999997513,0.033351035089987303428,3.4873766359115832003,NULL,0.14873766359115833668,0.0,0.054152959545731474411);
INSERT INTO sensitivity VALUES(1,'DAC bits','tile.dac.bits','bit',5.8200000000000002842,NULL,5.8200000000000002842,5.8200000000000002842,0.018436056542776628475,2.8377034761114261485,NULL,0.6350813904445704594,0.0,0.59453487827174500424);
INSERT INTO sensitivity VALUES(1,'output noise','tile.noise.output','',0.087339547491503979892,NULL,0.087012445438301805333,NULL,0.027272171122320502251,0.64050300912433544286,NULL,0.2750000000000000222,0.024999999999999994448,0.19444444444444444752);
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
INSERT INTO sensitivity_layer VALUES(2,0,'conv1',0.0,0.0,0.0,0.0,0.025000000000000022204,0.025000000000000022204,-0.29265500000000027602,0.34265500000000032043);
INSERT INTO sensitivity_layer VALUES(2,1,'conv2',0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0);
INSERT INTO sensitivity_layer VALUES(2,2,'conv3',0.0,0.0,0.0,0.0,0.025000000000000022204,0.025000000000000022204,-0.29265500000000027602,0.34265500000000032043);
INSERT INTO sensitivity_layer VALUES(2,3,'hidden',0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0);
INSERT INTO sensitivity_layer VALUES(2,4,'scores',0.0,0.0,0.0,0.0,0.025000000000000022204,0.025000000000000022204,-0.29265500000000027602,0.34265500000000032043);
CREATE TABLE layer_format (
  run INTEGER NOT NULL,
  layer INTEGER NOT NULL,
  "values" TEXT NOT NULL CHECK ("values" IN ('results', 'partial sums', 'column scales')),
  overflow REAL NOT NULL,                     -- share beyond the format's largest number, which they become
  underflow REAL NOT NULL,                    -- share that is not 0 and becomes 0
  PRIMARY KEY (run, layer, "values"),
  FOREIGN KEY (run, layer) REFERENCES layer(run, layer) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO layer_format VALUES(1,0,'results',0.0,0.25);
INSERT INTO layer_format VALUES(4,0,'results',0.0,0.015234374999999999653);
INSERT INTO layer_format VALUES(4,1,'column scales',0.0,0.0);
INSERT INTO layer_format VALUES(4,1,'results',0.0,0.020312500000000000693);
INSERT INTO layer_format VALUES(4,2,'column scales',0.0,0.0);
INSERT INTO layer_format VALUES(4,2,'results',0.0,0.06500000000000000222);
CREATE TABLE warning (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  warning INTEGER NOT NULL,                   -- from 0
  text TEXT NOT NULL,
  PRIMARY KEY (run, warning)
) STRICT, WITHOUT ROWID;
INSERT INTO warning VALUES(1,0,'results below the smallest number of float16 become 0');
CREATE TABLE layer_parameter (
  run INTEGER NOT NULL,
  layer INTEGER NOT NULL,
  key TEXT NOT NULL,                          -- as parameter.key; digital: 1 where its products are made digitally
  value ANY NOT NULL,
  unit TEXT NOT NULL,
  PRIMARY KEY (run, layer, key),
  FOREIGN KEY (run, layer) REFERENCES layer(run, layer) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO layer_parameter VALUES(1,0,'tile.adc.bits',6,'');
INSERT INTO layer_parameter VALUES(4,0,'digital',1,'');
CREATE TABLE accuracy_time (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  time_s REAL NOT NULL,
  sampling_sem REAL,                          -- standard error of the mean for being measured on these samples; NULL: a single sample
  PRIMARY KEY (run, time_s)
) STRICT, WITHOUT ROWID;
INSERT INTO accuracy_time VALUES(1,1.0,0.0040000000000000000832);
INSERT INTO accuracy_time VALUES(4,1.0,0.0);
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
INSERT INTO component VALUES(4,'adc','bank of converters',112,2.049825289125368612e-11,0.00057371778451110696551,0.11253383460262202098,0.76000000000000000888,0.76000000000000000888,0.76000000000000000888,'','tile.adc.kind, tile.adc.energy, tile.adc.area, tile.adc.leakage');
INSERT INTO component VALUES(4,'array','tile',7,7.2642692306336578956e-11,0.0,0.057343999999999999139,0.34999999999999997779,0.0,0.29999999999999998889,'','tile.array.cell, tile.array.cell_area, tile.rows, tile.columns, tile.array.read_voltage, tile.array.supply, tile.array.line_capacitance, tile.array.gate_capacitance');
INSERT INTO component VALUES(4,'clock','chip',1,0.0,0.00059949904643691732768,0.0,0.4000000000000000222,0.4000000000000000222,0.4000000000000000222,'','chip.clock_gating, chip.clock');
INSERT INTO component VALUES(4,'core','core',7,1.0149608025778041799e-11,0.003622117255256933864,0.14209451236089254422,0.5,0.59999999999999997779,0.5,'','chip.core_energy, chip.core_area, chip.core_leakage');
INSERT INTO component VALUES(4,'dac','tile',896,5.2019559718680470953e-13,0.0,0.025243826086956515364,0.5,0.5,0.5,'','tile.dac.energy, tile.dac.area');
INSERT INTO component VALUES(4,'digital','digital core',1,1.7396893837660873051e-09,0.00013031472355100627287,0.0051122053184640119799,0.4000000000000000222,0.59999999999999997779,0.4000000000000000222,'','digital.energy, digital.area, digital.leakage');
INSERT INTO component VALUES(4,'digital_buffer','digital core',1,4.0850312260124555076e-10,1.0485759999999999365e-05,0.10671916137931033996,0.29999999999999998889,0.59999999999999997779,0.29999999999999998889,'','tile.buffer.write_energy, tile.buffer.read_energy, tile.buffer.area, tile.buffer.leakage');
INSERT INTO component VALUES(4,'front_end','tile',896,1.5036800000000007464e-09,0.0,1.3439999999999998614,0.59999999999999997779,0.0,0.59999999999999997779,'','tile.front_end.bias, tile.front_end.area, tile.adc.bound, tile.array.supply');
INSERT INTO component VALUES(4,'input_buffer','core',7,1.4622720000000000765e-10,3.6700159999999995238e-05,0.37497043862068962782,0.29999999999999998889,0.59999999999999997779,0.29999999999999998889,'','tile.buffer.write_energy, tile.buffer.read_energy, tile.buffer.area, tile.buffer.leakage');
INSERT INTO component VALUES(4,'link','router',0,8.385532763518973599e-11,0.0,0.0,0.29999999999999998889,0.59999999999999997779,0.29999999999999998889,'','noc.link_energy, noc.hop_length');
INSERT INTO component VALUES(4,'output_buffer','core',7,7.140122244871772785e-12,2.8671999999999996278e-07,0.0058134951724137925652,0.29999999999999998889,0.59999999999999997779,0.29999999999999998889,'','tile.buffer.write_energy, tile.buffer.read_energy, tile.buffer.area, tile.buffer.leakage');
INSERT INTO component VALUES(4,'port','chip',1,1.2768000000000000575e-08,0.00064000000000000005235,0.064000000000000001332,0.4000000000000000222,0.4000000000000000222,0.4000000000000000222,'','port.energy_per_bit, port.area, port.standing_power, port.memory');
INSERT INTO component VALUES(4,'programming','tile',0,0.0,0.0,0.0,0.0,0.0,0.0,'','tile.program.iteration_energy, tile.program.iterations');
INSERT INTO component VALUES(4,'router','router',9,3.2275574861523789499e-10,0.00462646782489824996,0.16867932815986846906,0.29999999999999998889,0.59999999999999997779,0.29999999999999998889,'','noc.energy.buffer_write, noc.energy.buffer_read, noc.energy.crossbar, noc.energy.arbitration, noc.router_area, noc.router_leakage');
INSERT INTO component VALUES(4,'scale','bank of converters',112,1.1355363306980173778e-11,0.00047555399995671522811,0.018655832752804704655,0.4000000000000000222,0.59999999999999997779,0.4000000000000000222,'','tile.scale.energy, tile.scale.area');
INSERT INTO component VALUES(4,'supply','tile',7,0.0,0.00011200000000000001187,0.014000000000000002026,0.0,0.5,0.5,'','tile.supply.leakage, tile.supply.area');
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
INSERT INTO band VALUES(4,'area_mm2',2.4391666344540219313,1.619317422738332457,4.7958759231156289359,'front_end',0.96131097530955322838);
INSERT INTO band VALUES(4,'average_power_w',0.027392082244562642595,0.020791757691714051609,0.0445631301121543269,'port',0.56501717757311042955);
INSERT INTO band VALUES(4,'energy_per_inference_j',2.8268628876388647932e-08,2.1457093937848899611e-08,4.5989150275743268347e-08,'port',0.56501717757311042955);
INSERT INTO band VALUES(4,'leakage_w',0.010827143274610928624,0.0071337995126404480164,0.021756326335760807488,'router',0.59844850485856349031);
INSERT INTO band VALUES(4,'tops_per_watt',0.62486228381433250866,0.38409059297877007344,0.82322424700960394883,'port',0.56501717757311042955);
CREATE TABLE efficiency (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  scope TEXT NOT NULL CHECK (scope IN ('peak', 'sustained', 'used')),  -- every tile at full load; this network on the chip; on the parts that hold it
  tops REAL NOT NULL,
  tops_per_watt REAL NOT NULL,
  tops_per_mm2 REAL NOT NULL,
  PRIMARY KEY (run, scope)
) STRICT, WITHOUT ROWID;
INSERT INTO efficiency VALUES(4,'peak',1.7376969696969695178,9.3733191371309825257,0.71241420948918965372);
INSERT INTO efficiency VALUES(4,'sustained',0.017116279069767439957,0.62486228381433250866,0.0070172651708146679266);
INSERT INTO efficiency VALUES(4,'used',0.017116279069767439957,0.80062313068227120016,0.020154034574566048743);
CREATE TABLE result_scale (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  layer INTEGER NOT NULL,
  step REAL NOT NULL,
  PRIMARY KEY (run, layer),
  FOREIGN KEY (run, layer) REFERENCES layer(run, layer)
) STRICT, WITHOUT ROWID;
INSERT INTO result_scale VALUES(4,0,0.075609050691127777099);
INSERT INTO result_scale VALUES(4,1,0.17228943109512329101);
INSERT INTO result_scale VALUES(4,2,0.38352522253990173339);
CREATE TABLE event (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  component TEXT NOT NULL,
  event TEXT NOT NULL,
  count REAL NOT NULL,
  joule REAL NOT NULL,
  PRIMARY KEY (run, component, event)
) STRICT, WITHOUT ROWID;
INSERT INTO event VALUES(4,'adc','adc_conversion',74.0,2.049825289125368612e-11);
INSERT INTO event VALUES(4,'array','mvm',2.0,7.2642692306336578956e-11);
INSERT INTO event VALUES(4,'core','mvm',2.0,1.0149608025778040184e-11);
INSERT INTO event VALUES(4,'dac','dac_conversion',192.0,5.2019559718680470953e-13);
INSERT INTO event VALUES(4,'digital','element_operation',32960.0,1.7396893837660870982e-09);
INSERT INTO event VALUES(4,'digital_buffer','input_buffer_read_bit',2048.0,1.361677075337485083e-10);
INSERT INTO event VALUES(4,'digital_buffer','input_buffer_written_bit',2048.0,1.361677075337485083e-10);
INSERT INTO event VALUES(4,'digital_buffer','output_buffer_read_bit',1024.0,6.8083853766874254153e-11);
INSERT INTO event VALUES(4,'digital_buffer','output_buffer_written_bit',1024.0,6.8083853766874254153e-11);
INSERT INTO event VALUES(4,'front_end','adc_conversion',74.0,1.5036800000000005398e-09);
INSERT INTO event VALUES(4,'input_buffer','input_buffer_read_bit',1536.0,7.3113600000000003825e-11);
INSERT INTO event VALUES(4,'input_buffer','input_buffer_written_bit',1536.0,7.3113600000000003825e-11);
INSERT INTO event VALUES(4,'link','link_flit',156.0,8.3855327635189723066e-11);
INSERT INTO event VALUES(4,'output_buffer','output_buffer_read_bit',592.0,3.5700611224358859885e-12);
INSERT INTO event VALUES(4,'output_buffer','output_buffer_written_bit',592.0,3.5700611224358859885e-12);
INSERT INTO event VALUES(4,'port','port_bit',2128.0,1.2768000000000000575e-08);
INSERT INTO event VALUES(4,'router','arbitration',222.0,7.3796513457365062816e-12);
INSERT INTO event VALUES(4,'router','crossbar_traversal',222.0,2.8306369772259423957e-11);
INSERT INTO event VALUES(4,'router','router_read',222.0,1.384430510904547583e-10);
INSERT INTO event VALUES(4,'router','router_write',222.0,1.4862667640678716122e-10);
INSERT INTO event VALUES(4,'scale','scale_operation',74.0,1.1355363306980173778e-11);
CREATE TABLE programming (
  run INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
  devices REAL NOT NULL,
  joule REAL NOT NULL,
  seconds REAL NOT NULL                       -- cores side by side, the tiles of one core one after the other
) STRICT;
INSERT INTO programming VALUES(4,17664.0,4.2393600000000001837e-06,0.0015360000000000000389);
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
INSERT INTO reference VALUES(4,'int8 systolic array, 64 x 64 units at 1 GHz',41600.0,1.0890000000000000766e-06,4.710207027821840359e-08,0.82640295724137924349,'array','units: Horowitz, ISSCC 2014, at 14 nm and 0.8 V; memories and port as those of the chip');
CREATE TABLE fidelity (
  run INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
  fidelity TEXT NOT NULL CHECK (fidelity IN ('simulate', 'estimate'))
) STRICT;
INSERT INTO fidelity VALUES(4,'simulate');
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
INSERT INTO matrix VALUES(4,'scores',10,64,1,1,1);
INSERT INTO matrix VALUES(4,'second',64,128,1,1,1);
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
INSERT INTO edge VALUES(4,0,0,1,1,2048,5,4);
INSERT INTO edge VALUES(4,1,1,2,1,1024,5,2);
INSERT INTO edge VALUES(4,2,2,3,1,512,5,3);
INSERT INTO edge VALUES(4,3,3,4,1,80,5,5);
CREATE TABLE bound (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  what TEXT NOT NULL,                         -- tiles, digital units, ports, links
  place TEXT NOT NULL,
  seconds REAL NOT NULL,
  PRIMARY KEY (run, what)
) STRICT, WITHOUT ROWID;
INSERT INTO bound VALUES(4,'digital units','vector unit of node 5 (first)',1.0320000000000000295e-06);
INSERT INTO bound VALUES(4,'links','link from router 0 to 1',3.4000000000000000052e-08);
INSERT INTO bound VALUES(4,'ports','port in of node 0 (input)',3.2000000000000001993e-08);
INSERT INTO bound VALUES(4,'tiles','array of node 4 (second)',1.3199999999999999084e-07);
CREATE TABLE declaration (
  hash TEXT NOT NULL,                         -- of all that a version declares
  key TEXT NOT NULL,
  value ANY NOT NULL,
  unit TEXT NOT NULL,
  PRIMARY KEY (hash, key)
) STRICT, WITHOUT ROWID;
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.analog_clock','chip','GHz');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.clock',1.0,'GHz');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.clock_gating',0.9000000000000000222,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.converters','shared','');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.core_area','model','mm2');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.core_energy','model','pJ');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.core_leakage','model','mW');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.digital_buffer',128.0,'KiB');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.digital_clock','chip','GHz');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.digital_cores',1,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.gating.break_even',64,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.gating.idle',64,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.gating.residual',0.050000000000000002775,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.gating.wake_up',64,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.input_buffer',64.0,'KiB');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.mesh.height',3,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.mesh.width',3,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.output_buffer_positions',2,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.power_gating','off','');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.synchroniser',2,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.technology',14.0,'nm');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.temperature',25.0,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.threshold','high','');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.tiles_per_core',1,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','chip.vdd','nominal','V');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','digital.activation_format','dac','');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','digital.area','model','um2');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','digital.energy','model','pJ');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','digital.lanes',32,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','digital.leakage','model','mW');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','digital.partial_sum_format','float16','');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','digital.pipeline_depth',4,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','digital.result_format','float16','');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','digital.scale_format','float16','');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','mapper.buffer_slack',2,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','mapper.buffers','throughput','');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','mapper.cache_block',4.0,'KiB');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','mapper.caches','core','');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','mapper.copies','none','');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','mapper.placement','compact','');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','mapper.reload_batch',1,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','mapper.turn','row','');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','mapper.weights','stationary','');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.buffer_flits',8,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.clock','chip','GHz');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.concentration',1,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.energy.arbitration','model','pJ');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.energy.buffer_read','model','pJ');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.energy.buffer_write','model','pJ');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.energy.crossbar','model','pJ');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.flit_bits',64,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.gating.break_even',10,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.gating.idle',4,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.gating.look_ahead',0,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.gating.residual',0.050000000000000002775,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.gating.wake_up',8,'');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.hop_length','pitch','mm');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.link_energy','model','pJ/bit');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.multicast','off','');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','noc.power_gating','off','');
INSERT INTO declaration VALUES('f6a5cd4e541dbce1','tile.adc.bits',8,'');
CREATE TABLE kept_file (
  hash TEXT PRIMARY KEY,                      -- base::content_hash of the content
  content BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO kept_file VALUES('140b0148db4913e2',X'0807121c6d686f206578616d706c65732f64656661756c745f6e6574776f726b325c50657263657074726f6e206f66207468726565206c617965727320666f72');
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
  tiles_after REAL
, reason TEXT, exit_code INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO training_end VALUES(1,'finished','00000000000000cc','stroke digits (seed 2024, split 1)','00000000000000dd',500,3,1.0,2,0.96499999999999996891,0.94999999999999995559,0.95999999999999996447,0.95499999999999996003,NULL,0);
CREATE TABLE epoch_score (
  training INTEGER NOT NULL REFERENCES training(id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  in_float REAL,
  on_tiles REAL,
  PRIMARY KEY (training, epoch)
) STRICT, WITHOUT ROWID;
INSERT INTO epoch_score VALUES(1,1,0.94999999999999995559,0.9399999999999999467);
INSERT INTO epoch_score VALUES(1,2,0.95999999999999996447,0.95499999999999996003);
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
INSERT INTO layer_time VALUES(1,0,NULL,'input',0.0,9.9999999999999995472e-08,9.9999999999999995472e-08,9.9999999999999995472e-08,9.9999999999999995472e-08);
INSERT INTO layer_time VALUES(1,1,0,'conv1',9.9999999999999995472e-08,1.9999999999999999094e-07,9.9999999999999995472e-08,9.9999999999999995472e-08,4.9999999999999997736e-08);
INSERT INTO layer_time VALUES(1,2,1,'conv1.pool',1.9999999999999999094e-07,2.9999999999999998642e-07,9.9999999999999995472e-08,9.9999999999999995472e-08,4.9999999999999997736e-08);
INSERT INTO layer_time VALUES(1,3,2,'conv2',2.9999999999999998642e-07,3.9999999999999998188e-07,9.9999999999999995472e-08,9.9999999999999995472e-08,4.9999999999999997736e-08);
INSERT INTO layer_time VALUES(1,4,3,'conv2.pool',3.9999999999999998188e-07,4.9999999999999997736e-07,9.9999999999999995472e-08,9.9999999999999995472e-08,4.9999999999999997736e-08);
INSERT INTO layer_time VALUES(1,5,4,'conv3',4.9999999999999997736e-07,5.9999999999999997285e-07,9.9999999999999995472e-08,9.9999999999999995472e-08,4.9999999999999997736e-08);
INSERT INTO layer_time VALUES(1,6,5,'hidden',5.9999999999999997285e-07,6.9999999999999996838e-07,9.9999999999999995472e-08,9.9999999999999995472e-08,4.9999999999999997736e-08);
INSERT INTO layer_time VALUES(1,7,6,'scores',6.9999999999999996838e-07,7.9999999999999996378e-07,9.9999999999999995472e-08,9.9999999999999995472e-08,4.9999999999999997736e-08);
CREATE TABLE occupancy (
  run INTEGER NOT NULL,
  number INTEGER NOT NULL,                    -- layer_time.number
  feed TEXT NOT NULL CHECK (feed IN ('alone', 'back to back')), -- one inference; those after it, until the last one has left
  part_s REAL NOT NULL,                       -- length of a part
  percent TEXT NOT NULL,                      -- JSON array: of each part from 0 s on, in which it works
  PRIMARY KEY (run, number, feed),
  FOREIGN KEY (run, number) REFERENCES layer_time(run, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO occupancy VALUES(1,1,'alone',1.0000000000000000209e-08,'[100, 0, 50]');
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
INSERT INTO marginal VALUES(1,0,'as it is','[]',9.9999999999999995472e-07,9.9999999999999995472e-07,2.5,1.0000000000000000209e-08,0,'the tiles');
INSERT INTO marginal VALUES(1,1,'digital lanes','["digital.lanes=64"]',8.9999999999999995923e-07,8.9999999999999995923e-07,2.6000000000000000888,1.0000000000000000209e-08,1,'the links');
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
INSERT INTO exploration VALUES('5f1d0c52a4e0b913','sweep','bits','2026-11-01T10:00:00Z','1.0.0','mho sweep --vary tile.adc.bits=6,2','{}',2);
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
INSERT INTO point VALUES('5f1d0c52a4e0b913',0,'{"tile.adc.bits":"6"}','2026-11-28T17:49:16Z 1 e68ac2366d16de43 dfa8fd1a3834e331 2.126600217 1',0,NULL,0.5);
INSERT INTO point VALUES('5f1d0c52a4e0b913',1,'{"tile.adc.bits":"99"}',NULL,3,'out of range',0.0);
CREATE TABLE cache (
  kind TEXT NOT NULL,                         -- calibration, float accuracy, accuracy, simulation, ...
  key TEXT NOT NULL,                          -- hash of what it depends on
  content BLOB NOT NULL,
  seconds REAL NOT NULL,                      -- that it took to compute
  created TEXT NOT NULL,                      -- UTC, ISO 8601
  used INTEGER NOT NULL,                      -- day of its last use, counted from 1970
  PRIMARY KEY (kind, key)
) STRICT;
INSERT INTO cache VALUES('estimate','0a1b2c3d4e5f6071',X'00ff10',0.25,'2026-11-01T10:00:01Z',20758);
CREATE TABLE cache_limit (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  bytes INTEGER NOT NULL
) STRICT;
INSERT INTO cache_limit VALUES(1,1000000000);
CREATE INDEX energy_by_run ON energy(run, layer, block);
CREATE INDEX run_figures ON run(id, created, network, data, design, metric, float_accuracy, latency_s, throughput_per_s, energy_per_inference_j,
                                average_power_w, area_mm2, tops_per_watt, tiles, utilisation, converged, seed, version);
CREATE UNIQUE INDEX run_uid ON run(uid);
CREATE UNIQUE INDEX study_uid ON study(uid);
CREATE UNIQUE INDEX training_uid ON training(uid);
CREATE INDEX run_asked ON run(design_hash, network_hash, seed);
CREATE INDEX point_run ON point(run_uid);
CREATE VIEW parameter AS
SELECT run, key, value, unit, origin FROM setting
UNION ALL
SELECT r.id, d.key, d.value, d.unit, 'default' FROM run r JOIN declaration d ON d.hash = r.declarations
WHERE NOT EXISTS (SELECT 1 FROM setting s WHERE s.run = r.id AND s.key = d.key);
CREATE VIEW v_training AS
SELECT t.id AS training, t.created, t.network, t.data, t.metric, t.out, json_extract(t.recipe_json, '$.noise.scale') AS noise_scale,
       e.epoch AS epochs, e.loss, e.metric AS training_metric, t.wall_s, r.id AS run, t.name, t.tags, t.command, t.version, t.machine,
       n.ended, n.kept_epoch, n.float_before, n.tiles_before, n.float_after, n.tiles_after, n.exit_code, n.reason
FROM training t
LEFT JOIN training_end n ON n.training = t.id
LEFT JOIN epoch e ON e.training = t.id AND e.epoch = (SELECT max(epoch) FROM epoch WHERE training = t.id)
LEFT JOIN run r ON r.network_hash = t.out_hash;
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
       (SELECT sum(c.mm2) FROM component c WHERE c.run = l.run AND c.per IN ('tile', 'bank of converters')) / r.tiles_available * l.tiles AS tiles_mm2,
       (SELECT step FROM result_scale s WHERE s.run = l.run AND s.layer = l.layer) AS result_scale,
       f.overflow AS result_overflow, f.underflow AS result_underflow, p.overflow AS partial_sum_overflow, p.underflow AS partial_sum_underflow,
       s.overflow AS scale_overflow, s.underflow AS scale_underflow
FROM layer l JOIN run r ON r.id = l.run
LEFT JOIN layer_format f ON f.run = l.run AND f.layer = l.layer AND f."values" = 'results'
LEFT JOIN layer_format p ON p.run = l.run AND p.layer = l.layer AND p."values" = 'partial sums'
LEFT JOIN layer_format s ON s.run = l.run AND s.layer = l.layer AND s."values" = 'column scales';
CREATE VIEW v_layer_time AS
SELECT t.run, r.network, r.design, t.number, t.name, t.begin_s, t.end_s, t.working_s, t.latency_s, 100.0 * t.latency_s / r.latency_s AS latency_percent,
       t.latency_working_s, t.latency_s - t.latency_working_s AS latency_waiting_s
FROM layer_time t JOIN run r ON r.id = t.run;
CREATE VIEW v_occupancy AS
SELECT o.run, r.network, r.design, o.number, t.name, o.feed, p.key AS part, p.key * o.part_s AS begin_s, (p.key + 1) * o.part_s AS end_s,
       p.value AS working_percent
FROM occupancy o JOIN run r ON r.id = o.run JOIN layer_time t ON t.run = o.run AND t.number = o.number JOIN json_each(o.percent) p;
CREATE VIEW v_marginal AS
SELECT m.run, r.network, r.design, m.number, m.resource, (SELECT group_concat(value, ' ') FROM json_each(m.change)) AS change, m.interval_s, m.latency_s,
       m.mm2, m.joule, 100.0 * (m.interval_s / a.interval_s - 1) AS interval_percent, 100.0 * (m.latency_s / a.latency_s - 1) AS latency_percent,
       100.0 * (m.mm2 / a.mm2 - 1) AS area_percent, 100.0 * (m.joule / a.joule - 1) AS energy_percent, m.full_links, m.bound
FROM marginal m JOIN run r ON r.id = m.run JOIN marginal a ON a.run = m.run AND a.number = 0;
CREATE VIEW v_layer_parameter AS
SELECT l.run, r.network, l.layer, l.name, p.key, coalesce(o.value, p.value) AS value, p.unit, o.value IS NOT NULL AS own
FROM layer l JOIN run r ON r.id = l.run JOIN parameter p ON p.run = l.run
LEFT JOIN layer_parameter o ON o.run = l.run AND o.layer = l.layer AND o.key = p.key
WHERE l.matrix IS NOT NULL AND p.key LIKE 'tile.%'
UNION ALL
SELECT l.run, r.network, l.layer, l.name, o.key, o.value, o.unit, 1
FROM layer_parameter o JOIN layer l ON l.run = o.run AND l.layer = o.layer JOIN run r ON r.id = l.run
WHERE o.key = 'digital';
CREATE VIEW v_stage AS
SELECT s.run, r.network, s.stage, s.name, s.kind, s.phase, s.node, l.name AS layer, 1.0 * s.positions / r.window_inferences AS positions, s.clock_hz,
       1.0 * s.busy_cycles / r.window_inferences AS busy_cycles,
       1.0 * s.waiting_input_cycles / r.window_inferences AS waiting_input_cycles,
       1.0 * s.waiting_output_cycles / r.window_inferences AS waiting_output_cycles
FROM stage s JOIN run r ON r.id = s.run LEFT JOIN layer l ON l.run = s.run AND l.layer = s.layer;
CREATE VIEW v_unit AS
SELECT u.run, r.network, u.node, u.name, 100.0 * u.worked_cycles / (r.window_s * u.clock_hz) AS worked_percent,
       100.0 * u.held_cycles / (r.window_s * u.clock_hz) AS held_percent
FROM unit u JOIN run r ON r.id = u.run;
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
CREATE VIEW v_simulation AS
SELECT id AS run, network, design, cycles, simulated_flit_hops, simulation_wall_s, cycles / simulation_wall_s AS cycles_per_s,
       simulated_flit_hops / simulation_wall_s AS flit_hops_per_s
FROM run;
CREATE VIEW v_energy AS
SELECT e.run, r.network, e.block, sum(e.joule) AS joule, 100.0 * sum(e.joule) / r.energy_per_inference_j AS percent
FROM energy e JOIN run r ON r.id = e.run GROUP BY e.run, e.block;
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
CREATE VIEW v_edge AS
SELECT e.run, r.network, e.edge, p.name AS producer, p.node AS from_node, c.name AS consumer, c.node AS to_node, e.positions, e.bits_per_position,
       e.positions * e.bits_per_position AS bits, e.capacity, e.capacity * e.bits_per_position AS buffer_bits, e.routers,
       e.positions * e.bits_per_position * e.routers AS bit_hops
FROM edge e JOIN run r ON r.id = e.run JOIN stage p ON p.run = e.run AND p.stage = e.producer JOIN stage c ON c.run = e.run AND c.stage = e.consumer;
CREATE VIEW v_bound AS
SELECT b.run, r.network, r.design, b.what, b.place, b.seconds, r.interval_s, 100.0 * b.seconds / r.interval_s AS percent
FROM bound b JOIN run r ON r.id = b.run;
CREATE VIEW v_reference AS
SELECT d.run, r.network, r.design, d.name, d.macs, d.seconds, d.joule, d.mm2, d.bound, d.joule / r.energy_per_inference_j AS joule_ratio,
       d.seconds / r.interval_s AS time_ratio, d.source
FROM reference d JOIN run r ON r.id = d.run;
CREATE VIEW v_sequence_run AS
SELECT t.run, r.network, r.design, t.mode, t.tokens, t.context, r.latency_s, t.tokens_per_s, t.energy_per_token_j, t.cache_read_bits, t.cache_written_bits
FROM sequence_run t JOIN run r ON r.id = t.run;
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
CREATE VIEW v_column AS
WITH described(view, "column", unit, meaning) AS (VALUES
  ('parameter', 'run', '', 'number of the run'),
  ('parameter', 'key', '', 'name of the parameter, as --set takes it'),
  ('parameter', 'value', 'unit', 'its value; 1 and 0 for true and false'),
  ('parameter', 'unit', '', 'unit of the value'),
  ('parameter', 'origin', '', 'default, file:line:column or --set'),
  ('v_accuracy', 'run', '', 'number of the run'),
  ('v_accuracy', 'time_s', 's', 'age of the chip, after programming'),
  ('v_accuracy', 'mean', 'metric', 'accuracy, mean over programmings'),
  ('v_accuracy', 'sem', 'metric', 'standard error of the mean over programmings'),
  ('v_accuracy', 'repeats', '', 'programmings'),
  ('v_accuracy', 'worst', 'metric', 'the worst programming'),
  ('v_accuracy', 'percentile5', 'metric', 'the programming that 5 % are not better than'),
  ('v_accuracy', 'median', 'metric', 'the middle programming'),
  ('v_accuracy', 'normalised', '', 'accuracy from 0, by guessing, to 1, the float network''s'),
  ('v_accuracy', 'yield', '', 'share of programmings whose normalised accuracy reaches the threshold'),
  ('v_accuracy', 'sampling_sem', 'metric', 'standard error of the mean for having scored these samples'),
  ('v_band', 'run', '', 'number of the run'),
  ('v_band', 'network', '', 'name of the network'),
  ('v_band', 'design', '', 'the design: its base, and what was changed'),
  ('v_band', 'figure', '', 'column of v_run'),
  ('v_band', 'nominal', 'unit of the figure', 'the figure'),
  ('v_band', 'low', 'unit of the figure', '5 % of such chips lie below'),
  ('v_band', 'high', 'unit of the figure', '5 % of such chips lie above'),
  ('v_band', 'main_component', '', 'component that makes most of the variance'),
  ('v_band', 'main_percent', '%', 'its share of the variance'),
  ('v_bound', 'run', '', 'number of the run'),
  ('v_bound', 'network', '', 'name of the network'),
  ('v_bound', 'design', '', 'the design: its base, and what was changed'),
  ('v_bound', 'what', '', 'tiles, digital units, ports, links'),
  ('v_bound', 'place', '', 'the busiest unit or link of the kind'),
  ('v_bound', 'seconds', 's', 'its work for one inference'),
  ('v_bound', 'interval_s', 's', 'time between inferences in steady state'),
  ('v_bound', 'percent', '%', 'the work as a share of the interval'),
  ('v_cache', 'kind', '', 'what it is: calibration, float accuracy, accuracy, mapping, simulation, estimate'),
  ('v_cache', 'key', '', 'hash of all that it depends on'),
  ('v_cache', 'bytes', 'B', 'size'),
  ('v_cache', 'seconds', 's', 'time that computing it took'),
  ('v_cache', 'created', '', 'when it was stored, UTC, ISO 8601'),
  ('v_cache', 'last_used', '', 'day of its last use'),
  ('v_chip', 'run', '', 'number of the run'),
  ('v_chip', 'time_s', 's', 'age of the chip, after programming'),
  ('v_chip', 'repeat', '', 'number of the programming, from 0'),
  ('v_chip', 'value', 'metric', 'accuracy of this programming'),
  ('v_chip', 'normalised', '', 'accuracy from 0, by guessing, to 1, the float network''s'),
  ('v_chip', 'rank', '', '1: the worst programming at this age'),
  ('v_chip', 'repeats', '', 'programmings'),
  ('v_chip', 'yield_threshold', '', 'normalised accuracy from which on a chip counts as good'),
  ('v_column', 'view', '', 'name of the view'),
  ('v_column', 'column', '', 'name of its column'),
  ('v_column', 'unit', '', 'unit; metric: that of v_run.metric'),
  ('v_column', 'meaning', '', 'what it says'),
  ('v_component', 'run', '', 'number of the run'),
  ('v_component', 'network', '', 'name of the network'),
  ('v_component', 'design', '', 'the design: its base, and what was changed'),
  ('v_component', 'component', '', 'kind of component'),
  ('v_component', 'per', '', 'what there is one of: chip, router, core, digital core, bank of converters, tile'),
  ('v_component', 'count', '', 'how many the chip has, used or not'),
  ('v_component', 'joule', 'J', 'energy of its events per inference in steady state'),
  ('v_component', 'energy_percent', '%', 'the same as a share of the energy per inference'),
  ('v_component', 'leakage_w', 'W', 'leakage on the chip, nothing gated'),
  ('v_component', 'mm2', 'mm2', 'area on the chip'),
  ('v_component', 'area_percent', '%', 'the same as a share of the chip''s area'),
  ('v_component', 'energy_spread', '', 'standard deviation of the logarithm of a factor on its energy'),
  ('v_component', 'leakage_spread', '', 'the same on its leakage'),
  ('v_component', 'area_spread', '', 'the same on its area'),
  ('v_component', 'user_figures', '', 'keys whose figures the design gives'),
  ('v_component', 'source', '', 'where the figures come from'),
  ('v_edge', 'run', '', 'number of the run'),
  ('v_edge', 'network', '', 'name of the network'),
  ('v_edge', 'edge', '', 'number of the edge'),
  ('v_edge', 'producer', '', 'stage that sends'),
  ('v_edge', 'from_node', '', 'node of the producer'),
  ('v_edge', 'consumer', '', 'stage that receives'),
  ('v_edge', 'to_node', '', 'node of the consumer'),
  ('v_edge', 'positions', '', 'positions sent per inference'),
  ('v_edge', 'bits_per_position', 'bit', 'size of a position'),
  ('v_edge', 'bits', 'bit', 'sent per inference, without headers and credits'),
  ('v_edge', 'capacity', '', 'positions that the consumer buffers'),
  ('v_edge', 'buffer_bits', 'bit', 'size of that buffer'),
  ('v_edge', 'routers', '', 'routers that a packet crosses'),
  ('v_edge', 'bit_hops', 'bit', 'bits times routers'),
  ('v_efficiency', 'run', '', 'number of the run'),
  ('v_efficiency', 'network', '', 'name of the network'),
  ('v_efficiency', 'design', '', 'the design: its base, and what was changed'),
  ('v_efficiency', 'scope', '', 'peak, sustained or used'),
  ('v_efficiency', 'tops', 'TOPS', 'operations per second, two for each multiply-accumulate on tiles'),
  ('v_efficiency', 'tops_per_watt', 'TOPS/W', 'operations per joule'),
  ('v_efficiency', 'tops_per_mm2', 'TOPS/mm2', 'operations per second and area'),
  ('v_energy', 'run', '', 'number of the run'),
  ('v_energy', 'network', '', 'name of the network'),
  ('v_energy', 'block', '', 'component, leakage or gating'),
  ('v_energy', 'joule', 'J', 'energy per inference in steady state'),
  ('v_energy', 'percent', '%', 'the same as a share of the energy per inference'),
  ('v_event', 'run', '', 'number of the run'),
  ('v_event', 'network', '', 'name of the network'),
  ('v_event', 'design', '', 'the design: its base, and what was changed'),
  ('v_event', 'component', '', 'kind of component'),
  ('v_event', 'event', '', 'what happens'),
  ('v_event', 'count', '', 'how often per inference in steady state'),
  ('v_event', 'joule_each', 'J', 'energy of one'),
  ('v_event', 'joule', 'J', 'energy of all'),
  ('v_exploration', 'exploration', '', 'hash of what was asked'),
  ('v_exploration', 'kind', '', 'sweep or search'),
  ('v_exploration', 'name', '', '--name'),
  ('v_exploration', 'created', '', 'when it began, UTC, ISO 8601'),
  ('v_exploration', 'points', '', 'points in all; NULL: not known beforehand'),
  ('v_exploration', 'evaluated', '', 'points that were evaluated'),
  ('v_exploration', 'refused', '', 'of these, points without figures'),
  ('v_exploration', 'wall_s', 's', 'time that its points took, one after the other'),
  ('v_exploration', 'command', '', 'the command that began it'),
  ('v_exploration', 'version', '', 'version of mho'),
  ('v_functional', 'run', '', 'number of the run'),
  ('v_functional', 'network', '', 'name of the network'),
  ('v_functional', 'block', '', 'component, leakage or gating'),
  ('v_functional', 'statistical_joule', 'J', 'energy per inference, from statistics of inputs and weights'),
  ('v_functional', 'functional_joule', 'J', 'energy per inference, as computed'),
  ('v_functional', 'difference_percent', '%', 'how far the second is above the first'),
  ('v_gate', 'run', '', 'number of the run'),
  ('v_gate', 'network', '', 'name of the network'),
  ('v_gate', 'unit', '', 'router or core'),
  ('v_gate', 'number', '', 'router; node of the core'),
  ('v_gate', 'gated_percent', '%', 'share of the time without supply'),
  ('v_gate', 'wakes', '', 'times it was woken per inference'),
  ('v_gate', 'saved_j', 'J', 'energy saved per inference'),
  ('v_layer', 'run', '', 'number of the run'),
  ('v_layer', 'network', '', 'name of the network'),
  ('v_layer', 'layer', '', 'number of the layer, in the order of the network'),
  ('v_layer', 'name', '', 'name of the layer'),
  ('v_layer', 'operation', '', 'operator'),
  ('v_layer', 'shape', '', 'output of one sample'),
  ('v_layer', 'matrix', '', 'outputs x inputs of a layer on tiles'),
  ('v_layer', 'tiles', '', 'tiles that hold it'),
  ('v_layer', 'mvms', '', 'products of a tile per inference'),
  ('v_layer', 'busy_cycles', 'cycles', 'work of its busiest stage in one inference'),
  ('v_layer', 'energy_j', 'J', 'energy per inference of its tiles, digital units and buffers'),
  ('v_layer', 'percent', '%', 'the same as a share of the energy per inference'),
  ('v_layer', 'tiles_mm2', 'mm2', 'area of its tiles and their converters'),
  ('v_layer', 'clipped_inputs', '', 'share of inputs of tiles beyond the input range'),
  ('v_layer', 'clipped_outputs', '', 'share of conversions beyond the converters'' bound'),
  ('v_layer', 'adc_bits_used', 'bit', 'of the converters'' range that the largest output spans'),
  ('v_layer', 'snr_db', 'dB', 'exact products over what the tiles add, at the first age'),
  ('v_layer', 'snr_last_db', 'dB', 'the same at the last age'),
  ('v_layer', 'result_scale', '', 'value of one step of its results, where they are integers'),
  ('v_layer', 'result_overflow', '', 'share of results beyond the largest number of their format'),
  ('v_layer', 'result_underflow', '', 'share of results that become 0 in their format'),
  ('v_layer', 'partial_sum_overflow', '', 'the same of partial sums, beyond'),
  ('v_layer', 'partial_sum_underflow', '', 'the same of partial sums, that become 0'),
  ('v_layer', 'scale_overflow', '', 'the same of column scales, beyond'),
  ('v_layer', 'scale_underflow', '', 'the same of column scales, that become 0'),
  ('v_layer_parameter', 'run', '', 'number of the run'),
  ('v_layer_parameter', 'network', '', 'name of the network'),
  ('v_layer_parameter', 'layer', '', 'number of the layer, in the order of the network'),
  ('v_layer_parameter', 'name', '', 'name of the layer'),
  ('v_layer_parameter', 'key', '', 'name of the parameter, as --set takes it'),
  ('v_layer_parameter', 'value', 'unit', 'its value in this layer'),
  ('v_layer_parameter', 'unit', '', 'unit of the value'),
  ('v_layer_parameter', 'own', '', '1: a rule of the design gave it, 0: as in the whole design'),
  ('v_layer_time', 'run', '', 'number of the run'),
  ('v_layer_time', 'network', '', 'name of the network'),
  ('v_layer_time', 'design', '', 'the design: its base, and what was changed'),
  ('v_layer_time', 'number', '', 'input, layers in the order of the network, output'),
  ('v_layer_time', 'name', '', 'name of the layer; input, output: what comes in and goes out through the ports'),
  ('v_layer_time', 'begin_s', 's', 'its first unit begins, one inference alone'),
  ('v_layer_time', 'end_s', 's', 'its last unit ends'),
  ('v_layer_time', 'working_s', 's', 'at least one of its units works'),
  ('v_layer_time', 'latency_s', 's', 'its share of the latency, in which the last output waited for it'),
  ('v_layer_time', 'latency_percent', '%', 'the same as a share of the latency'),
  ('v_layer_time', 'latency_working_s', 's', 'of that, it works'),
  ('v_layer_time', 'latency_waiting_s', 's', 'of that, it waits: for packets, a free unit, room'),
  ('v_marginal', 'run', '', 'number of the run'),
  ('v_marginal', 'network', '', 'name of the network'),
  ('v_marginal', 'design', '', 'the design: its base, and what was changed'),
  ('v_marginal', 'number', '', '0: the chip as it is'),
  ('v_marginal', 'resource', '', 'what there is one more of'),
  ('v_marginal', 'change', '', 'keys of the design, as --set takes them'),
  ('v_marginal', 'interval_s', 's', 'time between inferences, estimated; NULL: the network does not fit'),
  ('v_marginal', 'latency_s', 's', 'latency, estimated'),
  ('v_marginal', 'mm2', 'mm2', 'area of the chip'),
  ('v_marginal', 'joule', 'J', 'energy per inference, estimated'),
  ('v_marginal', 'interval_percent', '%', 'change of the interval against the chip as it is'),
  ('v_marginal', 'latency_percent', '%', 'change of the latency'),
  ('v_marginal', 'area_percent', '%', 'change of the area'),
  ('v_marginal', 'energy_percent', '%', 'change of the energy per inference'),
  ('v_marginal', 'full_links', '', '1: links are full then, and packets wait longer than an estimate knows'),
  ('v_marginal', 'bound', '', 'what sets the interval then'),
  ('v_link', 'run', '', 'number of the run'),
  ('v_link', 'network', '', 'name of the network'),
  ('v_link', 'kind', '', 'between routers, inject or eject'),
  ('v_link', 'from_node', '', 'router; node where flits are injected'),
  ('v_link', 'to_node', '', 'router; node where flits are ejected'),
  ('v_link', 'flits_per_cycle', '', 'flits per cycle of the network in steady state'),
  ('v_occupancy', 'run', '', 'number of the run'),
  ('v_occupancy', 'network', '', 'name of the network'),
  ('v_occupancy', 'design', '', 'the design: its base, and what was changed'),
  ('v_occupancy', 'number', '', 'as in v_layer_time'),
  ('v_occupancy', 'name', '', 'as in v_layer_time'),
  ('v_occupancy', 'feed', '', 'alone: one inference; back to back: those after it, one after the other'),
  ('v_occupancy', 'part', '', 'number of the part of time, from 0'),
  ('v_occupancy', 'begin_s', 's', 'begin of the part, from the first input'),
  ('v_occupancy', 'end_s', 's', 'end of the part'),
  ('v_occupancy', 'working_percent', '%', 'share of the part in which at least one unit of the layer works'),
  ('v_phase', 'run', '', 'number of the run'),
  ('v_phase', 'network', '', 'name of the network'),
  ('v_phase', 'phase', '', 'number of the phase, from 0'),
  ('v_phase', 'name', '', 'name of the phase'),
  ('v_phase', 'programs', '', '1: it programs tiles, 0: it computes'),
  ('v_phase', 'batch', '', 'inferences of a batch'),
  ('v_phase', 'single_s', 's', 'its time with one inference'),
  ('v_phase', 'batch_s', 's', 'its time with a batch'),
  ('v_phase', 'percent', '%', 'share of the time of a batch'),
  ('v_point', 'exploration', '', 'hash of what was asked'),
  ('v_point', 'number', '', 'of the point, from 0'),
  ('v_point', 'settings', '', 'JSON object: the value of each axis'),
  ('v_point', 'run', '', 'number of the run that holds all of it; NULL: the settings make no design'),
  ('v_point', 'latency_s', 's', 'time from the first input to the last output'),
  ('v_point', 'interval_s', 's', 'mean time between inferences in steady state'),
  ('v_point', 'energy_per_inference_j', 'J', 'energy per inference in steady state'),
  ('v_point', 'area_mm2', 'mm2', 'area of the chip'),
  ('v_point', 'exit_code', '', '0, else why it was refused, as a verb ends'),
  ('v_point', 'reason', '', 'why it was refused'),
  ('v_point', 'wall_s', 's', 'time that it took'),
  ('v_programming', 'run', '', 'number of the run'),
  ('v_programming', 'network', '', 'name of the network'),
  ('v_programming', 'design', '', 'the design: its base, and what was changed'),
  ('v_programming', 'devices', '', 'devices that are programmed once'),
  ('v_programming', 'joule', 'J', 'energy that takes'),
  ('v_programming', 'seconds', 's', 'time that takes'),
  ('v_reference', 'run', '', 'number of the run'),
  ('v_reference', 'network', '', 'name of the network'),
  ('v_reference', 'design', '', 'the design: its base, and what was changed'),
  ('v_reference', 'name', '', 'name of the digital machine'),
  ('v_reference', 'macs', '', 'its multiply-accumulates per inference'),
  ('v_reference', 'seconds', 's', 'its time for an inference, and between two'),
  ('v_reference', 'joule', 'J', 'its energy per inference'),
  ('v_reference', 'mm2', 'mm2', 'its area'),
  ('v_reference', 'bound', '', 'what takes its time: array, operations or memory'),
  ('v_reference', 'joule_ratio', '', 'its energy over the chip''s'),
  ('v_reference', 'time_ratio', '', 'its interval over the chip''s'),
  ('v_reference', 'source', '', 'where its figures come from'),
  ('v_run', 'run', '', 'number of the run'),
  ('v_run', 'created', '', 'when it was stored, UTC, ISO 8601'),
  ('v_run', 'network', '', 'name of the network'),
  ('v_run', 'data', '', 'name of the data'),
  ('v_run', 'design', '', 'the design: its base, and what was changed'),
  ('v_run', 'metric', '', 'what accuracies are: top1, top5, f1 (shares), nats, mse (less is better)'),
  ('v_run', 'float_accuracy', 'metric', 'accuracy of the float network'),
  ('v_run', 'first_time_s', 's', 'first age of the chip'),
  ('v_run', 'first_accuracy', 'metric', 'mean accuracy at the first age'),
  ('v_run', 'last_time_s', 's', 'last age of the chip'),
  ('v_run', 'last_accuracy', 'metric', 'mean accuracy at the last age'),
  ('v_run', 'latency_s', 's', 'one inference on an idle chip, first input to last output'),
  ('v_run', 'throughput_per_s', '1/s', 'inferences per second in steady state'),
  ('v_run', 'energy_per_inference_j', 'J', 'energy per inference in steady state, leakage included'),
  ('v_run', 'average_power_w', 'W', 'power in steady state'),
  ('v_run', 'area_mm2', 'mm2', 'area of the chip'),
  ('v_run', 'tops_per_watt', 'TOPS/W', 'two operations for each multiply-accumulate on tiles, per joule'),
  ('v_run', 'tiles', '', 'tiles that the network takes'),
  ('v_run', 'utilisation', '', 'share of their cells that hold weights'),
  ('v_run', 'converged', '', '1: intervals between inferences have settled'),
  ('v_run', 'seed', '', 'seed of every draw'),
  ('v_run', 'version', '', 'version of mho with its commit'),
  ('v_run', 'fidelity', '', 'simulate or estimate'),
  ('v_run', 'name', '', '--name, else the design'),
  ('v_run', 'tags', '', 'JSON object of --tag'),
  ('v_run', 'base', '', 'the design before it was changed'),
  ('v_run', 'changes', '', 'JSON object of the keys that were changed'),
  ('v_run', 'interval_s', 's', 'time between inferences in steady state'),
  ('v_run', 'single_shot_energy_j', 'J', 'energy of one inference on an idle chip'),
  ('v_run', 'leakage_w', 'W', 'mean leakage in steady state'),
  ('v_run', 'macs', '', 'multiply-accumulates on tiles per inference'),
  ('v_run', 'weights', '', 'weights on tiles'),
  ('v_run', 'bottleneck', '', 'what sets the pace in steady state'),
  ('v_run', 'samples', '', 'test samples that were scored'),
  ('v_run', 'repeats', '', 'programmings that were finished'),
  ('v_run', 'repeats_requested', '', 'programmings that were asked for'),
  ('v_run', 'interrupted', '', '1: it was interrupted, and holds what was finished'),
  ('v_run', 'warnings', '', 'JSON array of what it warned of'),
  ('v_run', 'exit_code', '', '0, or that of a run that was refused'),
  ('v_run', 'reason', '', 'why it was refused'),
  ('v_run', 'command', '', 'the line as typed'),
  ('v_run', 'git_commit', '', 'commit of the version'),
  ('v_run', 'network_hash', '', 'of the network''s file'),
  ('v_run', 'data_hash', '', 'of contents and scaling of the data'),
  ('v_run', 'design_hash', '', 'of all values of the design'),
  ('v_run', 'machine', '', 'where it ran: name, processor, threads'),
  ('v_run', 'wall_s', 's', 'time it took'),
  ('v_run', 'uid', '', 'the same in every file that it was merged into'),
  ('v_sensitivity', 'study', '', 'number of the study'),
  ('v_sensitivity', 'network', '', 'name of the network'),
  ('v_sensitivity', 'design', '', 'the design: its base, and what was changed'),
  ('v_sensitivity', 'nonideality', '', 'what is raised alone on ideal tiles'),
  ('v_sensitivity', 'unit', '', 'unit of its value'),
  ('v_sensitivity', 'at_threshold', 'unit', 'value at which normalised accuracy falls to the threshold'),
  ('v_sensitivity', 'at_threshold_why_not', '', 'why there is none'),
  ('v_sensitivity', 'certain', 'unit', 'up to here accuracy is kept, with 95 % confidence'),
  ('v_sensitivity', 'possible', 'unit', 'from here on it is lost, with 95 % confidence'),
  ('v_sensitivity', 'error_at_threshold_percent', '%', 'relative error of a product at the threshold'),
  ('v_sensitivity', 'at_error', 'unit', 'value that makes the error'),
  ('v_sensitivity', 'at_error_why_not', '', 'why there is none'),
  ('v_sensitivity', 'accuracy_at_error', 'metric', 'accuracy at that value'),
  ('v_sensitivity', 'normalised_at_error', '', 'the same from 0, by guessing, to 1, the float network''s'),
  ('v_sensitivity', 'threshold', '', 'normalised accuracy that is to be kept'),
  ('v_sensitivity', 'error', '', 'relative error of a product at which accuracies are compared'),
  ('v_sensitivity_layer', 'study', '', 'number of the study'),
  ('v_sensitivity_layer', 'network', '', 'name of the network'),
  ('v_sensitivity_layer', 'design', '', 'the design: its base, and what was changed'),
  ('v_sensitivity_layer', 'layer', '', 'number of the layer, in the order of the network'),
  ('v_sensitivity_layer', 'name', '', 'name of the layer'),
  ('v_sensitivity_layer', 'lost', 'metric', 'by this layer being the only analog one; above 0: worse'),
  ('v_sensitivity_layer', 'lost_sem', 'metric', 'its standard error'),
  ('v_sensitivity_layer', 'lost_decided', '', '1: its 95 % interval excludes 0'),
  ('v_sensitivity_layer', 'won', 'metric', 'by this layer being the only digital one'),
  ('v_sensitivity_layer', 'won_sem', 'metric', 'its standard error'),
  ('v_sensitivity_layer', 'won_decided', '', '1: its 95 % interval excludes 0'),
  ('v_sensitivity_layer', 'reference', 'metric', 'accuracy with every layer as designed'),
  ('v_sensitivity_layer', 'float_accuracy', 'metric', 'accuracy of the float network'),
  ('v_sequence_run', 'run', '', 'number of the run'),
  ('v_sequence_run', 'network', '', 'name of the network'),
  ('v_sequence_run', 'design', '', 'the design: its base, and what was changed'),
  ('v_sequence_run', 'mode', '', 'prefill or decode'),
  ('v_sequence_run', 'tokens', '', 'tokens of the sequence'),
  ('v_sequence_run', 'context', '', 'tokens that one sees, itself included'),
  ('v_sequence_run', 'latency_s', 's', 'of one inference: a token, or the whole sequence'),
  ('v_sequence_run', 'tokens_per_s', '1/s', 'tokens per second in steady state'),
  ('v_sequence_run', 'energy_per_token_j', 'J', 'energy per token'),
  ('v_sequence_run', 'cache_read_bits', 'bit', 'keys and values read from memory per token'),
  ('v_sequence_run', 'cache_written_bits', 'bit', 'keys and values written to memory per token'),
  ('v_simulation', 'run', '', 'number of the run'),
  ('v_simulation', 'network', '', 'name of the network'),
  ('v_simulation', 'design', '', 'the design: its base, and what was changed'),
  ('v_simulation', 'cycles', 'cycles', 'simulated cycles of the chip''s clock'),
  ('v_simulation', 'simulated_flit_hops', '', 'flit-hops in these cycles'),
  ('v_simulation', 'simulation_wall_s', 's', 'time that the simulation took'),
  ('v_simulation', 'cycles_per_s', '1/s', 'simulated cycles per second'),
  ('v_simulation', 'flit_hops_per_s', '1/s', 'simulated flit-hops per second'),
  ('v_stage', 'run', '', 'number of the run'),
  ('v_stage', 'network', '', 'name of the network'),
  ('v_stage', 'stage', '', 'number of the stage'),
  ('v_stage', 'name', '', 'name of the stage'),
  ('v_stage', 'kind', '', 'source, analog, digital, sink or programming'),
  ('v_stage', 'phase', '', 'phase in which it works, where weights are reloaded; else 0'),
  ('v_stage', 'node', '', 'node of the mesh'),
  ('v_stage', 'layer', '', 'name of its layer'),
  ('v_stage', 'positions', '', 'output positions per inference'),
  ('v_stage', 'clock_hz', 'Hz', 'clock of its core'),
  ('v_stage', 'busy_cycles', 'cycles', 'work of its slowest unit per inference'),
  ('v_stage', 'waiting_input_cycles', 'cycles', 'wait for inputs per inference'),
  ('v_stage', 'waiting_output_cycles', 'cycles', 'wait for room in its output buffer per inference'),
  ('v_study', 'study', '', 'number of the study'),
  ('v_study', 'created', '', 'when it was stored, UTC, ISO 8601'),
  ('v_study', 'name', '', '--name, else the design'),
  ('v_study', 'tags', '', 'JSON object of --tag'),
  ('v_study', 'network', '', 'name of the network'),
  ('v_study', 'data', '', 'name of the data'),
  ('v_study', 'design', '', 'the design: its base, and what was changed'),
  ('v_study', 'metric', '', 'as v_run.metric'),
  ('v_study', 'float_accuracy', 'metric', 'accuracy of the float network'),
  ('v_study', 'reference', 'metric', 'accuracy on ideal tiles, or with every layer as designed'),
  ('v_study', 'reference_sem', 'metric', 'its standard error'),
  ('v_study', 'time_s', 's', 'age of the chip, after programming'),
  ('v_study', 'samples', '', 'test samples that were scored'),
  ('v_study', 'repeats', '', 'programmings'),
  ('v_study', 'interrupted', '', '1: it was interrupted, and holds the rows that were finished'),
  ('v_study', 'seed', '', 'seed of every draw'),
  ('v_study', 'version', '', 'version of mho with its commit'),
  ('v_study', 'command', '', 'the line as typed'),
  ('v_study', 'network_hash', '', 'of the network''s file'),
  ('v_study', 'data_hash', '', 'of contents and scaling of the data'),
  ('v_study', 'design_hash', '', 'of all values of the design'),
  ('v_study', 'machine', '', 'where it ran: name, processor, threads'),
  ('v_study', 'wall_s', 's', 'time it took'),
  ('v_study', 'uid', '', 'the same in every file that it was merged into'),
  ('v_training', 'training', '', 'number of the training'),
  ('v_training', 'created', '', 'when it was stored, UTC, ISO 8601'),
  ('v_training', 'network', '', 'name of the network that it began with'),
  ('v_training', 'data', '', 'name of the data'),
  ('v_training', 'metric', '', 'as v_run.metric'),
  ('v_training', 'out', '', 'file of the trained network'),
  ('v_training', 'noise_scale', '', 'scale of the weight noise'),
  ('v_training', 'epochs', '', 'epochs that were finished'),
  ('v_training', 'loss', '', 'mean loss of the last epoch'),
  ('v_training', 'training_metric', 'metric', 'of the last epoch, under the noise of training'),
  ('v_training', 'wall_s', 's', 'time it took'),
  ('v_training', 'run', '', 'a run of the network that it wrote'),
  ('v_training', 'name', '', '--name'),
  ('v_training', 'tags', '', 'JSON object of --tag'),
  ('v_training', 'command', '', 'the line as typed'),
  ('v_training', 'version', '', 'version of mho with its commit'),
  ('v_training', 'machine', '', 'where it ran: name, processor, threads'),
  ('v_training', 'ended', '', 'finished, stopped (nothing improved any more), interrupted or failed; NULL: stored before version 18'),
  ('v_training', 'kept_epoch', '', 'epoch whose state was written; NULL: none'),
  ('v_training', 'float_before', 'metric', 'of the network that it began with, in float, on the data that judge; NULL: random weights'),
  ('v_training', 'tiles_before', 'metric', 'of the network that it began with, on simulated tiles; NULL: random weights'),
  ('v_training', 'float_after', 'metric', 'of the network that it wrote, in float'),
  ('v_training', 'tiles_after', 'metric', 'of the network that it wrote, on simulated tiles'),
  ('v_training', 'exit_code', '', 'of the command; 0: it did not fail'),
  ('v_training', 'reason', '', 'why it failed'),
  ('v_unit', 'run', '', 'number of the run'),
  ('v_unit', 'network', '', 'name of the network'),
  ('v_unit', 'node', '', 'node of the mesh'),
  ('v_unit', 'name', '', 'drivers, array, converters, scale, vector unit, port in, port out'),
  ('v_unit', 'worked_percent', '%', 'share of the time at work in steady state'),
  ('v_unit', 'held_percent', '%', 'share of the time with finished work that nothing had room for')
)
SELECT view, "column", unit, meaning FROM described
;
COMMIT;
PRAGMA application_id = 1835560753;
PRAGMA user_version = 20;
