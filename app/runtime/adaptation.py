"""Adapt: a ghost takes in what was played since the program began, and goes over to that between two phrases.

The learning is done by another process (`app.runtime.learner`), which never holds up what plays: all that is
done here is done on the worker's thread, or on the one that reads what the process says.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from app.core.clock import Clock, SystemClock
from app.core.events import EventKind
from app.core.parameters import Settings
from app.core.refusals import ControlError
from app.recording.played import Columns, Played
from app.recording.recorder import Recorder
from app.runtime.errors import explained
from app.runtime.learner import Learner, Message, NotUnderstoodError
from app.runtime.train_extra import REMEDY, TRAINING, missing
from ghostjam import python_command
from models.errors import ModelError
from models.lookup import SUFFIX, find_model, own_folder
from models.manifest import Manifest, read_manifest
from models.performance import NOTE_COLUMNS, TOUCH_COLUMNS, value_columns

LEAST_EVENTS, LEAST_S = 100, 20.0  # of play; out of less nothing can be learned, nor found out whether it was
SILENT_S = 600.0  # a process that works and says nothing for so long hangs; to compile may take minutes
MOST_ANCESTORS = 16  # whose recordings are gone over again
MOST_WORDS = 400  # characters of what the process says to a person
LONGEST_NAME = 64
LEARNT = re.compile(r"-\d{4}-\d{2}-\d{2}-\d+$")  # the end of the name of a ghost that has learned


class EngineLike(Protocol):
    """What is needed of `app.engine.thread.Engine`."""

    def go_over(self, name: str) -> None:
        """Play with this model from the next rest between two phrases on."""

    def tell(self, text: str) -> None:
        """Show `text` to the person."""


@dataclass(frozen=True, slots=True)
class _Lesson:
    """What the process was asked to learn.

    Attributes:
        parent: the model that learns, as the setting names it.
        name, out: of the model that it becomes.
        rows: the recording that was written for it beside `out`; None where the evening is recorded.
    """

    parent: str
    name: str
    out: Path
    rows: Path | None


class Adaptation:
    """What the key and the addresses of *adapt* do. Any thread may call; nothing blocks.

    Args:
        engine: goes over to another model.
        settings: the live parameters: `model` is what plays.
        played: how much was played.
        recorder: has it in a file; None where nothing is recorded.
        folders: where recordings are looked for that a ghost learned from before.
        do: has a job done on the worker's thread; ControlError if too many wait.
        changed: called with `said` whenever that is another; any thread.
        command: starts the process.
        clock: tells how long the process says nothing.
        today: the date in the names.

    Attributes:
        said: how far it is, in a word or two: idle, starting, learning 42 %, learned, not better, failed.
        is_busy: whether it is under way.
    """

    def __init__(
        self,
        engine: EngineLike,
        settings: Settings,
        played: Played,
        recorder: Recorder | None,
        *,
        folders: Sequence[Path] = (),
        do: Callable[[Callable[[], None]], None],
        changed: Callable[[str], None] = lambda said: None,
        command: Sequence[str] | None = None,
        clock: Clock | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.said = "idle"
        self.is_busy = False
        self._engine = engine
        self._settings = settings
        self._played = played
        self._recorder = recorder
        self._folders = (*folders, own_folder())
        self._do = do
        self._changed = changed
        self._command = command or python_command(TRAINING, "adapt")
        self._clock = clock or SystemClock()
        self._today = today
        self._lock = threading.RLock()  # of all that follows
        self._learner: Learner | None = None
        self._is_ready = False  # the process has loaded what it needs
        self._is_closed = False
        self._lesson: _Lesson | None = None
        self._heard_s = -math.inf  # when the process last said something, or was asked
        self._going_to = ""  # the model that takes over at the next rest
        self._parents: dict[str, str] = {}  # of models that were learned since the program began
        self._forward = ("", "")  # who went back to the first, came from the second
        settings.subscribe(self._follow)

    def prepare(self) -> None:
        """Start the process, so that it has loaded everything when it is asked to learn."""
        self._later(self._prepare)

    def adapt(self) -> None:
        """Learn from what was played, and go over to that if it is better."""
        self._later(self._adapt)

    def back(self) -> None:
        """Go back to the ghost before, or forward again to the one that was left by this."""
        self._later(self._back)

    def look(self) -> None:
        """End a process that hangs. The worker's thread, now and then."""
        with self._lock:
            is_at_work = self._lesson is not None or not self._is_ready
            if self._learner is None or not is_at_work or self._clock.now() - self._heard_s < SILENT_S:
                return
            self._learner.kill(f"said nothing for {SILENT_S:g} s")

    def close(self) -> None:
        """End the process. Safe to call twice."""
        with self._lock:
            self._is_closed = True
            learner, self._learner = self._learner, None
            self._forget_lesson()
        if learner is not None:
            learner.close()

    # The worker's thread

    def _later(self, job: Callable[[], None]) -> None:
        with contextlib.suppress(ControlError):  # somebody leans on the key: it is being done
            self._do(job)

    def _prepare(self) -> None:
        with self._lock:
            if self._is_closed or self._learner is not None or not self._may_learn():
                return
            try:
                parent = find_model(self._settings.word("model"))
                self._started().send({"prepare": str(parent)})
            except (ModelError, OSError) as error:
                self._refuse(_explained(error))

    def _adapt(self) -> None:
        with self._lock:
            if self._is_closed or not self._may_learn():
                return
            if self._lesson is not None:
                self._engine.tell(f"adapt: {self._lesson.parent} is {self.said}.")
                return
            try:
                self._learn(self._settings.word("model"))
            except (ModelError, OSError) as error:
                self._end_lesson("failed")
                self._refuse(_explained(error))

    def _may_learn(self) -> bool:
        lacking = missing()
        if lacking:
            self._refuse(f"needs {' and '.join(lacking)}: {REMEDY}")
        return not lacking

    def _learn(self, parent: str) -> None:
        """Ask the process to learn. ModelError or OSError says why that cannot be."""
        path = find_model(parent)
        manifest = read_manifest(path)
        columns = _recorded(manifest)
        n_events, seconds = self._played.amount(columns)
        if n_events < LEAST_EVENTS or seconds < LEAST_S:
            expected = f"expected {LEAST_S:g} s and {LEAST_EVENTS} events"
            self._refuse(f"play a little more first: {expected}, got {math.floor(seconds)} s and {n_events}")
            return
        folder = own_folder()
        folder.mkdir(parents=True, exist_ok=True)
        name = _free_name(folder, Path(parent).stem, self._today())
        recording, rows = self._recording(columns, folder / f"{name}.csv")
        if recording is None:
            return
        older = [path for path in self._older(manifest) if path != recording]
        self._lesson = _Lesson(parent, name, folder / f"{name}{SUFFIX}", rows)
        self._started().send(
            {
                "model": str(path),
                "recordings": [str(recording)],
                "older": [str(path) for path in older],
                "out": str(self._lesson.out),
                "name": name,
            }
        )
        self._heard_s = self._clock.now()
        self._say("learning 0 %" if self._is_ready else "starting")
        self._engine.tell(f"{parent} takes in {seconds:.0f} s of what you played. Play on.")

    def _recording(self, columns: Columns, path: Path) -> tuple[Path | None, Path | None]:
        """Where what was played is, and the file at `path` if it had to be written; None if it is nowhere."""
        if self._recorder is None:
            self._played.write(columns, path)
            return path, path
        if not self._recorder.flush():
            self._refuse(self._recorder.notice or "the disk does not take what you played")
            return None, None
        return self._recorder.path(columns), None

    def _older(self, manifest: Manifest) -> list[Path]:
        """The recordings that a model and those before it learned from, as far as they are still there."""
        found: dict[Path, None] = {}
        for _ in range(MOST_ANCESTORS):
            for name in manifest.recordings:
                there = [path for folder in self._folders if (path := folder / name).is_file()]
                found.update(dict.fromkeys(there[:1]))
            try:
                manifest = read_manifest(find_model(manifest.parent))
            except (ModelError, OSError):  # it has no parent, or that is gone
                break
        return list(found)

    def _started(self) -> Learner:
        """The process, started if there is none."""
        if self._learner is None:
            self._is_ready = False
            self._heard_s = self._clock.now()
            self._learner = Learner(self._command, self._hear, self._ended)
        return self._learner

    def _back(self) -> None:
        with self._lock:
            here = self._going_to or self._settings.word("model")
            left, there = self._forward
            if here != left:
                there = self._parent(here)
                if not there:
                    self._engine.tell(
                        f"{here} has not learned from your playing: there is no ghost before it."
                    )
                    return
                self._forward = (there, here)
            self._go_over(there)
            self._engine.tell(f"{there} plays from the next rest on.")

    def _parent(self, name: str) -> str:
        """The model that `name` was before it learned; "" if there is none any more."""
        with contextlib.suppress(ModelError, OSError):
            parent = self._parents.get(name) or read_manifest(find_model(name)).parent
            find_model(parent)
            return parent
        return ""

    def _go_over(self, name: str) -> None:
        self._going_to = name
        self._settings.add_choice("model", name)
        self._engine.go_over(name)

    def _follow(self, name: str, value: object) -> None:
        """A setting changed; any thread. It went over, or somebody chose another model."""
        if name == "model":
            self._going_to = ""

    # The thread that reads what the process says

    def _hear(self, learner: Learner, message: Message) -> None:
        """Take in a message of the process; NotUnderstoodError if it makes no sense."""
        with self._lock:
            if learner is not self._learner:
                return
            self._heard_s = self._clock.now()
            state = message.get("state")
            if state == "ready":
                self._is_ready = True
                if self._lesson is not None and self.said == "starting":
                    self._say("learning 0 %")
            elif state == "learning" and self._lesson is not None:
                self._say(f"learning {100.0 * _fraction(message):.0f} %")
            elif state == "learned" and self._lesson is not None:
                self._learned(self._lesson, message)
            elif state == "failed":
                self._end_lesson("failed")
                self._refuse(_words(message, "why"))
            else:
                raise NotUnderstoodError(f"said what is not understood: {state!r}"[:MOST_WORDS])

    def _learned(self, lesson: _Lesson, message: Message) -> None:
        words = _words(message, "words")
        if message.get("is_better") is not True:
            self._end_lesson("not better")
            self._engine.tell(words)
            return
        if message.get("model") != str(lesson.out) or not lesson.out.is_file():
            raise NotUnderstoodError(f"did not write {lesson.out}")
        self._parents[lesson.name] = lesson.parent
        self._end_lesson("learned")
        self._go_over(lesson.name)
        self._engine.tell(f"{words} {lesson.name} plays from the next rest on.")

    def _ended(self, learner: Learner, why: str) -> None:
        with self._lock:
            if learner is not self._learner:
                return
            self._learner = None
            self._end_lesson("failed")
            self._refuse(f"the process that learns {why}; {self._settings.word('model')} plays on")

    # Under the lock

    def _end_lesson(self, said: str) -> None:
        self._forget_lesson()
        self._say(said)

    def _forget_lesson(self) -> None:
        lesson, self._lesson = self._lesson, None
        if lesson is not None and lesson.rows is not None and not lesson.out.exists():
            with contextlib.suppress(OSError):
                lesson.rows.unlink()

    def _say(self, said: str) -> None:
        self.is_busy = self._lesson is not None
        if said != self.said:
            self.said = said
            self._changed(said)

    def _refuse(self, why: str) -> None:
        self._engine.tell(f"adapt: {why.removesuffix('.')}.")


