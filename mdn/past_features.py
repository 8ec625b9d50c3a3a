"""How an event was come to: what of the events before it the next one is relative to.

A touch is told from the step that led to it, and for models with the density `Places` also from how it has
moved of late and from where its contact began. A drawing is told from its place since it began, from where
its stroke began and from how far it reaches: most strokes of a character start, end or turn level with an
earlier one, and all of them together fill a square.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np

from mdn.columns import Column, Kind, of_kind
from mdn.densities import note_memory
from mdn.densities.base import Array, Past
from mdn.densities.places import Places


class Route:
    """Follows the route of a performance, event by event or all at once.

    Args:
        columns: what an event holds.
        densities: names of the densities of the model (`mdn.heads`); none takes today's.

    Attributes:
        width: numbers of the route at an event: the step from the event before, `n_columns`; before it, with
            `Places`, 4: the running mean of the steps of this contact and where it began; or for a
            drawing 8: the place x, y, the place its stroke began at, and the lowest and the highest x, y it
            has reached. Places are seen from the middle of the drawing where its beginning says how far that
            is, else from the beginning. Of notes, before it, what their memory tells (`note_memory`).
        kept: how many numbers have to be remembered to follow on, next to the event itself; those of `width`
            among them, or of notes, whose whole memory is larger than what it tells, before and among them.
    """

    NEWEST: ClassVar = 0.5  # share of the newest step in the running mean of the steps of a contact

    def __init__(self, columns: Sequence[Column], densities: Sequence[str] = ()) -> None:
        offsets = of_kind(columns, Kind.OFFSET)
        pens = of_kind(columns, Kind.PEN)
        self.is_drawing = bool(offsets)
        if self.is_drawing and (len(offsets) != 2 or len(pens) != 1):
            raise ValueError(
                f"columns: expected two offsets and a pen, got {', '.join(c.name for c in columns)}."
            )
        self._offset = slice(offsets[0], offsets[-1] + 1) if offsets else slice(0)
        self._pen = pens[0] if pens else 0
        # Older models with positions know the step alone.
        positions = of_kind(columns, Kind.POSITION)
        flags = of_kind(columns, Kind.FLAG)
        self.is_placed = bool(positions) and (not densities or Places.name in densities)
        self._place = slice(positions[0], positions[-1] + 1) if positions else slice(0)
        self._flag = flags[0] if flags else None
        self.is_notes = any(c.kind is Kind.PITCH for c in columns)
        self._dt = next((i for i, c in enumerate(columns) if c.kind is Kind.SECONDS), 0)
        self.kept = (
            8 if self.is_drawing else 4 if self.is_placed else note_memory.KEPT if self.is_notes else 0
        )
        told = note_memory.TOLD if self.is_notes else self.kept
        self.width = told if self.is_drawing else told + len(columns)

    def follow(self, xp: Any, before: Array, route: Array, event: Array, known: Array) -> Array:
        """The route at `event`, `(..., width)`; of notes `(..., kept + n_columns)`, the last `width` of it.

        Args:
            xp: numpy or another namespace.
            before: the event before, `(..., n_columns)`, zeros if there is none.
            route: the route at it, `(..., kept)`.
            event: `(..., n_columns)`.
            known: 1 if there was an event before, else 0, `(..., 1)`.
        """
        if self.is_placed:
            step, place = known * (event - before), event[..., self._place]
            # 0 where a contact begins.
            goes_on = known if self._flag is None else known * event[..., self._flag : self._flag + 1]
            drift = goes_on * (route[..., :2] + self.NEWEST * (step[..., self._place] - route[..., :2]))
            start = place + goes_on * (route[..., 2:4] - place)
            return xp.concatenate([drift, start, step], axis=-1)
        if self.is_notes:
            # Nothing says how long before a first note there was another one.
            memory = note_memory.follow(xp, route, event, known * event[..., self._dt : self._dt + 1])
            return xp.concatenate([memory, known * (event - before)], axis=-1)
        if not self.is_drawing:
            return known * (event - before)
        place = route[..., :2] + event[..., self._offset]
        begins = 1.0 - known * (1.0 - xp.minimum(before[..., self._pen : self._pen + 1], 1.0))
        start = route[..., 2:4] + begins * (place - route[..., 2:4])
        # A drawing reaches no farther than it was drawn: its beginning is a place, not a line to there.
        low = known * xp.minimum(route[..., 4:6], place) + (1.0 - known) * place
        high = known * xp.maximum(route[..., 6:8], place) + (1.0 - known) * place
        return xp.concatenate([place, start, low, high], axis=-1)

    def along(self, events: np.ndarray) -> np.ndarray:
        """The route at each of `events` `(n_events, n_columns)`, a whole performance: `(n_events, width)`."""
        if self.is_placed:
            return self._contacts_along(events)
        if self.is_notes:
            step = np.diff(events, axis=0, prepend=events[:1])
            return np.concatenate([note_memory.along(events), step], axis=1).astype(events.dtype)
        if not self.is_drawing:
            return np.diff(events, axis=0, prepend=events[:1])
        place = np.cumsum(events[:, self._offset], axis=0, dtype="float64")
        begins = np.concatenate([[True], events[:-1, self._pen] >= 1.0])
        start = place[np.maximum.accumulate(np.where(begins, np.arange(len(events)), 0))]
        low, high = np.minimum.accumulate(place, axis=0), np.maximum.accumulate(place, axis=0)
        return np.concatenate([place, start, low, high], axis=1).astype(events.dtype)

    def _contacts_along(self, events: np.ndarray) -> np.ndarray:
        place, step = events[:, self._place], np.diff(events, axis=0, prepend=events[:1])
        goes_on = np.ones(len(events)) if self._flag is None else events[:, self._flag].astype("float64")
        goes_on[:1] = 0.0
        drift, start = np.zeros((len(events), 2)), place.astype("float64")
        for i in np.flatnonzero(goes_on):
            drift[i] = goes_on[i] * (drift[i - 1] + self.NEWEST * (step[i, self._place] - drift[i - 1]))
            start[i] += goes_on[i] * (start[i - 1] - place[i])
        return np.concatenate([drift, start, step], axis=1).astype(events.dtype)

    def past(self, event: Array, route: Array) -> Past:
        """What the next event is relative to, after `event` at `route`."""
        if self.is_placed:
            return Past(event, route[..., 4:], start=route[..., 2:4], drift=route[..., :2])
        if self.is_notes:
            n = event.shape[-1]
            end = route.shape[-1] - n
            return Past(event, route[..., end:], memory=route[..., end - note_memory.TOLD : end])
        if not self.is_drawing:
            return Past(event, route)
        return Past(event, event, *(route[..., i : i + 2] for i in range(0, 8, 2)))


def beginning(columns: Sequence[Column], at: tuple[float, float] | None = None) -> np.ndarray | None:
    """The event every drawing begins with, `(n_columns,)`: the pen is lifted, nothing was drawn.

    It is heard and never scored, so the first point of a drawing comes from the model's own start
    (sketch-rnn's S0, Ha & Eck 2017, arXiv:1704.03477, section 3.1). None where there is no pen.

    Args:
        columns: what an event holds.
        at: where the pen is lifted, seen from the middle of what the drawing will cover, natural units;
            None where nobody knows, and every place is then seen from the beginning.
    """
    event = np.array([c.kind is Kind.PEN for c in columns], "float32")
    if not event.any():
        return None
    if at is not None:
        event[[c.kind is Kind.OFFSET for c in columns]] = at
    return event


def begun(events: np.ndarray, columns: Sequence[Column], at: tuple[float, float] | None = None) -> np.ndarray:
    """`events` `(n_events, n_columns)` after their beginning, where they have one."""
    first = beginning(columns, at)
    return events if first is None else np.concatenate([first[None].astype(events.dtype), events])


def beginning_of(events: np.ndarray, columns: Sequence[Column]) -> tuple[float, float] | None:
    """Where a whole drawing `(n_events, n_columns)` begins, seen from the middle of what it covers.

    None where there is no pen.
    """
    offsets = [c.kind is Kind.OFFSET for c in columns]
    if not any(offsets):
        return None
    places = np.cumsum(events[:, offsets], axis=0, dtype="float64")
    x, y = -(places.min(axis=0) + places.max(axis=0)) / 2.0
    return float(x), float(y)


def least_units(columns: Sequence[Column], densities: Sequence[str] = ()) -> int:
    """Units a network needs at least: its state keeps the last event, with its route, in a row of them.

    The memory of notes goes on in more rows, and needs no more units than there are columns.

    Args:
        columns: what an event holds.
        densities: names of the densities of the model; none takes today's.
    """
    route = Route(columns, densities)
    return len(columns) if route.is_notes else len(columns) + route.kept


def memory_rows(n_kept: int, units: int) -> int:
    """Rows of a state `(rows, 2, batch, units)` that keep `n_kept` numbers, and one that says there are any.

    The first row keeps `units` of them and that one, and each further row `2 * units`.
    """
    return 1 + max(-(-(n_kept - units) // (2 * units)), 0)


def unpack_memory(xp: Any, halves: Iterable[Array], n_kept: int) -> tuple[Array, Array]:
    """What the rows of a state keep, `(batch, n_kept)`, and 1 if anything, from their halves.

    Args:
        xp: numpy or another namespace.
        halves: two a row, in order, `(batch, units)` each.
        n_kept: how many numbers they keep.
    """
    first, known, *more = halves
    kept = xp.concatenate([first, *more], axis=-1) if more else first
    return kept[:, :n_kept], known[:, :1]
