"""Two hours of playing in compressed time: nothing stays, nothing drifts, nothing grows."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from pathlib import Path

import pytest

from app.core.events import Source
from tests.app.engine.soaking import LONGEST_S, Hall, KeysHall, NoteWanderer, Wanderer
from tests.bench import soak


def played(seconds: float, folder: Path, *, keys: bool = False) -> Hall:
    ghost = NoteWanderer if keys else Wanderer
    hall = (KeysHall if keys else Hall)(ghost(), folder, lambda name: ghost())
    sizes: list[int] = []
    tracemalloc.start()
    try:
        for at_s in hall.play(seconds):
            if at_s > seconds / 10:  # by then everything is as large as it gets
                hall.recorder.flush()  # what waits for the disk is as much as this machine is slow
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
    assert hall.end() == 0
    assert hall.ear.held == {} and hall.synth.sounding == set() and hall.osc_held == set()
    assert hall.n_osc == sum(hall.ear.n_events.values())
    assert hall.recorder.n_dropped == 0 and hall.controls.n_refused == 0
    return hall


def test_a_minute_leaves_nothing(tmp_path: Path) -> None:
    assert played(60.0, tmp_path).ear.n_events[Source.GHOST] > 300


@pytest.mark.slow
def test_a_minute_at_a_keyboard_leaves_nothing(tmp_path: Path) -> None:
    played(60.0, tmp_path, keys=True)


@pytest.mark.slow
def test_an_hour_at_a_keyboard_leaves_nothing(tmp_path: Path) -> None:
    played(3600.0, tmp_path, keys=True)


@pytest.mark.slow
def test_two_hours_leave_nothing(tmp_path: Path) -> None:
    played(7200.0, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_soak_of_real_time_tells_of_a_bridge_that_dies() -> None:
    """`tests/bench/soak.py` once ended well when the bridge was killed in its middle."""
    assert soak.real(1.0, kill_after_s=0.5) == ["the bridge ended by itself, with exit code -9"]


def test_the_soak_tells_of_what_grows() -> None:
    first = soak.Use(10, 5, 70.0)
    assert soak.Use(12, 6, 80.0).grown(first) == []
    assert [text.split()[0] for text in soak.Use(50, 20, 170.0).grown(first)] == [
        "descriptors",
        "threads",
        "memory",
    ]
