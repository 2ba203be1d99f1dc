"""Checks what every verb prints with --json against its JSON Schema in docs/schemas.

usage: json_schemas.py --mho PATH --source FOLDER [--write]

--write makes the schemas anew from what the commands below print: after a change of an object, read the differences and commit them with it.
Ends with code 77, that of a test that was left out, where Python has no jsonschema.
"""

import argparse
import json
import os
import shlex
import struct
import subprocess
import sys
import tempfile

# What is run of every verb, in this order, in one folder. Files in capitals are made below; a verb whose name begins with '#' needs mho-train.
COMMANDS = [
    ("run", "run --times 1s,1y --repeats 2 --samples 40"),
    ("run", "run --times 1s --repeats 1 --samples 20 --set tile.adc.bits=6 --layer first=digital --layer '*:tile.adc.bits=7' --reference none"),
    ("run", "run --times 1s --repeats 2 --samples 20 --set digital.result_format=int8 --set noc.power_gating=on --set chip.power_gating=on"),
    ("run", "run --times 1s --repeats 1 --samples 20 --fidelity estimate --set digital.result_format=float16"),
    ("simulate", "simulate"),
    ("simulate", "simulate --functional --inferences 3"),
    ("simulate", "simulate --inferences 1 --set noc.power_gating=on"),
    ("simulate", "simulate --inferences 4"),
    ("simulate", "simulate --set mapper.weights=reloaded --set mapper.reload_batch=2 --set chip.mesh.width=2 --set chip.mesh.height=2"),
    ("simulate", "simulate --list-signals"),
    ("simulate", "simulate --seed 3"),
    ("simulate", "simulate --seed 3 --set tile.adc.bits=6 --set noc.flit_bits=32"),
    ("sensitivity", "sensitivity --only '*read*' --samples 40 --repeats 2"),
    ("sensitivity", "sensitivity --by-layer --samples 40 --repeats 2"),
    ("network", "network NETWORK"),
    ("map", "map NETWORK --data strokes --set chip.mesh.width=8 --set chip.mesh.height=8"),
    ("tile", "tile --tiles 1 --vectors 8 --size 32"),
    ("noc", "noc --traffic uniform --load 0.02,0.9 --mesh 4 --warm-up 200 --window 200 --windows 3"),
    ("mvm", "mvm --weights W.npy --inputs X.npy --reads 3 --stats S.csv"),
    ("mvm", "mvm --weights W.npy --inputs X.npy --out Y.npy"),
    ("wires", "wires --conductances W.npy --voltages X.npy --r-in 0.35 --r-out 0.35 --out I.npy"),
    ("describe", "describe tile.adc"),
    ("describe", "describe leakage --set tile.adc.bits=6"),
    ("describe", "describe designs"),
    ("describe", "describe"),
    ("validate", "validate CHIP.yaml"),
    ("cost", "cost"),
    ("cost", "cost 1"),
    ("cost", "cost 1 --against 2"),
    ("cost", "cost --against published"),
    ("db list", "db list --all"),
    ("db list", "db list --kind studies"),
    ("db show", "db show 1"),
    ("db show", "db show 5"),
    ("db show", "db show study:1"),
    ("db compare", "db compare 1 2 3 --explain"),
    ("db compare", "db compare 10 11 --explain --by-key"),
    ("db improve", "db improve 1"),
    ("db improve", "db improve 5"),
    ("db improve", "db improve 7"),
    ("db front", "db front --x area_mm2 --y energy_per_inference_j"),
    ("db query", "db query 'SELECT run, latency_s, data FROM v_run'"),
    ("db schema", "db schema v_run"),
    ("db rerun", "db rerun 1"),
    ("db rerun", "db rerun study:1"),
    ("db merge", "db merge results.db --db all.db"),
    ("db check", "db check"),
    ("sweep", "sweep --vary tile.adc.bits=6,7 --vary tile.rows=2,128 --constraint 'tile.adc.bits > 5' --jobs 1"),
    ("sweep", "sweep --accuracy --vary tile.adc.bits=6,7 --samples 200 --repeats 2 --times 1s --jobs 1"),
    ("db cache", "db cache"),
    ("search", "search --minimise area --keep 90% --times 1d --samples 60 --repeats 1 --free tile.adc.bits=5..8 --evaluations 8 --confirm 1 --jobs 1"),
    ("search", "search --minimise area --minimise energy --free tile.adc.bits=5..8 --free tile.rows=64,128 --evaluations 8 --confirm 1 --jobs 1"),
    ("search", "search --minimise area --free tile.noise.output=0.01..0.1 --evaluations 8 --confirm 1 --jobs 1"),
    ("search", "search --keep 80% --times 1d --samples 60 --repeats 1 --engine greedy --accuracy-by full --minimise area --jobs 1"),
    ("search", "search --check-proxy 2 --times 1d --samples 60 --repeats 1 --free tile.adc.bits=5..8 --minimise area --jobs 1"),
    ("db prune", "db prune --where 'run > 900'"),
    ("report", "report --run 1"),
    ("help", "help run"),
    ("help", "help db"),
    ("help", "help layers"),
    ("help", "help"),
    ("retrain", "retrain NETWORK --data DATA.yaml --out hwa.onnx --recipe-set epochs=1"),
    ("retrain", "retrain NETWORK --data DATA.yaml --out again.onnx --recipe-set epochs=1 --from-scratch --db trainings.db"),
]

