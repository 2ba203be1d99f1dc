"""mho evaluates a trained network on a chip of analog tiles: accuracy, latency and throughput, energy and area of each part.

    import mho
    chip = mho.Design(settings={"tile.adc.bits": 6})
    mho.estimate(design=chip)["latency_s"]          # in this process, milliseconds
    mho.simulate(design=chip)["latency_s"]          # cycle by cycle, in a process of its own
    mho.run(design=chip).accuracy                   # a pandas frame
    mho.sweep(vary={"tile.adc.bits": "4..8"})       # a row for each design

Estimates, accuracies with them, and products of tiles are computed in this process, with the GIL released. Simulations, mappings and trainings run in
the command mho, which comes with this module. Both give the same bits as the command line.
"""

from __future__ import annotations

import os
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Callable, List, Mapping, Optional, Sequence, Tuple, Union

from . import _native, _worker
from ._explore import Values, axis_texts, designs_frame, points_frame
from ._errors import DoesNotFit, FailedCheck, InputError, Interrupted, MhoError, NotStored, UsageError
from ._inputs import Data, Design, Network, Setting, designs, keys
from ._progress import Sink, shown
from ._results import Result, of_text, query, table

if TYPE_CHECKING:
    import numpy
    import pandas

__version__ = _native.version()
__all__ = ["Data", "Design", "DoesNotFit", "FailedCheck", "InputError", "Interrupted", "MhoError", "Network", "NotStored", "Result", "UsageError",
           "command", "designs", "estimate", "exact_products", "keys", "map", "products", "query", "retrain", "run", "search", "simulate", "sweep", "table"]

_DesignLike = Union[Design, str, Path, None]
_NetworkLike = Union[Network, str, Path, bytes, None]
_DataLike = Union[Data, str, Path, None]
_Progress = Union[bool, Sink]
_USUAL_TIMES = ("1s", "1h", "1d", "1y")


def _design(design: _DesignLike) -> Design:
    return design if isinstance(design, Design) else Design(design)


def _data(data: _DataLike) -> Optional[Data]:
    return data if data is None or isinstance(data, Data) else Data(data)


def _network(network: _NetworkLike, data: Optional[Data]) -> Network:
    return network if isinstance(network, Network) else Network(network, data=data)


def _threads(threads: Optional[int]) -> int:
    return threads if threads is not None else os.cpu_count() or 1


def _times(times: Union[str, float, Sequence[Union[str, float]]]) -> List[str]:
    """Converts ages to the format of --times; numbers are seconds."""
    several = [times] if isinstance(times, (str, int, float)) else list(times)
    return [time.strip() for entry in several for time in (entry.split(",") if isinstance(entry, str) else [f"{float(entry)!r} s"])]


class _Line(List[str]):
    """Words of a command line; options that are None are left out."""

    def option(self, name: str, value: object) -> "_Line":
        if value is not None:
            self.extend([name, str(value)])
        return self


def _worked(line: Sequence[str], db: Optional[Union[str, Path]], progress: _Progress) -> Result:
    """Runs a command in a separate process. Without `db` the result is stored in a temporary database."""
    if db is not None:
        return Result(_worker.run([*line, "--db", str(db)], progress))
    with tempfile.TemporaryDirectory(prefix="mho-results-") as folder:
        return Result(_worker.run([*line, "--db", os.path.join(folder, "results.db")], progress))


def _chip_line(verb: str, network: Network, design: Design, data: Optional[Data], calibration: Optional[int], seed: int, reference: str, mode: Optional[str],
               tokens: Optional[int]) -> _Line:
    line = _Line([verb, *network.words(), *design.words()]).option("--data", None if data is None else data.path).option("--calibration", calibration)
    return line.option("--seed", seed).option("--reference", reference).option("--mode", mode).option("--tokens", tokens)


def estimate(network: _NetworkLike = None, design: _DesignLike = None, data: _DataLike = None, *, calibration: Optional[int] = None, seed: int = 1,
             threads: Optional[int] = None, reference: str = "systolic", mode: Optional[str] = None, tokens: Optional[int] = None,
             db: Optional[Union[str, Path]] = None, progress: _Progress = False) -> Result:
    """Estimates times, energy and area of a network on a chip: `mho simulate --fidelity estimate`, in this process.

    Without data all inputs have full scale; with data `calibration` is the number of samples that set their power. The result is stored in the
    database `db`.
    """
    chip, given = _design(design), _data(data)
    net = _network(network, given)
    line = _chip_line("simulate", net, chip, given, calibration, seed, reference, mode, tokens) + ["--fidelity", "estimate"]
    with shown(progress):
        return of_text(_native.estimate(chip.native, net.native, None if given is None else given.native, calibration, seed, _threads(threads), reference, mode,
                                        tokens or 0, None if db is None else str(db), shlex.join(["mho", *line])))


