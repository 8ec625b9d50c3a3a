"""The recurrent network: its cell against an oracle, its memory, and when it forgets."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mdn.columns import TOUCH
from mdn.features import Features
from mdn.heads import Head
from mdn.past_features import Route

pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

UNITS, LAYERS, MIXTURES = 5, 2, 2


@pytest.fixture
def network(libraries: SimpleNamespace) -> Any:
    """A small network of two streams; every weight is another number."""
    net = libraries.network.MDRNN(Head(TOUCH, MIXTURES), units=UNITS, layers=LAYERS, batch_size=2)
    rng = np.random.default_rng(2)
    for variable in net.trainable_variables:
        variable.assign(rng.normal(0, 0.4, tuple(variable.shape)).astype("float32"))
    return net


def stream(n: int, seed: int = 0) -> np.ndarray:
    """One performance as the network hears it, `(n, 13)`: event, its route, known."""
    rng = np.random.default_rng(seed)
    events = rng.random((n, 4)).astype("float32")
    events[:, 3] = rng.integers(0, 2, n)
    known = np.ones((n, 1), "float32")
    known[0] = 0.0
    return np.concatenate([events, Route(TOUCH).along(events), known], axis=1)


def numbers(tensor: Any) -> np.ndarray:
    import keras

    return np.asarray(keras.ops.convert_to_numpy(tensor))


def out(network: Any, inputs: np.ndarray, **keywords: Any) -> np.ndarray:
    return numbers(network(inputs, **keywords))


def sigmoid(x: np.ndarray) -> np.ndarray:
    squashed: np.ndarray = 1 / (1 + np.exp(-x))
    return squashed


def oracle(arrays: dict[str, np.ndarray], inputs: np.ndarray) -> np.ndarray:
    """Parameters after each event of one performance: an LSTM one gate, one step, one layer at a time."""
    features = Features(TOUCH)
    h = [np.zeros(UNITS) for _ in range(LAYERS)]
    c = [np.zeros(UNITS) for _ in range(LAYERS)]
    params = []
    for row in inputs.astype("float64"):
        past, known = Route(TOUCH).past(row[:4], row[4:-1]), row[-1:]
        heard = (features(np, past, known) - features.centre) * features.scale
        for layer in range(LAYERS):
            kernel, recurrent = arrays[f"kernel_{layer}"], arrays[f"recurrent_{layer}"]
            gate = [
                heard @ kernel[:, k * UNITS : (k + 1) * UNITS]
                + h[layer] @ recurrent[:, k * UNITS : (k + 1) * UNITS]
                + arrays[f"bias_{layer}"][k * UNITS : (k + 1) * UNITS]
                for k in range(4)
            ]
            let_in, keep, let_out, new = (
                sigmoid(gate[0]),
                sigmoid(gate[1]),
                sigmoid(gate[2]),
                np.tanh(gate[3]),
            )
            c[layer] = keep * c[layer] + let_in * new
            h[layer] = let_out * np.tanh(c[layer])
            heard = h[layer]
        params.append(np.concatenate(h) @ arrays["output_kernel"] + arrays["output_bias"])
    return np.array(params)


def test_every_step_is_that_of_the_oracle(network: Any) -> None:
    inputs = np.stack([stream(12, 1), stream(12, 2)])
    found = out(network, inputs)
    assert found.shape == (2, 12, Head(TOUCH, MIXTURES).n_params)
    for row in range(2):
        assert found[row] == pytest.approx(oracle(network.arrays(), inputs[row]), abs=1e-4)


def test_the_names_are_those_the_export_reads(network: Any) -> None:
    shapes = {name: array.shape for name, array in network.arrays().items()}
    n, params = Features(TOUCH).n_features, Head(TOUCH, MIXTURES).n_params
    assert shapes == {
        "kernel_0": (n, 20), "kernel_1": (UNITS, 20), "recurrent_0": (UNITS, 20), "recurrent_1": (UNITS, 20),
        "bias_0": (20,), "bias_1": (20,), "output_kernel": (2 * UNITS, params), "output_bias": (params,),
    }  # fmt: skip


def test_the_state_carried_across_calls_makes_them_one_long_call(network: Any) -> None:
    inputs = np.stack([stream(24, 1), stream(24, 2)])
    network.reset()
    whole = out(network, inputs)
    network.reset()
    parts = [np.asarray(network.predict_on_batch(part)) for part in np.split(inputs, 3, axis=1)]
    assert np.concatenate(parts, axis=1) == pytest.approx(whole, abs=1e-5)


@pytest.mark.slow
def test_training_carries_the_state_too(libraries: SimpleNamespace, network: Any) -> None:
    trainer = libraries.fit.Trained(network.head, units=UNITS, layers=LAYERS, batch_size=2)
    trainer.set_arrays(network.arrays())
    trainer.compile(optimizer=libraries.keras.optimizers.SGD(0.0))
    inputs = np.stack([stream(8, 1), stream(8, 2)])
    trainer.train_on_batch(inputs, inputs[..., :4], np.ones((2, 8), "float32"))
    network.reset()
    out(network, inputs)
    assert numbers(trainer.state.value) == pytest.approx(numbers(network.state.value), abs=1e-5)
    assert np.abs(numbers(trainer.state.value)).max() > 0.01


def test_the_first_event_of_a_performance_forgets_what_was_carried(network: Any) -> None:
    """In one stream only, in the middle of a call: the other one goes on remembering."""
    inputs = np.stack([np.concatenate([stream(5, 1), stream(5, 3)]), stream(10, 2)])
    network.reset()
    found = out(network, inputs)
    assert found[0, 5:] == pytest.approx(oracle(network.arrays(), stream(5, 3)), abs=1e-4)
    assert found[1] == pytest.approx(oracle(network.arrays(), stream(10, 2)), abs=1e-4)


def test_the_first_event_forgets_what_an_earlier_call_left(network: Any) -> None:
    inputs = np.stack([stream(6, 1), stream(6, 2)])
    network.reset()
    fresh = out(network, inputs)
    out(network, np.stack([stream(6, 3), stream(6, 4)]))
    assert out(network, inputs) == pytest.approx(fresh, abs=1e-6)


def test_reset_forgets(network: Any) -> None:
    out(network, np.stack([stream(6, 1), stream(6, 2)]))
    network.reset()
    assert not numbers(network.state.value).any()


def test_nothing_of_the_future_is_heard(network: Any) -> None:
    inputs = np.stack([stream(10, 1), stream(10, 2)])
    network.reset()
    whole = out(network, inputs)
    network.reset()
    assert out(network, inputs[:, :4]) == pytest.approx(whole[:, :4], abs=1e-6)


def test_streams_do_not_hear_each_other(network: Any) -> None:
    network.reset()
    pair = out(network, np.stack([stream(6, 1), stream(6, 2)]))
    network.reset()
    other = out(network, np.stack([stream(6, 1), stream(6, 9)]))
    assert other[0] == pytest.approx(pair[0], abs=1e-6)
    assert np.abs(other[1] - pair[1]).max() > 1e-3


def test_dropout_silences_only_in_training(libraries: SimpleNamespace, network: Any) -> None:
    dropping = libraries.network.MDRNN(network.head, units=UNITS, layers=LAYERS, batch_size=2, dropout=0.5)
    for mine, theirs in zip(dropping.trainable_variables, network.trainable_variables, strict=True):
        mine.assign(theirs.value)
    inputs = np.stack([stream(6, 1), stream(6, 2)])
    network.reset()
    plain = out(network, inputs)
    assert out(dropping, inputs) == pytest.approx(plain, abs=1e-6)
    assert np.asarray(dropping.predict_on_batch(inputs)) == pytest.approx(plain, abs=1e-5)
    dropping.reset()
    assert np.abs(out(dropping, inputs, training=True) - plain).max() > 1e-2


def test_nats_are_minus_the_log_density(network: Any) -> None:
    inputs = np.stack([stream(6, 1), stream(6, 2)])
    targets = inputs[:, ::-1, :4].copy()
    network.reset()
    params = out(network, inputs)
    past = Route(TOUCH).past(inputs[..., :4], inputs[..., 4:-1])
    expected = network.head.log_densities(np, params, targets, past)
    found = network.nats(inputs, targets, params)
    assert list(found) == ["x,y,dt,moving", "x,y,dt"]
    for group, values in expected.items():
        assert numbers(found[group]) == pytest.approx(-values, rel=1e-4, abs=1e-4)


def test_training_starts_at_the_bias_of_the_head_with_open_gates(libraries: SimpleNamespace) -> None:
    net = libraries.network.MDRNN(Head(TOUCH, MIXTURES), units=UNITS, layers=1, batch_size=1)
    arrays = net.arrays()
    assert arrays["output_bias"] == pytest.approx(Head(TOUCH, MIXTURES).bias())
    assert arrays["bias_0"].tolist() == [0.0] * UNITS + [1.0] * UNITS + [0.0] * 2 * UNITS
