"""The kinds of ports a rig or OSC asks for, the devices behind them, and what tells one from another."""

from __future__ import annotations

from typing import Any

from app.core.network import reachable_addresses
from app.core.parameters import ParameterError
from app.core.sink import Sink
from app.core.toml_file import TomlError
from app.midi.errors import MidiError
from app.midi.opener import Input, Output
from app.midi.setup import InSetup, OutSetup
from app.osc.address import AddressError
from app.osc.out import OscOut
from app.osc.receiver import OscIn
from app.osc.udp import PortError
from app.runtime.rig import OscInPort, OscOutPort, Rig

MidiPort = InSetup | OutSetup
MidiDevice = Input | Output
Port = OscInPort | OscOutPort | MidiPort
Device = OscIn | OscOut | MidiDevice
Opened = tuple[Port, Device]
Name = tuple[Any, Any]  # the kind of a port, and what tells it apart

SAID = {OscInPort: "OSC in", InSetup: "MIDI in", OutSetup: "MIDI out", OscOutPort: "OSC out"}
PORT_ERRORS = (AddressError, MidiError, OSError, ParameterError, PortError, TomlError)
"""Why a port cannot be opened or closed. A MidiUnavailableError is an OSError."""


def ports_of(rig: Rig, *, midi: bool) -> tuple[Port, ...]:
    """The ports of a rig, with those of MIDI or without: first those that play."""
    inputs, outputs = (rig.midi.inputs, rig.midi.outputs) if rig.midi and midi else ((), ())
    return (*outputs, *rig.osc_out, *rig.osc_in, *inputs)


def asked(port: Port) -> str:
    """A port as it was asked for."""
    if isinstance(port, OscInPort):
        return port.listen
    return port.address if isinstance(port, OscOutPort) else port.port


def name_of(item: Opened) -> Name:
    """What tells an open port apart: an OSC output by all it is, for one address may hear two dialects."""
    port, device = item
    if isinstance(device, MidiDevice):
        return type(port), device.plug.full_name
    return type(port), port if isinstance(port, OscOutPort) else asked(port)


def sink_of(device: Device) -> Sink | None:
    """What the engine plays on."""
    return device.sink if isinstance(device, Output) else device if isinstance(device, OscOut) else None


def address_of(port: Port, device: Device) -> str:
    """Where an open port is, for people, whether it is gone at the moment, and the dialect there."""
    if isinstance(device, MidiDevice):
        return device.plug.name if device.plug.is_here else f"{device.plug.name} (gone)"
    if isinstance(device, OscIn):
        address = ", ".join(reachable_addresses(device.host, device.port))
    else:
        address = device.address
    if isinstance(port, MidiPort) or port.profile == "ghostjam":
        return address
    return f"{address} as {port.profile}"


def is_moved(port: Port, rig: Rig) -> bool:
    """Whether a rig listens on the number of an OSC input, at another address."""
    if not isinstance(port, OscInPort):
        return False
    number = port.listen.rpartition(":")[2]
    return number != "0" and any(other.listen.rpartition(":")[2] == number for other in rig.osc_in)