def _explained(error: Exception) -> str:
    return explained(error) if isinstance(error, OSError) else str(error)


def _recorded(manifest: Manifest) -> Columns:
    """The columns of a recording that a model can learn from."""
    names = [column.name for column in manifest.columns]
    kind = EventKind.of(names)
    if kind is EventKind.NOTES:
        return NOTE_COLUMNS
    return TOUCH_COLUMNS if kind is EventKind.TOUCHES else value_columns(len(names) - 1)


def _free_name(folder: Path, parent: str, today: date) -> str:
    """A name for what a model becomes: that of the first of its line, the date, and a number nobody has."""
    base = LEARNT.sub("", parent)[:LONGEST_NAME]
    for number in itertools.count(1):
        name = f"{base}-{today:%Y-%m-%d}-{number}"
        if not any((folder / f"{name}{suffix}").exists() for suffix in (SUFFIX, ".csv")):
            return name
    raise AssertionError


def _fraction(message: Message) -> float:
    done = message.get("done")
    if isinstance(done, bool) or not isinstance(done, int | float) or not 0.0 <= done <= 1.0:
        raise NotUnderstoodError(f"said what is not understood: done {done!r}"[:MOST_WORDS])
    return float(done)


def _words(message: Message, key: str) -> str:
    words = message.get(key)
    if not isinstance(words, str) or not words:
        raise NotUnderstoodError(f"said what is not understood: {key} {words!r}"[:MOST_WORDS])
    return words[:MOST_WORDS]
