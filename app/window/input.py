"""Fingers and the mouse become touches: pygame's events in, events and gestures of the app out.

Pure: it reads no clock and no device, so a test drives it with literal lists. What it knows of touch
screens: SDL sends a mouse event for every touch, sometimes without saying so; finger positions are
fractions of the window, and old drivers exceed them; some panels lift and lower the finger instead
of moving it; a window that loses the focus never hears of the lift.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import Enum, auto

import pygame

from app.core.events import Release, Source, Touch

STITCH_S = 0.040  # no person lifts and lowers a finger faster than this
STITCH_NEAR = 0.06  # and a lifted finger comes back within this fraction of the canvas height
MOUSE_SHADOW_S = 0.5  # a mouse press this soon after a finger
MOUSE_SHADOW_NEAR = 0.08  # and this near to one, fraction of the window's diagonal, is that finger again
LEAST_MOVE_PX = 1.0

LET_GO = (pygame.WINDOWFOCUSLOST, pygame.WINDOWMINIMIZED, pygame.WINDOWHIDDEN)


class Phase(Enum):
    """What a contact on the controls does."""

    PRESS = auto()
    DRAG = auto()
    LIFT = auto()
    CANCEL = auto()


@dataclass(frozen=True)
class Gesture:
    """A contact that began on the controls, at (x, y) pixels of the window."""

    phase: Phase
    contact: Hashable
    x: float
    y: float
    time_s: float


Found = Touch | Release | Gesture
"""What an event of pygame means."""


@dataclass
class _Contact:
    music: bool
    x: float  # window pixels, as last sent
    y: float
    began_s: float
    voice: int = 0
    moved: bool = False
    lifted_s: float | None = None  # waits to be stitched since then


class Input:
    """Keeps one contact per finger and one for the mouse.

    Args:
        is_control: whether window pixel (x, y) belongs to the controls.

    Attributes:
        out_of_range: finger positions outside the window, which were clamped.
        shadows: mouse presses ignored because a finger made them.
    """

    def __init__(self, is_control: Callable[[float, float], bool]) -> None:
        self._is_control = is_control
        self._window = (1, 1)
        self._canvas = pygame.Rect(0, 0, 1, 1)
        self._contacts: dict[Hashable, _Contact] = {}
        self._last_lift: dict[Hashable, tuple[float, float, float, bool]] = {}  # device: time, x, y, moved
        self._stutters: set[Hashable] = set()  # devices that lift instead of moving
        self._finger: tuple[float, float, float] | None = None  # last finger: time, x, y
        self.out_of_range = 0
        self.shadows = 0

    def resize(self, window: tuple[int, int], canvas: pygame.Rect) -> None:
        """The window and the canvas within it, in pixels, from now on."""
        self._window = window
        self._canvas = pygame.Rect(canvas)

    def handle(self, event: pygame.event.Event, now_s: float) -> list[Found]:
        """What `event`, taken from the queue at `now_s`, means. Lifts that waited long enough come first."""
        out = self.tick(now_s)
        if event.type in (pygame.FINGERDOWN, pygame.FINGERMOTION, pygame.FINGERUP):
            key = ("finger", event.touch_id, event.finger_id)
            x, y = self._finger_pixel(event)
            self._finger = (now_s, x, y)
            pressure = float(getattr(event, "pressure", 1.0))
            pressure = pressure if 0.0 < pressure <= 1.0 else 1.0
            if event.type == pygame.FINGERDOWN:
                out += self._down(key, x, y, pressure, now_s)
            elif event.type == pygame.FINGERMOTION:
                out += self._move(key, x, y, pressure, now_s)
            else:
                out += self._up(key, x, y, now_s)
        elif event.type in LET_GO:
            out += self.let_go(now_s)
        elif not getattr(event, "touch", False):
            out += self._mouse(event, now_s)
        return out

    def tick(self, now_s: float) -> list[Found]:
        """The releases whose finger did not come back in time. Call often."""
        out: list[Found] = []
        for key, contact in list(self._contacts.items()):
            if contact.lifted_s is not None and now_s - contact.lifted_s >= STITCH_S:
                del self._contacts[key]
                out.append(Release(contact.lifted_s, Source.PLAYER, contact.voice))
        return out

    def let_go(self, now_s: float) -> list[Found]:
        """Release every contact; what they still send is ignored until they come down again."""
        out: list[Found] = []
        for key, contact in self._contacts.items():
            if contact.music:
                out.append(Release(contact.lifted_s or now_s, Source.PLAYER, contact.voice))
            else:
                out.append(Gesture(Phase.CANCEL, key, contact.x, contact.y, now_s))
        self._contacts.clear()
        return out

    def _mouse(self, event: pygame.event.Event, now_s: float) -> list[Found]:
        if event.type == pygame.MOUSEMOTION:
            x, y = event.pos
            return self._move("mouse", x, y, 1.0, now_s)
        if event.type not in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP) or event.button != 1:
            return []
        x, y = event.pos
        if event.type == pygame.MOUSEBUTTONUP:
            return self._up("mouse", x, y, now_s)
        if self._is_shadow(x, y, now_s):
            self.shadows += 1
            return []
        return self._down("mouse", x, y, 1.0, now_s)

    def _is_shadow(self, x: float, y: float, now_s: float) -> bool:
        if self._finger is None or now_s - self._finger[0] > MOUSE_SHADOW_S:
            return False
        near = MOUSE_SHADOW_NEAR * math.hypot(*self._window)
        return math.hypot(x - self._finger[1], y - self._finger[2]) <= near

    def _down(self, key: Hashable, x: float, y: float, pressure: float, now_s: float) -> list[Found]:
        resumed = self._resume(key, x, y, pressure, now_s)
        if resumed is not None:
            return resumed
        if key in self._contacts:  # a lift got lost, or it came down far from where it was lifted
            return self._end(key, now_s) + self._down(key, x, y, pressure, now_s)
        if self._adopt_mouse(key, x, y, now_s):
            return self._move(key, x, y, pressure, now_s)
        if self._is_control(x, y):
            self._contacts[key] = _Contact(False, x, y, now_s)
            return [Gesture(Phase.PRESS, key, x, y, now_s)]
        taken = {contact.voice for contact in self._contacts.values() if contact.music}
        voice = next(number for number in range(len(taken) + 1) if number not in taken)
        self._contacts[key] = _Contact(True, x, y, now_s, voice)
        return [self._touch(voice, x, y, False, pressure, now_s)]

    def _adopt_mouse(self, key: Hashable, x: float, y: float, now_s: float) -> bool:
        """A mouse press that came just before its finger was that finger: one contact, not two."""
        mouse = self._contacts.get("mouse")
        near = MOUSE_SHADOW_NEAR * math.hypot(*self._window)
        if (
            key == "mouse"
            or mouse is None
            or now_s - mouse.began_s > MOUSE_SHADOW_S
            or math.hypot(x - mouse.x, y - mouse.y) > near
        ):
            return False
        self._contacts[key] = self._contacts.pop("mouse")
        self.shadows += 1
        return True

    def _resume(self, key: Hashable, x: float, y: float, pressure: float, now_s: float) -> list[Found] | None:
        """Go on with a contact whose lift was none: how some panels say that a finger moved."""
        near = STITCH_NEAR * self._canvas.height
        device = _device(key)
        for old, contact in list(self._contacts.items()):
            waits = contact.lifted_s is not None and _device(old) == device
            if waits and math.hypot(x - contact.x, y - contact.y) <= near:
                del self._contacts[old]
                self._contacts[key] = contact
                contact.lifted_s = None
                return self._move(key, x, y, pressure, now_s)
        time_s, last_x, last_y, moved = self._last_lift.get(device, (-math.inf, 0.0, 0.0, True))
        if not moved and now_s - time_s < STITCH_S and math.hypot(x - last_x, y - last_y) <= near:
            self._stutters.add(device)  # proof: from now on its lifts wait
        return None

    def _move(self, key: Hashable, x: float, y: float, pressure: float, now_s: float) -> list[Found]:
        contact = self._contacts.get(key)
        if contact is None or math.hypot(x - contact.x, y - contact.y) < LEAST_MOVE_PX:
            return []
        contact.x, contact.y, contact.moved = x, y, True
        if contact.music:
            return [self._touch(contact.voice, x, y, True, pressure, now_s)]
        return [Gesture(Phase.DRAG, key, x, y, now_s)]

    def _up(self, key: Hashable, x: float, y: float, now_s: float) -> list[Found]:
        contact = self._contacts.get(key)
        if contact is None:
            return []
        out = self._move(key, x, y, 1.0, now_s)
        if contact.music and _device(key) in self._stutters:
            contact.lifted_s = now_s
            return out
        return out + self._end(key, now_s)

    def _end(self, key: Hashable, now_s: float) -> list[Found]:
        """A contact ends where it is."""
        contact = self._contacts.pop(key)
        if not contact.music:
            return [Gesture(Phase.LIFT, key, contact.x, contact.y, now_s)]
        lifted_s = now_s if contact.lifted_s is None else contact.lifted_s
        self._last_lift[_device(key)] = (lifted_s, contact.x, contact.y, contact.moved)
        return [Release(lifted_s, Source.PLAYER, contact.voice)]

    def _touch(self, voice: int, x: float, y: float, moving: bool, pressure: float, now_s: float) -> Touch:
        canvas = self._canvas
        across = min(1.0, max(0.0, (x - canvas.left) / max(1, canvas.width - 1)))
        down = min(1.0, max(0.0, (y - canvas.top) / max(1, canvas.height - 1)))
        return Touch(now_s, Source.PLAYER, voice, across, down, moving, pressure)

    def _finger_pixel(self, event: pygame.event.Event) -> tuple[float, float]:
        x, y = min(1.0, max(0.0, event.x)), min(1.0, max(0.0, event.y))
        if (x, y) != (event.x, event.y):
            self.out_of_range += 1
        return x * (self._window[0] - 1), y * (self._window[1] - 1)


def _device(key: Hashable) -> Hashable:
    return key[1] if isinstance(key, tuple) else key
