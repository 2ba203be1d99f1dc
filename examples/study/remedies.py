"""What it takes: measures that restore accuracy, what they cost, and the cheapest one that reaches iso-accuracy."""

import textwrap

from claims import Claim, table
from figure import LOWEST, measures_svg
from intervals import Scores, normalised

TIMES = "1h,1d,1y"
WANTED = ("1 h", "1 y")
AGE = {name: index for index, name in enumerate(("1 h", "1 d", "1 y"))}
SECONDS_OF_A_DAY = 86400.0
# Settings of the chip, and rules for layers. The noisiest layers are known after direct mapping.
TEN_BITS = ["tile.dac.bits=10", "tile.adc.bits=10"]
MEASURES = {
    "direct mapping": ([], []),
    "6-bit input converters": (["tile.dac.bits=6"], []),
    "recalibrated column by column": (["tile.drift_compensation=column"], []),
    "2 pairs": (["tile.coding.pairs=2"], []),
    "4 pairs": (["tile.coding.pairs=4"], []),
    "10-bit converters": (TEN_BITS, []),
    "10-bit converters, bound 20": ([*TEN_BITS, "tile.adc.bound=20"], []),
    "first layer digital": ([], ["first=digital"]),
    "last layer digital": ([], ["last=digital"]),
    "noisiest layer digital": ([], [1]),
    "noisiest quarter digital": ([], [0.25]),
    "4 pairs, 10-bit converters": (["tile.coding.pairs=4", *TEN_BITS], []),
    "4 pairs, 10-bit converters, noisiest quarter digital": (["tile.coding.pairs=4", *TEN_BITS], [0.25]),
}
# Used if no other remedy suffices.
LAST_RESORT = {"8 pairs, 10-bit converters, noisiest half digital": (["tile.coding.pairs=8", *TEN_BITS], [0.5])}
REPROGRAMMED = "reprogrammed every day"
RETRAINED = "retrained on tiles"
BEST = "best in float"
UNKNOWN = ["known later=digital"]


class Row:
    """A measure of one network: A* by age, and what it costs."""

    def __init__(self, name, stars, result, energy=0.0, training=0.0):
        self.name, self.stars = name, stars
        self.energy = result["energy_per_inference_j"] + energy
        self.area, self.tiles = result["area_mm2"], result["tiles"]
        self.interval = result["interval_s"]
        self.programming = result["programming"]
        self.training = training  # seconds on one core

    def cost(self):
        return (self.energy, self.area, self.tiles)


