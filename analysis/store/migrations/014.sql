-- Peak, sustained and used-part operations.
CREATE TABLE efficiency (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  scope TEXT NOT NULL CHECK (scope IN ('peak', 'sustained', 'used')),  -- every tile at full load; this network on the chip; on the parts that hold it
  tops REAL NOT NULL,
  tops_per_watt REAL NOT NULL,
  tops_per_mm2 REAL NOT NULL,
  PRIMARY KEY (run, scope)
) STRICT, WITHOUT ROWID;
