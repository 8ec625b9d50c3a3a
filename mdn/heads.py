"""The mixture density of one event, made of a density for each of its columns.

    p(event) = sum_k pi_k * prod_d p_d,k(columns of d)

(Bishop 1994, Mixture Density Networks, Eq. 22). All densities share the mixture weights pi, so a
component is one idea of what comes next: a place, a moment, and whether the finger stays down.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from mdn.columns import Column, Kind
from mdn.densities import (
    Array,
    Density,
    Flag,
    Knobs,
    Notes,
    Offsets,
    Pair,
    Past,
    Pen,
    Places,
    Score,
    Seconds,
    Values,
    log_sum_exp,
)

# The densities a kind of column may have. New models take the first; a model file that names none, the last.
FOR_KIND: dict[Kind, tuple[Any, ...]] = {
    Kind.SECONDS: (Seconds,),
    Kind.POSITION: (Places, Pair),
    Kind.VALUE: (Knobs, Values),
    Kind.OFFSET: (Offsets,),
    Kind.FLAG: (Flag,),
    Kind.PEN: (Pen,),
    Kind.PITCH: (Notes,),
}
OLDEST: tuple[str, ...] = tuple(densities[-1].name for densities in FOR_KIND.values())
NOTE_KINDS = (Kind.SECONDS, Kind.PITCH, Kind.DURATION, Kind.VELOCITY)  # in this order, of one density


class Head:
    """Density and sampler for events of `columns` with `mixtures` components.

    Parameters arrive flat, `(..., n_params)`, and mean `(mixtures, n_rows)`: in each row the logit
    of pi, then the parameters of each density in the order of `densities`.

    Args:
        columns: what an event holds.
        mixtures: number of components, at least 1.
        densities: names of the densities a model was made with, see `density_names`; none takes today's.

    Raises:
        ValueError: no mixture component, columns no density is known for, or names that do not fit them.
    """

    def __init__(self, columns: Sequence[Column], mixtures: int, densities: Sequence[str] = ()) -> None:
        if mixtures < 1:
            raise ValueError(f"mixtures: expected at least 1, got {mixtures}.")
        self.columns = tuple(columns)
        self.mixtures = mixtures
        self.densities = _densities(self.columns, densities)
        self._notes = next((d for d in self.densities if isinstance(d, Notes)), None)
        if self._notes is not None and mixtures != 1:
            raise ValueError(
                f"mixtures: expected 1 of notes, which have components of their own, got {mixtures}."
            )
        self.n_rows = 1 + sum(density.n_rows for density in self.densities)
        self.n_params = self.n_rows * mixtures
        # One uniform number chooses the component; the rest is each density's own.
        self.noise = ("uniform", *(kind for d in self.densities for kind in d.noise))
        self.n_guide = sum(density.n_guide for density in self.densities)
        # Logits that the pi temperature divides: of the components, and of which knob moves.
        choices = [1.0, *(float(i < d.n_choices) for d in self.densities for i in range(d.n_rows))]
        self._is_choice = np.array(choices, "float32")

    @property
    def guide_slices(self) -> dict[str, slice]:
        """Where in a guide's `n_guide` numbers those of each density are, by its name."""
        ends = np.cumsum([density.n_guide for density in self.densities]).tolist()
        named = zip(self.densities, ends, strict=True)
        return {density.name: slice(end - density.n_guide, end) for density, end in named}

    @property
    def density_names(self) -> tuple[str, ...]:
        """The names of `densities`, for the manifest: the same ones read the same parameters again."""
        return tuple(density.name for density in self.densities)

    def bias(self) -> np.ndarray:
        """Starting values of the parameters, float32 `(n_params,)`."""
        rows = [np.zeros((1, self.mixtures))] + [d.bias(self.mixtures) for d in self.densities]
        return np.concatenate(rows).T.reshape(-1).astype("float32")

    def log_densities(self, xp: Any, params: Array, event: Array, past: Past) -> dict[str, Array]:
        """Log density of `event` in nats, `(...)`, for each group of columns worth reporting.

        The first group is all columns; a second one leaves out flag and pen, marginalised, so that
        scores of models with and without them compare. Of notes the others are their columns, each given
        those before it.

        Args:
            xp: numpy or keras.ops.
            params: `(..., n_params)`.
            event: `(..., n_columns)`.
            past: what came before.
        """
        rows = self.components(xp, params)
        if self._notes is not None:
            each = self._notes.log_densities(xp, rows[..., 1:], event, past)
            columns = {name: log_density[..., 0] for name, log_density in each.items()}
            return {self.group(discrete=True): sum(columns.values()), **columns}
        logits = rows[..., 0]
        top = xp.max(logits, axis=-1, keepdims=True)
        joint = logits - top - xp.log(xp.sum(xp.exp(logits - top), axis=-1, keepdims=True))
        continuous = joint
        discrete = False
        score = None
        for density, own in zip(self.densities, self.own_rows(rows), strict=True):
            log_density, score = density.log_density(xp, own, event, past, score)
            joint = joint + log_density
            if isinstance(density, Flag | Pen):
                discrete = True
            else:
                continuous = continuous + log_density
        groups = {self.group(discrete=True): log_sum_exp(xp, joint)}
        if discrete:
            groups[self.group(discrete=False)] = log_sum_exp(xp, continuous)
        return groups

    def group(self, *, discrete: bool) -> str:
        """The name of a group of columns in reports: "x,y,dt,moving", or "x,y,dt" without flag and pen."""
        return ",".join(c.name for c in self.columns if discrete or c.kind not in (Kind.FLAG, Kind.PEN))

    def tempered(self, xp: Any, guide: Array, sigma_temperature: Array) -> list[Array]:
        """The part of `guide` `(..., n_guide)` of each density, as its `product` and `sample` take it."""
        ends = np.cumsum([density.n_guide for density in self.densities])[:-1].tolist()
        parts = zip(self.densities, xp.split(guide, ends, axis=-1), strict=True)
        return [density.tempered(xp, part, sigma_temperature) for density, part in parts]

    def product(self, xp: Any, rows: Array, guide: Sequence[Array], past: Past) -> tuple[Array, Score | None]:
        """The mixture times a guide is a mixture again (Hinton 2002, Training Products of Experts).

            pi_k N_k(event) G(event) is proportional to pi_k exp(evidence_k) (N_k G)(event)

        Args:
            xp: numpy or another namespace.
            rows: parameters of all components, `(..., M, n_rows)`.
            guide: as `tempered` gives it, each `(..., 1, n)`.
            past: what came before.

        Returns:
            The log evidence `(..., M)`, to be added to the logits of pi, and what is then known of the
            score of dt in each component, `(..., M, 1)` each, for `draw`; None without seconds.
        """
        row_ends = np.cumsum([1, *(d.n_rows for d in self.densities)])[:-1].tolist()
        _, *own = xp.split(rows, row_ends, axis=-1)
        evidence, score = 0.0, None
        for density, own_rows, own_guide in zip(self.densities, own, guide, strict=True):
            log_evidence, score = density.product(xp, own_rows, own_guide, past, score)
            evidence = evidence + log_evidence
        return evidence, score

    def draw(
        self,
        xp: Any,
        component: Array,
        noise: Sequence[Array],
        past: Past,
        guide: Sequence[Array] | None = None,
        score: Score | None = None,
    ) -> Array:
        """Draw an event from one component, or from its product with a guide.

        Args:
            xp: numpy or another namespace.
            component: parameters of the chosen component, `(..., n_rows)`.
            noise: what each density consumes, as `split_noise` gives it.
            past: what came before.
            guide: as `tempered` gives it, each `(..., n)`; None draws from the component alone.
            score: of the chosen component, as `product` gives it, `(..., 1)` each.

        Returns:
            `(..., n_columns)`, clamped to the range of each column.
        """
        row_ends = np.cumsum([1, *(d.n_rows for d in self.densities)])[:-1].tolist()
        _, *rows = xp.split(component, row_ends, axis=-1)
        guides = [None] * len(self.densities) if guide is None else guide
        drawn: dict[int, Array] = {}
        passed: Any = score
        for density, own, own_noise, own_guide in zip(self.densities, rows, noise, guides, strict=True):
            drawn[density.columns[0]], passed = density.sample(xp, own, own_noise, past, passed, own_guide)
        event = xp.concatenate([drawn[first] for first in sorted(drawn)], axis=-1)
        low = np.array([c.low for c in self.columns], "float32")
        high = np.array([c.high for c in self.columns], "float32")
        return xp.minimum(xp.maximum(event, low), high)

    def spread(self, xp: Any, noise: Array, sigma_temperature: Array) -> Array:
        """`noise` `(..., len(self.noise))`, its normal numbers times the square root of the temperature.

        So the temperature multiplies the covariance, as in keras-mdn-layer.
        """
        normal = np.array([kind == "normal" for kind in self.noise], "float32")
        return noise * (1.0 + normal * (xp.sqrt(sigma_temperature) - 1.0))

    def sharpness(self, xp: Any, pi_temperature: Array) -> Array:
        """What the rows of `components` are multiplied by, `(n_rows,)`: choices by 1 / temperature.

        The pi temperature so divides the logits of pi, and of which knob moves: both are ideas of what next.
        """
        return 1.0 + self._is_choice * (1.0 / pi_temperature - 1.0)

    def split_noise(self, xp: Any, noise: Array) -> list[Array]:
        """`noise` `(..., len(self.noise))` as the number that chooses the component, then each density's."""
        ends = np.cumsum([1, *(len(d.noise) for d in self.densities)])[:-1].tolist()
        return list(xp.split(noise, ends, axis=-1))

    def own_rows(self, rows: Array) -> list[Array]:
        """The part of `rows` `(..., n_rows)` of each density."""
        ends = np.cumsum([1, *(density.n_rows for density in self.densities)]).tolist()
        return [rows[..., a:b] for a, b in pairwise(ends)]

    def components(self, xp: Any, params: Array) -> Array:
        """`params` as one row a component, `(..., mixtures, n_rows)`; column 0 the logits of pi."""
        return xp.reshape(params, (*params.shape[:-1], self.mixtures, self.n_rows))


