"""The command line: options made from the table of parameters, one module a command, one line an error."""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, NoReturn

from app.commands import CommandError
from app.osc.address import AddressError, parse_address, parse_listen
from app.parameters import PARAMETERS, Choice, Number, Parameter, ParameterError, Switch
from app.rig import PROFILE_NAMES

BAD_INPUT = 2
INTERRUPTED = 130  # what a shell expects after Ctrl-C
DEMO_PARAMETERS = ("model", "instrument", "scale", "pi_temperature", "sigma_temperature", "timescale")

DRAW_PARAMETERS = (
    "model", "instrument", "scale", "pi_temperature", "sigma_temperature", "timescale", "threshold_s",
    "volume",
)  # fmt: skip

Adder = Callable[[argparse.ArgumentParser], None]


class Command(NamedTuple):
    """A command: the module of `app.commands` whose `run(args) -> int` does it, its help and its options."""

    module: str
    help: str
    add_options: Adder


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, and end with exit code 2."""
        message = message.removeprefix("argument ")
        self.exit(BAD_INPUT, f"{self.prog}: {message.removesuffix('.')}. Try: {self.prog} --help\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. Without a command: `play`."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help", "--version")):
        words.insert(0, "play")
    if words[0] in PASSED_ON:
        args = argparse.Namespace(command=words[0], rest=words[1:])
    else:
        args = build_parser().parse_args(words)
    command = COMMANDS[args.command]
    try:
        with _log_on_stderr():
            return int(importlib.import_module(f"app.commands.{command.module}").run(args))
    except CommandError as error:
        print(f"ghostjam {args.command}: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `ghostjam models | head`
        sys.stderr.close()
        return 1


@contextmanager
def _log_on_stderr() -> Iterator[None]:
    """Show what the engine tells a person, and errors; the rest of the log is for whoever configures it."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("ghostjam: %(message)s"))
    handler.addFilter(lambda record: record.name == "app.status" or record.levelno >= logging.ERROR)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


