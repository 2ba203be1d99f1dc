#!/usr/bin/env python3
"""Tables of docs/validation.md from the rows that the test of the network wrote.

    MHO_REFERENCE=... MHO_NOC_TABLE=rows.csv build/release/test_hw --gtest_filter='*NocReferenceData*'
    scripts/noc_validation.py rows.csv
"""

import collections
import csv
import sys

NAMES = "size traffic flits channels buffer pipeline offered reference ours error tolerance scatter".split()
BANDS = ["zero load", "to 50 %", "50 to 85 %", "85 to 95 %", "saturated"]


def band(row):
    if row["tolerance"] == 0.01:
        return "zero load"
    if row["reference"] < 1.5:  # an accepted load, not a latency
        return "saturated"
    return {0.02: "to 50 %", 0.04: "to 50 %", 0.05: "50 to 85 %", 0.15: "85 to 95 %"}[row["tolerance"]]


def main():
    rows = []
    for cells in csv.reader(open(sys.argv[1])):
        row = dict(zip(NAMES, cells))
        for name in NAMES[6:]:
            row[name] = float(row[name])
        row["band"] = band(row)
        row["within"] = abs(row["error"]) <= row["tolerance"]
        row["group"] = f"{row['size']} x {row['size']} {row['traffic']}"
        rows.append(row)

    print("| rows | load | rows | within tolerance | worst within | median error |\n| --- | --- | --- | --- | --- | --- |")
    groups = collections.OrderedDict()
    for row in rows:
        groups.setdefault(row["group"], []).append(row)
    for group, members in groups.items():
        for name in BANDS:
            inside = [r for r in members if r["band"] == name]
            if not inside:
                continue
            good = [r for r in inside if r["within"]]
            errors = sorted(abs(r["error"]) for r in inside)
            worst = max((abs(r["error"]) for r in good), default=0)
            print(f"| {group} | {name} | {len(inside)} | {len(good)} | {100 * worst:.2f} % | {100 * errors[len(errors) // 2]:.2f} % |")

    print("\n| row | channels x flits | pipeline | offered | reference | ours | off | tolerance | single runs of ours |\n| " + "--- | " * 9)
    outside = sorted((r for r in rows if not r["within"]), key=lambda r: -abs(r["error"]))
    for r in outside:
        print(
            f"| {r['group']}, {r['flits']} flits | {r['channels']} x {r['buffer']} | {r['pipeline']} | {r['offered']} | {r['reference']:.4g} | "
            f"{r['ours']:.4g} | {100 * r['error']:+.1f} % | {100 * r['tolerance']:.0f} % | +- {r['scatter']:.3g} |"
        )
    print(f"\n{len(rows)} rows, {len(rows) - len(outside)} within tolerance", file=sys.stderr)


if __name__ == "__main__":
    main()
