"""Trains a network on a corpus: whole performances, carried context, averaged weights, one call.

weights = fit(corpus, held_out, Recipe(units=64), checkpoint=Path("run.npz"))
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from mdn.densities import Past
from mdn.heads import Head
from training import checkpoint as checkpoints
from training.augment import turn_canvas
from training.checkpoint import Checkpoint, Progress
from training.corpus import Corpus
from training.dequantise import dequantise
from training.network import MDRNN
from training.recipe import Recipe
from training.scoring import prepare
from training.streams import Batch, pack

logger = logging.getLogger(__name__)

Report = Callable[[Progress, Recipe], None]


class FitError(RuntimeError):
    """Training that cannot go on: what happened, where, and what was expected."""


def fit(
    corpus: Corpus,
    held_out: Corpus,
    recipe: Recipe,
    *,
    checkpoint: Path | None = None,
    start: dict[str, np.ndarray] | None = None,
    report: Report | None = None,
) -> tuple[dict[str, np.ndarray], Progress]:
    """Train, and return the averaged weights that scored best on `held_out`, by name.

    Args:
        corpus: what to learn from.
        held_out: what to choose the best epoch by.
        recipe: how.
        checkpoint: a file to save to after every epoch, and to go on from if it is there.
        start: weights to fine-tune from, by name, of the same sizes.
        report: called after every epoch.

    Raises:
        FitError: the loss is not a number, with the epoch and batch it happened in.

    A KeyboardInterrupt ends the run early and returns the best weights so far.
    """
    run = _Run(corpus, held_out, recipe, checkpoint, start)
    try:
        while run.progress.epoch < recipe.epochs and not run.is_stale:
            run.epoch()
            if report is not None:
                report(run.progress, recipe)
    except KeyboardInterrupt:
        logger.warning("interrupted after epoch %d: keeping the best weights so far", run.progress.epoch)
    if not run.best:
        raise FitError("fit: expected at least one finished epoch, got none.")
    return run.best, run.progress


class _Run:
    """A training run between two epochs."""

    def __init__(
        self,
        corpus: Corpus,
        held_out: Corpus,
        recipe: Recipe,
        path: Path | None,
        start: dict[str, np.ndarray] | None,
    ) -> None:
        keras.utils.set_random_seed(recipe.seed)
        self.corpus, self.recipe, self.path = corpus, recipe, path
        self.held_out = prepare(held_out)
        self.head = Head(corpus.columns, recipe.mixtures)
        self.network = Trained(
            self.head,
            units=recipe.units,
            layers=recipe.layers,
            batch_size=recipe.n_streams,
            dropout=recipe.dropout,
        )
        self._compile()
        if start is not None:
            self.network.set_arrays(start)
        self.progress = Progress()
        self.best: dict[str, np.ndarray] = {}
        self._signature = repr((recipe, [c.name for c in corpus.columns], corpus.n_events))
        self._resume()

    @property
    def is_stale(self) -> bool:
        """Whether nothing has become better for `patience` epochs."""
        return self.progress.epoch - self.progress.best_epoch >= self.recipe.patience

    def epoch(self) -> None:
        """One pass over the corpus, a score, a checkpoint."""
        recipe = self.recipe
        # A generator of its own for each epoch: a resumed run draws what an unbroken one would.
        rng = np.random.default_rng((recipe.seed, self.progress.epoch))
        order = rng.permutation(len(self.corpus.performances))
        performances = [
            turn_canvas(
                dequantise(self.corpus.performances[i], self.corpus.columns, rng),
                self.corpus.columns,
                recipe.symmetries,
                rng,
            )
            for i in order
        ]
        total, count = 0.0, 0.0
        for number, batch in enumerate(
            pack(performances, n_streams=recipe.n_streams, n_steps=recipe.n_steps)
        ):
            n_events = float(batch.weights.sum())
            if n_events == 0.0:
                continue
            loss = float(self.network.train_on_batch(batch.inputs, batch.targets, batch.weights))
            if not math.isfinite(loss):
                raise FitError(
                    f"fit: expected a finite loss, got {loss} in epoch {self.progress.epoch + 1}, "
                    f"batch {number + 1}."
                )
            total, count = total + loss * n_events, count + n_events
        self._score(total / count)
        self._save()

    def _score(self, train: float) -> None:
        trained = [np.array(v.value) for v in self.network.trainable_variables]
        averages = [np.array(v.value) for v in self.network.optimizer._model_variables_moving_average]
        _assign(self.network.trainable_variables, averages)
        valid = next(iter(score_network(self.network, self.held_out, self.recipe).values()))
        progress = self.progress
        progress.epoch += 1
        progress.history.append({"epoch": progress.epoch, "train": train, "valid": valid})
        if valid < progress.best:
            progress.best, progress.best_epoch = valid, progress.epoch
            self.best = self.network.arrays()
        _assign(self.network.trainable_variables, trained)

    def _compile(self) -> None:
        recipe = self.recipe
        updates = math.ceil(self.corpus.n_events / (recipe.n_streams * recipe.n_steps))
        rate = keras.optimizers.schedules.CosineDecay(
            recipe.learning_rate / 10,
            max(updates * (recipe.epochs - 1), 1),
            alpha=0.01,
            warmup_target=recipe.learning_rate,
            warmup_steps=updates,
        )
        optimizer = keras.optimizers.AdamW(
            rate,
            weight_decay=recipe.weight_decay,
            clipnorm=recipe.clip_norm,
            use_ema=True,
            ema_momentum=recipe.averaging,
            ema_overwrite_frequency=None,
        )
        # TensorFlow's compiler cannot take the gradient of a scan of unknown length; JAX's can.
        self.network.compile(optimizer=optimizer, jit_compile=keras.backend.backend() == "jax")
        optimizer.build(self.network.trainable_variables)

    def _variables(self) -> list[Any]:
        return [*self.network.trainable_variables, *self.network.optimizer.variables]

    def _save(self) -> None:
        if self.path is not None:
            variables = [np.array(v.value) for v in self._variables()]
            checkpoints.save(self.path, Checkpoint(self.progress, variables, self.best), self._signature)

    def _resume(self) -> None:
        saved = checkpoints.load(self.path, self._signature) if self.path is not None else None
        if saved is not None:
            _assign(self._variables(), saved.variables)
            self.progress, self.best = saved.progress, saved.best_weights
            logger.info("going on from epoch %d", self.progress.epoch)


@keras.saving.register_keras_serializable("ghostjam")
class Trained(MDRNN):
    """The network with its loss: nats of the next event, averaged over events that exist."""

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        nats = next(iter(self.nats(x, y, y_pred).values()))
        return ops.sum(nats * sample_weight) / ops.maximum(ops.sum(sample_weight), 1.0)

    def set_arrays(self, arrays: dict[str, np.ndarray]) -> None:
        """Take weights by name, as `arrays` gives them."""
        for variable in self.trainable_variables:
            variable.assign(arrays[variable.name])


def score_network(network: MDRNN, performances: Sequence[np.ndarray], recipe: Recipe) -> dict[str, float]:
    """Nats per event of `performances` for each group of columns, all columns first."""
    totals: dict[str, float] = {}
    count = 0.0
    for batch in pack(performances, n_streams=recipe.n_streams, n_steps=recipe.n_steps):
        params = np.asarray(network.predict_on_batch(batch.inputs))
        for group, nats in _nats(network.head, batch, params).items():
            totals[group] = totals.get(group, 0.0) + float(np.sum(nats * batch.weights, dtype="float64"))
        count += float(batch.weights.sum())
    return {group: total / count for group, total in totals.items()}


def _nats(head: Head, batch: Batch, params: np.ndarray) -> dict[str, np.ndarray]:
    n = len(head.columns)
    event, previous, known = batch.inputs[..., :n], batch.inputs[..., n : 2 * n], batch.inputs[..., 2 * n :]
    past = Past(event, known * (event - previous))
    return {group: -value for group, value in head.log_densities(np, params, batch.targets, past).items()}


def _assign(variables: Sequence[Any], values: Sequence[np.ndarray]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
