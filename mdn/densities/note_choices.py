"""Which key is struck and how hard: distributions over whole numbers, and draws from them.

Everywhere `rows` are `(..., N_ROWS)`, and what came before broadcasts with them; `kind` is that of dt
(`note_seconds.kind_of`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mdn.densities.base import Array, Past, log_sum_exp, softmax, step, whole
from mdn.densities.note_memory import (
    KEY_COUNTS,
    KEYS,
    MATCH,
    VELOCITIES,
    VELOCITY_COUNTS,
    is_matched,
)
from mdn.densities.note_rows import FARTHEST, MIDDLE, own

UNHEARD = 3e-3  # added to the share of a key or a velocity in what was heard

_HEIGHTS = (KEYS - np.float32(MIDDLE)) / np.float32(24.0)


def pitch_logits(xp: Any, rows: Array, kind: Array, past: Past) -> Array:
    """Logits of the keys, from the lowest on, `(..., N_PITCHES)`."""
    away = KEYS - past.event[..., 1:2]
    together = kind[..., :1]
    interval = _at(xp, own(rows, "interval"), away + FARTHEST)
    chord = _at(xp, own(rows, "chord"), away)
    height = xp.sum(kind * own(rows, "height"), axis=-1, keepdims=True)
    spread = xp.sum(kind * own(rows, "spread"), axis=-1, keepdims=True)
    related = together * chord + (1.0 - together) * interval
    tilted = height * _HEIGHTS + spread * np.square(_HEIGHTS)
    weights = own(rows, "key_matched")
    weight = together * weights[..., :1] + (1.0 - together) * weights[..., 1:]
    matched = past.memory[..., MATCH.start + 1 : MATCH.start + 2]
    again = weight * xp.maximum(1.0 - xp.abs(KEYS - matched), 0.0)
    heard = own(rows, "key_heard") * _log_share(xp, past.memory[..., KEY_COUNTS])
    return own(rows, "key") + related + tilted + again + heard


def velocity_logits(xp: Any, rows: Array, kind: Array, pitch: Array, held: Array, past: Past) -> Array:
    """Logits of the velocities from 1 on, `(..., N_VELOCITIES)`, given pitch and duration too."""
    before = past.event[..., 3:4]
    by_low, by_high, by_held = xp.split(own(rows, "struck_by"), 3, axis=-1)
    height = (pitch - MIDDLE) / 24.0
    tilt = xp.sum(kind * own(rows, "struck_tilt"), axis=-1, keepdims=True)
    slope = tilt + xp.minimum(height, 0.0) * by_low + xp.maximum(height, 0.0) * by_high
    slope = slope + 0.5 * by_held * (xp.log(held + 0.03) + 1.0)
    matched = past.memory[..., MATCH.start + 3 : MATCH.start + 4]
    heard = own(rows, "struck_heard") * _log_share(xp, past.memory[..., VELOCITY_COUNTS])
    peaks = _peak(xp, own(rows, "struck_again"), before)
    peaks = peaks + is_matched(xp, past.memory) * _peak(xp, own(rows, "struck_matched"), matched)
    return own(rows, "struck") + slope * ((VELOCITIES - MIDDLE) / 32.0) + peaks + heard


def log_chosen(xp: Any, logits: Array, values: np.ndarray, value: Array) -> Array:
    """Log probability of `value` `(..., 1)`, one of the whole numbers `values`, under a softmax."""
    one = xp.maximum(1.0 - xp.abs(values - value), 0.0)
    return xp.sum(one * logits, axis=-1) - log_sum_exp(xp, logits)


def one_hot(xp: Any, logits: Array, uniform: Array) -> Array:
    """1 for the choice that `uniform` `(..., 1)` draws by the softmax of `logits` `(..., n)`, else 0."""
    n = logits.shape[-1]
    above = step(xp, xp.cumsum(softmax(xp, logits), axis=-1) - uniform)
    index = xp.minimum(n - xp.sum(above, axis=-1, keepdims=True), n - 1.0)
    return xp.maximum(1.0 - xp.abs(np.arange(n, dtype="float32") - index), 0.0)


def _log_share(xp: Any, counts: Array) -> Array:
    """Log of the share that each has in `counts` `(..., n)`, which may all be 0."""
    return xp.log(counts / (xp.sum(counts, axis=-1, keepdims=True) + 1e-6) + UNHEARD)


def _peak(xp: Any, weights: Array, at: Array) -> Array:
    """Logits of velocities that are `at`, within 5 of it and within 20 of it."""
    exact, near, around = xp.split(weights, 3, axis=-1)
    off = xp.abs(VELOCITIES - at)
    narrow = exact * xp.maximum(1.0 - off, 0.0) + near * xp.maximum(1.0 - 0.2 * off, 0.0)
    return narrow + around * xp.maximum(1.0 - 0.05 * off, 0.0)


def _at(xp: Any, table: Array, index: Array) -> Array:
    """`table` `(..., n)` at the whole numbers `index` `(..., m)`, those outside at its ends."""
    last = table.shape[-1] - 1.0
    return xp.take_along_axis(table, whole(xp, xp.minimum(xp.maximum(index, 0.0), last)), axis=-1)
