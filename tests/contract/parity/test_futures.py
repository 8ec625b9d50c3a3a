"""Many futures at once: each is the reply that its own noise gives."""

from __future__ import annotations

import numpy as np
import pytest

from mdn.heads import Head
from tests.contract.parity.graph import Graph, noise_for, performance

pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


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
