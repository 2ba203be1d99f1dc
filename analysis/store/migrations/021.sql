-- Links between chips are links of a kind of their own.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''inject'', ''eject'')', '''inject'', ''eject'', ''chips'')') WHERE type = 'table' AND name = 'link';
PRAGMA writable_schema = RESET;