def build_parser() -> Parser:
    """The parser of every command and option."""
    parser = Parser(
        prog="ghostjam",
        description="An instrument that answers: touch the canvas, stop, and a ghost goes on in your manner.",
        epilog="Without a command, ghostjam plays: `ghostjam --mode duet` is `ghostjam play --mode duet`.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        sub = commands.add_parser(name, help=command.help, description=command.help + ".", allow_abbrev=False)
        command.add_options(sub)
    return parser


class _Version(argparse.Action):
    """Prints the version of the installed distribution; looks it up only when asked."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"ghostjam {version('ghostjam')}")
        parser.exit()


def option_of(parameter: Parameter) -> str:
    """The option that sets a parameter: `pi_temperature` has `--pi-temperature`, `loop_s` `--loop`."""
    return "--" + parameter.name.removesuffix("_s").replace("_", "-")


def given_parameters(args: argparse.Namespace) -> dict[str, float | str | bool]:
    """The live parameters that the command line sets, by name."""
    values = {p.name: getattr(args, p.name, None) for p in PARAMETERS}
    return {name: value for name, value in values.items() if value is not None}


def _add_parameters(parser: argparse.ArgumentParser, *names: str) -> None:
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


def _address(text: str) -> str:
    """HOST:PORT as it was given, checked."""
    try:
        parse_address(text)
    except AddressError as error:
        raise argparse.ArgumentTypeError(str(error).removeprefix("address: ")) from None
    return text


def _listen(text: str) -> str:
    """PORT or HOST:PORT as it was given, checked."""
    try:
        parse_listen(text)
    except AddressError as error:
        raise argparse.ArgumentTypeError(str(error).removeprefix("address: ")) from None
    return text


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 to 4294967295, got {text!r}.")
    return int(text)


def _count(most: int) -> Callable[[str], int]:
    """A whole number from 1 to `most`."""

    def check(text: str) -> int:
        if not text.isascii() or not text.isdigit() or len(text) > 9 or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"expected a whole number from 1 to {most}, got {text!r}.")
        return int(text)

    return check


def _add_seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", metavar="N", type=_seed, help="the same seed gives the same ghost")


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def _add_osc(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("OSC; the first two may be given several times")
    group.add_argument(
        "--osc-in", metavar="PORT", type=_listen, action="append", default=[],
        help="listen on this port; HOST:PORT lets other machines in, as 0.0.0.0:9000",
    )  # fmt: skip
    group.add_argument(
        "--osc-out", metavar="HOST:PORT", type=_address, action="append", default=[],
        help="send every event to this address",
    )  # fmt: skip
    group.add_argument(
        "--osc-profile", metavar="NAME", choices=PROFILE_NAMES, default=PROFILE_NAMES[0],
        help=f"whose addresses these ports speak: {', '.join(PROFILE_NAMES)}",
    )  # fmt: skip
    group.add_argument("--osc-bundles", action="store_true", help="send bundles with time tags")


def _add_evening(parser: argparse.ArgumentParser) -> None:
    """What playing has in common, with and without a window."""
    parser.add_argument("--config", metavar="FILE.toml", type=Path, help="a rig: ports, parameters, presets")
    _add_seed(parser)
    record = parser.add_mutually_exclusive_group()
    record.add_argument("--record", metavar="DIR", type=Path, help="the folder for recordings")
    record.add_argument("--no-record", action="store_true", help="record nothing")
    parser.add_argument("--no-sound", action="store_true", help="open no sound card")
    _add_osc(parser)
    _add_midi(parser)
    _add_parameters(parser)


def _add_midi(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("MIDI")
    name = "a part of a port's name, or virtual:NAME to make a port; may be given several times"
    group.add_argument("--midi-in", metavar="NAME", action="append", default=[], help=f"listen to: {name}")
    group.add_argument("--midi-out", metavar="NAME", action="append", default=[], help=f"play on: {name}")


def _add_play(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fullscreen", action="store_true", help="fill the screen")
    _add_evening(parser)


def _add_bridge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--addresses", action="store_true", help="print what the ports of --osc-profile understand, and end"
    )
    _add_evening(parser)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="the folder to write into")
    _add_seed(parser)
    _add_parameters(parser, *DEMO_PARAMETERS)


def _add_render(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("performance", metavar="PERFORMANCE", type=Path, help="a recording, ours or a peer's")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, required=True,
        help="what to write: .png, .svg, .gif, .wav, .mid, or .log for a log that IMPSY reads",
    )  # fmt: skip
    parser.add_argument(
        "--index", metavar="N", type=_seed, default=0, help="which performance of an .npz file; usually 0"
    )
    _add_parameters(parser, "instrument", "scale")


def _add_draw(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "drawing", metavar="DRAWING", type=Path, nargs="?",
        help="on the paper at the start: a recording of touches, pen steps in an .npz, or an .svg of ours",
    )  # fmt: skip
    parser.add_argument("--fullscreen", action="store_true", help="fill the screen")
    record = parser.add_mutually_exclusive_group()
    record.add_argument("--record", metavar="DIR", type=Path, help="the folder for recordings and drawings")
    record.add_argument("--no-record", action="store_true", help="record nothing; drawings can be saved")
    parser.add_argument("--mode", metavar="WORD", help="complete, fan, endings, free or inside")
    parser.add_argument("--hear", action="store_true", help="strokes sound, yours and the ghost's")
    parser.add_argument("--fast", action="store_true", help="the ghost draws as fast as it can")
    _add_seed(parser)
    parser.add_argument(
        "--index", metavar="N", type=_seed, default=0, help="which drawing of an .npz or .svg file; usually 0"
    )
    _add_page(parser)
    _add_parameters(parser, *DRAW_PARAMETERS)


def _add_page(parser: argparse.ArgumentParser) -> None:
    page = parser.add_argument_group("a page of drawings, without a window")
    page.add_argument("--gallery", metavar="N", type=_count(400), help="draw N times, 1 to 400")
    page.add_argument("--prefix", metavar="DRAWING", type=Path, help="complete this drawing, N times")
    page.add_argument("--strokes", metavar="N", type=_count(1000), help="give only the first N strokes of it")
    page.add_argument(
        "--out", metavar="FILE", type=Path,
        help="what to write: .svg, .png, .gif that draws itself, or .csv, a recording of one drawing",
    )  # fmt: skip
    page.add_argument("--columns", metavar="N", type=_count(400), help="drawings in a row")
    page.add_argument("--json", action="store_true", help="print how the drawings ended, as JSON")


def _add_bench(parser: argparse.ArgumentParser) -> None:
    _add_json(parser)
    _add_parameters(parser, "model")


def _add_impsy_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="a config.toml of IMPSY")
    parser.add_argument("--out", metavar="RIG.toml", type=Path, help="write the rig into this new file")


def _add_learn(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--midi-in", metavar="NAME", action="append", default=[],
        help="listen to this port only, named by a part of its name; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--api", choices=("alsa", "jack", "core", "mm"), default="", help="a MIDI system other than the usual"
    )


def _add_nothing(parser: argparse.ArgumentParser) -> None:
    """The command has no options of its own."""


# These hand their options to `python -m training`, which checks them and has its own --help.
PASSED_ON = ("train", "evaluate", "fetch")

COMMANDS: dict[str, Command] = {
    "play": Command("play", "open the window and play", _add_play),
    "bridge": Command("bridge", "play between programs and devices, without a window", _add_bridge),
    "demo": Command("demo", "a performance and the ghost's answer, without display or sound card", _add_demo),
    "draw": Command("draw", "draw, and a ghost finishes it; or pages of what it draws", _add_draw),
    "render": Command("render", "a recording as a picture, a sound or a MIDI file", _add_render),
    "learn": Command("learn", "the entry of a rig that means a knob or key: move it", _add_learn),
    "impsy-config": Command("impsy_config", "IMPSY's config.toml as a rig, key by key", _add_impsy_config),
    "models": Command("models", "the models there are", _add_json),
    "doctor": Command("doctor", "what works here, what does not, and the remedy", _add_json),
    "bench": Command("bench", "what this machine reaches", _add_bench),
    "train": Command("training", "train a model (needs the train extra)", _add_nothing),
    "evaluate": Command("training", "score a model on a corpus (needs the train extra)", _add_nothing),
    "fetch": Command("training", "get a public corpus of drawings (needs the train extra)", _add_nothing),
}
