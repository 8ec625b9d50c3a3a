"""Events become strokes: ink along a smoothed path, haze around it, and a glowing head at its tip.

Nothing is kept of a stroke but its last two points. Ink runs on curves between the middles of the
pieces, so that fast strokes have no corners; the last half piece is drawn straight and taken back
when the next event tells where the path goes, so the tip is always where the finger is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.core.events import Event, Release, Source, Touch, Values
from app.pictures.live.deposit import Deposit, Point
from app.pictures.live.fading_light import FadingLight, to_light
from app.pictures.palette import Colour, Palette

INK_DECAY_S = 4.0
HAZE_DECAY_S = 0.9
INK_SIGMA = 0.0029  # half width of ink at middling speed, fraction of the canvas height
HAZE_SIGMA = 0.021  # half width of the haze around fresh ink, fraction of the canvas height
HAZE_STRENGTH = 0.16
LEAST_INK_SIGMA_PX = 0.72  # thinner than this, a stroke breaks into dots
HEAD_FADE_S = 0.45  # how long a head glows on after its finger has left
GHOST_HOLD_S = 4.0  # a ghost's head that nothing moves fades after this, should its release be lost
VALUES_VOICE = 1000  # strokes of controller values have voices from here on
MIDDLING_SPEED = 0.7  # canvas heights per second at which ink has strength 1

BEND_PX = 0.16  # how far a curve's pieces may stray from it

Key = tuple[Source, int]


@dataclass
class Head:
    """Where a voice is now. `x`, `y` fractions of the canvas; `glow` 0 to 1."""

    colour: Colour
    x: float
    y: float
    time_s: float
    held: bool = True
    glow: float = 1.0


@dataclass
class _Pen:
    light: NDArray[np.float32]
    at: Point  # fractions of the canvas
    last: Point  # the same in pixels of the ink
    middle: Point  # where the smoothed path ends
    time_s: float
    strength: float = 1.2
    moved: bool = False
    bent: list[Point] = field(default_factory=list)  # of the smoothed path, since the last frame
    strengths: list[float] = field(default_factory=list)  # of its pieces
    passed: list[Point] = field(default_factory=list)  # the events themselves, since the last frame
    tip: Deposit | None = None  # the last half piece, until the path goes on
    tip_fade: float = 1.0


class Strokes:
    """Draws events onto an ink and a haze field, and knows the heads.

    Args:
        palette: whose colours to use.
        ink, haze: the fields, of the same shape but not the same size.

    Attributes:
        heads: where every voice is, or was until just now.
        keeps: whether what the player draws stays faintly until `release`.
    """

    def __init__(self, palette: Palette, ink: FadingLight, haze: FadingLight) -> None:
        self._palette = palette
        self._ink = ink
        self._haze = haze
        self._pens: dict[Key, _Pen] = {}
        self._values: dict[Source, tuple[float, ...]] = {}
        self.heads: dict[Key, Head] = {}
        self.keeps = False

    def use(self, ink: FadingLight, haze: FadingLight) -> None:
        """Go on drawing onto other fields: the window was resized."""
        self._ink, self._haze = ink, haze
        for pen in self._pens.values():
            pen.tip, pen.bent, pen.strengths, pen.passed = None, [], [], []
            pen.middle = pen.last = self._pixel(pen.at[0], pen.at[1])

    def play(self, events: Iterable[Event | None]) -> None:
        """Draw events; None lets go of every head."""
        for event in events:
            if event is None:
                self.let_go()
            elif isinstance(event, Touch):
                self._touch(
                    (event.source, event.voice), event.x, event.y, event.time_s, event.moving, event.pressure
                )
            elif isinstance(event, Release):
                self._lift((event.source, event.voice))
            else:
                self._play_values(event)

    def draw(self) -> Iterator[None]:
        """Draw how every voice moved since the last frame, voice by voice.

        Once a frame, so that a frame that comes late costs as much as its strokes are long, not as
        many events as they have.
        """
        for key, pen in list(self._pens.items()):
            if pen.passed:
                self._catch_up(key, pen)
                yield

    def fade(self, elapsed_s: float, now_s: float) -> None:
        """Let `elapsed_s` pass for ink, haze and heads."""
        factor = self._ink.fade(elapsed_s)
        self._haze.fade(elapsed_s)
        for pen in self._pens.values():
            pen.tip_fade *= factor
        for key, head in list(self.heads.items()):
            lost = key[0] is Source.GHOST and now_s - head.time_s > GHOST_HOLD_S
            if not head.held or lost:
                head.glow -= elapsed_s / HEAD_FADE_S
                if head.glow <= 0.0:
                    del self.heads[key]
                    self._pens.pop(key, None)

    def release(self) -> None:
        """What was kept of the player's strokes fades away."""
        self._ink.release()

    def let_go(self) -> None:
        """Every head fades out."""
        for key in list(self.heads):
            self._lift(key)

    def _touch(self, key: Key, x: float, y: float, time_s: float, moving: bool, pressure: float) -> None:
        point = self._pixel(x, y)
        pen = self._pens.get(key)
        if pen is None or not moving:
            self._end(key, pen)
            light = to_light(self._palette.stroke(*key))
            self._pens[key] = pen = _Pen(light, (x, y), point, point, time_s)
            self._dot(key, pen, point, pressure)
        else:
            pen.at = (x, y)
            self._move(pen, point, time_s, pressure)
        self.heads[key] = Head(self._palette.stroke(*key), x, y, time_s)

    def _lift(self, key: Key) -> None:
        pen = self._pens.pop(key, None)
        self._end(key, pen)
        if pen is not None and pen.moved and key in self.heads:
            self._spot(key, pen, pen.last, 0.55)
        if key in self.heads:
            self.heads[key].held = False

    def _end(self, key: Key, pen: _Pen | None) -> None:
        if pen is not None:
            self._catch_up(key, pen)
            self._keep(key, pen.tip)
            pen.tip = None  # what was tentative is ink now

    def _keep(self, key: Key, deposit: Deposit | None) -> None:
        if self.keeps and key[0] is Source.PLAYER and deposit is not None:
            self._ink.keep(deposit)

    def _move(self, pen: _Pen, point: Point, time_s: float, pressure: float) -> None:
        height = self._ink.size[1]
        distance = math.dist(pen.last, point)
        if distance < 0.05:
            return
        speed = distance / height / max(time_s - pen.time_s, 0.004)
        wanted = min(1.45, max(0.72, (MIDDLING_SPEED / max(speed, 1e-3)) ** 0.22)) * (0.55 + 0.45 * pressure)
        share = min(1.0, distance / (0.03 * height))  # the strength follows the path, not the event rate
        pen.strength += (wanted - pen.strength) * share
        middle = ((pen.last[0] + point[0]) / 2, (pen.last[1] + point[1]) / 2)
        bent = curve(pen.middle, pen.last, middle)
        pen.strengths += [pen.strength] * (len(bent) - 1)
        pen.bent += bent[1 if pen.bent else 0 :]
        pen.passed += [point] if pen.passed else [pen.last, point]
        pen.last, pen.middle, pen.time_s, pen.moved = point, middle, time_s, True

    def _catch_up(self, key: Key, pen: _Pen) -> None:
        if not pen.passed:
            return
        if pen.tip is not None:
            self._ink.withdraw(pen.tip, pen.tip_fade)
        light, sigma = pen.light * np.float32(pen.strength), self._sigma(pen)
        for deposit in self._ink.path(pen.bent, pen.strengths, pen.light, sigma):
            self._keep(key, deposit)
        pen.tip, pen.tip_fade = self._ink.segment(pen.middle, pen.last, light, sigma), 1.0
        across, down = self._haze_scale()
        hazy = [(x * across, y * down) for x, y in pen.passed]
        strengths = [HAZE_STRENGTH] * (len(hazy) - 1)
        self._haze.path(hazy, strengths, light, HAZE_SIGMA * self._haze.size[1])
        pen.bent, pen.strengths, pen.passed = [], [], []

    def _sigma(self, pen: _Pen) -> float:
        return max(LEAST_INK_SIGMA_PX, INK_SIGMA * self._ink.size[1] * (0.45 + 0.55 * pen.strength))

    def _dot(self, key: Key, pen: _Pen, point: Point, pressure: float) -> None:
        self._spot(key, pen, point, 1.1 * (0.55 + 0.45 * pressure))
        across, down = self._haze_scale()
        self._haze.spot(
            (point[0] * across, point[1] * down),
            pen.light * np.float32(0.5),
            1.6 * HAZE_SIGMA * self._haze.size[1],
        )

    def _spot(self, key: Key, pen: _Pen, point: Point, strength: float) -> None:
        sigma = max(1.0, 2.1 * INK_SIGMA * self._ink.size[1])
        self._keep(key, self._ink.spot(point, pen.light * np.float32(strength), sigma))

    def _play_values(self, event: Values) -> None:
        """Controller values as strokes side by side: value 1 at the top, 0 at the bottom."""
        before = self._values.get(event.source, ())
        for index, value in enumerate(event.values):
            if index >= len(before) or before[index] != value:
                x = (index + 0.5) / len(event.values)
                key = (event.source, VALUES_VOICE + index)
                self._touch(key, x, 1.0 - value, event.time_s, key in self._pens, 1.0)
                self.heads[key].held = False
        self._values[event.source] = event.values

    def _pixel(self, x: float, y: float) -> Point:
        width, height = self._ink.size
        return x * (width - 1), y * (height - 1)

    def _haze_scale(self) -> Point:
        return (
            (self._haze.size[0] - 1) / (self._ink.size[0] - 1),
            (self._haze.size[1] - 1) / (self._ink.size[1] - 1),
        )


def curve(start: Point, bend: Point, end: Point) -> list[Point]:
    """Points of a quadratic curve, as many as its bend asks for."""
    sagitta = math.dist(bend, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)) / 2
    pieces = max(1, min(8, math.ceil(math.sqrt(sagitta / BEND_PX))))
    points = [start]
    for index in range(1, pieces + 1):
        t = index / pieces
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        points.append((a * start[0] + b * bend[0] + c * end[0], a * start[1] + b * bend[1] + c * end[1]))
    return points