def simulate(network: _NetworkLike = None, design: _DesignLike = None, data: _DataLike = None, *, calibration: Optional[int] = None,
             inferences: Optional[int] = None, functional: bool = False, seed: int = 1, threads: Optional[int] = None, reference: str = "systolic",
             mode: Optional[str] = None, tokens: Optional[int] = None, db: Optional[Union[str, Path]] = None, progress: _Progress = False) -> Result:
    """Simulates the chip cycle by cycle, in a separate process: `mho simulate`. Several simulations can run at once, one per thread."""
    chip, given = _design(design), _data(data)
    net = _network(network, given)
    line = _chip_line("simulate", net, chip, given, calibration, seed, reference, mode, tokens)
    line.option("--threads", threads).option("--inferences", inferences)
    return _worked([*line, "--functional"] if functional else line, db, progress)


def run(network: _NetworkLike = None, design: _DesignLike = None, data: _DataLike = None, *,
        times: Union[str, float, Sequence[Union[str, float]]] = _USUAL_TIMES, repeats: int = 10, samples: Optional[int] = None, seed: int = 1,
        threads: Optional[int] = None, reference: str = "systolic", yield_threshold: float = 0.99, fidelity: str = "simulate",
        db: Optional[Union[str, Path]] = None, progress: _Progress = False) -> Result:
    """Evaluates the accuracy of a network on a chip at several ages, and its costs: `mho run`. A network needs data; the built-in network has its own.

    With fidelity="estimate" everything is computed in this process.
    """
    chip, given, ages = _design(design), _data(data), _times(times)
    net = _network(network, given)
    if given is None and not net.is_default:
        raise UsageError("a network needs data to be scored on: give data")
    line = _Line(["run", *net.words(), *chip.words()]).option("--data", None if given is None or net.is_default else given.path)
    line.option("--times", ",".join(ages)).option("--repeats", repeats).option("--samples", samples).option("--seed", seed)
    line.option("--reference", reference).option("--yield-threshold", yield_threshold).option("--fidelity", fidelity)
    if fidelity != "estimate":
        return _worked(line.option("--threads", threads), db, progress)
    scored = given if given is not None else Data("strokes")
    with shown(progress):
        return of_text(_native.run(chip.native, net.native, scored.native, [_native.parse_seconds(age) for age in ages], repeats, samples, seed,
                                   _threads(threads), reference, yield_threshold, None if db is None else str(db), shlex.join(["mho", *line])))


def map(network: _NetworkLike = None, design: _DesignLike = None, data: _DataLike = None, *, save: Optional[Union[str, Path]] = None,
        progress: _Progress = False) -> Result:  # noqa: A001: the verb's name
    """Maps a network onto a chip: `mho map`. `save` names a file for the mapping, which can be edited and read with --mapping."""
    chip, given = _design(design), _data(data)
    net = _network(network, given)
    line = _Line(["map", *net.words(), *chip.words()]).option("--data", None if given is None else given.path).option("--save", save)
    return Result(_worker.run(line, progress))


def retrain(network: _NetworkLike, data: _DataLike, out: Union[str, Path], design: _DesignLike = None, *, recipe: Optional[Union[str, Path]] = None,
            settings: Optional[Mapping[str, Setting]] = None, from_scratch: bool = False, threads: Optional[int] = None,
            db: Optional[Union[str, Path]] = None, progress: _Progress = True) -> Result:
    """Trains a network with the tiles of a chip in its forward pass and writes it to `out`: `mho retrain`. `settings` are keys of the recipe."""
    chip, given = _design(design), _data(data)
    net = _network(network, given)
    line = _Line(["retrain", net.path, *chip.words(), "--out", str(out)]).option("--data", None if given is None else given.path)
    line.option("--recipe", recipe).option("--threads", threads).option("--db", db)
    for key, value in (settings or {}).items():
        line.option("--recipe-set", f"{key}={value}")
    return Result(_worker.run([*line, "--from-scratch"] if from_scratch else line, progress))


def _exploring_line(verb: str, network: _NetworkLike, design: _DesignLike, data: _DataLike) -> "_Line":
    chip, given = _design(design), _data(data)
    net = _network(network, given)
    return _Line([verb, *net.words(), *chip.words()]).option("--data", None if given is None else given.path)


def _explored(line: Sequence[str], db: Optional[Union[str, Path]], progress: _Progress, frame: "Callable[[Result, str], pandas.DataFrame]") -> "pandas.DataFrame":
    """Returns a frame of the results of an exploration. Without `db` they are stored in a temporary database."""
    if db is None:
        with tempfile.TemporaryDirectory(prefix="mho-results-") as folder:
            return _explored(line, os.path.join(folder, "results.db"), progress, frame)
    result = Result(_worker.run([*line, "--db", str(db)], progress))
    made = frame(result, str(db))
    made.attrs["result"] = result.json
    return made


