"""The errors of MIDI: a setup or port that is not usable, a machine without MIDI."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.toml_lines import Key


class MidiError(ValueError):
    """A setup or port that is not usable: names the key or port, what was expected, what was found.

    Args:
        text: what is wrong.
        at: the key of the rig it is about, from `midi` on.
    """

    def __init__(self, text: str, at: Sequence[Key] = ()) -> None:
        super().__init__(f"{dotted(at)}: {text}" if at else text)
        self.at = tuple(at)


class MidiUnavailableError(OSError):
    """This machine has no MIDI system, or its own says no: says why. Everything else plays on."""


def dotted(at: Sequence[Key]) -> str:
    """A path of keys as people write it, counted from 1.

    >>> dotted(("midi", "in", 0, "port"))
    'midi.in[1].port'
    """
    parts = [f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in at]
    return "".join(parts).removeprefix(".")
