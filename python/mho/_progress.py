"""Progress of long computations: one line that is written over itself, in terminals and notebooks."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import Callable, Iterator, Optional, Union

from . import _native

Sink = Callable[[str], None]
"""A function that shows the text of a line, such as "programming  42 %  10s left"; an empty text clears the line."""


def _in_notebook() -> bool:
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell is not None and type(shell).__name__ == "ZMQInteractiveShell"


def _overwriting() -> Sink:
    longest = 0

    def show(text: str) -> None:
        nonlocal longest
        sys.stderr.write("\r" + text.ljust(longest) + ("\r" if not text else ""))
        sys.stderr.flush()
        longest = max(longest, len(text))

    return show


def sink_of(progress: Union[bool, Sink]) -> Optional[Sink]:
    """Where lines go: to a function; with True to standard error, where that is a terminal or a notebook; else nowhere."""
    if callable(progress):
        return progress
    return _overwriting() if progress and (sys.stderr.isatty() or _in_notebook()) else None


@contextmanager
def shown(progress: Union[bool, Sink]) -> Iterator[None]:
    """Shows the progress of what is computed in this process. Only the main thread shows any: lines of several would mix."""
    sink = sink_of(progress)
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    drawn = False

    def line(text: str) -> None:
        nonlocal drawn
        drawn = True
        if sink:
            sink(text)

    _native.listen(line)
    try:
        yield
    finally:
        _native.listen(None)
        if drawn and sink:
            sink("")
