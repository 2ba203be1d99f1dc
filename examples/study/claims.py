"""The claims: which jobs each needs and the tables it makes of them. Accuracies are in percent, losses in nats."""

from statistics_of import Difference, mean, standard_error
from subjects import AGES


SENSITIVITY = "one nonideality at a time"
KINDS = "output noise,input noise,read noise,device noise,programming*,ADC bits,DAC bits,stuck at *"


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


class Scale:
    """How a metric is written and how far it is from the best: an error in percent, or nats."""

    def __init__(self, result):
        self.is_loss = result["metric"] in ("nats", "mse")
        self.factor = 1.0 if self.is_loss else 100.0
        self.digits = 3 if self.is_loss else 2
        self.chance = result["chance"]

    def text(self, value):
        return f"{self.factor * value:.{self.digits}f}"

    def mean(self, values):
        error = standard_error(values)
        return self.text(mean(values)) + ("" if error is None else f" ± {self.text(error)}")

    def lost(self, values, reference):
        """Values as excess over `reference`, in the direction of worse."""
        sign = 1 if self.is_loss else -1
        return [sign * self.factor * (v - reference) for v in values]

    def normalised(self, value, reference):
        return 100 * (value - self.chance) / (reference - self.chance)


def at(result, age):
    return result["accuracy"][age]["by_repeat"]


def unit(result):
    return "nats" if Scale(result).is_loss else "%"


class Claim:
    number = 0
    title = ""

    def __init__(self, study):
        self.study = study  # jobs' results, subjects, size

    def jobs(self):
        """Measurements, most telling first; trainings come with them."""
        raise NotImplementedError

    def planned(self):
        """All jobs, for the budget: where a result decides what comes next, one of the cases."""
        return self.jobs()

    def text(self):
        """Markdown of those jobs that are done."""
        raise NotImplementedError

    def done(self, *jobs):
        return all(self.study.workshop.is_done(job) for job in jobs)

    def result(self, job):
        return self.study.workshop.result(job)

    def conditions(self, subject):
        return f"{subject.samples} samples, {subject.programmings} programmings"


    def sensitivities(self, subject):
        """By name of the nonideality; None before that study is done."""
        job = subject.sensitivity(SENSITIVITY, KINDS)
        return {n["name"]: n for n in self.result(job)["nonidealities"]} if self.done(job) else None


class Compared(Claim):
    """Rows of the same networks side by side: `measures` gives what each row is called and its measurement, the reference first."""

    def chosen(self):
        return self.study.subjects

    def measures(self, s):
        raise NotImplementedError

    def jobs(self):
        return [job for s in self.chosen() for _, job in self.measures(s)]

    def ready(self, s):
        """Names and results of what is done."""
        return [(name, self.result(job)) for name, job in self.measures(s) if self.done(job)]


class Recovery(Claim):
    number = 1
    title = "Direct mapping loses, retraining recovers"

    def trio(self, s):
        tuned = s.train("fine-tuned in float", ["hardware.analog=false"])
        aware = s.train("on tiles")
        return (s.measure("direct mapping, original"), s.measure("direct mapping, fine-tuned", tuned), s.measure("retrained on tiles", aware))

    def jobs(self):
        return [job for s in self.study.subjects for job in self.trio(s)]

    def text(self):
        rows, verdicts = [], []
        for s in self.study.subjects:
            jobs = self.trio(s)
            if not self.done(*jobs):
                continue
            original, tuned, aware = (self.result(j) for j in jobs)
            scale = Scale(original)
            reference = tuned["float_accuracy_scored"]
            for name, r in (("original", original), ("fine-tuned in float", tuned), ("retrained on tiles", aware)):
                ages = [scale.mean(at(r, a)) for a in range(len(AGES))]
                rows.append([f"{s.name} ({unit(r)})" if r is original else "", name, scale.text(r["float_accuracy_scored"]), *ages])
            ratios, gains, star = [], [], []
            for a in range(len(AGES)):
                direct, ours = mean(scale.lost(at(tuned, a), reference)), mean(scale.lost(at(aware, a), reference))
                ratios.append(f"{direct / ours:.1f}" if ours > 0 else "no excess left")
                gains.append(Difference(scale.lost(at(tuned, a), reference), scale.lost(at(aware, a), reference)).text(1, scale.digits))
                star.append(f"{scale.normalised(mean(at(aware, a)), reference):.1f}")
            verdicts += [[s.name, "excess error, direct / retrained", *ratios], ["", f"won by retraining ({unit(original)})", *gains],
                         ["", "A* of the retrained", *star]]
        if not rows:
            return None
        sizes = "; ".join(f"{s.name}: {', '.join(s.recipe)}; {self.conditions(s)}" for s in self.study.subjects if self.done(*self.trio(s)))
        return (table(["network", "mapped", "float", *AGES], rows) + "\n\n" + table(["network", "against the float fine-tuned", *AGES], verdicts)
                + f"\n\nRun: {sizes}.")


