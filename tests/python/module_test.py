"""The module against the command line: the same bits, the same messages."""

import ast
import ctypes
import inspect
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy
import pytest

import mho
from mho import _native, _worker

SOURCE = os.environ["MHO_SOURCE"]
NETWORK = os.path.join(SOURCE, "examples/default_network/strokes.onnx")
# Of one call: name of the run, times of this machine.
OF_THE_CALL = {"schema", "version", "command", "seed", "run_id", "simulation_wall_s", "cycles_per_s", "flit_hops_per_s"}


def by_command(tmp_path, *words):
    outcome = subprocess.run([_worker.program(), *words, "--json"], capture_output=True, text=True, cwd=tmp_path)
    assert outcome.returncode == 0, outcome.stderr
    return json.loads(outcome.stdout)


def same(ours, theirs):
    for key in (set(ours) | set(theirs)) - OF_THE_CALL:
        assert ours[key] == theirs[key], key


def test_estimates_are_those_of_the_command(tmp_path):
    ours = mho.estimate(NETWORK, mho.Design(settings={"tile.adc.bits": 6}, layers=["first=digital"]), "strokes", calibration=40)
    same(ours, by_command(tmp_path, "simulate", NETWORK, "--fidelity", "estimate", "--set", "tile.adc.bits=6", "--layer", "first=digital", "--data", "strokes",
                          "--calibration", "40"))


def test_runs_in_this_process_are_those_of_the_command(tmp_path):
    ours = mho.run(times=["1s", 3600.0], repeats=2, samples=40, fidelity="estimate")
    same(ours, by_command(tmp_path, "run", "--times", "1s,1h", "--repeats", "2", "--samples", "40", "--fidelity", "estimate"))
    assert list(ours.accuracy["time_s"]) == [1, 3600]


def test_simulations_are_processes_of_their_own(tmp_path):
    theirs = by_command(tmp_path, "simulate")
    with ThreadPoolExecutor(2) as pool:
        for ours in pool.map(lambda _: mho.simulate(), range(2)):
            same(ours, theirs)
    assert not os.path.exists("results.db")  # none is left where none was asked for


def test_simulated_runs_have_accuracy_and_costs(tmp_path):
    result = mho.run(times="1s", repeats=2, samples=40, db=tmp_path / "results.db")
    assert 0.5 < result["accuracy"][0]["mean"] <= 1 and result["latency_s"] > 0
    rows = mho.query("SELECT run, latency_s FROM v_run", tmp_path / "results.db")
    assert list(rows["latency_s"]) == [result["latency_s"]]


def test_stored_estimates_can_be_run_again(tmp_path):
    mho.estimate(design=mho.Design(settings={"tile.adc.bits": 7}), db=tmp_path / "results.db")
    again = by_command(tmp_path, "db", "rerun", "1")
    assert again["changed"] == [] if "changed" in again else again


def test_products_are_those_of_the_command(tmp_path):
    random = numpy.random.default_rng(1)
    weights, inputs = random.normal(size=(12, 20)), random.normal(size=(3, 20))
    numpy.save(tmp_path / "W.npy", weights)
    numpy.save(tmp_path / "X.npy", inputs)
    by_command(tmp_path, "mvm", "--weights", "W.npy", "--inputs", "X.npy", "--out", "Y.npy", "--reads", "3", "--times", "1h")
    ours = mho.products(weights, inputs, reads=3, time="1h")
    assert ours.dtype == numpy.float32 and ours.shape == (3, 3, 12)
    numpy.testing.assert_array_equal(ours, numpy.load(tmp_path / "Y.npy"))
    numpy.testing.assert_allclose(mho.exact_products(weights, inputs), inputs @ weights.T, rtol=1e-5, atol=1e-6)
    numpy.testing.assert_array_equal(mho.products(weights.T.copy().T, inputs, reads=3, time="1h"), ours)  # however they lie in memory


def test_networks_are_files_or_bytes():
    with open(NETWORK, "rb") as file:
        held = mho.Network(file.read())
    assert held.hash == mho.Network(NETWORK).hash == mho.Network().hash
    assert held.weights == 41600 and list(held.matrices()["outputs"]) == [128, 64, 10]
    assert mho.simulate(held)["latency_s"] == mho.simulate()["latency_s"]
    path = held.path
    assert os.path.exists(path)
    del held
    assert not os.path.exists(path)


