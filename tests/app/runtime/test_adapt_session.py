"""Adapt in a whole evening, by OSC: real ports, engine and ghosts, and a process that plays its part."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.ghost import Ghost
from app.osc.packet import Message
from app.runtime import adaptation, lesson, train_extra
from app.runtime.load import session_settings
from app.runtime.rig import OscInPort, Rig
from app.runtime.session import Session
from tests.app.engine.test_thread import wait_for
from tests.app.runtime.fakes import WAIT_S, Peer, port_of
from tests.app.runtime.test_adaptation import FAKE

RIG = Rig(
    parameters={"mode": "listen", "threshold_s": 0.1}, osc_in=(OscInPort("0"),), sound=False, record=False
)


class Hall:
    """An evening that a peer plays in."""

    def __init__(self, session: Session, peer: Peer, log: Path) -> None:
        self.session, self.peer, self.log = session, peer, log

    def send(self, address: str, *arguments: Any) -> None:
        self.peer.send(port_of(self.session), address, *arguments)

    def play(self) -> None:
        for index in range(40):
            self.send("/ghostjam/touch", 0, 0.5, 0.5, int(index > 0))
            time.sleep(0.002)
        self.send("/ghostjam/release", 0)

    def hear(self, name: str, *values: str) -> list[str]:
        """The values of a state until one of these comes."""
        found: list[str] = []

        def is_last(message: Message) -> bool:
            if message.address == f"/ghostjam/state/{name}":
                found.append(str(message.arguments[0]))
            return bool(found) and found[-1] in values

        self.peer.hear_until(is_last)
        return found


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, peer: Peer) -> Iterator[Callable[..., Hall]]:
    for module in ("app.runtime.adaptation", "models.lookup"):
        monkeypatch.setattr(f"{module}.own_folder", lambda: tmp_path / "models")
    monkeypatch.setattr(train_extra, "find_spec", lambda name: object())
    monkeypatch.setattr(lesson, "LEAST_S", 0.01)
    monkeypatch.setattr(lesson, "LEAST_EVENTS", 20)
    opened: list[Session] = []

    def make(behaviour: str = "better", **changes: Any) -> Hall:
        rig = replace(RIG, **changes)
        ghost = Ghost.load("touch", seed=1)
        session = Session(rig, ghost, session_settings(rig, ghost, "touch"))
        opened.append(session)
        log = tmp_path / "asked"
        session.adaptation._command = [sys.executable, "-S", FAKE, str(log), behaviour]
        session.start()
        made = Hall(session, peer, log)
        made.send("/ghostjam/listen", 1)
        return made

    yield make
    for session in opened:
        session.close()


def test_a_peer_plays_lets_the_ghost_learn_goes_back_and_forward(hall: Callable[..., Hall]) -> None:
    it = hall()
    it.play()
    it.send("/ghostjam/adapt", 1)
    it.send("/ghostjam/adapt", 0)
    said = it.hear("adapt", "learned", "failed")
    assert said[-3:] == ["learning 50 %", "learning 100 %", "learned"]
    (name,) = {path.stem for path in (it.log.parent / "models").iterdir()}
    assert it.hear("model", name)
    wait_for(
        lambda: it.session.engine.status().model == name
    )  # the setting is told while the engine changes over
    for expected in ("touch", name):
        it.send("/ghostjam/adapt/back")
        it.hear("model", expected)
    it.send("/ghostjam/get", "adapt")
    assert it.hear("adapt", "learned") == ["learned"]


def test_a_process_that_ends_is_told_and_the_evening_goes_on(hall: Callable[..., Hall]) -> None:
    it = hall("ends while it learns")
    it.play()
    it.send("/ghostjam/adapt")
    (notice,) = [text for text in _notices(it) if "process" in text]
    assert notice == "adapt: the process that learns ended with exit code 3; touch plays on."
    it.play()
    it.send("/ghostjam/ping")
    it.peer.hear_until(lambda message: message.address == "/ghostjam/pong")
    assert it.session.engine.status().model == "touch"


def test_a_process_that_hangs_is_ended_while_the_evening_goes_on(
    hall: Callable[..., Hall], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adaptation, "SILENT_S", 0.05)
    it = hall("is never ready")
    it.play()
    it.send("/ghostjam/adapt")
    assert "said nothing for 0.05 s; touch plays on." in _notices(it)[-1]


def test_the_same_address_again_stops_it_and_the_evening_goes_on(hall: Callable[..., Hall]) -> None:
    it = hall("holds while it learns")
    it.play()
    it.send("/ghostjam/adapt")
    it.hear("adapt", "learning 50 %")
    it.send("/ghostjam/adapt", 0)  # a button that is let go
    it.send("/ghostjam/adapt", 1)
    assert it.hear("adapt", "stopped") == ["stopped"]
    it.play()
    it.send("/ghostjam/ping")
    it.peer.hear_until(lambda message: message.address == "/ghostjam/pong")
    assert it.session.engine.status().model == "touch"
    assert list((it.log.parent / "models").iterdir()) == []


def test_the_end_of_the_evening_ends_the_process(hall: Callable[..., Hall]) -> None:
    it = hall("holds while it learns")
    it.play()
    it.send("/ghostjam/adapt")
    it.hear("adapt", "learning 50 %")
    learner = it.session.adaptation._learner
    assert learner is not None
    it.session.close()
    assert learner._process.returncode is not None


def _notices(it: Hall) -> list[str]:
    found: list[str] = []

    def is_last(message: Message) -> bool:
        if message.address == "/ghostjam/state/notice":
            found.append(str(message.arguments[0]))
        return bool(found) and "process" in found[-1]

    it.peer.hear_until(is_last)
    return found


def test_a_rig_has_the_process_started_and_a_recorded_evening_is_learned_from_its_file(
    hall: Callable[..., Hall], tmp_path: Path
) -> None:
    it = hall(adapt=True, record=tmp_path / "takes")
    deadline_s = time.monotonic() + WAIT_S
    while not (it.log.exists() and it.log.read_text().endswith("\n")):
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
    assert [list(json.loads(line)) for line in it.log.read_text().splitlines()] == [["prepare"]]
    it.play()
    it.send("/ghostjam/adapt")
    it.hear("adapt", "learned")
    (recording,) = (tmp_path / "takes").iterdir()
    task = json.loads(it.log.read_text().splitlines()[1])
    assert task["recordings"] == [str(recording)]
    assert recording.read_text().count("player") == 41
