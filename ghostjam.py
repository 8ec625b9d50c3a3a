"""The launcher: starts Ghostjam, and Python processes of its own, with the packages beside this file.

Other folders have an `app.py` or a `models` too, and Python looks into the current folder (`python -m`,
`python -c`) and those of PYTHONPATH before it looks where Ghostjam is installed.

Nothing here imports a package of ours but `main`, so every one of them may import this.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec, PathFinder

FOLDER = os.path.dirname(os.path.abspath(__file__))
OWN = frozenset({"app", "assets", "ghostjam", "mdn", "models", "training"})


class OwnPackages:
    """Finds our top-level packages beside this file, and nothing else.

    `sys.path` stays as it is: this folder may be that of all installed libraries, and were it first there,
    one of them could take the place of a module of the standard library.
    """

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Where `name` is, or None if it is not ours; as Python asks the entries of `sys.meta_path`."""
        return PathFinder.find_spec(name, [FOLDER]) if name in OWN else None


def find_own_packages_first() -> None:
    """From here on, imports in this process find our packages beside this file."""
    if OwnPackages not in sys.meta_path:
        sys.meta_path.insert(0, OwnPackages)


def python_command(code: str, *arguments: str) -> list[str]:
    """The command line of a Python process that runs `code`, in which our packages are found as here.

    Neither the current folder (`-P`) nor PYTHONPATH has a say in what our names mean.

    Args:
        code: Python statements.
        arguments: its `sys.argv[1:]`.
    """
    start = (
        f"import sys; sys.path.insert(0, {FOLDER!r}); import ghostjam; del sys.path[0]; "
        "ghostjam.find_own_packages_first()"
    )
    return [sys.executable, "-P", "-c", f"{start}\n{code}", *arguments]


def main() -> int:
    """Run the command line in `sys.argv`; returns the exit code."""
    find_own_packages_first()
    from app.cli.main import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
