"""Scores: a mixture that never changes by hand, the error of a mean, and the shipped model."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from mdn.columns import TOUCH, controller_columns
from mdn.densities.base import Past
from mdn.heads import Head
from mdn.past_features import Route
from models.errors import ModelError
from models.manifest import Golden, Manifest, Scale, read_manifest
from tests.model_files import steady_arrays
from training.corpus import Corpus, CorpusError, drawn
from training.dequantise import dequantise
from training.evaluate import Score, _standard_error, evaluate
from training.scoring import SCORED_EVENTS, SCORING_SEED, prepare
from training.scoring_runtime import Opened


def wander(n_performances: int, n_events: int, seed: int = 0) -> Corpus:
    rng = np.random.default_rng(seed)
    performances = []
    for extra in range(n_performances):
        n = n_events + extra
        places = np.clip(0.5 + np.cumsum(rng.normal(0, 0.02, (n, 2)), axis=0), 0, 1)
        columns = [places, rng.lognormal(-4, 0.5, n), rng.random(n) < 0.9]
        performances.append(np.column_stack(columns).astype("float32"))
    return Corpus(TOUCH, tuple(performances))


def test_scoring_dequantises_with_one_generator_over_all_and_then_cuts() -> None:
    corpus = wander(2, SCORED_EVENTS + 10)
    rng = np.random.default_rng(SCORING_SEED)
    expected = [dequantise(p, TOUCH, rng) for p in corpus.performances]
    found = [performance for (performance,) in prepare(corpus)]
    assert [len(p) for p in found] == [512, 512]
    for mine, whole in zip(found, expected, strict=True):
        assert mine.tolist() == whole[:512].tolist()


def test_the_standard_error_of_a_ratio_by_hand() -> None:
    """Three performances of 2, 4 and 6 events and sums of nats 2, 8 and 8: mean 1.5, residuals -1, 2, -1."""
    expected = math.sqrt((1 + 4 + 1) * 3 / 2) / 12
    assert _standard_error(np.array([2.0, 8.0, 8.0]), np.array([2, 4, 6])) == pytest.approx(expected)


def test_the_standard_error_of_equal_lengths_is_the_plain_one() -> None:
    rng = np.random.default_rng(1)
    means = rng.normal(size=30)
    plain = means.std(ddof=1) / math.sqrt(30)
    assert _standard_error(means * 7, np.full(30, 7)) == pytest.approx(plain)


def test_the_standard_error_of_one_performance_is_unknown() -> None:
    assert math.isnan(_standard_error(np.array([3.0]), np.array([2])))


def test_the_shipped_model_scores_the_same_twice(root: Path) -> None:
    corpus = wander(3, 40)
    path = root / "models" / "touch.tflite"
    first, second = evaluate(path, corpus), evaluate(path, corpus)
    assert first == second
    assert (first.n_performances, first.n_events) == (3, 39 + 40 + 41)
    assert list(first.nats_per_event) == ["x,y,dt,moving", "x,y,dt"] == list(first.standard_error)
    assert all(math.isfinite(nats) for nats in first.nats_per_event.values())


def test_performances_are_scored_on_their_own(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The score of two is the mean of both by events: nothing of one is heard in the next."""
    monkeypatch.setattr("training.evaluate.prepare", lambda corpus, *_: [[p] for p in corpus.performances])
    path, both = root / "models" / "touch.tflite", wander(2, 25)
    one, other = (evaluate(path, Corpus(TOUCH, (p,))).nats_per_event["x,y,dt"] for p in both.performances)
    assert evaluate(path, both).nats_per_event["x,y,dt"] == pytest.approx(
        (24 * one + 25 * other) / 49, abs=1e-9
    )


