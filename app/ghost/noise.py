"""The randomness of a ghost, drawn outside its graph: so a seed reproduces a performance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_OTHERS = 1 << 16  # the first key of the generators that are numbered, past those of the streams


class Noise:
    """Numbers for sampling, of the kinds a model asks for.

    What a seed gives depends neither on the size of chunks nor on looking ahead: uniform and normal numbers
    of what is played, those of futures, of proposals, and choices come from a stream each. A drawing that
    ends within a chunk has used the numbers of all of it; so the drawings after the first do depend on the
    size of chunks.

    Args:
        kinds: "uniform" or "normal", in the order one event consumes them.
        seed: the same one gives the same numbers; None draws a fresh one.
    """

    def __init__(self, kinds: Sequence[str], seed: int | None) -> None:
        root = np.random.SeedSequence(seed)
        self._entropy = root.entropy
        streams = root.spawn(5)
        self._uniforms, self._normals, self._futures, self._choices, self._proposals = map(
            np.random.default_rng, streams
        )
        is_uniform = np.array([kind == "uniform" for kind in kinds])
        self._uniform, self._normal = np.flatnonzero(is_uniform), np.flatnonzero(~is_uniform)
        self._n_kinds = len(kinds)

    def events(self, count: int) -> np.ndarray:
        """For the next `count` events, float32 `(count, n_kinds)`."""
        return self._draw((count,), self._uniforms, self._normals)

    def futures(self, n_events: int, n_futures: int) -> np.ndarray:
        """For events of several futures, float32 `(n_events, n_futures, n_kinds)`."""
        return self._draw((n_events, n_futures), self._futures, self._futures)

    def proposals(
        self, n_events: int, n_proposals: int, rng: np.random.Generator | None = None
    ) -> np.ndarray:
        """For events of several proposals, float32 `(n_events, n_proposals, n_kinds)`."""
        rng = rng or self._proposals
        return self._draw((n_events, n_proposals), rng, rng)

    def rng(self, number: int) -> np.random.Generator:
        """A generator for something else, by its number, from 0. Using one changes no other."""
        return np.random.default_rng(np.random.SeedSequence(self._entropy, spawn_key=(_OTHERS, number)))

    def choice(self, count: int) -> int:
        """One of `count`, from 0, each as likely as the others."""
        return int(self._choices.integers(count))

    def _draw(
        self, shape: tuple[int, ...], uniforms: np.random.Generator, normals: np.random.Generator
    ) -> np.ndarray:
        noise = np.empty((*shape, self._n_kinds), "float32")
        noise[..., self._uniform] = uniforms.random((*shape, len(self._uniform)), dtype="float32")
        noise[..., self._normal] = normals.standard_normal((*shape, len(self._normal)), dtype="float32")
        return noise