def test_data_are_arrays():
    strokes = mho.Data("strokes")
    assert strokes.sample_shape == [1, 16, 16] and len(strokes) == 2000
    inputs = numpy.stack([strokes.sample(i) for i in range(60)])
    labels = numpy.array([strokes.label(i) for i in range(60)])
    data = mho.Data.from_arrays(inputs[20:], labels[20:], training=(inputs[:20], labels[:20]), name="some strokes")
    assert data.name == "some strokes" and len(data) == 40
    numpy.testing.assert_array_equal(data.sample(3), inputs[23])
    result = mho.run(NETWORK, data=data, times="1s", repeats=1, fidelity="estimate")
    assert result["samples"] == 40 and result["float_accuracy"] > 0.8
    # Labels of another order score badly: they are not ignored.
    shuffled = mho.Data.from_arrays(inputs[20:], (labels[20:] + 1) % 10, training=(inputs[:20], labels[:20]))
    assert mho.run(NETWORK, data=shuffled, times="1s", repeats=1, fidelity="estimate")["float_accuracy"] < 0.2


def test_designs_have_the_keys_of_files():
    design = mho.Design("hermes", {"tile.adc.bits": 6, "chip.clock": "800 MHz"})
    assert design["tile.adc.bits"] == 6 and design.with_settings({"tile.adc.bits": 5})["tile.adc.bits"] == 5
    assert mho.Design(settings={"tile.adc.bits": 8}).hash == mho.Design(settings={"tile.adc.bits": "8"}).hash
    assert "tile.adc.bits" in mho.keys().index and "hermes" in mho.designs()
    assert "adc" in design.text()
    with pytest.raises(KeyError):
        design["tile.adc.bit"]


def test_maps_and_any_verb(tmp_path):
    mapped = mho.map(NETWORK, data="strokes", save=tmp_path / "mapping.json")
    assert len(mapped.frame("matrices")) == 3 and os.path.exists(tmp_path / "mapping.json")
    loads = mho.command("noc", "--mesh", 4, "--load", 0.1, "--warm-up", 200, "--window", 200, "--windows", 3)
    assert loads["schema"] == 1


def test_results_are_frames():
    result = mho.estimate()
    assert result.figures["latency_s"] == result["latency_s"] and len(result.layers) == 3
    assert set(result.components["component"]) >= {"adc", "dac"}
    assert result.frame("energy_by_block_j").sum() > 0
    several = mho.table([result, mho.estimate(design=mho.Design(settings={"tile.adc.bits": 6}))])
    assert len(several) == 2 and several["energy_per_inference_j"][1] < several["energy_per_inference_j"][0]
    with pytest.raises(TypeError):
        result.frame("latency_s")


@pytest.mark.parametrize("call, kind, words", [
    (lambda: mho.Design(settings={"tile.adc.bit": 6}), mho.InputError, "tile.adc.bits"),
    (lambda: mho.Design("absent"), mho.InputError, "absent"),
    (lambda: mho.Network("absent.onnx").hash, mho.InputError, "absent.onnx"),
    (lambda: mho.Network(b"no network").hash, mho.InputError, ""),
    (lambda: mho.Data("strokesy").name, mho.InputError, "strokes"),
    (lambda: mho.run(NETWORK), mho.UsageError, "data"),
    (lambda: mho.estimate(design=mho.Design(settings={"chip.mesh.width": 2, "chip.mesh.height": 2})), mho.DoesNotFit, "tile"),
    (lambda: mho.simulate(design=mho.Design(settings={"chip.mesh.width": 2, "chip.mesh.height": 2})), mho.DoesNotFit, "tile"),
    (lambda: mho.simulate(inferences=2), mho.UsageError, "--inferences"),
    (lambda: mho.products(numpy.ones((2, 3)), numpy.ones((1, 2))), mho.InputError, "inputs"),
    (lambda: mho.products(numpy.ones((2, 3)), [[1, 2, float("nan")]]), mho.InputError, "[0, 2]"),
    (lambda: mho.products(numpy.ones(3), numpy.ones((1, 3))), mho.InputError, "weights"),
    (lambda: mho.estimate(db="absent/folder/results.db"), mho.InputError, "absent"),
    (lambda: mho.sweep(vary={}), mho.UsageError, "nothing is varied"),
    (lambda: mho.sweep(vary={"tile.adc.bit": [4]}), mho.UsageError, "did you mean tile.adc.bits?"),
    (lambda: mho.sweep(vary={"tile.adc.bits": [4]}, constraints=["tile.adc.bits > 9"]), mho.InputError, "excludes 1 of 1"),
    (lambda: mho.search(minimise="area", free={"tile.adc.bit": "4..8"}), mho.UsageError, "tile.adc.bits"),
])
def test_mistakes_are_exceptions(call, kind, words):
    with pytest.raises(kind) as caught:
        call()
    assert words in str(caught.value)
    assert caught.value.exit_code == kind.exit_code


