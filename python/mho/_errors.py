"""Exceptions. Each corresponds to an exit code of the command and contains the message that the command prints."""

from __future__ import annotations


class MhoError(Exception):
    """Base class of all errors of mho. `exit_code` is the exit code of the command."""

    exit_code = 1


class UsageError(MhoError, ValueError):
    """Arguments that exclude each other (exit code 2)."""

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
    """Ctrl-C (exit code 130). It is not an MhoError, so handlers of MhoError do not catch it."""

    exit_code = 130


_KINDS = {kind.exit_code: kind for kind in (UsageError, InputError, DoesNotFit, FailedCheck, NotStored, Interrupted)}


def error(message: str, exit_code: int) -> BaseException:
    """The exception of an exit code."""
    made = _KINDS.get(exit_code, MhoError)(message)
    made.exit_code = exit_code
    return made
