"""The course of an answer to touch or knobs: which gestures it follows, bent how far, and how closely.

An answer begins near the phrase it answers, varies it, departs (bent farther, or after another phrase of the
evening that is like it), comes back, and ends as the phrase ended. Each section takes a stretch of a phrase
that fits what was played last, moves, turns, mirrors and stretches it as a whole, and says how strongly the
answer is drawn toward it. An answer that nobody ends goes round the middle sections.

An answer varies as its player does. Where a phrase repeats one thing, so does the answer; the more diverse
the phrase (`Phrase.diversity`), the smaller the part that an answer dwells on, the farther it is moved,
stretched and resized as a whole, and the less strongly it is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.engine.answer_form import LEAST_PART, Course, Section
from app.engine.event_rows import MIN_GAP_S
from app.engine.gesture_guide import GestureGuide
from app.engine.gesture_phrase import GesturePhrase
from app.engine.phrase import MIN_PHRASE_ROWS

Generator = np.random.Generator

# Standard deviations of what a section is bent by, at bend 1.
TURN = 0.12  # radians
SIZE = 0.1  # of the logarithm of the scale
SHIFT = 0.03  # canvases
STRETCH = 0.09  # of the logarithm of the time scale

# Likewise of what a whole answer is bent by, where the phrase is as diverse as can be.
ANSWER_SIZE = 0.35
ANSWER_SHIFT = 0.11
ANSWER_STRETCH = 0.8
PART = 0.65  # share of such a phrase that an answer dwells on ...
FREEDOM = 0.25  # ... and share of the strength that it is not drawn with

PULL = 0.08  # of a guide, see there, after a phrase that repeats one thing ...
WANDERING = 0.65  # ... and the share of it that the most diverse phrases go without

REPORT_S = 0.05  # events that come sooner are reports of a screen, which go at its own rate in any tempo

CHORD_S = 0.02  # contacts that follow sooner are one chord: before it there is a gap
USUAL_GAP_S = 0.3  # where the phrase has none


@dataclass(frozen=True, kw_only=True)
class GestureSection(Section):
    """A part of an answer; see `Section`.

    Attributes:
        bend: how far its material is bent.
    """

    bend: float


NEAR = GestureSection(share=0.35, strength=1.25, bend=0.5)
VARIED = GestureSection(share=0.45, strength=1.0, bend=1.0, mirrored=0.15, elsewhere=0.15)
DEPARTED = GestureSection(share=0.35, strength=0.8, bend=1.2, mirrored=0.3, elsewhere=0.5)
BACK = GestureSection(share=0.45, strength=1.25, bend=0.7)
HOME = GestureSection(share=0.35, strength=1.1, bend=0.6)

JOIN_COST = 6.0  # a joint is as bad for this many steps of distance as for one step of another direction
LIFT_COST = 1.0  # for a contact that begins while a finger is down
PRESS_COST = 3.0  # for going on with a gesture where no finger is down
JOIN_NOISE = 0.5  # so that not the best joint is taken every time


def _dwelt_on(phrase: GesturePhrase, rng: Generator) -> GesturePhrase:
    """A part of a diverse phrase, chosen by chance, from where a gesture begins if one does near by."""
    times = phrase.onset_s
    lasts_s = phrase.seconds * (1.0 - (1.0 - PART) * phrase.diversity)
    start_s = rng.random() * (phrase.seconds - lasts_s)
    start, end = np.searchsorted(times, [start_s, start_s + lasts_s + MIN_GAP_S]).tolist()
    start = _begin_near(phrase.begins, times, start)
    return phrase.of(phrase.rows[start:end]) if end - start >= MIN_PHRASE_ROWS else phrase


def _begin_near(begins: np.ndarray, times_s: np.ndarray, row: int) -> int:
    """The row where the nearest gesture begins if that is within half a second, or else `row`."""
    rows = np.flatnonzero(begins)
    if not len(rows):
        return row
    nearest = int(rows[np.argmin(np.abs(times_s[rows] - times_s[row]))])
    return nearest if abs(times_s[nearest] - times_s[row]) < 0.5 else row


class GestureCourse(Course[GesturePhrase, GestureGuide, GestureSection]):
    """A guide to touch or knobs in the making; see `Course`."""

    near, round, home = NEAR, (VARIED, DEPARTED, BACK), HOME

    def __init__(self, phrase: GesturePhrase, rng: Generator, others: Sequence[GesturePhrase]) -> None:
        super().__init__(phrase, rng, others)
        self._part = _dwelt_on(phrase, rng)
        # What the answer as a whole is bent by.
        bend = phrase.diversity
        self._size = ANSWER_SIZE * bend * rng.standard_normal()
        self._stretch = ANSWER_STRETCH * bend * rng.standard_normal()
        self._shift = ANSWER_SHIFT * bend * rng.standard_normal(phrase.place.shape[1])
        self._place = phrase.place[-1]  # where the answer is led to so far, unbent
        self._step = phrase.place[-1] - phrase.place[max(len(phrase) - 2, 0)]
        self._is_down = False  # a phrase ends with a finger that is lifted

    def add(self, section: GestureSection, seconds: float, *, from_start: bool = False) -> None:
        """See `Course`; of what is dwelt on."""
        source = self._elsewhere(section) or self._part
        start = 0 if from_start else self._joint(source, seconds)
        self._take(source, start, self._end(source, start, seconds), section)

    def add_end(self, section: GestureSection, seconds: float) -> None:
        """See `Course`."""
        source = self._phrase
        left_s = source.seconds - np.cumsum(source.dt_s)  # after each row
        start = int(np.argmin(np.abs(left_s - seconds)))
        start = _begin_near(source.begins, left_s, start)  # a gesture is not begun in its middle
        self._take(source, start, len(source), section)

    def _joint(self, source: GesturePhrase, seconds: float) -> int:
        """A row of `source` that goes on well after what was added last, for a good part of `seconds`."""
        unit = self._phrase.unit
        before = np.concatenate([source.place[:1], source.place[:-1]])
        distance = np.linalg.norm(before - self._place, axis=1) / (JOIN_COST * unit)
        bend = np.linalg.norm(source.place - before - self._step, axis=1) / unit
        within = distance + bend if self._is_down else distance + PRESS_COST
        cost = np.where(source.begins, LIFT_COST if self._is_down else 0.0, within)
        cost[0] += 0.0 if source.begins[0] else PRESS_COST  # it has no step
        left_s = source.seconds - np.cumsum(source.dt_s) + source.dt_s[0]  # after each row
        cost[left_s < LEAST_PART * min(seconds, source.seconds)] = np.inf
        return int(np.argmin(cost - JOIN_NOISE * self._rng.gumbel(size=len(cost))))

    def _end(self, source: GesturePhrase, start: int, seconds: float) -> int:
        """The row before which a stretch from `start` ends: after `seconds`, or with its gesture if near."""
        times = np.cumsum(source.dt_s[start:])
        end = start + max(int(np.searchsorted(times, seconds, side="right")), 1)
        begins = np.flatnonzero(source.begins[end:])
        gesture = end + (int(begins[0]) if len(begins) else len(source) - end)
        return gesture if float(source.dt_s[end:gesture].sum()) < 0.4 else end

    def _take(self, source: GesturePhrase, start: int, end: int, section: GestureSection) -> None:
        part = slice(start, end)
        place, step = self._bent(source, part, section)
        stretch = np.exp(STRETCH * section.bend * self._rng.standard_normal() + self._stretch)
        dt_s = source.dt_s[part]
        keeps_rate = source.columns.is_touch & (dt_s < REPORT_S)
        dt_s = np.where(keeps_rate, dt_s, dt_s * stretch)
        begins = source.begins[part].copy()
        if not self._is_down and self._phrase.columns.is_touch:
            begins[0] = True  # nothing goes on from a finger that was lifted
        if start == 0 or (begins[0] and dt_s[0] < CHORD_S):
            dt_s[0] = self._gap_s(source)
        strength = np.full(end - start, section.strength * (1.0 - FREEDOM * self._phrase.diversity))
        self.parts.append(
            GestureGuide(
                place=place,
                step=step,
                dt_s=dt_s,
                begins=begins,
                is_report=source.columns.is_touch & ~begins & (dt_s < REPORT_S),
                strength=strength,
                unit=source.unit,
                pull=PULL * (1.0 - WANDERING * self._phrase.diversity),
            )
        )
        self.seconds += float(np.maximum(dt_s, MIN_GAP_S).sum())
        self._place = source.place[end - 1]
        self._step = self._place - source.place[max(end - 2, 0)]
        self._is_down = end < len(source) and not source.begins[end]

    def _gap_s(self, source: GesturePhrase) -> float:
        """Seconds before a phrase is played again: as between two of its gestures."""
        gaps = source.dt_s[1:][source.begins[1:]]
        gaps = gaps[gaps >= CHORD_S]
        return float(np.median(gaps)) if len(gaps) else USUAL_GAP_S

    def _bent(
        self, source: GesturePhrase, part: slice, section: GestureSection
    ) -> tuple[np.ndarray, np.ndarray]:
        """Places and steps of a stretch, bent as a whole around its middle."""
        rng, bend = self._rng, section.bend
        place = source.place
        step = np.diff(place, axis=0, prepend=place[:1])[part]
        place = place[part]
        middle = place.mean(axis=0)
        n = place.shape[1]
        matrix = np.eye(n) * np.exp(SIZE * bend * rng.standard_normal() + self._size)
        if source.columns.is_touch:
            angle = TURN * bend * rng.standard_normal()
            matrix = matrix @ [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
        if rng.random() < section.mirrored:
            axis = int(rng.integers(n))
            matrix[:, axis] *= -1.0
        shift = np.asarray(rng.standard_normal(n)) * (SHIFT * bend) + self._shift
        if not source.columns.is_touch:
            shift = shift * step.any(axis=0)  # a knob that rests throughout stays where it is
        place = (place - middle) @ matrix + middle + shift
        if source.columns.is_touch:  # what fits on the canvas stays on it
            place = place + np.clip(0.0, -place.min(axis=0), 1.0 - place.max(axis=0))
        return place, step @ matrix
