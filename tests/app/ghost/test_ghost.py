"""The verbs of the ghost, on the shipped model: what it remembers, repeats, returns and refuses."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.ghost import Ghost, GhostError, GhostState, ModelError


def phrase(n: int = 40) -> np.ndarray:
    """A drawn circle of n events, `(n, 4)`: x, y, dt, moving."""
    t = np.linspace(0.0, 2 * np.pi, n)
    events = np.stack([0.5 + 0.2 * np.cos(t), 0.5 + 0.3 * np.sin(t), np.full(n, 0.018), np.ones(n)], axis=1)
    events[0, 2:] = 0.0
    return events.astype("float32")


@pytest.fixture(scope="module")
def loaded(root: Path) -> Ghost:
    return Ghost.load(root / "models" / "touch.tflite", seed=1)


@pytest.fixture
def new_ghost(loaded: Ghost) -> Callable[..., Ghost]:
    """Makes a fresh ghost with a given seed; all share one opened model, which itself remembers nothing."""
    return lambda seed=1: Ghost(loaded._runtime, seed=seed)


@pytest.fixture
def ghost(new_ghost: Callable[..., Ghost]) -> Ghost:
    ghost = new_ghost()
    ghost.feed(phrase())
    return ghost


def same(a: GhostState, b: GhostState, tolerance: float = 0.0) -> bool:
    """Whether two states are equal, or as near as `tolerance`."""
    if a.event is None or b.event is None:
        return a.event is b.event and np.allclose(a.tensor, b.tensor, 0.0, tolerance)
    return np.allclose(a.event, b.event, 0.0, tolerance) and np.allclose(a.tensor, b.tensor, 0.0, tolerance)


# --- loading ---


def test_load_by_name_gives_the_touch_columns() -> None:
    ghost = Ghost.load("touch", seed=3)
    assert ghost.columns == ("x", "y", "dt", "moving") and ghost.name == "touch"
    assert ghost.manifest.corpus["credit"] and ghost.manifest.corpus["licence"]


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(ModelError, match="model: expected one of touch"):
        Ghost.load("no-such-model")


# --- feed ---


def test_a_phrase_in_one_call_is_the_phrase_event_by_event(new_ghost: Callable[..., Ghost]) -> None:
    at_once, in_parts, one_by_one = new_ghost(), new_ghost(), new_ghost()
    events = phrase(100)  # more than one call of the graph takes
    at_once.feed(events)
    for part in np.split(events, [1, 2, 33, 70]):
        in_parts.feed(part)
    for event in events:
        one_by_one.feed(event)
    assert same(at_once.state, in_parts.state)
    assert same(at_once.state, one_by_one.state)


def test_every_event_heard_counts(new_ghost: Callable[..., Ghost]) -> None:
    heard = phrase(12)
    whole = new_ghost()
    whole.feed(heard)
    for left_out in range(12):
        other = new_ghost()
        other.feed(np.delete(heard, left_out, axis=0))
        assert not same(whole.state, other.state, 1e-4), left_out


def test_no_events_are_no_news(ghost: Ghost) -> None:
    before = ghost.state
    ghost.feed(np.zeros((0, 4)))
    assert ghost.state is before


def test_what_was_fed_can_be_written_over(new_ghost: Callable[..., Ghost]) -> None:
    events = phrase(5)
    ghost, other = new_ghost(), new_ghost()
    ghost.feed(events)
    other.feed(phrase(5))
    events[:] = 0.9
    assert same(ghost.state, other.state)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, 20, 39])
@pytest.mark.parametrize("column", range(4))
def test_a_number_that_is_not_finite_is_refused_and_nothing_heard(
    ghost: Ghost, bad: float, row: int, column: int
) -> None:
    before = ghost.state
    events = phrase()
    events[row, column] = bad
    with pytest.raises(GhostError, match=f"events: expected finite numbers, got {bad}"):
        ghost.feed(events)
    assert ghost.state is before


@pytest.mark.parametrize("shape", [(3,), (5,), (2, 3), (2, 5), (1, 2, 4), (0,), ()])
def test_another_shape_is_refused_and_nothing_heard(ghost: Ghost, shape: tuple[int, ...]) -> None:
    before = ghost.state
    with pytest.raises(GhostError, match=r"events: expected \(n, 4\) for x, y, dt, moving, got "):
        ghost.feed(np.zeros(shape))
    assert ghost.state is before


@pytest.mark.parametrize("value", [3e38, -3e38, 1e6, -7.0])
def test_a_finite_number_far_out_of_range_does_not_spoil_the_memory(ghost: Ghost, value: float) -> None:
    ghost.feed(np.full((3, 4), value))
    ghost.feed(phrase(3))
    assert np.isfinite(ghost.state.tensor).all()
    assert np.isfinite(ghost.generate(20)).all()


def test_a_float64_too_large_for_float32_is_refused_like_infinity(ghost: Ghost) -> None:
    with np.errstate(over="ignore"), pytest.raises(GhostError, match="expected finite numbers"):
        ghost.feed(np.full((1, 4), 1e300))


# --- generate ---


def test_a_continuation_is_in_range_and_in_float32(ghost: Ghost) -> None:
    events = ghost.generate(300)
    assert events.shape == (300, 4) and events.dtype == np.float32
    low, high = ([getattr(c, end) for c in ghost.manifest.columns] for end in ("low", "high"))
    assert (events >= low).all() and (events <= high).all()
    assert set(np.unique(events[:, 3])) <= {0.0, 1.0}
    assert len(np.unique(events[:, :3], axis=0)) > 250, "a continuation does not stand still"


def test_the_same_seed_gives_the_same_reply(new_ghost: Callable[..., Ghost]) -> None:
    replies = []
    for seed in (5, 5, 6):
        ghost = new_ghost(seed)
        ghost.feed(phrase())
        replies.append((ghost.generate(50), ghost.generate(seconds=0.5)))
    assert (
        replies[0][0].tolist() == replies[1][0].tolist() and replies[0][1].tolist() == replies[1][1].tolist()
    )
    assert (replies[0][0] != replies[2][0]).any()


def test_no_seed_gives_another_reply_each_time(new_ghost: Callable[..., Ghost]) -> None:
    assert (new_ghost(None).generate(20) != new_ghost(None).generate(20)).any()


def test_two_replies_in_a_row_differ(ghost: Ghost) -> None:
    assert (ghost.generate(20) != ghost.generate(20)).any()


def test_generators_are_told_apart_by_number_and_seed_and_change_nothing(
    new_ghost: Callable[..., Ghost],
) -> None:
    one, same, other = new_ghost(7), new_ghost(7), new_ghost(8)
    numbers = [one.rng(0).random(), one.rng(1).random(), other.rng(0).random()]
    assert len(set(numbers)) == 3
    assert [same.rng(0).random(), same.rng(1).random()] == numbers[:2]
    assert one.rng(0).random() == numbers[0]
    np.testing.assert_array_equal(one.generate(5), new_ghost(7).generate(5))


@pytest.mark.parametrize("n_events", [1, 7, 32, 33, 100])
def test_the_reply_is_remembered_as_if_it_had_been_fed(
    ghost: Ghost, new_ghost: Callable[..., Ghost], n_events: int
) -> None:
    reply = ghost.generate(n_events)
    other = new_ghost()
    other.feed(np.concatenate([phrase(), reply]))
    assert len(reply) == n_events
    assert same(ghost.state, other.state, 1e-4)


def test_no_events_asked_for_are_none_given(ghost: Ghost) -> None:
    before = ghost.state
    assert ghost.generate(0).shape == (0, 4)
    assert ghost.state is before


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.3, 2.0, 5.0])
def test_a_reply_never_lasts_longer_than_asked(new_ghost: Callable[..., Ghost], seconds: float) -> None:
    for seed in range(6):
        ghost, other = new_ghost(seed), new_ghost(seed)
        ghost.feed(phrase())
        reply = ghost.generate(seconds=seconds)
        assert reply[:, 2].sum(dtype="float64") <= seconds + 1e-9
        other.feed(np.concatenate([phrase(), reply]))
        assert same(ghost.state, other.state, 1e-4), "it remembers what it returned, and nothing else"


def test_a_reply_of_seconds_goes_as_far_as_it_can(new_ghost: Callable[..., Ghost]) -> None:
    """The next event would have passed the limit: the same seed asked for more begins with the same reply."""
    short, long = new_ghost(4), new_ghost(4)
    for ghost in (short, long):
        ghost.feed(phrase())
    reply, longer = short.generate(seconds=0.4), long.generate(64)
    assert len(reply) < 32, "within one call of the graph, so that both see the same noise"
    assert longer[: len(reply)].tolist() == reply.tolist()
    assert longer[: len(reply) + 1, 2].sum(dtype="float64") > 0.4


def test_an_event_that_ends_just_in_time_belongs_to_the_reply(new_ghost: Callable[..., Ghost]) -> None:
    ends = np.cumsum(new_ghost(4).generate(20)[:, 2], dtype="float64")
    assert len(new_ghost(4).generate(seconds=float(ends[9]))) == 10


def test_a_reply_written_over_does_not_change_the_memory(ghost: Ghost) -> None:
    for ask in ({"n_events": 3}, {"seconds": 0.2}):
        reply = ghost.generate(**ask)
        kept = ghost.state.event
        assert kept is not None
        reply[:] = 0.123
        assert (ghost.state.event != np.float32(0.123)).any()


def test_a_sigma_temperature_of_zero_leaves_only_the_choice(new_ghost: Callable[..., Ghost]) -> None:
    """Each event is then the mean of one component: places from the mixture as it is drawn on screen."""
    ghost = new_ghost()
    ghost.feed(phrase())
    mixture = ghost.mixture()
    event = ghost.generate(1, sigma_temperature=0.0)[0]
    distance = np.abs(np.column_stack([mixture.mean, mixture.dt_s]) - event[:3]).max(axis=1)
    assert distance.min() < 1e-5 and mixture.pi[np.argmin(distance)] > 1e-4


def test_a_low_pi_temperature_takes_the_likeliest_idea(new_ghost: Callable[..., Ghost]) -> None:
    for seed in range(8):
        ghost = new_ghost(seed)
        ghost.feed(phrase())
        mixture = ghost.mixture()
        event = ghost.generate(1, pi_temperature=1e-4, sigma_temperature=0.0)[0]
        assert event[:2] == pytest.approx(mixture.mean[np.argmax(mixture.pi)], abs=1e-5)


def test_temperatures_are_refused_out_of_range(ghost: Ghost) -> None:
    before = ghost.state
    for pi, sigma in (
        (0.0, 1.0),
        (-1.0, 1.0),
        (np.nan, 1.0),
        (np.inf, 1.0),
        (1.0, -0.1),
        (1.0, np.nan),
        (1.0, np.inf),
    ):
        for call in (lambda **t: ghost.generate(2, **t), lambda **t: ghost.fan(2, 2, **t)):
            with pytest.raises(
                GhostError, match="temperatures: expected pi > 0 and sigma >= 0, both finite, got "
            ):
                call(pi_temperature=pi, sigma_temperature=sigma)
    assert ghost.state is before


def test_a_pi_temperature_that_float32_rounds_to_zero_is_refused(ghost: Ghost) -> None:
    with pytest.raises(GhostError, match="temperatures: expected pi > 0"):
        ghost.generate(1, pi_temperature=1e-50)


def test_either_a_number_or_a_time_is_asked_for(ghost: Ghost) -> None:
    for ask in ({}, {"n_events": 2, "seconds": 1.0}, {"n_events": 0, "seconds": 0.0}):
        with pytest.raises(
            GhostError, match="generate: expected either n_events or seconds, got both or neither"
        ):
            ghost.generate(**ask)


@pytest.mark.parametrize(
    "ask", [{"n_events": -1}, {"seconds": -0.1}, {"seconds": np.nan}, {"seconds": np.inf}, {"seconds": 1e9}]
)
def test_impossible_lengths_are_refused(ghost: Ghost, ask: dict[str, float]) -> None:
    before = ghost.state
    with pytest.raises(GhostError, match=r"expected (>= 0|a number from 0 to 3600), got "):
        ghost.generate(**ask)
    assert ghost.state is before


# --- fan ---


@pytest.mark.parametrize(("n_futures", "n_events"), [(1, 1), (5, 10), (32, 32), (33, 3), (70, 2)])
def test_a_fan_has_the_futures_asked_for(ghost: Ghost, n_futures: int, n_events: int) -> None:
    before = ghost.state
    futures = ghost.fan(n_futures, n_events)
    assert futures.shape == (n_futures, n_events, 4) and np.isfinite(futures).all()
    assert len(np.unique(futures.reshape(n_futures, -1), axis=0)) == n_futures, "no two are the same"
    assert ghost.state is before, "a fan looks ahead and does not move on"


def test_a_fan_goes_on_from_the_last_event(ghost: Ghost) -> None:
    """A slow stroke that ends in a corner goes on there, and nowhere near the middle."""
    stroke = phrase(30)
    stroke[:, 0], stroke[:, 1] = np.linspace(0.70, 0.85, 30), np.linspace(0.30, 0.15, 30)
    ghost.feed(stroke)
    away = np.abs(ghost.fan(200, 1)[:, 0, :2] - stroke[-1, :2])
    assert (np.median(away, axis=0) < 0.05).all()


def test_a_fan_spreads_as_replies_do(new_ghost: Callable[..., Ghost]) -> None:
    """Futures and replies are draws of the same density: their first events have the same quartiles."""
    ghost = new_ghost()
    ghost.feed(phrase())
    start = ghost.state
    fanned = ghost.fan(1024, 1)[:, 0]
    replies = []
    for _ in range(1024):
        ghost.state = start
        replies.append(ghost.generate(1)[0])
    for column in range(3):
        a, b = np.sort(fanned[:, column]), np.sort(np.array(replies)[:, column])
        grid = np.concatenate([a, b])
        distance = np.abs(np.searchsorted(a, grid, "right") - np.searchsorted(b, grid, "right")).max() / 1024
        assert distance < 1.63 * np.sqrt(2 / 1024), "Kolmogorov-Smirnov of two samples, 1 %"


@pytest.mark.parametrize(("n_futures", "n_events"), [(0, 5), (-1, 5), (5, 0), (5, -1), (5, 10_000)])
def test_an_impossible_fan_is_refused(ghost: Ghost, n_futures: int, n_events: int) -> None:
    with pytest.raises(GhostError, match="fan: expected futures >= 1 and 1 to "):
        ghost.fan(n_futures, n_events)


def test_a_fan_does_not_change_what_a_seed_gives(new_ghost: Callable[..., Ghost]) -> None:
    plain, curious = new_ghost(9), new_ghost(9)
    curious.fan(3, 3)
    assert curious.generate(5).tolist() == plain.generate(5).tolist()


def test_the_size_of_chunks_does_not_change_what_a_seed_gives(new_ghost: Callable[..., Ghost]) -> None:
    whole, parts = new_ghost(9), new_ghost(9)
    in_parts = np.concatenate([parts.generate(n) for n in (4, 16, 12)])
    assert in_parts == pytest.approx(whole.generate(32), abs=1e-4)


# --- mixture ---


def test_the_mixture_is_one_and_does_not_move_on(ghost: Ghost) -> None:
    before = ghost.state
    mixture, again = ghost.mixture(), ghost.mixture()
    n = ghost.manifest.mixtures
    assert mixture.pi.shape == (n,) and mixture.mean.shape == (n, 2) and mixture.covariance.shape == (n, 2, 2)
    assert mixture.pi.sum() == pytest.approx(1.0, abs=1e-5)
    assert (np.linalg.eigvalsh(mixture.covariance) > 0.0).all()
    assert (mixture.dt_s >= 0.0).all() and ((mixture.moving >= 0.0) & (mixture.moving <= 1.0)).all()
    assert ghost.state is before and again.mean.tolist() == mixture.mean.tolist()


def test_the_mixture_tells_what_a_fan_does(ghost: Ghost) -> None:
    """The mean and the share of each flag, from the numbers on screen and from 2 000 draws in the graph."""
    mixture, n = ghost.mixture(), 2048
    first = ghost.fan(n, 1)[:, 0]
    mean = mixture.pi @ mixture.mean
    between = mixture.mean - mean
    spread = np.einsum("k,kij->ij", mixture.pi, mixture.covariance) + np.einsum(
        "k,ki,kj->ij", mixture.pi, between, between
    )
    # Clamping and the coupling to dt change the moments a little; a wrong parameter changes them a lot.
    assert first[:, :2].mean(axis=0) == pytest.approx(mean, abs=float(5 * np.sqrt(spread.max() / n)) + 0.005)
    p = float(mixture.pi @ mixture.moving)
    assert first[:, 3].mean() == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / n) + 0.005)
    dt = np.average(np.log(mixture.dt_s + 1e-3), weights=mixture.pi)
    assert np.log(first[:, 2] + 1e-3).mean() == pytest.approx(dt, abs=0.15)


# --- memory ---


def test_reset_forgets_everything(ghost: Ghost, new_ghost: Callable[..., Ghost]) -> None:
    ghost.reset()
    assert same(ghost.state, new_ghost().state) and ghost.state.event is None
    ghost.feed(phrase(7))
    other = new_ghost()
    other.feed(phrase(7))
    assert same(ghost.state, other.state)


def test_a_snapshot_survives_what_comes_after(ghost: Ghost) -> None:
    kept = ghost.state
    tensor, event = kept.tensor.copy(), np.array(kept.event)
    ghost.feed(phrase(10))
    ghost.generate(50)
    ghost.fan(3, 3)
    ghost.reset()
    assert kept.tensor.tolist() == tensor.tolist() and np.array(kept.event).tolist() == event.tolist()


def test_a_state_set_again_is_an_undo(ghost: Ghost) -> None:
    kept, mean = ghost.state, ghost.mixture().mean
    ghost.generate(40)
    assert (ghost.mixture().mean != mean).any()
    ghost.state = kept
    assert ghost.state is kept and ghost.mixture().mean.tolist() == mean.tolist()


def test_a_branch_repeats_with_an_equal_seed(new_ghost: Callable[..., Ghost]) -> None:
    trunk = new_ghost(1)
    trunk.feed(phrase())
    branches = []
    for _ in range(2):
        branch = new_ghost(77)
        branch.state = trunk.state
        branches.append(branch.generate(60))
    assert branches[0].tolist() == branches[1].tolist()


@pytest.mark.parametrize("shape", [(2, 2, 1, 4), (1,), ()])
def test_a_state_of_another_model_is_refused(ghost: Ghost, shape: tuple[int, ...]) -> None:
    before = ghost.state
    with pytest.raises(GhostError, match=r"state: expected shape \("):
        ghost.state = GhostState(np.zeros(shape, "float32"), None)
    assert ghost.state is before


# --- before any event ---


def test_everything_works_before_any_event(new_ghost: Callable[..., Ghost]) -> None:
    ghost = new_ghost()
    assert ghost.state.event is None
    assert ghost.mixture().pi.sum() == pytest.approx(1.0, abs=1e-5)
    assert ghost.fan(2, 3).shape == (2, 3, 4)
    assert ghost.state.event is None, "looking ahead is not hearing"
    assert ghost.generate(3).shape == (3, 4)
    assert ghost.state.event is not None


def test_the_first_reply_of_all_is_remembered_alike_by_number_and_by_time(
    new_ghost: Callable[..., Ghost],
) -> None:
    by_time, by_number = new_ghost(4), new_ghost(4)
    reply = by_time.generate(seconds=0.4)
    again = by_number.generate(32)[: len(reply)]
    assert again.tolist() == reply.tolist()
    exact = new_ghost(4)
    noise = new_ghost(4)._noise.events(32)
    exact._noise.events = lambda count: noise[:count]  # type: ignore[method-assign]
    assert exact.generate(len(reply)).tolist() == reply.tolist()
    assert same(exact.state, by_time.state, 1e-4)


# --- one thread ---


@pytest.mark.parametrize("call", ["feed", "generate", "fan", "mixture"])
def test_another_thread_is_refused(ghost: Ghost, call: str) -> None:
    arguments = {"feed": (phrase(2),), "generate": (2,), "fan": (2, 2), "mixture": ()}[call]
    errors: list[BaseException] = []

    def intrude() -> None:
        try:
            getattr(ghost, call)(*arguments)
        except GhostError as error:
            errors.append(error)

    thread = threading.Thread(target=intrude)
    thread.start()
    thread.join()
    assert [str(e) for e in errors] == [
        "ghost: expected calls from the one thread that owns it, got another thread."
    ]


def test_a_ghost_may_be_made_in_one_thread_and_played_in_another(new_ghost: Callable[..., Ghost]) -> None:
    ghost, replies = new_ghost(), []
    thread = threading.Thread(target=lambda: replies.append(ghost.generate(2)))
    thread.start()
    thread.join()
    assert replies[0].shape == (2, 4)
