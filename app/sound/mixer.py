"""All voices, the room they sound in and the limiter at the end: the whole static graph.

    voices -> pan --------------------------> sum -> DC filter -> volume -> levelling -> soft clip
          \\-> send -> echo -> two reverbs --/

The limiter has two stages. Levelling turns the whole mix down while its RMS is above a threshold
(at once when a chord of both hands is struck, and slow otherwise, so chords stay clean); a scaled tanh
bounds what is left to `CEILING` (fast, no overshoot: no sample can pass it).
"""

from __future__ import annotations

from app.sound.graph_constants import (
    BRIGHT_HZ,
    CEILING,
    DAMPING,
    ECHO,
    ECHO_S,
    ECHO_SHARE,
    HIGHS_HZ,
    LEVEL,
    LEVELLING_RMS,
    LEVELLING_S,
    N_DELAYS,
    REVERB,
    REVERB_S,
    ROOM,
    STRUCK,
    VOLUME_GLIDE_S,
)
from app.sound.voice import TINY, Node, Voice, coefficient, make_table, sf

SEED = 20170501
"""Of the noise, so that a rendering repeats."""


class Mixer:
    """`n_voices` voices and everything after them.

    Args:
        n_voices: made now; nothing is made later.
        sample_rate: of the running graph, in Hz.

    Attributes:
        voices: what an `Ensemble` plays.
        output: what the graph plays.
    """

    def __init__(self, n_voices: int, sample_rate: float) -> None:
        table = make_table()
        noise = sf.WhiteNoise()
        noise.set_seed(SEED)
        self.voices = [Voice(table, noise, sample_rate) for _ in range(n_voices)]
        self._volume = sf.Constant(0.0)
        dry = sf.Sum([voice.output for voice in self.voices])
        sends = sf.Sum([voice.send for voice in self.voices]) + noise * TINY  # an empty room rests there
        self._echo = sf.Constant(ECHO)
        self._reverb = sf.Constant(REVERB)
        mix = sf.DCFilter(dry + _room(sends, self._echo, self._reverb)) * LEVEL
        loud = mix * sf.Smooth(self._volume, coefficient(VOLUME_GLIDE_S, sample_rate))
        self.output = _limited(loud, sample_rate)

    def set_volume(self, gain: float) -> None:
        """Linear gain of the whole mix; reached in some 30 ms, without a click."""
        self._volume.set_value(gain)
        self._echo.set_value(ECHO)
        self._reverb.set_value(REVERB)

    def hush(self) -> None:
        """Turn the mix down and let echo and reverb run empty, so that nothing comes back."""
        self._volume.set_value(0.0)
        self._echo.set_value(0.0)
        self._reverb.set_value(0.0)


def _room(sends: Node, echo_feedback: Node, reverb_feedback: Node) -> Node:
    """Echo and reverb of the mono send, stereo."""
    highs = sf.SVFilter(sends, "high_pass", HIGHS_HZ, 0.0)
    echo = sf.CombDelay(highs, ECHO_S, echo_feedback, 1.0)
    bright = sf.SVFilter(highs * (1.0 - ECHO_SHARE) + echo * ECHO_SHARE, "low_pass", BRIGHT_HZ, 0.0)
    left, right = (
        sf.FeedbackDelayNetwork(bright, N_DELAYS, reverb_feedback, DAMPING, ROOM, 0.0, longest)
        for longest in REVERB_S
    )
    return sf.ChannelArray([left, right])


def _limited(mix: Node, sample_rate: float) -> Node:
    rms = sf.RMS(mix)
    slow, fast = (sf.Smooth(rms, coefficient(time_s, sample_rate)) for time_s in LEVELLING_S)
    struck = fast * STRUCK
    loudness = (slow + struck + sf.Abs(slow - struck)) * 0.5  # the greater one
    reduction = sf.Constant(LEVELLING_RMS) / sf.Clip(loudness, LEVELLING_RMS, 100.0)
    return sf.Tanh(mix * reduction) * CEILING