def test_a_command_that_is_not_there_is_said(monkeypatch):
    monkeypatch.setenv("MHO_PROGRAM", os.devnull)
    with pytest.raises(OSError):
        mho.simulate()


def test_the_interpreter_goes_on_meanwhile():
    counted = 0
    done = threading.Event()

    def count():
        nonlocal counted
        while not done.is_set():
            counted += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    begun = time.monotonic()
    mho.run(times="1s", repeats=2, fidelity="estimate", threads=1)
    took = time.monotonic() - begun
    done.set()
    thread.join()
    assert took > 0.1 and counted > 20 * took  # with the lock held it would have counted once


def test_sweeps_are_frames(tmp_path):
    frame = mho.sweep(vary={"tile.adc.bits": range(6, 8), ("chip.mesh.width", "chip.mesh.height"): [(6, 6), (2, 2)]}, jobs=2, db=tmp_path / "results.db")
    assert list(frame["tile.adc.bits"]) == [6, 6, 7, 7] and list(frame["chip.mesh.width"]) == [6, 2, 6, 2]
    # A point that does not fit is a row with its reason, and the others are what one estimate gives.
    assert list(frame["exit_code"]) == [0, 4, 0, 4] and "tile" in frame["reason"][1]
    alone = mho.estimate(design=mho.Design(settings={"tile.adc.bits": 7, "chip.mesh.width": 6, "chip.mesh.height": 6}))
    for figure in ("latency_s", "energy_per_inference_j", "area_mm2"):
        assert frame[figure][2] == alone[figure]
    assert frame["best"].any() and not frame["best"][1]
    # The same again comes from the database.
    again = mho.sweep(vary={"tile.adc.bits": "6,7", ("chip.mesh.width", "chip.mesh.height"): "6/6,2/2"}, db=tmp_path / "results.db")
    assert again.attrs["result"]["evaluated"] == 0
    pytest.importorskip("pandas").testing.assert_frame_equal(frame, again)


def test_sweeps_have_accuracies_by_age():
    told = []
    frame = mho.sweep(vary={"tile.adc.bits": [5, 8]}, accuracy=True, times=["1s", 86400.0], repeats=2, samples=100, jobs=1, progress=told.append)
    runs = [mho.run(design=mho.Design(settings={"tile.adc.bits": bits}), times="1s,1d", repeats=2, samples=100, fidelity="estimate") for bits in (5, 8)]
    for age, place in (("1s", 0), ("1d", 1)):
        numpy.testing.assert_array_equal(frame[f"accuracy@{age}"], [run["accuracy"][place]["mean"] for run in runs])
    assert any("%" in line for line in told)


def test_searches_are_frames():
    frame = mho.search(minimise="area", keep="80%", time="1h", free={"tile.adc.bits": "5..7", "tile.rows": [128, 256]}, evaluations=6, confirm=1, repeats=2,
                       samples=100, jobs=1, seed=2)
    assert len(frame) == 1 and frame["tile.adc.bits"][0] in (5, 6, 7) and frame["tile.rows"][0] in (128, 256)
    assert frame["keeps_all"][0] in (True, False) and frame["confirmed_area_mm2"][0] > 0
    assert len(frame.attrs["result"]["prices"]) == 1


def test_progress_is_told():
    lines = []
    mho.run(times=["1s", "1d", "1y"], repeats=10, fidelity="estimate", threads=1, progress=lines.append)
    assert any("%" in line for line in lines) and lines[-1] == ""
    lines.clear()
    mho.run(times=["1s", "1d", "1y"], repeats=10, threads=1, progress=lines.append)  # from another process
    assert any("%" in line for line in lines) and lines[-1] == ""


INTERRUPTED = """
import sys, mho
told = []
def tell(line):
    if line and not told:
        told.append(line)
        print("computes", flush=True)
try:
    mho.run(repeats=100000, threads=1, fidelity={fidelity!r}, progress=tell)
except mho.Interrupted as error:
    assert isinstance(error, KeyboardInterrupt)
    print("interrupted", flush=True)
print(mho.estimate()["latency_s"] > 0, flush=True)
try:
    print("waits", flush=True)
    while True: pass
except KeyboardInterrupt:
    print("Python's own again", flush=True)
"""


