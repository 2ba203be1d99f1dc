"""What goes wrong, as exceptions. Each stands for an exit code of the command and has the message that the command prints."""

from __future__ import annotations


class MhoError(Exception):
    """Anything that mho refuses or cannot do. `exit_code` is that of the command."""

    exit_code = 1


class UsageError(MhoError, ValueError):
    """Arguments that do not go together (exit code 2)."""

    exit_code = 2


class InputError(MhoError, ValueError):
    """A file, key, value, operator or database that cannot be used (exit code 3)."""

    exit_code = 3


class DoesNotFit(MhoError):
    """The network does not fit the chip (exit code 4)."""

    exit_code = 4


class FailedCheck(MhoError):
    """A result failed its own checks, or an error of mho itself (exit code 5)."""

    exit_code = 5


class NotStored(MhoError):
    """The database did not take the result (exit code 6)."""

    exit_code = 6


class Interrupted(KeyboardInterrupt):
    """Ctrl-C (exit code 130). No MhoError: code that catches those lets it through."""

    exit_code = 130


_KINDS = {kind.exit_code: kind for kind in (UsageError, InputError, DoesNotFit, FailedCheck, NotStored, Interrupted)}


def error(message: str, exit_code: int) -> BaseException:
    """The exception of an exit code."""
    made = _KINDS.get(exit_code, MhoError)(message)
    made.exit_code = exit_code
    return made
