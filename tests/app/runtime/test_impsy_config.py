"""IMPSY's config.toml as a rig: every key has an answer, and the rig that comes out is read as any other."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.main import main
from app.core.events import Source
from app.runtime.impsy_config import understand
from app.runtime.rig import SerialLines, parse_rig, read_rig
from app.runtime.rig_text import toml_of

CONFIG = """
title = "A keyboard and a synthesizer"
log_input = false
verbose = true
colour = "blue"
[interaction]
mode = "polyphony"
threshold = 0.05
input_thru = false
[model]
dimension = 3
file = "models/mine.keras"
size = "s"
sigmatemp = 0.01
pitemp = 1.5
timescale = 2
[midi]
in_device = ["Keys", "Pads"]
out_device = "Synth"
feedback_protection = true
feedback_threshold = 0.02
input."Keys" = [["note_on", 1], ["control_change", 1, 7]]
input."Pads" = [["note_on", 10], ["pitch_bend", 10]]
output = [["note_on", 3, 100], ["control_change", 3, 19, 0, 63]]
[midi.thru_matrix]
Keys = ["Synth"]
[osc]
server_ip = "127.0.0.1"
server_port = 6000
client_ip = "0.0.0.0"
client_port = 6001
[websocket]
server_ip = "0.0.0.0"
server_port = 5001
input = [["note_on", 1], ["control_change", 1, 7]]
output = [["note_on", 1], ["pitch_bend", 1]]
"""


def test_a_whole_configuration(tmp_path: Path) -> None:
    found = understand(tomllib.loads(CONFIG))
    path = tmp_path / "rig.toml"
    path.write_text(toml_of(found.rig), "utf-8")
    rig = read_rig(path)
    assert dict(rig.parameters) == {
        "mode": "duet",
        "threshold_s": 0.1,
        "model": str(tmp_path / "models/mine.tflite"),
        "sigma_temperature": 0.01,
        "pi_temperature": 1.5,
        "timescale": 2.0,
    }
    assert rig.record is False
    assert [(port.listen, port.profile) for port in rig.osc_in] == [("127.0.0.1:6000", "impsy")]
    assert [(port.address, port.sources) for port in rig.osc_out] == [("127.0.0.1:6001", (Source.GHOST,))]
    (web,) = rig.web
    assert (web.listen, web.profile, web.sources) == ("0.0.0.0:5001", "impsy", (Source.GHOST,))
    assert [entry and entry.kind for entry in web.input or ()] == ["note_on", "control_change"]
    assert [entry and entry.kind for entry in web.output or ()] == ["note_on", "pitch_bend"]
    midi = rig.midi
    assert midi is not None
    assert midi.guard_s == 0.02
    assert [(port.port, len(port.values or ())) for port in midi.inputs] == [("Keys", 2), ("Pads", 2)]
    assert [(port.port, port.play) for port in midi.outputs] == [("Synth", set(Source))]


def test_every_key_has_an_answer() -> None:
    answers = dict(understand(tomllib.loads(CONFIG)).keys)
    assert answers["interaction.threshold"] == "parameters.threshold_s = 0.1, the nearest there is to 0.05"
    assert answers["model.file"].endswith("convert models/mine.keras to it with IMPSY's own converter")
    assert answers["midi.input.Pads"] == "values of [[midi.in]] Pads: 2 entries"
    assert answers["websocket.server_port"].startswith("web, profile impsy; the address that bridge prints")
    assert answers["websocket.input"] == "input of [[web]]: 2 entries"
    assert answers["colour"] == "not understood"
    assert [key for key, answer in answers.items() if answer == "not understood"] == ["colour"]


OTHER_MODES = {"callresponse": "call", "battle": "solo", "useronly": "listen"}


@pytest.mark.parametrize(("theirs", "ours"), OTHER_MODES.items())
def test_modes(theirs: str, ours: str) -> None:
    assert understand({"interaction": {"mode": theirs}}).rig["parameters"] == {"mode": ours}


def test_what_is_of_a_wrong_type_is_not_understood() -> None:
    config: dict[str, Any] = {"interaction": {"mode": ["call"], "threshold": "x"}, "model": {"file": ""}}
    config["midi"] = {"in_device": 3, "input": 4}
    assert all("not understood" in answer for _, answer in understand(config).keys)


def test_entries_of_another_shape_and_numbers_that_are_none_are_not_understood() -> None:
    config: dict[str, Any] = {"model": {"pitemp": math.nan}, "osc": {"server_ip": "h", "server_port": True}}
    config["midi"] = {"in_device": "keys", "input": [{"a": 1}], "feedback_threshold": math.nan}
    config["websocket"] = {"server_ip": 3, "server_port": 5001, "output": "x", "colour": 1}
    found = understand(config)
    wrong = [key for key, answer in found.keys if answer.startswith("not understood")]
    assert wrong == [
        "model.pitemp",
        "osc.server_ip",
        "osc.server_port",
        "midi.input",
        "midi.feedback_threshold",
        "websocket.server_ip",
        "websocket.server_port",
        "websocket.output",
        "websocket.colour",
    ]
    assert found.rig == {"parameters": {}, "midi": {"in": [{"port": "keys"}]}}


WORDS = st.sampled_from(
    ["interaction", "mode", "threshold", "model", "file", "midi", "in_device", "input", "thru_matrix", "osc",
     "server_ip", "server_port", "websocket", "serial", "serialmidi", "port", "baudrate", "output",
     "pitemp", "feedback_threshold", "feedback_protection", "log", "x"]
)  # fmt: skip
LEAVES = st.one_of(st.booleans(), st.integers(-9, 9), st.floats(), st.text(max_size=4), st.just("call"))
VALUES = st.recursive(
    LEAVES, lambda v: st.one_of(st.lists(v, max_size=3), st.dictionaries(WORDS, v, max_size=4))
)


@given(st.dictionaries(WORDS, VALUES, max_size=5))
def test_whatever_a_file_holds_is_answered(config: dict[str, Any]) -> None:
    found = understand(config)
    assert all(answer for _, answer in found.keys)
    tomllib.loads(toml_of(found.rig))


@given(st.text(min_size=1), st.lists(st.lists(st.text() | st.integers() | st.booleans())))
def test_any_name_and_any_entries_are_toml(name: str, entries: list[Any]) -> None:
    found = understand({"midi": {"in_device": name, "input": entries}, "model": {"file": f"{name}.tflite"}})
    assert tomllib.loads(toml_of(found.rig))["midi"]["in"] == [{"port": name, "values": entries}]


def test_a_serial_port_that_speaks_in_lines(tmp_path: Path) -> None:
    """As the peer's configs/serial-example.toml has it."""
    text = '[interaction]\ninput_thru = {}\n[serial]\nport = "/dev/ttyACM0"\nbaudrate = 9600\n'
    for thru, sources in (("false", (Source.GHOST,)), ("true", tuple(Source))):
        found = understand(tomllib.loads(text.format(thru)))
        rig = parse_rig(toml_of(found.rig), tmp_path)
        assert rig.serial == (SerialLines("/dev/ttyACM0", 9600, "impsy", sources),) and rig.midi is None
        assert [how for _, how in found.keys[1:]] == ["serial.port, profile impsy", "serial.baud = 9600"]


