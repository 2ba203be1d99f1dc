"""A statistical model of memory devices, the one behind tile.device.kind: table, and its fit by maximum likelihood.

A device of target T is programmed to p = T + sigma_p x, and read at time t as g = p (t / t0)^-nu + sigma_r(p (t / t0)^-nu) h(t) y, with
nu = mean + spread z; x, y, z are standard normal, y anew for each reading. h(t) is 1, or grows as noise with a 1/f spectrum does between the
duration of a reading and its age (Nandakumar et al., ICECS 2020). What a reading right after programming gives is such a reading at t0.

Conditional on nothing but the parameters, p and nu of a device are latent. They are found by Gauss-Newton steps, the likelihood by Laplace's method
about them, the parameters by expectation and maximisation (EM).
"""
import dataclasses

import numpy

TERMS = {
    "programming": ["none", "same", "by level"],
    "drift": ["none", "same", "by level"],
    "drift spread": ["none", "same", "by level"],
    "read noise": ["none", "constant", "proportional", "by level"],
    "read growth": ["none", "1/f"],
}
FULLEST = {term: kinds[-1] for term, kinds in TERMS.items()}
SMALLEST_SPREAD = 1e-6


def growth(times, reference, duration):
    """Noise of a reading over that at the reference time, where it is accumulated 1/f noise."""
    return numpy.sqrt(numpy.log((times + duration) / (2 * duration)) / numpy.log((reference + duration) / (2 * duration)))


class Levels:
    """The conductances at which a device is described: the targets, or where there are many of them parts with equally many devices."""

    def __init__(self, targets, most=24, parts=12):
        distinct = numpy.unique(targets)
        if len(distinct) <= most:
            self.conductances = distinct
            self.bounds = (distinct[1:] + distinct[:-1]) / 2
        else:
            self.bounds = numpy.unique(numpy.quantile(targets, numpy.linspace(0, 1, parts + 1)[1:-1]))
            part = numpy.searchsorted(self.bounds, targets, side="right")
            self.conductances = numpy.array([targets[part == k].mean() for k in range(len(self.bounds) + 1)])
        self.least, self.most = distinct[0], distinct[-1]

    def of(self, targets):
        return numpy.searchsorted(self.bounds, targets, side="right")

    def __len__(self):
        return len(self.conductances)


@dataclasses.dataclass
class Device:
    """Parameters by level; conductances in uS."""

    programming: numpy.ndarray
    drift: numpy.ndarray
    spread: numpy.ndarray
    read: numpy.ndarray
    grows: bool


