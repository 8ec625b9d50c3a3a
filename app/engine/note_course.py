"""The course of an answer to notes: which stretches of the phrase it follows, moved how, and how closely.

An answer begins near the phrase it answers, varies it, departs (moved farther, or after another phrase of the
evening that is like it), comes back, and ends as the phrase ended. Each section takes whole chords, from one
that what was played last could have led to. It moves them by steps of the phrase's scale or by octaves within
its register, turns a melody upside down, or plays a short part again from other steps (a sequence). So the
answer stays in the key, and chords stay chords. A phrase that keeps to a beat is answered in its tempo;
another one is stretched a little, each section as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.engine.answer_form import LEAST_PART, Course, Section
from app.engine.note_guide import NoteGuide
from app.engine.note_phrase import NotePhrase
from mdn.columns import NOTES

Generator = np.random.Generator
_, PITCH, _, _ = NOTES


@dataclass(frozen=True, kw_only=True)
class NoteSection(Section):
    """A part of an answer; see `Section`. Only a melody is mirrored: turned upside down.

    Attributes:
        steps: of the scale it is moved by at most, up or down.
        moved: how often it is moved at all, as a probability.
        octave: how often it is moved by an octave besides, if the register allows it.
        sequence: how often it plays a short part again and again, each time moved on.
    """

    steps: int
    moved: float
    octave: float = 0.0
    sequence: float = 0.0


NEAR = NoteSection(share=0.35, strength=1.1, steps=1, moved=0.5)
VARIED = NoteSection(
    share=0.45, strength=1.0, steps=3, moved=0.9, mirrored=0.25, sequence=0.35, elsewhere=0.15
)
DEPARTED = NoteSection(
    share=0.35, strength=0.9, steps=4, moved=1.0, octave=0.2, mirrored=0.35, sequence=0.35, elsewhere=0.5
)
BACK = NoteSection(share=0.45, strength=1.1, steps=2, moved=0.6, mirrored=0.1)
HOME = NoteSection(share=0.35, strength=1.1, steps=0, moved=0.0)

STRETCH = 0.06  # standard deviation of the logarithm of the time scale of a section that keeps to no beat
STRUCK = 2.5  # standard deviation of what is added to the velocities of a section
BEYOND = 4.0  # semitones that a section may reach beyond the phrase's register
MELODY = 1.15  # notes in a chord, on average: of fewer a stretch is a melody, which can be turned
SEQUENCE = (3, 6)  # chords or notes that a sequence repeats, at least and at most

CONTEXT = 3  # chords before a joint that are to be like those played last
# What a joint costs: for each chord of the context ...
SIZE_COST = 1.0  # ... for each note more or fewer
PITCH_COST = 0.15  # ... for each semitone that its lowest and its highest note lie elsewhere
GAP_COST = 1.5  # ... for each e-fold of the interval before it
UNKNOWN_COST = 0.5  # ... for a chord before the phrase's first
OWN_COST = 1.5  # to go on just as the phrase does
JOIN_NOISE = 0.7  # so that not the best joint is taken every time
END_REACH = 0.3  # of its seconds that a section may be longer or shorter, to end before a rest
USUAL_GAP_S = 0.5  # between chords, where the phrase has one only
LEAST_GAP_S = 0.03
LONGEST_REST_S = 2.0  # from the phrase's last chord to what follows it
STEP = 6  # ticks of a step that it comes on, a sixteenth


class _Chords:
    """A phrase chord by chord: a chord is all notes that are struck together, often one."""

    def __init__(self, phrase: NotePhrase) -> None:
        self.phrase = phrase
        self.starts = np.append(phrase.starts, len(phrase))
        self.n_notes = np.diff(self.starts)
        self.low = np.minimum.reduceat(phrase.pitch, phrase.starts)
        self.high = np.maximum.reduceat(phrase.pitch, phrase.starts)
        self.onset_s = phrase.onset_s[phrase.starts]
        gap_s = np.diff(self.onset_s)
        self.usual_s = float(np.median(gap_s)) if len(gap_s) else USUAL_GAP_S
        self.gap_s = np.concatenate([[self.usual_s], gap_s])  # before each
        self.left_s = self.onset_s[-1] - self.onset_s

    def __len__(self) -> int:
        return len(self.n_notes)

    def notes(self, start: int, end: int) -> np.ndarray:
        """The rows of chords from `start` until before `end`, those of a chord from the lowest on."""
        first, last = int(self.starts[start]), int(self.starts[end])
        chord = np.repeat(np.arange(start, end), self.n_notes[start:end])
        return first + np.lexsort((self.phrase.pitch[first:last], chord))

    def until_s(self, chord: int) -> float:
        """From the chord before to this one; after the last one as long as that is held, as others are."""
        if chord < len(self):
            return float(self.gap_s[chord])
        phrase = self.phrase
        held_s = np.maximum.reduceat(phrase.duration_s, phrase.starts)
        filled = float(np.median(held_s[:-1] / self.gap_s[1:])) if len(self) > 1 else 1.0
        until_s = float(np.clip(held_s[-1] / max(filled, 0.1), self.usual_s, LONGEST_REST_S))
        return until_s if phrase.grid is None else phrase.grid.steps(STEP).length_s(until_s)

    def far(self, back: int, other: _Chords, at: int) -> np.ndarray:
        """How unlike each chord, or the one so many before it, is to one of another phrase, `(n_chords,)`."""
        unlike = np.full(len(self), UNKNOWN_COST)
        if at < 0:
            return unlike
        here = slice(0, max(len(self) - back, 0))
        unlike[back:] = (
            SIZE_COST * np.abs(self.n_notes[here] - other.n_notes[at])
            + PITCH_COST * np.abs(self.low[here] - other.low[at])
            + PITCH_COST * np.abs(self.high[here] - other.high[at])
            + GAP_COST * np.abs(np.log((self.gap_s[here] + 0.02) / (other.gap_s[at] + 0.02)))
        )
        return unlike


class NoteCourse(Course[NotePhrase, NoteGuide, NoteSection]):
    """A guide to notes in the making; see `Course`."""

    near, round, home = NEAR, (VARIED, DEPARTED, BACK), HOME

    def __init__(self, phrase: NotePhrase, rng: Generator, others: Sequence[NotePhrase]) -> None:
        super().__init__(phrase, rng, others)
        self._own = _Chords(phrase)
        self._last, self._end = self._own, len(self._own)  # what was taken last, and the chord after it

    def add(self, section: NoteSection, seconds: float, *, from_start: bool = False) -> None:
        """See `Course`."""
        other = self._elsewhere(section)
        source = self._own if other is None else _Chords(other)
        start = 0 if from_start else self._joint(source, seconds)
        end = self._end_near(source, start, seconds)
        most = min(SEQUENCE[1], end - start)
        if most >= SEQUENCE[0] and self._rng.random() < section.sequence:
            self._sequence(source, start, int(self._rng.integers(SEQUENCE[0], most + 1)), section, seconds)
        else:
            self._take(source, start, end, section, self._steps(section))

    def add_end(self, section: NoteSection, seconds: float) -> None:
        """See `Course`."""
        start = int(np.argmin(np.abs(self._own.left_s - seconds)))
        self._take(self._own, start, len(self._own), section, 0)

    def _sequence(
        self, source: _Chords, start: int, n_chords: int, section: NoteSection, seconds: float
    ) -> None:
        """The same few chords, each time a step or two of the scale farther, up or down."""
        stop_s = self.seconds + seconds
        step = int(self._rng.choice([-2, -1, 1, 2]))
        steps = self._steps(section)
        while self.seconds < stop_s:
            self._take(source, start, start + n_chords, section, steps)
            steps = steps + step if abs(steps + step) <= 4 else 0

    def _steps(self, section: NoteSection) -> int:
        """How many steps of the scale a section is moved by."""
        if self._rng.random() >= section.moved:
            return 0
        return int(self._rng.integers(1, section.steps + 1)) * int(self._rng.choice([-1, 1]))

    def _joint(self, source: _Chords, seconds: float) -> int:
        """A chord of `source` that goes on well after what was added last, for a good part of `seconds`."""
        n = len(source)
        cost = np.zeros(n)
        for back in range(1, CONTEXT + 1):
            cost += source.far(back, self._last, self._end - back)
        if source is self._last and self._end < n:
            cost[self._end] += OWN_COST
        cost[source.left_s < LEAST_PART * min(seconds, float(source.onset_s[-1]))] = np.inf
        return int(np.argmin(cost - JOIN_NOISE * self._rng.gumbel(size=n)))

    def _end_near(self, source: _Chords, start: int, seconds: float) -> int:
        """The chord before which a stretch from `start` ends: about `seconds` later, after a rest if near."""
        since_s = source.onset_s - source.onset_s[start] + source.gap_s[start]
        near = np.flatnonzero(np.abs(since_s - seconds) <= END_REACH * seconds)
        near = near[near > start]
        if len(near):
            return int(near[np.argmax(source.gap_s[near] - 0.1 * np.abs(since_s[near] - seconds))])
        return max(int(np.searchsorted(since_s, seconds, side="right")), start + 1)

    def _take(self, source: _Chords, start: int, end: int, section: NoteSection, steps: int) -> None:
        phrase, rng = source.phrase, self._rng
        notes = source.notes(start, end)
        n_notes = source.n_notes[start:end]
        first = np.cumsum(n_notes) - n_notes  # where each chord begins, among these notes
        is_melody = n_notes.mean() < MELODY and phrase.duration_s[notes].mean() < 2.0 * source.usual_s
        pitch = phrase.pitch[notes]
        if source is not self._own:
            pitch = self._phrase.scale.nearest(pitch + 12.0 * self._octaves(pitch))
        pitch = self._moved(pitch, section, steps, can_turn=bool(is_melody))
        stretch = 1.0
        if self._phrase.grid is None:
            stretch = float(np.exp(STRETCH * rng.standard_normal()))
        gap_s = source.gap_s[start:end].copy()
        gap_s[0] = self._last.until_s(self._end)  # to wait for the next one is a matter of the note before
        gap_s = np.maximum(gap_s, LEAST_GAP_S) * stretch
        dt_s = np.zeros(len(notes))
        dt_s[first] = gap_s
        self.parts.append(
            NoteGuide(
                dt_s=dt_s,
                strength=np.full(len(notes), section.strength),
                pitch=pitch,
                duration_s=phrase.duration_s[notes] * stretch,
                velocity=np.clip(phrase.velocity[notes] + STRUCK * rng.standard_normal(), 1.0, 127.0),
            )
        )
        self.seconds += float(gap_s.sum())
        self._last, self._end = source, end

    def _octaves(self, pitch: np.ndarray) -> float:
        """How many octaves notes of another phrase are moved by, to lie where this one does."""
        return float(np.round((np.median(self._phrase.pitch) - np.median(pitch)) / 12.0))

    def _moved(self, pitch: np.ndarray, section: NoteSection, steps: int, *, can_turn: bool) -> np.ndarray:
        """Pitches moved by steps of the scale, turned or moved by an octave, as the register allows."""
        scale, register, rng = self._phrase.scale, self._phrase.pitch, self._rng
        low, high = float(register.min()) - BEYOND, float(register.max()) + BEYOND
        octave = 12.0 * float(rng.choice([-1, 1])) if rng.random() < section.octave else 0.0
        turned = pitch
        if can_turn and rng.random() < section.mirrored:
            turned = scale.mirrored(pitch, float(np.median(pitch)))
        for of, by, octaves in (
            (turned, steps, octave),
            (turned, steps, 0.0),
            (turned, -steps, 0.0),
            (pitch, steps, 0.0),
            (pitch, -steps, 0.0),
        ):
            moved = scale.moved(of, by) + octaves
            if max(low, PITCH.low) <= moved.min() and moved.max() <= min(high, PITCH.high):
                return moved
        return np.asarray(np.clip(pitch, PITCH.low, PITCH.high))
