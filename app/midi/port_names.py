"""The names of MIDI ports: listing them, finding one by a part of its name, finding it again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.midi.backend import Backend, RtMidi
from app.midi.errors import MidiError, MidiUnavailableError

NUMBERS = re.compile(r" \d+(:\d+)?$")  # ALSA's client and port, Windows' index: they change with the plug
VIRTUAL = "virtual:"
REMEDY = "Python 3.11 or 3.12, and on Linux the ALSA sequencer (snd-seq); MIDI files work without"
WINDOWS_REMEDY = "to play into a program on this machine, make a port with loopMIDI, or use OSC"


def stem(name: str) -> str:
    """A port's name without the numbers that change when it is plugged in again.

    >>> stem("nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0")
    'nanoKONTROL2:nanoKONTROL2 MIDI 1'
    """
    return NUMBERS.sub("", name)


def find_port(wanted: str, names: Sequence[str], what: str) -> str:
    """The one port that `wanted` means: its whole name, or a part of it, in any case.

    Args:
        what: "input" or "output", for the message.

    Raises:
        MidiError: no port is meant, or several are; says which ports there are.
    """
    if wanted in names:
        return wanted
    for meant in (stem, str):
        found = [name for name in names if wanted.casefold() == meant(name).casefold()]
        if len(found) == 1:
            return found[0]
    found = [name for name in names if wanted.strip() and wanted.casefold() in name.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        raise MidiError(f"MIDI {what}: expected a part of one port's name, got {wanted!r}, a part of "
                        f"{_listed(found)}.")  # fmt: skip
    raise MidiError(f"MIDI {what}: expected a part of a port's name, got {wanted!r}; there is "
                    f"{_listed(names) or 'no port'}.")  # fmt: skip


def find_again(wanted: str, name: str, names: Sequence[str]) -> str | None:
    """The port that was `name` when it was last here, or what `wanted` means now; None if it is gone."""
    if name in names:
        return name
    same = [other for other in names if stem(other) == stem(name)]
    if len(same) == 1:
        return same[0]
    try:
        return find_port(wanted, names, "port")
    except MidiError:
        return None


@dataclass(frozen=True)
class Description:
    """What MIDI is here, for a person.

    Attributes:
        state: "fine" or "off".
        why: the ports there are, or why there is no MIDI system.
        remedy: "" if there is nothing to do.
    """

    state: str
    why: str
    remedy: str = ""


def describe(open_backend: Callable[[], Backend] = RtMidi) -> Description:
    """Whether MIDI works here, and with which ports. Never raises."""
    try:
        backend = open_backend()
        inputs, outputs = backend.inputs(), backend.outputs()
    except MidiUnavailableError as error:
        return Description("off", str(error), REMEDY)
    facts = f"inputs: {_listed(inputs) or 'none'}; outputs: {_listed(outputs) or 'none'}"
    if backend.has_virtual_ports:
        return Description("fine", f"{facts}; makes virtual ports")
    return Description("fine", f"{facts}; this system makes no virtual ports", WINDOWS_REMEDY)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