class Ablation(Compared):
    number = 2
    title = "What of the noise in training matters"
    variants = (
        ("retrained on tiles", "on tiles", []),
        ("only output noise", "only output noise", ["noise.kind=off", "hardware.read_noise=false"]),
        ("only read noise", "only read noise", ["noise.kind=off", "hardware.output_noise=false"]),
        ("converters, no noise", "no noise", ["noise.kind=off", "hardware.output_noise=false", "hardware.read_noise=false"]),
        ("none (fine-tuned in float)", "fine-tuned in float", ["hardware.analog=false"]),
    )

    def measures(self, s):
        return [(name, s.measure(f"ablation: {name}", s.train(title, s.ablation + changes))) for name, title, changes in self.variants]

    def chosen(self):
        return self.study.some("resnet20", "fsdd_lstm", "fsdd_gru")

    def text(self):
        rows = []
        for s in self.chosen():
            ready = self.ready(s)
            if len(ready) < 2 or ready[0][0] != self.variants[0][0]:
                continue
            first = ready[0][1]
            for name, r in ready:
                scale = Scale(r)
                behind = "" if r is first else Difference(scale.lost(at(r, 3), 0), scale.lost(at(first, 3), 0)).text(1, scale.digits)
                rows.append([s.name if r is first else "", name, scale.text(r["float_accuracy_scored"]), *[scale.mean(at(r, a)) for a in range(4)], behind])
        return table(["network", "training", "float", *AGES, "behind the first at 1 y"], rows) if rows else None


class ColumnScales(Compared):
    number = 3
    title = "Column scales"
    chips = (("a scale for every column", []), ("one scale for a tile", ["tile.mapping.scale=tile"]), ("column scales of 4 bit", ["digital.scale_format=int4"]))

    def measures(self, s):
        return [(name, s.measure("direct mapping, original" if not chip else name, None, chip)) for name, chip in self.chips]

    def text(self):
        rows = []
        for s in self.study.subjects:
            ready = self.ready(s)
            if len(ready) < 2 or ready[0][0] != self.chips[0][0]:
                continue
            first = ready[0][1]
            for name, r in ready:
                scale = Scale(r)
                lost = ["", ""] if r is first else [Difference(scale.lost(at(r, a), 0), scale.lost(at(first, a), 0)).text(1, scale.digits) for a in (1, 3)]
                rows.append([f"{s.name} ({unit(r)})" if r is first else "", name, scale.mean(at(r, 1)), lost[0], scale.mean(at(r, 3)), lost[1]])
        return table(["network, direct mapping", "scales", "1 h", "lost", "1 y", "lost"], rows) if rows else None


