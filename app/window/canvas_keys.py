"""The canvas as a keyboard, for who has none: a finger strikes the key at its height, harder to the right."""

from __future__ import annotations

from app.core.events import Note, Release, Touch
from app.pictures.keyboard import KeyRange

SOFTEST, HARDEST = 36, 120  # velocities at the left and at the right edge


class CanvasKeys:
    """Turns the touches of fingers into notes. A finger that moves onto another key strikes it."""

    def __init__(self) -> None:
        self._under: dict[int, Note] = {}  # finger to the key that it holds

    def play(self, event: Touch | Release, keys: KeyRange) -> list[Note | Release]:
        """The notes and releases of keys that a finger's event makes where the canvas shows `keys`."""
        held = self._under.get(event.voice)
        if isinstance(event, Release):
            return self._lift(event.voice, event.time_s)
        pitch = keys.pitch_at(event.y)
        if held is not None and event.moving and held.pitch == pitch:
            return []
        lifted = self._lift(event.voice, event.time_s)
        velocity = round(SOFTEST + (HARDEST - SOFTEST) * event.x)
        note = self._under[event.voice] = Note(event.time_s, event.source, pitch, velocity)
        return [*lifted, note]

    def _lift(self, finger: int, time_s: float) -> list[Note | Release]:
        """Let go of the key of a finger, unless another finger is on it."""
        held = self._under.pop(finger, None)
        if held is None or any(other.pitch == held.pitch for other in self._under.values()):
            return []
        return [Release(time_s, held.source, held.voice)]
