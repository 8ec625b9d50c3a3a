"""How an example is started, in a terminal or as a notebook, and where its picture goes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training.backend import choose_backend
from training.quiet import load_keras


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs this."""
    return "ipykernel" in sys.modules


def command_line(
    doc: str | None, picture: str | None = None, /, **sizes: tuple[int, str]
) -> argparse.ArgumentParser:
    """A command line of whole numbers.

    Args:
        doc: the example's docstring, whose first line is the description.
        picture: the file it draws, so that it has `--seed` and `--out` too; None for one that only measures.
        sizes: for each option its default, and what the number counts.
    """
    if picture is not None:
        sizes["seed"] = (1, "of chance")
    parser = argparse.ArgumentParser(description=(doc or "").split("\n")[0])
    for name, (default, what) in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{what} (default: {default})")
    if picture is not None:
        parser.add_argument("--out", type=Path, default=Path(picture), help="picture to write")
    return parser


def read(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """What `arguments` say; None is what a person typed, which in a notebook is nothing."""
    # The command line of a notebook belongs to its kernel.
    return parser.parse_args([] if arguments is None and in_notebook() else arguments)


def start_keras(seed: int, backend: str | None = None) -> None:
    """Load Keras, on `backend` or the fastest there is; `seed` is that of the weights and the batches."""
    choose_backend(backend)
    load_keras()
    import keras

    keras.utils.set_random_seed(seed)


def canvas(*shape: int, size: tuple[float, float], **options: Any) -> tuple[Any, Any]:
    """matplotlib's `subplots(*shape)`: in a terminal without opening a window.

    Args:
        shape: rows, and columns.
        size: in inches.
        options: handed on.
    """
    if not in_notebook():
        os.environ["MPLBACKEND"] = "Agg"
    from matplotlib import pyplot as plt

    return plt.subplots(*shape, figsize=size, layout="constrained", **options)


def keep(figure: Any, path: Path) -> None:
    """Write `figure` to `path`; a notebook shows it as well."""
    from matplotlib import pyplot as plt

    figure.savefig(path, dpi=110)
    if in_notebook():
        plt.show()
    plt.close(figure)
    print(f"picture: {path}")
