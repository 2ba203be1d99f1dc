"""Kurtosis against distributions whose value is known, and weights read from an ONNX file whose layout is known."""

import os
import random
import struct
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(SOURCE, "examples", "study"))

from kurtosis import kurtosis, matrices, normalised_kurtosis  # noqa: E402


def field(number, value):
    """A field of a protobuf message: a whole number or bytes."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    length = len(value)
    return bytes([number << 3 | 2]) + (bytes([length]) if length < 128 else bytes([length & 127 | 128, length >> 7])) + value


def model(operator, shape, values, attributes=b""):
    node = field(1, b"x") + field(1, b"w") + field(2, b"y") + field(4, operator) + attributes
    tensor = b"".join(field(1, d) for d in shape) + field(2, 1) + field(8, b"w") + field(9, struct.pack(f"<{len(values)}f", *values))
    return field(7, field(1, node) + field(5, tensor))


class OfDistributions(unittest.TestCase):
    def test_two_values_have_one_and_uniform_ones_nine_fifths(self):
        self.assertAlmostEqual(kurtosis([-1.0, 1.0] * 10), 1)
        n = 2001
        self.assertAlmostEqual(kurtosis([k / n for k in range(n)]), 1.8, places=4)

    def test_a_normal_distribution_has_three(self):
        generator = random.Random(1)
        self.assertAlmostEqual(kurtosis([generator.gauss(2, 3) for _ in range(100000)]), 3, delta=0.06)

    def test_outputs_are_scaled_before(self):
        # Alike but for their size: as one of them alone. Without scaling it would be that of a mixture.
        one = [-1.0, -0.5, 0.5, 1.0]
        self.assertAlmostEqual(normalised_kurtosis([one, [100 * w for w in one]]), kurtosis(one))


class OfFiles(unittest.TestCase):
    def read(self, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "m.onnx")
            with open(path, "wb") as stream:
                stream.write(model(*arguments))
            return matrices(path)

    def test_outputs_stand_last_in_a_product_and_first_in_a_convolution(self):
        values = [float(k) for k in range(96)]
        product = self.read(b"MatMul", [8, 12], values)["w"]
        self.assertEqual((len(product), list(product[1])), (12, [1.0 + 12 * k for k in range(8)]))
        convolution = self.read(b"Conv", [8, 12], values)["w"]
        self.assertEqual((len(convolution), list(convolution[1])), (8, [12.0 + k for k in range(12)]))

    def test_gemm_says_whether_it_is_turned(self):
        values = [float(k) for k in range(96)]
        turned = field(5, field(1, b"transB") + field(3, 1))
        self.assertEqual(len(self.read(b"Gemm", [8, 12], values)["w"]), 12)
        self.assertEqual(len(self.read(b"Gemm", [8, 12], values, turned)["w"]), 8)

    def test_recurrent_layers_have_directions_first(self):
        self.assertEqual(len(self.read(b"LSTM", [1, 8, 12], [1.0] * 96)["w"]), 8)

    def test_other_tensors_are_left_out(self):
        self.assertEqual(self.read(b"Add", [8, 12], [1.0] * 96), {})
        self.assertEqual(self.read(b"MatMul", [4, 4], [1.0] * 16), {})


if __name__ == "__main__":
    unittest.main()
