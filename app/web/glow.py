"""The mixture of the next touch, as pages light it up: short, for it is told many times a second."""

from __future__ import annotations

import numpy as np

from mdn.mixture import Mixture

MOST = 6  # components that are told, the likeliest
LEAST_SHARE = 0.02  # of who is told at all
DECIMALS = 3  # a thousandth of the canvas is less than a person sees in so soft a light


def components(mixture: Mixture) -> list[list[float]]:
    """The likeliest components of a mixture of places, likeliest first.

    Returns:
        for each its share, x, y, the deviations of both, fractions of the canvas, and their correlation,
        rounded to `DECIMALS`; what is not finite is left out.
    """
    rows = []
    for at in np.argsort(-mixture.pi, kind="stable")[:MOST]:
        deviations = np.sqrt(np.diagonal(mixture.covariance[at]))
        correlation = mixture.covariance[at, 0, 1] / max(float(deviations[0] * deviations[1]), 1e-12)
        row = [float(mixture.pi[at]), *mixture.mean[at].tolist(), *deviations.tolist(), float(correlation)]
        if row[0] >= LEAST_SHARE and np.isfinite(row).all():
            rows.append([round(number, DECIMALS) for number in row])
    return rows
