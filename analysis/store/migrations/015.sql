-- Events by component, one-time programming, the digital reference, scales of integers. In views, normalised is NULL where the float network is not
-- better than guessing.
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
