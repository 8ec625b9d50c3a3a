"""The piano roll: time flows to the left from the line of now, and a note grows there while its key is down.

What was played dims with its age and stays faintly until it leaves on the left, so that a phrase is seen
while it is answered. High keys are at the top.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pygame

from app.core.events import KEYS_VOICE, Event, Note, Release, Source
from app.pictures.keyboard import OCTAVE, KeyRange, octave_name
from app.pictures.live.fading_light import plain_surface, surface_of, to_light
from app.pictures.live.note_light import NoteLight
from app.pictures.live.paint import font
from app.pictures.live.stroke_light import HEAD_FADE_S, Head
from app.pictures.palette import Palette
from mdn.mixture import Mixture

SPAN_S = 12.0  # of the time that is shown
NOW = 0.9  # where the line of now is, fraction of the width
LONGEST_S = 12.0  # a key that is down for longer stops to grow: its release was lost
DIM_S, FAINT = 4.0, 0.34  # how fast light dims with its age, and the share that stays, as the eye has it
EDGE_S = 1.6  # before it leaves on the left, it goes dark within this time
WIDEN_S = 0.3  # how fast the range of keys follows what is played
MOST_NOTES = 4096
STEP = 24  # notes drawn between two polls of the input
LABEL = 0.017  # height of the letters of an octave, fraction of the height
GLOW_S = 0.25  # how fast the light of the keys that may come next follows the mixture
GLOW_LIGHT = 1.1  # of a key that is certain to come
GLOW_LEVELS = 24  # steps of its brightness
LEAST_SHARE = 0.004  # a key that is less probable is not lit
LINE_LIGHT = 0.5  # of the lines of the octaves, of the palette's `faint`

Key = tuple[Source, int]


@dataclass
class _Bar:
    light: NoteLight
    source: Source
    pitch: int
    onset_s: float
    end_s: float | None = None

    def length_s(self, now_s: float) -> float:
        end_s = now_s if self.end_s is None else min(self.end_s, now_s)
        return min(max(end_s - self.onset_s, 0.0), LONGEST_S)


class Roll:
    """The notes of the last `SPAN_S` seconds on a canvas of `size` pixels.

    Attributes:
        keys: the range of keys it shows.
        heads: where keys are down, or were until just now.
    """

    def __init__(self, palette: Palette, size: tuple[int, int]) -> None:
        self._palette = palette
        self._bars: deque[_Bar] = deque(maxlen=MOST_NOTES)
        self._down: dict[Key, _Bar] = {}
        self._now_s = 0.0
        self.keys = self._wanted = KeyRange()
        self.heads: dict[Key, Head] = {}
        self._coming = np.zeros(128, np.float32)  # how much light each key has that may come next
        self._coming_wanted = np.zeros_like(self._coming)
        self._octaves_of: KeyRange | None = None  # the range that they are drawn for
        self._resize(size)

    def resize(self, size: tuple[int, int]) -> None:
        """Show the same notes on another canvas."""
        self._resize(size)
        for bar in self._bars:
            bar.light = self._light(bar.source, bar.pitch, bar.light.velocity)

    def want(self, mixture: Mixture | None) -> None:
        """Light the keys that may come next, whose pitch is the first mean of the mixture; None: none."""
        self._coming_wanted = np.zeros_like(self._coming)
        if mixture is not None:
            pitches = np.clip(np.rint(mixture.mean[:, 0]), 0, 127).astype(np.intp)
            np.add.at(self._coming_wanted, pitches, np.where(mixture.pi < LEAST_SHARE, 0.0, mixture.pi))
            np.sqrt(self._coming_wanted, out=self._coming_wanted)

    @property
    def dark(self) -> bool:
        """Whether there is no note on it, and none may come."""
        return not self._bars and not self._coming.any()

    def play(self, events: Iterable[Event | None]) -> None:
        """Take in events; None lets go of every key."""
        for event in events:
            if isinstance(event, Note):
                self._press(event)
            elif isinstance(event, Release):
                self._lift((event.source, event.voice), event.time_s)
            elif event is None:
                for key, bar in list(self._down.items()):
                    self._lift(key, max(bar.onset_s, self._now_s))

    def follow(self, elapsed_s: float, now_s: float) -> None:
        """It is `now_s`: what has left on the left is forgotten, heads fade, the range of keys widens."""
        self._now_s = now_s
        oldest_s = now_s - SPAN_S
        while self._bars and self._bars[0].onset_s + self._bars[0].length_s(now_s) < oldest_s:
            self._bars.popleft()
        for key, head in list(self.heads.items()):
            head.y = self.keys.y(key[1] - KEYS_VOICE)
            if not head.held:
                head.glow -= elapsed_s / HEAD_FADE_S
                if head.glow <= 0.0:
                    del self.heads[key]
        self._coming += (self._coming_wanted - self._coming) * (1.0 - math.exp(-elapsed_s / GLOW_S))
        self._coming[self._coming < 0.5 / GLOW_LEVELS] = 0.0
        self._wanted = KeyRange().around(bar.pitch for bar in self._bars)
        share = 1.0 - math.exp(-elapsed_s / WIDEN_S)
        steps = (now + (to - now) * share for now, to in zip(self.keys, self._wanted, strict=True))
        self.keys = KeyRange(
            *(
                round(to, 2) if abs(to - step) < 0.02 else step
                for step, to in zip(steps, self._wanted, strict=True)
            )
        )

    def draw(self, target: pygame.Surface) -> Iterator[None]:
        """Add octaves and notes to `target`, a canvas of its size, in short steps."""
        self._draw_octaves(target)
        self._draw_coming(target)
        yield
        if not self._bars:
            return
        self._picture.fill((0, 0, 0))
        width, height = self._size
        now_px = round(NOW * width)
        scroll = round(self._now_s * self._speed)
        for number, bar in enumerate(self._bars, 1):
            # All move by the same whole pixels, or they would tremble against each other.
            x = now_px + round(bar.onset_s * self._speed) - scroll
            y = round(self.keys.y(bar.pitch) * (height - 1))
            bar.light.draw(self._picture, x, y, min(bar.length_s(self._now_s) * self._speed, now_px - x))
            if number % STEP == 0:
                yield
        yield
        self._picture.blit(self._age, (0, 0), special_flags=pygame.BLEND_RGB_MULT)
        yield
        target.blit(self._picture, (0, 0), special_flags=pygame.BLEND_RGB_ADD)

    def _press(self, note: Note) -> None:
        key = note.source, note.voice
        self._lift(key, note.time_s)
        light = self._light(note.source, note.pitch, note.velocity)
        bar = self._down[key] = _Bar(light, note.source, note.pitch, note.time_s)
        self._bars.append(bar)
        self.heads[key] = Head(light.colour, NOW, self.keys.y(note.pitch), note.time_s)

    def _lift(self, key: Key, time_s: float) -> None:
        bar = self._down.pop(key, None)
        if bar is not None:
            bar.end_s = time_s
            self.heads[key].held = False

    def _light(self, source: Source, pitch: int, velocity: int) -> NoteLight:
        colour = self._palette.stroke(source, pitch // OCTAVE)  # of its octave
        return NoteLight(colour, velocity, self._size[1], self._speed)

    def _draw_octaves(self, target: pygame.Surface) -> None:
        if self.keys != self._octaves_of:
            self._octaves_of = self.keys
            self._octaves = _octaves(self._palette, self._size, self.keys)
        for surface, place in self._octaves:
            target.blit(surface, place, special_flags=pygame.BLEND_RGB_ADD)

    def _draw_coming(self, target: pygame.Surface) -> None:
        """The keys that may come next, from the line of now on."""
        height = self._size[1]
        for pitch in np.flatnonzero(self._coming).tolist():
            level = min(round(float(self._coming[pitch]) * GLOW_LEVELS), GLOW_LEVELS)
            if level not in self._glows:
                self._glows[level] = _glow(self._palette, self._size, level / GLOW_LEVELS)
            glow = self._glows[level]
            top = round(self.keys.y(pitch) * (height - 1)) - glow.get_height() // 2
            target.blit(glow, (round(NOW * self._size[0]), top), special_flags=pygame.BLEND_RGB_ADD)

    def _resize(self, size: tuple[int, int]) -> None:
        self._size = size
        self._speed = NOW * size[0] / SPAN_S
        self._picture = plain_surface(size)
        self._glows: dict[int, pygame.Surface] = {}
        self._age = _ageing(size)
        self._octaves_of = None


def _ageing(size: tuple[int, int]) -> pygame.Surface:
    """What is left of the light at every place, to be multiplied with."""
    x = (np.arange(size[0]) + 0.5) / size[0]
    age_s = np.maximum(NOW - x, 0.0) / NOW * SPAN_S
    left = FAINT + (1.0 - FAINT) * np.exp(-age_s / DIM_S)
    left *= np.clip((SPAN_S - age_s) / EDGE_S, 0.0, 1.0)
    row = np.repeat(np.round(255 * left).astype(np.uint8)[:, None], 4, axis=1)
    pixels = np.ascontiguousarray(np.broadcast_to(row, (size[1], size[0], 4)))
    surface = plain_surface(size)
    surface.blit(surface_of(pixels), (0, 0))
    return surface


def _glow(palette: Palette, size: tuple[int, int], level: float) -> pygame.Surface:
    """The light of a key that may come: it ends softly before the right edge."""
    width, half = round((1.0 - NOW) * size[0]), round(0.02 * size[1])
    along = np.linspace(1.0, 0.0, width, dtype=np.float32) ** 1.5
    across = np.exp(-0.5 * (np.arange(-half, half + 1, dtype=np.float32) / (0.36 * half)) ** 2)
    light = np.multiply.outer(across, along) * np.float32(GLOW_LIGHT * level**2)
    pixels = 255.0 * np.sqrt(1.0 - np.exp(-light[..., None] * to_light(palette.mixture)))
    return surface_of(np.ascontiguousarray(pixels.astype(np.uint8)))


def _octaves(
    palette: Palette, size: tuple[int, int], keys: KeyRange
) -> list[tuple[pygame.Surface, tuple[int, int]]]:
    """A faint line below every C with its name, and the line of now."""
    width, height = size
    faint = tuple(round(LINE_LIGHT * channel) for channel in palette.faint)
    found = []
    for pitch in keys.octaves():
        y = round(keys.y(pitch - 0.5) * (height - 1))
        line = plain_surface((width, max(1, round(height / 900))))
        line.fill(faint)
        found.append((line, (0, y)))
        if y < 2 * LABEL * height:
            continue
        name = plain_surface((round(4 * LABEL * height), round(1.5 * LABEL * height)))
        name.blit(font(max(9, round(LABEL * height))).render(octave_name(pitch), True, palette.faint), (0, 0))
        found.append((name, (round(0.012 * height), y - name.get_height())))
    now = plain_surface((max(1, round(height / 900)), height))
    now.fill(faint)
    found.append((now, (round(NOW * width), 0)))
    return found
