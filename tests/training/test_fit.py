"""Fitting: it learns, it goes on where it was, it stops as told, and it says what it cannot learn from."""

from __future__ import annotations

import signal
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mdn.past_features import beginning_of
from training import epochs, streams
from training.checkpoint import Progress
from training.corpus import Corpus, drawn
from training.recipe import Recipe
from training.scoring import prepare

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

TINY = Recipe(
    units=8, layers=1, mixtures=2, epochs=3, n_streams=3, n_steps=20, learning_rate=2e-2, dropout=0.0,
    averaging=0.5, symmetries=1,
)  # fmt: skip
Weights = dict[str, np.ndarray]


def equal(a: Weights, b: Weights) -> bool:
    return a.keys() == b.keys() and all(np.allclose(a[name], b[name], rtol=1e-4, atol=1e-5) for name in a)


def numbers(tensor: Any) -> np.ndarray:
    """What a tensor of any backend holds."""
    import keras

    return np.asarray(keras.ops.convert_to_numpy(tensor))


@pytest.fixture(scope="session")
def unbroken(libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus) -> tuple[Weights, Progress]:
    """A run of three epochs."""
    weights, progress = libraries.fit.fit(circles, more_circles, TINY)
    return weights, progress


@dataclass(frozen=True)
class Killed:
    """A run that ended after its second epoch, without a word: its network and what lies on disk."""

    run: Any
    checkpoint: bytes


@pytest.fixture(scope="session")
def killed(
    libraries: SimpleNamespace,
    circles: Corpus,
    more_circles: Corpus,
    tmp_path_factory: pytest.TempPathFactory,
) -> Killed:
    path = tmp_path_factory.mktemp("killed") / "run.npz"
    run = libraries.fit._Run(circles, more_circles, TINY, path, None)
    run.epoch()
    run.epoch()
    return Killed(run, path.read_bytes())


@pytest.fixture
def checkpoint(killed: Killed, tmp_path: Path) -> Path:
    path = tmp_path / "run.npz"
    path.write_bytes(killed.checkpoint)
    return path


