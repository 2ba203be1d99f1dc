"""The study's intervals against closed forms and simulated data whose truth is known."""

import math
import os
import random
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "study"))

import folds  # noqa: E402
from intervals import Estimate, Scores, normalised  # noqa: E402


class Normalised(unittest.TestCase):
    def test_of_one_training_and_programming_is_that_of_a_proportion(self):
        # Reference and counts are 1, chance 0: A* is the share of ones, its deviation sqrt(p (1 - p) / (n - 1)).
        n, right = 250, 200
        result = normalised([[[1.0] * right + [0.0] * (n - right)]], [[1.0] * n], [1.0] * n, 0.0, replicates=4000)
        deviation = 100 * math.sqrt(right / n * (1 - right / n) / (n - 1))
        self.assertAlmostEqual(result.mean, 80)
        self.assertAlmostEqual((result.high - result.low) / (2 * 1.96 * deviation), 1, delta=0.08)

    def test_many_samples_in_groups_give_the_same_interval(self):
        n = 6000
        values = [1.0] * 4800 + [0.0] * 1200  # sorted, as files may be
        result = normalised([[values]], [[1.0] * n], [1.0] * n, 0.0, replicates=4000)
        self.assertAlmostEqual((result.high - result.low) / (2 * 1.96 * 100 * math.sqrt(0.16 / (n - 1))), 1, delta=0.12)

    def test_few_programmings_alone_have_the_deviation_of_their_mean(self):
        # All samples alike: what varies is the programming. The variance of 0 to 4 is 2.5, that of their mean a fifth.
        rows = [[float(k)] * 5 for k in range(5)]
        result = normalised([rows], [[1.0] * 5], [1.0] * 5, 0.0, replicates=4000)
        deviation = 100 * math.sqrt(2.5 / 5)
        self.assertAlmostEqual(result.mean, 200)
        self.assertAlmostEqual((result.high - result.low) / (2 * 1.96 * deviation), 1, delta=0.08)

    def test_trainings_are_drawn_too(self):
        # Two of the three are drawn: each pair of equal ones is one draw in nine, so the ends are the worst and the best training.
        result = normalised([[[float(k)] * 5] for k in range(3)], [[1.0] * 5], [1.0] * 5, 0.0)
        self.assertAlmostEqual(result.mean, 100)
        self.assertAlmostEqual(result.low, 0)
        self.assertAlmostEqual(result.high, 200)

    def test_counts_weigh_and_chance_is_subtracted(self):
        result = normalised([[[1.0, 4.0]]], [[1.0, 1.0]], [3.0, 1.0], 3.0)
        self.assertAlmostEqual(result.mean, 100 * ((3 + 4) / 4 - 3) / (1 - 3))

    def test_what_tiles_and_reference_share_cancels(self):
        # Both are wrong on the same samples: A* is 100 in every draw. A reference that is drawn apart would spread.
        generator = random.Random(3)
        scores = [float(generator.random() < 0.7) for _ in range(100)]
        result = normalised([[scores]], [scores], [1.0] * 100, 0.1)
        self.assertEqual((result.low, result.high), (100, 100))

    def test_covers_the_truth(self):
        # Samples, programmings and trainings each add their own error; the truth is the mean of all of them.
        generator = random.Random(5)
        covered, sets, wide = 0, 200, []
        for _ in range(sets):
            of_sample = [generator.gauss(0, 0.5) for _ in range(60)]
            of_programming = [generator.gauss(0, 0.05) for _ in range(10)]
            of_training = [generator.gauss(0, 0.02) for _ in range(3)]
            rows = [[[1 + s + p + t + generator.gauss(0, 0.2) for s in of_sample] for p in of_programming] for t in of_training]
            result = normalised(rows, [[1.0] * 60], [1.0] * 60, 0.0, replicates=300)
            covered += result.low <= 100 <= result.high
            wide.append(result.high - result.low)
        deviation = 100 * math.sqrt(0.5**2 / 60 + 0.05**2 / 10 + 0.02**2 / 3 + 0.2**2 / 1800)
        self.assertGreaterEqual(covered / sets, 0.90)
        self.assertLessEqual(covered / sets, 0.99)
        self.assertAlmostEqual(sum(wide) / sets / (2 * 1.96 * deviation), 1, delta=0.06)

    def test_rows_that_do_not_match_are_refused(self):
        with self.assertRaises(ValueError):
            normalised([[[1.0]], [[1.0], [1.0]]], [[1.0]], [1.0], 0.0)
        with self.assertRaises(ValueError):
            normalised([[[1.0]], [[1.0]], [[1.0]]], [[1.0], [1.0]], [1.0], 0.0)


class Verdict(unittest.TestCase):
    def test_needs_the_mean_and_the_lower_end(self):
        cases = {(99.0, 98.0, 100.0): "reached", (99.5, 97.9, 101.0): "undecided", (98.9, 98.4, 99.2): "undecided", (97.0, 96.0, 98.99): "not reached"}
        for numbers, verdict in cases.items():
            self.assertEqual(Estimate(*numbers).verdict, verdict, numbers)


class Joined(unittest.TestCase):
    def test_keeps_times_and_programmings_apart(self):
        one, other = Scores([1, 1], [0, 1], [[[1, 2], [3, 4]]]), Scores([1], [2], [[[5], [6]]])
        both = Scores.joined([one, other])
        self.assertEqual([list(row) for row in both.tiles[0]], [[1, 2, 5], [3, 4, 6]])
        self.assertEqual((list(both.in_float), list(both.counts)), ([0, 1, 2], [1, 1, 1]))


class Folds(unittest.TestCase):
    def test_deal_out_every_digit_of_every_speaker_evenly(self):
        labels = [d for d in range(3) for _ in range(20)]
        speakers = [s for _ in range(3) for s in (0, 1) for _ in range(10)]
        dealt = folds.fold_of(labels, speakers)
        for fold in range(folds.FOLDS):
            inside = [(l, s) for l, s, f in zip(labels, speakers, dealt) if f == fold]
            self.assertEqual({key: inside.count(key) for key in inside}, {(d, s): 2 for d in range(3) for s in (0, 1)})


if __name__ == "__main__":
    unittest.main()
