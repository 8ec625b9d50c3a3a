"""Controller files: one made before knobs had a choice of densities is still read as what it is."""

from __future__ import annotations

import json
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

from app.ghost import Ghost
from mdn.columns import controller_columns
from mdn.densities import Knobs, Values
from mdn.features import Features
from mdn.heads import Head
from models.manifest import MEMBER, read_manifest

pytestmark = pytest.mark.train

COLUMNS = controller_columns(2)
UNITS = 5


def tiny(
    path: Path, densities: tuple[str, ...], *, choice: list[float] | None = None
) -> dict[str, np.ndarray]:
    """Write a model of random weights, or one that always has these logits of a choice; the weights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from training.export import Weights
        from training.modelfile import About, write_model
    head, rng = Head(COLUMNS, 2, densities), np.random.default_rng(4)
    shapes = {
        "kernel_0": (Features(COLUMNS, densities).n_features, 4 * UNITS), "recurrent_0": (UNITS, 4 * UNITS),
        "bias_0": (4 * UNITS,), "output_kernel": (UNITS, head.n_params),
    }  # fmt: skip
    arrays = {name: rng.normal(0, 0.3, shape).astype("float32") for name, shape in shapes.items()}
    arrays["output_bias"] = head.bias()
    if choice is not None:
        arrays["output_kernel"] *= 0.0
        head.components(np, arrays["output_bias"])[:, 3 : 3 + len(choice)] = choice
    about = About("small", {"name": "n", "credit": "c", "licence": "l"})
    write_model(path, head, Weights(arrays), about, score=lambda draft, manifest: {})
    return arrays


def forget_densities(path: Path) -> None:
    """Take their names out of the manifest, as files were before there was a choice."""
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read(MEMBER))
    del manifest["densities"]
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(b"PK\x03\x04")])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(MEMBER, json.dumps(manifest))


def test_an_older_file_plays_all_knobs_at_once_and_gives_its_weights_back(tmp_path: Path) -> None:
    from training.reopen import read_weights

    path = tmp_path / "older.tflite"
    arrays = tiny(path, ("seconds", "values"))
    forget_densities(path)
    assert isinstance(read_manifest(path).head().densities[1], Values)
    played = Ghost.load(path, seed=1).generate(30)
    assert (np.diff(played[:, 1:], axis=0) != 0.0).all()
    _, found = read_weights(path)
    assert {name: value.shape for name, value in found.items()} == {n: a.shape for n, a in arrays.items()}
    for name, value in arrays.items():
        assert found[name] == pytest.approx(value, abs=1e-5), name


def test_a_new_file_plays_one_knob_at_a_time_in_the_graph(tmp_path: Path) -> None:
    path = tmp_path / "new.tflite"
    tiny(path, ())
    manifest = read_manifest(path)
    assert isinstance(manifest.head().densities[1], Knobs) and manifest.densities == ("seconds", "knobs")
    for sigma_temperature in (1.0, 3.0):
        played = Ghost.load(path, seed=1).generate(300, sigma_temperature=sigma_temperature)
        moved = (np.diff(played[:, 1:], axis=0) != 0.0).sum(axis=1)
        assert moved.max() == 1 and 0 < (moved == 0).sum() < 299
        assert played[:, 1:].min() >= 0.0 and played[:, 1:].max() <= 1.0


@pytest.mark.parametrize("pi_temperature", [0.05, 0.5, 2.0])
def test_the_pi_temperature_chooses_the_knob_in_the_graph(tmp_path: Path, pi_temperature: float) -> None:
    path = tmp_path / "steady.tflite"
    logits = np.array([0.0, 1.0, 2.0])
    tiny(path, (), choice=logits.tolist())
    played = Ghost.load(path, seed=2).generate(2000, pi_temperature=pi_temperature)
    weights = np.exp(logits / pi_temperature)
    moved = np.diff(played[:, 1:], axis=0) != 0.0
    found = [(~moved.any(axis=1)).mean(), *moved.mean(axis=0)]
    # The share of 2000 draws is off by 0.011 or less; four of these.
    assert found == pytest.approx(weights / weights.sum(), abs=0.045)
