#!/usr/bin/env python3
"""Fits a memory device of your own to measured conductances, and writes it as tile.device.kind: table of a design.

usage: fit.py MEASURED.csv --reference SECONDS --out device.yaml

SECONDS after programming programmed_us was read. MEASURED.csv has one line a device: target_us,programmed_us,read_us@20,read_us@3600,... with the
seconds after programming behind the @; a time may stand there several times. MEASURED.npz has the arrays target_us, programmed_us [devices], time_s
[readings] and read_us [devices][readings].

Which terms the data support is decided by cross-validation: of programming error, drift, its spread between devices, read noise and the growth of
that with age, the simplest form is taken whose score on devices left out of the fit is within two standard errors of the best. (Within one, chance
would pass for a term in one of six cases.) Writes device.yaml and beside it device.csv, the table.
"""
import argparse
import os
import sys

import numpy

import measured as files
from device_model import TERMS, Fit, Levels, growth

SENTENCES = {
    "programming": "programming error", "drift": "drift", "drift spread": "spread of the drift between devices", "read noise": "read noise",
    "read growth": "growth of the read noise with age (1/f)",
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("measured", help="CSV or .npz")
    parser.add_argument("--out", required=True, help="design, .yaml; the table is written beside it, .csv")
    parser.add_argument("--reference", type=float, required=True, help="seconds after programming at which programmed_us was read")
    parser.add_argument("--read-duration", type=float, default=250e-9, help="seconds that a reading takes (250e-9)")
    parser.add_argument("--age", type=float, help="seconds after programming whose read noise the table holds, where it grows (the last reading's)")
    parser.add_argument("--resolution", type=float, help="uS below which the measurement sees nothing (1e-4 of the largest target)")
    parser.add_argument("--folds", type=int, default=5, help="parts of the cross-validation (5)")
    parser.add_argument("--seed", type=int, default=1, help="of the division into parts")
    given = parser.parse_args()
    if not given.out.endswith(".yaml"):
        parser.error(f"--out {given.out}: a design file ends in .yaml")
    for name in ("reference", "read_duration", "age", "resolution"):
        if getattr(given, name) is not None and not getattr(given, name) > 0:
            parser.error(f"--{name.replace('_', '-')} is above 0")
    if given.folds < 2:
        parser.error("--folds is at least 2")
    return given


def candidates(data, reference):
    """The forms of each term that these readings can tell apart, and why others are left out."""
    times = len(numpy.unique(numpy.concatenate([[reference], data.times])))
    forms, left_out = dict(TERMS), {}
    if times < 2:
        for term in ("drift", "drift spread"):
            forms[term], left_out[term] = ["none"], "all readings are of one time"
    fewest = 2 if times < 2 else 3
    if data.reads.shape[1] + 1 < fewest:
        # Each device has its own conductance and exponent. Only readings beyond these two determine the noise.
        forms["drift spread"], left_out["drift spread"] = ["none"], "two readings do not tell it from read noise"
    if times < 3:
        forms["read growth"], left_out["read growth"] = ["none"], "it needs readings at three times"
    return forms, left_out


def scores(data, levels, given, reference, resolution, terms, starts):
    """Log likelihood of each device under a fit to the other folds."""
    order = numpy.random.default_rng(given.seed).permutation(len(data))
    total = numpy.empty(len(data))
    for fold in range(given.folds):
        out = order[fold::given.folds]
        rest = numpy.setdiff1d(order, out)
        fit = Fit(data.some(rest), levels, reference, given.read_duration, resolution, terms).run(starts[fold])
        if starts[fold] is None:
            starts[fold] = fit.device
        total[out] = fit.score(data.some(out))
    return total


def choose(data, levels, given, reference, resolution):
    """The terms that the data support, and what each form of each term scores below the best."""
    forms, left_out = candidates(data, reference)
    terms = {term: kinds[-1] for term, kinds in forms.items()}
    starts = [None] * given.folds
    known = {}

    def scored(choice):
        key = tuple(choice.values())
        if key not in known:
            known[key] = scores(data, levels, given, reference, resolution, choice, starts)
        return known[key]

    rows = []
    scored(terms)
    # Growth comes first, because it could be mistaken for a spread; read noise comes last.
    for term in ("read growth", "programming", "drift spread", "drift", "read noise"):
        if len(forms[term]) == 1:
            rows.append((term, [(forms[term][0], 0.0, 0.0)], forms[term][0], left_out[term]))
            continue
        tried = {kind: scored({**terms, term: kind}) for kind in forms[term]}
        best = max(tried, key=lambda kind: tried[kind].mean())
        losses = []
        for kind, score in tried.items():
            loss = tried[best] - score
            losses.append((kind, loss.mean(), loss.std(ddof=1) / numpy.sqrt(len(loss)) if kind != best else 0.0))
        chosen = next(kind for kind, loss, error in losses if loss <= 2 * error)
        terms[term] = chosen
        rows.append((term, losses, chosen, ""))
    if terms["read noise"] == "none":
        terms["read growth"] = "none"
    return terms, rows


def report(rows, terms):
    print("\nScore below the best form of a term, log likelihood a device, on devices left out of the fit (+- its standard error):")
    order = list(TERMS)
    for term, losses, chosen, why in sorted(rows, key=lambda row: order.index(row[0])):
        print(f"  {SENTENCES[term]}")
        for kind, loss, error in losses:
            shown = "best" if loss == 0 and error == 0 else f"{loss:9.3f} +- {error:.3f}"
            print(f"    {kind:12}  {shown:>18}{'   <- taken' if kind == chosen else ''}")
        if why:
            print(f"    cannot be told: {why}")
    print()
    for term in order:
        print(f"  {SENTENCES[term]}: " + ("not supported by the data" if terms[term] == "none" else f"supported, {terms[term]}"))


def table_rows(levels, device):
    rows = [list(row) for row in zip(levels.conductances, device.programming, device.drift, device.spread, device.read)]
    # The first and the last row are the conductances for the weights 0 and 1.
    if levels.least < rows[0][0]:
        rows.insert(0, [levels.least, *rows[0][1:]])
    if levels.most > rows[-1][0]:
        rows.append([levels.most, *rows[-1][1:]])
    return rows


def write(given, levels, device, terms, reference, source, resolution, factor):
    """`factor`: read noise at the age of the table over that at the first reading."""
    table = os.path.splitext(given.out)[0] + ".csv"
    seen = []
    for conductance, programming, drift, spread, read in table_rows(levels, device):
        # Values below the resolution of the measurement are set to zero.
        seen.append([conductance, programming if programming > resolution else 0.0, drift, spread, factor * read if read > resolution else 0.0])
    with open(table, "w", encoding="utf-8") as file:
        file.write("conductance_us,programming_sigma_us,drift_mean,drift_sd,read_sigma_us\n")
        for row in seen:
            file.write(",".join(f"{value:.6g}" for value in row) + "\n")
    with open(given.out, "w", encoding="utf-8") as file:
        file.write(f"# A device fitted to {os.path.basename(source)} by examples/device_fit/fit.py.\n")
        for term in TERMS:
            file.write(f"# {SENTENCES[term]}: {'not supported by the data' if terms[term] == 'none' else terms[term]}\n")
        file.write(f"tile:\n  device:\n    kind: table\n    table: {os.path.basename(table)}\n    table_reference: {reference:.9g} s\n")
    return table, seen


def main():
    given = arguments()
    reference = given.reference
    try:
        data = files.read(given.measured, reference)
    except files.BadInput as why:
        sys.exit(f"fit.py: {why}")
    if given.read_duration >= reference:
        sys.exit(f"fit.py: --read-duration {given.read_duration:g}: a reading takes less time than passes before the first one, {reference:g} s")
    resolution = given.resolution or 1e-4 * data.targets.max()
    levels = Levels(data.targets)
    print(f"{len(data)} devices, {len(levels)} levels from {levels.least:g} to {levels.most:g} uS, {data.reads.shape[1]} readings from "
          f"{data.times.min():g} to {data.times.max():g} s after programming")
    terms, rows = choose(data, levels, given, reference, resolution)
    report(rows, terms)
    fit = Fit(data, levels, reference, given.read_duration, resolution, terms).run()
    device = fit.device
    age = given.age or data.times.max()
    factor = growth(age, reference, given.read_duration) if terms["read growth"] == "1/f" else 1.0
    table, shown = write(given, levels, device, terms, reference, given.measured, resolution, factor)
    print(f"\n  {'conductance':>11}  {'programming':>11}  {'drift':>7}  {'spread':>7}  {'read noise':>10}")
    for conductance, programming, drift, spread, read in shown:
        print(f"  {conductance:8.3g} uS  {programming:8.3g} uS  {drift:7.4f}  {spread:7.4f}  {read:7.3g} uS")
    p = fit.latent(device)[0]
    error = p - data.targets
    offset = numpy.array([error[fit.level == k].mean() for k in range(len(levels))])
    far = int(numpy.argmax(numpy.abs(offset) * (levels.conductances > 2 * device.programming)))
    if abs(offset[far]) > 0.2 * device.programming[far] and abs(offset[far]) > resolution:
        print(f"\n  the mean of the programmed conductances is off, most at {levels.conductances[far]:.3g} uS, by {offset[far]:+.3g} uS; a table has no "
              "such term, the programming error holds it")
    if factor != 1:
        print(f"\n  the read noise of a table does not grow: it is that of an age of {age:g} s, {factor:.2f} times that of {reference:g} s; --age chooses")
    print(f"\nwritten: {given.out}, {table}\n  next: mho run --design {given.out}")


if __name__ == "__main__":
    main()
