"""Trains a network on a corpus: whole performances, carried context, averaged weights, one call.

weights = fit(corpus, held_out, Recipe(units=64), checkpoint=Path("run.npz"))
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from mdn.heads import Head
from training import checkpoint as checkpoints
from training.checkpoint import Checkpoint, Progress
from training.corpus import Corpus
from training.epochs import Epochs
from training.errors import TrainingError
from training.interrupt import Interrupt
from training.machines import Machines
from training.objective import Trained, score_network
from training.pacing import averaging_for, patience_for, updates_of_pass
from training.recipe import Recipe
from training.scoring import prepare

logger = logging.getLogger(__name__)

Report = Callable[[Progress], None]
OnBatch = Callable[[int, int, int, float], None]  # epoch, batch and number of batches from 1; nats so far


class FitError(TrainingError, RuntimeError):
    """Training that cannot go on: what happened, where, and what was expected."""


def fit(
    corpus: Corpus,
    held_out: Corpus,
    recipe: Recipe,
    *,
    older: Corpus | None = None,
    checkpoint: Path | None = None,
    start: dict[str, np.ndarray] | None = None,
    network: Trained | None = None,
    seconds: float = math.inf,
    report: Report | None = None,
    on_batch: OnBatch | None = None,
) -> tuple[dict[str, np.ndarray], Progress]:
    """Train, and return the averaged weights that scored best on `held_out`, by name.

    Args:
        corpus: what to learn from.
        held_out: what to choose the best epoch by; drawings are told where they begin, as the app does.
        recipe: how.
        older: what a part of the streams hears beside `corpus`, `Recipe.rehearsed`.
        checkpoint: a file to save to after every epoch, and to go on from if it is there.
        start: weights to fine-tune from, by name, of the same sizes. They are scored first, and returned
            (as epoch 0) if no epoch makes them better.
        network: what `compiled_network` gave for this head and recipe; None makes one. It is trained anew.
        seconds: no epoch is begun that would probably end later.
        report: called after every epoch.
        on_batch: called after every batch.

    Raises:
        FitError: the loss or the score is not a number, with the epoch and batch it happened in; or it
            was interrupted before there was anything to keep.

    Ctrl-C ends the run after the batch at hand, or at once when it comes again, and so does a
    KeyboardInterrupt out of a callback: the best weights so far are returned.
    """
    began_s = time.monotonic()
    run = _Run(corpus, held_out, recipe, checkpoint, start, older, network)
    run.on_batch = on_batch
    epoch_s = 0.0
    try:
        with run.interrupt:
            while run.progress.epoch < recipe.epochs and not run.is_stale:
                epoch_began_s = time.monotonic()
                if epoch_began_s + epoch_s - began_s > seconds:
                    break
                run.epoch()
                epoch_s = time.monotonic() - epoch_began_s
                if report is not None:
                    report(run.progress)
                run.interrupt.check()
    except KeyboardInterrupt:
        run.progress.is_interrupted = True
        logger.warning("interrupted after epoch %d: keeping the best weights so far", run.progress.epoch)
    if not run.best:
        raise FitError("fit: expected at least one finished epoch, got none.")
    return run.best, run.progress


def compiled_network(head: Head, recipe: Recipe, updates: int) -> Trained:
    """A network with the optimizer of a run of `updates` batches an epoch, as `fit` takes it."""
    network, n_of_batch = _network(head, recipe), recipe.n_streams * recipe.n_steps
    optimizer = keras.optimizers.AdamW(
        learning_rate(recipe.learning_rate, updates, recipe.epochs),
        weight_decay=recipe.weight_decay,
        clipnorm=recipe.clip_norm,
        use_ema=True,
        ema_momentum=recipe.averaging or averaging_for(updates, recipe.epochs, n_of_batch),
        ema_overwrite_frequency=None,
    )
    # TensorFlow's compiler cannot take the gradient of a scan of unknown length; JAX's can.
    network.compile(optimizer=optimizer, jit_compile=keras.backend.backend() == "jax")
    optimizer.build(network.trainable_variables)
    return network


def learning_rate(peak: float, updates: int, epochs: int) -> keras.optimizers.schedules.LearningRateSchedule:
    """Rises from a tenth of its peak in the first epoch; in the others a cosine takes it to a hundredth.

    Args:
        peak: the rate after the first epoch.
        updates: batches of an epoch.
        epochs: of the run.
    """
    return keras.optimizers.schedules.CosineDecay(
        peak / 10, max(updates * (epochs - 1), 1), alpha=0.01, warmup_target=peak, warmup_steps=updates
    )


def _network(head: Head, recipe: Recipe) -> Trained:
    keras.utils.set_random_seed(recipe.seed)
    return Trained(
        head,
        units=recipe.units,
        layers=recipe.layers,
        batch_size=recipe.n_streams,
        dropout=recipe.dropout,
    )


def _begin_anew(network: Trained, recipe: Recipe) -> None:
    """Forget a run that was trained with `network` before."""
    for variable in network.optimizer.variables:
        variable.assign(np.zeros(variable.shape, variable.dtype))
    for i, seed in enumerate(network.seeds().values()):
        seed.assign(np.array([recipe.seed, i], seed.dtype))
    network.reset()


class _Run:
    """A training run between two epochs."""

    def __init__(
        self,
        corpus: Corpus,
        held_out: Corpus,
        recipe: Recipe,
        path: Path | None,
        start: dict[str, np.ndarray] | None,
        older: Corpus | None = None,
        network: Trained | None = None,
    ) -> None:
        self.recipe, self.path = recipe, path
        self.machines = Machines()
        self.head = Head(corpus.columns, recipe.mixtures, recipe.densities)
        self.epochs = Epochs(corpus, older, recipe, self.head)
        self.held_out = prepare(held_out, self.head.density_names, corpus.drawing, is_placed=True)
        with self.machines.together():
            a_pass = updates_of_pass(corpus.n_events, recipe.n_streams * recipe.n_steps)
            updates = recipe.updates or a_pass
            self.network = network or compiled_network(self.head, recipe, updates)
        if network is not None:
            _begin_anew(network, recipe)
        self.averages = keras.callbacks.SwapEMAWeights()  # of the weights, which `_score` swaps in
        self.averages.set_model(self.network)
        # Scored by each process alone: that is a small part of the work, and nothing has to be gathered.
        self.scorer = _network(self.head, recipe) if self.machines.is_shared else self.network
        if start is not None:
            self.network.set_arrays(start)
        self.on_batch: OnBatch | None = None
        self.interrupt = Interrupt()
        self.progress = Progress()
        self.best: dict[str, np.ndarray] = {}
        rehearsed = () if older is None else older.performances
        data = [*corpus.performances, *held_out.performances, *rehearsed, *(start or {}).values()]
        self._signature = repr((recipe, [c.name for c in corpus.columns], checkpoints.checksum(data)))
        self._resume()
        if start is not None and not self.best:
            self._keep_if_better(self._valid())

    @property
    def is_stale(self) -> bool:
        """Whether nothing worth the time has become better for as long as the run is patient."""
        patience = self.recipe.patience or patience_for(self.recipe.epochs)
        return self.progress.epoch - self.progress.gained_epoch >= patience

    def epoch(self) -> None:
        """Learn from the batches of the next epoch; then a score and a checkpoint."""
        batches = self.epochs.batches(self.progress.epoch)
        self.interrupt.check()
        total, count = 0.0, 0.0
        for number, batch in enumerate(batches, start=1):
            n_events = float(batch.weights.sum())
            if n_events == 0.0:
                continue
            own = self.machines.share(batch)
            with self.machines.together():
                loss = float(self.network.train_on_batch(own.inputs, own.targets, own.weights))
            if not math.isfinite(loss):
                raise FitError(
                    f"fit: expected a finite loss, got {loss} in epoch {self.progress.epoch + 1}, "
                    f"batch {number}."
                )
            total, count = total + loss * n_events, count + n_events
            if self.on_batch is not None:
                self.on_batch(self.progress.epoch + 1, number, len(batches), total / count)
            self.interrupt.check()
        self._score(total / count)
        self._save()

    def _score(self, train: float) -> None:
        """Score the averaged weights, and give the network back the ones that are trained."""
        self.averages.on_test_begin()
        if self.scorer is not self.network:
            self.scorer.set_arrays(self.network.arrays())
        valid = self._valid()
        progress = self.progress
        progress.epoch += 1
        progress.history.append({"epoch": progress.epoch, "train": train, "valid": valid})
        self._keep_if_better(valid)
        self.averages.on_test_end()

    def _valid(self) -> float:
        """Held-out nats per event of the scorer's weights."""
        found = next(iter(score_network(self.scorer, self.held_out, self.recipe).values()))
        valid = float(self.machines.agree(np.float32(found)) if self.machines.count > 1 else found)
        if not math.isfinite(valid):
            epoch = self.progress.epoch + 1
            raise FitError(
                f"fit: expected a finite score on the held-out data, got {valid} in epoch {epoch}."
            )
        return valid

    def _keep_if_better(self, valid: float) -> None:
        progress = self.progress
        if valid < progress.best:
            self.best = self.scorer.arrays()
            progress.best, progress.best_epoch = valid, progress.epoch
        if valid < progress.gained - self.recipe.least_gain:
            progress.gained, progress.gained_epoch = valid, progress.epoch

    def _variables(self) -> dict[str, Any]:
        """All that training changes, by name: weights, the optimizer's own, and the seeds of dropout."""
        network = self.network
        weights = (*network.trainable_variables, *network.optimizer.variables)
        return {variable.name: variable for variable in weights} | network.seeds()

    def _save(self) -> None:
        if self.path is None or self.machines.rank != 0:
            return
        variables = _numbers(self._variables())
        try:
            checkpoints.save(self.path, Checkpoint(self.progress, variables, self.best), self._signature)
        except OSError as error:
            # A full disk may be emptied before the end: what was trained is worth more than a checkpoint.
            logger.warning("%s: no checkpoint of epoch %d: %s", self.path, self.progress.epoch, error)

    def _resume(self) -> None:
        variables, saved = self._variables(), None
        if self.path is not None:
            saved = checkpoints.load(self.path, self._signature, _numbers(variables))
        saved = self.machines.agree_on(saved, _numbers(variables), self.network.arrays())
        if saved is not None:
            _assign(variables, saved.variables)
            self.progress, self.best = saved.progress, saved.best_weights
            logger.info("going on from epoch %d", self.progress.epoch)


def _numbers(variables: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Copies of their values, from any backend."""
    return {name: np.array(keras.ops.convert_to_numpy(v.value)) for name, v in variables.items()}


def _assign(variables: Mapping[str, Any], values: Mapping[str, np.ndarray]) -> None:
    for name, variable in variables.items():
        variable.assign(values[name])
