"""What each epoch of a run hears: the corpus varied anew, cut and laid into batches."""

from __future__ import annotations

import numpy as np

from mdn.heads import Head
from mdn.past_features import Route, beginning_of, begun
from training.augment import augment, stretch_canvas, stretch_tempo
from training.corpus import Corpus
from training.dequantise import dequantise
from training.joining import join
from training.knob_manners import knob_manners
from training.recipe import Recipe
from training.recombine import Recombiner
from training.rounds import rounds, weigh, weight_of_beginnings
from training.streams import Batch, cut, pack

# Share of the epochs in which drawings are warped and recombined, and touches stretched. The last ones show
# them as they are, or the model draws them as uneven as shown: six such epochs took kanji from 3.43 to 3.36
# nats a point.
WARPED = 0.8

# Share of the drawings that are told where in their square they begin. The others are not, because some
# drawings come without a place, and because a score must not know what is still to be drawn.
PLACED = 0.5


class Epochs:
    """The batches of every epoch; of one that is asked for again, the same again.

    Args:
        corpus: what to learn from.
        older: what a part of the streams hears beside it, `Recipe.rehearsed`; None is nothing.
        recipe: how.
        head: of the network.
    """

    def __init__(self, corpus: Corpus, older: Corpus | None, recipe: Recipe, head: Head) -> None:
        self.corpus, self._older, self._recipe = corpus, older, recipe
        self._densities = head.density_names
        self._route = Route(head.columns, head.density_names)
        self.recombiner: Recombiner | None = None
        if corpus.drawing is not None and recipe.recombined > 0.0:
            self.recombiner = Recombiner(corpus.performances, corpus.columns, corpus.drawing.box)

    def batches(self, epoch: int) -> list[Batch]:
        """Those of `epoch`, from 0: a pass over the corpus, or as many as the recipe says."""
        # A generator of its own for each epoch: a resumed run draws what an unbroken one would.
        rng = np.random.default_rng((self._recipe.seed, epoch))
        is_varied = epoch < WARPED * self._recipe.epochs
        return self._rounds(epoch, is_varied, rng) if self._recipe.updates else self._pass(is_varied, rng)

    def _pass(self, is_varied: bool, rng: np.random.Generator) -> list[Batch]:
        """Batches that hold the corpus once."""
        recipe, corpus = self._recipe, self.corpus
        chains = join(self._pieces(corpus, is_varied, rng), corpus.columns, recipe.joined, rng)
        return list(pack(chains, self._route, n_streams=recipe.n_streams, n_steps=recipe.n_steps))

    def _rounds(self, epoch: int, is_varied: bool, rng: np.random.Generator) -> list[Batch]:
        """As many batches as the recipe says, older play beside the corpus."""
        recipe, corpus, older = self._recipe, self.corpus, self._older
        weight = weight_of_beginnings(corpus.performances, corpus.columns, epoch / recipe.epochs)
        batches = rounds(
            lambda: self._pieces(corpus, is_varied, rng),
            None if older is None else lambda: self._pieces(older, is_varied, rng),
            self._route,
            n_batches=recipe.updates,
            n_streams=recipe.n_streams,
            n_steps=recipe.n_steps,
            share=recipe.rehearsed,
        )
        return [weigh(batch, corpus.columns, weight) for batch in batches]

    def _pieces(self, corpus: Corpus, is_varied: bool, rng: np.random.Generator) -> list[np.ndarray]:
        """The corpus once, in pieces that fill the streams, varied anew with every call."""
        recipe = self._recipe
        order = rng.permutation(len(corpus.performances))
        most = max(corpus.n_events // (2 * recipe.n_streams), 4 * recipe.n_steps)
        # Older play was not looked through for parts.
        recombiner = self.recombiner if is_varied and corpus is self.corpus else None
        whole = [
            recombiner.recombined(int(i), rng)
            if recombiner is not None and rng.random() < recipe.recombined
            else corpus.performances[i]
            for i in order
        ]
        if recipe.symmetries == 8:
            whole += [manner for p in whole for manner in knob_manners(p, corpus.columns, rng)]
        pieces = whole if corpus.drawing else [piece for p in whole for piece in cut(p, most, rng)]
        return [self._varied(piece, is_varied, rng) for piece in pieces]

    def _varied(self, events: np.ndarray, is_varied: bool, rng: np.random.Generator) -> np.ndarray:
        columns, recipe = self.corpus.columns, self._recipe
        warp, stretch = (recipe.warp, recipe.stretch) if is_varied else (0.0, 0.0)
        stretched = stretch_tempo(stretch_canvas(events, columns, stretch, rng), columns, recipe.stretch, rng)
        dequantised = dequantise(stretched, columns, rng, self._densities, self.corpus.drawing)
        varied = augment(dequantised, columns, recipe.symmetries, rng, warp=warp)
        is_placed = rng.random() < PLACED
        return begun(varied, columns, beginning_of(varied, columns) if is_placed else None)
