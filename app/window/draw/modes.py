"""The modes of the drawing canvas, as data: every mode is a row of this table over one controller."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Begins(Enum):
    """What makes the ghost begin to draw."""

    NEVER = auto()  # only when a person asks
    AFTER_PAUSE = auto()  # the pen was lifted `threshold_s` ago
    ALONE = auto()  # nothing: it draws from the start, one drawing after the other


class Preview(Enum):
    """What is asked of the model while somebody draws."""

    NOTHING = auto()
    FAN = auto()  # futures of the pen
    INSIDE = auto()  # the mixture of the next point, and the units


class Side(Enum):
    """What stands beside the paper."""

    STRIP = auto()  # the last drawings, few; the paper is in the middle
    ENDINGS = auto()
    GALLERY = auto()  # the last drawings, many
    UNITS = auto()


@dataclass(frozen=True)
class DrawMode:
    """One way to draw together.

    Attributes:
        name: as in settings and on screen.
        words: what it is, for the help.
        begins: what makes the ghost begin.
        look: what one sees of it meanwhile.
        side: what stands beside the paper.
        n_endings: the ghost draws so many endings beside the paper; 0: it draws one, on the paper.
        pace: how fast it draws; 1 is a hand that writes with care.
    """

    name: str
    words: str
    begins: Begins
    preview: Preview = Preview.NOTHING
    side: Side = Side.STRIP
    n_endings: int = 0
    pace: float = 1.0


_TABLE = (
    DrawMode("complete", "the ghost finishes what you draw", Begins.AFTER_PAUSE),
    DrawMode("fan", "where the pen may go next", Begins.NEVER, Preview.FAN),
    DrawMode(
        "endings", "nine endings to choose from", Begins.AFTER_PAUSE, side=Side.ENDINGS, n_endings=9, pace=1.4
    ),
    DrawMode("free", "the ghost draws alone", Begins.ALONE, side=Side.GALLERY, pace=1.8),
    DrawMode(
        "inside", "what the network has in mind", Begins.AFTER_PAUSE, Preview.INSIDE, Side.UNITS, pace=0.6
    ),
)

MODES: dict[str, DrawMode] = {mode.name: mode for mode in _TABLE}
