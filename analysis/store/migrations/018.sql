-- How trainings ended, and the scores of their states.
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
  tiles_after REAL
) STRICT;

-- The metric of the state that an epoch ended in, on training_end.judged_by. NULL: no finite number.
CREATE TABLE epoch_score (
  training INTEGER NOT NULL REFERENCES training(id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  in_float REAL,
  on_tiles REAL,
  PRIMARY KEY (training, epoch)
) STRICT, WITHOUT ROWID;
