"""What a web page must know to look, sound and behave as the program does: one dict of plain values for JSON.

Every number stands once, where the program uses it; a page reads it here and types in none.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from types import ModuleType
from typing import Any

from app.core import pitch, turn_light, turn_words
from app.core.events import ASPECT
from app.core.instruments import INSTRUMENTS, OF_NOTES, load_instrument
from app.core.modes import MODES, Begins, Mode
from app.core.parameters import Choice, Number, Parameter, Settings
from app.core.voice_pool import STEAL_FADE_S
from app.pictures import brush, curves, keyboard, style
from app.pictures.palette import Palette, load_palette
from app.runtime.web_engine_facts import engine_facts
from app.sound import articulation, ensemble, graph_constants, waves
from app.web.voices import FIRST

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
KEEPING = ("KEPT", "MOST_KEPT")
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
    return {
        "aspect": ASPECT,
        "palette": _palette(load_palette()),
        "style": {
            **_constants(style, STYLE),
            "brush": _constants(brush, BRUSH),
            "curves": {name: float(value) for name, value in _constants(curves, CURVES).items()},
            "strokes": _constants(stroke_light, STROKES),
            "heads": _constants(heads, HEADS),
            "turn_light": _constants(edge_light, TURN_LIGHT),
            "roll": {**_constants(roll, ROLL), "low": keys.low, "high": keys.high},
            "note": _constants(note_light, NOTE_LIGHT),
            "keeping": _constants(fading_light, KEEPING),
        },
        "instruments": {name: _instrument(name) for name in INSTRUMENTS},
        "instrument_of_notes": OF_NOTES,
        "sound": {
            "articulation": _constants(articulation, ARTICULATION),
            "graph": _constants(graph_constants, tuple(n for n in vars(graph_constants) if n.isupper())),
            "waves": [[round(float(a), 6) for a in waves.harmonics(row)] for row in waves.WAVE_ROWS],
            "wave_rows": list(waves.WAVE_ROWS),
            "places": {source.value: place for source, place in ensemble.PLACES.items()},
            "limits": {source.value: limit for source, limit in ensemble.LIMITS.items()},
            "spare": ensemble.SPARE,
            "max_rest_s": ensemble.MAX_REST_S,
            "ring_times": ensemble.RING_TIMES,
            "knob_step": ensemble.KNOB_STEP,
            "steal_fade_s": STEAL_FADE_S,
        },
        "pitch": {
            "tonic": pitch.TONIC,
            "hysteresis": pitch.HYSTERESIS,
            "scales": {name: list(degrees) for name, degrees in pitch.SCALES.items()},
        },
        "parameters": [_parameter(parameter) for parameter in parameters],
        "modes": {name: _mode(mode) for name, mode in MODES.items()},
        "first_voices": [FIRST.start, FIRST.stop],
        "words": _constants(turn_words, TURN_WORDS),
        "turn": _constants(turn_light, TURN),
        "engine": engine_facts(),
    }


def _constants(module: ModuleType, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name.lower(): getattr(module, name) for name in names}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _palette(palette: Palette) -> dict[str, Any]:
    lists = ("player", "people", "ghost")
    values = {field.name: getattr(palette, field.name) for field in fields(palette)}
    return {
        name: [list(colour) for colour in value] if name in lists else _plain(value)
        for name, value in values.items()
    }


def _instrument(name: str) -> dict[str, Any]:
    instrument = load_instrument(name)
    return {
        "pieces": [_piece(piece) for piece in instrument.pieces],
        "ghost_pieces": [_piece(piece) for piece in instrument.ghost_pieces],
    }


def _piece(piece: Any) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(piece).items()}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _parameter(parameter: Parameter) -> dict[str, Any]:
    about = {
        "name": parameter.name,
        "label": parameter.label,
        "help": parameter.help,
        "default": parameter.default,
    }
    if isinstance(parameter, Number):
        return {
            **about,
            "kind": "number",
            "low": parameter.low,
            "high": parameter.high,
            "unit": parameter.unit,
            "logarithmic": parameter.logarithmic,
            "words": [[value, word] for value, word in parameter.words],
        }
    if isinstance(parameter, Choice):
        meanings = dict(parameter.meanings)
        return {**about, "kind": "choice", "choices": list(parameter.choices), "meanings": meanings}
    return {**about, "kind": "switch"}


def _mode(mode: Mode) -> dict[str, Any]:
    return {
        "help": mode.help,
        "you": mode.you,
        "ghost": mode.ghost,
        "parameters": list(mode.parameters),
        "takes_turns": mode.begins is Begins.AFTER_SILENCE,
        "first_repeat": mode.first_repeat,
    }
