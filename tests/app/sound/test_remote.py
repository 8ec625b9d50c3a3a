"""The sound process from outside: what the app hears of it whatever happens to it. On the null backend."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.ending import ENDING_SIGNALS
from app.core.events import Event, Release, Source, Touch, Values
from app.core.sink import Sink
from app.sound import remote
from app.sound.ipc import from_row, to_line, to_row
from app.sound.process import Server
from app.sound.remote import BACK_NOTICE, LOST_NOTICE, SILENT_NOTICE, SoundSink

pytest.importorskip("signalflow")

WAIT_S = 60.0  # a busy machine is no defect
P = Source.PLAYER
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals")


def until(true: Callable[[], object], seconds: float = WAIT_S) -> bool:
    """Whether `true` became so. The time only bounds a failure."""
    deadline = time.perf_counter() + seconds
    while not true() and time.perf_counter() < deadline:
        time.sleep(0.005)
    return bool(true())


def process(sink: SoundSink) -> subprocess.Popen[bytes]:
    """The process that sounds."""
    assert sink._server is not None
    return sink._server._process


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process may take its time to open the card: a person waits for six seconds at most."""
    monkeypatch.setattr(Server.opened, "__defaults__", (WAIT_S,))


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundSink]:
    """An open sound that looks for a lost card often."""
    monkeypatch.setattr(remote, "RETRY_S", 0.05)
    sink = SoundSink(backend="null", instrument="keys")
    assert sink.ready.wait(WAIT_S)
    yield sink
    sink.close()


fractions = st.floats(0.0, 1.0)
times = st.floats(allow_nan=False, allow_infinity=False)
voices = st.integers(0, 1 << 40)
sources = st.sampled_from(Source)
events = st.one_of(
    st.builds(Touch, times, sources, voices, fractions, fractions, st.booleans(), fractions),
    st.builds(Release, times, sources, voices),
    st.builds(Values, times, sources, st.lists(fractions).map(tuple), voices),
)


@given(events)
def test_an_event_goes_over_the_wire_unchanged(event: Event) -> None:
    import json

    assert from_row(json.loads(to_line(to_row(event)))) == event


def test_an_unknown_row_is_refused() -> None:
    with pytest.raises(ValueError, match="kind: expected touch, note, release or values, got 'wave'"):
        from_row(["wave", 0.0, "player", 0])


def test_an_open_sound_is_a_sink_and_ends_its_process(sink: SoundSink) -> None:
    assert isinstance(sink, Sink)
    assert sink.notice == ""
    assert sink._is_open
    child = process(sink)
    sink.play(Touch(0.0, P, 0, 0.5, 0.5, False))
    sink.panic()
    sink.close()
    sink.close()
    assert child.returncode == 0  # it ended by itself
    assert not sink._is_open
    sink.play(Touch(0.1, P, 0, 0.5, 0.5, False))
    sink.set("instrument", "drums")
    sink.panic()
    assert sink.n_dropped == 0


@posix
def test_a_process_that_dies_is_replaced_and_the_person_is_told(sink: SoundSink) -> None:
    sink.set("instrument", "drums")
    first = process(sink)
    first.send_signal(signal.SIGSEGV)
    assert until(lambda: sink.notice == LOST_NOTICE)
    sink.play(Touch(0.0, P, 0, 0.5, 0.5, False))  # lost, and no fault
    assert until(lambda: sink.notice == BACK_NOTICE)
    assert process(sink).pid != first.pid
    assert sink._is_open


@posix
def test_a_process_that_hangs_holds_nobody_up_and_panic_ends_it(sink: SoundSink) -> None:
    first = process(sink)
    first.send_signal(signal.SIGSTOP)
    index = 0
    while sink.n_dropped == 0 and index < 100_000:
        sink.play(Touch(0.001 * index, P, 0, 0.5, 0.5, index > 0))
        index += 1
    assert sink.n_dropped == 1  # the pipe is full: this took no longer than to fill it
    sink.panic()
    assert until(lambda: sink.notice == BACK_NOTICE)
    assert process(sink).pid != first.pid
    assert sink.n_dropped == 1  # by the first process, and it still counts


@posix
def test_closing_ends_a_process_that_hangs(sink: SoundSink) -> None:
    child = process(sink)
    child.send_signal(signal.SIGSTOP)
    sink.close()
    assert child.returncode == -signal.SIGKILL


@posix
def test_what_asks_a_whole_group_for_the_end_is_left_to_the_app(sink: SoundSink) -> None:
    """A Ctrl-C, a terminal that closes, a service manager: the sound fades when the app says so."""
    child = process(sink)
    for number in ENDING_SIGNALS:
        child.send_signal(number)
    sink.close()
    assert child.returncode == 0


def test_a_row_that_raises_is_logged_and_the_sound_goes_on(
    sink: SoundSink, caplog: pytest.LogCaptureFixture
) -> None:
    assert sink._server is not None
    sink._server.send(["wave", 0.0, "player", 0])
    assert until(lambda: caplog.records)
    assert "ValueError: kind: expected touch" in caplog.text
    sink.close()
    assert sink.notice == ""


def test_no_such_device_plays_on_silently_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    sink = SoundSink(backend="no such backend")
    sink.play(Touch(0.0, P, 0, 0.5, 0.5, False))
    assert sink.ready.wait(WAIT_S)
    assert sink.notice == SILENT_NOTICE
    sink.play(Touch(0.1, P, 0, 0.6, 0.5, True))
    sink.set("instrument", "drums")
    sink.panic()
    sink.close()
    sink.close()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert SILENT_NOTICE in caplog.text.lower()


def test_closing_while_opening_leaves_no_process_and_no_notice(caplog: pytest.LogCaptureFixture) -> None:
    sink = SoundSink(backend="null")
    sink.close()
    assert sink.ready.wait(WAIT_S)
    assert (sink._is_open, sink.notice, sink._server) == (False, "", None)
    assert caplog.records == []


def test_a_process_whose_app_is_gone_ends() -> None:
    server = Server()
    server.send({"backend": "null"})
    assert not isinstance(server.opened(), str)
    server.end()
    assert server.wait() == 0


def test_what_is_too_long_for_the_pipe_is_dropped_and_counted() -> None:
    server = Server()
    assert not server.send(to_row(Values(0.0, P, (0.123456789,) * 1000)))
    assert server.n_dropped == 1
    server.kill()
    server.wait()


def test_a_machine_without_a_sound_card_gets_silence_in_a_process_of_its_own() -> None:
    """Whatever this machine has: the process ends well, with one line of log at most."""
    code = """
import logging; logging.basicConfig()
from app.sound.remote import SoundSink
from app.core.events import Source, Touch
sink = SoundSink()
sink.ready.wait(20.0)
sink.play(Touch(0.0, Source.PLAYER, 0, 0.5, 0.5, False))
print(repr(sink.notice))
sink.close()
"""
    command = [sys.executable, "-c", code]
    child = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert child.returncode == 0, child.stderr
    assert child.stdout.strip() in (repr(SILENT_NOTICE), "''")
    assert len(child.stderr.splitlines()) == (SILENT_NOTICE in child.stdout)
