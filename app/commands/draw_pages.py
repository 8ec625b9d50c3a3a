"""`ghostjam draw --out`: a page of what a ghost draws, of its own or as completions of a given drawing."""

from __future__ import annotations

import argparse
import json
import secrets
import time
from pathlib import Path

from app.commands.writing import writer_of, writing
from app.core.parameters import PARAMETERS
from app.ghost import Ghost, GhostError
from app.pictures.page.layout import PageLayout, lay_out
from app.pictures.palette import load_palette
from app.runtime.arguments import option_of
from app.runtime.errors import CommandError, one_line
from app.runtime.load_sketcher import MODEL, load_sketcher
from app.sketch.gallery import Gallery, completions, free
from app.sketch.sketcher import Sketcher
from models.performance import PerformanceError

ACTS_ON_PAGES = ("model", "pi_temperature", "sigma_temperature")  # parameters that act on a page
OF_WINDOW = ("fullscreen", "record", "no_record", "hear", "fast")


def run(args: argparse.Namespace) -> int:
    """Draw a page into a file, and say where it is or how the drawings ended."""
    start_s = time.perf_counter()
    out = _checked_out(args)
    seed = secrets.randbits(32) if args.seed is None else args.seed
    sketcher = _sketcher(args, seed)
    gallery = _gallery(sketcher, args)
    title = _title(sketcher, seed)
    with writing(out):
        _WRITERS[out.suffix.lower()](gallery, out, args.columns, title, _credit(sketcher.ghost))
    if args.json:
        account = {"model": sketcher.ghost.name, "seed": seed, **gallery.account()}
        print(json.dumps(account | {"seconds": round(time.perf_counter() - start_s, 3), "file": str(out)}))
    else:
        print(out)
    return 0


def _checked_out(args: argparse.Namespace) -> Path:
    """Where to write, before anything is computed."""
    if args.out is None:
        raise CommandError(f"--out: expected with it a file ending in {', '.join(_WRITERS)}, got none")
    writer_of(args.out, _WRITERS)
    if args.out.suffix.lower() == ".csv" and (args.gallery or 1) > 1:
        raise CommandError(f"--out: expected one drawing in a .csv, which is a recording, got {args.gallery}")
    if args.gallery is None and args.prefix is None:
        raise CommandError("--out: expected with it --gallery N or --prefix DRAWING, got neither")
    if args.prefix is None and (args.index or args.strokes is not None):
        raise CommandError("--index and --strokes: expected with them --prefix DRAWING, got none")
    if of_window := _of_window(args):
        raise CommandError(f"{', '.join(of_window)}: expected with the window only, got it with a page")
    return Path(args.out)


def _of_window(args: argparse.Namespace) -> list[str]:
    """The options given that mean nothing to a page."""
    given = ["DRAWING"] if args.drawing is not None else []
    given += [f"--{name.replace('_', '-')}" for name in OF_WINDOW if getattr(args, name)]
    others = [p for p in PARAMETERS if p.name not in ACTS_ON_PAGES]
    return given + [option_of(p) for p in others if getattr(args, p.name, None) is not None]


def _sketcher(args: argparse.Namespace, seed: int) -> Sketcher:
    sketcher = load_sketcher(args.model or MODEL, seed)
    if args.pi_temperature is not None:
        sketcher.pi_temperature = args.pi_temperature
    if args.sigma_temperature is not None:
        sketcher.sigma_temperature = args.sigma_temperature
    return sketcher


def _gallery(sketcher: Sketcher, args: argparse.Namespace) -> Gallery:
    n = args.gallery or 1
    with one_line(PerformanceError, GhostError):
        if args.prefix is None:
            return free(sketcher, n)
        from app.sketch.opening import open_drawing  # it reads XML: most pages need not

        prefix = open_drawing(args.prefix, sketcher.scale, args.index).first_strokes(args.strokes)
        return completions(sketcher, prefix, n)


def _title(sketcher: Sketcher, seed: int) -> str:
    """What makes the same page again: "kanji, seed 7, pi 0.5"."""
    manifest = sketcher.ghost.manifest
    words = [sketcher.ghost.name, f"seed {seed}"]
    if sketcher.pi_temperature != manifest.pi_temperature:
        words.append(f"pi {sketcher.pi_temperature:g}")
    if sketcher.sigma_temperature != manifest.sigma_temperature:
        words.append(f"sigma {sketcher.sigma_temperature:g}")
    return ", ".join(words)


def _credit(ghost: Ghost) -> str:
    """Whose drawings the model learned from, and under which licence."""
    corpus = ghost.manifest.corpus
    told = [str(corpus[key]) for key in ("name", "credit", "licence") if corpus.get(key)]
    return f"Drawn by Ghostjam{', whose model learned from: ' if told else ''}{', '.join(told)}."


def _svg(gallery: Gallery, out: Path, columns: int | None, title: str, text: str) -> None:
    from app.pictures.page.svg import render_svg

    render_svg(_page(gallery, columns), out, palette=load_palette(), title=title, text=text)


def _png(gallery: Gallery, out: Path, columns: int | None, title: str, text: str) -> None:
    from app.pictures.page.png import render_png

    render_png(_page(gallery, columns), out, palette=load_palette(), title=title, text=text)


def _gif(gallery: Gallery, out: Path, columns: int | None, title: str, text: str) -> None:
    from app.pictures.page.gif import WIDTH_PX, render_gif

    render_gif(_page(gallery, columns, WIDTH_PX), out, palette=load_palette(), text=f"{title}. {text}")


def _csv(gallery: Gallery, out: Path, columns: int | None, title: str, text: str) -> None:
    gallery.drawings[0].save(out)


def _page(gallery: Gallery, columns: int | None, *width_px: int) -> PageLayout:
    return lay_out(gallery.drawings, columns, *width_px)


_WRITERS = {".svg": _svg, ".png": _png, ".gif": _gif, ".csv": _csv}
