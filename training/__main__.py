"""Train a model, score one, or fetch what to learn from: `ghostjam train`, `evaluate` and `fetch`."""

from __future__ import annotations

import argparse
import logging
import math
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mdn.columns import names_of
from models.errors import ModelError
from models.lookup import SUFFIX, find_model, own_folder
from training.backend import BackendError, choose_backend
from training.corpus import Corpus, CorpusError, in_units_of
from training.errors import TrainingError
from training.fetch import fetch, find_source
from training.left_out import summary
from training.options import parser, read_credit
from training.quiet import clean_stdout, load_keras, quiet
from training.recipe import SIZES
from training.recordings import gather
from training.train import as_json

logger = logging.getLogger("training")

TRACEBACK = "GHOSTJAM_TRACEBACK"  # environment variable, as in the app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; exit code 2 and one line that says what is wrong, or 130 after an interrupt."""
    # Our own progress only: the converter and the compilers narrate every step of theirs.
    logging.basicConfig(level=logging.ERROR, format="%(message)s", stream=sys.stderr)
    logger.setLevel(logging.INFO)
    args = parser(__doc__).parse_args(arguments)
    if args.command == "adapt":
        from training.adapt_worker import main as serve

        return serve()
    try:
        with clean_stdout():
            text = {"train": _train, "evaluate": _evaluate, "fetch": _fetch}[args.command](args)
        print(text)
    except (TrainingError, ModelError) as error:
        return _say(args.command, str(error), 2)
    except OSError as error:
        return _say(args.command, f"{error.filename}: {error.strerror}" if error.filename else str(error), 2)
    except KeyboardInterrupt:
        return _say(args.command, "interrupted", 130)
    except MemoryError:
        return _say(args.command, "expected more memory than this machine has left", 2)
    except Exception as error:  # ours, or a library's: nobody who plays reads a traceback
        if os.environ.get(TRACEBACK):
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        return _say(
            args.command, f"a defect of ghostjam, please report it: {what} ({TRACEBACK}=1 shows where)", 1
        )
    return 0


def _say(command: str, text: str, code: int) -> int:
    print(f"ghostjam {command}: {text}", file=sys.stderr)
    return code


def _train(args: argparse.Namespace) -> str:
    from training.fine_tune import start_from
    from training.train import Job, amount, plan, train

    out = args.out or own_folder() / f"{args.name}{SUFFIX}"
    if out.suffix != SUFFIX:
        raise ModelError(f"--out: expected a name that ends in {SUFFIX}, got {out}.")
    corpus = _gather(args.data, box=args.box, epsilon=args.epsilon)
    credit = read_credit(args.credit, args.data)
    if args.report is not None and find_spec("matplotlib") is None:
        raise BackendError("--report: needs matplotlib: pip install 'ghostjam[train]'")
    wanted = {name: getattr(args, name) for name in (*SIZES, "epochs", "seed")}
    asked = {name: value for name, value in wanted.items() if value is not None}
    start = start_from(args.start, corpus.columns, asked) if args.start else None
    if start is not None:
        corpus = in_units_of(corpus, start.manifest.columns, start.manifest.drawing)
    held_out = None
    if args.valid:
        held_out = _gather(args.valid, corpus, box=args.box, epsilon=args.epsilon, part="valid")
    plan(corpus, asked, start=start)  # says what is wrong before Keras is loaded, which takes seconds
    recipe = plan(corpus, asked, start=start, devices=_devices(args))
    if start is not None:
        from training.compile_cache import keep_compiled

        keep_compiled()
    logger.info(
        "%d %s for a network of %d x %d units, %d components: %s",
        len(corpus.performances), "drawings" if corpus.drawing else "performances",
        recipe.layers, recipe.units, recipe.mixtures, amount(corpus),
    )  # fmt: skip
    temperatures = args.pi_temperature, args.sigma_temperature
    report = train(
        corpus,
        Job(
            args.name,
            out,
            recipe,
            held_out,
            credit,
            args.checkpoint,
            start,
            args.report,
            *temperatures,
            tuple(path.name for path in args.data) if start else (),
        ),
    )
    return as_json(report) if args.json else _told(report)


