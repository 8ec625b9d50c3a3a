"""The sound of a page beside the program's own: the same pitches, and as loud."""

from __future__ import annotations

import base64
import wave
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.events import Event, Note, Release, Source, Touch
from app.core.instruments import INSTRUMENTS, load_instrument
from app.core.pitch import frequency_hz, note_at
from app.sound.graph_constants import CEILING
from app.sound.offline import render_wav
from tests.web.live.serving import served_modules

pytestmark = pytest.mark.browser

RATE = 44100
PART_S = 1.6  # of taps, of a stroke, of notes: by player, then by ghost
SECONDS = 6 * PART_S
BEGIN_S = 0.12
LEAST_DB = -45.0  # below it nothing is compared: it is the room alone
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
  const bytes = new Uint8Array(seconds * rate * 8);
  const floats = new Float32Array(bytes.buffer);
  floats.set(buffer.getChannelData(0));
  floats.set(buffer.getChannelData(1), seconds * rate);
  let text = "";
  for (let at = 0; at < bytes.length; at += 30000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 30000));
  }
  return btoa(text);
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
    told = base64.b64decode(page.evaluate(RENDER, [rows, instrument, SECONDS, RATE]))
    return np.frombuffer(told, "<f4").reshape(2, -1).astype(np.float64)


def by_program(path: Path, events: list[Event], instrument: str) -> NDArray[np.float64]:
    """The program's own sound, (2, n)."""
    begin = Release(0.0, Source.PLAYER, 9)  # so that it begins at 0
    render_wav([begin, *events], path, instrument=instrument, scale="free", tail_s=SECONDS)
    with wave.open(str(path)) as file:
        frames = file.readframes(file.getnframes())
    return np.frombuffer(frames, "<i2").reshape(-1, 2).T[:, : int(SECONDS * RATE)] / 32768


PLACES = ((0.12, 0.8), (0.5, 0.4), (0.88, 0.15))  # of taps: on the drums the kick, a tom and the bell


def taps(source: Source) -> list[Event]:
    events: list[Event] = []
    for number, (x, y) in enumerate(PLACES):
        at = BEGIN_S + 0.48 * number
        events += [Touch(at, source, number, x, y, False), Release(at + 0.36, source, number)]
    return events


def stroke(source: Source) -> list[Event]:
    events: list[Event] = []
    for step in range(120):
        t = step / 100
        x, y = 0.5 - 0.3 * np.cos(2.5 * t), 0.5 - 0.3 * np.sin(4 * t)
        events.append(Touch(t, source, 0, float(x), float(y), step > 0))
    return [*events, Release(1.2, source, 0)]


def keys(source: Source) -> list[Event]:
    events: list[Event] = []
    for number, (pitch, velocity) in enumerate([(48, 127), (60, 90), (67, 60), (72, 100)]):
        note = Note(BEGIN_S + 0.36 * number, source, pitch, velocity)
        events += [note, Release(note.time_s + 0.3, source, note.voice)]
    return events


def decibels(sound: NDArray[np.float64]) -> float:
    return float(10 * np.log10(np.mean(sound**2) + 1e-12))


def fundamental_hz(sound: NDArray[np.float64], near_hz: float) -> float:
    """The frequency of the strongest peak within a fifth of `near_hz`, to a fraction of a cent."""
    part = sound.sum(axis=0)
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 8 * len(part)))
    hz = np.fft.rfftfreq(8 * len(part), 1 / RATE)
    spectrum[(hz < near_hz / 1.5) | (hz > near_hz * 1.5)] = 0.0
    peak = int(spectrum.argmax())
    before, at, after = np.log(spectrum[peak - 1 : peak + 2])
    return float((peak + 0.5 * (before - after) / (before - 2 * at + after)) * hz[1])


def played(instrument: str) -> tuple[list[Event], list[tuple[str, float, float]]]:
    """All there is to hear of an instrument, and what sounds from when to when, each alone."""
    events: list[Event] = []
    parts: list[tuple[str, float, float]] = []
    start_s = 0.0
    for source in Source:
        for make in (taps, stroke, keys):
            made = [replace(event, time_s=event.time_s + start_s) for event in make(source)]
            events += made
            parts.append((f"{instrument}, {source.value}, {make.__name__}", start_s, start_s + PART_S))
            start_s += PART_S
    return events, parts


@pytest.fixture(scope="module", params=INSTRUMENTS)
def sounds(request: pytest.FixtureRequest, page: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An instrument, and it by a page and by the program."""
    events, _ = played(request.param)
    path = tmp_path_factory.mktemp("sound") / "it.wav"
    return request.param, by_page(page, events, request.param), by_program(path, events, request.param)


def part_of(sound: NDArray[np.float64], from_s: float, to_s: float) -> NDArray[np.float64]:
    return sound[:, round(from_s * RATE) : round(to_s * RATE)]


def test_a_page_is_as_loud_as_the_program(sounds: Any) -> None:
    """Touches, strokes and notes of both sides, within 3 dB each; and so in every tenth of a second."""
    instrument, ours, theirs = sounds
    for name, from_s, to_s in played(instrument)[1]:
        both = [part_of(sound, from_s, to_s) for sound in (ours, theirs)]
        assert decibels(both[0]) == pytest.approx(decibels(both[1]), abs=3.0), name
        tenths = [np.array_split(sound, 16, axis=1) for sound in both]
        envelopes = np.array([[decibels(tenth) for tenth in sound] for sound in tenths])
        is_heard = envelopes.max(axis=0) > LEAST_DB
        apart = np.abs(envelopes[0] - envelopes[1])[is_heard]
        assert np.median(apart) < 2.0 and apart.max() < 6.0, (name, apart.round(1))


def test_a_page_has_the_programs_pitches(sounds: Any) -> None:
    """Within 5 cents: of touches where the register says, and of keys."""
    instrument, ours, theirs = sounds
    whole = load_instrument(instrument)
    for source in Source:
        pieces = whole.ghost_pieces if source is Source.GHOST else whole.pieces
        if len(pieces) > 1 or pieces[0].sweep:
            continue  # of drums and chirps the pitch falls while they sound
        start_s = 0.0 if source is Source.PLAYER else 3 * PART_S
        for number, (x, _) in enumerate(PLACES):
            near_hz = frequency_hz(note_at(x, pieces[0].register))
            from_s = start_s + BEGIN_S + 0.48 * number + 0.05
            both = [fundamental_hz(part_of(sound, from_s, from_s + 0.3), near_hz) for sound in (ours, theirs)]
            assert abs(1200 * np.log2(both[0] / both[1])) < 5.0, (instrument, source, x, both)
            assert abs(1200 * np.log2(both[0] / near_hz)) < 15.0, (instrument, source, x, both)


def test_a_page_never_clips(page: Any) -> None:
    """Sixteen keys of each side at once, at full volume."""
    events: list[Event] = [Note(0.1, source, pitch, 127) for source in Source for pitch in range(40, 72, 2)]
    assert np.abs(by_page(page, events, "keys")).max() <= CEILING + 1e-3
