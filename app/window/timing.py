"""How punctual the window is: frames and polls, over the last few seconds."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection

import numpy as np

from app.core.status import Status

FRAMES = 240


class Timing:
    """Collects frame times and the gaps between polls of the input.

    Attributes:
        frames_s: how long the last frames took, input polls between their steps included.
        gaps_s: the last times between two polls.
    """

    def __init__(self) -> None:
        self._starts_s: deque[float] = deque(maxlen=FRAMES)
        self.frames_s: deque[float] = deque(maxlen=FRAMES)
        self.gaps_s: deque[float] = deque(maxlen=4 * FRAMES)
        self._last_poll_s: float | None = None

    def polled(self, now_s: float) -> None:
        """The input was polled at `now_s`."""
        if self._last_poll_s is not None:
            self.gaps_s.append(now_s - self._last_poll_s)
        self._last_poll_s = now_s

    def drew(self, start_s: float, end_s: float) -> None:
        """A frame was drawn."""
        self._starts_s.append(start_s)
        self.frames_s.append(end_s - start_s)

    def frame_rate(self) -> float:
        """Frames per second over those kept; 0 before the second one."""
        span_s = self._starts_s[-1] - self._starts_s[0] if self._starts_s else 0.0
        return (len(self._starts_s) - 1) / span_s if span_s > 0 else 0.0


def timing_rows(timing: Timing, status: Status, window: dict[str, int]) -> list[tuple[str, str]]:
    """What the timing page says: names and values. `window`: the window's own counters."""
    counters = status.counters
    rows = [
        *window_rows(timing),
        ("ghost late p50 / p99", _ms(status.lateness_p50_s, status.lateness_p99_s)),
        ("events in / out", f"{counters.events_in} / {counters.events_out}"),
        ("dropped / refused / late", f"{counters.dropped} / {counters.refused} / {counters.late}"),
        ("ghost events held back", f"{counters.slowed}"),
        (
            "faults: model / outputs / engine",
            f"{counters.model_faults} / {counters.sink_faults} / {counters.engine_faults}",
        ),
        ("events outputs dropped", f"{counters.sink_drops}"),
    ]
    return rows + [(name, str(count)) for name, count in window.items()]


def window_rows(timing: Timing) -> list[tuple[str, str]]:
    """The part of the timing page that any window has."""
    return [
        ("frames a second", f"{timing.frame_rate():.0f}"),
        ("frame p50 / p99", p50_p99(timing.frames_s)),
        ("input polled every p50 / p99", p50_p99(timing.gaps_s)),
    ]


def p50_p99(seconds: Collection[float]) -> str:
    """The median and the 99th percentile, as milliseconds."""
    return _ms(*np.quantile([*seconds] or [0.0], [0.5, 0.99]).tolist())


def _ms(first_s: float, second_s: float) -> str:
    return f"{first_s * 1e3:.2f} / {second_s * 1e3:.2f} ms"
