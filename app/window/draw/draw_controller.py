"""The pure core of the drawing canvas: pens, time and answers of the ghost in, strokes out. No thread.

Positions are model units, times the window's clock. Everything a person does is a method; `step` lets time
pass. Strokes of both go to `play` as events, so that they sound and are recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from app.core.events import Event, Release, Source
from app.core.parameters import ParameterError, Settings
from app.window.draw.ghost_turn import GhostTurn
from app.window.draw.kept_drawings import Kept
from app.window.draw.model_thread import ModelThread
from app.window.draw.modes import MODES, Begins, DrawMode
from app.window.draw.paper_strokes import Page
from app.window.draw.requests import Request, RequestKind
from app.window.draw.table import temperatures
from models.manifest import Scale

FAST = 24.0  # times the pace when *fast* is on
REST_S, FAST_REST_S = 0.9, 0.25  # a finished drawing is looked at before the next begins
FAULT_S = 2.0  # a ghost that failed is left alone for so long
MOST_SAMPLES = 20_000  # of one stroke of a person: a pen that something lies on


class DrawController:
    """The paper, the drawings kept beside it, and who draws.

    Args:
        settings: the live parameters of `table.draw_settings`.
        model_thread: answers for the ghost.
        scale: of its model.
        play: takes what is drawn, as events.
        another: called when another drawing comes onto the paper, with whether the one before is kept.

    Attributes:
        page: what is on the paper.
        kept: drawings beside it, oldest first.
        model: the name of the model that draws.
        lifted_s: when a person's last stroke ended, until the ghost answers it; None: nothing to answer.
        ghost_turn: the ghost.
    """

    def __init__(
        self,
        settings: Settings,
        model_thread: ModelThread,
        scale: Scale,
        play: Callable[[Event], None],
        another: Callable[[bool], None],
    ) -> None:
        self._settings, self._play, self._another = settings, play, another
        self.ghost_turn = GhostTurn(model_thread, play)
        self.scale = scale
        self.page = Page()
        self.kept: list[Kept] = []
        self.model = settings.word("model")
        self.lifted_s: float | None = None
        self._ended_s = float("-inf")
        self._now_s: float | None = None
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
    def player_draws(self) -> bool:
        """Whether a person's pen is on the paper."""
        mark = self.page.open_mark
        return mark is not None and mark.source is Source.PLAYER

    # --- what a person does -------------------------------------------------------------------------

    def pen_down(self, x: float, y: float, time_s: float, pressure: float = 1.0) -> None:
        """A pen touches the paper: whoever drew, now a person does."""
        self._lift_all(time_s)
        self.lifted_s = None
        mark = self.page.begin(Source.PLAYER)
        mark.add(x, y, time_s, self.box, pressure)
        self._play(mark.touch(time_s, self.box))

    def pen_move(self, x: float, y: float, time_s: float, pressure: float = 1.0) -> None:
        """It moves."""
        mark = self.page.open_mark
        if mark is not None and mark.source is Source.PLAYER and len(mark.ink) < MOST_SAMPLES:
            mark.add(x, y, time_s, self.box, pressure)
            self._play(mark.touch(time_s, self.box))

    def pen_up(self, time_s: float) -> None:
        """It is lifted."""
        mark = self.page.open_mark
        if mark is not None and mark.source is Source.PLAYER:
            mark.finish(self.scale)
            self._play(Release(time_s, Source.PLAYER, 0))
            self.lifted_s = time_s

    def undo(self, time_s: float) -> None:
        """Take back the last stroke; the ghost stops."""
        self._lift_all(time_s)
        self.page.undo()
        self.lifted_s, self._ended_s = None, time_s

    def clear(self, time_s: float) -> None:
        """An empty paper; nothing is kept, nor recorded."""
        self.open(Page(), time_s, keeps_last=False)

    def next(self, time_s: float) -> None:
        """Keep the drawing, if there is one, and begin another."""
        self._lift_all(time_s)
        self._keep()
        self.open(Page(), time_s)

    def reopen(self, number: int, time_s: float) -> None:
        """Bring the kept drawing of this number back, and its model; the one on the paper is kept."""
        if not 0 <= number < len(self.kept):
            return
        kept = self.kept[number]
        self._lift_all(time_s)
        self._keep()
        self.open(kept.page.copy().scaled(self.box / kept.box), time_s)
        with suppress(ParameterError):  # a model that is gone: another goes on with the drawing
            self._settings.set("model", kept.model)

    def open(self, page: Page, time_s: float, *, keeps_last: bool = True) -> None:
        """Put a drawing on the paper; the recording of the one before stays if there is anything on it."""
        self._lift_all(time_s)
        is_kept = keeps_last and bool(self.page.marks)
        page.n_changes = self.page.n_changes + 1
        self.page = page
        self.lifted_s, self._ended_s = None, time_s
        self._another(is_kept)

    def finish(self, time_s: float) -> None:
        """The ghost finishes now, without waiting."""
        self._follow_mode(time_s)  # chosen in this very frame: to follow it later would end what begins
        if not self.ghost_turn.draws and not self.player_draws:
            self.ghost_turn.stop(time_s)
            self.ghost_turn.ask(self.question(self._what()))

    def choose(self, number: int, time_s: float) -> None:
        """The ghost draws this one of the endings on the paper."""
        if number < len(self.ghost_turn.endings):
            drawn = self.ghost_turn.endings[number].drawn
            self.ghost_turn.stop(time_s)
            self.lifted_s = None
            self.ghost_turn.begin(self.page, drawn, temperatures(self._settings), self.scale, time_s)

    def use_model(self, name: str, scale: Scale, time_s: float) -> None:
        """Another model draws from here on; the drawing keeps its place on the paper."""
        self._lift_all(time_s)
        factor, n_changes = scale.box / self.box, self.page.n_changes
        self.model, self.scale = name, scale
        self.page = self.page.scaled(factor)
        self.page.n_changes = n_changes + 1

    def end(self, now_s: float) -> None:
        """Nobody draws any more."""
        self._lift_all(now_s)
        self._another(bool(self.page.marks))

    # --- time ---------------------------------------------------------------------------------------

    def step(self, now_s: float) -> None:
        """Let time pass until `now_s`: the ghost draws on, answers are taken, questions asked."""
        elapsed_s = 0.0 if self._now_s is None else max(0.0, now_s - self._now_s)
        self._now_s = now_s
        self._follow_mode(now_s)
        if self.ghost_turn.take(self.page, self.scale, now_s):
            self.lifted_s = None
        if self._settings.is_on("pause"):
            return
        end = self.ghost_turn.advance(elapsed_s * self._pace(), now_s, temperatures(self._settings), self.box)
        if end is not None:
            self.page.end, self._ended_s = end, now_s
        self._begin_if_time(now_s)

    def question(self, what: RequestKind) -> Request:
        """A question about the drawing as it is."""
        mark = self.page.open_mark
        by_player = mark is not None and mark.source is Source.PLAYER
        return Request(
            what, self.page.heard(), mark is not None and not by_player,
            mark.drawn() if mark is not None and by_player else None,
            temperatures(self._settings), self.box, self.mode.n_endings, self.page.n_changes,
        )  # fmt: skip

    # --- the ghost ----------------------------------------------------------------------------------

    def _what(self) -> RequestKind:
        """What the ghost is asked for when it is its turn."""
        if not self.page.marks:
            return RequestKind.FREE
        return RequestKind.ENDINGS if self.mode.n_endings else RequestKind.COMPLETE

    def _pace(self) -> float:
        fast = FAST if self._settings.is_on("fast") else 1.0
        return self.mode.pace * fast / self._settings.number("timescale")

    def _follow_mode(self, now_s: float) -> None:
        """In another mode what was under way for the old one ends; the drawing stays."""
        name = self._settings.word("mode")
        if name == self._mode:
            return
        self._mode = name
        if not self.player_draws:
            self.ghost_turn.stop(now_s)
            last = self.page.marks[-1] if self.page.marks else None
            self.lifted_s = now_s if last is not None and last.source is Source.PLAYER else None
            self._ended_s = now_s

    def _keep(self) -> None:
        """Keep a copy of the drawing, if there is anything on the paper."""
        if self.page.marks:
            self.kept.append(Kept(self.page.copy(), self.box, self.model))

    def _lift_all(self, time_s: float) -> None:
        self.pen_up(time_s)
        self.ghost_turn.stop(time_s)

    def _begin_if_time(self, now_s: float) -> None:
        mode, page = self.mode, self.page
        if not self.ghost_turn.is_idle or self.player_draws:
            return
        if mode.begins is Begins.NEVER or now_s - self.ghost_turn.failed_s < FAULT_S:
            return
        if mode.begins is Begins.ALONE and page.end is not None:
            is_fast = self._settings.is_on("fast")
            rest_s = FAST_REST_S if is_fast else REST_S * self._settings.number("timescale")
            if now_s - self._ended_s >= rest_s:
                self.next(now_s)
            return
        patience_s = self._settings.number("threshold_s")
        waited = self.lifted_s is not None and now_s - self.lifted_s >= patience_s
        if waited or (mode.begins is Begins.ALONE and self.lifted_s is None):
            self.ghost_turn.ask(self.question(self._what()))
