"""An evening with real ports and a scripted ghost, and another program that talks to it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from app.core.parameters import Settings
from app.osc.packet import Argument, Message, build, parse
from app.runtime.rig import OscInPort, OscOutPort, Rig
from app.runtime.session import Session
from tests.app.fakes import ScriptedGhost

WAIT_S = 60.0  # a busy machine is no defect


class Peer:
    """Another program: one socket that sends and hears."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(WAIT_S)
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"

    def send(self, port: int, address: str, *arguments: Argument) -> None:
        self.socket.sendto(build(address, arguments), ("127.0.0.1", port))

    def hear(self) -> Message:
        """The next message, out of its bundle if it came in one."""
        (message,) = parse(self.socket.recv(65536))
        return message

    def hear_until(self, wanted: Callable[[Message], bool]) -> Message:
        while not wanted(message := self.hear()):
            pass
        return message


class NamedGhost(ScriptedGhost):
    """A ghost that the fit of a rig can be checked against."""

    name = "scripted"


def session(*senders: OscOutPort, receivers: int = 1, **values: Any) -> Session:
    rig = Rig(osc_in=receivers * (OscInPort("0"),), osc_out=senders, sound=False, record=False)
    settings = Settings()
    for name, value in {"threshold_s": 0.1, **values}.items():
        settings.set(name, value)
    return Session(rig, NamedGhost(), settings)  # type: ignore[arg-type]


def port_of(opened: Session, index: int = 0) -> int:
    return int(opened.ports.said[index].rsplit(":", 1)[1])
