"""A network of notes: what is trained, what the file plays, and what is scored are the same.

As `test_parity`, for the columns with a memory larger than a row of the state.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.ghost import Ghost
from mdn.columns import NOTES
from mdn.densities import Past, note_memory
from mdn.heads import Head
from mdn.past_features import Route, memory_rows

pytestmark = [pytest.mark.train, pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

LAYERS, UNITS = 2, 32
ROUTE = Route(NOTES)


@pytest.fixture(scope="module")
def libraries() -> SimpleNamespace:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if "keras" not in sys.modules:
            from training.backend import choose_backend

            choose_backend(os.environ.get("KERAS_BACKEND", "tensorflow"))
        import keras

        from training import export, modelfile, network

        return SimpleNamespace(keras=keras, export=export, network=network, modelfile=modelfile)


def song(n: int, seed: int = 0) -> np.ndarray:
    """Notes to a beat, with chords, that repeat themselves; float32 `(n, 4)`."""
    rng = np.random.default_rng(seed)
    dt = np.where(rng.random(n) < 0.3, 0.0, 0.12 * rng.choice([1, 2, 3, 4], n))
    pitch = np.tile(rng.integers(48, 72, 13), n // 13 + 1)[:n]
    return np.column_stack([dt, pitch, rng.uniform(0.1, 1.0, n), rng.integers(40, 99, n)]).astype("float32")


@pytest.fixture(scope="module")
def network(libraries: SimpleNamespace) -> Any:
    """All weights distinct and large enough to matter, and the same in every run."""
    libraries.keras.utils.set_random_seed(1)
    net = libraries.network.MDRNN(Head(NOTES, 1), units=UNITS, layers=LAYERS, batch_size=1)
    rng = np.random.default_rng(1)
    for variable in net.trainable_variables:
        start = np.asarray(libraries.keras.ops.convert_to_numpy(variable.value))
        variable.assign(start + rng.normal(0, 0.15, start.shape))
    return net


@pytest.fixture(scope="module")
def path(libraries: SimpleNamespace, network: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("notes") / "notes.tflite"
    about = libraries.modelfile.About("notes", {"name": "none", "credit": "nobody", "licence": "none"})
    weights = libraries.export.Weights(network.arrays())
    libraries.modelfile.write_model(path, network.head, weights, about, score=lambda *_: {}, quantise=False)
    return path


@pytest.fixture
def ghost(path: Path) -> Ghost:
    return Ghost.load(path, seed=5)


def params_by_file(ghost: Ghost, notes: np.ndarray) -> np.ndarray:
    state = np.zeros(ghost.manifest.state_shape, "float32")
    found = []
    for note in notes:
        params, state = ghost._runtime.feed(note[None], state)
        found.append(params)
    return np.stack(found)


def test_the_state_has_rows_for_the_memory(ghost: Ghost) -> None:
    n_kept = len(NOTES) + note_memory.KEPT
    assert ghost.manifest.state_shape == (LAYERS + memory_rows(n_kept, UNITS), 2, 1, UNITS)
    assert memory_rows(n_kept, UNITS) > 10


def test_the_file_says_what_the_network_says(libraries: SimpleNamespace, network: Any, ghost: Ghost) -> None:
    notes = song(40)
    known = np.minimum(np.arange(40), 1.0)[:, None]
    inputs = np.concatenate([notes, ROUTE.along(notes), known], axis=1).astype("float32")
    network.reset()
    expected = libraries.keras.ops.convert_to_numpy(network(inputs[None]))[0]
    assert params_by_file(ghost, notes) == pytest.approx(expected, rel=1e-3, abs=2e-3)


def test_the_file_draws_what_the_density_draws(ghost: Ghost) -> None:
    """From the same mixture with the same noise."""
    head, heard = ghost.manifest.head(), song(24)
    noise = ghost._noise.__class__(ghost.manifest.noise, 5).events(12)
    ghost.feed(heard)
    made = ghost.generate(12)
    for i, note in enumerate(made):
        notes = np.concatenate([heard, made[:i]])
        params = params_by_file(ghost, notes)[-1]
        past = ROUTE.past(notes[-1], ROUTE.along(notes)[-1])
        _, *own = head.split_noise(np, noise[i])
        expected = head.draw(np, head.components(np, params)[0], own, past)
        assert note == pytest.approx(expected, rel=1e-3, abs=2e-3), i


def test_chunks_chain_through_the_state(path: Path) -> None:
    whole, parts = Ghost.load(path, seed=5), Ghost.load(path, seed=5)
    for each in (whole, parts):
        each.feed(song(24))
    once = whole.generate(30)
    twice = np.concatenate([parts.generate(n) for n in (1, 9, 20)])
    assert twice == pytest.approx(once, rel=1e-4, abs=1e-4)
    assert parts.state.tensor == pytest.approx(whole.state.tensor, rel=1e-3, abs=1e-3)
    # What was sampled was heard as if it had been played.
    third = Ghost.load(path)
    third.feed(np.concatenate([song(24), once]))
    assert third.state.tensor == pytest.approx(whole.state.tensor, rel=1e-3, abs=1e-3)


def test_nothing_drawn_leaves_the_state(ghost: Ghost) -> None:
    ghost.feed(song(24))
    before = ghost.state.tensor.copy()
    assert len(ghost.generate(0)) == 0
    assert (ghost.state.tensor == before).all()


def test_a_guide_of_zeros_changes_nothing_and_one_that_insists_is_followed(path: Path) -> None:
    plain, guided = Ghost.load(path, seed=5), Ghost.load(path, seed=5)
    for each in (plain, guided):
        each.feed(song(24))
    assert guided.guide_slices == {"notes": slice(0, 10)}
    zeros = np.zeros((8, guided.n_guide), "float32")
    assert guided.generate(8, guide=zeros) == pytest.approx(plain.generate(8), rel=1e-4, abs=1e-4)
    zeros[:] = -1e4, 0.24, 1e5, 72.0, 1e4, 0.0, 0.7, 1e6, 99.0, 1e4
    notes = guided.generate(8, guide=zeros)
    assert notes == pytest.approx(np.tile([0.24, 72.0, 0.7, 99.0], (8, 1)), abs=0.03)


def test_proposals_go_on_from_states_of_their_own(path: Path) -> None:
    ghost, other = Ghost.load(path, seed=5), Ghost.load(path, seed=5)
    ghost.feed(song(24))
    first = ghost.state
    ghost.feed(song(10, seed=2))
    guide = np.zeros((3, 6, ghost.n_guide), "float32")
    guide[..., 3:5] = 60.0, 1e4
    made, after = ghost.propose([first, ghost.state, first], 6, guides=guide, sigma_temperature=0.0)
    assert made.shape == (3, 6, 4)
    assert (made[..., 1] == 60.0).all()
    other.state = after[1]
    again = Ghost.load(path)
    again.feed(np.concatenate([song(24), song(10, seed=2), made[1]]))
    assert again.state.tensor == pytest.approx(other.state.tensor, rel=1e-3, abs=1e-3)


def test_futures_are_notes_within_the_columns(ghost: Ghost) -> None:
    ghost.feed(song(24))
    futures = ghost.fan(5, 7)
    assert futures.shape == (5, 7, 4)
    for i, column in enumerate(NOTES):
        assert ((futures[..., i] >= column.low) & (futures[..., i] <= column.high)).all()
    assert (futures[..., [1, 3]] % 1.0 == 0.0).all()
    assert len(np.unique(futures[:, 0], axis=0)) == 5


def test_the_mixture_is_of_keys(ghost: Ghost) -> None:
    ghost.feed(song(24))
    mixture = ghost.mixture()
    assert mixture.pi.sum() == pytest.approx(1.0, abs=1e-4)
    assert mixture.mean[:, 0].tolist() == note_memory.KEYS.tolist()


def test_densities_are_alike_in_numpy_and_keras(libraries: SimpleNamespace) -> None:
    ops, head, rng = libraries.keras.ops, Head(NOTES, 1), np.random.default_rng(9)
    notes = song(50)
    route = ROUTE.along(notes)[:-1].astype("float32")
    params = (head.bias() + rng.normal(0, 0.3, (49, head.n_params))).astype("float32")
    expected = head.log_densities(np, params, notes[1:], ROUTE.past(notes[:-1], route))
    tensors = map(ops.convert_to_tensor, (params, notes[1:], notes[:-1], route))
    params, target, before, heard = tensors
    found = head.log_densities(ops, params, target, ROUTE.past(before, heard))
    assert isinstance(ROUTE.past(before, heard), Past)
    for group, values in expected.items():
        assert np.isfinite(values).all()
        assert ops.convert_to_numpy(found[group]) == pytest.approx(values, rel=1e-3, abs=2e-3), group
