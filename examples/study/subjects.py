"""The networks of the study: files, data, sizes, training, and what they cost."""

import copy
import os
from typing import NamedTuple

from jobs import File, Measure, Sensitivity, Train

TIMES = "1s,1h,1d,1y"
AGES = ["1 s", "1 h", "1 d", "1 y"]


# A chip that holds every network; later settings have precedence.
LARGE_CHIP = ["chip.mesh.width=8", "chip.mesh.height=8", "chip.digital_cores=8", "tile.rows=512", "tile.columns=512"]

SAMPLES_OF_A_FOLD = 600


class Costs(NamedTuple):
    """Seconds of one core of the processor that the study was written on. They make the budget and change no result."""

    epoch: float  # training on tiles with validation
    start: float  # mapping and estimate of a run
    score: float  # one sample on one programming at one age


class Subject:
    """One network with its data; `recipe` is what its trainings have in common."""

    def __init__(self, name, network, data, size, recipe, costs, options=()):
        self.name = name
        self.data = data
        self.samples, self.programmings = size
        self.recipe = recipe
        self.costs = costs
        self.options = list(options)  # of the measured chip only; they do not affect the training
        self.original = File(network)  # or the Train that produces it
        self.ablation = []  # changes of the recipe for the ablation study, which needs many trainings
        self.recipes = {}  # by name: changes of the recipe, one of which is selected on validation data
        self.all_samples = self.samples  # number of samples for a verdict
        self.trial_size = size  # samples and programmings for trials of many measures

    def _common(self, chip, layers=()):
        arguments = ["--data", File(self.data), "--threads", "1"]
        for setting in [*LARGE_CHIP, *chip]:
            arguments += ["--set", setting]
        for rule in layers:
            arguments += ["--layer", rule]
        return arguments

    def train(self, title, changes=(), seed=1, start=None, from_scratch=False):
        """The network, or another training `start` of it, retrained; `changes` are keys of the recipe besides the subject's own."""
        arguments = ["retrain", start or self.original] + self._common([]) + (["--from-scratch"] if from_scratch else [])
        keys = dict(setting.split("=", 1) for setting in [*self.recipe, *changes, f"seed={seed}"])
        for key, value in keys.items():
            arguments += ["--recipe-set", f"{key}={value}"]
        return Train(f"{self.name}: {title}, seed {seed}", arguments, self.costs.epoch * int(keys["epochs"]))

    def measure(self, title, network=None, chip=(), times=TIMES, layers=(), size=None):
        """Accuracy of `network` (a training; None: the original) on the chip with settings `chip` and rules `layers`; times and energy by estimate."""
        samples, programmings = size or (self.samples, self.programmings)
        arguments = ["run", network or self.original] + self._common(self.options + list(chip), layers)
        arguments += ["--times", times, "--repeats", programmings, "--fidelity", "estimate"]
        arguments += ["--samples", samples] if samples else []
        evaluations = (samples or SAMPLES_OF_A_FOLD) * programmings * len(times.split(","))
        return Measure(f"{self.name}: {title}", arguments, self.costs.start + self.costs.score * evaluations)

    def sensitivity(self, title, kinds):
        """How much of every nonideality alone the original bears."""
        samples, programmings = min(self.trial_size[0], 300), min(self.trial_size[1], 5)
        arguments = ["sensitivity", self.original] + self._common([])
        arguments += ["--repeats", programmings, "--samples", samples, "--only", kinds]
        steps = 20  # evaluations until a threshold and an error are found, from experience
        return Sensitivity(f"{self.name}: {title}", arguments, self.costs.score * samples * programmings * steps * len(kinds.split(",")))

    def by_layer(self, title, samples, programmings, layers):
        """What every layer costs: alone analog, and alone digital."""
        arguments = ["sensitivity", self.original, "--by-layer", "--times", "1h"] + self._common(self.options)
        arguments += ["--repeats", programmings, "--samples", samples]
        return Sensitivity(f"{self.name}: {title}", arguments, self.costs.score * samples * programmings * 2 * layers)

    def fold(self, number, description, from_scratch, epochs):
        """The same network from random weights, trained in float for `from_scratch` epochs on the clips outside a fold; `epochs` of later trainings."""
        made = copy.copy(self)
        made.name = f"{self.name}, fold {number}"
        made.data = description
        made.samples = made.all_samples = None  # all samples of the fold
        made.recipe = [*self.recipe, f"epochs={epochs}"]
        made.original = made.train("from random weights", ["hardware.analog=false", f"epochs={from_scratch}", "optimiser.rate=0.005"], from_scratch=True)
        return made


