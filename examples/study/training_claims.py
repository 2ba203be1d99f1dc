"""Claims about training: which jobs each needs and the tables it makes of them."""

from claims import Claim, Compared, Scale, at, table, unit
from statistics_of import Difference, mean
from subjects import AGES


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
    # The teacher of a distillation is the network from which a training starts. Here it is the network fine-tuned in float, which is more accurate.
    tuned_ideas = (
        ("default recipe, from the fine-tuned network", "on tiles from fine-tuned", []),
        ("the same with distillation", "distilled from fine-tuned", ["distillation.weight=0.7"]),
    )

    # The targets of the decoder's data are outputs of the float network itself, so the network is the teacher already. Nine trainings are needed, so
    # they are short.
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
                # One training is one observation: the mean over its programmings, which share the trained weights.
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
        # A device holds a quarter of the largest conductance on average. Its standard deviation there is 0.03 of the largest conductance
        # (noise.kind=pcm).
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


class Probes(Claim):
    """Recipes side by side before one of them is scored on test samples: the scores of trainings on samples that they held out."""

    number = 14
    title = "Recipes that were tried on validation data"
    gaussian = ("clip.kind=gaussian", "distillation.weight=1", "distillation.temperature=1")
    tried = {
        "fsdd_lstm": (
            (1, 2, 3),
            (("noise x 2", "on tiles", []),
             ("noise x 1.5", "noise x 1.5", ["noise.scale=1.5"]),
             ("noise x 2, hidden states x 1", "hidden states x 1", ["distillation.hidden=1"]))),
        "shakespeare_transformer": (
            (1,),
            (("noise x 1", "on tiles", []),
             ("noise x 1, hidden states x 10", "hidden states x 10", ["distillation.hidden=10"]),
             ("noise x 1, distillation alone and Gaussian clipping", "distilled, clip gaussian", [*gaussian]),
             ("noise x 1, the same with hidden states x 10", "distilled, clip gaussian, hidden states x 10", [*gaussian, "distillation.hidden=10"]))),
    }

    def trainings(self):
        """By subject: what each recipe is called, and its trainings."""
        for s in self.study.some(*self.tried):
            seeds, recipes = self.tried[s.name]
            yield s, [(name, [s.train(title, changes, seed) for seed in seeds[:1 if self.study.quick else None]]) for name, title, changes in recipes]

    def jobs(self):
        return [job for _, recipes in self.trainings() for _, jobs in recipes for job in jobs]

    def text(self):
        rows = []
        for s, recipes in self.trainings():
            first = None
            for name, jobs in recipes:
                if not self.done(*jobs):
                    if first is None:
                        break  # nothing to compare with
                    continue
                courses = [self.study.workshop.course(job) for job in jobs]
                scale = Scale({"metric": courses[0]["metric"], "chance": 0})
                in_float, on_tiles = ([course["validation"]["after"][where] for course in courses] for where in ("float", "tiles"))
                won = ""
                if first is None:
                    first = on_tiles
                else:
                    won = Difference(scale.lost(first, 0), scale.lost(on_tiles, 0)).text(1, scale.digits)
                label = f"{s.name} ({'nats' if scale.is_loss else '%'}), {courses[0]['validation']['samples']} samples" if first is on_tiles else ""
                rows.append([label, name, str(len(jobs)), scale.mean(in_float), scale.mean(on_tiles), won])
        return table(["network", "recipe", "trainings", "float", "1 h", "won"], rows) if rows else None
