"""The network that is trained, the graph that is played and the density that is scored are the same.

A small random network goes through Keras, raw TensorFlow, the exported file and NumPy; every promise of the
model file (state, chunks, futures, sampling) is checked against the formula it stands for.
"""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mdn.columns import TOUCH, Column, controller_columns, sketch_columns
from mdn.densities import Past
from mdn.features import Features
from mdn.heads import Head
from mdn.past_features import begun
from models.strokes import END

pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

LAYERS, UNITS, MIXTURES = 2, 16, 3
N_EVENTS = 200


@pytest.fixture(scope="session")
def libraries() -> SimpleNamespace:
    """Keras on the backend of the environment, TensorFlow, and what of ours needs them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if "keras" not in sys.modules:
            from training.backend import choose_backend

            choose_backend(os.environ.get("KERAS_BACKEND", "tensorflow"))  # the one the train extra brings
        import keras
        import tensorflow
        from ai_edge_litert.interpreter import Interpreter

        from training import export, network
        from training.tensorflow_names import TensorFlowNames

        return SimpleNamespace(
            keras=keras,
            tf=tensorflow,
            export=export,
            network=network,
            names=TensorFlowNames,
            Interpreter=Interpreter,
        )


def performance(n: int, seed: int = 0) -> np.ndarray:
    """A wandering finger, `(n, 4)`."""
    rng = np.random.default_rng(seed)
    places = np.clip(0.5 + np.cumsum(rng.normal(0, 0.02, (n, 2)), axis=0), 0.0, 1.0)
    dt = rng.lognormal(np.log(0.02), 0.5, n)
    return np.column_stack([places, dt, rng.random(n) < 0.9]).astype("float32")


@pytest.fixture(scope="session")
def network(libraries: SimpleNamespace) -> Any:
    """A network whose weights are all distinct and large enough to matter, and the same in every run."""
    libraries.keras.utils.set_random_seed(1)
    net = libraries.network.MDRNN(Head(TOUCH, MIXTURES), units=UNITS, layers=LAYERS, batch_size=1)
    rng = np.random.default_rng(1)
    for variable in net.trainable_variables:
        start = np.asarray(libraries.keras.ops.convert_to_numpy(variable.value))
        variable.assign(start + rng.normal(0, 0.3 if variable.name != "output_bias" else 0.1, start.shape))
    return net


@pytest.fixture(scope="session")
def model_path(libraries: SimpleNamespace, network: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("parity") / "small.tflite"
    weights = libraries.export.Weights(network.arrays())
    assert (weights.layers, weights.units) == (LAYERS, UNITS)
    libraries.export.export_graph(network.head, weights, path, quantise=False)
    return path


class Graph:
    """The exported file as a player calls it."""

    def __init__(
        self, libraries: SimpleNamespace, path: Path, layers: int = LAYERS, units: int = UNITS
    ) -> None:
        interpreter = libraries.Interpreter(model_path=str(path), num_threads=1)
        self._runners = {name: interpreter.get_signature_runner(name) for name in ("feed", "generate", "fan")}
        self.zero = np.zeros((layers + 1, 2, 1, units), "float32")
        self._shapes = {
            name: {key: tuple(detail["shape"]) for key, detail in runner.get_input_details().items()}
            for name, runner in self._runners.items()
        }

    def room(self, name: str) -> int:
        """How many events one call of `feed`, `generate` or `fan` takes."""
        return int(self._shapes[name]["events" if name == "feed" else "noise"][0])

    @property
    def n_futures(self) -> int:
        return int(self._shapes["fan"]["noise"][1])

    def feed(self, events: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rows = np.zeros(self._shapes["feed"]["events"], "float32")
        rows[: len(events)] = events
        out = self._runners["feed"](events=rows, count=np.int32(len(events)), state=state)
        return out["mixture"], out["state"]

    def generate(
        self,
        event: np.ndarray,
        state: np.ndarray,
        noise: np.ndarray,
        temperatures: tuple[float, float] = (1.0, 1.0),
    ) -> tuple[np.ndarray, np.ndarray]:
        events, length, state = self.draw(event, state, noise, temperatures)
        assert length == len(noise)
        return events[:length], state

    def draw(
        self,
        event: np.ndarray,
        state: np.ndarray,
        noise: np.ndarray,
        temperatures: tuple[float, float] = (1.0, 1.0),
    ) -> tuple[np.ndarray, int, np.ndarray]:
        """As `generate`, which may end before the noise does: events, how many, state."""
        draws = np.zeros(self._shapes["generate"]["noise"], "float32")
        draws[: len(noise)] = noise
        out = self._runners["generate"](
            event=event,
            count=np.int32(len(noise)),
            state=state,
            noise=draws,
            temperatures=np.array(temperatures, "float32"),
        )
        return out["events"], int(out["length"]), out["state"]

    def fan(
        self,
        event: np.ndarray,
        state: np.ndarray,
        noise: np.ndarray,
        temperatures: tuple[float, float] = (1.0, 1.0),
    ) -> np.ndarray:
        draws = np.zeros(self._shapes["fan"]["noise"], "float32")
        draws[: len(noise)] = noise
        out = self._runners["fan"](
            event=event,
            count=np.int32(len(noise)),
            state=state,
            noise=draws,
            temperatures=np.array(temperatures, "float32"),
        )
        futures: np.ndarray = out["events"][:, : len(noise)]
        return futures


@pytest.fixture(scope="session")
def graph(libraries: SimpleNamespace, model_path: Path) -> Graph:
    return Graph(libraries, model_path)


@pytest.fixture(scope="session")
def head() -> Head:
    return Head(TOUCH, MIXTURES)


def noise_for(head: Head, *shape: int, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((*shape, len(head.noise)))
    uniform = [i for i, kind in enumerate(head.noise) if kind == "uniform"]
    noise[..., uniform] = rng.random((*shape, len(uniform)))
    return noise.astype("float32")


def choose(rows: np.ndarray, uniform: float, pi_temperature: float) -> np.ndarray:
    """The component whose share of [0, 1) the number falls into, by adding weights one at a time."""
    logits = rows[:, 0].astype("float64") / pi_temperature
    weights = np.exp(logits - logits.max())
    reached = 0.0
    for row, weight in zip(rows[:-1], weights / weights.sum(), strict=False):
        reached += float(weight)
        if uniform < reached:
            return row
    last: np.ndarray = rows[-1]
    return last


# --- one event after the other ---


def test_the_file_computes_what_the_trained_network_computes(network: Any, graph: Graph, head: Head) -> None:
    events = performance(N_EVENTS)
    known = np.ones((N_EVENTS, 1), "float32")
    known[0] = 0.0
    route = network.route.along(events)
    network.reset()
    trained = np.asarray(network(np.concatenate([events, route, known], axis=1)[None]))[0]
    state = graph.zero
    for i, event in enumerate(events):
        params, state = graph.feed(event[None], state)
        assert params == pytest.approx(trained[i], abs=1e-4), f"event {i}"
    assert state[:-1] == pytest.approx(np.asarray(network.state.value), abs=1e-4)


def test_many_events_in_one_call_are_single_calls(graph: Graph) -> None:
    events = performance(graph.room("feed"))
    state = graph.zero
    for event in events:
        one_by_one, state = graph.feed(event[None], state)
    at_once, end = graph.feed(events, graph.zero)
    assert at_once == pytest.approx(one_by_one, abs=1e-5)
    assert end == pytest.approx(state, abs=1e-5)


def test_what_stands_below_the_count_is_not_heard(libraries: SimpleNamespace, graph: Graph) -> None:
    events = performance(graph.room("feed"))
    short, _ = graph.feed(events[:5], graph.zero)
    other = graph._runners["feed"](events=events, count=np.int32(5), state=graph.zero)["mixture"]
    assert other.tolist() == short.tolist()


@pytest.mark.parametrize("temperatures", [(1.0, 1.0), (0.5, 0.25), (2.0, 1.7), (1.0, 0.0)])
def test_generate_is_feed_and_draw_event_by_event(
    graph: Graph, head: Head, temperatures: tuple[float, float]
) -> None:
    _, state = graph.feed(performance(9)[:-1], graph.zero)
    before, event = performance(9)[-2:]
    noise = noise_for(head, graph.room("generate"))
    generated, end = graph.generate(event, state, noise, temperatures)
    for i, numbers in enumerate(noise):
        params, state = graph.feed(event[None], state)
        spread = head.spread(np, numbers, np.float32(temperatures[1]))
        _, *own = head.split_noise(np, spread)
        component = choose(head.components(np, params), float(numbers[0]), temperatures[0])
        expected = head.draw(np, component, own, Past(event, event - before))
        assert generated[i] == pytest.approx(expected, abs=1e-4), f"event {i}"
        before, event = event, generated[i]
    assert end == pytest.approx(state, abs=1e-4)


def test_the_first_event_of_all_has_no_step(graph: Graph, head: Head) -> None:
    event, noise = performance(1)[0], noise_for(head, 1)
    generated, _ = graph.generate(event, graph.zero, noise)
    params, _ = graph.feed(event[None], graph.zero)
    _, *own = head.split_noise(np, noise[0])
    component = choose(head.components(np, params), float(noise[0, 0]), 1.0)
    assert generated[0] == pytest.approx(head.draw(np, component, own, Past(event, np.zeros(4))), abs=1e-5)


def test_chunks_chained_through_the_state_are_one_call(graph: Graph, head: Head) -> None:
    event, noise = performance(1)[0], noise_for(head, graph.room("generate"))
    whole, end = graph.generate(event, graph.zero, noise)
    parts, state, last = [], graph.zero, event
    for part in np.split(noise, [1, 4, 5, 20]):
        events, state = graph.generate(last, state, part)
        parts.append(events)
        last = events[-1]
    assert np.concatenate(parts).tolist() == whole.tolist()
    assert state.tolist() == end.tolist()


# --- many futures ---


def test_futures_with_the_same_noise_are_the_reply(graph: Graph, head: Head) -> None:
    _, state = graph.feed(performance(9)[:-1], graph.zero)
    event, noise = performance(9)[-1], noise_for(head, graph.room("fan"))
    reply, _ = graph.generate(event, state, noise, (0.8, 1.2))
    futures = graph.fan(event, state, np.repeat(noise[:, None], graph.n_futures, axis=1), (0.8, 1.2))
    assert futures.shape == (graph.n_futures, len(noise), 4)
    for future in futures:
        assert future == pytest.approx(reply, abs=1e-3)


def test_each_future_has_its_own_noise(graph: Graph, head: Head) -> None:
    _, state = graph.feed(performance(9)[:-1], graph.zero)
    event, noise = performance(9)[-1], noise_for(head, 6, graph.n_futures)
    futures = graph.fan(event, state, noise)
    for number in (0, 1, graph.n_futures // 2, graph.n_futures - 1):
        reply, _ = graph.generate(event, state, noise[:, number])
        assert futures[number] == pytest.approx(reply, abs=1e-4), f"future {number}"


# --- choosing a component ---


@pytest.fixture(scope="session")
def chooser(libraries: SimpleNamespace) -> Any:
    """`StepGraph.choose` for M components whose rows are (logit, index): which component a number chooses."""

    def which(logits: np.ndarray, uniform: np.ndarray, pi_temperature: float = 1.0) -> np.ndarray:
        rows = np.stack([logits, np.arange(len(logits))]).astype("float32")
        rows = np.tile(rows[None], (len(uniform), 1, 1))
        chosen = libraries.export.StepGraph.choose(
            None, rows, rows[:, 0] / np.float32(pi_temperature), uniform[:, None].astype("float32")
        )
        return np.asarray(chosen)[:, 1].astype(int)

    return which


@pytest.mark.parametrize("mixtures", [1, 2, 3, 7, 20, 24, 49])
def test_the_largest_number_chooses_the_last_component(chooser: Any, mixtures: int) -> None:
    below_one = np.nextafter(np.float32(1.0), np.float32(0.0))
    assert chooser(np.zeros(mixtures), np.array([below_one])).tolist() == [mixtures - 1]
    assert chooser(np.full(mixtures, -3e4), np.array([below_one, 1.0])).tolist() == [mixtures - 1] * 2


@pytest.mark.parametrize("mixtures", [2, 5, 24])
def test_a_component_without_weight_is_never_chosen(chooser: Any, mixtures: int) -> None:
    logits = np.full(mixtures, -200.0)
    logits[mixtures // 2] = 50.0
    numbers = np.array([0.0, 1e-7, 0.5, 0.999999])
    assert chooser(logits, numbers).tolist() == [mixtures // 2] * 4


def test_weights_that_are_not_numbers_choose_one_all_the_same(chooser: Any) -> None:
    """In a batch the other rows go on."""
    assert 0 <= chooser(np.full(3, np.nan), np.array([0.5]))[0] < 3


@pytest.mark.parametrize("pi_temperature", [0.5, 1.0, 3.0])
def test_components_are_chosen_as_often_as_they_weigh(chooser: Any, pi_temperature: float) -> None:
    logits = np.array([0.4, -1.0, 2.0, 0.0])
    numbers = (np.arange(10_000) + 0.5) / 10_000
    weights = np.exp(logits / pi_temperature)
    counts = np.bincount(chooser(logits, numbers, pi_temperature), minlength=4)
    assert counts == pytest.approx(10_000 * weights / weights.sum(), abs=2)


# --- what is sampled is what is scored ---


@pytest.fixture(scope="session")
def steady(
    libraries: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Graph, Head, np.ndarray]:
    """A file whose mixture is the same whatever it hears, with that mixture's parameters."""
    head = Head(TOUCH, 2)
    rows = np.array(
        [
            [0.6, np.log(0.02), -0.7, 0.4, -0.3, -2.6, -3.0, 0.6, -0.5, 0.7, 0.0, 0.0, 0.4, 1.2],
            [0.0, np.log(0.3), -1.0, -0.9, 0.5, -3.2, -2.7, -0.3, 0.2, -0.4, 0.0, 0.0, -1.1, -0.5],
        ]
    )
    zeros = {
        "kernel_0": np.zeros((Features(TOUCH).n_features, 32)),
        "recurrent_0": np.zeros((8, 32)),
        "bias_0": np.zeros(32),
        "output_kernel": np.zeros((8, head.n_params)),
        "output_bias": rows.reshape(-1),
    }
    path = tmp_path_factory.mktemp("steady") / "steady.tflite"
    weights = libraries.export.Weights({name: array.astype("float32") for name, array in zeros.items()})
    libraries.export.export_graph(head, weights, path, quantise=False)
    return Graph(libraries, path, layers=1, units=8), head, rows.reshape(-1)


