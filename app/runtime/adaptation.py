"""Adapt: a ghost takes in what was played since the program began, and goes over to that between two phrases.

The learning is done by another process (`app.runtime.learner`), which never holds up what plays: all that is
done here is done on the worker's thread, or on the one that reads what the process says.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from app.core.clock import Clock, SystemClock
from app.core.parameters import Settings
from app.core.refusals import ControlError
from app.recording.played import Played
from app.recording.recorder import Recorder
from app.recording.rows import Columns
from app.runtime.errors import explained
from app.runtime.learner import Learner, Message, NotUnderstoodError
from app.runtime.learner_fields import fraction, not_understood, words
from app.runtime.lesson import Lesson, free_name, recorded_columns, too_little
from app.runtime.lineage import Lineage
from app.runtime.train_extra import TRAINING, lack
from ghostjam import python_command
from models.errors import ModelError
from models.lookup import SUFFIX, find_model, own_folder
from models.manifest import read_manifest

SILENT_S = 600.0  # a process that works and says nothing for so long hangs; to compile may take minutes


class EngineLike(Protocol):
    """What is needed of `app.engine.thread.Engine`."""

    def go_over(self, name: str) -> None:
        """Play with this model from the next rest between two phrases on."""

    def tell(self, text: str) -> None:
        """Show `text` to the person."""


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
        said: how far it is: idle, starting, learning 42 %, learned, not better, stopped, failed.
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
        self._lineage = Lineage((*folders, own_folder()))
        self._do = do
        self._changed = changed
        self._command = command or python_command(TRAINING, "adapt")
        self._clock = clock or SystemClock()
        self._today = today
        self._lock = threading.RLock()  # of all that follows
        self._learner: Learner | None = None
        self._is_ready = False  # the process has loaded what it needs
        self._is_closed = False
        self._lesson: Lesson | None = None
        self._heard_s = -math.inf  # when the process last said something, or was asked
        self._going_to = ""  # the model that takes over at the next rest
        settings.subscribe(self._follow)

    def prepare(self) -> None:
        """Start the process, so that it has loaded everything when it is asked to learn."""
        self._later(self._prepare)

    def adapt(self) -> None:
        """Learn from what was played, and go over to that if it is better; while it learns, stop that."""
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
            learner, lesson = self._learner, self._lesson
            self._learner = self._lesson = None
        _end(learner, lesson)

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
                self._refuse(explained(error))

    def _adapt(self) -> None:
        with self._lock:
            if self._is_closed:
                return
            learner, lesson = self._learner, self._lesson
            if lesson is None:
                self._begin()
                return
            self._learner = self._lesson = None
            self._say("stopped")
            self._engine.tell(f"adapt: stopped; {self._settings.word('model')} plays on.")
        _end(learner, lesson)  # without the lock, which the thread that is waited for may want

    def _begin(self) -> None:
        if not self._may_learn():
            return
        try:
            self._learn(self._settings.word("model"))
        except (ModelError, OSError) as error:
            self._end_lesson("failed")
            self._refuse(explained(error))

    def _may_learn(self) -> bool:
        if lacking := lack():
            self._refuse(lacking)
        return not lacking

    def _learn(self, parent: str) -> None:
        """Ask the process to learn. ModelError or OSError says why that cannot be."""
        path = find_model(parent)
        manifest = read_manifest(path)
        columns = recorded_columns(manifest)
        n_events, seconds = self._played.amount(columns)
        if lacking := too_little(n_events, seconds):
            self._refuse(lacking)
            return
        folder = own_folder()
        folder.mkdir(parents=True, exist_ok=True)
        name = free_name(folder, Path(parent).stem, self._today())
        if (recording := self._recording(columns, folder / f"{name}.csv")) is None:
            return
        self._lesson = Lesson(parent, name, folder / f"{name}{SUFFIX}", recording, self._recorder is None)
        older = [each for each in self._lineage.recordings(manifest) if each != recording]
        self._started().send(self._lesson.asked(path, older))
        self._heard_s = self._clock.now()
        self._say("learning 0 %" if self._is_ready else "starting")
        taken_in = f"takes in {seconds:.0f} s of what you played"
        self._engine.tell(f"{parent} {taken_in}. Play on; adapt again stops it.")

    def _recording(self, columns: Columns, path: Path) -> Path | None:
        """Where what was played is, written to `path` if it is not being recorded; None if it is nowhere."""
        if self._recorder is None:
            self._played.write(columns, path)
            return path
        if not self._recorder.flush():
            self._refuse(self._recorder.notice or "the disk does not take what you played")
            return None
        return self._recorder.path(columns)

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
            there = self._lineage.other(here)
            if not there:
                self._engine.tell(f"{here} has not learned from your playing: there is no ghost before it.")
                return
            self._go_over(there)
            self._engine.tell(f"{there} plays from the next rest on.")

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
                self._say(f"learning {100.0 * fraction(message):.0f} %")
            elif state == "learned" and self._lesson is not None:
                self._learned(self._lesson, message)
            elif state == "failed":
                self._end_lesson("failed")
                self._refuse(words(message, "why"))
            else:
                raise not_understood(repr(state))

    def _learned(self, lesson: Lesson, message: Message) -> None:
        gained = words(message, "words")
        if message.get("is_better") is not True:
            self._end_lesson("not better")
            self._engine.tell(gained)
            return
        if message.get("model") != str(lesson.out) or not lesson.out.is_file():
            raise NotUnderstoodError(f"did not write {lesson.out}")
        self._lineage.add(lesson.name, lesson.parent)
        self._end_lesson("learned")
        self._go_over(lesson.name)
        self._engine.tell(f"{gained} {lesson.name} plays from the next rest on.")

    def _ended(self, learner: Learner, why: str) -> None:
        with self._lock:
            if learner is not self._learner:
                return
            self._learner = None
            self._end_lesson("failed")
            self._refuse(f"the process that learns {why}; {self._settings.word('model')} plays on")

    # Under the lock

    def _end_lesson(self, said: str) -> None:
        if self._lesson is not None:
            self._lesson.tidy_up()
        self._lesson = None
        self._say(said)

    def _say(self, said: str) -> None:
        self.is_busy = self._lesson is not None
        if said != self.said:
            self.said = said
            self._changed(said)

    def _refuse(self, why: str) -> None:
        self._engine.tell(f"adapt: {why.removesuffix('.')}.")


def _end(learner: Learner | None, lesson: Lesson | None) -> None:
    """End the process, and leave nothing of what it was learning."""
    if learner is not None:
        learner.close()
    if lesson is not None:
        lesson.tidy_up(keeps_model=False)
