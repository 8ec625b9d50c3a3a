"""Finding a model by name or path: shipped models, then the person's own."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path

from models.errors import ModelError

SUFFIX = ".tflite"


def own_folder() -> Path:
    """Where a person's own models are; not made yet."""
    return user_data_path("ghostjam", appauthor=False) / "models"


def folders() -> list[Path]:
    """Where models are looked for, in order: the person's own folder, then the shipped ones."""
    return [own_folder(), Path(__file__).parent]


def model_names() -> tuple[str, ...]:
    """Names of all models found, sorted, the shipped `touch` first: it is the default."""
    names = {path.stem for folder in folders() for path in _listed(folder)}
    return tuple(sorted(names, key=lambda name: (name != "touch", name)))


def find_model(name_or_path: str | Path) -> Path:
    """The file of a model given by name ("touch") or by path ("takes/mine.tflite").

    Raises:
        ModelError: there is none, with the names there are.
    """
    path = Path(name_or_path)
    if path.suffix == SUFFIX or len(path.parts) > 1:
        if not _is_file(path):
            raise ModelError(f"{path}: expected a {SUFFIX} file, got no such file.")
        return path
    for folder in folders():
        candidate = folder / f"{name_or_path}{SUFFIX}"
        if _is_file(candidate):
            return candidate
    for folder in folders():
        candidate = folder / f"{name_or_path}{SUFFIX}"
        if candidate in _listed(folder):
            kind = "a link that leads nowhere" if candidate.is_symlink() else "a folder"
            raise ModelError(f"{candidate}: expected a {SUFFIX} file, got {kind}.")
    known = ", ".join(model_names()) or "none"
    raise ModelError(
        f"model: expected one of {known}, or a path to a {SUFFIX} file, got {str(name_or_path)!r}."
    )


def _listed(folder: Path) -> list[Path]:
    """What in a folder is named as a model, also links that lead nowhere; none if it cannot be read."""
    try:
        return [path for path in folder.iterdir() if path.suffix == SUFFIX]
    except OSError:
        return []


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than the file system takes
        return False
