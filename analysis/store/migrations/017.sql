-- Names, tags, inputs and machines of results; runs that were refused; parameters without those that nobody gave.
-- What a user has added to a table stays, so none is made anew.
ALTER TABLE run ADD COLUMN name TEXT;
ALTER TABLE run ADD COLUMN tags TEXT NOT NULL DEFAULT '{}';
ALTER TABLE run ADD COLUMN base TEXT;
ALTER TABLE run ADD COLUMN changes TEXT NOT NULL DEFAULT '{}';
ALTER TABLE run ADD COLUMN rules TEXT;
ALTER TABLE run ADD COLUMN declarations TEXT;
ALTER TABLE run ADD COLUMN options TEXT NOT NULL DEFAULT '{}';
ALTER TABLE run ADD COLUMN inputs TEXT NOT NULL DEFAULT '{}';
ALTER TABLE run ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
ALTER TABLE run ADD COLUMN machine TEXT;
ALTER TABLE run ADD COLUMN repeats_requested INTEGER;
ALTER TABLE run ADD COLUMN interrupted INTEGER NOT NULL DEFAULT 0 CHECK (interrupted IN (0, 1));
ALTER TABLE run ADD COLUMN uid TEXT;
ALTER TABLE run ADD COLUMN reason TEXT;
ALTER TABLE run ADD COLUMN exit_code INTEGER NOT NULL DEFAULT 0 CONSTRAINT refused_for_a_reason CHECK ((exit_code = 0) = (reason IS NULL)) CONSTRAINT
  every_figure_is_a_number CHECK (exit_code <> 0 OR network_hash || weights || macs || design_hash || latency_s || interval_s || throughput_per_s ||
  converged || steady_inferences || cycles || simulation_wall_s || simulated_flit_hops || bottleneck || bottleneck_kind || window_s ||
  window_inferences || packets || flit_hops || energy_per_inference_j || single_shot_energy_j || average_power_w || leakage_w || area_mm2 ||
  tops_per_watt || tiles || tiles_available || utilisation IS NOT NULL);
-- A run that was refused has no figures: their columns take NULL, and exit_code checks those of every other run.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, ' network_hash TEXT NOT NULL', ' network_hash TEXT') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' weights INTEGER NOT NULL', ' weights INTEGER') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' macs INTEGER NOT NULL', ' macs INTEGER') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' design_hash TEXT NOT NULL', ' design_hash TEXT') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' latency_s REAL NOT NULL', ' latency_s REAL') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' interval_s REAL NOT NULL', ' interval_s REAL') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' throughput_per_s REAL NOT NULL', ' throughput_per_s REAL') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' converged INTEGER NOT NULL', ' converged INTEGER') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' steady_inferences INTEGER NOT NULL', ' steady_inferences INTEGER') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' cycles INTEGER NOT NULL', ' cycles INTEGER') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' simulation_wall_s REAL NOT NULL', ' simulation_wall_s REAL') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' simulated_flit_hops INTEGER NOT NULL', ' simulated_flit_hops INTEGER') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' bottleneck TEXT NOT NULL', ' bottleneck TEXT') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' bottleneck_kind TEXT NOT NULL', ' bottleneck_kind TEXT') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' window_s REAL NOT NULL', ' window_s REAL') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' window_inferences INTEGER NOT NULL', ' window_inferences INTEGER') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' packets INTEGER NOT NULL', ' packets INTEGER') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' flit_hops INTEGER NOT NULL', ' flit_hops INTEGER') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' energy_per_inference_j REAL NOT NULL', ' energy_per_inference_j REAL') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' single_shot_energy_j REAL NOT NULL', ' single_shot_energy_j REAL') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' average_power_w REAL NOT NULL', ' average_power_w REAL') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' leakage_w REAL NOT NULL', ' leakage_w REAL') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' area_mm2 REAL NOT NULL', ' area_mm2 REAL') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' tops_per_watt REAL NOT NULL', ' tops_per_watt REAL') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' tiles INTEGER NOT NULL', ' tiles INTEGER') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' tiles_available INTEGER NOT NULL', ' tiles_available INTEGER') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' utilisation REAL NOT NULL', ' utilisation REAL') WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(sql, ' design_json TEXT NOT NULL', ' design_json TEXT') WHERE type = 'table' AND name = 'run';
PRAGMA writable_schema = RESET;
-- The same in every copy of a file, so that merging them again adds nothing.
UPDATE run SET uid = created || ' ' || seed || ' ' || network_hash || ' ' || design_hash || ' ' || wall_s || ' ' || id, base = design;
CREATE UNIQUE INDEX run_uid ON run(uid);
ALTER TABLE study ADD COLUMN name TEXT;
ALTER TABLE study ADD COLUMN tags TEXT NOT NULL DEFAULT '{}';
ALTER TABLE study ADD COLUMN inputs TEXT NOT NULL DEFAULT '{}';
ALTER TABLE study ADD COLUMN machine TEXT;
ALTER TABLE study ADD COLUMN options TEXT NOT NULL DEFAULT '{}';
ALTER TABLE study ADD COLUMN uid TEXT;
UPDATE study SET uid = created || ' ' || seed || ' ' || network_hash || ' ' || design_hash || ' ' || wall_s || ' ' || id;
CREATE UNIQUE INDEX study_uid ON study(uid);
ALTER TABLE training ADD COLUMN name TEXT;
ALTER TABLE training ADD COLUMN tags TEXT NOT NULL DEFAULT '{}';
ALTER TABLE training ADD COLUMN inputs TEXT NOT NULL DEFAULT '{}';
ALTER TABLE training ADD COLUMN machine TEXT;
ALTER TABLE training ADD COLUMN uid TEXT;
UPDATE training SET uid = created || ' ' || network_hash || ' ' || out_hash || ' ' || wall_s || ' ' || id;
CREATE UNIQUE INDEX training_uid ON training(uid);
ALTER TABLE unit ADD COLUMN stages TEXT NOT NULL DEFAULT '[]';
-- The view parameter takes the place of the table: views of the user's go on to read it, which they would not where a rename reached them.
PRAGMA legacy_alter_table = ON;
ALTER TABLE parameter RENAME TO setting;
PRAGMA legacy_alter_table = OFF;
CREATE TABLE declaration (
  hash TEXT NOT NULL,                         -- of all that a version declares
  key TEXT NOT NULL,
  value ANY NOT NULL,
  unit TEXT NOT NULL,
  PRIMARY KEY (hash, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE kept_file (
  hash TEXT PRIMARY KEY,                      -- base::content_hash of the content
  content BLOB NOT NULL
) STRICT, WITHOUT ROWID;
