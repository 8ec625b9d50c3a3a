"""The words for whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.parameters import Settings
from app.core.turn_words import GHOST_PAUSED
from app.sketch.sketcher import End
from app.window.draw.draw_controller import DrawController
from app.window.draw.modes import Begins

ENDED = {
    End.END: "is done",
    End.CAP: "stops: it would not end",
    End.STALL: "stops: it goes nowhere",
    End.CANVAS: "stops at the paper's edge",
}


@dataclass(frozen=True)
class Turn:
    """One large word, some small ones, and what is left of a pause: 1 to 0, None while there is none."""

    big: str
    small: str
    left: float | None = None


def turn_of(controller: DrawController, settings: Settings, now_s: float) -> Turn:
    """Whose turn it is."""
    begins, page = controller.mode.begins, controller.page
    if controller.player_draws:
        return Turn("you", GHOST_PAUSED if settings.is_on("pause") else "draw")
    if settings.is_on("pause"):
        return Turn("paused", "")
    if controller.ghost_turn.draws:
        alone = begins is Begins.ALONE and not page.has_player
        return Turn("ghost", "draws alone" if alone else "goes on")
    if controller.ghost_turn.endings:
        return Turn("choose", "tap an ending, or draw on")
    if page.end is not None:
        return Turn("ghost", ENDED[page.end])
    if not page.marks and begins is not Begins.ALONE:
        return Turn("draw", "a stroke or two")
    waits = controller.lifted_s is not None or controller.ghost_turn.asked is not None
    if begins is Begins.NEVER or (begins is Begins.AFTER_PAUSE and not waits):
        return Turn("draw", "on, or let the ghost finish")
    left = None
    if controller.lifted_s is not None and controller.ghost_turn.asked is None:
        left = 1.0 - min(1.0, max(0.0, now_s - controller.lifted_s) / settings.number("threshold_s"))
    return Turn("listening", "", left)
