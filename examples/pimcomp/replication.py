#!/usr/bin/env python3
"""Shapes of a network file of PIMCOMP-NN, and copies of its layers: PIMCOMP's, where a table says them, beside the exact ones.

    replication.py NETWORK.json [--crossbar 128] [--budget 9216] [--table LAYERS.csv]

LAYERS.csv has columns network, layer, pimcomp_copies; the network is called as the file. Needs Python 3 alone.
"""
import argparse
import csv
import json
import math
import os


def layers_of(path):
    """(name, rows, columns, positions) of every layer with weights. Groups are not told apart, as PIMCOMP does not."""
    with open(path) as file:
        nodes = json.load(file)["node_list"]
    layers = []
    for node in nodes:
        param = node.get("param", {})
        if node["operation"] == "OP_CONV":
            rows = param["kernel_h"] * param["kernel_w"] * param["input_channel"]
            layers.append((node["name"], rows, param["output_channel"], math.prod(node["output_dim"][2:])))
        elif node["operation"] == "OP_FC":
            layers.append((node["name"], param["num_input"], param["num_output"], 1))
    return layers


def fewest(layers, crossbars, interval):
    """Crossbars and copies for an interval of so many positions."""
    copies = [math.ceil(positions / interval) for _, _, _, positions in layers]
    return sum(c * x for c, x in zip(copies, crossbars)), copies


def exact(layers, crossbars, budget):
    """The shortest interval within the budget, by bisection: fewer crossbars are needed the longer it is."""
    short, long = 0, max(positions for _, _, _, positions in layers)
    if fewest(layers, crossbars, long)[0] > budget:
        return None
    while long - short > 1:
        middle = (short + long) // 2
        if fewest(layers, crossbars, middle)[0] <= budget:
            long = middle
        else:
            short = middle
    return long, *fewest(layers, crossbars, long)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network")
    parser.add_argument("--crossbar", type=int, default=128, help="rows and columns of a crossbar")
    parser.add_argument("--budget", type=int, default=9216, help="crossbars of the chip")
    parser.add_argument("--table", help="copies that PIMCOMP chose")
    arguments = parser.parse_args()
    layers = layers_of(arguments.network)
    side = arguments.crossbar
    crossbars = [math.ceil(rows / side) * math.ceil(columns / side) for _, rows, columns, _ in layers]
    found = exact(layers, crossbars, arguments.budget)
    if found is None:
        raise SystemExit(f"one copy of every layer takes {sum(crossbars)} crossbars, the chip has {arguments.budget}")
    interval, used, copies = found
    theirs = None
    if arguments.table:
        name = os.path.splitext(os.path.basename(arguments.network))[0]
        with open(arguments.table) as file:
            theirs = [int(row["pimcomp_copies"]) for row in csv.DictReader(file) if row["network"] == name]
        if len(theirs) != len(layers):
            raise SystemExit(f"{arguments.table} has {len(theirs)} layers of {name}, the network {len(layers)}")
    print(f"{'layer':<32} {'rows':>6} {'columns':>7} {'positions':>9} {'crossbars':>9} {'exact':>7}" + ("  PIMCOMP" if theirs else ""))
    for i, (name, rows, columns, positions) in enumerate(layers):
        print(f"{name:<32} {rows:>6} {columns:>7} {positions:>9} {crossbars[i]:>9} {copies[i]:>7}" + (f" {theirs[i]:>8}" if theirs else ""))
    print(f"exact: an inference every {interval} positions, {used} crossbars")
    if theirs:
        their_interval = max(math.ceil(positions / c) for (_, _, _, positions), c in zip(layers, theirs))
        their_crossbars = sum(c * x for c, x in zip(theirs, crossbars))
        print(f"PIMCOMP: an inference every {their_interval} positions, {their_crossbars} crossbars: {their_interval / interval:.2f} times as long")


main()
