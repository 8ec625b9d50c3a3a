"""What pages are told of the mixture of the ghost's next touch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.core.clock import ManualClock
from app.core.events import Release, Source, Touch
from app.core.parameters import Settings
from app.core.sink import CollectingSink
from app.engine.thread import Engine
from app.ghost import Ghost
from app.web.glow import LEAST_SHARE, MOST, components
from mdn.mixture import Mixture
from tests.app.web.page import Page, a_port, play


def a_mixture(pi: list[float], covariance: list[list[float]] | None = None) -> Mixture:
    """Components side by side, all as wide."""
    count = len(pi)
    places = np.stack([np.arange(count) / 10, np.full(count, 0.25)], axis=1)
    wide = np.tile(np.array(covariance or [[0.0004, 0.0], [0.0, 0.0009]]), (count, 1, 1))
    return Mixture(np.array(pi), places, wide, np.zeros(count), np.ones(count), np.zeros((count, 0)))


def test_the_likeliest_are_told_first_and_no_more_than_a_few() -> None:
    told = components(a_mixture([0.1, 0.6, 0.005, 0.295]))
    assert told == [
        [0.6, 0.1, 0.25, 0.02, 0.03, 0.0],
        [0.295, 0.3, 0.25, 0.02, 0.03, 0.0],
        [0.1, 0.0, 0.25, 0.02, 0.03, 0.0],
    ]
    assert len(components(a_mixture([0.05] * 20))) == MOST
    assert components(a_mixture([LEAST_SHARE / 2, 1.0])) == [[1.0, 0.1, 0.25, 0.02, 0.03, 0.0]]


def test_how_x_and_y_go_together_is_told() -> None:
    told = components(a_mixture([1.0], [[0.0004, -0.0003], [-0.0003, 0.0009]]))
    assert told[0][5] == pytest.approx(-0.5)


def test_what_is_not_finite_is_left_out() -> None:
    mixture = a_mixture([0.5, 0.5])
    mixture.mean[0, 0] = np.nan
    assert [row[1] for row in components(mixture)] == [0.1]


def test_pages_are_told_while_somebody_is_there() -> None:
    with a_port() as port:
        assert not port.server.sink.wants_mixture

        async def scenario() -> None:
            async with Page(port) as page:
                assert port.server.sink.wants_mixture
                port.status = replace(port.status, mixture=a_mixture([1.0]))
                await page.until(
                    lambda message: (
                        message[0] == "state"
                        and message[1].get("glow") == [[1.0, 0.0, 0.25, 0.02, 0.03, 0.0]]
                    )
                )
                port.status = replace(port.status, mixture=None)
                await page.until(lambda message: message[0] == "state" and message[1].get("glow", 0) is None)

        play(scenario)
        assert not port.server.sink.wants_mixture


def test_nobody_is_told_of_knobs() -> None:
    with a_port(columns=["dt", "x1", "x2"]) as port:

        async def scenario() -> None:
            async with Page(port) as page:
                port.status = replace(port.status, mixture=a_mixture([1.0]))
                await page.after_all()
                assert page.welcome["state"]["glow"] is None
                assert not port.server.sink.wants_mixture

        play(scenario)


def test_the_engine_keeps_it_fresh_for_a_sink_that_shows_it() -> None:
    sink, clock = CollectingSink(), ManualClock()
    engine = Engine(Ghost.load("touch", seed=1), Settings(), [sink], clock=clock)
    engine.submit(Touch(0.0, Source.PLAYER, voice=0, x=0.5, y=0.5, moving=False))
    engine.run_until(0.1)
    assert engine.status().mixture is None
    sink.wants_mixture = True
    engine.submit(Release(0.1, Source.PLAYER, voice=0))
    engine.run_until(0.2)
    shown = engine.status().mixture
    assert shown is not None and shown.mean.shape[1] == 2
    engine.stop()
