-- How a network lies on the chip: copies of matrices, traffic of edges, bounds of the interval; whether a run was simulated.
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
