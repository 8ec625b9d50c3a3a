"""A small instrument, complete: draw with the mouse, and a ghost plays with you. Read it from top to bottom.

    python assets/examples/duet.py               a window, with sound; Esc or Ctrl-C ends
    python assets/examples/duet.py --seconds 6   no window, no sound, no waiting: prints what a gesture and
                                                 the ghost play in 6 seconds; a seed repeats it

A source submits what the player does to the engine, the engine has the model play with it, and gives all that
sounds, the player's and the ghost's, to sinks. Source and sinks here are to be replaced by yours.
"""

from __future__ import annotations

import argparse
import math
import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
import pygame

from app.core.clock import Clock, ManualClock, SystemClock
from app.core.events import Event, Release, Source, Touch
from app.core.modes import MODES
from app.core.parameters import Settings
from app.core.sink import Sink
from app.engine.thread import Engine
from app.ghost import Ghost
from app.sound.remote import SoundSink

SIZE = (960, 600)  # of the window, pixels
COLOURS = {Source.PLAYER: (255, 170, 80), Source.GHOST: (90, 190, 255)}
RATE_HZ = 60  # of the gesture, and frames of the window


class Printer(Sink):
    """The least a sink can be. Yours may send OSC, move a motor, light a lamp."""

    def play(self, event: Event) -> None:
        """Print one event."""
        what = f"{event.x:.3f} {event.y:.3f}" if isinstance(event, Touch) else "release"
        print(f"{event.time_s:7.3f} s  {event.source:6}  {what}")


class Trails(Sink):
    """Draws lines. `play` comes on the engine's thread and must not wait, so it only takes note."""

    def __init__(self) -> None:
        self._waiting: deque[Touch] = deque()
        self._ends: dict[tuple[Source, int], tuple[float, float]] = {}

    def play(self, event: Event) -> None:
        """Keep a touch for the next frame."""
        if isinstance(event, Touch):
            self._waiting.append(event)

    def draw(self, screen: pygame.Surface) -> None:
        """Let what is there fade, and draw what came since the last frame."""
        screen.fill((2, 2, 2), special_flags=pygame.BLEND_RGB_SUB)
        while self._waiting:
            touch = self._waiting.popleft()
            voice = (touch.source, touch.voice)
            end = (touch.x * screen.get_width(), touch.y * screen.get_height())
            start = self._ends.get(voice, end) if touch.moving else end
            pygame.draw.line(screen, COLOURS[touch.source], start, end, 5)
            pygame.draw.circle(screen, COLOURS[touch.source], end, 3 if touch.moving else 9)
            self._ends[voice] = end


def from_mouse(event: pygame.event.Event, time_s: float) -> Event | None:
    """A source: what the mouse did as an event of the player; None for anything else."""
    if event.type == pygame.MOUSEBUTTONUP and event.button == 1:
        return Release(time_s, Source.PLAYER, voice=0)
    begins = event.type == pygame.MOUSEBUTTONDOWN and event.button == 1
    if not begins and not (event.type == pygame.MOUSEMOTION and event.buttons[0]):
        return None
    x, y = (min(max(at / size, 0.0), 1.0) for at, size in zip(event.pos, SIZE, strict=True))
    return Touch(time_s, Source.PLAYER, voice=0, x=x, y=y, moving=not begins)


def gesture(seconds: float) -> Iterator[Event]:
    """Another source, without a device: one finger goes round, once a second, and leaves."""
    n_events = max(1, round(seconds * RATE_HZ))
    for i in range(n_events):
        angle = 2.0 * math.pi * i / RATE_HZ
        x, y = 0.5 + 0.2 * math.cos(angle), 0.5 + 0.3 * math.sin(angle)
        yield Touch(i / RATE_HZ, Source.PLAYER, voice=0, x=x, y=y, moving=i > 0)
    yield Release(n_events / RATE_HZ, Source.PLAYER, voice=0)


def open_engine(sinks: Sequence[Sink], clock: Clock, mode: str = "duet", seed: int | None = None) -> Engine:
    """The model `touch`, played as it wants to be played, in one of the modes."""
    ghost, settings = Ghost.load("touch", seed=seed), Settings()
    pi_temperature, sigma_temperature = ghost.default_temperatures
    settings.set("pi_temperature", pi_temperature)
    settings.set("sigma_temperature", sigma_temperature)
    settings.set("mode", mode)
    return Engine(ghost, settings, sinks, clock=clock)


def play_at_once(engine: Engine, seconds: float) -> None:
    """Play a gesture for half of the time and listen for the other half; the clock is moved by hand."""
    for event in gesture(seconds / 2.0):
        engine.run_until(event.time_s)
        engine.submit(event)
    engine.run_until(seconds)
    engine.stop()  # releases what sounds, and closes the sinks


def play_in_window(engine: Engine, trails: Trails, clock: Clock) -> None:
    """Play what the mouse does until the window is closed; the engine has a thread of its own."""
    pygame.display.init()
    pygame.display.set_caption("duet")
    screen, frames, is_open = pygame.display.set_mode(SIZE), pygame.time.Clock(), True
    engine.start()
    try:
        while is_open:
            for event in pygame.event.get():
                played = from_mouse(event, clock.now())
                if played is not None:
                    engine.submit(played)
                is_escape = event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE
                is_open = is_open and not is_escape and event.type != pygame.QUIT
            trails.draw(screen)
            pygame.display.flip()
            frames.tick(RATE_HZ)
    finally:
        engine.stop()
        pygame.display.quit()


def main() -> None:
    """Read the options and play."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mode", choices=MODES, default="duet", help="who plays when")
    parser.add_argument("--seed", type=int, help="the same seed gives the same ghost")
    parser.add_argument("--seconds", type=float, help="no window: print what is played in so many seconds")
    args = parser.parse_args()
    if args.seconds is not None:
        if not 0.0 < args.seconds <= 3600.0:
            parser.error(f"--seconds: expected above 0 up to 3600, got {args.seconds:g}")
        play_at_once(open_engine([Printer()], ManualClock(), args.mode, args.seed), args.seconds)
        return
    trails, clock = Trails(), SystemClock()
    play_in_window(open_engine([trails, SoundSink()], clock, args.mode, args.seed), trails, clock)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):  # Ctrl-C ends it as Esc does
        main()
