"""The ports of a session, which open and close while it plays. Nothing here is done on the engine's thread.

One thread at a time changes ports: the main thread until the session starts, the worker from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from app.core.control_targets import PortAnswer
from app.core.controls import Controls
from app.core.parameters import ParameterError, Settings, Value
from app.core.way_in import WayIn, way_in
from app.engine.thread import Engine
from app.midi.errors import MidiError
from app.midi.port_names import find_port
from app.midi.setup import InSetup, OutSetup
from app.osc.address import parse_address
from app.osc.table import Target, Told
from app.runtime.midi_ports import MidiPorts
from app.runtime.open_port import OpenPort
from app.runtime.osc_ports import OpenOscIn, OpenOscOut
from app.runtime.port_kinds import (
    PORT_ERRORS,
    SAID,
    MidiPort,
    Name,
    Port,
    asked,
    is_moved,
    own_name,
    ports_of,
)
from app.runtime.rig import OscInPort, OscOutPort, Rig, SerialLines, WebPort
from app.runtime.serial_port import OpenSerial
from app.runtime.surfaces import Surfaces
from app.runtime.web_port import OpenWeb

KINDS: dict[str, Callable[[str], Port]] = {"osc_out": OscOutPort, "midi_in": InSetup, "midi_out": OutSetup}
MOST = 16  # of one kind that come by OSC; a patch that adds without end is a mistake


class Ports:
    """What is open.

    Args:
        engine: plays on the outputs.
        controls: what the inputs use.
        settings: the live parameters; changes are sent to who listens, and notices too.
        columns: of the model.
        do: has a job done on the worker's thread.
    """

    def __init__(
        self,
        engine: Engine,
        controls: Controls,
        settings: Settings,
        columns: Sequence[str],
        do: Callable[[Callable[[], None]], None],
    ) -> None:
        self._engine = engine
        self._open: list[OpenPort] = []
        self._surfaces = Surfaces(controls, engine.tell)
        self._midi = MidiPorts(engine, controls, settings, columns)
        self._openers: Mapping[type[Port], Callable[[Any], OpenPort]] = {
            OscInPort: partial(OpenOscIn, controls=controls),
            OscOutPort: OpenOscOut,
            WebPort: partial(
                OpenWeb, engine=engine, controls=controls, settings=settings, columns=columns,
                surface_on=self._surfaces.on, tokens={},
            ),
            SerialLines: partial(OpenSerial, engine=engine, controls=controls, columns=columns),
            InSetup: self._midi.open,
            OutSetup: self._midi.open,
        }  # fmt: skip
        self._do = do
        self._is_started = False
        settings.subscribe(self.tell_state)
        engine.tell_notices_to(partial(self.tell_state, "notice"))

    @property
    def said(self) -> list[str]:
        """What is open, for people."""
        kinds = list(SAID)
        return [each.said for each in sorted(self._open, key=lambda each: kinds.index(type(each.port)))]

    @property
    def pages(self) -> list[str]:
        """The addresses of the pages to play on, with their tokens: this machine's own first."""
        return [address for each in self._pages() for address in each.ways_in]

    def way_in(self) -> WayIn:
        """How a phone comes in."""
        return way_in([each.device.host for each in self._pages()], self.pages)

    def _pages(self) -> list[OpenWeb]:
        return [each for each in tuple(self._open) if isinstance(each, OpenWeb) and each.is_page]

    def tell_state(self, name: str, value: Value) -> None:
        """Send a parameter or reading that changed to everybody who wants it, once. Any thread."""
        self._tell(name, value)

    def _tell(self, name: str, value: Value) -> frozenset[Target]:
        """The same; returns who was told."""
        told: set[Told] = set()
        for each in tuple(self._open):
            if isinstance(each, OpenOscIn | OpenOscOut):
                each.tell_state(name, value, told)
        self._surfaces.tell_state(name, value, told)
        return frozenset(target for _, target in told)

    def _tell_ports(self) -> frozenset[Target]:
        self._surfaces.follow(self._open)
        return self._tell("ports", "; ".join(self.said))

    def start(self) -> None:
        """Let others in."""
        self._is_started = True
        for each in self._open:
            each.start()
        self._surfaces.follow(self._open)

    def close(self) -> None:
        """Let nobody in, whatever one of them raises. The engine closes the outputs. Safe to call twice."""
        with ExitStack() as stack:  # the last one first
            stack.callback(self._midi.close)
            for each in reversed(self._open):
                stack.callback(each.stop)
            stack.callback(self._surfaces.close)

    # By OSC

    def change(self, kind: str, verb: str, name: str, answer: PortAnswer) -> None:
        """As `app.core.control_targets.PortsLike`.

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
        if self._asked_as(port) or self._named(self._name(port)):
            raise ParameterError(f"{SAID[type(port)]} {asked(port)} is open already.")
        if len(self._of_kind(port)) >= MOST:
            raise ParameterError(f"{SAID[type(port)]}: expected at most {MOST} ports.")
        self._begin(port)

    def _remove(self, port: Port) -> None:
        """Close what a name means, whatever else it was opened with."""
        there = self._asked_as(port)
        if not there and isinstance(port, MidiPort):
            names = list(dict.fromkeys(each.name[1] for each in self._of_kind(port)))
            there = self._named((type(port), find_port(port.port, names, port.word)))
        if not there:
            known = ", ".join(asked(each.port) for each in self._of_kind(port)) or "none"
            raise ParameterError(f"OSC out: expected one that is open, {known}, got {asked(port)!r}.")
        for each in there:
            self._end(each)

    # By the rig

    def open_rig(self, rig: Rig) -> str:
        """Open the ports of a rig; what a person should know, "" if nothing.

        Raises:
            one of PORT_ERRORS: one cannot be opened. Close then.
        """
        notice = ""
        self._midi.choose(rig.midi)
        for port in ports_of(rig, midi=True):
            if isinstance(port, MidiPort):
                try:
                    self._midi.need(port)
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
        self._midi.choose(new.midi)
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
                if name not in before and not self._named(name):
                    self._begin(port)
                    undo.callback(self._end_all, name)
            undo.pop_all()
        # There is no way back from here, so the MIDI system is not asked what ports there are: that can fail.
        for name in gone:
            self._end_all(name)
        for name, port in after.items():
            if before.get(name) != port:
                for each in self._named(name):
                    each.alter(port)
        self._settle(new)
        self._tell_ports()

    def _settle(self, rig: Rig) -> None:
        """What a rig says of all ports together."""
        for each in self._open:
            if isinstance(each, OpenOscIn):
                each.device.bundles = any(port.bundles for port in rig.osc_out)
        self._midi.guard(rig.midi)

    # One port at a time

    def _begin(self, port: Port) -> None:
        """Open a port."""
        opened = self._openers[type(port)](port)
        if self._is_started:
            opened.start()
        self._open.append(opened)
        if opened.sink:
            self._engine.add_sink(opened.sink)

    def _end(self, opened: OpenPort) -> None:
        """Close a port; what sounds there ends."""
        self._open.remove(opened)
        opened.give_up()
        if opened.sink:
            self._engine.remove_sink(opened.sink)
            opened.sink.close()

    def _end_all(self, name: Name) -> None:
        """Close the port of this name, if it is open."""
        for each in self._named(name):
            self._end(each)

    def _of_kind(self, port: Port) -> list[OpenPort]:
        """What is open of the same kind."""
        return [each for each in self._open if type(each.port) is type(port)]

    def _asked_as(self, port: Port) -> list[OpenPort]:
        """What of it was asked for in the same words."""
        return [each for each in self._of_kind(port) if asked(each.port) == asked(port)]

    def _named(self, name: Name) -> list[OpenPort]:
        """What is open by this name: more than one if the rig began with it twice."""
        return [each for each in self._open if each.name == name]

    def _name(self, port: Port) -> Name:
        """What tells a port apart, open or not."""
        if not isinstance(port, MidiPort):
            return own_name(port)
        there = self._asked_as(port)
        return there[0].name if there else self._midi.name_of(port)

    def _is_known(self, port: Port) -> bool:
        """Whether the name of a port can be told without a look at what there is."""
        return not isinstance(port, MidiPort) or bool(self._asked_as(port))