def test_midi_over_a_serial_port_takes_the_port_of_the_lines(tmp_path: Path) -> None:
    """The peer reads its port there, and opens it twice."""
    text = (
        '[midi]\nin_device = "Keys"\n[serial]\nport = "/dev/ttyAMA0"\nbaudrate = 115200\n'
        '[serialmidi]\ninput = [["note_on", 1]]\noutput = [["control_change", 3, 19]]\n'
    )
    found = understand(tomllib.loads(text))
    rig = parse_rig(toml_of(found.rig), tmp_path)
    assert rig.serial == () and rig.midi is not None
    assert [(port.port, len(port.values or ())) for port in rig.midi.inputs] == [
        ("Keys", 0), ("serial:/dev/ttyAMA0", 1),
    ]  # fmt: skip
    assert [(port.port, port.play) for port in rig.midi.outputs] == [("serial:/dev/ttyAMA0", {Source.GHOST})]
    assert all("not understood" not in how for _, how in found.keys)


def test_serial_ports_of_a_wrong_shape_are_not_understood() -> None:
    config: dict[str, Any] = {"serial": {"port": " ", "baudrate": 1}, "serialmidi": {"input": 3, "x": []}}
    found = understand(config)
    assert [how for _, how in found.keys] == 4 * ["not understood"] and found.rig == {"parameters": {}}
    assert understand({"serial": 3, "serialmidi": 4}).rig.keys() <= {"parameters"}


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ('[model]\nfile = "mine.keras"', "{folder}/mine.tflite: expected a .tflite file, got no such file"),
        ('[osc]\nserver_ip = "127.0.0.1"\nserver_port = 0', "OSC port 127.0.0.1:0: the profile impsy plays"),
        ('[osc]\nclient_ip = "no host"\nclient_port = 6001', "{folder}/rig.toml:2: osc.out[1].address: expe"),
        (
            '[midi]\nin_device = "x"\ninput = [["cc", 1]]',
            "{folder}/rig.toml:3: midi.in[1].values[1]: expected",
        ),
        (
            '[midi]\nin_device = "x"\ninput = [["note_on", 1]]',
            "{folder}/rig.toml:3: midi.in[1].values: the mod",
        ),
    ],
)
def test_what_cannot_start_is_said(
    config: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text(config)
    line = f"It cannot start yet: {reason.format(folder=tmp_path)}"
    assert main(["impsy-config", str(tmp_path / "config.toml")]) == 0
    assert f"\n# {line}" in capsys.readouterr().out
    assert main(["impsy-config", str(tmp_path / "config.toml"), "--out", str(tmp_path / "rig.toml")]) == 0
    assert f"\n{line}" in capsys.readouterr().out


def test_of_what_can_start_nothing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text('[midi]\nin_device = "a device of another machine"')
    assert main(["impsy-config", str(tmp_path / "config.toml")]) == 0
    assert "cannot start" not in capsys.readouterr().out


def test_the_command_prints_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config, rig = tmp_path / "config.toml", tmp_path / "rig.toml"
    config.write_text(CONFIG, "utf-8")
    assert main(["impsy-config", str(config)]) == 0
    printed = capsys.readouterr().out
    assert tomllib.loads(printed)["midi"]["guard_ms"] == 20.0  # the answers are comments
    assert main(["impsy-config", str(config), "--out", str(rig)]) == 0
    assert read_rig(rig).record is False
    assert main(["impsy-config", str(config), "--out", str(rig)]) == 2  # it never overwrites
    assert main(["impsy-config", str(tmp_path / "none")]) == 2
    config.write_text("= 3", "utf-8")
    assert main(["impsy-config", str(config)]) == 2
    assert "expected TOML" in capsys.readouterr().err
