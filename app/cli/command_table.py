"""The table of commands: for each its help, the module that runs it, and its options."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from app.cli import options

DEMO_PARAMETERS = (
    "model", "instrument", "scale", "pi_temperature", "sigma_temperature", "likeness", "timescale",
    "threshold_s",
)  # fmt: skip

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


def _add_session(parser: argparse.ArgumentParser) -> None:
    """What playing has in common, with and without a window."""
    parser.add_argument("--config", metavar="FILE.toml", type=Path, help="a rig: ports, parameters, presets")
    options.add_seed(parser)
    record = parser.add_mutually_exclusive_group()
    record.add_argument("--record", metavar="DIR", type=Path, help="the folder for recordings")
    record.add_argument("--no-record", action="store_true", help="record nothing")
    parser.add_argument("--no-sound", action="store_true", help="open no sound card")
    options.add_osc(parser)
    options.add_web(parser)
    options.add_midi(parser)
    options.add_serial(parser)
    options.add_parameters(parser)


def _add_play(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fullscreen", action="store_true", help="fill the screen")
    _add_session(parser)


def _add_bridge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--addresses", action="store_true", help="print what the ports of --osc-profile understand, and end"
    )
    _add_session(parser)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="the folder to write into")
    options.add_seed(parser)
    options.add_parameters(parser, *DEMO_PARAMETERS)


def _add_performance(parser: argparse.ArgumentParser, also: str = "") -> None:
    """A recording to read and a file to write, with `also` another kind of file."""
    parser.add_argument("performance", metavar="PERFORMANCE", type=Path, help="a recording, ours or a peer's")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, required=True,
        help=f"what to write: {also}.png, .svg, .gif, .wav, .mid, or .log for a log that IMPSY reads",
    )  # fmt: skip
    parser.add_argument(
        "--index", metavar="N", type=options.INDEX, default=0,
        help="which performance of an .npz file; usually 0",
    )  # fmt: skip


def _add_answer(parser: argparse.ArgumentParser) -> None:
    _add_performance(parser, ".csv for a recording of both, ")
    parser.add_argument(
        "--seconds", metavar="N", type=options.seconds,
        help="how long the answer is, 0.1 to 60 s; usually as long as the phrase, 2 to 8 s",
    )  # fmt: skip
    options.add_seed(parser)
    options.add_parameters(parser, *DEMO_PARAMETERS)


def _add_render(parser: argparse.ArgumentParser) -> None:
    _add_performance(parser)
    options.add_parameters(parser, "instrument", "scale")


def _add_draw(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "drawing", metavar="DRAWING", type=Path, nargs="?",
        help="on the paper at the start: an .svg, a recording of touches, pen steps in an .npz, or .ndjson",
    )  # fmt: skip
    parser.add_argument("--fullscreen", action="store_true", help="fill the screen")
    record = parser.add_mutually_exclusive_group()
    record.add_argument("--record", metavar="DIR", type=Path, help="the folder for recordings and drawings")
    record.add_argument("--no-record", action="store_true", help="record nothing; drawings can be saved")
    parser.add_argument("--mode", metavar="WORD", help="complete, fan, endings, free or inside")
    parser.add_argument("--hear", action="store_true", help="strokes sound, yours and the ghost's")
    parser.add_argument("--fast", action="store_true", help="the ghost draws as fast as it can")
    options.add_seed(parser)
    parser.add_argument(
        "--index", metavar="N", type=options.INDEX, default=0,
        help="which drawing of an .npz or .svg file; usually 0",
    )  # fmt: skip
    _add_page(parser)
    options.add_parameters(parser, *DRAW_PARAMETERS)


def _add_page(parser: argparse.ArgumentParser) -> None:
    page = parser.add_argument_group("a page of drawings, without a window")
    page.add_argument("--gallery", metavar="N", type=options.whole(1, 400), help="draw N times, 1 to 400")
    page.add_argument("--prefix", metavar="DRAWING", type=Path, help="complete this drawing, N times")
    page.add_argument(
        "--strokes", metavar="N", type=options.whole(1, 1000), help="give only the first N strokes of it"
    )
    page.add_argument(
        "--out", metavar="FILE", type=Path,
        help="what to write: .svg, .png, .gif that draws itself, or .csv, a recording of one drawing",
    )  # fmt: skip
    page.add_argument("--columns", metavar="N", type=options.whole(1, 400), help="drawings in a row")
    page.add_argument("--json", action="store_true", help="print how the drawings ended, as JSON")


def _add_bench(parser: argparse.ArgumentParser) -> None:
    options.add_json(parser)
    options.add_parameters(parser, "model")


def _add_export_web(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dir", metavar="DIR", type=Path, help="a new or empty folder, or a former export")
    parser.add_argument(
        "--model", metavar="NAME", action="append", default=[],
        help="a model of touches or drawings; may be given several times; usually touch, kanji, characters",
    )  # fmt: skip
    parser.add_argument(
        "--runtime", metavar="FOLDER", type=Path,
        help="where npm has put @litertjs/core; usually it is fetched",
    )  # fmt: skip


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


# These hand their options to `training` in a process of its own, which checks them and has its own --help.
PASSED_ON = ("train", "evaluate", "fetch")

COMMANDS: dict[str, Command] = {
    "play": Command("play", "open the window and play", _add_play),
    "bridge": Command("bridge", "play between programs and devices, without a window", _add_bridge),
    "demo": Command("demo", "a performance and the ghost's answer, without display or sound card", _add_demo),
    "answer": Command("answer", "the ghost's answer to a recorded phrase, as a file", _add_answer),
    "draw": Command("draw", "draw, and a ghost finishes it; or pages of what it draws", _add_draw),
    "export-web": Command("export_web", "a folder of web pages that need no install", _add_export_web),
    "render": Command("render", "a recording as a picture, a sound or a MIDI file", _add_render),
    "learn": Command("learn", "the entry of a rig that means a knob or key: move it", _add_learn),
    "impsy-config": Command("impsy_config", "IMPSY's config.toml as a rig, key by key", _add_impsy_config),
    "models": Command("models", "the models there are", options.add_json),
    "doctor": Command("doctor", "what works here, what does not, and the remedy", options.add_json),
    "bench": Command("bench", "what this machine reaches", _add_bench),
    "train": Command("training", "train a model (needs the train extra)", _add_nothing),
    "evaluate": Command("training", "score a model on a corpus (needs the train extra)", _add_nothing),
    "fetch": Command("training", "get a public corpus of drawings (needs the train extra)", _add_nothing),
}
