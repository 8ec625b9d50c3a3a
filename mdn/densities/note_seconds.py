"""When a note comes and how long it is held: densities of seconds, and draws from them.

Everywhere `rows` are `(..., N_ROWS)`, and what came before broadcasts with them. `toward` is a tempered guide
in its 12 parts, or None.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mdn.densities.base import Array, Past, log_normal, log_sum_exp, normal_product, sigmoid, softmax, step
from mdn.densities.note_choices import one_hot
from mdn.densities.note_grid import TOGETHER_S, unit_of
from mdn.densities.note_memory import GRID, MATCH, is_matched
from mdn.densities.note_rows import AGAIN, HELD, MIDDLE, UNITS, own

GRID_S = 2e-3  # half the width of the noise that seconds are learned and scored with (`training.dequantise`)
LONGEST_S = 5.0  # of dt: longer ones are cut to it
MEMBER_S = 6e-3  # an interval is so many units, within this
SHIFT_S = 5e-3  # of log seconds
FLOOR = 0.01  # of the deviation of log seconds
LEAST_DEVIATION_S = 2e-4
WIDEST = 3.0  # logarithm of a deviation: more would overflow where a step of training was too long

_UNITS = np.array(UNITS, "float32")
_AGAIN = np.array(AGAIN, "float32")


def interval(xp: Any, dt: Array, unit: Array) -> tuple[Array, Array]:
    """Whether `dt` `(..., 1)` is none, `(..., 1)`, and else which multiple of the unit, `(..., n)`."""
    together = step(xp, TOGETHER_S * 1.0001 - dt)
    off = xp.abs(dt - unit * _UNITS)
    return together, (1.0 - together) * xp.maximum(1.0 - off / MEMBER_S, 0.0)


def kind_of(xp: Any, dt: Array, past: Past) -> Array:
    """What kind of interval `dt` `(..., 1)` is: together, so many units, or alone, `(..., 2 + n)`."""
    together, member = interval(xp, dt, unit_of(xp, past.memory[..., GRID]))
    return xp.concatenate([together, member, 1.0 - together], axis=-1)


def log_dt(xp: Any, rows: Array, dt: Array, past: Past) -> Array:
    """Log density of `dt` `(..., 1)`."""
    logits = dt_logits(xp, rows, past)
    log_p = logits - log_sum_exp(xp, logits)[..., None]
    within = step(xp, TOGETHER_S * 1.0001 - dt)
    together = within * -math.log(TOGETHER_S) - 60.0 * (1.0 - within)
    at, deviation = _intervals(xp, rows, past)
    off = xp.abs(dt - at)
    mass = _normal(xp, (GRID_S - off) / deviation) - _normal(xp, (-GRID_S - off) / deviation)
    on_grid = xp.log(xp.maximum(mass, 0.0) + 1e-25) - math.log(2.0 * GRID_S)
    mean, deviation = _free(xp, rows, past)
    log_s = xp.log(dt + SHIFT_S)
    free = log_normal(xp, (log_s - mean) / deviation, deviation) - log_s
    together = together + 0.0 * log_p[..., :1]
    return log_sum_exp(xp, log_p + xp.concatenate([together, on_grid, free], axis=-1))


def sample_dt(xp: Any, rows: Array, uniform: Array, normal: Array, past: Past, toward: Any) -> Array:
    """Seconds since the note before, `(..., 1)`, drawn by a number for its kind and one for its place."""
    logits = dt_logits(xp, rows, past)
    at, deviation = _intervals(xp, rows, past)
    mean, wide = _free(xp, rows, past)
    if toward is not None:
        together, target, p, q = toward[0], toward[1], toward[2], toward[10]
        evidence, mean, wide = normal_product(xp, mean, wide, target, p, q)
        on_grid = -0.5 * p * xp.square(xp.log(at + SHIFT_S) - target)
        logits = logits + xp.concatenate([together, on_grid, evidence], axis=-1)
    one = one_hot(xp, logits, uniform)
    on_grid = at + deviation * normal
    free = xp.exp(mean + wide * normal) - SHIFT_S
    drawn = xp.concatenate([0.0 * uniform, on_grid, free], axis=-1)
    return xp.maximum(xp.sum(one * drawn, axis=-1, keepdims=True), 0.0)


def median_dt(rows: np.ndarray, past: Past) -> float:
    """Seconds before and after which the next note is as likely, each kind of interval at its middle."""
    at, _ = _intervals(np, rows, past)
    mean, _ = _free(np, rows, past)
    middle = np.concatenate([[0.0], at, np.exp(mean) - SHIFT_S])
    order = np.argsort(middle)
    reached = np.cumsum(softmax(np, dt_logits(np, rows, past))[order])
    return float(middle[order][np.searchsorted(reached, 0.5 * reached[-1])])


def log_held(xp: Any, rows: Array, kind: Array, dt: Array, pitch: Array, held: Array, past: Past) -> Array:
    """Log density of the duration `held` `(..., 1)`, given dt, its kind, and the pitch."""
    logits, mean, deviation = held_components(xp, rows, kind, dt, pitch, past)
    log_s = xp.log(held + SHIFT_S)
    each = logits + log_normal(xp, (log_s - mean) / deviation, deviation)
    return log_sum_exp(xp, each) - log_sum_exp(xp, logits) - log_s[..., 0]


def sample_held(
    xp: Any,
    rows: Array,
    uniform: Array,
    normal: Array,
    kind: Array,
    dt: Array,
    pitch: Array,
    past: Past,
    toward: Any,
) -> Array:
    """Seconds a note is held, `(..., 1)`, drawn by a number for the component and one for its place."""
    logits, mean, deviation = held_components(xp, rows, kind, dt, pitch, past)
    if toward is not None:
        target, p, q = toward[6], toward[7], toward[11]
        evidence, mean, deviation = normal_product(xp, mean, deviation, target, p, q)
        logits = logits + evidence
    one = one_hot(xp, logits, uniform)
    return xp.exp(xp.sum(one * (mean + deviation * normal), axis=-1, keepdims=True)) - SHIFT_S


def held_components(
    xp: Any, rows: Array, kind: Array, dt: Array, pitch: Array, past: Past
) -> tuple[Array, Array, Array]:
    """Logits of the components of the duration, and mean and deviation of their log seconds."""
    height = (pitch - MIDDLE) / 24.0
    together = kind[..., :1]
    logits = (
        own(rows, "held")
        + together * own(rows, "held_together")
        + xp.maximum(-height, 0.0) * own(rows, "held_low")
        + xp.maximum(height, 0.0) * own(rows, "held_high")
    )
    tilt = xp.sum(kind * own(rows, "held_tilt"), axis=-1, keepdims=True)
    by_height, by_dt = xp.split(own(rows, "held_slope"), 2, axis=-1)
    log_unit = xp.log(unit_of(xp, past.memory[..., GRID]))
    before = past.event[..., 2:3]
    free = log_unit + 0.7 + tilt + by_height * height + 0.3 * by_dt * (xp.log(dt + 0.03) + 1.5)
    left = xp.log(xp.maximum(before - dt, 0.02) + SHIFT_S)
    again = xp.log(before + SHIFT_S)
    matched = xp.log(past.memory[..., MATCH.start + 2 : MATCH.start + 3] + SHIFT_S)
    around = xp.concatenate([*[free] * HELD, left, again, matched], axis=-1)
    deviation = FLOOR + xp.exp(xp.minimum(own(rows, "held_deviation"), WIDEST))
    return logits, around + own(rows, "held_mean"), deviation


def dt_logits(xp: Any, rows: Array, past: Past) -> Array:
    """Logits of the kinds of dt, `(..., n)`; of the one that came after the longest match higher."""
    logits, weight = own(rows, "dt"), own(rows, "dt_matched")
    matched = kind_of(xp, past.memory[..., MATCH.start : MATCH.start + 1], past)[..., : 1 + len(UNITS)]
    matched = is_matched(xp, past.memory) * weight * matched
    rest = logits[..., 1 + len(UNITS) :]
    return xp.concatenate([logits[..., : 1 + len(UNITS)] + matched, rest], axis=-1)


def _intervals(xp: Any, rows: Array, past: Past) -> tuple[Array, Array]:
    """Where the intervals that are narrow lie, and their deviations, `(..., n)`, in seconds."""
    unit, before = unit_of(xp, past.memory[..., GRID]), past.memory[..., GRID.stop - 1 : GRID.stop]
    of_units, of_again = unit * _UNITS, before * _AGAIN
    of_match, longest = past.memory[..., MATCH.start : MATCH.start + 1], LONGEST_S + 0.0 * unit
    constant, by_unit, again, match = xp.split(
        xp.exp(xp.minimum(own(rows, "dt_deviation"), WIDEST)), 4, axis=-1
    )
    each = (constant + by_unit * of_units, again * of_again, match * of_match, 0.0 * longest)
    at = xp.concatenate([of_units, of_again, of_match, longest], axis=-1)
    return at, LEAST_DEVIATION_S + xp.concatenate(each, axis=-1)


def _free(xp: Any, rows: Array, past: Past) -> tuple[Array, Array]:
    """Mean and deviation of the log seconds of intervals that follow no beat."""
    mean, log_deviation = xp.split(own(rows, "free"), 2, axis=-1)
    log_unit = xp.log(unit_of(xp, past.memory[..., GRID]))
    return log_unit + 1.0 + mean, FLOOR + xp.exp(xp.minimum(log_deviation, WIDEST))


def _normal(xp: Any, score: Array) -> Array:
    """The distribution function of a normal variable, within 2e-4 (Bowling et al. 2009, Eq. 10)."""
    return sigmoid(
        xp, 1.5976 * score + 0.07056 * score * xp.square(xp.minimum(xp.maximum(score, -30.0), 30.0))
    )
