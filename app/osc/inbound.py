"""Incoming datagrams: checked, looked up in the table, carried out now or when the time tag says.

No socket and no thread: `receive` gets bytes, `advance` gets the time, so a test drives it with a clock moved
by hand. A known header (address and type tags, byte by byte) is looked up and its numbers are unpacked in one
step; anything else goes through the parser.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import struct
import time
from collections.abc import Callable
from typing import Any

from app.core.clock import Clock, SystemClock
from app.core.controls import Controls
from app.core.parameters import ParameterError
from app.core.refusals import ControlError
from app.osc.address import AddressError
from app.osc.budget import BYTES, MESSAGES, Sender, network_host
from app.osc.packet import (
    FIXED,
    IMMEDIATELY,
    Argument,
    Message,
    PacketError,
    padded,
    parse,
    quoted,
    to_unix_s,
)
from app.osc.pattern import is_pattern, matches
from app.osc.profiles import Profile
from app.osc.table import MAX_REASON, Entry, OscContext, by_address

logger = logging.getLogger(__name__)

HORIZON_S = 2.0  # time tags further ahead are refused: more likely a wrong clock than music
MAX_LATER = 4096  # messages that wait for their time
MAX_KNOWN = 256  # headers that are looked up instead of parsed
MAX_PATTERNS = 64  # of which it is known what they mean
PATTERN_COST = 32  # of the messages that the network may send: to see what a pattern means takes up to 1 ms
HEADER_BYTES = 28  # of UDP and IPv4, which a datagram costs whatever is in it
OURS = ("/ghostjam/state/", "/ghostjam/refused", "/ghostjam/pong")  # what only goes out


class Inbound(OscContext):
    """One port's worth of OSC: what the entries of its table can use, and what calls them.

    Args:
        controls, send, name, remote_ports: see `OscContext`.
        profile: the dialect spoken.
        clock: the engine's.
        wall_s: seconds since 1970, which time tags speak of.
    """

    def __init__(
        self,
        controls: Controls,
        profile: Profile,
        send: Callable[[bytes, Sender], None],
        *,
        name: str = "OSC",
        remote_ports: bool = False,
        clock: Clock | None = None,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(controls, send, name, remote_ports, clock or SystemClock())
        self.profile = profile
        self._wall_s = wall_s
        self._entries = by_address(profile.table)
        self._meant: dict[str, tuple[Entry, ...]] = {}  # by pattern
        self._known: dict[bytes, tuple[struct.Struct, Entry]] = {}  # by header: what follows, and what to do
        # Time tag and number, so that messages of the same time stay in order; then when that is, and how
        # many panics there were.
        self._later: list[tuple[int, int, float, int, Entry, list[Argument], Sender]] = []
        self._numbers = itertools.count()

    def receive(self, packet: bytes, sender: Sender) -> None:
        """Take one datagram of this machine. Never raises."""
        self.sender = sender
        self.time_s = self.clock.now()
        start = (packet.find(b"\0", packet.find(b",")) + 4) & ~3
        known = self._known.get(packet[:start])
        if known is not None and len(packet) == start + known[0].size:
            self._do(known[1], known[0].unpack_from(packet, start))
            return
        self._parse(packet)

    def receive_any(self, packet: bytes, sender: Sender) -> None:
        """Take one datagram of anybody: of the network no more than the budget allows. Never raises."""
        host = network_host(sender)
        if not host:
            self.receive(packet, sender)
            return
        self.sender = sender
        self.time_s = self.clock.now()
        if self.budget.take(BYTES, host, len(packet) + HEADER_BYTES, self.time_s):
            self._parse(packet)
        else:
            self._refuse_flood(host)

    def _parse(self, packet: bytes) -> None:
        try:
            messages = parse(packet)
        except PacketError as error:
            self.refuse(str(error))
            return
        for message in messages:
            self._take(message)

    def forget(self, sender: Sender) -> None:
        """A sender is gone: nothing of it is done later, and it listens no longer."""
        self.listeners.pop(sender, None)
        self._later = [item for item in self._later if item[-1] != sender]
        heapq.heapify(self._later)

    def advance(self) -> float:
        """Do what is due by now, unless there was a panic since it came.

        Returns:
            When to call again, infinity if nothing waits.
        """
        now_s = self.clock.now()
        while self._later and self._later[0][2] <= now_s:
            _, _, self.time_s, n_panics, entry, arguments, self.sender = heapq.heappop(self._later)
            if n_panics == self.controls.n_panics:
                self._perform(entry, arguments)
        expires_s = self.controls.expire()
        return min(expires_s, self._later[0][2]) if self._later else expires_s

    def refuse(self, reason: str) -> None:
        """Count and show a refusal."""
        self.controls.refuse(f"{self.name}: {reason}"[:MAX_REASON])

    def _take(self, message: Message) -> None:
        entry = self._entries.get(message.address)
        if entry is None:
            self._take_pattern(message)
            return
        try:
            arguments = entry.accept(message.tags, message.arguments)
        except PacketError as error:
            self._refuse_to(entry, error)
            return
        self._schedule(entry, arguments, message.time_tag)
        if message.time_tag == IMMEDIATELY:
            self._know(entry, message.tags)

    def _take_pattern(self, message: Message) -> None:
        """All addresses that a pattern means and that take these arguments."""
        if not is_pattern(message.address):
            self._refuse_unknown(message.address)
            return
        if not self._may(PATTERN_COST):
            return
        meant = self._meant.get(message.address)
        if meant is None:
            each = self._entries.values()
            meant = tuple(entry for entry in each if matches(message.address, entry.address))
            if len(self._meant) >= MAX_PATTERNS:
                del self._meant[next(iter(self._meant))]
            self._meant[message.address] = meant
        n_taken = 0
        for entry in meant:
            try:
                arguments = entry.accept(message.tags, message.arguments)
            except PacketError:
                continue
            n_taken += 1
            self._schedule(entry, arguments, message.time_tag)
        if not n_taken:
            self._refuse_unknown(message.address)

    def _may(self, cost: int) -> bool:
        """Whether the sender may cause so much; if it may not it is refused."""
        host = network_host(self.sender)
        if not host or self.budget.take(MESSAGES, host, cost, self.clock.now()):
            return True
        self._refuse_flood(host)
        return False

    def _refuse_flood(self, host: str) -> None:
        self.refuse(f"{host} sends more than is taken from the network.")

    def _refuse_unknown(self, address: str) -> None:
        reason = f"no such address: {quoted(address)}."
        if not address.startswith(OURS):
            self.refuse(reason)
            return
        # It was sent by ourselves or our like. To tell would be to send a notice, and so on for ever.
        self.controls.note_refusal(f"{self.name}: {reason}"[:MAX_REASON])

    def _schedule(self, entry: Entry, arguments: list[Argument], time_tag: int) -> None:
        ahead_s = 0.0 if time_tag == IMMEDIATELY else to_unix_s(time_tag) - self._wall_s()
        is_own = not network_host(self.sender)
        if ahead_s <= 0.0:  # late is now
            self._perform(entry, arguments)
        elif ahead_s > HORIZON_S:
            self.refuse(f"{entry.address}: time tag: expected at most {HORIZON_S:g} s ahead.")
        elif len(self._later) >= (MAX_LATER if is_own else MAX_LATER // 2):
            self.refuse(f"{entry.address}: {len(self._later)} messages wait for their time already.")
        else:
            due_s = self.clock.now() + ahead_s
            n_panics = self.controls.n_panics
            item = (time_tag, next(self._numbers), due_s, n_panics, entry, arguments, self.sender)
            heapq.heappush(self._later, item)

    def _perform(self, entry: Entry, arguments: Any) -> None:
        if self._may(entry.cost):
            self._do(entry, arguments)

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
        if entry.is_plain(tags) and len(self._known) < MAX_KNOWN:
            layout = struct.Struct(">" + "".join(FIXED[tag] for tag in tags))
            self._known[padded(entry.address) + padded("," + tags)] = layout, entry
