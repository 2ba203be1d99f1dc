-- A small database of schema version 12: version_11.sql as mho 0.1.0+4608ddd migrated it, run 1 replaced by one of its own with a warning added, as sqlite3's .dump wrote it.
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
INSERT INTO run VALUES(1,'0.1.0+4608ddd','2026-11-29T00:45:50Z','mho run --repeats 1 --samples 5 --layer first:tile.adc.bits=6 --db v.db',1,2,0.28398438599999997755,'strokes','e68ac2366d16de43',18500,63104,'stroke digits (seed 2024, split 0)','c78f9da1c79c531d',0,5,1000,0,1,'top1',0.10000000000000000555,0.98999999999999999111,'default','df9ed93dbb0a38f3','{"chip":{"analog_clock":"chip","clock":1.0,"converters":"shared","core_leakage":1.0,"digital_buffer":128.0,"digital_clock":"chip","digital_cores":8,"gating":{"break_even":64,"idle":64,"residual":0.05,"wake_up":64},"input_buffer":64.0,"mesh":{"height":8,"width":8},"output_buffer_positions":2,"power_gating":"off","synchroniser":2,"tiles_per_core":1},"digital":{"activation_format":"dac","area":10080.0,"energy":0.104,"lanes":32,"leakage":0.5,"partial_sum_format":"float16","pipeline_depth":4,"result_format":"float16","scale_format":"float16"},"mapper":{"buffer_slack":2,"cache_block":4.0,"caches":"core","placement":"snake","reload_batch":1,"weights":"stationary"},"noc":{"buffer_flits":8,"clock":"chip","concentration":1,"energy":{"arbitration":"survey","buffer_read":"survey","buffer_write":"survey","crossbar":"survey"},"flit_bits":64,"gating":{"break_even":10,"idle":4,"look_ahead":0,"residual":0.05,"wake_up":8},"hop_length":1.0,"link_energy":0.0162,"multicast":"off","power_gating":"off","router_area":"survey","router_leakage":"survey","router_stages":4,"routing":"xy","topology":"mesh","virtual_channels":2},"port":{"bits_per_cycle":"memory","energy_per_bit":"memory","latency":"memory","memory":"none","nodes":"0","outstanding":16},"tile":{"adc":{"area":"survey","bits":8,"bound":10.0,"bound_management":"off","calibration":0.0,"conversion_time":10.0,"dead_codes":0.0,"dnl":0.0,"energy":"survey","gain_spread":0.0,"inl":0.0,"leakage":1.8,"mux":8,"offset_spread":0.0,"rounding":"nearest","technology":14.0},"array":{"cell_area":0.5,"line_capacitance":0.14,"read_voltage":0.2},"buffer":{"area":0.048,"leakage":10.0,"read_energy":0.0142,"write_energy":0.0142},"coding":{"bits_per_slice":2,"kind":"differential","pairing":"equal","pairs":1,"significance":1.0,"slices":1},"columns":512,"dac":{"area":28.0,"bits":8,"coding":"pulse_width","energy":0.0027,"input_noise":0.0,"passes":"one","read_time":100.0,"rounding":"nearest","settling":5.0,"time_per_level":1.0},"device":{"acceptance":"0.2%","ageing":"per_device","drift_scale":1.0,"g_max":"native","g_min":"native","kind":"pcm","levels":"any","programming_scale":1.0,"read_scale":1.0,"stuck_at":"zero","stuck_rate":0.0,"table":"","table_reference":1.0},"drift_compensation":"global","input":{"asymmetry":"off"},"input_range":{"kind":"calibrated","learned":"use","method":"quantile","quantile":0.99995,"sigmas":3.0},"ir_drop":{"scale":1.0,"wire_ratio":571428.57},"mapping":{"scale":"column"},"noise":{"output":0.04,"output_spread":0.0,"read":0.0175,"read_kind":"pcm"},"program":{"iteration_energy":20.0,"iteration_time":1000.0,"iterations":12.0,"parallel_columns":64,"weight_bits":8},"readout":{"asymmetry":0.0,"offset":0.0,"s_curve":0.0,"s_curve_correction":0.0,"s_curve_spread":0.0,"series_limit":1.0,"series_resistance":0.0},"rows":512,"scale":{"area":181.0,"energy":0.17,"lanes":16},"wires":{"driver":0.0,"input":0.35,"kind":"approximate","output":0.35,"sense":0.0,"sense_end":"first"}},"layers":[{"match":"first","set":{"tile.adc.bits":"6"}}]}',1.0,1.0,3.5397000000000000078e-05,3.2512000000000003136e-05,30757.874015748027885,1,3,135884,0.016787578000000000916,13792,'conv1 on node 1, busy 100 % of the interval: array, 32512 cycles per inference; drivers 4 %, converters 63 %, scale 2 %','unit',3.2512000000000003136e-05,1,600,3448,2.9359798526517208948e-05,3.1962898147880378465e-05,0.90304498420636092337,0.90228756373073437657,15.070605301136827947,0.0042986671003893755713,5,55,0.0141143798828125);
INSERT INTO run VALUES(2,'0.1.0','2026-11-28T17:49:20Z','mho simulate --functional --inferences 3 --samples 20 --set chip.mesh.width=3 --set chip.mesh.height=3 --set chip.digital_cores=2 --threads 1 --db old.db --set noc.power_gating=on --set chip.power_gating=on',1,1,1.1993018060000000257,'strokes','e68ac2366d16de43',18500,63104,'stroke digits (seed 2024, split 0)','c78f9da1c79c531d',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'default','6becf2e3b4f28d7d','{"chip":{"analog_clock":"chip","clock":1.0,"converters":"shared","core_leakage":1.0,"digital_buffer":128.0,"digital_clock":"chip","digital_cores":2,"gating":{"break_even":64,"idle":64,"residual":0.05,"wake_up":64},"input_buffer":64.0,"mesh":{"height":3,"width":3},"output_buffer_positions":2,"power_gating":"on","synchroniser":2,"tiles_per_core":1},"digital":{"activation_format":"dac","area":10080.0,"energy":0.104,"lanes":32,"leakage":0.5,"partial_sum_format":"float16","pipeline_depth":4,"result_format":"float16","scale_format":"float16"},"mapper":{"buffer_slack":2,"cache_block":4.0,"caches":"core","placement":"snake","reload_batch":1,"weights":"stationary"},"noc":{"buffer_flits":8,"clock":"chip","concentration":1,"energy":{"arbitration":"survey","buffer_read":"survey","buffer_write":"survey","crossbar":"survey"},"flit_bits":64,"gating":{"break_even":10,"idle":4,"look_ahead":0,"residual":0.05,"wake_up":8},"hop_length":1.0,"link_energy":0.0162,"multicast":"off","power_gating":"on","router_area":"survey","router_leakage":"survey","router_stages":4,"routing":"xy","topology":"mesh","virtual_channels":2},"port":{"bits_per_cycle":"memory","energy_per_bit":"memory","latency":"memory","memory":"none","nodes":"0","outstanding":16},"tile":{"adc":{"area":"survey","bits":8,"bound":10.0,"bound_management":"off","calibration":0.0,"conversion_time":10.0,"dead_codes":0.0,"dnl":0.0,"energy":"survey","gain_spread":0.0,"inl":0.0,"leakage":1.8,"mux":8,"offset_spread":0.0,"rounding":"nearest","technology":14.0},"array":{"cell_area":0.5,"line_capacitance":0.14,"read_voltage":0.2},"buffer":{"area":0.048,"leakage":10.0,"read_energy":0.0142,"write_energy":0.0142},"coding":{"bits_per_slice":2,"kind":"differential","pairing":"equal","pairs":1,"significance":1.0,"slices":1},"columns":512,"dac":{"area":28.0,"bits":8,"coding":"pulse_width","energy":0.0027,"input_noise":0.0,"passes":"one","read_time":100.0,"rounding":"nearest","settling":5.0,"time_per_level":1.0},"device":{"acceptance":"0.2%","drift_scale":1.0,"g_max":"native","g_min":"native","kind":"pcm","levels":"any","programming_scale":1.0,"read_scale":1.0,"stuck_at":"zero","stuck_rate":0.0,"table":"","table_reference":1.0},"drift_compensation":"global","input":{"asymmetry":"off"},"input_range":{"kind":"calibrated","learned":"use","method":"quantile","quantile":0.99995,"sigmas":3.0},"ir_drop":{"scale":1.0,"wire_ratio":571428.57},"mapping":{"scale":"column"},"noise":{"output":0.04,"output_spread":0.0,"read":0.0175,"read_kind":"pcm"},"program":{"iteration_energy":20.0,"iteration_time":1000.0,"iterations":12.0,"parallel_columns":64,"weight_bits":8},"readout":{"asymmetry":0.0,"offset":0.0,"s_curve":0.0,"s_curve_correction":0.0,"s_curve_spread":0.0,"series_limit":1.0,"series_resistance":0.0},"rows":512,"scale":{"area":181.0,"energy":0.17,"lanes":16},"wires":{"driver":0.0,"input":0.35,"kind":"approximate","output":0.35,"sense":0.0,"sense_end":"first"}}}',NULL,NULL,3.5862000000000003249e-05,3.2512000000000003136e-05,30757.874015748027885,0,2,104342,0.096988088000000000077,9675,'conv1 on node 1, busy 90 % of the interval: array, 29264 cycles per inference; drivers 4 %, converters 57 %, scale 1 %; it waits for input 10 % and for its readers 0 %; the core of node 3 wakes up for 12 % of the time (chip.gating.wake_up)','stage',3.2512000000000003136e-05,1,600,3225,8.5000749472783740014e-07,9.1375873119778023463e-07,0.026144423435280429723,0.020317756225379096646,1.7504409294694491805,0.14847869081485021158,5,6,0.0141143798828125);
INSERT INTO run VALUES(3,'0.1.0','2026-11-28T17:49:21Z','mho simulate gpt.onnx --mode prefill --set mapper.weights=reloaded --set mapper.reload_batch=3 --set chip.mesh.width=3 --set chip.mesh.height=3 --set chip.digital_cores=5 --threads 1 --db old.db',1,1,0.14433931499999999581,'gpt','d7bd96ce9150352e',50432,201728,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'default','4eacf5ea2c3d176c','{"chip":{"analog_clock":"chip","clock":1.0,"converters":"shared","core_leakage":1.0,"digital_buffer":128.0,"digital_clock":"chip","digital_cores":5,"gating":{"break_even":64,"idle":64,"residual":0.05,"wake_up":64},"input_buffer":64.0,"mesh":{"height":3,"width":3},"output_buffer_positions":2,"power_gating":"off","synchroniser":2,"tiles_per_core":1},"digital":{"activation_format":"dac","area":10080.0,"energy":0.104,"lanes":32,"leakage":0.5,"partial_sum_format":"float16","pipeline_depth":4,"result_format":"float16","scale_format":"float16"},"mapper":{"buffer_slack":2,"cache_block":4.0,"caches":"core","placement":"snake","reload_batch":3,"weights":"reloaded"},"noc":{"buffer_flits":8,"clock":"chip","concentration":1,"energy":{"arbitration":"survey","buffer_read":"survey","buffer_write":"survey","crossbar":"survey"},"flit_bits":64,"gating":{"break_even":10,"idle":4,"look_ahead":0,"residual":0.05,"wake_up":8},"hop_length":1.0,"link_energy":0.0162,"multicast":"off","power_gating":"off","router_area":"survey","router_leakage":"survey","router_stages":4,"routing":"xy","topology":"mesh","virtual_channels":2},"port":{"bits_per_cycle":"memory","energy_per_bit":"memory","latency":"memory","memory":"none","nodes":"0","outstanding":16},"tile":{"adc":{"area":"survey","bits":8,"bound":10.0,"bound_management":"off","calibration":0.0,"conversion_time":10.0,"dead_codes":0.0,"dnl":0.0,"energy":"survey","gain_spread":0.0,"inl":0.0,"leakage":1.8,"mux":8,"offset_spread":0.0,"rounding":"nearest","technology":14.0},"array":{"cell_area":0.5,"line_capacitance":0.14,"read_voltage":0.2},"buffer":{"area":0.048,"leakage":10.0,"read_energy":0.0142,"write_energy":0.0142},"coding":{"bits_per_slice":2,"kind":"differential","pairing":"equal","pairs":1,"significance":1.0,"slices":1},"columns":512,"dac":{"area":28.0,"bits":8,"coding":"pulse_width","energy":0.0027,"input_noise":0.0,"passes":"one","read_time":100.0,"rounding":"nearest","settling":5.0,"time_per_level":1.0},"device":{"acceptance":"0.2%","drift_scale":1.0,"g_max":"native","g_min":"native","kind":"pcm","levels":"any","programming_scale":1.0,"read_scale":1.0,"stuck_at":"zero","stuck_rate":0.0,"table":"","table_reference":1.0},"drift_compensation":"global","input":{"asymmetry":"off"},"input_range":{"kind":"calibrated","learned":"use","method":"quantile","quantile":0.99995,"sigmas":3.0},"ir_drop":{"scale":1.0,"wire_ratio":571428.57},"mapping":{"scale":"column"},"noise":{"output":0.04,"output_spread":0.0,"read":0.0175,"read_kind":"pcm"},"program":{"iteration_energy":20.0,"iteration_time":1000.0,"iterations":12.0,"parallel_columns":64,"weight_bits":8},"readout":{"asymmetry":0.0,"offset":0.0,"s_curve":0.0,"s_curve_correction":0.0,"s_curve_spread":0.0,"series_limit":1.0,"series_resistance":0.0},"rows":512,"scale":{"area":181.0,"energy":0.17,"lanes":16},"wires":{"driver":0.0,"input":0.35,"kind":"approximate","output":0.35,"sense":0.0,"sense_end":"first"}}}',NULL,NULL,0.006147900000000000413,0.0020502486666666669239,487.74571409711921887,1,3,12298663,0.094048856000000000121,68560,'programming takes 99.9 % of the time; the longest phase, ''program 1 of 2'', 49.9 %: MatMul_5 programming on node 7, busy 100 % of the phase: programming, 3072000 cycles per batch','unit',0.006150746000000000338,3,1203,27156,0.00026250671037260765814,0.00078658759646276258607,0.12803652290597317131,0.12355694852963453045,1.1999635308702063518,0.0015369359489032714035,5,3,0.038476562499999998612);
CREATE TABLE parameter (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value ANY NOT NULL,
  unit TEXT NOT NULL,
  origin TEXT NOT NULL,                       -- default, file:line:column or --set
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
INSERT INTO parameter VALUES(1,'chip.analog_clock','chip','GHz','default');
INSERT INTO parameter VALUES(1,'chip.clock',1.0,'GHz','default');
INSERT INTO parameter VALUES(1,'chip.converters','shared','','default');
INSERT INTO parameter VALUES(1,'chip.core_leakage',1.0,'mW','default');
INSERT INTO parameter VALUES(1,'chip.digital_buffer',128.0,'KiB','default');
INSERT INTO parameter VALUES(1,'chip.digital_clock','chip','GHz','default');
INSERT INTO parameter VALUES(1,'chip.digital_cores',8,'','default');
INSERT INTO parameter VALUES(1,'chip.gating.break_even',64,'','default');
INSERT INTO parameter VALUES(1,'chip.gating.idle',64,'','default');
INSERT INTO parameter VALUES(1,'chip.gating.residual',0.050000000000000002775,'','default');
INSERT INTO parameter VALUES(1,'chip.gating.wake_up',64,'','default');
INSERT INTO parameter VALUES(1,'chip.input_buffer',64.0,'KiB','default');
INSERT INTO parameter VALUES(1,'chip.mesh.height',8,'','default');
INSERT INTO parameter VALUES(1,'chip.mesh.width',8,'','default');
INSERT INTO parameter VALUES(1,'chip.output_buffer_positions',2,'','default');
INSERT INTO parameter VALUES(1,'chip.power_gating','off','','default');
INSERT INTO parameter VALUES(1,'chip.synchroniser',2,'','default');
INSERT INTO parameter VALUES(1,'chip.tiles_per_core',1,'','default');
INSERT INTO parameter VALUES(1,'digital.activation_format','dac','','default');
INSERT INTO parameter VALUES(1,'digital.area',10080.0,'um2','default');
INSERT INTO parameter VALUES(1,'digital.energy',0.10399999999999999522,'pJ','default');
INSERT INTO parameter VALUES(1,'digital.lanes',32,'','default');
INSERT INTO parameter VALUES(1,'digital.leakage',0.5,'mW','default');
INSERT INTO parameter VALUES(1,'digital.partial_sum_format','float16','','default');
INSERT INTO parameter VALUES(1,'digital.pipeline_depth',4,'','default');
INSERT INTO parameter VALUES(1,'digital.result_format','float16','','default');
INSERT INTO parameter VALUES(1,'digital.scale_format','float16','','default');
INSERT INTO parameter VALUES(1,'mapper.buffer_slack',2,'','default');
INSERT INTO parameter VALUES(1,'mapper.cache_block',4.0,'KiB','default');
INSERT INTO parameter VALUES(1,'mapper.caches','core','','default');
INSERT INTO parameter VALUES(1,'mapper.placement','snake','','default');
INSERT INTO parameter VALUES(1,'mapper.reload_batch',1,'','default');
INSERT INTO parameter VALUES(1,'mapper.weights','stationary','','default');
INSERT INTO parameter VALUES(1,'noc.buffer_flits',8,'','default');
INSERT INTO parameter VALUES(1,'noc.clock','chip','GHz','default');
INSERT INTO parameter VALUES(1,'noc.concentration',1,'','default');
INSERT INTO parameter VALUES(1,'noc.energy.arbitration','survey','pJ','default');
INSERT INTO parameter VALUES(1,'noc.energy.buffer_read','survey','pJ','default');
INSERT INTO parameter VALUES(1,'noc.energy.buffer_write','survey','pJ','default');
INSERT INTO parameter VALUES(1,'noc.energy.crossbar','survey','pJ','default');
INSERT INTO parameter VALUES(1,'noc.flit_bits',64,'','default');
INSERT INTO parameter VALUES(1,'noc.gating.break_even',10,'','default');
INSERT INTO parameter VALUES(1,'noc.gating.idle',4,'','default');
INSERT INTO parameter VALUES(1,'noc.gating.look_ahead',0,'','default');
INSERT INTO parameter VALUES(1,'noc.gating.residual',0.050000000000000002775,'','default');
INSERT INTO parameter VALUES(1,'noc.gating.wake_up',8,'','default');
INSERT INTO parameter VALUES(1,'noc.hop_length',1.0,'mm','default');
INSERT INTO parameter VALUES(1,'noc.link_energy',0.016199999999999999122,'pJ/bit','default');
INSERT INTO parameter VALUES(1,'noc.multicast','off','','default');
INSERT INTO parameter VALUES(1,'noc.power_gating','off','','default');
INSERT INTO parameter VALUES(1,'noc.router_area','survey','um2','default');
INSERT INTO parameter VALUES(1,'noc.router_leakage','survey','mW','default');
INSERT INTO parameter VALUES(1,'noc.router_stages',4,'','default');
INSERT INTO parameter VALUES(1,'noc.routing','xy','','default');
INSERT INTO parameter VALUES(1,'noc.topology','mesh','','default');
INSERT INTO parameter VALUES(1,'noc.virtual_channels',2,'','default');
INSERT INTO parameter VALUES(1,'port.bits_per_cycle','memory','','default');
INSERT INTO parameter VALUES(1,'port.energy_per_bit','memory','pJ/bit','default');
INSERT INTO parameter VALUES(1,'port.latency','memory','ns','default');
INSERT INTO parameter VALUES(1,'port.memory','none','','default');
INSERT INTO parameter VALUES(1,'port.nodes','0','','default');
INSERT INTO parameter VALUES(1,'port.outstanding',16,'','default');
INSERT INTO parameter VALUES(1,'tile.adc.area','survey','um2','default');
INSERT INTO parameter VALUES(1,'tile.adc.bits',8,'','default');
INSERT INTO parameter VALUES(1,'tile.adc.bound',10.0,'','default');
INSERT INTO parameter VALUES(1,'tile.adc.bound_management','off','','default');
INSERT INTO parameter VALUES(1,'tile.adc.calibration',0.0,'','default');
INSERT INTO parameter VALUES(1,'tile.adc.conversion_time',10.0,'ns','default');
INSERT INTO parameter VALUES(1,'tile.adc.dead_codes',0.0,'','default');
INSERT INTO parameter VALUES(1,'tile.adc.dnl',0.0,'','default');
INSERT INTO parameter VALUES(1,'tile.adc.energy','survey','pJ','default');
INSERT INTO parameter VALUES(1,'tile.adc.gain_spread',0.0,'','default');
INSERT INTO parameter VALUES(1,'tile.adc.inl',0.0,'','default');
INSERT INTO parameter VALUES(1,'tile.adc.leakage',1.8000000000000000444,'uW','default');
INSERT INTO parameter VALUES(1,'tile.adc.mux',8,'','default');
INSERT INTO parameter VALUES(1,'tile.adc.offset_spread',0.0,'','default');
INSERT INTO parameter VALUES(1,'tile.adc.rounding','nearest','','default');
INSERT INTO parameter VALUES(1,'tile.adc.technology',14.0,'nm','default');
INSERT INTO parameter VALUES(1,'tile.array.cell_area',0.5,'um2','default');
INSERT INTO parameter VALUES(1,'tile.array.line_capacitance',0.14000000000000001332,'fF','default');
INSERT INTO parameter VALUES(1,'tile.array.read_voltage',0.2000000000000000111,'V','default');
INSERT INTO parameter VALUES(1,'tile.buffer.area',0.048000000000000000999,'um2/bit','default');
INSERT INTO parameter VALUES(1,'tile.buffer.leakage',10.0,'pW/bit','default');
INSERT INTO parameter VALUES(1,'tile.buffer.read_energy',0.014200000000000000816,'pJ/bit','default');
INSERT INTO parameter VALUES(1,'tile.buffer.write_energy',0.014200000000000000816,'pJ/bit','default');
INSERT INTO parameter VALUES(1,'tile.coding.bits_per_slice',2,'','default');
INSERT INTO parameter VALUES(1,'tile.coding.kind','differential','','default');
INSERT INTO parameter VALUES(1,'tile.coding.pairing','equal','','default');
INSERT INTO parameter VALUES(1,'tile.coding.pairs',1,'','default');
INSERT INTO parameter VALUES(1,'tile.coding.significance',1.0,'','default');
INSERT INTO parameter VALUES(1,'tile.coding.slices',1,'','default');
INSERT INTO parameter VALUES(1,'tile.columns',512,'','default');
INSERT INTO parameter VALUES(1,'tile.dac.area',28.0,'um2','default');
INSERT INTO parameter VALUES(1,'tile.dac.bits',8,'','default');
INSERT INTO parameter VALUES(1,'tile.dac.coding','pulse_width','','default');
INSERT INTO parameter VALUES(1,'tile.dac.energy',0.0027000000000000001429,'pJ','default');
INSERT INTO parameter VALUES(1,'tile.dac.input_noise',0.0,'','default');
INSERT INTO parameter VALUES(1,'tile.dac.passes','one','','default');
INSERT INTO parameter VALUES(1,'tile.dac.read_time',100.0,'ns','default');
INSERT INTO parameter VALUES(1,'tile.dac.rounding','nearest','','default');
INSERT INTO parameter VALUES(1,'tile.dac.settling',5.0,'ns','default');
INSERT INTO parameter VALUES(1,'tile.dac.time_per_level',1.0,'ns','default');
INSERT INTO parameter VALUES(1,'tile.device.acceptance','0.2%','','default');
INSERT INTO parameter VALUES(1,'tile.device.ageing','per_device','','default');
INSERT INTO parameter VALUES(1,'tile.device.drift_scale',1.0,'','default');
INSERT INTO parameter VALUES(1,'tile.device.g_max','native','uS','default');
INSERT INTO parameter VALUES(1,'tile.device.g_min','native','uS','default');
INSERT INTO parameter VALUES(1,'tile.device.kind','pcm','','default');
INSERT INTO parameter VALUES(1,'tile.device.levels','any','','default');
INSERT INTO parameter VALUES(1,'tile.device.programming_scale',1.0,'','default');
INSERT INTO parameter VALUES(1,'tile.device.read_scale',1.0,'','default');
INSERT INTO parameter VALUES(1,'tile.device.stuck_at','zero','','default');
INSERT INTO parameter VALUES(1,'tile.device.stuck_rate',0.0,'','default');
INSERT INTO parameter VALUES(1,'tile.device.table','','','default');
INSERT INTO parameter VALUES(1,'tile.device.table_reference',1.0,'s','default');
INSERT INTO parameter VALUES(1,'tile.drift_compensation','global','','default');
INSERT INTO parameter VALUES(1,'tile.input.asymmetry','off','','default');
INSERT INTO parameter VALUES(1,'tile.input_range.kind','calibrated','','default');
INSERT INTO parameter VALUES(1,'tile.input_range.learned','use','','default');
INSERT INTO parameter VALUES(1,'tile.input_range.method','quantile','','default');
INSERT INTO parameter VALUES(1,'tile.input_range.quantile',0.9999500000000000055,'','default');
INSERT INTO parameter VALUES(1,'tile.input_range.sigmas',3.0,'','default');
INSERT INTO parameter VALUES(1,'tile.ir_drop.scale',1.0,'','default');
INSERT INTO parameter VALUES(1,'tile.ir_drop.wire_ratio',571428.56999999994877,'','default');
INSERT INTO parameter VALUES(1,'tile.mapping.scale','column','','default');
INSERT INTO parameter VALUES(1,'tile.noise.output',0.040000000000000000832,'','default');
INSERT INTO parameter VALUES(1,'tile.noise.output_spread',0.0,'','default');
INSERT INTO parameter VALUES(1,'tile.noise.read',0.017500000000000001665,'','default');
INSERT INTO parameter VALUES(1,'tile.noise.read_kind','pcm','','default');
INSERT INTO parameter VALUES(1,'tile.program.iteration_energy',20.0,'pJ','default');
INSERT INTO parameter VALUES(1,'tile.program.iteration_time',1000.0,'ns','default');
INSERT INTO parameter VALUES(1,'tile.program.iterations',12.0,'','default');
INSERT INTO parameter VALUES(1,'tile.program.parallel_columns',64,'','default');
INSERT INTO parameter VALUES(1,'tile.program.weight_bits',8,'','default');
INSERT INTO parameter VALUES(1,'tile.readout.asymmetry',0.0,'','default');
INSERT INTO parameter VALUES(1,'tile.readout.offset',0.0,'','default');
INSERT INTO parameter VALUES(1,'tile.readout.s_curve',0.0,'','default');
INSERT INTO parameter VALUES(1,'tile.readout.s_curve_correction',0.0,'','default');
INSERT INTO parameter VALUES(1,'tile.readout.s_curve_spread',0.0,'','default');
INSERT INTO parameter VALUES(1,'tile.readout.series_limit',1.0,'','default');
INSERT INTO parameter VALUES(1,'tile.readout.series_resistance',0.0,'','default');
INSERT INTO parameter VALUES(1,'tile.rows',512,'','default');
INSERT INTO parameter VALUES(1,'tile.scale.area',181.0,'um2','default');
INSERT INTO parameter VALUES(1,'tile.scale.energy',0.17000000000000001221,'pJ','default');
INSERT INTO parameter VALUES(1,'tile.scale.lanes',16,'','default');
INSERT INTO parameter VALUES(1,'tile.wires.driver',0.0,'ohm','default');
INSERT INTO parameter VALUES(1,'tile.wires.input',0.34999999999999997779,'ohm','default');
INSERT INTO parameter VALUES(1,'tile.wires.kind','approximate','','default');
INSERT INTO parameter VALUES(1,'tile.wires.output',0.34999999999999997779,'ohm','default');
INSERT INTO parameter VALUES(1,'tile.wires.sense',0.0,'ohm','default');
INSERT INTO parameter VALUES(1,'tile.wires.sense_end','first','','default');
INSERT INTO parameter VALUES(2,'chip.analog_clock','chip','GHz','default');
INSERT INTO parameter VALUES(2,'chip.clock',1.0,'GHz','default');
INSERT INTO parameter VALUES(2,'chip.converters','shared','','default');
INSERT INTO parameter VALUES(2,'chip.core_leakage',1.0,'mW','default');
INSERT INTO parameter VALUES(2,'chip.digital_buffer',128.0,'KiB','default');
INSERT INTO parameter VALUES(2,'chip.digital_clock','chip','GHz','default');
INSERT INTO parameter VALUES(2,'chip.digital_cores',2,'','--set');
INSERT INTO parameter VALUES(2,'chip.gating.break_even',64,'','default');
INSERT INTO parameter VALUES(2,'chip.gating.idle',64,'','default');
INSERT INTO parameter VALUES(2,'chip.gating.residual',0.050000000000000002775,'','default');
INSERT INTO parameter VALUES(2,'chip.gating.wake_up',64,'','default');
INSERT INTO parameter VALUES(2,'chip.input_buffer',64.0,'KiB','default');
INSERT INTO parameter VALUES(2,'chip.mesh.height',3,'','--set');
INSERT INTO parameter VALUES(2,'chip.mesh.width',3,'','--set');
INSERT INTO parameter VALUES(2,'chip.output_buffer_positions',2,'','default');
INSERT INTO parameter VALUES(2,'chip.power_gating','on','','--set');
INSERT INTO parameter VALUES(2,'chip.synchroniser',2,'','default');
INSERT INTO parameter VALUES(2,'chip.tiles_per_core',1,'','default');
INSERT INTO parameter VALUES(2,'digital.activation_format','dac','','default');
INSERT INTO parameter VALUES(2,'digital.area',10080.0,'um2','default');
INSERT INTO parameter VALUES(2,'digital.energy',0.10399999999999999522,'pJ','default');
INSERT INTO parameter VALUES(2,'digital.lanes',32,'','default');
INSERT INTO parameter VALUES(2,'digital.leakage',0.5,'mW','default');
INSERT INTO parameter VALUES(2,'digital.partial_sum_format','float16','','default');
INSERT INTO parameter VALUES(2,'digital.pipeline_depth',4,'','default');
INSERT INTO parameter VALUES(2,'digital.result_format','float16','','default');
INSERT INTO parameter VALUES(2,'digital.scale_format','float16','','default');
INSERT INTO parameter VALUES(2,'mapper.buffer_slack',2,'','default');
INSERT INTO parameter VALUES(2,'mapper.cache_block',4.0,'KiB','default');
INSERT INTO parameter VALUES(2,'mapper.caches','core','','default');
INSERT INTO parameter VALUES(2,'mapper.placement','snake','','default');
INSERT INTO parameter VALUES(2,'mapper.reload_batch',1,'','default');
INSERT INTO parameter VALUES(2,'mapper.weights','stationary','','default');
INSERT INTO parameter VALUES(2,'noc.buffer_flits',8,'','default');
INSERT INTO parameter VALUES(2,'noc.clock','chip','GHz','default');
INSERT INTO parameter VALUES(2,'noc.concentration',1,'','default');
INSERT INTO parameter VALUES(2,'noc.energy.arbitration','survey','pJ','default');
INSERT INTO parameter VALUES(2,'noc.energy.buffer_read','survey','pJ','default');
INSERT INTO parameter VALUES(2,'noc.energy.buffer_write','survey','pJ','default');
INSERT INTO parameter VALUES(2,'noc.energy.crossbar','survey','pJ','default');
INSERT INTO parameter VALUES(2,'noc.flit_bits',64,'','default');
INSERT INTO parameter VALUES(2,'noc.gating.break_even',10,'','default');
INSERT INTO parameter VALUES(2,'noc.gating.idle',4,'','default');
INSERT INTO parameter VALUES(2,'noc.gating.look_ahead',0,'','default');
INSERT INTO parameter VALUES(2,'noc.gating.residual',0.050000000000000002775,'','default');
INSERT INTO parameter VALUES(2,'noc.gating.wake_up',8,'','default');
INSERT INTO parameter VALUES(2,'noc.hop_length',1.0,'mm','default');
INSERT INTO parameter VALUES(2,'noc.link_energy',0.016199999999999999122,'pJ/bit','default');
INSERT INTO parameter VALUES(2,'noc.multicast','off','','default');
INSERT INTO parameter VALUES(2,'noc.power_gating','on','','--set');
INSERT INTO parameter VALUES(2,'noc.router_area','survey','um2','default');
INSERT INTO parameter VALUES(2,'noc.router_leakage','survey','mW','default');
INSERT INTO parameter VALUES(2,'noc.router_stages',4,'','default');
INSERT INTO parameter VALUES(2,'noc.routing','xy','','default');
INSERT INTO parameter VALUES(2,'noc.topology','mesh','','default');
INSERT INTO parameter VALUES(2,'noc.virtual_channels',2,'','default');
INSERT INTO parameter VALUES(2,'port.bits_per_cycle','memory','','default');
INSERT INTO parameter VALUES(2,'port.energy_per_bit','memory','pJ/bit','default');
INSERT INTO parameter VALUES(2,'port.latency','memory','ns','default');
INSERT INTO parameter VALUES(2,'port.memory','none','','default');
INSERT INTO parameter VALUES(2,'port.nodes','0','','default');
INSERT INTO parameter VALUES(2,'port.outstanding',16,'','default');
INSERT INTO parameter VALUES(2,'tile.adc.area','survey','um2','default');
INSERT INTO parameter VALUES(2,'tile.adc.bits',8,'','default');
INSERT INTO parameter VALUES(2,'tile.adc.bound',10.0,'','default');
INSERT INTO parameter VALUES(2,'tile.adc.bound_management','off','','default');
INSERT INTO parameter VALUES(2,'tile.adc.calibration',0.0,'','default');
INSERT INTO parameter VALUES(2,'tile.adc.conversion_time',10.0,'ns','default');
INSERT INTO parameter VALUES(2,'tile.adc.dead_codes',0.0,'','default');
INSERT INTO parameter VALUES(2,'tile.adc.dnl',0.0,'','default');
INSERT INTO parameter VALUES(2,'tile.adc.energy','survey','pJ','default');
INSERT INTO parameter VALUES(2,'tile.adc.gain_spread',0.0,'','default');
INSERT INTO parameter VALUES(2,'tile.adc.inl',0.0,'','default');
INSERT INTO parameter VALUES(2,'tile.adc.leakage',1.8000000000000000444,'uW','default');
INSERT INTO parameter VALUES(2,'tile.adc.mux',8,'','default');
INSERT INTO parameter VALUES(2,'tile.adc.offset_spread',0.0,'','default');
INSERT INTO parameter VALUES(2,'tile.adc.rounding','nearest','','default');
INSERT INTO parameter VALUES(2,'tile.adc.technology',14.0,'nm','default');
INSERT INTO parameter VALUES(2,'tile.array.cell_area',0.5,'um2','default');
INSERT INTO parameter VALUES(2,'tile.array.line_capacitance',0.14000000000000001332,'fF','default');
INSERT INTO parameter VALUES(2,'tile.array.read_voltage',0.2000000000000000111,'V','default');
INSERT INTO parameter VALUES(2,'tile.buffer.area',0.048000000000000000999,'um2/bit','default');
INSERT INTO parameter VALUES(2,'tile.buffer.leakage',10.0,'pW/bit','default');
INSERT INTO parameter VALUES(2,'tile.buffer.read_energy',0.014200000000000000816,'pJ/bit','default');
INSERT INTO parameter VALUES(2,'tile.buffer.write_energy',0.014200000000000000816,'pJ/bit','default');
INSERT INTO parameter VALUES(2,'tile.coding.bits_per_slice',2,'','default');
INSERT INTO parameter VALUES(2,'tile.coding.kind','differential','','default');
INSERT INTO parameter VALUES(2,'tile.coding.pairing','equal','','default');
INSERT INTO parameter VALUES(2,'tile.coding.pairs',1,'','default');
INSERT INTO parameter VALUES(2,'tile.coding.significance',1.0,'','default');
INSERT INTO parameter VALUES(2,'tile.coding.slices',1,'','default');
INSERT INTO parameter VALUES(2,'tile.columns',512,'','default');
INSERT INTO parameter VALUES(2,'tile.dac.area',28.0,'um2','default');
INSERT INTO parameter VALUES(2,'tile.dac.bits',8,'','default');
INSERT INTO parameter VALUES(2,'tile.dac.coding','pulse_width','','default');
INSERT INTO parameter VALUES(2,'tile.dac.energy',0.0027000000000000001429,'pJ','default');
INSERT INTO parameter VALUES(2,'tile.dac.input_noise',0.0,'','default');
INSERT INTO parameter VALUES(2,'tile.dac.passes','one','','default');
INSERT INTO parameter VALUES(2,'tile.dac.read_time',100.0,'ns','default');
INSERT INTO parameter VALUES(2,'tile.dac.rounding','nearest','','default');
INSERT INTO parameter VALUES(2,'tile.dac.settling',5.0,'ns','default');
INSERT INTO parameter VALUES(2,'tile.dac.time_per_level',1.0,'ns','default');
INSERT INTO parameter VALUES(2,'tile.device.acceptance','0.2%','','default');
INSERT INTO parameter VALUES(2,'tile.device.drift_scale',1.0,'','default');
INSERT INTO parameter VALUES(2,'tile.device.g_max','native','uS','default');
INSERT INTO parameter VALUES(2,'tile.device.g_min','native','uS','default');
INSERT INTO parameter VALUES(2,'tile.device.kind','pcm','','default');
INSERT INTO parameter VALUES(2,'tile.device.levels','any','','default');
INSERT INTO parameter VALUES(2,'tile.device.programming_scale',1.0,'','default');
INSERT INTO parameter VALUES(2,'tile.device.read_scale',1.0,'','default');
INSERT INTO parameter VALUES(2,'tile.device.stuck_at','zero','','default');
INSERT INTO parameter VALUES(2,'tile.device.stuck_rate',0.0,'','default');
INSERT INTO parameter VALUES(2,'tile.device.table','','','default');
INSERT INTO parameter VALUES(2,'tile.device.table_reference',1.0,'s','default');
INSERT INTO parameter VALUES(2,'tile.drift_compensation','global','','default');
INSERT INTO parameter VALUES(2,'tile.input.asymmetry','off','','default');
INSERT INTO parameter VALUES(2,'tile.input_range.kind','calibrated','','default');
INSERT INTO parameter VALUES(2,'tile.input_range.learned','use','','default');
INSERT INTO parameter VALUES(2,'tile.input_range.method','quantile','','default');
INSERT INTO parameter VALUES(2,'tile.input_range.quantile',0.9999500000000000055,'','default');
INSERT INTO parameter VALUES(2,'tile.input_range.sigmas',3.0,'','default');
INSERT INTO parameter VALUES(2,'tile.ir_drop.scale',1.0,'','default');
INSERT INTO parameter VALUES(2,'tile.ir_drop.wire_ratio',571428.56999999994877,'','default');
INSERT INTO parameter VALUES(2,'tile.mapping.scale','column','','default');
INSERT INTO parameter VALUES(2,'tile.noise.output',0.040000000000000000832,'','default');
INSERT INTO parameter VALUES(2,'tile.noise.output_spread',0.0,'','default');
INSERT INTO parameter VALUES(2,'tile.noise.read',0.017500000000000001665,'','default');
INSERT INTO parameter VALUES(2,'tile.noise.read_kind','pcm','','default');
INSERT INTO parameter VALUES(2,'tile.program.iteration_energy',20.0,'pJ','default');
INSERT INTO parameter VALUES(2,'tile.program.iteration_time',1000.0,'ns','default');
INSERT INTO parameter VALUES(2,'tile.program.iterations',12.0,'','default');
INSERT INTO parameter VALUES(2,'tile.program.parallel_columns',64,'','default');
INSERT INTO parameter VALUES(2,'tile.program.weight_bits',8,'','default');
INSERT INTO parameter VALUES(2,'tile.readout.asymmetry',0.0,'','default');
INSERT INTO parameter VALUES(2,'tile.readout.offset',0.0,'','default');
INSERT INTO parameter VALUES(2,'tile.readout.s_curve',0.0,'','default');
INSERT INTO parameter VALUES(2,'tile.readout.s_curve_correction',0.0,'','default');
INSERT INTO parameter VALUES(2,'tile.readout.s_curve_spread',0.0,'','default');
INSERT INTO parameter VALUES(2,'tile.readout.series_limit',1.0,'','default');
INSERT INTO parameter VALUES(2,'tile.readout.series_resistance',0.0,'','default');
INSERT INTO parameter VALUES(2,'tile.rows',512,'','default');
INSERT INTO parameter VALUES(2,'tile.scale.area',181.0,'um2','default');
INSERT INTO parameter VALUES(2,'tile.scale.energy',0.17000000000000001221,'pJ','default');
INSERT INTO parameter VALUES(2,'tile.scale.lanes',16,'','default');
INSERT INTO parameter VALUES(2,'tile.wires.driver',0.0,'ohm','default');
INSERT INTO parameter VALUES(2,'tile.wires.input',0.34999999999999997779,'ohm','default');
INSERT INTO parameter VALUES(2,'tile.wires.kind','approximate','','default');
INSERT INTO parameter VALUES(2,'tile.wires.output',0.34999999999999997779,'ohm','default');
INSERT INTO parameter VALUES(2,'tile.wires.sense',0.0,'ohm','default');
INSERT INTO parameter VALUES(2,'tile.wires.sense_end','first','','default');
INSERT INTO parameter VALUES(3,'chip.analog_clock','chip','GHz','default');
INSERT INTO parameter VALUES(3,'chip.clock',1.0,'GHz','default');
INSERT INTO parameter VALUES(3,'chip.converters','shared','','default');
INSERT INTO parameter VALUES(3,'chip.core_leakage',1.0,'mW','default');
INSERT INTO parameter VALUES(3,'chip.digital_buffer',128.0,'KiB','default');
INSERT INTO parameter VALUES(3,'chip.digital_clock','chip','GHz','default');
INSERT INTO parameter VALUES(3,'chip.digital_cores',5,'','--set');
INSERT INTO parameter VALUES(3,'chip.gating.break_even',64,'','default');
INSERT INTO parameter VALUES(3,'chip.gating.idle',64,'','default');
INSERT INTO parameter VALUES(3,'chip.gating.residual',0.050000000000000002775,'','default');
INSERT INTO parameter VALUES(3,'chip.gating.wake_up',64,'','default');
INSERT INTO parameter VALUES(3,'chip.input_buffer',64.0,'KiB','default');
INSERT INTO parameter VALUES(3,'chip.mesh.height',3,'','--set');
INSERT INTO parameter VALUES(3,'chip.mesh.width',3,'','--set');
INSERT INTO parameter VALUES(3,'chip.output_buffer_positions',2,'','default');
INSERT INTO parameter VALUES(3,'chip.power_gating','off','','default');
INSERT INTO parameter VALUES(3,'chip.synchroniser',2,'','default');
INSERT INTO parameter VALUES(3,'chip.tiles_per_core',1,'','default');
INSERT INTO parameter VALUES(3,'digital.activation_format','dac','','default');
INSERT INTO parameter VALUES(3,'digital.area',10080.0,'um2','default');
INSERT INTO parameter VALUES(3,'digital.energy',0.10399999999999999522,'pJ','default');
INSERT INTO parameter VALUES(3,'digital.lanes',32,'','default');
INSERT INTO parameter VALUES(3,'digital.leakage',0.5,'mW','default');
INSERT INTO parameter VALUES(3,'digital.partial_sum_format','float16','','default');
INSERT INTO parameter VALUES(3,'digital.pipeline_depth',4,'','default');
INSERT INTO parameter VALUES(3,'digital.result_format','float16','','default');
INSERT INTO parameter VALUES(3,'digital.scale_format','float16','','default');
INSERT INTO parameter VALUES(3,'mapper.buffer_slack',2,'','default');
INSERT INTO parameter VALUES(3,'mapper.cache_block',4.0,'KiB','default');
INSERT INTO parameter VALUES(3,'mapper.caches','core','','default');
INSERT INTO parameter VALUES(3,'mapper.placement','snake','','default');
INSERT INTO parameter VALUES(3,'mapper.reload_batch',3,'','--set');
INSERT INTO parameter VALUES(3,'mapper.weights','reloaded','','--set');
INSERT INTO parameter VALUES(3,'noc.buffer_flits',8,'','default');
INSERT INTO parameter VALUES(3,'noc.clock','chip','GHz','default');
INSERT INTO parameter VALUES(3,'noc.concentration',1,'','default');
INSERT INTO parameter VALUES(3,'noc.energy.arbitration','survey','pJ','default');
INSERT INTO parameter VALUES(3,'noc.energy.buffer_read','survey','pJ','default');
INSERT INTO parameter VALUES(3,'noc.energy.buffer_write','survey','pJ','default');
INSERT INTO parameter VALUES(3,'noc.energy.crossbar','survey','pJ','default');
INSERT INTO parameter VALUES(3,'noc.flit_bits',64,'','default');
INSERT INTO parameter VALUES(3,'noc.gating.break_even',10,'','default');
INSERT INTO parameter VALUES(3,'noc.gating.idle',4,'','default');
INSERT INTO parameter VALUES(3,'noc.gating.look_ahead',0,'','default');
INSERT INTO parameter VALUES(3,'noc.gating.residual',0.050000000000000002775,'','default');
INSERT INTO parameter VALUES(3,'noc.gating.wake_up',8,'','default');
INSERT INTO parameter VALUES(3,'noc.hop_length',1.0,'mm','default');
INSERT INTO parameter VALUES(3,'noc.link_energy',0.016199999999999999122,'pJ/bit','default');
INSERT INTO parameter VALUES(3,'noc.multicast','off','','default');
INSERT INTO parameter VALUES(3,'noc.power_gating','off','','default');
INSERT INTO parameter VALUES(3,'noc.router_area','survey','um2','default');
INSERT INTO parameter VALUES(3,'noc.router_leakage','survey','mW','default');
INSERT INTO parameter VALUES(3,'noc.router_stages',4,'','default');
INSERT INTO parameter VALUES(3,'noc.routing','xy','','default');
INSERT INTO parameter VALUES(3,'noc.topology','mesh','','default');
INSERT INTO parameter VALUES(3,'noc.virtual_channels',2,'','default');
INSERT INTO parameter VALUES(3,'port.bits_per_cycle','memory','','default');
INSERT INTO parameter VALUES(3,'port.energy_per_bit','memory','pJ/bit','default');
INSERT INTO parameter VALUES(3,'port.latency','memory','ns','default');
INSERT INTO parameter VALUES(3,'port.memory','none','','default');
INSERT INTO parameter VALUES(3,'port.nodes','0','','default');
INSERT INTO parameter VALUES(3,'port.outstanding',16,'','default');
INSERT INTO parameter VALUES(3,'tile.adc.area','survey','um2','default');
INSERT INTO parameter VALUES(3,'tile.adc.bits',8,'','default');
INSERT INTO parameter VALUES(3,'tile.adc.bound',10.0,'','default');
INSERT INTO parameter VALUES(3,'tile.adc.bound_management','off','','default');
INSERT INTO parameter VALUES(3,'tile.adc.calibration',0.0,'','default');
INSERT INTO parameter VALUES(3,'tile.adc.conversion_time',10.0,'ns','default');
INSERT INTO parameter VALUES(3,'tile.adc.dead_codes',0.0,'','default');
INSERT INTO parameter VALUES(3,'tile.adc.dnl',0.0,'','default');
INSERT INTO parameter VALUES(3,'tile.adc.energy','survey','pJ','default');
INSERT INTO parameter VALUES(3,'tile.adc.gain_spread',0.0,'','default');
INSERT INTO parameter VALUES(3,'tile.adc.inl',0.0,'','default');
INSERT INTO parameter VALUES(3,'tile.adc.leakage',1.8000000000000000444,'uW','default');
INSERT INTO parameter VALUES(3,'tile.adc.mux',8,'','default');
INSERT INTO parameter VALUES(3,'tile.adc.offset_spread',0.0,'','default');
INSERT INTO parameter VALUES(3,'tile.adc.rounding','nearest','','default');
INSERT INTO parameter VALUES(3,'tile.adc.technology',14.0,'nm','default');
INSERT INTO parameter VALUES(3,'tile.array.cell_area',0.5,'um2','default');
INSERT INTO parameter VALUES(3,'tile.array.line_capacitance',0.14000000000000001332,'fF','default');
INSERT INTO parameter VALUES(3,'tile.array.read_voltage',0.2000000000000000111,'V','default');
INSERT INTO parameter VALUES(3,'tile.buffer.area',0.048000000000000000999,'um2/bit','default');
INSERT INTO parameter VALUES(3,'tile.buffer.leakage',10.0,'pW/bit','default');
INSERT INTO parameter VALUES(3,'tile.buffer.read_energy',0.014200000000000000816,'pJ/bit','default');
INSERT INTO parameter VALUES(3,'tile.buffer.write_energy',0.014200000000000000816,'pJ/bit','default');
INSERT INTO parameter VALUES(3,'tile.coding.bits_per_slice',2,'','default');
INSERT INTO parameter VALUES(3,'tile.coding.kind','differential','','default');
INSERT INTO parameter VALUES(3,'tile.coding.pairing','equal','','default');
INSERT INTO parameter VALUES(3,'tile.coding.pairs',1,'','default');
INSERT INTO parameter VALUES(3,'tile.coding.significance',1.0,'','default');
INSERT INTO parameter VALUES(3,'tile.coding.slices',1,'','default');
INSERT INTO parameter VALUES(3,'tile.columns',512,'','default');
INSERT INTO parameter VALUES(3,'tile.dac.area',28.0,'um2','default');
INSERT INTO parameter VALUES(3,'tile.dac.bits',8,'','default');
INSERT INTO parameter VALUES(3,'tile.dac.coding','pulse_width','','default');
INSERT INTO parameter VALUES(3,'tile.dac.energy',0.0027000000000000001429,'pJ','default');
INSERT INTO parameter VALUES(3,'tile.dac.input_noise',0.0,'','default');
INSERT INTO parameter VALUES(3,'tile.dac.passes','one','','default');
INSERT INTO parameter VALUES(3,'tile.dac.read_time',100.0,'ns','default');
INSERT INTO parameter VALUES(3,'tile.dac.rounding','nearest','','default');
INSERT INTO parameter VALUES(3,'tile.dac.settling',5.0,'ns','default');
INSERT INTO parameter VALUES(3,'tile.dac.time_per_level',1.0,'ns','default');
INSERT INTO parameter VALUES(3,'tile.device.acceptance','0.2%','','default');
INSERT INTO parameter VALUES(3,'tile.device.drift_scale',1.0,'','default');
INSERT INTO parameter VALUES(3,'tile.device.g_max','native','uS','default');
INSERT INTO parameter VALUES(3,'tile.device.g_min','native','uS','default');
INSERT INTO parameter VALUES(3,'tile.device.kind','pcm','','default');
INSERT INTO parameter VALUES(3,'tile.device.levels','any','','default');
INSERT INTO parameter VALUES(3,'tile.device.programming_scale',1.0,'','default');
INSERT INTO parameter VALUES(3,'tile.device.read_scale',1.0,'','default');
INSERT INTO parameter VALUES(3,'tile.device.stuck_at','zero','','default');
INSERT INTO parameter VALUES(3,'tile.device.stuck_rate',0.0,'','default');
INSERT INTO parameter VALUES(3,'tile.device.table','','','default');
INSERT INTO parameter VALUES(3,'tile.device.table_reference',1.0,'s','default');
INSERT INTO parameter VALUES(3,'tile.drift_compensation','global','','default');
INSERT INTO parameter VALUES(3,'tile.input.asymmetry','off','','default');
INSERT INTO parameter VALUES(3,'tile.input_range.kind','calibrated','','default');
INSERT INTO parameter VALUES(3,'tile.input_range.learned','use','','default');
INSERT INTO parameter VALUES(3,'tile.input_range.method','quantile','','default');
INSERT INTO parameter VALUES(3,'tile.input_range.quantile',0.9999500000000000055,'','default');
INSERT INTO parameter VALUES(3,'tile.input_range.sigmas',3.0,'','default');
INSERT INTO parameter VALUES(3,'tile.ir_drop.scale',1.0,'','default');
INSERT INTO parameter VALUES(3,'tile.ir_drop.wire_ratio',571428.56999999994877,'','default');
INSERT INTO parameter VALUES(3,'tile.mapping.scale','column','','default');
INSERT INTO parameter VALUES(3,'tile.noise.output',0.040000000000000000832,'','default');
INSERT INTO parameter VALUES(3,'tile.noise.output_spread',0.0,'','default');
INSERT INTO parameter VALUES(3,'tile.noise.read',0.017500000000000001665,'','default');
INSERT INTO parameter VALUES(3,'tile.noise.read_kind','pcm','','default');
INSERT INTO parameter VALUES(3,'tile.program.iteration_energy',20.0,'pJ','default');
INSERT INTO parameter VALUES(3,'tile.program.iteration_time',1000.0,'ns','default');
INSERT INTO parameter VALUES(3,'tile.program.iterations',12.0,'','default');
INSERT INTO parameter VALUES(3,'tile.program.parallel_columns',64,'','default');
INSERT INTO parameter VALUES(3,'tile.program.weight_bits',8,'','default');
INSERT INTO parameter VALUES(3,'tile.readout.asymmetry',0.0,'','default');
INSERT INTO parameter VALUES(3,'tile.readout.offset',0.0,'','default');
INSERT INTO parameter VALUES(3,'tile.readout.s_curve',0.0,'','default');
INSERT INTO parameter VALUES(3,'tile.readout.s_curve_correction',0.0,'','default');
INSERT INTO parameter VALUES(3,'tile.readout.s_curve_spread',0.0,'','default');
INSERT INTO parameter VALUES(3,'tile.readout.series_limit',1.0,'','default');
INSERT INTO parameter VALUES(3,'tile.readout.series_resistance',0.0,'','default');
INSERT INTO parameter VALUES(3,'tile.rows',512,'','default');
INSERT INTO parameter VALUES(3,'tile.scale.area',181.0,'um2','default');
INSERT INTO parameter VALUES(3,'tile.scale.energy',0.17000000000000001221,'pJ','default');
INSERT INTO parameter VALUES(3,'tile.scale.lanes',16,'','default');
INSERT INTO parameter VALUES(3,'tile.wires.driver',0.0,'ohm','default');
INSERT INTO parameter VALUES(3,'tile.wires.input',0.34999999999999997779,'ohm','default');
INSERT INTO parameter VALUES(3,'tile.wires.kind','approximate','','default');
INSERT INTO parameter VALUES(3,'tile.wires.output',0.34999999999999997779,'ohm','default');
INSERT INTO parameter VALUES(3,'tile.wires.sense',0.0,'ohm','default');
INSERT INTO parameter VALUES(3,'tile.wires.sense_end','first','','default');
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
INSERT INTO layer VALUES(1,0,'conv1','Conv + Relu','4x16x16','4x9',1,256,256,32512,16,0,1.4327062594925978945e-09,0.0,0.0,5.2094534678889008461,18.426159516924613512,12.294183856857262782);
INSERT INTO layer VALUES(1,1,'conv1.pool','MaxPool','4x8x8',NULL,0,64,0,320,32315,0,6.5904640000000000417e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(1,2,'conv2','Conv + Relu','8x8x8','8x36',1,64,64,8128,31653,0,9.5837230051345352558e-10,0.0011718749999999999566,0.0,6.9657843011724214221,20.449094553928031103,16.423675056826809281);
INSERT INTO layer VALUES(1,3,'conv2.pool','MaxPool','8x4x4',NULL,0,16,0,80,33953,0,3.2952320000000000208e-10,NULL,NULL,NULL,NULL,NULL);
INSERT INTO layer VALUES(1,4,'conv3','Conv + Relu','16x4x4','16x72',1,16,16,2032,33751,0,4.7853312934738043479e-10,0.0011718749999999999566,0.0,7.3128829585293111392,15.465178017558496748,10.04738879623965353);
INSERT INTO layer VALUES(1,5,'hidden','Gemm + Relu','64','64x256',1,1,1,127,34910,0,1.5976572769069178214e-10,0.0,0.0,7.5924570319214694791,22.990296811597929148,16.133136766240468773);
INSERT INTO layer VALUES(1,6,'scores','Gemm','10','10x64',1,1,1,127,35148,0,2.6336599180389471258e-11,0.0,0.0,5.2094534341895997187,17.820408036835424069,11.939163866012210135);
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
INSERT INTO stage VALUES(1,0,'input','source',0,0,NULL,32,1000000000.0,32,0,32480);
INSERT INTO stage VALUES(1,1,'conv1','analog',0,1,0,256,1000000000.0,32512,0,0);
INSERT INTO stage VALUES(1,2,'conv1.pool','digital',0,8,1,64,1000000000.0,320,32192,0);
INSERT INTO stage VALUES(1,3,'conv2','analog',0,2,2,64,1000000000.0,8128,30362,0);
INSERT INTO stage VALUES(1,4,'conv2.pool','digital',0,4,3,16,1000000000.0,80,32432,0);
INSERT INTO stage VALUES(1,5,'conv3','analog',0,3,4,16,1000000000.0,2032,31578,0);
INSERT INTO stage VALUES(1,6,'hidden','analog',0,5,5,1,1000000000.0,127,32507,0);
INSERT INTO stage VALUES(1,7,'scores','analog',0,6,6,1,1000000000.0,127,32507,0);
INSERT INTO stage VALUES(1,8,'output','sink',0,0,NULL,1,1000000000.0,3,32509,0);
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
  held_cycles INTEGER NOT NULL,               -- with finished work that nothing had room for
  PRIMARY KEY (run, unit)
) STRICT, WITHOUT ROWID;
INSERT INTO unit VALUES(1,0,1,'drivers',1000000000.0,1280,31232);
INSERT INTO unit VALUES(1,1,1,'array',1000000000.0,32512,0);
INSERT INTO unit VALUES(1,2,1,'converters',1000000000.0,20480,0);
INSERT INTO unit VALUES(1,3,1,'scale',1000000000.0,512,0);
INSERT INTO unit VALUES(1,4,2,'drivers',1000000000.0,320,1830);
INSERT INTO unit VALUES(1,5,2,'array',1000000000.0,8128,0);
INSERT INTO unit VALUES(1,6,2,'converters',1000000000.0,5120,0);
INSERT INTO unit VALUES(1,7,2,'scale',1000000000.0,128,0);
INSERT INTO unit VALUES(1,8,3,'drivers',1000000000.0,80,854);
INSERT INTO unit VALUES(1,9,3,'array',1000000000.0,2032,0);
INSERT INTO unit VALUES(1,10,3,'converters',1000000000.0,1280,0);
INSERT INTO unit VALUES(1,11,3,'scale',1000000000.0,32,0);
INSERT INTO unit VALUES(1,12,5,'drivers',1000000000.0,5,0);
INSERT INTO unit VALUES(1,13,5,'array',1000000000.0,127,0);
INSERT INTO unit VALUES(1,14,5,'converters',1000000000.0,80,0);
INSERT INTO unit VALUES(1,15,5,'scale',1000000000.0,8,0);
INSERT INTO unit VALUES(1,16,6,'drivers',1000000000.0,5,0);
INSERT INTO unit VALUES(1,17,6,'array',1000000000.0,127,0);
INSERT INTO unit VALUES(1,18,6,'converters',1000000000.0,80,0);
INSERT INTO unit VALUES(1,19,6,'scale',1000000000.0,1,0);
INSERT INTO unit VALUES(1,20,4,'vector unit',1000000000.0,80,0);
INSERT INTO unit VALUES(1,21,8,'vector unit',1000000000.0,320,0);
INSERT INTO unit VALUES(1,22,0,'port in',1000000000.0,32,32480);
INSERT INTO unit VALUES(1,23,0,'port out',1000000000.0,3,0);
INSERT INTO unit VALUES(2,0,1,'drivers',1000000000.0,1145,27992);
INSERT INTO unit VALUES(2,1,1,'array',1000000000.0,29264,0);
INSERT INTO unit VALUES(2,2,1,'converters',1000000000.0,18487,0);
INSERT INTO unit VALUES(2,3,1,'scale',1000000000.0,464,0);
INSERT INTO unit VALUES(2,4,2,'drivers',1000000000.0,320,1830);
INSERT INTO unit VALUES(2,5,2,'array',1000000000.0,8128,0);
INSERT INTO unit VALUES(2,6,2,'converters',1000000000.0,5120,0);
INSERT INTO unit VALUES(2,7,2,'scale',1000000000.0,128,0);
INSERT INTO unit VALUES(2,8,4,'drivers',1000000000.0,80,854);
INSERT INTO unit VALUES(2,9,4,'array',1000000000.0,2032,0);
INSERT INTO unit VALUES(2,10,4,'converters',1000000000.0,1280,0);
INSERT INTO unit VALUES(2,11,4,'scale',1000000000.0,32,0);
INSERT INTO unit VALUES(2,12,6,'drivers',1000000000.0,5,0);
INSERT INTO unit VALUES(2,13,6,'array',1000000000.0,127,0);
INSERT INTO unit VALUES(2,14,6,'converters',1000000000.0,80,0);
INSERT INTO unit VALUES(2,15,6,'scale',1000000000.0,8,0);
INSERT INTO unit VALUES(2,16,7,'drivers',1000000000.0,5,0);
INSERT INTO unit VALUES(2,17,7,'array',1000000000.0,127,0);
INSERT INTO unit VALUES(2,18,7,'converters',1000000000.0,80,0);
INSERT INTO unit VALUES(2,19,7,'scale',1000000000.0,1,0);
INSERT INTO unit VALUES(2,20,3,'vector unit',1000000000.0,300,0);
INSERT INTO unit VALUES(2,21,5,'vector unit',1000000000.0,80,0);
INSERT INTO unit VALUES(2,22,0,'port in',1000000000.0,17,18226);
INSERT INTO unit VALUES(2,23,0,'port out',1000000000.0,3,0);
INSERT INTO unit VALUES(3,0,3,'programming',1000000000.0,5376000,0);
INSERT INTO unit VALUES(3,1,6,'programming',1000000000.0,1536000,0);
INSERT INTO unit VALUES(3,2,7,'programming',1000000000.0,3072000,0);
INSERT INTO unit VALUES(3,3,0,'port in',1000000000.0,7299,0);
INSERT INTO unit VALUES(3,4,3,'drivers',1000000000.0,120,2071);
INSERT INTO unit VALUES(3,5,3,'array',1000000000.0,3048,0);
INSERT INTO unit VALUES(3,6,3,'converters',1000000000.0,1920,0);
INSERT INTO unit VALUES(3,7,3,'scale',1000000000.0,192,0);
INSERT INTO unit VALUES(3,8,6,'drivers',1000000000.0,120,1143);
INSERT INTO unit VALUES(3,9,6,'array',1000000000.0,3048,0);
INSERT INTO unit VALUES(3,10,6,'converters',1000000000.0,1920,0);
INSERT INTO unit VALUES(3,11,6,'scale',1000000000.0,72,0);
INSERT INTO unit VALUES(3,12,7,'drivers',1000000000.0,60,285);
INSERT INTO unit VALUES(3,13,7,'array',1000000000.0,1524,38);
INSERT INTO unit VALUES(3,14,7,'converters',1000000000.0,960,490);
INSERT INTO unit VALUES(3,15,7,'scale',1000000000.0,192,1630);
INSERT INTO unit VALUES(3,16,1,'vector unit',1000000000.0,360,0);
INSERT INTO unit VALUES(3,17,2,'vector unit',1000000000.0,600,0);
INSERT INTO unit VALUES(3,18,4,'vector unit',1000000000.0,444,0);
INSERT INTO unit VALUES(3,19,5,'vector unit',1000000000.0,1428,0);
INSERT INTO unit VALUES(3,20,8,'vector unit',1000000000.0,1680,0);
INSERT INTO unit VALUES(3,21,0,'port out',1000000000.0,1020,0);
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
INSERT INTO link VALUES(1,0,'eject',0,0,1000000000.0,34);
INSERT INTO link VALUES(1,1,'between',0,1,1000000000.0,65);
INSERT INTO link VALUES(1,2,'between',0,8,1000000000.0,540);
INSERT INTO link VALUES(1,3,'eject',1,1,1000000000.0,128);
INSERT INTO link VALUES(1,4,'between',1,2,1000000000.0,1);
INSERT INTO link VALUES(1,5,'between',1,0,1000000000.0,574);
INSERT INTO link VALUES(1,6,'between',1,9,1000000000.0,0);
INSERT INTO link VALUES(1,7,'eject',2,2,1000000000.0,144);
INSERT INTO link VALUES(1,8,'between',2,3,1000000000.0,193);
INSERT INTO link VALUES(1,9,'between',2,1,1000000000.0,32);
INSERT INTO link VALUES(1,10,'between',2,10,1000000000.0,0);
INSERT INTO link VALUES(1,11,'eject',3,3,1000000000.0,33);
INSERT INTO link VALUES(1,12,'between',3,4,1000000000.0,250);
INSERT INTO link VALUES(1,13,'between',3,2,1000000000.0,20);
INSERT INTO link VALUES(1,14,'between',3,11,1000000000.0,0);
INSERT INTO link VALUES(1,15,'eject',4,4,1000000000.0,201);
INSERT INTO link VALUES(1,16,'between',4,5,1000000000.0,49);
INSERT INTO link VALUES(1,17,'between',4,3,1000000000.0,53);
INSERT INTO link VALUES(1,18,'between',4,12,1000000000.0,0);
INSERT INTO link VALUES(1,19,'eject',5,5,1000000000.0,49);
INSERT INTO link VALUES(1,20,'between',5,6,1000000000.0,10);
INSERT INTO link VALUES(1,21,'between',5,4,1000000000.0,5);
INSERT INTO link VALUES(1,22,'between',5,13,1000000000.0,0);
INSERT INTO link VALUES(1,23,'eject',6,6,1000000000.0,10);
INSERT INTO link VALUES(1,24,'between',6,7,1000000000.0,0);
INSERT INTO link VALUES(1,25,'between',6,5,1000000000.0,5);
INSERT INTO link VALUES(1,26,'between',6,14,1000000000.0,0);
INSERT INTO link VALUES(1,27,'eject',7,7,1000000000.0,0);
INSERT INTO link VALUES(1,28,'between',7,6,1000000000.0,0);
INSERT INTO link VALUES(1,29,'between',7,15,1000000000.0,0);
INSERT INTO link VALUES(1,30,'eject',8,8,1000000000.0,540);
INSERT INTO link VALUES(1,31,'between',8,9,1000000000.0,192);
INSERT INTO link VALUES(1,32,'between',8,16,1000000000.0,0);
INSERT INTO link VALUES(1,33,'between',8,0,1000000000.0,0);
INSERT INTO link VALUES(1,34,'eject',9,9,1000000000.0,0);
INSERT INTO link VALUES(1,35,'between',9,10,1000000000.0,128);
INSERT INTO link VALUES(1,36,'between',9,8,1000000000.0,0);
INSERT INTO link VALUES(1,37,'between',9,17,1000000000.0,0);
INSERT INTO link VALUES(1,38,'between',9,1,1000000000.0,64);
INSERT INTO link VALUES(1,39,'eject',10,10,1000000000.0,0);
INSERT INTO link VALUES(1,40,'between',10,11,1000000000.0,0);
INSERT INTO link VALUES(1,41,'between',10,9,1000000000.0,0);
INSERT INTO link VALUES(1,42,'between',10,18,1000000000.0,0);
INSERT INTO link VALUES(1,43,'between',10,2,1000000000.0,128);
INSERT INTO link VALUES(1,44,'eject',11,11,1000000000.0,0);
INSERT INTO link VALUES(1,45,'between',11,12,1000000000.0,0);
INSERT INTO link VALUES(1,46,'between',11,10,1000000000.0,0);
INSERT INTO link VALUES(1,47,'between',11,19,1000000000.0,0);
INSERT INTO link VALUES(1,48,'between',11,3,1000000000.0,0);
INSERT INTO link VALUES(1,49,'eject',12,12,1000000000.0,0);
INSERT INTO link VALUES(1,50,'between',12,13,1000000000.0,0);
INSERT INTO link VALUES(1,51,'between',12,11,1000000000.0,0);
INSERT INTO link VALUES(1,52,'between',12,20,1000000000.0,0);
INSERT INTO link VALUES(1,53,'between',12,4,1000000000.0,0);
INSERT INTO link VALUES(1,54,'eject',13,13,1000000000.0,0);
INSERT INTO link VALUES(1,55,'between',13,14,1000000000.0,0);
INSERT INTO link VALUES(1,56,'between',13,12,1000000000.0,0);
INSERT INTO link VALUES(1,57,'between',13,21,1000000000.0,0);
INSERT INTO link VALUES(1,58,'between',13,5,1000000000.0,0);
INSERT INTO link VALUES(1,59,'eject',14,14,1000000000.0,0);
INSERT INTO link VALUES(1,60,'between',14,15,1000000000.0,0);
INSERT INTO link VALUES(1,61,'between',14,13,1000000000.0,0);
INSERT INTO link VALUES(1,62,'between',14,22,1000000000.0,0);
INSERT INTO link VALUES(1,63,'between',14,6,1000000000.0,0);
INSERT INTO link VALUES(1,64,'eject',15,15,1000000000.0,0);
INSERT INTO link VALUES(1,65,'between',15,14,1000000000.0,0);
INSERT INTO link VALUES(1,66,'between',15,23,1000000000.0,0);
INSERT INTO link VALUES(1,67,'between',15,7,1000000000.0,0);
INSERT INTO link VALUES(1,68,'eject',16,16,1000000000.0,0);
INSERT INTO link VALUES(1,69,'between',16,17,1000000000.0,0);
INSERT INTO link VALUES(1,70,'between',16,24,1000000000.0,0);
INSERT INTO link VALUES(1,71,'between',16,8,1000000000.0,0);
INSERT INTO link VALUES(1,72,'eject',17,17,1000000000.0,0);
INSERT INTO link VALUES(1,73,'between',17,18,1000000000.0,0);
INSERT INTO link VALUES(1,74,'between',17,16,1000000000.0,0);
INSERT INTO link VALUES(1,75,'between',17,25,1000000000.0,0);
INSERT INTO link VALUES(1,76,'between',17,9,1000000000.0,0);
INSERT INTO link VALUES(1,77,'eject',18,18,1000000000.0,0);
INSERT INTO link VALUES(1,78,'between',18,19,1000000000.0,0);
INSERT INTO link VALUES(1,79,'between',18,17,1000000000.0,0);
INSERT INTO link VALUES(1,80,'between',18,26,1000000000.0,0);
INSERT INTO link VALUES(1,81,'between',18,10,1000000000.0,0);
INSERT INTO link VALUES(1,82,'eject',19,19,1000000000.0,0);
INSERT INTO link VALUES(1,83,'between',19,20,1000000000.0,0);
INSERT INTO link VALUES(1,84,'between',19,18,1000000000.0,0);
INSERT INTO link VALUES(1,85,'between',19,27,1000000000.0,0);
INSERT INTO link VALUES(1,86,'between',19,11,1000000000.0,0);
INSERT INTO link VALUES(1,87,'eject',20,20,1000000000.0,0);
INSERT INTO link VALUES(1,88,'between',20,21,1000000000.0,0);
INSERT INTO link VALUES(1,89,'between',20,19,1000000000.0,0);
INSERT INTO link VALUES(1,90,'between',20,28,1000000000.0,0);
INSERT INTO link VALUES(1,91,'between',20,12,1000000000.0,0);
INSERT INTO link VALUES(1,92,'eject',21,21,1000000000.0,0);
INSERT INTO link VALUES(1,93,'between',21,22,1000000000.0,0);
INSERT INTO link VALUES(1,94,'between',21,20,1000000000.0,0);
INSERT INTO link VALUES(1,95,'between',21,29,1000000000.0,0);
INSERT INTO link VALUES(1,96,'between',21,13,1000000000.0,0);
INSERT INTO link VALUES(1,97,'eject',22,22,1000000000.0,0);
INSERT INTO link VALUES(1,98,'between',22,23,1000000000.0,0);
INSERT INTO link VALUES(1,99,'between',22,21,1000000000.0,0);
INSERT INTO link VALUES(1,100,'between',22,30,1000000000.0,0);
INSERT INTO link VALUES(1,101,'between',22,14,1000000000.0,0);
INSERT INTO link VALUES(1,102,'eject',23,23,1000000000.0,0);
INSERT INTO link VALUES(1,103,'between',23,22,1000000000.0,0);
INSERT INTO link VALUES(1,104,'between',23,31,1000000000.0,0);
INSERT INTO link VALUES(1,105,'between',23,15,1000000000.0,0);
INSERT INTO link VALUES(1,106,'eject',24,24,1000000000.0,0);
INSERT INTO link VALUES(1,107,'between',24,25,1000000000.0,0);
INSERT INTO link VALUES(1,108,'between',24,32,1000000000.0,0);
INSERT INTO link VALUES(1,109,'between',24,16,1000000000.0,0);
INSERT INTO link VALUES(1,110,'eject',25,25,1000000000.0,0);
INSERT INTO link VALUES(1,111,'between',25,26,1000000000.0,0);
INSERT INTO link VALUES(1,112,'between',25,24,1000000000.0,0);
INSERT INTO link VALUES(1,113,'between',25,33,1000000000.0,0);
INSERT INTO link VALUES(1,114,'between',25,17,1000000000.0,0);
INSERT INTO link VALUES(1,115,'eject',26,26,1000000000.0,0);
INSERT INTO link VALUES(1,116,'between',26,27,1000000000.0,0);
INSERT INTO link VALUES(1,117,'between',26,25,1000000000.0,0);
INSERT INTO link VALUES(1,118,'between',26,34,1000000000.0,0);
INSERT INTO link VALUES(1,119,'between',26,18,1000000000.0,0);
INSERT INTO link VALUES(1,120,'eject',27,27,1000000000.0,0);
INSERT INTO link VALUES(1,121,'between',27,28,1000000000.0,0);
INSERT INTO link VALUES(1,122,'between',27,26,1000000000.0,0);
INSERT INTO link VALUES(1,123,'between',27,35,1000000000.0,0);
INSERT INTO link VALUES(1,124,'between',27,19,1000000000.0,0);
INSERT INTO link VALUES(1,125,'eject',28,28,1000000000.0,0);
INSERT INTO link VALUES(1,126,'between',28,29,1000000000.0,0);
INSERT INTO link VALUES(1,127,'between',28,27,1000000000.0,0);
INSERT INTO link VALUES(1,128,'between',28,36,1000000000.0,0);
INSERT INTO link VALUES(1,129,'between',28,20,1000000000.0,0);
INSERT INTO link VALUES(1,130,'eject',29,29,1000000000.0,0);
INSERT INTO link VALUES(1,131,'between',29,30,1000000000.0,0);
INSERT INTO link VALUES(1,132,'between',29,28,1000000000.0,0);
INSERT INTO link VALUES(1,133,'between',29,37,1000000000.0,0);
INSERT INTO link VALUES(1,134,'between',29,21,1000000000.0,0);
INSERT INTO link VALUES(1,135,'eject',30,30,1000000000.0,0);
INSERT INTO link VALUES(1,136,'between',30,31,1000000000.0,0);
INSERT INTO link VALUES(1,137,'between',30,29,1000000000.0,0);
INSERT INTO link VALUES(1,138,'between',30,38,1000000000.0,0);
INSERT INTO link VALUES(1,139,'between',30,22,1000000000.0,0);
INSERT INTO link VALUES(1,140,'eject',31,31,1000000000.0,0);
INSERT INTO link VALUES(1,141,'between',31,30,1000000000.0,0);
INSERT INTO link VALUES(1,142,'between',31,39,1000000000.0,0);
INSERT INTO link VALUES(1,143,'between',31,23,1000000000.0,0);
INSERT INTO link VALUES(1,144,'eject',32,32,1000000000.0,0);
INSERT INTO link VALUES(1,145,'between',32,33,1000000000.0,0);
INSERT INTO link VALUES(1,146,'between',32,40,1000000000.0,0);
INSERT INTO link VALUES(1,147,'between',32,24,1000000000.0,0);
INSERT INTO link VALUES(1,148,'eject',33,33,1000000000.0,0);
INSERT INTO link VALUES(1,149,'between',33,34,1000000000.0,0);
INSERT INTO link VALUES(1,150,'between',33,32,1000000000.0,0);
INSERT INTO link VALUES(1,151,'between',33,41,1000000000.0,0);
INSERT INTO link VALUES(1,152,'between',33,25,1000000000.0,0);
INSERT INTO link VALUES(1,153,'eject',34,34,1000000000.0,0);
INSERT INTO link VALUES(1,154,'between',34,35,1000000000.0,0);
INSERT INTO link VALUES(1,155,'between',34,33,1000000000.0,0);
INSERT INTO link VALUES(1,156,'between',34,42,1000000000.0,0);
INSERT INTO link VALUES(1,157,'between',34,26,1000000000.0,0);
INSERT INTO link VALUES(1,158,'eject',35,35,1000000000.0,0);
INSERT INTO link VALUES(1,159,'between',35,36,1000000000.0,0);
INSERT INTO link VALUES(1,160,'between',35,34,1000000000.0,0);
INSERT INTO link VALUES(1,161,'between',35,43,1000000000.0,0);
INSERT INTO link VALUES(1,162,'between',35,27,1000000000.0,0);
INSERT INTO link VALUES(1,163,'eject',36,36,1000000000.0,0);
INSERT INTO link VALUES(1,164,'between',36,37,1000000000.0,0);
INSERT INTO link VALUES(1,165,'between',36,35,1000000000.0,0);
INSERT INTO link VALUES(1,166,'between',36,44,1000000000.0,0);
INSERT INTO link VALUES(1,167,'between',36,28,1000000000.0,0);
INSERT INTO link VALUES(1,168,'eject',37,37,1000000000.0,0);
INSERT INTO link VALUES(1,169,'between',37,38,1000000000.0,0);
INSERT INTO link VALUES(1,170,'between',37,36,1000000000.0,0);
INSERT INTO link VALUES(1,171,'between',37,45,1000000000.0,0);
INSERT INTO link VALUES(1,172,'between',37,29,1000000000.0,0);
INSERT INTO link VALUES(1,173,'eject',38,38,1000000000.0,0);
INSERT INTO link VALUES(1,174,'between',38,39,1000000000.0,0);
INSERT INTO link VALUES(1,175,'between',38,37,1000000000.0,0);
INSERT INTO link VALUES(1,176,'between',38,46,1000000000.0,0);
INSERT INTO link VALUES(1,177,'between',38,30,1000000000.0,0);
INSERT INTO link VALUES(1,178,'eject',39,39,1000000000.0,0);
INSERT INTO link VALUES(1,179,'between',39,38,1000000000.0,0);
INSERT INTO link VALUES(1,180,'between',39,47,1000000000.0,0);
INSERT INTO link VALUES(1,181,'between',39,31,1000000000.0,0);
INSERT INTO link VALUES(1,182,'eject',40,40,1000000000.0,0);
INSERT INTO link VALUES(1,183,'between',40,41,1000000000.0,0);
INSERT INTO link VALUES(1,184,'between',40,48,1000000000.0,0);
INSERT INTO link VALUES(1,185,'between',40,32,1000000000.0,0);
INSERT INTO link VALUES(1,186,'eject',41,41,1000000000.0,0);
INSERT INTO link VALUES(1,187,'between',41,42,1000000000.0,0);
INSERT INTO link VALUES(1,188,'between',41,40,1000000000.0,0);
INSERT INTO link VALUES(1,189,'between',41,49,1000000000.0,0);
INSERT INTO link VALUES(1,190,'between',41,33,1000000000.0,0);
INSERT INTO link VALUES(1,191,'eject',42,42,1000000000.0,0);
INSERT INTO link VALUES(1,192,'between',42,43,1000000000.0,0);
INSERT INTO link VALUES(1,193,'between',42,41,1000000000.0,0);
INSERT INTO link VALUES(1,194,'between',42,50,1000000000.0,0);
INSERT INTO link VALUES(1,195,'between',42,34,1000000000.0,0);
INSERT INTO link VALUES(1,196,'eject',43,43,1000000000.0,0);
INSERT INTO link VALUES(1,197,'between',43,44,1000000000.0,0);
INSERT INTO link VALUES(1,198,'between',43,42,1000000000.0,0);
INSERT INTO link VALUES(1,199,'between',43,51,1000000000.0,0);
INSERT INTO link VALUES(1,200,'between',43,35,1000000000.0,0);
INSERT INTO link VALUES(1,201,'eject',44,44,1000000000.0,0);
INSERT INTO link VALUES(1,202,'between',44,45,1000000000.0,0);
INSERT INTO link VALUES(1,203,'between',44,43,1000000000.0,0);
INSERT INTO link VALUES(1,204,'between',44,52,1000000000.0,0);
INSERT INTO link VALUES(1,205,'between',44,36,1000000000.0,0);
INSERT INTO link VALUES(1,206,'eject',45,45,1000000000.0,0);
INSERT INTO link VALUES(1,207,'between',45,46,1000000000.0,0);
INSERT INTO link VALUES(1,208,'between',45,44,1000000000.0,0);
INSERT INTO link VALUES(1,209,'between',45,53,1000000000.0,0);
INSERT INTO link VALUES(1,210,'between',45,37,1000000000.0,0);
INSERT INTO link VALUES(1,211,'eject',46,46,1000000000.0,0);
INSERT INTO link VALUES(1,212,'between',46,47,1000000000.0,0);
INSERT INTO link VALUES(1,213,'between',46,45,1000000000.0,0);
INSERT INTO link VALUES(1,214,'between',46,54,1000000000.0,0);
INSERT INTO link VALUES(1,215,'between',46,38,1000000000.0,0);
INSERT INTO link VALUES(1,216,'eject',47,47,1000000000.0,0);
INSERT INTO link VALUES(1,217,'between',47,46,1000000000.0,0);
INSERT INTO link VALUES(1,218,'between',47,55,1000000000.0,0);
INSERT INTO link VALUES(1,219,'between',47,39,1000000000.0,0);
INSERT INTO link VALUES(1,220,'eject',48,48,1000000000.0,0);
INSERT INTO link VALUES(1,221,'between',48,49,1000000000.0,0);
INSERT INTO link VALUES(1,222,'between',48,56,1000000000.0,0);
INSERT INTO link VALUES(1,223,'between',48,40,1000000000.0,0);
INSERT INTO link VALUES(1,224,'eject',49,49,1000000000.0,0);
INSERT INTO link VALUES(1,225,'between',49,50,1000000000.0,0);
INSERT INTO link VALUES(1,226,'between',49,48,1000000000.0,0);
INSERT INTO link VALUES(1,227,'between',49,57,1000000000.0,0);
INSERT INTO link VALUES(1,228,'between',49,41,1000000000.0,0);
INSERT INTO link VALUES(1,229,'eject',50,50,1000000000.0,0);
INSERT INTO link VALUES(1,230,'between',50,51,1000000000.0,0);
INSERT INTO link VALUES(1,231,'between',50,49,1000000000.0,0);
INSERT INTO link VALUES(1,232,'between',50,58,1000000000.0,0);
INSERT INTO link VALUES(1,233,'between',50,42,1000000000.0,0);
INSERT INTO link VALUES(1,234,'eject',51,51,1000000000.0,0);
INSERT INTO link VALUES(1,235,'between',51,52,1000000000.0,0);
INSERT INTO link VALUES(1,236,'between',51,50,1000000000.0,0);
INSERT INTO link VALUES(1,237,'between',51,59,1000000000.0,0);
INSERT INTO link VALUES(1,238,'between',51,43,1000000000.0,0);
INSERT INTO link VALUES(1,239,'eject',52,52,1000000000.0,0);
INSERT INTO link VALUES(1,240,'between',52,53,1000000000.0,0);
INSERT INTO link VALUES(1,241,'between',52,51,1000000000.0,0);
INSERT INTO link VALUES(1,242,'between',52,60,1000000000.0,0);
INSERT INTO link VALUES(1,243,'between',52,44,1000000000.0,0);
INSERT INTO link VALUES(1,244,'eject',53,53,1000000000.0,0);
INSERT INTO link VALUES(1,245,'between',53,54,1000000000.0,0);
INSERT INTO link VALUES(1,246,'between',53,52,1000000000.0,0);
INSERT INTO link VALUES(1,247,'between',53,61,1000000000.0,0);
INSERT INTO link VALUES(1,248,'between',53,45,1000000000.0,0);
INSERT INTO link VALUES(1,249,'eject',54,54,1000000000.0,0);
INSERT INTO link VALUES(1,250,'between',54,55,1000000000.0,0);
INSERT INTO link VALUES(1,251,'between',54,53,1000000000.0,0);
INSERT INTO link VALUES(1,252,'between',54,62,1000000000.0,0);
INSERT INTO link VALUES(1,253,'between',54,46,1000000000.0,0);
INSERT INTO link VALUES(1,254,'eject',55,55,1000000000.0,0);
INSERT INTO link VALUES(1,255,'between',55,54,1000000000.0,0);
INSERT INTO link VALUES(1,256,'between',55,63,1000000000.0,0);
INSERT INTO link VALUES(1,257,'between',55,47,1000000000.0,0);
INSERT INTO link VALUES(1,258,'eject',56,56,1000000000.0,0);
INSERT INTO link VALUES(1,259,'between',56,57,1000000000.0,0);
INSERT INTO link VALUES(1,260,'between',56,48,1000000000.0,0);
INSERT INTO link VALUES(1,261,'eject',57,57,1000000000.0,0);
INSERT INTO link VALUES(1,262,'between',57,58,1000000000.0,0);
INSERT INTO link VALUES(1,263,'between',57,56,1000000000.0,0);
INSERT INTO link VALUES(1,264,'between',57,49,1000000000.0,0);
INSERT INTO link VALUES(1,265,'eject',58,58,1000000000.0,0);
INSERT INTO link VALUES(1,266,'between',58,59,1000000000.0,0);
INSERT INTO link VALUES(1,267,'between',58,57,1000000000.0,0);
INSERT INTO link VALUES(1,268,'between',58,50,1000000000.0,0);
INSERT INTO link VALUES(1,269,'eject',59,59,1000000000.0,0);
INSERT INTO link VALUES(1,270,'between',59,60,1000000000.0,0);
INSERT INTO link VALUES(1,271,'between',59,58,1000000000.0,0);
INSERT INTO link VALUES(1,272,'between',59,51,1000000000.0,0);
INSERT INTO link VALUES(1,273,'eject',60,60,1000000000.0,0);
INSERT INTO link VALUES(1,274,'between',60,61,1000000000.0,0);
INSERT INTO link VALUES(1,275,'between',60,59,1000000000.0,0);
INSERT INTO link VALUES(1,276,'between',60,52,1000000000.0,0);
INSERT INTO link VALUES(1,277,'eject',61,61,1000000000.0,0);
INSERT INTO link VALUES(1,278,'between',61,62,1000000000.0,0);
INSERT INTO link VALUES(1,279,'between',61,60,1000000000.0,0);
INSERT INTO link VALUES(1,280,'between',61,53,1000000000.0,0);
INSERT INTO link VALUES(1,281,'eject',62,62,1000000000.0,0);
INSERT INTO link VALUES(1,282,'between',62,63,1000000000.0,0);
INSERT INTO link VALUES(1,283,'between',62,61,1000000000.0,0);
INSERT INTO link VALUES(1,284,'between',62,54,1000000000.0,0);
INSERT INTO link VALUES(1,285,'eject',63,63,1000000000.0,0);
INSERT INTO link VALUES(1,286,'between',63,62,1000000000.0,0);
INSERT INTO link VALUES(1,287,'between',63,55,1000000000.0,0);
INSERT INTO link VALUES(1,288,'inject',0,0,1000000000.0,65);
INSERT INTO link VALUES(1,289,'inject',1,1,1000000000.0,542);
INSERT INTO link VALUES(1,290,'inject',2,2,1000000000.0,220);
INSERT INTO link VALUES(1,291,'inject',3,3,1000000000.0,57);
INSERT INTO link VALUES(1,292,'inject',4,4,1000000000.0,48);
INSERT INTO link VALUES(1,293,'inject',5,5,1000000000.0,10);
INSERT INTO link VALUES(1,294,'inject',6,6,1000000000.0,5);
INSERT INTO link VALUES(1,295,'inject',7,7,1000000000.0,0);
INSERT INTO link VALUES(1,296,'inject',8,8,1000000000.0,192);
INSERT INTO link VALUES(1,297,'inject',9,9,1000000000.0,0);
INSERT INTO link VALUES(1,298,'inject',10,10,1000000000.0,0);
INSERT INTO link VALUES(1,299,'inject',11,11,1000000000.0,0);
INSERT INTO link VALUES(1,300,'inject',12,12,1000000000.0,0);
INSERT INTO link VALUES(1,301,'inject',13,13,1000000000.0,0);
INSERT INTO link VALUES(1,302,'inject',14,14,1000000000.0,0);
INSERT INTO link VALUES(1,303,'inject',15,15,1000000000.0,0);
INSERT INTO link VALUES(1,304,'inject',16,16,1000000000.0,0);
INSERT INTO link VALUES(1,305,'inject',17,17,1000000000.0,0);
INSERT INTO link VALUES(1,306,'inject',18,18,1000000000.0,0);
INSERT INTO link VALUES(1,307,'inject',19,19,1000000000.0,0);
INSERT INTO link VALUES(1,308,'inject',20,20,1000000000.0,0);
INSERT INTO link VALUES(1,309,'inject',21,21,1000000000.0,0);
INSERT INTO link VALUES(1,310,'inject',22,22,1000000000.0,0);
INSERT INTO link VALUES(1,311,'inject',23,23,1000000000.0,0);
INSERT INTO link VALUES(1,312,'inject',24,24,1000000000.0,0);
INSERT INTO link VALUES(1,313,'inject',25,25,1000000000.0,0);
INSERT INTO link VALUES(1,314,'inject',26,26,1000000000.0,0);
INSERT INTO link VALUES(1,315,'inject',27,27,1000000000.0,0);
INSERT INTO link VALUES(1,316,'inject',28,28,1000000000.0,0);
INSERT INTO link VALUES(1,317,'inject',29,29,1000000000.0,0);
INSERT INTO link VALUES(1,318,'inject',30,30,1000000000.0,0);
INSERT INTO link VALUES(1,319,'inject',31,31,1000000000.0,0);
INSERT INTO link VALUES(1,320,'inject',32,32,1000000000.0,0);
INSERT INTO link VALUES(1,321,'inject',33,33,1000000000.0,0);
INSERT INTO link VALUES(1,322,'inject',34,34,1000000000.0,0);
INSERT INTO link VALUES(1,323,'inject',35,35,1000000000.0,0);
INSERT INTO link VALUES(1,324,'inject',36,36,1000000000.0,0);
INSERT INTO link VALUES(1,325,'inject',37,37,1000000000.0,0);
INSERT INTO link VALUES(1,326,'inject',38,38,1000000000.0,0);
INSERT INTO link VALUES(1,327,'inject',39,39,1000000000.0,0);
INSERT INTO link VALUES(1,328,'inject',40,40,1000000000.0,0);
INSERT INTO link VALUES(1,329,'inject',41,41,1000000000.0,0);
INSERT INTO link VALUES(1,330,'inject',42,42,1000000000.0,0);
INSERT INTO link VALUES(1,331,'inject',43,43,1000000000.0,0);
INSERT INTO link VALUES(1,332,'inject',44,44,1000000000.0,0);
INSERT INTO link VALUES(1,333,'inject',45,45,1000000000.0,0);
INSERT INTO link VALUES(1,334,'inject',46,46,1000000000.0,0);
INSERT INTO link VALUES(1,335,'inject',47,47,1000000000.0,0);
INSERT INTO link VALUES(1,336,'inject',48,48,1000000000.0,0);
INSERT INTO link VALUES(1,337,'inject',49,49,1000000000.0,0);
INSERT INTO link VALUES(1,338,'inject',50,50,1000000000.0,0);
INSERT INTO link VALUES(1,339,'inject',51,51,1000000000.0,0);
INSERT INTO link VALUES(1,340,'inject',52,52,1000000000.0,0);
INSERT INTO link VALUES(1,341,'inject',53,53,1000000000.0,0);
INSERT INTO link VALUES(1,342,'inject',54,54,1000000000.0,0);
INSERT INTO link VALUES(1,343,'inject',55,55,1000000000.0,0);
INSERT INTO link VALUES(1,344,'inject',56,56,1000000000.0,0);
INSERT INTO link VALUES(1,345,'inject',57,57,1000000000.0,0);
INSERT INTO link VALUES(1,346,'inject',58,58,1000000000.0,0);
INSERT INTO link VALUES(1,347,'inject',59,59,1000000000.0,0);
INSERT INTO link VALUES(1,348,'inject',60,60,1000000000.0,0);
INSERT INTO link VALUES(1,349,'inject',61,61,1000000000.0,0);
INSERT INTO link VALUES(1,350,'inject',62,62,1000000000.0,0);
INSERT INTO link VALUES(1,351,'inject',63,63,1000000000.0,0);
INSERT INTO link VALUES(2,0,'eject',0,0,1000000000.0,33);
INSERT INTO link VALUES(2,1,'between',0,1,1000000000.0,41);
INSERT INTO link VALUES(2,2,'between',0,3,1000000000.0,492);
INSERT INTO link VALUES(2,3,'eject',1,1,1000000000.0,101);
INSERT INTO link VALUES(2,4,'between',1,2,1000000000.0,0);
INSERT INTO link VALUES(2,5,'between',1,0,1000000000.0,521);
INSERT INTO link VALUES(2,6,'between',1,4,1000000000.0,1);
INSERT INTO link VALUES(2,7,'eject',2,2,1000000000.0,138);
INSERT INTO link VALUES(2,8,'between',2,1,1000000000.0,28);
INSERT INTO link VALUES(2,9,'between',2,5,1000000000.0,192);
INSERT INTO link VALUES(2,10,'eject',3,3,1000000000.0,492);
INSERT INTO link VALUES(2,11,'between',3,4,1000000000.0,183);
INSERT INTO link VALUES(2,12,'between',3,6,1000000000.0,48);
INSERT INTO link VALUES(2,13,'between',3,0,1000000000.0,4);
INSERT INTO link VALUES(2,14,'eject',4,4,1000000000.0,33);
INSERT INTO link VALUES(2,15,'between',4,5,1000000000.0,131);
INSERT INTO link VALUES(2,16,'between',4,3,1000000000.0,48);
INSERT INTO link VALUES(2,17,'between',4,7,1000000000.0,1);
INSERT INTO link VALUES(2,18,'between',4,1,1000000000.0,61);
INSERT INTO link VALUES(2,19,'eject',5,5,1000000000.0,201);
INSERT INTO link VALUES(2,20,'between',5,4,1000000000.0,32);
INSERT INTO link VALUES(2,21,'between',5,8,1000000000.0,0);
INSERT INTO link VALUES(2,22,'between',5,2,1000000000.0,138);
INSERT INTO link VALUES(2,23,'eject',6,6,1000000000.0,49);
INSERT INTO link VALUES(2,24,'between',6,7,1000000000.0,10);
INSERT INTO link VALUES(2,25,'between',6,3,1000000000.0,4);
INSERT INTO link VALUES(2,26,'eject',7,7,1000000000.0,10);
INSERT INTO link VALUES(2,27,'between',7,8,1000000000.0,0);
INSERT INTO link VALUES(2,28,'between',7,6,1000000000.0,5);
INSERT INTO link VALUES(2,29,'between',7,4,1000000000.0,1);
INSERT INTO link VALUES(2,30,'eject',8,8,1000000000.0,0);
INSERT INTO link VALUES(2,31,'between',8,7,1000000000.0,0);
INSERT INTO link VALUES(2,32,'between',8,5,1000000000.0,0);
INSERT INTO link VALUES(2,33,'inject',0,0,1000000000.0,41);
INSERT INTO link VALUES(2,34,'inject',1,1,1000000000.0,493);
INSERT INTO link VALUES(2,35,'inject',2,2,1000000000.0,220);
INSERT INTO link VALUES(2,36,'inject',3,3,1000000000.0,180);
INSERT INTO link VALUES(2,37,'inject',4,4,1000000000.0,57);
INSERT INTO link VALUES(2,38,'inject',5,5,1000000000.0,48);
INSERT INTO link VALUES(2,39,'inject',6,6,1000000000.0,10);
INSERT INTO link VALUES(2,40,'inject',7,7,1000000000.0,5);
INSERT INTO link VALUES(2,41,'inject',8,8,1000000000.0,0);
INSERT INTO link VALUES(3,0,'eject',0,0,1000000000.0,1595);
INSERT INTO link VALUES(3,1,'between',0,1,1000000000.0,2346);
INSERT INTO link VALUES(3,2,'between',0,3,1000000000.0,5384);
INSERT INTO link VALUES(3,3,'eject',1,1,1000000000.0,450);
INSERT INTO link VALUES(3,4,'between',1,2,1000000000.0,432);
INSERT INTO link VALUES(3,5,'between',1,0,1000000000.0,1239);
INSERT INTO link VALUES(3,6,'between',1,4,1000000000.0,2232);
INSERT INTO link VALUES(3,7,'eject',2,2,1000000000.0,2220);
INSERT INTO link VALUES(3,8,'between',2,1,1000000000.0,1248);
INSERT INTO link VALUES(3,9,'between',2,5,1000000000.0,12);
INSERT INTO link VALUES(3,10,'eject',3,3,1000000000.0,4429);
INSERT INTO link VALUES(3,11,'between',3,4,1000000000.0,828);
INSERT INTO link VALUES(3,12,'between',3,6,1000000000.0,1072);
INSERT INTO link VALUES(3,13,'between',3,0,1000000000.0,596);
INSERT INTO link VALUES(3,14,'eject',4,4,1000000000.0,1443);
INSERT INTO link VALUES(3,15,'between',4,5,1000000000.0,807);
INSERT INTO link VALUES(3,16,'between',4,3,1000000000.0,117);
INSERT INTO link VALUES(3,17,'between',4,7,1000000000.0,2244);
INSERT INTO link VALUES(3,18,'between',4,1,1000000000.0,216);
INSERT INTO link VALUES(3,19,'eject',5,5,1000000000.0,1599);
INSERT INTO link VALUES(3,20,'between',5,4,1000000000.0,39);
INSERT INTO link VALUES(3,21,'between',5,8,1000000000.0,12);
INSERT INTO link VALUES(3,22,'between',5,2,1000000000.0,1788);
INSERT INTO link VALUES(3,23,'eject',6,6,1000000000.0,1072);
INSERT INTO link VALUES(3,24,'between',6,7,1000000000.0,228);
INSERT INTO link VALUES(3,25,'between',6,3,1000000000.0,264);
INSERT INTO link VALUES(3,26,'eject',7,7,1000000000.0,2256);
INSERT INTO link VALUES(3,27,'between',7,8,1000000000.0,1788);
INSERT INTO link VALUES(3,28,'between',7,6,1000000000.0,64);
INSERT INTO link VALUES(3,29,'between',7,4,1000000000.0,792);
INSERT INTO link VALUES(3,30,'eject',8,8,1000000000.0,792);
INSERT INTO link VALUES(3,31,'between',8,7,1000000000.0,12);
INSERT INTO link VALUES(3,32,'between',8,5,1000000000.0,1788);
INSERT INTO link VALUES(3,33,'inject',0,0,1000000000.0,7490);
INSERT INTO link VALUES(3,34,'inject',1,1,1000000000.0,543);
INSERT INTO link VALUES(3,35,'inject',2,2,1000000000.0,1260);
INSERT INTO link VALUES(3,36,'inject',3,3,1000000000.0,1160);
INSERT INTO link VALUES(3,37,'inject',4,4,1000000000.0,936);
INSERT INTO link VALUES(3,38,'inject',5,5,1000000000.0,831);
INSERT INTO link VALUES(3,39,'inject',6,6,1000000000.0,428);
INSERT INTO link VALUES(3,40,'inject',7,7,1000000000.0,2416);
INSERT INTO link VALUES(3,41,'inject',8,8,1000000000.0,792);
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
INSERT INTO tile VALUES(1,2,2,3,0,'conv3',0,0,0,0,72,16,0,0);
INSERT INTO tile VALUES(1,3,3,5,0,'hidden',0,0,0,0,256,64,0,0);
INSERT INTO tile VALUES(1,4,4,6,0,'scores',0,0,0,0,64,10,0,0);
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
INSERT INTO training VALUES(1,'0.1.0','2026-11-28T17:00:00Z','mho retrain strokes.onnx --out tuned.onnx',1,2.5,'strokes','e68ac2366d16de43',18500,'stroke digits (seed 2024, split 1)','0123456789abcdef','top1','{"chip":{"analog_clock":"chip","clock":1.0,"converters":"shared","core_leakage":1.0,"digital_buffer":128.0,"digital_clock":"chip","digital_cores":2,"gating":{"break_even":64,"idle":64,"residual":0.05,"wake_up":64},"input_buffer":64.0,"mesh":{"height":3,"width":3},"output_buffer_positions":2,"power_gating":"off","synchroniser":2,"tiles_per_core":1},"digital":{"activation_format":"dac","area":10080.0,"energy":0.104,"lanes":32,"leakage":0.5,"partial_sum_format":"float16","pipeline_depth":4,"result_format":"float16","scale_format":"float16"},"mapper":{"buffer_slack":2,"cache_block":4.0,"caches":"core","placement":"snake","reload_batch":1,"weights":"stationary"},"noc":{"buffer_flits":8,"clock":"chip","concentration":1,"energy":{"arbitration":"survey","buffer_read":"survey","buffer_write":"survey","crossbar":"survey"},"flit_bits":64,"gating":{"break_even":10,"idle":4,"look_ahead":0,"residual":0.05,"wake_up":8},"hop_length":1.0,"link_energy":0.0162,"multicast":"off","power_gating":"off","router_area":"survey","router_leakage":"survey","router_stages":4,"routing":"xy","topology":"mesh","virtual_channels":2},"port":{"bits_per_cycle":"memory","energy_per_bit":"memory","latency":"memory","memory":"none","nodes":"0","outstanding":16},"tile":{"adc":{"area":"survey","bits":8,"bound":10.0,"bound_management":"off","calibration":0.0,"conversion_time":10.0,"dead_codes":0.0,"dnl":0.0,"energy":"survey","gain_spread":0.0,"inl":0.0,"leakage":1.8,"mux":8,"offset_spread":0.0,"rounding":"nearest","technology":14.0},"array":{"cell_area":0.5,"line_capacitance":0.14,"read_voltage":0.2},"buffer":{"area":0.048,"leakage":10.0,"read_energy":0.0142,"write_energy":0.0142},"coding":{"bits_per_slice":2,"kind":"differential","pairing":"equal","pairs":1,"significance":1.0,"slices":1},"columns":512,"dac":{"area":28.0,"bits":8,"coding":"pulse_width","energy":0.0027,"input_noise":0.0,"passes":"one","read_time":100.0,"rounding":"nearest","settling":5.0,"time_per_level":1.0},"device":{"acceptance":"0.2%","drift_scale":1.0,"g_max":"native","g_min":"native","kind":"pcm","levels":"any","programming_scale":1.0,"read_scale":1.0,"stuck_at":"zero","stuck_rate":0.0,"table":"","table_reference":1.0},"drift_compensation":"global","input":{"asymmetry":"off"},"input_range":{"kind":"calibrated","learned":"use","method":"quantile","quantile":0.99995,"sigmas":3.0},"ir_drop":{"scale":1.0,"wire_ratio":571428.57},"mapping":{"scale":"column"},"noise":{"output":0.04,"output_spread":0.0,"read":0.0175,"read_kind":"pcm"},"program":{"iteration_energy":20.0,"iteration_time":1000.0,"iterations":12.0,"parallel_columns":64,"weight_bits":8},"readout":{"asymmetry":0.0,"offset":0.0,"s_curve":0.0,"s_curve_correction":0.0,"s_curve_spread":0.0,"series_limit":1.0,"series_resistance":0.0},"rows":512,"scale":{"area":181.0,"energy":0.17,"lanes":16},"wires":{"driver":0.0,"input":0.35,"kind":"approximate","output":0.35,"sense":0.0,"sense_end":"first"}}}','{"noise": {"scale": 1.0}, "epochs": 2}',0,'tuned.onnx','e68ac2366d16de43');
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
INSERT INTO energy VALUES(2,0,'dac',6.2208000000000003115e-12);
INSERT INTO energy VALUES(2,0,'array',1.6606947061055890835e-10);
INSERT INTO energy VALUES(2,0,'adc',3.7039688594978264764e-10);
INSERT INTO energy VALUES(2,0,'scale',1.7408000000000000786e-10);
INSERT INTO energy VALUES(2,0,'input_buffer',2.9081600000000000158e-10);
INSERT INTO energy VALUES(2,0,'output_buffer',4.6530560000000001285e-10);
INSERT INTO energy VALUES(2,0,'digital',1.0649599999999999858e-10);
INSERT INTO energy VALUES(2,1,'input_buffer',4.6530560000000001285e-10);
INSERT INTO energy VALUES(2,1,'output_buffer',8.7244800000000005645e-11);
INSERT INTO energy VALUES(2,1,'digital',1.0649599999999999858e-10);
INSERT INTO energy VALUES(2,2,'dac',6.2208000000000003115e-12);
INSERT INTO energy VALUES(2,2,'array',1.0518433472707058765e-10);
INSERT INTO energy VALUES(2,2,'adc',1.8519844297489132382e-10);
INSERT INTO energy VALUES(2,2,'scale',8.7040000000000003928e-11);
INSERT INTO energy VALUES(2,2,'input_buffer',2.9081600000000000158e-10);
INSERT INTO energy VALUES(2,2,'output_buffer',2.3265280000000000642e-10);
INSERT INTO energy VALUES(2,2,'digital',5.324799999999999929e-11);
INSERT INTO energy VALUES(2,3,'input_buffer',2.3265280000000000642e-10);
INSERT INTO energy VALUES(2,3,'output_buffer',4.3622400000000002822e-11);
INSERT INTO energy VALUES(2,3,'digital',5.324799999999999929e-11);
INSERT INTO energy VALUES(2,4,'dac',3.1104000000000001557e-12);
INSERT INTO energy VALUES(2,4,'array',8.8797741079690271047e-11);
INSERT INTO energy VALUES(2,4,'adc',9.2599221487445661912e-11);
INSERT INTO energy VALUES(2,4,'scale',4.3520000000000001964e-11);
INSERT INTO energy VALUES(2,4,'input_buffer',1.4540800000000000079e-10);
INSERT INTO energy VALUES(2,4,'output_buffer',8.7244800000000005645e-11);
INSERT INTO energy VALUES(2,4,'digital',2.6623999999999999645e-11);
INSERT INTO energy VALUES(2,5,'dac',6.912000000000000234e-13);
INSERT INTO energy VALUES(2,5,'array',4.2447798958557458421e-11);
INSERT INTO energy VALUES(2,5,'adc',2.3149805371861415478e-11);
INSERT INTO energy VALUES(2,5,'scale',1.0880000000000000491e-11);
INSERT INTO energy VALUES(2,5,'input_buffer',5.8163200000000001609e-11);
INSERT INTO energy VALUES(2,5,'output_buffer',2.1811200000000001411e-11);
INSERT INTO energy VALUES(2,5,'digital',6.6559999999999999113e-12);
INSERT INTO energy VALUES(2,6,'dac',1.7280000000000000585e-13);
INSERT INTO energy VALUES(2,6,'array',2.5492399810207731663e-12);
INSERT INTO energy VALUES(2,6,'adc',3.6171570893533460675e-12);
INSERT INTO energy VALUES(2,6,'scale',1.7000000000000000264e-12);
INSERT INTO energy VALUES(2,6,'input_buffer',1.4540800000000000402e-11);
INSERT INTO energy VALUES(2,6,'output_buffer',4.5440000000000000247e-12);
INSERT INTO energy VALUES(2,NULL,'router',4.6195690231125753661e-09);
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
INSERT INTO energy VALUES(3,15,'adc',9.2599221487445661912e-11);
INSERT INTO energy VALUES(3,15,'scale',4.3520000000000001964e-11);
INSERT INTO energy VALUES(3,15,'input_buffer',1.4734677333333334517e-09);
INSERT INTO energy VALUES(3,15,'output_buffer',1.1632640000000000321e-10);
INSERT INTO energy VALUES(3,15,'programming',2.6214399999999998412e-06);
INSERT INTO energy VALUES(3,16,'input_buffer',2.3265280000000000642e-10);
INSERT INTO energy VALUES(3,16,'output_buffer',1.1632640000000000321e-10);
INSERT INTO energy VALUES(3,16,'digital',2.6623999999999996414e-11);
INSERT INTO energy VALUES(3,17,'input_buffer',1.1632640000000000321e-10);
INSERT INTO energy VALUES(3,17,'output_buffer',8.7244800000000005645e-11);
INSERT INTO energy VALUES(3,17,'digital',1.5974399999999999141e-10);
INSERT INTO energy VALUES(3,18,'dac',6.9119999999999992236e-13);
INSERT INTO energy VALUES(3,18,'array',2.0410335602948371247e-10);
INSERT INTO energy VALUES(3,18,'adc',2.8937256714826768539e-11);
INSERT INTO energy VALUES(3,18,'scale',1.3600000000000000211e-11);
INSERT INTO energy VALUES(3,18,'input_buffer',1.5510186666666667097e-10);
INSERT INTO energy VALUES(3,18,'output_buffer',3.6352000000000000198e-11);
INSERT INTO energy VALUES(3,18,'programming',2.0479999999999998099e-07);
INSERT INTO energy VALUES(3,NULL,'router',1.9769368044749671801e-08);
INSERT INTO energy VALUES(3,NULL,'link',8.8293887999999990474e-09);
INSERT INTO energy VALUES(3,NULL,'port',1.0605439999999999971e-06);
INSERT INTO energy VALUES(3,NULL,'leakage',0.0002533224689802852144);
INSERT INTO energy VALUES(1,0,'dac',6.2207999999999995036e-12);
INSERT INTO energy VALUES(1,0,'array',1.5951791585290556816e-10);
INSERT INTO energy VALUES(1,0,'adc',2.3026994363969236815e-10);
INSERT INTO energy VALUES(1,0,'scale',1.7408000000000000786e-10);
INSERT INTO energy VALUES(1,0,'input_buffer',2.9081600000000000158e-10);
INSERT INTO energy VALUES(1,0,'output_buffer',4.6530560000000001285e-10);
INSERT INTO energy VALUES(1,0,'digital',1.0649599999999998566e-10);
INSERT INTO energy VALUES(1,1,'input_buffer',4.6530560000000001285e-10);
INSERT INTO energy VALUES(1,1,'output_buffer',8.7244800000000005645e-11);
INSERT INTO energy VALUES(1,1,'digital',1.0649599999999998566e-10);
INSERT INTO energy VALUES(1,2,'dac',6.2207999999999995036e-12);
INSERT INTO energy VALUES(1,2,'array',1.0319625753856223375e-10);
INSERT INTO energy VALUES(1,2,'adc',1.8519844297489132382e-10);
INSERT INTO energy VALUES(1,2,'scale',8.7040000000000003928e-11);
INSERT INTO energy VALUES(1,2,'input_buffer',2.9081600000000000158e-10);
INSERT INTO energy VALUES(1,2,'output_buffer',2.3265280000000000642e-10);
INSERT INTO energy VALUES(1,2,'digital',5.3247999999999992828e-11);
INSERT INTO energy VALUES(1,3,'input_buffer',2.3265280000000000642e-10);
INSERT INTO energy VALUES(1,3,'output_buffer',4.3622400000000002822e-11);
INSERT INTO energy VALUES(1,3,'digital',5.3247999999999992828e-11);
INSERT INTO energy VALUES(1,4,'dac',3.1103999999999997518e-12);
INSERT INTO energy VALUES(1,4,'array',8.0026707859934831717e-11);
INSERT INTO energy VALUES(1,4,'adc',9.2599221487445661912e-11);
INSERT INTO energy VALUES(1,4,'scale',4.3520000000000001964e-11);
INSERT INTO energy VALUES(1,4,'input_buffer',1.4540800000000000079e-10);
INSERT INTO energy VALUES(1,4,'output_buffer',8.7244800000000005645e-11);
INSERT INTO energy VALUES(1,4,'digital',2.6623999999999996414e-11);
INSERT INTO energy VALUES(1,5,'dac',6.9119999999999992236e-13);
INSERT INTO energy VALUES(1,5,'array',3.8414322318830356644e-11);
INSERT INTO energy VALUES(1,5,'adc',2.3149805371861415478e-11);
INSERT INTO energy VALUES(1,5,'scale',1.0880000000000000491e-11);
INSERT INTO energy VALUES(1,5,'input_buffer',5.8163200000000001609e-11);
INSERT INTO energy VALUES(1,5,'output_buffer',2.1811200000000001411e-11);
INSERT INTO energy VALUES(1,5,'digital',6.6559999999999991037e-12);
INSERT INTO energy VALUES(1,6,'dac',1.7279999999999998059e-13);
INSERT INTO energy VALUES(1,6,'array',1.7618420910361267262e-12);
INSERT INTO energy VALUES(1,6,'adc',3.6171570893533460675e-12);
INSERT INTO energy VALUES(1,6,'scale',1.7000000000000000264e-12);
INSERT INTO energy VALUES(1,6,'input_buffer',1.4540800000000000402e-11);
INSERT INTO energy VALUES(1,6,'output_buffer',4.5440000000000000247e-12);
INSERT INTO energy VALUES(1,NULL,'router',4.9389996873464050803e-09);
INSERT INTO energy VALUES(1,NULL,'link',2.3939712000000001297e-09);
INSERT INTO energy VALUES(1,NULL,'port',1.3248000000000000574e-08);
INSERT INTO energy VALUES(1,NULL,'leakage',2.933517327201363932e-05);
CREATE TABLE area (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  block TEXT NOT NULL,
  count INTEGER NOT NULL,
  mm2 REAL NOT NULL,
  PRIMARY KEY (run, block)
) STRICT, WITHOUT ROWID;
INSERT INTO area VALUES(1,'adc',3520,3.8214015160988652475);
INSERT INTO area VALUES(1,'array',55,7.2089600000000002566);
INSERT INTO area VALUES(1,'dac',28160,0.78847999999999995868);
INSERT INTO area VALUES(1,'digital',8,0.080640000000000003343);
INSERT INTO area VALUES(1,'digital_buffer',8,0.40265318400000005283);
INSERT INTO area VALUES(1,'input_buffer',55,1.3841203200000000705);
INSERT INTO area VALUES(1,'output_buffer',55,0.043253760000000002206);
INSERT INTO area VALUES(1,'router',64,1.1818165210379616425);
INSERT INTO area VALUES(1,'scale',880,0.15928000000000000491);
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
CREATE TABLE accuracy (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  time_s REAL NOT NULL,
  repeat INTEGER NOT NULL,
  value REAL NOT NULL,                        -- in the run's metric
  PRIMARY KEY (run, time_s, repeat)
) STRICT, WITHOUT ROWID;
INSERT INTO accuracy VALUES(1,1.0,0,1.0);
INSERT INTO accuracy VALUES(1,3600.0,0,1.0);
INSERT INTO accuracy VALUES(1,86400.0,0,1.0);
INSERT INTO accuracy VALUES(1,31536000.0,0,0.8000000000000000444);
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
INSERT INTO study VALUES(1,'0.1.0','2026-11-28T17:49:35Z','mho sensitivity --only ''output noise,DAC bits,ADC bits'' --samples 20 --repeats 2 --threads 1 --db old.db',1,1,11.637281808999999199,'strokes','e68ac2366d16de43',18500,'stroke digits (seed 2024, split 0)','c78f9da1c79c531d',0,20,1000,0,2,1.0,'top1',0.10000000000000000555,0.98999999999999999111,0.2000000000000000111,'default','67d72406b944cf1c','{"chip":{"analog_clock":"chip","clock":1.0,"converters":"shared","core_leakage":1.0,"digital_buffer":128.0,"digital_clock":"chip","digital_cores":8,"gating":{"break_even":64,"idle":64,"residual":0.05,"wake_up":64},"input_buffer":64.0,"mesh":{"height":8,"width":8},"output_buffer_positions":2,"power_gating":"off","synchroniser":2,"tiles_per_core":1},"digital":{"activation_format":"dac","area":10080.0,"energy":0.104,"lanes":32,"leakage":0.5,"partial_sum_format":"float16","pipeline_depth":4,"result_format":"float16","scale_format":"float16"},"mapper":{"buffer_slack":2,"cache_block":4.0,"caches":"core","placement":"snake","reload_batch":1,"weights":"stationary"},"noc":{"buffer_flits":8,"clock":"chip","concentration":1,"energy":{"arbitration":"survey","buffer_read":"survey","buffer_write":"survey","crossbar":"survey"},"flit_bits":64,"gating":{"break_even":10,"idle":4,"look_ahead":0,"residual":0.05,"wake_up":8},"hop_length":1.0,"link_energy":0.0162,"multicast":"off","power_gating":"off","router_area":"survey","router_leakage":"survey","router_stages":4,"routing":"xy","topology":"mesh","virtual_channels":2},"port":{"bits_per_cycle":"memory","energy_per_bit":"memory","latency":"memory","memory":"none","nodes":"0","outstanding":16},"tile":{"adc":{"area":"survey","bits":8,"bound":10.0,"bound_management":"off","calibration":0.0,"conversion_time":10.0,"dead_codes":0.0,"dnl":0.0,"energy":"survey","gain_spread":0.0,"inl":0.0,"leakage":1.8,"mux":8,"offset_spread":0.0,"rounding":"nearest","technology":14.0},"array":{"cell_area":0.5,"line_capacitance":0.14,"read_voltage":0.2},"buffer":{"area":0.048,"leakage":10.0,"read_energy":0.0142,"write_energy":0.0142},"coding":{"bits_per_slice":2,"kind":"differential","pairing":"equal","pairs":1,"significance":1.0,"slices":1},"columns":512,"dac":{"area":28.0,"bits":8,"coding":"pulse_width","energy":0.0027,"input_noise":0.0,"passes":"one","read_time":100.0,"rounding":"nearest","settling":5.0,"time_per_level":1.0},"device":{"acceptance":"0.2%","drift_scale":1.0,"g_max":"native","g_min":"native","kind":"pcm","levels":"any","programming_scale":1.0,"read_scale":1.0,"stuck_at":"zero","stuck_rate":0.0,"table":"","table_reference":1.0},"drift_compensation":"global","input":{"asymmetry":"off"},"input_range":{"kind":"calibrated","learned":"use","method":"quantile","quantile":0.99995,"sigmas":3.0},"ir_drop":{"scale":1.0,"wire_ratio":571428.57},"mapping":{"scale":"column"},"noise":{"output":0.04,"output_spread":0.0,"read":0.0175,"read_kind":"pcm"},"program":{"iteration_energy":20.0,"iteration_time":1000.0,"iterations":12.0,"parallel_columns":64,"weight_bits":8},"readout":{"asymmetry":0.0,"offset":0.0,"s_curve":0.0,"s_curve_correction":0.0,"s_curve_spread":0.0,"series_limit":1.0,"series_resistance":0.0},"rows":512,"scale":{"area":181.0,"energy":0.17,"lanes":16},"wires":{"driver":0.0,"input":0.35,"kind":"approximate","output":0.35,"sense":0.0,"sense_end":"first"}}}',1.0,1.0,0.0,0);
INSERT INTO study VALUES(2,'0.1.0','2026-11-28T17:49:40Z','mho sensitivity --by-layer --samples 20 --repeats 2 --threads 1 --db old.db',1,1,2.2151411599999999424,'strokes','e68ac2366d16de43',18500,'stroke digits (seed 2024, split 0)','c78f9da1c79c531d',0,20,1000,0,2,1.0,'top1',0.10000000000000000555,0.98999999999999999111,0.2000000000000000111,'default','67d72406b944cf1c','{"chip":{"analog_clock":"chip","clock":1.0,"converters":"shared","core_leakage":1.0,"digital_buffer":128.0,"digital_clock":"chip","digital_cores":8,"gating":{"break_even":64,"idle":64,"residual":0.05,"wake_up":64},"input_buffer":64.0,"mesh":{"height":8,"width":8},"output_buffer_positions":2,"power_gating":"off","synchroniser":2,"tiles_per_core":1},"digital":{"activation_format":"dac","area":10080.0,"energy":0.104,"lanes":32,"leakage":0.5,"partial_sum_format":"float16","pipeline_depth":4,"result_format":"float16","scale_format":"float16"},"mapper":{"buffer_slack":2,"cache_block":4.0,"caches":"core","placement":"snake","reload_batch":1,"weights":"stationary"},"noc":{"buffer_flits":8,"clock":"chip","concentration":1,"energy":{"arbitration":"survey","buffer_read":"survey","buffer_write":"survey","crossbar":"survey"},"flit_bits":64,"gating":{"break_even":10,"idle":4,"look_ahead":0,"residual":0.05,"wake_up":8},"hop_length":1.0,"link_energy":0.0162,"multicast":"off","power_gating":"off","router_area":"survey","router_leakage":"survey","router_stages":4,"routing":"xy","topology":"mesh","virtual_channels":2},"port":{"bits_per_cycle":"memory","energy_per_bit":"memory","latency":"memory","memory":"none","nodes":"0","outstanding":16},"tile":{"adc":{"area":"survey","bits":8,"bound":10.0,"bound_management":"off","calibration":0.0,"conversion_time":10.0,"dead_codes":0.0,"dnl":0.0,"energy":"survey","gain_spread":0.0,"inl":0.0,"leakage":1.8,"mux":8,"offset_spread":0.0,"rounding":"nearest","technology":14.0},"array":{"cell_area":0.5,"line_capacitance":0.14,"read_voltage":0.2},"buffer":{"area":0.048,"leakage":10.0,"read_energy":0.0142,"write_energy":0.0142},"coding":{"bits_per_slice":2,"kind":"differential","pairing":"equal","pairs":1,"significance":1.0,"slices":1},"columns":512,"dac":{"area":28.0,"bits":8,"coding":"pulse_width","energy":0.0027,"input_noise":0.0,"passes":"one","read_time":100.0,"rounding":"nearest","settling":5.0,"time_per_level":1.0},"device":{"acceptance":"0.2%","drift_scale":1.0,"g_max":"native","g_min":"native","kind":"pcm","levels":"any","programming_scale":1.0,"read_scale":1.0,"stuck_at":"zero","stuck_rate":0.0,"table":"","table_reference":1.0},"drift_compensation":"global","input":{"asymmetry":"off"},"input_range":{"kind":"calibrated","learned":"use","method":"quantile","quantile":0.99995,"sigmas":3.0},"ir_drop":{"scale":1.0,"wire_ratio":571428.57},"mapping":{"scale":"column"},"noise":{"output":0.04,"output_spread":0.0,"read":0.0175,"read_kind":"pcm"},"program":{"iteration_energy":20.0,"iteration_time":1000.0,"iterations":12.0,"parallel_columns":64,"weight_bits":8},"readout":{"asymmetry":0.0,"offset":0.0,"s_curve":0.0,"s_curve_correction":0.0,"s_curve_spread":0.0,"series_limit":1.0,"series_resistance":0.0},"rows":512,"scale":{"area":181.0,"energy":0.17,"lanes":16},"wires":{"driver":0.0,"input":0.35,"kind":"approximate","output":0.35,"sense":0.0,"sense_end":"first"}}}',1.0,0.97499999999999997779,0.025000000000000022204,0);
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
INSERT INTO layer_format VALUES(1,0,'column scales',0.0,0.0);
INSERT INTO layer_format VALUES(1,0,'results',0.0,0.0);
INSERT INTO layer_format VALUES(1,1,'results',0.0,0.0);
INSERT INTO layer_format VALUES(1,2,'column scales',0.0,0.0);
INSERT INTO layer_format VALUES(1,2,'results',0.0,0.0);
INSERT INTO layer_format VALUES(1,3,'results',0.0,0.0);
INSERT INTO layer_format VALUES(1,4,'column scales',0.0,0.0);
INSERT INTO layer_format VALUES(1,4,'results',0.0,0.0);
INSERT INTO layer_format VALUES(1,5,'column scales',0.0,0.0);
INSERT INTO layer_format VALUES(1,5,'results',0.0,0.0);
INSERT INTO layer_format VALUES(1,6,'column scales',0.0,0.0);
INSERT INTO layer_format VALUES(1,6,'results',0.0,0.0);
CREATE TABLE warning (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  warning INTEGER NOT NULL,                   -- from 0
  text TEXT NOT NULL,
  PRIMARY KEY (run, warning)
) STRICT, WITHOUT ROWID;
INSERT INTO warning VALUES(1,0,'2 results beyond the largest number of float16, 65504, take that value');
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
CREATE TABLE accuracy_time (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  time_s REAL NOT NULL,
  sampling_sem REAL,                          -- standard error of the mean for being measured on these samples; NULL: a single sample
  PRIMARY KEY (run, time_s)
) STRICT, WITHOUT ROWID;
INSERT INTO accuracy_time VALUES(1,1.0,0.0);
INSERT INTO accuracy_time VALUES(1,3600.0,0.0);
INSERT INTO accuracy_time VALUES(1,86400.0,0.0);
INSERT INTO accuracy_time VALUES(1,31536000.0,0.19999999999999998334);
CREATE INDEX energy_by_run ON energy(run, layer, block);
CREATE INDEX run_figures ON run(created, network, data, design, metric, float_accuracy, latency_s, throughput_per_s, energy_per_inference_j,
                                average_power_w, area_mm2, tops_per_watt, tiles, utilisation, converged, seed, version);
CREATE VIEW v_training AS
SELECT t.id AS training, t.created, t.network, t.data, t.metric, t.out, json_extract(t.recipe_json, '$.noise.scale') AS noise_scale,
       e.epoch AS epochs, e.loss, e.metric AS training_metric, t.wall_s, r.id AS run
FROM training t
LEFT JOIN epoch e ON e.training = t.id AND e.epoch = (SELECT max(epoch) FROM epoch WHERE training = t.id)
LEFT JOIN run r ON r.network_hash = t.out_hash;
CREATE VIEW v_chip AS
SELECT a.run, a.time_s, a.repeat, a.value, (a.value - r.chance) / (r.float_accuracy_scored - r.chance) AS normalised,
       (SELECT count(*) FROM accuracy b WHERE b.run = a.run AND b.time_s = a.time_s
        AND (CASE WHEN r.float_accuracy_scored < r.chance THEN b.value > a.value ELSE b.value < a.value END
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
       r.tiles, r.utilisation, r.converged, r.seed, r.version
FROM run r;
CREATE VIEW v_layer AS
SELECT l.run, r.network, l.layer, l.name, l.operation, l.shape, l.matrix, l.tiles, l.mvms, l.busy_cycles,
       l.energy_j, 100.0 * l.energy_j / r.energy_per_inference_j AS percent, l.clipped_inputs, l.clipped_outputs,
       l.adc_bits_used, l.snr_db, l.snr_last_db,
       f.overflow AS result_overflow, f.underflow AS result_underflow, p.overflow AS partial_sum_overflow, p.underflow AS partial_sum_underflow,
       s.overflow AS scale_overflow, s.underflow AS scale_underflow
FROM layer l JOIN run r ON r.id = l.run
LEFT JOIN layer_format f ON f.run = l.run AND f.layer = l.layer AND f."values" = 'results'
LEFT JOIN layer_format p ON p.run = l.run AND p.layer = l.layer AND p."values" = 'partial sums'
LEFT JOIN layer_format s ON s.run = l.run AND s.layer = l.layer AND s."values" = 'column scales';
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
CREATE VIEW v_sequence_run AS
SELECT t.run, r.network, r.design, t.mode, t.tokens, t.context, r.latency_s, t.tokens_per_s, t.energy_per_token_j, t.cache_read_bits, t.cache_written_bits
FROM sequence_run t JOIN run r ON r.id = t.run;
CREATE VIEW v_functional AS
SELECT c.run, r.network, c.block, e.joule AS statistical_joule, c.joule AS functional_joule,
       CASE WHEN e.joule > 0 THEN 100.0 * (c.joule / e.joule - 1) END AS difference_percent
FROM functional_energy c JOIN run r ON r.id = c.run
LEFT JOIN (SELECT run, block, sum(joule) AS joule FROM energy GROUP BY run, block) e ON e.run = c.run AND e.block = c.block;
CREATE VIEW v_sensitivity AS
SELECT s.study, t.network, t.design, s.nonideality, s.unit, s.at_threshold, s.at_threshold_why_not, s.certain, s.possible,
       100.0 * s.error_at_threshold AS error_at_threshold_percent, s.at_error, s.at_error_why_not,
       s.accuracy_at_error, s.normalised_at_error, t.threshold, t.error
FROM sensitivity s JOIN study t ON t.id = s.study;
CREATE VIEW v_sensitivity_layer AS
SELECT l.study, t.network, t.design, l.layer, l.name, l.lost, l.lost_sem, coalesce(l.lost_low > 0 OR l.lost_high < 0, 0) AS lost_decided,
       l.won, l.won_sem, coalesce(l.won_low > 0 OR l.won_high < 0, 0) AS won_decided, t.reference, t.float_accuracy
FROM sensitivity_layer l JOIN study t ON t.id = l.study;
COMMIT;
PRAGMA application_id = 1835560753;
PRAGMA user_version = 12;