class EqualError(Claim):
    number = 4
    title = "What a network minds at equal error of its products"

    def pair(self, s):
        """Of input converters with 8 and 6 bit, at the ages and sizes at which measures are tried."""
        return [s.measure(title, None, chip, times="1h,1d,1y", size=s.trial_size) for title, chip in
                (("direct mapping, original", []), ("DAC of 6 bit", ["tile.dac.bits=6"]))]

    def jobs(self):
        return [job for s in self.study.subjects for job in (*self.pair(s), s.sensitivity(SENSITIVITY, KINDS))]

    def text(self):
        kinds = ("output noise", "input noise", "read noise", "device noise", "programming, constant", "ADC bits", "DAC bits", "stuck at zero")
        rows, borne = [], []
        for s in self.study.subjects:
            by_name = self.sensitivities(s)
            if by_name is None:
                continue
            left = [by_name.get(k, {}).get("normalised_at_error") for k in kinds]
            rows.append([s.name, *["-" if v is None else f"{100 * v:.0f}" for v in left]])
            kept = [by_name.get(k, {}).get("at_threshold", {}) for k in kinds]
            borne.append([s.name, *[f"{c['value']:.3g}" if c.get("value") is not None else c.get("why_not", "-") for c in kept]])
        dac = []
        for s in self.study.subjects:
            pair = self.pair(s)
            if not self.done(*pair):
                continue
            usual, coarse = (self.result(j) for j in pair)
            scale = Scale(usual)
            dac.append([f"{s.name} ({unit(usual)})", scale.mean(at(usual, 0)), scale.mean(at(coarse, 0)),
                        Difference(scale.lost(at(coarse, 0), 0), scale.lost(at(usual, 0), 0)).text(1, scale.digits),
                        "yes" if scale.normalised(mean(at(coarse, 0)), usual["float_accuracy_scored"]) >
                        scale.normalised(mean(at(usual, 0)), usual["float_accuracy_scored"]) - 1 else "no"])
        parts = []
        if rows:
            parts.append("Normalised accuracy (%) where the nonideality alone makes products wrong by 20 %:\n\n" + table(["network", *kinds], rows))
            parts.append("Value up to which 99 % of the accuracy is kept:\n\n" + table(["network", *kinds], borne))
        if dac:
            parts.append("Input converters of 8 and 6 bit at 1 h, direct mapping:\n\n" + table(["network", "8 bit", "6 bit", "lost", "less than 1 % of A*"], dac))
        return "\n\n".join(parts) or None


class Drift(Claim):
    number = 5
    title = "Drift with and without compensation"
    chip = ["tile.drift_compensation=none"]

    def pair(self, s):
        return s.measure("direct mapping, original"), s.measure("no drift compensation", None, self.chip)

    def jobs(self):
        return [job for s in self.study.subjects for job in self.pair(s)]

    def text(self):
        rows = []
        for s in self.study.subjects:
            if not self.done(*self.pair(s)):
                continue
            for name, r in zip(("global", "none"), (self.result(j) for j in self.pair(s))):
                scale = Scale(r)
                reference = r["float_accuracy_scored"]
                rows.append([f"{s.name} ({unit(r)})" if name == "global" else "", name, scale.text(reference), *[scale.mean(at(r, a)) for a in range(4)],
                             f"{scale.normalised(mean(at(r, 3)), reference):.1f} %"])
        return table(["network, direct mapping", "compensation", "float", *AGES, "A* at 1 y"], rows) if rows else None


class NoiseScale(Compared):
    number = 6
    title = "How much noise in training"

    def levels(self):
        return [0, 1, 3] if self.study.quick else [0, 0.5, 1, 1.5, 2, 3, 4, 6]

    def measures(self, s):
        return [(level, s.measure(f"noise x {level}", s.train(f"noise x {level}", [f"noise.scale={level}"]))) for level in self.levels()]

    def chosen(self):
        return self.study.some("fsdd_lstm", "fsdd_gru")

    def text(self):
        rows = []
        for s in self.chosen():
            ready = self.ready(s)
            if len(ready) < 3:
                continue
            single = next((r for level, r in ready if level == 1), None)
            if single is None:
                continue
            for level, r in ready:
                scale = Scale(r)
                behind = "" if r is single else Difference(scale.lost(at(single, 3), 0), scale.lost(at(r, 3), 0)).text(1, scale.digits)
                rows.append([s.name if level == ready[0][0] else "", f"{level:g}", scale.text(r["float_accuracy_scored"]), *[scale.mean(at(r, a)) for a in range(4)], behind])
        return table(["network", "noise x", "float", *AGES, "won against x 1 at 1 y"], rows) if rows else None


