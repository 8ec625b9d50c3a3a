"""The live sound in this process, on the null backend, and the question whether there is a card."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from app.core.events import Source, Touch
from app.sound.device import describe, probe
from app.sound.live import Device, DeviceError, Sound

pytest.importorskip("signalflow")

WAIT_S = 60.0  # a busy machine is no defect
P, G = Source.PLAYER, Source.GHOST


@pytest.fixture
def sound() -> Iterator[Sound]:
    """A live sound in real time on the backend that discards samples."""
    sound = Sound("null", instrument="keys")
    yield sound
    sound._graph.stop()
    sound._graph.destroy()


def peak(sound: Sound) -> float:
    """The largest sample of the newest block; 0 before the first, where signalflow has no value."""
    return float(sound._graph.output_level_peak) if sound._graph.node_count else 0.0


def test_a_live_sound_is_heard_and_hushed(sound: Sound) -> None:
    assert sound.device.sample_rate == 48000 and round(sound.device.buffer_ms, 1) == 5.3
    deadline, index = time.perf_counter() + WAIT_S, 0
    while peak(sound) < 0.01 and time.perf_counter() < deadline:
        sound.play(Touch(0.02 * index, P, 0, 0.01 * (index % 100), 0.5, index % 5 > 0))
        sound.play(Touch(0.02 * index, G, 0, 0.01 * (index % 100), 0.5, index % 5 > 0))
        time.sleep(0.01)
        index += 1
    assert peak(sound) >= 0.01
    sound.set("instrument", "drums")
    sound.set("scale", "minor")
    sound.set("volume", 0.5)
    sound.set("instrument", "kazoo")
    sound.set("scale", "blues")
    sound.set("timescale", 2.0)  # the last three are not for sound, and not a fault
    sound.play(Touch(0.5, P, 0, 0.5, 0.9, False))
    sound.panic()
    sound.panic()
    deadline = time.perf_counter() + WAIT_S
    while peak(sound) > 1e-4 and time.perf_counter() < deadline:
        time.sleep(0.01)
    assert peak(sound) <= 1e-4
    assert not sound.failed


def test_a_device_that_counts_no_blocks_any_more_can_be_told(sound: Sound) -> None:
    deadline, first = time.perf_counter() + WAIT_S, sound.blocks
    while sound.blocks == first and time.perf_counter() < deadline:
        time.sleep(0.01)
    assert sound.blocks > first
    sound._graph.stop()
    first = sound.blocks
    time.sleep(0.05)  # nine blocks, were it still running
    assert sound.blocks == first


def test_the_probe_is_limited_in_time_and_never_raises() -> None:
    assert probe(timeout_s=1e-4) == "the device did not open within 0.0001 s"
    assert "backend" in str(probe("no such backend")).lower()


def test_doctor_hears_what_there_is_and_what_to_do() -> None:
    good = describe("null")
    assert good.state == "fine" and good.why.endswith(", 48000 Hz, 5.3 ms buffer")
    bad = describe("no such backend")
    assert bad.state == "off" and "sound card" in bad.remedy
    assert bad.why == "no usable device (miniaudio: Backend name not recognised: no such backend)"


def test_importing_the_sink_does_not_load_signalflow() -> None:
    code = "import app.sound.remote, sys; print([m for m in ('signalflow', 'mido') if m in sys.modules])"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout.strip() == "[]"


def test_an_untrustworthy_sample_rate_is_refused() -> None:
    with pytest.raises(DeviceError, match="sample rate: expected 8000 to 192000 Hz, got 0"):
        Device("x", 0, 256)
