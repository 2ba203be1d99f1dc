"""Checks examples/device_fit: devices of a known table, programmed and aged by the tiles of mho, are fitted, and the fit is compared with the table.

usage: device_fit.py --mho PATH --source FOLDER
Ends with code 77, that of a test that was left out, where Python has no numpy.
"""

import argparse
import os
import subprocess
import sys
import tempfile

try:
    import numpy
except ImportError:
    print("Python has no numpy")
    sys.exit(77)

# Inputs one by one, converters and noise of the periphery off: an output is the conductance of one device over that of the weight 1.
ONLY_DEVICES = ["tile.rows=64", "tile.columns=512", "tile.adc.bits=ideal", "tile.adc.bound=unlimited", "tile.dac.bits=ideal", "tile.noise.read_kind=off",
                "tile.noise.output=0", "tile.drift_compensation=none", "tile.wires.kind=none", "tile.input_range.kind=off"]
LEVELS = numpy.array([0, 2, 5, 10, 15, 20, 25.0])
DEVICES = 400  # of each level
HEADER = "conductance_us,programming_sigma_us,drift_mean,drift_sd,read_sigma_us"


class Bench:
    def __init__(self, mho, source, folder):
        self.mho, self.folder = mho, folder
        self.fit_program = os.path.join(source, "examples/device_fit/fit.py")

    def path(self, name):
        return os.path.join(self.folder, name)

    def run(self, *words):
        outcome = subprocess.run([str(word) for word in words], cwd=self.folder, capture_output=True, text=True)
        assert outcome.returncode == 0, f"{words}: {outcome.stderr}"
        return outcome.stdout

    def generate(self, table, times, reference):
        """Conductances of devices of a table by mho itself: a device for each weight, its partner of the other sign holds exactly nothing.

        Read noise is drawn here: a command draws that of its age once, so commands for several ages would share it.
        """
        random = numpy.random.default_rng(4)
        with open(self.path("truth.csv"), "w", encoding="utf-8") as file:
            file.write(HEADER + "\n" + "\n".join(",".join(f"{value:.9g}" for value in row[:4]) + ",0" for row in table) + "\n")
        weights = numpy.tile(LEVELS / LEVELS[-1], (DEVICES, 1))
        numpy.save(self.path("W.npy"), weights)
        numpy.save(self.path("X.npy"), numpy.eye(len(LEVELS)))
        keys = [*ONLY_DEVICES, "tile.device.kind=table", "tile.device.table=truth.csv", f"tile.device.table_reference={reference} s"]
        columns = []
        for time in times:
            words = [self.mho, "mvm", "--weights", "W.npy", "--inputs", "X.npy", "--out", "Y.npy", "--times", f"{max(time - reference, 1e-9):.9g} s"]
            for key in keys:
                words += ["--set", key]
            self.run(*words)
            held = LEVELS[-1] * numpy.load(self.path("Y.npy")).reshape(len(LEVELS), DEVICES).astype(float)
            sigma = numpy.interp(held, table[:, 0], table[:, 4])
            columns.append((held + sigma * random.normal(size=held.shape)).ravel())
        return numpy.repeat(LEVELS, DEVICES), columns

    def fit(self, name, *more):
        shown = self.run(sys.executable, self.fit_program, name, "--out", "fitted.yaml", *more)
        return shown, numpy.genfromtxt(self.path("fitted.csv"), delimiter=",", names=True)


def write_csv(path, targets, columns, times):
    with open(path, "w", encoding="utf-8") as file:
        file.write("target_us,programmed_us," + ",".join(f"read_us@{time:g}" for time in times[1:]) + "\n")
        for row in zip(targets, *columns):
            file.write(",".join(f"{value:.6f}" for value in row) + "\n")


def near(fitted, truth, sigmas, what):
    assert (numpy.abs(fitted - truth) <= sigmas).all(), f"{what}: {fitted} instead of {truth}, more than {sigmas} away"


