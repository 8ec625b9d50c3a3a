"""How much answers play like the phrases they answer, from the statistics of both."""

from __future__ import annotations

import numpy as np


def filled(values: np.ndarray) -> np.ndarray:
    """`values` `(n, n_statistics)` with the mean of the column where a number is missing."""
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.asarray(np.where(known, values, total / np.maximum(known.sum(axis=0), 1)))


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson's r of two samples `(n,)`; 0 where one of them does not vary."""
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt(np.sum(a**2) * np.sum(b**2)))
    return float(np.sum(a * b)) / scale if scale > 1e-12 else 0.0


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1, equal values sharing their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2.0)[inverse])


def correlations(phrases: np.ndarray, answers: np.ndarray, *, ranked: bool) -> np.ndarray:
    """Of each statistic over phrases and their answers, both `(n, n_statistics)`: `(n_statistics,)`.

    A number that an answer lacks (it was silent) counts as the average one, which agrees with nothing.

    Args:
        phrases, answers: statistics of both, row by row.
        ranked: Spearman's instead of Pearson's.
    """
    found = []
    for a, b in zip(filled(phrases).T, filled(answers).T, strict=True):
        found.append(correlation(ranks(a), ranks(b)) if ranked else correlation(a, b))
    return np.array(found)


class Scale:
    """Statistics in standard deviations of a population of phrases.

    Args:
        values: of the population, `(n, n_statistics)`.
    """

    def __init__(self, values: np.ndarray) -> None:
        values = filled(values)
        self._mean, deviation = values.mean(axis=0), values.std(axis=0)
        self._deviation = np.where(deviation > 1e-9, deviation, 1.0)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """`values` `(n, n_statistics)`, standardised; what is missing is 0."""
        scaled = (values - self._mean) / self._deviation
        return np.asarray(np.where(np.isfinite(scaled), scaled, 0.0))


def recognised(phrases: np.ndarray, answers: np.ndarray, manners: np.ndarray) -> float:
    """Share of answers whose nearest phrase is one of their own manner.

    Args:
        phrases: standardised, `(n, n_statistics)`.
        answers: likewise, the answer to each.
        manners: which manner each phrase has, `(n,)`.
    """
    apart = np.sum((answers[:, None] - phrases) ** 2, axis=-1)
    return float(np.mean(manners[np.argmin(apart, axis=1)] == manners))


def distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Root mean square over statistics between standardised `(n, n_statistics)`: `(n,)`."""
    return np.asarray(np.sqrt(np.mean((a - b) ** 2, axis=-1)))


def frechet(a: np.ndarray, b: np.ndarray) -> float:
    """Squared Fréchet distance between Gaussians fitted to two samples `(n, n_features)`.

    Source: Dowson and Landau 1982; used as FAD by Kilgour et al. 2019 (arXiv:1812.08466).
    """
    cov_a, cov_b = np.cov(a.T), np.cov(b.T)
    # The trace of a product's root is the sum of the roots of its eigenvalues.
    roots = np.sqrt(np.maximum(np.linalg.eigvals(cov_a @ cov_b).real, 0.0))
    apart = float(np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2))
    return apart + float(np.trace(cov_a) + np.trace(cov_b) - 2.0 * roots.sum())


def adherence(candidates: np.ndarray, pairs: np.ndarray, mismatched: np.ndarray) -> float:
    """APA: 1 where answers belong to their phrases as real continuations do, 0 where as strangers' do.

    Args:
        candidates, pairs, mismatched: features of phrase and answer side by side, `(n, n_features)`: of what
            is judged, of phrases with their players' own continuations, and with those of others.

    Source: Accompaniment Prompt Adherence (arXiv:2503.06346).
    """
    own, other = frechet(candidates, pairs), frechet(candidates, mismatched)
    return 0.5 + (other - own) / (2.0 * frechet(pairs, mismatched))


def has_hole(events: np.ndarray, seconds: float, longest_s: float = 1.0) -> bool:
    """Whether nothing happens for more than `longest_s` between the events, or after them until `seconds`."""
    times = np.cumsum(events[:, 2], dtype="float64")
    times = times[times < seconds]
    return bool(np.max(np.diff(times, prepend=0.0, append=seconds)) > longest_s)
