"""The touch network alone, unguided: its mixture after each event, and how likely a performance is."""

from __future__ import annotations

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from mdn.densities import Past
from mdn.heads import Head
from models.lookup import find_model
from models.manifest import read_manifest


class Network:
    """`feed` of a touch model file, one event at a time.

    Args:
        name_or_path: a model.

    Raises:
        ModelError: there is no such model.
    """

    def __init__(self, name_or_path: str = "touch") -> None:
        path = find_model(name_or_path)
        manifest = read_manifest(path)
        self.head = Head(manifest.columns, manifest.mixtures)
        self.blank = np.zeros(manifest.state_shape, "float32")
        self._rows = np.zeros((manifest.feed_events, len(manifest.columns)), "float32")
        self._low = np.array([c.low for c in manifest.columns], "float32")
        self._high = np.array([c.high for c in manifest.columns], "float32")
        self._interpreter = Interpreter(model_path=str(path), num_threads=1)  # the runner does not keep it
        self._feed = self._interpreter.get_signature_runner("feed")

    def hear(self, event: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Parameters of the mixture after `event` `(4,)`, `(n_params,)`, and the state then."""
        self._rows[0] = np.clip(event, self._low, self._high)
        outputs = self._feed(events=self._rows, count=np.int32(1), state=state)
        return outputs["mixture"], outputs["state"]

    def hear_all(self, events: np.ndarray, state: np.ndarray) -> np.ndarray:
        """The state after `events` `(n, 4)`."""
        for event in events:
            state = self.hear(event, state)[1]
        return state

    def nats(self, phrase: np.ndarray, answer: np.ndarray) -> np.ndarray:
        """Nats of each event of `answer` `(n, 4)` after `phrase`: minus its log density, `(n,)`."""
        events = np.concatenate([phrase, answer]).astype("float32")
        state, mixtures = self.hear_all(phrase[:-1], self.blank), []
        for event in events[len(phrase) - 1 : -1]:
            mixture, state = self.hear(event, state)
            mixtures.append(mixture)
        first, last = len(phrase) - 1, len(events) - 1
        step = np.diff(events, axis=0, prepend=events[:1])
        groups = self.head.log_densities(
            np, np.array(mixtures, "float64"), events[first + 1 :], Past(events[first:last], step[first:last])
        )
        return np.asarray(-groups[self.head.group(discrete=True)])
