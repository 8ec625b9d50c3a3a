"""The MIDI of one session: ports opened, wired to the jam, watched, changed, and given back.

midi = Midi(settings, columns)
midi.start(controls, engine.tell)
midi.add(InSetup("keys"))                  # ports come and go, and mappings change
midi.close()
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.core.clock import Clock
from app.core.controls import Controls
from app.core.parameters import Settings
from app.core.sink import Sink
from app.midi.backend import Backend, RtMidi
from app.midi.compatibility import check_input_fits, check_output_fits
from app.midi.echo_filter import EchoFilter
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

    def has(self, setup: Setup) -> bool:
        """Whether an open port was asked for by exactly this name. The MIDI system is not asked."""
        return any(item.setup.port == setup.port for item in self._items(type(setup)))

    def name_of(self, setup: Setup) -> str:
        """The full name of the port that is meant, open or not; virtual ports keep their "virtual:".

        Raises:
            MidiError: there is none, or several may be meant.
            MidiUnavailableError: it is not open as this, and the ports that may be meant cannot be listed.
        """
        for item in self._items(type(setup)):
            if item.setup.port == setup.port:
                return _name(item)
        name = self._resolved(setup)
        return f"{VIRTUAL}{name}" if setup.port.startswith(VIRTUAL) else name

    def name_of_open(self, setup: Setup) -> str:
        """The full name of the open port that is meant; MidiError if there is none, or several may be."""
        if self.has(setup):
            return self.name_of(setup)
        names = {_name(item): None for item in self._items(type(setup))}
        return find_port(setup.port, list(names), _word(setup))

    def is_open(self, kind: type[Setup], name: str) -> bool:
        """Whether the port of this full name is open."""
        return any(_name(item) == name for item in self._items(kind))

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
        item = self._opener.input(setup, self._resolved(setup))
        attach(item.plug)
        self._ins.append(item)
        self._keep()
        return None

    def take(self, kind: type[Setup], name: str) -> list[Sink]:
        """Watch the port of this full name no more. An input is closed, and its keys are up.

        An output is returned: it is for the caller to close, when the engine plays on it no more.
        """
        items = self._items(kind)
        taken = [item for item in items if _name(item) == name]
        items[:] = [item for item in items if _name(item) != name]
        self._keep()
        for item in taken:
            if isinstance(item, Input):
                item.plug.detach()
        return [item.sink for item in taken if isinstance(item, Output)]

    def remap(self, name: str, setup: Setup) -> None:
        """Another mapping for the port of this full name, and what it is asked for by from now on.

        Its keys are up, and what sounds on it ends.
        """
        for item in [item for item in self._items(type(setup)) if _name(item) == name]:
            before, item.setup, item.plug.wanted = item.setup, setup, setup.port
            if isinstance(item, Output) and isinstance(setup, OutSetup):
                item.sink.remap(setup, self._opener.entries(setup.values))
            elif isinstance(item, Input) and isinstance(setup, InSetup):
                self._inputs.replace(item.reader, self._opener.reader(setup))
                if before.clock != setup.clock and item.port is not None:
                    self._keeper.reopen(item.plug)  # the MIDI system filters the clock when it opens a port

    def set_guard(self, guard_s: float) -> None:
        """How long after it was sent a message counts as an echo."""
        self._opener.echo_filter.window_s = guard_s

    # Inside

    def _items(self, kind: type[Setup]) -> list[Any]:
        return self._ins if kind is InSetup else self._outs

    def _resolved(self, setup: Setup) -> str:
        names = self._backend.inputs() if isinstance(setup, InSetup) else self._backend.outputs()
        return self._opener.resolve(setup.port, names, _word(setup))

    def _keep(self) -> None:
        """Watch what is open, but virtual ports: they are ours and never go."""
        plugs = [item.plug for item in self._ins] + [out.plug for out in self._outs]
        self._keeper.keep([plug for plug in plugs if not plug.wanted.startswith(VIRTUAL)])


def _name(item: Input | Output) -> str:
    return f"{VIRTUAL}{item.plug.name}" if item.plug.wanted.startswith(VIRTUAL) else item.plug.name


def _word(setup: Setup) -> str:
    return "input" if isinstance(setup, InSetup) else "output"
