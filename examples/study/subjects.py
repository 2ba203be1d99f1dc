"""The networks of the study: files, data, sizes and training."""

import os

from jobs import File, Measure, Train

TIMES = "1s,1h,1d,1y"
AGES = ["1 s", "1 h", "1 d", "1 y"]


# A chip that holds every network; later settings win.
LARGE_CHIP = ["chip.mesh.width=8", "chip.mesh.height=8", "chip.digital_cores=8", "tile.rows=512", "tile.columns=512"]


class Subject:
    """One network with its data; `recipe` is what its trainings have in common."""

    def __init__(self, name, network, data, kind, size, recipe, options=()):
        self.name = name
        self.network = network
        self.data = data
        self.kind = kind  # recurrent, convolutional, transformer
        self.samples, self.programmings = size
        self.recipe = recipe
        self.options = list(options)  # of the chip that is measured; what does not bear on the training
        self.original = None  # File
        self.ablation = []  # changes of the recipe in the study of its parts, which needs many trainings

    def _common(self, chip):
        arguments = ["--data", File(self.data), "--threads", "1"]
        for setting in [*LARGE_CHIP, *chip]:
            arguments += ["--set", setting]
        return arguments

    def train(self, title, changes=(), seed=1, start=None):
        """The network, or another training `start` of it, retrained; `changes` are keys of the recipe besides the subject's own."""
        arguments = ["retrain", start or self.original] + self._common([])
        for setting in [*self.recipe, *changes, f"seed={seed}"]:
            arguments += ["--recipe-set", setting]
        return Train(f"{self.name}: {title}, seed {seed}", arguments)

    def measure(self, title, network=None, chip=(), times=TIMES):
        """Accuracy of `network` (a training; None: the original) on the chip with settings `chip`."""
        arguments = ["run", network or self.original] + self._common(self.options + list(chip))
        arguments += ["--times", times, "--repeats", self.programmings, "--samples", self.samples, "--json"]
        return Measure(f"{self.name}: {title}", arguments)

    def sensitivity(self, title):
        """How much of every nonideality alone the original bears."""
        arguments = ["sensitivity", self.original] + self._common([])
        arguments += ["--repeats", min(self.programmings, 5), "--samples", min(self.samples, 300), "--json"]
        arguments += ["--only", "output noise,input noise,read noise,device noise,programming*,ADC bits,DAC bits,stuck at *"]
        return Measure(f"{self.name}: {title}", arguments)


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
    # Products of attention wait in the buffers of the digital cores.
    roomy = ["chip.digital_buffer=1 MiB"]
    made = {}

    def add(name, network, data_file, kind, recipe=(), options=()):
        size = sizes[name][1 if quick else 0]
        if size is None:
            return
        epochs, samples, programmings = size
        made[name] = Subject(name, network, os.path.join(data, data_file), kind, (samples, programmings), [f"epochs={epochs}", *recipe], options)
        made[name].original = File(network)

    add("fsdd_lstm", os.path.join(nets, "fsdd_lstm.onnx"), "fsdd.yaml", "recurrent", ["optimiser.rate=0.001", "noise.scale=2"])
    add("fsdd_gru", os.path.join(nets, "fsdd_gru.onnx"), "fsdd.yaml", "recurrent", ["optimiser.rate=0.001", "noise.scale=2"])
    add("fashion_cnn", os.path.join(nets, "fashion_cnn.onnx"), "fashion_mnist.yaml", "convolutional", ["optimiser.kind=adam", "optimiser.rate=0.0005", "noise.scale=2", "augmentation.mirror=true"])
    add("resnet20", os.path.join(models, "cifar10_resnet20_akamaster.onnx"), "cifar10_akamaster.yaml", "convolutional",
        ["optimiser.kind=adam", "optimiser.rate=0.0005", "noise.scale=3", "augmentation.mirror=true", "augmentation.crop=4"])
    if "resnet20" in made:
        made["resnet20"].ablation = ["epochs=20", "noise.scale=2"]
    add("shakespeare_lstm", os.path.join(nets, "shakespeare_lstm.onnx"), "shakespeare.yaml", "recurrent", ["optimiser.rate=0.0005", "noise.scale=2"])
    add("shakespeare_transformer", os.path.join(nets, "shakespeare_transformer.onnx"), "shakespeare.yaml", "transformer",
        ["optimiser.rate=0.0005", "noise.scale=1"], roomy)
    add("stories260k", os.path.join(nets, "stories260k.onnx"), "stories.yaml", "transformer", ["optimiser.rate=0.0005", "noise.scale=1"],
        roomy)
    return made
