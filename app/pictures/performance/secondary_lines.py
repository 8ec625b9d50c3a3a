"""Secondary lines: faint lines that lag behind a finger, cut its corners and meet where it rests."""

from __future__ import annotations

import numpy as np

from app.pictures import style
from app.pictures.blur import Floats
from app.pictures.performance.event_strokes import Drawing, Stroke
from app.pictures.performance.lines_and_dots import Lines, Sheet

MOST_POINTS = 4000  # of one line
MOST_STEPS = 100_000  # of all lines of a drawing: in one of hours nobody sees a hundredth of a second


def step_s(drawing: Drawing) -> float:
    """The pace at which the lag is followed: of a drawing of many minutes more coarsely."""
    moved_s = sum(
        float(stroke.time_s[-1] - stroke.time_s[0]) for stroke in drawing.strokes if not stroke.is_timed
    )
    return max(style.SECONDARY_STEP_S, moved_s / MOST_STEPS)


def secondary_lines(
    stroke: Stroke, line: Lines, sheet: Sheet, step_s: float = style.SECONDARY_STEP_S
) -> list[Lines]:
    """Fainter copies of a line, each lagging behind it by one of `SECONDARY_LAG_S`; only a finger has them.

    The lag is a one-pole filter in time, so a copy runs within the hull of the line: on the canvas.
    """
    start_s, end_s = float(stroke.time_s[0]), float(line.time_s[-1])
    if stroke.is_timed or end_s - start_s < step_s:
        return []
    after_s = 3 * style.SECONDARY_AFTER_S
    n = int(min((end_s + after_s - start_s) / step_s, MOST_POINTS)) + 1
    time_s = np.linspace(start_s, end_s + after_s, n)
    path = np.concatenate([line.ends[:1, 0], line.ends[:, 1]])
    light = np.append(line.light[:, 0], line.light[-1, 1])
    order = np.append(start_s, line.time_s) + np.arange(len(path)) * 1e-9  # np.interp needs times that rise
    finger = np.stack([np.interp(time_s, order, path[:, 0]), np.interp(time_s, order, path[:, 1])], axis=1)
    # The line tapers where it ends; its copies fade by themselves, a little later.
    shine = np.interp(time_s, order, np.maximum(light, np.median(light)))
    shine *= np.exp(-np.maximum(time_s - end_s, 0) / style.SECONDARY_AFTER_S)
    threads = _lagging(finger, time_s[1] - time_s[0])
    between = np.stack([shine[:-1], shine[1:]], axis=1)
    shares = style.SECONDARY_LIGHT[stroke.source] * np.linspace(
        1, style.SECONDARY_LAST, len(style.SECONDARY_LAG_S)
    )
    thin = np.full((n - 1, 2), style.FINEST_SIGMA_PX * sheet.unit)
    colour, glow = np.full(n - 1, line.colour[0]), np.full(n - 1, line.glow[0])
    ends = np.stack([threads[:-1], threads[1:]], axis=1)  # (n - 1, start and end, lags, 2)
    return [
        Lines(ends[:, :, one], between * share, thin, colour, glow, time_s[1:])
        for one, share in enumerate(shares)
    ]


def _lagging(finger: Floats, step_s: float) -> Floats:
    """The points (n, 2) followed at every lag: (n, lags, 2)."""
    keep = np.exp(-step_s / np.array(style.SECONDARY_LAG_S))[:, None]
    threads = np.empty((len(finger), len(style.SECONDARY_LAG_S), 2))
    now = threads[0] = np.broadcast_to(finger[0], threads[0].shape)
    for step, target in enumerate(finger):
        now = target + (now - target) * keep
        threads[step] = now
    return threads
