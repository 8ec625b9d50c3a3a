"""The one place that touches LiteRT: opens model files and calls them.

`open_model` tells Ghostjam's models, which sample inside their graph, from IMPSY's, which are one step
with its states as tensors. Both are an `Opened`, so `app.ghost` knows no difference.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from app.ghost.litert.impsy import ImpsyRuntime, is_impsy_model
from app.ghost.litert.opened import GhostState, Opened
from app.ghost.litert.ours import Runtime
from models.errors import unreadable
from models.manifest import Manifest, read_manifest

__all__ = ["GhostState", "Opened", "manifest_of", "open_model"]


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
