"""What every opened model does, whatever file it came from: hear and sample, from a state to the next one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mdn.columns import Kind
from mdn.mixture import Mixture
from models.manifest import Manifest
from models.strokes import END

UNBATCHED = 4  # proposals of a model without a batch, which makes them one after another


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


class Opened(ABC):
    """A model that can be played.

    Events are float32 `(n, n_columns)`. What is sampled takes `noise`, for each event the numbers of
    `Manifest.noise`, and `temperatures`, of pi and of sigma.

    Attributes:
        manifest: what its file says.
        n_guide: numbers of one event of a guide; 0 for a model that cannot be guided.
        guide_slices: where in a guide the numbers of each density are, by its name.
        n_proposals: how many continuations it is good at sampling at once.
    """

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.n_guide = 0
        self.guide_slices: Mapping[str, slice] = {}
        self.n_proposals = UNBATCHED

    @abstractmethod
    def feed(self, events: np.ndarray, tensor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The parameters of the mixture after `events`, heard from `tensor` on, and the tensor after them."""

    @abstractmethod
    def sample(
        self, state: GhostState, noise: np.ndarray, temperatures: np.ndarray, guide: np.ndarray | None
    ) -> tuple[np.ndarray, GhostState]:
        """What follows, for `noise` `(n, n_noise)`, n up to `Manifest.generate_events`; and the state after.

        Fewer events if a drawing ends, none if it had ended. They are drawn toward `guide`, `(n, n_guide)`.
        """

    @abstractmethod
    def describe(self, params: np.ndarray, event: np.ndarray, tensor: np.ndarray) -> Mixture:
        """The mixture that `params` say, after `event` was heard in `tensor`."""

    def propose(
        self,
        states: Sequence[GhostState],
        noise: np.ndarray,
        temperatures: np.ndarray,
        guides: np.ndarray | None,
    ) -> tuple[np.ndarray, list[GhostState]]:
        """What may follow each of `states`, for `noise` `(n_events, n, n_noise)`, and the states after.

        Here one after the other, and without guides. After its END a drawing rests, (0, 0, END).
        """
        events = np.zeros((len(states), len(noise), len(self.manifest.columns)), "float32")
        events[:, :, [column.kind is Kind.PEN for column in self.manifest.columns]] = END
        after = []
        for i, state in enumerate(states):
            for start in range(0, len(noise), self.manifest.generate_events):
                part = noise[start : start + self.manifest.generate_events, i]
                made, state = self.sample(state, part, temperatures, None)
                events[i, start : start + len(made)] = made
                if len(made) < len(part):
                    break
            after.append(state)
        return events, after

    def fan(
        self, state: GhostState, n_events: int, noise: np.ndarray, temperatures: np.ndarray
    ) -> np.ndarray:
        """Futures after `state`, `(futures, n_events, n_columns)`.

        Args:
            state: as in `sample`.
            n_events: up to `Manifest.future_events`.
            noise: `(future_events, futures, n_noise)` of the manifest.
            temperatures: as in `sample`.
        """
        return self.propose([state] * noise.shape[1], noise[:n_events], temperatures, None)[0]

    def hear(self, state: GhostState, events: np.ndarray) -> GhostState:
        """The state after `events`, at least one. The last of them stays pending: `sample` hears it first."""
        waiting = events[:-1]
        if state.event is not None:
            waiting = np.concatenate([state.event[None], waiting])
        tensor = self.feed(waiting, state.tensor)[1] if len(waiting) else state.tensor
        return GhostState(tensor, events[-1].copy())

    def mixture(self, state: GhostState) -> Mixture:
        """The mixture of the next event at temperature 1."""
        event = self.last_event(state)
        params, _ = self.feed(event[None], state.tensor)
        return self.describe(params, event, state.tensor)

    def last_event(self, state: GhostState) -> np.ndarray:
        """The event to go on from; before the first one, where all starts."""
        if state.event is not None:
            return state.event
        return np.array([column.start for column in self.manifest.columns], "float32")
