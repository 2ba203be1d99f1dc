"""Commands of the study: run once, kept by content, resumed where they stopped."""

import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:20]


class Job:
    """One command of mho. `arguments` are strings, `File`s and other jobs (whose output they stand for). `cost` in seconds of one core, for the
    budget alone."""

    suffix = ""
    beside = {}  # option that writes an additional file: suffix of the output's name

    def __init__(self, title, arguments, cost):
        self.title = title
        self.arguments = arguments
        self.cost = cost

    def inputs(self):
        return [a for a in self.arguments if isinstance(a, Job)]


class Train(Job):
    """mho retrain; its output is an ONNX file, with the course of the training as JSON beside it."""

    suffix = ".onnx"


class Measure(Job):
    """mho run with --json; its output is that JSON, with the scores of single samples beside it."""

    suffix = ".json"
    beside = {"--per-sample": ".npz"}


class Sensitivity(Job):
    """mho sensitivity with --json; its output is that JSON."""

    suffix = ".json"


class File:
    """A file that counts by its content."""

    def __init__(self, path):
        self.path = path


class Failed(Exception):
    pass


class Workshop:
    """Runs jobs. A finished job is a file in `folder` whose name is the hash of all it depends on."""

    def __init__(self, mho, folder, workers):
        self.mho = mho
        self.folder = folder
        self.workers = workers
        self.version = subprocess.run([mho, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        self.lock = threading.Lock()
        self.locks = {}
        self.files = {}
        # Builds of one day may have the same version, so the contents of the programs are included.
        beside = os.path.join(os.path.dirname(os.path.realpath(mho)), "mho-train")
        self.version += "".join(" " + self._content(p) for p in (mho, beside) if os.path.exists(p))
        os.makedirs(folder, exist_ok=True)

    def _content(self, path):
        """Hash of a file and, for a description of data, of the files it names."""
        if path not in self.files:
            with open(path, "rb") as stream:
                content = stream.read()
            digest = hashlib.sha256(content)
            if path.endswith(".yaml"):
                for name in re.findall(r"^\s*(?:inputs|images|labels|lengths): *([^\s:]+)", content.decode(), re.MULTILINE):
                    named = os.path.join(os.path.dirname(path), name.replace("${MHO_DATA}", os.environ["MHO_DATA"]))
                    if name != "next":
                        digest.update(self._content(named).encode())
            self.files[path] = digest.hexdigest()
        return self.files[path]

    def key(self, job):
        """Hash of the version, the arguments, the content of the files and, through theirs, all jobs before."""
        parts = [self.version, type(job).__name__]
        for argument in job.arguments:
            if isinstance(argument, File):
                parts.append("file " + self._content(argument.path))
            elif isinstance(argument, Job):
                parts.append("job " + self.key(argument))
            else:
                parts.append(str(argument))
        return _digest("\n".join(parts))

    def path(self, job):
        return os.path.join(self.folder, self.key(job) + job.suffix)

    def is_done(self, job):
        return os.path.exists(self.path(job))

    def beside(self, job, option):
        """Path of what the option wrote beside the job's output."""
        return self.path(job) + job.beside[option]

    def course(self, job):
        """What a training printed: its epochs and scores."""
        with open(self.path(job) + ".course") as stream:
            return json.load(stream)

    def run(self, job):
        """Path of the job's output, made now if it is not there."""
        with self.lock:
            mine = self.locks.setdefault(self.key(job), threading.Lock())
        with mine:
            path = self.path(job)
            if os.path.exists(path):
                return path
            command = [self.mho]
            for argument in job.arguments:
                if isinstance(argument, File):
                    command.append(argument.path)
                elif isinstance(argument, Job):
                    command.append(self.run(argument))
                else:
                    command.append(str(argument))
            # The output is renamed when it is complete. The checkpoint of a training keeps the first name.
            fresh = os.path.join(self.folder, "unfinished-" + os.path.basename(path))
            begin = time.monotonic()
            if isinstance(job, Train):
                command += ["--out", fresh]
            for option, ending in job.beside.items():
                command += [option, path + ending]
            command += ["--json", "--db", os.path.join(self.folder, "study.db")]
            print(f"[{time.strftime('%H:%M:%S')}] {job.title}", file=sys.stderr, flush=True)
            result = subprocess.run(command, capture_output=True, text=True)
            if result.returncode != 0:
                raise Failed(f"{job.title}\n  {' '.join(command)}\n  ended with {result.returncode}: {result.stderr.strip()[-2000:]}")
            json.loads(result.stdout)
            with open(path + ".course" if isinstance(job, Train) else fresh, "w") as stream:
                stream.write(result.stdout)
            with open(path + ".info", "w") as stream:
                json.dump({"title": job.title, "command": command, "seconds": time.monotonic() - begin}, stream, indent=1)
            os.rename(fresh, path)
            return path

    def result(self, job):
        with open(self.path(job)) as stream:
            return json.load(stream)

    def run_all(self, jobs):
        """Runs what is not there, `workers` at a time, in order. Returns the failures."""
        failures = []

        def one(job):
            try:
                self.run(job)
            except Failed as failure:
                failures.append(failure)
                print(f"FAILED: {failure}", file=sys.stderr, flush=True)

        with ThreadPoolExecutor(self.workers) as pool:
            try:
                for _ in pool.map(one, jobs):
                    pass
            except KeyboardInterrupt:
                # Running commands have received the interrupt too and store their results; waiting commands are not started.
                pool.shutdown(cancel_futures=True)
                raise
        return failures
