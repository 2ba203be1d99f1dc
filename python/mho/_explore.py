"""Axes of sweeps and searches as options of the command, and their results as pandas frames."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Sequence, Tuple, Union

from ._inputs import Setting, setting_text

if TYPE_CHECKING:
    import pandas

Values = Union[str, Sequence[Setting], Sequence[Sequence[Setting]]]
"""Values of an axis: a text in the format of --vary ("4..8"), or a list; for linked axes a tuple of values, one per axis."""

_FIGURES = ("latency_s", "interval_s", "throughput_per_s", "energy_per_inference_j", "average_power_w", "leakage_w", "area_mm2", "tops_per_watt", "tiles",
            "utilisation", "float_accuracy")


def axis_texts(axes: "Mapping[Union[str, Tuple[str, ...]], Values]") -> List[str]:
    """Converts {"tile.adc.bits": range(4, 9), ("chip.mesh.width", "chip.mesh.height"): [(6, 6), (8, 8)]} to KEY=VALUES."""
    texts = []
    for key, values in axes.items():
        name = key if isinstance(key, str) else "/".join(key)
        if not isinstance(values, str):
            values = ",".join(setting_text(value) if isinstance(key, str) else "/".join(setting_text(each) for each in value) for value in values)
        texts.append(f"{name}={values}")
    return texts


def age_text(seconds: float) -> str:
    """Names an age as the command does: 86400 is 1d. Uses the largest unit that gives a whole number."""
    for unit, name in ((31_536_000, "y"), (86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= unit and seconds % unit == 0:
            return f"{seconds // unit:g}{name}"
    return f"{seconds:g}s"


def _as_numbers(frame: "pandas.DataFrame", columns: Sequence[str]) -> "pandas.DataFrame":
    """Converts columns of settings, which are texts, to numbers where all entries are numbers."""
    import pandas

    for column in columns:
        numbers = pandas.to_numeric(frame[column], errors="coerce")
        if numbers.notna().all():
            frame[column] = numbers
    return frame


def points_frame(db: Union[str, Path], exploration: str, front: Sequence[int]) -> "pandas.DataFrame":
    """Reads the points of an exploration from a database, one row each, ordered by number."""
    import pandas

    connection = sqlite3.connect(f"{Path(db).resolve().as_uri()}?mode=ro", uri=True)
    try:
        # v_run computes many values for each row; the table run stores the requested ones.
        columns = ", ".join(f"r.{name}" for name in _FIGURES)
        rows = pandas.read_sql_query(f"SELECT p.number, p.settings, r.id AS run, {columns}, p.exit_code, p.reason FROM point p LEFT JOIN run r "
                                     "ON r.uid = p.run_uid WHERE p.exploration = ? ORDER BY p.number", connection, params=(exploration,))
        scores = pandas.read_sql_query("SELECT a.run, a.time_s, avg(a.value) AS mean FROM accuracy a JOIN run r ON r.id = a.run JOIN point p ON "
                                       "p.run_uid = r.uid WHERE p.exploration = ? GROUP BY a.run, a.time_s", connection, params=(exploration,))
    finally:
        connection.close()
    settings = pandas.DataFrame([json.loads(text) for text in rows["settings"]], index=rows.index)
    settings = _as_numbers(settings, list(settings.columns))
    frame = pandas.concat([settings, rows.drop(columns="settings")], axis=1)
    for time in sorted(scores["time_s"].unique()):
        of_age = scores[scores["time_s"] == time].set_index("run")["mean"]
        frame[f"accuracy@{age_text(time)}"] = frame["run"].map(of_age)
    frame["best"] = frame["number"].isin(list(front))
    frame["run"] = frame["run"].astype("Int64")
    return frame.dropna(axis=1, how="all").set_index("number")


def designs_frame(result: Dict[str, Any]) -> "pandas.DataFrame":
    """Returns the designs that a search found, best first: the confirmed designs, or the predicted ones if none was confirmed."""
    import pandas

    rows = []
    for design in result["confirmed"] or result["best"]:
        row = dict(text.split("=", 1) for text in design["set"])
        free = list(row)
        if design["layer"]:
            row["layer"] = design["layer"]
        row.update(design["predicted"])
        if design["confirmed"] is not None:
            row.update({f"confirmed_{name}": value for name, value in design["confirmed"].items()})
        row.update({"keeps_all": design["keeps_all"], "reason": design["reason"]})
        rows.append((row, free))
    frame = pandas.DataFrame([row for row, _ in rows])
    frame = _as_numbers(frame, [key for key in frame.columns if any(key in free for _, free in rows)])
    return frame if frame.empty else frame.dropna(axis=1, how="all")
