"""Notes of a keyboard: when, which key, for how long, how hard; each given those before it.

    p(note) = p(dt) p(pitch | dt) p(duration | dt, pitch) p(velocity | dt, pitch, duration)

All parameters come from the past alone. What a column says of the next one is additive: the logits and means
of pitch, duration and velocity have a part that depends on which kind of interval dt was (none, so many units
of the beat, another one) and on the register of the pitch.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from mdn.densities.base import (
    MAX_PRECISION,
    Array,
    Past,
    Score,
    aimed,
    log_normal,
    log_sum_exp,
    sigmoid,
    step,
    whole,
)
from mdn.densities.note_grid import TOGETHER_S, unit_of
from mdn.densities.note_memory import (
    GRID,
    KEY_COUNTS,
    KEYS,
    MATCH,
    N_PITCHES,
    N_VELOCITIES,
    VELOCITIES,
    VELOCITY_COUNTS,
)

GRID_S = 2e-3  # half the width of the noise that seconds are learned and scored with (`training.dequantise`)
MIDDLE = 64.0  # of the keyboard, and of how hard a key is struck

# Intervals in units of the beat (`mdn.note_grid`), and as shares of the interval before.
UNITS: tuple[float, ...] = (
    *(1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1, 4 / 3, 3 / 2, 2, 5 / 2, 8 / 3, 3, 7 / 2),
    *(4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32),
)  # fmt: skip
AGAIN: tuple[float, ...] = (1 / 2, 1, 2)
LONGEST_S = 5.0  # of dt: longer ones are cut to it
MEMBER_S = 6e-3  # an interval is so many units, within this

FREE = 4  # intervals that follow no beat
HELD = 6  # components of the duration that follow no note
WIDEST = 3.0  # logarithm of a deviation: more would overflow where a step of training was too long
UNHEARD = 3e-3  # added to the share of a key or a velocity in what was heard
FARTHEST, HIGHEST_CHORD = 48, 48  # semitones from the note before that have logits of their own


class Notes:
    """dt, pitch, duration, velocity, in this order.

    dt: together with the note before (exactly 0); a multiple of the unit of the beat or of the interval
    before, or the interval that came after the longest match (`note_memory`), give or take a few
    milliseconds; the longest; or log-normal. Seconds on a grid are scored with the
    noise they are given (`GRID_S`): a normal distribution convolved with a uniform one. So dt within a chord
    has the density 1 / `TOGETHER_S`, and no interval more than 1 / (2 `GRID_S`).

    pitch: a softmax over the keys. The logits are those of the key, plus those of the interval from the note
    before (of another kind within a chord, whose notes ascend), plus how high, by the kind of dt; plus how
    often the key was heard of late, and whether it came after the longest match.

    duration: a mixture of log-normals, whose weights depend on the kind of dt and the register. Three of them
    lie around what is left of the note before, around its duration, and around that after the longest match.

    velocity: a softmax over 1 to 127, with slopes by the kind of dt, register and duration; how often it was
    heard of late; and peaks at and around the velocity before and that after the longest match. It is scored
    per unit of velocity.

    A guide of a note, `(..., n_guide)`, is a log-weight for being together with the note before; a dt in
    seconds and its precision, of log seconds; a pitch, its precision, and a log-weight for keys of its pitch
    class; a duration in seconds and its precision, of log seconds; a velocity and its precision. The
    distribution of each column given those before it is multiplied, in turn, by exp(log-weight) and
    exp(-precision / 2 (x - target)^2). Zeros leave it as it is.
    """

    name: ClassVar = "notes"
    SHIFT_S = 5e-3  # of log seconds
    FLOOR = 0.01  # of the deviation of log seconds
    LEAST_DEVIATION_S = 2e-4

    # component of dt, of pitch, of duration, of velocity; and how far off dt and duration are
    noise: tuple[str, ...] = ("uniform", "normal", "uniform", "uniform", "normal", "uniform")
    n_guide = 10

    def __init__(self, columns: tuple[int, ...]) -> None:
        self.columns = columns
        at: dict[str, slice] = {}
        n_rows = 0
        kinds = 1 + len(UNITS) + len(AGAIN) + 2 + FREE
        tilts = 2 + len(UNITS)  # together, each multiple, and any other interval
        parts = HELD + 3
        self._names = (
            # logits
            ("dt", kinds),
            ("dt_matched", 1),
            ("key", N_PITCHES),
            ("interval", 2 * FARTHEST + 1),
            ("chord", HIGHEST_CHORD + 1),
            ("height", tilts),
            ("spread", tilts),
            ("key_matched", 2),
            ("key_heard", 1),
            ("held", parts),
            ("held_together", parts),
            ("held_low", parts),
            ("held_high", parts),
            ("struck", N_VELOCITIES),
            ("struck_tilt", tilts),
            ("struck_by", 3),
            ("struck_again", 3),
            ("struck_matched", 3),
            ("struck_heard", 1),
            # the others
            ("dt_deviation", 4),
            ("free", 2 * FREE),
            ("held_mean", parts),
            ("held_deviation", parts),
            ("held_tilt", tilts),
            ("held_slope", 2),
        )
        for name, n in self._names:
            at[name] = slice(n_rows, n_rows + n)
            n_rows += n
        self._at, self.n_rows = at, n_rows
        self.n_choices = at["struck_heard"].stop
        self._heights = (KEYS - np.float32(MIDDLE)) / np.float32(24.0)
        self._units = np.array(UNITS, "float32")

    def bias(self, mixtures: int) -> np.ndarray:
        rows = np.zeros((self.n_rows, mixtures))
        at = self._at
        dt = rows[at["dt"]]
        dt[0] = 2.0
        dt[[1 + UNITS.index(1), 1 + UNITS.index(2), 1 + UNITS.index(4)]] = np.array([[0.0], [2.0], [1.0]])
        rows[at["dt"]][-FREE:] = 0.5
        rows[at["interval"]] = -0.5 * (np.abs(np.arange(-FARTHEST, FARTHEST + 1))[:, None] / 12.0)
        rows[at["chord"]][0] = -3.0
        rows[at["dt_deviation"]] = np.log([[3e-4], [1e-3], [1e-2], [1e-2]])
        rows[at["key_heard"]], rows[at["struck_heard"]] = 0.3, 0.7
        rows[at["free"]][:FREE] = np.linspace(-2.0, 2.0, FREE)[:, None]
        rows[at["free"]][FREE:] = np.log(0.5)
        rows[at["held_mean"]][:HELD] = np.linspace(-1.5, 2.0, HELD)[:, None]
        rows[at["held_deviation"]][:HELD] = np.log(0.4)
        rows[at["held_deviation"]][HELD:] = np.log(0.1)
        return rows

    def log_density(
        self, xp: Any, rows: Array, event: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        return sum(self.log_densities(xp, rows, event, past).values()), score

    def log_densities(self, xp: Any, rows: Array, event: Array, past: Past) -> dict[str, Array]:
        """Log density of each column given those before it, `(..., M)`, by the name of the column."""
        past = _with_components(xp, past)
        dt, pitch, held, velocity = (event[..., None, i : i + 1] for i in self.columns)
        kind = self._kind(xp, dt, past)
        of_dt = self._log_dt(xp, rows, dt, past)
        return {
            "dt": of_dt,
            "pitch": _log_chosen(xp, self._pitch_logits(xp, rows, kind, past), KEYS, pitch),
            "duration": self._log_held(xp, rows, kind, dt, pitch, held, past),
            "velocity": _log_chosen(
                xp,
                self._velocity_logits(xp, rows, kind, pitch, held, past),
                VELOCITIES,
                xp.floor(velocity + 0.5),
            ),
        }

    def tempered(self, xp: Any, guide: Array, sigma_temperature: Array) -> Array:
        """The guide as `sample` takes it: log seconds, and last precisions times the sigma temperature."""
        together, dt, of_dt, pitch, of_pitch, of_class, held, of_held, velocity, of_velocity = xp.split(
            guide, 10, axis=-1
        )
        log_dt, log_held = (xp.log(xp.maximum(s, 0.0) + self.SHIFT_S) for s in (dt, held))
        of_dt, of_pitch, of_held, of_velocity = (
            xp.minimum(each, MAX_PRECISION) for each in (of_dt, of_pitch, of_held, of_velocity)
        )
        return xp.concatenate(
            [
                *(aimed(xp, together), log_dt, of_dt, aimed(xp, pitch), of_pitch, aimed(xp, of_class)),
                *(log_held, of_held, aimed(xp, velocity), of_velocity),
                *(sigma_temperature * of_dt, sigma_temperature * of_held),
            ],
            axis=-1,
        )

    def product(
        self, xp: Any, rows: Array, guide: Array, past: Past, score: Score | None
    ) -> tuple[Array, Score | None]:
        """Nothing: there is one component, and each column meets its own part of the guide in `sample`."""
        return 0.0 * rows[..., 0], score

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Any, guide: Array | None = None
    ) -> tuple[Array, Array | None]:
        of_dt, off_dt, of_pitch, of_held, off_held, of_velocity = xp.split(noise, 6, axis=-1)
        toward = None if guide is None else xp.split(guide, 12, axis=-1)
        dt = self._sample_dt(xp, rows, of_dt, off_dt, past, toward)
        kind = self._kind(xp, dt, past)
        logits = self._pitch_logits(xp, rows, kind, past)
        if toward is not None:
            off = xp.abs(KEYS - toward[3])
            octaves = xp.floor(off / 12.0 + 0.5)
            same = xp.maximum(1.0 - xp.abs(off - 12.0 * octaves), 0.0)
            logits = logits + same * toward[5] - 0.5 * toward[4] * xp.square(off)
        pitch = xp.sum(_one_hot(xp, logits, of_pitch) * KEYS, axis=-1, keepdims=True)
        held = self._sample_held(xp, rows, of_held, off_held, kind, dt, pitch, past, toward)
        logits = self._velocity_logits(xp, rows, kind, pitch, held, past)
        if toward is not None:
            logits = logits - 0.5 * toward[9] * xp.square(VELOCITIES - toward[8])
        velocity = xp.sum(_one_hot(xp, logits, of_velocity) * VELOCITIES, axis=-1, keepdims=True)
        return xp.concatenate([dt, pitch, held, velocity], axis=-1), score

    def moments(self, rows: np.ndarray, past: Past) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
        """For pictures: probability of each key, mean and variance of its note, and the median dt in seconds.

        From the lowest key on: `(N_PITCHES,)`, and of pitch, duration (its likeliest component) and velocity
        `(N_PITCHES, 3)` each, all of them at that dt.
        """
        dt = np.array([self._median_dt(rows, past)])
        kind = self._kind(np, dt, past)
        pi = _softmax(self._pitch_logits(np, rows, kind, past))
        mean, variance = np.zeros((N_PITCHES, 3)), np.zeros((N_PITCHES, 3))
        for row, key in enumerate(KEYS):
            pitch = np.array([key])
            logits, log_s, deviation = self._held(np, rows, kind, dt, pitch, past)
            likeliest = int(np.argmax(logits))
            held = np.exp(log_s[likeliest : likeliest + 1]) - self.SHIFT_S
            struck = _softmax(self._velocity_logits(np, rows, kind, pitch, held, past))
            velocity = float(np.sum(struck * VELOCITIES))
            mean[row] = key, held[0], velocity
            of_held = (held[0] + self.SHIFT_S) * deviation[likeliest]
            variance[row] = 0.0, of_held**2, np.sum(struck * np.square(VELOCITIES - velocity))
        return pi, mean, variance, float(dt[0])

    def _median_dt(self, rows: np.ndarray, past: Past) -> float:
        """Seconds before and after which the next note is as likely, each kind of interval at its middle."""
        at, _ = self._intervals(np, rows, past)
        mean, _ = self._free(np, rows, past)
        middle = np.concatenate([[0.0], at, np.exp(mean) - self.SHIFT_S])
        order = np.argsort(middle)
        reached = np.cumsum(_softmax(self._dt_logits(np, rows, past))[order])
        return float(middle[order][np.searchsorted(reached, 0.5 * reached[-1])])

    def _own(self, rows: Array, name: str) -> Array:
        return rows[..., self._at[name]]

    def _intervals(self, xp: Any, rows: Array, past: Past) -> tuple[Array, Array]:
        """Where the intervals that are narrow lie, and their deviations, `(..., n)`, in seconds."""
        unit, before = _unit(xp, past), past.memory[..., GRID.stop - 1 : GRID.stop]
        of_units, of_again = unit * self._units, before * np.array(AGAIN, "float32")
        of_match, longest = past.memory[..., MATCH.start : MATCH.start + 1], LONGEST_S + 0.0 * unit
        constant, by_unit, again, match = xp.split(
            xp.exp(xp.minimum(self._own(rows, "dt_deviation"), WIDEST)), 4, axis=-1
        )
        each = (constant + by_unit * of_units, again * of_again, match * of_match, 0.0 * longest)
        at = xp.concatenate([of_units, of_again, of_match, longest], axis=-1)
        return at, self.LEAST_DEVIATION_S + xp.concatenate(each, axis=-1)

    def _dt_logits(self, xp: Any, rows: Array, past: Past) -> Array:
        """Logits of the kinds of dt, `(..., n)`; of the one that came after the longest match higher."""
        logits, weight = self._own(rows, "dt"), self._own(rows, "dt_matched")
        matched = self._kind(xp, past.memory[..., MATCH.start : MATCH.start + 1], past)[..., : 1 + len(UNITS)]
        matched = _is_matched(xp, past) * weight * matched
        rest = logits[..., 1 + len(UNITS) :]
        return xp.concatenate([logits[..., : 1 + len(UNITS)] + matched, rest], axis=-1)

    def _log_dt(self, xp: Any, rows: Array, dt: Array, past: Past) -> Array:
        logits = self._dt_logits(xp, rows, past)
        log_p = logits - log_sum_exp(xp, logits)[..., None]
        within = step(xp, TOGETHER_S * 1.0001 - dt)
        together = within * -math.log(TOGETHER_S) - 60.0 * (1.0 - within)
        at, deviation = self._intervals(xp, rows, past)
        off = xp.abs(dt - at)
        mass = _normal(xp, (GRID_S - off) / deviation) - _normal(xp, (-GRID_S - off) / deviation)
        on_grid = xp.log(xp.maximum(mass, 0.0) + 1e-25) - math.log(2.0 * GRID_S)
        mean, deviation = self._free(xp, rows, past)
        log_s = xp.log(dt + self.SHIFT_S)
        free = log_normal(xp, (log_s - mean) / deviation, deviation) - log_s
        together = together + 0.0 * log_p[..., :1]
        return log_sum_exp(xp, log_p + xp.concatenate([together, on_grid, free], axis=-1))

    def _free(self, xp: Any, rows: Array, past: Past) -> tuple[Array, Array]:
        """Mean and deviation of the log seconds of intervals that follow no beat."""
        mean, log_deviation = xp.split(self._own(rows, "free"), 2, axis=-1)
        return xp.log(_unit(xp, past)) + 1.0 + mean, self.FLOOR + xp.exp(xp.minimum(log_deviation, WIDEST))

    def _sample_dt(
        self, xp: Any, rows: Array, uniform: Array, normal: Array, past: Past, toward: Any
    ) -> Array:
        logits = self._dt_logits(xp, rows, past)
        at, deviation = self._intervals(xp, rows, past)
        mean, own = self._free(xp, rows, past)
        if toward is not None:
            together, target, p, q = toward[0], toward[1], toward[2], toward[10]
            left = 1.0 / (1.0 + q * xp.square(own))
            evidence = 0.5 * (xp.log(left) - p * xp.square(target - mean) * left)
            on_grid = -0.5 * p * xp.square(xp.log(at + self.SHIFT_S) - target)
            logits = logits + xp.concatenate([together, on_grid, evidence], axis=-1)
            mean, own = mean + q * xp.square(own) * left * (target - mean), own * xp.sqrt(left)
        one = _one_hot(xp, logits, uniform)
        on_grid = at + deviation * normal
        free = xp.exp(mean + own * normal) - self.SHIFT_S
        drawn = xp.concatenate([0.0 * uniform, on_grid, free], axis=-1)
        return xp.maximum(xp.sum(one * drawn, axis=-1, keepdims=True), 0.0)

    def _kind(self, xp: Any, dt: Array, past: Past) -> Array:
        """What kind of interval `dt` `(..., 1)` is: together, so many units, or alone, `(..., 2 + n)`."""
        together = step(xp, TOGETHER_S * 1.0001 - dt)
        off = xp.abs(dt - _unit(xp, past) * self._units)
        member = (1.0 - together) * xp.maximum(1.0 - off / MEMBER_S, 0.0)
        return xp.concatenate([together, member, 1.0 - together], axis=-1)

    def _pitch_logits(self, xp: Any, rows: Array, kind: Array, past: Past) -> Array:
        last = past.event[..., self.columns[1] : self.columns[1] + 1]
        away = KEYS - last
        together = kind[..., :1]
        interval = _at(xp, self._own(rows, "interval"), away + FARTHEST)
        chord = _at(xp, self._own(rows, "chord"), away)
        height = xp.sum(kind * self._own(rows, "height"), axis=-1, keepdims=True)
        spread = xp.sum(kind * self._own(rows, "spread"), axis=-1, keepdims=True)
        related = together * chord + (1.0 - together) * interval
        tilted = height * self._heights + spread * np.square(self._heights)
        weights = self._own(rows, "key_matched")
        weight = together * weights[..., :1] + (1.0 - together) * weights[..., 1:]
        matched = past.memory[..., MATCH.start + 1 : MATCH.start + 2]
        again = weight * xp.maximum(1.0 - xp.abs(KEYS - matched), 0.0)
        heard = self._own(rows, "key_heard") * _log_share(xp, past.memory[..., KEY_COUNTS])
        return self._own(rows, "key") + related + tilted + again + heard

    def _held(
        self, xp: Any, rows: Array, kind: Array, dt: Array, pitch: Array, past: Past
    ) -> tuple[Array, Array, Array]:
        """Logits of the components of the duration, and mean and deviation of their log seconds."""
        height = (pitch - MIDDLE) / 24.0
        together = kind[..., :1]
        logits = (
            self._own(rows, "held")
            + together * self._own(rows, "held_together")
            + xp.maximum(-height, 0.0) * self._own(rows, "held_low")
            + xp.maximum(height, 0.0) * self._own(rows, "held_high")
        )
        tilt = xp.sum(kind * self._own(rows, "held_tilt"), axis=-1, keepdims=True)
        by_height, by_dt = xp.split(self._own(rows, "held_slope"), 2, axis=-1)
        log_unit = xp.log(_unit(xp, past))
        before = past.event[..., self.columns[2] : self.columns[2] + 1]
        free = log_unit + 0.7 + tilt + by_height * height + 0.3 * by_dt * (xp.log(dt + 0.03) + 1.5)
        left = xp.log(xp.maximum(before - dt, 0.02) + self.SHIFT_S)
        again = xp.log(before + self.SHIFT_S)
        matched = xp.log(past.memory[..., MATCH.start + 2 : MATCH.start + 3] + self.SHIFT_S)
        around = xp.concatenate([*[free] * HELD, left, again, matched], axis=-1)
        deviation = self.FLOOR + xp.exp(xp.minimum(self._own(rows, "held_deviation"), WIDEST))
        return logits, around + self._own(rows, "held_mean"), deviation

    def _log_held(
        self, xp: Any, rows: Array, kind: Array, dt: Array, pitch: Array, held: Array, past: Past
    ) -> Array:
        logits, mean, deviation = self._held(xp, rows, kind, dt, pitch, past)
        log_s = xp.log(held + self.SHIFT_S)
        each = logits + log_normal(xp, (log_s - mean) / deviation, deviation)
        return log_sum_exp(xp, each) - log_sum_exp(xp, logits) - log_s[..., 0]

    def _sample_held(
        self,
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
        logits, mean, deviation = self._held(xp, rows, kind, dt, pitch, past)
        if toward is not None:
            target, p, q = toward[6], toward[7], toward[11]
            left = 1.0 / (1.0 + q * xp.square(deviation))
            logits = logits + 0.5 * (xp.log(left) - p * xp.square(target - mean) * left)
            mean = mean + q * xp.square(deviation) * left * (target - mean)
            deviation = deviation * xp.sqrt(left)
        one = _one_hot(xp, logits, uniform)
        return xp.exp(xp.sum(one * (mean + deviation * normal), axis=-1, keepdims=True)) - self.SHIFT_S

    def _velocity_logits(
        self, xp: Any, rows: Array, kind: Array, pitch: Array, held: Array, past: Past
    ) -> Array:
        before = past.event[..., self.columns[3] : self.columns[3] + 1]
        by_low, by_high, by_held = xp.split(self._own(rows, "struck_by"), 3, axis=-1)
        height = (pitch - MIDDLE) / 24.0
        tilt = xp.sum(kind * self._own(rows, "struck_tilt"), axis=-1, keepdims=True)
        slope = tilt + xp.minimum(height, 0.0) * by_low + xp.maximum(height, 0.0) * by_high
        slope = slope + 0.5 * by_held * (xp.log(held + 0.03) + 1.0)
        matched = past.memory[..., MATCH.start + 3 : MATCH.start + 4]
        heard = self._own(rows, "struck_heard") * _log_share(xp, past.memory[..., VELOCITY_COUNTS])
        peaks = _peak(xp, self._own(rows, "struck_again"), before)
        peaks = peaks + _is_matched(xp, past) * _peak(xp, self._own(rows, "struck_matched"), matched)
        return self._own(rows, "struck") + slope * ((VELOCITIES - MIDDLE) / 32.0) + peaks + heard


def _with_components(xp: Any, past: Past) -> Past:
    """What came before, `(..., 1, n)`, as it combines with parameters of components."""
    return Past(past.event[..., None, :], past.step[..., None, :], memory=past.memory[..., None, :])


def _unit(xp: Any, past: Past) -> Array:
    """The unit of the beat in seconds, `(..., 1)`."""
    return unit_of(xp, past.memory[..., GRID])


def _is_matched(xp: Any, past: Past) -> Array:
    """1 where something was played before as it was now, else 0, `(..., 1)`."""
    return xp.minimum(past.memory[..., MATCH.stop - 1 : MATCH.stop], 1.0)


def _log_share(xp: Any, counts: Array) -> Array:
    """Log of the share that each has in `counts` `(..., n)`, which may all be 0."""
    return xp.log(counts / (xp.sum(counts, axis=-1, keepdims=True) + 1e-6) + UNHEARD)


def _peak(xp: Any, weights: Array, at: Array) -> Array:
    """Logits of velocities that are `at`, within 5 of it and within 20 of it."""
    exact, near, around = xp.split(weights, 3, axis=-1)
    off = xp.abs(VELOCITIES - at)
    narrow = exact * xp.maximum(1.0 - off, 0.0) + near * xp.maximum(1.0 - 0.2 * off, 0.0)
    return narrow + around * xp.maximum(1.0 - 0.05 * off, 0.0)


def _normal(xp: Any, score: Array) -> Array:
    """The distribution function of a normal variable, within 2e-4 (Bowling et al. 2009, Eq. 10)."""
    return sigmoid(
        xp, 1.5976 * score + 0.07056 * score * xp.square(xp.minimum(xp.maximum(score, -30.0), 30.0))
    )


def _softmax(logits: np.ndarray) -> np.ndarray:
    weight = np.exp(logits - logits.max())
    return np.asarray(weight / weight.sum())


def _log_chosen(xp: Any, logits: Array, values: np.ndarray, value: Array) -> Array:
    """Log probability of `value` `(..., 1)`, one of the whole numbers `values`, under a softmax."""
    one = xp.maximum(1.0 - xp.abs(values - value), 0.0)
    return xp.sum(one * logits, axis=-1) - log_sum_exp(xp, logits)


def _one_hot(xp: Any, logits: Array, uniform: Array) -> Array:
    """1 for the choice that `uniform` `(..., 1)` draws by the softmax of `logits` `(..., n)`, else 0."""
    weight = xp.exp(logits - xp.max(logits, axis=-1, keepdims=True))
    cumulative = xp.cumsum(weight, axis=-1)
    n = logits.shape[-1]
    above = step(xp, cumulative - uniform * cumulative[..., n - 1 : n])
    index = xp.minimum(n - xp.sum(above, axis=-1, keepdims=True), n - 1.0)
    return xp.maximum(1.0 - xp.abs(np.arange(n, dtype="float32") - index), 0.0)


def _at(xp: Any, table: Array, index: Array) -> Array:
    """`table` `(..., n)` at the whole numbers `index` `(..., m)`, those outside at its ends."""
    last = table.shape[-1] - 1.0
    return xp.take_along_axis(table, whole(xp, xp.minimum(xp.maximum(index, 0.0), last)), axis=-1)
