"""Sound: touches become voices, on a sound card or in a file. The only place that touches signalflow.

    pitch         x to a MIDI note, per scale (pure; MIDI uses it too)
    instruments   the tables of assets/instruments
    articulation  how touching and moving a finger becomes levels and timbre (pure)
    allocator     which finger holds which voice (pure)
    ensemble      events to gestures on voices (pure)
    voice, mixer  the signalflow graph
    sink          the live sound
    device        opening the sound card, or playing on without one
    offline       the same to a WAV file

`import app.sound` loads none of them: a name below loads its module when it is first used, and
signalflow itself is loaded when a graph is made.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.sound.device import Description, Opening, describe, open_sound
    from app.sound.instruments import INSTRUMENTS
    from app.sound.offline import RenderError, render_wav
    from app.sound.sink import SILENT_NOTICE, Silence, Sound

__all__ = [
    "INSTRUMENTS",
    "SILENT_NOTICE",
    "Description",
    "Opening",
    "RenderError",
    "Silence",
    "Sound",
    "describe",
    "open_sound",
    "render_wav",
]

_MODULES = {
    "INSTRUMENTS": "instruments",
    "SILENT_NOTICE": "sink",
    "Description": "device",
    "Opening": "device",
    "RenderError": "offline",
    "Silence": "sink",
    "Sound": "sink",
    "describe": "device",
    "open_sound": "device",
    "render_wav": "offline",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
