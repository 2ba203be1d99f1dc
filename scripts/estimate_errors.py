#!/usr/bin/env python3
"""Compares the estimate of a network with its simulation, on random designs: errors, and Kendall's rank correlation.

    scripts/estimate_errors.py build/release/mho NETWORK.onnx [NUMBER] [SEED]

Half of the designs have fast tiles, so that digital units, ports, links or buffers set their interval. Designs that the network does not fit are drawn
anew. Needs Python 3 alone.
"""
import json
import random
import statistics
import subprocess
import sys
import tempfile


DATABASE = tempfile.mkdtemp() + "/results.db"


def draw(rng, fast_tiles):
    side = rng.choice([6, 7, 8, 10, 12])
    keys = {
        "chip.mesh.width": side,
        "chip.mesh.height": rng.choice([side, side - 1, side + 2]),
        "chip.digital_cores": rng.choice([2, 4, 8, 12]),
        "chip.input_buffer": rng.choice(["64 KiB", "256 KiB"]),
        "chip.digital_buffer": rng.choice(["256 KiB", "1 MiB"]),
        "digital.lanes": rng.choice([8, 16, 32, 64]),
        "digital.result_format": rng.choice(["float16", "int8"]),
        "noc.flit_bits": rng.choice([32, 64, 128, 256]),
        "noc.router_stages": rng.choice([3, 4, 5]),
        "port.bits_per_cycle": rng.choice([32, 64, 256]),
        "tile.rows": rng.choice([128, 256, 512]),
        "tile.columns": rng.choice([128, 256, 512]),
        "tile.adc.mux": rng.choice([4, 8, 16]),
        "mapper.copies": rng.choice(["none", "none", "auto"]),
        "mapper.placement": rng.choice(["snake", "compact"]),
    }
    if fast_tiles:
        keys["tile.dac.bits"] = 4
        keys["tile.adc.mux"] = 1
        keys["tile.scale.lanes"] = 128
    return keys


def run(mho, network, keys, fidelity):
    command = [mho, "simulate", network, "--design", "mapping_reference", "--reference", "none", "--json", "--db", DATABASE, "--fidelity", fidelity]
    for key, value in keys.items():
        command += ["--set", f"{key}={value}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return None
    return json.loads(done.stdout)


def kendall(a, b):
    agree = sum((a[i] - a[j]) * (b[i] - b[j]) > 0 for i in range(len(a)) for j in range(i))
    differ = sum((a[i] - a[j]) * (b[i] - b[j]) < 0 for i in range(len(a)) for j in range(i))
    return (agree - differ) / (agree + differ)


def main():
    mho, network = sys.argv[1:3]
    number = int(sys.argv[3]) if len(sys.argv) > 3 else 50
    rng = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    found = {"interval_s": [], "latency_s": []}
    tiles_bind, refused, seconds = 0, 0, [0.0, 0.0]
    while len(found["interval_s"]) < number:
        keys = draw(rng, len(found["interval_s"]) % 2 == 1)
        estimate = run(mho, network, keys, "estimate")
        simulated = estimate and run(mho, network, keys, "simulate")
        if not simulated:
            refused += 1
            continue
        for figure, pairs in found.items():
            pairs.append((estimate[figure], simulated[figure], keys))
        seconds[0] += estimate["simulation_wall_s"]
        seconds[1] += simulated["simulation_wall_s"]
        bottleneck = simulated["bottleneck"]
        tiles_bind += bottleneck.get("unit") in ("array", "converters", "scale", "drivers") and bottleneck.get("share", 0) > 0.95
    print(f"{number} designs ({refused} drawn anew), tiles set the interval of {tiles_bind}")
    for figure, pairs in found.items():
        errors = [abs(e / s - 1) for e, s, _ in pairs]
        worst = max(range(number), key=errors.__getitem__)
        tau = kendall([e for e, _, _ in pairs], [s for _, s, _ in pairs])
        print(f"{figure}: median error {100 * statistics.median(errors):.2f} %, worst {100 * errors[worst]:.1f} %, Kendall's tau {tau:.4f}")
        print(f"  worst: {pairs[worst][0]:.4g} for {pairs[worst][1]:.4g}, {pairs[worst][2]}")
    print(f"time of the estimates {1e3 * seconds[0] / number:.1f} ms, of the simulations {1e3 * seconds[1] / number:.1f} ms")


main()
