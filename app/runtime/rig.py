"""A rig: ports, parameters and presets as one TOML file. Read and checked here, opened by the session.

seed = 7                            # the same seed gives the same ghost
sound = false                       # no sound card
record = "takes"                    # the folder for recordings; false records nothing
adapt = true                        # what learning needs is loaded at the start, beside the music

[parameters]                        # any live parameter
mode = "call"
threshold_s = 0.5

[presets.calm]                      # recalled by /ghostjam/preset or a MIDI program change
timescale = 2.0

[[osc.in]]
listen = "127.0.0.1:9000"           # or 9000
profile = "ghostjam"                # or impsy, robojam
remote_ports = false                # true: not only this machine opens and closes ports by OSC

[[osc.out]]
address = "127.0.0.1:57120"
profile = "ghostjam"
sources = ["player", "ghost"]       # whose events; ["ghost"] alone is thru off
bundles = false                     # true: with time tags

[[web]]
listen = "127.0.0.1:8080"           # or 8080; 0.0.0.0:8080 lets phones in
profile = "ghostjam"                # a page to play on; or impsy, its websockets
token = "ours"                      # in the page's address; left out: another one at every start, and none
                                    # where only this machine comes in
input = [["note_on", 1], ...]       # impsy: x1 .. xn as in [midi]; left out: controllers 20, 21 ...
output = [["note_on", 1], ...]      # likewise, for what is sent
sources = ["ghost"]                 # impsy: whose events

[midi]                              # see app.midi; a port may be "serial:/dev/ttyAMA0"

[[serial]]                          # lines, see app.serial.lines_in and app.serial.lines_out
port = "/dev/ttyACM0"
baud = 115200
profile = "ghostjam"                # or impsy
sources = ["ghost"]                 # whose events are sent; both say who plays
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.events import Source
from app.core.parameters import PARAMETERS, Number, ParameterError, Value
from app.core.toml_file import TomlError, parse, read_text
from app.core.toml_table import Table
from app.osc.address import AddressError, parse_address, parse_listen
from app.runtime.errors import CommandError, explained
from app.serial.address import HIGHEST_BAUD, LINE_BAUD, LOWEST_BAUD
from app.serial.profiles import SERIAL_PROFILES

if TYPE_CHECKING:
    from app.midi.mapping import Entry
    from app.midi.setup import MidiSetup

PROFILE_NAMES = ("ghostjam", "impsy", "robojam")
WEB_PROFILES = ("ghostjam", "impsy")
MAX_SEED = 2**32 - 1
KEYS = ("parameters", "presets", "osc", "web", "midi", "serial", "seed", "sound", "record", "adapt")
WEB_KEYS = ("listen", "profile", "token", "input", "output", "sources")
TOKEN_LETTERS = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)  # which an address holds as they are


@dataclass(frozen=True)
class OscInPort:
    """Where to listen: PORT or HOST:PORT, the dialect there, and whether other machines may change ports."""

    listen: str
    profile: str = "ghostjam"
    remote_ports: bool = False


@dataclass(frozen=True)
class OscOutPort:
    """Where to send, in which dialect, whose events, and whether with time tags."""

    address: str
    profile: str = "ghostjam"
    sources: tuple[Source, ...] = tuple(Source)
    bundles: bool = False


@dataclass(frozen=True)
class SerialLines:
    """A device that speaks in lines: its port, how fast, in which dialect, and whose events it is sent."""

    port: str
    baud: int = LINE_BAUD
    profile: str = "ghostjam"
    sources: tuple[Source, ...] = (Source.GHOST,)


@dataclass(frozen=True)
class WebPort:
    """Where to listen for browsers, what is spoken there, and what its address must hold.

    Attributes:
        listen: PORT or HOST:PORT.
        profile: one of `WEB_PROFILES`.
        token: "" for a random one, or for none where only this machine comes in.
        input, output: of the profile impsy, the entries of x1 .. xn; None for the usual controllers.
        sources: of the profile impsy, whose events are sent.
    """

    listen: str
    profile: str = "ghostjam"
    token: str = ""
    input: tuple[Entry | None, ...] | None = None
    output: tuple[Entry | None, ...] | None = None
    sources: tuple[Source, ...] = tuple(Source)


@dataclass(frozen=True)
class Rig:
    """What the file says. The defaults are what holds without a file.

    Attributes:
        parameters: live parameters by name; checked, but for the model's name.
        presets: parameters by name, for each preset by name; checked likewise.
        osc_in, osc_out, web: ports.
        midi: MIDI ports; None without such a section.
        serial: devices that speak in lines.
        seed: of the ghost; None draws one.
        sound: whether to open the sound card.
        record: the folder for recordings; None for the usual one, False to record nothing.
        adapt: whether the process that learns is started before it is asked to.
        path: of the file; None without one.
        text: of the file.
    """

    parameters: Mapping[str, Value] = field(default_factory=dict)
    presets: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    osc_in: tuple[OscInPort, ...] = ()
    osc_out: tuple[OscOutPort, ...] = ()
    web: tuple[WebPort, ...] = ()
    midi: MidiSetup | None = None
    serial: tuple[SerialLines, ...] = ()
    seed: int | None = None
    sound: bool = True
    record: Path | bool | None = None
    adapt: bool = False
    path: Path | None = None
    text: str = field(default="", compare=False, repr=False)


def read_rig(path: Path) -> Rig:
    """The rig in a TOML file.

    Raises:
        CommandError: it cannot be read, or holds what is not understood: file, line, key and why.
    """
    text = ""
    try:
        text = read_text(path)
        return parse_rig(text, path)
    except TomlError as error:
        raise CommandError(error.located(path, text)) from None
    except OSError as error:
        raise CommandError(explained(error)) from None


def parse_rig(text: str, path: Path) -> Rig:
    """The rig in TOML text, which stands in `path`.

    Raises:
        TomlError: it holds what is not understood.
    """
    content, folder = parse(text), path.parent
    root = Table(content, KEYS)
    osc, names = root.table("osc", ("in", "out")), content.get("presets", {})
    presets = root.table("presets", names)
    record = root.get("record")
    is_folder = isinstance(record, str) and bool(record.strip())
    if not (record is None or record is False or is_folder):
        raise root.error("record", f"expected a folder or false, got {record!r}.")
    return Rig(
        parameters=_parameters(root, "parameters", folder),
        presets={name: _parameters(presets, name, folder) for name in presets},
        osc_in=tuple(map(_in_port, osc.tables("in", ("listen", "profile", "remote_ports")))),
        osc_out=tuple(map(_out_port, osc.tables("out", ("address", "profile", "sources", "bundles")))),
        web=tuple(map(_web_port, root.tables("web", WEB_KEYS))),
        midi=_midi(content["midi"]) if "midi" in content else None,
        serial=tuple(map(_serial, root.tables("serial", ("port", "baud", "profile", "sources")))),
        seed=root.whole("seed", None, 0, MAX_SEED),
        sound=root.flag("sound", True),
        record=folder / record if is_folder else record,  # a rig and its takes move together
        adapt=root.flag("adapt"),
        path=path,
        text=text,
    )


def _parameters(parent: Table, key: str, folder: Path) -> dict[str, Value]:
    known = {p.name: p for p in PARAMETERS}
    table = parent.table(key, known)
    checked: dict[str, Value] = {}
    for name in table:
        parameter = known[name]
        if name == "model":  # which models there are depends on this machine: the command looks
            model = table.text(name)
            checked[name] = str(folder / model) if model.endswith(".tflite") else model  # beside the rig
        elif isinstance(parameter, Number):
            checked[name] = parameter.check(table.number(name, 0.0, parameter.low, parameter.high))
        else:
            try:
                checked[name] = parameter.check(table.get(name))
            except ParameterError as error:
                raise table.error(name, str(error).split(": ", 1)[1]) from None
    return checked


def _in_port(table: Table) -> OscInPort:
    return OscInPort(_listen(table), _profile(table), table.flag("remote_ports"))


def _out_port(table: Table) -> OscOutPort:
    address = table.text("address")
    _check_address(parse_address, address, table, "address")
    sources = tuple(Source(word) for word in table.words("sources", tuple(Source)))
    return OscOutPort(address, _profile(table), sources, table.flag("bundles"))


def _serial(table: Table) -> SerialLines:
    sources = table.words("sources", tuple(Source)) if "sources" in table else [Source.GHOST]
    return SerialLines(
        table.text("port", "a serial port, as /dev/ttyACM0"),
        table.whole("baud", LINE_BAUD, LOWEST_BAUD, HIGHEST_BAUD),
        table.word("profile", SERIAL_PROFILES, SERIAL_PROFILES[0]),
        tuple(map(Source, sources)),
    )


def _web_port(table: Table) -> WebPort:
    profile = table.word("profile", WEB_PROFILES, WEB_PROFILES[0])
    token = table.get("token", "")
    if not isinstance(token, str) or (token and not TOKEN_LETTERS.fullmatch(token)):
        # What was found is not said: a changed rig that is refused is told to every surface.
        raise table.error("token", "expected up to 64 letters, digits, - and _, got something else.")
    for key in ("input", "output", "sources"):
        if profile != "impsy" and table.get(key) is not None:
            raise table.error(key, f"expected it beside profile = 'impsy' only, got profile = {profile!r}.")
    sources = tuple(Source(word) for word in table.words("sources", tuple(Source)))
    return WebPort(
        _listen(table), profile, token, _entries(table, "input"), _entries(table, "output"), sources
    )


def _entries(table: Table, key: str) -> tuple[Entry | None, ...] | None:
    from app.midi.mapping import VALUE_IN_KINDS, VALUE_KINDS, parse_entries

    raw = table.get(key)
    kinds = VALUE_IN_KINDS if key == "input" else VALUE_KINDS
    return None if raw is None else parse_entries(raw, (*table.at, key), kinds)


def _listen(table: Table) -> str:
    number = table.get("listen")
    is_number = isinstance(number, int) and not isinstance(number, bool)
    listen = str(number) if is_number else table.text("listen")
    _check_address(parse_listen, listen, table, "listen")
    return listen


def _profile(table: Table) -> str:
    return table.word("profile", PROFILE_NAMES, "ghostjam")


def _check_address(check: Callable[[str], object], text: str, table: Table, key: str) -> None:
    try:
        check(text)
    except AddressError as error:
        raise table.error(key, str(error).removeprefix("address: ")) from None


def _midi(section: Any) -> MidiSetup:
    from app.midi.setup import parse_setup  # with NumPy, which a window does not wait for

    return parse_setup(section)
