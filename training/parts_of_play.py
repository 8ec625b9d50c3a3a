"""What somebody played, in three parts: to learn from, to choose by, and to tell the gain on.

The weights that are kept are those that score best on a part of the play, so that score flatters them: what
is told to the player is measured on another part, which neither the gradient nor the choice has seen (Stone
1974, Cross-validatory choice and assessment of statistical predictions, JRSS B 36(2)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from mdn.columns import Kind
from training.corpus import Corpus, CorpusError

HELD_OUT = 1 / 8  # share of the play that chooses, and that tells, ...
MOST_HELD_OUT_S = 30.0  # ... and of long play not more than about this much of each
STRETCHES = 4  # that choose, and that tell
SHORTEST, LONGEST = 12, 512  # events of a stretch, as far as there are so many
LEAST = 2  # of which one is scored
REST_S = 1.0  # between two phrases


@dataclass(frozen=True)
class Parts:
    """Three parts of a corpus; no event is in two of them."""

    learn: Corpus
    choose: Corpus
    tell: Corpus


@dataclass(frozen=True)
class _Stretch:
    """Events of one performance that stay together; where its phrase begins tells that from others."""

    performance: int
    start: int
    end: int
    phrase: int


def parts_of(played: Corpus) -> Parts:
    """`played` in three parts, each of stretches from all over the play.

    The end alone would be what was played last, and a ghost that forgot the beginning would pass for better.
    Stretches end at rests where they can. What chooses and what tells are of different phrases; where all of
    it is one phrase, there is something else between them.

    Raises:
        CorpusError: too short for three parts.
    """
    share = min(HELD_OUT, MOST_HELD_OUT_S / max(seconds_of(played), 1.0))
    stretches = _stretches(played, share)
    n_each = max(round(share * len(stretches)), 1)
    if len(stretches) < 3:
        what = "drawings" if played.drawing is not None else "stretches of play"
        raise CorpusError(f"corpus: expected at least 3 {what}, got {len(stretches)}.")
    at = [int((i + 0.5) * len(stretches) / (2 * n_each)) for i in range(2 * n_each)]
    choose, tell = _in_turns([stretches[i] for i in at])
    learn = [stretch for i, stretch in enumerate(stretches) if i not in at]
    return Parts(*(_corpus(played, each) for each in (_joined(learn), choose, tell)))


def seconds_of(corpus: Corpus) -> float:
    """How long it was played; 0 for drawings, which have no time."""
    at = [i for i, column in enumerate(corpus.columns) if column.kind is Kind.SECONDS]
    return float(sum(p[1:, at].sum(dtype="float64") for p in corpus.performances))


def _stretches(played: Corpus, share: float) -> list[_Stretch]:
    if played.drawing is not None:  # one without its end would teach that it has none
        return [_Stretch(i, 0, len(p), i) for i, p in enumerate(played.performances)]
    length = int(np.clip(played.n_events * share / STRETCHES, SHORTEST, LONGEST))
    dt = next(i for i, column in enumerate(played.columns) if column.kind is Kind.SECONDS)
    found: list[_Stretch] = []
    phrase = 0
    for number, events in enumerate(played.performances):
        for start, end in _phrases(events[:, dt], length):
            cuts = np.linspace(start, end, -(-(end - start) // length) + 1).astype(int).tolist()
            found += [_Stretch(number, a, b, phrase) for a, b in pairwise(cuts)]
            phrase += 1
    return found


def _phrases(dt: np.ndarray, length: int) -> list[tuple[int, int]]:
    """Where the phrases of a performance begin and end; short ones are taken together up to `length`."""
    rests = [0, *np.flatnonzero(dt[1:] >= REST_S) + 1, len(dt)]
    phrases: list[tuple[int, int]] = []
    for start, end in pairwise(map(int, rests)):
        is_short = phrases and min(end - start, phrases[-1][1] - phrases[-1][0]) < LEAST
        if is_short or (phrases and end - phrases[-1][0] <= length):
            phrases[-1] = phrases[-1][0], end
        else:
            phrases.append((start, end))
    return phrases


def _in_turns(held_out: Sequence[_Stretch]) -> tuple[list[_Stretch], list[_Stretch]]:
    """Those that choose, and those that tell: the turn goes with the phrase, or of one phrase from one to
    the next."""
    parts: tuple[list[_Stretch], list[_Stretch]] = ([], [])
    turn, phrase = 0, held_out[0].phrase
    for stretch in held_out:
        turn ^= stretch.phrase != phrase
        phrase = stretch.phrase
        parts[turn].append(stretch)
    return parts if parts[1] else (list(held_out[::2]), list(held_out[1::2]))


def _joined(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """Stretches that follow each other as one, so that the rests between them are learned too."""
    joined: list[_Stretch] = []
    for stretch in stretches:
        last = joined[-1] if joined else None
        if last and (last.performance, last.end) == (stretch.performance, stretch.start):
            joined[-1] = replace(last, end=stretch.end)
        else:
            joined.append(stretch)
    return joined


def _corpus(played: Corpus, stretches: Sequence[_Stretch]) -> Corpus:
    if played.drawing is not None:
        return played.part([stretch.performance for stretch in stretches])
    return replace(
        played, performances=tuple(played.performances[s.performance][s.start : s.end] for s in stretches)
    )
