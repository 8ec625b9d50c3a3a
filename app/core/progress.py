"""How far a long piece of work is, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float], None]
"""Takes the share that is done, [0, 1]."""


def unseen(share: float) -> None:
    """A progress that nobody watches."""
