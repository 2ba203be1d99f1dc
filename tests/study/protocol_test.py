"""The order of choices and scores, with trainings and runs whose results are made up."""

import os
import struct
import sys
import tempfile
import types
import unittest
import zipfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "study"))

from isoaccuracy import Isoaccuracy  # noqa: E402
from jobs import Measure, Train  # noqa: E402
from remedies import Remedies  # noqa: E402
from subjects import Costs, Subject  # noqa: E402
from training_claims import Probes  # noqa: E402

SAMPLES = 40


def write_npz(path, in_float, tiles):
    """`tiles` by time and programming."""
    arrays = {"counts": ((SAMPLES,), [1.0] * SAMPLES), "float": ((SAMPLES,), in_float),
              "tiles": ((len(tiles), len(tiles[0]), SAMPLES), [v for time in tiles for row in time for v in row])}
    with zipfile.ZipFile(path, "w") as archive:
        for name, (shape, values) in arrays.items():
            header = repr({"descr": "<f8", "fortran_order": False, "shape": shape}).encode() + b"\n"
            archive.writestr(name + ".npy", b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header + struct.pack(f"<{len(values)}d", *values))


class Made:
    """Stands for the workshop: jobs are known by their titles and done when a test says so."""

    def __init__(self, folder):
        self.folder = folder
        self.finished = set()
        self.courses = {}  # by a part of the title: float and tiles on validation data
        self.shares = {}  # by a part of the title: share of right samples in float and by age
        self.energies = {}

    def key(self, job):
        return job.title

    def is_done(self, job):
        return job.title in self.finished

    def found(self, table, job, other):
        return next((value for part, value in table.items() if part in job.title), other)

    def course(self, job):
        in_float, on_tiles = self.found(self.courses, job, (0.9, 0.9))
        return {"metric": "top1", "wall_s": 60, "validation": {"samples": 270, "before": {"float": 0.8, "tiles": 0.7}, "after": {"float": in_float, "tiles": on_tiles}}}

    def result(self, job):
        layers = [{"name": "quiet", "tiles": 1, "snr_db": 30.0}, {"name": "loud", "tiles": 1, "snr_db": 10.0}, {"name": "digital", "tiles": 0, "snr_db": None}]
        return {"metric": "top1", "chance": 0.0, "energy_per_inference_j": self.found(self.energies, job, 1e-6), "area_mm2": 60.0, "tiles": 2, "interval_s": 1e-4,
                "programming": {"energy_j": 1e-3, "time_s": 1e-2}, "layers": layers}

    def beside(self, job, _):
        path = os.path.join(self.folder, job.title.replace("/", " ") + ".npz")
        shares = self.found(self.shares, job, (0.9, 0.9, 0.9, 0.9))
        row = lambda share: [1.0] * round(share * SAMPLES) + [0.0] * (SAMPLES - round(share * SAMPLES))
        write_npz(path, row(shares[0]), [[row(share)] * 2 for share in shares[1:]])
        return path

    def finish(self, jobs):
        self.finished.update(job.title for job in jobs)


