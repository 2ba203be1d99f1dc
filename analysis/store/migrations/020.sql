-- Explorations and their points; what was computed once and is needed again.
-- Runs by what was asked of them: points of explorations that are there already.
CREATE INDEX run_asked ON run(design_hash, network_hash, seed);

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
