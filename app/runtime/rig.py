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

[midi]                              # see app.midi
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.core.events import Source
from app.core.parameters import PARAMETERS, ParameterError, Value
from app.core.toml_lines import Key, line_of
from app.osc.address import AddressError, parse_address, parse_listen

PROFILE_NAMES = ("ghostjam", "impsy", "robojam")
MAX_SEED = 2**32 - 1


class RigError(ValueError):
    """A rig that cannot be used: file, line, key, what was expected and what was found."""


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
class Rig:
    """What the file says. The defaults are what holds without a file.

    Attributes:
        parameters: live parameters by name; checked, but for the model's name.
        presets: parameters by name, for each preset by name; checked likewise.
        osc_in, osc_out: ports.
        midi: the section as it stands; `app.midi` reads it.
        seed: of the ghost; None draws one.
        sound: whether to open the sound card.
        record: the folder for recordings; None for the usual one, False to record nothing.
        adapt: whether the process that learns is started before it is asked to.
        path: of the file; None without one.
    """

    parameters: Mapping[str, Value] = field(default_factory=dict)
    presets: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    osc_in: tuple[OscInPort, ...] = ()
    osc_out: tuple[OscOutPort, ...] = ()
    midi: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    sound: bool = True
    record: Path | bool | None = None
    adapt: bool = False
    path: Path | None = None


def read_rig(path: Path) -> Rig:
    """The rig in a TOML file.

    Raises:
        RigError: the file is none, or holds what is not understood.
        OSError: it cannot be read.
    """
    try:
        text = path.read_text("utf-8")
        content = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise RigError(f"{path}: expected UTF-8 text: {error.reason} at byte {error.start}.") from None
    except tomllib.TOMLDecodeError as error:
        raise RigError(f"{path}: expected TOML: {error}.") from None
    return _Reader(path, text).rig(content)


class _Reader:
    """Checks one file; every error knows its line."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text

    def rig(self, content: dict[str, Any]) -> Rig:
        known = ("parameters", "presets", "osc", "midi", "seed", "sound", "record", "adapt")
        self._only(content, known, [])
        osc = self._table(content.get("osc", {}), ["osc"])
        self._only(osc, ("in", "out"), ["osc"])
        presets = self._table(content.get("presets", {}), ["presets"])
        return Rig(
            parameters=self._parameters(content.get("parameters", {}), ["parameters"]),
            presets={name: self._parameters(values, ["presets", name]) for name, values in presets.items()},
            osc_in=tuple(self._in(*item) for item in self._tables(osc, "in")),
            osc_out=tuple(self._out(*item) for item in self._tables(osc, "out")),
            midi=self._table(content.get("midi", {}), ["midi"]),
            seed=self._seed(content.get("seed")),
            sound=self._flag(content, "sound", [], default=True),
            record=self._record(content.get("record")),
            adapt=self._flag(content, "adapt", [], default=False),
            path=self._path,
        )

    def _parameters(self, values: Any, at: list[Key]) -> dict[str, Value]:
        table = {p.name: p for p in PARAMETERS}
        values = self._table(values, at)
        self._only(values, tuple(table), at)
        checked: dict[str, Value] = {}
        for name, value in values.items():
            if name == "model":  # which models there are depends on this machine: the command looks
                checked[name] = self._model(self._text_of(values, "model", at))
                continue
            try:
                checked[name] = table[name].check(value)
            except ParameterError as error:
                raise self._error([*at, name], str(error).split(": ", 1)[1]) from None
        return checked

    def _model(self, name: str) -> str:
        """A name, or a file beside the rig."""
        return str(self._path.parent / name) if name.endswith(".tflite") else name

    def _in(self, port: dict[str, Any], at: list[Key]) -> OscInPort:
        self._only(port, ("listen", "profile", "remote_ports"), at)
        number = port.get("listen")
        listen = str(number) if isinstance(number, int) else self._text_of(port, "listen", at)
        self._address(parse_listen, listen, [*at, "listen"])
        remote_ports = self._flag(port, "remote_ports", at, default=False)
        return OscInPort(listen, self._profile(port, at), remote_ports)

    def _out(self, port: dict[str, Any], at: list[Key]) -> OscOutPort:
        self._only(port, ("address", "profile", "sources", "bundles"), at)
        address = self._text_of(port, "address", at)
        self._address(parse_address, address, [*at, "address"])
        names = tuple(source.value for source in Source)
        sources = port.get("sources", list(names))
        if not isinstance(sources, list) or not sources or not all(source in names for source in sources):
            expected = ", ".join(names)
            raise self._error([*at, "sources"], f"expected a list out of {expected}, got {sources!r}.")
        bundles = self._flag(port, "bundles", at, default=False)
        return OscOutPort(address, self._profile(port, at), tuple(Source(name) for name in sources), bundles)

    def _profile(self, port: dict[str, Any], at: list[Key]) -> str:
        profile = port.get("profile", "ghostjam")
        if profile not in PROFILE_NAMES:
            expected = ", ".join(PROFILE_NAMES)
            raise self._error([*at, "profile"], f"expected one of {expected}, got {profile!r}.")
        return str(profile)

    def _address(self, parse: Callable[[str], object], text: str, at: list[Key]) -> None:
        try:
            parse(text)
        except AddressError as error:
            raise self._error(at, str(error).removeprefix("address: ")) from None

    def _seed(self, seed: Any) -> int | None:
        if seed is None:
            return None
        if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= MAX_SEED:
            raise self._error(["seed"], f"expected a whole number from 0 to {MAX_SEED}, got {seed!r}.")
        return seed

    def _record(self, record: Any) -> Path | bool | None:
        if record is None or record is False:
            return record
        if not isinstance(record, str):
            raise self._error(["record"], f"expected a folder or false, got {record!r}.")
        return self._path.parent / record  # a rig and its takes move together

    def _flag(self, table: dict[str, Any], key: str, at: list[Key], *, default: bool) -> bool:
        flag = table.get(key, default)
        if not isinstance(flag, bool):
            raise self._error([*at, key], f"expected true or false, got {flag!r}.")
        return flag

    def _text_of(self, table: dict[str, Any], key: str, at: list[Key]) -> str:
        text = table.get(key)
        if not isinstance(text, str) or not text:
            raise self._error([*at, key], f"expected a text, got {'none' if text is None else repr(text)}.")
        return text

    def _table(self, value: Any, at: list[Key]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._error(at, f"expected a table, [{_dotted(at)}], got {value!r}.")
        return value

    def _tables(self, osc: dict[str, Any], key: str) -> list[tuple[dict[str, Any], list[Key]]]:
        ports = osc.get(key, [])
        if not isinstance(ports, list) or not all(isinstance(port, dict) for port in ports):
            raise self._error(["osc", key], f"expected tables, [[osc.{key}]], got {ports!r}.")
        return [(port, ["osc", key, index]) for index, port in enumerate(ports)]

    def _only(self, table: dict[str, Any], known: tuple[str, ...], at: list[Key]) -> None:
        for key in table:
            if key not in known:
                raise self._error([*at, key], f"expected one of {', '.join(known)}.")

    def _error(self, at: list[Key], text: str) -> RigError:
        return RigError(f"{self._path}:{line_of(self._text, at)}: {_dotted(at)}: {text}")


def _dotted(at: list[Key]) -> str:
    """A path of keys as people write it: osc.in[2].listen; counted from 1."""
    return "".join(f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in at).removeprefix(".")