def known_table_is_found(bench):
    """Every parameter within four standard errors of what `DEVICES` of a level tell."""
    reference, times = 20.0, [20, 100, 1000, 10000, 1e5, 1e6]
    programming = numpy.array([0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    drift = numpy.array([0.05, 0.05, 0.045, 0.04, 0.035, 0.03, 0.025])
    spread, read = 0.01, 0.02 + 0.008 * LEVELS
    table = numpy.column_stack([LEVELS, programming, drift, numpy.full(len(LEVELS), spread), numpy.where(LEVELS > 0, read, 0)])
    targets, columns = bench.generate(table, times, reference)
    write_csv(bench.path("measured.csv"), targets, columns, times)
    shown, fitted = bench.fit("measured.csv", "--reference", reference, "--resolution", "0.001")
    assert "programming error: supported, by level" in shown and "drift: supported, by level" in shown, shown
    assert "spread of the drift between devices: supported, same" in shown, shown
    assert "growth of the read noise with age (1/f): not supported" in shown, shown
    numpy.testing.assert_allclose(fitted["conductance_us"], LEVELS)
    of_sigma = 4 / numpy.sqrt(2 * DEVICES)  # four standard errors of a standard deviation, as a share of it
    large = LEVELS > 1
    near(fitted["programming_sigma_us"][large], programming[large], of_sigma * programming[large], "programming error")
    # Of the mean exponent: the spread, and what read noise adds over a regression of these times.
    logs = numpy.log(numpy.array(times) / reference)
    noise = numpy.sqrt(spread ** 2 + (read[1:] / LEVELS[1:]) ** 2 / ((logs - logs.mean()) ** 2).sum())
    near(fitted["drift_mean"][1:], drift[1:], 4 * noise / numpy.sqrt(DEVICES), "drift")
    near(fitted["drift_sd"][1:], spread, 4 * noise.max() ** 2 / spread / numpy.sqrt(2 * DEVICES * (len(LEVELS) - 1)), "spread of the drift")
    near(fitted["read_sigma_us"][2:], read[2:], 0.1 * read[2:], "read noise")
    assert fitted["read_sigma_us"][0] == 0 or fitted["read_sigma_us"][0] < 0.03
    # The device is one of a design.
    bench.run(bench.mho, "run", "--design", "fitted.yaml", "--samples", "40", "--repeats", "1", "--times", "1s", "--fidelity", "estimate")


def absent_terms_are_told(bench):
    """Devices that neither drift nor miss their targets, read with noise alone."""
    random = numpy.random.default_rng(5)
    times = [10.0, 100, 1000, 10000]
    targets = numpy.repeat(LEVELS[1:], 150)
    columns = [targets + 0.1 * random.normal(size=len(targets)) for _ in times]
    numpy.savez(bench.path("noise.npz"), target_us=targets, programmed_us=columns[0], time_s=numpy.array(times[1:]), read_us=numpy.column_stack(columns[1:]))
    shown, fitted = bench.fit("noise.npz", "--reference", "10")
    for absent in ("programming error", "drift", "spread of the drift between devices", "growth of the read noise with age (1/f)"):
        assert f"  {absent}: not supported by the data" in shown, (absent, shown)
    assert "read noise: supported, constant" in shown, shown
    near(fitted["read_sigma_us"], 0.1, 4 * 0.1 / numpy.sqrt(2 * 4 * len(targets)), "read noise")
    assert (fitted["programming_sigma_us"] == 0).all() and (fitted["drift_mean"] == 0).all() and (fitted["drift_sd"] == 0).all()


def growing_noise_is_told(bench):
    """Read noise whose variance is ln((t + d) / 2d): that of the last reading stands in the table."""
    random = numpy.random.default_rng(6)
    duration, times = 1e-3, [1.0, 1, 30, 1000, 3e4, 1e6, 1e6]
    targets = numpy.repeat(LEVELS[1:], 250)
    programmed = targets + 0.3 * random.normal(size=len(targets))
    growing = [0.02 * numpy.sqrt(numpy.log((time + duration) / (2 * duration))) for time in times]
    columns = [programmed * (time / times[0]) ** -0.02 + sigma * random.normal(size=len(targets)) for time, sigma in zip(times, growing)]
    write_csv(bench.path("growing.csv"), targets, columns, times)
    shown, fitted = bench.fit("growing.csv", "--reference", 1, "--read-duration", duration)
    assert "growth of the read noise with age (1/f): supported" in shown and "does not grow: it is that of an age of 1e+06 s" in shown, shown
    assert "drift: supported, same" in shown and "spread of the drift between devices: not supported" in shown, shown
    near(fitted["read_sigma_us"], growing[-1], 0.08 * growing[-1], "read noise")
    near(fitted["drift_mean"], 0.02, 0.001, "drift")


def mistakes_are_told(bench):
    def refused(text, *words, name="bad.csv", more=()):
        with open(bench.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        outcome = subprocess.run([sys.executable, bench.fit_program, name, "--reference", "20", "--out", "x.yaml", *more], cwd=bench.folder, capture_output=True, text=True)
        assert outcome.returncode != 0 and "Traceback" not in outcome.stderr, outcome.stderr
        for word in words:
            assert word in outcome.stderr, (word, outcome.stderr)

    head = "target_us,programmed_us,read_us@20\n"
    refused("target,programmed\n1,2\n", "bad.csv:1:", "target_us,programmed_us,read_us@20")
    refused("target_us,programmed_us,read_us@soon\n", "bad.csv:1:", "soon")
    refused(head + "1,1,1\n1,,1\n", "bad.csv:3:", "column programmed_us")
    refused(head + "1,1\n", "bad.csv:2: 2 fields")
    refused(head + "-1,1,1\n", "bad.csv:2:", "negative")
    refused(head + "1,1,nan\n", "bad.csv:2:", "read_us@20")
    refused(head, "no device")
    refused(head + "1,1,1\n" * 40, "same target")
    refused(head + "1,1,1\n2,2,2\n", "2 devices")
    refused(head.replace("@20", "@-1") + "1,1,1\n2,2,2\n" * 40, "above 0")
    refused(head + "1,1,1\n2,2,2\n" * 40, "before the programmed", more=("--reference", "30"))
    refused("", "bad.csv:1:")
    refused("no archive", "bad.npz", name="bad.npz")
    numpy.savez(bench.path("bad.npz"), target_us=numpy.ones(40), programmed_us=numpy.ones(40), time_s=numpy.ones(2), read_us=numpy.ones((40, 3)))
    outcome = subprocess.run([sys.executable, bench.fit_program, "bad.npz", "--reference", "1", "--out", "x.yaml"], cwd=bench.folder, capture_output=True, text=True)
    assert outcome.returncode == 1 and "read_us [40, 3]" in outcome.stderr, outcome.stderr
    outcome = subprocess.run([sys.executable, bench.fit_program, "missing.csv", "--reference", "1", "--out", "x.yaml"], cwd=bench.folder, capture_output=True, text=True)
    assert outcome.returncode == 1 and "missing.csv: No such file" in outcome.stderr, outcome.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mho", required=True)
    parser.add_argument("--source", required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mho-device-") as folder:
        bench = Bench(os.path.realpath(arguments.mho), os.path.realpath(arguments.source), folder)
        for check in (known_table_is_found, absent_terms_are_told, growing_noise_is_told, mistakes_are_told):
            check(bench)
            print(f"{check.__name__.replace('_', ' ')}: good")
    return 0


if __name__ == "__main__":
    sys.exit(main())
