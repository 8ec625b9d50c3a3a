"""Outputs of strokes beside the paper: the instruments, if they are wanted, and a recording."""

from __future__ import annotations

import threading
from pathlib import Path

from app.core.events import Event, Source, Touch
from app.core.parameters import Settings, Value
from app.core.sink import Sink
from app.recording.recorder import Recorder


class StrokeOutputs:
    """Takes the events of both hands.

    The sound card is opened when *hear* is turned on for the first time, so nobody waits for it who does not
    want it. A recording holds one drawing and begins with a person's first stroke on it: what the ghost draws
    alone, perhaps all night, is not kept. It is a performance: strokes taken back are in it too. A
    drawing that was cleared leaves no file.

    Args:
        settings: the live parameters.
        folder: for recordings; None: nothing is recorded.

    Attributes:
        paths: of what was recorded, and is closed.
        lacks: what of it is not there, in words.
    """

    def __init__(self, settings: Settings, folder: Path | None) -> None:
        self._settings, self._folder = settings, folder
        self._sound: Sink | None = None
        self._recorder: Recorder | None = None
        self._closing: list[tuple[threading.Thread, Recorder]] = []  # of drawings that are over
        self._last_words: list[str] = []
        self._notices: set[str] = set()
        self._sounding: set[Source] = set()
        self.paths: list[Path] = []
        self.lacks: list[str] = []
        settings.subscribe(self._set)

    def play(self, event: Event) -> None:
        """Take one event."""
        if self._settings.is_on("hear"):
            self._sound_it(event)
        if self._recorder is None and self._folder is not None and event.source is Source.PLAYER:
            self._recorder = Recorder(self._folder)
        if self._recorder is not None:
            self._recorder.play(event)

    def new_drawing(self, is_kept: bool = True) -> None:
        """What comes from here on is another drawing; nobody waits until the one before is on the disk.

        `is_kept`: whether the recording of that one stays.
        """
        if self._recorder is not None:
            end = self._recorder.close if is_kept else self._recorder.discard
            thread = threading.Thread(target=end, name="close recording", daemon=True)
            self._closing.append((thread, self._recorder))
            self._recorder = None
            thread.start()

    def panic(self) -> None:
        """Silence at once."""
        if self._sound is not None:
            self._sound.panic()

    def close(self) -> None:
        """Silence, and the recording is closed."""
        self.new_drawing()
        self._collect(and_wait=True)
        if self._sound is not None:
            self._sound.close()

    def notice(self) -> str:
        """What a person should know, each once; "" if nothing new."""
        self._collect()
        told = [*self._last_words, *(recorder.notice for _, recorder in self._closing)]
        told += [one.notice for one in (self._sound, self._recorder) if one is not None]
        for text in told:
            if text and text not in self._notices:
                self._notices.add(text)
                return text
        return ""

    def _collect(self, and_wait: bool = False) -> None:
        """Take note of recordings that are closed, in the order they were made."""
        while self._closing and (and_wait or not self._closing[0][0].is_alive()):
            thread, recorder = self._closing.pop(0)
            thread.join()
            self.paths += recorder.paths
            self.lacks += recorder.lacks()
            self._last_words += [recorder.notice] if recorder.notice else []

    def _sound_it(self, event: Event) -> None:
        if self._sound is None:
            self._set("hear", True)
        if isinstance(event, Touch) and not event.moving:
            self._sounding.add(event.source)
        if self._sound is not None and event.source in self._sounding:  # a stroke is heard from its start
            self._sound.play(event)

    def _set(self, name: str, value: Value) -> None:
        if name == "hear" and value and self._sound is None:
            from app.sound.remote import SoundSink  # here, because most evenings of drawing are silent

            instrument, scale = self._settings.word("instrument"), self._settings.word("scale")
            volume = self._settings.number("volume")
            self._sound = SoundSink(instrument=instrument, scale=scale, volume=volume)
        elif name == "hear" and not value:
            self._sounding.clear()
            self.panic()
        elif self._sound is not None:
            self._sound.set(name, value)
