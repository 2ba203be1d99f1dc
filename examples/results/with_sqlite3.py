#!/usr/bin/env python3
"""Reads results of mho with nothing but Python's sqlite3: which runs there are, and where the energy of the best one goes.

usage: with_sqlite3.py [results.db]
"""
import sqlite3
import sys


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else "results.db"
    # Read-only, so that the file cannot change.
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    print("run  energy (nJ)  area (mm2)  accuracy  name")
    runs = database.execute(
        "SELECT run, name, last_accuracy, energy_per_inference_j, area_mm2 FROM v_run WHERE exit_code = 0 ORDER BY energy_per_inference_j").fetchall()
    if not runs:
        sys.exit(f"{path} holds no run that was not refused")
    for run in runs:
        accuracy = "-" if run["last_accuracy"] is None else f"{run['last_accuracy']:.4f}"
        print(f"{run['run']:3}  {1e9 * run['energy_per_inference_j']:11.3f}  {run['area_mm2']:10.4f}  {accuracy:>8}  {run['name']}")
    best = runs[0]["run"]
    print(f"\nwhere the energy of run {best} goes")
    for row in database.execute("SELECT block, percent FROM v_energy WHERE run = ? ORDER BY percent DESC LIMIT 5", (best,)):
        print(f"  {row['block']:16} {row['percent']:5.1f} %")
    # The database also lists the meaning and the unit of each column.
    meaning = database.execute("""SELECT unit, meaning FROM v_column WHERE view = 'v_run' AND "column" = 'energy_per_inference_j'""").fetchone()
    print(f"\nenergy_per_inference_j ({meaning['unit']}): {meaning['meaning']}")


if __name__ == "__main__":
    main()
