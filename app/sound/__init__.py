"""Sound: touches become voices, on a sound card or in a file. The only place that touches signalflow.

    articulation  how touching and moving a finger becomes levels and timbre (pure)
    ensemble      events to gestures on voices (pure)
    voice, mixer  the signalflow graph
    live          the live sound
    server        the process it lives in, because signalflow can end a process
    remote        the sink of the app: writes to that process, and starts another if it must
    process       starting processes, and the pipe to that one
    ipc           what goes through the pipe
    device        is there a sound card
    offline       the same to a WAV file

Pitch, the tables of the instruments and the pool of voices are in `app.core`: MIDI uses them too.

`import app.sound` loads none of them, and signalflow itself is loaded when a graph is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.sound.remote import open_sound

__all__ = ["open_sound"]


def __getattr__(name: str) -> Any:
    if name != "open_sound":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from app.sound import remote

    return remote.open_sound
