"""The command lines of `ghostjam train`, `ghostjam evaluate` and `ghostjam fetch`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from training.backend import BACKENDS
from training.corpus import CorpusError
from training.fetch import NAMES
from training.recipe import DRAWING, FINE, NOTES, PLAYING, SMALL, SMALL_EVENTS, Recipe

CREDIT = {"name": "own recordings", "credit": "the player", "licence": "the player's own"}
DATA = (
    "recordings (Ghostjam or RoboJam CSV, IMPSY logs), notes (.mid), drawings (.svg, a .zip of them, "
    "QuickDraw's .ndjson, stroke-3 or stroke-5 .npz), flat .npz files, or folders of them"
)


def _name(text: str) -> str:
    """The name of a model: of a file among others, and not the way to one."""
    if (
        not text.isprintable()
        or not 0 < len(text) <= 80
        or text.startswith((".", "-"))
        or set(text) & set("/\\:")
    ):
        raise argparse.ArgumentTypeError(
            f"expected a name, as in NAME.tflite, got {text!r}; a path goes to --out."
        )
    return text


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line, as those of the app."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, and end with exit code 2."""
        message = message.removeprefix("argument ")
        self.exit(2, f"{self.prog}: {message.removesuffix('.')}. Try: {self.prog} --help\n")


def parser(description: str | None) -> Parser:
    """The parser of the commands; `command` is the one that was chosen."""
    whole = Parser(prog="ghostjam", description=description)
    commands = whole.add_subparsers(dest="command", required=True, metavar="{train,evaluate,fetch}")
    _add_train(commands.add_parser("train", help="make a model from recorded performances"))
    _add_evaluate(commands.add_parser("evaluate", help="score a model on performances it was not trained on"))
    _add_fetch(commands.add_parser("fetch", help="fetch a public corpus of drawings"))
    commands.add_parser("adapt")  # not listed: the app starts it, and speaks JSON to it
    return whole


def _add_train(train: argparse.ArgumentParser) -> None:
    train.add_argument("data", nargs="+", type=Path, help=DATA)
    train.add_argument(
        "--name",
        type=_name,
        default="mine",
        help="the model's name, as `--model NAME` finds it (default: mine)",
    )
    train.add_argument(
        "--out", type=Path, help="the .tflite file to write (default: NAME.tflite among your own models)"
    )
    train.add_argument(
        "--from",
        dest="start",
        metavar="MODEL",
        help="fine-tune this model (name or file), which keeps its sizes",
    )
    train.add_argument(
        "--valid", type=Path, nargs="+", help="performances to hold out (default: a tenth of the data)"
    )
    train.add_argument(
        "--report", type=Path, metavar="DIR", help="draw the learning curve and sampled performances there"
    )
    train.add_argument(
        "--checkpoint", type=Path, help="save the run here after each epoch, and go on from it"
    )
    train.add_argument(
        "--credit",
        type=Path,
        help="JSON file with name, credit and licence of the data, for the card (default: what was fetched "
        "with the data, or your own)",
    )
    train.add_argument(
        "--box",
        type=_length,
        help="side of the square that drawings were made in, in their unit (default: 109 for SVG, 255 for "
        "QuickDraw, else measured)",
    )
    train.add_argument(
        "--epsilon",
        type=_length,
        help="of drawings: simplify them by this, in their unit (default: as they are; SVG by 1 of 109)",
    )
    for name, text in (
        ("pi", "divides the logits of pi"),
        ("sigma", "multiplies the covariance"),
    ):
        train.add_argument(
            f"--{name}-temperature",
            type=_length,
            help=f"where the player's knob for it starts: {text} (default: 1; with --from: the model's)",
        )
    _add_sizes(train)
    _add_machines(train)
    train.add_argument("--json", action="store_true", help="print the report as JSON")


