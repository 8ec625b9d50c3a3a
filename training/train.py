"""From performances to a model the app plays: split, fit, export, score."""

from __future__ import annotations

import json
import logging
import math
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mdn.columns import Kind, of_kind
from mdn.heads import OLDEST, Head
from mdn.past_features import least_units
from models.manifest import read_manifest
from training.corpus import Corpus, CorpusError
from training.display import Display
from training.fine_tune import Start
from training.quiet import quiet
from training.recipe import Recipe, base_recipe, paced, streams_for

if TYPE_CHECKING:
    from training.checkpoint import Progress

logger = logging.getLogger(__name__)

ENOUGH_EVENTS = 10_000  # below this a model repeats what it was shown more than it goes on from it
FEW_EVENTS = 1_000
MOST_SEVERAL = 0.05  # share of the events in which more than one knob moves, of a model of `Knobs`
REHEARSED_EVENTS = 20_000  # sampled from a model that is fine-tuned
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
        checkpoint: where to save after each epoch; None saves beside `out` and tidies up at the end.
        start: the model to fine-tune; None trains from nothing.
        recordings: names of what a model was fine-tuned on, for its card.
        pictures: folder for pictures of the run; None draws none.
        pi_temperature, sigma_temperature: where the player's two knobs start; None takes those of the model
            it starts from, else 1.
    """

    name: str
    out: Path
    recipe: Recipe
    held_out: Corpus | None
    credit: dict[str, str]
    checkpoint: Path | None = None
    start: Start | None = None
    pictures: Path | None = None
    pi_temperature: float | None = None
    sigma_temperature: float | None = None
    recordings: tuple[str, ...] = ()

    def temperatures(self) -> tuple[float, float]:
        """Pi and sigma, of the model that is made."""
        wanted = (self.pi_temperature, self.sigma_temperature)
        model = self.start.manifest if self.start else None
        usual = (model.pi_temperature, model.sigma_temperature) if model else (1.0, 1.0)
        pi, sigma = (u if w is None else w for w, u in zip(wanted, usual, strict=True))
        return pi, sigma


def train(corpus: Corpus, job: Job) -> dict[str, Any]:
    """Run `job` on `corpus`; returns what a report needs, ready for JSON.

    Of several processes that train together, the first one writes the model; the others' report is short.

    Raises:
        CorpusError: too little to learn from.
        FitError, ExportError: training or export went wrong; nothing was written to `job.out`.
        OSError: a file could not be written.
    """
    # Keras is imported here, after the command line has chosen its backend.
    from training.fit import fit
    from training.machines import Machines

    learn, held_out = (corpus, job.held_out) if job.held_out is not None else split(corpus)
    machines = Machines()
    if machines.rank == 0:
        _make_sure_of(job.out.parent)
    checkpoint = job.checkpoint or job.out.with_suffix(".checkpoint.npz")
    display = Display(job.recipe.epochs, bars=None if machines.rank == 0 else False)
    start = job.start.weights if job.start else None
    older = None
    if job.start is not None and job.recipe.updates:
        from training.rehearsal import rehearsal

        older = rehearsal(job.start.path, REHEARSED_EVENTS, job.recipe.seed)
    try:
        weights, progress = fit(
            learn, held_out, job.recipe, older=older, checkpoint=checkpoint, start=start,
            report=display.on_epoch, on_batch=display.on_batch,
        )  # fmt: skip
    finally:
        display.close()
    if machines.rank != 0:
        return {"rank": machines.rank, "epochs": progress.epoch}
    try:
        with quiet():
            _write(job, corpus, held_out, weights, progress)
    except BaseException:
        if checkpoint.exists():
            logger.warning("%s keeps what was trained: the same command goes on from there", checkpoint)
        raise
    if progress.is_interrupted:
        logger.info("the same command goes on from %s", checkpoint)
    elif job.checkpoint is None:
        checkpoint.unlink(missing_ok=True)
    return _report(job, learn, progress)


def _make_sure_of(folder: Path) -> None:
    """Fail before training and not after it, where nothing can be written."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def _write(
    job: Job, corpus: Corpus, held_out: Corpus, weights: dict[str, np.ndarray], progress: Progress
) -> None:
    from training.evaluate import as_score, evaluate
    from training.export import Weights
    from training.modelfile import About, write_model

    def score(draft: Path, manifest: object) -> dict[str, object]:
        return as_score(evaluate(draft, held_out, manifest))  # type: ignore[arg-type]

    head = Head(corpus.columns, job.recipe.mixtures, job.recipe.densities)
    credit = job.start.credit(job.credit) if job.start else job.credit
    # No epoch was better: the weights are those of the model it began with, and know where drawings lie
    # as that model does.
    is_start = job.start is not None and progress.best_epoch == 0
    drawing = job.start.manifest.drawing if job.start is not None and is_start else corpus.drawing
    parent = (job.start.path, job.start.manifest.name) if job.start is not None else (None, "")
    about = About(job.name, credit, *job.temperatures(), drawing, parent[1], job.recordings)
    write_model(job.out, head, Weights(weights), about, score=score, parent=parent[0])
    if job.pictures is not None:
        from training.pictures import draw_curve, draw_performances

        job.pictures.mkdir(parents=True, exist_ok=True)
        draw_curve(progress, job.pictures / "learning-curve.png")
        draw_performances(
            job.out,
            held_out if len(held_out.performances) > 3 else corpus,
            job.pictures / "performances.png",
            seed=job.recipe.seed,
        )