def test_draws_of_the_graph_follow_the_density_that_is_scored(steady: tuple[Graph, Head, np.ndarray]) -> None:
    """Chi-square of 9 600 futures over cells of (log dt, x, y), and the flag in each half of time."""
    graph, head, params = steady
    event, n_calls = np.array([0.47, 0.52, 0.02, 1.0], "float32"), 300
    noise = noise_for(head, n_calls, 1, graph.n_futures, seed=12)
    drawn = np.concatenate([graph.fan(event, graph.zero, numbers)[:, 0] for numbers in noise])
    axes = [
        np.linspace(np.log(1.2e-3), np.log(4.5), 81),
        np.linspace(0.0, 1.0, 101),
        np.linspace(0.0, 1.0, 101),
    ]
    mid = [(axis[1:] + axis[:-1]) / 2 for axis in axes]
    u, x, y = np.meshgrid(*mid, indexing="ij")
    cells = np.stack([x, y, np.exp(u) - 1e-3, np.ones_like(x)], axis=-1)
    past = Past(event.astype("float64"), np.zeros(4))
    groups = head.log_densities(np, params, cells, past)
    volume = np.exp(u) * np.prod([axis[1] - axis[0] for axis in axes])  # d(dt) = (dt + 1 ms) du
    density = np.exp(groups["x,y,dt"]) * volume
    assert density.sum() == pytest.approx(1.0, abs=2e-3), "the grid holds nearly all"
    edges = ([20, 30, 38, 50, 55, 60, 65], [38, 42, 46, 50, 54, 58, 62], [42, 46, 50, 54, 58])
    starts = [np.array([0, *edge]) for edge in edges]
    expected = density
    for axis, start in enumerate(starts):
        expected = np.add.reduceat(expected, start, axis=axis)
    columns = [np.log(drawn[:, 2] + 1e-3), drawn[:, 0], drawn[:, 1]]
    bins = [
        np.digitize(values, axis[np.array(edge)])
        for values, axis, edge in zip(columns, axes, edges, strict=True)
    ]
    counts = np.zeros(expected.shape)
    np.add.at(counts, tuple(bins), 1)
    expected = expected * len(drawn)
    big = expected > 5
    observed = np.append(counts[big], counts[~big].sum())
    hoped = np.append(expected[big], len(drawn) - expected[big].sum())
    chi_square, freedom = float(((observed - hoped) ** 2 / hoped).sum()), len(hoped) - 1
    assert freedom > 60
    assert chi_square < freedom + 4 * np.sqrt(2 * freedom), "four standard deviations of a chi-square"
    moving = np.exp(groups["x,y,dt,moving"]) * volume
    for late in (False, True):
        half = (columns[0] > axes[0][50]) == late
        p = float(moving[50:].sum() / density[50:].sum() if late else moving[:50].sum() / density[:50].sum())
        assert drawn[half, 3].mean() == pytest.approx(p, abs=4 * float(np.sqrt(p * (1 - p) / half.sum())))


