"""Normalised accuracy with its interval over samples, programmings and trainings, from the scores of single samples."""

import ast
import random
import struct
import zipfile
from array import array
from operator import mul

REACHED, LOWER_END = 99.0, 98.0  # criterion A* of iso-accuracy in percent: the mean, and the lower end of its interval
REPLICATES = 1000
LARGEST_RESAMPLE = 300  # up to this number, samples are resampled one by one; beyond, in this number of random groups


def read_npz(path):
    """Arrays of doubles by name, as (shape, values)."""
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            begin = 10 + struct.unpack("<H", content[8:10])[0]
            header = ast.literal_eval(content[10:begin].decode())
            if header["descr"] != "<f8" or header["fortran_order"]:
                raise ValueError(f"{path}: {name} holds no doubles row by row")
            arrays[name.removesuffix(".npy")] = (header["shape"], array("d", content[begin:]))
    return arrays


class Scores:
    """What `mho run --per-sample` writes: `in_float` by sample, `tiles` by time and programming and sample, `counts` the samples' weights."""

    def __init__(self, counts, in_float, tiles):
        self.counts, self.in_float, self.tiles = counts, in_float, tiles

    @classmethod
    def read(cls, path):
        arrays = read_npz(path)
        (times, programmings, samples), values = arrays["tiles"]
        row = lambda k: values[k * samples:(k + 1) * samples]
        tiles = [[row(t * programmings + r) for r in range(programmings)] for t in range(times)]
        return cls(arrays["counts"][1], arrays["float"][1], tiles)

    @classmethod
    def joined(cls, parts):
        """Several sets of samples as one: the folds of a cross-validation."""
        join = lambda rows: array("d", [value for row in rows for value in row])
        times, programmings = len(parts[0].tiles), len(parts[0].tiles[0])
        tiles = [[join(p.tiles[t][r] for p in parts) for r in range(programmings)] for t in range(times)]
        return cls(join(p.counts for p in parts), join(p.in_float for p in parts), tiles)


class Estimate:
    """A number with its 95 % interval."""

    def __init__(self, mean, low, high):
        self.mean, self.low, self.high = mean, low, high

    def text(self, digits=1):
        return f"{self.mean:.{digits}f} ({self.low:.{digits}f} to {self.high:.{digits}f})"

    @property
    def verdict(self):
        """Of iso-accuracy, for a normalised accuracy in percent."""
        if self.mean >= REACHED and self.low >= LOWER_END:
            return "reached"
        return "not reached" if self.high < REACHED else "undecided"


def _groups(count, generator):
    """The number of groups and that of each sample's group: one each while there are few, else groups of random samples."""
    groups = min(count, LARGEST_RESAMPLE)
    group = [k % groups for k in range(count)]
    generator.shuffle(group)
    return groups, group


def _summed(values, counts, group, groups):
    sums = [0.0] * groups
    for value, count, g in zip(values, counts, group, strict=True):
        sums[g] += value * count
    return sums


def _drawn(count, generator):
    """How often each of `count` things is drawn: one less than there are, with replacement, so that the variance of a mean is not too small by
    (count - 1) / count (Rao and Wu, J. Am. Stat. Assoc. 83:231 (1988)). A single one is taken as it is."""
    if count == 1:
        return [1]
    times = [0] * count
    for k in generator.choices(range(count), k=count - 1):
        times[k] += 1
    return times


def normalised(trainings, reference, counts, chance, replicates=REPLICATES, seed=1):
    """A* in percent, (value - chance) / (reference - chance). `trainings`: for each training and programming the scores of the samples. `reference`: for
    each training the float scores of the same samples, or one row for all. The interval is that of a bootstrap in which samples, programmings and
    trainings are drawn apart from each other, the same ones above and below the line (the pigeonhole bootstrap: Owen, Ann. Appl. Stat. 1:386 (2007))."""
    if len({len(programmings) for programmings in trainings}) != 1:
        raise ValueError("every training needs as many programmings")
    if len(reference) not in (1, len(trainings)):
        raise ValueError("the reference needs one row, or one for every training")
    generator = random.Random(seed)
    groups, group = _groups(len(counts), generator)
    above = [[_summed(row, counts, group, groups) for row in programmings] for programmings in trainings]
    below = [_summed(row, counts, group, groups) for row in reference]
    weights = _summed([1.0] * len(counts), counts, group, groups)

    def value(of_sample, of_programming, of_training):
        total = sum(map(mul, weights, of_sample))
        many = sum(of_programming) * sum(of_training) * total
        tiles = sum(t * p * sum(map(mul, row, of_sample)) for t, rows in zip(of_training, above) if t for p, row in zip(of_programming, rows) if p)
        if len(below) == 1:
            in_float = sum(map(mul, below[0], of_sample)) / total
        else:
            in_float = sum(t * sum(map(mul, row, of_sample)) for t, row in zip(of_training, below) if t) / (sum(of_training) * total)
        return 100 * (tiles / many - chance) / (in_float - chance)

    programmings = len(trainings[0])
    drawn = sorted(value(_drawn(groups, generator), _drawn(programmings, generator), _drawn(len(trainings), generator)) for _ in range(replicates))
    ends = [drawn[round(share * (replicates - 1))] for share in (0.025, 0.975)]
    return Estimate(value([1] * groups, [1] * programmings, [1] * len(trainings)), *ends)
