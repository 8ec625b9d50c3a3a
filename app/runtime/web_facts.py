"""What a web page must know to look, sound and behave as the program does: one dict of plain values for JSON.

Every number stands once, where the program uses it; a page reads it here and types in none.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from app.core import pitch, turn_light, turn_words
from app.core.events import ASPECT, FIRST_FINGERS
from app.core.facts import numbers, parameter_facts, plain
from app.core.instruments import INSTRUMENTS, load_instrument
from app.core.modes import MODES, Begins, Mode
from app.core.parameters import Settings
from app.core.voice_pool import STEAL_FADE_S
from app.pictures import brush, curves, keyboard, style
from app.pictures.palette import load_palette
from app.sound import articulation, ensemble, graph_constants, waves

TURN_WORDS = ("YOU", "YOURS", "GHOST", "LISTENING", "BEGIN", "PAUSED", "GHOST_PAUSED", "MUTED")


def web_facts(settings: Settings | None = None) -> dict[str, Any]:
    """Palette, style, instruments, sound, pitch, parameters, modes and words, of JSON's types alone.

    Args:
        settings: whose parameters they are, with the choices there are on this machine; the table's own if
            None.

    Returns:
        colours as [red, green, blue], 0 to 255; times in seconds; constants under their Python names in
        lower case; parameters in the order of the table, each with its `kind`: number, choice or switch.
    """
    # Here, because they load pygame, which a program without a window may never need.
    from app.pictures.live import fading_light, glow, heads, note_light, roll, stroke_light
    from app.pictures.live import turn_light as edge_light

    settings = settings or Settings()
    parameters = [settings.parameter(name) for name in settings.snapshot()]
    keys = keyboard.KeyRange()
    facts = {
        "aspect": ASPECT,
        "palette": asdict(load_palette()),
        "style": {
            **numbers(style),
            "brush": numbers(brush),
            "curves": numbers(curves),
            "strokes": numbers(stroke_light),
            "heads": numbers(heads),
            "turn_light": numbers(edge_light),
            "roll": {**numbers(roll), "low": keys.low, "high": keys.high},
            "note": numbers(note_light),
            "keeping": numbers(fading_light),
            "glow": numbers(glow),
        },
        "instruments": {name: _instrument(name) for name in INSTRUMENTS},
        "sound": {
            "articulation": numbers(articulation),
            "graph": {name.lower(): value for name, value in vars(graph_constants).items() if name.isupper()},
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
        "words": {name.lower(): getattr(turn_words, name) for name in TURN_WORDS},
        "turn": numbers(turn_light),
    }
    return plain(facts)  # type: ignore[no-any-return]


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
