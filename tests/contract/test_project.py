"""The promises of the project's own files: two set-up lines, a changelog, nothing of one machine."""

from __future__ import annotations

import doctest
import importlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import ghostjam

RUN_LINE = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/ghostjam"
TEST_LINE = "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/pytest"


def tracked_text(root: Path) -> dict[str, str]:
    """The text files of the project by their paths, without build products."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=root, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    texts = {}
    for name in listing.stdout.splitlines():
        path = root / name
        if path.suffix in {".py", ".md", ".toml", ".yml", ".csv", ".cfg", ".txt", ""} and path.is_file():
            texts[name] = path.read_text("utf-8", errors="replace")
    return texts


def test_the_readme_has_exactly_two_set_up_lines(root: Path) -> None:
    lines = (root / "README.md").read_text("utf-8").splitlines()
    assert [line.strip() for line in lines if "-m venv" in line] == [RUN_LINE, TEST_LINE]


def test_every_picture_and_file_the_readme_names_is_there(root: Path) -> None:
    text = (root / "README.md").read_text("utf-8")
    targets = [t for t in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in t]
    assert targets, "the first screen has a picture"
    assert [t for t in targets if not (root / t).exists()] == []


def test_the_changelog_has_an_unreleased_section_and_this_version(root: Path) -> None:
    text = (root / "CHANGELOG.md").read_text("utf-8")
    version = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert "## [Unreleased]" in text or f"## [{version}]" in text


def test_every_dependency_has_its_reason_beside_it(root: Path) -> None:
    text = (root / "pyproject.toml").read_text("utf-8")
    lists = re.findall(r"^(?:dependencies|train|serial|dev) = \[\n(.*?)^\]", text, re.M | re.S)
    lines = [line for block in lists for line in block.splitlines() if line.strip().startswith('"')]
    project = tomllib.loads(text)["project"]
    expected = len(project["dependencies"]) + sum(map(len, project["optional-dependencies"].values()))
    assert len(lines) == expected
    assert [line for line in lines if "# " not in line and not re.search(r'"(pytest|mypy|ruff)', line)] == []


def test_no_path_of_a_machine_and_no_registry_host(root: Path) -> None:
    # Written in two parts, so that this file does not find itself.
    folders = ("/" + "work/", "/" + "root/", "/" + "home/[a-z]", r"C:\\" + "Users", "/" + "tmp/[a-z]")
    hosts = ("pypi" + r"\.org", "python" + "hosted", "index" + "-url", "find" + "-links")
    pattern = re.compile("|".join((*folders, *hosts)))
    for name, text in tracked_text(root).items():
        for number, line in enumerate(text.splitlines(), start=1):
            assert not pattern.search(line), f"{name}:{number}: {line.strip()}"


def test_every_package_is_listed(root: Path) -> None:
    config = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    listed = {name.removesuffix(".*") for name in config["tool"]["setuptools"]["packages"]["find"]["include"]}
    found = {path.parent.name for path in root.glob("*/__init__.py")} - {"tests"}
    assert found <= listed
    modules = {path.stem for path in root.glob("*.py")}
    assert modules == set(config["tool"]["setuptools"]["py-modules"]) == {"ghostjam"}
    assert found | modules == ghostjam.OWN
    for package in found:
        folders = {path.parent for path in (root / package).rglob("*.py")} - {root / "assets" / "examples"}
        assert [str(f) for f in folders if not (f / "__init__.py").exists()] == []


def test_the_examples_in_docstrings_are_true(root: Path) -> None:
    """Of modules that need NumPy only; the Keras layer's run with the training tests."""
    tried = 0
    for package in ("app", "assets", "mdn", "models"):
        for path in sorted((root / package).rglob("*.py")):
            source = path.read_text("utf-8")
            if ">>> " in source and not re.search(r"^\s*(import|from) keras", source, re.M):
                name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
                result = doctest.testmod(importlib.import_module(name))
                assert result.failed == 0, name
                tried += result.attempted
    assert tried > 0
