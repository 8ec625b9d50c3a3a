"""The [midi] part of a rig: what is accepted, and that an error names the key and what is allowed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from app.core.events import NOTE_COLUMNS, Source
from app.core.toml_file import TomlError
from app.midi.compatibility import check_fits
from app.midi.mapping import CONTROL_KINDS, VALUE_KINDS, Entry
from app.midi.setup import IN_KEYS, MIDI_KEYS, OUT_KEYS, TOUCH_KEYS, parse_setup
from app.midi.touches_in import TouchSetup
from app.runtime.rig import read_rig

RIG = """
[midi]
guard_ms = 20
[[midi.in]]
port = "nanoKONTROL2"
values = [["control_change", 1, 16], ["note_on", 2], [], ["control_change", 1, 18, 127, 0]]
[midi.in.controls]
pi_temperature = ["control_change", 1, 20]
panic = ["note", 1, 36]
preset = ["program_change", 16]
[[midi.in]]
port = "virtual:ghostjam"
touch = { channel = 3, low = 36, high = 84, bend = 12 }
[[midi.out]]
port = "synth"
play = ["ghost"]
channels = { ghost = 5 }
gap_ms = 0
[[midi.out]]
port = "other"
mpe = true
"""


def test_a_whole_rig() -> None:
    setup = parse_setup(tomllib.loads(RIG)["midi"])
    assert setup.guard_s == 0.02
    knobs, keys = setup.inputs
    assert knobs.values == (
        Entry("control_change", 0, 16),
        Entry("note_on", 1),
        None,
        Entry("control_change", 0, 18, 127, 0),
    )
    assert knobs.controls["panic"] == Entry("note", 0, 36)
    assert keys.touch == TouchSetup(2, 36, 84, 12.0) and keys.values is None
    ghost, both = setup.outputs
    assert ghost.play == {Source.GHOST} and ghost.channels[Source.GHOST] == 4 and ghost.gap_s == 0.0
    assert both.play == set(Source) and both.mpe and both.values is None


def test_nothing_at_all_is_a_setup() -> None:
    setup = parse_setup({})
    assert setup.inputs == setup.outputs == () and setup.guard_s == 0.03


IN, OUT = '[[midi.in]]\nport = "x"\n', '[[midi.out]]\nport = "x"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[midi]\nguard = 1", "midi.guard: expected one of in, out, guard_ms, api"),
        ("[midi]\nguard_ms = -1", "midi.guard_ms: expected a number from 0 to 1000, got -1"),
        ('[midi]\napi = "dos"', "midi.api: expected one of alsa, jack, core, mm, got 'dos'"),
        ('[midi]\nin = "x"', r"midi.in: expected tables, \[\[midi.in\]\], got"),
        ("[[midi.in]]", r"midi.in\[1\].port: expected a part of a port's name"),
        (IN + "value = []", r"midi.in\[1\].value: expected one of port, values, touch"),
        (IN + 'values = [["note_on"]]', r"midi.in\[1\].values\[1\]: expected note_on channel"),
        (IN + 'values = [[], ["cc", 1, 2]]', r"values\[2\]: expected a list that starts with one of note_on"),
        (IN + 'values = [["control_change", 17, 2]]', "channel: expected a whole .* from 1 to 16, got 17"),
        (IN + 'values = [["control_change", 1, 128]]', "number: expected a whole number from 0 to 127"),
        (IN + 'values = [["control_change", 1, true]]', "number: expected a whole number from 0 to 127"),
        (IN + 'values = [["control_change", 1, 2, 3]]', r"control_change channel number \[low high\]"),
        (IN + 'values = [["control_change", 1, 2, 5, 5]]', "low and high: expected two different numbers"),
        (IN + "values = 3", r"midi.in\[1\].values: expected a list of entries"),
        (IN + "touch = 3", r"midi.in\[1\].touch: expected true, false or a table"),
        (IN + "touch = { low = 60, high = 60 }", "touch: low and high: expected two different notes"),
        (IN + "touch = { chanel = 1 }", "chanel: expected one of channel, low, high, bend"),
        (IN + 'controls = { tempo = ["note", 1, 2] }', "controls.tempo: expected one of mode, "),
        (IN + 'controls = { volume = ["note", 1, 2] }', "volume: expected one of control_change, pitch_bend"),
        (IN + 'controls = { panic = ["note_on", 1] }', "panic: expected a list that starts with one of note"),
        (IN + 'controls = { preset = ["note", 1, 2] }', "preset: expected one of program_change, got note"),
        (OUT + 'play = ["me"]', r"midi.out\[1\].play: expected a list out of player, ghost, got"),
        (OUT + "play = []", r"midi.out\[1\].play: expected a list out of player, ghost, got"),
        (OUT + "mpe = 1", r"midi.out\[1\].mpe: expected true or false, got 1"),
        (IN + "clock = 1", r"midi.in\[1\].clock: expected true or false, got 1"),
        (2 * (IN + "clock = true\n"), r"midi.in\[2\].clock: expected one port whose clock is the beat"),
        (OUT + "channels = { ghost = 0 }", "channels.ghost: expected a whole number from 1 to 16, got 0"),
        (OUT + 'gap_ms = "fast"', "gap_ms: expected a number from 0 to 1000, got 'fast'"),
    ],
)
def test_an_error_names_the_key_and_what_is_allowed(text: str, message: str) -> None:
    with pytest.raises(TomlError, match=message):
        parse_setup(tomllib.loads(text)["midi"])


def test_the_example_rigs_are_understood_and_fit_their_models(root: Path) -> None:
    rigs = {path.stem: read_rig(path) for path in (root / "assets" / "rigs").glob("*.toml")}
    with_midi = {name: rig for name, rig in rigs.items() if rig.midi is not None}
    assert {"keyboard", "midi-daw", "midi-impsy", "midi-knobs"} <= with_midi.keys()
    for rig in with_midi.values():
        columns = ("x", "y", "dt", "moving")
        if "model" in rig.parameters:
            is_keys = rig.parameters["model"] == "keys"
            columns = NOTE_COLUMNS if is_keys else ("dt", *(f"x{i}" for i in range(1, 9)))
        assert rig.midi is not None
        check_fits(rig.midi, columns)


@pytest.mark.parametrize("name", ["keyboard", "midi-daw"])
def test_the_rigs_for_keys_play_the_model_of_notes_and_bend_no_pitch(root: Path, name: str) -> None:
    rig = read_rig(root / "assets" / "rigs" / f"{name}.toml")
    assert rig.parameters["model"] == "keys" and "scale" not in rig.parameters
    assert rig.midi is not None
    assert all(item.touch is None and item.values is None for item in rig.midi.inputs)
    assert all(not item.mpe for item in rig.midi.outputs)


def test_the_readme_shows_every_key_and_all_of_it_is_understood(root: Path) -> None:
    text = (root / "README.md").read_text("utf-8")
    block = next(part for part in re.findall(r"(?:^    .*\n|^\n)+", text, re.M) if "[[midi.in]]" in part)
    setup = parse_setup(tomllib.loads(block)["midi"])
    assert setup.inputs[0].controls and setup.outputs[0].channels[Source.GHOST] == 2
    words = set(re.findall(r"\w+", text))
    assert {*MIDI_KEYS, *IN_KEYS, *OUT_KEYS, *TOUCH_KEYS, *VALUE_KINDS, *CONTROL_KINDS} <= words
