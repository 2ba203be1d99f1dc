#!/usr/bin/env python3
"""Trains a small classifier with NumPy and writes it as a reader's own network would come: mine.onnx, samples, labels and mine.yaml.

usage: make_network.py [--out FOLDER] [--seed N]

The data are made up: five classes of 24 sensor readings. Each class is a waveform with a random phase, amplitude and noise, so a network with a hidden
layer is needed. A network of PyTorch is written with torch.onnx.export instead, and everything behind that is the same.
"""

import argparse
import os
import sys

try:
    import numpy as np
except ImportError:
    sys.exit(f"{sys.executable} has no NumPy: install it (on Debian: apt install python3-numpy, then /usr/bin/python3 {sys.argv[0]}; elsewhere: pip install numpy)")

sys.dont_write_bytecode = True  # nothing of ours in the source folder
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "large_networks"))
import onnx_file as onnx  # noqa: E402

READINGS, HIDDEN, CLASSES = 24, 96, 5

DATA = """\
# Five classes of waveforms, 24 readings each.
name: waveforms
metric: top1
test:
  inputs: mine_test_x.npy
  labels: mine_test_y.npy
  format: npy
training:
  inputs: mine_train_x.npy
  labels: mine_train_y.npy
  format: npy
"""


def samples(generator, count):
    """Readings [count][24] in float32 and classes [count]."""
    kinds = generator.integers(0, CLASSES, count)
    time = np.arange(READINGS) / READINGS
    phase, amplitude = generator.uniform(0, 1, (count, 1)), generator.uniform(0.6, 1.0, (count, 1))
    angle = (time * 2 + phase) % 1
    sine = np.sin(2 * np.pi * angle)
    shapes = [sine, np.sign(sine), 2 * angle - 1, 4 * np.abs(angle - 0.5) - 1, np.where(angle < 0.25, 1.0, -1 / 3)]
    x = amplitude * np.choose(kinds[:, None], shapes) + generator.normal(0, 0.15, (count, READINGS))
    return x.astype(np.float32), kinds


def train(generator, x, kinds, epochs=60, batch=50):
    """Two layers with ReLU between them, by Adam on the cross entropy. Returns weights [outputs][inputs] and biases."""
    parameters = []
    for outputs, inputs in ((HIDDEN, READINGS), (HIDDEN, HIDDEN), (CLASSES, HIDDEN)):
        parameters += [generator.normal(0, np.sqrt(2 / inputs), (outputs, inputs)), np.zeros(outputs)]
    mean, square = [np.zeros_like(p) for p in parameters], [np.zeros_like(p) for p in parameters]
    step = 0
    for epoch in range(epochs):
        order = generator.permutation(len(x))
        for chosen in order.reshape(-1, batch):
            values = [x[chosen]]
            for weight, bias in zip(parameters[0::2], parameters[1::2]):
                values.append(values[-1] @ weight.T + bias)
                if len(values) < 4:
                    values[-1] = np.maximum(values[-1], 0)
            shares = np.exp(values[-1] - values[-1].max(1, keepdims=True))
            shares /= shares.sum(1, keepdims=True)
            error = (shares - np.eye(CLASSES)[kinds[chosen]]) / batch
            gradients = []
            for layer in (2, 1, 0):
                gradients[:0] = [error.T @ values[layer], error.sum(0)]
                error = (error @ parameters[2 * layer]) * (values[layer] > 0)
            step += 1
            rate = 2e-3 * (1 - epoch / epochs)
            for k, gradient in enumerate(gradients):
                mean[k] = 0.9 * mean[k] + 0.1 * gradient
                square[k] = 0.999 * square[k] + 0.001 * gradient**2
                parameters[k] -= rate * (mean[k] / (1 - 0.9**step)) / (np.sqrt(square[k] / (1 - 0.999**step)) + 1e-8)
    return parameters


def write_onnx(path, parameters):
    graph = onnx.Graph("waveforms", 1)
    x = graph.input("readings", onnx.FLOAT, ["batch", READINGS])
    for layer, name in enumerate(("first", "second", "scores")):
        weight, bias = (np.ascontiguousarray(p, dtype="<f4") for p in parameters[2 * layer : 2 * layer + 2])
        tensors = [graph.constant(f"{name}.{part}", onnx.FLOAT, list(t.shape), t.tobytes()) for part, t in (("weight", weight), ("bias", bias))]
        x = graph.node("Gemm", [x, *tensors], transB=1)
        if layer < 2:
            x = graph.node("Relu", [x])
    graph.output(x, ["batch", CLASSES])
    graph.write(path, False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=".", help="folder of the files")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    generator = np.random.default_rng(arguments.seed)
    x, kinds = samples(generator, 6000)
    test_x, test_kinds = samples(generator, 2000)
    parameters = train(generator, x, kinds)
    os.makedirs(arguments.out, exist_ok=True)
    for name, values in (("train_x", x), ("train_y", kinds), ("test_x", test_x), ("test_y", test_kinds)):
        np.save(os.path.join(arguments.out, f"mine_{name}.npy"), values)
    write_onnx(os.path.join(arguments.out, "mine.onnx"), parameters)
    with open(os.path.join(arguments.out, "mine.yaml"), "w", encoding="utf-8") as file:
        file.write(DATA)
    print("wrote mine.onnx (a perceptron 24-96-96-5), mine.yaml, 6000 samples for training and 2000 for the test")


if __name__ == "__main__":
    main()
