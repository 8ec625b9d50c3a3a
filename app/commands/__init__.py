"""What `ghostjam` can do, one module a command. Each imports what it needs, so `--help` costs nothing."""

from __future__ import annotations


class CommandError(Exception):
    """A command cannot do what was asked: one line with the rule, what was expected and what was found."""
