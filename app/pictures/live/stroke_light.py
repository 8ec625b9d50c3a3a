"""Events become strokes: ink along their curve, haze around it, and a glowing head at its tip.

Nothing is kept of a stroke but its last points. What the next event may still bend is drawn as well, and
taken back when that comes, so the tip is always where the finger is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.core.events import Event, Note, Release, Source, Touch, Values
from app.pictures import curves, style
from app.pictures.brush import Brush, light_at, pressed
from app.pictures.live.deposit import Deposit, Point
from app.pictures.live.fading_light import FadingLight, to_light
from app.pictures.palette import Colour, Palette

INK_DECAY_S = 2.0  # of light; what is seen of little light is its root, and takes twice as long
HAZE_DECAY_S = 0.45
# Half widths of ink and of the haze around fresh ink, fractions of the canvas height.
INK_SIGMA = style.LINE_SIGMA_PX / style.REFERENCE_HEIGHT_PX
HAZE_SIGMA = 0.021
HAZE_STRENGTH = 0.05
START_HAZE = 0.08  # of that where a finger comes down
END_LIGHT = 0.4  # of the spot where it leaves
TAP = style.TAP_LIGHT, style.TAP_SIGMA_PX  # it never moved
HAZE_EVERY = 2  # frames from one time that the haze of a voice is laid to the next
LEAST_INK_SIGMA_PX = 0.72  # thinner than this, a stroke breaks into dots: it is as much fainter
HEAD_FADE_S = 0.45  # how long a head glows on after its finger has left
GHOST_HOLD_S = 4.0  # a ghost's head that nothing moves fades after this, should its release be lost
VALUES_VOICE = 1000  # strokes of controller values have voices from here on

FLATNESS_PX = 0.2  # how far a curve's pieces may stray from it
LONGEST_PX = 40.0

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
    brush: Brush
    curve: curves.GrowingCurve  # pixels of the ink
    moved: bool = False
    is_behind: bool = False  # it moved since the last frame
    passed: list[Point] = field(default_factory=list)  # the events themselves, since haze was laid
    tip: list[Deposit] = field(default_factory=list)  # what the next event may bend
    tip_fade: float = 1.0


class Strokes:
    """Draws events onto an ink and a haze field, and knows the heads.

    Args:
        palette: whose colours to use.
        ink, haze: the fields, of the same shape but not the same size.

    Attributes:
        heads: where every voice is, or was until just now.
        keeps: whether what the player draws stays faintly until `release`.
        first_repeat: voices of the ghost from here on repeat what the player played, in the player's colours;
            None: none does.
    """

    def __init__(self, palette: Palette, ink: FadingLight, haze: FadingLight) -> None:
        self._palette = palette
        self._ink = ink
        self._haze = haze
        self._pens: dict[Key, _Pen] = {}
        self._values: dict[Source, tuple[float, ...]] = {}
        self.heads: dict[Key, Head] = {}
        self.keeps = False
        self.first_repeat: int | None = None
        self._n_drawn = 0

    def use(self, ink: FadingLight, haze: FadingLight) -> None:
        """Go on drawing onto other fields: the window was resized."""
        self._ink, self._haze = ink, haze
        for pen in self._pens.values():
            pen.tip, pen.passed = [], []
            pen.curve = curves.GrowingCurve((*self._pixel(*pen.at), pen.brush.width))

    def play(self, events: Iterable[Event | None]) -> None:
        """Draw events but notes, which the roll draws; None lets go of every head."""
        for event in events:
            if event is None:
                self.let_go()
            elif isinstance(event, Touch):
                key = event.source, event.voice
                place = event.x, event.y, event.time_s
                self._touch(key, self._colour(*key), *place, event.moving, event.pressure)
            elif isinstance(event, Release):
                self._lift((event.source, event.voice))
            elif not isinstance(event, Note):
                self._play_values(event)

    def draw(self) -> Iterator[None]:
        """Draw how every voice moved since the last frame, voice by voice.

        Once a frame, so that a frame that comes late costs as much as its strokes are long, not as
        many events as they have.
        """
        moved = [(key, pen) for key, pen in self._pens.items() if pen.is_behind]
        if moved:
            self._n_drawn += 1
            grown = self._grow([pen for _, pen in moved])
            yield
            for number, ((key, pen), (stays, tip)) in enumerate(zip(moved, grown, strict=True)):
                self._lay(key, pen, stays, tip)
                if (number + self._n_drawn) % HAZE_EVERY == 0:
                    self._lay_haze(pen)
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

    def _colour(self, source: Source, voice: int) -> Colour:
        if source is Source.GHOST and self.first_repeat is not None and voice >= self.first_repeat:
            return self._palette.stroke(Source.PLAYER, voice - self.first_repeat)
        return self._palette.stroke(source, voice)

    def _touch(
        self, key: Key, colour: Colour, x: float, y: float, time_s: float, moving: bool, pressure: float
    ) -> None:
        point = self._pixel(x, y)
        pen = self._pens.get(key)
        if pen is None or not moving:
            self._end(key, pen)
            brush = Brush()
            curve = curves.GrowingCurve((*point, brush.move(*self._heights(point), time_s, pressure)))
            self._pens[key] = pen = _Pen(to_light(colour), (x, y), brush, curve)
            self._dot(key, pen, point, pressure)
        else:
            pen.at = (x, y)
            width = pen.brush.move(*self._heights(point), time_s, pressure)
            if point != pen.curve.last[:2]:
                pen.passed += [point] if pen.passed else [pen.curve.last[:2], point]
                pen.curve.add(*point, width)
                pen.moved = pen.is_behind = True
        self.heads[key] = Head(colour, x, y, time_s)

    def _lift(self, key: Key) -> None:
        pen = self._pens.pop(key, None)
        self._end(key, pen)
        if pen is not None and key in self.heads:
            light, sigma_px = (END_LIGHT, style.START_SIGMA_PX) if pen.moved else TAP
            self._spot(key, pen, pen.curve.last[:2], light, sigma_px)
        if key in self.heads:
            self.heads[key].held = False

    def _end(self, key: Key, pen: _Pen | None) -> None:
        if pen is not None and pen.moved:
            self._lay(key, pen, *self._grow([pen], ends=True)[0])
            self._lay_haze(pen)

    def _keep(self, key: Key, deposits: Iterable[Deposit]) -> None:
        if self.keeps and key[0] is Source.PLAYER:
            for deposit in deposits:
                self._ink.keep(deposit)

    def _grow(self, pens: list[_Pen], *, ends: bool = False) -> list[tuple[curves.Floats, curves.Floats]]:
        most = style.JITTER * self._ink.size[1]
        return curves.grow([pen.curve for pen in pens], most, FLATNESS_PX, LONGEST_PX, ends=ends)

    def _lay(self, key: Key, pen: _Pen, stays: curves.Floats, tip: curves.Floats) -> None:
        """Ink where the brush came, (k, 3) each."""
        for deposit in pen.tip:
            self._ink.withdraw(deposit, pen.tip_fade)
        pen.tip, pen.tip_fade = [], 1.0
        places = np.concatenate([stays, tip[1:] if len(stays) else tip])
        if len(places) > 1:
            width = (places[1:, 2] + places[:-1, 2]) / 2
            sigma = INK_SIGMA * self._ink.size[1] * float(width.mean())
            drawn = max(LEAST_INK_SIGMA_PX, sigma)
            strengths = np.zeros((2, len(width)))
            strengths[:] = light_at(width) * (sigma / drawn)
            n_stays = max(0, len(stays) - 1)
            strengths[0, n_stays:] = strengths[1, :n_stays] = 0.0
            laid, pen.tip = self._ink.path(places[:, :2], strengths, pen.light, drawn)
            self._keep(key, laid)
        pen.is_behind = False

    def _lay_haze(self, pen: _Pen) -> None:
        """Haze along the events since it was last laid."""
        if pen.passed:
            hazy = np.array(pen.passed) * self._haze_scale()
            light = pen.light * np.float32(HAZE_STRENGTH * light_at(pen.brush.width))
            self._haze.path(hazy, np.ones((1, len(hazy) - 1)), light, HAZE_SIGMA * self._haze.size[1])
        pen.passed = []

    def _heights(self, point: Point) -> Point:
        """A place in heights of the canvas."""
        height = self._ink.size[1] - 1
        return point[0] / height, point[1] / height

    def _dot(self, key: Key, pen: _Pen, point: Point, pressure: float) -> None:
        """A finger came down."""
        self._spot(key, pen, point, style.START_LIGHT * pressed(pressure), style.START_SIGMA_PX)
        across, down = self._haze_scale()
        sigma = 1.6 * HAZE_SIGMA * self._haze.size[1]
        self._haze.spot((point[0] * across, point[1] * down), pen.light * np.float32(START_HAZE), sigma)

    def _spot(self, key: Key, pen: _Pen, point: Point, strength: float, sigma_px: float) -> None:
        """A spot of ink; `sigma_px` as `style` has lengths."""
        sigma = max(1.0, sigma_px / style.REFERENCE_HEIGHT_PX * self._ink.size[1])
        spot = self._ink.spot(point, pen.light * np.float32(strength), sigma)
        self._keep(key, [spot] if spot is not None else [])

    def _play_values(self, event: Values) -> None:
        """Controller values as strokes side by side: value 1 at the top, 0 at the bottom."""
        before = self._values.get(event.source, ())
        for index, value in enumerate(event.values):
            if index >= len(before) or before[index] != value:
                x = (index + 0.5) / len(event.values)
                key = (event.source, VALUES_VOICE + index)
                # Each knob has a colour of its own, warm where the player's come back.
                colour = self._colour(event.source, event.voice + index)
                self._touch(key, colour, x, 1.0 - value, event.time_s, key in self._pens, 1.0)
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
