#!/usr/bin/env python3
"""Which chips need little area and little time for the built-in network? A search with Optuna (package python3-optuna) over four keys of a design.

    examples/optuna/search.py [--trials N] [--seed N]

Each trial is an estimate in this process, a few milliseconds. Chips that the network does not fit are pruned. Prints the front.
"""

import argparse

import optuna

import mho

parser = argparse.ArgumentParser()
parser.add_argument("--trials", type=int, default=200)
parser.add_argument("--seed", type=int, default=1)
arguments = parser.parse_args()

NETWORK = mho.Network()


def objective(trial):
    chip = mho.Design(settings={
        "tile.adc.bits": trial.suggest_int("tile.adc.bits", 4, 9),
        "tile.adc.mux": trial.suggest_categorical("tile.adc.mux", [1, 2, 4, 8, 16]),
        "tile.rows": trial.suggest_categorical("tile.rows", [64, 128, 256]),
        "tile.columns": trial.suggest_categorical("tile.columns", [64, 128, 256]),
    })
    try:
        result = mho.estimate(NETWORK, chip, threads=1)
    except mho.MhoError as why:
        raise optuna.TrialPruned(str(why)) from why
    return result["area_mm2"], 1e9 * result["interval_s"]


optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study(directions=["minimize", "minimize"], sampler=optuna.samplers.NSGAIISampler(seed=arguments.seed, population_size=20))
study.optimize(objective, n_trials=arguments.trials)
pruned = len(study.get_trials(states=[optuna.trial.TrialState.PRUNED]))
print(f"{len(study.trials)} chips, {pruned} of which do not hold the network; the best compromises:")
print(" area, mm2  interval, ns  settings")
front = {tuple(trial.values): trial.params for trial in study.best_trials}
for (area, interval), settings in sorted(front.items()):
    print(f"{area:10.3f}  {interval:12.1f}  {', '.join(f'{key}={value}' for key, value in settings.items())}")
