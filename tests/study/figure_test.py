"""The picture of what it takes: well-formed, and marks where their numbers belong."""

import os
import re
import sys
import unittest
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "study"))

from figure import measures_svg  # noqa: E402
from intervals import Estimate  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"


class Picture(unittest.TestCase):
    def setUp(self):
        rows = [("first & foremost", [Estimate(99, 95, 100), Estimate(90, 85, 95)], 1.0), ("far below", [Estimate(91, 90, 92), Estimate(12, 10, 14)], 2.5)]
        self.text = measures_svg("headline", ["a note"], ["an hour", "a year"], [("net", rows)])
        self.tree = ElementTree.fromstring(self.text)

    def at(self, kind, key):
        return [float(node.get(key)) for node in self.tree.iter(SVG + kind) if node.get("class") is None and node.get("width") != "100%"]

    def ticks(self):
        """Page positions of the axis by number."""
        return {node.text: float(node.get("x")) for node in self.tree.iter(SVG + "text") if node.text and re.fullmatch(r"\d+", node.text) and "middle" in node.get("class")}

    def test_marks_and_intervals_stand_at_their_numbers(self):
        ticks = self.ticks()
        per_cent = (ticks["100"] - ticks["90"]) / 10
        limit = next(node for node in self.tree.iter(SVG + "path") if node.get("class") == "limit")
        dashed = float(re.match(r"M([\d.]+)", limit.get("d")).group(1))
        self.assertAlmostEqual(dashed, ticks["100"] - per_cent, delta=0.2)
        # The first circle and square are the legend.
        self.assertAlmostEqual(self.at("circle", "cx")[1], dashed, delta=0.2)
        self.assertAlmostEqual(self.at("rect", "x")[1] + 4, ticks["90"], delta=0.2)
        lines = [node.get("d") for node in self.tree.iter(SVG + "path") if node.get("stroke-width") == "1.5"]
        ends = [float(x) for x in re.match(r"M([\d.]+) [\d.]+H([\d.]+)", lines[0]).groups()]
        self.assertAlmostEqual(ends[0], ticks["95"], delta=0.2)
        self.assertAlmostEqual(ends[1], ticks["100"], delta=0.2)

    def test_what_lies_below_the_axis_is_a_number(self):
        words = [node.text for node in self.tree.iter(SVG + "text")]
        self.assertIn("12", words)
        self.assertEqual(len(self.at("rect", "x")), 2)  # one legend, one mark
        self.assertIn("x 2.50", words)
        self.assertIn("first & foremost", words)


if __name__ == "__main__":
    unittest.main()
