"""A token bucket, with a clock moved by hand."""

from __future__ import annotations

from app.core.allowance import Allowance


def test_a_flood_is_held_to_a_rate_and_a_burst_is_not() -> None:
    allowance = Allowance(2000.0, 1024.0)
    assert sum(allowance.take(1.0, 5.0) for _ in range(5000)) == 1024
    assert sum(allowance.take(1.0, 5.5) for _ in range(5000)) == 1000
    assert (
        sum(allowance.take(1.0, 99.0) for _ in range(5000)) == 1024
    )  # it holds no more than it did at first
    assert not allowance.take(1.0, 1.0)  # a clock that goes back gives nothing


def test_one_that_is_overdrawn_says_how_long_to_wait() -> None:
    allowance = Allowance(10.0, 5.0)
    assert allowance.use(5.0, 0.0) == 0.0
    assert allowance.use(2.0, 0.1) == 0.1
    assert not allowance.take(0.0, 0.1)
    assert allowance.use(1.0, 100.0) == 0.0
    assert allowance.use(4.0, 100.0) == 0.0
    assert allowance.use(1.0, 100.0) == 0.1
