"""How a knob's position and its value belong together, and how a value is written. Pure."""

from __future__ import annotations

import math

from app.core.parameters import Number


def to_fraction(parameter: Number, value: float) -> float:
    """Where on the knob `value` is: 0 at its left end, 1 at its right end."""
    if parameter.logarithmic:
        return math.log(value / parameter.low) / math.log(parameter.high / parameter.low)
    return (value - parameter.low) / (parameter.high - parameter.low)


def to_value(parameter: Number, fraction: float) -> float:
    """The value at `fraction`, which is clamped to [0, 1]; always one the parameter accepts."""
    fraction = min(1.0, max(0.0, fraction))
    if parameter.logarithmic:
        value: float = parameter.low * (parameter.high / parameter.low) ** fraction
    else:
        value = parameter.low + (parameter.high - parameter.low) * fraction
    return parameter.check(min(parameter.high, max(parameter.low, value)))


def turned(parameter: Number, value: float, by: float) -> float:
    """The value after the knob was turned `by`, a fraction of its range. Words below 0 are a step each."""
    if parameter.low < 0.0 and parameter.words and (value < 0.0 or (value == 0.0 and by < 0.0)):
        return min(parameter.high, max(parameter.low, value + math.copysign(1.0, by)))
    return to_value(parameter, to_fraction(parameter, value) + by)


def written(parameter: Number, value: float) -> tuple[str, str]:
    """The value as a person reads it at a distance, about two figures or a word, and its unit."""
    if word := parameter.word(value):
        return word, ""
    if value == 0.0:
        return "0", parameter.unit
    digits = 2 if value < 1 else 1 if value < 10 else 0
    return f"{value:.{digits}f}", parameter.unit
