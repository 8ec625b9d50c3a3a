"""A model takes in what somebody has just played: two minutes of play to a new model file in half a minute.

Everything that takes long is done before it is asked for, or not at all: the step is compiled for one shape
whatever was played, the older play to rehearse is sampled from the model, the weights go into a copy of its
file.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from models.errors import ModelError
from models.lookup import SUFFIX
from models.manifest import Manifest, read_manifest
from training.corpus import Corpus, CorpusError, in_units_of
from training.evaluate import as_score, evaluate
from training.export import Weights
from training.fine_tune import start_from
from training.fit import compiled_network, fit
from training.gains import LEAST_GAIN, in_words, nats_by_part
from training.modelfile import About, write_model
from training.objective import Trained
from training.options import CREDIT
from training.parts_of_play import parts_of, seconds_of
from training.recipe import ADAPTING, Recipe, of_sizes
from training.recordings import gather
from training.rehearsal import rehearsal

logger = logging.getLogger(__name__)

LEAST_EVENTS = 60  # fewer are a gesture
REHEARSED_EVENTS = 8_000
OLDER_EVENTS = 20_000  # of older recordings, the newest first
FITTING_S = 20.0  # of training
# Where the time goes, as shares of it: until training begins, and until it ends.
READ, TRAINED = 0.05, 0.9

Tell = Callable[[float], None]  # how much is done, 0 to 1


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        model: the parent, which must be one of ours.
        recordings: what was played.
        older: what was played before, to be remembered.
        out: the .tflite file to write.
        name: of the new model.
    """

    model: Path
    recordings: tuple[Path, ...]
    older: tuple[Path, ...]
    out: Path
    name: str


@dataclass(frozen=True)
class Learned:
    """What came of it.

    Attributes:
        events, seconds: how much was played.
        before, after: nats an event under the parent and the new model, of a part of the play that was
            neither learned nor chosen by.
        is_better: whether the new model was written.
        words: what was gained, for a musician.
        stages: seconds each stage took, and seconds of a processor, in order.
    """

    events: int
    seconds: float
    before: float
    after: float
    is_better: bool
    words: str
    stages: dict[str, tuple[float, float]] = field(default_factory=dict)


