"""`ghostjam export-web` writes a whole folder or nothing, and says what it needs."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.cli.main import main
from app.ghost import Ghost
from app.runtime import litert_js, web_export
from models.errors import ModelError

PAGE = "<html><head><title>p</title></head><body></body></html>"


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    """A folder as npm leaves it, with a package as far as an export looks at it."""
    folder = tmp_path / "npm"
    core, utils = (folder / "node_modules" / "@litertjs" / name for name in ("core", "wasm-utils"))
    for package in (core, utils):
        (package / "dist").mkdir(parents=True)
        about = {"name": f"@litertjs/{package.name}", "version": "2.5.9", "license": "Apache-2.0"}
        (package / "package.json").write_text(json.dumps(about))
    (core / "dist" / "index.js").write_text('import { createWasmLib } from "@litertjs/wasm-utils";\n')
    (utils / "dist" / "index.js").write_text("export const createWasmLib = 1;\n")
    (core / "wasm").mkdir()
    for name in (*litert_js.WASM, "litert_wasm_jspi_internal", "litert_wasm_threaded_internal"):
        for suffix in (".js", ".wasm"):
            (core / "wasm" / (name + suffix)).write_text(name)
    return folder


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the half second that each model takes."""

    def copy(path: Path, out: Path) -> None:
        out.write_bytes(path.read_bytes())

    monkeypatch.setattr(web_export, "write_float_file", copy)


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_whole_folder(runtime: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "site"
    assert main(["export-web", str(out), "--runtime", str(runtime)]) == 0
    said = capsys.readouterr().out
    assert said.endswith(f"python -m http.server --directory {out}\n")
    files = files_of(out)
    assert {"index.html", "play/index.html", "draw/index.html", "facts.json", "sw.js", "LICENCE.txt"} <= files
    assert not any(name.startswith(("live/", "start/index", "start/sw")) for name in files)
    # Of the runtime what runs on one thread, and its licence.
    assert {name for name in files if name.startswith("litert/")} == {
        *(f"litert/{name}{suffix}" for name in litert_js.WASM for suffix in (".js", ".wasm")),
        "litert/litert.js", "litert/wasm_utils.js", "litert/LICENCE.txt",
    }  # fmt: skip
    assert 'from "./wasm_utils.js"' in (out / "litert" / "litert.js").read_text()
    licence = (out / "litert" / "LICENCE.txt").read_text()
    assert "@litertjs/core 2.5.9" in licence and "Apache License" in licence and "Google" in licence
    # The list has every file but itself, with its size; the worker has the same list.
    listed = json.loads((out / "files.json").read_text())
    assert listed["files"] == {name: (out / name).stat().st_size for name in files - {"files.json"}}
    worker = (out / "sw.js").read_text()
    assert (
        listed["version"] in worker
        and json.dumps(["files.json", *sorted(files - {"files.json", "sw.js"})]) in worker
    )
    for page, up in (("index.html", "./"), ("play/index.html", "../"), ("draw/index.html", "../")):
        assert f'<link rel="manifest" href="{up}manifest.webmanifest">' in (out / page).read_text()
    facts = json.loads((out / "facts.json").read_text())
    assert [model["name"] for model in facts["models"]] == ["touch", "kanji", "characters"]
    assert {"palette", "instruments", "draw", "engine"} <= set(facts)
    for path in facts["licences"].values():
        assert path in files
    app = json.loads((out / "manifest.webmanifest").read_text())
    for icon in app["icons"]:
        with Image.open(out / icon["src"]) as picture:
            assert "{}x{}".format(*picture.size) == icon["sizes"]
    began_s = runtime.stat().st_mtime  # a server tells browsers by their times which files have changed
    assert all((out / name).stat().st_mtime >= began_s - 2.0 for name in files)
    total = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    assert f"{total / 1e6:7.2f} MB  {out}" in said


def test_its_models_play_what_the_desktop_plays_but_for_rounding(
    runtime: Path, root: Path, tmp_path: Path
) -> None:
    assert main(["export-web", str(tmp_path / "a"), "--runtime", str(runtime), "--model", "touch"]) == 0
    new, old = (
        Ghost.load(path, seed=1)
        for path in (tmp_path / "a/models/touch.tflite", root / "models/touch.tflite")
    )
    for ghost in (new, old):
        ghost.feed(np.linspace([0.2, 0.3, 0.02, 0.0], [0.6, 0.5, 0.02, 1.0], 40))
    assert new.generate(1) == pytest.approx(old.generate(1), abs=0.02)
    assert not (tmp_path / "a" / "draw").exists() and not (tmp_path / "a" / "sketch").exists()
    page = (tmp_path / "a" / "index.html").read_text()
    assert 'class="door play"' in page and 'class="door draw"' not in page


@pytest.mark.usefixtures("quick")
def test_a_former_export_is_replaced_and_the_version_is_of_the_content(runtime: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    out.mkdir()  # empty is as good as new

    def version(*models: str) -> str:
        options = [word for model in models for word in ("--model", model)]
        assert main(["export-web", str(out), "--runtime", str(runtime), *options]) == 0
        return str(json.loads((out / "files.json").read_text())["version"])

    first = version("touch", "kanji")
    assert version("touch", "kanji") == first
    assert version("kanji") != first
    assert not (out / "play").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("npm", "site")] == []


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("fault", [pytest.param("model", marks=pytest.mark.slow), "full disk", "runtime"])
def test_what_fails_leaves_the_folder_as_it_was(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    out = tmp_path / "site"
    assert main(["export-web", str(out), "--runtime", str(runtime), "--model", "kanji"]) == 0
    before = {name: (out / name).read_bytes() for name in files_of(out)}

    def refuse(*args: object) -> None:
        raise (
            ModelError("m.tflite: expected a sound model, got none.")
            if fault == "model"
            else OSError(28, "full")
        )

    if fault == "runtime":
        (runtime / "node_modules/@litertjs/core/wasm/litert_wasm_internal.wasm").unlink()
    else:
        monkeypatch.setattr(web_export, "write_float_file", refuse)
    assert main(["export-web", str(out), "--runtime", str(runtime)]) != 0
    assert {name: (out / name).read_bytes() for name in files_of(out)} == before
    assert main(["export-web", str(tmp_path / "other"), "--runtime", str(runtime)]) != 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["npm", "site"]


@pytest.mark.usefixtures("quick")
def test_a_folder_with_something_of_a_person_is_refused(
    runtime: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(folder: Path) -> str:
        assert main(["export-web", str(folder), "--runtime", str(runtime), "--model", "kanji"]) == 2
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1
        return lines[0]

    mine, out = tmp_path / "mine", tmp_path / "site"
    (mine / "deep").mkdir(parents=True)
    (mine / "deep" / "letter.txt").write_text("dear")
    assert "expected a new or empty folder or a former export" in told(mine)
    assert told(mine).endswith("with deep/letter.txt")
    assert "expected a new or empty folder" in told(mine / "deep" / "letter.txt")
    assert main(["export-web", str(out), "--runtime", str(runtime), "--model", "kanji"]) == 0
    capsys.readouterr()
    (out / "CNAME").write_text("example.org")
    assert told(out).endswith("with CNAME")
    (out / "CNAME").unlink()
    (out / "files.json").write_text('{"made_by": "somebody"}')
    assert "former export" in told(out)
    assert (mine / "deep" / "letter.txt").read_text() == "dear"
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "here").symlink_to(mine, target_is_directory=True)
    assert told(tmp_path / "links").endswith("with here")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")  # which would be gone beneath who stands there
    assert "expected another folder than the one you are in" in told(Path("."))


@pytest.mark.usefixtures("quick")
def test_the_former_folder_comes_back_whatever_interrupts(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "site"
    assert main(["export-web", str(out), "--runtime", str(runtime), "--model", "kanji"]) == 0
    before, replace = files_of(out), os.replace

    def interrupted(old: Path, new: Path) -> None:
        if new == out and old.name == "new":
            raise KeyboardInterrupt
        replace(old, new)

    monkeypatch.setattr(os, "replace", interrupted)
    assert main(["export-web", str(out), "--runtime", str(runtime), "--model", "kanji"]) == 130
    assert files_of(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["npm", "site"]


@pytest.mark.skipif(sys.platform == "win32", reason="there a process is only killed")
@pytest.mark.usefixtures("quick")
def test_who_asks_for_the_end_finds_nothing_left_over(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(path: Path, out: Path) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(web_export, "write_float_file", ended)
    handled = signal.signal(signal.SIGTERM, lambda *_: None)  # unless the command has one: the test goes on
    try:
        assert main(["export-web", str(tmp_path / "a"), "--runtime", str(runtime)]) == 130
    finally:
        signal.signal(signal.SIGTERM, handled)
    assert [path.name for path in tmp_path.iterdir()] == ["npm"]


def test_models_that_no_page_plays_are_refused(
    runtime: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for models, words in {
        (
            "keys",
        ): "--model: expected a model of touches or of drawings, got keys, of dt, pitch, duration, velocity",
        ("touch", "touch"): "--model: expected each model once, got touch, touch",
        ("nobody",): "expected one of",
    }.items():
        options = [word for model in models for word in ("--model", model)]
        assert main(["export-web", str(tmp_path / "a"), "--runtime", str(runtime), *options]) == 2
        assert words in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_another_runtime_is_refused(
    runtime: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(folder: Path) -> str:
        assert main(["export-web", str(tmp_path / "a"), "--runtime", str(folder), "--model", "touch"]) == 2
        return capsys.readouterr().err

    core = runtime / "node_modules" / "@litertjs" / "core"
    assert litert_js.find(core) == litert_js.find(runtime) == litert_js.find(runtime / "node_modules") == core
    assert "--runtime: expected a folder with @litertjs/core" in told(tmp_path)
    (core / "dist" / "index.js").write_text("export const nothing = 1;")
    assert 'expected one import of "@litertjs/wasm-utils", got 0' in told(runtime)
    (core / "dist" / "index.js").write_bytes(b"\xff")
    assert "expected text" in told(runtime)
    (core / "dist" / "index.js").write_text('import "@litertjs/wasm-utils";')
    (core.parent / "wasm-utils" / "package.json").write_text("{}")
    assert "expected its name and version" in told(runtime)
    (core / "package.json").write_text('{"name": "@litertjs/core", "version": "3.0.0"}')
    assert "expected @litertjs/core >=2.5.3 <2.6, got 3.0.0" in told(runtime)
    for broken in (b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000):
        (core / "package.json").write_bytes(broken)
        assert "--runtime: expected a folder with @litertjs/core" in told(runtime)


def test_without_npm_a_line_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["export-web", str(tmp_path / "a"), "--model", "touch"]) == 2
    line = capsys.readouterr().err
    assert line.startswith("ghostjam export-web: npm: expected it") and "install Node.js" in line
    assert line.count("\n") == 1 and not (tmp_path / "a").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for npm is a shell script")
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("works", [True, False])
def test_npm_is_asked(
    works: bool,
    runtime: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    doing = f'cp -r "{runtime}/node_modules" "$3"' if works else 'echo "npm error network down" >&2; exit 1'
    npm.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/asked"\n{doing}\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}{os.pathsep}{os.environ['PATH']}")
    assert main(["export-web", str(tmp_path / "a"), "--model", "kanji"]) == (0 if works else 2)
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[:2] == ["install", "--prefix"] and asked[-1] == "@litertjs/core@>=2.5.3 <2.6"
    if works:
        assert (tmp_path / "a" / "litert" / "litert.js").is_file()
    else:
        assert "npm: expected @litertjs/core, got: network down\n" in capsys.readouterr().err


def test_a_page_without_a_head_is_a_defect(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text(PAGE)
    web_export._add_to_head(page)
    assert page.read_text().count("manifest.webmanifest") == 1
    page.write_text("<html></html>")
    with pytest.raises(web_export.CommandError, match="expected one </head>, got 0"):
        web_export._add_to_head(page)
