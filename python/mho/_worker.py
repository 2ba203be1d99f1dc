"""Runs the command in a separate process, for work that needs SystemC, libtorch or several processes."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import termios
import threading
import fcntl
import struct
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Union

from ._errors import InputError, Interrupted, error
from ._progress import Sink, sink_of


def program() -> str:
    """The command: MHO_PROGRAM, else the one that was built or installed with this module, else the one of PATH."""
    named = os.environ.get("MHO_PROGRAM")
    if named:
        return named
    for folder in Path(__file__).resolve().parents:
        for found in (folder / "mho", folder / "bin" / "mho"):
            if found.is_file() and os.access(found, os.X_OK):
                return str(found)
    found_in_path = shutil.which("mho")
    if found_in_path:
        return found_in_path
    raise InputError("the command mho, which simulates, is neither beside this module nor in PATH; install it, or name it in MHO_PROGRAM")


_WIDTH = 10000
"""Width of the terminal that a process sees: wide enough that no message is wrapped."""


class _Listener:
    """Reads what a process writes to its terminal: lines of progress, and messages."""

    def __init__(self, sink: Optional[Sink]) -> None:
        self.messages: List[str] = []
        self._sink = sink
        self._shown = False
        try:
            self._master, self.slave = pty.openpty()
            fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, _WIDTH, 0, 0))
        except OSError:  # a machine without pseudo-terminals: the process then reports progress once a minute
            self._master, self.slave = os.pipe()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def begin(self) -> None:
        os.close(self.slave)
        self._thread.start()

    def end(self) -> None:
        self._thread.join()
        os.close(self._master)
        if self._shown and self._sink:
            self._sink("")

    def _read(self) -> None:
        pending = b""
        while True:
            try:
                got = os.read(self._master, 1 << 16)
            except OSError:
                got = b""
            pending += got
            *lines, pending = re.split(rb"[\r\n]+", pending) if got else (pending, b"")
            for line in lines:
                self._take(line.replace(b"\x1b[K", b"").decode("utf-8", "replace").strip())
            # A line of progress is complete when it is overwritten.
            if pending.endswith(b"\x1b[K"):
                self._take(pending.replace(b"\x1b[K", b"").decode("utf-8", "replace").strip())
                pending = b""
            if not got:
                return

    def _take(self, line: str) -> None:
        if line.startswith("mho: "):
            self.messages.append(line[len("mho: "):])
        elif line and self._sink:
            self._shown = True
            self._sink(line)


def run(line: Sequence[str], progress: Union[bool, Sink] = False, folder: Optional[str] = None) -> Dict[str, Any]:
    """What `mho LINE --json` prints. Exceptions are those of the module; Ctrl-C ends the process and waits for it."""
    listener = _Listener(sink_of(progress))
    # In its own session, so that Ctrl-C in the terminal reaches the process only once, from this module.
    process = subprocess.Popen([program(), *line, "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=listener.slave, cwd=folder,
                               start_new_session=True, env={**os.environ, "COLUMNS": str(_WIDTH)})
    listener.begin()
    interrupted = False
    output = b""
    try:
        while True:
            try:
                assert process.stdout is not None
                got = process.stdout.read(1 << 20)
                output += got
                if not got:
                    break
            except KeyboardInterrupt:
                process.send_signal(signal.SIGINT)
                interrupted = True
        code = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        listener.end()
    if interrupted:
        raise Interrupted(listener.messages[-1] if listener.messages else "interrupted")
    failed = [message for message in listener.messages if not message.startswith("warning: ")]
    if code != 0:
        raise error(failed[-1] if failed else f"mho {line[0]} ended with code {code}", 5 if code < 0 else code)
    return json.loads(output)
