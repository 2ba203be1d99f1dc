#!/usr/bin/env python3
"""Reads results of mho as frames of pandas: a table of runs beside a parameter, accuracy over time, energy by component.

usage: with_pandas.py [results.db] [--key tile.adc.bits]
"""
import argparse
import sqlite3

import pandas


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("database", nargs="?", default="results.db")
    parser.add_argument("--key", default="tile.adc.bits", help="a parameter that runs differ in")
    arguments = parser.parse_args()
    with sqlite3.connect(f"file:{arguments.database}?mode=ro", uri=True) as database:
        runs = pandas.read_sql("SELECT * FROM v_run WHERE exit_code = 0", database, index_col="run")
        keys = pandas.read_sql("SELECT run, key, value FROM parameter WHERE key = ?", database, params=(arguments.key,))
        energy = pandas.read_sql("SELECT run, block, joule FROM v_energy", database)
        accuracy = pandas.read_sql("SELECT run, time_s, mean, sem FROM v_accuracy", database)
    # One column for each parameter: keys that differ between runs become axes.
    runs = runs.join(keys.pivot(index="run", columns="key", values="value"))
    print(runs[["name", arguments.key, "last_accuracy", "energy_per_inference_j", "area_mm2"]].to_string())
    print("\naccuracy over time")
    print(accuracy.pivot(index="time_s", columns="run", values="mean").to_string())
    print("\nenergy by component, share of each run")
    blocks = energy.pivot(index="block", columns="run", values="joule").fillna(0)
    print((100 * blocks / blocks.sum()).round(1).sort_values(blocks.columns[0], ascending=False).to_string())
    # The energies of the blocks add up to the energy per inference.
    assert ((blocks.sum() - runs["energy_per_inference_j"]).abs() <= 1e-9 * runs["energy_per_inference_j"]).all()


if __name__ == "__main__":
    main()