@pytest.fixture
def epochs_without_work(libraries: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Epochs that train nothing and score what the test says, one number an epoch."""
    scores: list[float] = []
    monkeypatch.setattr(libraries.fit._Run, "epoch", lambda run: run._score(0.0))
    monkeypatch.setattr(libraries.fit, "score_network", lambda *_: {"x,y,dt,moving": scores.pop(0)})
    return scores


@pytest.mark.slow
def test_the_loss_falls_and_the_best_epoch_is_kept(unbroken: tuple[Weights, Progress]) -> None:
    _, progress = unbroken
    train, valid = ([row[part] for row in progress.history] for part in ("train", "valid"))
    assert [row["epoch"] for row in progress.history] == [1, 2, 3]
    assert train[-1] < train[0] - 0.2 and valid[-1] < valid[0] - 0.2
    assert progress.best == min(valid) and progress.best_epoch == int(np.argmin(valid)) + 1


@pytest.mark.slow
def test_the_score_of_the_weights_is_the_score_that_was_reported(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, unbroken: tuple[Weights, Progress]
) -> None:
    """Also when it starts from these weights, and in other streams and windows."""
    weights, progress = unbroken
    for recipe in (TINY, replace(TINY, n_streams=1, n_steps=7)):
        run = libraries.fit._Run(circles, more_circles, recipe, None, weights)
        scores = libraries.fit.score_network(run.network, prepare(more_circles), recipe)
        assert list(scores) == ["x,y,dt,moving", "x,y,dt"]
        assert scores["x,y,dt,moving"] == pytest.approx(progress.best, abs=1e-4)


@pytest.mark.slow
def test_a_run_killed_goes_on_as_if_it_had_not_been(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, checkpoint: Path,
    unbroken: tuple[Weights, Progress],
) -> None:  # fmt: skip
    weights, progress = libraries.fit.fit(circles, more_circles, TINY, checkpoint=checkpoint)
    assert [row["epoch"] for row in progress.history] == [1, 2, 3]
    for mine, theirs in zip(progress.history, unbroken[1].history, strict=True):
        assert mine == pytest.approx(theirs, abs=1e-4)
    assert equal(weights, unbroken[0])


def test_the_loss_falls_what_is_scored_is_the_average_and_what_is_trained_stays(killed: Killed) -> None:
    network, best = killed.run.network, killed.run.best
    first, second = killed.run.progress.history
    assert all(second[part] < first[part] - 0.1 for part in ("train", "valid"))
    averages = [numbers(v.value) for v in network.optimizer._model_variables_moving_average]
    names = [v.name for v in network.trainable_variables]
    assert equal(best, dict(zip(names, averages, strict=True))), "the second epoch was the better one"
    assert not equal(best, network.arrays())


def test_everything_random_is_in_the_checkpoint(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus
) -> None:
    run = libraries.fit._Run(circles, more_circles, replace(TINY, dropout=0.3), None, None)
    # What a run carries from epoch to epoch, but for the state, which every performance begins anew.
    carried = {id(v) for v in run.network.variables if v is not run.network.state}
    assert carried <= {id(v) for v in run._variables().values()}
    # By names that say what it is, the same ones in a process that has made another network before.
    assert {"kernel_0", "iteration", "mdrnn_kernel_0_average", "dropout_0_seed"} <= run._variables().keys()
    again = libraries.fit._Run(circles, more_circles, replace(TINY, dropout=0.3), None, None)
    assert again._variables().keys() == run._variables().keys()


def epochs_found(
    libraries: SimpleNamespace, corpus: Corpus, held_out: Corpus, recipe: Recipe, path: Path
) -> int:
    """How many finished epochs a run finds at `path` to go on from."""
    found: int = libraries.fit._Run(corpus, held_out, recipe, path, None).progress.epoch
    return found


def test_only_its_own_checkpoint_is_gone_on_from(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, checkpoint: Path
) -> None:
    assert epochs_found(libraries, circles, more_circles, TINY, checkpoint) == 2
    for other in (replace(TINY, seed=2), replace(TINY, units=9), replace(TINY, epochs=4)):
        assert epochs_found(libraries, circles, more_circles, other, checkpoint) == 0
    assert epochs_found(libraries, more_circles, circles, TINY, checkpoint) == 0
    checkpoint.write_bytes(b"damaged")
    assert epochs_found(libraries, circles, more_circles, TINY, checkpoint) == 0


def test_the_checkpoint_of_other_data_of_the_same_size_is_ignored(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, checkpoint: Path
) -> None:
    turned = Corpus(circles.columns, tuple(p[::-1].copy() for p in circles.performances))
    assert epochs_found(libraries, turned, more_circles, TINY, checkpoint) == 0


def test_an_interrupt_returns_the_best_so_far(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, epochs_without_work: list[float],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def interrupt(progress: Progress) -> None:
        if progress.epoch == 2:
            raise KeyboardInterrupt

    epochs_without_work += [1.0, 0.5, 0.25]
    weights, progress = libraries.fit.fit(circles, more_circles, replace(TINY, epochs=50), report=interrupt)
    assert (progress.epoch, progress.best) == (2, 0.5) and {"kernel_0", "output_bias"} <= weights.keys()
    assert "interrupted after epoch 2" in caplog.text


def test_ctrl_c_ends_the_run_after_the_batch_at_hand(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[tuple[int, int]] = []
    went_on: list[int] = []

    def press(epoch: int, number: int, of: int, nats: float) -> None:
        batches.append((epoch, number))
        if epoch == 2:
            signal.raise_signal(signal.SIGINT)
            went_on.append(of)

    monkeypatch.setattr(libraries.network.MDRNN, "train_on_batch", lambda *_: 1.0)
    monkeypatch.setattr(libraries.fit._Run, "_score", score_of_nothing)
    weights, progress = libraries.fit.fit(circles, more_circles, replace(TINY, epochs=50), on_batch=press)
    assert batches[-1] == (2, 1) and went_on == [batches[-2][1]], "and not before the end of the batch"
    assert (progress.epoch, progress.is_interrupted) == (1, True) and weights
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def score_of_nothing(run: Any, train: float) -> None:
    """In place of scoring, which takes seconds: every epoch is the best."""
    run.progress.epoch += 1
    run.best = run.network.arrays()


def test_an_interrupt_before_the_first_epoch_ends_leaves_nothing(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(run: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(libraries.fit._Run, "epoch", interrupt)
    with pytest.raises(libraries.fit.FitError, match="fit: expected at least one finished epoch, got none"):
        libraries.fit.fit(circles, more_circles, TINY)


def test_a_run_that_gets_no_better_stops(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, epochs_without_work: list[float]
) -> None:
    epochs_without_work += [1.0, 2.0, 0.5, 0.75, 0.6, 0.1]
    _, progress = libraries.fit.fit(circles, more_circles, replace(TINY, epochs=9, patience=2))
    assert (progress.epoch, progress.best_epoch, progress.best) == (5, 3, 0.5)


def test_a_held_out_score_that_is_not_a_number_is_refused_as_such(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, epochs_without_work: list[float]
) -> None:
    epochs_without_work += [float("nan")]
    with pytest.raises(libraries.fit.FitError, match="nan"):
        libraries.fit.fit(circles, more_circles, replace(TINY, epochs=1))


def test_data_that_is_not_a_number_is_refused(
    libraries: SimpleNamespace, circles: Corpus, killed: Killed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the run of other tests, whose graph is there already; it has its weights back afterwards."""
    run, fit = killed.run, libraries.fit
    performances = [p.copy() for p in circles.performances]
    performances[1][5, 0] = np.nan
    monkeypatch.setattr(run.epochs, "corpus", Corpus(circles.columns, tuple(performances)))
    before = fit._numbers(run._variables())
    try:
        with pytest.raises(fit.FitError, match=r"expected a finite loss, got nan in epoch 3, batch \d"):
            run.epoch()
    finally:
        fit._assign(run._variables(), before)
    assert run.progress.epoch == 2


def test_every_epoch_has_noise_of_its_own_and_the_same_again(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[float] = []
    run = libraries.fit._Run(circles, more_circles, replace(TINY, symmetries=8), None, None)
    monkeypatch.setattr(run.network, "train_on_batch", lambda x, y, w: heard.append(float(x.sum())) or 1.0)
    monkeypatch.setattr(run, "_score", lambda train: None)
    sums = []
    for number in (0, 1, 0):
        run.progress.epoch = number
        run.epoch()
        sums.append(tuple(heard))
        heard.clear()
    assert sums[0] == sums[2] != sums[1]


def test_the_loss_is_the_mean_over_events_that_exist(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus
) -> None:
    network = libraries.fit._Run(circles, more_circles, TINY, None, None).network
    rng = np.random.default_rng(3)
    inputs, targets = rng.random((3, 5, 13)).astype("float32"), rng.random((3, 5, 4)).astype("float32")
    params = np.tile(network.head.bias(), (3, 5, 1))
    weights = np.zeros((3, 5), "float32")
    weights[0, :2] = weights[2, 4] = 1.0
    nats = numbers(network.nats(inputs, targets, params)["x,y,dt,moving"])
    loss = network.compute_loss(x=inputs, y=targets, y_pred=params, sample_weight=weights)
    assert float(loss) == pytest.approx(float(nats[0, 0] + nats[0, 1] + nats[2, 4]) / 3, rel=1e-5)
    assert float(network.compute_loss(x=inputs, y=targets, y_pred=params, sample_weight=0 * weights)) == 0.0


def test_half_of_the_drawings_are_told_where_they_begin_and_none_is_when_it_is_scored(
    libraries: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    drawings = [rng.normal(0, 10, (5, 3)).astype("float32") for _ in range(400)]
    for points in drawings:
        points[:, 2] = [0, 1, 0, 0, 2]
    corpus, heard = drawn(drawings, box=100.0, epsilon=1.0), []

    def pack(chains: list[list[np.ndarray]], *_: Any, **__: Any) -> list[Any]:
        heard.extend(performance for chain in chains for performance in chain)
        raise KeyboardInterrupt

    monkeypatch.setattr(epochs, "pack", pack)
    with pytest.raises(libraries.fit.FitError, match="at least one finished epoch"):
        libraries.fit.fit(corpus, corpus, TINY)
    placed = [points for points in heard if points[0, :2].any()]
    assert 0.42 < len(placed) / len(heard) < 0.58
    for points in placed:
        assert points[0, :2] == pytest.approx(beginning_of(points[1:], corpus.columns), abs=1e-4)
    assert not any(points[0, :2].any() for (points,) in prepare(corpus))


def test_a_first_point_that_no_file_holds_is_learned_and_chooses_no_epoch(
    libraries: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And whole numbers are learned and scored with noise of half a step of their grid."""
    drawings = [np.array([[0, 0, 0], [30, 0, 0], [-20, 9, 2]], "float32")] * 200
    corpus = drawn(drawings, box=100.0, epsilon=1.0, grid=1.0, has_added_start=[True] * 200)
    learned: list[Any] = []

    def pack(chains: list[list[np.ndarray]], *_: Any, **__: Any) -> list[Any]:
        learned.extend(chains)
        raise KeyboardInterrupt

    whole = streams.pack
    monkeypatch.setattr(epochs, "pack", pack)
    recipe = replace(TINY, warp=0.0)
    with pytest.raises(libraries.fit.FitError, match="at least one finished epoch"):
        libraries.fit.fit(corpus, corpus, recipe)
    assert [len(part) for chain in learned for part in chain] == [4] * 200, (
        "one part: its first event is none"
    )
    run = libraries.fit._Run(corpus, replace(corpus, drawing=None), recipe, None, None)
    batches = whole(run.held_out, run.network.route, n_streams=4, n_steps=50)
    assert sum(float(batch.weights.sum()) for batch in batches) == 2 * 200
    for steps in ([chain[0][2:] for chain in learned], [parts[1][1:] for parts in run.held_out]):
        off = np.concatenate(steps)[:, :2] - np.tile(drawings[0][1:, :2], (200, 1))
        assert 0.49 < np.abs(off).max() <= 0.5 + 1e-5


def test_a_run_ends_when_little_is_gained(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, epochs_without_work: list[float]
) -> None:
    """Each epoch is better, the later ones by less than is worth the time."""
    epochs_without_work += [-1.0, -2.0, -2.004, -2.008, -2.0099, -2.1, -2.2]
    recipe = replace(TINY, epochs=7, patience=3, least_gain=0.01)
    _, progress = libraries.fit.fit(circles, more_circles, recipe)
    assert (progress.epoch, progress.best, progress.best_epoch) == (5, -2.0099, 5)
    assert (progress.gained, progress.gained_epoch) == (-2.0, 2)


def test_small_gains_add_up(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, epochs_without_work: list[float]
) -> None:
    epochs_without_work += [-1.0, -1.006, -1.012, -1.018, -1.024]
    recipe = replace(TINY, epochs=5, patience=2, least_gain=0.01)
    assert libraries.fit.fit(circles, more_circles, recipe)[1].epoch == 5


def test_no_epoch_is_begun_that_would_end_too_late(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, epochs_without_work: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    now = [0.0]

    def score(*_: object) -> dict[str, float]:
        now[0] += 4.0
        return {"x,y,dt,moving": -now[0]}

    monkeypatch.setattr(libraries.fit, "score_network", score)
    monkeypatch.setattr(libraries.fit, "time", SimpleNamespace(monotonic=lambda: now[0]))
    _, progress = libraries.fit.fit(circles, more_circles, replace(TINY, epochs=9), seconds=13.0)
    assert progress.epoch == 3, "four seconds each"


ROUNDS = replace(TINY, epochs=2, n_streams=4, updates=6, rehearsed=0.25)


@dataclass(frozen=True)
class Compiled:
    """A network that runs can share, because its graph of training takes a second, and its first weights."""

    network: Any
    start: Weights


@pytest.fixture(scope="session")
def compiled(libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus) -> Compiled:
    head = libraries.fit._Run(circles, more_circles, ROUNDS, None, None).head
    network = libraries.fit.compiled_network(head, ROUNDS, ROUNDS.updates)
    return Compiled(network, network.arrays())


@pytest.mark.slow
def test_rounds_of_a_fixed_number_learn_and_rehearse(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, compiled: Compiled
) -> None:
    batches: list[tuple[int, int]] = []

    def fit(older: Corpus) -> tuple[Weights, Progress]:
        weights, progress = libraries.fit.fit(
            circles, more_circles, ROUNDS, older=older, start=compiled.start, network=compiled.network,
            on_batch=lambda epoch, number, of, nats: batches.append((number, of)),
        )  # fmt: skip
        return weights, progress

    weights, progress = fit(more_circles)
    assert batches == 2 * [(n, 6) for n in range(1, 7)]
    train = [row["train"] for row in progress.history]
    assert train[1] < train[0] - 0.2
    assert progress.best_epoch > 0, "what is compared is what was learned"
    again, _ = fit(more_circles)
    assert equal(weights, again)
    other, _ = fit(circles)
    assert not equal(weights, other), "older play is heard"


@pytest.mark.slow
def test_a_network_that_was_compiled_before_is_trained_anew(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, compiled: Compiled
) -> None:
    """As if it had been made for this run: neither weights nor the optimizer know of an earlier one."""
    fresh, _ = libraries.fit.fit(circles, more_circles, ROUNDS, start=compiled.start)
    for corpus, held_out in ((more_circles, circles), (circles, more_circles)):
        again, _ = libraries.fit.fit(corpus, held_out, ROUNDS, start=compiled.start, network=compiled.network)
    assert equal(fresh, again)


@pytest.mark.parametrize(("recombined", "has_parts"), [(0.0, False), (0.5, True)])
def test_drawings_are_looked_through_for_parts_only_where_parts_are_wanted(
    libraries: SimpleNamespace, recombined: float, has_parts: bool
) -> None:
    corpus = drawn([np.array([[0, 0, 0], [30, 0, 0], [-20, 9, 2]], "float32")] * 8, box=100.0, epsilon=1.0)
    run = libraries.fit._Run(corpus, corpus, replace(TINY, recombined=recombined), None, None)
    assert (run.epochs.recombiner is not None) == has_parts
