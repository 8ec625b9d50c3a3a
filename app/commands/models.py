"""`ghostjam models`: every model's columns, score and licence."""

from __future__ import annotations

import argparse
import json
import math
from typing import Any

from app.ghost import manifest_of
from models.errors import ModelError
from models.lookup import find_model, model_names
from models.manifest import Manifest

TITLES = ("columns", "nats an event", "standard error")
MEANING = (
    "score: minus the log probability density a model gave events it had not learned from, in nats each;\n"
    "lower is better, 0.69 less is twice as likely. Compare what has the same columns and units only."
)


def run(args: argparse.Namespace) -> int:
    """Print a list of the models that are found, or JSON. A broken file is listed with its error."""
    entries = [_describe(name) for name in model_names()]
    if args.json:
        print(json.dumps(entries, indent=1))
    elif not entries:
        print("There is no model: put a .tflite file into one of these folders.")
    else:
        for entry in entries:
            print(_text(entry))
        if any(entry.get("score") for entry in entries):
            print(MEANING)
    return 0


def _describe(name: str) -> dict[str, Any]:
    path = None
    try:
        path = find_model(name)
        return {"name": name, "file": str(path), **_facts(manifest_of(path))}
    except ModelError as error:
        return {"name": name, "file": str(path or ""), "error": str(error)}


def _facts(manifest: Manifest) -> dict[str, Any]:
    return {
        "columns": [
            {"name": c.name, "kind": str(c.kind), "unit": c.unit, "low": c.low, "high": c.high}
            for c in manifest.columns
        ],
        "layers": manifest.layers,
        "units": manifest.units,
        "mixtures": manifest.mixtures,
        "score": manifest.score,
        "corpus": manifest.corpus,
        "created": manifest.created,
        "parent": manifest.parent,
        "recordings": list(manifest.recordings),
    }


def _text(entry: dict[str, Any]) -> str:
    lines = [entry["name"]]
    if "error" in entry:
        return "\n".join([*lines, f"  cannot be read: {entry['error']}"])
    ranges = [f"{c['name']} {c['low']:g}..{c['high']:g} {c['unit']}".rstrip() for c in entry["columns"]]
    corpus = entry["corpus"]
    lines += [
        f"  hears    {', '.join(ranges)}",
        f"  size     {entry['layers']} x {entry['units']} units, {entry['mixtures']} mixtures",
        *_scores(entry["score"]),
        f"  corpus   {corpus.get('name', '')}: {corpus.get('credit', '')}",
        f"  licence  {corpus.get('licence', '')}",
        *([f"  parent   {entry['parent']}"] if entry["parent"] else []),
        *(f"  learned  {path}" for path in entry["recordings"]),
        f"  file     {entry['file']}",
    ]
    return "\n".join(lines)


def _scores(score: dict[str, Any]) -> list[str]:
    """What was held out, and a row for each group of columns: its name, the score, its standard error."""
    nats, errors = score.get("nats_per_event"), score.get("standard_error", {})
    if not nats:
        return ["  score    none"]
    held_out = f"{score.get('events', '?')} events of {score.get('performances', '?')}"
    rows = [TITLES, *((group, _rounded(each), _rounded(errors.get(group))) for group, each in nats.items())]
    wide = max(len(group) for group, _, _ in rows)
    return [
        f"  score    {held_out} held-out performances",
        *(f"           {group:<{wide}}  {value:>14}  {error:>14}" for group, value, error in rows),
    ]


def _rounded(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, int | float) and math.isfinite(value) else "-"
