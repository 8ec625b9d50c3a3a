"""`ghostjam models`: every model's columns, score and licence."""

from __future__ import annotations

import argparse
import json
from typing import Any

from app.ghost import manifest_of
from models.errors import ModelError
from models.lookup import find_model, model_names
from models.manifest import Manifest


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
    score = ", ".join(f"{key} {_plain(value)}" for key, value in entry["score"].items())
    corpus = entry["corpus"]
    lines += [
        f"  hears    {', '.join(ranges)}",
        f"  size     {entry['layers']} x {entry['units']} units, {entry['mixtures']} mixtures",
        f"  score    {score}",
        f"  corpus   {corpus.get('name', '')}: {corpus.get('credit', '')}",
        f"  licence  {corpus.get('licence', '')}",
        *([f"  parent   {entry['parent']}"] if entry["parent"] else []),
        *(f"  learned  {path}" for path in entry["recordings"]),
        f"  file     {entry['file']}",
    ]
    return "\n".join(lines)


def _plain(value: Any) -> str:
    """A value of the manifest without the punctuation of JSON."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(part)}" for key, part in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
