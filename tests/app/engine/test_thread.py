"""The engine on its own thread: it answers, it stops, and other threads can do it no harm.

Nothing here measures time: each test waits for what must come, with a limit that only a hang reaches.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from app.core.events import Release, Source, Touch
from app.core.parameters import Settings
from app.engine.thread import Engine
from tests.app.fakes import RecordingSink, ScriptedGhost

HANG_S = 60.0


@pytest.fixture(autouse=True)
def interpreter() -> Iterator[None]:
    """The switch interval, which an engine changes, as it was."""
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


def wait_for(what: Callable[[], bool]) -> None:
    limit = time.monotonic() + HANG_S
    while not what():
        assert time.monotonic() < limit, "never happened"
        time.sleep(0.002)


def touch(engine: Engine, moving: bool = False) -> None:
    engine.submit(Touch(time.perf_counter(), Source.PLAYER, 0, 0.5, 0.5, moving))


def lift(engine: Engine) -> None:
    engine.submit(Release(time.perf_counter(), Source.PLAYER, 0))


def make(**values: float | str) -> tuple[Engine, RecordingSink, Settings]:
    settings, sink = Settings(choices={"model": ("touch", "two")}), RecordingSink()
    for name, value in {"threshold_s": 0.1, **values}.items():
        settings.set(name, value)
    engine = Engine(ScriptedGhost(), settings, [sink], load_ghost=lambda name: ScriptedGhost())
    return engine, sink, settings


def test_a_phrase_is_answered_and_a_touch_takes_over() -> None:
    engine, sink, _ = make()
    engine.start()
    engine.start()
    try:
        touch(engine)
        lift(engine)
        wait_for(lambda: len(sink.ghost) >= 2)
        assert engine.status().turn == "ghost"
        touch(engine)
        wait_for(lambda: bool(sink.ghost) and "release" in sink.ghost[-1][1])
    finally:
        engine.stop()
    assert sink.held == set()
    assert sink.n_closes == 1


def test_stop_ends_a_thread_that_waits_for_nothing() -> None:
    engine, sink, _ = make(mode="listen")
    engine.start()
    engine.stop()
    assert sink.n_closes == 1
    assert not any(thread.name == "engine" for thread in threading.enumerate())


def test_what_was_submitted_before_stop_still_reaches_the_sinks() -> None:
    engine, sink, _ = make(mode="listen")
    touch(engine)
    engine.stop()
    assert [what for _, what, _ in sink.log] == ["player touch 0", "player release 0"]


def test_after_stop_events_are_ignored() -> None:
    engine, sink, _ = make(mode="listen")
    engine.start()
    engine.stop()
    touch(engine)
    assert sink.events == []


def test_a_model_is_loaded_beside_the_music() -> None:
    engine, sink, settings = make(mode="solo")
    engine.start()
    try:
        wait_for(lambda: bool(sink.ghost))
        settings.set("model", "two")
        wait_for(lambda: engine.status().model == "two")
        n_events = len(sink.ghost)
        wait_for(lambda: len(sink.ghost) > n_events)
    finally:
        engine.stop()


def test_a_model_that_is_not_wanted_any_more_when_it_is_loaded_stays_away() -> None:
    engine, sink, settings = make(mode="solo")
    may_load, loads = threading.Event(), []

    def load(name: str) -> ScriptedGhost:
        loads.append(name)
        may_load.wait(HANG_S)
        loads.append("done")
        return ScriptedGhost()

    engine._models._load_ghost = load
    engine.start()
    try:
        settings.set("model", "two")
        wait_for(lambda: loads == ["two"])
        settings.set("model", "touch")
        may_load.set()
        wait_for(lambda: loads == ["two", "done"])
        n_events = len(sink.ghost)
        wait_for(lambda: len(sink.ghost) > n_events + 2)
        assert engine.status().model == "touch"
    finally:
        engine.stop()


def test_watching_the_mixture_wakes_a_waiting_engine() -> None:
    engine, sink, _ = make(mode="call", threshold_s=10.0)
    engine.start()
    try:
        touch(engine)
        lift(engine)
        wait_for(lambda: len(sink.events) == 2)
        engine.watch_mixture = True
        wait_for(lambda: engine.status().mixture is not None)
    finally:
        engine.stop()


def test_many_threads_may_submit_set_and_ask() -> None:
    engine, sink, settings = make(mode="duet")
    engine.start()

    def disturb(seed: int) -> None:
        for index in range(200):
            touch(engine, moving=index > 0)
            settings.set("timescale", 1.0 + (index + seed) % 3)
            settings.set("mode", ("call", "duet", "solo", "loop")[(index + seed) % 4])
            engine.status()
        lift(engine)

    threads = [threading.Thread(target=disturb, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANG_S)
    engine.stop()
    assert sink.held == set()
    assert engine.status().counters.engine_faults == 0


def test_a_defect_in_a_step_is_survived_and_silences(monkeypatch: pytest.MonkeyPatch) -> None:
    engine, sink, _ = make(mode="listen")
    broken: list[RuntimeError] = []
    receive = engine._player.receive

    def fail_once(event: Touch) -> None:
        if broken:
            raise broken.pop()
        receive(event)

    monkeypatch.setattr(engine._player, "receive", fail_once)
    engine.start()
    try:
        touch(engine)
        wait_for(lambda: len(sink.events) == 1)
        broken.append(RuntimeError("defect"))
        touch(engine)
        wait_for(lambda: engine.status().counters.engine_faults == 1)
        wait_for(lambda: len(sink.events) == 2)
        assert sink.held == set()
        touch(engine)
        wait_for(lambda: len(sink.events) == 3)
        assert engine.status().notice == "Something went wrong inside; see the log. Playing on."
    finally:
        engine.stop()


def test_a_flood_of_model_changes_loads_one_at_a_time_and_ends_with_the_last() -> None:
    names = tuple(f"m{i}" for i in range(40))
    settings = Settings(choices={"model": ("touch", *names)})
    running, most = 0, 0
    lock = threading.Lock()

    def load(name: str) -> ScriptedGhost:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.005)
        with lock:
            running -= 1
        return ScriptedGhost()

    engine = Engine(ScriptedGhost(), settings, [RecordingSink()], load_ghost=load)
    engine.start()
    try:
        for name in names:
            settings.set("model", name)
        wait_for(lambda: engine.status().model == names[-1])
        assert most == 1
    finally:
        engine.stop()
