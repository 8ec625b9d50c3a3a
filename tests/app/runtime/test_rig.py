"""Rigs: what a file says, and errors that name the line."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli import main
from app.core.events import Source
from app.core.toml_file import line_of
from app.midi.setup import MidiSetup
from app.osc.profiles import PROFILES
from app.runtime.arguments import session_rig
from app.runtime.errors import CommandError
from app.runtime.rig import PROFILE_NAMES, OscInPort, OscOutPort, Rig, read_rig
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

[midi]
guard_ms = 20
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
        midi=MidiSetup(guard_s=0.02),
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
        ("\ntempo = 3", "2: tempo: expected one of parameters, presets, osc, midi, seed, sound, record"),
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


toml_values = st.recursive(
    st.integers() | st.booleans() | st.text("ab", max_size=3).map(lambda text: f'"{text}"'),
    lambda inner: st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(map(str, items))}]"),
    max_leaves=4,
).map(lambda value: str(value).lower() if isinstance(value, bool) else str(value))
toml_lines = st.sampled_from(
    ["[parameters]", "[presets.a]", "[[osc.in]]", "[[osc.out]]", "[osc]", "[midi]"]
) | st.builds(
    lambda key, value: f"{key} = {value}",
    st.sampled_from(["seed", "mode", "listen", "address", "sources", "osc", "in", "presets", "pause"]),
    toml_values,
)


@given(st.lists(toml_lines, max_size=8))
def test_any_file_is_a_rig_or_a_rig_error(lines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), "\n".join(lines))
        try:
            rig = read_rig(path)
        except CommandError as error:
            assert str(error).startswith(f"{path}:")
        else:
            assert isinstance(rig, Rig)


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (["a"], 1),
        (["b", "c"], 4),
        (["b", "c", "d"], 5),
        (["b", "c", "missing"], 4),
        (["e", 0, "f"], 7),
        (["e", 1, "f"], 9),
        (["e", 1, "g", "h"], 11),
        (["dotted", "key"], 2),
        (["nowhere"], 1),
    ],
)
def test_lines(keys: list[str | int], line: int) -> None:
    text = 'a = 1\ndotted.key = 2\n\n[b.c] # comment\n"d" = 3\n[[e]]\nf = 1\n[[e]]\nf = 2\n[e.g]\nh = 3\n'
    assert line_of(text, keys) == line


def args(*words: str) -> argparse.Namespace:
    return main.build_parser().parse_args(["play", *words])


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    config = ["--config", str(write(tmp_path, WHOLE))]
    assert session_rig(args(*config)) == read_rig(tmp_path / "rig.toml")
    rig = session_rig(args(
        *config, "--osc-in", "8000", "--osc-out", "127.0.0.1:8001", "--osc-profile", "robojam",
        "--osc-bundles", "--seed", "1", "--mode", "solo", "--no-record",
    ))  # fmt: skip
    assert rig.osc_in == (OscInPort("8000", "robojam"),)
    assert rig.osc_out == (OscOutPort("127.0.0.1:8001", "robojam", bundles=True),)
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
