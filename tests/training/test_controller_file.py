"""Controller files: one made before knobs had a choice of densities is still read as what it is."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from app.ghost import Ghost
from mdn.columns import controller_columns
from mdn.densities import Knobs, Past, Values
from mdn.heads import Head
from models.manifest import MEMBER, read_manifest
from tests.model_files import random_arrays, steady_arrays

pytestmark = [pytest.mark.train, pytest.mark.slow]  # a conversion each

COLUMNS = controller_columns(2)
UNITS = 5
CHOICE = (0.0, 1.0, 2.0)  # logits: none of the two knobs, the first, the second
Arrays = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("controller")


def write(libraries: SimpleNamespace, path: Path, head: Head, arrays: Arrays, parent: Path | None) -> Path:
    about = libraries.modelfile.About("small", {"name": "n", "credit": "c", "licence": "l"})
    libraries.modelfile.write_model(
        path, head, libraries.export.Weights(arrays), about, score=lambda draft, manifest: {}, parent=parent
    )
    return path


@pytest.fixture(scope="module")
def older(libraries: SimpleNamespace, folder: Path) -> tuple[Path, Arrays]:
    """A model of random weights as files were before there was a choice of densities, and the weights."""
    head = Head(COLUMNS, 2, ("seconds", "values"))
    arrays = random_arrays(head, UNITS)
    path = write(libraries, folder / "older.tflite", head, arrays, None)
    forget_densities(path)
    return path, arrays


@pytest.fixture(scope="module")
def new(libraries: SimpleNamespace, folder: Path) -> Path:
    """A model of random weights."""
    head = Head(COLUMNS, 2)
    return write(libraries, folder / "new.tflite", head, random_arrays(head, UNITS), None)


@pytest.fixture(scope="module")
def steady(libraries: SimpleNamespace, folder: Path, new: Path) -> Path:
    """A model that always has the logits of `CHOICE`; its graph is that of `new`."""
    head = Head(COLUMNS, 2)
    params = head.bias()
    head.components(np, params)[:, 3:6] = CHOICE
    return write(libraries, folder / "steady.tflite", head, steady_arrays(head, UNITS, params), new)


def forget_densities(path: Path) -> None:
    """Take their names out of the manifest, as files were before there was a choice."""
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read(MEMBER))
    del manifest["densities"]
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(b"PK\x03\x04")])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(MEMBER, json.dumps(manifest))


def test_an_older_file_plays_all_knobs_at_once_and_gives_its_weights_back(
    libraries: SimpleNamespace, older: tuple[Path, Arrays]
) -> None:
    path, arrays = older
    assert isinstance(read_manifest(path).head().densities[1], Values)
    played = Ghost.load(path, seed=1).generate(30)
    assert (np.diff(played[:, 1:], axis=0) != 0.0).all()
    _, found = libraries.reopen.read_weights(path)
    assert {name: value.shape for name, value in found.items()} == {n: a.shape for n, a in arrays.items()}
    for name, value in arrays.items():
        assert found[name] == pytest.approx(value, abs=1e-5), name


def test_a_new_file_plays_one_knob_at_a_time_in_the_graph(new: Path) -> None:
    manifest = read_manifest(new)
    assert isinstance(manifest.head().densities[1], Knobs) and manifest.densities == ("seconds", "knobs")
    for sigma_temperature in (1.0, 3.0):
        played = Ghost.load(new, seed=1).generate(300, sigma_temperature=sigma_temperature)
        moved = (np.diff(played[:, 1:], axis=0) != 0.0).sum(axis=1)
        assert moved.max() == 1 and 0 < (moved == 0).sum() < 299
        assert played[:, 1:].min() >= 0.0 and played[:, 1:].max() <= 1.0


@pytest.mark.parametrize("pi_temperature", [0.05, 0.5, 2.0])
def test_the_pi_temperature_chooses_the_knob_in_the_graph(steady: Path, pi_temperature: float) -> None:
    played = Ghost.load(steady, seed=2).generate(2000, pi_temperature=pi_temperature)
    weights = np.exp(np.array(CHOICE) / pi_temperature)
    moved = np.diff(played[:, 1:], axis=0) != 0.0
    found = [(~moved.any(axis=1)).mean(), *moved.mean(axis=0)]
    # The share of 2000 draws is off by 0.011 or less; four of these.
    assert found == pytest.approx(weights / weights.sum(), abs=0.045)


@pytest.mark.parametrize("temperatures", [(1.0, 1.0), (0.5, 0.3), (2.0, 2.0)])
def test_a_guided_file_draws_from_the_product_as_numpy_does(
    steady: Path, temperatures: tuple[float, float]
) -> None:
    """Of a mixture that never changes: how often each knob moves, and how far, under a guide."""
    ghost = Ghost.load(steady, seed=2)
    ghost.feed(np.array([0.02, 0.4, 0.6], "float32"))
    head, start = ghost.manifest.head(), ghost.state
    row = np.array([-4.0, 20.0, 1.0, 2.5, 0.0, 0.5, 500.0])
    n = 2000
    states = [start] * n
    events, _ = ghost.propose(
        states,
        1,
        guides=np.tile(row, (n, 1, 1)),
        pi_temperature=temperatures[0],
        sigma_temperature=temperatures[1],
    )
    move = (events[:, 0, 1:] - np.array([0.4, 0.6], "float32")).astype("float64")
    assert start.event is not None
    sharp = head.sharpness(np, np.array(temperatures[0]))
    rows = head.components(np, head.bias().astype("float64"))
    rows[:, 3:6] = CHOICE
    rows = rows * sharp
    past = Past(start.event.astype("float64"), np.zeros(3))
    guide = head.tempered(np, row, np.array(temperatures[1]))
    evidence, score = head.product(np, rows, [part[None] for part in guide], past)
    pi = np.exp(rows[:, 0] + evidence - (rows[:, 0] + evidence).max())
    rng, expected = np.random.default_rng(3), []
    noise = np.stack([rng.random(n), rng.standard_normal(n), rng.random(n), rng.standard_normal(n)], axis=1)
    assert score is not None
    for numbers in noise:
        k = int(np.searchsorted(np.cumsum(pi / pi.sum()), numbers[0]))
        _, *draws = head.split_noise(np, head.spread(np, numbers, np.array(temperatures[1])))
        expected.append(head.draw(np, rows[k], draws, past, guide, (score[0][k], score[1][k])))
    hoped = np.array(expected)[:, 1:] - past.event[1:]
    # Shares of 2000 draws are off by 0.011 or less each; four times the root of two of these.
    assert (move != 0.0).mean(axis=0) == pytest.approx((hoped != 0.0).mean(axis=0), abs=0.064)
    for knob in range(2):
        ours, theirs = move[move[:, knob] != 0.0, knob], hoped[hoped[:, knob] != 0.0, knob]
        error = np.hypot(ours.std() / np.sqrt(len(ours)), theirs.std() / np.sqrt(len(theirs)))
        assert ours.mean() == pytest.approx(theirs.mean(), abs=4 * error)
        assert ours.std() == pytest.approx(theirs.std(), rel=0.2)