def sweep(network: _NetworkLike = None, design: _DesignLike = None, data: _DataLike = None, *, vary: "Mapping[Union[str, Tuple[str, ...]], Values]",
          constraints: Sequence[str] = (), sampling: Optional[str] = None, sampling_seed: Optional[int] = None, accuracy: bool = False,
          times: Union[str, float, Sequence[Union[str, float]], None] = None, repeats: Optional[int] = None, samples: Optional[int] = None,
          fidelity: str = "estimate", retrain_for: Optional[str] = None, front: Optional[Tuple[str, str]] = None, jobs: Optional[int] = None,
          cache: bool = True, seed: int = 1, db: Optional[Union[str, Path]] = None, progress: _Progress = True) -> "pandas.DataFrame":
    """Evaluates many designs, one row each: `mho sweep`, in separate processes.

    `vary` gives each axis its values, as a text ("4..8") or a list; axes that go together are a tuple of keys with a tuple of values each. Columns are
    the axes, the run, its figures with units in the names, accuracy@1d for each age, exit_code and reason of points without figures, and whether a
    point is one of the `best` in the two figures of `front`. `attrs["result"]` is what the command prints with --json.

    With `db` points are stored, and the same call goes on where it was interrupted. Ctrl-C stores what is finished and raises Interrupted.
    """
    line = _exploring_line("sweep", network, design, data)
    for text in axis_texts(vary):
        line.option("--vary", text)
    for condition in constraints:
        line.option("--constraint", condition)
    line.option("--sampling", sampling).option("--sampling-seed", sampling_seed).option("--times", None if times is None else ",".join(_times(times)))
    line.option("--repeats", repeats).option("--samples", samples).option("--fidelity", fidelity).option("--retrain-for", retrain_for)
    line.option("--front", None if front is None else ",".join(front)).option("--jobs", jobs).option("--seed", seed)
    line.extend([*(["--accuracy"] if accuracy else []), *([] if cache else ["--no-cache"])])
    return _explored(line, db, progress, lambda result, path: points_frame(path, result["exploration"], [member["number"] for member in result["front"]]))


def search(network: _NetworkLike = None, design: _DesignLike = None, data: _DataLike = None, *, minimise: Union[str, Sequence[str]] = (),
           maximise: Union[str, Sequence[str]] = (), keep: Optional[str] = None, throughput: Optional[str] = None, require: Sequence[str] = (),
           free: "Optional[Mapping[str, Values]]" = None, per_layer: "Optional[Mapping[str, Values]]" = None, engine: Optional[str] = None,
           evaluations: Optional[int] = None, confirm: Optional[int] = None, accuracy_by: Optional[str] = None, time: Union[str, float, None] = None,
           repeats: Optional[int] = None, samples: Optional[int] = None, jobs: Optional[int] = None, cache: bool = True, seed: int = 1,
           db: Optional[Union[str, Path]] = None, progress: _Progress = True) -> "pandas.DataFrame":
    """Searches for the best designs and returns them, best first: `mho search`, in separate processes.

    `minimise` and `maximise` name figures; `keep` ("99%"), `throughput` and `require` ("latency <= 10us") what must be kept; `free` and `per_layer` the
    keys that may change, with their values as `sweep` takes them (None: the values that the command proposes). Columns are these keys, the predicted figures, those of a full
    evaluation as confirmed_..., and whether the design keeps all constraints. `attrs["result"]` is what the command prints with --json: also
    the price of each constraint (`prices`) and the course of the search (`log`).
    """
    line = _exploring_line("search", network, design, data)
    for option, figures in (("--minimise", minimise), ("--maximise", maximise), ("--require", require)):
        for figure in [figures] if isinstance(figures, str) else figures:
            line.option(option, figure)
    for option, axes in (("--free", free), ("--per-layer", per_layer)):
        for key, values in (axes or {}).items():
            line.option(option, key if values is None else axis_texts({key: values})[0])
    line.option("--keep", keep).option("--throughput", throughput).option("--engine", engine).option("--evaluations", evaluations)
    line.option("--confirm", confirm).option("--accuracy-by", accuracy_by).option("--times", None if time is None else _times(time)[0])
    line.option("--repeats", repeats).option("--samples", samples).option("--jobs", jobs).option("--seed", seed)
    return _explored([*line, *([] if cache else ["--no-cache"])], db, progress, lambda result, _: designs_frame(result.json))


def command(*words: Union[str, Path, float], progress: _Progress = False, folder: Optional[Union[str, Path]] = None) -> Result:
    """Runs any verb of the command: command("noc", "--load", "0.1,0.5"). Relative file names start at `folder`."""
    return Result(_worker.run([str(word) for word in words], progress, None if folder is None else str(folder)))


def products(weights: "numpy.ndarray", inputs: "numpy.ndarray", design: _DesignLike = None, *, reads: int = 1, program: bool = False,
             time: Union[str, float] = "1s", seed: int = 1, threads: Optional[int] = None, progress: _Progress = False) -> "numpy.ndarray":
    """Multiplies weights [outputs, inputs] with vectors [batch, inputs] on the tiles of a chip: `mho mvm`, on arrays.

    Returns float32 [reads, batch, outputs]. All reads use one programming; with `program` each read has its own. `time` is the age of the chip.
    """
    with shown(progress):
        return _native.products(_design(design).native, weights, inputs, reads, program, _native.parse_seconds(_times(time)[0]), seed, _threads(threads))


def exact_products(weights: "numpy.ndarray", inputs: "numpy.ndarray") -> "numpy.ndarray":
    """Multiplies them without a chip; returns float32 [batch, outputs]."""
    return _native.exact_products(weights, inputs)
