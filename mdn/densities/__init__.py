"""The densities an event is made of, one class a kind of column, written once for every array library.

Every method takes `xp`, the namespace to compute in: `numpy` in the app, `keras.ops` in training and
in the exported graph. Only functions that both spell alike are used, so the density that is trained,
scored, sampled inside the graph and drawn on screen is the same lines of code.

Shapes: `rows` are the parameters of this density, `(..., M, n_rows)` for `M` mixture components, or
`(..., n_rows)` once a component is chosen. Events are `(..., n_columns)`; a density picks its own
columns. Means are relative to the last event and deviations are exponentials over a floor, so a
repeated value can never buy an unbounded likelihood; of knobs it is a point mass.
"""

from __future__ import annotations

from mdn.densities.base import Array, Density, Past, Score, log_sum_exp, sigmoid, step
from mdn.densities.flag import Flag
from mdn.densities.knobs import Knobs
from mdn.densities.notes import Notes
from mdn.densities.offsets import Offsets
from mdn.densities.pair import Pair
from mdn.densities.pen import Pen
from mdn.densities.places import Places
from mdn.densities.seconds import Seconds
from mdn.densities.values import Values

__all__ = [
    "Array",
    "Density",
    "Flag",
    "Knobs",
    "Notes",
    "Offsets",
    "Pair",
    "Past",
    "Pen",
    "Places",
    "Score",
    "Seconds",
    "Values",
    "log_sum_exp",
    "sigmoid",
    "step",
]
