#!/usr/bin/env python3
"""Runs the study of docs/study.md and writes its tables. Needs nothing but mho and the data; see README.md beside it."""

import argparse
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # the folder of examples stays as it is

from claims import CLAIMS  # noqa: E402
from jobs import Workshop  # noqa: E402
from subjects import subjects  # noqa: E402


class Study:
    def __init__(self, workshop, by_name, quick):
        self.workshop = workshop
        self.by_name = by_name
        self.subjects = list(by_name.values())
        self.quick = quick

    def some(self, *names):
        return [self.by_name[n] for n in names if n in self.by_name]


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
    """Replaces what stands between `<!-- claim N -->` and `<!-- end -->` in the document; a claim without such a place gets a section at the end."""
    text = "# Study\n"
    if os.path.exists(path):
        with open(path) as stream:
            text = stream.read()
    for number, title, body in parts:
        begin = f"<!-- claim {number} -->\n"
        if begin not in text:
            text += f"\n## {number}. {title}\n\n{begin}<!-- end -->\n"
        body = body or "Not run."
        head, rest = text.split(begin, 1)
        tail = rest.split("<!-- end -->", 1)[1]
        text = head + begin + "\n" + body + "\n\n<!-- end -->" + tail
    with open(path, "w") as stream:
        stream.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mho", required=True, help="the program (build/mho)")
    parser.add_argument("--data", default=os.environ.get("MHO_DATA"), help="folder of networks and data (MHO_DATA)")
    parser.add_argument("--cache", default="study", help="folder of what is finished (study)")
    parser.add_argument("--claims", default="1,2,3,4,5,6,7,8", help="which, separated by commas (all)")
    parser.add_argument("--networks", help="which, separated by commas (all)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="commands at a time (all cores)")
    parser.add_argument("--quick", action="store_true", help="the spoken-digit networks alone, short trainings")
    parser.add_argument("--out", default="study.md", help="document whose tables are written (study.md)")
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
    study = Study(workshop, by_name, arguments.quick)
    claims = [c(study) for number in numbers for c in CLAIMS if str(c.number) == number]

    begin = time.monotonic()
    failures = []
    for claim in claims:
        jobs = unique(with_trainings(claim.jobs()), workshop)
        left = [job for job in jobs if not workshop.is_done(job)]
        if arguments.list:
            for job in jobs:
                print(f"claim {claim.number}  {'done' if workshop.is_done(job) else 'to do'}  {job.title}")
            continue
        if left and not arguments.tables:
            print(f"claim {claim.number}: {len(left)} of {len(jobs)} commands to run", file=sys.stderr, flush=True)
            failures += workshop.run_all(left)
        write(arguments.out, [(c.number, c.title, c.text()) for c in claims])
    if arguments.list:
        return
    print(f"{time.monotonic() - begin:.0f} s; tables in {arguments.out}", file=sys.stderr)
    if failures:
        sys.exit(f"study.py: {len(failures)} commands failed; the rest is kept, run again to repeat them")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("study.py: interrupted; what is finished is kept, and the same command goes on")
