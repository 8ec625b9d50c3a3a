"""The dialects of OSC that we speak: what comes in, and how events and states go out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.events import Event
from app.core.parameters import Value
from app.osc import ghostjam, impsy, robojam
from app.osc.table import Table


@dataclass(frozen=True)
class Profile:
    """A dialect.

    Attributes:
        name: as `--osc-profile` takes it.
        plays: what a player can play with it: some of "touches", "notes" and "values".
        table: what comes in.
        encode: the datagram of an event; None for what the dialect has no message for.
        encode_state: the datagram of a parameter that changed; None likewise.
    """

    name: str
    plays: frozenset[str]
    table: Table
    encode: Callable[[Event], bytes | None]
    encode_state: Callable[[str, Value], bytes | None]


def _nothing(name: str, value: Value) -> None:
    """This dialect does not tell its parameters."""


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            "ghostjam", frozenset({"touches", "notes", "values"}),
            ghostjam.table(), ghostjam.encode, ghostjam.encode_state,
        ),
        Profile("impsy", frozenset({"values"}), impsy.table(), impsy.encode, _nothing),
        Profile(
            "robojam", frozenset({"touches"}), robojam.table(), robojam.encode, robojam.encode_state
        ),
    )
}  # fmt: skip
