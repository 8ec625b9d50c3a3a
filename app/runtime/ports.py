"""The ports of a session, which open and close while it plays. Nothing here is done on the engine's thread.

One thread at a time changes ports: the main thread until the session starts, the worker from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

from app.core.controls import Controls
from app.core.parameters import ParameterError, Settings, Value
from app.core.sink import Sink
from app.core.toml_file import TomlError
from app.engine.thread import Engine
from app.midi.errors import MidiError, MidiUnavailableError
from app.midi.setup import InSetup, OutSetup
from app.osc.address import AddressError, parse_address
from app.osc.out import OscOut
from app.osc.receiver import OscIn, reachable_addresses
from app.osc.udp import PortError
from app.runtime.rig import OscInPort, OscOutPort, Rig

if TYPE_CHECKING:
    from app.midi.session import Midi

MOST = 16  # of one kind that come by OSC; a patch that adds without end is a mistake
MidiPort = InSetup | OutSetup
Port = OscInPort | OscOutPort | MidiPort
Name = tuple[Any, Any]  # the kind of a port, and what tells it apart
KINDS: dict[str, Callable[[str], Port]] = {"osc_out": OscOutPort, "midi_in": InSetup, "midi_out": OutSetup}
SAID = {OscInPort: "OSC in", OscOutPort: "OSC out", InSetup: "MIDI in", OutSetup: "MIDI out"}
PORT_ERRORS = (AddressError, MidiError, OSError, ParameterError, PortError, TomlError)
"""Why a port cannot be opened or closed. A MidiUnavailableError is an OSError."""


class Ports:
    """What is open.

    Args:
        engine: plays on the outputs.
        controls: what the inputs use.
        settings: the live parameters; changes are sent to who listens, and notices too.
        make_midi: opens a MIDI system, by the name of its API, without ports.
        do: has a job done on the worker's thread.
    """

    def __init__(
        self,
        engine: Engine,
        controls: Controls,
        settings: Settings,
        *,
        make_midi: Callable[[str], Midi],
        do: Callable[[Callable[[], None]], None],
    ) -> None:
        self._engine = engine
        self._controls = controls
        self._osc: list[tuple[OscInPort | OscOutPort, OscIn | OscOut]] = []
        self._midi: Midi | None = None
        self._make_midi = make_midi
        self._do = do
        self._is_started = False
        settings.subscribe(self.tell_state)
        engine.tell_notices_to(partial(self.tell_state, "notice"))

    @property
    def said(self) -> list[str]:
        """What is open, for people."""
        ins, outs = [], []
        for port, device in tuple(self._osc):
            profile = "" if port.profile == "ghostjam" else f" as {port.profile}"
            if isinstance(device, OscIn):
                ins.append(f"OSC in {', '.join(reachable_addresses(device.host, device.port))}{profile}")
            else:
                outs.append(f"OSC out {device.address}{profile}")
        return [*ins, *(self._midi.ports if self._midi else []), *outs]

    def tell_state(self, name: str, value: Value) -> None:
        """Send a parameter or reading that changed to everybody who wants it. Any thread."""
        for _, device in tuple(self._osc):
            device.tell_state(name, value)

    def start(self) -> None:
        """Let others in."""
        self._is_started = True
        for _, device in self._osc:
            if isinstance(device, OscIn):
                device.start()

    def close(self) -> None:
        """Let nobody in. The outputs are closed by the engine. Safe to call twice."""
        for _, device in self._osc:
            if isinstance(device, OscIn):
                device.close()
        if self._midi is not None:
            self._midi.close()

    # By OSC

    def change(self, kind: str, verb: str, name: str, answer: Callable[[str], None]) -> None:
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
                answer(str(error))
            else:
                self._tell_ports()
                answer("")

        self._do(job)

    def _add(self, port: Port) -> None:
        if self._sent_to(port) or self._is_open(self._name(port)):
            raise ParameterError(f"{SAID[type(port)]} {_asked(port)} is open already.")
        kind = SAID[type(port)]
        if sum(line.startswith(kind) for line in self.said) >= MOST:
            raise ParameterError(f"{kind}: expected at most {MOST} ports.")
        self._open(port)

    def _remove(self, port: Port) -> None:
        """Close what a name means, whatever else it was opened with."""
        if self._midi and isinstance(port, MidiPort):
            self._shut((type(port), self._midi.name_of_open(port)))
            return
        there = self._sent_to(port)
        if not there:
            kind = SAID[type(port)]
            known = "; ".join(line for line in self.said if line.startswith(kind)) or "none"
            raise ParameterError(f"{kind}: expected one that is open, {known}, got {_asked(port)!r}.")
        for each in there:
            self._shut(self._name(each))

    def _sent_to(self, port: Port) -> list[OscOutPort]:
        """The OSC outputs to the same address."""
        outs = [each for each, _ in self._osc if isinstance(each, OscOutPort)]
        return [each for each in outs if isinstance(port, OscOutPort) and each.address == port.address]

    # By the rig

    def open_rig(self, rig: Rig) -> str:
        """Open the ports of a rig; what a person should know, "" if nothing.

        Raises:
            one of PORT_ERRORS: one cannot be opened. Close then.
        """
        notice = ""
        if rig.midi:
            try:
                self._need_midi(rig.midi.api)
            except MidiError as error:  # everything else plays on
                notice = str(error)
        for port in _ports_of(rig, midi=not notice):
            self._open(port)
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
        before = {self._name(port): port for port in _ports_of(old, midi=midi) if self._is_known(port)}
        wanted = [(self._name(port), port) for port in _ports_of(new, midi=midi)]
        after = dict(wanted)
        if sum(isinstance(port, MidiPort) for _, port in wanted) > sum(
            isinstance(port, MidiPort) for port in after.values()
        ):
            raise ParameterError("MIDI: a port that stands in the rig twice cannot change while it plays.")
        gone = [name for name in before if name not in after]
        with ExitStack() as undo:
            for name in gone:
                if _is_moved(before[name], new):
                    self._shut(name)
                    undo.callback(self._open, before[name])
            for name, port in after.items():
                if name not in before and not self._is_open(name):
                    self._open(port)
                    undo.callback(self._shut, name)
            undo.pop_all()
        # There is no way back from here, so the MIDI system is not asked what ports there are: that can fail.
        for name in gone:
            self._shut(name)
        for name, port in after.items():
            if before.get(name) != port:
                self._change(name, port)
        self._settle(new)
        self._tell_ports()

    def _settle(self, rig: Rig) -> None:
        """What a rig says of all ports together."""
        for _, device in self._osc:
            if isinstance(device, OscIn):
                device.bundles = any(port.bundles for port in rig.osc_out)
        if self._midi and rig.midi:
            self._midi.set_guard(rig.midi.guard_s)

    # One port at a time

    def _open(self, port: Port) -> None:
        if isinstance(port, MidiPort):
            sink = self._need_midi().add(port)
            if sink is not None:
                self._engine.add_sink(sink)
        elif isinstance(port, OscOutPort):
            sender = OscOut(port.address, profile=port.profile, sources=port.sources, bundles=port.bundles)
            self._osc.append((port, sender))
            self._engine.add_sink(sender)
        else:
            receiver = OscIn(
                port.listen, self._controls, profile=port.profile, remote_ports=port.remote_ports
            )
            self._osc.append((port, receiver))
            if self._is_started:
                receiver.start()

    def _name(self, port: Port) -> Name:
        """What tells a port apart: an OSC output by all it is, for one address may be spoken to in two ways."""
        if isinstance(port, MidiPort):
            return type(port), self._need_midi().name_of(port)
        return type(port), port if isinstance(port, OscOutPort) else port.listen

    def _is_known(self, port: Port) -> bool:
        """Whether the name of a port can be told without a look at what there is."""
        return not isinstance(port, MidiPort) or (self._midi is not None and self._midi.has(port))

    def _is_open(self, name: Name) -> bool:
        if issubclass(name[0], MidiPort):
            return self._need_midi().is_open(name[0], name[1])
        return any(self._name(each) == name for each, _ in self._osc)

    def _change(self, name: Name, port: Port) -> None:
        """Let an open port be used as `port` says."""
        if self._midi and isinstance(port, MidiPort):
            self._midi.remap(name[1], port)
        for index, (each, device) in enumerate(self._osc):
            if isinstance(port, OscInPort) and isinstance(device, OscIn) and self._name(each) == name:
                device.speak(port.profile, remote_ports=port.remote_ports)
                self._osc[index] = (port, device)

    def _shut(self, name: Name) -> None:
        """Close a port, if it is open; what sounds there ends."""
        if issubclass(name[0], MidiPort):
            for sink in self._need_midi().take(name[0], name[1]):
                self._end(sink)
            return
        for item in [item for item in self._osc if self._name(item[0]) == name]:
            self._osc.remove(item)
            self._end(item[1])

    def _end(self, device: OscIn | Sink) -> None:
        if isinstance(device, Sink):
            self._engine.remove_sink(device)
        device.close()

    def _need_midi(self, api: str = "") -> Midi:
        """The MIDI there is, made now if there is none yet.

        Raises:
            MidiError: there is no MIDI system here.
        """
        if self._midi is None:
            try:
                midi = self._make_midi(api)
            except MidiUnavailableError as error:
                raise MidiError(f"MIDI is off: {error}") from None
            midi.start(self._controls, self._engine.tell)
            self._midi = midi
        return self._midi

    def _tell_ports(self) -> None:
        self.tell_state("ports", "; ".join(self.said))


def _ports_of(rig: Rig, *, midi: bool) -> tuple[Port, ...]:
    """The ports of a rig, with those of MIDI or without: first those that play."""
    inputs, outputs = (rig.midi.inputs, rig.midi.outputs) if rig.midi and midi else ((), ())
    return (*outputs, *rig.osc_out, *rig.osc_in, *inputs)


def _asked(port: Port) -> str:
    """A port as it was asked for."""
    if isinstance(port, OscInPort):
        return port.listen
    return port.address if isinstance(port, OscOutPort) else port.port


def _is_moved(port: Port, rig: Rig) -> bool:
    """Whether a rig listens on the number of an OSC input, at another address."""
    if not isinstance(port, OscInPort):
        return False
    number = port.listen.rpartition(":")[2]
    return number != "0" and any(other.listen.rpartition(":")[2] == number for other in rig.osc_in)
