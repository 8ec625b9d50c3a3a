"""The kinds of ports a rig or OSC asks for, and what tells one from another before it is open."""

from __future__ import annotations

from typing import Any

from app.core.parameters import ParameterError
from app.core.toml_file import TomlError
from app.midi.errors import MidiError
from app.midi.setup import InSetup, OutSetup
from app.osc.address import AddressError
from app.osc.udp import PortError
from app.runtime.rig import OscInPort, OscOutPort, Rig, SerialLines, WebPort
from app.serial.errors import SerialError

MidiPort = InSetup | OutSetup
Port = OscInPort | OscOutPort | WebPort | MidiPort | SerialLines
Name = tuple[Any, Any]  # the kind of a port, and what tells it apart

SAID = {
    OscInPort: "OSC in",
    WebPort: "web",
    InSetup: "MIDI in",
    SerialLines: "serial",
    OutSetup: "MIDI out",
    OscOutPort: "OSC out",
}
"""The kinds as people are told of them, in this order."""

PORT_ERRORS = (AddressError, MidiError, OSError, ParameterError, PortError, SerialError, TomlError)
"""Why a port cannot be opened or closed. A MidiUnavailableError is an OSError."""


def ports_of(rig: Rig, *, midi: bool) -> tuple[Port, ...]:
    """The ports of a rig, with those of MIDI or without: first those that play."""
    inputs, outputs = (rig.midi.inputs, rig.midi.outputs) if rig.midi and midi else ((), ())
    return (*outputs, *rig.osc_out, *rig.osc_in, *rig.web, *rig.serial, *inputs)


def asked(port: Port) -> str:
    """A port as it was asked for."""
    if isinstance(port, OscInPort | WebPort):
        return port.listen
    return port.address if isinstance(port, OscOutPort) else port.port


def own_name(port: Port) -> Name:
    """What tells apart a port that is named as it was asked for.

    An OSC output is told apart by all it is, for one address may hear two dialects, and so is a web port:
    another one takes its place.
    """
    return type(port), port if isinstance(port, OscOutPort | WebPort) else asked(port)


def is_moved(port: Port, rig: Rig) -> bool:
    """Whether a rig listens on the number of an OSC input or a web port, at another address or otherwise."""
    if not isinstance(port, OscInPort | WebPort):
        return False
    number = port.listen.rpartition(":")[2]
    others = rig.osc_in if isinstance(port, OscInPort) else rig.web
    return number != "0" and any(other.listen.rpartition(":")[2] == number for other in others)
