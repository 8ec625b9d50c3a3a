"""The MIDI of one session: ports opened, wired to the jam, watched, changed, and given back.

midi = Midi(settings, columns)
midi.start(controls, engine.tell)
midi.add(InSetup("keys"))                  # ports come and go, and mappings change
midi.close()
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from app.core.clock import Clock
from app.core.controls import Controls
from app.core.parameters import Settings
from app.core.sink import Sink
from app.midi.backend import Backend, RtMidi
from app.midi.compatibility import check_input_fits, check_output_fits
from app.midi.echo_filter import EchoFilter
from app.midi.errors import MidiError
from app.midi.opener import Input, Opener, Output, attach
from app.midi.port_names import VIRTUAL, find_port
from app.midi.setup import InSetup, OutSetup
from app.midi.watch import Keeper, Watch

Setup = InSetup | OutSetup


class Midi:
    """All ports.

    What a port has no mapping for follows the model: a touch model is played by notes, a controller model by
    the controllers 20 to 31 and 102 to 119 of channel 1, as x1, x2 ... A mapping that says something else is
    refused. After `start` one thread at a time may change ports.

    Args:
        settings: the live parameters.
        columns: of the model.
        api: of the MIDI system, see `MidiSetup`.
        clock: the engine's.
        backend: the MIDI system; the machine's own if None.

    Raises:
        MidiUnavailableError: there is no MIDI system here.
    """

    def __init__(
        self,
        settings: Settings,
        columns: Sequence[str],
        *,
        api: str = "",
        clock: Clock | None = None,
        backend: Backend | None = None,
    ) -> None:
        self._clock = clock
        self._columns = tuple(columns)
        self._backend = backend or RtMidi(api)
        self._backend.inputs()  # a MIDI system that does not answer is none
        self._opener = Opener(self._backend, settings, columns, EchoFilter(), clock)
        self._ins: list[Input] = []
        self._outs: list[Output] = []

    @property
    def ports(self) -> list[str]:
        """What is open, for people."""
        return [
            *(f"MIDI in {item.plug.name}" for item in self._ins),
            *(f"MIDI out {out.plug.name}" for out in self._outs),
        ]

    def start(self, controls: Controls, tell: Callable[[str], None]) -> None:
        """Begin: what the inputs play and set, and whom it is told when ports come and go. Before any port.

        Args:
            controls: what the inputs use.
            tell: shows a line to a person; any thread.
        """
        self._inputs = self._opener.connect(controls, tell)
        self._inputs.start()
        self._keeper = Keeper(self._backend, (), tell)
        self._watch = Watch(self._keeper, self._clock)
        self._watch.start()

    def close(self) -> None:
        """Give everything back, outputs first; returns within seconds even if a driver hangs."""
        self._watch.stop()
        for out in self._outs:
            out.sink.close()
        for item in self._ins:
            item.close()
        self._inputs.stop()

    # Ports that come and go

    def called(self, setup: Setup) -> Setup | None:
        """The open port that `setup` means, by the name it was asked for; None if there is none.

        Raises:
            MidiUnavailableError: none was asked for by this very name, and the ports that it may mean cannot
                be listed.
        """
        if self.has(setup):
            return setup
        what, items = self._kind(setup)
        try:
            name = self._opener.resolve(setup.port, self._names(setup), what)
        except MidiError:  # it means none or several: who opens it is told that
            return None
        virtual = setup.port.startswith(VIRTUAL)
        called = (each.setup for each in items if each.plug.name == name)
        return next((each for each in called if each.port.startswith(VIRTUAL) == virtual), None)

    def has(self, setup: Setup) -> bool:
        """Whether an open port was asked for by exactly this name. The MIDI system is not asked."""
        return any(item.plug.wanted == setup.port for item in self._kind(setup)[1])

    def rename(self, before: Setup, setup: Setup) -> None:
        """The port that was asked for as `before` is as if it had been asked for by the name of `setup`."""
        for item in self._kind(before)[1]:
            if item.plug.wanted == before.port:
                item.plug.wanted = setup.port
                item.setup = replace(item.setup, port=setup.port)

    def add(self, setup: Setup) -> Sink | None:
        """Open one more port; the engine plays on what is returned for an output.

        Raises:
            MidiError: there is none of this name, or it does not open.
            TomlError: its mapping does not fit the model.
        """
        if isinstance(setup, OutSetup):
            check_output_fits(setup, self._columns)
            out = self._opener.output(setup)
            self._outs.append(out)
            self._keep()
            return out.sink
        check_input_fits(setup, self._columns)
        item = self._opener.input(setup, self._opener.resolve(setup.port, self._names(setup), "input"))
        attach(item.plug)
        self._ins.append(item)
        self._keep()
        return None

    def take(self, setup: Setup) -> Sink | None:
        """Watch a port no more. An input is closed, and its keys are up.

        An output is returned: it is for the caller to close, when the engine plays on it no more.

        Raises:
            MidiError: none that is open is meant, or several are.
        """
        what, items = self._kind(setup)
        item = _find(setup.port, items, what)
        items.remove(item)
        self._keep()
        if isinstance(item, Output):
            return item.sink
        item.plug.detach()
        return None

    def remap(self, setup: Setup) -> None:
        """Another mapping for the port that was asked for by this name. Its keys are up, what sounds ends."""
        for item in [item for item in self._kind(setup)[1] if item.setup.port == setup.port]:
            if isinstance(item, Output) and isinstance(setup, OutSetup):
                item.setup = setup
                item.sink.remap(setup, self._opener.entries(setup.values))
            elif isinstance(item, Input) and isinstance(setup, InSetup):
                reopen = item.setup.clock != setup.clock and item.port is not None
                item.setup = setup
                self._inputs.replace(item.reader, self._opener.reader(setup))
                if reopen:  # the MIDI system filters the clock for each port when it is opened
                    self._keeper.reopen(item.plug)

    def set_guard(self, guard_s: float) -> None:
        """How long after it was sent a message counts as an echo."""
        self._opener.echo_filter.window_s = guard_s

    # Inside

    def _kind(self, setup: Setup) -> tuple[str, list[Any]]:
        return ("input", self._ins) if isinstance(setup, InSetup) else ("output", self._outs)

    def _names(self, setup: Setup) -> tuple[str, ...]:
        return self._backend.inputs() if isinstance(setup, InSetup) else self._backend.outputs()

    def _keep(self) -> None:
        """Watch what is open, but virtual ports: they are ours and never go."""
        plugs = [item.plug for item in self._ins] + [out.plug for out in self._outs]
        self._keeper.keep([plug for plug in plugs if not plug.wanted.startswith(VIRTUAL)])


def _find(wanted: str, items: Sequence[Input | Output], what: str) -> Input | Output:
    """The port that was asked for by this name, or that it means out of those that are open."""
    for item in items:
        if item.plug.wanted == wanted:
            return item
    names = list(dict.fromkeys(item.plug.name for item in items))
    name = find_port(wanted.removeprefix(VIRTUAL), names, what)
    return next(item for item in items if item.plug.name == name)