# Objects whose keys are names of blocks, keys of a design or columns of a question: only their values have a type.
NAMED = {"energy_by_block_j", "area_by_part_mm2", "settings", "design", "rows[]", "efficiency", "bands", "figures", "difference", "tags", "changes"}
FREE = {"design", "rows[]", "settings", "run", "study", "v_sensitivity[]", "v_sensitivity_layer[]", "parameters[].default", "value", "first", "second"}


def type_name(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return {str: "string", list: "array", dict: "object"}[type(value)]


def infer(values, name=""):
    """The schema of all these values, which stand at places of one name."""
    kinds = sorted({type_name(value) for value in values})
    schema = {"type": kinds[0] if len(kinds) == 1 else kinds}
    objects = [value for value in values if isinstance(value, dict)]
    lists = [value for value in values if isinstance(value, list)]
    if objects and name not in FREE:
        if name in NAMED:
            inner = [inner for value in objects for inner in value.values()]
            if inner:
                schema["additionalProperties"] = infer(inner, name + "{}")
        else:
            keys = list(dict.fromkeys(key for value in objects for key in value))
            schema["properties"] = {key: infer([value[key] for value in objects if key in value], key) for key in keys}
            schema["required"] = [key for key in keys if all(key in value for value in objects)]
            schema["additionalProperties"] = False
    if lists:
        items = [item for value in lists for item in value]
        if items:
            schema["items"] = infer(items, name + "[]")
    return schema


def write_npy(path, rows, columns):
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }" % (rows, columns)
    header += " " * (-(10 + len(header) + 1) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(b"".join(struct.pack("<d", 1e-6 * (2 + k % 7)) for k in range(rows * columns)))


def schema_path(source, verb):
    return os.path.join(source, "docs/schemas", verb.replace(" ", "_") + ".json")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mho", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    try:
        import jsonschema
    except ImportError:
        print("Python has no jsonschema")
        return 77
    mho = os.path.realpath(arguments.mho)
    source = os.path.realpath(arguments.source)
    trains = os.path.exists(os.path.join(os.path.dirname(mho), "mho-train"))
    printed, failed = {}, 0
    with tempfile.TemporaryDirectory(prefix="mho-schemas-") as folder:
        with open(os.path.join(folder, "CHIP.yaml"), "w") as file:
            file.write("tile.adc.bits: 7\n")
        write_npy(os.path.join(folder, "W.npy"), 12, 20)
        write_npy(os.path.join(folder, "X.npy"), 3, 20)
        for verb, line in COMMANDS:
            if verb == "retrain" and not trains:
                continue
            line = line.replace("NETWORK", os.path.join(source, "examples/default_network/strokes.onnx")).replace("DATA.yaml", "strokes")
            outcome = subprocess.run([mho, *shlex.split(line), "--json"], cwd=folder, capture_output=True, text=True)
            if outcome.returncode != 0:
                print(f"FAILED with code {outcome.returncode}  mho {line}\n{outcome.stderr.strip()}")
                failed += 1
                continue
            printed.setdefault(verb, []).append((line, json.loads(outcome.stdout)))
        listed = json.loads(subprocess.run([mho, "help", "--json"], capture_output=True, text=True, check=True).stdout)
        verbs = [verb["verb"] for verb in listed["verbs"]] + ["help"]
    for verb in verbs:
        if verb not in printed and not (verb == "retrain" and not trains):
            print(f"FAILED  no command of {verb} was run")
            failed += 1
    for verb, objects in printed.items():
        path = schema_path(source, verb)
        if arguments.write:
            schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"mho {verb} --json"}
            schema.update(infer([value for _, value in objects]))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                json.dump(schema, file, indent=1)
                file.write("\n")
        if not os.path.exists(path):
            print(f"FAILED  {path} is missing")
            failed += 1
            continue
        with open(path) as file:
            schema = json.load(file)
        jsonschema.Draft202012Validator.check_schema(schema)
        for line, value in objects:
            errors = list(jsonschema.Draft202012Validator(schema).iter_errors(value))
            print(f"{'FAILED' if errors else 'good'}  mho {line}")
            for error in errors[:5]:
                print(f"    {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
            failed += bool(errors)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