def _report(job: Job, learn: Corpus, progress: Progress) -> dict[str, Any]:
    recipe = job.recipe
    return {
        "model": str(job.out),
        "name": job.name,
        "from": job.start.manifest.name if job.start else None,
        "units": recipe.units,
        "layers": recipe.layers,
        "mixtures": recipe.mixtures,
        "seed": recipe.seed,
        "events": learn.n_events,
        "performances": len(learn.performances),
        "enough": amount(learn),
        "epochs": progress.epoch,
        "best_epoch": progress.best_epoch,
        "interrupted": progress.is_interrupted,
        "score": read_manifest(job.out).score,
        "bytes": job.out.stat().st_size,
        "pictures": str(job.pictures) if job.pictures else None,
    }


def split(corpus: Corpus) -> tuple[Corpus, Corpus]:
    """What to learn from, and what to hold out: every tenth performance, or the ends of a few.

    Raises:
        CorpusError: too short to hold anything out.
    """
    step = round(1 / HELD_OUT)
    performances = corpus.performances
    count = len(performances)
    if corpus.drawing is not None and count < step:
        # A drawing without its end would teach that it has none.
        if count < 2:
            raise CorpusError(f"corpus: expected at least 2 drawings, got {count}.")
        return corpus.part(range(count - 1)), corpus.part([count - 1])
    if count >= step:
        learn = [i for i in range(count) if i % step != step - 1]
        return corpus.part(learn), corpus.part(range(step - 1, count, step))
    cuts = [max(len(p) - max(round(len(p) * HELD_OUT), 2), 2) for p in performances]
    kept = tuple(p[:cut] for p, cut in zip(performances, cuts, strict=True))
    ends = tuple(p[cut:] for p, cut in zip(performances, cuts, strict=True) if len(p) - cut >= 2)
    if not ends and count > 1:
        kept, ends = performances[:-1], performances[-1:]
    if not ends:
        raise CorpusError("corpus: expected a performance of at least 4 events, got none to hold out.")
    return replace(corpus, performances=kept), replace(corpus, performances=ends)


def plan(corpus: Corpus, asked: Mapping[str, Any], *, start: Start | None = None, devices: int = 1) -> Recipe:
    """The recipe for `corpus`: what a person `asked` for by name stays, the rest fits the amount of data.

    Raises:
        CorpusError: fewer than 8 events, or knobs that never move.
    """
    model = start.manifest if start else None
    base = base_recipe(corpus.n_events, corpus.columns, model)
    if model is None:
        base = replace(base, densities=densities_for(corpus))
    recipe = fitting_recipe(corpus, replace(base, **asked), devices)
    _refuse_silence(corpus)
    return paced(recipe, corpus.n_events, "epochs" in asked)


def fitting_recipe(corpus: Corpus, recipe: Recipe, devices: int = 1) -> Recipe:
    """`recipe` with streams no wider than the corpus can fill, and a whole number of them a device.

    Raises:
        CorpusError: fewer than 8 events in all, or fewer units than columns.
    """
    if corpus.n_events < 8:
        raise CorpusError(f"corpus: expected at least 8 player events, got {corpus.n_events}.")
    if recipe.units < (least := least_units(corpus.columns, recipe.densities)):
        raise CorpusError(f"units: expected at least {least}, to keep the last event, got {recipe.units}.")
    if recipe.updates:  # the streams are full however little there is
        return replace(recipe, n_streams=-(-recipe.n_streams // devices) * devices)
    return replace(recipe, n_streams=streams_for(recipe, corpus.n_events, devices))


def densities_for(corpus: Corpus) -> tuple[str, ...]:
    """Names of the densities of a new model; none for today's.

    Where several knobs often move in one event, `Values` moves them all; `Knobs` would move one.
    """
    at = of_kind(corpus.columns, Kind.VALUE)
    if not at:
        return ()
    moves = [np.count_nonzero(np.diff(p[:, at], axis=0), axis=1) for p in corpus.performances]
    several = np.mean(np.concatenate(moves) > 1)
    return Head(corpus.columns, 1, OLDEST).density_names if several > MOST_SEVERAL else ()


def _refuse_silence(corpus: Corpus) -> None:
    values = of_kind(corpus.columns, Kind.VALUE)
    if values and not any(np.ptp(p[:, values], axis=0).any() for p in corpus.performances):
        raise CorpusError(
            f"corpus: expected knobs that move, got none that does in {corpus.n_events} events."
        )


def amount(corpus: Corpus) -> str:
    """A sentence on how much data there is."""
    n = corpus.n_events
    if n < FEW_EVENTS:
        few = f"{n} events are very few: expect echoes of single gestures."
        return f"{few} {ENOUGH_EVENTS} and more make a manner."
    if n < ENOUGH_EVENTS:
        return f"{n} events are a start: {ENOUGH_EVENTS} and more make a manner."
    return f"{n} events are enough."


def as_json(report: object) -> str:
    """`report` for a program to read; a number that is none (the spread of one performance) is null."""
    return json.dumps(_plain(report), indent=1, sort_keys=True, allow_nan=False)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
