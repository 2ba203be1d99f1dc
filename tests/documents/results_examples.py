"""Runs the examples that read results, on a database made here, and compares figures that they print with the database.

usage: results_examples.py --mho PATH --source FOLDER
Ends with code 77, that of a test that was left out, where Python has no pandas.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mho", required=True)
    parser.add_argument("--source", required=True)
    arguments = parser.parse_args()
    mho, source = os.path.realpath(arguments.mho), os.path.realpath(arguments.source)
    with tempfile.TemporaryDirectory(prefix="mho-examples-") as folder:
        for more in ([], ["--set", "tile.adc.bits=6"]):
            line = [mho, "run", "--times", "1s,1y", "--repeats", "2", "--samples", "40", *more]
            subprocess.run(line, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([mho, "simulate", "--set", "chip.mesh.width=2", "--set", "chip.mesh.height=2"], cwd=folder, stderr=subprocess.DEVNULL)
        database = sqlite3.connect(os.path.join(folder, "results.db"))

        def printed(name):
            outcome = subprocess.run([sys.executable, os.path.join(source, "examples/results", name)], cwd=folder, capture_output=True, text=True)
            if outcome.returncode != 0:
                sys.exit(f"{name} ended with code {outcome.returncode}\n{outcome.stderr}")
            return outcome.stdout

        text = printed("with_sqlite3.py")
        for (energy,) in database.execute("SELECT energy_per_inference_j FROM run WHERE exit_code = 0"):
            assert f"{1e9 * energy:.3f}" in text, (energy, text)
        (block,) = database.execute("SELECT block FROM v_energy WHERE run = 1 ORDER BY joule DESC LIMIT 1").fetchone()
        assert block in text and "leakage included" in text, text
        assert "chip.mesh.width=2" not in text, "a refused run was counted"
        try:
            import pandas  # noqa: F401
        except ImportError:
            print("Python has no pandas")
            return 77
        text = printed("with_pandas.py")
        (accuracy,) = database.execute("SELECT mean FROM v_accuracy WHERE run = 2 ORDER BY time_s DESC LIMIT 1").fetchone()
        assert f"{accuracy:.4f}"[:6] in text and "tile.adc.bits" in text, text
    print("good")
    return 0


if __name__ == "__main__":
    sys.exit(main())
