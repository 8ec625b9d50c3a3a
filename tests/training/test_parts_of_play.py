"""What of somebody's play is learned from, what chooses, and what tells the gain."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from mdn.columns import TOUCH, sketch_columns
from models.manifest import Scale
from training.corpus import Corpus, CorpusError
from training.parts_of_play import LONGEST, parts_of, seconds_of

pytestmark = pytest.mark.train


def play(n_events: int, dt_s: float, *, phrase: int = 0, rest_s: float = 2.0) -> np.ndarray:
    """No two events are alike; after every `phrase` events there is a rest."""
    rng = np.random.default_rng(n_events)
    dt = np.full(n_events, dt_s)
    if phrase:
        dt[phrase::phrase] = rest_s
    xy = rng.uniform(0.2, 0.8, (n_events, 2))
    return np.column_stack([xy, dt, np.ones(n_events)]).astype("float32")


def places(part: Corpus, whole: np.ndarray) -> list[int]:
    """Where in `whole` the events of a part are."""
    at = {event.tobytes(): i for i, event in enumerate(whole)}
    return [at[event.tobytes()] for performance in part.performances for event in performance]


@pytest.mark.parametrize(
    ("n_events", "dt_s", "phrase"),
    [(480, 0.25, 0), (7_200, 1 / 60, 0), (120, 1.0, 0), (7_200, 1 / 60, 240), (100, 0.2, 40), (60, 0.4, 7)],
)
def test_every_event_is_in_one_part_and_each_part_is_from_all_over(
    n_events: int, dt_s: float, phrase: int
) -> None:
    whole = play(n_events, dt_s, phrase=phrase)
    parts = parts_of(Corpus(TOUCH, (whole,)))
    learn, choose, tell = (places(part, whole) for part in (parts.learn, parts.choose, parts.tell))
    assert sorted([*learn, *choose, *tell]) == list(range(n_events))
    assert len(learn) >= 0.6 * n_events
    for part in (choose, tell):
        assert 0.05 * n_events <= len(part) <= 0.25 * n_events
    held_out = [*choose, *tell]
    assert min(held_out) < 0.35 * n_events and max(held_out) > 0.65 * n_events
    assert all(len(p) >= 2 for part in (parts.learn, parts.choose, parts.tell) for p in part.performances)


@pytest.mark.parametrize(("n_events", "phrase"), [(7_200, 2_400), (7_200, 240), (600, 100), (2_000, 700)])
def test_no_phrase_both_chooses_and_tells(n_events: int, phrase: int) -> None:
    whole = play(n_events, 1 / 60, phrase=phrase)
    parts = parts_of(Corpus(TOUCH, (whole,)))
    choose, tell = ({i // phrase for i in places(part, whole)} for part in (parts.choose, parts.tell))
    assert choose and tell and not choose & tell


def test_within_one_phrase_something_is_between_what_chooses_and_what_tells() -> None:
    whole = play(480, 0.25)
    parts = parts_of(Corpus(TOUCH, (whole,)))
    choose, tell = places(parts.choose, whole), places(parts.tell, whole)
    assert min(abs(a - b) for a in choose for b in tell) > 20


def test_short_phrases_stay_whole() -> None:
    whole = play(2_000, 0.1, phrase=10)
    parts = parts_of(Corpus(TOUCH, (whole,)))
    for part in (parts.choose, parts.tell):
        for performance in part.performances:
            start = places(Corpus(TOUCH, (performance,)), whole)[0]
            assert start % 10 == 0 and len(performance) % 10 == 0


def test_of_long_play_half_a_minute_chooses_and_half_a_minute_tells() -> None:
    corpus = Corpus(TOUCH, tuple(play(6_000 + i, 1 / 60) for i in range(12)))  # twenty minutes
    parts = parts_of(corpus)
    for part in (parts.choose, parts.tell):
        assert 20.0 <= seconds_of(part) <= 45.0
        assert max(map(len, part.performances)) <= LONGEST, "what is scored of one"


def test_what_is_learned_keeps_its_rests() -> None:
    whole = play(2_000, 0.1, phrase=10)
    learn = parts_of(Corpus(TOUCH, (whole,))).learn
    assert sum(int((p[1:, 2] > 1.0).sum()) for p in learn.performances) > 100


def test_drawings_stay_whole() -> None:
    rng = np.random.default_rng(1)
    drawings = tuple(rng.normal(size=(5 + i, 3)).astype("float32") for i in range(16))
    scale = Scale(109.0, 1.0, 80, (0.0, 0.0))
    parts = parts_of(Corpus(sketch_columns(109.0, "px"), drawings, scale, (True,) * 16))
    sizes = [[len(p) for p in part.performances] for part in (parts.learn, parts.choose, parts.tell)]
    assert sorted(chain(*sizes)) == list(range(5, 21)) and [len(each) for each in sizes] == [12, 2, 2]
    assert parts.tell.has_added_start == (True, True)


@pytest.mark.parametrize("n_events", [2, 12, 24])
def test_a_gesture_is_not_divided(n_events: int) -> None:
    with pytest.raises(CorpusError, match=r"expected at least 3 stretches of play, got [12]"):
        parts_of(Corpus(TOUCH, (play(n_events, 0.02),)))
