"""What all claims share: how numbers are written, and which jobs are needed. Accuracies are in percent, losses in nats."""

from statistics_of import mean, standard_error

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
        self.study = study  # results of jobs, subjects and size of the study

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
