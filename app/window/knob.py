"""How a knob's position and its value belong together, and how a value is written. Pure."""

from __future__ import annotations

import math

from app.core.parameters import Number

WORD_SHARE = 0.1  # of a knob's travel, for each word at its left end: a finger can stop on it


def to_fraction(parameter: Number, value: float) -> float:
    """Where on the knob `value` is: 0 at its left end, 1 at its right end; a word is at its own middle."""
    words = _word_values(parameter)
    if value in words:
        return (words.index(value) + 0.5) * WORD_SHARE
    if words:
        start = len(words) * WORD_SHARE
        return start + (1.0 - start) * (value - words[-1]) / (parameter.high - words[-1])
    if parameter.logarithmic:
        return math.log(value / parameter.low) / math.log(parameter.high / parameter.low)
    return (value - parameter.low) / (parameter.high - parameter.low)


def to_value(parameter: Number, fraction: float) -> float:
    """The value at `fraction`, which is clamped to [0, 1]; always one the parameter accepts."""
    fraction = min(1.0, max(0.0, fraction))
    words = _word_values(parameter)
    start = len(words) * WORD_SHARE
    if fraction < start:
        return words[min(len(words) - 1, int(fraction / WORD_SHARE))]
    if words:
        value = words[-1] + (parameter.high - words[-1]) * (fraction - start) / (1.0 - start)
    elif parameter.logarithmic:
        value = parameter.low * (parameter.high / parameter.low) ** fraction
    else:
        value = parameter.low + (parameter.high - parameter.low) * fraction
    return parameter.check(min(parameter.high, max(parameter.low, value)))


def turned(parameter: Number, value: float, by: float) -> float:
    """The value after the knob was turned `by`, a fraction of its range. A word is one step."""
    words = _word_values(parameter)
    if value not in words:
        return to_value(parameter, to_fraction(parameter, value) + by)
    at = words.index(value) + (1 if by > 0.0 else -1)
    return words[max(0, at)] if at < len(words) else to_value(parameter, len(words) * WORD_SHARE + by)


def written(parameter: Number, value: float) -> tuple[str, str]:
    """The value as a person reads it at a distance, about two figures or a word, and its unit."""
    if word := parameter.word(value):
        return word, ""
    if value == 0.0:
        return "0", parameter.unit
    digits = 2 if value < 1 else 1 if value < 10 else 0
    return f"{value:.{digits}f}", parameter.unit


def _word_values(parameter: Number) -> list[float]:
    """The values that are words, which lie at the left end of a knob that is not logarithmic."""
    return sorted(value for value, _ in parameter.words)
