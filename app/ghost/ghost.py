"""The ghost: an embedded model that hears events and goes on in their manner.

    ghost = Ghost.load("touch", seed=7)
    ghost.feed(events)                     # hear a phrase
    reply = ghost.generate(seconds=5.0)    # and go on

One thread owns a Ghost from its first use on.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.ghost.litert import GhostState, Opened, open_model
from app.ghost.noise import Noise
from mdn.columns import Kind
from mdn.mixture import Mixture
from mdn.past_features import beginning
from models.frame import Frame
from models.lookup import find_model

MAX_SECONDS = 3600.0  # of one continuation
MAX_EVENTS_PER_SECOND = 250  # bounds `generate(seconds=...)` when the model repeats dt = 0


class GhostError(ValueError):
    """A call the ghost refuses; its state is what it was before."""


class Ghost:
    """A model with a memory. Make one with `Ghost.load`.

    Attributes:
        manifest: what the model's file says.
        name: of the model.
        columns: names of what an event holds.
        default_temperatures: of pi and sigma, that it is played with unless somebody says otherwise.
        n_guide: numbers of one row of a guide; 0 for a model that cannot be guided.
        guide_slices: where in such a row the numbers of each density are, by the names in `mdn.densities`.
        n_proposals: how many continuations `propose` is good at sampling at once.
        rng: the generator of a number, from 0: for a seed always the same. None of them is used here.
    """

    def __init__(self, runtime: Opened, *, seed: int | None = None) -> None:
        manifest = self.manifest = runtime.manifest
        self.name = manifest.name
        self.columns = tuple(c.name for c in manifest.columns)
        self.default_temperatures = manifest.pi_temperature, manifest.sigma_temperature
        self.n_guide, self.guide_slices = runtime.n_guide, runtime.guide_slices
        self.n_proposals = runtime.n_proposals
        self._runtime, self._owner = runtime, 0  # the thread that owns it, once there is one
        self._noise = Noise(manifest.noise, seed)
        self.rng = self._noise.rng
        self._frames = () if manifest.drawing is None else manifest.drawing.frames
        self._seconds = [i for i, c in enumerate(manifest.columns) if c.kind is Kind.SECONDS]
        self._low = np.array([c.low for c in manifest.columns], "float32")
        self._high = np.array([c.high for c in manifest.columns], "float32")
        self._blank = GhostState(np.zeros(manifest.state_shape, "float32"), beginning(manifest.columns))
        self._state = self._blank

    @classmethod
    def load(cls, name_or_path: str | Path, *, seed: int | None = None) -> Ghost:
        """Open a model by name or path.

        Args:
            name_or_path: "touch", or the path of a `.tflite` file, ours or IMPSY's.
            seed: makes every continuation reproducible; None draws a fresh one.

        Raises:
            ModelError: there is no such model, or it is not a sound one: says what is wrong and
                what would be right.
        """
        return cls(open_model(find_model(name_or_path)), seed=seed)

    @property
    def state(self) -> GhostState:
        """What the ghost remembers. Set it to go back, to branch or to undo."""
        return self._state

    @state.setter
    def state(self, state: GhostState) -> None:
        self._check_state(state)
        self._state = state

    def reset(self, at: tuple[float, float] | None = None) -> None:
        """Forget everything heard.

        Args:
            at: where a drawing begins now, before its first step, from the middle of its square, in natural
                units; None if that is not known.

        Raises:
            GhostError: `at` is not finite, or the model was never told where a drawing begins.
        """
        if at is None:
            self._state = self._blank
            return
        if not self._frames:
            raise GhostError(f"at: expected a model that knows where a drawing begins, got {self.name}.")
        event = beginning(self.manifest.columns, at)
        if event is None or not np.isfinite(event).all():
            raise GhostError(f"at: expected finite numbers, got {at}.")
        self._state = GhostState(self._blank.tensor, np.clip(event, self._low, self._high))

    def pick_frame(self) -> Frame | None:
        """Where a drawing may lie, as one of the corpus did; None if the model cannot know where it is."""
        return self._frames[self._noise.choice(len(self._frames))] if self._frames else None

    def feed(self, events: np.ndarray) -> None:
        """Hear events.

        Args:
            events: `(n, n_columns)` or `(n_columns,)`, natural units, clamped to the columns' ranges.
                dt is seconds since the event before.

        Raises:
            GhostError: another shape, or a value that is not finite; nothing was heard.
        """
        self._own()
        events = np.asarray(events, "float32")
        events = events[None] if events.ndim == 1 else events
        if events.ndim != 2 or events.shape[1] != len(self.columns):
            expected = f"(n, {len(self.columns)}) for {', '.join(self.columns)}"
            raise GhostError(f"events: expected {expected}, got {events.shape}.")
        if not np.isfinite(events).all():
            raise GhostError(f"events: expected finite numbers, got {events[~np.isfinite(events)][0]}.")
        if len(events):
            self._state = self._runtime.hear(self._state, np.clip(events, self._low, self._high))

    def generate(
        self,
        n_events: int | None = None,
        seconds: float | None = None,
        *,
        guide: np.ndarray | None = None,
        pi_temperature: float = 1.0,
        sigma_temperature: float = 1.0,
    ) -> np.ndarray:
        """Sample a continuation and remember it as heard.

        Args:
            n_events: how many events, or
            seconds: for how long: events until the sum of their dt would pass it.
            guide: `(n_events, n_guide)`, what each event is drawn toward: the mixture times a factor around
                that row (`Head.product`). `guide_slices` says where in a row the numbers of each density
                are; zeros leave it alone. With `seconds`, there are at most as many events as rows.
            pi_temperature: divides the logits of pi, > 0.
            sigma_temperature: multiplies the covariance, >= 0.

        Returns:
            float32 `(n, n_columns)`, natural units; fewer than `n_events` when a drawing ended, none
            when it had ended before.

        Raises:
            GhostError: neither or both of `n_events` and `seconds`, a number out of range, or a guide of
                another shape, that is not finite, or for a model that cannot be guided.
        """
        self._own()
        temperatures = _temperatures(pi_temperature, sigma_temperature)
        guide = self._guide(guide, (-1 if n_events is None else n_events,))
        n_left, left_s = self._length(n_events, seconds)
        n_left = n_left if guide is None else min(n_left, len(guide))
        if self._state.event is None:
            self._state = GhostState(self._state.tensor, self._runtime.last_event(self._state))
        made = [np.zeros((0, len(self.columns)), "float32")]
        while n_left > 0:
            count, before = min(n_left, self.manifest.generate_events), self._state
            part, guide = (None, None) if guide is None else (guide[:count], guide[count:])
            events, state = self._runtime.sample(before, self._noise.events(count), temperatures, part)
            if not np.isfinite(events).all():
                raise GhostError("generate: expected finite events, got others; the state is unchanged.")
            self._state, kept = state, events
            if seconds is not None:
                elapsed_s = np.cumsum(events[:, self._seconds[0]], dtype="float64")
                kept = events[: int(np.searchsorted(elapsed_s, left_s, side="right"))]
                left_s -= float(elapsed_s[-1])
            made.append(kept)
            if len(kept) < len(events):  # only what is returned is remembered
                self._state = before
                self.feed(kept)
            n_left = n_left - count if len(kept) == count else 0  # the time is over, or the drawing ended
        return np.concatenate(made)

    def propose(
        self,
        states: Sequence[GhostState],
        n_events: int,
        *,
        guides: np.ndarray | None = None,
        pi_temperature: float = 1.0,
        sigma_temperature: float = 1.0,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, list[GhostState]]:
        """Sample a continuation from each of several states, without moving on.

        Set `state` to one that is returned, and that proposal was played. Numbers of its own are used, so
        proposing changes nothing of what a seed plays.

        Args:
            states: where each proposal goes on from; the same one may come several times.
            n_events: events in each, at least 1.
            guides: `(len(states), n_events, n_guide)`, as in `generate`; None leaves the model alone.
            pi_temperature, sigma_temperature: as in `generate`.
            rng: source of randomness, one of `rng` for example; None shares one of the ghost's own.

        Returns:
            float32 `(len(states), n_events, n_columns)`, and the state after each; a drawing that has ended
            rests, (0, 0, END).

        Raises:
            GhostError: a number out of range, a state of another model, or a guide as in `generate`.
        """
        self._own()
        if n_events < 1:
            raise GhostError(f"n_events: expected >= 1, got {n_events}.")
        temperatures = _temperatures(pi_temperature, sigma_temperature)
        guides = self._guide(guides, (len(states), n_events))
        for state in states:
            self._check_state(state)
        noise = self._noise.proposals(n_events, len(states), rng)
        return self._runtime.propose(states, noise, temperatures, guides)

    def fan(
        self, n_futures: int, n_events: int, *, pi_temperature: float = 1.0, sigma_temperature: float = 1.0
    ) -> np.ndarray:
        """Sample `n_futures` futures of up to `manifest.future_events` events each, without moving on.

        Returns:
            float32 `(n_futures, n_events, n_columns)`; a drawing that has ended rests, (0, 0, END).

        Raises:
            GhostError: a number out of range; temperatures as in `generate`.
        """
        self._own()
        limit, batch = self.manifest.future_events, self.manifest.futures
        if n_futures < 1 or not 1 <= n_events <= limit:
            got = f"{n_futures} and {n_events}"
            raise GhostError(f"fan: expected futures >= 1 and 1 to {limit} events, got {got}.")
        temperatures = _temperatures(pi_temperature, sigma_temperature)
        batches = [
            self._runtime.fan(self._state, n_events, self._noise.futures(limit, batch), temperatures)
            for _ in range(-(-n_futures // batch))
        ]
        return np.concatenate(batches)[:n_futures]

    def mixture(self) -> Mixture:
        """The mixture of the next event at temperature 1."""
        self._own()
        return self._runtime.mixture(self._state)

    def _length(self, n_events: int | None, seconds: float | None) -> tuple[int, float]:
        """How many events at the most, and for how long, a continuation is; GhostError if it cannot be so."""
        if (n_events is None) == (seconds is None):
            raise GhostError("generate: expected either n_events or seconds, got both or neither.")
        if n_events is not None:
            if n_events < 0:
                raise GhostError(f"n_events: expected >= 0, got {n_events}.")
            return n_events, math.inf
        if not self._seconds:
            raise GhostError(f"seconds: expected a model with a dt column, got {', '.join(self.columns)}.")
        if seconds is None or not 0.0 <= seconds <= MAX_SECONDS:
            raise GhostError(f"seconds: expected a number from 0 to {MAX_SECONDS:g}, got {seconds}.")
        return int(seconds * MAX_EVENTS_PER_SECOND) + 1, float(seconds)

    def _guide(self, guide: np.ndarray | None, shape: tuple[int, ...]) -> np.ndarray | None:
        """`guide` as float32 once it was seen to be sound; -1 in `shape` is any number."""
        if guide is None:
            return None
        if not self.n_guide:
            got = f"{self.name}, made before there were guides"
            raise GhostError(f"guide: expected a model that can be guided, got {got}.")
        guide = np.asarray(guide, "float32")
        full = (*shape, self.n_guide)
        if guide.ndim != len(full) or any(n not in (-1, m) for n, m in zip(full, guide.shape, strict=True)):
            wanted = ", ".join("n" if n == -1 else str(n) for n in full)
            raise GhostError(f"guide: expected ({wanted}), got {guide.shape}.")
        if not np.isfinite(guide).all():
            raise GhostError(f"guide: expected finite numbers, got {guide[~np.isfinite(guide)][0]}.")
        return guide

    def _check_state(self, state: GhostState) -> None:
        if state.tensor.shape != self.manifest.state_shape:
            raise GhostError(f"state: expected shape {self.manifest.state_shape}, got {state.tensor.shape}.")

    def _own(self) -> None:
        self._owner = self._owner or threading.get_ident()
        if self._owner != threading.get_ident():
            raise GhostError("ghost: expected calls from the one thread that owns it, got another thread.")


def _temperatures(pi: float, sigma: float) -> np.ndarray:
    if not 0.0 < np.float32(pi) < np.inf or not 0.0 <= np.float32(sigma) < np.inf:
        raise GhostError(f"temperatures: expected pi > 0 and sigma >= 0, both finite, got {pi} and {sigma}.")
    return np.array([pi, sigma], "float32")
