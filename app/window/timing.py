"""How punctual the window is: frames and polls, over the last few seconds."""

from __future__ import annotations

from collections import deque

import numpy as np

from app.core.status import Status

FRAMES = 240


class Timing:
    """Collects frame times and the gaps between polls of the input."""

    def __init__(self) -> None:
        self._starts: deque[float] = deque(maxlen=FRAMES)
        self._work: deque[float] = deque(maxlen=FRAMES)
        self._gaps: deque[float] = deque(maxlen=4 * FRAMES)
        self._last_poll_s: float | None = None

    def polled(self, now_s: float) -> None:
        """The input was polled at `now_s`."""
        if self._last_poll_s is not None:
            self._gaps.append(now_s - self._last_poll_s)
        self._last_poll_s = now_s

    def drew(self, start_s: float, end_s: float) -> None:
        """A frame was drawn."""
        self._starts.append(start_s)
        self._work.append(end_s - start_s)

    @property
    def frames_s(self) -> list[float]:
        """How long the last frames took, input polls between their steps included."""
        return list(self._work)

    @property
    def gaps_s(self) -> list[float]:
        """The last times between two polls."""
        return list(self._gaps)

    def frame_rate(self) -> float:
        """Frames per second over those kept; 0 before the second one."""
        span = self._starts[-1] - self._starts[0] if len(self._starts) > 1 else 0.0
        return (len(self._starts) - 1) / span if span > 0 else 0.0

    def frame_s(self, quantile: float) -> float:
        """This quantile of the seconds a frame takes."""
        return float(np.quantile(self._work, quantile)) if self._work else 0.0

    def gap_s(self, quantile: float) -> float:
        """This quantile of the seconds between two polls."""
        return float(np.quantile(self._gaps, quantile)) if self._gaps else 0.0


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
        ("frame p50 / p99", _ms(timing.frame_s(0.5), timing.frame_s(0.99))),
        ("input polled every p50 / p99", _ms(timing.gap_s(0.5), timing.gap_s(0.99))),
    ]


def _ms(first_s: float, second_s: float) -> str:
    return f"{first_s * 1e3:.2f} / {second_s * 1e3:.2f} ms"
