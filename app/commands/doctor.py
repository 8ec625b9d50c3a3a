"""`ghostjam doctor`: each subsystem is fine, degraded or off; why, and what would help."""

from __future__ import annotations

import argparse
import json
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from ghostjam import python_command

PYTHONS = ((3, 11), (3, 13))
DISPLAY_TIMEOUT_S = 10.0
# In a child process: a display that hangs or crashes must not take the doctor along.
DISPLAY_PROBE = """
import pygame
pygame.display.init()
print(pygame.display.get_driver(), *pygame.display.get_desktop_sizes()[0])
"""


@dataclass(frozen=True)
class Finding:
    """What is known of one subsystem.

    Attributes:
        name: of the subsystem.
        state: "fine", "degraded" (works, with less) or "off".
        why: facts when it is fine, else the reason.
        remedy: what a person can do; "" when it is fine.
        essential: nothing can be played without it.
    """

    name: str
    state: str
    why: str
    remedy: str = ""
    essential: bool = False


def run(args: argparse.Namespace) -> int:
    """Print what was found; exit code 1 if something essential is off."""
    findings = []
    for check in CHECKS:
        for finding in check():
            findings.append(finding)
            if not args.json:
                print(_text(finding), flush=True)
    if args.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=1))
    return int(any(finding.essential and finding.state == "off" for finding in findings))


def _text(finding: Finding) -> str:
    line = f"{finding.name:<12} {finding.state:<9} {finding.why}"
    return f"{line}\n{'':<12} {'remedy':<9} {finding.remedy}" if finding.remedy else line


def check_python() -> Iterator[Finding]:
    """The interpreter's version."""
    version, (oldest, newest) = sys.version_info[:2], PYTHONS
    facts = f"{platform.python_version()}, {platform.system()} {platform.machine()}"
    if oldest <= version <= newest:
        yield Finding("python", "fine", facts, essential=True)
    else:
        span = " to ".join(".".join(map(str, v)) for v in PYTHONS)
        yield Finding("python", "degraded", f"{facts} is not tested", f"use Python {span}", essential=True)


def check_pygame() -> Iterator[Finding]:
    """pygame and pygame-ce are the same module and overwrite each other."""
    found = {name: _version(name) for name in ("pygame", "pygame-ce")}
    if found["pygame"] and found["pygame-ce"]:
        remedy = "pip uninstall pygame pygame-ce, then pip install pygame"
        yield Finding("pygame", "degraded", "pygame and pygame-ce are both installed", remedy, essential=True)
    elif not any(found.values()):
        yield Finding("pygame", "off", "not installed", "pip install pygame", essential=True)
    else:
        yield Finding("pygame", "fine", next(f"{n} {v}" for n, v in found.items() if v), essential=True)


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


