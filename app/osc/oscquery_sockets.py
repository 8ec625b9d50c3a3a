"""OSCQuery's websockets: packets in both directions, and values as they change, to who listens to them.

A binary frame is an OSC packet, taken as a datagram is: same table, same budget, same answers. A text frame
is a command, LISTEN or IGNORE. Whoever has the websockets calls `open`, and `receive` and `close` of what
that returns; a thread does what is due later.

Source: Vidvox, OSCQuery Proposal (2018), section "Optional Bi-Directional Communication".
"""

from __future__ import annotations

import itertools
import json
import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from app.core.clock import Clock
from app.core.controls import READINGS, Controls
from app.core.events import KEYS_VOICE
from app.core.parameters import Value
from app.osc.budget import Sender
from app.osc.inbound import Inbound
from app.osc.oscquery import AddressSpace
from app.osc.packet import build, quoted
from app.osc.profiles import PROFILES
from app.osc.table import Told, target_of

logger = logging.getLogger(__name__)

PROFILE = PROFILES["ghostjam"]
LOOK_S = 0.05  # between two looks at readings that somebody listens to: nobody tells when they change
LONGEST_WAIT_S = 0.5
JOIN_S = 1.0


class _Inbound(Inbound):
    """Knows what its senders hold: of a websocket it is told when it is gone.

    Attributes:
        held: voices that are down, and keys as `KEYS_VOICE` + pitch, by sender.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.held: dict[Sender, set[int]] = {}

    def note_contact(self, voice: int, is_down: bool) -> None:
        """As in `OscContext`."""
        if is_down:
            self.held.setdefault(self.sender, set()).add(voice)
        else:
            self.held.get(self.sender, set()).discard(voice)

    def forget(self, sender: Sender) -> None:
        """The same; what it holds ends."""
        super().forget(sender)
        for voice in self.held.pop(sender, ()):
            if voice >= KEYS_VOICE:
                self.controls.note(voice - KEYS_VOICE, 0)
            else:
                self.controls.release(voice)


class OscQuerySockets:
    """The websockets of a session. Any thread.

    Args:
        controls: where everything goes.
        clock: the engine's.

    Attributes:
        space: what there is to browse.
        inbound: what happens to a packet.
    """

    def __init__(self, controls: Controls, *, clock: Clock | None = None) -> None:
        self._controls = controls
        self.space = AddressSpace(controls, PROFILE.table)
        self.inbound = _Inbound(controls, PROFILE, self._answer, name="OSCQuery", clock=clock)
        self._sockets: dict[Sender, OscQuerySocket] = {}
        self._numbers = itertools.count(1)
        self._taking = threading.Lock()  # one packet at a time
        self._telling = threading.Lock()  # a newer value is never sent before an older one
        self._next_s = math.inf
        self._wake = threading.Event()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="oscquery", daemon=True)

    def start(self) -> None:
        """Do in time what packets ask for later, and look at what is listened to."""
        self._thread.start()

    def close(self) -> None:
        """Do it no longer. Safe to call twice."""
        self._is_closed = True
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(JOIN_S)

    def open(self, send: Callable[[bytes], None], host: str) -> OscQuerySocket:
        """A websocket was opened.

        Args:
            send: sends a binary frame to it; any thread, never waits, never raises.
            host: address it comes from.
        """
        sender = host, -next(self._numbers)  # no port of UDP has such a number
        opened = OscQuerySocket(send, partial(self._take, sender), partial(self._forget, sender))
        with self._telling:
            self._sockets[sender] = opened
        return opened

    def advance(self) -> float:
        """Do what is due by now, and look at the readings. Returns when to call again, infinity for never."""
        with self._taking:
            next_s = self.inbound.advance()
        readings = [(address, name) for address, name in self._heard() if name in READINGS]
        for address, name in readings:
            value = self._controls.get(name)  # not under the lock: it may have something to tell
            with self._telling:
                self._tell(address, value)
        return min(next_s, self.inbound.clock.now() + LOOK_S) if readings else next_s

    def tell_state(self, name: str, value: Value, told: set[Told]) -> None:
        """A parameter changed, or a reading: send it to who listens to it.

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
        heard = (address for one in tuple(self._sockets.values()) for address in tuple(one.heard))
        return [(address, self.space.read_as(address)) for address in dict.fromkeys(heard)]

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

    def _take(self, sender: Sender, frame: bytes | str) -> None:
        """Take a frame. Never raises."""
        if isinstance(frame, str):
            self._command(frame, sender)
        else:
            with self._taking:
                self.inbound.receive_any(frame, sender)
                is_sooner = self.inbound.advance() < self._next_s
            if is_sooner:
                self._wake.set()

    def _forget(self, sender: Sender) -> None:
        with self._telling:
            self._sockets.pop(sender, None)
        with self._taking:
            self.inbound.forget(sender)

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
        self._wake.set()

    def _run(self) -> None:
        while not self._is_closed:
            self._wake.clear()
            try:
                self._next_s = self.advance()
                wait_s = self._next_s - self.inbound.clock.now()
            except Exception:  # a defect of ours must not end what is due later
                logger.exception("OSCQuery: a step failed.")
                wait_s = LONGEST_WAIT_S
            self._wake.wait(min(max(wait_s, 0.0), LONGEST_WAIT_S))


@dataclass(eq=False)
class OscQuerySocket:
    """One websocket. One thread uses it.

    Attributes:
        send: sends a binary frame.
        receive: takes a frame that came, text or binary. Never raises.
        close: it is closed: it listens no longer, and holds nothing.
        heard: what it listens to, by address, each with what it was told last.
    """

    send: Callable[[bytes], None]
    receive: Callable[[bytes | str], None]
    close: Callable[[], None]
    heard: dict[str, Value | None] = field(default_factory=dict)
