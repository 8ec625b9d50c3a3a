"""Clocks: one that runs, one that is moved."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

import pytest

from app.core.clock import (
    HOLDER_PRIORITY,
    PRIORITY,
    ManualClock,
    SystemClock,
    ask_for_priority,
    not_held_up,
    sharpen_timers,
)


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


def in_a_thread(call: Callable[[], object]) -> object:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    thread.join()
    return found[0]


linux = pytest.mark.skipif(sys.platform != "linux", reason="asked for on Linux only")


@linux
def test_priority_is_for_one_thread_and_not_for_those_it_starts() -> None:
    def ask() -> tuple[bool, int, object]:
        granted = ask_for_priority()
        return granted, os.sched_getscheduler(0), in_a_thread(lambda: os.sched_getscheduler(0))

    before = os.sched_getscheduler(0)  # usually SCHED_OTHER; tests may run as a batch
    granted, own, of_child = in_a_thread(ask)  # type: ignore[misc]
    assert own == (os.SCHED_RR | os.SCHED_RESET_ON_FORK if granted else before)
    assert of_child == (os.SCHED_OTHER if granted else before)
    assert os.sched_getscheduler(0) == before


@linux
def test_who_may_not_have_priority_plays_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    assert ask_for_priority() is False


def test_one_core_is_shared_with_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert ask_for_priority() is False


@linux
def test_who_holds_the_interpreter_goes_after_those_who_play_and_is_ordinary_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import resource

    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    found: dict[str, int] = {}

    def ask() -> None:
        found["granted"] = ask_for_priority(HOLDER_PRIORITY)
        with not_held_up():
            found["inside"], found["priority"] = os.sched_getscheduler(0), os.sched_getparam(0).sched_priority
        found["after"] = os.sched_getscheduler(0)

    before = os.sched_getscheduler(0)
    in_a_thread(ask)
    granted = found["granted"]
    assert found["inside"] == (os.SCHED_RR | os.SCHED_RESET_ON_FORK if granted else before)
    assert found["priority"] == (HOLDER_PRIORITY if granted else 0) < PRIORITY
    assert found["after"] & ~os.SCHED_RESET_ON_FORK == (os.SCHED_OTHER if granted else before)


@linux
def test_who_may_compute_only_for_so_long_with_priority_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    monkeypatch.setattr(resource, "getrlimit", lambda _: (200_000, resource.RLIM_INFINITY))
    found: list[tuple[int, int]] = []

    def ask() -> None:
        before = os.sched_getscheduler(0)
        with not_held_up():
            found.append((before, os.sched_getscheduler(0)))

    in_a_thread(ask)
    ((before, inside),) = found
    assert inside == before
