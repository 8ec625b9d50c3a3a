"""The table of OSC addresses: an entry says its types, what it does, and its line in the documentation.

A table is a tuple of entries. The receiver dispatches from it and the README is written from it.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.controls import RELEASE_AFTER_S, Controls
from app.core.parameters import Value
from app.osc.packet import Argument, PacketError, build, quoted

MAX_SENDERS = 64  # of whom it is remembered that they send releases, or that they listen
MAX_REASON = 240  # characters of a refusal
Sender = Any  # an address as the socket gives it


class OscContext:
    """What an entry can use: whose message it is, when it is, and where answers go.

    Args:
        controls: where everything goes.
        send: sends a datagram to a sender.
        name: of the port, for people.
        remote_ports: not only programs on this machine may open and close ports.

    Attributes:
        time_s: of the message that is being done.
        sender: whose it is.
        listeners: who wants to hear every change.
    """

    def __init__(
        self, controls: Controls, send: Callable[[bytes, Sender], None], name: str, remote_ports: bool
    ) -> None:
        self.controls = controls
        self.name = name
        self.time_s = 0.0
        self.sender: Sender = None
        self.listeners: dict[Sender, None] = {}
        self._lifters: dict[Sender, None] = {}
        self._send, self._remote_ports = send, remote_ports

    @property
    def release_after_s(self) -> float | None:
        """When a contact of this sender ends by itself: None if it has ever sent a release."""
        return None if self.sender in self._lifters else RELEASE_AFTER_S

    def lifts(self) -> None:
        """This sender sends releases."""
        _remember(self._lifters, self.sender)

    @property
    def may_change_ports(self) -> bool:
        """Whether this sender may open and close ports: it is on this machine, or the rig allows others."""
        return self._remote_ports or is_loopback(self.sender)

    def later(self, address: str) -> Callable[[str, Value, str], None]:
        """How to answer this sender when it turns out afterwards what came of its message; any thread.

        Called with the name and the value of a state, and why the message was refused, or "".
        """
        sender = self.sender

        def answer(state: str, value: Value, refusal: str) -> None:
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
            _remember(self.listeners, self.sender)
        else:
            self.listeners.pop(self.sender, None)

    def reply(self, address: str, *arguments: Argument) -> None:
        """Answer this sender."""
        self._send(build(address, arguments), self.sender)


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


@dataclass(frozen=True)
class Entry:
    """An address that comes in.

    Attributes:
        address: in full; patterns are not matched.
        types: "iffi"; "f+" for one or more, "s?" for none or one, "*" for anything, which is ignored, "press"
            for anything, of which 0 says that a button was let go.
        arguments: what they are, for people.
        help: what it does, for people.
        call: does it: `call(context, *arguments)`. Raises ControlError, ParameterError or
            AddressError for what it refuses.
        answers: whether a refusal is answered too, and not only counted.
    """

    address: str
    types: str
    arguments: str
    help: str
    call: Callable[..., None]
    answers: bool = False

    @property
    def written_types(self) -> str:
        """The types as OSC people write them: `,iffi`, `,f..`, `,s or none`."""
        if self.types in ("*", "press"):
            return "any"
        if self.types.endswith("+"):
            return f",{self.types[:-1]}.."
        if self.types.endswith("?"):
            return f",{self.types[:-1]} or none"
        return f",{self.types}" if self.types else "none"

    def accept(self, tags: str, arguments: Sequence[Argument]) -> list[Argument]:
        """The arguments as the entry wants them; a number may come as another kind where nothing is lost.

        Raises:
            PacketError: too many, too few, or of the wrong type.
        """
        wanted = self.types
        if wanted == "*":
            return []
        if wanted == "press":
            return [not arguments or arguments[0] != 0]
        if wanted.endswith("+"):
            wanted = wanted[:-1] * max(1, len(tags))
        elif wanted.endswith("?"):
            wanted = wanted[:-1] if tags else ""
        if len(wanted) == len(tags):
            accepted = [_as(*pair) for pair in zip(wanted, arguments, strict=True)]
            if None not in accepted:
                return accepted  # type: ignore[return-value]
        raise PacketError(f"{self.address}: expected {self.written_types}, got ,{quoted(tags)[1:-1]}.")


def _as(wanted: str, argument: Argument) -> Argument | None:
    """`argument` as type `wanted`; None if it cannot be that."""
    if wanted == "s" or isinstance(argument, str):
        return argument if wanted == "s" and isinstance(argument, str) else None
    if wanted == "f":
        return None if isinstance(argument, bool) else float(argument)
    if isinstance(argument, float):
        return int(argument) if math.isfinite(argument) and argument.is_integer() else None
    return int(argument)


Table = Sequence[Entry]


def markdown(table: Table) -> str:
    """The table as the README shows it."""
    rows = [
        f"| `{entry.address}` | {_code(entry.written_types)} | {entry.arguments} | {entry.help} |"
        for entry in table
    ]
    return "\n".join(["| address | types | arguments | what it does |", "|---|---|---|---|", *rows])


def _code(types: str) -> str:
    return " ".join(f"`{word}`" if word.startswith(",") else word for word in types.split(" "))
