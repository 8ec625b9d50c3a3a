"""What is sampled is what is scored."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mdn.columns import TOUCH
from mdn.densities import Past
from mdn.heads import Head
from tests.contract.parity.graph import Graph, noise_for
from tests.model_files import steady_arrays

pytestmark = [pytest.mark.train, pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture(scope="session")
def steady(
    libraries: SimpleNamespace, small_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Graph, Head, np.ndarray]:
    """A file whose mixture is the same whatever it hears, with that mixture's parameters."""
    head = Head(TOUCH, 2)
    rows = np.array(
        [
            [0.6, np.log(0.02), -0.7, 0.4, -0.3, -2.6, -3.0, 0.6, -0.5, 0.7, 0.0, 0.0, 0.4, 1.2],
            [0.0, np.log(0.3), -1.0, -0.9, 0.5, -3.2, -2.7, -0.3, 0.2, -0.4, 0.0, 0.0, -1.1, -0.5],
        ]
    )
    path = tmp_path_factory.mktemp("steady") / "steady.tflite"
    libraries.rewrite.rewrite(small_file, steady_arrays(head, 8, rows.reshape(-1)), path)
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
