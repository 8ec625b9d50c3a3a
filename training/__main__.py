"""`python -m training`: the second process that `ghostjam train` and `ghostjam evaluate` start."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from models.errors import ModelError
from models.lookup import SUFFIX, find_model
from training.backend import BACKENDS, BackendError, choose_backend
from training.corpus import CorpusError
from training.recipe import Recipe
from training.recordings import gather

CREDIT = {"name": "own recordings", "credit": "the player", "licence": "the player's own"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 2 for bad input, with one line that says what is wrong."""
    # Our own progress only: the converter and the compilers narrate every step of theirs.
    logging.basicConfig(level=logging.ERROR, format="%(message)s", stream=sys.stderr)
    logging.getLogger("training").setLevel(logging.INFO)
    args = _parser().parse_args(arguments)
    try:
        text = args.run(args)
    except (CorpusError, ModelError, BackendError) as error:
        print(f"ghostjam {args.command}: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"ghostjam {args.command}: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print(text)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ghostjam", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="make a model from recorded performances")
    train.add_argument("data", nargs="+", type=Path, help="recordings, flat .npz files, or folders of them")
    train.add_argument(
        "--name", default="mine", help="the model's name, as `--model NAME` finds it (default: mine)"
    )
    train.add_argument(
        "--out", type=Path, help="the file to write (default: NAME.tflite among your own models)"
    )
    train.add_argument(
        "--valid", type=Path, nargs="+", help="performances to hold out (default: a tenth of the data)"
    )
    train.add_argument("--backend", choices=BACKENDS, help="Keras backend (default: the fastest installed)")
    train.add_argument(
        "--checkpoint", type=Path, help="save the run here after each epoch, and go on from it"
    )
    train.add_argument(
        "--credit", type=Path, help="JSON file with name, credit and licence of the data, for the card"
    )
    for name, text in (
        ("epochs", "passes over the data"),
        ("units", "LSTM units a layer"),
        ("layers", "LSTM layers"),
        ("mixtures", "mixture components"),
        ("seed", "of everything random"),
    ):
        default = getattr(Recipe(), name)
        train.add_argument(f"--{name}", type=_positive, default=default, help=f"{text} (default: {default})")
    train.add_argument("--json", action="store_true", help="print the report as JSON")
    train.set_defaults(run=_train)
    evaluate = commands.add_parser("evaluate", help="score a model on performances it was not trained on")
    evaluate.add_argument("model", help="name or file of a model")
    evaluate.add_argument(
        "data", nargs="+", type=Path, help="recordings, flat .npz files, or folders of them"
    )
    evaluate.add_argument(
        "--generate",
        type=_positive,
        metavar="N",
        help="also compare N sampled performances with the real ones",
    )
    evaluate.add_argument(
        "--seed", type=_positive, default=1, help="of the sampled performances (default: 1)"
    )
    evaluate.add_argument("--json", action="store_true", help="print the scores as JSON")
    evaluate.set_defaults(run=_evaluate)
    return parser


def _train(args: argparse.Namespace) -> str:
    from training.train import Job, amount, as_json, fitting_recipe, train

    corpus, dropped = gather(args.data)
    for row in dropped:
        logging.getLogger("training").warning("left out %s", row)
    held_out = gather(args.valid)[0] if args.valid else None
    chosen = {field.name: getattr(args, field.name) for field in fields(Recipe) if hasattr(args, field.name)}
    recipe = fitting_recipe(corpus, replace(Recipe(), **chosen))
    out = args.out or user_data_path("ghostjam") / "models" / f"{args.name}{SUFFIX}"
    credit = json.loads(args.credit.read_text("utf-8")) if args.credit else CREDIT
    choose_backend(args.backend)
    logging.getLogger("training").info("%d performances: %s", len(corpus.performances), amount(corpus))
    report = train(corpus, Job(args.name, out, recipe, held_out, credit, args.checkpoint))
    if args.json:
        return as_json(report)
    return f"wrote {report['model']} ({report['bytes']} bytes), held out: {_scores(report['score'])}"


def _evaluate(args: argparse.Namespace) -> str:
    from training.evaluate import evaluate
    from training.opened import Opened
    from training.scoring import dequantised
    from training.statistics import compare

    corpus, _ = gather(args.data)
    path = find_model(args.model)
    report: dict[str, object] = asdict(evaluate(path, corpus))
    if args.generate:
        report["distances"] = compare(Opened(path), dequantised(corpus), args.generate, args.seed)
    if args.json:
        return json.dumps(report, indent=1, sort_keys=True)
    lines = [f"{report['n_performances']} performances, {report['n_events']} events: {_scores(report)}"]
    distances = report.get("distances")
    if isinstance(distances, dict):
        lines.append(f"{'distance (Kolmogorov-Smirnov)':32} sampled to real   real to real")
        lines += [f"{name:32} {row['sampled']:15.3f} {row['real']:14.3f}" for name, row in distances.items()]
    return "\n".join(lines)


def _scores(score: Any) -> str:
    errors = score["standard_error"]
    return ", ".join(
        f"{nats:.3f} +- {errors[group]:.3f} nats per event over ({group})"
        for group, nats in score["nats_per_event"].items()
    )


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 up, got {text}")
    return value


if __name__ == "__main__":
    raise SystemExit(main())
