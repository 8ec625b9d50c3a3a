"""Writes a model file again with the signatures of today, without training.

    python -m training.reexport MODEL --out FILE

A file of an older version plays what it always did; written again, it can also be guided and propose.
Kernels in eight bits are read as what they play as and rounded to the same eight bits again, so the score is
kept, once the new file has been seen to hear and to generate as the old one does.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from models.errors import ModelError
from models.lookup import find_model
from models.manifest import Manifest
from training.export import Weights
from training.modelfile import About, ExportError, write_model
from training.reopen import is_quantised, read_weights
from training.scoring_runtime import Opened

TOLERANCE = 2e-3  # of parameters of the mixture and of events in natural units, over a tenth of their range


def reexport(path: Path, out: Path) -> float:
    """Write the model at `path` to `out`, and say by how much the two differ, as `TOLERANCE` counts it.

    Raises:
        ModelError: `path` is not one of our models.
        ExportError: what was written does not play, or plays something else; nothing is put at `out`.
    """
    old, arrays = read_weights(path)
    differences = []

    def keep(draft: Path, new: Manifest) -> dict[str, Any]:
        differences.append(_difference(Opened(path), Opened(draft, new)))
        if not differences[-1] <= TOLERANCE:
            raise ExportError(f"{path}: expected the same numbers again, got {differences[-1]:.3g} off.")
        return old.score

    write_model(
        out,
        old.head(),
        Weights(arrays),
        About(
            old.name,
            old.corpus,
            old.pi_temperature,
            old.sigma_temperature,
            old.drawing,
            old.parent,
            old.recordings,
        ),
        score=keep,
        quantise=is_quantised(path),
    )
    return differences[0]


def _difference(old: Opened, new: Opened) -> float:
    """The largest one of the mixtures of a phrase, and of what the two generate after it."""
    events = np.asarray(old.manifest.golden.events, "float32")
    mixtures = np.abs(old.mixtures(events) - new.mixtures(events))
    columns = old.manifest.columns
    tenth = np.array([0.1 * (c.high - c.low) for c in columns])
    made = [np.asarray(each.manifest.golden.generated) for each in (old, new)]
    if old.manifest.golden.noise != new.manifest.golden.noise or made[0].shape != made[1].shape:
        return float(mixtures.max())
    return float(max(mixtures.max(), (np.abs(made[0] - made[1]) / tenth).max()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; exit code 2 and one line that says what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m training.reexport", description=__doc__)
    parser.add_argument("model", help="name or file")
    parser.add_argument("--out", type=Path, required=True, help="the .tflite file to write")
    args = parser.parse_args(arguments)
    try:
        difference = reexport(find_model(args.model), args.out)
    except (ModelError, ExportError, OSError) as error:
        print(f"reexport: {error}", file=sys.stderr)
        return 2
    print(f"wrote {args.out} ({args.out.stat().st_size} bytes), at most {difference:.2g} off")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
