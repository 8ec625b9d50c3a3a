"""What fine-tuning starts from: a finished model's weights, sizes and credit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mdn.columns import Column, names_of
from models.errors import ModelError
from models.lookup import find_model
from models.manifest import Manifest
from training.corpus import CorpusError
from training.recipe import SIZES
from training.reopen import read_weights


@dataclass(frozen=True)
class Start:
    """A model to go on from.

    Attributes:
        path: its file.
        manifest: what it says about itself.
        weights: by the names `training.network` gives them.
    """

    path: Path
    manifest: Manifest
    weights: dict[str, np.ndarray]

    def credit(self, own: Mapping[str, str]) -> dict[str, str]:
        """`own` and the model's: what was learned before is still in it, and so are its conditions."""
        before, name = self.manifest.corpus, self.manifest.name
        return {key: f"{text}; {name}: {before.get(key, 'unknown')}" for key, text in own.items()}


def start_from(model: str, columns: tuple[Column, ...], asked: Mapping[str, int]) -> Start:
    """The model of this name or path, to be fine-tuned on performances of `columns`.

    Raises:
        ModelError: no such model, or `asked` wants other sizes than it has.
        CorpusError: it has other columns than the performances.
    """
    path = find_model(model)
    manifest, weights = read_weights(path)
    expected, got = names_of(manifest.columns), names_of(columns)
    if expected != got:
        raise CorpusError(f"{path.name}: expected performances with columns {expected}, got {got}.")
    for name in SIZES:
        if asked.get(name, size := getattr(manifest, name)) != size:
            raise ModelError(
                f"--{name}: expected {size}, which {path.name} has and keeps when it is fine-tuned, "
                f"got {asked[name]}."
            )
    return Start(path, manifest, weights)
