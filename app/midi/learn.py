"""MIDI learn: the mapping entry of the knob or key that was just moved.

The first message is not always the one that is meant: a knob of high resolution sends two controllers, a key
with aftertouch sends pressure, and a worn fader twitches. So messages are collected for a moment, and the one
that came most often wins; of two that came equally often the first. Clock and active sensing do not get here.
"""

from __future__ import annotations

from collections import Counter

from app.midi.values_in import NOTE_ON, source_key

COLLECT_S = 0.4
KINDS = {0xB0: "control_change", 0xD0: "channel_pressure", 0xE0: "pitch_bend"}
PROGRAM_CHANGE = 0xC0
Learned = list[str | int]


class Learn:
    """Listens until it knows one entry; then it begins anew."""

    def __init__(self) -> None:
        self._heard: Counter[tuple[str | int, ...]] = Counter()
        self._since_s: float | None = None

    def hear(self, message: bytes, time_s: float) -> None:
        """Take note of a message of a channel."""
        entry = _entry(message)
        if entry is None:
            return
        if self._since_s is None:
            self._since_s = time_s
        self._heard[entry] += 1

    def result(self, now_s: float) -> Learned | None:
        """The entry, as a rig writes it, once enough was heard; None before."""
        if self._since_s is None or now_s < self._since_s + COLLECT_S:
            return None
        entry = self._heard.most_common(1)[0][0]
        self._heard.clear()
        self._since_s = None
        return list(entry)


def _entry(message: bytes) -> tuple[str | int, ...] | None:
    key = source_key(message)
    if key is not None:
        kind, channel = KINDS[key[0] & 0xF0], (key[0] & 0x0F) + 1
        return (kind, channel) if key[1] < 0 else (kind, channel, key[1])
    status = message[0] & 0xF0 if message else 0
    if status == NOTE_ON and len(message) == 3 and message[2] > 0:
        return ("note", (message[0] & 0x0F) + 1, message[1])
    if status == PROGRAM_CHANGE and len(message) == 2:
        return ("program_change", (message[0] & 0x0F) + 1)
    return None
