"""The sketcher: a ghost that draws, bounded. It hears what a person drew, goes on, and says why it ended.

    sketcher = Sketcher(Ghost.load("kanji", seed=7))
    drawn = sketcher.free()                 # a drawing of its own
    sketcher.reset()
    sketcher.hear(points)                   # what a person drew, as `models.strokes.heard` gives it
    while sketcher.end is None:
        show(sketcher.step())               # and the ghost draws on, a little at a time

Points are float32 (n, 3): dx, dy in the model's units, y down, and pen: 0 draws on to the next point,
1 is lifted after this one, 2 ends the drawing. One thread owns a Sketcher, as it owns its ghost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.ghost import Ghost, GhostError, GhostState
from app.sketch.bounds import Bounds, CanvasEdges
from app.sketch.stall import stalled
from models.errors import ModelError
from models.manifest import Scale
from models.strokes import DRAW, END, LIFT

Points = NDArray[np.float32]

CHUNK = 32  # points asked for at once when nobody watches
TRIES = 8  # continuations from one point that may leave the canvas; then the drawing ends at the edge
AGAIN = 12  # drawings of its own for one frame, the best of which is kept

_NONE = np.zeros((0, 3), np.float32)


class End(StrEnum):
    """Why a drawing ended."""

    END = "end"  # the model says that it is done
    CAP = "cap"  # twice as many points as the longest drawing the model was shown
    STALL = "stall"  # points that go nowhere
    CANVAS = "canvas"  # the model leaves the canvas, however often it is asked again


@dataclass(frozen=True, eq=False)
class Drawn:
    """What the ghost drew.

    Attributes:
        points: float32 (n, 3); finite, on the canvas.
        end: why it ended there; None if the ghost can go on.
    """

    points: Points
    end: End | None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Everything a sketcher remembers; cheap, never changed."""

    ghost: GhostState
    points: Points
    n_own: int
    end: End | None
    canvas: CanvasEdges | None
    start: tuple[float, float] | None


