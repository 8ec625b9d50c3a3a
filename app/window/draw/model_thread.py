"""The thread that owns the ghost. The window asks; answers come when they come.

Why a thread of its own: a frame has 16.7 ms. Drawing one takes a good part of that, a fan 3 to 5 ms, nine
endings a quarter of a second, and a slow machine takes all of it twice. In a thread of its own the model
takes no frame from the hand that draws: LiteRT lets go of the interpreter lock while it computes. What is
seen of an answer is made here too. What is asked carries the whole drawing, so that nothing has to be kept in
step: undo, taking over and another model are ordinary questions. The ghost's state after the finished strokes
is kept, and what was heard already is not heard again.

For each kind of question there is one slot, and a newer question takes the place of one that waits: a fan for
where the pen was is of no use.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
from collections import deque
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.sketch.bounds import CanvasEdges
from app.sketch.sketcher import Points, Sketcher, Snapshot
from app.window.draw.requests import Request, RequestKind, Response
from models.growing import Growing
from models.strokes import DRAW, to_points

logger = logging.getLogger(__name__)

END_S = 1.0  # for what is being computed when the window closes
N_FUTURES, FUTURE_POINTS = 32, 16
NICE = 5  # of the thread: it gets a third of what the window gets, when both want all


class _Kept(NamedTuple):
    """What was heard last: where it began, from the middle of the paper, its points, the state after them."""

    start: tuple[float, float] | None
    points: bytes
    state: Snapshot


class ModelThread:
    """Owns a sketcher from `start` on.

    Args:
        sketcher: draws; not to be used by another thread any more.
    """

    def __init__(self, sketcher: Sketcher) -> None:
        self._sketcher = sketcher
        self._kept: _Kept | None = None
        self._growing = Growing(sketcher.scale.epsilon)
        self._waiting: dict[bool, Request] = {}  # by whether it is only a look
        self._next: Sketcher | None = None
        self._answers: deque[Response] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="model", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more; returns when the thread has ended, or after a second."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(END_S)

    def use(self, sketcher: Sketcher) -> None:
        """Another model answers from here on; what waits is forgotten."""
        with self._changed:
            self._next = sketcher
            self._waiting.clear()
            self._changed.notify()

    def ask(self, request: Request) -> None:
        """Ask; never blocks. It takes the place of what waits of its kind."""
        with self._changed:
            self._waiting[request.what.is_preview] = request
            self._changed.notify()

    def answers(self) -> list[Response]:
        """What came since the last call."""
        found = []
        while self._answers:
            found.append(self._answers.popleft())
        return found

    def _run(self) -> None:
        if sys.platform.startswith("linux"):  # where that is of one thread; on a busy machine the window wins
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        while True:
            with self._changed:
                while not (self._closing or self._waiting or self._next):
                    self._changed.wait()
                if self._closing:
                    return
                if self._next is not None:
                    self._sketcher, self._next, self._kept = self._next, None, None
                    continue
                request = self._waiting.pop(False, None) or self._waiting.pop(True)
            self.answer(request)

    def answer(self, request: Request) -> None:
        """Work one question out; what is found is among the `answers`."""
        try:
            self._work(request)
        except Exception as error:  # a model file is foreign code: whatever it raises, one can draw on
            logger.debug("model thread: %s failed", request.what, exc_info=error)
            self._kept = None
            self._answers.append(Response(request, fault=f"The ghost failed: {error}"))

    def _work(self, request: Request) -> None:
        sketcher, start_s = self._sketcher, time.perf_counter()
        sketcher.pi_temperature, sketcher.sigma_temperature = request.temperatures
        if request.what is RequestKind.FREE:
            self._kept = None
            self._answers.append(Response(request, drawn=sketcher.free()))
            return
        self._hear(request)
        if request.what.is_preview:
            if request.what is RequestKind.FAN:
                answer = Response(request, futures=sketcher.fan(N_FUTURES, FUTURE_POINTS))
            else:
                answer = Response(request, mixture=sketcher.ghost.mixture(), units=_units(sketcher))
            seconds = time.perf_counter() - start_s
            seen = request.show(answer) if request.show is not None else None
            self._answers.append(replace(answer, seen=seen, seconds=seconds))
        elif request.what is RequestKind.COMPLETE:
            self._answers.append(Response(request, drawn=sketcher.complete()))
        else:
            self._endings(request)

    def _endings(self, request: Request) -> None:
        """One after the other, so that the first is seen while the others are still to come."""
        for _ in range(request.n_endings):
            if False in self._waiting or self._next or self._closing:
                return
            self._answers += [Response(request, drawn=drawn) for drawn in self._sketcher.endings(1)]

    def _hear(self, request: Request) -> None:
        """Bring the ghost to where the drawing is."""
        sketcher, scale = self._sketcher, self._sketcher.scale
        strokes, n_before = [*request.strokes], sum(len(stroke) for stroke in request.strokes)
        if request.drawing is not None:
            if self._growing.epsilon != scale.epsilon:
                self._growing = Growing(scale.epsilon)
            strokes.append(self._growing.heard(request.drawing))
            n_before += self._growing.n_settled
        points = to_points(strokes, scale.first, end=False)
        if len(points) and request.is_down:
            points[-1, 2] = DRAW
        start = None
        if strokes:  # the paper as the sketcher sees it: from where the drawing started
            x, y = (float(v) for v in strokes[0][0] - points[0, :2])
            start = x - request.box / 2, y - request.box / 2
        self._hear_before(points[:n_before], start)
        if strokes:
            sketcher.canvas = CanvasEdges.around((x, y), (request.box, request.box))
        if len(points) > n_before:
            sketcher.hear(points[n_before:])

    def _hear_before(self, points: Points, start: tuple[float, float] | None) -> None:
        """Hear what will not change while the pen goes on; what begins as before is not heard again."""
        sketcher, key, kept = self._sketcher, points.tobytes(), self._kept
        n_heard = 0
        if kept is not None and kept.start == start and key.startswith(kept.points):
            sketcher.restore(kept.state)
            n_heard = len(kept.points) // points.strides[0]
        else:
            sketcher.reset(start=start)
        if len(points) > n_heard:
            sketcher.hear(points[n_heard:])
        self._kept = _Kept(start, key, sketcher.snapshot())


def _units(sketcher: Sketcher) -> NDArray[np.float32]:
    """The units of each layer after everything heard."""
    ghost = sketcher.ghost
    before = ghost.state
    ghost.feed(np.zeros((1, len(ghost.columns)), np.float32))  # the last event goes in with the next one
    units = ghost.state.tensor[:-1, 0, 0]
    ghost.state = before
    return units
