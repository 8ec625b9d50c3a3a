"""What a person sees while a model is trained: a bar for each epoch on a terminal, and a line after it."""

from __future__ import annotations

import logging
import sys
from typing import Any

from training.checkpoint import Progress

logger = logging.getLogger(__name__)


class Display:
    """Shows a run: pass `on_batch` and `on_epoch` to `fit`.

    Args:
        n_epochs: of the run.
        bars: whether to draw bars; None draws them where stderr is a terminal.
    """

    def __init__(self, n_epochs: int, *, bars: bool | None = None) -> None:
        self._n_epochs = n_epochs
        self._has_bars = sys.stderr.isatty() if bars is None else bars
        self._bar: Any = None

    def on_batch(self, epoch: int, number: int, of: int, nats: float) -> None:
        """A batch is done: `number` of `of`, `nats` per event so far."""
        if not self._has_bars:
            return
        if self._bar is None:
            from tqdm import tqdm

            title = f"epoch {epoch} of {self._n_epochs}"
            self._bar = tqdm(total=of, desc=title, unit="batch", leave=False, file=sys.stderr)
        self._bar.update(number - self._bar.n)
        self._bar.set_postfix_str(f"train {nats:.3f}", refresh=False)

    def on_epoch(self, progress: Progress) -> None:
        """An epoch is done and scored."""
        self.close()
        row = progress.history[-1]
        logger.info(
            "epoch %d of %d: train %.3f, held out %.3f nats per event",
            row["epoch"],
            self._n_epochs,
            row["train"],
            row["valid"],
        )

    def close(self) -> None:
        """Take the bar off the screen, if there is one."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
