"""usage: run_tests.py FOLDER_OF_THE_MODULE SOURCE. Ends with code 77, that of a test that was left out, without pytest or numpy."""

import importlib.util
import os
import sys

LEFT_OUT = 77

for name in ("pytest", "numpy", "pandas"):
    if importlib.util.find_spec(name) is None:
        print(f"left out: {sys.executable} has no {name}")
        sys.exit(LEFT_OUT)

import pytest  # noqa: E402

module, source = sys.argv[1:]
sys.path.insert(0, module)
os.environ["MHO_SOURCE"] = source
os.environ["PYTHONPATH"] = module
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", os.path.dirname(os.path.abspath(__file__))]))