class Remedies(Claim):
    number = 10
    title = "What it takes"

    def __init__(self, study):
        super().__init__(study)
        self.stars = {}  # estimates made so far

    def tuned(self, s):
        return s.train("fine-tuned in float", ["hardware.analog=false"])

    def aware(self, s):
        return s.train("on tiles")

    def best_in_float(self, s):
        """The weights with the best float score on validation data: their kind, and their training or None for the original."""
        trained = [(kind, job) for kind, job in (("fine-tuned", self.tuned(s)), ("retrained", self.aware(s))) if self.done(job)]
        if not trained:
            return "original", None
        course = self.study.workshop.course
        is_loss = course(trained[0][1])["metric"] in ("nats", "mse")
        scores = [(course(trained[0][1])["validation"]["before"]["float"], "original", None)]
        scores += [(course(job)["validation"]["after"]["float"], kind, job) for kind, job in trained]
        return (min if is_loss else max)(scores, key=lambda score: score[0])[1:]

    def direct(self, s):
        return self.measure(s, "direct mapping", [], [])

    def measure(self, s, name, chip, layers, network=BEST):
        network = self.best_in_float(s)[1] if network == BEST else network
        return s.measure(f"what it takes: {name}", network, chip, times=TIMES, layers=layers, size=s.trial_size)

    def noisiest(self, s, share):
        """Rules that make the layers on tiles with the least signal to noise digital: so many, or a share of them."""
        layers = [layer for layer in self.result(self.direct(s))["layers"] if layer["tiles"]]
        count = share if share >= 1 else max(1, round(share * len(layers)))
        layers.sort(key=lambda layer: layer["snr_db"])
        return [f"{layer['name']}=digital" for layer in layers[:count]]

    def measures(self, s, planned=False):
        """Name and measurement of what is known so far, or of everything."""
        made = [("direct mapping", self.direct(s))]
        for name, (chip, rules) in {**MEASURES, **LAST_RESORT}.items():
            if name == "direct mapping" or (name in LAST_RESORT and not planned and self.suffices(s, made)):
                continue
            if rules and not isinstance(rules[0], str):
                rules = self.noisiest(s, rules[0]) if self.done(made[0][1]) else UNKNOWN
            if rules is UNKNOWN and not planned:
                continue
            job = self.measure(s, name, chip, rules)
            # If there are few layers, a quarter of them may be one layer; equal jobs are not repeated.
            if self.study.workshop.key(job) not in [self.study.workshop.key(other) for _, other in made]:
                made.append((name, job))
        if self.done(self.aware(s)) or not self.study.post_training:
            made.append((RETRAINED, self.measure(s, RETRAINED, [], [], self.aware(s))))
            made.append((f"{RETRAINED}, 4 pairs", self.measure(s, f"{RETRAINED}, 4 pairs", ["tile.coding.pairs=4"], [], self.aware(s))))
        return made

    def suffices(self, s, made):
        """Whether every age has a measure that reaches iso-accuracy, or not all have been run."""
        if not self.done(*[job for _, job in made]):
            return True
        stars = [self.star(job, self.direct(s)) for _, job in made]
        return all(any(star[age].verdict == "reached" for star in stars) for age in WANTED)

    def jobs(self):
        trainings = [] if self.study.post_training else [job for s in self.study.subjects for job in (self.tuned(s), self.aware(s))]
        if not self.done(*trainings):
            return trainings
        return trainings + [job for s in self.study.subjects for _, job in self.measures(s)]

    def planned(self):
        return [job for s in self.study.subjects for job in (self.tuned(s), self.aware(s), *(job for _, job in self.measures(s, planned=True)))]

    def star(self, job, reference):
        """A* by age, with the float scores of the job `reference`."""
        beside = lambda of: self.study.workshop.beside(of, "--per-sample")
        if (beside(job), beside(reference)) not in self.stars:
            scores, of_float = Scores.read(beside(job)), Scores.read(beside(reference)).in_float
            chance = self.result(job)["chance"]
            self.stars[beside(job), beside(reference)] = {
                age: normalised([scores.tiles[index]], [of_float], scores.counts, chance) for age, index in AGE.items()}
        return self.stars[beside(job), beside(reference)]

    def rows(self, s):
        """The measures that have been run, direct mapping first; empty without it."""
        if not self.done(self.direct(s)):
            return []
        rows = []
        for name, job in self.measures(s):
            if not self.done(job):
                continue
            result = self.result(job)
            star = self.star(job, self.direct(s))
            training = 0.0
            if name.startswith(RETRAINED):
                training = self.study.workshop.course(self.aware(s))["wall_s"]
            rows.append(Row(name, {age: star[age] for age in WANTED}, result, training=training))
            if name == "direct mapping":
                # At full load. The chip computes nothing while it is programmed.
                daily = result["programming"]["energy_j"] * result["interval_s"] / SECONDS_OF_A_DAY
                rows.append(Row(REPROGRAMMED, {"1 h": star["1 h"], "1 y": star["1 d"]}, result, energy=daily))
        return rows

    def text(self):
        cheapest, every = [], []
        for s in self.study.subjects:
            rows = self.rows(s)
            if not rows:
                continue
            direct = rows[0]
            kind = self.best_in_float(s)[0]
            for age in WANTED:
                reached = sorted((row for row in rows if row.stars[age].verdict == "reached"), key=Row.cost)
                best = max(rows, key=lambda row: row.stars[age].mean)
                shown = reached[0] if reached else best
                verdict = shown.stars[age].verdict if reached else f"{best.stars[age].verdict}; the best of {len(rows)}"
                cheapest.append([f"{s.name} ({kind})" if age == WANTED[0] else "", age, shown.name, shown.stars[age].text(), verdict, *costs(shown, direct)])
            for row in rows:
                cells = [cell for age in WANTED for cell in (row.stars[age].text(), row.stars[age].verdict)]
                every.append([s.name if row is direct else "", row.name, *cells, *costs(row, direct)])
        if not cheapest:
            return None
        cost = ["energy (uJ)", "x direct", "area (mm2)", "tiles", "interval (us)", "programming (mJ, ms)", "training"]
        conditions = "; ".join(f"{s.name} {s.trial_size[0]} samples, {s.trial_size[1]} programmings" for s in self.study.subjects if self.rows(s))
        return ("The cheapest measure that reaches iso-accuracy, or the best of those that were tried:\n\n"
                + table(["network", "age", "measure", "A* (%)", "verdict", *cost], cheapest)
                + "\n\nAll measures:\n\n" + table(["network", "measure", "A* at 1 h (%)", "", "A* at 1 y (%)", "", *cost], every)
                + "\n\n" + textwrap.fill(f"In brackets 95 % intervals over samples and programmings: {conditions}.", 100))

    def picture(self):
        """All measures as the text of an SVG file; None where there are none."""
        panels = [(s.name, rows) for s in self.study.subjects if (rows := self.rows(s))]
        if not panels:
            return None
        shown = [(name, [(row.name, [row.stars[age] for age in WANTED], row.energy / rows[0].energy) for row in rows]) for name, rows in panels]
        notes = ["Normalised accuracy A* in percent with its 95 % interval; energy per inference over that of direct mapping.",
                 f"Iso-accuracy is 99 % (dashed). What is below {LOWEST:.0f} % is written as a number."]
        return measures_svg("What restores the accuracy, and what it costs", notes, [f"{age} after programming" for age in WANTED], shown)


def costs(row, direct):
    programming = f"{1e3 * row.programming['energy_j']:.2f}, {1e3 * row.programming['time_s']:.1f}"
    training = f"{row.training / 60:.0f} min" if row.training else "none"
    return [f"{1e6 * row.energy:.3g}", f"{row.energy / direct.energy:.2f}", f"{row.area:.1f}", str(row.tiles), f"{1e6 * row.interval:.3g}", programming, training]
