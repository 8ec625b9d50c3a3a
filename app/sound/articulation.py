"""The playing technique of a voice: touches and notes to levels and timbre, without any audio.

A new touch strikes, and so does a key, whose velocity is loudness and brightness. Motion bows: its speed
is energy, which the voice loses again when the finger rests, so that nothing can sound for ever. Motion
over a distance, or onto another degree of the scale, strikes again (rolls, glissandi). The results are
plain numbers by name, so a test can read them and `voice.py` only has to pass them on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.core.instruments import Pair, Piece
from app.core.pitch import frequency_hz, note_at, quantise
from app.sound.waves import table_position

SPEED_WINDOW_S = 0.03
"""Time constant of the speed a bow feels; shorter follows a finger's jitter."""

FRESH_S = 0.03
"""For so long after a strike pitch jumps instead of gliding: a reused voice must not swoop in."""

NOTE_LEVEL = 0.85
"""Of the hardest key, beside a touch with full pressure: they come in chords."""

VELOCITY_POWER = 1.2
"""Level over velocity: half the velocity is 8 dB less, a velocity of 20 some 20 dB."""

MAX_CUTOFF_HZ = 15000.0
REFERENCE_NOTE = 60.0


@dataclass(frozen=True)
class Gesture:
    """What a voice is asked to do now.

    Attributes:
        settings: names of `voice.CONTROLS` to values; only what this gesture decides.
        energise: start the level envelope again, at `settings["level"]`.
        strike: start the snap envelope again as well.
    """

    settings: dict[str, float]
    energise: bool = False
    strike: bool = False


@dataclass
class Stroke:
    """One finger or key on one piece, from touch to release. Made by `begin` or `begin_note`."""

    piece: Piece
    pan: float  # -1 left, 1 right: the middle of this source's place
    x: float
    y: float
    time_s: float
    note: float
    level: float = 0.0  # level when the envelope last started, at `level_s`
    level_s: float = 0.0
    speed: float = 0.0  # canvas fractions a second
    travel: float = 0.0  # canvas fractions since the last strike
    struck_s: float = 0.0
    held_s: float | None = None  # time constant of a key that is held; None: of a touch

    def move(self, time_s: float, x: float, y: float, pressure: float, scale: str) -> Gesture:
        """The finger is at (x, y), fractions of the canvas, at `time_s`."""
        piece = self.piece
        dt_s = max(time_s - self.time_s, 1e-3)
        distance = math.hypot(x - self.x, y - self.y)
        blend = 1.0 - math.exp(-dt_s / SPEED_WINDOW_S)
        self.speed += blend * (distance / dt_s - self.speed)
        self.travel += distance
        self.x, self.y, self.time_s = x, y, time_s

        held = self.note if piece.quantised and scale != "free" else None
        note = _note(piece, x, y, scale, held)
        stepped = held is not None and note != held
        self.note = note
        effort = 1.0 - math.exp(-self.speed / piece.bow_speed)
        rolled = piece.roll_step > 0.0 and self.travel >= piece.roll_step
        if (rolled or (stepped and piece.step_strikes)) and time_s - self.struck_s >= piece.roll_gap_s:
            return self._strike(_loudness(pressure) * (0.45 + 0.55 * effort))
        settings = self._place()
        settings["glide_s"] = 0.0 if time_s - self.struck_s < FRESH_S else piece.glide_s
        energy = piece.bow * piece.gain * effort * _loudness(pressure)
        ringing = self._ringing(time_s)
        if energy <= ringing:
            return Gesture(settings)
        self.level, self.level_s = energy, time_s
        settings["level"] = energy
        return Gesture(settings, energise=True)

    def release_s(self) -> float:
        """Time constant in which the voice dies away once the finger has left."""
        return min(self.piece.release_s, self._decay_s())

    def _strike(self, loudness: float) -> Gesture:
        piece = self.piece
        _, height = piece.local(self.x, self.y)
        force = _between(piece.strike, height) * piece.gain * loudness
        self.level = max(force, self._ringing(self.time_s))
        self.level_s = self.struck_s = self.time_s
        self.travel = 0.0
        settings = {**_fixed(piece), **self._place(), "level": self.level, "glide_s": 0.0}
        return Gesture(settings, energise=True, strike=True)

    def _ringing(self, time_s: float) -> float:
        """What is left of the level at `time_s`: the voice's own decay, in closed form."""
        return self.level * math.exp(-max(time_s - self.level_s, 0.0) / self._decay_s())

    def _decay_s(self) -> float:
        _, height = self.piece.local(self.x, self.y)
        octaves = (self.note - REFERENCE_NOTE) / 12.0
        decay_s = _between(self.piece.decay_s, height) if self.held_s is None else self.held_s
        return float(decay_s * 2.0 ** (-self.piece.key_decay * octaves))

    def _place(self) -> dict[str, float]:
        """The settings that follow the finger."""
        piece = self.piece
        _, height = piece.local(self.x, self.y)
        frequency = frequency_hz(self.note)
        octaves = (self.note - REFERENCE_NOTE) / 12.0
        cutoff = _ratio_between(piece.cutoff_hz, height) * 2.0 ** (piece.track * octaves)
        opened = cutoff * 2.0**piece.cutoff_octaves
        vibrato_hz = frequency * (2.0 ** (_between(piece.vibrato_cents, height) / 1200.0) - 1.0)
        return {
            "frequency_hz": frequency,
            "table": table_position(piece.wave, frequency),
            "decay_s": self._decay_s(),
            "sweep_hz": piece.sweep * frequency,
            "vibrato_rate_hz": _between(piece.vibrato_hz, height),
            "vibrato_hz": vibrato_hz,
            "mod_hit": _between(piece.mod_hit, height),
            "mod_level": _between(piece.mod_level, height),
            "cutoff_hz": min(cutoff, MAX_CUTOFF_HZ),
            "cutoff_rise_hz": min(opened, MAX_CUTOFF_HZ) - min(cutoff, MAX_CUTOFF_HZ),
            "noise_hz": min(_ratio_between(piece.noise_hz, height), MAX_CUTOFF_HZ),
            "noise_hit": _between(piece.noise_hit, height) * piece.gain,
            "noise_level": _between(piece.noise_level, height),
            "pan": self.pan + 0.25 * (self.x - 0.5),
        }


