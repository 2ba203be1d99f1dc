"""Runs examples/exploration/slurm_array.sh with a real Slurm of one node: slurmctld, slurmd and munged on this machine, in a temporary folder.

usage: slurm_array.py --mho PATH --source FOLDER

One task of the array is killed in the middle and queued again. The merged database must hold every point once, with the figures that one process gives.
Ends with code 77, that of a test that was left out, where Slurm or munge is missing, or the user is not root.
"""

import argparse
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

SWEEP = """axes:
  chip.mesh.width: 6..13
  digital.lanes: 16..40
"""
POINTS, TASKS = 200, 4

CONFIGURATION = """ClusterName=mho
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={control_port}
SlurmdPort={node_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/linear
SchedulerType=sched/builtin
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
JobRequeue=1
MailProg=/bin/true
NodeName={host} NodeAddr=127.0.0.1 CPUs=1 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:2
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(what, condition, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.2)
    raise AssertionError(f"{what}: not within {seconds} s")


class Slurm:
    """The three daemons, and commands that talk to them."""

    def __init__(self, folder):
        self.folder = folder
        self.host = socket.gethostname().split(".")[0]
        for name in ("state", "spool"):
            (folder / name).mkdir()
        configuration = folder / "slurm.conf"
        configuration.write_text(
            CONFIGURATION.format(folder=folder, host=self.host, control_port=free_port(), node_port=free_port()))
        self.environment = dict(os.environ, SLURM_CONF=str(configuration))
        key = folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        self.daemons = []
        self.start("munged", "--foreground", "--force", f"--key-file={key}", f"--socket={folder}/munge.socket",
                   f"--pid-file={folder}/munge.pid", f"--log-file={folder}/munge.log", f"--seed-file={folder}/munge.seed")
        wait_for("munge", (folder / "munge.socket").exists)
        self.start("slurmctld", "-D", "-c", "-f", str(configuration))
        self.start("slurmd", "-D", "-c", "-N", self.host, "-f", str(configuration))
        wait_for("the node is idle", lambda: "idle" in self.command("sinfo", "-h", "-o", "%T", check=False))

    def start(self, *line):
        log = open(self.folder / f"{line[0]}.out", "w")
        self.daemons.append(subprocess.Popen(line, env=self.environment, stdout=log, stderr=log))

    def command(self, *line, check=True, folder=None):
        done = subprocess.run(line, env=self.environment, cwd=folder, capture_output=True, text=True, timeout=60)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(line)}: {done.stderr}")
        return done.stdout

    def stop(self):
        for daemon in reversed(self.daemons):
            daemon.send_signal(signal.SIGTERM)
        for daemon in reversed(self.daemons):
            try:
                daemon.wait(20)
            except subprocess.TimeoutExpired:
                daemon.kill()

    def logs(self):
        return "\n".join(f"{path.name}: {path.read_text(errors='replace')[-2000:]}" for path in sorted(self.folder.glob("*.log")) + sorted(self.folder.glob("*.out")))


def points_in(database):
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10) as connection:
            return connection.execute("SELECT count(*) FROM point").fetchone()[0]
    except sqlite3.Error:
        return 0


def figures(database):
    with sqlite3.connect(database) as connection:
        return connection.execute("SELECT number, latency_s, interval_s, energy_per_inference_j, area_mm2, exit_code FROM v_point ORDER BY number").fetchall()


def check(slurm, folder, mho, source):
    (folder / "sweep.yaml").write_text(SWEEP)
    environment = f"ALL,MHO={mho}"
    script = str(pathlib.Path(source) / "examples/exploration/slurm_array.sh")
    job = slurm.command("sbatch", "--parsable", f"--array=1-{TASKS}", f"--export={environment}", script, "sweep.yaml", folder=folder).strip()
    # A task is killed as a full node kills it: at once, with the processes that it started.
    killed = folder / "part2.db"
    wait_for("a task is in the middle", lambda: points_in(killed) >= 1, 300)
    before = points_in(killed)
    assert before < POINTS // TASKS, f"too quick: {before}"
    slurm.command("scancel", "--signal=KILL", "--full", f"{job}_2")
    wait_for("the killed task has ended", lambda: f"{job}_2" not in slurm.command("squeue", "-h", "-r", "-t", "RUNNING,PENDING,COMPLETING", "-o", "%i").split(), 120)
    left = points_in(killed)
    slurm.command("scontrol", "requeue", f"{job}_2", check=False)
    again = slurm.command("squeue", "-h", "-r", "-o", "%i").split()
    if f"{job}_2" not in again and left < POINTS // TASKS:
        # Slurm forgets what has ended after a while: the same array once more does the same.
        slurm.command("sbatch", f"--array=1-{TASKS}", f"--export={environment}", script, "sweep.yaml", folder=folder)
    wait_for("all tasks have ended", lambda: slurm.command("squeue", "-h").strip() == "", 480)

    parts = sorted(folder.glob("part*.db"))
    assert len(parts) == TASKS, parts
    subprocess.run([mho, "db", "merge", *map(str, parts), "--db", str(folder / "all.db")], check=True, capture_output=True)
    subprocess.run([mho, "sweep", str(folder / "sweep.yaml"), "--db", str(folder / "whole.db")], check=True, capture_output=True, cwd=folder)
    merged, whole = figures(folder / "all.db"), figures(folder / "whole.db")
    assert [row[0] for row in merged] == list(range(POINTS)), [row[0] for row in merged]
    assert merged == whole, "figures differ"
    with sqlite3.connect(folder / "all.db") as connection:
        assert connection.execute("SELECT count(*) FROM run").fetchone()[0] == POINTS
    print(f"{POINTS} points of {TASKS} tasks, one killed after {left} of its {POINTS // TASKS}: each once, the same as one process")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mho", required=True)
    parser.add_argument("--source", required=True)
    arguments = parser.parse_args()
    missing = [name for name in ("slurmctld", "slurmd", "munged", "sbatch") if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        print(f"left out: {', '.join(missing) if missing else 'not root'}")
        return 77
    folder = pathlib.Path(tempfile.mkdtemp(prefix="mho-slurm-"))
    folder.chmod(0o755)
    slurm = None
    try:
        slurm = Slurm(folder)
        check(slurm, folder, os.path.abspath(arguments.mho), arguments.source)
        return 0
    except BaseException:
        if slurm:
            print(slurm.logs())
        for path in sorted(folder.glob("slurm-*.out")):
            print(path.name, path.read_text(errors="replace")[-500:])
        raise
    finally:
        if slurm:
            slurm.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
