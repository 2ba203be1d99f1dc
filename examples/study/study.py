#!/usr/bin/env python3
"""Runs the study of docs/study.md and writes its tables. Needs nothing but mho and the data; see README.md beside it."""

import argparse
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # the folder of examples stays as it is

from chip_claims import ColumnScales, Drift, EqualError, FewProjections, Stuck  # noqa: E402
from isoaccuracy import Isoaccuracy  # noqa: E402
from jobs import Train, Workshop  # noqa: E402
from kurtosis import Kurtosis  # noqa: E402
from remedies import Remedies  # noqa: E402
from subjects import subjects  # noqa: E402
from training_claims import Ablation, ConstantNoise, NoiseScale, Newer, Probes, Recovery  # noqa: E402

CLAIMS = [Recovery, Ablation, ColumnScales, EqualError, Drift, NoiseScale, Stuck, Newer, Isoaccuracy, Remedies, Kurtosis, ConstantNoise, FewProjections, Probes]


class Study:
    def __init__(self, workshop, by_name, quick, post_training):
        self.workshop = workshop
        self.by_name = by_name
        self.subjects = list(by_name.values())
        self.quick = quick
        self.post_training = post_training  # no trainings

    def some(self, *names):
        return [self.by_name[n] for n in names if n in self.by_name]

    def jobs(self, claim):
        """What a claim needs and can name so far, each once, trainings before what needs them."""
        jobs = unique(with_trainings(claim.jobs()), self.workshop)
        return [job for job in jobs if not self.post_training or not self.needs_training(job)]

    def needs_training(self, job):
        return not self.workshop.is_done(job) and (isinstance(job, Train) or any(self.needs_training(start) for start in job.inputs()))

    def budget(self, claims):
        """Seconds of one core that are left, with the steps that become known on the way."""
        jobs = unique(with_trainings(job for claim in claims for job in claim.planned()), self.workshop)
        return sum(job.cost for job in jobs if not self.workshop.is_done(job) and not (self.post_training and self.needs_training(job)))


def unique(jobs, workshop):
    seen = {}
    for job in jobs:
        seen.setdefault(workshop.key(job), job)
    return list(seen.values())


def with_trainings(jobs):
    for job in jobs:
        yield from with_trainings(job.inputs())
        yield job


def write(path, parts):
    """Replaces what stands between `<!-- claim N -->` and `<!-- end -->` in the document; a claim without such a place gets a section at the end, one
    without results keeps what stands there."""
    text = "# Study\n"
    if os.path.exists(path):
        with open(path) as stream:
            text = stream.read()
    for number, title, body in parts:
        begin = f"<!-- claim {number} -->\n"
        if begin not in text:
            text += f"\n## {number}. {title}\n\n{begin}<!-- end -->\n"
        head, rest = text.split(begin, 1)
        before, tail = rest.split("<!-- end -->", 1)
        body = body or before.strip() or "Not run."
        text = head + begin + "\n" + body + "\n\n<!-- end -->" + tail
    with open(path, "w") as stream:
        stream.write(text)


def duration(seconds):
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.0f} min"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mho", required=True, help="the program (build/mho)")
    parser.add_argument("--data", default=os.environ.get("MHO_DATA"), help="folder of networks and data (MHO_DATA)")
    parser.add_argument("--cache", default="study", help="folder of what is finished (study)")
    parser.add_argument("--claims", default=",".join(str(c.number) for c in CLAIMS), help="which, separated by commas (all)")
    parser.add_argument("--networks", help="which, separated by commas (all)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="commands at a time (all cores)")
    parser.add_argument("--quick", action="store_true", help="the spoken-digit networks alone, short trainings")
    parser.add_argument("--post-training", action="store_true", help="train nothing: what needs no training, or one that is finished")
    parser.add_argument("--out", default="study.md", help="document whose tables are written (study.md)")
    parser.add_argument("--figure", help="picture of what it takes (claim 10), SVG")
    parser.add_argument("--list", action="store_true", help="say what is finished and what is not, run nothing")
    parser.add_argument("--tables", action="store_true", help="run nothing, write the tables of what is finished")
    arguments = parser.parse_args()
    if not arguments.data:
        sys.exit("study.py: name the folder of networks and data with --data or in the environment as MHO_DATA")
    os.environ["MHO_DATA"] = arguments.data

    try:
        workshop = Workshop(arguments.mho, arguments.cache, arguments.workers)
        by_name = subjects(arguments.data, arguments.quick)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"study.py: {error}")
    if arguments.networks:
        wanted = arguments.networks.split(",")
        unknown = [n for n in wanted if n not in by_name]
        if unknown:
            sys.exit(f"study.py: no network {', '.join(unknown)}; there are {', '.join(by_name)}")
        by_name = {n: by_name[n] for n in wanted}
    numbers = arguments.claims.split(",")
    unknown = [n for n in numbers if n not in [str(c.number) for c in CLAIMS]]
    if unknown:
        sys.exit(f"study.py: no claim {', '.join(unknown)}; there are 1 to {len(CLAIMS)}")
    study = Study(workshop, by_name, arguments.quick, arguments.post_training)
    claims = [c(study) for number in numbers for c in CLAIMS if str(c.number) == number]

    if arguments.list:
        for claim in claims:
            for job in study.jobs(claim):
                print(f"claim {claim.number}  {'done' if workshop.is_done(job) else 'to do'}  {job.title}")
    left = study.budget(claims)
    print(f"budget: {duration(left / workshop.workers)} for what is left, on {workshop.workers} cores like those of subjects.py", file=sys.stderr, flush=True)
    if arguments.list:
        return
    begin = time.monotonic()
    failures = []
    for claim in claims:
        tried = set()
        while not arguments.tables:
            # The results of one step determine the jobs of the next.
            jobs = study.jobs(claim)
            open_jobs = [job for job in jobs if not workshop.is_done(job) and workshop.key(job) not in tried]
            if not open_jobs:
                break
            tried.update(workshop.key(job) for job in open_jobs)
            print(f"claim {claim.number}: {len(open_jobs)} of {len(jobs)} commands to run", file=sys.stderr, flush=True)
            failures += workshop.run_all(open_jobs)
            write(arguments.out, [(c.number, c.title, c.text()) for c in claims])
    write(arguments.out, [(c.number, c.title, c.text()) for c in claims])
    pictures = [picture for c in claims if isinstance(c, Remedies) and (picture := c.picture())]
    if arguments.figure and pictures:
        with open(arguments.figure, "w") as stream:
            stream.write(pictures[0])
    print(f"{time.monotonic() - begin:.0f} s; tables in {arguments.out}", file=sys.stderr)
    if failures:
        sys.exit(f"study.py: {len(failures)} commands failed; the rest is kept, run again to repeat them")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("study.py: interrupted; what is finished is kept, and the same command goes on")
