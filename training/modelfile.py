"""From trained weights to a finished model file: graph, golden numbers, manifest, and a proof that it loads.

The proof runs in a fresh process without TensorFlow, because that is how a player will open it.
"""

from __future__ import annotations

import datetime
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ghostjam import python_command
from mdn.columns import Column, Kind
from mdn.heads import Head
from mdn.past_features import Route, begun, least_units, memory_rows
from models.manifest import Golden, Manifest, Scale, append_manifest
from training import export
from training.drafts import draft_folder
from training.errors import TrainingError
from training.reopen import signatures
from training.rewrite import rewrite

GOLDEN_EVENTS = 8
GOLDEN_GENERATED = 4
INT8_UNITS = 64  # from this size on int8 kernels are faster than float ones

_PROOF = "import sys; from app.ghost import Ghost; Ghost.load(sys.argv[1]).generate(n_events=4)"


class ExportError(TrainingError, RuntimeError):
    """A model file that was written but does not play; it is not put in place."""


@dataclass(frozen=True)
class About:
    """What the manifest says that the weights do not, by the names it has there.

    Attributes:
        name: of the model.
        corpus: what it learned from, as {"name", "credit", "licence"}.
        pi_temperature, sigma_temperature: where the two knobs start.
        drawing: how large its drawings are; None for a model that does not draw.
        parent: name of the model it was fine-tuned from, "" for none.
        recordings: names of the recordings it learned from.
    """

    name: str
    corpus: dict[str, str]
    pi_temperature: float = 1.0
    sigma_temperature: float = 1.0
    drawing: Scale | None = None
    parent: str = ""
    recordings: tuple[str, ...] = ()


Score = Callable[[Path, Manifest], dict[str, Any]]


def write_model(
    path: Path,
    head: Head,
    weights: export.Weights,
    about: About,
    *,
    score: Score,
    quantise: bool | None = None,
    parent: Path | None = None,
) -> None:
    """Write a model file, prove it, and only then put it at `path`.

    Args:
        path: where to; replaced in one step.
        head: the density the weights were trained with.
        weights: trained arrays.
        about: see `About`.
        score: called with the converted file and its manifest so far; what it returns is the
            manifest's score, so that the number belongs to the file and not to the weights.
        quantise: int8 kernels; None decides by size.
        parent: a model file of these sizes, whose graph takes the weights; kernels stay int8 or float. None
            converts, and so does an older file that lacks a signature of today.

    Raises:
        ExportError: the finished file does not load or play in a fresh process.
    """
    if weights.units < (least := least_units(head.columns, head.density_names)):
        raise ExportError(f"units: expected at least {least}, to keep the last event, got {weights.units}.")
    if quantise is None:
        quantise = weights.units >= INT8_UNITS
    with draft_folder(path) as folder:
        draft = folder / path.name
        if parent is not None and signatures(parent) >= set(export.SIGNATURES):
            rewrite(parent, weights.arrays, draft)
        else:
            export.export_graph(head, weights, draft, quantise=quantise)
        manifest = _manifest(draft, head, weights, about)
        append_manifest(draft, replace(manifest, score=score(draft, manifest)))
        _prove(draft)
        os.replace(draft, path)


def _manifest(draft: Path, head: Head, weights: export.Weights, about: About) -> Manifest:
    return Manifest(
        **vars(about),
        columns=head.columns,
        densities=head.density_names,
        layers=weights.layers,
        units=weights.units,
        mixtures=head.mixtures,
        feed_events=export.FEED_EVENTS,
        generate_events=export.GENERATE_EVENTS,
        futures=export.FUTURES,
        future_events=export.FUTURE_EVENTS,
        noise=head.noise,
        score={},
        created=datetime.date.today().isoformat(),
        golden=_golden(draft, head, weights),
    )


def _golden(draft: Path, head: Head, weights: export.Weights) -> Golden:
    """What the converted graph answers to a made-up phrase."""
    from ai_edge_litert.interpreter import Interpreter

    rng = np.random.default_rng(7)
    interpreter = Interpreter(model_path=str(draft), num_threads=1)
    events = np.stack([_golden_column(c, GOLDEN_EVENTS) for c in head.columns], axis=1).astype("float32")
    events = begun(events, head.columns)[:GOLDEN_EVENTS]
    noise = rng.uniform(0.2, 0.8, (GOLDEN_GENERATED, len(head.noise))).astype("float32")
    route = Route(head.columns, head.density_names)
    n_rows = weights.layers + memory_rows(len(head.columns) + route.kept, weights.units)
    state = np.zeros((n_rows, 2, 1, weights.units), "float32")
    rows = np.zeros((export.FEED_EVENTS, len(head.columns)), "float32")
    rows[:GOLDEN_EVENTS] = events
    draws = np.zeros((export.GENERATE_EVENTS, len(head.noise)), "float32")
    draws[:GOLDEN_GENERATED] = noise
    feed, generate = (interpreter.get_signature_runner(name) for name in ("feed", "generate"))
    heard = feed(events=rows, count=np.int32(GOLDEN_EVENTS), state=state)
    before = feed(events=rows, count=np.int32(GOLDEN_EVENTS - 1), state=state)
    rolled = generate(
        event=events[-1],
        count=np.int32(GOLDEN_GENERATED),
        state=before["state"],
        noise=draws,
        temperatures=np.ones(2, "float32"),
    )
    golden = Golden(
        events=events.tolist(),
        mixture=heard["mixture"].tolist(),
        noise=noise.tolist(),
        generated=rolled["events"][: int(rolled["length"])].tolist(),
        nats=0.0,
    )
    return replace(golden, nats=golden.nats_under(head))


def _golden_column(column: Column, count: int) -> np.ndarray:
    ramp = np.linspace(0.3, 0.6, count)
    if column.kind is Kind.SECONDS:
        return np.full(count, 0.02)
    if column.kind is Kind.FLAG:
        return np.minimum(np.arange(count), 1.0)
    if column.kind is Kind.PEN:
        return np.zeros(count)
    if column.kind is Kind.DURATION:
        return ramp
    golden = column.low + (column.high - column.low) * ramp
    return np.rint(golden) if column.kind in (Kind.PITCH, Kind.VELOCITY) else golden


def _prove(draft: Path) -> None:
    result = subprocess.run(python_command(_PROOF, str(draft)), capture_output=True, text=True, check=False)
    if result.returncode != 0:
        reason = (result.stderr.strip().splitlines() or ["no message"])[-1]
        raise ExportError(f"{draft.name}: expected a model that plays, got: {reason}")
