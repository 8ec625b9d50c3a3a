"""The keys: one table that they are dispatched from and the help is written from."""

from __future__ import annotations

from dataclasses import dataclass

import pygame

from app.core.parameters import Choice, Settings


@dataclass(frozen=True)
class Command:
    """Something to do.

    Attributes:
        name: what the window's table of actions calls it.
        keys: the keys that do it, as `key_names` writes them.
        words: what it does, for the help.
        label: the keys as a person reads them.
        repeats: goes on while the key is held.
    """

    name: str
    keys: tuple[str, ...]
    words: str
    label: str
    repeats: bool = False


_CHOICES: tuple[Command, ...] = (
    Command("next:instrument", ("s",), "next sound", "S"),
    Command("next:scale", ("c",), "next scale", "C"),
    Command("next:model", ("g",), "next ghost", "G"),
    Command("next:ghosts", ("n",), "a ghost for each voice, or one for all", "N"),
    Command("next:quantise", ("k",), "next step of the MIDI clock", "K"),
)

KNOBS: tuple[Command, ...] = (
    Command("previous knob", ("left",), "choose a knob to the left", "Left"),
    Command("next knob", ("right",), "choose a knob to the right", "Right"),
    Command("turn up", ("up",), "turn it up", "Up", repeats=True),
    Command("turn down", ("down",), "turn it down", "Down", repeats=True),
    Command("turn up a little", ("shift+up",), "turn it up a little", "Shift+Up", repeats=True),
    Command("turn down a little", ("shift+down",), "turn it down a little", "Shift+Down", repeats=True),
    Command("turn back", ("backspace",), "turn it back to where it starts", "Backspace"),
)

_LIKENESS: tuple[Command, ...] = (
    Command("more like you", ("l",), "the ghost plays more like you", "L", repeats=True),
    Command("less like you", ("shift+l",), "the ghost plays less like you", "Shift+L", repeats=True),
)

_GHOST: tuple[Command, ...] = (
    Command("switch:pause", ("space",), "the ghost holds still, or goes on", "Space"),
    Command("switch:mute", ("m",), "the ghost goes on unheard, or heard", "M"),
    Command("reset", ("r",), "the ghost forgets what it heard", "R"),
    Command("panic", ("p",), "everything that sounds stops", "P"),
)

ADAPT: tuple[Command, ...] = (
    Command("adapt", ("a",), "the ghost learns from what you played; again stops it", "A"),
    Command("adapt back", ("shift+a",), "back to the ghost before, or forward", "Shift+A"),
)

_PHONES: tuple[Command, ...] = (Command("phones", ("w",), "the way in for phones, as a QR code", "W"),)

WINDOW: tuple[Command, ...] = (
    Command("help", ("h", "?", "f1"), "this page", "H  ?  F1"),
    Command("timing", ("t",), "how punctual everything is", "T"),
    Command("bar", ("b",), "hide or show the controls", "B"),
    Command("drawer", ("tab",), "open or close the controls, in a small window", "Tab"),
    Command("next page", ("page down",), "the next page, here or of drawings", "Page Down"),
    Command("previous page", ("page up",), "the page before", "Page Up"),
    Command("fullscreen", ("f", "f11"), "fill the screen, or not", "F  F11"),
    Command("leave", ("escape",), "close what is open, then leave fullscreen", "Esc"),
    Command("quit", ("ctrl+q",), "end the evening", "Ctrl+Q"),
)

CONTROL_GESTURES: tuple[tuple[str, str], ...] = (
    ("drag a knob", "turn it, up or down; tap it twice to turn it back"),
    ("wheel", "turn the knob under the mouse"),
    ("rest on a knob", "or a word, or a button: what it does"),
    ("tap a word", "open its choices, and tap one; or slide onto it"),
    ("tap a line here", "do it"),
    ("bottom right", "brings the controls back when they are hidden"),
)

GESTURES: tuple[tuple[str, str], ...] = (
    ("touch, draw", "play: every finger is a voice, and the mouse is one"),
    *CONTROL_GESTURES,
)

_PLACES: dict[int | None, str] = {
    getattr(pygame, f"KSCAN_{name}"): name.lower() for name in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
}


def commands(settings: Settings) -> tuple[Command, ...]:
    """The table; the modes there are have the number keys."""
    return mode_commands(settings) + _CHOICES + _LIKENESS + KNOBS + _GHOST + ADAPT + _PHONES + WINDOW


def mode_commands(settings: Settings) -> tuple[Command, ...]:
    """A number key for each mode there is."""
    parameter = settings.parameter("mode")
    meanings = parameter.meanings if isinstance(parameter, Choice) else ()
    return tuple(
        Command(f"mode:{mode}", (str(number),), f"{mode}: {words}", str(number))
        for number, (mode, words) in enumerate(meanings[:9], start=1)
    )


def key_names(event: pygame.event.Event) -> tuple[str, ...]:
    """The names a KEYDOWN event answers to, the most special first: "ctrl+q", "?", "left".

    What is written on the key comes first. Where that is neither a Latin letter nor a digit, the key also
    answers to what stands in its place on a US keyboard: Cyrillic and Greek have no Latin letters at all,
    AZERTY has its digits on Shift.
    """
    base = pygame.key.name(event.key)
    bases = list(dict.fromkeys(name for name in (base, _by_place(event, base)) if name))
    if event.mod & (pygame.KMOD_CTRL | pygame.KMOD_META):
        return tuple(f"ctrl+{name}" for name in bases)
    if event.mod & pygame.KMOD_ALT:
        return ()
    names = [getattr(event, "unicode", "").lower(), *bases]
    if event.mod & pygame.KMOD_SHIFT:
        names = [f"shift+{bases[0]}", *names, *(f"shift+{name}" for name in bases[1:])] if bases else names
    return tuple(dict.fromkeys(name for name in names if name))


def _by_place(event: pygame.event.Event, base: str) -> str:
    """The letter or digit of a US keyboard where this key is; "" if the key has one of its own, or none."""
    if len(base) == 1 and base.isascii() and base.isalnum():
        return ""
    return _PLACES.get(getattr(event, "scancode", None), "")


def find(table: tuple[Command, ...], event: pygame.event.Event) -> Command | None:
    """The command of a KEYDOWN event, if it is one."""
    for name in key_names(event):
        for command in table:
            if name in command.keys:
                return command
    return None
