"""A rig that is changed while it plays: used as a whole, or refused as a whole."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.core.clock import not_held_up
from app.core.parameters import Settings
from app.core.refusals import ControlError
from app.midi import session as midi_session
from app.midi.setup import InSetup, OutSetup
from app.osc.receiver import OscIn
from app.runtime import worker
from app.runtime.osc_ports import OpenOscIn
from app.runtime.rig import OscOutPort, Rig, read_rig
from app.runtime.session import Session
from app.runtime.worker import MOST_JOBS, ChangedFile, Worker
from tests.app.fakes import RecordingSink
from tests.app.midi.fakes import FakeBackend
from tests.app.runtime.fakes import WAIT_S, NamedGhost, Peer

QUIET = "sound = false\nrecord = false\n"


class Stand:
    """An evening with a rig on disk. Its engine plays, and `write` changes the rig and has it looked at."""

    def __init__(self, folder: Path, text: str, backend: FakeBackend) -> None:
        self.path = folder / "rig.toml"
        self.path.write_text(QUIET + text)
        self.backend = backend
        self.settings = Settings()
        rig = self.read()
        for name, value in rig.parameters.items():
            self.settings.set(name, value)
        self.session = Session(rig, NamedGhost(), self.settings, reread=self.read)  # type: ignore[arg-type]
        self.told: list[str] = []
        self.session.engine.tell_notices_to(self.told.append)
        self.session.engine.start()
        self.session.ports.start()  # but no stagehand: the test looks itself

    def read(self) -> Rig:
        """As the command does, with one option of the command line that wins."""
        rig = read_rig(self.path)
        return replace(rig, parameters={**rig.parameters, "volume": 0.5})

    def write(self, text: str) -> list[str]:
        """Change the rig; what is told then."""
        self.path.write_text(QUIET + text)
        return self.look()

    def look(self) -> list[str]:
        del self.told[:]
        for _ in range(2):
            self.session._look()
        self.settle()
        return list(self.told)

    def settle(self) -> None:
        """Return when the engine has done what is in its inbox now."""
        self.session.engine.remove_sink(RecordingSink())

    @property
    def osc_in(self) -> dict[str, OscIn]:
        return {
            each.port.listen: each.device for each in self.session.ports._open if isinstance(each, OpenOscIn)
        }


@pytest.fixture
def make_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    stands: list[Stand] = []

    def make(text: str) -> Stand:
        backend = FakeBackend(("keys", "pads"), ("synth", "drums"))
        monkeypatch.setattr(midi_session, "RtMidi", lambda _: backend)
        stands.append(Stand(tmp_path, text, backend))
        return stands[-1]

    yield make
    for stand in stands:
        stand.session.close()


def test_parameters_that_changed_in_the_file_are_set_and_no_others(make_stand: Any) -> None:
    stand = make_stand("[parameters]\nthreshold_s = 2.0\nvolume = 0.1\nscale = 'major'")
    stand.settings.set("scale", "minor")  # by hand, since then
    assert stand.write("[parameters]\nthreshold_s = 3.0\nvolume = 0.9\nscale = 'major'\nmute = true") == [
        "rig.toml was read again."
    ]
    assert stand.settings.number("threshold_s") == 3.0 and stand.settings.is_on("mute")
    assert (stand.settings.word("scale"), stand.settings.number("volume")) == ("minor", 0.5)


def test_presets_are_replaced(make_stand: Any) -> None:
    stand = make_stand("[presets.a]\ntimescale = 2.0")
    stand.write("[presets.b]\ntimescale = 3.0")
    assert stand.session.controls.presets == {"b": {"timescale": 3.0}}


KEYS = '[[midi.in]]\nport = "keys"\n'
SYNTH = '[[midi.out]]\nport = "synth"\n'


def test_a_new_mapping_ends_what_sounds_by_the_old_one(make_stand: Any) -> None:
    stand = make_stand(KEYS + "touch = { channel = 1 }\n" + SYNTH)
    stand.session.controls.touch(0, 0.5, 0.5)
    synth = stand.backend.synths["synth"]
    stand.settle()
    assert {channel for channel, _ in synth.sounding} == {0}
    assert stand.write(
        KEYS + "touch = { channel = 2 }\ncontrols = { mute = ['note', 1, 60] }\n"
        + SYNTH + "channels = { player = 5 }\n"
    ) == ["rig.toml was read again."]  # fmt: skip
    assert synth.sounding == set() and not synth.closed
    stand.session.controls.touch(0, 0.6, 0.5, True)
    stand.settle()
    assert {channel for channel, _ in synth.sounding} == {4}
    stand.backend.receivers["keys"](bytes((0x90, 60, 100)))
    stand.backend.receivers["keys"](bytes((0x91, 62, 100)))
    end_s = time.perf_counter() + WAIT_S
    while len(synth.sounding) < 2 and time.perf_counter() < end_s:
        time.sleep(0.01)
    assert len(synth.sounding) == 2  # the second key was heard as a finger
    assert stand.settings.is_on("mute")  # and the first one is mapped


def test_ports_open_close_and_speak_otherwise(make_stand: Any, peer: Peer) -> None:
    stand = make_stand(f'[[osc.in]]\nlisten = 0\n[[osc.out]]\naddress = "{peer.address}"\n' + KEYS)
    port = stand.osc_in["0"].port
    stand.write(
        f'[[osc.in]]\nlisten = 0\nprofile = "robojam"\n[[osc.in]]\nlisten = "127.0.0.1:0"\n'
        f'[[osc.out]]\naddress = "{peer.address}"\nsources = ["ghost"]\n' + SYNTH
    )
    assert stand.osc_in["0"].port == port and stand.osc_in["0"].inbound.profile.name == "robojam"
    other = stand.osc_in["127.0.0.1:0"]
    assert stand.session.ports.said == [
        f"OSC in 127.0.0.1:{port} as robojam", f"OSC in 127.0.0.1:{other.port}", "MIDI out synth",
        f"OSC out {peer.address}",
    ]  # fmt: skip
    peer.send(other.port, "/ghostjam/set/volume", 0.25)
    peer.hear_until(lambda m: m.address == "/ghostjam/state/volume")
    stand.write("")
    assert stand.session.ports.said == [] and stand.backend.synths["synth"].closed


def test_what_holds_for_all_ports_follows_the_rig(make_stand: Any, peer: Peer) -> None:
    out = f'[[osc.out]]\naddress = "{peer.address}"\n'
    stand = make_stand("[[osc.in]]\nlisten = 0\n" + out + "[midi]\nguard_ms = 20\n" + KEYS)
    echo = stand.session.ports._midi._midi._opener.echo_filter
    assert (stand.osc_in["0"].bundles, echo.window_s) == (False, 0.02)
    stand.write("[[osc.in]]\nlisten = 0\n" + out + "bundles = true\n[midi]\nguard_ms = 50\n" + KEYS)
    assert (stand.osc_in["0"].bundles, echo.window_s) == (True, 0.05)


def test_two_mappings_of_one_port_are_taken_at_the_start(make_stand: Any, peer: Peer) -> None:
    stand = make_stand(SYNTH + SYNTH)
    assert stand.session.ports.said == ["MIDI out synth", "MIDI out synth"]
    out = f'[[osc.out]]\naddress = "{peer.address}"\n'
    assert stand.write(out + SYNTH + SYNTH) == ["rig.toml was read again."]  # of other ports


def test_an_input_moves_to_another_address_and_back_if_the_rest_is_bad(make_stand: Any, peer: Peer) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    stand = make_stand(f"[[osc.in]]\nlisten = {number}\n")
    assert stand.write(f'[[osc.in]]\nlisten = "127.0.0.1:{number}"\n') == ["rig.toml was read again."]
    assert list(stand.osc_in) == [f"127.0.0.1:{number}"]
    taken = f'[[osc.in]]\nlisten = "127.0.0.1:{peer.address.rpartition(":")[2]}"\n'
    (line,) = stand.write(f"[[osc.in]]\nlisten = {number}\n" + taken)
    assert line.startswith("The changed rig is refused, the old one plays on: ")
    assert list(stand.osc_in) == [f"127.0.0.1:{number}"]
    peer.send(number, "/ghostjam/ping")
    peer.hear_until(lambda m: m.address == "/ghostjam/pong")


def test_ports_that_came_by_osc_stay(make_stand: Any, peer: Peer) -> None:
    stand = make_stand("")
    stand.session.ports._add(OscOutPort(peer.address))
    stand.write("[parameters]\ntimescale = 2.0")
    assert stand.session.ports.said == [f"OSC out {peer.address}"]


def test_ports_of_the_rig_that_were_closed_by_osc_do_not_hold_up_a_change(make_stand: Any) -> None:
    stand = make_stand(KEYS + SYNTH)
    stand.session.ports._remove(InSetup("keys"))
    stand.session.ports._remove(OutSetup("synth"))
    stand.backend.fails = True  # and nobody asks it
    receiver = "[[osc.in]]\nlisten = 0\n"
    assert stand.write(receiver) == ["rig.toml was read again."]
    before = stand.session.ports.said
    assert stand.write(receiver + "[parameters]\nmute = true") == ["rig.toml was read again."]
    assert stand.session.ports.said == before and len(before) == 1 and stand.settings.is_on("mute")


def test_ports_that_came_by_osc_and_are_then_written_down_are_the_rigs(make_stand: Any, peer: Peer) -> None:
    stand = make_stand("")
    ports = stand.session.ports
    for port in (OscOutPort(peer.address), InSetup("keys"), OutSetup("synth")):
        ports._add(port)
    before, synth = stand.session.ports.said, stand.backend.synths["synth"]
    text = f'[[osc.out]]\naddress = "{peer.address}"\n' + KEYS + SYNTH + "channels = { player = 5 }\n"
    assert stand.write(text) == ["rig.toml was read again."]
    assert stand.session.ports.said == before
    stand.session.controls.touch(0, 0.5, 0.5)
    stand.settle()
    assert {channel for channel, _ in synth.sounding} == {4}
    assert stand.write("") == ["rig.toml was read again."]
    assert stand.session.ports.said == [] and synth.closed


KEY, SYN = KEYS.replace("keys", "key"), SYNTH.replace("synth", "syn")  # other names for the same ports


def test_a_port_that_the_rig_names_otherwise_than_osc_did_is_the_rigs(make_stand: Any) -> None:
    stand = make_stand("")
    stand.session.ports._add(InSetup("key"))
    stand.session.ports._add(OutSetup("syn"))
    before, synth = stand.session.ports.said, stand.backend.synths["synth"]
    assert stand.write(KEYS + SYNTH + "channels = { player = 5 }\n") == ["rig.toml was read again."]
    assert stand.session.ports.said == before and not synth.closed
    stand.session.controls.touch(0, 0.5, 0.5)
    stand.settle()
    assert {channel for channel, _ in synth.sounding} == {4}
    assert stand.write("") == ["rig.toml was read again."]
    assert stand.session.ports.said == [] and synth.closed


def test_a_port_that_gets_another_name_in_the_rig_stays_open(make_stand: Any) -> None:
    stand = make_stand(KEY + SYN)
    before, synth = stand.session.ports.said, stand.backend.synths["synth"]
    for text in (KEYS + SYNTH, KEY + SYN):
        assert stand.write(text) == ["rig.toml was read again."]
        assert stand.session.ports.said == before and not synth.closed
        assert set(stand.backend.receivers) == {"keys"}
        assert {item.setup.port for item in stand.session.ports._midi._midi._items} == (
            {"keys", "synth"} if text == KEYS + SYNTH else {"key", "syn"}
        )


def test_a_port_that_left_the_rig_is_not_opened_again(make_stand: Any) -> None:
    stand = make_stand(KEYS)
    midi = stand.session.ports._midi._midi
    keeper = midi._keeper_of(midi.backend_of("keys"))
    assert stand.write("") == ["rig.toml was read again."]
    for later_s, names in enumerate([(), (), ("keys",), ("keys",)], start=1):
        stand.backend.ins = names
        keeper.look(later_s * 1e9)
    assert stand.backend.receivers == {}


def test_a_virtual_port_is_not_the_real_one_of_its_name(make_stand: Any) -> None:
    stand = make_stand(SYNTH)
    assert stand.write(SYNTH + SYNTH.replace("synth", "virtual:synth")) == ["rig.toml was read again."]
    assert stand.session.ports.said == ["MIDI out synth", "MIDI out synth"]
    assert stand.write(SYNTH) == ["rig.toml was read again."]
    assert stand.session.ports.said == ["MIDI out synth"]


def test_an_input_of_any_number_keeps_the_one_it_has_if_a_change_is_refused(
    make_stand: Any, peer: Peer
) -> None:
    stand = make_stand("[[osc.in]]\nlisten = 0\n")
    port = stand.osc_in["0"].port
    (line,) = stand.write(f'[[osc.in]]\nlisten = "127.0.0.1:0"\n[[osc.in]]\nlisten = "{peer.address}"\n')
    assert "cannot be opened" in line and stand.osc_in["0"].port == port


def test_a_change_that_is_refused_leaves_ports_their_names(make_stand: Any) -> None:
    stand = make_stand(KEY + SYN)
    (line,) = stand.write(KEYS + SYNTH + '[[midi.out]]\nport = "piano"\n')
    assert line.startswith("The changed rig is refused, the old one plays on: MIDI output: expected a part")
    midi = stand.session.ports._midi._midi
    assert [item.setup.port for item in midi._items] == ["syn", "key"]
    assert [item.setup.port for item in midi._items] == ["syn", "key"]


def test_a_midi_system_that_fails_while_the_rig_changes_leaves_everything_as_it_was(make_stand: Any) -> None:
    stand = make_stand(KEYS + SYNTH)
    before, synth = stand.session.ports.said, stand.backend.synths["synth"]
    stand.backend.fails = True
    (line,) = stand.write(KEYS + SYN)
    assert line.startswith("The changed rig is refused, the old one plays on: the sequencer went away")
    assert stand.session.ports.said == before and not synth.closed


def test_what_needs_no_new_port_changes_although_the_midi_system_fails(make_stand: Any) -> None:
    stand = make_stand(KEYS + SYNTH)
    synth = stand.backend.synths["synth"]
    stand.backend.fails = True
    assert stand.write(SYNTH + "channels = { player = 5 }\n") == ["rig.toml was read again."]
    assert stand.backend.receivers == {} and not synth.closed
    assert stand.write("") == ["rig.toml was read again."]
    assert stand.session.ports.said == [] and synth.closed


@pytest.mark.parametrize("twice", [KEY, SYN])
def test_two_names_for_one_port_are_refused(twice: str, make_stand: Any) -> None:
    stand = make_stand(KEYS + SYNTH)
    before = stand.session.ports.said
    (line,) = stand.write(KEYS + SYNTH + twice)
    assert line.endswith("MIDI: a port that stands in the rig twice cannot change while it plays.")
    assert stand.session.ports.said == before


def test_a_port_that_went_before_its_clock_was_asked_for_is_opened_when_it_is_back(make_stand: Any) -> None:
    stand = make_stand(KEYS)
    midi = stand.session.ports._midi._midi
    keeper = midi._keeper_of(midi.backend_of("keys"))
    stand.backend.ins = ("pads",)  # a moment ago: nobody has looked yet
    assert stand.write(KEYS + "clock = true\n") == ["rig.toml was read again."]
    stand.backend.ins = ("keys", "pads")
    for later_s in (1e9, 2e9):  # whatever the thread that looks has seen by now
        keeper.look(later_s)
    assert stand.backend.clocks == {"keys": True} and set(stand.backend.receivers) == {"keys"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[parameters", "expected TOML: "),
        ("tempo = 3", "rig.toml:3: tempo: expected one of parameters, presets"),
        ("[parameters]\nthreshold_s = 99", "rig.toml:4: parameters.threshold_s: expected a number from 0.1"),
        ("[parameters]\nmodel = 'none'", "model: expected one of touch, got 'none'."),
        ("[presets.a]\nmodel = 'none'", "model: expected one of touch, got 'none'."),
        ("[[osc.in]]\nlisten = 0\nprofile = 'impsy'", "OSC port 0: the profile impsy plays values, expected"),
        (KEYS + "touch = 3", "rig.toml:5: midi.in[1].touch: expected true, false or a table, got 3."),
        (KEYS + "values = [[]]", "rig.toml:5: midi.in[1].values: the model hears x, y, dt, moving: expected"),
        ('[[midi.in]]\nport = "piano"', "MIDI input: expected a part of a port's name, got 'piano'; there"),
        (KEYS + KEYS, "MIDI: a port that stands in the rig twice cannot change while it plays."),
        ("[[osc.in]]\nlisten = 0\n[[osc.in]]\nlisten = 'PORT'\n" + KEYS, "cannot be opened: "),
    ],
)
def test_a_bad_file_is_refused_as_a_whole_and_the_old_one_plays_on(
    text: str, reason: str, make_stand: Any, peer: Peer
) -> None:
    stand = make_stand(f'[[osc.out]]\naddress = "{peer.address}"\n[parameters]\ntimescale = 2.0\n' + SYNTH)
    synth, before = stand.backend.synths["synth"], stand.session.ports.said
    (line,) = stand.write(text.replace("PORT", peer.address))
    assert line.startswith("The changed rig is refused, the old one plays on: ") and reason in line
    assert "\n" not in line
    assert stand.session.ports.said == before and stand.backend.receivers == {} and not synth.closed
    assert stand.settings.number("timescale") == 2.0 and stand.settings.number("threshold_s") == 0.8
    heard = peer.hear_until(lambda m: m.address == "/ghostjam/state/notice")
    assert heard.arguments == (line,)
    assert line.endswith(str(stand.session.controls.get("last_refusal")))
    assert stand.look() == []  # said once
    assert stand.write("[parameters]\ntimescale = 3.0\n" + SYNTH) == ["rig.toml was read again."]
    assert stand.settings.number("timescale") == 3.0 and not synth.closed


GOOD = "[parameters]\ntimescale = 3.0\n"


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def lock(path: Path) -> None:
    path.chmod(0)


FAULTS: dict[str, tuple[bytes | Callable[[Path], None], str]] = {
    "folder": (folder, "{path}: Is a directory"),
    "locked": (lock, "{path}: Permission denied"),
    "binary": (bytes(range(256)), "{path}:2: expected UTF-8 text: invalid start byte at byte 128."),
    "utf-16": (GOOD.encode("utf-16"), "{path}:1: expected UTF-8 text: invalid start byte at byte 0."),
    "brackets": (b"seed = " + 100_000 * b"[", "{path}:1: seed: expected lines of at most 4096 characters"),
    "deep": (b"seed = " + 100_000 * b"[\n", "{path}:257: seed: expected lines of at most 4096 characters"),
    "lists": (b"midi.api = [[1]]", "{path}:1: midi.api: expected one of alsa, jack, core, mm, got [[1]]."),
    "nan": (
        b"parameters.volume = nan",
        "{path}:1: parameters.volume: expected a number from 0 to 1, got nan",
    ),
    "huge": (b"seed = 0x" + 99 * b"f", "{path}:1: seed: expected a number of at most 64 bits."),
    "half": (GOOD[:-6].encode(), "{path}:2: expected TOML: "),
    "name": (b"osc.out = [{ address = 'no.invalid:9' }]", "OSC out no.invalid:9 cannot be opened: "),
}
if hasattr(os, "mkfifo"):
    FAULTS["pipe"] = pipe, "{path}:1: expected a file, got a pipe or a device."


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_becomes_of_the_file_the_old_rig_plays_on_and_the_next_good_one_is_taken(
    fault: str, make_stand: Any, peer: Peer
) -> None:
    out = f'[[osc.out]]\naddress = "{peer.address}"\n'
    stand = make_stand(out + "[parameters]\ntimescale = 2.0\n")
    spoil, reason = FAULTS[fault]
    stand.path.write_bytes(spoil) if isinstance(spoil, bytes) else spoil(stand.path)
    if fault == "locked" and os.access(stand.path, os.R_OK):
        pytest.skip("nothing is locked for who may do everything")
    done = threading.Thread(target=stand.look, daemon=True)
    done.start()
    done.join(WAIT_S / 4)
    assert not done.is_alive(), "it waits for the file"
    (line,) = stand.told
    assert line.startswith(
        "The changed rig is refused, the old one plays on: " + reason.format(path=stand.path)
    )
    assert "\n" not in line
    stand.session.controls.touch(0, 0.5, 0.5)
    peer.hear_until(lambda m: m.address == "/ghostjam/touch")
    assert stand.settings.number("timescale") == 2.0
    stand.path.rmdir() if stand.path.is_dir() else stand.path.unlink()
    assert stand.look() == []  # it is gone: nothing to take
    assert stand.write(out + GOOD) == ["rig.toml was read again."]
    assert stand.settings.number("timescale") == 3.0


def test_a_file_that_may_be_read_again_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "rig.toml"
    path.write_text("a")
    changed = ChangedFile(path)
    path.chmod(0)
    assert [changed.has_changed() for _ in range(3)] == [False, True, False]
    path.chmod(0o600)
    assert [changed.has_changed() for _ in range(3)] == [False, True, False]


def test_what_has_to_wait_for_the_next_start_is_said(make_stand: Any) -> None:
    stand = make_stand(KEYS)
    assert stand.write('seed = 7\n[midi]\napi = "jack"\n' + KEYS) == [
        "rig.toml was read again. From the next start on: seed, midi.api."
    ]


def test_a_file_is_taken_when_two_looks_agree_and_once(tmp_path: Path) -> None:
    path = tmp_path / "rig.toml"
    path.write_text("a")
    changed = ChangedFile(path)
    assert [changed.has_changed() for _ in range(2)] == [False, False]
    path.write_text("half")
    first = changed.has_changed()
    path.write_text("half and the rest")
    assert [first, *(changed.has_changed() for _ in range(3))] == [False, False, True, False]
    path.unlink()
    assert [changed.has_changed() for _ in range(3)] == [False, False, False]
    (tmp_path / "new").write_text("another file in its place")
    (tmp_path / "new").rename(path)
    assert [changed.has_changed() for _ in range(3)] == [False, True, False]


def nothing() -> None:
    """There is nothing to look after."""


def test_a_job_that_fails_does_not_end_the_work(caplog: pytest.LogCaptureFixture) -> None:
    done, hand = threading.Event(), Worker(nothing)
    hand.do(lambda: 1 // 0)  # type: ignore[arg-type, return-value]
    hand.do(done.set)
    hand.start()
    assert done.wait(WAIT_S)
    hand.close()
    hand.close()
    assert "A job beside the music failed." in caplog.text


@pytest.mark.skipif(sys.platform != "linux", reason="priorities are Linux's")
def test_a_job_is_not_held_up_by_ordinary_programs() -> None:
    """It holds the interpreter at times, and then who plays waits for whatever it waits for."""
    policies: list[int] = []
    with not_held_up():
        granted = os.sched_getscheduler(0)
    done = threading.Event()
    work = Worker(nothing)
    work.do(lambda: policies.append(os.sched_getscheduler(0)))
    work.do(done.set)
    work.start()
    assert done.wait(WAIT_S)
    work.close()
    assert policies == [granted]


def test_jobs_that_come_faster_than_they_are_done_are_refused() -> None:
    hand = Worker(nothing)
    done: list[int] = []
    for number in range(MOST_JOBS):
        hand.do(partial(done.append, number))
    with pytest.raises(ControlError, match=f"ports: expected at most {MOST_JOBS} changes that wait"):
        hand.do(partial(done.append, -1))
    hand.start()
    finished = threading.Event()
    end_s = time.perf_counter() + WAIT_S
    while not finished.is_set() and time.perf_counter() < end_s:
        with contextlib.suppress(ControlError):
            hand.do(finished.set)
        finished.wait(0.05)
    hand.close()
    assert done == list(range(MOST_JOBS))


def test_the_file_is_looked_at_also_while_jobs_always_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LOOK_S", 0.001)
    looked = threading.Event()
    hand = Worker(looked.set)
    end_s = time.monotonic() + WAIT_S

    def again() -> None:
        if not looked.is_set() and time.monotonic() < end_s:
            hand.do(again)
            time.sleep(0.0001)

    hand.do(again)
    hand.start()
    assert looked.wait(WAIT_S / 2)
    hand.close()


@pytest.mark.slow
def test_the_program_follows_its_file(peer: Peer, root: Path, tmp_path: Path) -> None:
    path = tmp_path / "rig.toml"
    text = QUIET + f'[[osc.in]]\nlisten = 0\n[[osc.out]]\naddress = "{peer.address}"\n[parameters]\n'
    path.write_text(text)
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "bridge", "--config", str(path), "--threshold", "0.5"],
        cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None and process.stdout.readline().startswith("Ghostjam: ")
        path.write_text(text + "timescale = 3.0\nthreshold_s = 9.0\n")
        assert peer.hear_until(lambda m: m.address == "/ghostjam/state/timescale")[2] == (3.0,)
        assert "read again" in str(peer.hear_until(lambda m: "notice" in m.address)[2])
        path.write_text(text + "timescale = 99\n")
        assert "expected a number from 0.25 to 4" in str(peer.hear_until(lambda m: "notice" in m.address)[2])
        path.write_text(text + "[[web]]\nlisten = 0\ntoken = 'ours'\n")
        assert select.select([process.stdout], [], [], WAIT_S)[0]
        page = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=WAIT_S)
    finally:
        process.kill()
        process.communicate()
    assert page.startswith("A page to play on: http://127.0.0.1:") and page.endswith("/?token=ours\n")
    assert (process.returncode, out) == (0, "")
    assert [line.split(":")[0] for line in err.splitlines()] == ["ghostjam"] * 3