class Fit:
    """Of one combination of terms to the readings of some devices."""

    def __init__(self, measured, levels, reference, duration, resolution, terms):
        self.levels, self.terms, self.resolution = levels, terms, resolution
        self.reference, self.duration = reference, duration
        self.device = None
        self.data(measured)

    def data(self, measured):
        """Other devices, of the same kind."""
        self.targets = measured.targets
        self.level = self.levels.of(measured.targets)
        self.values = numpy.column_stack([measured.programmed, measured.reads])
        times = numpy.concatenate([[self.reference], measured.times])
        self.logs = numpy.log(times / self.reference)
        self.grown = growth(times, self.reference, self.duration) if self.terms["read growth"] == "1/f" else numpy.ones(len(times))
        return self

    def read_sigma(self, device, conductance):
        """Linear between levels, constant outside, as the table is read."""
        return numpy.maximum(numpy.interp(conductance, self.levels.conductances, device.read), self.resolution)

    def latent(self, device, steps=4):
        """Most likely p and nu of each device with their covariance, and the log likelihood of its readings."""
        k = self.level
        prior_p = 1 / numpy.maximum(device.programming[k], self.resolution) ** 2
        prior_nu = 1 / numpy.maximum(device.spread[k], SMALLEST_SPREAD) ** 2
        mean_nu = device.drift[k]
        p, nu = self.targets.astype(float).copy(), mean_nu.copy()
        # If the distribution is wider than the resolution, the first reading is the initial value; otherwise the target is.
        p = numpy.where(device.programming[k] > self.resolution, self.values[:, 0], p)
        for step in range(steps + 1):
            decay = numpy.exp(-nu[:, None] * self.logs)
            expected = p[:, None] * decay
            # Noise at the conductance of the model, not at the noisy reading.
            noise = (self.read_sigma(device, numpy.maximum(expected, 0)) * self.grown) ** 2
            slope_nu = -expected * self.logs
            rest = self.values - expected
            a = (decay * decay / noise).sum(1) + prior_p
            b = (decay * slope_nu / noise).sum(1)
            c = (slope_nu * slope_nu / noise).sum(1) + prior_nu
            determinant = a * c - b * b
            if step == steps:
                break
            along_p = (decay * rest / noise).sum(1) + prior_p * (self.targets - p)
            along_nu = (slope_nu * rest / noise).sum(1) + prior_nu * (mean_nu - nu)
            p = p + (c * along_p - b * along_nu) / determinant
            nu = nu + numpy.clip((a * along_nu - b * along_p) / determinant, -0.2, 0.2)
        variance = {"p": c / determinant, "nu": a / determinant, "both": -b / determinant}
        likelihood = -0.5 * ((rest * rest / noise).sum(1) + numpy.log(2 * numpy.pi * noise).sum(1) + prior_p * (p - self.targets) ** 2 +
                             prior_nu * (nu - mean_nu) ** 2 - numpy.log(prior_p) - numpy.log(prior_nu) + numpy.log(determinant))
        spread = (decay * decay * variance["p"][:, None] + slope_nu * slope_nu * variance["nu"][:, None] +
                  2 * decay * slope_nu * variance["both"][:, None])
        return p, nu, variance, rest * rest + spread, expected, likelihood

    def averaged(self, kind, values):
        """Mean by level, or of all the same; 0 for none."""
        count = len(self.levels)
        if kind == "none":
            return numpy.zeros(count)
        if kind == "same":
            return numpy.full(count, values.mean())
        held = numpy.bincount(self.level, minlength=count)
        mean = numpy.bincount(self.level, values, count) / numpy.maximum(held, 1)
        return numpy.where(held > 0, mean, values.mean())

    def start(self):
        """Rough values that EM begins with."""
        count = len(self.levels)
        error = self.values[:, 0] - self.targets
        programming = numpy.sqrt(self.averaged("by level", error * error))
        large = self.targets > 0.2 * self.targets.max()
        ratio = numpy.maximum(self.values[large], self.resolution)
        centred = self.logs - self.logs.mean()
        power = (centred * centred).sum()
        slopes = -(numpy.log(ratio) * centred).sum(1) / power if power > 0 else numpy.zeros(1)
        spread = max(float(numpy.subtract(*numpy.percentile(slopes, [75, 25]))) / 1.35, 1e-3)
        read = numpy.full(count, max(0.2 * float(programming.mean()), 0.005 * self.targets.max()))
        return Device(programming, numpy.full(count, float(numpy.median(slopes))), numpy.full(count, spread), read, True)

    def limited(self, device):
        """Without the terms that this fit leaves out."""
        zero = numpy.zeros(len(self.levels))
        terms = self.terms
        return Device(zero if terms["programming"] == "none" else device.programming, zero if terms["drift"] == "none" else device.drift,
                      zero if terms["drift spread"] == "none" else device.spread, zero if terms["read noise"] == "none" else device.read,
                      terms["read growth"] == "1/f")

    def read_noise(self, device, squares, expected):
        """The read sigma that makes the squares of what is left most likely."""
        kind, nodes = self.terms["read noise"], self.levels.conductances
        squares = squares / self.grown ** 2
        if kind == "none":
            return numpy.zeros(len(nodes))
        if kind == "constant":
            return numpy.full(len(nodes), numpy.sqrt(squares.mean()))
        if kind == "proportional":
            size = numpy.maximum(expected, self.resolution)
            seen = expected > 0.05 * nodes[-1]
            return nodes * numpy.sqrt((squares / (size * size))[seen].mean())
        place = numpy.clip(numpy.searchsorted(nodes, expected, side="right") - 1, 0, len(nodes) - 2)
        share = numpy.clip((expected - nodes[place]) / (nodes[place + 1] - nodes[place]), 0, 1)
        sigma = numpy.maximum(device.read, self.resolution)
        # One Fisher scoring step for the normal likelihood, with sigma linear between nodes.
        at = (1 - share) * sigma[place] + share * sigma[place + 1]
        weight = 2 / (at * at)
        goal = (squares - at * at) / (2 * at)
        count = len(nodes)
        lower, upper = (place.ravel(), ((1 - share) * numpy.ones_like(at)).ravel()), ((place + 1).ravel(), share.ravel())
        matrix, right = numpy.zeros((count, count)), numpy.zeros(count)
        for node, part in (lower, upper):
            right += numpy.bincount(node, part * (weight * goal).ravel(), count)
            for other, other_part in (lower, upper):
                matrix += numpy.bincount(node * count + other, part * other_part * weight.ravel(), count * count).reshape(count, count)
        matrix += numpy.diag(1e-6 * matrix.diagonal().max() * numpy.ones(count))
        step = numpy.linalg.solve(matrix, right)
        return numpy.maximum(sigma + numpy.clip(step, -0.5 * sigma, sigma), self.resolution)

    def run(self, start=None, iterations=150, tolerance=1e-5):
        device = self.limited(start or self.start())
        last = -numpy.inf
        for _ in range(iterations):
            p, nu, variance, squares, expected, likelihood = self.latent(device)
            now = float(likelihood.mean())
            if abs(now - last) < tolerance:
                break
            last = now
            error = (p - self.targets) ** 2 + variance["p"]
            # Conductances are not negative, which cuts off the distribution near zero. There the half above the target represents both halves.
            near = self.targets < 2 * device.programming[self.level]
            error = numpy.where(near, 2 * error * (p >= self.targets), error)
            drift = self.averaged(self.terms["drift"], nu)
            from_mean = (nu - drift[self.level]) ** 2 + variance["nu"]
            device = Device(numpy.sqrt(self.averaged(self.terms["programming"], error)), drift,
                            numpy.sqrt(self.averaged(self.terms["drift spread"], from_mean)), self.read_noise(device, squares, expected), device.grows)
        self.device = device
        return self

    def score(self, measured):
        """Log likelihood of each of other devices."""
        scored = Fit(measured, self.levels, self.reference, self.duration, self.resolution, self.terms)
        return scored.latent(self.device)[-1]
