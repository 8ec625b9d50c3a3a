"""A lesson: what a ghost is asked to learn from, and the files that come of it."""

from __future__ import annotations

import contextlib
import itertools
import math
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.core.events import EventKind
from app.recording.rows import Columns
from models.lookup import SUFFIX
from models.manifest import Manifest
from models.performance import NOTE_COLUMNS, TOUCH_COLUMNS, value_columns

LEAST_EVENTS, LEAST_S = 100, 20.0  # of play; out of less nothing can be learned, nor found out whether it was
LONGEST_NAME = 64
LEARNT = re.compile(r"-\d{4}-\d{2}-\d{2}-\d+$")  # the end of the name of a ghost that has learned


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the process was asked to learn.

    Attributes:
        parent: the model that learns, as the setting names it.
        name, out: of the model that it becomes.
        recording: what was played.
        is_own: whether the recording was written for this; False where the evening is recorded.
    """

    parent: str
    name: str
    out: Path
    recording: Path
    is_own: bool

    def asked(self, model: Path, older: Sequence[Path]) -> dict[str, object]:
        """The request to the process, see `training.adapt_worker`."""
        return {
            "model": str(model),
            "recordings": [str(self.recording)],
            "older": [str(path) for path in older],
            "out": str(self.out),
            "name": self.name,
        }

    def tidy_up(self, *, keeps_model: bool = True) -> None:
        """Remove what is of no use any more, once the process is done or gone.

        That is what a process that was killed had half written; the recording where no model came of it; and
        the model, unless it is kept.
        """
        with contextlib.suppress(OSError):
            for draft in self.out.parent.glob(f".{self.out.name}.*"):  # see `training.drafts`
                shutil.rmtree(draft, ignore_errors=True)
            if not keeps_model:
                self.out.unlink(missing_ok=True)
            if self.is_own and not self.out.exists():
                self.recording.unlink(missing_ok=True)


def too_little(n_events: int, seconds: float) -> str:
    """Why nothing can be learned from so much play; "" if it can."""
    if n_events >= LEAST_EVENTS and seconds >= LEAST_S:
        return ""
    expected = f"expected {LEAST_S:g} s and {LEAST_EVENTS} events"
    return f"play a little more first: {expected}, got {math.floor(seconds)} s and {n_events}"


def recorded_columns(manifest: Manifest) -> Columns:
    """The columns of a recording that a model can learn from."""
    names = [column.name for column in manifest.columns]
    kind = EventKind.of(names)
    if kind is EventKind.NOTES:
        return NOTE_COLUMNS
    return TOUCH_COLUMNS if kind is EventKind.TOUCHES else value_columns(len(names) - 1)


def free_name(folder: Path, parent: str, today: date) -> str:
    """A name for what a model becomes: that of the first of its line, the date, and a number nobody has."""
    base = LEARNT.sub("", parent)[:LONGEST_NAME]
    for number in itertools.count(1):
        name = f"{base}-{today:%Y-%m-%d}-{number}"
        if not any((folder / f"{name}{suffix}").exists() for suffix in (SUFFIX, ".csv")):
            return name
    raise AssertionError
