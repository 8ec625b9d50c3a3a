"""Ghostjam's model files: opens one, proves it, and calls its signatures.

An interpreter is not thread-safe and fails silently when two threads use it, so `app.ghost.Ghost`
keeps one thread to one `Runtime`. Outputs are copies: holding a view makes the next call raise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from app.ghost.litert.opened import GhostState, Opened
from app.ghost.litert.quiet import quiet_info
from mdn.columns import Column, Kind
from mdn.heads import Head
from mdn.mixture import Mixture, describe
from mdn.past_features import Route, unpack_memory
from models.errors import ModelError
from models.manifest import Manifest, read_manifest

GOLDEN_TOLERANCE = 2e-2  # integer kernels round differently from one processor to the next

Tensors = dict[str, np.ndarray]


class Runtime(Opened):
    """An opened model.

    Args:
        path: a model file.

    Raises:
        ModelError: not a model, not one of ours, damaged, or it computes other numbers than when
            it was exported.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise ModelError(f"{path}: expected a .tflite file, got no such file.")
        super().__init__(read_manifest(path))
        self._head = _head(path, self.manifest)
        self._route = Route(self.manifest.columns, self.manifest.densities)
        try:
            with quiet_info():
                self._open(path)
                self._check_golden(path)
        except ModelError:
            raise
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                f"{path}: expected a LiteRT model, got one that does not load: {' '.join(str(error).split())}"
            ) from None

    def _open(self, path: Path) -> None:
        # One thread: a second one doubles the worst case of a step this small.
        interpreter = Interpreter(model_path=str(path), num_threads=1)
        found = set(interpreter.get_signature_list())
        if missing := {"feed", "generate", "fan"} - found:
            raise ModelError(
                f"{path}: expected signatures feed, generate and fan, got no {', '.join(sorted(missing))}."
            )
        # Files from before there were guides have neither of `guided` and `propose`.
        self._is_guided = {"guided", "propose"} <= found
        self._calls = {
            name: _signature(interpreter, name, path, tensors)
            for name, tensors in inputs(self.manifest, self._head).items()
            if self._is_guided or name not in ("guided", "propose")
        }
        if self._is_guided:
            self.n_guide, self.guide_slices = self._head.n_guide, self._head.guide_slices
            self.n_proposals = self.manifest.futures

    def feed(self, events: np.ndarray, tensor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `Opened.feed`."""
        block, outputs = self.manifest.feed_events, {"state": tensor}
        for start in range(0, max(len(events), 1), block):
            part = events[start : start + block]
            count = np.int32(len(part))
            outputs = self._calls["feed"](events=padded(part, block), count=count, state=outputs["state"])
        return outputs["mixture"], outputs["state"]

    def sample(
        self, state: GhostState, noise: np.ndarray, temperatures: np.ndarray, guide: np.ndarray | None
    ) -> tuple[np.ndarray, GhostState]:
        """As `Opened.sample`."""
        n_rows = self.manifest.generate_events
        outputs = self._calls["generate" if guide is None else "guided"](
            event=self.last_event(state),
            count=np.int32(len(noise)),
            state=state.tensor,
            noise=padded(noise, n_rows),
            temperatures=temperatures,
            **({} if guide is None else {"guide": padded(guide, n_rows)}),
        )
        events = outputs["events"][: int(outputs["length"])]
        # No events: the drawing had ended, and the state is what it was.
        return events, GhostState(outputs["state"], events[-1]) if len(events) else state

    def fan(
        self, state: GhostState, n_events: int, noise: np.ndarray, temperatures: np.ndarray
    ) -> np.ndarray:
        """As `Opened.fan`, all at once."""
        outputs = self._calls["fan"](
            event=self.last_event(state),
            count=np.int32(n_events),
            state=state.tensor,
            noise=noise,
            temperatures=temperatures,
        )
        return outputs["events"][:, :n_events]

    def propose(
        self,
        states: Sequence[GhostState],
        noise: np.ndarray,
        temperatures: np.ndarray,
        guides: np.ndarray | None,
    ) -> tuple[np.ndarray, list[GhostState]]:
        """As `Opened.propose`, but toward `guides` `(n, n_events, n_guide)`, and as many at once as fit."""
        if not self._is_guided:
            return super().propose(states, noise, temperatures, guides)
        batch, length = self.manifest.futures, self.manifest.future_events
        layers, two, _, units = self.manifest.state_shape
        events = np.zeros((len(states), len(noise), len(self.manifest.columns)), "float32")
        after = []
        for first in range(0, len(states), batch):
            these = slice(first, first + batch)
            n = len(states[these])
            last = padded(np.stack([self.last_event(state) for state in states[these]]), batch)
            tensors = np.zeros((layers, two, batch, units), "float32")
            tensors[:, :, :n] = np.concatenate([state.tensor for state in states[these]], axis=2)
            for start in range(0, len(noise), length):
                now = slice(start, start + length)
                count = len(noise[now])
                draws = np.zeros((length, batch, noise.shape[2]), "float32")
                draws[:count, :n] = noise[now, these]
                toward = np.zeros((length, batch, self.n_guide), "float32")
                if guides is not None:
                    toward[:count, :n] = np.swapaxes(guides[these, now], 0, 1)
                outputs = self._calls["propose"](
                    events=last,
                    count=np.int32(count),
                    states=tensors,
                    noise=draws,
                    temperatures=temperatures,
                    guides=toward,
                )
                events[these, now] = outputs["events"][:n, :count]
                last, tensors = outputs["events"][:, count - 1], outputs["states"]
            after += [GhostState(tensors[:, :, i : i + 1].copy(), last[i].copy()) for i in range(n)]
        return events, after

    def describe(self, params: np.ndarray, event: np.ndarray, tensor: np.ndarray) -> Mixture:
        """As `Opened.describe`; `params` `(n_params,)`."""
        n = len(event)
        halves = tensor[self.manifest.layers :].reshape(-1, *tensor.shape[2:])
        memory, known = unpack_memory(np, halves, n + self._route.kept)
        route = self._route.follow(np, memory[0, :n], memory[0, n:], event, known[0])
        return describe(self._head, params, self._route.past(event, route))

    def _check_golden(self, path: Path) -> None:
        manifest, golden = self.manifest, self.manifest.golden
        events = np.asarray(golden.events, "float32")
        noise = np.asarray(golden.noise, "float32")
        state = np.zeros(manifest.state_shape, "float32")
        heard, _ = self.feed(events, state)
        before = GhostState(self.feed(events[:-1], state)[1], events[-1])
        units = np.array([_unit(column) for column in manifest.columns])
        _check_numbers(path, "mixture", golden.mixture, heard, 1.0)
        for name, rolled in self._rolled(before, noise):
            for got in rolled:
                _check_numbers(path, f"events of {name}", golden.generated, got, units)
        difference = abs(golden.nats_under(self._head) - golden.nats)
        if not difference <= GOLDEN_TOLERANCE:
            raise ModelError(
                f"{path}: expected a mixture read as when it was exported ({golden.nats:.3f} nats), "
                f"got {difference:.3g} off."
            )

    def _rolled(self, state: GhostState, noise: np.ndarray) -> Iterator[tuple[str, Iterable[np.ndarray]]]:
        """Every signature that samples, with the events it gives after `state`, one array a future.

        Without a guide, and with the same noise in each future, all give the same events.
        """
        n_futures, temperatures = self.manifest.futures, np.ones(2, "float32")
        events, _ = self.sample(state, noise, temperatures, None)
        yield "generate", [events]
        same = np.repeat(noise[:, None], n_futures, axis=1)
        futures = self.fan(state, len(noise), padded(same, self.manifest.future_events), temperatures)
        yield "fan", futures[:, : len(events)]
        if self._is_guided:
            guide = np.zeros((len(noise), self.n_guide), "float32")
            yield "guided", [self.sample(state, noise, temperatures, guide)[0]]
            futures, _ = self.propose([state] * n_futures, same, temperatures, None)
            yield "propose", futures[:, : len(events)]


def _check_numbers(path: Path, what: str, golden: Any, got: np.ndarray, unit: Any) -> None:
    """ModelError unless `got` is what the model gave when it was exported, within the tolerance."""
    expected = np.asarray(golden)
    if expected.shape != got.shape:
        raise ModelError(f"{path}: expected a golden {what} of shape {got.shape}, got {expected.shape}.")
    difference = float(np.max(np.abs(expected - got) / unit))
    if not difference <= GOLDEN_TOLERANCE:
        raise ModelError(
            f"{path}: expected the {what} it was exported with, within {GOLDEN_TOLERANCE}, "
            f"got {difference:.3g} off."
        )


def _signature(
    interpreter: Any, name: str, path: Path, expected: dict[str, tuple[tuple[int, ...], str]]
) -> Callable[..., Tensors]:
    """One entry point of the graph: arrays in by name, copies out by name; ModelError for other inputs."""
    runner = interpreter.get_signature_runner(name)
    details = runner.get_input_details()
    for tensor, (shape, dtype) in expected.items():
        if tensor not in details:
            raise ModelError(f"{path}: expected {name} to take {tensor}, got {', '.join(sorted(details))}.")
        found = tuple(int(n) for n in details[tensor]["shape"])
        kind = np.dtype(details[tensor]["dtype"]).name
        if (found, kind) != (shape, dtype):
            raise ModelError(f"{path}: expected {name}.{tensor} {dtype} {shape}, got {kind} {found}.")
    call: Callable[..., Tensors] = runner
    return call


def _head(path: Path, manifest: Manifest) -> Head:
    """The mixture the manifest describes; ModelError unless its own numbers fit it."""
    try:
        head = manifest.head()
    except ValueError as error:
        raise ModelError(f"{path}: {error}") from None
    if manifest.noise != head.noise:
        raise ModelError(f"{path}: expected noise {', '.join(head.noise)}, got {', '.join(manifest.noise)}.")
    if len(manifest.golden.mixture) != head.n_params:
        raise ModelError(
            f"{path}: expected {head.n_params} numbers for {manifest.mixtures} components, "
            f"got {len(manifest.golden.mixture)}."
        )
    return head


def _unit(column: Column) -> float:
    """What the tolerance is a share of: a canvas, a second, or a tenth of the box of a drawing."""
    return column.high / 10.0 if column.kind is Kind.OFFSET else 1.0


def padded(rows: np.ndarray, length: int) -> np.ndarray:
    """`rows` with zeros below, `length` rows in all: the graph's shapes are fixed."""
    full = np.zeros((length, *rows.shape[1:]), "float32")
    full[: len(rows)] = rows
    return full


def inputs(manifest: Manifest, head: Head) -> dict[str, dict[str, tuple[tuple[int, ...], str]]]:
    """Names, shapes and types of what each signature takes."""
    layers, two, _, units = manifest.state_shape
    n_columns, n_noise = len(manifest.columns), len(manifest.noise)
    batch, length = manifest.futures, manifest.future_events
    common = {"count": ((), "int32"), "temperatures": ((2,), "float32")}
    alone = {"event": ((n_columns,), "float32"), "state": (manifest.state_shape, "float32")} | common
    generate = alone | {"noise": ((manifest.generate_events, n_noise), "float32")}
    return {
        "feed": {
            "events": ((manifest.feed_events, n_columns), "float32"),
            "count": ((), "int32"),
            "state": (manifest.state_shape, "float32"),
        },
        "generate": generate,
        "fan": alone | {"noise": ((length, batch, n_noise), "float32")},
        "guided": generate | {"guide": ((manifest.generate_events, head.n_guide), "float32")},
        "propose": {
            "events": ((batch, n_columns), "float32"),
            "states": ((layers, two, batch, units), "float32"),
            "noise": ((length, batch, n_noise), "float32"),
            "guides": ((length, batch, head.n_guide), "float32"),
        }
        | common,
    }
