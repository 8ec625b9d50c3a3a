"""The ghost: an embedded model that hears events and goes on in their manner.

    ghost = Ghost.load("touch", seed=7)
    ghost.feed(events)                     # hear a phrase
    reply = ghost.generate(seconds=5.0)    # and go on

One thread owns a Ghost from its first use on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.ghost.litert import Opened, open_model, padded
from app.ghost.noise import Noise
from mdn.columns import Kind
from mdn.mixture import Mixture
from mdn.past_features import beginning
from models.frame import Frame
from models.lookup import find_model
from models.manifest import Manifest
from models.strokes import END

MAX_SECONDS = 3600.0  # of one continuation
UNBATCHED = 4  # proposals of a model from before there was a batch, which makes them one after another
MAX_EVENTS_PER_SECOND = 250  # bounds `generate(seconds=...)` when the model repeats dt = 0


class GhostError(ValueError):
    """A call the ghost refuses; its state is what it was before."""


@dataclass(frozen=True, slots=True, eq=False)
class GhostState:
    """What a ghost remembers; never changed once made, so keeping it is a snapshot.

    Attributes:
        tensor: after every event but the last, float32, `Manifest.state_shape`.
        event: the last event, float32 `(n_columns,)`, not yet in `tensor`; None before the first. A
            drawing has always begun: its pen is lifted.
    """

    tensor: np.ndarray
    event: np.ndarray | None


class Ghost:
    """A model with a memory. Make one with `Ghost.load`."""

    def __init__(self, runtime: Opened, *, seed: int | None = None) -> None:
        self.manifest: Manifest = runtime.manifest
        self.columns: tuple[str, ...] = tuple(c.name for c in self.manifest.columns)
        self._runtime = runtime
        self._noise = Noise(self.manifest.noise, seed)
        self._seconds = [i for i, c in enumerate(self.manifest.columns) if c.kind is Kind.SECONDS]
        self._low = np.array([c.low for c in self.manifest.columns], "float32")
        self._high = np.array([c.high for c in self.manifest.columns], "float32")
        tensor = np.zeros(self.manifest.state_shape, "float32")
        self._blank = GhostState(tensor, beginning(self.manifest.columns))
        self._state = self._blank
        self._owner: int | None = None

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
    def name(self) -> str:
        """The model's name."""
        return self.manifest.name

    @property
    def state(self) -> GhostState:
        """What the ghost remembers. Set it to go back, to branch or to undo."""
        return self._state

    @state.setter
    def state(self, state: GhostState) -> None:
        self._check_state(state)
        self._state = state

    def rng(self, number: int) -> np.random.Generator:
        """The generator of that `number`, from 0: for a seed always the same. None of them is used here."""
        return self._noise.rng(number)

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
        drawing = self.manifest.drawing
        if drawing is None or not drawing.frames:
            raise GhostError(f"at: expected a model that knows where a drawing begins, got {self.name}.")
        event = beginning(self.manifest.columns, at)
        if event is None or not np.isfinite(event).all():
            raise GhostError(f"at: expected finite numbers, got {at}.")
        self._state = GhostState(self._blank.tensor, np.clip(event, self._low, self._high))

    def pick_frame(self) -> Frame | None:
        """Where a drawing may lie: as one of the corpus did; None if the model cannot know where it is."""
        drawing = self.manifest.drawing
        if drawing is None or not drawing.frames:
            return None
        return drawing.frames[self._noise.choice(len(drawing.frames))]

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
            raise GhostError(
                f"events: expected (n, {len(self.columns)}) for {', '.join(self.columns)}, "
                f"got {events.shape}."
            )
        if not np.isfinite(events).all():
            raise GhostError(f"events: expected finite numbers, got {events[~np.isfinite(events)][0]}.")
        if not len(events):
            return
        events = np.clip(events, self._low, self._high)
        # What was pending goes in now; the last one stays pending, because `generate` hears it first.
        waiting = (
            events[:-1]
            if self._state.event is None
            else np.concatenate([self._state.event[None], events[:-1]])
        )
        tensor = self._state.tensor
        block = self.manifest.feed_events
        for start in range(0, len(waiting), block):
            part = waiting[start : start + block]
            tensor = self._run_feed(part, tensor)["state"]
        self._state = GhostState(tensor, events[-1].copy())

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
        if guide is not None:
            guide = self._guide(guide, (-1 if n_events is None else n_events,))
        if (n_events is None) == (seconds is None):
            raise GhostError("generate: expected either n_events or seconds, got both or neither.")
        if self._state.event is None:
            self._state = GhostState(self._state.tensor, self._event())
        if n_events is not None:
            return self._generate_count(n_events, temperatures, guide)
        return self._generate_seconds(float(seconds or 0.0), temperatures, guide)

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
        if guides is not None:
            guides = self._guide(guides, (len(states), n_events))
        for state in states:
            self._check_state(state)
        if not states:
            return np.zeros((0, n_events, len(self.columns)), "float32"), []
        noise = self._noise.proposals(n_events, len(states), rng)
        if self._runtime.propose is None:
            made = [self._propose_one(each, noise[:, i], temperatures) for i, each in enumerate(states)]
            return np.stack([events for events, _ in made]), [state for _, state in made]
        batch = self.manifest.futures
        parts = [
            self._propose_batch(
                self._runtime.propose,
                states[start : start + batch],
                noise[:, start : start + batch],
                None if guides is None else guides[start : start + batch],
                temperatures,
            )
            for start in range(0, len(states), batch)
        ]
        return np.concatenate([events for events, _ in parts]), [s for _, after in parts for s in after]

    def fan(
        self, n_futures: int, n_events: int, *, pi_temperature: float = 1.0, sigma_temperature: float = 1.0
    ) -> np.ndarray:
        """Sample several futures without moving on.

        Args:
            n_futures: how many.
            n_events: events in each, at most `manifest.future_events`.
            pi_temperature, sigma_temperature: as in `generate`.

        Returns:
            float32 `(n_futures, n_events, n_columns)`; a drawing that has ended rests, (0, 0, END).

        Raises:
            GhostError: a number out of range.
        """
        self._own()
        limit = self.manifest.future_events
        if n_futures < 1 or not 1 <= n_events <= limit:
            raise GhostError(
                f"fan: expected futures >= 1 and 1 to {limit} events, got {n_futures} and {n_events}."
            )
        temperatures = _temperatures(pi_temperature, sigma_temperature)
        batches = []
        for _ in range(-(-n_futures // self.manifest.futures)):
            outputs = self._runtime.fan(
                event=self._event(),
                count=np.int32(n_events),
                state=self._state.tensor,
                noise=self._noise.futures(limit, self.manifest.futures),
                temperatures=temperatures,
            )
            batches.append(outputs["events"][:, :n_events])
        return np.concatenate(batches)[:n_futures]

    def mixture(self) -> Mixture:
        """The mixture of the next event at temperature 1."""
        self._own()
        event = self._event()
        params = self._run_feed(event[None], self._state.tensor)["mixture"]
        return self._runtime.describe(params, event, self._state.tensor)

    @property
    def default_temperatures(self) -> tuple[float, float]:
        """Pi and sigma temperature that this model is played with unless somebody says otherwise."""
        return self.manifest.pi_temperature, self.manifest.sigma_temperature

    @property
    def n_guide(self) -> int:
        """Numbers of one row of a guide; 0 for a model that cannot be guided."""
        return self._runtime.n_guide

    @property
    def n_proposals(self) -> int:
        """How many continuations `propose` is good at sampling at once."""
        return UNBATCHED if self._runtime.propose is None else self.manifest.futures

    @property
    def guide_slices(self) -> dict[str, slice]:
        """Where in a row of a guide the numbers of each density are, by the names in `mdn.densities`."""
        return self._runtime.guide_slices

    def _guide(self, guide: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """`guide` as float32 once it was seen to be sound; -1 in `shape` is any number."""
        if not self.n_guide:
            raise GhostError(
                f"guide: expected a model that can be guided, got {self.name}, made before there were guides."
            )
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

    def _propose_batch(
        self,
        propose: Callable[..., dict[str, np.ndarray]],
        states: Sequence[GhostState],
        noise: np.ndarray,
        guides: np.ndarray | None,
        temperatures: np.ndarray,
    ) -> tuple[np.ndarray, list[GhostState]]:
        manifest, n = self.manifest, len(states)
        events = np.zeros((manifest.futures, len(self.columns)), "float32")
        events[:n] = [self._event_of(state) for state in states]
        layers, two, _, units = manifest.state_shape
        tensors = np.zeros((layers, two, manifest.futures, units), "float32")
        tensors[:, :, :n] = np.concatenate([state.tensor for state in states], axis=2)
        made = []
        for start in range(0, len(noise), manifest.future_events):
            now = slice(start, start + manifest.future_events)
            draws = np.zeros((manifest.future_events, manifest.futures, noise.shape[2]), "float32")
            draws[: len(noise[now]), :n] = noise[now]
            toward = np.zeros((*draws.shape[:2], self.n_guide), "float32")
            if guides is not None:
                toward[: len(noise[now]), :n] = np.swapaxes(guides[:, now], 0, 1)
            outputs = propose(
                events=events,
                count=np.int32(len(noise[now])),
                states=tensors,
                noise=draws,
                temperatures=temperatures,
                guides=toward,
            )
            made.append(outputs["events"][:n, : len(noise[now])])
            events, tensors = outputs["events"][:, len(noise[now]) - 1], outputs["states"]
        after = [GhostState(tensors[:, :, i : i + 1].copy(), events[i].copy()) for i in range(n)]
        return np.concatenate(made, axis=1), after

    def _propose_one(
        self, state: GhostState, noise: np.ndarray, temperatures: np.ndarray
    ) -> tuple[np.ndarray, GhostState]:
        """One proposal of a model that has no batch; after its END a drawing rests."""
        events = np.zeros((len(noise), len(self.columns)), "float32")
        events[:, [c.kind is Kind.PEN for c in self.manifest.columns]] = END
        for start in range(0, len(noise), self.manifest.generate_events):
            part = noise[start : start + self.manifest.generate_events]
            made, state = self._sample(state, part, temperatures, None)
            events[start : start + len(made)] = made
            if len(made) < len(part):
                break
        return events, state

    def _generate_count(
        self, n_events: int, temperatures: np.ndarray, guide: np.ndarray | None
    ) -> np.ndarray:
        if n_events < 0:
            raise GhostError(f"n_events: expected >= 0, got {n_events}.")
        chunks = []
        while n_events > 0:
            count = min(n_events, self.manifest.generate_events)
            part, guide = (None, None) if guide is None else (guide[:count], guide[count:])
            chunk = self._chunk(count, temperatures, part)
            chunks.append(chunk)
            n_events -= count
            if len(chunk) < count:  # the drawing ended
                break
        return np.concatenate(chunks) if chunks else np.zeros((0, len(self.columns)), "float32")

    def _generate_seconds(
        self, seconds: float, temperatures: np.ndarray, guide: np.ndarray | None
    ) -> np.ndarray:
        if not self._seconds:
            raise GhostError(f"seconds: expected a model with a dt column, got {', '.join(self.columns)}.")
        if not 0.0 <= seconds <= MAX_SECONDS:
            raise GhostError(f"seconds: expected a number from 0 to {MAX_SECONDS:g}, got {seconds}.")
        chunks: list[np.ndarray] = []
        left, n_left = seconds, int(seconds * MAX_EVENTS_PER_SECOND) + 1
        if guide is not None:
            n_left = min(n_left, len(guide))
        while n_left > 0:
            before, count = self._state, min(n_left, self.manifest.generate_events)
            part, guide = (None, None) if guide is None else (guide[:count], guide[count:])
            chunk = self._chunk(count, temperatures, part)
            elapsed = np.cumsum(chunk[:, self._seconds[0]], dtype="float64")
            keep = int(np.searchsorted(elapsed, left, side="right"))
            chunks.append(chunk[:keep])
            if keep < len(chunk):
                # Remember only what is returned.
                self._state = before
                self.feed(chunk[:keep])
                break
            left -= float(elapsed[-1])
            n_left -= len(chunk)
        return np.concatenate(chunks) if chunks else np.zeros((0, len(self.columns)), "float32")

    def _chunk(self, count: int, temperatures: np.ndarray, guide: np.ndarray | None) -> np.ndarray:
        events, state = self._sample(self._state, self._noise.events(count), temperatures, guide)
        if not np.isfinite(events).all():
            raise GhostError(
                "generate: expected finite events, got some that are not; the state is unchanged."
            )
        self._state = state
        return events

    def _sample(
        self, state: GhostState, noise: np.ndarray, temperatures: np.ndarray, guide: np.ndarray | None
    ) -> tuple[np.ndarray, GhostState]:
        """One call of the graph: events for `noise` `(n, n_noise)`, fewer if a drawing ends, and after."""
        inputs: dict[str, Any] = {
            "event": self._event_of(state),
            "count": np.int32(len(noise)),
            "state": state.tensor,
            "noise": padded(noise, self.manifest.generate_events),
            "temperatures": temperatures,
        }
        if guide is None or self._runtime.guided is None:
            outputs = self._runtime.generate(**inputs)
        else:
            outputs = self._runtime.guided(**inputs, guide=padded(guide, self.manifest.generate_events))
        events = outputs["events"][: int(outputs["length"])]
        # No events: the drawing had ended, and the state is what it was.
        return events, GhostState(outputs["state"], events[-1]) if len(events) else state

    def _run_feed(self, events: np.ndarray, tensor: np.ndarray) -> dict[str, np.ndarray]:
        rows = padded(events, self.manifest.feed_events)
        return self._runtime.feed(events=rows, count=np.int32(len(events)), state=tensor)

    def _event(self) -> np.ndarray:
        return self._event_of(self._state)

    def _event_of(self, state: GhostState) -> np.ndarray:
        """The event to go on from; before the first one, where all starts."""
        if state.event is not None:
            return state.event
        return np.array([column.start for column in self.manifest.columns], "float32")

    def _own(self) -> None:
        me = threading.get_ident()
        if self._owner is None:
            self._owner = me
        elif self._owner != me:
            raise GhostError("ghost: expected calls from the one thread that owns it, got another thread.")


def _temperatures(pi: float, sigma: float) -> np.ndarray:
    if not 0.0 < np.float32(pi) < np.inf or not 0.0 <= np.float32(sigma) < np.inf:
        raise GhostError(f"temperatures: expected pi > 0 and sigma >= 0, both finite, got {pi} and {sigma}.")
    return np.array([pi, sigma], "float32")
