"""What a web page must know to look, sound and behave as the program does: one dict of plain values for JSON.

Every number stands once, where the program uses it; a page reads it here and types in none.
"""

from __future__ import annotations

from dataclasses import asdict
from types import ModuleType
from typing import Any

from app.core import pitch, turn_light, turn_words
from app.core.events import ASPECT, FIRST_FINGERS
from app.core.facts import parameter_facts, plain
from app.core.instruments import INSTRUMENTS, load_instrument
from app.core.modes import MODES, Begins, Mode
from app.core.parameters import Settings
from app.core.voice_pool import STEAL_FADE_S
from app.pictures import brush, curves, keyboard, style
from app.pictures.palette import load_palette
from app.runtime.web_engine_facts import engine_facts
from app.sound import articulation, ensemble, graph_constants, waves

BRUSH = ("BROAD", "THIN", "MIDDLING", "LEAST_PRESSED", "BEGIN", "SPEED_S", "FOLLOW", "LIGHT_POWER")
CURVES = ("CORNER", "NEXT", "BEFORE", "TIP_TOLERANCE")
STYLE = (
    "REFERENCE_HEIGHT_PX", "REFERENCE_AREA_PX", "SMALLEST_UNIT", "VIGNETTE_START", "LINE_SIGMA_PX", "JITTER",
    "START_LIGHT", "START_SIGMA_PX", "TAP_LIGHT", "TAP_SIGMA_PX",
)  # fmt: skip
STROKES = (
    "INK_DECAY_S", "HAZE_DECAY_S", "HAZE_SIGMA", "HAZE_STRENGTH", "START_HAZE", "END_LIGHT", "HEAD_FADE_S",
    "GHOST_HOLD_S",
)  # fmt: skip
HEADS = ("RADIUS", "CORE", "BODY", "HALO")
TURN_LIGHT = ("SETTLE_S", "NEAR", "FAR", "STRENGTH")
ROLL = ("SPAN_S", "NOW", "LONGEST_S", "DIM_S", "FAINT", "EDGE_S", "WIDEN_S", "LINE_LIGHT")
NOTE_LIGHT = (
    "HALF_HEIGHT", "SOFTEST", "LEAST_LIGHT", "MOST_LIGHT", "FLARE", "FLARE_S", "LEFT", "DYING_S", "HALO",
    "HALO_WIDTH",
)  # fmt: skip
KEEPING = ("KEPT",)
ARTICULATION = (
    "SPEED_WINDOW_S",
    "FRESH_S",
    "NOTE_LEVEL",
    "VELOCITY_POWER",
    "MAX_CUTOFF_HZ",
    "REFERENCE_NOTE",
)
TURN = ("PLAYING_LIGHT", "GHOST_LIGHT", "YOURS_LIGHT", "SWELL_S")
TURN_WORDS = ("YOU", "YOURS", "GHOST", "LISTENING", "BEGIN", "PAUSED", "GHOST_PAUSED", "MUTED")


def web_facts(settings: Settings | None = None) -> dict[str, Any]:
    """Palette, style, instruments, sound, pitch, parameters, modes and words, of JSON's types alone.

    Args:
        settings: whose parameters they are, with the choices there are on this machine; the table's own if
            None.

    Returns:
        colours as [red, green, blue], 0 to 255; times in seconds; constants under their Python names in
        lower case; parameters in the order of the table, each with its `kind`: number, choice or switch;
        "engine" is what `engine_facts` tells.
    """
    # Here, because they load pygame, which a program without a window may never need.
    from app.pictures.live import fading_light, heads, note_light, roll, stroke_light
    from app.pictures.live import turn_light as edge_light

    settings = settings or Settings()
    parameters = [settings.parameter(name) for name in settings.snapshot()]
    keys = keyboard.KeyRange()
    facts = {
        "aspect": ASPECT,
        "palette": asdict(load_palette()),
        "style": {
            **_constants(style, STYLE),
            "brush": _constants(brush, BRUSH),
            "curves": _constants(curves, CURVES),
            "strokes": _constants(stroke_light, STROKES),
            "heads": _constants(heads, HEADS),
            "turn_light": _constants(edge_light, TURN_LIGHT),
            "roll": {**_constants(roll, ROLL), "low": keys.low, "high": keys.high},
            "note": _constants(note_light, NOTE_LIGHT),
            "keeping": _constants(fading_light, KEEPING),
        },
        "instruments": {name: _instrument(name) for name in INSTRUMENTS},
        "sound": {
            "articulation": _constants(articulation, ARTICULATION),
            "graph": _constants(graph_constants, tuple(n for n in vars(graph_constants) if n.isupper())),
            "waves": [[round(float(a), 6) for a in waves.harmonics(row)] for row in waves.WAVE_ROWS],
            "wave_rows": waves.WAVE_ROWS,
            "places": {source.value: place for source, place in ensemble.PLACES.items()},
            "limits": {source.value: limit for source, limit in ensemble.LIMITS.items()},
            "max_rest_s": ensemble.MAX_REST_S,
            "ring_times": ensemble.RING_TIMES,
            "knob_step": ensemble.KNOB_STEP,
            "steal_fade_s": STEAL_FADE_S,
        },
        "pitch": {
            "tonic": pitch.TONIC,
            "hysteresis": pitch.HYSTERESIS,
            "scales": dict(pitch.SCALES),
        },
        "parameters": [parameter_facts(parameter) for parameter in parameters],
        "modes": {name: _mode(mode) for name, mode in MODES.items()},
        "first_voices": [FIRST_FINGERS.start, FIRST_FINGERS.stop],
        "words": _constants(turn_words, TURN_WORDS),
        "turn": _constants(turn_light, TURN),
        "engine": engine_facts(),
    }
    return plain(facts)  # type: ignore[no-any-return]


def _constants(module: ModuleType, names: tuple[str, ...]) -> dict[str, Any]:
    return {name.lower(): getattr(module, name) for name in names}


def _instrument(name: str) -> dict[str, Any]:
    instrument = load_instrument(name)
    pieces, ghost_pieces = instrument.pieces, instrument.ghost_pieces
    return {"pieces": [asdict(one) for one in pieces], "ghost_pieces": [asdict(one) for one in ghost_pieces]}


def _mode(mode: Mode) -> dict[str, Any]:
    return {
        "help": mode.help,
        "you": mode.you,
        "ghost": mode.ghost,
        "parameters": mode.parameters,
        "takes_turns": mode.begins is Begins.AFTER_SILENCE,
        "first_repeat": mode.first_repeat,
    }
