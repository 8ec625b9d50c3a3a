"""Ghostjam's model files: opens one, proves it, and calls its signatures.

An interpreter is not thread-safe and fails silently when two threads use it, so `app.ghost.Ghost`
keeps one thread to one `Runtime`. Outputs are copies: holding a view makes the next call raise.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from app.ghost.litert.quiet import quiet_info
from mdn.columns import Column, Kind
from mdn.heads import Head
from mdn.mixture import Mixture, describe
from mdn.past_features import Route, unpack_memory
from models.errors import ModelError
from models.manifest import Manifest, read_manifest

GOLDEN_TOLERANCE = 2e-2  # integer kernels round differently from one processor to the next

Tensors = dict[str, np.ndarray]


class Runtime:
    """An opened model.

    Args:
        path: a model file.

    Raises:
        ModelError: not a model, not one of ours, damaged, or it computes other numbers than when
            it was exported.
    """

    def __init__(self, path: Path) -> None:
        self.guided: _Signature | None
        self.propose: _Signature | None
        self.manifest = read_manifest(path) if path.is_file() else _no_file(path)
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
                f"{path}: expected a LiteRT model, got one that does not load: {error}"
            ) from None

    def _open(self, path: Path) -> None:
        # One thread: a second one doubles the worst case of a step this small.
        interpreter = Interpreter(model_path=str(path), num_threads=1)
        found = set(interpreter.get_signature_list())
        if missing := {"feed", "generate", "fan"} - found:
            raise ModelError(
                f"{path}: expected signatures feed, generate and fan, got no {', '.join(sorted(missing))}."
            )
        self.feed = _Signature(interpreter, "feed", path, feed_inputs(self.manifest))
        self.generate = _Signature(interpreter, "generate", path, generate_inputs(self.manifest))
        self.fan = _Signature(interpreter, "fan", path, fan_inputs(self.manifest))
        # Files from before there were guides have neither of these.
        self.guided, self.propose, self.n_guide = None, None, 0
        if {"guided", "propose"} <= found:
            self.guided = _Signature(interpreter, "guided", path, guided_inputs(self.manifest, self._head))
            self.propose = _Signature(interpreter, "propose", path, propose_inputs(self.manifest, self._head))
            self.n_guide = self._head.n_guide

    @property
    def guide_slices(self) -> dict[str, slice]:
        """See `Head.guide_slices`."""
        return self._head.guide_slices if self.n_guide else {}

    def describe(self, params: np.ndarray, event: np.ndarray, state: np.ndarray) -> Mixture:
        """The mixture that `params` `(n_params,)` say, after `event` was heard in `state`."""
        n = len(event)
        memory, known = unpack_memory(np, state[self.manifest.layers :], n + self._route.kept)
        route = self._route.follow(np, memory[0, :n], memory[0, n:], event, known[0])
        return describe(self._head, params, self._route.past(event, route))

    def _check_golden(self, path: Path) -> None:
        manifest, golden = self.manifest, self.manifest.golden
        events = np.asarray(golden.events, "float32")
        noise = np.asarray(golden.noise, "float32")
        state = np.zeros(manifest.state_shape, "float32")
        heard = self.feed(
            events=padded(events, manifest.feed_events), count=np.int32(len(events)), state=state
        )
        last = self.feed(
            events=padded(events[:-1], manifest.feed_events), count=np.int32(len(events) - 1), state=state
        )
        rolled = self.generate(
            event=events[-1],
            count=np.int32(len(noise)),
            state=last["state"],
            noise=padded(noise, manifest.generate_events),
            temperatures=np.ones(2, "float32"),
        )
        units = np.array([_unit(column) for column in manifest.columns])
        for what, numbers, got, unit in (
            ("mixture", golden.mixture, heard["mixture"], 1.0),
            ("events", golden.generated, rolled["events"][: int(rolled["length"])], units),
        ):
            expected = np.asarray(numbers)
            if expected.shape != got.shape:
                raise ModelError(
                    f"{path}: expected a golden {what} of shape {got.shape}, got {expected.shape}."
                )
            difference = float(np.max(np.abs(expected - got) / unit))
            if not difference <= GOLDEN_TOLERANCE:
                raise ModelError(
                    f"{path}: expected the {what} it was exported with, within {GOLDEN_TOLERANCE}, "
                    f"got {difference:.3g} off."
                )
        difference = abs(golden.nats_under(self._head) - golden.nats)
        if not difference <= GOLDEN_TOLERANCE:
            raise ModelError(
                f"{path}: expected a mixture read as when it was exported ({golden.nats:.3f} nats), "
                f"got {difference:.3g} off."
            )


class _Signature:
    """One entry point of the graph: arrays in by name, copies out by name."""

    def __init__(
        self, interpreter: Any, name: str, path: Path, expected: dict[str, tuple[tuple[int, ...], str]]
    ) -> None:
        self._runner = interpreter.get_signature_runner(name)
        details = self._runner.get_input_details()
        for tensor, (shape, dtype) in expected.items():
            if tensor not in details:
                raise ModelError(
                    f"{path}: expected {name} to take {tensor}, got {', '.join(sorted(details))}."
                )
            found = tuple(int(n) for n in details[tensor]["shape"])
            kind = np.dtype(details[tensor]["dtype"]).name
            if (found, kind) != (shape, dtype):
                raise ModelError(f"{path}: expected {name}.{tensor} {dtype} {shape}, got {kind} {found}.")

    def __call__(self, **tensors: Any) -> Tensors:
        outputs: Tensors = self._runner(**tensors)
        return outputs


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


def _no_file(path: Path) -> Manifest:
    raise ModelError(f"{path}: expected a .tflite file, got no such file.")


def padded(rows: np.ndarray, length: int) -> np.ndarray:
    """`rows` with zeros below, `length` rows in all: the graph's shapes are fixed."""
    full = np.zeros((length, *rows.shape[1:]), "float32")
    full[: len(rows)] = rows
    return full