class OfAStudy(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.made = Made(self.folder.name)
        self.subject = Subject("net", "net.onnx", "data.yaml", (SAMPLES, 2), ["epochs=1"], Costs(1, 1, 1))
        self.subject.recipes = {"mild": ["noise.scale=1"], "strong": ["noise.scale=3"]}
        self.study = types.SimpleNamespace(workshop=self.made, subjects=[self.subject], quick=False, post_training=False)

    def titles(self, jobs):
        return [job.title for job in jobs]


class Isoaccurate(OfAStudy):
    def test_recipe_and_reference_are_chosen_before_a_test_sample_is_scored(self):
        claim = Isoaccuracy(self.study)
        self.made.courses = {"strong": (0.85, 0.88), "mild": (0.95, 0.80), "fine-tuned": (0.92, 0.7)}
        first = claim.jobs()
        self.assertEqual(self.titles(first), ["net: mild, seed 1", "net: strong, seed 1"])
        self.made.finish(first)
        # By the score on tiles, though the other one is better in float.
        self.assertEqual(claim.recipe(self.subject), "strong")
        second = claim.jobs()
        self.assertTrue(all(isinstance(job, Train) for job in second))
        self.assertEqual({job.title for job in second} - self.made.finished,
                         {f"net: fine-tuned in float, seed {k}" for k in (1, 2, 3)} | {f"net: strong, seed {k}" for k in (2, 3)})
        self.made.finish(second[:-1])
        self.assertFalse(any(isinstance(job, Measure) for job in claim.jobs()))
        self.made.finish(second)
        self.assertTrue(any(isinstance(job, Measure) for job in claim.jobs()))
        self.assertEqual(claim.reference(self.subject), "fine-tuned in float")

    def test_rows_are_judged_against_the_reference(self):
        claim = Isoaccuracy(self.study)
        self.made.courses = {"strong": (0.85, 0.88), "fine-tuned": (0.92, 0.7)}
        self.made.shares = {"retrained on tiles, for": (0.9, 0.9, 0.45), "fine-tuned in float, for": (0.9, 0.45, 0.45), "original, for": (0.95, 0.45, 0.45)}
        for _ in range(3):
            self.made.finish(claim.jobs())
        lines = {line[1].split(":")[0]: line for line in claim.rows(self.subject)}
        self.assertIn("fine-tuned in float (reference)", lines)
        retrained = lines["retrained on tiles"]
        self.assertEqual((retrained[3][:5], retrained[4], retrained[5][:4], retrained[6]), ("100.0", "reached", "50.0", "not reached"))

    def test_losses_are_better_when_lower(self):
        claim = Isoaccuracy(self.study)
        course = self.made.course
        self.made.course = lambda job: {**course(job), "metric": "nats"}
        self.made.courses = {"strong": (1.2, 1.9), "mild": (1.3, 1.8)}
        self.made.finish(claim.jobs())
        self.assertEqual(claim.recipe(self.subject), "mild")


class Tried(OfAStudy):
    def setUp(self):
        super().setUp()
        self.study.some = lambda *names: [self.subject] if "net" in names else []
        tried = {"net": ((1, 2), (("usual", "on tiles", []), ("mild", "mild", ["noise.scale=1"])))}
        self.claim = type("Two", (Probes,), {"tried": tried})(self.study)

    def test_no_test_sample_is_scored(self):
        jobs = self.claim.jobs()
        self.assertEqual(self.titles(jobs), [f"net: {title}, seed {seed}" for title in ("on tiles", "mild") for seed in (1, 2)])
        self.assertTrue(all(isinstance(job, Train) for job in jobs))

    def test_differences_are_paired_by_seed(self):
        # The seeds differ by much, the recipes by one point each.
        self.made.courses = {"on tiles, seed 1": (0.9, 0.80), "on tiles, seed 2": (0.9, 0.90), "mild, seed 1": (0.9, 0.81), "mild, seed 2": (0.9, 0.91)}
        jobs = self.claim.jobs()
        self.made.finish(jobs[:3])
        self.assertNotIn("mild", self.claim.text())  # half of its trainings
        self.made.finish(jobs)
        rows = [line.split(" | ") for line in self.claim.text().split("\n")]
        self.assertEqual(rows[2][:5], ["| net (%), 270 samples", "usual", "2", "90.00 ± 0.00", "85.00 ± 5.00"])
        self.assertEqual(rows[3][4:], ["86.00 ± 5.00", "+1.00 ± 0.00 |"])


class WhatItTakes(OfAStudy):
    def finished(self):
        self.study.post_training = True
        claim = Remedies(self.study)
        for _ in range(4):
            self.made.finish(claim.jobs())
        return claim

    def test_the_cheapest_measure_that_reaches_is_named(self):
        self.made.shares = {"2 pairs": (0.9, 0.9, 0.9, 0.45), "4 pairs": (0.9, 0.9, 0.9, 0.9), "direct": (0.9, 0.45, 0.45, 0.45), "": (0.9, 0.45, 0.45, 0.45)}
        self.made.energies = {"2 pairs": 3e-6, "4 pairs": 4e-6, "": 1e-6}
        lines = [line for line in self.finished().text().split("\n") if line.startswith(("| net (original)", "|  | 1 y"))]
        self.assertIn("| 1 h | 2 pairs |", lines[0])
        self.assertIn("| reached | 3 | 3.00 |", lines[0])
        self.assertIn("| 1 y | 4 pairs |", lines[1])

    def test_where_none_reaches_the_best_is_named_and_the_last_resort_tried(self):
        self.made.shares = {"first layer": (0.9, 0.6, 0.6, 0.6), "": (0.9, 0.45, 0.45, 0.45)}
        claim = self.finished()
        self.assertTrue(any("8 pairs" in title for title in self.made.finished))
        self.assertRegex(claim.text(), r"\| 1 h \| first layer digital \| 66\.7 .* \| not reached; the best of \d+ \|")

    def test_daily_programming_keeps_the_accuracy_of_a_day_and_costs_energy(self):
        self.made.shares = {"": (0.9, 0.9, 0.9, 0.45)}
        row = next(row for row in self.finished().rows(self.subject) if row.name == "reprogrammed every day")
        self.assertAlmostEqual(row.stars["1 y"].mean, 100)
        # 1 mJ a day over the inferences of 0.1 ms each.
        self.assertAlmostEqual(row.energy - 1e-6, 1e-3 * 1e-4 / 86400)

    def test_noisiest_layers_are_those_of_direct_mapping(self):
        claim = Remedies(self.study)
        self.made.finish([claim.direct(self.subject)])
        self.assertEqual(claim.noisiest(self.subject, 1), ["loud=digital"])
        self.assertEqual(claim.noisiest(self.subject, 0.25), ["loud=digital"])


if __name__ == "__main__":
    unittest.main()
