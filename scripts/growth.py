#!/usr/bin/env python3
"""How the time of a simulation grows with tokens, depth and mesh: exponents of seconds over flit-hops.

    scripts/growth.py build/release/mho [REPEATS]

A BERT of width 128 (examples/large_networks/write_network.py, shapes alone) with 32 to 512 tokens, with 1 to 8 layers, and uniform traffic on meshes of
4 x 4 to 32 x 32 nodes (mho noc). One inference each; the least processor time of REPEATS runs (3), less that of a run that simulates next to nothing. An
exponent is the slope of a straight line through the logarithms. Needs Python 3 alone.
"""
import json
import math
import os
import resource
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
WRITER = os.path.join(HERE, "..", "examples", "large_networks", "write_network.py")
CHIP = {"chip.mesh.width": 24, "chip.mesh.height": 24, "chip.digital_cores": 96, "chip.input_buffer": "1 MiB", "chip.digital_buffer": "16 MiB",
        "mapper.buffers": "least"}


def seconds_of(line):
    """Processor time and output of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    outcome = subprocess.run(line, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if outcome.returncode != 0:
        sys.exit(f"{' '.join(line)}: {outcome.stderr.strip()}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, json.loads(outcome.stdout)


def least(line, repeats):
    runs = [seconds_of(line) for _ in range(repeats)]
    return min(seconds for seconds, _ in runs), runs[0][1]


def simulated(mho, network, folder, repeats):
    """Seconds of the simulation alone, and its flit-hops: that of four inferences less that of one."""
    line = [mho, "simulate", network, "--design", "mapping_reference", "--reference", "none", "--json", "--threads", "1",
            "--db", os.path.join(folder, "results.db")]
    for key, value in CHIP.items():
        line += ["--set", f"{key}={value}"]
    one, result = least(line + ["--inferences", "1"], repeats)
    more, _ = least(line + ["--inferences", "4"], repeats)
    return (more - one) / 3, result["flit_hops"]


def slope(points):
    """Of the logarithms."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / sum((x - mean_x) ** 2 for x in xs)


def main():
    mho = os.path.abspath(sys.argv[1])
    repeats = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as folder:
        network = os.path.join(folder, "bert.onnx")

        def bert(tokens, layers):
            subprocess.run([sys.executable, WRITER, "bert-base", "-o", network, "--shapes-only", "--width", "128", "--vocabulary", "1000", "--samples", "1",
                            "--tokens", str(tokens), "--layers", str(layers)], check=True, capture_output=True)
            return simulated(mho, network, folder, repeats)

        print("| what grows | from, to | flit-hops | seconds | ns a flit-hop | exponent |\n| --- | --- | --- | --- | --- | --- |")

        def row(what, ends, points):
            hops, seconds = [h for h, _ in points], [s for _, s in points]
            rates = [1e9 * s / h for h, s in points]
            print(f"| {what} | {ends[0]}, {ends[-1]} | {hops[0]:.3g} to {hops[-1]:.3g} | {seconds[0]:.3g} to {seconds[-1]:.3g} | "
                  f"{rates[0]:.0f} to {rates[-1]:.0f} | {slope(points):.2f} |", flush=True)

        tokens = [32, 64, 128, 256, 512]
        row("tokens", tokens, [(hops, seconds) for seconds, hops in (bert(n, 2) for n in tokens)])
        layers = [1, 2, 4, 8]
        row("layers", layers, [(hops, seconds) for seconds, hops in (bert(64, n) for n in layers)])
        sides = [4, 8, 16, 32]
        points = []
        for side in sides:
            line = [mho, "noc", "--mesh", str(side), "--load", "0.1", "--json"]
            seconds, result = least(line, repeats)
            points.append((result["flit_hops"], seconds))
        row("side of the mesh", sides, points)


if __name__ == "__main__":
    main()
