"""What was played before: the longest match by search, counts by counting, and that both ways of it agree."""

from __future__ import annotations

import numpy as np
import pytest

from mdn.columns import NOTES
from mdn.densities import note_grid, note_memory
from mdn.past_features import Route, memory_rows, unpack_memory


def song(n: int = 600, seed: int = 5) -> np.ndarray:
    """Notes `(n, 4)` of a few keys, so that much of it comes again."""
    rng = np.random.default_rng(seed)
    dt = np.where(rng.random(n) < 0.3, 0.0, 0.2 * rng.choice([1, 2, 3], n))
    pitch = np.tile(rng.integers(40, 46, 60), n // 60 + 1)[:n] + (rng.random(n) < 0.05)
    return np.column_stack([dt, pitch, rng.uniform(0.1, 1.0, n), rng.uniform(40.0, 99.0, n)])


def search(pitch: list[float], i: int) -> tuple[int, int]:
    """Length and end of the longest earlier match of the keys up to `i`, and of the newest; by trying all."""
    best = (0, -1)
    for end in range(i - 1, max(i - note_memory.LENGTH, 0) - 1, -1):
        length = 0
        while length < note_memory.LONGEST and end >= length and pitch[end - length] == pitch[i - length]:
            length += 1
        if length > best[0]:
            best = (length, end)
    return best


def test_what_followed_the_longest_match_is_told() -> None:
    notes = song()
    told = note_memory.along(notes)[:, note_memory.MATCH]
    seen = set()
    for i in range(len(notes)):
        length, end = search(notes[:, 1].tolist(), i)
        expected = [*notes[end + 1], length] if length else [0.0] * 5
        assert told[i].tolist() == expected, i
        seen.add(length)
    assert {0, 1, int(note_memory.LONGEST)} <= seen


def test_counts_fade_note_by_note() -> None:
    notes = song(40)
    told = note_memory.along(notes)[-1]
    fading = note_memory.FORGETTING ** np.arange(39, -1, -1)
    keys = [np.sum(fading[notes[:, 1] == key]) for key in note_memory.KEYS]
    velocities = [np.sum(fading[np.rint(notes[:, 3]) == v]) for v in note_memory.VELOCITIES]
    assert told[note_memory.KEY_COUNTS] == pytest.approx(keys)
    assert told[note_memory.VELOCITY_COUNTS] == pytest.approx(velocities)


def test_a_route_of_notes_is_the_same_event_by_event_and_along() -> None:
    notes = song()
    route = Route(NOTES)
    along = route.along(notes)
    assert along.shape == (len(notes), route.width) == (len(notes), note_memory.TOLD + 4)
    kept, before = np.zeros(route.kept), np.zeros(4)
    for i, note in enumerate(notes):
        row = route.follow(np, before, kept, note, np.array([float(i > 0)]))
        kept, before = row[: route.kept], note
        assert row[-route.width :] == pytest.approx(along[i], rel=1e-9, abs=1e-9)
        past = route.past(note, row)
        assert past.memory == pytest.approx(along[i, :-4])
        assert past.step == pytest.approx(along[i, -4:])


def test_how_long_before_the_first_note_is_not_heard() -> None:
    notes = song(2)
    later = notes.copy()
    later[0, 0] = 4.0
    told = note_memory.along(later)
    assert told[0, note_memory.GRID].tolist() == [note_grid.USUAL_S, 0.0, 0.0, 0.0, 0.0]
    assert (told[1] == note_memory.along(notes)[1]).all()


@pytest.mark.parametrize(("n_kept", "rows"), [(10, 1), (16, 1), (17, 2), (48, 2), (49, 3)])
def test_a_memory_larger_than_a_row_has_more_rows(n_kept: int, rows: int) -> None:
    units, batch = 16, 3
    assert memory_rows(n_kept, units) == rows
    state = np.zeros((rows, 2, batch, units))
    state[0, 1, :, 0] = 1.0
    values = np.arange(1.0, batch * n_kept + 1).reshape(batch, n_kept)
    places = [state[0, 0], *(state[i, j] for i in range(1, rows) for j in range(2))]
    for place, part in zip(places, np.split(values, range(units, n_kept, units), axis=1), strict=False):
        place[:, : part.shape[1]] = part
    memory, known = unpack_memory(np, state.reshape(-1, batch, units), n_kept)
    assert memory.tolist() == values.tolist()
    assert known.tolist() == [[1.0]] * batch
