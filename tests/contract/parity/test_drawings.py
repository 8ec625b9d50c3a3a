"""Drawings in the graph: the pen ends them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mdn.columns import sketch_columns
from mdn.heads import Head
from mdn.past_features import begun
from models.strokes import END
from tests.contract.parity.graph import LAYERS, MIXTURES, UNITS, Graph, choose, noise_for

pytestmark = [pytest.mark.train, pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


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
