"""Touches as notes: literal lists of what is sent."""

from __future__ import annotations

from app.core.events import Source, Touch
from app.core.instruments import load_instrument
from app.midi.ledger import Ledger, Owner
from app.midi.touches_out import TouchesOut
from app.midi.values_out import LastSent

BOTH = {Source.PLAYER: 0, Source.GHOST: 1}
LOW, HIGH = load_instrument("strings").pieces[0].register


def at(note: float) -> float:
    return (note - LOW) / (HIGH - LOW)


def encoder(*, mpe: bool = False, scale: str = "free") -> TouchesOut:
    made = TouchesOut(BOTH, mpe, Ledger(), LastSent())
    made.scale = scale
    return made


def play(out: TouchesOut, note: float, moving: bool, *, voice: int = 0, source: Source = Source.PLAYER,
         y: float = 0.0, pressure: float = 1.0) -> list[list[int]]:  # fmt: skip
    messages, _ = out.encode(Touch(0.0, source, voice, at(note), y, moving, pressure))
    return [list(message) for message in messages]


def test_moving_across_plays_the_next_note() -> None:
    out = encoder()
    assert play(out, 60.1, False) == [[0xB0, 74, 127], [0x90, 60, 127]]
    assert play(out, 60.4, True) == []
    assert play(out, 60.55, True) == []  # not yet: near the border the note is kept
    assert play(out, 60.8, True) == [[0x80, 60, 0], [0x90, 61, 127]]
    assert [list(m) for m in out.release(Owner(Source.PLAYER, 0), 0.0)] == [[0x80, 61, 0]]


def test_each_source_has_its_channel_and_a_scale_draws_both() -> None:
    out = encoder(scale="major")
    assert play(out, 60.4, False)[-1] == [0x90, 61, 127]
    assert play(out, 62.4, False, source=Source.GHOST)[-1] == [0x91, 62, 127]


def test_two_fingers_on_one_note_end_it_once() -> None:
    out = encoder()
    play(out, 60, False, voice=0)
    play(out, 60, False, voice=1)
    assert out.release(Owner(Source.PLAYER, 0), 0.0) == []
    assert [list(m) for m in out.release(Owner(Source.PLAYER, 1), 0.0)] == [[0x80, 60, 0]]


def test_pressure_is_sent_by_devices_that_tell_it() -> None:
    out = encoder()
    assert play(out, 60, False, y=0.5, pressure=0.5) == [[0xB0, 74, 64], [0xD0, 64], [0x90, 60, 86]]
    assert play(out, 60, True, y=0.5, pressure=1.0) == [[0xD0, 127]]


def test_mpe_gives_each_finger_a_channel_and_bends_it() -> None:
    out = encoder(mpe=True)
    first = play(out, 60.0, False)
    assert first[:6] == [[0xB0, 101, 0], [0xB0, 100, 6], [0xB0, 6, 7], [0xB0, 38, 0], [0xB0, 101, 127],
                         [0xB0, 100, 127]]  # fmt: skip
    assert first[6 + 7 * 6 :] == [[0xE1, 0, 64], [0xB1, 74, 127], [0x91, 60, 127]]
    assert play(out, 64.0, False, voice=1) == [[0xE2, 0, 64], [0xB2, 74, 127], [0x92, 64, 127]]
    assert play(out, 72.0, True) == [[0xE1, 0, 80]]  # 12 of 48 semitones up
    assert play(out, 60.0, False, source=Source.GHOST)[-1] == [0x9E, 60, 127]


def test_mpe_with_more_fingers_than_channels_lets_the_oldest_go() -> None:
    out = encoder(mpe=True)
    for voice in range(7):
        play(out, 60 + voice, False, voice=voice)
    assert play(out, 70, False, voice=7)[0] == [0x81, 60, 0]


def test_drums_are_percussion_notes_and_do_not_move() -> None:
    out = encoder()
    out.instrument = "drums"
    piece = load_instrument("drums").piece_at(0.1, 0.1)
    messages, begins = out.encode(Touch(0.0, Source.PLAYER, 0, 0.1, 0.1, False))
    assert begins and list(messages[-1]) == [0x90, piece.midi, 127]
    messages, begins = out.encode(Touch(0.0, Source.PLAYER, 0, 0.3, 0.1, True))
    assert not begins and all(m[0] & 0xF0 == 0xB0 for m in messages)


def test_a_source_that_is_not_sent_sends_nothing() -> None:
    out = TouchesOut({Source.GHOST: 1}, False, Ledger(), LastSent())
    assert out.encode(Touch(0.0, Source.PLAYER, 0, 0.5, 0.5, False)) == ([], False)
