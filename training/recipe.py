"""The numbers a training run is made of, with why they are what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mdn.columns import Column, Kind
from models.manifest import Manifest
from training.pacing import epochs_for, updates_of_pass

SIZES = ("units", "layers", "mixtures")  # of a network, which keeps them when it is fine-tuned
MANY_POINTS = 600_000  # of drawings: of more, see `MANY_DRAWINGS`
SMALL_EVENTS = 20_000  # of fewer, a large network learns the recording and not the manner


@dataclass(frozen=True)
class Recipe:
    """How to train. Defaults were chosen on the validation part of the touch corpus.

    Attributes:
        units, layers: size of the LSTM.
        mixtures: components; more than 20 bring little.
        densities: names of the densities of an event (`mdn.heads`); none takes today's.
        epochs: passes over the corpus.
        n_streams, n_steps: events of a batch. Gradients reach back `n_steps`, the state further.
        learning_rate: peak of AdamW, after one epoch of warming up; a cosine takes it to a
            hundredth.
        weight_decay: of AdamW.
        clip_norm: largest norm of the gradient: rare jumps would throw the weights otherwise.
        dropout: share of each layer's outputs silenced on the way up.
        averaging: momentum of the running average of the weights that is scored and exported; 0 for
            the one that a run of this length has (`training.pacing`).
        symmetries: 8 turns the square canvas and exchanges the knobs of a controller, 4 only mirrors them,
            1 leaves them as they are (`training.augment`); notes are transposed by any but 1.
        warp: how much drawings are bent and slanted (`training.augment.warp_drawing`).
        stretch: how much touch performances are stretched (`training.augment.stretch_canvas`), and the tempo
            of notes (`stretch_tempo`).
        joined: share of the performances that are heard after another one (`training.joining`).
        recombined: share of the drawings that go on as another one does (`training.recombine`).
        patience: epochs without a better score after which training stops; 0 for as many as a run of this
            length has (`training.pacing`).
        least_gain: nats an event by which a score has to be better for that.
        updates: batches of an epoch (`training.rounds`); 0 for a pass over the corpus.
        rehearsed: share of the streams that hear older play, where an epoch is a number of batches.
        seed: of everything random.
    """

    units: int = 192
    layers: int = 2
    mixtures: int = 24
    densities: tuple[str, ...] = ()
    epochs: int = 60
    n_streams: int = 32
    n_steps: int = 100
    learning_rate: float = 3e-3
    weight_decay: float = 1e-3
    clip_norm: float = 1.0
    dropout: float = 0.1
    averaging: float = 0.0
    symmetries: int = 8
    warp: float = 0.06
    stretch: float = 0.0
    joined: float = 0.0
    recombined: float = 0.0
    patience: int = 0
    least_gain: float = 0.0
    updates: int = 0
    rehearsed: float = 0.0
    seed: int = 1


# For drawings: a character is short and its parts recur, so the network may be larger, and is hushed more;
# more than 64 points back there is another character. On characters never seen, 90 epochs with a dropout of
# 0.14 reached 3.68 nats a point; 60 with 0.2 and then 40 with 0.08 had reached 3.72.
DRAWING = Recipe(units=256, mixtures=20, epochs=90, n_streams=32, n_steps=64, dropout=0.14, recombined=0.5)

# For many drawings: a network of this size cannot learn them by heart, and parts enough recur in them.
MANY_DRAWINGS = replace(DRAWING, units=192, epochs=14, dropout=0.05, recombined=0.0)

# For touch performances: many small batches. Six epochs of one layer of 96 units reached, on the validation
# part, -11.44 nats with 32 x 100 events a batch, -11.74 with 16 x 100, -12.02 with 16 x 50, -12.15 with
# 16 x 25, whose gradients reach back less than half a second. One layer, because it is played in 6/10 of the
# time of two of 192 and learns as much: those reached -12.67 nats in 60 epochs, one of 224 units -12.66 (with
# a dropout of 0.2 -12.64), and in 120 epochs -12.75; one of 208 -12.74.
PLAYING = Recipe(
    units=208, layers=1, mixtures=16, epochs=120, n_streams=16, n_steps=50, dropout=0.1, stretch=0.15,
    joined=0.5,
)  # fmt: skip

# For notes: a song is a thousand of them, and what was played bars ago comes again.
NOTES = Recipe(units=192, mixtures=1, epochs=14, n_streams=32, n_steps=64, dropout=0.1, stretch=0.15)

# For a few performances: a smaller network, which has less to remember them with.
SMALL = Recipe(units=64, mixtures=12)

# From a trained model on: the weights are near where they should be, and a rate that throws them about would
# lose what they know before the averaged weights settle. No symmetries: which way a person turns, and where
# on the canvas, is part of the manner that is asked for. An epoch is a number of updates, so that 481 taps
# get as many as 7 000 events of swipes, and the run ends when three of them gain too little. Small batches:
# on two minutes of taps in a rhythm 400 updates of 8 x 25 events at 2e-3 reached -8.66 nats, 400 of 8 x 50
# at 1e-3 -8.49, for twice the work.
FINE = Recipe(
    epochs=12, n_streams=8, n_steps=25, learning_rate=2e-3, dropout=0.3, symmetries=1, patience=3,
    least_gain=0.01, updates=100, rehearsed=0.375,
)  # fmt: skip


def base_recipe(n_events: int, columns: Sequence[Column], model: Manifest | None = None) -> Recipe:
    """What a run starts from: by the amount of data and its columns, or to fine-tune `model`."""
    if model is not None:
        return of_sizes(FINE, model)
    kinds = {column.kind for column in columns}
    if Kind.PITCH in kinds:
        return replace(NOTES, units=SMALL.units) if n_events < SMALL_EVENTS else NOTES
    if n_events < SMALL_EVENTS:
        return SMALL
    if Kind.PEN in kinds:
        return MANY_DRAWINGS if n_events > MANY_POINTS else DRAWING
    return PLAYING if Kind.POSITION in kinds else Recipe()


def of_sizes(recipe: Recipe, model: Manifest) -> Recipe:
    """`recipe` for a network as large as that of `model`, with its densities."""
    sizes = {name: getattr(model, name) for name in SIZES}
    return replace(recipe, densities=model.densities, **sizes)


def streams_for(recipe: Recipe, n_events: int, devices: int = 1) -> int:
    """How many streams `n_events` fill, a whole number of them for each device."""
    streams = min(max(n_events // (4 * recipe.n_steps), 1), recipe.n_streams)
    return -(-streams // devices) * devices


def paced(recipe: Recipe, n_events: int, epochs_are_asked: bool) -> Recipe:
    """`recipe` with as many epochs as `n_events` need, unless a person said how many.

    Where an epoch is a number of updates, they are at least a pass of the streams that hear no older play.
    """
    newer = recipe.n_streams
    if recipe.updates:
        newer = max(newer - round(recipe.rehearsed * recipe.n_streams), 1)
    updates = max(updates_of_pass(n_events, newer * recipe.n_steps), recipe.updates)
    epochs = recipe.epochs if epochs_are_asked else epochs_for(updates, recipe.epochs)
    return replace(recipe, epochs=epochs, updates=updates if recipe.updates else 0)


# As `FINE`, in half a minute, while somebody plays on. Nothing in it depends on how much was played, so the
# step that was compiled once is found again.
ADAPTING = replace(FINE, epochs=8, updates=60, patience=2)
