"""The sound of a page beside the program's own: the same pitches, and as loud."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.events import Event, Note, Release, Source, Touch
from app.core.instruments import INSTRUMENTS
from app.sound.offline import render_wav
from tests.web.live.serving import served_modules

pytestmark = pytest.mark.browser

RATE = 44100
SECONDS = 2.0
WINDOW = 2048
RENDER = """
async ([events, instrument, seconds, rate]) => {
  const { Sound } = await import("/shared/sound.js");
  const facts = await (await fetch("/facts.json")).json();
  const context = new OfflineAudioContext(2, seconds * rate, rate);
  const sound = new Sound(facts, { context, nowS: () => context.currentTime });
  sound.set("instrument", instrument);
  const play = {
    touch: (...all) => sound.touch(...all),
    note: (...all) => sound.note(...all),
    release: (...all) => sound.release(...all),
  };
  const byTime = new Map();
  for (const [timeS, verb, ...all] of events) {
    const at = Math.round(timeS * rate / 128) * 128 / rate;
    if (!byTime.has(at)) byTime.set(at, []);
    byTime.get(at).push(() => play[verb](...all));
  }
  for (const [at, jobs] of byTime) {
    context.suspend(at).then(() => {
      for (const job of jobs) job();
      context.resume();
    });
  }
  const buffer = await context.startRendering();
  return [0, 1].map((channel) => Array.from(buffer.getChannelData(channel)));
}
"""


@pytest.fixture(scope="module")
def page(chromium: Any) -> Iterator[Any]:
    with served_modules() as address:
        page = chromium.new_page()
        page.goto(f"{address}/empty")
        yield page
        page.close()


def by_page(page: Any, events: list[Event], instrument: str) -> NDArray[np.float64]:
    """The sound of a page, (2, n)."""
    rows: list[list[object]] = []
    for event in events:
        key, source = event.voice, event.source.value
        if isinstance(event, Touch):
            touch = [event.x, event.y, event.moving, event.pressure]
            rows.append([event.time_s, "touch", key, source, *touch])
        elif isinstance(event, Note):
            rows.append([event.time_s, "note", key, source, event.pitch, event.velocity])
        else:
            rows.append([event.time_s, "release", key])
    return np.array(page.evaluate(RENDER, [rows, instrument, SECONDS, RATE]))


def by_program(path: Path, events: list[Event], instrument: str) -> NDArray[np.float64]:
    """The program's own sound, (2, n)."""
    render_wav(events, path, instrument=instrument, scale="free", tail_s=SECONDS)
    with wave.open(str(path)) as file:
        frames = file.readframes(file.getnframes())
    return np.frombuffer(frames, "<i2").reshape(-1, 2).T[:, : int(SECONDS * RATE)] / 32768


def taps(source: Source, places: list[tuple[float, float]]) -> list[Event]:
    events: list[Event] = [Release(0.0, source, 9)]  # so that both begin at 0
    for number, (x, y) in enumerate(places):
        at = 0.05 + number * SECONDS / len(places)
        events += [Touch(at, source, number, x, y, False), Release(at + 0.3, source, number)]
    return events


def strokes(source: Source) -> list[Event]:
    events: list[Event] = [Touch(0.0, source, 0, 0.2, 0.5, False)]
    for step in range(1, 150):
        t = step / 100
        x, y = 0.5 - 0.3 * np.cos(2.5 * t), 0.5 - 0.3 * np.sin(4 * t)
        events.append(Touch(t, source, 0, float(x), float(y), True))
    return [*events, Release(1.5, source, 0)]


def keys(source: Source) -> list[Event]:
    events: list[Event] = [Release(0.0, source, 9)]
    for number, (pitch, velocity) in enumerate([(48, 127), (60, 90), (67, 60), (72, 100)]):
        at = 0.05 + 0.45 * number
        note = Note(at, source, pitch, velocity)
        events += [note, Release(at + 0.35, source, note.voice)]
    return events


def loudness_db(sound: NDArray[np.float64]) -> float:
    return float(10 * np.log10(np.mean(sound**2) + 1e-12))


def envelope_db(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    n = sound.shape[1] // WINDOW
    power = (sound[:, : n * WINDOW] ** 2).reshape(2, n, WINDOW).mean(axis=(0, 2))
    return np.asarray(10 * np.log10(power + 1e-9))


def fundamental_hz(sound: NDArray[np.float64], from_s: float, near_hz: float) -> float:
    """The frequency of the strongest peak within half an octave of `near_hz`, to a fraction of a cent."""
    part = sound.sum(axis=0)[int(from_s * RATE) :][: RATE // 4]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 8 * len(part)))
    hz = np.fft.rfftfreq(8 * len(part), 1 / RATE)
    spectrum[(hz < near_hz / 1.4) | (hz > near_hz * 1.4)] = 0.0
    peak = int(spectrum.argmax())
    before, at, after = np.log(spectrum[peak - 1 : peak + 2])
    return float((peak + 0.5 * (before - after) / (before - 2 * at + after)) * hz[1])


PLAYED = {"taps": taps, "strokes": strokes, "keys": keys}


@pytest.mark.parametrize("instrument", INSTRUMENTS)
@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("what", PLAYED)
def test_a_page_is_as_loud_as_the_program(
    page: Any, tmp_path: Path, instrument: str, source: Source, what: str
) -> None:
    places = [(0.1, 0.9), (0.5, 0.4), (0.9, 0.1), (0.3, 0.2)]
    events = {"taps": lambda: taps(source, places), "strokes": lambda: strokes(source), "keys": lambda: keys(source)}[what]()
    ours, theirs = by_page(page, events, instrument), by_program(tmp_path / "it.wav", events, instrument)
    both = [envelope_db(sound) for sound in (ours, theirs)]
    print(instrument, source, what, round(loudness_db(ours), 1), round(loudness_db(theirs), 1), np.round(both[0] - both[1], 1)[:40])
    assert abs(loudness_db(ours) - loudness_db(theirs)) < 3.0
