"""Options that several commands share: live parameters made from their table, ports, seeds."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from app.core.parameters import PARAMETERS, Choice, Number, Parameter, ParameterError, Switch
from app.osc.address import AddressError, parse_address, parse_listen
from app.runtime.arguments import option_of
from app.runtime.rig import PROFILE_NAMES
from app.serial.address import parse_serial
from app.serial.errors import SerialError


def add_parameters(parser: argparse.ArgumentParser, *names: str) -> None:
    """The options of live parameters: all of them, or those named."""
    group = parser.add_argument_group("parameters")
    for p in PARAMETERS:
        if not names or p.name in names:
            _add_parameter(group, p)


def _add_parameter(group: argparse._ArgumentGroup, p: Parameter) -> None:
    if isinstance(p, Number):
        text = f"{p.help}; {p.low:g} to {p.high:g}{' ' + p.unit if p.unit else ''}, usually {p.default:g}"
        group.add_argument(option_of(p), dest=p.name, metavar="N", type=_checked(p), help=_plain(text))
    elif isinstance(p, Switch):
        group.add_argument(option_of(p), dest=p.name, action="store_true", default=None, help=_plain(p.help))
    elif p.name == "model":  # what there is to choose depends on this machine, so the command checks it
        group.add_argument(option_of(p), dest=p.name, metavar="NAME", help=f"{p.help}: a name or a file")
    else:
        text = f"{p.help}: {', '.join(p.choices)}; usually {p.default}"
        group.add_argument(option_of(p), dest=p.name, metavar="WORD", type=_checked(p), help=_plain(text))


def _plain(text: str) -> str:
    """`text` so that argparse does not take a percent sign for a placeholder."""
    return text.replace("%", "%%")


def _checked(parameter: Number | Choice) -> Callable[[str], float | str]:
    def check(text: str) -> float | str:
        try:
            return parameter.check(text)
        except ParameterError as error:
            raise argparse.ArgumentTypeError(str(error).split(": ", 1)[1]) from None

    return check


def _given(parse: Callable[[str], object]) -> Callable[[str], str]:
    """An address as it was given, once `parse` has taken it."""

    def check(text: str) -> str:
        try:
            parse(text)
        except (AddressError, SerialError) as error:
            raise argparse.ArgumentTypeError(str(error).split(": ", 1)[1]) from None
        return text

    return check


def whole(least: int, most: int) -> Callable[[str], int]:
    """What reads a whole number from `least` to `most`."""

    def check(text: str) -> int:
        if not text.isascii() or not text.isdigit() or len(text) > 10 or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"expected a whole number from {least} to {most}, got {text!r}.")
        return int(text)

    return check


INDEX = whole(0, 2**32 - 1)
"""As seeds and indices are."""


def seconds(text: str) -> float:
    """The length of an answer that has one, within what `reply_s` takes."""
    return float(_checked(Number("seconds", "", 0.1, 0.1, 60.0, "s", ""))(text))


def add_seed(parser: argparse.ArgumentParser) -> None:
    """`--seed`."""
    parser.add_argument("--seed", metavar="N", type=INDEX, help="the same seed gives the same ghost")


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_osc(parser: argparse.ArgumentParser) -> None:
    """OSC ports, and what they speak."""
    group = parser.add_argument_group("OSC; the first two may be given several times")
    group.add_argument(
        "--osc-in", metavar="PORT", type=_given(parse_listen), action="append", default=[],
        help="listen on this port; HOST:PORT lets other machines in, as 0.0.0.0:9000",
    )  # fmt: skip
    group.add_argument(
        "--osc-out", metavar="HOST:PORT", type=_given(parse_address), action="append", default=[],
        help="send every event to this address",
    )  # fmt: skip
    group.add_argument(
        "--osc-profile", metavar="NAME", choices=PROFILE_NAMES, default=PROFILE_NAMES[0],
        help=f"whose addresses these ports speak: {', '.join(PROFILE_NAMES)}",
    )  # fmt: skip
    group.add_argument("--osc-bundles", action="store_true", help="send bundles with time tags")


def add_web(parser: argparse.ArgumentParser) -> None:
    """Web ports."""
    parser.add_argument_group("web").add_argument(
        "--web", metavar="PORT", type=_given(parse_listen), action="append", default=[],
        help="serve a page to play on at this port; HOST:PORT lets phones in, as 0.0.0.0:8080; may be given "
        "several times",
    )  # fmt: skip


def add_midi(parser: argparse.ArgumentParser) -> None:
    """MIDI ports."""
    group = parser.add_argument_group("MIDI")
    name = (
        "a part of a port's name, virtual:NAME to make a port, or serial:PORT@BAUD for a serial port (31250 "
        "baud unless it says so); may be given several times"
    )
    group.add_argument("--midi-in", metavar="NAME", action="append", default=[], help=f"listen to: {name}")
    group.add_argument("--midi-out", metavar="NAME", action="append", default=[], help=f"play on: {name}")


def add_serial(parser: argparse.ArgumentParser) -> None:
    """Serial ports."""
    group = parser.add_argument_group("serial ports (need the serial extra)")
    group.add_argument(
        "--serial", metavar="PORT", type=_given(parse_serial), action="append", default=[],
        help="play with the lines of a microcontroller, as /dev/ttyACM0 or COM3@9600; 115200 baud unless it "
        "says so; may be given several times",
    )  # fmt: skip
