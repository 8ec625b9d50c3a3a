"""MIDI files: read back with mido, every note ends, bends mean what x means."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.events import KEYS_VOICE, Event, Note, Release, Source, Touch, Values
from app.core.instruments import load_instrument
from app.midi.file import BEND_RANGE, write_midi
from models.performance import read_performance

P, G = Source.PLAYER, Source.GHOST
LOW, HIGH = load_instrument("strings").pieces[0].register


def messages(path: Path, track: int) -> list[tuple[float, mido.Message]]:
    """(seconds from the start, message) of the channel messages of a track, as a player would time them."""
    file = mido.MidiFile(path)
    tick, out = 0, []
    for message in file.tracks[track]:
        tick += message.time
        if not message.is_meta:
            out.append((round(mido.tick2second(tick, file.ticks_per_beat, 500_000), 3), message))
    return out


def written(
    tmp_path: Path, events: Sequence[Event], scale: str = "free", instrument: str = "strings"
) -> Path:
    path = tmp_path / "take.mid"
    write_midi(events, path, scale=scale, instrument=instrument)
    return path


def x_of(note: float) -> float:
    return (note - LOW) / (HIGH - LOW)


def test_a_stroke_is_a_bent_note_between_on_and_off(tmp_path: Path) -> None:
    events: list[Event] = [
        Touch(10.0, P, 0, x_of(60.25), 1.0, False),
        Touch(10.5, P, 0, x_of(62.0), 0.0, True),
        Release(11.0, P, 0),
    ]
    found = [(at, m.dict()) for at, m in messages(written(tmp_path, events), 1) if m.type != "control_change"]
    slim = [(at, m["type"], m.get("note"), m.get("pitch")) for at, m in found]
    assert slim == [
        (0.0, "pitchwheel", None, round(8192 * 0.25 / BEND_RANGE)),
        (0.0, "note_on", 60, None),
        (0.5, "pitchwheel", None, round(8192 * 2.0 / BEND_RANGE)),
        (1.0, "note_off", 60, None),
    ]


def test_the_bend_range_is_announced_once_a_channel_before_its_first_bend(tmp_path: Path) -> None:
    events = [Touch(0.1 * k, P, 0, k / 30, 0.5, False) for k in range(30)]
    found = [m for _, m in messages(written(tmp_path, events), 1) if m.channel == 0]
    assert sum(m.type == "note_on" for m in found) > 2
    controls = [(m.control, m.value) for m in found if m.type == "control_change" and m.control != 74]
    assert controls == [(101, 0), (100, 0), (6, BEND_RANGE), (38, 0), (101, 127), (100, 127)]
    assert [m.type for m in found].index("pitchwheel") > 5


def test_brightness_follows_y_upwards(tmp_path: Path) -> None:
    events = [Touch(0.0, P, 0, 0.5, 1.0, False), Touch(0.1, P, 0, 0.5, 0.0, True)]
    found = [m.value for _, m in messages(written(tmp_path, events), 1) if m.is_cc(74)]
    assert found == [0, 127]


def test_a_scale_writes_unbent_notes(tmp_path: Path) -> None:
    events = [Touch(0.0, P, 0, x_of(60.3), 0.5, False)]
    found = messages(written(tmp_path, events, scale="chromatic"), 1)
    assert [m.pitch for _, m in found if m.type == "pitchwheel"] == [0]


def test_player_and_ghost_have_a_track_and_channels_of_their_own(tmp_path: Path) -> None:
    events = [Touch(0.1 * v, source, v, 0.5, 0.5, False) for source in Source for v in range(4)]
    path = written(tmp_path, events)
    player, ghost = ({m.channel for _, m in messages(path, track)} for track in (1, 2))
    assert len(player) == len(ghost) == 4
    assert not player & ghost
    assert 9 not in player | ghost
    assert [track.name for track in mido.MidiFile(path).tracks] == ["", "player", "ghost"]


def test_two_fingers_bend_apart(tmp_path: Path) -> None:
    events = [
        Touch(0.0, P, 0, 0.2, 0.5, False),
        Touch(0.0, P, 1, 0.8, 0.5, False),
        Touch(0.1, P, 0, 0.3, 0.5, True),
    ]
    found = messages(written(tmp_path, events), 1)
    channels = {m.note: m.channel for _, m in found if m.type == "note_on"}
    assert len(set(channels.values())) == 2
    assert [m.channel for at, m in found if m.type == "pitchwheel" and at > 0.05] == [channels[min(channels)]]


def test_drums_are_percussion_on_channel_10(tmp_path: Path) -> None:
    events = [Touch(0.0, P, 0, 0.1, 0.9, False), Touch(0.2, G, 0, 0.1, 0.1, False)]
    path = written(tmp_path, events, instrument="drums")
    notes = [(m.channel, m.note) for track in (1, 2) for _, m in messages(path, track) if m.type == "note_on"]
    assert notes == [(9, 36), (9, 42)]


def test_controllers_become_control_changes_when_they_change(tmp_path: Path) -> None:
    events = [Values(0.0, P, (0.0, 1.0)), Values(0.5, P, (0.0, 0.5))]
    found = [(at, m.control, m.value) for at, m in messages(written(tmp_path, events), 1)]
    assert found == [(0.0, 20, 0), (0.0, 21, 127), (0.5, 21, 64)]


def test_ticks_do_not_drift(tmp_path: Path) -> None:
    events = [Touch(k / 3.0, P, 0, 0.5, (k % 2) * 1.0, k > 0) for k in range(3001)]
    at = [at for at, m in messages(written(tmp_path, events), 1) if m.is_cc(74)]
    assert at[-1] == pytest.approx(1000.0, abs=0.001)


def test_nothing_played_is_a_valid_file(tmp_path: Path) -> None:
    assert len(mido.MidiFile(written(tmp_path, [])).tracks) == 3


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["new", "move", "release"]), st.sampled_from(Source), st.integers(0, 11),
                  st.floats(0, 1)),
        max_size=80,
    ),
    instrument=st.sampled_from(["keys", "drums"]),
)  # fmt: skip
def test_every_note_ends(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, Source, int, float]], instrument: str
) -> None:
    events: list[Event] = []
    for index, (action, source, voice, x) in enumerate(steps):
        at = 0.05 * index
        if action == "release":
            events.append(Release(at, source, voice))
        else:
            events.append(Touch(at, source, voice, x, x, action == "move"))
    path = tmp_path_factory.mktemp("midi") / "a.mid"
    write_midi(events, path, scale="minor", instrument=instrument)
    on: dict[tuple[int, int], int] = {}
    for track in (1, 2):
        for _, message in messages(path, track):
            if message.type in ("note_on", "note_off"):
                key = (message.channel, message.note)
                on[key] = on.get(key, 0) + (1 if message.type == "note_on" else -1)
                assert on[key] >= 0
    assert set(on.values()) <= {0}


@given(
    notes=st.lists(
        st.tuples(st.sampled_from((P, G)), st.integers(0, 127), st.integers(1, 127), st.integers(1, 3000)),
        min_size=1,
        max_size=20,
    ),
    scale=st.sampled_from(("free", "minor")),
)
@settings(max_examples=30)
def test_notes_come_back_with_their_pitch_velocity_and_length(
    tmp_path_factory: pytest.TempPathFactory, notes: list[tuple[Source, int, int, int]], scale: str
) -> None:
    events: list[Event] = []
    for index, (source, pitch, velocity, held_ms) in enumerate(notes):
        # Every third begins a chord; no key is struck while it is down.
        start_s = 4.0 * (index // 3)
        if any(e.time_s == start_s and e.source is source and e.voice == KEYS_VOICE + pitch for e in events):
            continue
        events.append(Note(start_s, source, pitch, velocity))
        events.append(Release(start_s + held_ms / 1e3, source, KEYS_VOICE + pitch))
    found = read_performance(written(tmp_path_factory.mktemp("notes"), events, scale))
    expected = sorted(
        (e.time_s, e.source.value, e.voice, e.velocity if isinstance(e, Note) else 0) for e in events
    )
    rows = zip(
        found.time_s.tolist(),
        found.source.tolist(),
        found.voice.tolist(),
        found.values[:, 1].astype(int).tolist(),
        strict=True,
    )
    for row, due in zip(sorted(rows, key=lambda row: (round(row[0], 3), *row[1:])), expected, strict=True):
        assert row[0] == pytest.approx(due[0], abs=0.0006) and row[1:] == due[1:]


def test_a_key_that_is_struck_again_or_held_to_the_end_ends(tmp_path: Path) -> None:
    path = written(tmp_path, [Note(0.0, P, 60, 80), Note(1.0, P, 60, 90), Note(1.5, P, 64, 70)])
    found = [(at, m.type, m.note, m.channel) for at, m in messages(path, 1)]
    assert found == [
        (0.0, "note_on", 60, 0),
        (1.0, "note_off", 60, 0),
        (1.0, "note_on", 60, 0),
        (1.5, "note_on", 64, 0),
        (1.5, "note_off", 60, 0),
        (1.5, "note_off", 64, 0),
    ]