def _gather(
    paths: list[Path],
    like: Corpus | None = None,
    *,
    box: float | None = None,
    epsilon: float | None = None,
    part: str = "train",
) -> Corpus:
    """The corpus in `paths`, and a line for what was left out; with the columns of `like`."""
    corpus, dropped = gather(paths, box=box, epsilon=epsilon, part=part)
    for line in summary(dropped):
        logger.warning("%s", line)
    if like is None:
        return corpus
    expected, got = names_of(like.columns), names_of(corpus.columns)
    if expected != got:
        raise CorpusError(f"{', '.join(map(str, paths))}: expected columns {expected}, got {got}.")
    return in_units_of(corpus, like.columns, like.drawing)


def _devices(args: argparse.Namespace) -> int:
    """Choose the backend, meet the other processes, and count the devices to train on."""
    addresses = args.addresses or os.environ.get("KERAS_DISTRIBUTION_JOB_ADDRESSES")
    rank = args.rank if args.rank is not None else os.environ.get("KERAS_DISTRIBUTION_PROCESS_ID")
    if (addresses is None) != (rank is None):
        raise BackendError("--addresses and --rank: expected both or none.")
    choose_backend(args.backend)
    load_keras()
    from training.machines import Machines, join

    if addresses is not None and rank is not None:
        if not str(rank).isdigit():
            raise BackendError(f"rank: expected a whole number from 0 up, got {rank!r}.")
        join(addresses, int(rank))
    return Machines().devices


def _told(report: dict[str, Any]) -> str:
    if "model" not in report:
        return f"process {report['rank']}: trained along for {report['epochs']} epochs"
    end = "interrupted, " if report["interrupted"] else ""
    how = f"{end}epoch {report['best_epoch']} of {report['epochs']} was best"
    if report["best_epoch"] == 0:
        how = f"no epoch made {report['from']} better, so it is that model"
    where = f", pictures in {report['pictures']}" if report["pictures"] else ""
    wrote = f"wrote {report['model']} ({report['bytes']} bytes), held out: {_scores(report['score'])}"
    return f"{wrote}; {how}{where}"


def _evaluate(args: argparse.Namespace) -> str:
    from training.evaluate import evaluate
    from training.scoring import dequantised
    from training.scoring_runtime import Opened, open_for_scoring
    from training.statistics import compare

    corpus, path = _gather(args.data, part="test"), find_model(args.model)
    with quiet():
        model = open_for_scoring(path)
    manifest = model.manifest
    if args.generate and not isinstance(model, Opened):
        raise ModelError(f"--generate: expected a model of Ghostjam's, got {args.model}.")
    corpus = in_units_of(corpus, manifest.columns, manifest.drawing)
    with quiet():
        report: dict[str, object] = asdict(evaluate(path, corpus))
        if args.generate and isinstance(model, Opened):
            report["distances"] = compare(
                model,
                dequantised(corpus, manifest.densities, manifest.drawing),
                args.generate,
                args.seed,
            )
    if args.json:
        return as_json(report)
    lines = [f"{report['n_performances']} performances, {report['n_events']} events: {_scores(report)}"]
    distances = report.get("distances")
    if isinstance(distances, dict):
        lines.append(f"{'distance (Kolmogorov-Smirnov)':32} sampled to real   real to real")
        lines += [f"{name:32} {row['sampled']:15.3f} {row['real']:14.3f}" for name, row in distances.items()]
    return "\n".join(lines)


def _fetch(args: argparse.Namespace) -> str:
    source = find_source(args.corpus)
    found = fetch(source, args.out, args.sha256)
    if args.json:
        report = {"file": str(found.path), "credit": str(found.credit), "sha256": found.digest}
        return as_json(report | {"is_new": found.is_new, "is_trusted": found.is_trusted})
    came = "fetched" if found.is_new else "is there"
    trust = "taken on trust, written beside it" if found.is_trusted else "as expected"
    terms = f"credit: {', '.join(source.terms)}, which `train` puts on the model's card"
    return f"{found.path}: {came}, SHA-256 {found.digest} ({trust}); {terms}"


def _scores(score: Any) -> str:
    errors = score["standard_error"]
    return ", ".join(
        f"{nats:.3f}{_spread(errors[group])} nats per event over ({group})"
        for group, nats in score["nats_per_event"].items()
    )


def _spread(error: float | None) -> str:
    """The standard error; of one performance there is none."""
    return "" if error is None or not math.isfinite(error) else f" +- {error:.3f}"


if __name__ == "__main__":
    raise SystemExit(main())
