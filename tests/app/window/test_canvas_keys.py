"""The canvas as a keyboard: which notes fingers play, alone and through the window's loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pygame

from app.core.events import KEYS_VOICE, Event, EventKind, Note, Release, Source, Touch
from app.pictures.keyboard import KeyRange
from app.window.canvas_keys import HARDEST, SOFTEST, CanvasKeys

P = Source.PLAYER
KEYS = KeyRange()


def played(*events: Touch | Release) -> list[Event]:
    keys = CanvasKeys()
    return [note for event in events for note in keys.play(event, KEYS)]


def touch(time_s: float, pitch: float, x: float = 0.5, finger: int = 0, moving: bool = False) -> Touch:
    return Touch(time_s, P, finger, x, KEYS.y(pitch), moving)


MIDDLE = round((SOFTEST + HARDEST) / 2)


def test_a_finger_strikes_the_key_at_its_height_and_lets_go_of_it() -> None:
    expected = [Note(1.0, P, 60, MIDDLE), Release(2.0, P, KEYS_VOICE + 60)]
    assert played(touch(1.0, 60.2), touch(1.5, 59.8, moving=True), Release(2.0, P, 0)) == expected


def test_harder_to_the_right() -> None:
    assert [played(touch(1.0, 60, x))[0] for x in (0.0, 1.0)] == [
        Note(1.0, P, 60, SOFTEST),
        Note(1.0, P, 60, HARDEST),
    ]


def test_a_finger_that_moves_onto_another_key_strikes_it() -> None:
    slide = [touch(1.0, 60), touch(1.1, 62, moving=True), Release(1.2, P, 0)]
    assert played(*slide) == [
        Note(1.0, P, 60, MIDDLE),
        Release(1.1, P, KEYS_VOICE + 60),
        Note(1.1, P, 62, MIDDLE),
        Release(1.2, P, KEYS_VOICE + 62),
    ]


def test_two_fingers_play_two_keys_and_one_key_ends_with_its_last_finger() -> None:
    chord = played(touch(1.0, 60), touch(1.0, 64, finger=1), Release(2.0, P, 0), Release(2.5, P, 1))
    assert [type(event) for event in chord] == [Note, Note, Release, Release]
    shared = played(touch(1.0, 60), touch(1.5, 60, finger=1), Release(2.0, P, 0), Release(2.5, P, 1))
    assert [event for event in shared if isinstance(event, Release)] == [Release(2.5, P, KEYS_VOICE + 60)]


def test_a_release_of_no_finger_is_nothing() -> None:
    assert played(Release(1.0, P, 0)) == []


def test_the_mouse_plays_keys_where_the_model_is_one_of_notes(make_stage: Callable[..., Any]) -> None:
    stage = make_stage(hears=EventKind.NOTES)
    canvas = stage.window._panel.layout.canvas
    at = (canvas.width // 2, canvas.top + round(KEYS.y(72) * (canvas.height - 1)))
    stage.play(
        pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=at),
        pygame.event.Event(pygame.MOUSEBUTTONUP, button=1, pos=at),
    )
    assert stage.engine.heard() == [("note", 72, MIDDLE), ("release", KEYS_VOICE + 72)]
