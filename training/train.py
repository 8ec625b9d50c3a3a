"""From performances to a model the app plays: split, fit, export, score."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from models.manifest import read_manifest
from training.corpus import Corpus, CorpusError
from training.recipe import Recipe

logger = logging.getLogger(__name__)

ENOUGH_EVENTS = 10_000  # below this a model repeats what it was shown more than it goes on from it
FEW_EVENTS = 1_000
HELD_OUT = 0.1  # share of the performances, or of each one's end when there are too few


@dataclass(frozen=True)
class Job:
    """A training run as a person asks for it.

    Attributes:
        name: of the model.
        out: the file to write.
        recipe: how to train.
        held_out: performances to choose the best epoch by; None keeps some of the corpus back.
        credit: what the card says of the corpus: {"name", "credit", "licence"}.
        checkpoint: where to save after each epoch; None saves beside `out`.
    """

    name: str
    out: Path
    recipe: Recipe
    held_out: Corpus | None
    credit: dict[str, str]
    checkpoint: Path | None = None


def train(corpus: Corpus, job: Job) -> dict[str, object]:
    """Run `job` on `corpus`; returns what a report needs, ready for JSON.

    Raises:
        CorpusError: too little to learn from.
        FitError, ExportError: training or export went wrong; nothing was written to `job.out`.
    """
    # Keras is imported here, after the command line has chosen its backend.
    from mdn.heads import Head
    from training.evaluate import evaluate
    from training.export import Weights
    from training.fit import fit
    from training.modelfile import About, write_model

    learn, held_out = (corpus, job.held_out) if job.held_out is not None else split(corpus)
    job.out.parent.mkdir(parents=True, exist_ok=True)
    checkpoint = job.checkpoint or job.out.with_suffix(".checkpoint.npz")
    weights, progress = fit(learn, held_out, job.recipe, checkpoint=checkpoint, report=_log)

    def score(draft: Path, manifest: object) -> dict[str, object]:
        found = evaluate(draft, held_out, manifest)  # type: ignore[arg-type]
        return {
            "nats_per_event": found.nats_per_event,
            "standard_error": found.standard_error,
            "performances": found.n_performances,
            "events": found.n_events,
        }

    head = Head(corpus.columns, job.recipe.mixtures)
    write_model(job.out, head, Weights(weights), About(job.name, job.credit), score=score)
    if job.checkpoint is None:
        checkpoint.unlink(missing_ok=True)
    return {
        "model": str(job.out),
        "name": job.name,
        "events": learn.n_events,
        "performances": len(learn.performances),
        "enough": amount(learn),
        "epochs": progress.epoch,
        "best_epoch": progress.best_epoch,
        "score": read_manifest(job.out).score,
        "bytes": job.out.stat().st_size,
    }


def split(corpus: Corpus) -> tuple[Corpus, Corpus]:
    """What to learn from, and what to hold out: every tenth performance, or the ends of a few."""
    step = round(1 / HELD_OUT)
    performances = corpus.performances
    if len(performances) >= step:
        learn = tuple(p for i, p in enumerate(performances) if i % step != step - 1)
        held_out = tuple(p for i, p in enumerate(performances) if i % step == step - 1)
        return replace(corpus, performances=learn), replace(corpus, performances=held_out)
    cuts = [max(len(p) - max(round(len(p) * HELD_OUT), 2), 2) for p in performances]
    learn = tuple(p[:cut] for p, cut in zip(performances, cuts, strict=True))
    held_out = tuple(p[cut:] for p, cut in zip(performances, cuts, strict=True) if len(p) - cut >= 2)
    return replace(corpus, performances=learn), replace(corpus, performances=held_out or learn)


def fitting_recipe(corpus: Corpus, recipe: Recipe) -> Recipe:
    """`recipe` with streams no wider than the corpus can fill.

    Raises:
        CorpusError: fewer than 8 events in all.
    """
    if corpus.n_events < 8:
        raise CorpusError(f"corpus: expected at least 8 player events, got {corpus.n_events}.")
    streams = int(np.clip(corpus.n_events // (4 * recipe.n_steps), 1, recipe.n_streams))
    return replace(recipe, n_streams=streams)


def amount(corpus: Corpus) -> str:
    """A sentence on how much data there is."""
    n = corpus.n_events
    if n < FEW_EVENTS:
        return f"{n} events are very few: expect echoes of gestures. {ENOUGH_EVENTS} and more make a manner."
    if n < ENOUGH_EVENTS:
        return f"{n} events are a start: {ENOUGH_EVENTS} and more make a manner."
    return f"{n} events are enough."


def _log(progress: object, recipe: Recipe) -> None:
    row = progress.history[-1]  # type: ignore[attr-defined]
    logger.info(
        "epoch %d of %d: train %.3f, held out %.3f nats per event",
        row["epoch"],
        recipe.epochs,
        row["train"],
        row["valid"],
    )


def as_json(report: dict[str, object]) -> str:
    """`report` for a program to read."""
    return json.dumps(report, indent=1, sort_keys=True)
