"""IMPSY's websocket messages as MIDI messages and back: `/channel/1/noteon/60/100` and the others. Pure.

Channels are written 1 to 16. Source: github.com/cpmpercussion/impsy, specification of its websockets.
"""

from __future__ import annotations

NOTE_OFF, NOTE_ON, CONTROL_CHANGE, PITCH_BEND = 0x80, 0x90, 0xB0, 0xE0
_STATUS = {"noteon": NOTE_ON, "noteoff": NOTE_OFF, "cc": CONTROL_CHANGE}
_WORDS = {status: word for word, status in _STATUS.items()}
BEND = "pitchbend"
BEND_FULL = 16383


def to_midi(text: str) -> bytes | None:
    """The MIDI message of a text; None for one that is malformed or out of range."""
    slash, _, rest = text.partition("/channel/")
    channel, *words = rest.split("/")
    numbers = [_number(word) for word in words[1:]]
    number = _number(channel)
    if slash or not words or not 1 <= number <= 16 or min(numbers, default=-1) < 0:
        return None
    status = _STATUS.get(words[0])
    if status is not None and len(numbers) == 2 and max(numbers) <= 127:
        return bytes((status | number - 1, *numbers))
    if words[0] == BEND and len(numbers) == 1 and numbers[0] <= BEND_FULL:
        return bytes((PITCH_BEND | number - 1, numbers[0] & 0x7F, numbers[0] >> 7))
    return None


def to_text(message: bytes) -> str | None:
    """The text of a MIDI message; None for one that IMPSY has no word for."""
    status, channel = message[0] & 0xF0, (message[0] & 0x0F) + 1
    if status == PITCH_BEND:
        return f"/channel/{channel}/{BEND}/{message[1] | message[2] << 7}"
    word = _WORDS.get(status)
    return None if word is None else f"/channel/{channel}/{word}/{message[1]}/{message[2]}"


def _number(word: str) -> int:
    """A whole number of up to five digits; -1 for anything else."""
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 5 else -1
