"""One voice in signalflow: every instrument is this graph with other numbers.

No node is made while the sound runs; a gesture only sets constants. That is as cheap as it gets (a
microsecond each), it cannot race with the audio thread, and a voice that still rings keeps its sound
when the next touch chooses another instrument. A silent voice sleeps: its last node listens to a zero
instead, so the rest of it is not computed. All nodes live as long as the voice, so the audio thread
can never meet one that is gone (3 million changes under a running graph did no harm).

    level:  a counter that changes lifts a one-pole to 1, which decays by itself; times the level,
            through a one-pole attack. No envelope ever jumps, so nothing clicks, and a voice
            that is not played any more falls silent even if no release comes.
    snap:   the same again, faster, for hammers, sticks and chirps.
    tone:   two wavetable oscillators, the first phase-modulated, into a low-pass that the level opens.
    noise:  one shared source through a band-pass.

signalflow facts this file leans on (0.6.0): `Smooth` starts at its first input; `Accumulator` starts at
whatever lies in memory; `Wavetable2D` reads outside its rows (and crashes) for a crossfade beyond 1 and
for a frequency that is not a number; constants take effect at the next block.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import signalflow
from numpy.typing import NDArray

from app.sound.articulation import Gesture
from app.sound.graph_constants import CUTOFF_GLIDE_S, DEPTH_GLIDE_S, SNAP_ATTACK_S
from app.sound.waves import WAVE_ROWS, harmonics

sf: Any = signalflow
"""Untyped on purpose: its stubs leave out that a number is accepted wherever a node is."""

Node = Any
TABLE_FRAMES = 2048
TICK_S = 0.0005
"""Length of the pulse a changed counter makes; two strikes of one voice nearer than this are one."""

LAST_WAVE = (len(WAVE_ROWS) - 1) / len(WAVE_ROWS)
"""Where the last wave lies in the table, [0, 1], which has one row more."""

TINY = 1e-20
"""What dying sounds fall to instead of 0: numbers below 1e-38 cost some processors a hundredfold."""

RESTING: dict[str, float] = {
    "level": 0.0, "attack_s": 0.01, "decay_s": 0.2, "snap_s": 0.05,
    "frequency_hz": 220.0, "glide_s": 0.0, "sweep_hz": 0.0, "vibrato_rate_hz": 5.0, "vibrato_hz": 0.0,
    "table": 0.0, "tone": 0.0, "partner": 0.0, "partner_ratio": 1.0,
    "mod_ratio": 1.0, "mod_hit": 0.0, "mod_level": 0.0,
    "cutoff_hz": 1000.0, "cutoff_rise_hz": 0.0, "resonance": 0.1,
    "noise_hz": 3000.0, "noise_resonance": 0.3, "noise_hit": 0.0, "noise_level": 0.0,
    "pan": 0.0, "send": 0.0,
}  # fmt: skip
"""Every setting of a voice and its value before the first touch."""

TIMES = ("attack_s", "decay_s", "snap_s", "glide_s")
"""Settings given in seconds and held in the graph as one-pole coefficients."""


def coefficient(time_constant_s: float, sample_rate: float) -> float:
    """The one-pole coefficient that falls to 1/e in `time_constant_s`; 0 for no time at all."""
    if time_constant_s <= 0.0:
        return 0.0
    return math.exp(-1.0 / (time_constant_s * sample_rate))


@cache
def _waveforms() -> tuple[NDArray[np.float32], ...]:
    """One period per row of `WAVE_ROWS`, float32 (1, TABLE_FRAMES), each with the same power."""
    phase = 2.0 * np.pi * np.arange(TABLE_FRAMES) / TABLE_FRAMES
    rows = []
    for name in WAVE_ROWS:
        weights = harmonics(name)
        row = weights @ np.sin(np.outer(np.arange(1.0, len(weights) + 1.0), phase))
        rows.append(row.astype(np.float32)[np.newaxis, :])
    # The oscillator reads one sample past a row when its phase rounds up to 1: past the last row that is
    # memory of somebody else's. No voice plays this row, it only takes that one sample.
    rows.append(np.zeros_like(rows[0]))
    return tuple(rows)


def make_table() -> Any:
    """The wavetable all voices of a graph share."""
    return sf.Buffer2D([sf.Buffer(row) for row in _waveforms()])


class Voice:
    """The nodes of one voice; `output` is stereo, `send` mono.

    Args:
        table: from `make_table`.
        noise: the noise source of the graph.
        sample_rate: of the graph.
    """

    def __init__(self, table: Any, noise: Node, sample_rate: float) -> None:
        self._sample_rate = sample_rate
        self._values = {name: self._held(name, value) for name, value in RESTING.items()}
        self._constants = {name: sf.Constant(value) for name, value in self._values.items()}
        self._starts = sf.Constant(0.0)
        self._strikes = sf.Constant(0.0)
        self._n_starts = self._n_strikes = 0
        c = self._constants

        level = sf.Smooth(_decaying(self._starts, c["decay_s"]) * c["level"], c["attack_s"])
        hit = _decaying(self._strikes, c["snap_s"])
        snap = self._smooth(hit, SNAP_ATTACK_S)

        vibrato = sf.SineOscillator(c["vibrato_rate_hz"]) * c["vibrato_hz"]
        pitch = sf.Smooth(c["frequency_hz"], c["glide_s"]) + vibrato + snap * c["sweep_hz"]
        depth = self._smooth(snap * c["mod_hit"] + level * c["mod_level"], DEPTH_GLIDE_S)
        modulator = sf.SineOscillator(pitch * c["mod_ratio"]) * depth
        first = sf.Wavetable2D(table, pitch, c["table"], modulator)
        second = sf.Wavetable2D(table, pitch * c["partner_ratio"], c["table"])
        tone = first * c["tone"] + second * c["partner"]
        cutoff = self._smooth(c["cutoff_hz"] + level * c["cutoff_rise_hz"], CUTOFF_GLIDE_S)
        filtered = sf.SVFilter(tone, "low_pass", cutoff, c["resonance"]) * level

        band = sf.SVFilter(noise, "band_pass", c["noise_hz"], c["noise_resonance"])
        breath = band * (snap * c["noise_hit"] + level * c["noise_level"])
        self._sound = filtered + breath
        self._nothing = sf.Constant(0.0)
        self._gate = sf.Multiply(self._nothing, 1.0)
        self._asleep = True
        self.output = sf.StereoPanner(self._gate, c["pan"])
        self.send = self._gate * c["send"]

    def apply(self, gesture: Gesture) -> None:
        """Do what the gesture asks, from the next block on."""
        self.set(gesture.settings)
        if self._asleep:
            self._asleep = False
            self._gate.set_input("input0", self._sound)
        if gesture.energise:
            self._n_starts = (self._n_starts + 1) % 4096
            self._starts.set_value(float(self._n_starts))
        if gesture.strike:
            self._n_strikes = (self._n_strikes + 1) % 4096
            self._strikes.set_value(float(self._n_strikes))

    def set(self, settings: Mapping[str, float]) -> None:
        """Set constants, those that differ from what they are."""
        values = self._values
        for name, value in settings.items():
            held = self._held(name, value)
            if values[name] != held:
                values[name] = held
                self._constants[name].set_value(held)

    def fade(self, time_constant_s: float) -> None:
        """Let the level and the snap fall away in this time, or in their own where that is shorter."""
        held = coefficient(time_constant_s, self._sample_rate)
        for name in ("decay_s", "snap_s"):
            if held < self._values[name]:
                self._values[name] = held
                self._constants[name].set_value(held)

    def sleep(self) -> None:
        """Stop being computed, until the next gesture."""
        if not self._asleep:
            self._asleep = True
            self._gate.set_input("input0", self._nothing)

    def _smooth(self, node: Node, time_constant_s: float) -> Node:
        return sf.Smooth(node, coefficient(time_constant_s, self._sample_rate))

    def _held(self, name: str, value: float) -> float:
        if name in TIMES:
            return coefficient(value, self._sample_rate)
        if name == "table":
            return min(max(value, 0.0), 1.0) * LAST_WAVE
        return value


def _decaying(counter: Node, decay: Node) -> Node:
    """1 whenever `counter` changes, then multiplied by `decay` each sample. Starts at `TINY`.

    The change is found in the graph, so it cannot be lost between two threads. A one-pole whose
    coefficient is 0 while the counter differs from its past takes the 1 at once, and whatever it held
    before is gone. (signalflow's own node for this, `Accumulator`, starts at what lies in memory, which
    was an offset at best and a crash at worst: its NaN became the index into a wavetable.)
    """
    past = sf.OneTapDelay(counter, TICK_S, 4 * TICK_S)
    return sf.Smooth(sf.NotEqual(counter, past) + TINY, sf.Equal(counter, past) * decay)
