"""OSCQuery's websockets without a socket: packets are played and answered, values sent to who listens."""

from __future__ import annotations

import json
import threading
import time
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.controls import Controls
from app.core.parameters import Settings
from app.osc.oscquery_sockets import LOOK_S, OscQuerySockets
from app.osc.packet import build, build_bundle, from_unix_s, parse
from app.osc.table import Told
from tests.app.core.test_controls import Surface

ALICE, BOB, EVE = "alice", "bob", "eve"  # the last one is in the network


class Sockets:
    """Three websockets on fake controls."""

    def __init__(self) -> None:
        self.surface = Surface()
        self.sockets = OscQuerySockets(self.surface.controls, clock=self.surface.clock)
        self.surface.settings.subscribe(lambda name, value: self.sockets.tell_state(name, value, set()))
        self.sent: list[tuple[Any, ...]] = []
        self.opened = {
            who: self.sockets.open(partial(self._note, who), "198.51.100.7" if who == EVE else "127.0.0.1")
            for who in (ALICE, BOB, EVE)
        }

    def _note(self, who: str, data: bytes) -> None:
        message = parse(data)[0]
        self.sent.append((who, message.address, message.tags, *message.arguments))

    def command(self, command: Any, data: Any, who: str = ALICE) -> None:
        self.opened[who].receive(json.dumps({"COMMAND": command, "DATA": data}))

    def taken(self) -> list[tuple[Any, ...]]:
        sent, self.sent = self.sent, []
        return sent

    @property
    def settings(self) -> Settings:
        return self.surface.settings


def test_who_listens_is_sent_the_value_now_and_when_it_changes() -> None:
    stage = Sockets()
    stage.command("LISTEN", "/ghostjam/set/volume")
    assert stage.taken() == [(ALICE, "/ghostjam/set/volume", "f", pytest.approx(0.8))]
    stage.settings.set("volume", 0.5)
    stage.settings.set("mute", True)
    assert stage.taken() == [(ALICE, "/ghostjam/set/volume", "f", 0.5)]
    stage.command("IGNORE", "/ghostjam/set/volume")
    stage.settings.set("volume", 0.25)
    assert stage.taken() == []


def test_a_value_is_sent_at_the_address_that_is_listened_to_with_its_type() -> None:
    stage = Sockets()
    stage.command("LISTEN", "/ghostjam/set/pause")
    stage.command("LISTEN", "/ghostjam/pause", BOB)
    stage.command("LISTEN", "/ghostjam/set/mode", BOB)
    stage.taken()
    stage.settings.set("pause", True)
    stage.settings.set("mode", "duet")
    assert stage.taken() == [
        (ALICE, "/ghostjam/set/pause", "i", 1),
        (BOB, "/ghostjam/pause", "i", 1),
        (BOB, "/ghostjam/set/mode", "s", "duet"),
    ]


def test_readings_are_looked_at_while_somebody_listens() -> None:
    stage = Sockets()
    assert stage.sockets.advance() == float("inf")
    stage.command("LISTEN", "/ghostjam/state/refused")
    assert stage.taken() == [(ALICE, "/ghostjam/state/refused", "i", 0)]
    assert stage.sockets.advance() == stage.surface.clock.now() + LOOK_S and stage.taken() == []
    stage.surface.controls.refuse("why")
    stage.sockets.advance()
    stage.sockets.advance()
    assert stage.taken() == [(ALICE, "/ghostjam/state/refused", "i", 1)]


def test_a_packet_is_taken_as_a_datagram_is() -> None:
    stage = Sockets()
    stage.opened[ALICE].receive(build("/ghostjam/touch", (3, 0.25, 0.5, 0)))
    stage.opened[ALICE].receive(build("/ghostjam/set/volume", (0.5,)))
    assert stage.surface.log == [[10.0, "player touch 3", [0.25, 0.5, 0]]]
    assert stage.settings["volume"] == 0.5
    stage.opened[BOB].receive(build("/ghostjam/get", ("volume",)))
    assert stage.taken() == [(BOB, "/ghostjam/state/volume", "f", 0.5)]
    stage.opened[BOB].receive(build("/ghostjam/set/mode", ("nonsense",)))
    assert [sent[:2] for sent in stage.taken()] == [(BOB, "/ghostjam/refused")]
    stage.opened[EVE].receive(build("/ghostjam/port/osc_out/add", ("192.0.2.1:9",)))
    [(who, address, _, reason)] = stage.taken()
    assert (who, address) == (EVE, "/ghostjam/refused") and "only this machine" in str(reason)


def test_a_client_of_the_network_is_held_to_the_budget() -> None:
    stage = Sockets()
    for _ in range(2000):
        stage.opened[EVE].receive(build("/ghostjam/touch", (0, 0.25, 0.5, 1)))
    assert len(stage.surface.log) < 300 and stage.surface.controls.n_refused > 1000


