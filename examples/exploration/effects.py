#!/usr/bin/env python3
"""What each axis of a sweep does: medians over all points, and over pairs of points that differ in this axis alone.

usage: effects.py RESULTS.db   (of several sweeps in it the one with most points)
"""
import json
import os
import sqlite3
import statistics
import sys

FIGURES = (("accuracy", "accuracy", 1, "%"), ("energy_per_inference_j", "energy", 1e9, "nJ"), ("interval_s", "interval", 1e6, "us"),
           ("area_mm2", "area", 1, "mm2"))


def points_of(path):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = connection.execute("""
        SELECT p.settings, r.energy_per_inference_j, r.interval_s, r.area_mm2,
               (SELECT avg(value) FROM accuracy WHERE run = r.id AND time_s = (SELECT max(time_s) FROM accuracy WHERE run = r.id))
        FROM point p JOIN run r ON r.uid = p.run_uid WHERE r.exit_code = 0
          AND p.exploration = (SELECT exploration FROM point GROUP BY exploration ORDER BY count(*) DESC LIMIT 1)""").fetchall()
    connection.close()
    points = []
    for settings, energy, interval, area, accuracy in rows:
        figures = {"energy_per_inference_j": energy, "interval_s": interval, "area_mm2": area}
        if accuracy is not None:
            figures["accuracy"] = 100 * accuracy
        points.append((json.loads(settings), figures))
    return points


def axes_of(points):
    """Axes that vary, those that go together as one, with their values in order."""
    columns = {}
    for key in points[0][0]:
        values = [settings[key] for settings, _ in points]
        if len(set(values)) > 1:
            columns[key] = values
    return columns


def as_number(text):
    try:
        return (0, float(text), text)
    except ValueError:
        return (-2 if text == "none" else -1, 0, text)


def effects(points, key, apart):
    """Medians by value of an axis, and of the ratio, or difference, to the first value among points that are equal but for `apart`."""
    others = [name for name in axes_of(points) if name not in apart]
    values = sorted({settings[key] for settings, _ in points}, key=as_number)
    twins = {}
    for settings, figures in points:
        twins.setdefault((tuple(settings[name] for name in others), settings[key]), figures)
    for value in values:
        row = [value]
        for name, _, scale, _ in FIGURES:
            own = [figures[name] for settings, figures in points if settings[key] == value and name in figures]
            if not own:
                row.append("-")
                continue
            pairs = [(figures[name], twins[(rest, values[0])][name]) for (rest, at), figures in twins.items()
                     if at == value and (rest, values[0]) in twins and name in figures]
            if name == "accuracy":
                change = f"{statistics.median(a - b for a, b in pairs):+.1f}" if pairs else ""
            else:
                change = f"x{statistics.median(a / b for a, b in pairs):.2f}" if pairs else ""
            row.append(f"{scale * statistics.median(own):.4g} {change if value != values[0] else ''}".strip())
        yield row


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        points = points_of(sys.argv[1])
    except sqlite3.Error as why:
        sys.exit(f"effects.py: {sys.argv[1]}: {why}")
    if not points:
        sys.exit(f"effects.py: {sys.argv[1]} holds no point with figures")
    print(f"{len(points)} points; median, and what it is against the first value with all else equal\n")
    varying = list(axes_of(points))
    # Axes that change with the tile size are not shown separately.
    with_size = [name for name in ("tile.rows", "tile.columns", "chip.mesh.width", "chip.mesh.height") if name in varying]
    for key in varying:
        if key in with_size and key != "tile.rows":
            continue
        apart = [key, "chip.mesh.width", "chip.mesh.height"] + (with_size if key == "tile.rows" else [])
        print(f"{key:20}" + "".join(f"{label + ', ' + unit:>20}" for _, label, _, unit in FIGURES))
        for value, *cells in effects(points, key, apart):
            print(f"{os.path.basename(value):>20}" + "".join(f"{cell:>20}" for cell in cells))
        print()


if __name__ == "__main__":
    main()
