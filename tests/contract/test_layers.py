"""The laws of the house: who may import whom, by the source (lazy imports too) and in a fresh process."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGES = ("app", "assets", "mdn", "models", "training")
ALLOWED = {
    "app": {"assets", "mdn", "models"},
    "models": {"mdn"},
    "training": {"mdn", "models"},
    "mdn": set(),
    "assets": set(),
}
TRAINING_ONLY = {"keras", "tensorflow", "jax", "torch", "training"}
# The one place (a file or a folder) that may import each library.
ONE_PLACE = {
    "signalflow": "app/sound/",
    "mido": "app/midi/",
    "rtmidi": "app/midi/",
    "pythonosc": "app/osc/",
    "ai_edge_litert": "app/ghost/litert/",
}
HEAVY = {"pygame", "signalflow", "mido", "rtmidi", "pythonosc", "ai_edge_litert", "PIL", *TRAINING_ONLY}


def sources(root: Path, package: str) -> list[Path]:
    return sorted((root / package).rglob("*.py"))


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))


@cache
def imported(path: Path) -> frozenset[str]:
    """The full dotted names a file imports, wherever in it the import stands."""
    names: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            names.add(node.module or "")
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            if isinstance(node.args[0], ast.Constant):
                names.add(str(node.args[0].value))
    return frozenset(names)


def top(names: frozenset[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_only_what_lies_below_them(root: Path, package: str) -> None:
    forbidden = set(PACKAGES) - {package} - ALLOWED[package]
    for path in sources(root, package):
        assert top(imported(path)) & forbidden == set(), path


@pytest.mark.parametrize("package", ["app", "models", "assets"])
def test_no_training_library_outside_training(root: Path, package: str) -> None:
    for path in sources(root, package):
        assert top(imported(path)) & TRAINING_ONLY == set(), path


def test_keras_stands_in_one_file_of_mdn(root: Path) -> None:
    users = [path.name for path in sources(root, "mdn") if top(imported(path)) & TRAINING_ONLY]
    assert len(users) <= 1, users


@pytest.mark.parametrize(("library", "place"), ONE_PLACE.items())
def test_one_place_touches_each_device_library(root: Path, library: str, place: str) -> None:
    users = [str(path.relative_to(root)) for path in sources(root, "app") if library in top(imported(path))]
    assert users, f"nothing imports {library}: is it still a dependency?"
    assert [user for user in users if not user.startswith(place)] == []


@cache
def pygame_attributes(path: Path) -> frozenset[str]:
    """`pygame.x` and `pygame.x.y` as used in a file."""
    return imported(path).union(ast.unparse(node) for node in nodes(path) if isinstance(node, ast.Attribute))


def test_only_the_window_touches_the_display(root: Path) -> None:
    display = ("pygame.display", "pygame.event", "pygame.mouse", "pygame.key.set", "pygame.time.Clock")
    users = [
        str(path.relative_to(root))
        for path in sources(root, "app")
        if any(name.startswith(display) for name in pygame_attributes(path))
    ]
    assert [user for user in users if not user.startswith("app/window/")] == []


def test_no_mixer_and_no_pygame_init(root: Path) -> None:
    """Both open the sound card, which is signalflow's."""
    for path in sources(root, "app"):
        names = pygame_attributes(path)
        assert not any(n.startswith("pygame.mixer") for n in names) and "pygame.init" not in names, path


def test_nothing_reads_or_writes_pickles(root: Path) -> None:
    for package in PACKAGES:
        for path in sources(root, package):
            assert not top(imported(path)) & {"pickle", "dill", "joblib", "shelve", "marshal"}, path
            for node in nodes(path):
                if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                    value = node.value
                    assert isinstance(value, ast.Constant) and value.value is False, f"{path}:{value.lineno}"


def loaded_after(root: Path, statement: str) -> set[str]:
    """The top-level modules a fresh interpreter has loaded after one statement."""
    code = f"{statement}\nimport sys\nprint(*sorted({{n.partition('.')[0] for n in sys.modules}}))"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return set(result.stdout.splitlines()[-1].split())


def test_help_loads_no_library(root: Path) -> None:
    loaded = loaded_after(root, "import app.__main__, app.cli.main; app.cli.main.build_parser()")
    assert loaded & {*HEAVY, "numpy"} == set()


def test_mdn_loads_numpy_only(root: Path) -> None:
    loaded = loaded_after(root, "import mdn")
    assert loaded & {*HEAVY, *PACKAGES} == {"mdn"}


def test_models_load_numpy_only(root: Path) -> None:
    loaded = loaded_after(root, "import models, models.performance")
    assert loaded & {*HEAVY, *PACKAGES} <= {"mdn", "models"}


def test_the_whole_app_loads_without_a_training_library(root: Path) -> None:
    """Every module of the app, so that no rarely used one brings Keras along."""
    modules = []
    for path in sources(root, "app"):
        parts = path.relative_to(root).with_suffix("").parts
        modules.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    assert loaded_after(root, f"import {', '.join(modules)}") & TRAINING_ONLY == set()