class Adapter:
    """Fine-tunes models, one after another, and keeps what the last one was compiled to.

    Args:
        fitting_s: seconds that training may take.
    """

    def __init__(self, fitting_s: float = FITTING_S) -> None:
        self._fitting_s = fitting_s
        self._compiled: tuple[Recipe, Trained] | None = None

    def prepare(self, model: Path) -> None:
        """Compile for `model` now, before anybody asks.

        Raises:
            ModelError: not one of our models.
            OSError: it cannot be read.
        """
        self._network(read_manifest(model))

    def adapt(self, request: Request, tell: Tell) -> Learned:
        """Learn what `request` asks for; the new model is written if it is better.

        Raises:
            CorpusError: too little was played, or something else than the model hears.
            ModelError: not one of our models.
            FitError, ExportError: learning or writing went wrong; nothing was written.
            OSError: a file could not be read or written.
        """
        clock = _Stages()
        if request.out.suffix != SUFFIX:
            raise ModelError(f"out: expected a name that ends in {SUFFIX}, got {request.out}.")
        tell(0.0)
        played = _gathered(request.recordings)
        if played.n_events < LEAST_EVENTS:
            raise CorpusError(
                f"expected at least {LEAST_EVENTS} events to learn from, got {played.n_events}: play on."
            )
        start = start_from(str(request.model), played.columns, {})
        manifest = start.manifest
        played = in_units_of(played, manifest.columns, manifest.drawing)
        parts = parts_of(played)
        older = _older(request.older, rehearsal(request.model, REHEARSED_EVENTS, ADAPTING.seed), manifest)
        clock.end("read and rehearse")
        tell(READ)
        recipe, network = self._network(manifest)
        clock.end("compile")

        def on_batch(epoch: int, number: int, of: int, nats: float) -> None:
            share = (epoch - 1 + number / of) / recipe.epochs
            tell(READ + (TRAINED - READ) * share)

        weights, progress = fit(
            parts.learn, parts.choose, recipe, older=older, start=start.weights, network=network,
            seconds=self._fitting_s, on_batch=on_batch,
        )  # fmt: skip
        clock.end(f"train, {progress.epoch} epochs")
        tell(TRAINED)
        before = nats_by_part(request.model, parts.tell)
        after = before
        about = About(
            request.name, start.credit(CREDIT), manifest.pi_temperature, manifest.sigma_temperature,
            manifest.drawing, manifest.name, tuple(path.name for path in request.recordings),
        )  # fmt: skip

        def score(draft: Path, new: Manifest) -> dict[str, Any]:
            nonlocal after
            after = nats_by_part(draft, parts.tell, new)
            if not _gain(before, after) >= LEAST_GAIN:
                raise _NoBetter
            return as_score(evaluate(draft, parts.tell, new))

        try:
            if progress.best_epoch > 0:
                request.out.parent.mkdir(parents=True, exist_ok=True)
                write_model(
                    request.out, manifest.head(), Weights(weights), about, score=score, parent=request.model
                )
        except _NoBetter:
            pass
        clock.end("score and write")
        tell(1.0)
        is_better = _gain(before, after) >= LEAST_GAIN
        return Learned(
            events=played.n_events,
            seconds=seconds_of(played),
            before=sum(before.values()),
            after=sum(after.values()),
            is_better=is_better,
            words=in_words(before, after, played),
            stages=clock.stages,
        )

    def _network(self, manifest: Manifest) -> tuple[Recipe, Trained]:
        """What `manifest`'s model is fine-tuned with, compiled."""
        recipe = of_sizes(ADAPTING, manifest)
        head = manifest.head()
        if self._compiled is not None:
            old, network = self._compiled
            if old == recipe and network.head.columns == head.columns:
                return self._compiled
        network = compiled_network(head, recipe, recipe.updates)
        inputs = np.zeros((recipe.n_streams, recipe.n_steps, len(head.columns) + network.route.width + 1))
        events, nothing = inputs[..., : len(head.columns)], inputs[..., 0]
        network.train_on_batch(inputs.astype("float32"), events.astype("float32"), nothing.astype("float32"))
        network.predict_on_batch(inputs.astype("float32"))
        self._compiled = recipe, network
        return self._compiled


class _NoBetter(Exception):
    """Nothing was gained, so nothing is to be written."""


class _Stages:
    """Seconds of one stage after the other, on the clock and of all processors."""

    def __init__(self) -> None:
        self.stages: dict[str, tuple[float, float]] = {}
        self._since = time.monotonic(), time.process_time()

    def end(self, stage: str) -> None:
        now = time.monotonic(), time.process_time()
        self.stages[stage] = now[0] - self._since[0], now[1] - self._since[1]
        self._since = now


def _gathered(paths: Sequence[Path]) -> Corpus:
    corpus, dropped = gather(paths)
    for each in dropped:
        logger.info("left out: %s", each)
    return corpus


def _older(paths: Sequence[Path], sampled: Corpus, manifest: Manifest) -> Corpus:
    """The newest of older recordings, and what was sampled. One that cannot be read is no reason to stop."""
    performances: list[np.ndarray] = []
    for path in reversed(paths):
        if sum(map(len, performances)) >= OLDER_EVENTS:
            break
        try:
            corpus = _gathered([path])
        except (CorpusError, OSError) as error:
            logger.warning("older play left out: %s", error)
            continue
        if [c.name for c in corpus.columns] == [c.name for c in manifest.columns]:
            performances += in_units_of(corpus, manifest.columns, manifest.drawing).performances
    return replace(sampled, performances=(*sampled.performances, *performances))


def _gain(before: dict[str, float], after: dict[str, float]) -> float:
    return sum(before.values()) - sum(after.values())
