#!/usr/bin/env python3
"""Writes readings of devices that are drawn, to try fit.py on: make_example.py MEASURED.csv

1400 devices on 7 levels from 0 to 25 uS, programmed with an error of 0.2 uS + 3 % of the target, that drift with exponents of 0.05 - 0.0005 / uS and
a spread of 0.01, read eight times from 20 s to 11 days with noise of 0.05 uS + 1 %.
"""
import sys

import numpy


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    random = numpy.random.default_rng(3)
    targets = numpy.repeat([0, 2, 5, 10, 15, 20, 25.0], 200)
    programmed = numpy.maximum(targets + (0.2 + 0.03 * targets) * random.normal(size=targets.shape), 0)
    exponents = 0.05 - 0.0005 * targets + 0.01 * random.normal(size=targets.shape)
    first, times = 20.0, [20, 20, 100, 1000, 3600, 86400, 1e6]

    def reading(time):
        held = programmed * (time / first) ** -exponents
        return held + (0.05 + 0.01 * held) * random.normal(size=targets.shape)

    columns = [targets, reading(first), *(reading(time) for time in times)]
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write("target_us,programmed_us," + ",".join(f"read_us@{time:g}" for time in times) + "\n")
        for row in zip(*columns):
            file.write(",".join(f"{value:.5g}" for value in row) + "\n")


if __name__ == "__main__":
    main()