class Stuck(Claim):
    number = 7
    title = "Stuck devices"

    def jobs(self):
        return [s.sensitivity(SENSITIVITY, KINDS) for s in self.study.subjects]

    def text(self):
        rows = []
        for s in self.study.subjects:
            by_name = self.sensitivities(s)
            if by_name is None:
                continue
            zero, full = (by_name.get(k, {}).get("at_threshold", {}).get("value") for k in ("stuck at zero", "stuck at g_max"))
            even_zero, even_full = (by_name.get(k, {}).get("at_error", {}).get("value") for k in ("stuck at zero", "stuck at g_max"))
            share = lambda v: "-" if v is None else f"{100 * v:.3g} %"
            ratio = lambda a, b: "-" if a is None or b is None else f"{a / b:.1f}"
            rows.append([s.name, share(zero), share(full), ratio(zero, full), share(even_zero), share(even_full), ratio(even_zero, even_full)])
        return table(["network", "zero: 99 % kept to", "g_max: 99 % kept to", "ratio", "zero: error of 20 %", "g_max: error of 20 %", "ratio"], rows) if rows else None


class Newer(Claim):
    number = 8
    title = "Newer ideas against the default recipe"
    ideas = (
        ("default recipe", "on tiles", []),
        ("Gaussian clipping", "clip gaussian", ["clip.kind=gaussian"]),
        ("distillation", "distilled", ["distillation.weight=0.7"]),
        ("varying noise", "varying noise", ["noise.spread=1"]),
        ("distillation and Gaussian clipping", "distilled, clip gaussian", ["distillation.weight=0.7", "clip.kind=gaussian"]),
    )
    # The teacher of a distillation is the network a training begins with: here the one that was fine-tuned in float, a better teacher.
    tuned_ideas = (
        ("default recipe, from the fine-tuned network", "on tiles from fine-tuned", []),
        ("the same with distillation", "distilled from fine-tuned", ["distillation.weight=0.7"]),
    )

    # The decoder's data are what the float network itself told: it is the teacher whose words it learns. Short trainings, as nine of them are needed.
    decoder_ideas = (
        ("default recipe", "on tiles, short", ["epochs=3"]),
        ("Gaussian clipping", "short, clip gaussian", ["epochs=3", "clip.kind=gaussian"]),
        ("distillation alone and Gaussian clipping", "short, distilled, clip gaussian",
         ["epochs=3", "clip.kind=gaussian", "distillation.weight=1", "distillation.temperature=1"]),
    )

    def seeds(self):
        return [1, 2] if self.study.quick else [1, 2, 3]

    def ideas_for(self, s):
        if self.study.quick:
            return self.ideas[:3]
        return self.decoder_ideas if s.name == "stories260k" else self.ideas + self.tuned_ideas

    def measures(self, s, changes, title):
        from_tuned = title in [t for _, t, _ in self.tuned_ideas]
        start = s.train("fine-tuned in float", ["hardware.analog=false"]) if from_tuned else None
        return [s.measure(f"{title}, seed {seed}", s.train(title, changes, seed, start)) for seed in self.seeds()]

    def chosen(self):
        return self.study.some("stories260k", "fsdd_lstm", "fsdd_gru")

    def jobs(self):
        return [job for s in self.chosen() for _, title, changes in self.ideas_for(s) for job in self.measures(s, changes, title)]

    def text(self):
        rows = []
        for s in self.chosen():
            base = None
            for name, title, changes in self.ideas_for(s):
                jobs = self.measures(s, changes, title)
                if not self.done(*jobs):
                    if base is None:
                        break  # nothing to compare with
                    continue
                results = [self.result(j) for j in jobs]
                scale = Scale(results[0])
                # A training is one observation: its mean over programmings. Programmings of one network share its weights.
                trained = [[mean(at(r, a)) for r in results] for a in range(4)]
                if base is None:
                    base = trained
                won = "" if base is trained else Difference(scale.lost(base[1], 0), scale.lost(trained[1], 0)).text(1, scale.digits)
                later = "" if base is trained else Difference(scale.lost(base[3], 0), scale.lost(trained[3], 0)).text(1, scale.digits)
                rows.append([f"{s.name} ({unit(results[0])})" if base is trained else "", name, scale.mean([r["float_accuracy_scored"] for r in results]), scale.mean(trained[1]), won,
                             scale.mean(trained[3]), later])
        if not rows:
            return None
        return table(["network", "recipe", "float", "1 h", "won", "1 y", "won"], rows) + f"\n\n± over {len(self.seeds())} trainings; intervals are over trainings paired by seed."


