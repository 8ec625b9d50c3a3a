"""The error of the command line: something that was asked for cannot be had."""

from __future__ import annotations


class CommandError(Exception):
    """A command cannot do what was asked: one line with the rule, what was expected and what was found."""


def explained(error: OSError) -> str:
    """An error of the operating system as a person reads it: which file, and what is wrong with it."""
    if not error.strerror:
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
