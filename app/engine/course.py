"""The course of an answer to touch or knobs: which gestures it follows, bent how far, and how closely.

An answer begins near the phrase it answers, varies it, departs (bent farther, or after another phrase of the
evening that is like it), comes back, and ends as the phrase ended. Each section takes a stretch of a phrase
that fits what was played last, moves, turns, mirrors and stretches it as a whole, and says how strongly the
answer is drawn toward it. An answer that nobody ends goes round the middle sections.

An answer varies as its player does. Where a phrase repeats one thing, so does the answer; the more diverse
the phrase (`Phrase.diversity`), the smaller the part that an answer dwells on, the farther it is moved,
stretched and resized as a whole, and the less strongly it is drawn, its places least of all.
A phrase in which no movement comes again (`GesturePhrase.novelty`) is turned farther, or it would be copied.
Who comes back to a place again and again (`GesturePhrase.scatter`) is answered there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.engine.answer_form import LEAST_PART, Course, Section
from app.engine.event_rows import MIN_GAP_S
from app.engine.gesture_guide import CONTACT, GestureGuide, step_widths
from app.engine.gesture_phrase import CHORD_S, GesturePhrase
from app.engine.joint import Left, join_costs
from app.engine.phrase import MIN_PHRASE_ROWS

Generator = np.random.Generator

# Standard deviations of what a section is bent by, at bend 1.
TURN = 0.16  # radians ...
NOVEL_TURN = 0.7  # ... of a phrase in which no movement comes again: by less, whole seconds were copied
SIZE = 0.13  # of the logarithm of the scale
SHIFT = 0.03  # canvases
STRETCH = 0.09  # of the logarithm of the time scale

# Likewise of what a whole answer is bent by, where the phrase is as diverse as can be.
ANSWER_SIZE = 0.6
ANSWER_SHIFT = 0.12
ANSWER_STRETCH = 0.8
PART = 0.75  # share of such a phrase that an answer dwells on ...
FREEDOM = 0.25  # ... and share of the strength that it is not drawn with

PULL = 0.12  # of a guide, see there, after a phrase that repeats one thing ...
WANDERING = 0.77  # ... and the share of it that the most diverse phrases go without

REPORT_S = 0.05  # events that come sooner are reports of a screen, which go at its own rate in any tempo


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

JOIN_NOISE = 0.8  # so that not the best joint is taken every time; in the unit of `joint.join_costs`
LATE_COST = 0.25  # an end that is longer or shorter by so many seconds is as bad as a joint that costs 1 ...
MOST_LATE_S = 0.5  # ... and by more than this it is none


def _dwelt_on(phrase: GesturePhrase, rng: Generator) -> GesturePhrase:
    """A part of a diverse phrase, chosen by chance, from where a gesture begins if one does near by."""
    times = phrase.onset_s
    lasts_s = phrase.seconds * (1.0 - (1.0 - PART) * phrase.diversity)
    start_s = rng.random() * (phrase.seconds - lasts_s)
    start, end = np.searchsorted(times, [start_s, start_s + lasts_s + MIN_GAP_S]).tolist()
    start = _begin_near(phrase.begins, times, start)
    is_part = MIN_PHRASE_ROWS <= end - start < len(phrase)  # what is whole is known already
    return phrase.of(phrase.rows[start:end]) if is_part else phrase


def _left_s(source: GesturePhrase) -> np.ndarray:
    """Seconds after each row, `(n,)`."""
    return np.asarray(source.seconds - source.onset_s)


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
        self._left = Left.before(phrase, len(phrase))  # where the answer is led to so far

    def add(self, section: GestureSection, seconds: float, *, from_start: bool = False) -> None:
        """See `Course`; of what is dwelt on."""
        source = self._mirrored(self._elsewhere(section) or self._part, section)
        start = 0 if from_start else self._joint(source, seconds)
        self._take(source, start, self._end(source, start, seconds), section)

    def add_end(self, section: GestureSection, seconds: float) -> None:
        """See `Course`."""
        source = self._phrase
        late_s = np.abs(_left_s(source) - seconds)
        costs = join_costs(source, self._left, source) + late_s / LATE_COST
        costs[late_s > late_s.min() + MOST_LATE_S] = np.inf
        self._take(source, int(np.argmin(costs)), len(source), section)

    def _mirrored(self, source: GesturePhrase, section: GestureSection) -> GesturePhrase:
        """`source`, or by chance its mirror image."""
        if self._rng.random() >= section.mirrored:
            return source
        return source.mirrored(int(self._rng.integers(source.place.shape[1])))

    def _joint(self, source: GesturePhrase, seconds: float) -> int:
        """A row of `source` that goes on well after what was added last, for a good part of `seconds`."""
        costs = join_costs(source, self._left, self._phrase)
        costs[_left_s(source) < LEAST_PART * min(seconds, source.seconds)] = np.inf
        return int(np.argmin(costs - JOIN_NOISE * self._rng.gumbel(size=len(costs))))

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
        if not self._left.is_down and self._phrase.columns.is_touch:
            begins[0] = True  # nothing goes on from a finger that was lifted
        if start == 0 or (begins[0] and dt_s[0] < CHORD_S):
            dt_s[0] = source.usual_gap_s
        strength = np.full(end - start, section.strength * (1.0 - FREEDOM * self._phrase.diversity))
        self.parts.append(
            GestureGuide(
                place=place,
                step=step,
                dt_s=dt_s,
                begins=begins,
                is_report=keeps_rate & ~begins & (dt_s < REPORT_S),
                strength=strength,
                width=np.where(begins, self._phrase.scatter * CONTACT, step_widths(source)[part]),
                pull=np.full(end - start, PULL * (1.0 - WANDERING * self._phrase.diversity)),
            )
        )
        self.seconds += float(np.maximum(dt_s, MIN_GAP_S).sum())
        self._left = Left.before(source, end)

    def _bent(
        self, source: GesturePhrase, part: slice, section: GestureSection
    ) -> tuple[np.ndarray, np.ndarray]:
        """Places and steps of a stretch, bent as a whole around its middle, or gesture by gesture."""
        rng, bend = self._rng, section.bend
        place, step = source.place[part], source.step[part]
        middle = place.mean(axis=0)
        n = place.shape[1]
        matrix = np.eye(n) * np.exp(SIZE * bend * rng.standard_normal() + self._size)
        if source.columns.is_touch:
            turn = TURN + (NOVEL_TURN - TURN) * self._phrase.novelty
            angle = turn * bend * rng.standard_normal()
            matrix = matrix @ [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
        shift = np.asarray(rng.standard_normal(n)) * (SHIFT * bend) + self._shift
        if not source.columns.is_touch:
            shift = shift * step.any(axis=0)  # a knob that rests throughout stays where it is
        place, step = (place - middle) @ matrix, step @ matrix
        if not source.columns.is_touch:
            return place + middle + shift, step
        # No stretch is larger than the canvas, and all of it is on it.
        larger = max(float(np.ptp(place, axis=0).max()), 1.0)
        place = place / larger + middle + shift
        # A gesture is bent around where it begins, as far as its player comes back to that place.
        first = np.maximum(source.contact[part] - part.start, 0)
        place -= (1.0 - self._phrase.scatter) * (place - source.place[part])[first]
        place += np.clip(0.0, -place.min(axis=0), 1.0 - place.max(axis=0))
        # Gestures that were bent one by one may reach farther than from edge to edge.
        return np.clip(place, 0.0, 1.0), step / larger
