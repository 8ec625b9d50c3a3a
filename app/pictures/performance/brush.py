"""How much light each piece of a stroke gives: slow is broad and bright, fast is thin and faint."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.pictures import curves, style
from app.pictures.blur import ROOT_TAU, Floats
from app.pictures.performance.event_strokes import Drawing, Stroke, lane_y
from app.pictures.performance.lines_and_dots import Dots, Lines, Sheet, colour_keys, join
from app.pictures.performance.secondary_lines import secondary_lines

FLATNESS_PX = 0.08
LONGEST_CHORD_PX = 48.0  # bounds the work a chord causes in bands of the picture it hardly touches


def paint(drawing: Drawing, sheet: Sheet, *, head: bool = True) -> tuple[Lines, Dots]:
    """All light of a drawing. `head`: a bright point where the performance ended."""
    keys = {key: index for index, key in enumerate(colour_keys(drawing))}
    lines: list[Lines] = []
    dots: list[tuple[float, ...]] = []
    last = max(drawing.strokes, key=lambda stroke: float(stroke.time_s[-1]))
    for stroke in drawing.strokes:
        colour = keys[stroke.source, stroke.voice]
        line = _line(stroke, sheet, colour)
        length_px = 0.0 if line is None else float(np.hypot(*np.diff(line.ends, axis=1)[:, 0].T).sum())
        if line is not None:
            lines.append(line)
            lines += secondary_lines(stroke, line, sheet)
        tap = length_px < style.TAP_LENGTH_PX * sheet.unit
        if tap or not stroke.lane:
            dots.append(_touch_down(stroke, sheet, colour, tap))
        if head and stroke is last and not stroke.lane:
            bright = style.HEAD_LIGHT, style.HEAD_SIGMA_PX, style.HEAD_GLOW_PX
            dots.append(_dot(stroke, -1, sheet, colour, *bright))
    return join(lines), _dots(dots)


def aperture(lines: Lines, dots: Dots, sheet: Sheet) -> float:
    """(0, 1]: how far to close for a long performance, so that its many lines stay lines.

    It falls with the square root of the mean light that lines and dots bring to the sheet.
    """
    length = np.hypot(*(lines.ends[:, 1] - lines.ends[:, 0]).T)
    flux = ROOT_TAU * float((length * lines.light.mean(axis=1) * lines.sigma_px.mean(axis=1)).sum())
    flux += 2 * np.pi * float((dots.light * dots.sigma_px**2).sum())
    mean = flux / (sheet.size[0] * sheet.size[1])
    return float(max(mean / style.FULL_SHEET, 1.0) ** -0.5)


def lane_rules(drawing: Drawing, sheet: Sheet, colour: int) -> Lines:
    """A hair line across the sheet where each knob is at 0."""
    n = drawing.n_lanes
    y = lane_y(np.arange(n), n, np.zeros(n)) if n else np.empty(0)
    ends = np.stack([np.stack([np.full(n, x), y], axis=1) for x in (0.0, 1.0)], axis=1)
    full = np.ones((n, 2))
    return Lines(
        ends=sheet.to_pixels(ends),
        light=full * style.RULE_LIGHT,
        sigma_px=full * style.FAST_SIGMA_PX * sheet.unit,
        colour=np.full(n, colour, dtype=np.intp),
        glow=np.zeros(n),
        time_s=np.zeros(n),
    )


def _touch_down(stroke: Stroke, sheet: Sheet, colour: int, tap: bool) -> tuple[float, ...]:
    """The bead where a finger came down; a tap is all bead, and glows more the longer it is held."""
    if not tap:
        return _dot(
            stroke,
            0,
            sheet,
            colour,
            style.START_LIGHT,
            style.START_SIGMA_PX,
            style.START_GLOW_PX,
        )
    held_s = max(stroke.end_s - float(stroke.time_s[0]), 0.0)
    longer = 1 + held_s / (held_s + style.TAP_HOLD_S)
    return _dot(
        stroke,
        0,
        sheet,
        colour,
        style.TAP_LIGHT,
        style.TAP_SIGMA_PX,
        style.TAP_GLOW_PX * longer,
    )


def _dot(
    stroke: Stroke, index: int, sheet: Sheet, colour: int, light: float, sigma_px: float, glow_px: float
) -> tuple[float, ...]:
    x, y = sheet.to_pixels(stroke.points[index])
    size = float(np.sqrt(stroke.pressure[index]))
    glow = glow_px * sheet.unit * style.GLOW[stroke.source]
    return x, y, light * size, sigma_px * sheet.unit * size, colour, glow, float(stroke.time_s[index])


def _dots(rows: Sequence[tuple[float, ...]]) -> Dots:
    table = np.array(rows, dtype=np.float64).reshape(-1, 7)
    return Dots(table[:, :2], table[:, 2], table[:, 3], table[:, 4].astype(np.intp), table[:, 5], table[:, 6])


def _line(stroke: Stroke, sheet: Sheet, colour: int) -> Lines | None:
    """The light of one stroke between its points; None if it never moved."""
    keep = curves.distinct(stroke.points)
    if len(keep) < 2:
        return None
    time_s = stroke.time_s[keep]
    bends = sheet.to_pixels(curves.beziers(curves.steadied(stroke.points[keep], style.JITTER)))
    which, t = curves.flatten(bends, FLATNESS_PX, LONGEST_CHORD_PX * sheet.unit)
    ends = np.stack([curves.at(bends[which], t[:, 0]), curves.at(bends[which], t[:, 1])], axis=1)

    light, sigma_px = _brush(stroke, sheet, keep, bends)
    along = which[:, None] + t  # (k, 2): 3.5 is half way between the points 3 and 4
    points = np.arange(len(keep))
    length = np.hypot(*np.diff(ends, axis=1)[:, 0].T)
    left_px = np.cumsum(length[::-1])[::-1]
    left_px = np.stack([left_px, np.append(left_px[1:], 0.0)], axis=1)
    taper = _taper(left_px, float(left_px[0, 0]), stroke, sheet)
    return Lines(
        ends=ends,
        light=np.interp(along, points, light) * taper,
        sigma_px=np.interp(along, points, sigma_px) * np.sqrt(taper),
        colour=np.full(len(which), colour, dtype=np.intp),
        glow=np.full(len(which), style.GLOW[stroke.source]),
        time_s=np.interp(along[:, 1], points, time_s),
    )


def _taper(left_px: Floats, total_px: float, stroke: Stroke, sheet: Sheet) -> Floats:
    """1 along the stroke, falling smoothly to `TAPER_END` where it ends; lanes do not taper."""
    if stroke.lane:
        return np.ones_like(left_px)
    reach = min(style.TAPER_PX * sheet.unit, total_px / 2)
    part = np.clip(left_px / max(reach, 1e-9), 0, 1)
    return style.TAPER_END + (1 - style.TAPER_END) * part * part * (3 - 2 * part)


def _brush(stroke: Stroke, sheet: Sheet, keep: NDArray[np.intp], bends: Floats) -> tuple[Floats, Floats]:
    """Light and sigma in pixels at every kept point, (n,) each, from speed and pressure."""
    press = np.sqrt(stroke.pressure[keep].astype(np.float64))
    if stroke.lane:
        return press * style.LANE_LIGHT, press * style.LANE_SIGMA_PX * sheet.unit
    chord = np.hypot(*(bends[:, 3] - bends[:, 0]).T) / sheet.size[0]
    speed = _speed(stroke.time_s[keep], np.concatenate([[0.0], np.cumsum(chord)]))
    fast = speed / (speed + style.FAST)
    light = style.SLOW_LIGHT + fast * (style.FAST_LIGHT - style.SLOW_LIGHT)
    sigma = style.SLOW_SIGMA_PX + fast * (style.FAST_SIGMA_PX - style.SLOW_SIGMA_PX)
    return light * press, sigma * press * sheet.unit


def _speed(time_s: Floats, way: Floats) -> Floats:
    """Canvas widths a second at every point, over a window around it; `way` is the length so far."""
    before = np.maximum(time_s - style.SPEED_WINDOW_S, time_s[0])
    after = np.minimum(time_s + style.SPEED_WINDOW_S, time_s[-1])
    rising = time_s + np.arange(len(time_s)) * 1e-9  # np.interp needs times that rise
    passed = np.interp(after, rising, way) - np.interp(before, rising, way)
    speed: Floats = passed / np.maximum(after - before, 1e-3)
    return speed
