"""Means, standard errors and paired differences with Student's t."""

import math


def mean(values):
    return sum(values) / len(values)


def standard_error(values):
    """Of the mean; None for a single value."""
    n = len(values)
    if n < 2:
        return None
    middle = mean(values)
    return math.sqrt(sum((v - middle) ** 2 for v in values) / (n - 1) / n)


def _t_density(x, freedom):
    scale = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - 0.5 * math.log(freedom * math.pi)
    return math.exp(scale - (freedom + 1) / 2 * math.log1p(x * x / freedom))


def student_t(freedom):
    """The 97.5 % quantile: where the density from 0 integrates to 0.475 (Simpson's rule and bisection)."""

    def mass(end, pieces=2000):
        step = end / pieces
        total = _t_density(0, freedom) + _t_density(end, freedom)
        for k in range(1, pieces):
            total += (4 if k % 2 else 2) * _t_density(k * step, freedom)
        return total * step / 3

    low, high = 1.9, 13.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if mass(middle) < 0.475 else (low, middle)
    return (low + high) / 2


class Difference:
    """Mean of a[k] - b[k] with its 95 % interval."""

    def __init__(self, a, b):
        values = [x - y for x, y in zip(a, b, strict=True)]
        self.mean = mean(values)
        self.error = standard_error(values)
        self.half = None if self.error is None else student_t(len(values) - 1) * self.error

    @property
    def decided(self):
        return self.half is not None and abs(self.mean) > self.half

    def text(self, factor=1.0, digits=2):
        if self.half is None:
            return f"{factor * self.mean:+.{digits}f}"
        text = f"{factor * self.mean:+.{digits}f} ± {factor * self.half:.{digits}f}"
        return text if self.decided else text + " (undecided)"
