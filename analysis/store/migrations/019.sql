-- When layers work, over time; what one more of each resource would bring.
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

-- Why a training failed.
ALTER TABLE training_end ADD COLUMN reason TEXT;
ALTER TABLE training_end ADD COLUMN exit_code INTEGER NOT NULL DEFAULT 0;
