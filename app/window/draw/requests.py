"""Requests of the window to the model thread, and the responses. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from app.sketch.sketcher import Drawn, Points
from mdn.mixture import Mixture


class RequestKind(Enum):
    """What is asked for."""

    COMPLETE = auto()
    ENDINGS = auto()
    FREE = auto()
    FAN = auto()
    INSIDE = auto()

    @property
    def is_preview(self) -> bool:
        """Whether it is only looked at."""
        return self in (RequestKind.FAN, RequestKind.INSIDE)


@dataclass(frozen=True, eq=False)
class Request:
    """A question about a drawing.

    Attributes:
        what: is asked for.
        strokes: what the model has heard: the places of each stroke, model units.
        is_open: whether the pen is still on the paper at the end of the last of them.
        drawing: the places of a stroke that a person is drawing, as drawn; None if there is none.
        temperatures: pi and sigma.
        box: side of the paper, which the drawing does not leave, model units.
        n_endings: of ENDINGS.
        n_changes: of the page that is asked about.
        show: makes what is seen of the answer to a look; called by the thread that answers.
    """

    what: RequestKind
    strokes: list[NDArray[np.float32]] = field(default_factory=list)
    is_open: bool = False
    drawing: NDArray[np.float32] | None = None
    temperatures: tuple[float, float] = (1.0, 1.0)
    box: float = 1.0
    n_endings: int = 0
    n_changes: int = 0
    show: Callable[[Response], object] | None = None

    @property
    def is_down(self) -> bool:
        """Whether the pen is on the paper."""
        return self.is_open or self.drawing is not None

    @property
    def tip(self) -> tuple[float, float] | None:
        """Where the pen is."""
        last = self.drawing if self.drawing is not None else self.strokes[-1] if self.strokes else None
        return None if last is None else (float(last[-1][0]), float(last[-1][1]))


@dataclass(frozen=True, eq=False)
class Response:
    """What the ghost says.

    Attributes:
        request: to this.
        drawn: one drawing, or the next of several endings.
        futures: of FAN.
        mixture, units: of INSIDE; units are those of each layer, float32 (layers, units), -1 to 1.
        seen: what `Request.show` made of it.
        fault: why there is no answer; "" if there is one.
        seconds: what the model took, of FAN and INSIDE.
    """

    request: Request
    drawn: Drawn | None = None
    futures: list[Points] = field(default_factory=list)
    mixture: Mixture | None = None
    units: NDArray[np.float32] | None = None
    seen: object = None
    fault: str = ""
    seconds: float = 0.0
