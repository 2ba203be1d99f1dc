"""Measured conductances of devices: reading and checking files."""
import csv
import math
import zipfile

import numpy


class BadInput(Exception):
    """What is wrong with a file, where, and what is legal."""


FORM = "target_us,programmed_us,read_us@20,read_us@3600,... (seconds since programming behind the @)"


class Measured:
    """targets, programmed [devices], reads [devices][readings] in uS; times [readings] in s since programming."""

    def __init__(self, targets, programmed, reads, times):
        self.targets, self.programmed, self.reads, self.times = targets, programmed, reads, times

    def __len__(self):
        return len(self.targets)

    def some(self, chosen):
        return Measured(self.targets[chosen], self.programmed[chosen], self.reads[chosen], self.times)


def number(text, where, name):
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadInput(f"{where}: '{text}' in column {name} is not a number; every device needs all of its readings")
    return value


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.reader(line for line in file)
        header = [name.strip() for name in next(rows, [])]
        if header[:2] != ["target_us", "programmed_us"] or len(header) < 3:
            raise BadInput(f"{path}:1: the first line is '{','.join(header)}'; it must be {FORM}")
        times = []
        for name in header[2:]:
            if not name.startswith("read_us@"):
                raise BadInput(f"{path}:1: '{name}' is no column of readings; the first line must be {FORM}")
            times.append(number(name[len("read_us@"):], f"{path}:1", name))
        values = []
        for fields in rows:
            if not fields or fields == [""]:
                continue
            where = f"{path}:{rows.line_num}"
            if len(fields) != len(header):
                raise BadInput(f"{where}: {len(fields)} fields; the first line has {len(header)}")
            row = [number(field, where, name) for field, name in zip(fields, header)]
            if row[0] < 0:
                raise BadInput(f"{where}: the target {row[0]:g} uS is negative")
            values.append(row)
    if not values:
        raise BadInput(f"{path}: there is no device behind the first line")
    table = numpy.array(values)
    return Measured(table[:, 0], table[:, 1], table[:, 2:], numpy.array(times))


def read_npz(path):
    wanted = "target_us [devices], programmed_us [devices], time_s [readings], read_us [devices][readings]"
    try:
        with numpy.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, zipfile.BadZipFile) as why:
        raise BadInput(f"{path}: this is no .npz file of arrays ({why})") from why
    for name in ("target_us", "programmed_us", "time_s", "read_us"):
        if name not in arrays:
            raise BadInput(f"{path}: there is no array '{name}'; needed are {wanted}")
        if arrays[name].dtype.kind not in "fiu":
            raise BadInput(f"{path}: '{name}' holds no numbers; needed are {wanted}")
    targets, programmed, times, reads = (arrays[name].astype(float) for name in ("target_us", "programmed_us", "time_s", "read_us"))
    if targets.ndim != 1 or programmed.shape != targets.shape or times.ndim != 1 or reads.shape != (len(targets), len(times)):
        shapes = ", ".join(f"{name} {list(arrays[name].shape)}" for name in ("target_us", "programmed_us", "time_s", "read_us"))
        raise BadInput(f"{path}: the shapes {shapes} do not go together; needed are {wanted}")
    for name, array in (("target_us", targets), ("programmed_us", programmed), ("time_s", times), ("read_us", reads)):
        bad = numpy.argwhere(~numpy.isfinite(array))
        if len(bad):
            raise BadInput(f"{path}: {name}{[int(index) for index in bad[0]]} is not finite; every device needs all of its readings")
    if (targets < 0).any():
        raise BadInput(f"{path}: target_us[{int(numpy.argmax(targets < 0))}] is negative")
    return Measured(targets, programmed, reads, times)


def read(path, reference):
    """Readings of a CSV or .npz file. `reference`: seconds after programming at which `programmed_us` was read."""
    try:
        measured = read_npz(path) if path.endswith(".npz") else read_csv(path)
    except OSError as why:
        raise BadInput(f"{path}: {why.strerror}") from why
    except (UnicodeDecodeError, csv.Error) as why:
        raise BadInput(f"{path}: this is no text of comma-separated values ({why}); an .npz file must end in .npz") from why
    if measured.reads.shape[1] == 0:
        raise BadInput(f"{path}: there is no reading")
    least = measured.times.min()
    if least <= 0:
        raise BadInput(f"{path}: a reading at {least:g} s; times are seconds after programming, above 0")
    if least < reference:
        raise BadInput(f"{path}: a reading at {least:g} s lies before the programmed conductance was read, --reference {reference:g}")
    fewest = 30
    if len(measured) < fewest:
        raise BadInput(f"{path}: {len(measured)} devices; fewer than {fewest} say too little of a distribution")
    if len(numpy.unique(measured.targets)) < 2:
        raise BadInput(f"{path}: all devices have the same target; a table needs at least two conductances to interpolate between")
    return measured
