-- Links between chips are links of a kind of their own.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''inject'', ''eject'')', '''inject'', ''eject'', ''chips'')') WHERE type = 'table' AND name = 'link';
PRAGMA writable_schema = RESET;
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
