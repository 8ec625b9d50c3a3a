"""The messages of MIDI: status bytes, lengths, and the controllers that mean something of their own.

Source: MIDI 1.0 detailed specification; RP-015 for what a reset of the controllers leaves alone.
"""

from __future__ import annotations

NOTE_OFF, NOTE_ON, KEY_PRESSURE, CONTROL_CHANGE = 0x80, 0x90, 0xA0, 0xB0
PROGRAM_CHANGE, CHANNEL_PRESSURE, PITCH_BEND = 0xC0, 0xD0, 0xE0
SYSTEM, REALTIME = 0xF0, 0xF8
LENGTHS = {0x80: 3, 0x90: 3, 0xA0: 3, 0xB0: 3, 0xC0: 2, 0xD0: 2, 0xE0: 3}  # of messages of a channel
SUSTAIN, BRIGHTNESS = 64, 74
ALL_SOUND_OFF, RESETS_CONTROLLERS, ALL_NOTES_OFF = 120, 121, 123
ENDS_NOTES = frozenset((120, 123, 124, 125, 126, 127))
"""All sound off, all notes off, and the four changes of mode, each of which ends all notes too."""


def is_whole(message: bytes) -> bool:
    """Whether it is a message of a channel with all its data bytes and no other."""
    return (
        bool(message)
        and len(message) == LENGTHS.get(message[0] & 0xF0, 0)
        and all(byte < 0x80 for byte in message[1:])
    )


def ends_note(message: bytes) -> bool:
    """Whether it ends a note, or all of them."""
    status = message[0] & 0xF0 if len(message) == 3 else 0
    if status == CONTROL_CHANGE:
        return message[1] in ENDS_NOTES
    return status == NOTE_OFF or (status == NOTE_ON and message[2] == 0)


def source_key(message: bytes) -> tuple[int, int] | None:
    """(status byte, controller number or -1) of a message with a value; None for any other."""
    status = message[0] & 0xF0 if message else 0
    if status == CONTROL_CHANGE and len(message) == 3:
        return message[0], message[1]
    if (status == PITCH_BEND and len(message) == 3) or (status == CHANNEL_PRESSURE and len(message) == 2):
        return message[0], -1
    return None


def raw_value(message: bytes) -> int:
    """The value of a message that has a `source_key`: 0 to 127, of a bend 0 to 16383."""
    if message[0] & 0xF0 == PITCH_BEND:
        return message[1] | message[2] << 7
    return message[-1]
