"""The ports of a session, which open and close while it plays. Nothing here is done on the engine's thread.

One thread at a time changes ports: the main thread until the session starts, the worker from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from app.core.controls import Controls
from app.core.parameters import ParameterError, Settings, Value
from app.core.sink import Sink
from app.engine.thread import Engine
from app.osc.address import parse_address
from app.osc.out import OscOut
from app.osc.receiver import OscIn, reachable_addresses
from app.runtime.errors import CommandError
from app.runtime.rig import OscInPort, OscOutPort

if TYPE_CHECKING:
    from app.midi.session import Midi
    from app.midi.setup import OutSetup

MOST = 16  # of one kind that come by OSC; a patch that adds without end is a mistake


class Ports:
    """What is open.

    Args:
        engine: plays on the outputs.
        controls: what the inputs use.
        settings: the live parameters; changes are sent to who listens, and notices too.
        senders: the OSC outputs that the engine plays on already, with their ports.
        midi: the MIDI of the rig, if any; its outputs are played on already.
        make_midi: opens a MIDI without ports, for a session that began without.
        do: has a job done on the worker's thread.
    """

    def __init__(
        self,
        engine: Engine,
        controls: Controls,
        settings: Settings,
        senders: Iterable[tuple[OscOutPort, OscOut]],
        midi: Midi | None,
        *,
        make_midi: Callable[[], Midi],
        do: Callable[[Callable[[], None]], None],
    ) -> None:
        self._engine = engine
        self._controls = controls
        self._receivers: list[tuple[OscInPort, OscIn]] = []
        self._senders = list(senders)
        self._midi = midi
        self._make_midi = make_midi
        self._do = do
        self._is_started = False
        if midi is not None:
            midi.connect(controls, engine.tell)
        settings.subscribe(self.tell_state)
        engine.tell_notices_to(partial(self.tell_state, "notice"))

    @property
    def said(self) -> list[str]:
        """What is open, for people."""
        ports: list[str] = []
        for port, receiver in tuple(self._receivers):
            addresses = ", ".join(reachable_addresses(receiver.host, receiver.port))
            ports.append(f"OSC in {addresses}{_as(port.profile)}")
        ports += self._midi.ports if self._midi else []
        return ports + [f"OSC out {port.address}{_as(port.profile)}" for port, _ in tuple(self._senders)]

    def tell_state(self, name: str, value: Value) -> None:
        """Send a parameter or reading that changed to everybody who wants it. Any thread."""
        for _, receiver in tuple(self._receivers):
            receiver.tell_state(name, value)
        for _, sender in tuple(self._senders):
            sender.tell_state(name, value)

    def tell_ports(self) -> None:
        """Send what is open now to everybody who wants it."""
        self.tell_state("ports", "; ".join(self.said))

    def start(self) -> None:
        """Let others in."""
        self._is_started = True
        for _, receiver in self._receivers:
            receiver.start()
        if self._midi is not None:
            self._midi.start()

    def close(self) -> None:
        """Let nobody in. The outputs are closed by the engine. Safe to call twice."""
        for _, receiver in self._receivers:
            receiver.close()
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
        change = {
            ("osc_out", "add"): self._add_osc_out,
            ("osc_out", "remove"): self._remove_osc_out,
            ("midi_in", "add"): self._add_midi_in,
            ("midi_in", "remove"): self._remove_midi_in,
            ("midi_out", "add"): self._add_midi_out,
            ("midi_out", "remove"): self._remove_midi_out,
        }[kind, verb]

        def job() -> None:
            try:
                change(name)
            except (CommandError, ValueError, OSError) as error:
                answer(str(error))
            else:
                self.tell_ports()
                answer("")

        self._do(job)

    def _add_osc_out(self, address: str) -> None:
        if any(port.address == address for port, _ in self._senders):
            raise ParameterError(f"OSC out {address} is open already.")
        _check_room(self._senders, "OSC outputs")
        self.open_sender(OscOutPort(address))

    def _remove_osc_out(self, address: str) -> None:
        there = [port for port, _ in self._senders if port.address == address]
        if not there:
            known = ", ".join(port.address for port, _ in self._senders) or "none"
            raise ParameterError(f"OSC out: expected one that is open, {known}, got {address!r}.")
        for port in there:
            self.close_sender(port)

    def _add_midi_in(self, name: str) -> None:
        from app.midi.setup import InSetup

        _check_room([port for port in self.midi.ports if port.startswith("MIDI in")], "MIDI inputs")
        self.midi.add_input(InSetup(name))

    def _add_midi_out(self, name: str) -> None:
        from app.midi.setup import OutSetup

        _check_room(self.midi.sinks, "MIDI outputs")
        self.open_midi_out(OutSetup(name))

    def _remove_midi_in(self, name: str) -> None:
        if self._midi is None:
            raise ParameterError(f"MIDI input: expected one that is open, none, got {name!r}.")
        self._midi.remove_input(name)

    def _remove_midi_out(self, name: str) -> None:
        if self._midi is None:
            raise ParameterError(f"MIDI output: expected one that is open, none, got {name!r}.")
        self.close_midi_out(name)

    # One port at a time

    def open_receiver(self, port: OscInPort, *, bundles: bool = False) -> None:
        """Listen on a port.

        Raises:
            PortError: it cannot be opened.
        """
        receiver = OscIn(
            port.listen, self._controls,
            profile=port.profile, bundles=bundles, remote_ports=port.remote_ports,
        )  # fmt: skip
        self._receivers.append((port, receiver))
        if self._is_started:
            receiver.start()

    def close_receiver(self, listen: str) -> None:
        """Listen there no more."""
        for item in [item for item in self._receivers if item[0].listen == listen]:
            self._receivers.remove(item)
            item[1].close()

    def speak(self, ports: Iterable[OscInPort], *, bundles: bool) -> None:
        """Where it is listened on one of `ports`, speak as that one says. Answers are `bundles` or not."""
        wanted = {port.listen: port for port in ports}
        for index, (port, receiver) in enumerate(self._receivers):
            receiver.bundles = bundles
            other = wanted.get(port.listen, port)
            if other != port:
                receiver.speak(other.profile, remote_ports=other.remote_ports)
                self._receivers[index] = (other, receiver)

    def sends_to(self, port: OscOutPort) -> bool:
        """Whether it is sent there, in this way, already."""
        return any(each == port for each, _ in self._senders)

    def open_sender(self, port: OscOutPort) -> None:
        """Send there too."""
        sender = open_sender(port)
        self._senders.append((port, sender))
        self._engine.add_sink(sender)

    def close_sender(self, port: OscOutPort) -> None:
        """Send there no more; what is held there is let go of."""
        for item in [item for item in self._senders if item[0] == port]:
            self._senders.remove(item)
            self._close_sink(item[1])

    @property
    def midi(self) -> Midi:
        """The MIDI there is, made now if there is none yet.

        Raises:
            MidiError: there is no MIDI system here.
        """
        if self._midi is None:
            midi = self._make_midi()
            midi.connect(self._controls, self._engine.tell)
            midi.start()
            self._midi = midi
        return self._midi

    def open_midi_out(self, setup: OutSetup) -> None:
        """Play on this MIDI port too; MidiError if that cannot be."""
        self._engine.add_sink(self.midi.add_output(setup))

    def close_midi_out(self, name: str) -> None:
        """Play there no more; what sounds there ends. MidiError if there is no such port."""
        self._close_sink(self.midi.take_output(name))

    def _close_sink(self, sink: Sink) -> None:
        self._engine.remove_sink(sink)
        sink.close()


def open_sender(port: OscOutPort) -> OscOut:
    """An OSC output as the rig wants it."""
    return OscOut(port.address, profile=port.profile, sources=port.sources, bundles=port.bundles)


def _as(profile: str) -> str:
    return "" if profile == "ghostjam" else f" as {profile}"


def _check_room(ports: Sequence[object], what: str) -> None:
    if len(ports) >= MOST:
        raise ParameterError(f"{what}: expected at most {MOST}.")
