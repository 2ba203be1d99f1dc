"""Runs the commands that a document shows, in their order, in one folder of their own.

usage: commands.py DOCUMENT --mho PATH --source FOLDER (--quick | --long)

A command is an indented line that begins with mho, build/release/mho, sqlite3 or python3 examples/; a comment behind it is cut. Names of files in capitals stand for
files of the reader's: they are replaced by small ones that exist. A command that is neither run nor excused below is run, and must end with code 0.

Output that a document shows is compared with what its commands print: an indented block is output if one of its lines, numbers aside, is printed by a command
above it; then each of its lines must be printed by them, numbers and all. Spaces and line breaks do not count, nor do dates and the time a command took.
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
    r"^mho search nets/",
    r"FROM epoch|v_sensitivity",
    r"^mho simulate adapted",  # of a network that the line above trains
    r"mine_hwa|db compare 2 4",  # the tutorial after its retraining
]

# Commands that cannot run here, with the reason.
EXCUSED = {
    r"cifar10_resnet20_akamaster": "needs a network that is not part of the project, and minutes",
    r"examples/data/fsdd.yaml|lstm_hwa\.onnx": "needs recordings that are not part of the project",
}

# Documents whose first commands store the runs that the later ones ask for.
OWN_DATABASE = {"database.md", "exploration.md", "search.md", "tutorial.md"}

# Commands about tokens need a network that reads a sequence; MHO_DATA has one.
SEQUENCE = r"--mode (prefill|decode)|v_sequence_run"
SEQUENCE_NETWORK = "nets/shakespeare_transformer.onnx"
SEQUENCE_CHIP = '--set "chip.digital_buffer=256 KiB"'  # its prefill keeps the keys of 64 tokens

# Output is set for a terminal of the width of the documents less their indentation, in README.md for one of 80 columns, as most readers meet it.
COLUMNS = {"README.md": 80}
DEFAULT_COLUMNS = 96

# Lines of output that differ from run to run, or stand for files of the reader's.
UNCHECKED = [r"\d{4}-\d\d-\d\dT"]

# Whichever has NumPy, which the tutorial asks of its reader.
PYTHON = next((p for p in (sys.executable, "/usr/bin/python3") if subprocess.run([p, "-c", "import numpy"], capture_output=True).returncode == 0), None)

FIRST = re.compile(r"^ {4}((?:build/release/)?mho|sqlite3|python3 examples/(?:tutorial|device_fit)/\S+|make run)(?= |$)")


def commands_of(text):
    """Number of line and command of every shown command."""
    for number, line in enumerate(text.splitlines(), 1):
        if FIRST.match(line):
            command = re.sub(r" {2,}#.*$", "", line.strip())
            # The build of `make run` was made, or there would be no mho.
            yield number, re.sub("^(build/release/mho|make run$)", lambda found: "mho run" if found[0] == "make run" else "mho", command)


def blocks_of(text, indented=False):
    """Number of the first line and lines of every indented block; without the indentation of each line, or of the block alone."""
    begin, lines = 0, []
    for number, line in enumerate(text.splitlines() + ["end"], 1):
        if line.startswith("    ") or (not line.strip() and lines):
            begin = begin if lines else number
            lines.append(line[4:].rstrip() if indented else line.strip())
        elif lines:
            yield begin, [one for one in lines if one]
            lines = []


def words(text):
    """Text without what is set differently elsewhere: spaces, line breaks, dashes of a broken word, and the time a command took."""
    return re.sub(r"\bin \d[\d.]* (ms|s|min)\b", "in TIME", " ".join(text.split()))


def without_numbers(text):
    return re.sub(r"\d+(\.\d+)?", "0", words(text))


def stale_lines(text, printed):
    """Lines of the document's output that its commands do not print. `printed` has the output of commands that were run as they stand, by line.

    A block behind a command that was not run is passed over.
    """
    commands = [number for number, _ in commands_of(text)]
    for begin, lines in blocks_of(text):
        if any(FIRST.match("    " + line) for line in lines):
            lines = lines[max(k for k, line in enumerate(lines) if FIRST.match("    " + line)) + 1:]
        latest = max((number for number in commands if number < begin + len(lines)), default=None)
        if latest not in printed:
            continue
        above = " ".join(words(output) for number, output in printed.items() if number <= latest)
        masked = without_numbers(above)
        if not any(len(line) > 8 and re.search(r"\d", line) and without_numbers(line) in masked for line in lines):
            continue
        # Points of a sweep are numbered as they end.
        numbered = any(re.match(r"run +tile", line) for line in lines)
        for line in lines:
            line = re.sub(r"^\d+ ", "", line) if numbered else line
            if words(line) not in above and not any(re.search(pattern, line) for pattern in UNCHECKED):
                yield begin, line


def write_npy(path, rows, columns):
    """A float64 matrix of small numbers, all positive."""
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }" % (rows, columns)
    header += " " * (-(10 + len(header) + 1) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(b"".join(struct.pack("<d", 1e-6 * (1.5 + math.sin(k))) for k in range(rows * columns)))


def prepare(folder, source, environment, own_database, text):
    """Small files under the names that documents use, and a database with one run, unless the document makes its own.

    A block of the document that begins with "# chip.yaml" is that file.
    """
    for name in ("examples", "designs", "docs"):
        os.symlink(os.path.join(os.path.realpath(source), name), os.path.join(folder, name))
    network = os.path.join(source, "examples/default_network/strokes.onnx")
    for name in ("NETWORK.onnx", "net.onnx"):
        shutil.copy(network, os.path.join(folder, name))
    for name in ("chip.yaml", "DESIGN.yaml", "CHIP.yaml"):
        with open(os.path.join(folder, name), "w") as file:
            file.write("tile.adc.bits: 7\n")
    for _, lines in blocks_of(text, indented=True):
        if re.fullmatch(r"# [a-z]+\.yaml", lines[0]):
            with open(os.path.join(folder, lines[0][2:]), "w") as file:
                file.write("\n".join(lines) + "\n")
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
        text = file.read()
    found = list(commands_of(text))
    name = os.path.basename(arguments.document)
    own_database = name in OWN_DATABASE
    environment = {**os.environ, "COLUMNS": str(COLUMNS.get(name, DEFAULT_COLUMNS))}
    data = environment.pop("MHO_DATA", None)
    environment["PATH"] = os.path.dirname(os.path.realpath(arguments.mho)) + os.pathsep + environment["PATH"]
    failed = run = stale = 0
    printed = {}
    with tempfile.TemporaryDirectory(prefix="mho-documents-") as folder:
        prepare(folder, arguments.source, environment, own_database, text)
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
            # The data of such a network lie in the same folder.
            own = {**environment, "MHO_DATA": data} if " nets/" in command else environment
            outcome = subprocess.run(line, shell=True, cwd=folder, env=own, capture_output=True, text=True)
            run += 1
            if outcome.returncode != 0:
                failed += 1
                print(f"FAILED with code {outcome.returncode}  {where}\n{outcome.stderr.strip()[-2000:]}")
            elif shlex.split(line)[0] == "sqlite3" and not outcome.stdout.strip() and not re.search(SEQUENCE, command):
                print(f"no rows  {where}")
            else:
                print(f"{time.monotonic() - begun:6.1f} s  {where}")
                if line == command or line.startswith(f"{PYTHON} ") and (own_database or not command.startswith("mho db")):
                    printed[number] = outcome.stdout + outcome.stderr
        for number, line in stale_lines(text, printed):
            stale += 1
            print(f"STALE  {os.path.relpath(arguments.document, arguments.source)}:{number}: no command above prints: {line}")
    print(f"{run - failed} passed, {failed} failed; {stale} lines of output are not what is printed")
    return 1 if failed or stale else 0


if __name__ == "__main__":
    sys.exit(main())
