"""The modes as data: which of player and ghost plays when. Every mode is a row of this table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Begins(Enum):
    """What makes the ghost begin to play."""

    NEVER = auto()
    AFTER_SILENCE = auto()  # the player's phrase ended `threshold_s` ago
    WITH_PLAYER = auto()  # the player's first event
    ALONE = auto()  # nothing: it plays from the start
    EACH_ROUND = auto()  # a round of `loop_s` ended


FIRST_REPEAT = 8  # in loop mode ghost voices from here on are the player's own phrases, come back


@dataclass(frozen=True)
class Mode:
    """One way to play together.

    Attributes:
        name: as in settings, messages and on screen.
        begins: what makes the ghost begin.
        hears: the ghost's memory takes in what the player plays.
        yields: a touch silences the ghost at once.
        branches: the ghost plays on a copy of its memory of the player, so that what it plays itself is not
            remembered, and turns to what the player did last with every chunk. Otherwise what it
            really played is remembered like what the player did.
        judges: what the ghost plays is chosen among several proposals, which it has the time to make.
        chunk_events: how many events are sampled ahead at a time; short where the ghost must turn quickly.
        help: who plays when, in a sentence.
        you, ghost: on screen, what the player or the ghost does while it is its turn.
        parameters: those that mean something in this mode only.
        first_repeat: ghost voices from here on repeat what the player played; None where nothing repeats.
        impsy: what IMPSY calls it, "" if it has nothing like it.
    """

    name: str
    begins: Begins
    hears: bool
    yields: bool
    branches: bool
    judges: bool = False
    chunk_events: int = 16
    help: str = ""
    you: str = "play"
    ghost: str = ""
    parameters: tuple[str, ...] = ()
    first_repeat: int | None = None
    impsy: str = ""


_TABLE = (
    Mode(
        "call", Begins.AFTER_SILENCE, hears=True, yields=True, branches=False, judges=True,
        help="you play a phrase and stop; after a silence (the knob patience) the ghost answers, "
        "about as long, and it is your turn",
        ghost="answers", parameters=("threshold_s", "reply_s"), impsy="callresponse",
    ),
    Mode(
        "duet", Begins.WITH_PLAYER, hears=True, yields=False, branches=True, chunk_events=4,
        help="both at once, the ghost always going on from what you did last",
        you="play together", ghost="plays with you", impsy="polyphony",
    ),
    Mode(
        "solo", Begins.ALONE, hears=False, yields=False, branches=False, judges=True,
        help="the ghost plays alone, in the manner of what you last played",
        you="play along", ghost="plays alone", impsy="battle",
    ),
    Mode(
        "listen", Begins.NEVER, hears=False, yields=False, branches=False,
        help="only you; everything is still recorded and sent", impsy="useronly",
    ),
    Mode(
        "loop", Begins.EACH_ROUND, hears=True, yields=True, branches=True,
        help="a phrase of fixed length goes round, and the ghost lays its replies over it",
        you="play a phrase", ghost="layers", parameters=("loop_s",), first_repeat=FIRST_REPEAT,
    ),
)  # fmt: skip

MODES: dict[str, Mode] = {mode.name: mode for mode in _TABLE}
IMPSY_MODES: dict[str, str] = {mode.impsy: mode.name for mode in _TABLE if mode.impsy}