def subjects(root, quick):
    """By name; `root` is the folder that MHO_DATA names."""
    here = os.path.dirname(os.path.abspath(__file__))
    data = os.path.join(here, "..", "data")
    nets = os.path.join(root, "nets")
    models = os.path.join(root, "models")
    sizes = {
        # epochs, samples, programmings: all, quick
        "fsdd_lstm": ((30, 300, 25), (5, 300, 5)),
        "fsdd_gru": ((30, 300, 25), (5, 300, 5)),
        "fashion_cnn": ((2, 1000, 10), None),
        "resnet20": ((40, 1000, 10), None),
        "shakespeare_lstm": ((1, 200, 10), None),
        "shakespeare_transformer": ((1, 200, 10), None),
        "stories260k": ((10, 50, 10), None),
    }
    # Intermediate products of attention are stored in the buffers of the digital cores.
    roomy = ["chip.digital_buffer=1 MiB"]
    made = {}

    def add(name, network, data_file, recipe, costs, recipes, trial_size, options=(), all_samples=None):
        size = sizes[name][1 if quick else 0]
        if size is None:
            return
        epochs, samples, programmings = size
        made[name] = Subject(name, network, os.path.join(data, data_file), (samples, programmings), [f"epochs={epochs}", *recipe], costs, options)
        made[name].recipes = {title: recipes[title] for title in list(recipes)[:1 if quick else None]}
        made[name].all_samples = all_samples or samples
        made[name].trial_size = (trial_size[0] // 2, 3) if quick else trial_size

    gaussian, distilled = ["clip.kind=gaussian"], ["distillation.weight=1", "distillation.temperature=1"]
    noise = {f"noise x {level:g}": [f"noise.scale={level:g}"] for level in (1.5, 2, 1, 3)}
    digits = {title: noise[title] for title in ("noise x 1.5", "noise x 2", "noise x 1")}
    for name in ("fsdd_lstm", "fsdd_gru"):
        add(name, os.path.join(nets, name + ".onnx"), "fsdd.yaml", ["optimiser.rate=0.001", "noise.scale=2"], Costs(1.9, 0.5, 0.001), digits, (300, 4))
    add("fashion_cnn", os.path.join(nets, "fashion_cnn.onnx"), "fashion_mnist.yaml",
        ["optimiser.kind=adam", "optimiser.rate=0.0005", "noise.scale=2", "augmentation.mirror=true"], Costs(220, 1.7, 0.005),
        {"6 epochs, noise x 2": ["epochs=6"], "6 epochs, noise x 3": ["epochs=6", "noise.scale=3"]}, (500, 5), all_samples=10000)
    add("resnet20", os.path.join(models, "cifar10_resnet20_akamaster.onnx"), "cifar10_akamaster.yaml",
        ["optimiser.kind=adam", "optimiser.rate=0.0005", "noise.scale=3", "augmentation.mirror=true", "augmentation.crop=4"], Costs(90, 4.3, 0.018),
        {title: noise[title] for title in ("noise x 3", "noise x 2")}, (200, 3), all_samples=4000)
    if "resnet20" in made:
        made["resnet20"].ablation = ["epochs=20", "noise.scale=2"]
    add("shakespeare_lstm", os.path.join(nets, "shakespeare_lstm.onnx"), "shakespeare.yaml", ["optimiser.rate=0.0005", "noise.scale=2"],
        Costs(160, 3.3, 0.012), {title: noise[title] for title in ("noise x 2", "noise x 1")}, (40, 3), all_samples=1742)
    add("shakespeare_transformer", os.path.join(nets, "shakespeare_transformer.onnx"), "shakespeare.yaml",
        ["optimiser.rate=0.0005", "noise.scale=1"], Costs(210, 8.3, 0.023),
        {"noise x 1": [], "noise x 1, Gaussian clipping": gaussian, "noise x 1, Gaussian clipping, distillation alone": gaussian + distilled}, (40, 3), roomy,
        all_samples=1742)
    add("stories260k", os.path.join(nets, "stories260k.onnx"), "stories.yaml", ["optimiser.rate=0.0005", "noise.scale=1"], Costs(100, 20, 0.12),
        {"noise x 1, Gaussian clipping, distillation alone": gaussian + distilled, "noise x 2, the same": ["noise.scale=2", *gaussian, *distilled]}, (10, 3), roomy,
        all_samples=200)
    return made
