"""Notes of a keyboard: when, which key, for how long, how hard; each given those before it.

    p(note) = p(dt) p(pitch | dt) p(duration | dt, pitch) p(velocity | dt, pitch, duration)

All parameters come from the past alone. What a column says of the next one is additive: the logits and means
of pitch, duration and velocity have a part that depends on which kind of interval dt was (none, so many units
of the beat, another one) and on the register of the pitch.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mdn.densities.base import MAX_PRECISION, Array, Past, Score, aimed, softmax
from mdn.densities.note_choices import log_chosen, one_hot, pitch_logits, velocity_logits
from mdn.densities.note_memory import KEYS, N_PITCHES, VELOCITIES
from mdn.densities.note_rows import N_CHOICES, N_ROWS, bias
from mdn.densities.note_seconds import (
    SHIFT_S,
    held_components,
    kind_of,
    log_dt,
    log_held,
    median_dt,
    sample_dt,
    sample_held,
)


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

    # component of dt, of pitch, of duration, of velocity; and how far off dt and duration are
    noise: tuple[str, ...] = ("uniform", "normal", "uniform", "uniform", "normal", "uniform")
    n_guide = 10
    n_rows = N_ROWS
    n_choices = N_CHOICES

    def __init__(self, columns: tuple[int, ...]) -> None:
        self.columns = columns

    def bias(self, mixtures: int) -> np.ndarray:
        return bias(mixtures)

    def log_density(
        self, xp: Any, rows: Array, event: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        return sum(self.log_densities(xp, rows, event, past).values()), score

    def log_densities(self, xp: Any, rows: Array, event: Array, past: Past) -> dict[str, Array]:
        """Log density of each column given those before it, `(..., M)`, by the name of the column."""
        past = _with_components(xp, past)
        dt, pitch, held, velocity = (event[..., None, i : i + 1] for i in self.columns)
        kind = kind_of(xp, dt, past)
        return {
            "dt": log_dt(xp, rows, dt, past),
            "pitch": log_chosen(xp, pitch_logits(xp, rows, kind, past), KEYS, pitch),
            "duration": log_held(xp, rows, kind, dt, pitch, held, past),
            "velocity": log_chosen(
                xp,
                velocity_logits(xp, rows, kind, pitch, held, past),
                VELOCITIES,
                xp.floor(velocity + 0.5),
            ),
        }

    def tempered(self, xp: Any, guide: Array, sigma_temperature: Array) -> Array:
        """The guide as `sample` takes it: log seconds, and last precisions times the sigma temperature."""
        together, dt, of_dt, pitch, of_pitch, of_class, held, of_held, velocity, of_velocity = xp.split(
            guide, 10, axis=-1
        )
        dt, held = (xp.log(xp.maximum(s, 0.0) + SHIFT_S) for s in (dt, held))
        of_dt, of_pitch, of_held, of_velocity = (
            xp.minimum(each, MAX_PRECISION) for each in (of_dt, of_pitch, of_held, of_velocity)
        )
        return xp.concatenate(
            [
                *(aimed(xp, together), dt, of_dt, aimed(xp, pitch), of_pitch, aimed(xp, of_class)),
                *(held, of_held, aimed(xp, velocity), of_velocity),
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
        dt = sample_dt(xp, rows, of_dt, off_dt, past, toward)
        kind = kind_of(xp, dt, past)
        logits = pitch_logits(xp, rows, kind, past)
        if toward is not None:
            off = xp.abs(KEYS - toward[3])
            octaves = xp.floor(off / 12.0 + 0.5)
            same = xp.maximum(1.0 - xp.abs(off - 12.0 * octaves), 0.0)
            logits = logits + same * toward[5] - 0.5 * toward[4] * xp.square(off)
        pitch = xp.sum(one_hot(xp, logits, of_pitch) * KEYS, axis=-1, keepdims=True)
        held = sample_held(xp, rows, of_held, off_held, kind, dt, pitch, past, toward)
        logits = velocity_logits(xp, rows, kind, pitch, held, past)
        if toward is not None:
            logits = logits - 0.5 * toward[9] * xp.square(VELOCITIES - toward[8])
        velocity = xp.sum(one_hot(xp, logits, of_velocity) * VELOCITIES, axis=-1, keepdims=True)
        return xp.concatenate([dt, pitch, held, velocity], axis=-1), score

    def moments(self, rows: np.ndarray, past: Past) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
        """For pictures: probability of each key, mean and variance of its note, and the median dt in seconds.

        From the lowest key on: `(N_PITCHES,)`, and of pitch, duration (its likeliest component) and velocity
        `(N_PITCHES, 3)` each, all of them at that dt.
        """
        dt = np.array([median_dt(rows, past)])
        kind = kind_of(np, dt, past)
        pi = softmax(np, pitch_logits(np, rows, kind, past))
        mean, variance = np.zeros((N_PITCHES, 3)), np.zeros((N_PITCHES, 3))
        for row, key in enumerate(KEYS):
            pitch = np.array([key])
            logits, log_s, deviation = held_components(np, rows, kind, dt, pitch, past)
            likeliest = int(np.argmax(logits))
            held = np.exp(log_s[likeliest : likeliest + 1]) - SHIFT_S
            struck = softmax(np, velocity_logits(np, rows, kind, pitch, held, past))
            velocity = float(np.sum(struck * VELOCITIES))
            mean[row] = key, held[0], velocity
            of_held = (held[0] + SHIFT_S) * deviation[likeliest]
            variance[row] = 0.0, of_held**2, np.sum(struck * np.square(VELOCITIES - velocity))
        return pi, mean, variance, float(dt[0])


def _with_components(xp: Any, past: Past) -> Past:
    """What came before, `(..., 1, n)`, as it combines with parameters of components."""
    return Past(past.event[..., None, :], past.step[..., None, :], memory=past.memory[..., None, :])