SWEPT = """
import sys, mho
try:
    mho.sweep(vary={"chip.mesh.width": range(6, 16), "digital.lanes": range(16, 56)}, jobs=1, db="results.db", progress=lambda line: print("computes", flush=True))
except mho.Interrupted as error:
    print("interrupted:", error, flush=True)
"""


def test_ctrl_c_ends_a_sweep_that_goes_on(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", SWEPT], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    assert process.stdout.readline() == "computes\n"
    process.send_signal(signal.SIGINT)
    said = process.stdout.read()
    assert process.wait() == 0 and "interrupted: interrupted; " in said and "of 400 points are in results.db" in said, said
    frame = mho.sweep(vary={"chip.mesh.width": range(6, 16), "digital.lanes": range(16, 56)}, db=tmp_path / "results.db")
    assert len(frame) == 400 and frame.index.is_unique


@pytest.mark.parametrize("fidelity", ["estimate", "simulate"])
def test_ctrl_c_ends_a_computation(fidelity, tmp_path):
    process = subprocess.Popen([sys.executable, "-c", INTERRUPTED.format(fidelity=fidelity)], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    assert process.stdout.readline() == "computes\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "interrupted\n"
    assert process.stdout.readline() == "True\n"
    assert process.stdout.readline() == "waits\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "Python's own again\n"
    assert process.wait() == 0


def test_loads_neither_systemc_nor_libtorch():
    with open(f"/proc/{os.getpid()}/maps", encoding="utf-8") as file:
        loaded = file.read()
    assert "_native" in loaded and "libsystemc" not in loaded and "libtorch" not in loaded
    # Linked statically it would be there by name.
    assert b"sc_core" not in open(_native.__file__, "rb").read()
    assert not hasattr(ctypes.CDLL(_native.__file__), "sc_main")


def test_inputs_travel_to_other_processes():
    for thing in (mho.Design(settings={"tile.adc.bits": 6}), mho.Network(NETWORK), mho.Network(), mho.Data("strokes")):
        again = pickle.loads(pickle.dumps(thing))
        assert type(again) is type(thing) and (again.name == thing.name)
    assert pickle.loads(pickle.dumps(mho.estimate()))["latency_s"] > 0


def test_stubs_name_what_is_there():
    with open(os.path.join(SOURCE, "python/mho/_native.pyi"), encoding="utf-8") as file:
        stubs = ast.parse(file.read())
    classes = {node.name: node for node in stubs.body if isinstance(node, ast.ClassDef)}
    functions = {node.name: node for node in stubs.body if isinstance(node, ast.FunctionDef)}
    assert {name for name in dir(_native) if not name.startswith("_")} == set(classes) | set(functions)
    for name, node in classes.items():
        declared = {method.name for method in node.body if not method.name.startswith("_")}
        assert {attribute for attribute in dir(getattr(_native, name)) if not attribute.startswith("_")} == declared
    for name, node in functions.items():
        said = getattr(_native, name).__doc__.splitlines()[0]
        for argument in node.args.args:
            assert f"{argument.arg}: " in said or "arg0" in said, (name, argument.arg)
    for name in mho.__all__:
        thing = getattr(mho, name)
        assert thing.__doc__, name
        if inspect.isfunction(thing):
            signature = inspect.signature(thing)
            assert signature.return_annotation is not inspect.Signature.empty, name
            assert all(parameter.annotation is not inspect.Signature.empty for parameter in signature.parameters.values()), name


def test_the_example_finds_a_front():
    pytest.importorskip("optuna")
    shown = subprocess.run([sys.executable, os.path.join(SOURCE, "examples/optuna/search.py"), "--trials", "30"], capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    rows = [line.split() for line in shown.stdout.split("settings\n")[1].splitlines()]
    assert len(rows) >= 2
    areas, intervals = [float(row[0]) for row in rows], [float(row[1]) for row in rows]
    # A front: less area costs time.
    assert areas == sorted(areas) and intervals == sorted(intervals, reverse=True)


def test_the_page_runs_as_it_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open(os.path.join(SOURCE, "docs/python.md"), encoding="utf-8") as file:
        page = file.read()
    names, ran = {}, 0
    for block in page.split("\n\n"):
        lines = block.strip("\n").splitlines()
        if not lines or not all(line.startswith("    ") for line in lines):
            continue
        code = "\n".join(line[4:] for line in lines)
        if code.startswith(("make ", "$ ", "   time_s")):
            continue
        exec(code, names)
        ran += 1
    assert ran == 7
