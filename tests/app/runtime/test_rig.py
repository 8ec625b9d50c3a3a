"""Rigs: what a file says, and errors that name the line."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli import main
from app.core.events import Source
from app.core.parameters import PARAMETERS
from app.core.toml_file import TomlError
from app.midi.controls_in import TARGETS
from app.midi.mapping import Entry
from app.midi.setup import IN_KEYS, MIDI_KEYS, OUT_KEYS, TOUCH_KEYS, MidiSetup
from app.osc.profiles import PROFILES
from app.runtime.arguments import session_rig
from app.runtime.errors import CommandError
from app.runtime.load import default_model
from app.runtime.rig import (
    PROFILE_NAMES,
    OscInPort,
    OscOutPort,
    Rig,
    SerialLines,
    WebPort,
    parse_rig,
    read_rig,
)
from assets import RIGS

WHOLE = """
seed = 7
sound = false
record = "takes"
adapt = true

[parameters]
mode = "duet"
model = "mine.tflite"
threshold_s = 0.5
likeness = 1
pause = true

[presets.calm]
timescale = 2

[[osc.in]]
listen = 9000
[[osc.in]]
listen = "0.0.0.0:9001"
profile = "impsy"

[[osc.out]]
address = "127.0.0.1:57120"
sources = ["ghost"]
bundles = true

[[web]]
listen = 8080
[[web]]
listen = "0.0.0.0:8081"
profile = "impsy"
token = "ours_-1"
input = [["note_on", 1], ["nrpn", 2, 300]]
output = [["pitch_bend", 16], []]
sources = ["ghost"]

[midi]
guard_ms = 20

[[serial]]
port = "/dev/ttyACM0"
[[serial]]
port = "COM3"
baud = 9600
profile = "impsy"
sources = ["player"]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "rig.toml"
    path.write_text(text, "utf-8")
    return path


def test_everything_a_rig_can_say(tmp_path: Path) -> None:
    path = write(tmp_path, WHOLE)
    assert read_rig(path) == Rig(
        parameters={
            "mode": "duet", "model": str(tmp_path / "mine.tflite"), "threshold_s": 0.5, "likeness": 1.0,
            "pause": True,
        },
        presets={"calm": {"timescale": 2.0}},
        osc_in=(OscInPort("9000"), OscInPort("0.0.0.0:9001", "impsy")),
        osc_out=(OscOutPort("127.0.0.1:57120", "ghostjam", (Source.GHOST,), True),),
        web=(
            WebPort("8080"),
            WebPort(
                "0.0.0.0:8081", "impsy", "ours_-1",
                (Entry("note_on", 0), Entry("nrpn", 1, 300, high=16383)),
                (Entry("pitch_bend", 15, high=16383), None),
                (Source.GHOST,),
            ),
        ),
        midi=MidiSetup(guard_s=0.02),
        serial=(SerialLines("/dev/ttyACM0"), SerialLines("COM3", 9600, "impsy", (Source.PLAYER,))),
        seed=7,
        sound=False,
        record=tmp_path / "takes",
        adapt=True,
        path=path,
    )  # fmt: skip


