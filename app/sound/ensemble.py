"""Events to gestures on voices: pools, strokes and controllers of both sources, without any audio.

`Ensemble` is what the live sound and the offline renderer share. It knows voices by their numbers and by
the three things that they can do, so tests drive it with a list.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Protocol

from app.core.events import Event, Note, Release, Source, Touch, Values
from app.core.instruments import Instrument, load_instrument
from app.core.voice_pool import STEAL_FADE_S, VoicePool
from app.sound.articulation import Gesture, Stroke, begin, begin_note

PLACES = {Source.PLAYER: -0.55, Source.GHOST: 0.55}
"""Where each source sits between left (-1) and right (1)."""

LIMITS = {Source.PLAYER: 16, Source.GHOST: 16}
"""Voices each source may hold: ten fingers and what a pedal holds."""

MAX_REST_S = 11.0
"""A ghost's touch without events for so long is let go."""

RING_TIMES = 8.0
"""Time constants after which a released voice counts as silent (-69 dB)."""

KNOB_STEP = 1.0 / 256.0
"""Smaller changes of a controller value are noise, half a step of a 7-bit knob."""

SPARE = 4
"""Voices a pool has beyond its limit, for a chord that was let go or stolen to ring out on."""

N_VOICES = sum(limit + SPARE for limit in LIMITS.values())

Key = tuple[str, int, int]  # kind, voice of the event, index of a controller


class Sounding(Protocol):
    """What carries gestures out: a `Voice` of signalflow, or a list in a test."""

    def apply(self, gesture: Gesture) -> None: ...

    def fade(self, time_constant_s: float) -> None: ...

    def sleep(self) -> None: ...


class Ensemble:
    """Plays events on voices.

    Args:
        voices: carry out what is decided, by their numbers: `N_VOICES` of them.
        instrument, scale: as in the parameters of these names.
    """

    def __init__(
        self, voices: Mapping[int, Sounding] | Sequence[Sounding], *, instrument: str, scale: str
    ) -> None:
        self._voices = voices
        self._instrument: Instrument = load_instrument(instrument)
        self._scale = scale
        self._pools = {
            source: VoicePool(limit, SPARE, MAX_REST_S if source is Source.GHOST else None)
            for source, limit in LIMITS.items()
        }
        self._first = {Source.PLAYER: 0, Source.GHOST: len(self._pools[Source.PLAYER])}
        self._strokes: dict[tuple[Source, Hashable], Stroke] = {}
        self._muted: set[tuple[Source, Hashable]] = set()  # fingers whose voice was stolen
        self._knobs: dict[tuple[Source, int], tuple[float, ...]] = {}
        self.now_s = 0.0  # of the newest event

    def set_instrument(self, name: str) -> None:
        """The instrument of the next touches. What sounds is let go with its own release."""
        self._instrument = load_instrument(name)
        self.release_all(self.now_s)

    def set_scale(self, name: str) -> None:
        """The scale from the next event on."""
        self._scale = name

    def play(self, event: Event) -> None:
        """Take one event; also lets go of ghost touches that rested too long."""
        now_s = self.now_s = event.time_s
        for source, pool in self._pools.items():
            for key in pool.expire(now_s):
                self._release(source, key, now_s)
            for voice in pool.fall_asleep(now_s):
                self._voices[self._first[source] + voice].sleep()
        if isinstance(event, Touch):
            self._touch(event)
        elif isinstance(event, Note):
            self._note(event)
        elif isinstance(event, Release):
            knobs = self._knobs.get((event.source, event.voice), ())
            for key in (("touch", event.voice, 0), *(("knob", event.voice, i) for i in range(len(knobs)))):
                self._release(event.source, key, now_s)
        else:
            self._values(event)

    def release_all(self, now_s: float, fade_s: float | None = None) -> None:
        """Let go of every held voice; `fade_s` is a time constant instead of each its release."""
        self._muted.clear()
        for source, pool in self._pools.items():
            for key in pool.held:
                self._release(source, key, now_s, fade_s)

    def _touch(self, touch: Touch) -> None:
        key: Key = ("touch", touch.voice, 0)
        if not touch.moving:
            self._release(touch.source, key, touch.time_s)
        elif (touch.source, key) in self._muted:
            return  # or eleven moving fingers would steal from each other for ever
        self._sound(touch.source, key, touch.time_s, touch.x, touch.y, touch.pressure)

    def _note(self, note: Note) -> None:
        key: Key = ("touch", note.voice, 0)
        self._release(note.source, key, note.time_s)
        piece = self._instrument.piece_of(note.pitch, ghost=note.source is Source.GHOST)
        begun = begin_note(piece, note.time_s, note.pitch, note.velocity, PLACES[note.source])
        self._start(note.source, key, note.time_s, *begun)

    def _sound(self, source: Source, key: Key, now_s: float, x: float, y: float, pressure: float) -> None:
        """Move the voice `key` holds, or strike a new one."""
        pool, first = self._pools[source], self._first[source]
        voice = pool.voice_of(key, now_s)
        if voice is not None:
            gesture = self._strokes[source, key].move(now_s, x, y, pressure, self._scale)
            self._voices[first + voice].apply(gesture)
            return
        piece = self._instrument.piece_at(x, y, ghost=source is Source.GHOST)
        begun = begin(piece, now_s, x, y, pressure, self._scale, PLACES[source])
        self._start(source, key, now_s, *begun)

    def _start(self, source: Source, key: Key, now_s: float, stroke: Stroke, gesture: Gesture) -> None:
        """Strike a voice for `key`, which holds none; the oldest one where there is none left."""
        pool, first = self._pools[source], self._first[source]
        oldest = next(iter(pool.held), None)
        grant = pool.hold(key, now_s)
        if grant.stolen is not None:
            self._voices[first + grant.stolen].fade(STEAL_FADE_S / RING_TIMES)
            self._muted.add((source, oldest))
            del self._strokes[source, oldest]
        self._strokes[source, key] = stroke
        self._voices[first + grant.voice].apply(gesture)

    def _release(self, source: Source, key: Hashable, now_s: float, fade_s: float | None = None) -> None:
        self._muted.discard((source, key))
        stroke = self._strokes.pop((source, key), None)
        if stroke is None:
            return
        time_constant_s = stroke.release_s() if fade_s is None else fade_s
        voice = self._pools[source].release(key, now_s, RING_TIMES * time_constant_s)
        if voice is not None:
            self._voices[self._first[source] + voice].fade(time_constant_s)

    def _values(self, event: Values) -> None:
        """Each knob that turned is a finger: its value is x, its place in the row is y.

        The first report of a controller only says where its knobs stand.
        """
        known = self._knobs.get((event.source, event.voice))
        self._knobs[event.source, event.voice] = event.values
        if known is None or len(known) != len(event.values):
            return
        n_knobs = len(event.values)
        for index, (before, value) in enumerate(zip(known, event.values, strict=True)):
            if abs(value - before) >= KNOB_STEP:
                y = (index + 0.5) / n_knobs
                self._sound(event.source, ("knob", event.voice, index), event.time_s, value, y, 1.0)