def feed_inputs(manifest: Manifest) -> dict[str, tuple[tuple[int, ...], str]]:
    """Names, shapes and types of what `feed` takes."""
    return {
        "events": ((manifest.feed_events, len(manifest.columns)), "float32"),
        "count": ((), "int32"),
        "state": (manifest.state_shape, "float32"),
    }


def generate_inputs(manifest: Manifest) -> dict[str, tuple[tuple[int, ...], str]]:
    """Names, shapes and types of what `generate` takes."""
    return {
        "event": ((len(manifest.columns),), "float32"),
        "count": ((), "int32"),
        "state": (manifest.state_shape, "float32"),
        "noise": ((manifest.generate_events, len(manifest.noise)), "float32"),
        "temperatures": ((2,), "float32"),
    }


def guided_inputs(manifest: Manifest, head: Head) -> dict[str, tuple[tuple[int, ...], str]]:
    """Names, shapes and types of what `guided` takes."""
    return generate_inputs(manifest) | {"guide": ((manifest.generate_events, head.n_guide), "float32")}


def propose_inputs(manifest: Manifest, head: Head) -> dict[str, tuple[tuple[int, ...], str]]:
    """Names, shapes and types of what `propose` takes."""
    layers, two, _, units = manifest.state_shape
    batch, events = manifest.futures, manifest.future_events
    return {
        "events": ((batch, len(manifest.columns)), "float32"),
        "count": ((), "int32"),
        "states": ((layers, two, batch, units), "float32"),
        "noise": ((events, batch, len(manifest.noise)), "float32"),
        "temperatures": ((2,), "float32"),
        "guides": ((events, batch, head.n_guide), "float32"),
    }


def fan_inputs(manifest: Manifest) -> dict[str, tuple[tuple[int, ...], str]]:
    """Names, shapes and types of what `fan` takes."""
    noise = (manifest.future_events, manifest.futures, len(manifest.noise))
    return generate_inputs(manifest) | {"noise": (noise, "float32")}
