"""The kinds of ports a rig or OSC asks for, the devices behind them, and what tells one from another."""

from __future__ import annotations

from typing import Any

from app.core.controls import Controls
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
from app.runtime.rig import OscInPort, OscOutPort, Rig, SerialLines, WebPort
from app.serial.errors import SerialError
from app.serial.port import SerialPort
from app.web.device import WebDevice

MidiPort = InSetup | OutSetup
MidiDevice = Input | Output
Port = OscInPort | OscOutPort | WebPort | MidiPort | SerialLines
Device = OscIn | OscOut | WebDevice | MidiDevice | SerialPort
Listener = OscIn | WebDevice | SerialPort  # lets others in when the session starts
Opened = tuple[Port, Device]
Name = tuple[Any, Any]  # the kind of a port, and what tells it apart

SAID = {
    OscInPort: "OSC in",
    WebPort: "web",
    InSetup: "MIDI in",
    SerialLines: "serial",
    OutSetup: "MIDI out",
    OscOutPort: "OSC out",
}
PORT_ERRORS = (AddressError, MidiError, OSError, ParameterError, PortError, SerialError, TomlError)
"""Why a port cannot be opened or closed. A MidiUnavailableError is an OSError."""


def open_osc(port: OscInPort | OscOutPort, controls: Controls) -> OscIn | OscOut:
    """An OSC port, opened. An input lets nobody in yet.

    Raises:
        AddressError, PortError: it cannot be opened.
    """
    if isinstance(port, OscOutPort):
        return OscOut(port.address, profile=port.profile, sources=port.sources, bundles=port.bundles)
    return OscIn(port.listen, controls, profile=port.profile, remote_ports=port.remote_ports)


def ports_of(rig: Rig, *, midi: bool) -> tuple[Port, ...]:
    """The ports of a rig, with those of MIDI or without: first those that play."""
    inputs, outputs = (rig.midi.inputs, rig.midi.outputs) if rig.midi and midi else ((), ())
    return (*outputs, *rig.osc_out, *rig.osc_in, *rig.web, *rig.serial, *inputs)


def asked(port: Port) -> str:
    """A port as it was asked for."""
    if isinstance(port, OscInPort | WebPort):
        return port.listen
    return port.address if isinstance(port, OscOutPort) else port.port


def name_of(item: Opened) -> Name:
    """What tells an open port apart."""
    port, device = item
    return (type(port), device.plug.full_name) if isinstance(device, MidiDevice) else own_name(port)


def own_name(port: Port) -> Name:
    """The same of a port that is named as it was asked for.

    An OSC output is told apart by all it is, for one address may hear two dialects, and so is a web port:
    another one takes its place.
    """
    return type(port), port if isinstance(port, OscOutPort | WebPort) else asked(port)


def sink_of(device: Device) -> Sink | None:
    """What the engine plays on."""
    if isinstance(device, Output | SerialPort | WebDevice):
        return device.sink
    return device if isinstance(device, OscOut) else None


def address_of(port: Port, device: Device) -> str:
    """Where an open port is, for people, whether it is gone at the moment, and the dialect there."""
    if isinstance(device, MidiDevice):
        return device.plug.name if device.plug.is_here else f"{device.plug.name} (gone)"
    if isinstance(device, SerialPort):
        address = f"{device.address}" if device.is_here else f"{device.address} (gone)"
    elif isinstance(device, OscIn):
        address = ", ".join(reachable_addresses(device.host, device.port))
    elif isinstance(device, WebDevice):
        address = ", ".join(page_addresses(device))
    else:
        address = device.address
    if isinstance(port, MidiPort) or port.profile == "ghostjam":
        return address
    return f"{address} as {port.profile}"


def page_addresses(device: WebDevice) -> list[str]:
    """Where a web port is, this machine's own first, without the token: what is open is told to everybody."""
    scheme = "ws" if device.speaks_impsy else "http"
    return [f"{scheme}://{address}/" for address in reachable_addresses(device.host, device.port)]


def ways_in(device: WebDevice) -> list[str]:
    """The same with the token, for people at this machine."""
    token = f"?token={device.token}" if device.token else ""
    return [f"{address}{token}" for address in page_addresses(device)]


def is_moved(port: Port, rig: Rig) -> bool:
    """Whether a rig listens on the number of an OSC input or a web port, at another address or otherwise."""
    if not isinstance(port, OscInPort | WebPort):
        return False
    number = port.listen.rpartition(":")[2]
    others = rig.osc_in if isinstance(port, OscInPort) else rig.web
    return number != "0" and any(other.listen.rpartition(":")[2] == number for other in others)