class ConstantNoise(Compared):
    number = 12
    title = "Constant noise in training against that of the devices"
    bound = 0.5  # percent, as published

    def kinds(self):
        # A device holds a quarter of the largest conductance on the average; its deviation there is 0.03 of the largest (noise.kind=pcm).
        return (("noise of the devices", "on tiles", []), ("constant noise", "constant noise", ["noise.kind=constant", "noise.sigma=0.03"]))

    def seeds(self):
        return [1, 2] if self.study.quick else [1, 2, 3]

    def measures(self, s):
        return [(name, s.measure(f"{title}, seed {seed}", s.train(title, changes, seed))) for name, title, changes in self.kinds() for seed in self.seeds()]

    def chosen(self):
        return self.study.some("fsdd_lstm", "fsdd_gru")

    def text(self):
        rows = []
        for s in self.chosen():
            ready = self.ready(s)
            if len(ready) < len(self.kinds()) * len(self.seeds()):
                continue
            by_kind = [[r for name, r in ready if name == kind] for kind, _, _ in self.kinds()]
            scale = Scale(by_kind[0][0])
            trained = [[[mean(at(r, a)) for r in results] for results in by_kind] for a in (1, 3)]
            rows.append([f"{s.name} ({unit(by_kind[0][0])})"])
            for devices, constant in trained:
                lost = Difference(scale.lost(constant, 0), scale.lost(devices, 0))
                within = "yes" if abs(lost.mean) + lost.half <= self.bound else "no" if abs(lost.mean) - lost.half > self.bound else "undecided"
                rows[-1] += [scale.mean(devices), scale.mean(constant), lost.text(1, scale.digits), within]
        header = ["network", "devices, 1 h", "constant, 1 h", "lost", f"within {self.bound}", "devices, 1 y", "constant, 1 y", "lost", f"within {self.bound}"]
        return table(header, rows) if rows else None


class FewProjections(Claim):
    number = 13
    title = "A few projections decide the loss of a transformer"
    few = 4
    most = 0.5  # of the loss: what a few dominate

    def job(self, s):
        return s.by_layer("layer by layer", *s.trial_size, layers=36)

    def chosen(self):
        return self.study.some("stories260k", "shakespeare_transformer")

    def jobs(self):
        return [self.job(s) for s in self.chosen()]

    def text(self):
        rows = []
        for s in self.chosen():
            if not self.done(self.job(s)):
                continue
            result = self.result(self.job(s))
            scale = Scale({**result})
            layers = sorted(result["layers"], key=lambda layer: -layer["lost"]["mean"])
            lost = [layer["lost"]["mean"] for layer in layers]
            share = sum(lost[:self.few]) / sum(lost)
            worst = ", ".join(f"{layer['name']} {scale.text(layer['lost']['mean'])}" for layer in layers[:self.few])
            rows.append([s.name, str(len(layers)), scale.text(sum(lost)), worst, f"{100 * share:.0f} %", f"{100 * self.few / len(layers):.0f} %",
                         "yes" if share > self.most else "no"])
        header = ["network", "projections", "lost by each alone, summed", f"the worst {self.few}", "their share", "if all were alike", "more than half"]
        return table(header, rows) if rows else None
