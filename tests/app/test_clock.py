"""Clocks: one that runs, one that is moved."""

from __future__ import annotations

from app.clock import ManualClock, SystemClock, sharpen_timers


def test_the_manual_clock_goes_where_it_is_moved_and_never_back() -> None:
    clock = ManualClock(5.0)
    clock.advance_to(7.5)
    clock.advance_to(6.0)
    assert clock.now() == 7.5


def test_the_system_clock_never_goes_back() -> None:
    clock = SystemClock()
    times = [clock.now() for _ in range(100)]
    assert times == sorted(times)


def test_sharpening_timers_is_harmless_anywhere_and_twice() -> None:
    sharpen_timers()
    sharpen_timers()
