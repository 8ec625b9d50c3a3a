"""The scale that notes are in, and steps within it."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.scale import KINDS, Scale


def of(root: int, steps: tuple[int, ...], octaves: int = 2) -> np.ndarray:
    return np.array([48 + root + 12 * octave + step for octave in range(octaves) for step in steps])


def classes(scale: Scale) -> list[int]:
    return [(scale.root + step) % 12 for step in scale.steps]


def has(scale: Scale, pitch: np.ndarray) -> np.ndarray:
    return np.isin(np.round(pitch).astype(int) % 12, classes(scale))


def is_chromatic(scale: Scale) -> bool:
    return len(scale.steps) == 12


@pytest.mark.parametrize("root", range(12))
@pytest.mark.parametrize("name", [name for name in KINDS if name != "chromatic"])
def test_a_scale_that_is_played_from_its_root_to_its_root_is_found(name: str, root: int) -> None:
    played = of(root, KINDS[name])
    found = Scale.of(np.append(played, played[0]))
    assert set(classes(found)) == set(classes(Scale(root, KINDS[name])))
    assert found.root == root


def test_a_slip_does_not_change_it() -> None:
    played = np.append(np.tile(of(2, KINDS["major"]), 3), [63])
    found = Scale.of(played)
    assert set(classes(found)) == set(classes(Scale(2, KINDS["major"])))
    assert has(found, played).sum() == len(played) - 1


def test_all_keys_are_chromatic() -> None:
    assert is_chromatic(Scale.of(np.arange(48, 72)))


def test_a_key_that_nothing_tells_of_is_left_out() -> None:
    """C major without its fourth: it may be F, or F sharp of G major."""
    found = Scale.of(np.array([60, 62, 64, 67, 69, 71, 72, 71, 69, 67, 64, 62, 60]))
    assert sorted(classes(found)) == [0, 2, 4, 7, 9, 11] and found.root == 0
    assert found.moved(np.array([64, 67]), 1).tolist() == [67, 69]


def test_a_brief_slip_decides_nothing() -> None:
    """A grace note on F does not tell C major from G major."""
    pitch = np.array([60, 62, 64, 67, 69, 71, 72, 71, 69, 67, 64, 62, 60, 65])
    found = Scale.of(pitch, np.append(np.ones(13), 0.1))
    assert sorted(classes(found)) == [0, 2, 4, 7, 9, 11]
    assert 5 in classes(Scale.of(pitch))  # a whole note does


@pytest.mark.parametrize("pitch", [[60], [60, 67], [60, 61], [60, 64, 67]])
def test_of_few_keys_no_others_are_guessed(pitch: list[int]) -> None:
    found = Scale.of(np.array(pitch * 3))
    assert set(classes(found)) >= {each % 12 for each in pitch} or is_chromatic(found)
    assert has(found, np.array(pitch)).all()


def test_what_is_held_counts_for_more() -> None:
    """C, D, E and a passing E flat and C sharp, long or short."""
    pitch, brief = np.array([60, 61, 62, 63, 64, 60, 62, 64]), np.array([1, 0.01, 1, 0.01, 1, 1, 1, 1])
    found = Scale.of(pitch, brief)
    assert not is_chromatic(found) and not has(found, np.array([61]))[0]


def test_steps_stay_in_the_scale() -> None:
    major = Scale(0, KINDS["major"])
    assert major.moved(np.array([60, 64, 67]), 1).tolist() == [62, 65, 69]  # C to D minor
    assert major.moved(np.array([60, 64, 67]), -1).tolist() == [59, 62, 65]
    assert major.moved(np.array([71]), 1).tolist() == [72]
    assert major.moved(np.array([60.0]), 7).tolist() == [72]
    assert major.moved(np.array([61.0]), 7).tolist() == [73]  # between two steps it stays
    assert Scale(0, KINDS["chromatic"]).moved(np.array([60, 63]), 2).tolist() == [62, 65]


def test_turned_upside_down_step_by_step() -> None:
    major = Scale(0, KINDS["major"])
    assert major.mirrored(np.array([60, 62, 64, 67]), 60).tolist() == [60, 59, 57, 53]
    assert major.mirrored(major.mirrored(np.array([60, 65, 71]), 64), 64).tolist() == [60, 65, 71]


def test_the_nearest_of_the_scale() -> None:
    minor = Scale(9, KINDS["minor pentatonic"])  # A C D E G
    assert minor.nearest(np.array([57, 60, 64, 69])).tolist() == [57, 60, 64, 69]
    assert has(minor, minor.nearest(np.arange(40, 90))).all()
    assert np.abs(minor.nearest(np.arange(40, 90)) - np.arange(40, 90)).max() <= 2
