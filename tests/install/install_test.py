"""What a stranger does with mho: installs it, builds on it, installs its packages on a clean machine.

usage: install_test.py CASE --build FOLDER --source FOLDER --cmake PROGRAM --mho PROGRAM

CASE: files (what is installed where, and that it works there), shells (completion and manual page), consumer (find_package), subdirectory
(add_subdirectory), package (Debian packages in a root made by debootstrap). Ends with code 77, that of a test that was left out, where the machine
lacks something.
"""

import argparse
import glob
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

LEFT_OUT = 77


class LeftOut(Exception):
    pass


def run(line, **options):
    """Output of a command that must succeed."""
    outcome = subprocess.run(line, capture_output=True, text=True, **options)
    if outcome.returncode != 0:
        sys.exit(f"{' '.join(line)} ended with {outcome.returncode}\n{outcome.stdout[-4000:]}\n{outcome.stderr[-4000:]}")
    return outcome.stdout


def expect(condition, message):
    if not condition:
        sys.exit(message)


def clean_environment(**more):
    """As in a login shell of somebody who has nothing of mho."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR", "CCACHE_DIR") if name in os.environ}
    return {**kept, "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", **more}


def installed(arguments, folder, components=()):
    """The prefix below which everything, or some components, are installed through DESTDIR; moved afterwards, as a package would be."""
    staged = os.path.join(folder, "staged")
    for component in components or [None]:
        line = [arguments.cmake, "--install", arguments.build, "--prefix", "/usr"] + (["--component", component] if component else [])
        run(line, env={**os.environ, "DESTDIR": staged})
    prefix = os.path.join(folder, "somewhere", "else")
    os.makedirs(os.path.dirname(prefix))
    os.rename(os.path.join(staged, "usr"), prefix)
    expect(not os.listdir(staged), f"cmake --install wrote beside its prefix: {os.listdir(staged)}")
    return prefix


def files(arguments, folder):
    prefix = installed(arguments, folder, ["runtime", "train"])
    for name in ("bin/mho", "share/man/man1/mho.1", "share/bash-completion/completions/mho", "share/zsh/site-functions/_mho",
                 "share/fish/vendor_completions.d/mho.fish", "share/mho/designs/default.yaml", "share/mho/data/fsdd.yaml", "share/doc/mho/README.md",
                 "share/doc/mho/copyright", "share/doc/mho/docs/install.md"):
        expect(os.path.isfile(os.path.join(prefix, name)), f"{name} is not installed")
    # Only text and programs, none of which names the folders of the build.
    for top, _, names in os.walk(prefix):
        for name in names:
            path = os.path.join(top, name)
            with open(path, "rb") as file:
                data = file.read()
            if os.path.dirname(path).endswith("/bin"):
                continue  # debugging information of programs names sources; packages are stripped
            expect(os.path.realpath(arguments.build).encode() not in data, f"{os.path.relpath(path, prefix)} names the folder of the build")
    mho = os.path.join(prefix, "bin", "mho")
    work = os.path.join(folder, "work")
    os.mkdir(work)
    environment = clean_environment()
    expect(run([mho, "--version"], env=environment, cwd=work).startswith("mho "), "mho --version")
    result = json.loads(run([mho, "simulate", "--design", "hermes", "--json"], env=environment, cwd=work))
    expect(result["latency_s"] > 0, "mho simulate gives no latency")
    # A shipped data description is found by name; without its files the message names the variable.
    lost = subprocess.run([mho, "run", os.path.join(arguments.source, "examples/default_network/strokes.onnx"), "--data", "mnist"], env=environment, cwd=work,
                          capture_output=True, text=True)
    expect(lost.returncode == 3 and "MHO_DATA" in lost.stderr, f"--data mnist: code {lost.returncode}, {lost.stderr}")
    # mho-train is found beside mho: a job that cannot be is refused by mho, not for want of the program.
    if os.path.exists(os.path.join(prefix, "bin", "mho-train")):
        refused = subprocess.run([mho, "retrain", "absent.onnx", "--out", "out.onnx"], env=environment, cwd=work, capture_output=True, text=True)
        expect(refused.returncode == 3 and "absent.onnx" in refused.stderr, refused.stderr)


def shells(arguments, folder):
    prefix = installed(arguments, folder, ["runtime"])
    checked = []
    if shutil.which("bash"):
        script = os.path.join(prefix, "share/bash-completion/completions/mho")

        def bash(*words):
            line = f'source {script}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mho; printf "%s\\n" "${{COMPREPLY[@]}}"'
            return run(["bash", "--norc", "-c", line, "bash", *words], cwd=folder).split()

        expect("simulate" in bash("mho", "s") and "run" not in bash("mho", "s"), f"bash: verbs {bash('mho', 's')}")
        expect("list" in bash("mho", "db", "l"), "bash: verbs of a group")
        expect(bash("mho", "run", "--fid") == ["--fidelity"], f"bash: options {bash('mho', 'run', '--fid')}")
        expect(bash("mho", "run", "--fidelity", "") == ["simulate", "estimate"], f"bash: words {bash('mho', 'run', '--fidelity', '')}")
        expect(bash("mho", "run", "--fidelity", "=", "e") == ["estimate"], "bash: words behind =")
        expect("tile.adc.bits=" in bash("mho", "map", "--set", "tile.adc."), "bash: keys")
        expect("hermes" in bash("mho", "simulate", "--design", "he"), "bash: designs")
        expect("--tag" in bash("mho", "db", "list", "--"), "bash: options of a verb in a group")
        checked.append("bash")
    if shutil.which("fish"):
        script = os.path.join(prefix, "share/fish/vendor_completions.d/mho.fish")

        def fish(line):
            return [found.split("\t")[0] for found in run(["fish", "--no-config", "-c", f"source {script}; complete -C '{line}'"], cwd=folder).splitlines()]

        expect("simulate" in fish("mho s") and "run" not in fish("mho s"), f"fish: verbs {fish('mho s')}")
        expect("list" in fish("mho db "), "fish: verbs of a group")
        expect(fish("mho run --fid") == ["--fidelity"], f"fish: options {fish('mho run --fid')}")
        expect(sorted(fish("mho run --fidelity ")) == ["estimate", "simulate"], f"fish: words {fish('mho run --fidelity ')}")
        expect("tile.adc.bits=" in fish("mho map --set tile.adc."), "fish: keys")
        expect("--tag" in fish("mho db list --t"), "fish: options of a verb in a group")
        checked.append("fish")
    if shutil.which("zsh"):
        script = os.path.join(prefix, "share/zsh/site-functions/_mho")
        # The functions that complete a line are stood in for by ones that print what they are told.
        told = run(["zsh", "-f", "-c", "_describe() { print -l -- $verbs }; _arguments() { print -l -- $* }; compadd() { print -l -- $* }; _files() {}\n"
                    "words=($*); CURRENT=$#words; source " + script + " && true", "zsh", "mho", "run", "--fid"], cwd=folder)
        expect(re.search(r"^--fidelity=\[.*\]:.*:_mho_values_\d+$", told, re.M), f"zsh: options {told[:2000]}")
        told = run(["zsh", "-f", "-c", "_describe() { print -l -- $verbs }\nwords=(mho s); CURRENT=2; source " + script], cwd=folder)
        expect(re.search(r"^simulate:", told, re.M), f"zsh: verbs {told[:2000]}")
        checked.append("zsh")
    page = os.path.join(prefix, "share/man/man1/mho.1")
    with open(os.path.join(arguments.source, "CMakeLists.txt"), encoding="utf-8") as file:
        date = re.search(r"^set\(mho_RELEASE_DATE (\S+)\)", file.read(), re.M)[1]
    with open(page, encoding="utf-8") as file:
        heading = file.readline().replace("\\-", "-")
    expect(heading.startswith(f'.TH MHO 1 "{date}" "mho '), f"the manual page begins with {heading}, the release is of {date}")
    if shutil.which("man") and shutil.which("groff"):
        shown = subprocess.run(["man", "--warnings=w", "-l", page], capture_output=True, text=True, env={**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8", "MANROFFOPT": ""})
        expect(shown.returncode == 0, shown.stderr)
        warnings = [line for line in shown.stderr.splitlines() if "cannot adjust" not in line and "can't break line" not in line]
        expect(not warnings, f"man: {warnings[:5]}")
        expect("--fidelity HOW (simulate)" in shown.stdout and "mho db list" in shown.stdout, "the manual page lacks verbs or options")
        checked.append("man")
    if not checked:
        raise LeftOut("no shell to complete in")
    print("checked: " + ", ".join(checked))


def built_consumer(arguments, folder, *settings):
    """What the consumer prints must be what mho prints."""
    built = os.path.join(folder, "consumer")
    here = os.path.dirname(os.path.abspath(__file__))
    run([arguments.cmake, "-S", os.path.join(here, "consumer"), "-B", built, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", *settings])
    run([arguments.cmake, "--build", built, "--target", "consumer"])
    network = os.path.join(arguments.source, "examples/default_network/strokes.onnx")
    said = dict(line.split(" ", 1) for line in run([os.path.join(built, "consumer"), network, "default"], env=clean_environment(), cwd=folder).splitlines()
                if line.startswith(("product ", "latency ")))
    result = json.loads(run([arguments.mho, "simulate", network, "--set", "tile.adc.bits=7", "--json"], env=clean_environment(), cwd=folder))
    expect(float(said["latency"]) == result["latency_s"], f"the consumer's latency {said['latency']} is not mho's, {result['latency_s']}")
    # The same products through the tiles by the command.
    write_npy(os.path.join(folder, "W.npy"), [[0.5, -0.25, 0.125], [1, 0.75, -1]])
    write_npy(os.path.join(folder, "X.npy"), [[1, 0.5, -0.5]])
    run([arguments.mho, "mvm", "--weights", "W.npy", "--inputs", "X.npy", "--out", "Y.npy", "--set", "tile.adc.bits=7"], env=clean_environment(), cwd=folder)
    with open(os.path.join(folder, "Y.npy"), "rb") as file:
        outputs = struct.unpack("<2f", file.read()[-8:])
    products = tuple(struct.unpack("<f", struct.pack("<f", float(word)))[0] for word in said["product"].split())
    expect(products == outputs, f"the consumer's products {products} are not mho's, {outputs}")


def write_npy(path, rows):
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }" % (len(rows), len(rows[0]))
    header += " " * (-(10 + len(header) + 1) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for row in rows:
            file.write(struct.pack(f"<{len(row)}d", *row))


def consumer(arguments, folder):
    prefix = installed(arguments, folder, ["development"])
    built_consumer(arguments, folder, f"-DCMAKE_PREFIX_PATH={prefix}")


def subdirectory(arguments, folder):
    built_consumer(arguments, folder, f"-DMHO_SOURCE={arguments.source}", "-DMHO_UNITY=ON")


def mirror():
    """Where this machine has its packages from, and the name of its release."""
    with open("/etc/os-release", encoding="utf-8") as file:
        codename = re.search(r"^VERSION_CODENAME=(\w+)", file.read(), re.M)
    texts = []
    for path in ["/etc/apt/sources.list", *glob.glob("/etc/apt/sources.list.d/*")]:
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                texts.append(file.read())
    found = re.search(r"(?:URIs:|^deb(?: \[.*\])?)\s+(https?://\S+/debian/?)(?:\s|$)", "\n".join(texts), re.M)
    if not codename or not found:
        raise LeftOut("no Debian mirror is known here")
    return codename.group(1), found.group(1)


def package(arguments, folder):
    if os.geteuid() != 0 or not shutil.which("debootstrap") or not shutil.which("dpkg-shlibdeps"):
        raise LeftOut("root, debootstrap and dpkg-dev are needed")
    codename, uri = mirror()
    packages = os.path.join(folder, "packages")
    run(["cpack", "-G", "DEB", "-B", packages], cwd=arguments.build)
    made = sorted(glob.glob(os.path.join(packages, "*.deb")))
    expect(any(os.path.basename(name).startswith("mho_") for name in made), f"cpack made {made}")
    root = os.path.join(folder, "root")
    # What a project needs that links mho's libraries: the libraries of the command, without those that its last steps alone use.
    development = next(name for name in made if os.path.basename(name).startswith("libmho-dev_"))
    needed = {name for name in run([os.path.join(arguments.source, "scripts/install_packages.sh"), "--list", "run"]).split() if re.search(r"\d*-dev$", name)}
    depends = set(re.split(r",\s*", run(["dpkg-deb", "--field", development, "Depends"]).strip()))
    unused = {"libcli11-dev", "libpagmo-dev", "libboost-dev", "libcereal-dev"}
    expect(depends == needed - unused, f"libmho-dev depends on {sorted(depends)}, a build of mho on {sorted(needed - unused)}")
    begun = subprocess.run(["debootstrap", "--variant=minbase", codename, root, uri], capture_output=True, text=True)
    if begun.returncode != 0:
        raise LeftOut("debootstrap: " + (begun.stdout + begun.stderr)[-2000:])
    shutil.copy("/etc/resolv.conf", os.path.join(root, "etc/resolv.conf"))

    def inside(line):
        return run(["unshare", "--mount", "--pid", "--fork", "sh", "-c", f'mount --bind {root} {root} && mount -t proc proc {root}/proc && exec chroot {root} sh -c "$1"',
                    "sh", line], env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root", "LC_ALL": "C.UTF-8"})

    def with_package(start):
        for path in made:
            if os.path.basename(path).startswith(start):
                shutil.copy(path, os.path.join(root, "root"))
                return "/root/" + os.path.basename(path)
        return None

    inside("apt-get update -q && apt-get install -y -q --no-install-recommends " + with_package("mho_"))
    shown = inside("cd /root && mho run --samples 200 --repeats 2 && mho db list && mho describe designs")
    expect("throughput" in shown and "hermes" in shown, shown)
    size = int(run(["dpkg-deb", "--field", os.path.join(root, with_package("mho_")[1:]), "Installed-Size"]))
    program = os.path.getsize(os.path.join(root, "usr/bin/mho"))
    print(f"mho runs in a fresh {codename}; installed {size} KiB, of which the stripped program {program / 2**20:.1f} MiB")
    python = with_package("python3-mho")
    if python:
        inside("apt-get install -y -q --no-install-recommends " + python)
        shown = inside("cd /root && python3 -c 'import mho; print(mho.estimate().figures[\"latency_s\"], mho.simulate().figures[\"latency_s\"])'")
        expect(len(shown.split()) == 2, shown)
        print("the Python module estimates and simulates there: " + shown.strip())
    inside("apt-get purge -y -q mho && test ! -e /usr/bin/mho && test ! -e /usr/share/mho")


def main():
    parser = argparse.ArgumentParser()
    cases = {case.__name__: case for case in (files, shells, consumer, subdirectory, package)}
    parser.add_argument("case", choices=cases)
    for name in ("build", "source", "cmake", "mho"):
        parser.add_argument("--" + name, required=True)
    arguments = parser.parse_args()
    for name in ("build", "source", "mho"):
        setattr(arguments, name, os.path.abspath(getattr(arguments, name)))
    with tempfile.TemporaryDirectory(prefix="mho-install-") as folder:
        try:
            cases[arguments.case](arguments, folder)
        except LeftOut as why:
            print(f"left out: {why}")
            return LEFT_OUT
    return 0


if __name__ == "__main__":
    sys.exit(main())
