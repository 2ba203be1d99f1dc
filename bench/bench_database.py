#!/usr/bin/env python3
"""Times the views of a database of many runs: one run of `mho run`, copied.

usage: bench/bench_database.py --mho build/release/mho [--runs 10000] [--check]
--check: fails where v_run takes over 0.2 s for all runs or over 5 ms for one.
"""
import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time


def copies(path, runs):
    """Fills the database with `runs` runs like its first one, in every table that has them."""
    database = sqlite3.connect(path)
    names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    for table in ["run"] + [name for name in names if name != "run"]:
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        key = "id" if table == "run" else "run"
        if key not in columns:
            continue
        others = [f'"{column}"' for column in columns if column != key]
        values = ["lower(hex(randomblob(16)))" if column == '"uid"' else column for column in others]
        database.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {runs}) "
            f"INSERT INTO {table} ({key}, {', '.join(others)}) SELECT n.i, {', '.join(values)} FROM n, {table} WHERE {key} = 1")
    database.commit()
    database.close()


def best(path, query, times=5):
    """Seconds of the fastest of some runs of a query, each on a connection of its own."""
    seconds = []
    for _ in range(times):
        database = sqlite3.connect(path)
        start = time.perf_counter()
        rows = database.execute(query).fetchall()
        seconds.append(time.perf_counter() - start)
        database.close()
    return min(seconds), len(rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mho", default="build/release/mho")
    parser.add_argument("--runs", type=int, default=10000)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "runs.db")
        subprocess.run([arguments.mho, "run", "--samples", "20", "--repeats", "10", "--db", path], check=True, stdout=subprocess.DEVNULL)
        copies(path, arguments.runs)
        print(f"{arguments.runs} runs, {os.path.getsize(path) / 1e6:.0f} MB")
        late = []
        for name, query, most in [("every run of v_run", "SELECT * FROM v_run", 0.2),
                                  ("one run of v_run", f"SELECT * FROM v_run WHERE run = {arguments.runs // 2}", 0.005),
                                  ("one run of v_accuracy", f"SELECT * FROM v_accuracy WHERE run = {arguments.runs // 2}", None),
                                  ("one run of v_layer", f"SELECT * FROM v_layer WHERE run = {arguments.runs // 2}", None)]:
            seconds, rows = best(path, query)
            print(f"{name}: {1e3 * seconds:.2f} ms, {rows} rows")
            if most is not None and seconds > most:
                late.append(f"{name}: {seconds:.4f} s, at most {most} s")
        if arguments.check and late:
            sys.exit("\n".join(late))


if __name__ == "__main__":
    main()
