"""`ghostjam bridge`: plays between programs and devices, without a window, until it is asked to end."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from app.commands.say_pages import say_pages
from app.core.clock import not_held_up
from app.core.console import say
from app.core.ending import ended_by_signals, is_asked_to_end

if TYPE_CHECKING:
    from app.runtime.rig import Rig

LISTEN = "9000"  # if nothing says otherwise: a bridge that hears nobody is of no use
LOOK_S = 0.5  # between two looks at what a person should know


def run(args: argparse.Namespace) -> int:
    """Play until a signal asks for the end, which is the way to end it."""
    if args.addresses:
        from app.osc.profiles import PROFILES
        from app.osc.table import markdown

        print(markdown(PROFILES[args.osc_profile].table))
        return 0
    with ended_by_signals():
        _bridge(args)
    return 0


def _bridge(args: argparse.Namespace) -> None:
    from app.runtime.arguments import session_rig
    from app.runtime.load import load_session
    from app.runtime.session import Session

    def read() -> Rig:
        return _with_a_source(session_rig(args))

    rig = read()
    with Session(rig, *load_session(rig), reread=read) as session:
        session.start()
        status = session.engine.status()
        say(f"Ghostjam: mode {status.mode}, model {status.model}; {'; '.join(session.ports.said)}")
        pages: list[str] = []
        with not_held_up():
            while not is_asked_to_end():
                if pages != (pages := session.ports.pages):  # also with another rig, or in another network
                    say_pages(pages, session.ports.way_in().address)
                time.sleep(LOOK_S)
                session.engine.status()  # passes on what the sinks have to say; it goes to stderr


def _with_a_source(rig: Rig) -> Rig:
    """The rig, with a port to listen on if it names none."""
    from app.runtime.rig import OscInPort

    hears = rig.osc_in or rig.web or rig.serial or (rig.midi and rig.midi.inputs)
    return rig if hears else replace(rig, osc_in=(OscInPort(LISTEN),))
