"""Two hours of playing in compressed time: nothing stays, nothing drifts, nothing grows."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from app.core.events import Source
from tests.app.engine.soaking import LONGEST_S, Hall, Wanderer


def played(seconds: float) -> Hall:
    hall = Hall(Wanderer())
    sizes: list[int] = []
    tracemalloc.start()
    try:
        for at_s in hall.play(seconds):
            if at_s > seconds / 10:  # by then everything is as large as it gets
                gc.collect()
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    counters = hall.engine.status().counters
    faults = counters.model_faults, counters.sink_faults, counters.engine_faults, counters.dropped
    assert faults == (0, 0, 0, 0)
    assert counters.late == 0
    assert hall.ear.faults == []
    assert hall.ear.longest_s < LONGEST_S
    assert min(hall.ear.n_events.values()) > seconds  # both played, and not little
    third = len(sizes) // 3
    assert max(sizes[-third:]) < 1.2 * max(sizes[:third]) + 100_000
    hall.end()
    assert hall.ear.held == {} and hall.synth.sounding == set()
    return hall


def test_two_minutes_leave_nothing() -> None:
    assert played(120.0).ear.n_events[Source.GHOST] > 600


@pytest.mark.slow
def test_two_hours_leave_nothing() -> None:
    played(7200.0)
