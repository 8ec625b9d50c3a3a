"""The table of OSC addresses: an entry says its types, what it does, and its line in the documentation.

A table is a tuple of entries. The receiver dispatches from it and the README is written from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from app.core.clock import Clock
from app.core.controls import MAX_VOICES, RELEASE_AFTER_S, Controls
from app.core.parameters import Value
from app.core.refusals import ControlError
from app.osc.budget import ANSWERS, Budget, Sender, network_host, of_kind, remember
from app.osc.packet import Argument, PacketError, Received, build, quoted

MAX_SENDERS = 64  # of this machine, and as many of the network, of whom it is known that they lift or listen
LISTENS_S = 3600.0  # who said so longer ago gives way to somebody new
MAX_REASON = 240  # characters of a refusal
Target = tuple[str, int]  # an address without what sockets add to it
Told = tuple[bytes, Target]  # a datagram and whom it was sent to


class OscContext:
    """What an entry can use: whose message it is, when it is, and where answers go.

    Args:
        controls: where everything goes.
        send: sends a datagram to a sender.
        name: of the port, for people.
        remote_ports: not only programs on this machine may open and close ports.
        clock: the engine's.

    Attributes:
        time_s: of the message that is being done.
        sender: whose it is.
        listeners: who wants to hear every change, and when they last said so.
        budget: what the network has left.
    """

    def __init__(
        self,
        controls: Controls,
        send: Callable[[bytes, Sender], None],
        name: str,
        remote_ports: bool,
        clock: Clock,
    ) -> None:
        self.controls = controls
        self.name = name
        self.clock = clock
        self.time_s = 0.0
        self.sender: Sender = None
        self.listeners: dict[Sender, float] = {}
        self.budget = Budget()
        self._lifters: dict[Sender, float] = {}
        self._send, self._remote_ports = send, remote_ports

    @property
    def release_after_s(self) -> float | None:
        """When a contact of this sender ends by itself: None if it has ever sent a release."""
        return None if self.sender in self._lifters else RELEASE_AFTER_S

    def lifts(self) -> None:
        """This sender sends releases."""
        remember(self._lifters, self.sender, self.time_s, MAX_SENDERS)

    def note_contact(self, voice: int, is_down: bool) -> None:
        """A contact of this sender is down, or ended: for ports that are told when a sender has gone."""

    @property
    def may_change_ports(self) -> bool:
        """Whether this sender may open and close ports: it is on this machine, or the rig allows others."""
        return self._remote_ports or is_loopback(self.sender)

    def later(self, address: str) -> Callable[[str, Value, str, Collection[Target]], None]:
        """How to answer this sender when it turns out afterwards what came of its message; any thread.

        Called with the name and the value of a state, why the message was refused, or "", and who was told
        that state already.
        """
        sender = self.sender

        def answer(state: str, value: Value, refusal: str, told: Collection[Target]) -> None:
            if refusal:
                text = f"{address}: {refusal}"[:MAX_REASON]
                self.controls.refuse(f"{self.name}: {text}")
                self.answer(build("/ghostjam/refused", (text,)), sender)
            elif target_of(sender) not in told:
                self.answer(build(f"/ghostjam/state/{state}", (value,)), sender)

        return answer

    def listen(self, on: bool) -> None:
        """Send this sender every change, or no longer; ControlError if too many listen already."""
        if not on:
            self.listeners.pop(self.sender, None)
            return
        others = of_kind(self.listeners, self.sender)
        if self.sender not in self.listeners and len(others) >= MAX_SENDERS:
            if self.listeners[others[0]] > self.time_s - LISTENS_S:
                raise ControlError(f"no room: {MAX_SENDERS} listen already.")
        remember(self.listeners, self.sender, self.time_s, MAX_SENDERS)

    def reply(self, address: str, *arguments: Argument) -> None:
        """Answer this sender."""
        self.answer(build(address, arguments), self.sender)

    def answer(self, datagram: bytes, sender: Sender) -> None:
        """Send to a sender, if it is of this machine or the budget allows it. Any thread."""
        if self.may_answer(sender):
            self._send(datagram, sender)
        else:
            host = network_host(sender)
            self.controls.note_refusal(f"{self.name}: {host} asks for more answers than it is given.")

    def may_answer(self, sender: Sender) -> bool:
        """Whether one more datagram may go to a sender; if so it is counted. Any thread."""
        host = network_host(sender)
        return not host or self.budget.take(ANSWERS, host, 1.0, self.clock.now())


def is_loopback(sender: Sender) -> bool:
    """Whether an address as the socket gives it is this machine's own loopback."""
    return network_host(sender) == ""


