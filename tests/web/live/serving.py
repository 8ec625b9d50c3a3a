"""Serves the modules of the pages and the facts, and nothing else, so that a browser can try them."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.runtime.web_facts import web_facts
from tests.web.serving import Quiet, serving

WEB = Path(__file__).parents[3] / "assets" / "web"


class Handler(Quiet):
    """Files below assets/web, `/facts.json`, and an empty page at `/empty`."""

    def do_GET(self) -> None:
        made = {
            "/facts.json": (functools.partial(json.dumps, web_facts()), "application/json"),
            "/empty": (lambda: "<!doctype html><title>empty</title><link rel=icon href=data:,>", "text/html"),
        }
        if self.path not in made:
            super().do_GET()
            return
        make, kind = made[self.path]
        body = make().encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def served_modules() -> Iterator[str]:
    """The address of a server on this machine, without a slash at its end."""
    with serving(WEB, Handler) as address:
        yield address
