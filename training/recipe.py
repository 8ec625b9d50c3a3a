"""The numbers a training run is made of, with why they are what they are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """How to train. Defaults were chosen on the validation part of the touch corpus.

    Attributes:
        units, layers: size of the LSTM.
        mixtures: components; more than 20 bring little.
        epochs: passes over the corpus.
        n_streams, n_steps: events of a batch. Gradients reach back `n_steps`, the state further.
        learning_rate: peak of AdamW, after one epoch of warming up; a cosine takes it to a
            hundredth.
        weight_decay: of AdamW.
        clip_norm: largest norm of the gradient: rare jumps would throw the weights otherwise.
        dropout: share of each layer's outputs silenced on the way up.
        averaging: momentum of the running average of the weights that is scored and exported.
        symmetries: 8 flips and turns the square canvas, 4 flips it, 1 leaves it as it is.
        patience: epochs without a better score after which training stops.
        seed: of everything random.
    """

    units: int = 192
    layers: int = 2
    mixtures: int = 24
    epochs: int = 60
    n_streams: int = 32
    n_steps: int = 100
    learning_rate: float = 3e-3
    weight_decay: float = 1e-3
    clip_norm: float = 1.0
    dropout: float = 0.1
    averaging: float = 0.995
    symmetries: int = 8
    patience: int = 20
    seed: int = 1
