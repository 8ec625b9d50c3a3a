"""The easel: what happens when a pen draws, time passes, and the ghost answers. Pure: no display, no thread.

Positions are model units, times the window's clock. Everything a person does is a method; `step` lets time
pass. Strokes of both go to `play` as events, so that they sound and are recorded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.events import Event, Release, Source, Touch
from app.parameters import Settings
from app.sketch.sketcher import Drawn, End
from app.window.draw.artist import Answer, Answering, Ask, What
from app.window.draw.hand import Hand
from app.window.draw.marks import Mark, Page
from app.window.draw.modes import MODES, Begins, DrawMode, Look
from app.window.draw.place import to_fractions
from app.window.draw.table import temperatures
from models.manifest import Scale

FAST = 24.0  # times the pace when *fast* is on
REST_S = 0.9  # a finished drawing is looked at before the next begins
IDLE_LOOK_S = 1 / 15  # between two fans for a pen that rests
FAULT_S = 2.0  # a ghost that failed is left alone for so long
MOST_KEPT = 64
MOST_SAMPLES = 20_000  # of one stroke of a person: a pen that rests on its side

PLAYER, GHOST = Source.PLAYER, Source.GHOST


@dataclass(frozen=True)
class Kept:
    """A drawing that was kept. `number`: the first is 0."""

    number: int
    page: Page


@dataclass
class Ending:
    """One of several endings: how it goes on from the paper, and how far it is drawn."""

    drawn: Drawn
    page: Page
    hand: Hand


@dataclass
class Fan:
    """Futures of the pen, or the mixture of its next step. `tip`: from here."""

    answer: Answer
    tip: tuple[float, float]


@dataclass
class Turn:
    """Whose turn it is, in words, and what is left of the pause as a share."""

    big: str
    small: str
    left: float | None = None


_ENDED = {
    End.END: "is done",
    End.CAP: "stops: it would not end",
    End.STALL: "stops: it goes nowhere",
    End.CANVAS: "stops at the paper's edge",
}


class Easel:
    """The paper, the drawings kept beside it, and who draws.

    Args:
        settings: the live parameters of `table.draw_settings`.
        artist: answers for the ghost.
        scale: of its model.
        play: takes what is drawn, as events.
        another: called when another drawing comes onto the paper.

    Attributes:
        page: what is on the paper.
        kept: drawings beside it, the last `MOST_KEPT`.
        endings: while there are several to choose from.
        looks: answers to `Look` questions since `take_looks`.
        fault: what a person should know, "" if nothing.
    """

    def __init__(
        self, settings: Settings, artist: Answering, scale: Scale, play: Callable[[Event], None],
        another: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings, self._artist, self._play, self._another = settings, artist, play, another
        self.scale = scale
        self.page = Page()
        self.kept: deque[Kept] = deque(maxlen=MOST_KEPT)
        self.endings: list[Ending] = []
        self.looks: list[Fan] = []
        self.fault = ""
        self._n_kept = 0
        self._hand: Hand | None = None
        self._hand_s = 0.0  # when it began, by the clock of its ink
        self._drawn_end: End | None = None  # of what it draws
        self._drawn_with = (1.0, 1.0)  # the temperatures of that
        self._then: tuple[Drawn, tuple[float, float]] | None = None  # what it goes on with; temperatures
        self._asked: Ask | None = None
        self._fault_s = float("-inf")
        self._ticket = 0
        self._lifted_s: float | None = None  # when a person's last stroke ended, until the ghost answers
        self._ended_s = 0.0
        self._now_s: float | None = None
        self._look_s = float("-inf")
        self._look_out: Ask | None = None
        self._looked_at: object = None
        self._mode = settings.word("mode")

    @property
    def mode(self) -> DrawMode:
        """The mode there is."""
        return MODES[self._settings.word("mode")]

    @property
    def box(self) -> float:
        """Side of the paper, model units."""
        return self.scale.box

    @property
    def n_asked(self) -> int:
        """Grows whenever what the ghost was asked for is of no use any more."""
        return self._ticket

    @property
    def ghost_draws(self) -> bool:
        """Whether the ghost moves a pen."""
        return self._hand is not None

    @property
    def player_draws(self) -> bool:
        """Whether a person's pen is on the paper."""
        mark = self.page.open_mark
        return mark is not None and mark.source is PLAYER

    # --- what a person does -------------------------------------------------------------------------

    def pen_down(self, x: float, y: float, time_s: float, pressure: float = 1.0) -> None:
        """A pen touches the paper: whoever draws, now a person does."""
        self._interrupt(time_s)
        self._lifted_s = None
        mark = self.page.begin(PLAYER)
        mark.add(x, y, time_s, self.box, pressure)
        self._tell(mark, time_s, False, pressure)

    def pen_move(self, x: float, y: float, time_s: float, pressure: float = 1.0) -> None:
        """It moves."""
        mark = self.page.open_mark
        if mark is None or mark.source is not PLAYER or len(mark.ink) >= MOST_SAMPLES:
            return
        mark.add(x, y, time_s, self.box, pressure)
        self._tell(mark, time_s, True, pressure)

    def pen_up(self, time_s: float) -> None:
        """It is lifted."""
        mark = self.page.open_mark
        if mark is None or mark.source is not PLAYER:
            return
        mark.finish(self.scale)
        self._play(Release(time_s, PLAYER, 0))
        self._lifted_s = time_s

    def undo(self, time_s: float) -> None:
        """Take back the last stroke; the ghost stops."""
        self._lift_all(time_s)
        self.page.undo()
        self._lifted_s = None
        self._ended_s = time_s

    def clear(self, time_s: float) -> None:
        """An empty paper; nothing is kept."""
        self._lift_all(time_s)
        self._use(Page(n_changes=self.page.n_changes + 1), time_s)

    def next(self, time_s: float) -> None:
        """Keep the drawing, if there is one, and begin another."""
        self._lift_all(time_s)
        self._keep()
        self._use(Page(n_changes=self.page.n_changes + 1), time_s)

    def reopen(self, number: int, time_s: float) -> None:
        """Bring the kept drawing of this number back to the paper; the one there is kept."""
        page = next((kept.page.copy() for kept in self.kept if kept.number == number), None)
        if page is None:
            return
        self._lift_all(time_s)
        page.n_changes = self.page.n_changes + 1
        self._keep()
        self._use(page, time_s)

    def open(self, page: Page, time_s: float) -> None:
        """Put a drawing on the paper."""
        self._lift_all(time_s)
        page.n_changes = self.page.n_changes + 1
        self._use(page, time_s)

    def finish(self, time_s: float) -> None:
        """The ghost finishes now, without waiting."""
        if self._hand is None and not self.player_draws:
            self.endings = []
            self._request(What.COMPLETE if self.page.marks else What.FREE)

    def choose(self, number: int, time_s: float) -> None:
        """The ghost draws this one of the endings on the paper."""
        if number < len(self.endings):
            drawn = self.endings[number].drawn
            self._interrupt(time_s)
            self._lifted_s = None
            self._then = drawn, temperatures(self._settings)
            self._begin_next(time_s)

    def use_scale(self, scale: Scale, time_s: float) -> None:
        """Another model draws from here on; the drawing keeps its place on the paper."""
        self._lift_all(time_s)
        factor = scale.box / self.box
        self.scale = scale
        changes = self.page.n_changes
        self.page = self.page.scaled(factor)
        self.page.n_changes = changes + 1
        self.kept = deque((Kept(k.number, k.page.scaled(factor)) for k in self.kept), maxlen=MOST_KEPT)

    # --- time ---------------------------------------------------------------------------------------

    def step(self, now_s: float) -> None:
        """Let time pass until `now_s`: the ghost draws on, answers are taken, questions asked."""
        elapsed_s = 0.0 if self._now_s is None else max(0.0, now_s - self._now_s)
        self._now_s = now_s
        self._follow_mode(now_s)
        for answer in self._artist.answers():
            self._take(answer, now_s)
        if not self._settings.is_on("pause"):
            pace = self._pace()
            if self._hand is not None:
                self._draw_on(self._hand, elapsed_s * pace, now_s)
            for ending in self.endings:
                self._draw_ending(ending, elapsed_s * pace)
            self._follow_temperatures()
            self._begin_if_time(now_s)
        self._look(now_s)

    def take_looks(self) -> list[Fan]:
        """The fans and mixtures that came since the last call."""
        found, self.looks = self.looks, []
        return found

    def turn(self, now_s: float) -> Turn:
        """Whose turn it is."""
        mode, page = self.mode, self.page
        if self._settings.is_on("pause"):
            return Turn("paused", "")
        if self.player_draws:
            return Turn("you", "draw")
        if self._hand is not None:
            return Turn("ghost", "draws alone" if mode.begins is Begins.ALONE and not page.has_player
                        else "goes on")
        if self.endings:
            return Turn("choose", "tap an ending, or draw on")
        if page.end is not None:
            return Turn("ghost", _ENDED[page.end])
        if not page.marks and mode.begins is not Begins.ALONE:
            return Turn("draw", "a stroke or two")
        if mode.begins is Begins.NEVER:
            return Turn("draw", "on, or let the ghost finish: Enter")
        left = None
        if self._lifted_s is not None and self._asked is None:
            left = 1.0 - min(1.0, max(0.0, now_s - self._lifted_s) / self._settings.number("threshold_s"))
        return Turn("listening", "", left)

    def end(self, now_s: float) -> None:
        """Nobody draws any more."""
        self._lift_all(now_s)

    # --- the ghost ----------------------------------------------------------------------------------

    def _pace(self) -> float:
        fast = FAST if self._settings.is_on("fast") else 1.0
        return self.mode.pace * fast / self._settings.number("timescale")

    def _follow_mode(self, now_s: float) -> None:
        """In another mode what was under way for the old one ends; the drawing stays."""
        name = self._settings.word("mode")
        if name == self._mode:
            return
        self._mode = name
        if self.player_draws:
            return
        self._interrupt(now_s)
        last = self.page.marks[-1] if self.page.marks else None
        if last is not None and last.source is PLAYER:
            self._lifted_s = now_s
        self._ended_s = now_s

    def _interrupt(self, time_s: float) -> None:
        """The ghost lifts its pen where it is; what it was asked for is of no use any more."""
        self._ticket += 1
        self._asked, self._hand, self._then, self.endings = None, None, None, []
        mark = self.page.open_mark
        if mark is not None and mark.source is GHOST:
            tip = mark.ink[-1]
            if not mark.corners or mark.corners[-1] != (tip.x, tip.y):
                mark.corners.append((tip.x, tip.y))
            mark.finish(self.scale)
            self._play(Release(time_s, GHOST, 0))

    def _lift_all(self, time_s: float) -> None:
        if self.player_draws:
            self.pen_up(time_s)
        self._interrupt(time_s)

    def _use(self, page: Page, time_s: float) -> None:
        self.page = page
        self._lifted_s, self._ended_s = None, time_s
        self._another()

    def _keep(self) -> None:
        if self.page.marks:
            self.kept.append(Kept(self._n_kept, self.page.copy()))
            self._n_kept += 1

    def _request(self, what: What) -> None:
        """Ask for something to draw; an answer to what was asked before will not be taken."""
        self._ticket += 1
        self._asked = self._question(what)
        self._artist.ask(self._asked)

    def _question(self, what: What) -> Ask:
        mark = self.page.open_mark
        drawing = mark.drawn() if mark is not None and mark.source is PLAYER else None
        return Ask(
            what, self._ticket, self.page.heard(), mark is not None and mark.source is GHOST, drawing,
            temperatures(self._settings), self.box, self.mode.n_endings,
        )  # fmt: skip

    def _take(self, answer: Answer, now_s: float) -> None:
        if answer.ask.what.is_look:
            if answer.ask is self._look_out:
                self._look_out = None
            if answer.ask.tip is not None and not answer.fault:
                self.looks.append(Fan(answer, answer.ask.tip))
        elif answer.ask is self._asked:
            if answer.drawn is None:
                self._interrupt(now_s)
                self._lifted_s, self._fault_s = None, now_s
            elif answer.ask.what is What.ENDINGS:
                self._add_ending(answer.drawn)
                if len(self.endings) == answer.ask.n_endings:
                    self._asked = None
            else:
                self._asked, self._then = None, (answer.drawn, answer.ask.temperatures)
                if self._hand is None or self._hand.is_done:
                    self._begin_next(now_s)
        if answer.fault:
            self.fault = answer.fault

    def _begin_next(self, now_s: float) -> None:
        """The ghost begins to draw what waits, or goes on with it."""
        if self._then is None:
            return
        (drawn, self._drawn_with), self._then = self._then, None
        mark = self.page.open_mark
        self._drawn_end = drawn.end
        self._hand = Hand(drawn.points, self._start(drawn, self.page), mark is not None, self.box)
        self._hand_s = mark.ink[-1].time_s if mark is not None else now_s
        if self._hand.is_done:
            self._stopped(now_s)

    def _start(self, drawn: Drawn, page: Page) -> tuple[float, float]:
        """Where the pen is; before the first stroke such that the drawing will be in the middle."""
        if page.marks:
            return page.marks[-1].corners[-1]
        places = np.cumsum(drawn.points[:, :2], axis=0) if len(drawn.points) else np.zeros((1, 2))
        middle = (places.min(axis=0) + places.max(axis=0)) / 2
        return self.box / 2 - float(middle[0]), self.box / 2 - float(middle[1])

    def _draw_on(self, hand: Hand, elapsed_s: float, now_s: float) -> None:
        mark: Mark | None = self.page.open_mark
        passed = hand.advance(elapsed_s)
        for count, index in enumerate(passed, start=1):
            begun = mark is None or bool(hand.path.begins[index])
            mark = self._pass(self.page, hand, index, mark, self._hand_s)
            lifts = bool(hand.path.lifts[index])
            if begun or lifts or count == len(passed):
                self._tell(mark, now_s, not begun, 1.0)
            if lifts:
                self._play(Release(now_s, GHOST, 0))
                mark = None
        if hand.is_done:
            self._stopped(now_s)

    def _pass(self, page: Page, hand: Hand, index: int, mark: Mark | None, start_s: float) -> Mark:
        """Draw one place of the hand's path onto a page; returns the stroke it belongs to."""
        path = hand.path
        x, y = (float(v) for v in path.places[index])
        if mark is None or path.begins[index]:
            mark = page.begin(GHOST)
        # The hand's own clock: how broad the ink is does not depend on pace or frames.
        mark.add(x, y, start_s + float(path.time_s[index]), self.box)
        mark.corners += [(x, y)] * hand.pass_point(index)
        if path.lifts[index]:
            mark.finish(self.scale)
        return mark

    def _stopped(self, now_s: float) -> None:
        """The hand has drawn what it had: it goes on with what it is asked for, or ends."""
        if self._then is not None:
            self._begin_next(now_s)
        elif self._asked is None:
            self._interrupt(now_s)
            self.page.end = self._drawn_end
            self._lifted_s, self._ended_s = None, now_s

    def _add_ending(self, drawn: Drawn) -> None:
        page = self.page.copy()
        hand = Hand(drawn.points, self._start(drawn, page), False, self.box)
        self.endings.append(Ending(drawn, page, hand))

    def _draw_ending(self, ending: Ending, elapsed_s: float) -> None:
        for index in ending.hand.advance(elapsed_s):
            self._pass(ending.page, ending.hand, index, ending.page.open_mark, 0.0)
        if ending.hand.is_done:
            ending.page.end = ending.drawn.end

    def _follow_temperatures(self) -> None:
        """Another temperature: the ghost goes on from its next point with it."""
        hand = self._hand
        if hand is None or hand.is_done or self._drawn_with == temperatures(self._settings):
            return
        self._drawn_with = temperatures(self._settings)
        index = hand.stop_at_next_point()
        if index is None:
            return
        strokes, place = self.page.heard(), hand.path.places[index].astype(np.float32)
        if self.page.open_mark is None or hand.path.begins[index]:
            strokes.append(place[None])
        else:
            strokes[-1] = np.concatenate([strokes[-1], place[None]])
        self._ticket += 1
        self._then = None
        self._asked = Ask(
            What.COMPLETE, self._ticket, strokes, not hand.path.lifts[index], None, self._drawn_with, self.box
        )
        self._artist.ask(self._asked)

    def _begin_if_time(self, now_s: float) -> None:
        mode = self.mode
        if self._hand is not None or self._asked is not None or self.player_draws or self.endings:
            return
        if now_s - self._fault_s < FAULT_S:
            return
        patience_s = self._settings.number("threshold_s")
        waited = self._lifted_s is not None and now_s - self._lifted_s >= patience_s
        if mode.begins is Begins.AFTER_PAUSE and waited:
            self._request(What.ENDINGS if mode.n_endings else What.COMPLETE)
        elif mode.begins is Begins.ALONE:
            fast = self._settings.is_on("fast")
            rest_s = REST_S * (0.25 if fast else self._settings.number("timescale"))
            if self.page.end is not None and now_s - self._ended_s >= rest_s:
                self.next(now_s)
            if not self.page.marks:
                self._request(What.FREE)
            elif self.page.end is None and (self._lifted_s is None or waited):
                self._request(What.COMPLETE)

    def _look(self, now_s: float) -> None:
        look = self.mode.look
        if look is Look.NOTHING or self._look_out is not None or not self.page.marks:
            return
        if self.page.end is not None:
            return
        last = self.page.marks[-1]
        n_places = len(last.ink) if last.source is PLAYER else len(last.corners)
        where = (look, self.page.n_changes, len(self.page.marks), n_places, last.is_open,
                 temperatures(self._settings))
        if where == self._looked_at and (look is Look.INSIDE or now_s - self._look_s < IDLE_LOOK_S):
            return
        ask = self._question(What.FAN if look is Look.FAN else What.INSIDE)
        if ask.tip is None:
            return
        self._looked_at, self._look_s, self._look_out = where, now_s, ask
        self._artist.ask(ask)

    def _tell(self, mark: Mark, time_s: float, moving: bool, pressure: float) -> None:
        x, y = to_fractions(mark.ink[-1].x, mark.ink[-1].y, self.box)
        self._play(Touch(time_s, mark.source, 0, x, y, moving, pressure))
