"""The table of OSC addresses: an entry says its types, what it does, and its line in the documentation.

A table is a tuple of entries. The receiver dispatches from it and the README is written from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.core.controls import Controls
from app.core.parameters import Value
from app.osc.packet import Argument, PacketError, quoted


class Later(Protocol):
    """Answers a message when it is known what came of it."""

    def __call__(self, state: str, value: Value, refusal: str = "") -> None:
        """Send `/ghostjam/state/STATE value`, or say why it was refused, if it was."""


class OscContext(Protocol):
    """What an entry can use: whose message it is, when it is, and where answers go."""

    controls: Controls
    time_s: float

    @property
    def release_after_s(self) -> float | None:
        """When a contact of this sender ends by itself: None if it has ever sent a release."""

    def lifts(self) -> None:
        """This sender sends releases."""

    @property
    def may_change_ports(self) -> bool:
        """Whether this sender may open and close ports."""

    def later(self, address: str) -> Later:
        """How to answer this sender afterwards."""

    def listen(self, on: bool) -> None:
        """Send this sender every change, or no longer."""

    def reply(self, address: str, *arguments: Argument) -> None:
        """Answer this sender."""


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


def by_address(table: Table) -> dict[str, Entry]:
    """The table as a dictionary."""
    return {entry.address: entry for entry in table}


def markdown(table: Table) -> str:
    """The table as the README shows it."""
    rows = [
        f"| `{entry.address}` | {_code(entry.written_types)} | {entry.arguments} | {entry.help} |"
        for entry in table
    ]
    return "\n".join(["| address | types | arguments | what it does |", "|---|---|---|---|", *rows])


def _code(types: str) -> str:
    return " ".join(f"`{word}`" if word.startswith(",") else word for word in types.split(" "))
