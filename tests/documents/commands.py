"""Runs the commands that a document shows, in their order, in one folder of their own.

usage: commands.py DOCUMENT --mho PATH --source FOLDER (--quick | --long)

A command is an indented line that begins with mho, build/release/mho, sqlite3 or python3 examples/; a comment behind it is cut. Names of files in capitals stand for
files of the reader's: they are replaced by small ones that exist. A command that is neither run nor excused below is run, and must end with code 0.
"""

import argparse
import math
import os
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import time

# Commands that take longer than some seconds: left to --long. Regular expressions over the whole line.
LONG = [
    r"^mho retrain |--vary recipe",
    r"^mho run (net_)?hwa\.onnx",
    r"^mho sensitivity",
    r"^mho noc .*--mesh 16",
    r"^mho tile$",
    r"^mho run .*--conductances",
    r"FROM epoch|v_sensitivity",
    r"mine_hwa|db compare 2 4",  # the tutorial after its retraining
]

# Commands that cannot run here, with the reason.
EXCUSED = {
    r"cifar10_resnet20_akamaster": "needs a network that is not part of the project, and minutes",
    r"examples/data/fsdd.yaml|lstm_hwa\.onnx": "needs recordings that are not part of the project",
}

# Documents whose first commands store the runs that the later ones ask for.
OWN_DATABASE = {"database.md", "tutorial.md"}

# Commands about tokens need a network that reads a sequence; MHO_DATA has one.
SEQUENCE = r"--mode (prefill|decode)|v_sequence_run"
SEQUENCE_NETWORK = "nets/shakespeare_transformer.onnx"
SEQUENCE_CHIP = '--set "chip.digital_buffer=256 KiB"'  # its prefill keeps the keys of 64 tokens

# Whichever has NumPy, which the tutorial asks of its reader.
PYTHON = next((p for p in (sys.executable, "/usr/bin/python3") if subprocess.run([p, "-c", "import numpy"], capture_output=True).returncode == 0), None)

FIRST = re.compile(r"^ {4}((?:build/release/)?mho|sqlite3|python3 examples/(?:tutorial|device_fit)/\S+)(?= |$)")


def commands_of(text):
    """Number of line and command of every shown command."""
    for number, line in enumerate(text.splitlines(), 1):
        if FIRST.match(line):
            command = re.sub(r" {2,}#.*$", "", line.strip())
            yield number, command.replace("build/release/mho", "mho")


def write_npy(path, rows, columns):
    """A float64 matrix of small numbers, all positive."""
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }" % (rows, columns)
    header += " " * (-(10 + len(header) + 1) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(b"".join(struct.pack("<d", 1e-6 * (1.5 + math.sin(k))) for k in range(rows * columns)))


def prepare(folder, source, environment, own_database):
    """Small files under the names that documents use, and a database with one run, unless the document makes its own."""
    for name in ("examples", "designs", "docs"):
        os.symlink(os.path.join(os.path.realpath(source), name), os.path.join(folder, name))
    network = os.path.join(source, "examples/default_network/strokes.onnx")
    for name in ("NETWORK.onnx", "net.onnx"):
        shutil.copy(network, os.path.join(folder, name))
    for name in ("chip.yaml", "DESIGN.yaml", "CHIP.yaml"):
        with open(os.path.join(folder, name), "w") as file:
            file.write("tile.adc.bits: 7\n")
    for name in ("W", "G"):
        write_npy(os.path.join(folder, name + ".npy"), 12, 20)
    for name in ("X", "V"):
        write_npy(os.path.join(folder, name + ".npy"), 3, 20)
    if not own_database:
        subprocess.run(["mho", "run", "--repeats", "2", "--samples", "40"], cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["mho", "map", "net.onnx", "--write-conductances", "measured.npz"], cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)


def runnable(command, data):
    """The command as it can be run here, or None where it needs MHO_DATA."""
    if re.search(SEQUENCE, command):
        if not data:
            return None
        if command.startswith("mho"):
            command = command.replace("NETWORK.onnx", os.path.join(data, SEQUENCE_NETWORK)) + " " + SEQUENCE_CHIP
    if " nets/" in command:  # networks that are no part of the project
        if not data:
            return None
        command = command.replace(" nets/", " " + os.path.join(data, "nets") + "/")
    return command.replace("DATA.yaml", "strokes").replace("data.yaml", "strokes")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("document")
    parser.add_argument("--mho", required=True)
    parser.add_argument("--source", required=True)
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--quick", action="store_true")
    kind.add_argument("--long", action="store_true")
    arguments = parser.parse_args()
    with open(arguments.document, encoding="utf-8") as file:
        found = list(commands_of(file.read()))
    environment = dict(os.environ)
    data = environment.pop("MHO_DATA", None)
    environment["PATH"] = os.path.dirname(os.path.realpath(arguments.mho)) + os.pathsep + environment["PATH"]
    failed = run = 0
    with tempfile.TemporaryDirectory(prefix="mho-documents-") as folder:
        prepare(folder, arguments.source, environment, os.path.basename(arguments.document) in OWN_DATABASE)
        for number, command in found:
            where = f"{os.path.relpath(arguments.document, arguments.source)}:{number}: {command}"
            excuse = next((reason for pattern, reason in EXCUSED.items() if re.search(pattern, command)), None)
            if excuse:
                print(f"excused ({excuse})  {where}")
                continue
            if arguments.quick and any(re.search(pattern, command) for pattern in LONG):
                continue
            line = runnable(command, data) if PYTHON or "python3" not in command else None
            if line is None:
                print(f"left out (MHO_DATA names no data)  {where}")
                continue
            if line.startswith("python3 "):
                line = line.replace("python3", PYTHON, 1)
            begun = time.monotonic()
            outcome = subprocess.run(line, shell=True, cwd=folder, env=environment, capture_output=True, text=True)
            run += 1
            if outcome.returncode != 0:
                failed += 1
                print(f"FAILED with code {outcome.returncode}  {where}\n{outcome.stderr.strip()[-2000:]}")
            elif shlex.split(line)[0] == "sqlite3" and not outcome.stdout.strip() and not re.search(SEQUENCE, command):
                print(f"no rows  {where}")
            else:
                print(f"{time.monotonic() - begun:6.1f} s  {where}")
    print(f"{run - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
