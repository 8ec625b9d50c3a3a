"""The ghost: an embedded model that hears events and goes on in their manner.

    ghost = Ghost.load("touch", seed=7)
    ghost.feed(events)                     # hear a phrase
    reply = ghost.generate(seconds=5.0)    # and go on

One thread owns a Ghost from its first use on.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.ghost.litert import Opened, open_model, padded
from app.ghost.noise import Noise, NoiseState
from mdn.columns import Kind
from mdn.mixture import Mixture
from mdn.past_features import beginning
from models.frame import Frame
from models.lookup import find_model
from models.manifest import Manifest

MAX_SECONDS = 3600.0  # of one continuation
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
        if state.tensor.shape != self.manifest.state_shape:
            raise GhostError(f"state: expected shape {self.manifest.state_shape}, got {state.tensor.shape}.")
        self._state = state

    @property
    def noise_state(self) -> NoiseState:
        """Which random numbers `generate` uses next. Set it to use the same ones again. 7 us."""
        return self._noise.state

    @noise_state.setter
    def noise_state(self, state: NoiseState) -> None:
        self._noise.state = state

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
        pi_temperature: float = 1.0,
        sigma_temperature: float = 1.0,
    ) -> np.ndarray:
        """Sample a continuation and remember it as heard.

        Args:
            n_events: how many events, or
            seconds: for how long: events until the sum of their dt would pass it.
            pi_temperature: divides the logits of pi, > 0.
            sigma_temperature: multiplies the covariance, >= 0.

        Returns:
            float32 `(n, n_columns)`, natural units; fewer than `n_events` when a drawing ended, none
            when it had ended before.

        Raises:
            GhostError: neither or both of `n_events` and `seconds`, or a number out of range.
        """
        self._own()
        temperatures = _temperatures(pi_temperature, sigma_temperature)
        if (n_events is None) == (seconds is None):
            raise GhostError("generate: expected either n_events or seconds, got both or neither.")
        if self._state.event is None:
            self._state = GhostState(self._state.tensor, self._event())
        if n_events is not None:
            return self._generate_count(n_events, temperatures)
        return self._generate_seconds(float(seconds or 0.0), temperatures)

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

    def _generate_count(self, n_events: int, temperatures: np.ndarray) -> np.ndarray:
        if n_events < 0:
            raise GhostError(f"n_events: expected >= 0, got {n_events}.")
        chunks = []
        while n_events > 0:
            count = min(n_events, self.manifest.generate_events)
            chunk = self._chunk(count, temperatures)
            chunks.append(chunk)
            n_events -= count
            if len(chunk) < count:  # the drawing ended
                break
        return np.concatenate(chunks) if chunks else np.zeros((0, len(self.columns)), "float32")

    def _generate_seconds(self, seconds: float, temperatures: np.ndarray) -> np.ndarray:
        if not self._seconds:
            raise GhostError(f"seconds: expected a model with a dt column, got {', '.join(self.columns)}.")
        if not 0.0 <= seconds <= MAX_SECONDS:
            raise GhostError(f"seconds: expected a number from 0 to {MAX_SECONDS:g}, got {seconds}.")
        chunks: list[np.ndarray] = []
        left, n_left = seconds, int(seconds * MAX_EVENTS_PER_SECOND) + 1
        while n_left > 0:
            before = self._state
            chunk = self._chunk(min(n_left, self.manifest.generate_events), temperatures)
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
        return np.concatenate(chunks)

    def _chunk(self, count: int, temperatures: np.ndarray) -> np.ndarray:
        outputs = self._runtime.generate(
            event=self._event(),
            count=np.int32(count),
            state=self._state.tensor,
            noise=padded(self._noise.events(count), self.manifest.generate_events),
            temperatures=temperatures,
        )
        events = outputs["events"][: int(outputs["length"])]
        if not np.isfinite(events).all():
            raise GhostError(
                "generate: expected finite events, got some that are not; the state is unchanged."
            )
        if not len(events):  # the drawing had ended
            return events
        self._state = GhostState(outputs["state"], events[-1])
        return events

    def _run_feed(self, events: np.ndarray, tensor: np.ndarray) -> dict[str, np.ndarray]:
        rows = padded(events, self.manifest.feed_events)
        return self._runtime.feed(events=rows, count=np.int32(len(events)), state=tensor)

    def _event(self) -> np.ndarray:
        """The event to go on from; before the first one, the middle of the canvas at rest."""
        if self._state.event is not None:
            return self._state.event
        start = [
            (c.low + c.high) / 2 if c.kind in (Kind.POSITION, Kind.VALUE) else 0.0
            for c in self.manifest.columns
        ]
        return np.array(start, "float32")

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
