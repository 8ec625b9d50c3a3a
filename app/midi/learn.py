"""MIDI learn: the mapping entry of the knob or key that was just moved.

The first message is not always the one that is meant: a key with aftertouch sends pressure, and a worn fader
twitches. So messages are collected for a moment, and the one that came most often wins; of two that came
equally often the first. A knob of high resolution sends two controllers, or chooses a parameter and sends its
value: those count as one. Clock and active sensing do not get here.
"""

from __future__ import annotations

from collections import Counter

from app.midi import messages
from app.midi.fine_in import PAIRS, SELECTS, FineIn

COLLECT_S = 0.4
KINDS = {
    messages.CONTROL_CHANGE: "control_change",
    messages.CHANNEL_PRESSURE: "channel_pressure",
    messages.PITCH_BEND: "pitch_bend",
}
Learned = list[str | int]
Heard = tuple[str | int, ...]


class Learn:
    """Listens until it knows one entry; then it begins anew."""

    def __init__(self) -> None:
        self._heard: Counter[Heard] = Counter()
        self._fine_in = FineIn()
        self._since_s: float | None = None

    def hear(self, message: bytes, time_s: float) -> None:
        """Take note of a message of a channel."""
        entry = self._parameter(message) or _entry(message)
        if entry is None:
            return
        if self._since_s is None:
            self._since_s = time_s
        self._heard[entry] += 1

    def result(self, now_s: float) -> Learned | None:
        """The entry, as a rig writes it, once enough was heard; None before."""
        if self._since_s is None or now_s < self._since_s + COLLECT_S:
            return None
        entry = _joined(self._heard).most_common(1)[0][0]
        self._heard.clear()
        self._since_s = None
        return list(entry)

    def _parameter(self, message: bytes) -> Heard | None:
        """The entry of a numbered parameter, if the message is its value."""
        heard = self._fine_in.hear(message)
        if heard is None or heard[0][0] == "control_change_14":
            return None
        kind, channel, number = heard[0]
        return kind, channel + 1, number


def _joined(heard: Counter[Heard]) -> Counter[Heard]:
    """Without what only chooses a parameter, and with pairs of controllers as one."""
    chosen = {entry[1] for entry in heard if entry[0] in ("nrpn", "rpn")}
    joined: Counter[Heard] = Counter()
    for entry, n_times in heard.items():
        kind, channel, number = (*entry, -1)[:3]
        if kind != "control_change" or not isinstance(number, int):
            joined[entry] += n_times
        elif number in SELECTS and channel in chosen:
            continue
        elif _is_pair(heard, channel, number % PAIRS) and number < 2 * PAIRS:
            joined["control_change_14", channel, number % PAIRS] += n_times
        else:
            joined[entry] += n_times
    return joined


def _is_pair(heard: Counter[Heard], channel: str | int, number: int) -> bool:
    """Whether fine halves came about as often as coarse ones; seldom ones are another knob that twitched."""
    n_coarse = heard["control_change", channel, number]
    return 0 < n_coarse <= 2 * heard["control_change", channel, number + PAIRS]


def _entry(message: bytes) -> Heard | None:
    key = messages.source_key(message)
    if key is not None:
        kind, channel = KINDS[key[0] & 0xF0], (key[0] & 0x0F) + 1
        return (kind, channel) if key[1] < 0 else (kind, channel, key[1])
    status = message[0] & 0xF0 if message else 0
    if status == messages.NOTE_ON and len(message) == 3 and message[2] > 0:
        return ("note", (message[0] & 0x0F) + 1, message[1])
    if status == messages.PROGRAM_CHANGE and len(message) == 2:
        return ("program_change", (message[0] & 0x0F) + 1)
    return None