# --- drawings: the pen ends them ---


SKETCH = sketch_columns(50.0, "px")


@pytest.fixture(scope="session")
def sketcher(libraries: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> tuple[Graph, Head, Any]:
    """A file that draws, its density, and the network it was exported from."""
    libraries.keras.utils.set_random_seed(4)
    net = libraries.network.MDRNN(Head(SKETCH, MIXTURES), units=UNITS, layers=LAYERS, batch_size=1)
    rng = np.random.default_rng(4)
    for variable in net.trainable_variables:
        start = np.asarray(libraries.keras.ops.convert_to_numpy(variable.value))
        variable.assign(start + rng.normal(0, 0.15 if variable.name != "output_bias" else 0.1, start.shape))
    path = tmp_path_factory.mktemp("sketch") / "sketch.tflite"
    libraries.export.export_graph(net.head, libraries.export.Weights(net.arrays()), path, quantise=False)
    return Graph(libraries, path), net.head, net


def drawing(n: int, seed: int = 0) -> np.ndarray:
    """The beginning and `n` points of strokes, `(n + 1, 3)`."""
    rng = np.random.default_rng(seed)
    points = np.column_stack([rng.normal(0, 8, (n, 2)), rng.random(n) < 0.3]).astype("float32")
    return begun(points, SKETCH)


@pytest.mark.parametrize("at", [(0.0, 0.0), (-12.5, 20.0)])
def test_the_file_hears_a_drawing_as_the_network_does(
    sketcher: tuple[Graph, Head, Any], at: tuple[float, float]
) -> None:
    graph, _, net = sketcher
    points = drawing(60)
    points[0, :2] = at
    known = np.ones((len(points), 1), "float32")
    known[0] = 0.0
    net.reset()
    trained = np.asarray(net(np.concatenate([points, net.route.along(points), known], axis=1)[None]))[0]
    state = graph.zero
    for i, point in enumerate(points):
        params, state = graph.feed(point[None], state)
        assert params == pytest.approx(trained[i], abs=1e-4), f"point {i}"


def test_a_drawing_is_feed_and_draw_point_by_point_until_its_end(sketcher: tuple[Graph, Head, Any]) -> None:
    graph, head, net = sketcher
    lengths = set()
    for seed in range(12):
        heard = drawing(7, seed)
        _, state = graph.feed(heard[:-1], graph.zero)
        noise = noise_for(head, graph.room("generate"), seed=seed)
        rows, length, end = graph.draw(heard[-1], state, noise)
        for i in range(length):
            params, state = graph.feed(heard[-1][None], state)
            _, *own = head.split_noise(np, noise[i])
            past = net.route.past(heard[-1], net.route.along(heard)[-1])
            component = choose(head.components(np, params), float(noise[i, 0]), 1.0)
            assert rows[i] == pytest.approx(head.draw(np, component, own, past), abs=2e-3), f"point {i}"
            heard = np.concatenate([heard, rows[i : i + 1]])
        assert (rows[: length - 1, 2] < END).all()
        assert length == len(noise) or rows[length - 1, 2] == END
        assert end == pytest.approx(state, abs=1e-3)
        lengths.add(length)
    assert len(lengths) > 5, "they end, each at its own point"


def test_a_drawing_in_chunks_is_one_call_and_an_ended_one_stays_as_it_is(
    sketcher: tuple[Graph, Head, Any],
) -> None:
    graph, head, _ = sketcher
    for seed in range(6):
        noise = noise_for(head, graph.room("generate"), seed=seed)
        whole, length, end = graph.draw(drawing(0)[0], graph.zero, noise)
        point, state, found = drawing(0)[0], graph.zero, []
        for numbers in noise:
            rows, n, state = graph.draw(point, state, numbers[None])
            if n == 0:
                assert point[2] == END
                break
            found.append(rows[0])
            point = rows[0]
        assert np.array(found).tolist() == whole[:length].tolist()
        assert state.tolist() == end.tolist()


def test_an_ended_future_rests_while_the_others_go_on(sketcher: tuple[Graph, Head, Any]) -> None:
    graph, head, _ = sketcher
    noise = noise_for(head, graph.room("fan"), graph.n_futures, seed=3)
    futures = graph.fan(drawing(0)[0], graph.zero, noise)
    ends = [int(np.argmax(future[:, 2] == END)) for future in futures if (future[:, 2] == END).any()]
    assert len(set(ends)) > 3
    for i, future in enumerate(futures):
        alone, length, _ = graph.draw(drawing(0)[0], graph.zero, noise[:, i])
        assert future[:length] == pytest.approx(alone[:length], abs=2e-3), f"future {i}"
        assert future[length:].tolist() == [[0.0, 0.0, END]] * (len(future) - length)


# --- the same lines of code on every array library ---


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


# --- the file opens anywhere ---


def test_the_file_needs_no_tensorflow_and_no_operators_of_it(model_path: Path) -> None:
    code = (
        "import sys\n"
        "from ai_edge_litert.interpreter import Interpreter\n"
        "interpreter = Interpreter(model_path=sys.argv[1], num_threads=1)\n"
        "interpreter.allocate_tensors()\n"
        "print(sorted(interpreter.get_signature_list()))\n"
        "print(sorted({op['op_name'] for op in interpreter._get_ops_details()}))\n"
        "print('tensorflow' in sys.modules)\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", code, str(model_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    signatures, operators, has_tensorflow = done.stdout.splitlines()
    assert signatures == "['fan', 'feed', 'generate', 'guided', 'propose']"
    assert "Flex" not in operators and "WHILE" in operators
    assert has_tensorflow == "False"


def test_the_signatures_take_and_give_what_the_app_expects(
    libraries: SimpleNamespace, model_path: Path
) -> None:
    interpreter = libraries.Interpreter(model_path=str(model_path))
    found = {
        name: (sorted(s["inputs"]), sorted(s["outputs"]))
        for name, s in interpreter.get_signature_list().items()
    }
    rolled = ["count", "event", "noise", "state", "temperatures"]
    assert found == {
        "feed": (["count", "events", "state"], ["mixture", "state"]),
        "generate": (rolled, ["events", "length", "state"]),
        "guided": (sorted([*rolled, "guide"]), ["events", "length", "state"]),
        "fan": (rolled, ["events", "length"]),
        "propose": (
            ["count", "events", "guides", "noise", "states", "temperatures"],
            ["events", "length", "states"],
        ),
    }
