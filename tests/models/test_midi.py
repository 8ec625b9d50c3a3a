"""Standard MIDI Files: notes at their seconds, and what is no such file, or a damaged one."""

from __future__ import annotations

import struct
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.formats import midi
from models.formats.base import PerformanceError
from models.formats.midi import Note
from models.performance import NOTE_COLUMNS, read_performance


def written(path: Path, *tracks: list[mido.Message | mido.MetaMessage], kind: int = 1) -> Path:
    file = mido.MidiFile(type=kind, ticks_per_beat=480)
    for messages in tracks:
        file.tracks.append(mido.MidiTrack(messages))
    file.save(path)
    return path


def on(pitch: int, time: int = 0, velocity: int = 80, channel: int = 0) -> mido.Message:
    return mido.Message("note_on", note=pitch, velocity=velocity, time=time, channel=channel)


def off(pitch: int, time: int = 0, channel: int = 0) -> mido.Message:
    return mido.Message("note_off", note=pitch, time=time, channel=channel)


def tempo(us: int, time: int = 0) -> mido.MetaMessage:
    return mido.MetaMessage("set_tempo", tempo=us, time=time)


def test_notes_lie_at_their_seconds_by_onset_and_pitch(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.mid",
        [on(67, velocity=90), on(60), off(67, 480), off(60, 240), on(62, 240), off(62, 60)],
    )
    assert midi.read_lines(path) == [
        [Note(0.0, 60, 0.75, 80), Note(0.0, 67, 0.5, 90), Note(1.0, 62, 0.0625, 80)]
    ]
    events = midi.as_events(midi.read_lines(path)[0])
    assert events.dtype == np.float32
    assert events == pytest.approx(np.array([[0, 60, 0.75, 80], [0, 67, 0.5, 90], [1, 62, 0.0625, 80]]))


def test_a_tempo_of_another_track_counts_from_its_tick_on(tmp_path: Path) -> None:
    conductor = [tempo(1_000_000), tempo(250_000, 480)]
    path = written(tmp_path / "a.mid", conductor, [on(60), off(60, 960), on(62, 480), off(62, 480)])
    assert midi.read_lines(path) == [[Note(0.0, 60, 1.25, 80), Note(1.5, 62, 0.25, 80)]]


def test_tracks_and_channels_are_lines_of_their_own_and_drums_are_none(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.mid",
        [on(60), on(48, channel=1), on(36, channel=9), off(60, 480), off(48, channel=1), off(36, channel=9)],
        [on(72), off(72, 240)],
    )
    assert [[note.pitch for note in line] for line in midi.read_lines(path)] == [[60], [48], [72]]


def test_a_key_ends_when_it_is_struck_again_with_no_velocity_and_at_the_end(tmp_path: Path) -> None:
    messages = [
        on(60),
        on(60, 480, velocity=70),
        on(60, 480, velocity=0),
        on(64),
        mido.MetaMessage("text", text="x", time=960),
    ]
    line = midi.read_lines(written(tmp_path / "a.mid", messages))[0]
    assert line == [Note(0.0, 60, 0.5, 80), Note(0.5, 60, 0.5, 70), Note(1.0, 64, 1.0, 80)]


def test_running_status_and_system_messages_are_read(tmp_path: Path) -> None:
    body = bytes(
        [
            0,
            0x90,
            60,
            80,
            0,
            0xF0,
            2,
            1,
            0xF7,
            48,
            0x90,
            64,
            80,
            48,
            60,
            0,
            0,
            64,
            0,
            0,
            0xC0,
            5,
            0,
            0xFF,
            0x2F,
            0,
        ]
    )
    path = tmp_path / "a.mid"
    path.write_bytes(
        b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96) + b"MTrk" + struct.pack(">I", len(body)) + body
    )
    assert midi.read_lines(path) == [[Note(0.0, 60, 0.5, 80), Note(0.25, 64, 0.25, 80)]]


def test_frames_a_second_instead_of_beats(tmp_path: Path) -> None:
    body = bytes([0, 0x90, 60, 80, 100, 0x80, 60, 0])
    path = tmp_path / "a.mid"
    division = struct.pack(">bB", -25, 40)  # 1000 ticks a second
    path.write_bytes(
        b"MThd" + struct.pack(">IHH", 6, 0, 1) + division + b"MTrk" + struct.pack(">I", len(body)) + body
    )
    assert midi.read_lines(path) == [[Note(0.0, 60, 0.1, 80)]]


def test_notes_off_the_keyboard_are_left_out_and_long_ones_are_cut() -> None:
    notes = [
        Note(0.0, 12, 1.0, 80),
        Note(1.0, 60, 30.0, 80),
        Note(99.0, 61, 0.0, 80),
        Note(100.0, 110, 1.0, 80),
    ]
    events = midi.as_events(notes)
    assert events == pytest.approx(np.array([[0.0, 60, 10.0, 80], [5.0, 61, 0.01, 80]]))
    assert midi.as_events([]).shape == (0, 4)


