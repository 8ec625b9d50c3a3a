"""The strokes of a performance as lines and dots of light: along `curves`, as broad as the `brush` is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from app.core.progress import Progress, unseen
from app.pictures import brush, curves, style
from app.pictures.blur import ROOT_TAU, Floats
from app.pictures.performance.event_strokes import Drawing, Stroke, lane_y
from app.pictures.performance.lines_and_dots import NO_LINES, Dots, Lines, Sheet, colour_keys, join
from app.pictures.performance.secondary_lines import secondary_lines, step_s

FLATNESS_PX = 0.08
BATCH = 100_000  # lines painted at once: some 30 MB with what comes of them
LONGEST_CHORD_PX = 48.0  # bounds the work a chord causes in bands of the picture it hardly touches


class Painting:
    """All light of a drawing, in batches of strokes in the order they began.

    Memory is that of a batch: of a drawing of one batch the light is kept, else it is painted anew each time
    it is gone through.

    Args:
        drawing: what to paint.
        sheet: the picture.
        head: a bright point where the performance ended.
        progress: told of what is painted, of `times` times in all.
        times: how often all of it is gone through.
    """

    def __init__(
        self,
        drawing: Drawing,
        sheet: Sheet,
        *,
        head: bool = True,
        progress: Progress = unseen,
        times: int = 1,
    ) -> None:
        self._drawing, self._sheet, self._head = drawing, sheet, head
        self._progress, self._times, self._n_done = progress, times, 0
        self._keys = {key: index for index, key in enumerate(colour_keys(drawing))}
        self._last = max(drawing.strokes, key=lambda stroke: float(stroke.time_s[-1]))
        self._step_s = step_s(drawing)
        self._kept: list[tuple[Lines, Dots]] | None = None

    def __iter__(self) -> Iterator[tuple[Lines, Dots]]:
        """Lines and dots, batch by batch; at least one."""
        if self._kept is not None:
            yield from self._kept
            return
        n_batches = 0
        for batch in self._batches():
            n_batches += 1
            yield batch
        if n_batches == 1:
            self._kept = [batch]

    def _batches(self) -> Iterator[tuple[Lines, Dots]]:
        lines: list[Lines] = []
        dots: list[tuple[float, ...]] = []
        n_lines = 0
        for stroke in self._drawing.strokes:
            before = len(lines)
            self._paint(stroke, lines, dots)
            n_lines += sum(len(each) for each in lines[before:])
            self._n_done += 1
            if n_lines >= BATCH:
                self._progress(self._n_done / (self._times * len(self._drawing.strokes)))
                yield join(NO_LINES, *lines), _dots(dots)
                lines, dots, n_lines = [], [], 0
        if lines or dots:
            yield join(NO_LINES, *lines), _dots(dots)

    def _paint(self, stroke: Stroke, lines: list[Lines], dots: list[tuple[float, ...]]) -> None:
        """Add the light of one stroke."""
        sheet, colour = self._sheet, self._keys[stroke.source, stroke.voice]
        line = _line(stroke, sheet, colour)
        length_px = 0.0 if line is None else float(np.hypot(*np.diff(line.ends, axis=1)[:, 0].T).sum())
        if line is not None:
            lines.append(line)
            lines += secondary_lines(stroke, line, sheet, self._step_s)
        tap = length_px < style.TAP_LENGTH_PX * sheet.unit
        if not stroke.is_note and (tap or not stroke.lane):
            dots.append(_touch_down(stroke, sheet, colour, tap))
        if self._head and stroke is self._last and not stroke.is_timed:
            bright = style.HEAD_LIGHT, style.HEAD_SIGMA_PX, style.HEAD_GLOW_PX
            dots.append(_dot(stroke, -1, sheet, colour, *bright))


def measure(painting: Iterable[tuple[Lines, Dots]], sheet: Sheet) -> tuple[float, float]:
    """How far to close the aperture, (0, 1], so that the many lines of a long performance stay lines.

    It falls with the square root of the mean light that lines and dots bring to the sheet. The second number
    is the length of all lines, pixels.
    """
    flux, length_px = 0.0, 0.0
    for lines, dots in painting:
        length = np.hypot(*(lines.ends[:, 1] - lines.ends[:, 0]).T)
        length_px += float(length.sum())
        flux += ROOT_TAU * float((length * lines.light.mean(axis=1) * lines.sigma_px.mean(axis=1)).sum())
        flux += 2 * np.pi * float((dots.light * dots.sigma_px**2).sum())
    mean = flux / (sheet.size[0] * sheet.size[1])
    return float(max(mean / style.FULL_SHEET, 1.0) ** -0.5), length_px


def rules_y(drawing: Drawing) -> Floats:
    """Where a hair line lies across the canvas: where each knob is at 0, and below each C."""
    n = drawing.n_lanes
    lanes = lane_y(np.arange(n), n, np.zeros(n)) if n else np.empty(0)
    keys = drawing.keys
    return np.append(lanes, [] if keys is None else [keys.y(pitch - 0.5) for pitch in keys.octaves()])


def rules(drawing: Drawing, sheet: Sheet, colour: int) -> Lines:
    """The hair lines of `rules_y`."""
    y = rules_y(drawing)
    n = len(y)
    ends = np.stack([np.stack([np.full(n, x), y], axis=1) for x in (0.0, 1.0)], axis=1)
    full = np.ones((n, 2))
    return Lines(
        ends=sheet.to_pixels(ends),
        light=full * (style.RULE_LIGHT if drawing.keys is None else style.OCTAVE_LIGHT),
        sigma_px=full * style.FINEST_SIGMA_PX * sheet.unit,
        colour=np.full(n, colour, dtype=np.intp),
        glow=np.zeros(n),
        time_s=np.zeros(n),
    )


def _touch_down(stroke: Stroke, sheet: Sheet, colour: int, tap: bool) -> tuple[float, ...]:
    """The bead where a finger came down; a tap is all bead, and glows more the longer it is held."""
    if not tap:
        bead = style.START_LIGHT, style.START_SIGMA_PX, style.START_GLOW_PX
        return _dot(stroke, 0, sheet, colour, *bead)
    held_s = max(stroke.end_s - float(stroke.time_s[0]), 0.0)
    longer = 1 + held_s / (held_s + style.TAP_HOLD_S)
    return _dot(stroke, 0, sheet, colour, style.TAP_LIGHT, style.TAP_SIGMA_PX, style.TAP_GLOW_PX * longer)


def _dot(
    stroke: Stroke, index: int, sheet: Sheet, colour: int, light: float, sigma_px: float, glow_px: float
) -> tuple[float, ...]:
    x, y = sheet.to_pixels(stroke.points[index])
    size = brush.pressed(float(stroke.pressure[index]))
    glow = glow_px * sheet.unit * style.GLOW[stroke.source]
    return x, y, light * size, sigma_px * sheet.unit * size, colour, glow, float(stroke.time_s[index])


def _dots(rows: Sequence[tuple[float, ...]]) -> Dots:
    table = np.array(rows, dtype=np.float64).reshape(-1, 7)
    return Dots(table[:, :2], table[:, 2], table[:, 3], table[:, 4].astype(np.intp), table[:, 5], table[:, 6])


def _line(stroke: Stroke, sheet: Sheet, colour: int) -> Lines | None:
    """The light of one stroke between its points; None if it never moved."""
    keep, bends = line_of(stroke, sheet)
    if not len(bends):
        return None
    which, t = curves.flatten(bends, FLATNESS_PX, LONGEST_CHORD_PX * sheet.unit)
    along = which[:, None] + t  # (k, 2): 3.5 is half way between the points 3 and 4
    points = np.arange(len(keep))
    width = np.interp(along, points, widths_of(stroke, sheet)[keep])
    if stroke.is_note:
        light = style.NOTE_LIGHT * np.interp(along, points, stroke.pressure[keep])
    else:
        light = np.full_like(width, style.LANE_LIGHT) if stroke.lane else brush.light_at(width)
    return Lines(
        ends=np.stack([curves.at(bends[which], t[:, 0]), curves.at(bends[which], t[:, 1])], axis=1),
        light=light,
        sigma_px=width * style.LINE_SIGMA_PX * sheet.unit,
        colour=np.full(len(which), colour, dtype=np.intp),
        glow=np.full(len(which), style.GLOW[stroke.source]),
        time_s=np.interp(along[:, 1], points, stroke.time_s[keep]),
    )


def line_of(stroke: Stroke, sheet: Sheet) -> tuple[NDArray[np.intp], Floats]:
    """The points of a stroke that its curve goes through, (m,), and the curve, (m - 1, 4, 2) pixels."""
    keep = curves.distinct(stroke.points)
    low, high = sheet.to_pixels(np.array([[0.0, 0.0], [1.0, 1.0]]))
    points = curves.steadied(sheet.to_pixels(stroke.points[keep]), style.JITTER * float(high[1] - low[1]))
    return keep, np.clip(curves.beziers(points), low, high)


def widths_of(stroke: Stroke, sheet: Sheet) -> Floats:
    """The width of the brush at every point of a stroke, (n,), 1 is usual; knobs and notes are even."""
    if stroke.lane:
        return np.full(len(stroke.points), style.LANE_WIDTH)
    if stroke.is_note:
        return np.full(len(stroke.points), style.NOTE_WIDTH * brush.pressed(float(stroke.pressure[0])))
    height = sheet.size[1] - 2 * sheet.margin_px
    return brush.widths(sheet.to_pixels(stroke.points) / height, stroke.time_s, stroke.pressure)
