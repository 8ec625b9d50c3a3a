"""The randomness of a ghost, drawn outside its graph: so a seed reproduces a performance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

NoiseState = tuple[Mapping[str, Any], Mapping[str, Any]]  # opaque; equal ones give the same numbers


class Noise:
    """Numbers for sampling, of the kinds a model asks for.

    What a seed gives depends neither on the size of chunks nor on looking ahead: uniform and normal numbers
    of what is played, those of futures, and choices come from a stream each. A drawing that ends within a
    chunk has used the numbers of all of it; so the drawings after the first do depend on the size of chunks.

    Args:
        kinds: "uniform" or "normal", in the order one event consumes them.
        seed: the same one gives the same numbers; None draws a fresh one.
    """

    def __init__(self, kinds: Sequence[str], seed: int | None) -> None:
        streams = np.random.SeedSequence(seed).spawn(4)
        self._uniforms, self._normals, self._futures, self._choices = map(np.random.default_rng, streams)
        is_uniform = np.array([kind == "uniform" for kind in kinds])
        self._uniform, self._normal = np.flatnonzero(is_uniform), np.flatnonzero(~is_uniform)
        self._n_kinds = len(kinds)

    @property
    def state(self) -> NoiseState:
        """How far the numbers of what is played are used. Set it, and the same ones come again.

        Futures and choices are not in it.
        """
        return self._uniforms.bit_generator.state, self._normals.bit_generator.state

    @state.setter
    def state(self, state: NoiseState) -> None:
        self._uniforms.bit_generator.state, self._normals.bit_generator.state = state

    def events(self, count: int) -> np.ndarray:
        """For the next `count` events, float32 `(count, n_kinds)`."""
        return self._draw((count,), self._uniforms, self._normals)

    def futures(self, n_events: int, n_futures: int) -> np.ndarray:
        """For events of several futures, float32 `(n_events, n_futures, n_kinds)`."""
        return self._draw((n_events, n_futures), self._futures, self._futures)

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
