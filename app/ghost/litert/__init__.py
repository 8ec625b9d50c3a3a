"""The one place that touches LiteRT: opens model files and calls them.

`open_model` tells Ghostjam's models, which sample inside their graph, from IMPSY's, which are one step
with its states as tensors. Both play through the same three calls, so `app.ghost` knows no difference.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np

from app.ghost.litert.impsy import ImpsyRuntime, is_impsy_model
from app.ghost.litert.ours import GOLDEN_TOLERANCE, Runtime, padded
from app.ghost.litert.quiet import quiet_info
from mdn.mixture import Mixture
from models.errors import unreadable
from models.manifest import Manifest, read_manifest

__all__ = [
    "GOLDEN_TOLERANCE",
    "ImpsyRuntime",
    "Opened",
    "Runtime",
    "manifest_of",
    "open_model",
    "padded",
    "quiet_info",
]

Tensors = dict[str, np.ndarray]


class Opened(Protocol):
    """A model that can be played; shapes as in `models.manifest` and `training.export`."""

    manifest: Manifest
    n_guide: int  # numbers of one event of a guide; 0 for a model that cannot be guided

    @property
    def guided(self) -> Callable[..., Tensors] | None:
        """As `generate`, with `guide`; see `training.export`. None in a file older than guides."""

    @property
    def propose(self) -> Callable[..., Tensors] | None:
        """As `guided`, from many states at once; None likewise."""

    @property
    def guide_slices(self) -> dict[str, slice]:
        """Where in a guide the numbers of each density are, by its name; none if it cannot be guided."""

    def feed(self, *, events: np.ndarray, count: np.int32, state: np.ndarray) -> Tensors:
        """Hear the first `count` events: {"mixture", "state"}."""

    def generate(
        self,
        *,
        event: np.ndarray,
        count: np.int32,
        state: np.ndarray,
        noise: np.ndarray,
        temperatures: np.ndarray,
    ) -> Tensors:
        """Hear `event` and sample what follows: {"events", "length", "state"}."""

    def fan(
        self,
        *,
        event: np.ndarray,
        count: np.int32,
        state: np.ndarray,
        noise: np.ndarray,
        temperatures: np.ndarray,
    ) -> Tensors:
        """The same for many futures: {"events", "length"}."""

    def describe(self, params: np.ndarray, event: np.ndarray, state: np.ndarray) -> Mixture:
        """The mixture that `params` say, after `event` was heard in `state`."""


def open_model(path: Path) -> Opened:
    """Open the model file at `path`.

    Raises:
        ModelError: not a model, one of neither kind, damaged, or one that computes other numbers
            than when it was exported.
    """
    try:
        return ImpsyRuntime(path) if path.is_file() and is_impsy_model(path) else Runtime(path)
    except OSError as error:
        raise unreadable(path, error) from None


def manifest_of(path: Path) -> Manifest:
    """What a model file says of itself; of IMPSY's, which carry no manifest, what its tensors say.

    Raises:
        ModelError: not a model of either kind, or damaged; says what would be right.
    """
    try:
        return read_manifest(path) if zipfile.is_zipfile(path) else open_model(path).manifest
    except OSError as error:
        raise unreadable(path, error) from None
