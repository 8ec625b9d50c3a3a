"""Ghostjam runs its own code, whatever lies in the folder it is started in and in those of PYTHONPATH."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from tests.programs import PATIENCE_S, Program

PACKAGES = ("app", "assets", "mdn", "models", "training")
PACKAGE, MODULE = "/__init__.py", ".py"  # what a stranger's `app` may be
STRANGER = """
import pathlib
with (pathlib.Path({folder!r}) / "ran").open("a") as file:
    file.write({name!r} + "\\n")
raise ImportError("a stranger's {name}")
"""

# What an installer writes for `ghostjam = "ghostjam:main"`.
CONSOLE_SCRIPT = """
import sys
from ghostjam import main
if __name__ == "__main__":
    sys.exit(main())
"""


class Strangers:
    """A folder in which every import of ours finds a stranger's file first, if Python looks there.

    Attributes:
        folder: to start things in.
    """

    def __init__(self, folder: Path, suffix: str) -> None:
        self.folder = folder
        for name in PACKAGES:
            file = folder / f"{name}{suffix}"
            file.parent.mkdir(exist_ok=True)
            file.write_text(STRANGER.format(folder=str(folder), name=name))

    def start(self, command: list[str], path: str | None, **options: str) -> subprocess.CompletedProcess[str]:
        """Run a command in here with PYTHONPATH as given to its end."""
        return subprocess.run(
            command, cwd=self.folder, env=environment(path, **options), timeout=PATIENCE_S, check=False,
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )  # fmt: skip

    def ran(self) -> list[str]:
        """The packages of strangers that something has run."""
        file = self.folder / "ran"
        return file.read_text().split() if file.exists() else []


def environment(path: str | None, **options: str) -> dict[str, str]:
    """This process's environment without a screen, with PYTHONPATH as given."""
    unwanted = ("PYTHONPATH", "PYTHONSAFEPATH", "DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return kept | options | ({} if path is None else {"PYTHONPATH": path})


@pytest.fixture
def packages(tmp_path: Path) -> Strangers:
    return Strangers(tmp_path, PACKAGE)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("bin") / "ghostjam"
    file.write_text(CONSOLE_SCRIPT)
    return str(file)


@pytest.mark.parametrize("suffix", [PACKAGE, MODULE])
def test_the_strangers_are_found_unless_something_keeps_them_out(tmp_path: Path, suffix: str) -> None:
    """The trap works: what these tests rule out does happen to a plain Python program."""
    strangers = Strangers(tmp_path, suffix)
    assert strangers.start([sys.executable, "-c", "import models"], None).returncode != 0
    assert strangers.start([sys.executable, "-P", "-c", "import app"], ".").returncode != 0
    assert strangers.ran() == ["models", "app"]


# Each starts a program. The fast tests try every way, every path and both kinds of strangers once.
FAST_WAYS = ((PACKAGE, None, "script"), (MODULE, ".", "module"), (PACKAGE, "{folder}", "file"))
WAYS = [
    pytest.param(*each, marks=() if each in FAST_WAYS else pytest.mark.slow)
    for each in product((PACKAGE, MODULE), (None, ".", "{folder}"), ("script", "module", "file"))
]


@pytest.mark.parametrize(("suffix", "path", "way"), WAYS)
def test_every_way_to_start_runs_our_code(
    tmp_path: Path, suffix: str, way: str, path: str | None, script: str, root: Path
) -> None:
    strangers = Strangers(tmp_path, suffix)
    ways = {"script": [script], "module": ["-m", "ghostjam"], "file": [str(root / "ghostjam.py")]}
    path = path and path.format(folder=strangers.folder)
    done = strangers.start([sys.executable, *ways[way], "models", "--json"], path)
    assert (done.returncode, strangers.ran()) == (0, []), done.stderr
    assert {"touch", "kanji"} <= {model["name"] for model in json.loads(done.stdout)}


# The fast tests try the commands that start a process with PYTHONPATH=., which leads to the strangers.
@pytest.mark.parametrize(
    ("words", "made", "path"),
    [
        pytest.param(words, made, path, marks=() if path and starts_process else pytest.mark.slow)
        for path in (None, ".")
        for words, made, starts_process in (
            ("render {example} --out sound.wav", "sound.wav", True),  # one that renders
            ("draw --gallery 1 --out page.svg", "page.svg", False),
            ("doctor", "", True),  # one that opens the sound card
            ("impsy-config none.toml", "", False),
            ("learn --midi-in none", "", False),
            ("train --help", "", True),  # one that trains
        )
    ],
)
def test_commands_and_their_processes_run_our_code(
    packages: Strangers, words: str, made: str, path: str | None, script: str, root: Path
) -> None:
    example = root / "assets" / "performances" / "example.csv"
    command = [sys.executable, script, *words.format(example=example).split()]
    done = packages.start(command, path)
    assert packages.ran() == []
    assert "Traceback" not in done.stderr
    assert (packages.folder / made).exists(), done.stderr


@pytest.mark.parametrize(
    ("way", "path"), [pytest.param("script", None, marks=pytest.mark.slow), ("file", ".")]
)
def test_a_strangers_launcher_is_not_ours(
    packages: Strangers, way: str, path: str | None, script: str, root: Path
) -> None:
    """Once ours has started, that is: with PYTHONPATH=. an installed command finds that one first."""
    (packages.folder / "ghostjam.py").write_text(
        STRANGER.format(folder=str(packages.folder), name="ghostjam")
    )
    started = {"script": script, "file": str(root / "ghostjam.py")}[way]
    done = packages.start([sys.executable, started, "doctor"], path)
    assert packages.ran() == []
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("path", [pytest.param(None, marks=pytest.mark.slow), "."])
def test_the_sound_process_of_an_evening_runs_our_code(
    packages: Strangers, path: str | None, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(packages.folder)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    if path is not None:
        monkeypatch.setenv("PYTHONPATH", path)
    program = Program(sys.executable, script, "bridge", "--no-record", "--osc-in", "0")
    try:
        program.wait_for("Ghostjam: mode")
    finally:
        program.stop()
    assert packages.ran() == []


@pytest.mark.slow
@pytest.mark.parametrize("path", [None, "."])
@pytest.mark.parametrize("words", ["play", "demo --out made", "bench"])
def test_long_commands_run_our_code(packages: Strangers, words: str, path: str | None, script: str) -> None:
    done = packages.start([sys.executable, script, *words.split()], path)
    assert (done.returncode, packages.ran()) == (0, []), done.stderr


@pytest.mark.slow
@pytest.mark.train
@pytest.mark.parametrize("path", [None, "."])
def test_training_and_its_proof_run_our_code(
    packages: Strangers, path: str | None, script: str, root: Path
) -> None:
    data = str(root / "assets" / "performances")
    sizes = ["--units", "8", "--layers", "1", "--mixtures", "2", "--epochs", "1"]
    train = [sys.executable, script, "train", data, "--out", "tiny.tflite", *sizes]
    done = packages.start(train, path)
    assert (done.returncode, packages.ran()) == (0, []), done.stderr
    done = packages.start([sys.executable, script, "evaluate", "tiny.tflite", data], path)
    assert (done.returncode, packages.ran()) == (0, []), done.stderr


@pytest.mark.parametrize("path", [pytest.param(None, marks=pytest.mark.slow), "."])
def test_an_installed_copy_and_its_processes_find_themselves(
    packages: Strangers, path: str | None, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Not the checkout, which is on the path as well: beside the launcher lie the packages it runs."""
    site = tmp_path_factory.mktemp("site-packages")
    shutil.copy(root / "ghostjam.py", site)
    for name in PACKAGES:
        shutil.copytree(root / name, site / name, ignore=shutil.ignore_patterns("*.tflite", "__pycache__"))
    # Would break every Python program, were the folder put first on the path.
    (site / "json.py").write_text(STRANGER.format(folder=str(packages.folder), name="json"))
    start = packages.folder / "start.py"
    where = f"import json, {', '.join(PACKAGES)}; print({', '.join(f'{name}.__file__' for name in PACKAGES)})"
    start.write_text(
        f"import sys, subprocess; sys.path.insert(0, {str(site)!r})\n"
        "import ghostjam\n"
        f"del sys.path[0]\nghostjam.find_own_packages_first()\n{where}\n"
        f"subprocess.run(ghostjam.python_command({where!r}), check=True)\n"
    )
    done = packages.start([sys.executable, "-P", str(start)], path)
    assert (done.returncode, packages.ran()) == (0, []), done.stderr
    assert done.stdout.split() == 2 * [str(site / name / "__init__.py") for name in PACKAGES]