def test_states_are_sent_to_who_asked_for_all_of_them_once() -> None:
    stage = Sockets()
    stage.opened[ALICE].receive(build("/ghostjam/listen", (1,)))
    stage.settings.set("volume", 0.5)
    assert stage.taken() == [(ALICE, "/ghostjam/state/volume", "f", 0.5)]
    told: set[Told] = set()
    stage.sockets.tell_state("volume", 0.25, told)
    stage.sockets.tell_state("volume", 0.25, told)
    assert stage.taken() == [(ALICE, "/ghostjam/state/volume", "f", 0.25)]


def test_who_went_is_sent_nothing() -> None:
    stage = Sockets()
    stage.command("LISTEN", "/ghostjam/set/volume")
    stage.opened[ALICE].receive(build("/ghostjam/listen", (1,)))
    stage.taken()
    stage.opened[ALICE].close()
    stage.settings.set("volume", 0.5)
    assert (stage.taken(), stage.sockets.inbound.listeners) == ([], {})


def test_a_reading_that_tells_something_itself_locks_nothing() -> None:
    stage = Sockets()

    def status_that_tells() -> Any:
        stage.sockets.tell_state("notice", "a sink fell silent", set())
        return type(stage.surface.engine).status(stage.surface.engine)

    stage.surface.engine.status = status_that_tells  # type: ignore[method-assign]
    stage.command("LISTEN", "/ghostjam/state/notice")
    stage.sockets.advance()
    assert stage.taken()


def test_what_a_socket_holds_ends_with_it_and_nothing_else_does() -> None:
    stage = Sockets()
    for who, voice in ((ALICE, 1), (ALICE, 2), (BOB, 3)):
        stage.opened[who].receive(build("/ghostjam/touch", (voice, 0.25, 0.5, 0)))
    for address, arguments in (
        ("/touch/4", (0.5, 0.5)),
        ("/ghostjam/note", (60, 90)),
        ("/ghostjam/note", (61, 90)),
    ):
        stage.opened[ALICE].receive(build(address, arguments))
    stage.opened[ALICE].receive(build("/ghostjam/release", (2,)))
    stage.opened[ALICE].receive(build("/ghostjam/note", (61, 0)))
    stage.opened[ALICE].receive(build("/ghostjam/touch", (99, 0.25, 0.5, 0)))  # there is no such voice
    later = build_bundle([build("/ghostjam/touch", (5, 0.25, 0.5, 0))], from_unix_s(time.time() + 1.0))
    stage.opened[ALICE].receive(later)
    stage.surface.log.clear()
    stage.opened[ALICE].close()
    assert sorted(what for _, what, _ in stage.surface.log) == [
        "player release 1",
        "player release 4",
        "player up 60",
    ]
    stage.opened[BOB].close()
    stage.surface.clock.advance_to(20.0)
    stage.sockets.advance()
    assert [what for _, what, _ in stage.surface.log[3:]] == ["player release 3"]
    assert stage.sockets.inbound.held == {}


@pytest.mark.parametrize(
    "frame",
    [
        "", "no JSON", "[]", "1", "{}", '{"COMMAND": "LISTEN"}', '{"COMMAND": "LISTEN", "DATA": 1}',
        '{"COMMAND": "LISTEN", "DATA": "/nowhere"}', '{"COMMAND": "LISTEN", "DATA": "/ghostjam/touch"}',
        '{"COMMAND": "DANCE", "DATA": "/ghostjam/set/volume"}', '{"COMMAND": [], "DATA": []}', "[" * 100_000,
    ],
)  # fmt: skip
def test_other_commands_are_refused(frame: str) -> None:
    stage = Sockets()
    stage.opened[ALICE].receive(frame)
    assert (stage.taken(), stage.surface.controls.n_refused) == ([], 1)


@given(st.one_of(st.text(), st.binary()))
def test_no_frame_raises(frame: str | bytes) -> None:
    stage = Sockets()
    stage.opened[ALICE].receive(frame)
    assert stage.surface.log == []


def test_a_packet_for_later_is_done_by_the_thread() -> None:
    surface, played = Surface(), threading.Event()
    surface.engine.submit = lambda event: played.set()  # type: ignore[method-assign]
    sockets = OscQuerySockets(Controls(surface.engine, surface.settings))
    sockets.start()
    later = build_bundle([build("/ghostjam/touch", (3, 0.25, 0.5, 0))], from_unix_s(time.time() + 0.1))
    sockets.open(lambda data: None, "127.0.0.1").receive(later)
    assert not played.is_set() and played.wait(10.0)
    sockets.close()
    sockets.close()


def test_a_packet_for_later_wakes_the_thread() -> None:
    stage = Sockets()
    stage.opened[ALICE].receive(build("/ghostjam/set/volume", (0.5,)))
    assert not stage.sockets._wake.is_set()
    later = build_bundle([build("/ghostjam/panic", ())], from_unix_s(time.time() + 1.0))
    stage.opened[ALICE].receive(later)
    assert stage.sockets._wake.is_set()
