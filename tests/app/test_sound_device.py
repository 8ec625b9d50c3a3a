"""The live sound without a sound card: the null backend for real, and no device at all."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from app.events import Release, Source, Touch
from app.sinks import Sink
from app.sound import SILENT_NOTICE, Silence, Sound, describe, open_sound
from app.sound.device import Probe, probe

pytest.importorskip("signalflow")

P, G = Source.PLAYER, Source.GHOST


@pytest.fixture
def sound() -> Sound:
    """A live sound in real time on the backend that discards samples."""
    return Sound("null", instrument="keys")


def test_a_live_sound_is_heard_hushed_and_closed_twice(sound: Sound) -> None:
    assert isinstance(sound, Sink)
    deadline, index = time.perf_counter() + 5.0, 0
    while sound.peak < 0.01 and time.perf_counter() < deadline:
        sound.play(Touch(0.02 * index, P, 0, 0.01 * (index % 100), 0.5, index % 5 > 0))
        sound.play(Touch(0.02 * index, G, 0, 0.01 * (index % 100), 0.5, index % 5 > 0))
        time.sleep(0.01)
        index += 1
    assert sound.peak >= 0.01
    sound.set("instrument", "drums")
    sound.set("scale", "minor")
    sound.set("volume", 0.5)
    sound.set("instrument", "kazoo")
    sound.set("scale", "blues")
    sound.set("timescale", 2.0)  # the last three are not for sound, and not a fault
    sound.play(Touch(0.5, P, 0, 0.5, 0.9, False))
    sound.panic()
    sound.panic()
    deadline = time.perf_counter() + 5.0
    while sound.peak > 1e-4 and time.perf_counter() < deadline:
        time.sleep(0.01)
    assert sound.peak <= 1e-4
    assert not sound.failed
    sound.close()
    sound.close()
    sound.play(Touch(1.0, P, 0, 0.5, 0.5, False))
    sound.set("volume", 1.0)
    assert sound.facts() == {}


def test_a_second_sound_can_be_opened_after_the_first_was_closed(sound: Sound) -> None:
    sound.close()
    again = Sound("null")
    assert again.facts()["buffer"].endswith(" ms")
    again.play(Release(0.0, P, 0))
    again.close()


def test_no_such_device_plays_on_silently_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    opening = open_sound(backend="no such backend")
    opening.play(Touch(0.0, P, 0, 0.5, 0.5, False))
    assert opening.ready.wait(20.0)
    assert opening.notice == SILENT_NOTICE
    opening.play(Touch(0.1, P, 0, 0.6, 0.5, True))
    opening.set("instrument", "drums")
    opening.panic()
    opening.close()
    opening.close()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert SILENT_NOTICE in caplog.text.lower()


def test_opening_on_the_null_backend_becomes_a_sound_with_the_settings_made_meanwhile() -> None:
    opening = open_sound(backend="null")
    opening.set("volume", 0.25)
    assert opening.ready.wait(20.0)
    assert opening.notice == ""
    assert opening.facts()["device"]
    opening.close()


def test_closing_while_opening_leaves_nothing_open() -> None:
    opening = open_sound(backend="null")
    opening.close()
    assert opening.ready.wait(20.0)
    assert opening.facts() == {}


def test_the_probe_is_limited_in_time_and_never_raises() -> None:
    assert probe(timeout_s=1e-4).why.startswith("the device did not open within")
    assert "backend" in probe("no such backend").why.lower()


def test_doctor_hears_what_there_is_and_what_to_do() -> None:
    good = describe("null")
    assert (good.state, good.why) == ("fine", "")
    assert 8000 <= good.sample_rate <= 192000 and good.buffer_ms > 0.0
    bad = describe("no such backend")
    assert bad.state == "off" and bad.why and "sound card" in bad.remedy


def test_a_machine_without_a_sound_card_gets_silence_in_a_process_of_its_own() -> None:
    """Whatever this machine has: the process ends well, with one line of log at most."""
    code = """
import logging; logging.basicConfig()
from app.sound import open_sound
from app.events import Source, Touch
opening = open_sound()
opening.ready.wait(20.0)
opening.play(Touch(0.0, Source.PLAYER, 0, 0.5, 0.5, False))
print(repr(opening.notice))
opening.close()
"""
    command = [sys.executable, "-c", code]
    child = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert child.returncode == 0, child.stderr
    assert child.stdout.strip().splitlines()[-1] in (repr(SILENT_NOTICE), "''")
    assert child.stderr.count("playing on silently") == (SILENT_NOTICE in child.stdout)


def test_importing_the_package_loads_neither_signalflow_nor_numpy() -> None:
    code = "import app.sound, sys; print([m for m in ('signalflow', 'numpy', 'mido') if m in sys.modules])"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout.strip() == "[]"


def test_an_untrustworthy_sample_rate_is_refused() -> None:
    from app.sound.device import _judge

    assert _judge({"device": "x", "sample_rate": 0, "frames": 256}) == Probe(
        why="sample rate: expected 8000 to 192000 Hz, got 0"
    )


def test_silence_is_a_sink() -> None:
    assert isinstance(Silence(), Sink)
    assert Silence().notice == SILENT_NOTICE
