"""The MIDI of one session: ports opened, wired to the jam, watched, changed, and given back.

midi = Midi(setup, settings, columns)      # opens the outputs; give midi.sinks to the engine
midi.connect(controls, engine.tell)
midi.start()                               # opens the inputs, when the engine plays
midi.add_input(InSetup("keys"))            # from here on ports come and go, and mappings change
midi.close()
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from app.core.clock import Clock
from app.core.controls import Controls
from app.core.parameters import Settings
from app.core.sink import Sink
from app.midi.backend import Backend, RtMidi
from app.midi.compatibility import check_fits, check_input_fits, check_output_fits
from app.midi.echo_filter import EchoFilter
from app.midi.errors import MidiError, MidiUnavailableError
from app.midi.opener import Input, Opener, Output, attach
from app.midi.port_names import VIRTUAL, find_port
from app.midi.setup import InSetup, MidiSetup, OutSetup
from app.midi.watch import Keeper, Plug, Watch

Item = TypeVar("Item", Input, Output)


class Midi:
    """All ports of a rig.

    What a port has no mapping for follows the model: a touch model is played by notes, a controller model by
    the controllers 20 to 31 and 102 to 119 of channel 1, as x1, x2 ... A mapping that says something else is
    refused. After `start` one thread at a time may change ports.

    Args:
        setup: the ports.
        settings: the live parameters.
        columns: of the model.
        clock: the engine's.
        backend: the MIDI system; the machine's own if None.

    Raises:
        MidiError: a name means no port or several, one does not open, or a mapping does not fit the model.
        MidiUnavailableError: there is no MIDI system here.
    """

    def __init__(
        self,
        setup: MidiSetup,
        settings: Settings,
        columns: Sequence[str],
        *,
        clock: Clock | None = None,
        backend: Backend | None = None,
    ) -> None:
        self._setup = setup
        self._clock = clock
        self._columns = tuple(columns)
        check_fits(setup, columns)
        self._backend = backend or RtMidi(setup.api)
        self._opener = Opener(self._backend, settings, columns, EchoFilter(setup.guard_s), clock)
        self._ins: list[Input] = []
        self._outs: list[Output] = []
        self._is_connected = False
        names = self._backend.inputs()
        self._in_names = [self._opener.resolve(item.port, names, "input") for item in setup.inputs]
        try:
            for item in setup.outputs:
                self._outs.append(self._opener.output(item))
        except (MidiError, OSError):
            for out in self._outs:
                out.sink.close()
            raise

    @property
    def sinks(self) -> list[Sink]:
        """The outputs."""
        return [out.sink for out in self._outs]

    @property
    def ports(self) -> list[str]:
        """What is open, for people, and what is gone at the moment."""
        return [
            *(f"MIDI in {name}" for name in ([_said(i.plug) for i in self._ins] or self._in_names)),
            *(f"MIDI out {_said(out.plug)}" for out in self._outs),
        ]

    def connect(self, controls: Controls, tell: Callable[[str], None]) -> None:
        """What the inputs play and set. `tell` shows a line to a person; any thread."""
        self._inputs = self._opener.connect(controls, tell)
        for item, name in zip(self._setup.inputs, self._in_names, strict=True):
            self._ins.append(self._opener.input(item, name))
        self._in_names = []
        self._keeper = Keeper(self._backend, (), tell)
        self._watch = Watch(self._keeper, self._clock)
        self._keep()
        self._is_connected = True

    def start(self) -> None:
        """Open the inputs, and watch all ports.

        Raises:
            MidiError: an input does not open.
        """
        self._inputs.start()
        for item in self._ins:
            attach(item.plug)
        self._watch.start()

    def close(self) -> None:
        """Give everything back, outputs first; returns within seconds even if a driver hangs."""
        if self._is_connected:
            self._watch.stop()
        with suppress(MidiUnavailableError):
            self._backend.outputs()  # if the system is gone by now, what it had is not closed but left
        for out in self._outs:
            out.sink.close()
        for item in self._ins:
            item.close()
        if self._is_connected:
            self._inputs.stop()

    # Ports that come and go

    def input_called(self, wanted: str) -> str | None:
        """By what name the input that `wanted` means was asked for; None if it is not open.

        Raises:
            MidiUnavailableError: no open input was asked for by `wanted` itself, and the ports that it may
                mean cannot be listed.
        """
        return wanted if self.has_input(wanted) else self._called(wanted, self._ins, "input")

    def output_called(self, wanted: str) -> str | None:
        """As `input_called`, of an output."""
        return wanted if self.has_output(wanted) else self._called(wanted, self._outs, "output")

    def has_input(self, wanted: str) -> bool:
        """Whether an open input was asked for by exactly this name. The MIDI system is not asked."""
        return any(item.plug.wanted == wanted for item in self._ins)

    def has_output(self, wanted: str) -> bool:
        """As `has_input`, of an output."""
        return any(out.plug.wanted == wanted for out in self._outs)

    def rename_input(self, before: str, wanted: str) -> None:
        """The input that was asked for as `before` is as if it had been asked for as `wanted`."""
        _rename(self._ins, before, wanted)

    def rename_output(self, before: str, wanted: str) -> None:
        """As `rename_input`, of an output."""
        _rename(self._outs, before, wanted)

    def add_input(self, setup: InSetup) -> None:
        """Listen to one more port.

        Raises:
            MidiError: there is none of this name, it is listened to already, it does not open, or its
                mapping does not fit the model.
        """
        check_input_fits(setup, self._columns)
        name = self._opener.resolve(setup.port, self._backend.inputs(), "input")
        if any(item.plug.name == name for item in self._ins):
            raise MidiError(f"MIDI input {name} is listened to already.")
        item = self._opener.input(setup, name)
        attach(item.plug)
        self._ins.append(item)
        self._keep()

    def remove_input(self, wanted: str) -> None:
        """Do not listen to a port any more; its keys are up.

        Raises:
            MidiError: none that is listened to is meant, or several are.
        """
        item = _find(wanted, self._ins, "input")
        self._ins.remove(item)
        self._keep()
        item.plug.detach()

    def add_output(self, setup: OutSetup) -> Sink:
        """Open one more output; the engine plays on what is returned.

        Raises:
            MidiError: as `add_input`.
        """
        check_output_fits(setup, self._columns)
        name = self._opener.resolve(setup.port, self._backend.outputs(), "output")
        if any(out.plug.name == name for out in self._outs):
            raise MidiError(f"MIDI output {name} is played on already.")
        out = self._opener.output(setup)
        self._outs.append(out)
        self._keep()
        return out.sink

    def take_output(self, wanted: str) -> Sink:
        """An output that is to be closed, when the engine plays on it no more. It is not watched any more.

        Raises:
            MidiError: none is meant, or several are.
        """
        out = _find(wanted, self._outs, "output")
        self._outs.remove(out)
        self._keep()
        return out.sink

    def remap_input(self, setup: InSetup) -> None:
        """Another mapping for the input that was asked for by this name. Its keys are up."""
        for item in self._ins:
            if item.setup.port == setup.port:
                reopen = item.setup.clock != setup.clock and item.port is not None
                item.setup = setup
                self._inputs.replace(item.reader, self._opener.reader(setup))
                if reopen:  # the MIDI system filters the clock for each port when it is opened
                    self._keeper.reopen(item.plug)

    def remap_output(self, setup: OutSetup) -> None:
        """Another mapping for the output that was asked for by this name. What sounds on it ends."""
        for out in self._outs:
            if out.setup.port == setup.port:
                out.setup = setup
                out.sink.remap(setup, self._opener.entries(setup.values))

    def set_guard(self, guard_s: float) -> None:
        """How long after it was sent a message counts as an echo."""
        self._opener.echo_filter.window_s = guard_s

    # Inside

    def _called(self, wanted: str, items: Sequence[Item], what: str) -> str | None:
        names = self._backend.inputs() if what == "input" else self._backend.outputs()
        try:
            name = self._opener.resolve(wanted, names, what)
        except MidiError:  # it means none or several: who opens it is told that
            return None
        virtual = wanted.startswith(VIRTUAL)
        called = (i.plug.wanted for i in items if i.plug.name == name)
        return next((each for each in called if each.startswith(VIRTUAL) == virtual), None)

    def _keep(self) -> None:
        """Watch what is open."""
        self._keeper.keep([item.plug for item in self._ins] + [out.plug for out in self._outs])


def _said(plug: Plug) -> str:
    return plug.name if plug.is_here else f"{plug.name} (gone)"


def _rename(items: Sequence[Item], before: str, wanted: str) -> None:
    for item in items:
        if item.plug.wanted == before:
            item.plug.wanted = wanted
            item.setup = replace(item.setup, port=wanted)


def _find(wanted: str, items: Sequence[Item], what: str) -> Item:
    """The port that was asked for by this name, or that it means out of those that are open."""
    for item in items:
        if item.plug.wanted == wanted:
            return item
    names = list(dict.fromkeys(item.plug.name for item in items))
    name = find_port(wanted.removeprefix(VIRTUAL), names, what)
    return next(item for item in items if item.plug.name == name)
