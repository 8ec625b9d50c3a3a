"""Incoming datagrams: checked, looked up in the table, carried out now or when the time tag says.

No socket and no thread: `receive` gets bytes, `advance` gets the time, so a test drives it with a clock moved
by hand. A known header (address and type tags, byte by byte) is looked up and its numbers are unpacked in one
step; anything else goes through the parser.
"""

from __future__ import annotations

import heapq
import ipaddress
import itertools
import logging
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.core.clock import Clock, SystemClock
from app.core.controls import RELEASE_AFTER_S, ControlError, Controls
from app.core.parameters import ParameterError, Value
from app.osc.address import AddressError
from app.osc.packet import FIXED, IMMEDIATELY, Argument, Message, PacketError, build, padded, parse, quoted
from app.osc.profiles import Profile
from app.osc.table import Entry, Later, by_address
from app.osc.timetag import to_unix_s

logger = logging.getLogger(__name__)

HORIZON_S = 2.0  # time tags further ahead are refused: more likely a wrong clock than music
MAX_LATER = 4096  # messages that wait for their time
MAX_KNOWN = 256  # headers that are looked up instead of parsed
MAX_SENDERS = 64  # of whom it is remembered that they send releases, or that they listen
OURS = ("/ghostjam/state/", "/ghostjam/refused", "/ghostjam/pong")  # what only goes out
MAX_REASON = 240  # characters of a refusal

Sender = Any  # an address as the socket gives it
Send = Callable[[bytes, Sender], None]


@dataclass(frozen=True, slots=True)
class _Known:
    """A header that was parsed once: how to unpack what follows it, and what to do."""

    layout: struct.Struct
    entry: Entry