def target_of(sender: Sender) -> Target:
    """Host and port of an address as a socket has it; of IPv4 written as IPv6 the IPv4."""
    return str(sender[0]).removeprefix("::ffff:"), int(sender[1])


@dataclass(frozen=True)
class Entry:
    """An address that comes in.

    Attributes:
        address: in full; one that ends with "/N" has a voice there, which is its first argument.
        types: as "iffT", where T is a switch; "f+" for one or more, "*" for anything, which is ignored,
            "press" for anything, of which 0 says that a button was let go; "ff|fff" for one of several.
        arguments: what they are, for people.
        help: what it does, for people.
        call: does it: `call(context, *arguments)`. Raises ControlError, ParameterError or
            AddressError for what it refuses.
        answers: whether a refusal is answered too, and not only counted.
        cost: of the messages that the network may send, see `app.osc.budget.MESSAGES`.
        parameter: name of the live parameter that it sets, "" if none.
        ranges: least and most of each argument; of one or more one stands for all; () where none is told.
    """

    address: str
    types: str
    arguments: str
    help: str
    call: Callable[..., None]
    answers: bool = False
    cost: int = 4
    parameter: str = ""
    ranges: tuple[tuple[float, float], ...] = ()

    @property
    def written_types(self) -> str:
        """The types as OSC people write them: `,iffi`, `,f..`, `,s or ,i`."""
        return " or ".join(_written(types) for types in self.types.split("|"))

    def accept(self, tags: str, arguments: Sequence[Received]) -> list[Argument]:
        """The arguments as the entry wants them; a number may come as another kind where nothing is lost.

        Raises:
            PacketError: too many, too few, or of the wrong type.
        """
        for types in self.types.split("|"):
            accepted = _accept(types, arguments)
            if accepted is not None:
                return accepted
        raise PacketError(f"{self.address}: expected {self.written_types}, got ,{quoted(tags)[1:-1]}.")

    def is_plain(self, tags: str) -> bool:
        """Whether arguments with these tags are what the entry wants as they are, and numbers."""
        wanted = [_length(types, len(tags)).replace("T", "i") for types in self.types.split("|")]
        return tags != "" and tags in wanted and not set(tags) - set("if")


def _written(types: str) -> str:
    if types in ("*", "press"):
        return "any"
    if types.endswith("+"):
        return f",{types[:-1]}.."
    return f",{types.replace('T', 'i')}" if types else "none"


def _length(types: str, n_arguments: int) -> str:
    """Types of one or more as those of so many."""
    return types[:-1] * max(1, n_arguments) if types.endswith("+") else types


def _accept(types: str, arguments: Sequence[Received]) -> list[Argument] | None:
    if types == "*":
        return []
    if types == "press":
        return [not arguments or arguments[0] is None or arguments[0] != 0]
    wanted = _length(types, len(arguments))
    if len(wanted) != len(arguments):
        return None
    accepted = [_as(*pair) for pair in zip(wanted, arguments, strict=True)]
    return None if None in accepted else accepted  # type: ignore[return-value]


def _as(wanted: str, argument: Received) -> Argument | None:
    """`argument` as type `wanted`; None if it cannot be that."""
    if argument is None or (wanted == "s") is not isinstance(argument, str):
        return None
    if wanted in "sT":
        return argument
    if isinstance(argument, bool | str):
        return None
    if wanted == "f":
        return float(argument)
    if isinstance(argument, float):
        return int(argument) if math.isfinite(argument) and argument.is_integer() else None
    return argument


Table = Sequence[Entry]


def by_address(table: Table) -> dict[str, Entry]:
    """The entries by their addresses, those with a voice in it by one for each voice."""
    entries: dict[str, Entry] = {}
    for entry in table:
        if entry.address.endswith("/N"):
            for voice in range(MAX_VOICES):
                address, call = f"{entry.address[:-1]}{voice}", partial(_with_voice, entry.call, voice)
                entries[address] = replace(entry, address=address, call=call)
        else:
            entries[entry.address] = entry
    return entries


def _with_voice(call: Callable[..., None], voice: int, context: OscContext, *arguments: Argument) -> None:
    call(context, voice, *arguments)


def markdown(table: Table) -> str:
    """The table as the README shows it."""
    rows = [
        f"| `{entry.address}` | {_code(entry.written_types)} | {entry.arguments} | {entry.help} |"
        for entry in table
    ]
    return "\n".join(["| address | types | arguments | what it does |", "|---|---|---|---|", *rows])


def _code(types: str) -> str:
    return " ".join(f"`{word}`" if word.startswith(",") else word for word in types.split(" "))
