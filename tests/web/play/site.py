"""The page that plays, exported."""

from __future__ import annotations

from pathlib import Path

from app.runtime.web_engine_facts import engine_facts
from app.runtime.web_export import export, web_model
from app.runtime.web_facts import web_facts
from models.lookup import find_model


def make_site(folder: Path, litert_package: Path) -> None:
    """Export `touch` to `folder`, and an empty page beside it."""
    facts = {**web_facts(), "engine": engine_facts()}
    export(folder / "site", [web_model(find_model("touch"))], litert_package, facts)
    (folder / "site" / "empty.html").write_text('<!doctype html><link rel="icon" href="data:,">')
