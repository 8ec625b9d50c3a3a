"""What was not learned from, and how it is told: file, line and reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_LINES = 20  # told one by one; the rest is counted


@dataclass(frozen=True)
class Dropped:
    """What was not learned from: a row or a drawing, or with `line` None a voice or a whole file."""

    path: Path
    line: int | None
    reason: str

    def __str__(self) -> str:
        return f"{self.path}{f':{self.line}' if self.line else ''}: {self.reason}"


def summary(dropped: Sequence[Dropped]) -> list[str]:
    """What to tell of `dropped`: the first 20 one by one, of more than that the number in each file."""
    lines = [f"left out {row}" for row in dropped[:MOST_LINES]]
    if len(dropped) > MOST_LINES:
        counts = Counter(row.path for row in dropped)
        files = ", ".join(f"{n} in {path}" for path, n in counts.most_common(MOST_LINES))
        more = f", and more in {len(counts) - MOST_LINES} other files" if len(counts) > MOST_LINES else ""
        lines.append(f"left out {len(dropped)} in all: {files}{more}")
    return lines
