"""The models that come with the project: small, told of on a card, with a score, and each of them plays."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import models
from app.ghost import Ghost
from models.errors import ModelError
from models.lookup import model_names
from models.manifest import read_manifest

FOLDER = Path(models.__file__).parent
SHIPPED = sorted(path.stem for path in FOLDER.glob("*.tflite"))
MOST_BYTES = 2_000_000


def test_these_are_shipped_and_found() -> None:
    assert SHIPPED == ["characters", "controller", "kanji", "keys", "touch"]
    assert set(SHIPPED) <= set(model_names())


@pytest.mark.parametrize("name", SHIPPED)
def test_it_is_small_and_says_whom_to_credit_and_how_good_it_is(name: str) -> None:
    path = FOLDER / f"{name}.tflite"
    assert path.stat().st_size <= MOST_BYTES
    manifest = read_manifest(path)
    assert manifest.name == name
    assert all(manifest.corpus[key] for key in ("name", "credit", "licence"))
    assert manifest.score["nats_per_event"] and manifest.score["performances"] > 0
    card = path.with_suffix(".md").read_text("utf-8").replace("\n", " ")
    assert card.startswith(f"# {name} ")
    assert f"of {manifest.units} units" in card
    assert f"{manifest.mixtures} mixture component" in card
    assert f"columns `{manifest.columns[0].name}, " in card


@pytest.mark.parametrize("n_places", [40, pytest.param(350, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", SHIPPED)
def test_a_changed_bit_is_refused(name: str, n_places: int, tmp_path: Path) -> None:
    """In 350 places in each file: of files without a digest 79 of 350 played, and played something else."""
    data = bytearray((FOLDER / f"{name}.tflite").read_bytes())
    rng = random.Random(name)
    flipped = tmp_path / "flipped.tflite"
    for at in rng.sample(range(len(data)), n_places):
        data[at] ^= (bit := 1 << rng.randrange(8))
        flipped.write_bytes(data)
        data[at] ^= bit
        with pytest.raises(ModelError):
            Ghost.load(flipped)


@pytest.mark.parametrize("name", SHIPPED)
def test_it_goes_on(name: str) -> None:
    ghost = Ghost.load(name, seed=3)
    assert len(ghost.generate(4)) >= 1


@pytest.mark.parametrize("name", ["characters", "kanji"])
def test_drawings_end_by_themselves(name: str) -> None:
    ghost = Ghost.load(name, seed=3)
    assert ghost.manifest.drawing is not None
    ended = 0
    for _ in range(100):
        ghost.reset()
        points = ghost.generate(2 * ghost.manifest.drawing.longest)
        ended += points[-1, 2] == 2.0
        assert (points[:-1, 2] < 2.0).all()
    assert ended >= 95
