"""Lineage: the models that a ghost was before it learned, and what they learned from."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from models.errors import ModelError
from models.lookup import find_model
from models.manifest import Manifest, read_manifest

MOST_ANCESTORS = 16  # whose recordings are gone over again


class Lineage:
    """Who comes from whom.

    Args:
        folders: where recordings are looked for that a ghost learned from before.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._parents: dict[str, str] = {}  # of models that were learned since the program began
        self._forward = ("", "")  # who went back to the first, came from the second

    def add(self, name: str, parent: str) -> None:
        """`name` is what `parent` has become."""
        self._parents[name] = parent

    def recordings(self, manifest: Manifest) -> list[Path]:
        """The recordings that a model and those before it learned from, as far as they are still there."""
        found: dict[Path, None] = {}
        for _ in range(MOST_ANCESTORS):
            for name in manifest.recordings:
                there = [path for folder in self._folders if (path := folder / name).is_file()]
                found.update(dict.fromkeys(there[:1]))
            try:
                manifest = read_manifest(find_model(manifest.parent))
            except (ModelError, OSError):  # it has no parent, or that is gone
                break
        return list(found)

    def other(self, here: str) -> str:
        """The model that `here` was before it learned, or whence one came back to it; "" if there is none."""
        left, there = self._forward
        if here == left:
            return there
        parent = self._parent(here)
        if parent:
            self._forward = (parent, here)
        return parent

    def _parent(self, name: str) -> str:
        with contextlib.suppress(ModelError, OSError):
            parent = self._parents.get(name) or read_manifest(find_model(name)).parent
            find_model(parent)
            return parent
        return ""
