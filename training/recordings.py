"""Recorded performances, or drawings, as a corpus: what the player did, one sequence a voice.

The ghost's own events are left out: a model trained on them learns from itself.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from mdn.columns import NOTES, TOUCH, Column, Kind, controller_columns, names_of
from models.formats import arrays, midi
from models.formats.base import GHOST, PLAYER
from models.formats.drawing_files import holds_drawings, suffix
from models.notes import note_rows
from models.performance import Performance, PerformanceError, read_performance
from training.checksums import verify
from training.corpus import Corpus, CorpusError, read_corpus
from training.dequantise import half_width
from training.drawings import read_drawings
from training.left_out import Dropped, summary

logger = logging.getLogger(__name__)

SUFFIXES = (".csv", ".log", ".txt", ".npz", ".ndjson", ".svg", ".zip", ".mid", ".midi")
LEAST_BOX = 5.0  # units; of a smaller one the noise of `training.dequantise` would leave nothing
BESIDE = {".txt", ".zip"}  # what may lie beside drawings and be none
MIDI = {".mid", ".midi"}
MOST_TOLD = 5  # of one file: rows that were read otherwise than they stand there


def gather(
    paths: Iterable[str | Path],
    *,
    box: float | None = None,
    epsilon: float | None = None,
    part: str = "train",
) -> tuple[Corpus, list[Dropped]]:
    """One corpus from files and folders, which are searched for recordings.

    A file that is named must be a performance; one that is only found in a folder and is none (a note
    beside the recordings) is left out and reported.

    Args:
        paths: flat `.npz` files, recordings in any format the app reads, Standard MIDI Files, or folders of
            them; or drawings, in the formats of `training.drawings`. Where there are drawings, everything
            must be one. MIDI files that are only found beside recordings are left out.
        box: side of the square the drawings were made in, in their unit; None measures it.
        epsilon: simplify drawings by this, in their unit; None leaves them as they are.
        part: of a file of drawings with the parts train, valid and test.

    Returns:
        The corpus, and what was left out with file, line and reason.

    Raises:
        CorpusError: nothing to learn from, or files of different columns or kinds.
        ChecksumError: a file that was fetched and is another one now.
        OSError: a file cannot be read.
    """
    paths = list(paths)
    files = list(_files(paths))
    for path, _ in files:
        verify(path)
    pictures = {path for path, _ in files if holds_drawings(path)}
    if _are_drawings(files, pictures):
        return _gather_drawings(files, pictures, box, epsilon, part)
    sequences: list[np.ndarray] = []
    dropped: list[Dropped] = []
    columns: tuple[Column, ...] | None = None
    files, rendered = _without_renderings(files)
    dropped += [Dropped(path, None, "expected recordings, as other files here are.") for path in rendered]
    for path, is_named in files:
        if path in pictures:
            dropped.append(Dropped(path, None, "expected a performance, as other files here are."))
            continue
        try:
            found = _read(path, dropped)
        except CorpusError as error:
            if is_named:
                raise
            dropped.append(Dropped(path, None, str(error).removeprefix(f"{path}: ")))
            continue
        if columns is not None and found.columns != columns:
            raise CorpusError(
                f"{path}: expected columns {names_of(columns)} as in the files before, "
                f"got {names_of(found.columns)}."
            )
        columns = found.columns
        sequences += found.performances
    if columns is None or not sequences:
        for line in summary(dropped):
            logger.warning("%s", line)
        where = ", ".join(str(p) for p in paths)
        raise CorpusError(f"{where}: expected at least one player performance of 2 events, got none.")
    return Corpus(columns, tuple(sequences)), dropped


def _are_drawings(files: Sequence[tuple[Path, bool]], pictures: set[Path]) -> bool:
    """Whether `files` are drawings: some are named, or what is found beside them is no performance.

    In a folder of recordings an SVG is a picture of one.
    """
    is_named = any(named for path, named in files if path in pictures)
    others = {suffix(path) for path, _ in files if path not in pictures} - BESIDE
    return is_named or (bool(pictures) and not others)


def _without_renderings(
    files: Sequence[tuple[Path, bool]],
) -> tuple[list[tuple[Path, bool]], list[Path]]:
    """`files` without MIDI files found beside recordings, which are what the app wrote of them; and those."""
    if all(suffix(path) in MIDI for path, _ in files):
        return list(files), []
    rendered = [path for path, is_named in files if suffix(path) in MIDI and not is_named]
    return [(path, is_named) for path, is_named in files if path not in rendered], rendered


def _gather_drawings(
    files: Sequence[tuple[Path, bool]],
    pictures: set[Path],
    box: float | None,
    epsilon: float | None,
    part: str,
) -> tuple[Corpus, list[Dropped]]:
    """The corpus of `pictures`, the drawings among `files`."""
    others = [(path, is_named) for path, is_named in files if path not in pictures]
    for path, is_named in others:
        if is_named:
            raise CorpusError(f"{path}: expected drawings, as other files here are.")
    corpus, dropped = read_drawings(
        [path for path, _ in files if path in pictures], box=box, epsilon=epsilon, part=part
    )
    longest = max(float(np.abs(drawing[:, :2]).max()) for drawing in corpus.performances)
    if box is not None and box < longest:
        raise CorpusError(f"box: expected at least the longest step, {longest:g}, got {box:g}.")
    if corpus.drawing is not None and corpus.drawing.box < LEAST_BOX:
        raise CorpusError(
            f"box: expected {LEAST_BOX:g} units or more, because steps are learned with a noise of "
            f"{half_width(Kind.OFFSET, corpus.drawing):g}, got {corpus.drawing.box:g}. Scale the drawings up."
        )
    left_out = [Dropped(path, None, "expected drawings, as other files here are.") for path, _ in others]
    return corpus, [*left_out, *dropped]


def _files(paths: Iterable[str | Path]) -> Iterator[tuple[Path, bool]]:
    """Every file, and whether it was named and not only found in a folder."""
    for path in map(Path, paths):
        if path.is_dir():
            yield from ((p, False) for p in sorted(path.rglob("*")) if suffix(p) in SUFFIXES and p.is_file())
        elif path.exists():
            yield path, True
        else:
            raise CorpusError(f"{path}: expected a file or folder of performances, got no such path.")


def _read(path: Path, dropped: list[Dropped]) -> Corpus:
    with path.open("rb") as file:
        begins = file.read(4)
    if midi.accepts(begins):
        return _read_midi(path, dropped)
    is_archive = arrays.accepts(begins)
    return read_corpus(path) if is_archive or suffix(path) == ".npz" else _read_recording(path, dropped)


def _read_midi(path: Path, dropped: list[Dropped]) -> Corpus:
    try:
        lines = [midi.as_events(line) for line in midi.read_lines(path)]
    except PerformanceError as error:
        raise CorpusError(str(error)) from None
    kept = tuple(line for line in lines if len(line) >= 2)
    if not kept:
        raise CorpusError(f"{path}: expected a track with two notes of a keyboard, got none.")
    if short := len(lines) - len(kept):
        dropped.append(Dropped(path, None, f"expected at least 2 notes in a track, got fewer in {short}."))
    return Corpus(NOTES, kept)


def _read_recording(path: Path, dropped: list[Dropped]) -> Corpus:
    try:
        performance = read_performance(path)
    except PerformanceError as error:
        raise CorpusError(str(error)) from None
    dropped += [Dropped(path, row.line, row.reason) for row in performance.dropped]
    for row in performance.told[:MOST_TOLD]:
        logger.warning("%s:%d: %s", path, row.line, row.reason)
    if performance.truncated:
        last = path.read_bytes().rstrip().count(b"\n") + 1
        dropped.append(Dropped(path, last, "the last line stops in the middle."))
    if performance.is_notes:
        return _keyboard(performance, path)
    columns = TOUCH if performance.is_touch else controller_columns(len(performance.columns))
    voices = np.unique(performance.voice[performance.source == PLAYER])
    sequences = []
    for voice in voices:
        sequence = _sequence(performance, int(voice), columns)
        if len(sequence) >= 2:
            sequences.append(sequence)
        else:
            reason = f"voice {voice}: expected at least 2 events, got {len(sequence)}."
            dropped.append(Dropped(path, None, reason))
    if not sequences:
        ghosts = int(np.sum(performance.source == GHOST))
        reason = f"expected a player's performance, got {len(performance) - ghosts} player and {ghosts} ghost"
        dropped.append(Dropped(path, None, f"{reason} events."))
    return Corpus(columns, tuple(sequences))


def _keyboard(performance: Performance, path: Path) -> Corpus:
    notes = note_rows(performance)
    if len(notes) < 2:
        raise CorpusError(f"{path}: expected at least 2 notes of a player, got {len(notes)}.")
    return Corpus(NOTES, (notes,))


def _sequence(performance: Performance, voice: int, columns: tuple[Column, ...]) -> np.ndarray:
    """Events of one voice, float32 `(n, n_columns)`: a release is not an event, a pause is a long dt.

    A pause longer than the range of dt counts as the longest one, because that is how the ghost hears it.
    """
    mine = (performance.source == PLAYER) & (performance.voice == voice)
    if performance.is_touch:
        mine &= performance.values[:, 2] > 0.0
    values = performance.values[mine]
    dt = np.diff(performance.time_s[mine], prepend=performance.time_s[mine][:1])
    longest = next(column.high for column in columns if column.kind is Kind.SECONDS)
    dt = np.minimum(dt, longest).astype("float32")[:, None]
    if performance.is_touch:
        return np.concatenate([values[:, :2], dt, values[:, 3:4]], axis=1)
    return np.concatenate([dt, values], axis=1)
