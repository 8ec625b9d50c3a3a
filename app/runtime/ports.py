"""The ports of a session, which open and close while it plays. Nothing here is done on the engine's thread.

One thread at a time changes ports: the main thread until the session starts, the worker from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from app.core.controls import Controls, PortAnswer
from app.core.parameters import ParameterError, Settings, Value
from app.core.way_in import WayIn, way_in
from app.engine.thread import Engine
from app.midi.compatibility import n_values_of
from app.midi.errors import MidiError, MidiUnavailableError
from app.midi.port_names import find_port
from app.midi.setup import InSetup, OutSetup
from app.osc.address import parse_address
from app.osc.out import OscOut
from app.osc.receiver import OscIn
from app.osc.table import Target, Told
from app.runtime.port_kinds import (
    PORT_ERRORS,
    SAID,
    Device,
    Listener,
    MidiDevice,
    MidiPort,
    Name,
    Opened,
    Port,
    address_of,
    asked,
    is_moved,
    name_of,
    open_osc,
    own_name,
    ports_of,
    sink_of,
    ways_in,
)
from app.runtime.rig import OscInPort, OscOutPort, Rig, SerialLines, WebPort
from app.runtime.surfaces import Surfaces
from app.serial.address import SerialAddress
from app.serial.errors import SerialUnavailableError
from app.serial.port import SerialPort
from app.web.device import WebDevice

if TYPE_CHECKING:
    from app.midi.session import Midi

KINDS: dict[str, Callable[[str], Port]] = {"osc_out": OscOutPort, "midi_in": InSetup, "midi_out": OutSetup}
MOST = 16  # of one kind that come by OSC; a patch that adds without end is a mistake


class Ports:
    """What is open.

    Args:
        engine: plays on the outputs.
        controls: what the inputs use.
        settings: the live parameters; changes are sent to who listens, and notices too.
        columns: of the model.
        make_midi: opens a MIDI system, by the name of its API, without ports.
        make_web: opens a web port.
        surfaces: tells control surfaces what is open.
        do: has a job done on the worker's thread.
    """

    def __init__(
        self,
        engine: Engine,
        controls: Controls,
        settings: Settings,
        columns: Sequence[str],
        *,
        make_midi: Callable[[str], Midi],
        make_web: Callable[[WebPort], WebDevice],
        surfaces: Surfaces,
        do: Callable[[Callable[[], None]], None],
    ) -> None:
        self._engine = engine
        self._controls = controls
        self._columns = tuple(columns)
        self._open: list[Opened] = []
        self._midi: Midi | None = None
        self._make_midi, self._make_web = make_midi, make_web
        self._api = ""  # of the MIDI system, as the rig names it
        self._surfaces = surfaces
        self._do = do
        self._is_started = False
        settings.subscribe(self.tell_state)
        engine.tell_notices_to(partial(self.tell_state, "notice"))

    @property
    def said(self) -> list[str]:
        """What is open, for people."""
        ports = sorted(tuple(self._open), key=lambda item: list(SAID).index(type(item[0])))
        return [f"{SAID[type(port)]} {address_of(port, device)}" for port, device in ports]

    @property
    def pages(self) -> list[str]:
        """The addresses of the pages to play on, with their tokens: this machine's own first."""
        return [address for each in self._page_servers() for address in ways_in(each)]

    def way_in(self) -> WayIn:
        """How a phone comes in."""
        return way_in([each.host for each in self._page_servers()], self.pages)

    def _page_servers(self) -> list[WebDevice]:
        servers = [device for _, device in tuple(self._open) if isinstance(device, WebDevice)]
        return [each for each in servers if not each.speaks_impsy]

    def tell_state(self, name: str, value: Value) -> None:
        """Send a parameter or reading that changed to everybody who wants it, once. Any thread."""
        self._tell(name, value)

    def _tell(self, name: str, value: Value) -> frozenset[Target]:
        """The same; returns who was told."""
        told: set[Told] = set()
        for _, device in tuple(self._open):
            if isinstance(device, OscIn | OscOut):
                device.tell_state(name, value, told)
        self._surfaces.tell_state(name, value, told)
        return frozenset(target for _, target in told)

    def start(self) -> None:
        """Let others in."""
        self._is_started = True
        for _, device in self._open:
            if isinstance(device, Listener):
                device.start()
        self._surfaces.follow(self._open)

    def close(self) -> None:
        """Let nobody in. The outputs are closed by the engine. Safe to call twice."""
        self._surfaces.close()
        for _, device in self._open:
            if isinstance(device, Listener):
                device.close()
        if self._midi is not None:
            self._midi.close()

    # By OSC

    def change(self, kind: str, verb: str, name: str, answer: PortAnswer) -> None:
        """As `app.core.controls.PortsLike`.

        Raises:
            AddressError: `name` can be no address.
            ControlError: too many changes wait already.
        """
        if kind == "osc_out":
            parse_address(name)
        change = self._add if verb == "add" else self._remove

        def job() -> None:
            try:
                change(KINDS[kind](name))
            except PORT_ERRORS as error:
                answer(str(error), ())
            else:
                answer("", self._tell_ports())

        self._do(job)

    def _add(self, port: Port) -> None:
        if self._asked_as(port) or self._opened(self._name(port)):
            raise ParameterError(f"{SAID[type(port)]} {asked(port)} is open already.")
        if sum(type(each) is type(port) for each, _ in self._open) >= MOST:
            raise ParameterError(f"{SAID[type(port)]}: expected at most {MOST} ports.")
        self._begin(port)

    def _remove(self, port: Port) -> None:
        """Close what a name means, whatever else it was opened with."""
        there = self._asked_as(port)
        if not there and isinstance(port, MidiPort):
            names = dict.fromkeys(name for kind, name in map(name_of, self._open) if kind is type(port))
            there = self._opened((type(port), find_port(port.port, list(names), port.word)))
        if not there:
            known = ", ".join(asked(each) for each, _ in self._open if type(each) is type(port)) or "none"
            raise ParameterError(f"OSC out: expected one that is open, {known}, got {asked(port)!r}.")
        for item in there:
            self._end(item)

    # By the rig

    def open_rig(self, rig: Rig) -> str:
        """Open the ports of a rig; what a person should know, "" if nothing.

        Raises:
            one of PORT_ERRORS: one cannot be opened. Close then.
        """
        notice = ""
        self._api = rig.midi.api if rig.midi else ""
        for port in ports_of(rig, midi=True):
            if isinstance(port, MidiPort):
                try:
                    self._need_midi(port)
                except MidiError as error:  # everything else plays on
                    notice = str(error)
                    continue
            self._begin(port)
        self._settle(rig)
        return notice

    def use(self, new: Rig, old: Rig) -> None:
        """Open, change and close what differs between two rigs, while they play: all of it, or nothing.

        What is new is opened first: if something of it cannot be, all of it is closed again. Only an OSC
        input that keeps its number and changes its address is closed before: two cannot share it. Ports that
        came by OSC stay; one that is now written down is the rig's from here on.

        Raises:
            one of PORT_ERRORS: what cannot be opened, and why. Everything is as it was.
        """
        midi = old.midi != new.midi
        if self._midi is None:
            self._api = new.midi.api if new.midi else ""
        known = [port for port in ports_of(old, midi=midi) if self._is_known(port)]
        before = {self._name(port): port for port in known}
        wanted = [(self._name(port), port) for port in ports_of(new, midi=midi)]
        after = dict(wanted)
        if any(isinstance(port, MidiPort) and after[name] is not port for name, port in wanted):
            raise ParameterError("MIDI: a port that stands in the rig twice cannot change while it plays.")
        gone = [name for name in before if name not in after]
        with ExitStack() as undo:
            for name in gone:
                if is_moved(before[name], new):
                    self._end_all(name)
                    undo.callback(self._begin, before[name])
            for name, port in after.items():
                if name not in before and not self._opened(name):
                    self._begin(port)
                    undo.callback(self._end_all, name)
            undo.pop_all()
        # There is no way back from here, so the MIDI system is not asked what ports there are: that can fail.
        for name in gone:
            self._end_all(name)
        for name, port in after.items():
            if before.get(name) != port:
                self._alter(name, port)
        self._settle(new)
        self._tell_ports()

    def _settle(self, rig: Rig) -> None:
        """What a rig says of all ports together."""
        for _, device in self._open:
            if isinstance(device, OscIn):
                device.bundles = any(port.bundles for port in rig.osc_out)
        if self._midi and rig.midi:
            self._midi.set_guard(rig.midi.guard_s)

    # One port at a time

    def _begin(self, port: Port) -> None:
        """Open a port."""
        device: Device
        if isinstance(port, MidiPort):
            device = self._need_midi(port).open(port)
        elif isinstance(port, WebPort):
            device = self._make_web(port)
        elif isinstance(port, SerialLines):
            device = self._open_serial(port)
        else:
            device = open_osc(port, self._controls)
        if self._is_started and isinstance(device, Listener):
            device.start()
        self._open.append((port, device))
        if sink := sink_of(device):
            self._engine.add_sink(sink)

    def _alter(self, name: Name, port: Port) -> None:
        """Let an open port be used as `port` says."""
        for item in self._opened(name):
            device = item[1]
            if isinstance(device, OscIn) and isinstance(port, OscInPort):
                device.speak(port.profile, remote_ports=port.remote_ports)
            elif isinstance(device, MidiDevice) and isinstance(port, MidiPort):
                self._need_midi(port).remap(device, port)
            elif isinstance(device, SerialPort) and isinstance(port, SerialLines):
                device.speak(SerialAddress(port.port, port.baud), port.sources, port.profile)
            self._open[self._open.index(item)] = port, device

    def _end_all(self, name: Name) -> None:
        """Close the port of this name, if it is open."""
        for item in self._opened(name):
            self._end(item)

    def _end(self, item: Opened) -> None:
        """Close a port; what sounds there ends."""
        self._open.remove(item)
        port, device = item
        if isinstance(port, MidiPort) and isinstance(device, MidiDevice):
            self._need_midi(port).give_up(device)
        if isinstance(device, SerialPort):  # before its sink, without which it would look for its device
            device.close()
        if sink := sink_of(device):
            self._engine.remove_sink(sink)
            sink.close()
        if isinstance(device, OscIn | WebDevice):
            device.close()

    def _open_serial(self, port: SerialLines) -> SerialPort:
        address, n_values = SerialAddress(port.port, port.baud), n_values_of(self._columns)
        try:
            return SerialPort(
                address, self._controls, self._engine.tell, self._engine.hears, n_values,
                sources=port.sources, profile=port.profile,
            )  # fmt: skip
        except SerialUnavailableError as error:
            raise ParameterError(f"serial port {port.port}: {error}.") from None

    def _asked_as(self, port: Port) -> list[Opened]:
        """What is open of this kind and was asked for in these words."""
        return [i for i in self._open if type(i[0]) is type(port) and asked(i[0]) == asked(port)]

    def _opened(self, name: Name) -> list[Opened]:
        """What is open by this name: more than one if the rig began with it twice."""
        return [item for item in self._open if name_of(item) == name]

    def _name(self, port: Port) -> Name:
        """What tells a port apart, open or not."""
        if not isinstance(port, MidiPort):
            return own_name(port)
        there = self._asked_as(port)
        return name_of(there[0]) if there else (type(port), self._need_midi(port).name_of(port))

    def _is_known(self, port: Port) -> bool:
        """Whether the name of a port can be told without a look at what there is."""
        return not isinstance(port, MidiPort) or bool(self._asked_as(port))

    def _need_midi(self, port: MidiPort) -> Midi:
        """The MIDI there is, made now if there is none yet, and what it opens `port` with.

        Raises:
            MidiError: there is no MIDI system here, or no serial ports.
        """
        if self._midi is None:
            self._midi = self._make_midi(self._api)
            self._midi.start(self._controls, self._engine.tell)
        try:
            self._midi.backend_of(port.port)
        except MidiUnavailableError as error:
            raise MidiError(f"MIDI is off: {error}") from None
        return self._midi

    def _tell_ports(self) -> frozenset[Target]:
        self._surfaces.follow(self._open)
        return self._tell("ports", "; ".join(self.said))
