"""From the canvas to pitch: x to a MIDI note number, drawn to a scale, and on to Hz.

Sound and MIDI both ask this module, so that what is heard and what is written agree.
Pure arithmetic; no imports of the project.
"""

from __future__ import annotations

import math

TONIC = 2
"""Pitch class every scale starts on, semitones above C: D, an open string of the violin family."""

SCALES: dict[str, tuple[int, ...]] = {
    "free": (),
    "pentatonic": (0, 2, 4, 7, 9),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "chromatic": tuple(range(12)),
}
"""Degrees of each scale in semitones above the tonic; free has none, so it draws to nothing."""

HYSTERESIS = 0.2
"""Semitones a finger must be nearer to the next degree before it is taken: no flutter at a border."""


class PitchError(ValueError):
    """An unknown scale: says which there are."""


def note_at(x: float, register: tuple[float, float]) -> float:
    """The MIDI note (fractional, 69 is 440 Hz) at `x`, a fraction of a register (low, high) in notes.

    >>> note_at(0.5, (48.0, 72.0))
    60.0
    """
    low, high = register
    return low + x * (high - low)


def quantise(note: float, scale: str, held: float | None = None) -> float:
    """`note` drawn to the nearest degree of `scale`; free returns it as it is. Ties go down.

    Args:
        note: MIDI note, fractional.
        scale: a key of `SCALES`.
        held: the degree this finger sounds now; it is kept until another is nearer by `HYSTERESIS`.

    >>> quantise(60.4, "major"), quantise(60.4, "free")
    (61.0, 60.4)
    """
    try:
        degrees = SCALES[scale]
    except KeyError:
        raise PitchError(f"scale: expected one of {', '.join(SCALES)}, got {scale!r}.") from None
    if not degrees:
        return note
    octave = 12 * math.floor((note - TONIC) / 12) + TONIC
    candidates = [float(octave + 12 * shift + degree) for shift in (-1, 0, 1) for degree in degrees]
    nearest = min(candidates, key=lambda candidate: abs(candidate - note))
    if held is not None and held in candidates and abs(held - note) < abs(nearest - note) + HYSTERESIS:
        return held
    return nearest


def frequency_hz(note: float) -> float:
    """Equal temperament, A4 = MIDI note 69 = 440 Hz.

    >>> frequency_hz(57.0)
    220.0
    """
    return 440.0 * math.pow(2.0, (note - 69.0) / 12.0)