def _densities(columns: tuple[Column, ...], names: Sequence[str] = ()) -> tuple[Density, ...]:
    """Time first, because positions are coupled to it; then pairs, values, flag and pen.

    Of the densities a kind of column may have, the first one in `FOR_KIND` whose name is among `names`,
    or the first one where there are no names.
    """
    if not columns:
        raise ValueError("columns: expected at least one, got none.")
    kinds = tuple(column.kind for column in columns)
    if set(kinds) & set(NOTE_KINDS[1:]):
        if kinds != NOTE_KINDS:
            raise ValueError(f"columns: expected {', '.join(NOTE_KINDS)}, got {', '.join(kinds)}.")
        return (_chosen(Kind.PITCH, names)(tuple(range(len(columns)))),)
    at: dict[Kind, list[int]] = {kind: [] for kind in Kind}
    for index, column in enumerate(columns):
        at[column.kind].append(index)
    places = [kind for kind in (Kind.POSITION, Kind.OFFSET, Kind.VALUE) if at[kind]]
    if len(places) != 1:
        raise ValueError(
            f"columns: expected positions, offsets or values, got {' and '.join(places) or 'none'}."
        )
    (kind,) = places
    if kind is not Kind.VALUE and len(at[kind]) != 2:
        raise ValueError(f"columns: expected two adjacent {kind} columns, got {len(at[kind])}.")
    if at[kind] != list(range(at[kind][0], at[kind][-1] + 1)):
        raise ValueError(f"columns: expected adjacent {kind} columns, got them at {at[kind]}.")
    density = {each: _chosen(each, names) for each, columns_of in at.items() if columns_of}
    densities: list[Any] = [density[Kind.SECONDS](i) for i in at[Kind.SECONDS]]
    if kind is Kind.VALUE:
        densities.append(density[kind](tuple(at[kind])))
    elif kind is Kind.POSITION:
        densities.append(density[kind](*at[kind]))
    else:
        densities.append(density[kind](*at[kind], box=columns[at[kind][0]].high))
    for each in (Kind.FLAG, Kind.PEN):
        densities += [density[each](i) for i in at[each]]
    return tuple(densities)


def _chosen(kind: Kind, names: Sequence[str]) -> Any:
    for density in FOR_KIND[kind]:
        if not names or density.name in names:
            return density
    known = " or ".join(density.name for density in FOR_KIND[kind])
    raise ValueError(f"densities: expected {known} for {kind} columns, got {', '.join(names)}.")
