"""Asking the ghost what it has in mind, once for every place of the pen, and no more than it can answer."""

from __future__ import annotations

from app.events import Source
from app.parameters import Settings
from app.window.draw.artist import Answer, Answering, Ask, What
from app.window.draw.easel import Easel
from app.window.draw.modes import Look
from app.window.draw.table import temperatures

IDLE_S = 1 / 15  # between two fans for a pen that rests
LOST_S = 1.0  # an answer that does not come is waited for no longer: another question took its place


class Looking:
    """Asks while somebody draws.

    Args:
        easel: what is drawn.
        artist: answers.
        settings: the live parameters.
    """

    def __init__(self, easel: Easel, artist: Answering, settings: Settings) -> None:
        self._easel, self._artist, self._settings = easel, artist, settings
        self._asked: Ask | None = None
        self._asked_s = float("-inf")
        self._where: object = None

    def step(self, now_s: float) -> list[Answer]:
        """Ask if there is something to ask; the answers that came and still fit the mode."""
        answers = self._easel.take_looks()
        if any(answer.ask is self._asked for answer in answers) or now_s - self._asked_s > LOST_S:
            self._asked = None
        what = {Look.FAN: What.FAN, Look.INSIDE: What.INSIDE}.get(self._easel.mode.look)
        if what is not None and self._asked is None and self._is_time(what, now_s):
            ask = self._easel.question(what)
            if ask.tip is not None:
                self._asked, self._asked_s = ask, now_s
                self._artist.ask(ask)
        changes = self._easel.page.n_changes
        return [a for a in answers if a.ask.what is what and not a.fault and a.ask.n_changes == changes]

    def _is_time(self, what: What, now_s: float) -> bool:
        page = self._easel.page
        if not page.marks or page.end is not None:
            return False
        last = page.marks[-1]
        n_places = len(last.ink) if last.source is Source.PLAYER else len(last.corners)
        where = (what, page.n_changes, len(page.marks), n_places, last.is_open, temperatures(self._settings))
        if where == self._where and (what is What.INSIDE or now_s - self._asked_s < IDLE_S):
            return False
        self._where = where
        return True