def _add_sizes(train: argparse.ArgumentParser) -> None:
    kinds = {"touch": PLAYING, "drawings": DRAWING, "notes": NOTES, "knobs": Recipe(), "small": SMALL}
    group = train.add_argument_group("size and length", f"small: for fewer than {SMALL_EVENTS} events")
    for name, text in (
        ("units", "LSTM units a layer"),
        ("layers", "LSTM layers"),
        ("mixtures", "components"),
    ):
        default = ", ".join(f"{kind} {getattr(recipe, name)}" for kind, recipe in kinds.items())
        group.add_argument(
            f"--{name}", type=_positive, help=f"{text} (default: {default}; with --from the model's)"
        )
    default = ", ".join(f"{kind} {recipe.epochs}" for kind, recipe in kinds.items())
    default = f"{default}, more where a pass is a few batches; with --from {FINE.epochs}"
    default = f"{default}, each of {FINE.updates} updates or a pass"
    group.add_argument(
        "--epochs", type=_positive, help=f"passes over the data (default: {default}; the best one is kept)"
    )
    group.add_argument("--seed", type=_whole, help=f"of everything random (default: {Recipe().seed})")


def _add_machines(train: argparse.ArgumentParser) -> None:
    group = train.add_argument_group(
        "machines",
        "All accelerators of this machine are used. For several machines start the same command on each, "
        "with --backend jax, the same data and its own rank; the first one writes the model.",
    )
    group.add_argument("--backend", choices=BACKENDS, help="Keras backend (default: the fastest installed)")
    group.add_argument(
        "--addresses",
        metavar="HOST:PORT,...",
        help="of every process, the meeting point first (default: $KERAS_DISTRIBUTION_JOB_ADDRESSES)",
    )
    group.add_argument(
        "--rank",
        type=_whole,
        help="which of the addresses is this process, from 0 (default: $KERAS_DISTRIBUTION_PROCESS_ID)",
    )


def _add_evaluate(evaluate: argparse.ArgumentParser) -> None:
    evaluate.add_argument("model", help="name or file of a model")
    evaluate.add_argument("data", nargs="+", type=Path, help=DATA)
    evaluate.add_argument(
        "--generate",
        type=_positive,
        metavar="N",
        help="also compare N sampled performances with the real ones",
    )
    evaluate.add_argument("--seed", type=_whole, default=1, help="of the sampled performances (default: 1)")
    evaluate.add_argument("--json", action="store_true", help="print the scores as JSON")


def _add_fetch(fetch: argparse.ArgumentParser) -> None:
    fetch.add_argument("corpus", metavar="CORPUS", help=f"one of {', '.join(NAMES)}, as quickdraw:cat")
    fetch.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write into")
    fetch.add_argument(
        "--sha256",
        metavar="HEX",
        help="the checksum the file must have (default: what was written beside it when it came first)",
    )
    fetch.add_argument("--json", action="store_true", help="print JSON")


def read_credit(path: Path | None, data: Sequence[Path] = ()) -> dict[str, str]:
    """What the card says of the corpus.

    The JSON object at `path`; else those that `ghostjam fetch` left beside the `data`, joined; else the
    player's own.

    Raises:
        CorpusError: not an object with the texts name, credit and licence.
        OSError: the file cannot be read.
    """
    if path is not None:
        return _read_credit(path)
    beside = [file.with_name(f"{file.name}.credit.json") for file in data]
    found = [_read_credit(file) for file in beside if file.is_file()]
    if not found:
        return CREDIT
    # A dictionary keeps the first of each and their order.
    return {key: "; ".join(dict.fromkeys(credit[key] for credit in found)) for key in CREDIT}


def _read_credit(path: Path) -> dict[str, str]:
    try:
        credit = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise CorpusError(f"{path}: expected JSON with name, credit and licence, got: {error}.") from None
    if not isinstance(credit, dict) or {type(credit.get(key)) for key in CREDIT} != {str}:
        raise CorpusError(f"{path}: expected an object with the texts name, credit and licence.")
    return credit


def _length(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number above 0, got {text}")
    return value


def _at_least(low: int, text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = low - 1
    if value < low:
        raise argparse.ArgumentTypeError(f"expected a whole number from {low} up, got {text}")
    return value


_positive, _whole = partial(_at_least, 1), partial(_at_least, 0)
