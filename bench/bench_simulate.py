#!/usr/bin/env python3
"""What it costs to simulate whole networks cycle by cycle: seconds and memory for one inference, on one core.

    python3 bench/bench_simulate.py --mho build/release/mho --resnet20 cifar10_resnet20_akamaster.onnx

Networks of large shapes with random weights are written by examples/large_networks/write_network.py into a folder that is removed at the end. Every
network gets a chip that holds it. Prints a Markdown table; --only chooses rows. The best of --repeats is taken: other programs only ever make a run
slower.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# name, network, shape of one sample, settings of the chip, limits in seconds and bytes
ROWS = [
    ("ResNet-20, 32 x 32", "resnet20", "1x3x32x32", ["chip.mesh.width=10", "chip.mesh.height=10", "chip.digital_cores=20"], 0.2, 500e6),
    ("ResNet-18, 224 x 224", "resnet18", "1x3x224x224",
     ["chip.mesh.width=16", "chip.mesh.height=16", "chip.digital_cores=64", "chip.input_buffer=512 KiB", "chip.digital_buffer=4 MiB"], 5, 2**30),
    ("ResNet-50, 224 x 224", "resnet50", "1x3x224x224",
     ["chip.mesh.width=24", "chip.mesh.height=24", "chip.digital_cores=160", "chip.input_buffer=512 KiB", "chip.digital_buffer=8 MiB"], 20, 2 * 2**30),
    ("BERT base, 128 tokens", "bert-base", "128",
     ["chip.mesh.width=32", "chip.mesh.height=32", "chip.digital_cores=256", "chip.input_buffer=1 MiB", "chip.digital_buffer=16 MiB"], 30, 300e6),
    ("GPT-2 small, 128 tokens", "gpt2-small", "128",
     ["chip.mesh.width=40", "chip.mesh.height=40", "chip.digital_cores=256", "chip.input_buffer=1 MiB", "chip.digital_buffer=16 MiB"], 30, 300e6),
]


def run(arguments, options, network, shape, settings):
    """One simulation: its JSON, user and system seconds, and the largest resident set in bytes."""
    command = [options.mho, "simulate", network, "--shape", shape, "--threads", "1", "--json", "--db", str(arguments / "bench.db"),
               "--set", "tile.rows=512", "--set", "tile.columns=512"]
    for setting in settings:
        command += ["--set", setting]
    with open(arguments / "out.json", "wb") as out:
        process = subprocess.Popen(command, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit("mho failed: " + " ".join(command))
    return json.load(open(arguments / "out.json")), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mho", default=str(ROOT / "build/release/mho"))
    parser.add_argument("--resnet20", help="ResNet-20 for 32 x 32 images as ONNX; its row is left out without it")
    parser.add_argument("--networks", help="folder with resnet18.onnx, resnet50.onnx, bert-base.onnx and gpt2-small.onnx written before")
    parser.add_argument("--only", nargs="*", default=[row[1] for row in ROWS], help="rows: " + ", ".join(row[1] for row in ROWS))
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    print("| network | stages | cycles | flit-hops | seconds | at most | Mcycles/s | Mflit-hops/s | whole command, s | memory, MB | at most |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    late = False
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for title, name, shape, settings, seconds, memory in ROWS:
            if name not in options.only or (name == "resnet20" and not options.resnet20):
                continue
            network = options.resnet20 if name == "resnet20" else str(pathlib.Path(options.networks or folder) / (name + ".onnx"))
            if not pathlib.Path(network).exists():
                subprocess.run([sys.executable, str(ROOT / "examples/large_networks/write_network.py"), name, "-o", network, "--samples", "1"], check=True,
                               stdout=subprocess.DEVNULL)
            best = None
            for _ in range(options.repeats):
                result, processor, resident = run(folder, options, network, shape, settings)
                if best is None or result["simulation_wall_s"] < best[0]["simulation_wall_s"]:
                    best = (result, processor, resident)
            result, processor, resident = best
            inferences = result["simulated_inferences"]
            one = result["simulation_wall_s"] / inferences
            late = late or one > seconds or resident > memory
            print(f"| {title} | {len(result['stages'])} | {result['simulated_cycles'] / inferences:.0f} | {result['flit_hops'] / inferences:.0f} | {one:.3g} "
                  f"| {seconds} | {result['cycles_per_s'] / 1e6:.2f} | {result['flit_hops_per_s'] / 1e6:.2f} | {processor:.1f} | {resident / 1e6:.0f} "
                  f"| {memory / 1e6:.0f} |", flush=True)
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
