"""Which MIDI ports this machine has. python-rtmidi is loaded when asked, and may be missing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ports:
    """What the MIDI system of this machine offers.

    Attributes:
        inputs, outputs: names of ports.
        why: why there is no MIDI system; "" if there is one, also when it has no port.
    """

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    why: str = ""


def find_ports() -> Ports:
    """The ports there are now. Never raises."""
    try:
        import rtmidi
    except ImportError as error:
        return Ports(why=f"python-rtmidi cannot be loaded: {error}")
    try:
        inputs, outputs = rtmidi.MidiIn(), rtmidi.MidiOut()
        try:
            return Ports(tuple(inputs.get_ports()), tuple(outputs.get_ports()))
        finally:
            inputs.delete()
            outputs.delete()
    except Exception as error:  # rtmidi has errors of its own and raises SystemError as well
        return Ports(why=" ".join(str(error).split()) or type(error).__name__)
