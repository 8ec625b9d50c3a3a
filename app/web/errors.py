"""The error of a web port."""

from __future__ import annotations


class WebPortError(OSError):
    """A port cannot be opened: says which and why."""