def check_display() -> Iterator[Finding]:
    """Whether SDL finds a screen that a person sees."""
    from app.runtime.process import why_no_display

    remedy = "start it from a desktop; `ghostjam demo --out DIR` needs no display"
    why = why_no_display()
    if why:
        yield Finding("display", "off", why, remedy)
        return
    try:
        child = subprocess.run(
            python_command(DISPLAY_PROBE),
            capture_output=True, text=True, timeout=DISPLAY_TIMEOUT_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        yield Finding("display", "off", f"SDL did not answer within {DISPLAY_TIMEOUT_S:g} s", remedy)
        return
    words = child.stdout.split()[-3:]
    if child.returncode != 0 or len(words) < 3:
        last = (child.stderr.strip().splitlines() or [f"exit code {child.returncode}"])[-1]
        yield Finding("display", "off", last, remedy)
    elif words[0] in ("offscreen", "dummy"):
        yield Finding("display", "off", f"SDL draws with its {words[0]} driver, which nobody sees", remedy)
    else:
        yield Finding("display", "fine", f"{words[0]}, {words[1]} x {words[2]}")


def check_sound() -> Iterator[Finding]:
    """Whether the sound card opens."""
    from app.sound.device import describe

    found = describe()
    yield Finding("sound", found.state, found.why, found.remedy)


def check_midi() -> Iterator[Finding]:
    """Whether the MIDI system of this machine answers. MIDI files need none."""
    from app.midi.port_names import describe

    found = describe()
    yield Finding("midi", found.state, found.why, found.remedy)


def check_serial() -> Iterator[Finding]:
    """The serial ports of this machine, which need the serial extra."""
    from app.serial.device import REMEDY, serial_ports
    from app.serial.errors import SerialUnavailableError

    try:
        ports = serial_ports()
    except SerialUnavailableError as error:
        yield Finding("serial", "off", str(error).partition(": ")[0], REMEDY)
        return
    yield Finding("serial", "fine", f"ports: {', '.join(ports) or 'none'}")


def check_osc() -> Iterator[Finding]:
    """A message of ours to ourselves."""
    from app.commands.osc_loopback import osc_s

    try:
        (took_s,) = osc_s(1)
    except OSError as error:
        remedy = "let this program use UDP on 127.0.0.1 in the firewall"
        yield Finding("osc", "off", f"no message came back over 127.0.0.1: {error}", remedy)
        return
    yield Finding("osc", "fine", f"127.0.0.1, {1e3 * took_s:.2f} ms")


def check_web() -> Iterator[Finding]:
    """A connection of ours to ourselves, and where phones would find the page of `--web`."""
    from app.core.network import machine_addresses
    from app.web.announce import why_not_told
    from app.web.listening import listen

    try:
        with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname(), 2.0):
            """It came through."""
    except OSError as error:
        remedy = "let this program use TCP on 127.0.0.1 in the firewall"
        yield Finding("web", "off", f"no connection came through over 127.0.0.1: {error}", remedy)
        return
    phones = machine_addresses()
    where = f"phones find --web 0.0.0.0:PORT at {' or '.join(phones)}" if phones else "no network for phones"
    if phones and (why := why_not_told(phones)):
        remedy = "let this program use UDP port 5353 (multicast) in the firewall; phones come in all the same"
        yield Finding("web", "degraded", f"surfaces do not find it by themselves: {why}; {where}", remedy)
        return
    yield Finding("web", "fine", f"websockets {_version('websockets')}; {where}")


def check_models() -> Iterator[Finding]:
    """Every model loads and computes the numbers it computed when it was exported."""
    from app.ghost import Ghost
    from models.errors import ModelError
    from models.lookup import model_names

    names = model_names()
    n_good = 0
    for name in names:
        start = time.perf_counter()
        try:
            ghost = Ghost.load(name)
        except ModelError as error:
            yield Finding(f"model {name}", "off", str(error), "remove the file, or get it again")
            continue
        n_good += 1
        took_ms = 1e3 * (time.perf_counter() - start)
        yield Finding(f"model {name}", "fine", f"hears {', '.join(ghost.columns)}; loads in {took_ms:.0f} ms")
    if not n_good:
        why = "none of them loads" if names else "there is none"
        remedy = "install ghostjam again: the model touch comes with it"
        yield Finding("models", "off", why, remedy, essential=True)


def check_recordings() -> Iterator[Finding]:
    """Whether performances can be recorded."""
    from app.runtime.load import recordings_folder

    folder = recordings_folder()
    if why := _why_unwritable(folder):
        yield Finding("recordings", "off", why, "choose another folder with --record DIR")
    else:
        yield Finding("recordings", "fine", str(folder))


def _why_unwritable(folder: Path) -> str:
    """Why no file can be made in a folder, which is made; "" if one can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"ghostjam")
    except OSError as error:
        return f"{folder}: {error.strerror or error}"
    return ""


def check_train() -> Iterator[Finding]:
    """The train extra, which playing does not need."""
    from app.runtime.train_extra import NEEDED, REMEDY, missing

    if lacking := missing():
        why = f"no {' and no '.join(lacking)}; only ghostjam train, evaluate and adapt need it"
        yield Finding("train", "off", why, REMEDY)
    else:
        yield Finding("train", "fine", ", ".join(f"{name} {_version(name)}" for name in NEEDED))


def check_adapt() -> Iterator[Finding]:
    """Whether a ghost can learn while somebody plays (the key A): from what, and where it is kept."""
    from app.runtime.train_extra import REMEDY, missing
    from models.lookup import own_folder

    if lacking := missing():
        yield Finding("adapt", "off", f"needs {' and '.join(lacking)}", REMEDY)
        return
    folder = own_folder()
    if why := _why_unwritable(folder):
        yield Finding("adapt", "off", f"no ghost can be kept in {why}", "let yourself write there")
    else:
        yield Finding("adapt", "fine", f"ghosts that have learned are kept in {folder}")


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    check_python,
    check_pygame,
    check_display,
    check_sound,
    check_midi,
    check_serial,
    check_osc,
    check_web,
    check_models,
    check_recordings,
    check_train,
    check_adapt,
)