def test_every_event_is_scored_given_all_before_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The context reaches the score: each mixture is that of the whole beginning heard in one call."""
    monkeypatch.setattr("training.evaluate.prepare", lambda corpus, *_: [[p] for p in corpus.performances])
    path, corpus = root / "models" / "touch.tflite", wander(1, 25)
    (events,) = corpus.performances
    manifest = read_manifest(path)
    head = manifest.head()
    feed = Interpreter(model_path=str(path), num_threads=1).get_signature_runner("feed")
    rows = np.zeros((manifest.feed_events, 4), "float32")
    rows[: len(events)] = events
    nats = 0.0
    for i in range(1, len(events)):
        params = feed(events=rows, count=np.int32(i), state=np.zeros(manifest.state_shape, "float32"))[
            "mixture"
        ]
        route = Route(TOUCH, manifest.densities)
        past = route.past(events[i - 1], route.along(events[:i])[-1])
        nats -= float(head.log_densities(np, params, events[i], past)["x,y,dt"])
    assert evaluate(path, corpus).nats_per_event["x,y,dt"] == pytest.approx(nats / 24, abs=1e-4)


class Cells:
    """A head that knows the grid: uniform over a square of `width` around every whole number."""

    def __init__(self, width: float) -> None:
        self.width = width

    def log_densities(self, _: object, __: object, events: np.ndarray, ___: object) -> dict[str, np.ndarray]:
        off = np.abs(events[:, :2] - np.round(events[:, :2])).max(axis=1)
        inside = -2.0 * math.log(self.width)
        return {"dx,dy": np.where(off <= self.width / 2 + 1e-5, inside, -1e3)}


def scored(monkeypatch: pytest.MonkeyPatch, corpus: Corpus, head: object, grid: float) -> Score:
    """The score of a model with this head, that was trained on drawings of this grid."""
    scale = Scale(109.0, 1.0, 80, (0.0, 0.0), grid=grid)
    manifest = SimpleNamespace(columns=corpus.columns, densities=(), drawing=scale, head=lambda: head)
    opened = object.__new__(Opened)
    opened.manifest = cast(Manifest, manifest)
    monkeypatch.setattr(opened, "mixtures", lambda events: np.zeros((len(events) - 1, 1)))
    monkeypatch.setattr("training.evaluate.open_for_scoring", lambda *_: opened)
    return evaluate(Path("grid.tflite"), corpus)


def whole_drawings(n: int, *, is_added: bool = False) -> Corpus:
    rng = np.random.default_rng(4)
    steps = [rng.integers(-40, 41, (30 + i, 2)) for i in range(n)]
    drawings = [np.column_stack([s, np.r_[np.zeros(len(s) - 1), 2]]).astype("float32") for s in steps]
    if is_added:
        drawings = [np.concatenate([np.zeros((1, 3), "float32"), drawing]) for drawing in drawings]
    return drawn(drawings, box=109.0, epsilon=1.0, grid=1.0, has_added_start=[is_added] * n)


@pytest.mark.parametrize(
    ("grid", "width", "nats"),
    [
        (1.0, 1.0, 0.0),  # the log of the area of a cell
        (1.0, 0.1, 1e3),  # a density that collapses on the grid loses: 99 of 100 points are not where it is
        (0.0, 0.1, 2.0 * math.log(0.1)),  # with noise of less than a cell the grid alone is worth 4.6 nats
    ],
)
def test_a_density_that_knows_the_grid_scores_the_area_of_a_cell(
    monkeypatch: pytest.MonkeyPatch, grid: float, width: float, nats: float
) -> None:
    score = scored(monkeypatch, whole_drawings(3), Cells(width), grid)
    assert score.nats_per_event["dx,dy"] == pytest.approx(nats, rel=0.03, abs=1e-9)
    assert score.n_events == 30 + 31 + 32


def test_a_first_point_that_no_file_holds_is_heard_and_not_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    class Tell:
        """Nats that say where an event stood, after how much before it."""

        def log_densities(self, _: object, __: object, events: np.ndarray, past: Past) -> dict[str, Any]:
            rows.append((past.event, events))
            return {"dx,dy": -np.where(events[:, :2].any(axis=1), 1.0, 1000.0)}

    rows: list[Any] = []
    corpus = whole_drawings(3, is_added=True)
    score = scored(monkeypatch, corpus, Tell(), 1.0)
    assert (score.n_events, score.nats_per_event["dx,dy"]) == (30 + 31 + 32, 1.0)
    assert [len(heard) for heard, _ in rows] == [31, 32, 33], "the added point is heard"
    assert all(heard[1].tolist() == [0.0, 0.0, 0.0] for heard, _ in rows)
    whole = scored(monkeypatch, replace(corpus, has_added_start=()), Tell(), 1.0)
    assert whole.n_events == 31 + 32 + 33, "one of zeros that the file holds is scored"


def test_the_noise_of_a_file_does_not_depend_on_first_points_that_are_added() -> None:
    plain, added = whole_drawings(3), whole_drawings(3, is_added=True)
    for (mine,), (beginning, other) in zip(prepare(plain), prepare(added), strict=True):
        assert mine[:1].tolist() == beginning.tolist() == [[0.0, 0.0, 1.0]]
        assert other[0].tolist() == [0.0, 0.0, 0.0]
        assert mine[1:].tolist() == other[1:].tolist()


def test_other_columns_than_the_models_are_refused(root: Path) -> None:
    corpus = Corpus(controller_columns(2), (np.zeros((3, 3), "float32"),))
    with pytest.raises(CorpusError) as error:
        evaluate(root / "models" / "touch.tflite", corpus)
    assert str(error.value) == "touch.tflite: expected data with columns x, y, dt, moving, got dt, x1, x2."


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "foreign.tflite"
    path.write_bytes(b"TFL3" * 100)
    with pytest.raises(ModelError, match="expected a LiteRT model"):
        evaluate(path, wander(1, 5))


@pytest.mark.slow
@pytest.mark.shared
def test_the_shipped_model_scores_what_its_manifest_says(root: Path, shared_folder: Path) -> None:
    from training.corpus import read_corpus

    path = root / "models" / "touch.tflite"
    corpus = read_corpus(shared_folder / "data" / "touch-valid.npz")
    score = evaluate(path, corpus)
    said = read_manifest(path).score
    assert (score.n_performances, score.n_events) == (said["performances"], said["events"])
    for group, nats in said["nats_per_event"].items():
        assert score.nats_per_event[group] == pytest.approx(nats, abs=0.02)
    assert score.nats_per_event["x,y,dt"] < -11.0


@pytest.mark.train
@pytest.mark.parametrize("mixtures", [2, pytest.param(1, marks=pytest.mark.slow)])
def test_a_mixture_that_never_changes_is_scored_by_hand(
    libraries: SimpleNamespace, small_file: Path, tmp_path: Path, mixtures: int
) -> None:
    """All components alike: half of the last step further, dt around 30 ms, moving with odds of 3 to 1."""
    export, head = libraries.export, Head(TOUCH, mixtures)
    spread, typical, width, odds = 0.05, 0.03, 0.8, 3.0
    raw = math.log(spread - 3e-4)
    row = [0.0, math.log(typical), math.log(width - 5e-3), 0, 0, raw, raw, 0, 0, 0, 0.5, 0, 0, math.log(odds)]
    arrays = steady_arrays(head, 8, np.tile(row, mixtures))
    path = tmp_path / "steady.tflite"
    if mixtures == 2:
        libraries.rewrite.rewrite(small_file, arrays, path)
    else:
        export.export_graph(head, export.Weights(arrays), path, quantise=False)
    manifest = Manifest(
        name="steady", columns=TOUCH, densities=head.density_names, layers=1, units=8, mixtures=mixtures,
        feed_events=export.FEED_EVENTS, generate_events=export.GENERATE_EVENTS,
        futures=export.FUTURES, future_events=export.FUTURE_EVENTS,
        noise=head.noise, pi_temperature=1.0, sigma_temperature=1.0, corpus={}, score={}, created="",
        golden=Golden([], [], [], [], 0.0),
    )  # fmt: skip
    corpus = wander(3, 20)
    sums = {"x,y,dt": [], "x,y,dt,moving": []}  # type: dict[str, list[float]]
    for (events,) in prepare(corpus):
        nats = flag_nats = 0.0
        step = np.zeros(2)  # the first event has none
        for before, event in zip(events[:-1].astype(float), events[1:].astype(float), strict=True):
            for mean, found in zip(before[:2] + 0.5 * step, event[:2], strict=True):
                nats += 0.5 * ((found - mean) / spread) ** 2 + math.log(spread * math.sqrt(2 * math.pi))
            step = event[:2] - before[:2]
            z = (math.log(event[2] + 1e-3) - math.log(typical)) / width
            nats += 0.5 * z * z + math.log(width * math.sqrt(2 * math.pi) * (event[2] + 1e-3))
            flag_nats -= math.log(odds / (1 + odds) if event[3] else 1 / (1 + odds))
        sums["x,y,dt"].append(nats)
        sums["x,y,dt,moving"].append(nats + flag_nats)
    score = evaluate(path, corpus, manifest)
    counts = np.array([19, 20, 21])
    assert (score.n_performances, score.n_events) == (3, 60)
    for group, values in sums.items():
        assert score.nats_per_event[group] == pytest.approx(sum(values) / 60, abs=1e-4)
        residuals = np.array(values) - sum(values) / 60 * counts
        assert score.standard_error[group] == pytest.approx(
            math.sqrt(float((residuals**2).sum()) * 3 / 2) / 60, abs=1e-4
        )
