"""A model file with an older density of positions plays, is scored and is fine-tuned as it always was."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from app.ghost import Ghost
from mdn.columns import TOUCH
from mdn.densities import Pair, Past
from mdn.heads import OLDEST, Head
from models.manifest import read_manifest
from tests.model_files import random_arrays

pytestmark = [pytest.mark.train, pytest.mark.slow]  # a conversion each

UNITS, MIXTURES = 4, 2  # such a model remembers the last event alone, in a row of four units


@pytest.fixture(scope="module")
def older(libraries: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A small model of x, y, dt, moving in the format of before, and the weights in it."""
    head = Head(TOUCH, MIXTURES, OLDEST)
    arrays = random_arrays(head, UNITS)
    path = tmp_path_factory.mktemp("older") / "older.tflite"
    about = libraries.modelfile.About("older", {"name": "n", "credit": "c", "licence": "l"})
    weights = libraries.export.Weights(arrays)
    libraries.modelfile.write_model(path, head, weights, about, score=lambda *_: {})
    return SimpleNamespace(path=path, arrays=arrays, head=head)


def test_it_has_the_densities_and_the_state_of_before(older: SimpleNamespace) -> None:
    manifest = read_manifest(older.path)
    assert manifest.densities == ("seconds", "pair", "flag")
    assert isinstance(manifest.head().densities[1], Pair) and manifest.head().n_rows == 13
    assert manifest.state_shape == (2, 2, 1, 4)


def test_it_plays(older: SimpleNamespace) -> None:
    ghost = Ghost.load(older.path, seed=3)
    ghost.feed(np.array([[0.4, 0.5, 0.0, 0.0], [0.41, 0.52, 0.02, 1.0]], "float32"))
    events = ghost.generate(n_events=20)
    assert events.shape == (20, 4) and np.isfinite(events).all() and len(np.unique(events[:, 0])) > 10
    assert ghost.mixture().mean.shape == (MIXTURES, 2)


def test_what_it_generates_is_drawn_by_the_density_of_before(
    libraries: SimpleNamespace, older: SimpleNamespace
) -> None:
    """With no spread a draw is the mean: the last place, an offset, and the last step turned and scaled."""
    interpreter = Interpreter(model_path=str(older.path), num_threads=1)
    feed, generate = (interpreter.get_signature_runner(name) for name in ("feed", "generate"))
    before, event = np.array([[0.4, 0.5, 0.0, 0.0], [0.43, 0.46, 0.02, 1.0]], "float32")
    rows = np.zeros((32, 4), "float32")
    rows[0] = before
    state = feed(events=rows, count=np.int32(1), state=np.zeros((2, 2, 1, 4), "float32"))["state"]
    rows[0] = event
    params = feed(events=rows, count=np.int32(1), state=state)["mixture"]
    noise = np.zeros((libraries.export.GENERATE_EVENTS, 5), "float32")  # the first component
    drawn = generate(
        event=event, count=np.int32(1), state=state, noise=noise, temperatures=np.array([1, 0], "float32")
    )["events"][0]
    mean, _ = Pair(0, 1).moments(params.reshape(MIXTURES, 13)[:, 3:12], Past(event, event - before))
    assert drawn[:2] == pytest.approx(mean[0], abs=1e-5)


def test_its_weights_are_read_back(libraries: SimpleNamespace, older: SimpleNamespace) -> None:
    _, weights = libraries.reopen.read_weights(older.path)
    assert weights.keys() == older.arrays.keys()
    for name, array in older.arrays.items():
        assert weights[name] == pytest.approx(array, abs=1e-5), name