def begin(
    piece: Piece, time_s: float, x: float, y: float, pressure: float, scale: str, pan: float
) -> tuple[Stroke, Gesture]:
    """A finger comes down on `piece`: its stroke, and the strike that starts it."""
    stroke = Stroke(piece, pan, x, y, time_s, _note(piece, x, y, scale, None))
    return stroke, stroke._strike(_loudness(pressure))


def begin_note(piece: Piece, time_s: float, pitch: int, velocity: int, pan: float) -> tuple[Stroke, Gesture]:
    """A key goes down: its stroke, and the strike that starts it. `pitch` 0 to 127, `velocity` 1 to 127.

    It sounds at its pitch, whatever the scale and the register of the piece. How hard it is struck is what
    height is to a touch.
    """
    hard = velocity / 127.0
    x0, y0, x1, y1 = piece.region
    low, high = piece.register
    x = x0 + (x1 - x0) * min(max((pitch - low) / (high - low), 0.0), 1.0)
    stroke = Stroke(piece, pan, x, y1 - (y1 - y0) * hard, time_s, float(pitch), held_s=piece.held_s)
    return stroke, stroke._strike(NOTE_LEVEL * hard**VELOCITY_POWER)


def _note(piece: Piece, x: float, y: float, scale: str, held: float | None) -> float:
    note = note_at(piece.local(x, y)[0], piece.register)
    return quantise(note, scale, held) if piece.quantised else note


def _fixed(piece: Piece) -> dict[str, float]:
    """The settings a touch brings and motion leaves alone."""
    return {
        "attack_s": piece.attack_s,
        "snap_s": piece.snap_s,
        "tone": piece.tone,
        "partner": piece.partner,
        "partner_ratio": piece.partner_ratio,
        "mod_ratio": piece.mod_ratio,
        "resonance": piece.resonance,
        "noise_resonance": piece.noise_resonance,
        "send": piece.send,
    }


def _loudness(pressure: float) -> float:
    return 0.4 + 0.6 * pressure


def _between(pair: Pair, height: float) -> float:
    return pair[0] + (pair[1] - pair[0]) * height


def _ratio_between(pair: Pair, height: float) -> float:
    return float(pair[0] * (pair[1] / pair[0]) ** height)
