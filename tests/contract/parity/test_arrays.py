"""The same lines of code on every array library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mdn.columns import TOUCH, Column, controller_columns, sketch_columns
from mdn.densities import Past
from mdn.features import Features
from mdn.heads import Head
from tests.contract.parity.graph import noise_for

pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture(scope="session", params=["touch", "controller", "sketch"])
def columns(request: pytest.FixtureRequest) -> tuple[Column, ...]:
    return {"touch": TOUCH, "controller": controller_columns(3), "sketch": sketch_columns(50.0, "px")}[
        request.param
    ]


@pytest.fixture
def arrays(columns: tuple[Column, ...]) -> Iterator[SimpleNamespace]:
    """Parameters, events, pasts and noise of a batch of 50, float32."""
    head, rng = Head(columns, 5), np.random.default_rng(9)
    low, high = (np.array([getattr(c, end) for c in columns]) for end in ("low", "high"))
    events = rng.uniform(low, high, (50, len(columns)))
    for i, column in enumerate(columns):
        if column.kind in ("flag", "pen"):
            events[:, i] = np.round(events[:, i])
    steps = rng.normal(0, 0.02, events.shape)
    params = head.bias() + rng.normal(0, 0.3, (50, head.n_params))
    places = rng.normal(0, 20.0, (5, 50, 2))
    narrow = [part.astype("float32") for part in (events - steps, steps, *places)]
    yield SimpleNamespace(
        head=head,
        noise=noise_for(head, 50),
        params=params.astype("float32"),
        events=events.astype("float32"),
        past=lambda tensor: Past(*map(tensor, narrow)),
    )


def test_densities_are_alike_in_numpy_and_keras(libraries: SimpleNamespace, arrays: SimpleNamespace) -> None:
    ops = libraries.keras.ops
    expected = arrays.head.log_densities(np, arrays.params, arrays.events, arrays.past(np.asarray))
    params, events = map(ops.convert_to_tensor, (arrays.params, arrays.events))
    found = arrays.head.log_densities(ops, params, events, arrays.past(ops.convert_to_tensor))
    assert list(found) == list(expected)
    for group, values in expected.items():
        assert np.isfinite(values).all()
        assert ops.convert_to_numpy(found[group]) == pytest.approx(values, rel=1e-5, abs=1e-5), group


def test_draws_are_alike_in_numpy_keras_and_tensorflow(
    libraries: SimpleNamespace, arrays: SimpleNamespace
) -> None:
    head, ops, tf = arrays.head, libraries.keras.ops, libraries.tf
    rows = head.components(np, arrays.params)[:, 2]

    def draw(xp: Any, tensor: Any) -> np.ndarray:
        noise = head.spread(xp, tensor(arrays.noise), tensor(np.float32(0.6)))
        _, *own = head.split_noise(xp, noise)
        return np.asarray(head.draw(xp, tensor(rows), own, arrays.past(tensor)))

    expected = draw(np, np.asarray)
    assert expected.shape == arrays.events.shape and expected.dtype == np.float32
    assert draw(ops, ops.convert_to_tensor) == pytest.approx(expected, rel=1e-5, abs=1e-5)
    assert draw(libraries.names, tf.constant) == pytest.approx(expected, rel=1e-5, abs=1e-5)


def test_features_are_alike_in_numpy_keras_and_tensorflow(
    libraries: SimpleNamespace, columns: tuple[Column, ...], arrays: SimpleNamespace
) -> None:
    features, ops, tf = Features(columns), libraries.keras.ops, libraries.tf
    known = np.ones((50, 1), "float32")
    events = arrays.events  # seconds of a random past may be negative
    expected = features(np, replace(arrays.past(np.asarray), event=events), known)
    for xp, tensor in ((ops, ops.convert_to_tensor), (libraries.names, tf.constant)):
        found = features(xp, replace(arrays.past(tensor), event=tensor(events)), tensor(known))
        assert np.asarray(found) == pytest.approx(expected, rel=1e-5, abs=1e-5)