class Inbound:
    """One port's worth of OSC. An `OscContext` for the entries of its table.

    Args:
        controls: where everything goes.
        profile: the dialect spoken.
        send: sends a datagram to a sender.
        name: of the port, for people.
        remote_ports: not only programs on this machine may open and close ports.
        clock: the engine's.
        wall_s: seconds since 1970, which time tags speak of.

    Attributes:
        time_s: of the message that is being done.
        clock: that time is read from.
        listeners: who wants to hear every change.
    """

    def __init__(
        self,
        controls: Controls,
        profile: Profile,
        send: Send,
        *,
        name: str = "OSC",
        remote_ports: bool = False,
        clock: Clock | None = None,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        self.controls = controls
        self.profile = profile
        self.name = name
        self._remote_ports = remote_ports
        self.time_s = 0.0
        self.listeners: dict[Sender, None] = {}
        self._send = send
        self.clock = clock or SystemClock()
        self._wall_s = wall_s
        self._entries = by_address(profile.table)
        self._known: dict[bytes, _Known] = {}
        # Time tag and number, so that messages of the same time stay in order; then when that is, and how
        # many panics there were.
        self._later: list[tuple[int, int, float, int, Entry, list[Argument], Sender]] = []
        self._numbers = itertools.count()
        self._lifters: dict[Sender, None] = {}
        self._sender: Sender = None

    # OscContext

    @property
    def release_after_s(self) -> float | None:
        """When a contact of this sender ends by itself: None if it has ever sent a release."""
        return None if self._sender in self._lifters else RELEASE_AFTER_S

    def lifts(self) -> None:
        """This sender sends releases."""
        _remember(self._lifters, self._sender)

    @property
    def may_change_ports(self) -> bool:
        """Whether this sender may open and close ports: it is on this machine, or the rig allows others."""
        return self._remote_ports or is_loopback(self._sender)

    def later(self, address: str) -> Later:
        """How to answer this sender when it turns out afterwards what came of its message; any thread."""
        sender = self._sender

        def answer(state: str, value: Value, refusal: str = "") -> None:
            if refusal:
                text = f"{address}: {refusal}"[:MAX_REASON]
                self.controls.refuse(f"{self.name}: {text}")
                self._send(build("/ghostjam/refused", (text,)), sender)
            else:
                self._send(build(f"/ghostjam/state/{state}", (value,)), sender)

        return answer

    def listen(self, on: bool) -> None:
        """Send this sender every change, or no longer."""
        if on:
            _remember(self.listeners, self._sender)
        else:
            self.listeners.pop(self._sender, None)

    def reply(self, address: str, *arguments: Argument) -> None:
        """Answer this sender."""
        self._send(build(address, arguments), self._sender)

    # The receiver's thread, or a test

    def receive(self, packet: bytes, sender: Sender) -> None:
        """Take one datagram. Never raises."""
        self._sender = sender
        self.time_s = self.clock.now()
        start = (packet.find(b"\0", packet.find(b",")) + 4) & ~3
        known = self._known.get(packet[:start])
        if known is not None and len(packet) == start + known.layout.size:
            self._do(known.entry, known.layout.unpack_from(packet, start))
            return
        try:
            messages = parse(packet)
        except PacketError as error:
            self.refuse(str(error))
            return
        for message in messages:
            self._take(message)

    def advance(self) -> float:
        """Do what is due by now, unless there was a panic since it came.

        Returns:
            When to call again, infinity if nothing waits.
        """
        now_s = self.clock.now()
        while self._later and self._later[0][2] <= now_s:
            _, _, self.time_s, n_panics, entry, arguments, self._sender = heapq.heappop(self._later)
            if n_panics == self.controls.n_panics:
                self._do(entry, arguments)
        expires_s = self.controls.expire()
        return min(expires_s, self._later[0][2]) if self._later else expires_s

    def refuse(self, reason: str) -> None:
        """Count and show a refusal."""
        self.controls.refuse(f"{self.name}: {reason}"[:MAX_REASON])

    def _take(self, message: Message) -> None:
        entry = self._entries.get(message.address)
        if entry is None:
            self._refuse_unknown(message.address)
            return
        try:
            arguments = entry.accept(message.tags, message.arguments)
        except PacketError as error:
            self._refuse_to(entry, error)
            return
        if message.time_tag == IMMEDIATELY:
            self._do(entry, arguments)
            self._know(entry, message.tags)
        else:
            self._schedule(entry, arguments, message.time_tag)

    def _refuse_unknown(self, address: str) -> None:
        reason = f"no such address: {quoted(address)}."
        if not address.startswith(OURS):
            self.refuse(reason)
            return
        # It was sent by ourselves or our like. To tell would be to send a notice, and so on for ever.
        self.controls.note_refusal(f"{self.name}: {reason}"[:MAX_REASON])

    def _schedule(self, entry: Entry, arguments: list[Argument], time_tag: int) -> None:
        ahead_s = to_unix_s(time_tag) - self._wall_s()
        if ahead_s <= 0.0:  # late is now
            self._do(entry, arguments)
        elif ahead_s > HORIZON_S:
            self.refuse(f"{entry.address}: time tag: expected at most {HORIZON_S:g} s ahead.")
        elif len(self._later) >= MAX_LATER:
            self.refuse(f"{entry.address}: {MAX_LATER} messages wait for their time already.")
        else:
            due_s = self.clock.now() + ahead_s
            n_panics = self.controls.n_panics
            item = (time_tag, next(self._numbers), due_s, n_panics, entry, arguments, self._sender)
            heapq.heappush(self._later, item)

    def _do(self, entry: Entry, arguments: Any) -> None:
        try:
            entry.call(self, *arguments)
        except (ControlError, ParameterError, AddressError) as error:
            self._refuse_to(entry, error)
        except Exception as error:  # a defect of ours must not end the evening
            logger.exception("%s failed.", entry.address)
            self.refuse(f"{entry.address} failed: {error}")

    def _refuse_to(self, entry: Entry, error: ValueError) -> None:
        text = str(error)
        reason = text if text.startswith(entry.address) else f"{entry.address}: {text}"
        self.refuse(reason)
        if entry.answers:
            self.reply("/ghostjam/refused", reason[:MAX_REASON])

    def _know(self, entry: Entry, tags: str) -> None:
        """From now on this address with these tags needs no parsing, if its arguments have a fixed size."""
        wanted = entry.types[:-1] * len(tags) if entry.types.endswith("+") else entry.types
        if tags and tags == wanted and not set(tags) - set("if") and len(self._known) < MAX_KNOWN:
            layout = struct.Struct(">" + "".join(FIXED[tag] for tag in tags))
            self._known[padded(entry.address) + padded("," + tags)] = _Known(layout, entry)


def is_loopback(sender: Sender) -> bool:
    """Whether an address as the socket gives it is this machine's own loopback."""
    try:
        address = ipaddress.ip_address(str(sender[0]).partition("%")[0])
    except (TypeError, ValueError):
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _remember(senders: dict[Sender, None], sender: Sender) -> None:
    """Put `sender` last; the one that was put longest ago is forgotten if there are too many."""
    senders.pop(sender, None)
    senders[sender] = None
    if len(senders) > MAX_SENDERS:
        del senders[next(iter(senders))]
