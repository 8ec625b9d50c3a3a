"""One event after the other: the file computes what the network does, and draws what NumPy does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mdn.densities import Past
from mdn.heads import Head
from tests.contract.parity.graph import Graph, choose, noise_for, performance

N_EVENTS = 200

pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


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
