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
    "training": {"assets", "mdn", "models"},  # its examples play on from the example performance
    "mdn": set(),
    "assets": set(),
    # Not part of the package: programs of their own, neither installed nor imported, which use the app as
    # anybody's program can.
    "assets/examples": {"app"},
}
TRAINING_ONLY = {"keras", "tensorflow", "jax", "torch", "training"}
# The one place (a file or a folder) that may import each library.
ONE_PLACE = {
    "signalflow": "app/sound/",
    "mido": "app/midi/",
    "rtmidi": "app/midi/",
    "pythonosc": "app/osc/",
    "ai_edge_litert": "app/ghost/litert/",
    "websockets": "app/web/",
    "zeroconf": "app/web/",
    "serial": "app/serial/",
}
# The rooms of the app, from the top floor down. A room imports only rooms on floors below its own: there is
# no circle. What comes in and goes out (midi, osc, sound, recording) stands beside the engine, unknown to it.
FLOORS = (
    ("__main__",),
    ("cli",),  # what a person types
    ("commands",),  # what it does
    ("runtime", "window"),  # what a stage is made of; what a person sees
    ("pictures",),
    ("sketch",),  # drawings, and the ghost that goes on with them
    ("engine", "ghost", "midi", "osc", "recording", "serial", "sound", "web"),
    ("core",),  # the words all rooms share
)
# All that these rooms may know of the others, whatever floors lie below them.
KNOWS = {
    "core": set(),
    "engine": {"core"},  # neither windows nor ports, and the model only as a protocol
    "ghost": set(),
    "midi": {"core"},
    "osc": {"core"},
    "recording": {"core"},
    "serial": {"core"},
    "sound": {"core"},
    "web": {"core"},
    "sketch": {"core", "ghost", "recording"},
    "pictures": {"core", "sketch"},
    "window": {"core", "pictures", "sketch"},  # the canvas to draw on shows what `sketch` knows
}
# (module, room): what a law forbids and a single module does all the same, with the reason.
EXCEPTIONS = {
    (
        "app/window/draw/stroke_outputs.py",
        "recording",
    ): "`ghostjam draw` has no session: it records,",
    (
        "app/window/draw/stroke_outputs.py",
        "sound",
    ): "and opens the instruments, by itself",
}
HEAVY = {
    "pygame", "signalflow", "mido", "rtmidi", "pythonosc", "ai_edge_litert", "PIL", "websockets", "zeroconf",
    "serial", *TRAINING_ONLY,
}  # fmt: skip


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
            module = node.module or ""
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            name = node.args[0]
            if isinstance(name, ast.JoinedStr):  # f"app.commands.{command}": what is known of it
                name = name.values[0]
            if isinstance(name, ast.Constant):
                names.add(str(name.value).removesuffix("."))
    return frozenset(names)


