#!/usr/bin/env python3
"""Times the views and `mho db` on a database of many runs: one run of `mho run`, copied; says what a run takes on the disk.

usage: bench/bench_database.py --mho build/release/mho [--runs 10000] [--check]
--check: fails where v_run takes over 0.2 s for all runs or over 5 ms for one, a verb keeps a processor busy for over 0.1 s, or a run takes over 15 KB.
"""
import argparse
import os
import resource
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
    """Processor seconds of the fastest of some runs of a query, each on a connection of its own."""
    seconds = []
    for _ in range(times):
        database = sqlite3.connect(path)
        start = time.process_time()
        rows = database.execute(query).fetchall()
        seconds.append(time.process_time() - start)
        database.close()
    return min(seconds), len(rows)


def spread(path):
    """Gives copies figures of their own, so that a front has several points. Parts and totals grow alike."""
    database = sqlite3.connect(path)
    database.execute("CREATE TEMP TABLE factor (run INTEGER PRIMARY KEY, area REAL, energy REAL)")
    database.execute("INSERT INTO factor SELECT id, 1 + id * 7919 % 1000 / 1000.0, 1 + id * 104729 % 997 / 997.0 FROM run")
    for table, key, column, factor in [("run", "id", "area_mm2", "area"), ("area", "run", "mm2", "area"), ("run", "id", "energy_per_inference_j", "energy"),
                                       ("energy", "run", "joule", "energy"), ("component", "run", "joule", "energy"), ("event", "run", "joule", "energy")]:
        database.execute(f"UPDATE {table} SET {column} = {column} * (SELECT {factor} FROM factor f WHERE f.run = {table}.{key})")
    database.commit()
    database.close()


def busy(mho, path, line, times=3):
    """Processor seconds of the fastest of some calls of a verb of db."""
    seconds = []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([mho, "db", *line, "--db", path], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(seconds)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mho", default="build/release/mho")
    parser.add_argument("--runs", type=int, default=10000)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "runs.db")
        subprocess.run([arguments.mho, "run", "--samples", "20", "--repeats", "10", "--db", path], check=True, stdout=subprocess.DEVNULL)
        alone = os.path.getsize(path)
        copies(path, arguments.runs)
        each = (os.path.getsize(path) - alone) / (arguments.runs - 1)
        print(f"{arguments.runs} runs, {os.path.getsize(path) / 1e6:.0f} MB, {each / 1e3:.1f} KB a run")
        spread(path)
        late = []
        if each > 15e3:
            late.append(f"a run takes {each:.0f} bytes, at most 15000")
        for name, query, most in [("every run of v_run", "SELECT * FROM v_run", 0.2),
                                  ("one run of v_run", f"SELECT * FROM v_run WHERE run = {arguments.runs // 2}", 0.005),
                                  ("one run of v_accuracy", f"SELECT * FROM v_accuracy WHERE run = {arguments.runs // 2}", None),
                                  ("one run of v_layer", f"SELECT * FROM v_layer WHERE run = {arguments.runs // 2}", None)]:
            seconds, rows = best(path, query)
            print(f"{name}: {1e3 * seconds:.2f} ms, {rows} rows")
            if most is not None and seconds > most:
                late.append(f"{name}: {seconds:.4f} s, at most {most} s")
        run, other = str(arguments.runs // 2), str(arguments.runs // 3)
        for line in [["list"], ["show", run], ["compare", run, other], ["compare", run, other, "--explain"],
                     ["front", "--x", "area_mm2", "--y", "energy_per_inference_j"], ["query", f"SELECT * FROM v_run WHERE run = {run}"],
                     ["query", f"SELECT run FROM v_run WHERE run = {run}", "--columns", "tile.adc.bits"]]:
            seconds = busy(arguments.mho, path, line)
            print(f"mho db {' '.join(line)}: {1e3 * seconds:.0f} ms")
            if seconds > 0.1:
                late.append(f"mho db {' '.join(line)}: {seconds:.3f} s, at most 0.1 s")
        if arguments.check and late:
            sys.exit("\n".join(late))


if __name__ == "__main__":
    main()
