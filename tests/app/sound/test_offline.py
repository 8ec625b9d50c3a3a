"""What the instruments sound like, measured: the real graph, rendered offline in this process."""

from __future__ import annotations

import platform
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.events import Event, Release, Source, Touch
from app.core.instruments import INSTRUMENTS, load_instrument
from app.core.pitch import frequency_hz, note_at
from app.sound import offline
from app.sound.mixer import CEILING
from app.sound.offline import RenderError, render_wav
from tests.app.sound.rendering import render

pytest.importorskip("signalflow")

P, G = Source.PLAYER, Source.GHOST
RATE = 44100


def rms(sound: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def stroke(source: Source, start_s: float, seconds: float, voice: int = 0) -> list[Event]:
    """A finger that goes to and fro across the canvas, 60 events a second."""
    events: list[Event] = []
    for index in range(int(seconds * 60)):
        x, y = 0.5 + 0.3 * np.sin(index / 9.0 + voice), 0.5 + 0.3 * np.cos(index / 14.0 + voice)
        events.append(Touch(start_s + index / 60.0, source, voice, float(x), float(y), index > 0))
    events.append(Release(start_s + seconds, source, voice))
    return events


@pytest.fixture(scope="module")
def phrases() -> dict[str, NDArray[np.float32]]:
    """Each instrument: half a second of nothing, three taps and a stroke of the player, then a tail."""
    events: list[Event] = []
    for index, (x, y) in enumerate([(0.2, 0.8), (0.5, 0.1), (0.1, 0.45)]):
        at = 0.5 + 0.25 * index
        events += [Touch(at, P, 0, x, y, False), Release(at + 0.1, P, 0)]
    events += stroke(P, 1.25, 1.0)
    return {
        name: render(events, instrument=name, scale="free", start_s=0.0, tail_s=1.75) for name in INSTRUMENTS
    }


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_silent_before_the_touch_and_sounding_within_a_few_milliseconds(
    name: str, phrases: dict[str, NDArray[np.float32]]
) -> None:
    sound = phrases[name]
    touch = int(0.5 * RATE)
    assert np.abs(sound[:, :touch]).max() < 1e-5
    first = int(np.argmax(np.abs(sound[:, touch:]).max(axis=0) > 1e-4))
    assert first < 0.006 * RATE
    assert rms(sound[:, touch : touch + 3000]) > 0.005


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_loud_enough_but_not_clipped_no_offset_and_nothing_sounds_for_ever(
    name: str, phrases: dict[str, NDArray[np.float32]]
) -> None:
    sound = phrases[name]
    assert 0.15 < np.abs(sound).max() <= CEILING
    assert abs(float(sound.mean())) < 1e-3
    playing, end = sound[:, int(1.3 * RATE) : int(2.2 * RATE)], sound[:, -int(0.4 * RATE) : -3000]
    assert rms(end) < 0.05 * rms(playing)  # what is left is the room


def test_instruments_are_matched_in_loudness(phrases: dict[str, NDArray[np.float32]]) -> None:
    levels = []
    for sound in phrases.values():
        blocks = sound[:, : sound.shape[1] // 4410 * 4410].reshape(2, -1, 4410)
        blocks = np.sqrt(np.mean(np.square(blocks), axis=(0, 2)))
        levels.append(20.0 * np.log10(np.percentile(blocks, 85)))
    assert max(levels) - min(levels) < 3.5


@pytest.mark.parametrize("name", ["keys", "strings"])
def test_no_clicks_where_events_fall(name: str, phrases: dict[str, NDArray[np.float32]]) -> None:
    """A click is broadband: above 14 kHz these instruments have nothing else."""
    sound = phrases[name].astype(np.float64).mean(axis=0)
    frames = sound[: len(sound) // 256 * 256].reshape(-1, 256) * np.hanning(256)
    spectrum = np.abs(np.fft.rfft(frames, axis=1))[:, int(14000 / RATE * 256) :]
    assert spectrum.max() < 0.03


def test_pitch_is_where_the_finger_is() -> None:
    x = 0.4
    sound = render([Touch(0.0, P, 0, x, 0.9, False)], instrument="keys", scale="free", tail_s=1.0)
    spectrum = np.abs(np.fft.rfft(sound[0] * np.hanning(sound.shape[1])))
    found = float(np.argmax(spectrum)) * RATE / sound.shape[1]
    assert found == pytest.approx(
        frequency_hz(note_at(x, load_instrument("keys").pieces[0].register)), abs=1.5
    )


def test_higher_on_the_canvas_is_brighter() -> None:
    def centroid(y: float) -> float:
        sound = render(stroke_at(y), instrument="strings", scale="free", tail_s=0.2)
        amplitude = np.abs(np.fft.rfft(sound[0]))
        return float((amplitude * np.fft.rfftfreq(sound.shape[1], 1 / RATE)).sum() / amplitude.sum())

    def stroke_at(y: float) -> list[Event]:
        return [Touch(k / 60, P, 0, 0.4 + 0.005 * k, y, k > 0) for k in range(30)]

    assert centroid(0.05) > 1.7 * centroid(0.95)


def test_player_left_ghost_right() -> None:
    left = render(stroke(P, 0.0, 0.5), instrument="strings", scale="free", tail_s=0.1)
    right = render(stroke(G, 0.0, 0.5), instrument="strings", scale="free", tail_s=0.1)
    assert rms(left[0]) > 1.4 * rms(left[1])
    assert rms(right[1]) > 1.4 * rms(right[0])


def test_a_resting_finger_falls_silent() -> None:
    events = [*stroke(P, 0.0, 0.5)[:-1]]
    sound = render(events, instrument="strings", scale="free", tail_s=4.0)
    assert rms(sound[:, int(3.8 * RATE) : int(4.3 * RATE)]) < 0.01 * rms(sound[:, : int(0.5 * RATE)])


@pytest.mark.slow
def test_a_dense_performance_stays_under_the_ceiling() -> None:
    events = [event for v in range(12) for event in stroke(P, 0.02 * v, 0.8, v)]
    events += [event for v in range(10) for event in stroke(G, 0.02 * v, 0.8, v)]
    sound = render(events, instrument="strings", scale="free", volume=1.0, tail_s=0.2)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() <= CEILING
    assert rms(sound[:, RATE // 4 : 3 * RATE // 4]) < 0.35


def test_a_rendering_repeats_and_its_length_is_exact() -> None:
    events = stroke(P, 100.0, 0.3)
    first, again = (render(events, instrument="drums", scale="free", tail_s=0.5) for _ in range(2))
    assert first.shape == (2, round(0.8 * RATE))
    assert np.array_equal(first, again)


@pytest.mark.slow
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="MALLOC_PERTURB_ is of glibc")
def test_a_rendering_does_not_depend_on_what_lay_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node that reads memory it never wrote plays an offset, or crashes; where, only chance decides."""
    events = [Touch(0.0, P, 0, 0.2, 0.8, False), Release(0.1, P, 0), Touch(0.1, G, 0, 0.7, 0.2, False)]
    monkeypatch.setenv("PYTHONMALLOC", "malloc")
    files = []
    for byte in ("0", "128", "189"):  # as it comes; 0x7f, huge as a float; 0x42, 48.6 as a float
        monkeypatch.setenv("MALLOC_PERTURB_", byte)
        files.append(tmp_path / f"{byte}.wav")
        render_wav(events, files[-1], instrument="drums", scale="free", tail_s=0.2)
    assert len({file.read_bytes() for file in files}) == 1


def test_a_phase_that_rounds_up_to_a_whole_turn_reads_the_table_and_nothing_behind_it() -> None:
    import signalflow as sf

    from app.sound.voice import LAST_WAVE, make_table

    graph = sf.AudioGraph(output_device=sf.AudioOut_Dummy(1, RATE, 256), start=False)
    try:
        graph.play(sf.Wavetable2D(make_table(), 0.0, LAST_WAVE, -1e-9))
        buffer = sf.Buffer(1, 256)
        graph.render_to_buffer(buffer)
        assert np.array_equal(buffer.data, np.zeros((1, 256)))  # every wave starts at 0
    finally:
        graph.destroy()


def test_render_wav_writes_the_same_16_bit_stereo_each_time_from_a_child_process(tmp_path: Path) -> None:
    path, again = tmp_path / "take.wav", tmp_path / "again.wav"
    events = stroke(G, 3.0, 0.2)
    for file_path in (path, again):
        render_wav(events, file_path, instrument="keys", scale="pentatonic", tail_s=0.3)
    assert path.read_bytes() == again.read_bytes()
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
        pcm = np.frombuffer(file.readframes(RATE), "<i2").reshape(-1, 2).T
    here = render(events, instrument="keys", scale="pentatonic", tail_s=0.3)
    assert np.abs(pcm / 32767.0 - here).max() < 1e-4


def test_render_wav_says_what_failed(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"got: .*instrument: expected one of keys.*got 'kazoo'"):
        render_wav([], tmp_path / "a.wav", instrument="kazoo", scale="free")
    with pytest.raises(OSError, match="No such file"):
        render_wav([], tmp_path / "nowhere" / "a.wav", instrument="keys", scale="free")


def test_a_sound_is_made_in_pieces_that_do_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    events = [*stroke(P, 0.0, 0.3), *stroke(P, 1.0, 0.3)]
    whole = render(events, instrument="keys", scale="free", tail_s=0.2)
    monkeypatch.setattr(offline, "MOST_AT_ONCE", 4096)
    blocks = list(
        offline.render_blocks(lambda: events, instrument="keys", scale="free", start_s=0.0, end_s=1.5)
    )
    assert max(block.shape[1] for block in blocks) == 4096
    assert np.concatenate(blocks, axis=1) == pytest.approx(whole, abs=1e-4)


def test_a_sound_longer_than_a_wav_file_holds_is_refused_at_once(tmp_path: Path) -> None:
    events = [Touch(0.0, P, 0, 0.2, 0.8, False), Release(8 * 3600.0, P, 0)]
    with pytest.raises(RenderError, match=r"expected at most 6\.8 hours, which a WAV file holds, got 8\.0"):
        render_wav(events, tmp_path / "long.wav", instrument="keys", scale="free")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_sound_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    path.write_bytes(b"old")

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_wav(stroke(P, 0.0, 15.0), path, instrument="keys", scale="free", progress=interrupt)
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]
