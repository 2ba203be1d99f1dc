"""Results: the object that --json prints, and pandas frames of its parts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, Union

if TYPE_CHECKING:
    import pandas


class Result(Mapping):
    """What a verb of the command prints with --json, such as result["latency_s"]; units are in the names."""

    def __init__(self, values: Dict[str, Any]) -> None:
        self.json = values

    def __getitem__(self, key: str) -> Any:
        return self.json[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.json)

    def __len__(self) -> int:
        return len(self.json)

    def __repr__(self) -> str:
        shown = ("network", "latency_s", "throughput_per_s", "energy_per_inference_j", "area_mm2", "float_accuracy")
        return f"Result({', '.join(f'{key}={self.json[key]!r}' for key in shown if key in self.json)})"

    @property
    def figures(self) -> "pandas.Series":
        """The single numbers."""
        import pandas

        return pandas.Series({key: value for key, value in self.json.items() if isinstance(value, (int, float)) and not isinstance(value, bool)})

    def frame(self, key: str) -> "Union[pandas.DataFrame, pandas.Series]":
        """A table or a list of named numbers: frame("layers"), frame("energy_by_block_j")."""
        import pandas

        value = self.json[key]
        if isinstance(value, list):
            return pandas.DataFrame(value)
        if isinstance(value, dict):
            return pandas.Series(value, dtype=None if value else float)
        raise TypeError(f"{key} is {type(value).__name__}, neither a list nor an object")

    @property
    def layers(self) -> "pandas.DataFrame":
        """One row a layer."""
        return self.frame("layers")

    @property
    def accuracy(self) -> "pandas.DataFrame":
        """One row an age of the chip: mean, standard errors, spread, yield."""
        return self.frame("accuracy")

    @property
    def components(self) -> "pandas.DataFrame":
        """Energy, leakage and area, one row a component."""
        return self.frame("components")


def table(results: Iterable[Result]) -> "pandas.DataFrame":
    """Figures of several results, one row each; accuracies as accuracy_<age in seconds>s."""
    import pandas

    rows = []
    for result in results:
        row = dict(result.figures)
        row.update({f"accuracy_{entry['time_s']:g}s": entry["mean"] for entry in result.get("accuracy", [])})
        rows.append(row)
    return pandas.DataFrame(rows)


def query(sql: str, db: Union[str, Path] = "results.db") -> "pandas.DataFrame":
    """Rows of a database of results, which is opened for reading alone. docs/database.md describes its views."""
    import pandas

    connection = sqlite3.connect(f"{Path(db).resolve().as_uri()}?mode=ro", uri=True)
    try:
        return pandas.read_sql_query(sql, connection)
    finally:
        connection.close()


def of_text(text: str) -> Result:
    return Result(json.loads(text))
