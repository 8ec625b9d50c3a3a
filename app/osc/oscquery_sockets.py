"""OSCQuery's websocket: packets in both directions, and values as they change, to who listens to them.

A binary frame is an OSC packet, taken as a datagram is: same table, same budget, same answers. A text frame
is a command, LISTEN or IGNORE. No socket and no thread: whoever has the websockets calls `open`, `take`,
`close` and, in time, `advance`.

Source: Vidvox, OSCQuery Proposal (2018), section "Optional Bi-Directional Communication".
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from app.core.clock import Clock
from app.core.controls import READINGS, Controls
from app.core.parameters import Value
from app.osc.budget import Sender
from app.osc.inbound import Inbound
from app.osc.oscquery import AddressSpace
from app.osc.packet import build, quoted
from app.osc.profiles import PROFILES
from app.osc.table import Told, target_of

PROFILE = PROFILES["ghostjam"]
LOOK_S = 0.05  # between two looks at readings that somebody listens to: nobody tells when they change


@dataclass
class _Socket:
    """One websocket: how to send to it, and what it listens to, each with what it was told last."""

    send: Callable[[bytes], None]
    heard: dict[str, Value | None] = field(default_factory=dict)  # by address


class OscQuerySockets:
    """The websockets of one HTTP server. One thread calls all but `tell_state`.

    Args:
        controls: where everything goes.
        remote_ports: not only programs on this machine may open and close ports.
        clock: the engine's.

    Attributes:
        space: what there is to browse.
        inbound: what happens to a packet.
    """

    def __init__(self, controls: Controls, *, remote_ports: bool = False, clock: Clock | None = None) -> None:
        self._controls = controls
        self.space = AddressSpace(controls, PROFILE.table)
        self.inbound = Inbound(
            controls, PROFILE, self._answer, name="OSCQuery", remote_ports=remote_ports, clock=clock
        )
        self._sockets: dict[Sender, _Socket] = {}
        self._telling = threading.Lock()  # a newer value is never sent before an older one

    def open(self, sender: Sender, send: Callable[[bytes], None]) -> None:
        """A websocket was opened.

        Args:
            sender: host and port it comes from, as a socket gives them.
            send: sends a binary frame to it; any thread, never waits, never raises.
        """
        with self._telling:
            self._sockets[sender] = _Socket(send)

    def close(self, sender: Sender) -> None:
        """It was closed: it listens no longer."""
        with self._telling:
            self._sockets.pop(sender, None)
        self.inbound.listeners.pop(sender, None)

    def take(self, frame: bytes | str, sender: Sender) -> None:
        """Take a frame of an open websocket. Never raises."""
        if isinstance(frame, bytes):
            self.inbound.receive_any(frame, sender)
        else:
            self._command(frame, sender)

    def advance(self) -> float:
        """Do what is due by now, and look at the readings. Returns when to call again, infinity for never."""
        next_s = self.inbound.advance()
        readings = [(address, name) for address, name in self._heard() if name in READINGS]
        for address, name in readings:
            value = self._controls.get(name)  # not under the lock: it may have something to tell
            with self._telling:
                self._tell(address, value)
        return min(next_s, self.inbound.clock.now() + LOOK_S) if readings else next_s

    def tell_state(self, name: str, value: Value, told: set[Told]) -> None:
        """A parameter changed, or a reading: send it to who listens to it. Any thread.

        Args:
            told: whom `/ghostjam/state/NAME` was sent to, and how; who is told that here is added.
        """
        datagram = PROFILE.encode_state(name, value)
        with self._telling:
            for address in [address for address, heard in self._heard() if heard == name]:
                self._tell(address, value)
            for sender in tuple(self.inbound.listeners):
                if datagram is not None and (datagram, target_of(sender)) not in told:
                    told.add((datagram, target_of(sender)))
                    self._answer(datagram, sender)

    def _heard(self) -> list[tuple[str, str]]:
        """The addresses that somebody listens to, and the parameter or reading at each."""
        addresses = {address for one in tuple(self._sockets.values()) for address in tuple(one.heard)}
        return [(address, self.space.read_as(address)) for address in addresses]

    def _tell(self, address: str, value: Value) -> None:
        """Send the value at an address to who listens and has another one. Under the lock."""
        for one in self._sockets.values():
            if address in one.heard and one.heard[address] != value:
                one.heard[address] = value
                one.send(build(address, (value,)))

    def _answer(self, datagram: bytes, sender: Sender) -> None:
        one = self._sockets.get(sender)
        if one is not None:
            one.send(datagram)

    def _command(self, frame: str, sender: Sender) -> None:
        try:
            said = json.loads(frame)
            command, address = said["COMMAND"], said["DATA"]
        except (ValueError, TypeError, KeyError, RecursionError):
            self.inbound.refuse(f'expected {{"COMMAND": ..., "DATA": ...}}, got {quoted(frame)}.')
            return
        name = self.space.read_as(address) if isinstance(address, str) else ""
        if command not in ("LISTEN", "IGNORE") or not name:
            self.inbound.refuse(f"expected LISTEN or IGNORE to what can be read, got {quoted(frame)}.")
            return
        with self._telling:
            one = self._sockets[sender]
            one.heard.pop(address, None)
            if command == "IGNORE":
                return
            one.heard[address] = None
        # With the value there is now, for it may have changed since it was asked for.
        value = self._controls.get(name)
        with self._telling:
            if one.heard.get(address) is None:
                one.heard[address] = value
                one.send(build(address, (value,)))
