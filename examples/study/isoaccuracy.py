"""Iso-accuracy: recipes chosen on validation data, the test set scored once, intervals over samples, programmings and trainings."""

import os

from claims import Claim, Scale, table
from folds import FOLDS, write_folds
from intervals import Scores, normalised
from statistics_of import mean

TIMES = "1h,1y"
FROM_SCRATCH, OF_A_FOLD = 30, 15  # epochs for spoken digits: in float from random weights, and of each training that starts from that network
IN_FLOAT = ["hardware.analog=false"]


class Isoaccuracy(Claim):
    number = 9
    title = "Iso-accuracy"

    def __init__(self, study):
        super().__init__(study)
        self.parts_of = {}

    def seeds(self):
        return [1] if self.study.quick else [1, 2, 3]

    def parts(self, s):
        """The subject itself, or one for every fold of its cross-validation."""
        if not s.name.startswith("fsdd"):
            return [s]
        if s.name not in self.parts_of:
            descriptions = write_folds(os.environ["MHO_DATA"], os.path.join(self.study.workshop.folder, "folds"))
            chosen = descriptions[:2] if self.study.quick else descriptions
            epochs = (8, 2) if self.study.quick else (FROM_SCRATCH, OF_A_FOLD)
            self.parts_of[s.name] = [s.fold(k, path, *epochs) for k, path in enumerate(chosen)]
        return self.parts_of[s.name]

    def tuned(self, part, seed):
        return part.train("fine-tuned in float", IN_FLOAT, seed)

    def aware(self, part, recipe, seed):
        return part.train(recipe, part.recipes[recipe], seed)

    def trials(self, s):
        """The trainings that a choice is made by."""
        first = self.seeds()[0]
        return [self.aware(part, recipe, first) for part in self.parts(s) for recipe in s.recipes]

    def validated(self, jobs, state, where):
        """Mean score of trainings on samples that they did not learn from."""
        return mean([self.study.workshop.course(job)["validation"][state][where] for job in jobs])

    def best(self, s, scores):
        """The name with the best score; the metric of losses is better when lower."""
        is_loss = self.study.workshop.course(self.trials(s)[0])["metric"] in ("nats", "mse")
        return min(scores, key=scores.get) if is_loss else max(scores, key=scores.get)

    def recipe(self, s):
        """That with the best score on tiles; None before all have been tried."""
        if not self.done(*self.trials(s)):
            return None
        first = self.seeds()[0]
        return self.best(s, {r: self.validated([self.aware(p, r, first) for p in self.parts(s)], "after", "tiles") for r in s.recipes})

    def trainings(self, s, recipe=None):
        """By kind of weights the trainings of every seed and part; None before a recipe is chosen."""
        recipe = recipe or self.recipe(s)
        if recipe is None:
            return None
        kinds = {"fine-tuned in float": self.tuned, "retrained on tiles": lambda part, seed: self.aware(part, recipe, seed)}
        return {kind: [[make(part, seed) for part in self.parts(s)] for seed in self.seeds()] for kind, make in kinds.items()}

    def reference(self, s):
        """Kind of weights with the best float score on validation data."""
        trainings = self.trainings(s)
        flat = {kind: [job for row in rows for job in row] for kind, rows in trainings.items()}
        scores = {kind: self.validated(jobs, "after", "float") for kind, jobs in flat.items()}
        return self.best(s, {"original": self.validated(flat["retrained on tiles"], "before", "float"), **scores})

    def measures(self, s, recipe=None):
        """By kind of weights one measurement a seed and part; the original has one for all seeds."""
        made = {"original": [[p.measure("original, for a verdict", times=TIMES, size=(p.all_samples, p.programmings)) for p in self.parts(s)]]}
        for kind, rows in self.trainings(s, recipe).items():
            made[kind] = [[p.measure(f"{kind}, for a verdict", job, times=TIMES, size=(p.all_samples, p.programmings)) for p, job in zip(self.parts(s), row)] for row in rows]
        return made

    def jobs(self):
        jobs = []
        for s in self.study.subjects:
            jobs += self.trials(s)
            trainings = self.trainings(s)
            if trainings is None:
                continue
            left = [job for rows in trainings.values() for row in rows for job in row]
            jobs += left
            # Test samples are scored only after every choice is made.
            if self.done(*left):
                jobs += [job for rows in self.measures(s).values() for row in rows for job in row]
        return jobs

    def planned(self):
        planned = []
        for s in self.study.subjects:
            recipe = self.recipe(s) or next(iter(s.recipes))
            planned += self.trials(s) + [job for rows in self.measures(s, recipe).values() for row in rows for job in row]
        return planned

    def row_scores(self, row):
        return Scores.joined([Scores.read(self.study.workshop.beside(job, "--per-sample")) for job in row])

    def rows(self, s):
        measures = self.measures(s)
        scores = {kind: [self.row_scores(row) for row in rows] for kind, rows in measures.items()}
        first = self.result(measures["original"][0][0])
        scale = Scale(first)
        kind_of_reference = self.reference(s)
        reference = [one.in_float for one in scores[kind_of_reference]]
        lines = []
        for kind, by_seed in scores.items():
            of_kind = reference if len(reference) == len(by_seed) else [_mean_rows(reference)]
            stars = [normalised([one.tiles[t] for one in by_seed], of_kind, by_seed[0].counts, scale.chance) for t in range(len(TIMES.split(",")))]
            name = kind + (" (reference)" if kind == kind_of_reference else "")
            in_float = scale.text(mean([_weighted(one.in_float, one.counts) for one in by_seed]))
            lines.append([f"{s.name}, {len(by_seed[0].counts)} samples" if kind == "original" else "", name, in_float,
                          *[text for star in stars for text in (star.text(), star.verdict)]])
        lines[-1][1] += f": {self.recipe(s)}"
        return lines

    def text(self):
        lines = []
        for s in self.study.subjects:
            if self.trainings(s) is None:
                continue
            trained = [job for rows in self.trainings(s).values() for row in rows for job in row]
            if self.done(*trained) and self.done(*[job for rows in self.measures(s).values() for row in rows for job in row]):
                lines += self.rows(s)
        if not lines:
            return None
        header = ["network", "weights", "float", "A* at 1 h (%)", "iso-accuracy at 1 h", "A* at 1 y (%)", "at 1 y"]
        return table(header, lines) + (f"\n\nIn brackets 95 % intervals over samples, programmings and {len(self.seeds())} trainings; "
                                       f"spoken digits: {FOLDS if not self.study.quick else 2} folds.")


def _weighted(values, counts):
    return sum(v * c for v, c in zip(values, counts, strict=True)) / sum(counts)


def _mean_rows(rows):
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)]