class Sketcher:
    """A ghost that draws.

    Attributes:
        points: the drawing so far, the person's and the ghost's, float32 (n, 3).
        end: why the drawing ended; None while the ghost can go on.
        scale: of the model's drawings.
        pi_temperature, sigma_temperature: as in `Ghost.generate`; set them at any time.
        canvas: where the drawing may go, relative to its start; None: anywhere, but not larger than
            `scale.box`.
    """

    def __init__(self, ghost: Ghost) -> None:
        """Begin a drawing with `ghost`.

        Raises:
            ModelError: its model does not draw.
        """
        if ghost.manifest.drawing is None:
            raise ModelError(
                f"model: expected one that draws, with columns dx, dy, pen; got {ghost.name}, "
                f"with {', '.join(ghost.columns)}."
            )
        self._ghost = ghost
        self.scale: Scale = ghost.manifest.drawing
        self.pi_temperature: float = ghost.manifest.pi_temperature
        self.sigma_temperature: float = ghost.manifest.sigma_temperature
        self.canvas: CanvasEdges | None = None
        self.reset()

    @property
    def ghost(self) -> Ghost:
        """The model, for its mixture and its state at the pen tip."""
        return self._ghost

    def reset(self, canvas: CanvasEdges | None = None, start: tuple[float, float] | None = None) -> None:
        """Begin a new drawing.

        Args:
            canvas: where it may go.
            start: where it begins, before its first step, from the middle of its square, model units; None
                if nobody knows. A model that was never told goes on without it.
        """
        start = start if self.scale.frames else None
        self._ghost.reset(start)
        self._start = start
        self.points: Points = _NONE
        self._n_own = 0  # points of the ghost since a person drew last
        self.end: End | None = None
        self.canvas = canvas

    def hear(self, points: Points) -> None:
        """Take over: points that a person drew, after what is there. A drawing that ended is open again.

        Raises:
            GhostError: not (n, 3), or not finite; nothing was heard.
        """
        before = self.snapshot()
        try:
            if self.end is not None:
                self.lift()
            self._ghost.feed(points)
        except GhostError:
            self.restore(before)
            raise
        self.points = np.concatenate([self.points, np.asarray(points, np.float32).reshape(-1, 3)])
        self._n_own = 0
        if len(self.points) and self.points[-1, 2] == END:
            self.end = End.END

    def lift(self) -> None:
        """Lift the pen where it is, so that what is heard next is a new stroke; the drawing is open again."""
        self.end = None
        if not len(self.points) or self.points[-1, 2] == LIFT:
            return
        points = self.points.copy()
        points[-1, 2] = LIFT
        self._ghost.reset(self._start)
        self._ghost.feed(points)
        self.points = points

    def step(self, n_points: int = 8) -> Drawn:
        """Draw on, at most `n_points` points; none after the end.

        Raises:
            GhostError: a temperature out of range, or a model that gives no numbers; nothing was drawn.
        """
        chunks: list[Points] = []
        while n_points > 0 and self.end is None:
            chunks.append(self._attempt(min(n_points, self._n_left)))
            n_points -= len(chunks[-1])
        return Drawn(np.concatenate(chunks) if chunks else _NONE, self.end)

    def complete(self) -> Drawn:
        """Draw to the end."""
        chunks = []
        while self.end is None:
            chunks.append(self.step(CHUNK).points)
        return Drawn(np.concatenate(chunks) if chunks else _NONE, self.end)

    def free(self) -> Drawn:
        """A new drawing, from nothing to its end.

        A model that knows where a drawing begins takes the frame of one of the corpus' drawings: it begins
        there, and what does not fill the frame is drawn again; the best of a few is kept.
        """
        frame = self._ghost.pick_frame()
        if frame is None:
            self.reset()
            return self.complete()
        least, best, state = math.inf, Drawn(_NONE, None), self.snapshot()
        for _ in range(AGAIN):
            self.reset(start=frame.start)
            drawn = self.complete()
            misfit = frame.misfit(drawn.points, self.scale.box)
            if misfit <= least:
                least, best, state = misfit, drawn, self.snapshot()
            if misfit == 0.0:
                break
        self.restore(state)
        return best

    def fan(self, n_futures: int = 32, n_points: int = 16) -> list[Points]:
        """Several futures of the pen, without moving on: each (n, 3), ending where it says END.

        None if the drawing has ended.
        """
        if self.end is not None:
            return []
        futures = self._ghost.fan(
            n_futures,
            n_points,
            pi_temperature=self.pi_temperature,
            sigma_temperature=self.sigma_temperature,
        )
        return [future[:n] for future, n in zip(futures, _lengths(futures), strict=True)]

    def endings(self, n: int) -> list[Drawn]:
        """`n` completions of the drawing as it is, which stays as it is. None if it has ended."""
        if self.end is not None:
            return []
        start = self.snapshot()
        found = []
        try:
            for _ in range(n):
                self.restore(start)
                found.append(self.complete())
        finally:
            self.restore(start)
        return found

    def snapshot(self) -> Snapshot:
        """What to `restore` to undo what follows."""
        return Snapshot(self._ghost.state, self.points, self._n_own, self.end, self.canvas, self._start)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this sketcher."""
        self._ghost.state = snapshot.ghost
        self.points, self._n_own = snapshot.points, snapshot.n_own
        self.end, self.canvas, self._start = snapshot.end, snapshot.canvas, snapshot.start

    @property
    def _n_left(self) -> int:
        """How many points the ghost may still draw; at least 1 while the drawing has not ended."""
        return 2 * self.scale.longest - self._n_own

    def _attempt(self, n_points: int) -> Points:
        """At most `n_points` more points that stay on the canvas; at least one, or the end."""
        before = self._ghost.state
        bounds = Bounds(np.cumsum(self.points[:, :2], axis=0, dtype=np.float64), self.canvas, self.scale.box)
        for _ in range(TRIES):
            chunk = self._ghost.generate(
                n_points, pi_temperature=self.pi_temperature, sigma_temperature=self.sigma_temperature
            )
            if not len(chunk):  # the model had said END before
                self.end = End.END
                return chunk
            n_inside = bounds.n_inside(chunk[:, :2])
            if n_inside == len(chunk):
                return self._finish(chunk, before)
            if n_inside:
                return self._finish(chunk[:n_inside], before, is_heard=False)
            self._ghost.state = before
        return self._stop_at_edge(bounds.to_edge(chunk[0, :2]))

    def _finish(self, chunk: Points, before: GhostState, is_heard: bool = True) -> Points:
        """Take `chunk` in, up to where the drawing ends. `is_heard`: the ghost has heard all of it."""
        end = End.END if chunk[-1, 2] == END else None
        own = self.points[len(self.points) - self._n_own :]
        if (n_stalled := stalled(own, chunk, self.scale)) is not None:
            chunk, end = chunk[:n_stalled], End.STALL
        elif end is None and len(chunk) >= self._n_left:
            end = End.CAP
        if end in (End.STALL, End.CAP):  # the model says nothing of an end: the pen is lifted, no more
            chunk, is_heard = chunk.copy(), False
            chunk[-1, 2] = LIFT
        if not is_heard:
            self._ghost.state = before
            self._ghost.feed(chunk)
        self._accept(chunk, end)
        return chunk

    def _stop_at_edge(self, step: NDArray[np.float64]) -> Points:
        """The end of a drawing that leaves the canvas; an open stroke goes on to the edge, by `step`."""
        chunk = _NONE
        if len(self.points) and self.points[-1, 2] == DRAW:
            chunk = np.array([[*step, LIFT]], np.float32)
            self._ghost.feed(chunk)
        self._accept(chunk, End.CANVAS)
        return chunk

    def _accept(self, chunk: Points, end: End | None) -> None:
        self.points = np.concatenate([self.points, chunk])
        self._n_own += len(chunk)
        self.end = end


def _lengths(futures: NDArray[np.float32]) -> list[int]:
    """Points of each of `futures`, (n, n_points, 3), up to its END, and before anything that is no number."""
    n_points = futures.shape[1]
    if not n_points:
        return [0] * len(futures)
    is_end, is_broken = futures[:, :, 2] == END, ~np.isfinite(futures).all(axis=2)
    to_end = np.where(np.any(is_end, axis=1), np.argmax(is_end, axis=1) + 1, n_points)
    to_broken = np.where(np.any(is_broken, axis=1), np.argmax(is_broken, axis=1), n_points)
    found: list[int] = np.minimum(to_end, to_broken).tolist()
    return found