def top(names: frozenset[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("package", ALLOWED)
def test_packages_import_only_what_lies_below_them(root: Path, package: str) -> None:
    forbidden = {*PACKAGES, "tests"} - {package} - ALLOWED[package]
    inner = [root / other for other in ALLOWED if other.startswith(f"{package}/")]  # with laws of their own
    paths = [path for path in sources(root, package) if not set(inner) & set(path.parents)]
    assert paths
    for path in paths:
        assert top(imported(path)) & forbidden == set(), path


def room_of(root: Path, path: Path) -> str:
    """`engine` for `app/engine/jam.py`, `__main__` for `app/__main__.py`."""
    return path.relative_to(root / "app").parts[0].removesuffix(".py")


def arrows(root: Path) -> set[tuple[str, str, str]]:
    """Who in the app imports which other room: (file, its room, the other room)."""
    found = set()
    for path in sources(root, "app"):
        here, file = room_of(root, path), path.relative_to(root).as_posix()
        for name in imported(path):
            parts = name.split(".")
            if parts[0] == "app" and len(parts) > 1 and parts[1] != here:
                found.add((file, here, parts[1]))
    return found


def upward(root: Path) -> set[tuple[str, str, str]]:
    """The arrows that do not run down, and those of a room that has no floor."""
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    return {
        (file, here, there)
        for file, here, there in arrows(root)
        if here not in floor or there not in floor or floor[there] <= floor[here]
    }


def unknown(root: Path) -> set[tuple[str, str, str]]:
    """The arrows to rooms that a room may not know, but for the exceptions."""
    return {
        (file, here, there)
        for file, here, there in arrows(root)
        if here in KNOWS and there not in KNOWS[here] and (file, there) not in EXCEPTIONS
    }


def test_the_app_holds_no_file_flat(root: Path) -> None:
    assert {path.name for path in (root / "app").glob("*.py")} == {"__init__.py", "__main__.py"}
    rooms = {path.parent.name for path in (root / "app").glob("*/__init__.py")}
    assert rooms | {"__main__"} == {room for floor in FLOORS for room in floor}


def test_arrows_between_rooms_run_down(root: Path) -> None:
    assert upward(root) == set()


def test_rooms_know_no_more_than_they_may(root: Path) -> None:
    """`core` no other room, the engine neither windows nor ports, what comes in and goes out `core` only."""
    assert unknown(root) == set()


def test_every_exception_is_still_needed(root: Path) -> None:
    assert set(EXCEPTIONS) <= {(file, there) for file, _, there in arrows(root)}


@pytest.mark.parametrize(
    ("file", "line", "law"),
    [
        ("core/clock.py", "from app.sound.remote import SoundSink", "both"),
        ("engine/jam.py", "def f():\n    import app.window.display", "both"),
        ("engine/jam.py", "from app import osc", "both"),
        ("engine/thread.py", "from app.ghost import Ghost", "both"),
        ("midi/out.py", "from app.sound.ensemble import Ensemble", "both"),
        ("osc/out.py", "from app.engine.event_rows import Columns", "both"),
        ("runtime/session.py", "from app.cli.options import add_seed", "upward"),
        ("runtime/load.py", "import importlib\nimportlib.import_module(f'app.commands.{1}')", "upward"),
        ("window/window.py", "from app.engine.thread import Engine", "unknown"),
        ("window/draw/save.py", "from app.recording.recorder import Recorder", "unknown"),
        ("pictures/palette.py", "from app.recording.replay import events_of", "unknown"),
        ("somewhere/new.py", "from app.core.events import Event", "upward"),
    ],
)
def test_the_laws_find_an_import_that_breaks_them(tmp_path: Path, file: str, line: str, law: str) -> None:
    path = tmp_path / "app" / file
    path.parent.mkdir(parents=True)
    path.write_text(line, "utf-8")
    found = {name for name, check in (("upward", upward), ("unknown", unknown)) if check(tmp_path)}
    assert found == ({"upward", "unknown"} if law == "both" else {law})


@pytest.mark.parametrize("package", ["app", "models", "assets"])
def test_no_training_library_outside_training(root: Path, package: str) -> None:
    for path in sources(root, package):
        assert top(imported(path)) & TRAINING_ONLY == set(), path


def test_the_launcher_needs_nothing_of_ours_until_it_starts_the_app(root: Path) -> None:
    """So that packages may use it, and so that nothing is found before it says where."""
    assert top(imported(root / "ghostjam.py")) & set(PACKAGES) == {"app"}
    assert loaded_after(root, "import ghostjam") & {*HEAVY, "numpy", *PACKAGES} == set()


def test_only_the_launcher_starts_python(root: Path) -> None:
    """Its processes find our packages, not those of the folder they are started in."""
    words = ("sys.executable", "import executable", "multiprocessing", "ProcessPoolExecutor")
    for path in [path for package in PACKAGES for path in sources(root, package)]:
        assert [word for word in words if word in path.read_text("utf-8")] == [], path


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
