#!/usr/bin/env python3
"""Fits the read-out of published macros with non-volatile cells: energy of a column over rows x time of a core operation.

usage: fit.py TABLE.csv

TABLE.csv: uiuc_imc.csv of UIUC-IMC-Benchmarking (https://github.com/UIUC-IMC-Benchmarking), columns Index, Architecture, Compute Model, B_ADC, N,
N_ADC, T_core(ns), E_core (pJ). The energy of a column is the whole macro's over its converters: array, drivers and digital included.
Prints the law E = a (N T)^b, how far it is from papers that it was not fitted to, and the `tile.front_end.bias` that it leaves for arrays of the
default cells, converters and times, after array and converter are taken off.
"""
import csv
import math
import sys


def rows_of(path):
    """(paper, ln(N T / ns), ln(E / fJ)) of current-summing and charge-summing macros without SRAM that state all figures."""
    rows = []
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            if row["Compute Model"] not in ("IS", "QS", "QR") or row["Architecture"] == "SRAM":
                continue
            try:
                float(row["B_ADC"]), float(row["TOPS/mm2"])
                energy = float(row["E_core (pJ)"]) * 1e3 / float(row["N_ADC"])
                product = float(row["N"]) * float(row["T_core(ns)"])
            except ValueError:
                continue  # the paper does not state this figure
            rows.append((row["Index"], math.log(product), math.log(energy)))
    return rows


def line(rows):
    """Least squares: intercept and slope."""
    mean_x = sum(x for _, x, _ in rows) / len(rows)
    mean_y = sum(y for _, _, y in rows) / len(rows)
    slope = sum((x - mean_x) * (y - mean_y) for _, x, y in rows) / sum((x - mean_x) ** 2 for _, x, _ in rows)
    return mean_y - slope * mean_x, slope


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    rows = rows_of(sys.argv[1])
    papers = {paper for paper, _, _ in rows}
    intercept, slope = line(rows)
    print(f"{len(rows)} operating points of {len(papers)} papers: E = {math.exp(intercept):.3g} fJ x (N T/ns)^{slope:.3f}")
    errors = []
    for paper in papers:
        a, b = line([row for row in rows if row[0] != paper])
        errors += [y - a - b * x for other, x, y in rows if other == paper]
    spread = math.sqrt(sum(error * error for error in errors) / len(errors))
    inside = sum(abs(error) < math.log(5) for error in errors) / len(errors)
    print(f"papers left out of the fit: factor {math.exp(spread):.2g} (standard deviation), {100 * inside:.0f} % within a factor of 5")
    # The default cell and converter: 25 uS, 0.2 V from 0.8 V, weights and inputs of `mho cost`, 10 full cells of full scale, 0.36 pJ a conversion.
    full_cell_w = 25e-6 * 0.2 * 0.8
    mean_weight, mean_drive, full_scale_cells, conversion_j = 0.27, 0.2, 10, 0.36e-12
    seconds = 127e-9
    print("\nrows  column pJ  array pJ  tile.front_end.bias")
    for count in (128, 256, 512):
        column = math.exp(intercept + slope * math.log(count * seconds * 1e9)) * 1e-15
        array = count * full_cell_w * mean_weight * mean_drive * seconds
        bias = (column - array - conversion_j) / (full_scale_cells * full_cell_w * seconds)
        print(f"{count:4d}  {column * 1e12:9.1f}  {array * 1e12:8.1f}  {bias:19.1f}")


if __name__ == "__main__":
    main()
