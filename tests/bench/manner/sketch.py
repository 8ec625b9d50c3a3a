"""The reference for guided answers: a mixture of Gaussians times a Gaussian is a mixture again.

A guide runs along the phrase, slightly turned, scaled and moved, and stands for the player's next event: each
component of the network's mixture weighs as much more as it meets the guide, its mean moves toward the guide
and its covariance shrinks (product of experts: Hinton 2002, Training Products of Experts by Minimizing
Contrastive Divergence). Published figures were measured with it, so it stays as it is.
"""

from __future__ import annotations

import numpy as np

from mdn.densities import Past
from mdn.densities.base import sigmoid
from tests.bench.manner.network import Network

PULL = 0.15  # of a drag toward the guide's place
MOST_EVENTS_PER_S = 250


def answer_guided(
    network: Network, phrase: np.ndarray, seconds: float, likeness: float, rng: np.random.Generator
) -> np.ndarray:
    """Go on from `phrase` `(n, 4)`, at least two events, for `seconds`: `(m, 4)`.

    Args:
        network: the touch network.
        phrase: x, y, dt, moving.
        seconds: how long; the event that would pass it is left out.
        likeness: the guide's precision, > 0 to about 2.
        rng: source of randomness.
    """
    clock, pair, _ = network.head.densities
    place, step = _bent(phrase[:, :2].astype(float), rng)
    log_dt, moving = np.log(phrase[1:, 2] + clock.SHIFT_S), phrase[1:, 3] > 0.5
    lengths = np.hypot(*step.T)
    unit = max(float(np.median(lengths[moving])) if moving.any() else 0.01, 0.003)
    at, played, answer = int(rng.integers(0, max(len(step) // 2, 1))), 0.0, []
    state = network.hear_all(phrase[:-1], network.blank)
    before, now = phrase[-2].astype(float), phrase[-1].astype(float)
    guide_var, odds_shift = (0.3 / likeness) ** 2, 4.0 * min(likeness, 1.5)
    while len(answer) < seconds * MOST_EVENTS_PER_S:
        params, state = network.hear(now, state)
        rows, past = network.head.components(np, params.astype(float)), Past(now, now - before)
        own = rows[:, 3 : 3 + pair.n_rows]
        mean_t, dev_t = rows[:, 1], clock.FLOOR + np.exp(rows[:, 2])
        mean, dev = pair._mean(np, own, past), pair._deviations(np, own)
        correlation = pair.MAX_CORRELATION * np.tanh(own[:, 6])
        stays = sigmoid(np, rows[:, 3 + pair.n_rows])
        if moving[at]:
            target = now[:2] + step[at] + PULL * (place[at + 1] - now[:2] - step[at])
            width = 0.6 * unit / likeness
        else:
            target, width = place[at + 1], 0.02 / likeness
        # Time.
        total = guide_var + dev_t**2
        weight = rows[:, 0] - 0.5 * (log_dt[at] - mean_t) ** 2 / total - 0.5 * np.log(total)
        late_mean = mean_t + dev_t**2 / total * (log_dt[at] - mean_t)
        late_dev = np.sqrt(dev_t**2 * guide_var / total)
        # Place, given the time.
        expected = mean + pair._shift(own, ((late_mean - mean_t) / dev_t)[:, None]) * dev
        cov = np.einsum("ki,kj->kij", dev, dev) * (np.eye(2) + correlation[:, None, None] * (1 - np.eye(2)))
        both, off = cov + np.eye(2) * width**2, target - expected
        det = both[:, 0, 0] * both[:, 1, 1] - both[:, 0, 1] ** 2
        adjugate = np.trace(both, axis1=1, axis2=2)[:, None, None] * np.eye(2) - both
        inverse = adjugate / det[:, None, None]
        weight = weight - 0.5 * np.einsum("ki,kij,kj->k", off, inverse, off) - 0.5 * np.log(det)
        # The finger stays or comes down.
        weight = weight + min(likeness, 1.0) * np.log(np.where(moving[at], stays, 1 - stays) + 1e-6)
        share = np.exp(weight - weight.max())
        k = int(rng.choice(len(share), p=share / share.sum()))
        log_s = late_mean[k] + late_dev[k] * rng.standard_normal()
        centre = mean[k] + pair._shift(own[k], np.array((log_s - mean_t[k]) / dev_t[k])) * dev[k]
        gain = cov[k] @ inverse[k]
        root = np.linalg.cholesky(cov[k] - gain @ cov[k] + 1e-12 * np.eye(2))
        x, y = np.clip(centre + gain @ (target - centre) + root @ rng.standard_normal(2), 0.0, 1.0)
        dt = float(np.clip(np.exp(log_s) - clock.SHIFT_S, 0.0, 5.0))
        odds = np.log(stays[k] / (1 - stays[k] + 1e-9) + 1e-9) + (odds_shift if moving[at] else -odds_shift)
        played += dt
        if played > seconds:
            break
        event = np.array([x, y, dt, float(rng.random() < sigmoid(np, odds))])
        answer.append(event)
        before, now, at = now, event, at + 1
        if at >= len(step):
            at = int(rng.integers(0, max(len(step) // 3, 1)))
    return np.array(answer, "float32").reshape(-1, 4)


def _bent(place: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The phrase's places `(n, 2)` and steps `(n - 1, 2)`, turned, scaled and moved a little."""
    angle, size, shift = rng.normal(0, 0.12), np.exp(rng.normal(0, 0.12)), rng.normal(0, 0.05, 2)
    turn = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = place.mean(0)
    return (place - middle) @ turn.T + middle + shift, np.diff(place, axis=0) @ turn.T