def test_an_empty_rig_is_the_defaults(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    assert read_rig(path) == Rig(path=path)
    assert read_rig(write(tmp_path, "record = false")).record is False


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\ntempo = 3", "2: tempo: expected one of parameters, presets, osc, web, midi, serial, seed, sound"),
        ("[parameters]\nlikeness = 3", "2: parameters.likeness: expected a number from 0 to 2, got 3."),
        ("seed = -1", "1: seed: expected a whole number from 0 to 4294967295, got -1."),
        ("seed = true", "1: seed: expected a whole number from 0 to 4294967295, got True."),
        ("sound = 1", "1: sound: expected true or false, got 1."),
        ("adapt = 1", "1: adapt: expected true or false, got 1."),
        ("record = true", "1: record: expected a folder or false, got True."),
        ("[parameters]\n\nthreshold_s = 99", "3: parameters.threshold_s: expected a number from 0.1"),
        ("[parameters]\nmode = 'chess'", "2: parameters.mode: expected one of call, duet, solo, listen"),
        ("[parameters]\nmodel = 3", "2: parameters.model: expected a text, got 3."),
        ("[parameters]\nvolume = true", "2: parameters.volume: expected a number from 0 to 1, got True."),
        ("[parameters]\ntempo = 3", "2: parameters.tempo: expected one of mode, model, instrument, scale"),
        ("parameters = 3", "1: parameters: expected a table, [parameters], got 3."),
        ("[presets.a]\n[presets.b]\nmute = 2", "3: presets.b.mute: expected true or false (1 or 0), got 2."),
        ("[presets]\ncalm = 1", "2: presets.calm: expected a table, [presets.calm], got 1."),
        ("[osc]\nport = 9", "2: osc.port: expected one of in, out."),
        ("[osc.in]\nlisten = 9", "1: osc.in: expected tables, [[osc.in]], got {'listen': 9}."),
        ("[[osc.in]]\nlisten = 9\n[[osc.in]]\nlisten = 'x'", "4: osc.in[2].listen: expected PORT or"),
        ("[[osc.in]]\nprofile = 'impsy'", "1: osc.in[1].listen: expected a text, got none."),
        ("[[osc.in]]\nlisten = 9\nprofile = 'max'", "3: osc.in[1].profile: expected one of ghostjam, "),
        ("[[osc.out]]\naddress = ':9'", "2: osc.out[1].address: expected HOST:PORT"),
        ("[[osc.out]]\naddress = 'h:9'\nsources = []", "3: osc.out[1].sources: expected a list out of"),
        ("[[osc.out]]\naddress = 'h:9'\nhost = 1", "3: osc.out[1].host: expected one of address, "),
        ("[web]\nlisten = 9", "1: web: expected tables, [[web]], got {'listen': 9}."),
        ("[[web]]\nlisten = 'x'", "2: web[1].listen: expected PORT or HOST:PORT"),
        ("[[web]]\nlisten = 9\nprofile = 'robojam'", "3: web[1].profile: expected one of ghostjam, impsy"),
        ("[[web]]\nlisten = 9\ntoken = 'a b'", "3: web[1].token: expected up to 64 letters, digits, - and _"),
        ("[[web]]\nlisten = 9\ntoken = 7", "3: web[1].token: expected up to 64 letters, digits, - and _"),
        ("[[web]]\nlisten = 9\ninput = []", "3: web[1].input: expected it beside profile = 'impsy' only"),
        ("[[web]]\nlisten = 9\nprofile = 'impsy'\noutput = [['nrpn', 1, 2]]",
         "4: web[1].output[1]: expected a list that starts with one of note_on"),
    ],
)  # fmt: skip
def test_an_error_names_line_key_and_what_is_allowed(tmp_path: Path, text: str, line: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(CommandError) as error:
        read_rig(path)
    assert str(error.value).startswith(f"{path}:{line}")


def test_what_is_no_toml_says_where(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"rig.toml:2: expected TOML: .*line 2"):
        read_rig(write(tmp_path, "a = 1\nb =\nc = 2"))
    path = tmp_path / "bytes.toml"
    path.write_bytes(b"a = '\xff'")
    with pytest.raises(CommandError, match="expected UTF-8 text"):
        read_rig(path)


# Every key there is: what stands before it, its name, and how an error calls the table it stands in.
PARAMETER_NAMES = [p.name for p in PARAMETERS]
KEYS = [
    *(("", key, "") for key in ("parameters", "presets", "osc", "midi", "serial")),
    *(("", key, "") for key in ("seed", "sound", "record", "adapt")),
    *(("[parameters]\n", key, "parameters.") for key in PARAMETER_NAMES),
    *(("[presets.calm]\n", key, "presets.calm.") for key in PARAMETER_NAMES),
    *(("[osc]\n", key, "osc.") for key in ("in", "out")),
    ("[[osc.in]]\n", "listen", "osc.in[1]."),
    *(("[[osc.in]]\nlisten = 9\n", key, "osc.in[1].") for key in ("profile", "remote_ports")),
    ("[[osc.out]]\n", "address", "osc.out[1]."),
    ("[[serial]]\n", "port", "serial[1]."),
    *(("[[serial]]\nport = 'x'\n", key, "serial[1].") for key in ("baud", "profile", "sources")),
    *(("[[osc.out]]\naddress = 'h:9'\n", key, "osc.out[1].") for key in ("profile", "sources", "bundles")),
    *(("[midi]\n", key, "midi.") for key in MIDI_KEYS),
    *(("[[midi.in]]\nport = 'x'\n", key, "midi.in[1].") for key in IN_KEYS if key != "port"),
    *(("[[midi.out]]\nport = 'x'\n", key, "midi.out[1].") for key in OUT_KEYS if key != "port"),
    *((f"[[midi.{side}]]\n", "port", f"midi.{side}[1].") for side in ("in", "out")),
    *(("[[midi.in]]\nport = 'x'\n[midi.in.touch]\n", key, "midi.in[1].touch.") for key in TOUCH_KEYS),
    *(("[[midi.in]]\nport = 'x'\n[midi.in.controls]\n", key, "midi.in[1].controls.") for key in TARGETS),
    *(("[[midi.out]]\nport = 'x'\n[midi.out.channels]\n", key, "midi.out[1].channels.") for key in Source),
]
NEVER = ["[[[1]]]", "{ a = { b = 1 } }", "nan", "-inf", "1e400", "9223372036854775807", "2026-11-28", "''",
         "[" + 900 * "["  + 901 * "]", "[[], {}, [[]]]"]  # fmt: skip


@pytest.mark.parametrize(("before", "key", "table"), KEYS, ids=[f"{table}{key}" for _, key, table in KEYS])
def test_a_value_of_a_wrong_shape_is_refused_with_line_and_key(
    tmp_path: Path, before: str, key: str, table: str
) -> None:
    for value in NEVER:
        path = write(tmp_path, f"{before}{key} = {value}\n")
        with pytest.raises(CommandError) as error:
            read_rig(path)
        assert str(error.value).startswith(f"{path}:{before.count(chr(10)) + 1}: {table}{key}"), value


def written(value: Any) -> str:
    """A value as TOML, on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(key)} = {written(each)}' for key, each in value.items())} }}"
    return str(value)


WORDS = st.sampled_from(["call", "ghost", "player", "note_on", "control_change", "9000", "h:9", "in", "port"])
VALUES = st.recursive(
    st.booleans()
    | st.integers()
    | st.floats()
    | WORDS
    | st.text("aé\n\0\"'\\[", max_size=4)
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text("a.\n ", max_size=3), inner),
    max_leaves=8,
)


@given(st.lists(st.tuples(st.sampled_from(KEYS), VALUES), max_size=3))
def test_any_file_is_a_rig_or_one_line_that_names_a_key(
    found: list[tuple[tuple[str, str, str], Any]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), "\n".join(f"{b}{key} = {written(value)}" for (b, key, _), value in found))
        try:
            rig = read_rig(path)
        except CommandError as error:
            assert str(error).startswith(f"{path}:") and "\n" not in str(error) and len(str(error)) < 600
        else:
            assert isinstance(rig, Rig)


def args(*words: str) -> argparse.Namespace:
    return main.build_parser().parse_args(["play", *words])


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    config = ["--config", str(write(tmp_path, WHOLE))]
    assert session_rig(args(*config)) == read_rig(tmp_path / "rig.toml")
    rig = session_rig(args(
        *config, "--osc-in", "8000", "--osc-out", "127.0.0.1:8001", "--osc-profile", "robojam",
        "--osc-bundles", "--seed", "1", "--mode", "solo", "--no-record", "--serial", "/dev/x@9600",
    ))  # fmt: skip
    assert rig.osc_in == (OscInPort("8000", "robojam"),)
    assert rig.osc_out == (OscOutPort("127.0.0.1:8001", "robojam", bundles=True),)
    assert rig.serial == (SerialLines("/dev/x", 9600),)
    assert (rig.seed, rig.record, rig.sound) == (1, False, False)
    assert (rig.parameters["mode"], rig.parameters["threshold_s"]) == ("solo", 0.5)


def test_without_a_file_the_rig_is_the_command_line() -> None:
    assert session_rig(args()) == Rig()
    assert session_rig(args("--no-sound", "--record", "takes")) == Rig(sound=False, record=Path("takes"))


def test_a_rig_that_is_not_there_or_not_understood_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as error:
        session_rig(args("--config", str(tmp_path / "none.toml")))
    assert str(error.value) == f"{tmp_path / 'none.toml'}: No such file or directory"
    with pytest.raises(CommandError, match=r"rig.toml:1: tempo: expected one of"):
        session_rig(args("--config", str(write(tmp_path, "tempo = 1"))))


def test_the_profiles_a_rig_may_name_are_those_there_are() -> None:
    assert tuple(PROFILES) == PROFILE_NAMES


@pytest.mark.parametrize("path", sorted(RIGS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_example_is_a_rig(path: Path) -> None:
    rig = read_rig(path)
    assert rig.osc_in or rig.osc_out or rig.midi


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("", "touch"),
        ("[[midi.in]]\nport = 'x'\n", "keys"),
        ("[[midi.out]]\nport = 'x'\n", "touch"),
        ("[[midi.in]]\nport = 'x'\ntouch = true\n", "touch"),
        ("[[midi.in]]\nport = 'x'\n[midi.in.controls]\npanic = ['note', 1, 36]\n", "touch"),
        ("[[midi.in]]\nport = 'x'\nclock = true\n[[midi.in]]\nport = 'y'\n", "keys"),
        ("[[osc.in]]\nlisten = 9000\n[[midi.in]]\nport = 'x'\n", "keys"),
        ("[[osc.in]]\nlisten = 9000\nprofile = 'robojam'\n[[midi.in]]\nport = 'x'\n", "touch"),
        ("[[serial]]\nport = 'x'\n", "touch"),
        ("[[serial]]\nport = 'x'\n[[midi.in]]\nport = 'serial:y'\n", "keys"),
        ("[[serial]]\nport = 'x'\nprofile = 'impsy'\n[[midi.in]]\nport = 'y'\n", "touch"),
    ],
)
def test_a_keyboard_is_heard_as_music_unless_something_says_otherwise(text: str, model: str) -> None:
    assert default_model(parse_rig(text, Path("rig.toml"))) == model


def test_a_token_is_not_repeated_where_everybody_reads_what_was_refused() -> None:
    with pytest.raises(TomlError) as refused:
        parse_rig("[[web]]\nlisten = 9\ntoken = 'my secret!'\n", Path("rig.toml"))
    assert "secret" not in str(refused.value)
