"""Claims about networks as they are on a chip: which jobs each needs and the tables it makes of them."""

from claims import KINDS, SENSITIVITY, Claim, Compared, Scale, at, table, unit
from statistics_of import Difference, mean
from subjects import AGES


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


class FewProjections(Claim):
    number = 13
    title = "A few projections decide the loss of a transformer"
    few = 4
    most = 0.5  # of the loss: the share that a few projections must exceed

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