def file_of(body: bytes, *, division: int = 96, length: int | None = None) -> bytes:
    """A file of one track."""
    size = struct.pack(">I", len(body) if length is None else length)
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, division) + b"MTrk" + size + body


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "expected a Standard MIDI File"),
        (b"time_s,source", "expected a Standard MIDI File"),
        (b"MThd\0\0\0\2\0\0", "expected a Standard MIDI File"),
        (file_of(b"", division=0), "at least one tick a beat"),
        (file_of(b"\0", length=9), "expected 9 bytes"),
        (file_of(b"\0\x40"), "a status byte"),
        (file_of(b"\0\x90\x40"), "bytes of data"),
        (file_of(b"\x81"), "a whole track"),
    ],
)
def test_what_is_no_midi_file_is_refused_by_its_name(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(data)
    with pytest.raises(PerformanceError, match=reason) as error:
        midi.read_lines(path)
    assert str(error.value).startswith(f"{path}: ")


@given(st.binary(max_size=60), st.integers(0, 2), st.integers(0, 0xFFFF))
def test_any_track_is_read_or_refused(body: bytes, form: int, division: int) -> None:
    data = (
        b"MThd" + struct.pack(">IHHH", 6, form, 1, division) + b"MTrk" + struct.pack(">I", len(body)) + body
    )
    try:
        lines = midi._lines(data)
    except PerformanceError:
        return
    for note in (note for _, line in lines for note in line):
        assert note.onset_s >= 0.0 and note.duration_s >= 0.0 and 1 <= note.velocity <= 127
    down = set[int]()
    rows = midi.read(data)
    assert (np.diff(rows.time_s) >= 0.0).all()
    for pitch, velocity in rows.values.astype(int).tolist():
        assert (pitch in down) is (velocity == 0)
        down ^= {pitch}
    assert not down


def rows_of(path: Path) -> list[tuple[float, str, int, float, float]]:
    found = read_performance(path)
    assert found.columns == NOTE_COLUMNS and found.values.dtype == np.float32
    values = zip(found.time_s.tolist(), found.source.tolist(), found.voice.tolist(), strict=True)
    return [(*row, *own) for row, own in zip(values, found.values.tolist(), strict=True)]


def test_a_file_is_one_performance_of_keys_that_go_down_and_up(tmp_path: Path) -> None:
    left = [on(48, velocity=50), off(48, 480)]
    right = [on(67, velocity=90), on(60), off(67, 240), off(60, 240)]
    assert rows_of(written(tmp_path / "a.mid", left, right)) == [
        (0.0, "player", 176, 48, 50),
        (0.0, "player", 188, 60, 80),
        (0.0, "player", 195, 67, 90),
        (0.25, "player", 195, 67, 0),
        (0.5, "player", 176, 48, 0),
        (0.5, "player", 188, 60, 0),
    ]


def test_a_track_named_ghost_is_the_ghosts(tmp_path: Path) -> None:
    name = mido.MetaMessage("track_name", name="ghost")
    rows = rows_of(written(tmp_path / "a.mid", [on(60), off(60, 480)], [name, on(60, 480), off(60, 480)]))
    assert [row[1] for row in rows] == ["player", "player", "ghost", "ghost"]


def test_a_key_ends_where_it_is_struck_again_on_any_track(tmp_path: Path) -> None:
    rows = rows_of(written(tmp_path / "a.mid", [on(60), off(60, 960)], [on(60, 480, 90), off(60, 960)]))
    times = [(at, velocity) for at, _, _, _, velocity in rows]
    assert times == [(0.0, 80), (0.5, 0), (0.5, 90), (1.5, 0)]


def test_of_two_at_once_the_longer_is_kept_and_a_key_of_no_length_is_down_for_a_moment(
    tmp_path: Path,
) -> None:
    rows = rows_of(
        written(tmp_path / "a.mid", [on(60), off(60, 960)], [on(60), off(60, 480), on(72), off(72)])
    )
    times = [(at, pitch, velocity) for at, _, _, pitch, velocity in rows]
    assert times == [(0.0, 60, 80), (0.5, 72, 80), (pytest.approx(0.501), 72, 0), (1.0, 60, 0)]


def test_a_file_of_no_notes_is_a_performance_of_none(tmp_path: Path) -> None:
    assert len(read_performance(written(tmp_path / "a.mid", [tempo(500_000)]))) == 0


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(b"MThd" + bytes(3))
    with pytest.raises(PerformanceError, match=r"a\.mid: expected a Standard MIDI File"):
        read_performance(tmp_path / "a.mid")
