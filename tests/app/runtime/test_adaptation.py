"""Adapt: what the process that learns is asked, what is made of what it says, and what survives its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.core.clock import ManualClock
from app.core.events import Source, Touch, Values
from app.core.parameters import Settings
from app.recording.played import Played
from app.recording.recorder import Recorder
from app.runtime import train_extra
from app.runtime.adaptation import SILENT_S, Adaptation
from app.runtime.learner import MAX_LINE, Learner
from app.runtime.lesson import LEAST_EVENTS, LEAST_S, free_name
from models.lookup import find_model
from tests.app.runtime.fakes import WAIT_S
from tests.models.relabelled import relabelled

FAKE = str(Path(__file__).with_name("fake_learner.py"))
NAME = "touch-2026-11-28-1"
TAKES_IN = "touch takes in 40 s of what you played. Play on; adapt again stops it."


class FakeEngine:
    """Notes down what it is told; goes over as soon as it is asked to, if the test lets it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.told: list[str] = []
        self.gone_to: list[str] = []

    def go_over(self, name: str) -> None:
        self.gone_to.append(name)

    def tell(self, text: str) -> None:
        self.told.append(text)

    def rest(self) -> None:
        """The rest comes in which it goes over."""
        self.settings.set("model", self.gone_to[-1])


class Evening:
    """An adaptation with a process that plays its part, after 40 s of play."""

    def __init__(self, folder: Path, behaviour: str = "better", *, recorder: Recorder | None = None) -> None:
        self.folder = folder
        self.log = folder / "asked.jsonl"
        self.settings = Settings()
        self.engine = FakeEngine(self.settings)
        self.played = Played(keeps_rows=recorder is None)
        self.recorder = recorder
        self.clock = ManualClock()
        self.said: list[str] = []
        self.behaviour = behaviour
        self.adaptation = Adaptation(
            self.engine, self.settings, self.played, recorder, folders=[folder / "takes"],
            do=lambda job: job(), changed=self.said.append, command=self.command(behaviour),
            clock=self.clock, today=lambda: date(2026, 11, 28),
        )  # fmt: skip
        self.play(401, 0.1)

    def command(self, behaviour: str) -> list[str]:
        return [sys.executable, "-S", FAKE, str(self.log), behaviour]

    def become(self, behaviour: str) -> None:
        """The next process behaves like this."""
        self.adaptation._command = self.command(behaviour)

    def play(self, n_events: int, gap_s: float) -> None:
        for index in range(n_events):
            event = Touch(gap_s * index, Source.PLAYER, 0, 0.5, 0.5, index > 0)
            self.played.play(event)
            if self.recorder is not None:
                self.recorder.play(event)

    def adapt(self) -> None:
        """Press the key, and wait until something came of it."""
        self.adaptation.adapt()
        self.wait(lambda: not self.adaptation.is_busy)

    def wait(self, happened: Callable[[], object]) -> None:
        deadline_s = time.monotonic() + WAIT_S
        while not happened():
            assert time.monotonic() < deadline_s, (self.adaptation.said, self.engine.told)
            time.sleep(0.002)

    @property
    def asked(self) -> list[dict[str, Any]]:
        """What the process was asked, so far; a line that is being written does not count yet."""
        written = self.log.read_text() if self.log.exists() else ""
        return [json.loads(line) for line in written.splitlines(keepends=True) if line.endswith("\n")]

    @property
    def models(self) -> list[str]:
        """What is in the person's own folder."""
        return sorted(path.name for path in (self.folder / "models").glob("*"))


@pytest.fixture
def evening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Evening]]:
    made: list[Evening] = []

    def make(behaviour: str = "better", **options: Any) -> Evening:
        made.append(Evening(tmp_path, behaviour, **options))
        return made[-1]

    for module in ("app.runtime.adaptation", "models.lookup"):
        monkeypatch.setattr(f"{module}.own_folder", lambda: tmp_path / "models")
    monkeypatch.setattr(train_extra, "find_spec", lambda name: object())
    yield make
    for one in made:
        one.adaptation.close()
        if one.recorder is not None:
            one.recorder.close()


MakeEvening = Callable[..., Evening]


def test_a_better_ghost_is_gone_over_to(evening: MakeEvening) -> None:
    it = evening()
    it.adapt()
    own = it.folder / "models"
    assert it.asked == [
        {
            "model": str(find_model("touch")),
            "recordings": [str(own / f"{NAME}.csv")],
            "older": [],
            "out": str(own / f"{NAME}.tflite"),
            "name": NAME,
        }
    ]
    assert it.engine.gone_to == [NAME]
    assert it.engine.told == [TAKES_IN, f"It knows you better. {NAME} plays from the next rest on."]
    assert it.said[0] in ("starting", "learning 0 %")
    assert [word for word in it.said if word != "starting"] == [
        "learning 0 %", "learning 50 %", "learning 100 %", "learned"
    ]  # fmt: skip
    it.settings.set("model", NAME)  # it is among the choices
    assert it.models == [f"{NAME}.csv", f"{NAME}.tflite"]
    assert (own / f"{NAME}.csv").read_text().count("player") == 401


def test_a_ghost_that_is_no_better_is_not(evening: MakeEvening) -> None:
    it = evening("worse")
    it.adapt()
    assert it.engine.gone_to == []
    assert it.engine.told == [TAKES_IN, "It knows no better."]
    assert it.said[-1] == "not better"
    assert it.models == []


def test_a_second_lesson_is_learned_by_the_same_process_and_nothing_is_overwritten(
    evening: MakeEvening,
) -> None:
    it = evening()
    it.adapt()
    learner = it.adaptation._learner
    it.engine.rest()
    find_model(NAME).unlink()
    relabelled(
        it.folder / "models" / f"{NAME}.tflite", name=NAME, parent="touch", recordings=(f"{NAME}.csv",)
    )
    it.adapt()
    assert it.adaptation._learner is learner is not None
    own = it.folder / "models"
    second = "touch-2026-11-28-2"
    assert it.asked[1] == {
        "model": str(own / f"{NAME}.tflite"),
        "recordings": [str(own / f"{second}.csv")],
        "older": [str(own / f"{NAME}.csv")],
        "out": str(own / f"{second}.tflite"),
        "name": second,
    }
    assert it.engine.gone_to == [NAME, second]


def test_what_the_whole_line_of_a_ghost_learned_from_is_gone_over_again(evening: MakeEvening) -> None:
    it = evening()
    own, takes = it.folder / "models", it.folder / "takes"
    own.mkdir()
    takes.mkdir()
    (takes / "one.csv").write_text("")
    (own / "two.csv").write_text("")
    relabelled(own / "first.tflite", name="first", parent="touch", recordings=("one.csv", "gone.csv"))
    relabelled(own / "second.tflite", name="second", parent="first", recordings=("two.csv",))
    it.settings.add_choice("model", "second")
    it.settings.set("model", "second")
    it.adapt()
    assert it.asked[0]["older"] == [str(own / "two.csv"), str(takes / "one.csv")]
    assert it.asked[0]["name"] == "second-2026-11-28-1"


def test_a_recorded_evening_is_learned_from_its_file_to_the_last_event(
    evening: MakeEvening, tmp_path: Path
) -> None:
    it = evening("holds while it learns", recorder=Recorder(tmp_path / "takes"))
    it.adaptation.adapt()
    (recording,) = it.recorder.paths if it.recorder else ()
    assert recording.read_text().count("player") == 401
    it.wait(lambda: it.asked)
    assert it.asked[0]["recordings"] == [str(recording)]
    assert it.models == []


def test_what_is_being_recorded_is_not_gone_over_twice(evening: MakeEvening, tmp_path: Path) -> None:
    it = evening(recorder=Recorder(tmp_path / "takes"))
    it.adapt()
    it.engine.rest()
    (recording,) = it.recorder.paths if it.recorder else ()
    find_model(NAME).unlink()
    relabelled(it.folder / "models" / f"{NAME}.tflite", parent="touch", recordings=(recording.name,))
    it.adapt()
    assert [task["recordings"] for task in it.asked] == 2 * [[str(recording)]]
    assert [task["older"] for task in it.asked] == [[], []]


def test_where_nothing_could_be_recorded_it_says_so(evening: MakeEvening, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    it = evening(recorder=Recorder(tmp_path / "file"))
    it.adapt()
    (told,) = it.engine.told
    assert told.startswith(f"adapt: Not recording: {tmp_path / 'file'}: ")
    assert it.adaptation._learner is None


@pytest.mark.parametrize(
    ("n_events", "gap_s", "got"),
    [
        (0, 0.0, "0 s and 0"),
        (LEAST_EVENTS - 1, 1.0, "98 s and 99"),
        (500, 0.01, "4 s and 500"),
        (200, 0.1, "19 s and 200"),
    ],
)
def test_out_of_little_play_nothing_is_learned(
    evening: MakeEvening, n_events: int, gap_s: float, got: str
) -> None:
    it = evening()
    it.played.__init__(keeps_rows=True)  # type: ignore[misc]
    it.play(n_events, gap_s)
    it.adapt()
    expected = f"expected {LEAST_S:g} s and {LEAST_EVENTS} events"
    assert it.engine.told == [f"adapt: play a little more first: {expected}, got {got}."]
    assert it.adaptation._learner is None and it.models == []


def test_what_another_kind_of_model_hears_is_no_play(evening: MakeEvening) -> None:
    it = evening()
    it.played.__init__(keeps_rows=True)  # type: ignore[misc]
    for index in range(500):
        it.played.play(Values(float(index), Source.PLAYER, (0.5,)))
    it.adapt()
    assert "got 0 s and 0." in it.engine.told[0]


def test_without_the_train_extra_it_says_so_in_a_line(
    evening: MakeEvening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train_extra, "find_spec", lambda name: None)
    it = evening()
    it.adapt()
    it.adaptation.prepare()
    line = "adapt: needs keras and tensorflow: pip install 'ghostjam[train]'."
    assert it.engine.told == [line, line]
    assert it.adaptation._learner is None


def test_a_model_of_another_program_cannot_learn_and_that_is_told(evening: MakeEvening) -> None:
    it = evening()
    foreign = it.folder / "foreign.tflite"
    foreign.write_bytes(b"\x1c\x00\x00\x00TFL3" + bytes(100))
    it.settings.add_choice("model", str(foreign))
    it.settings.set("model", str(foreign))
    it.adapt()
    (told,) = it.engine.told
    assert told.startswith(f"adapt: {foreign}: expected a Ghostjam model with a manifest inside")


def test_a_process_that_cannot_be_started_is_told(evening: MakeEvening) -> None:
    it = evening()
    it.adaptation._command = [str(it.folder / "absent")]
    it.adapt()
    assert it.engine.told[-1].startswith("adapt: ") and "No such file" in it.engine.told[-1]
    assert it.models == []


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        ("ends at once", "ended with exit code 1"),
        ("ends while it learns", "ended with exit code 3"),
        ("ends in the middle of a line", "ended with exit code 0"),
        ("falls silent for good", "fell silent for good"),
        ("says garbage", "said what is not understood: Epoch 1/3"),
        ("says another kind of JSON", "said what is not understood: [1, 2]"),
        ("says bytes", "said what is not understood: \N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"),
        ("says a huge line", f"said a line of more than {MAX_LINE} bytes"),
        ("says a number that is none", "said what is not understood: done 'half'"),
        ("knows another state", "said what is not understood: 'dreaming'"),
        ("writes nothing", "did not write "),
    ],
)
def test_whatever_the_process_does_the_old_ghost_plays_on_and_the_next_press_begins_anew(
    evening: MakeEvening, behaviour: str, why: str
) -> None:
    it = evening(behaviour)
    it.adapt()
    it.wait(lambda: it.adaptation._learner is None)
    assert [told for told in it.engine.told if told != TAKES_IN and why in told] == it.engine.told[-1:]
    assert it.engine.told[-1].startswith("adapt: the process that learns ")
    assert it.engine.told[-1].endswith("; touch plays on.")
    assert (it.said[-1], it.engine.gone_to, it.models) == ("failed", [], [])
    it.become("better")
    it.adapt()
    assert it.engine.gone_to == [NAME]


def test_what_cannot_be_learned_is_told_and_the_process_stays(evening: MakeEvening) -> None:
    it = evening("fails")
    it.adapt()
    assert it.engine.told == [TAKES_IN, "adapt: the recordings have no taps."]
    assert (it.said[-1], it.models) == ("failed", [])
    assert it.adaptation._learner is not None


STATES = {
    "is never ready": lambda it: it.adaptation.said == "starting",
    "holds while it learns": lambda it: it.adaptation.said == "learning 50 %",
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("how", ["killed", "hung"])
def test_a_process_that_is_killed_or_hangs_is_told_once(evening: MakeEvening, state: str, how: str) -> None:
    it = evening(state)
    it.adaptation.adapt()
    it.wait(lambda: STATES[state](it))
    assert it.adaptation._learner is not None
    if how == "killed":
        os.kill(it.adaptation._learner.pid, signal.SIGKILL)
        why = f"was killed by signal {int(signal.SIGKILL)}"
    else:
        it.clock.advance_to(SILENT_S - 1.0)
        it.adaptation.look()
        assert it.adaptation.is_busy
        it.clock.advance_to(SILENT_S + 1.0)
        it.adaptation.look()
        why = f"said nothing for {SILENT_S:g} s"
    it.wait(lambda: not it.adaptation.is_busy)
    assert it.engine.told == [TAKES_IN, f"adapt: the process that learns {why}; touch plays on."]
    assert it.models == []
    it.become("better")
    it.adapt()
    assert it.engine.gone_to == [NAME]


def test_a_line_that_never_ends_is_a_process_that_hangs(evening: MakeEvening) -> None:
    it = evening("says a line that never ends")
    it.adaptation.adapt()
    it.wait(lambda: it.adaptation.said == "learning 50 %")
    it.clock.advance_to(SILENT_S)
    it.adaptation.look()
    it.wait(lambda: not it.adaptation.is_busy)
    assert f"said nothing for {SILENT_S:g} s" in it.engine.told[-1]


def test_a_process_that_is_killed_while_it_waits_is_told_and_another_learns(evening: MakeEvening) -> None:
    it = evening()
    it.adapt()
    learner = it.adaptation._learner
    assert learner is not None
    it.clock.advance_to(10.0 * SILENT_S)
    it.adaptation.look()  # it has nothing to do: it may be silent
    os.kill(learner.pid, signal.SIGKILL)
    it.wait(lambda: it.adaptation._learner is None)
    assert "was killed by signal" in it.engine.told[-1]
    assert it.models == [f"{NAME}.csv", f"{NAME}.tflite"]
    it.adapt()
    assert it.engine.gone_to == [NAME, "touch-2026-11-28-2"]


def test_a_process_that_was_prepared_is_the_one_that_learns(evening: MakeEvening) -> None:
    it = evening()
    it.adaptation.prepare()
    it.adaptation.prepare()
    it.wait(lambda: it.adaptation._is_ready)
    learner = it.adaptation._learner
    assert (it.adaptation.said, it.adaptation.is_busy) == ("idle", False)
    it.adapt()
    assert it.adaptation._learner is learner
    assert [list(task) for task in it.asked] == [["prepare"], ["model", "recordings", "older", "out", "name"]]
    assert it.asked[0] == {"prepare": str(find_model("touch"))}


@pytest.mark.parametrize("state", STATES)
def test_the_key_again_stops_it_and_nothing_is_left(evening: MakeEvening, state: str) -> None:
    it = evening(state)
    it.adaptation.adapt()
    it.wait(lambda: STATES[state](it))
    learner = it.adaptation._learner
    assert learner is not None and it.models == [f"{NAME}.csv"]
    half_written = it.folder / "models" / f".{NAME}.tflite.x7"  # as `training.drafts` calls it
    half_written.mkdir()
    (half_written / f"{NAME}.tflite").write_bytes(b"half")
    it.adaptation.adapt()
    assert (it.adaptation.said, it.adaptation.is_busy, it.said[-1]) == ("stopped", False, "stopped")
    assert it.engine.told == [TAKES_IN, "adapt: stopped; touch plays on."]
    assert it.engine.gone_to == [] and it.settings.word("model") == "touch"
    assert learner._process.returncode is not None, "the process is gone"
    assert list((it.folder / "models").iterdir()) == []
    it.become("better")
    it.adapt()
    assert it.engine.gone_to == [NAME]


def test_what_was_recorded_anyway_stays_when_it_is_stopped(evening: MakeEvening, tmp_path: Path) -> None:
    it = evening("holds while it learns", recorder=Recorder(tmp_path / "takes"))
    it.adaptation.adapt()
    it.adaptation.adapt()
    (recording,) = it.recorder.paths if it.recorder else ()
    assert recording.exists() and it.models == []


def test_a_model_that_came_in_the_moment_it_was_stopped_is_not_kept(evening: MakeEvening) -> None:
    it = evening("holds while it learns")
    it.adaptation.adapt()
    it.wait(lambda: it.adaptation.said == "learning 50 %")
    (it.folder / "models" / f"{NAME}.tflite").write_bytes(b"finished, and not told yet")
    it.adaptation.adapt()
    assert it.models == [] and it.engine.gone_to == []


def test_what_a_killed_process_had_half_written_is_removed(evening: MakeEvening) -> None:
    it = evening("holds while it learns")
    it.adaptation.adapt()
    it.wait(lambda: it.adaptation.said == "learning 50 %")
    (it.folder / "models" / f".{NAME}.tflite.x7").mkdir()
    (it.folder / "models" / ".other.tflite.x7").mkdir()  # of another program
    assert it.adaptation._learner is not None
    os.kill(it.adaptation._learner.pid, signal.SIGKILL)
    it.wait(lambda: not it.adaptation.is_busy)
    assert [path.name for path in (it.folder / "models").iterdir()] == [".other.tflite.x7"]


def test_back_to_the_ghost_before_and_forward_again(evening: MakeEvening) -> None:
    it = evening()
    it.adaptation.back()
    assert it.engine.told == ["touch has not learned from your playing: there is no ghost before it."]
    it.adapt()
    it.engine.rest()
    for expected in ("touch", NAME, "touch"):
        it.adaptation.back()
        assert it.engine.gone_to[-1] == expected
        assert it.engine.told[-1] == f"{expected} plays from the next rest on."
        it.engine.rest()
        assert it.settings.word("model") == expected


def test_back_before_the_rest_takes_it_back(evening: MakeEvening) -> None:
    it = evening()
    it.adapt()
    it.adaptation.back()
    assert it.engine.gone_to == [NAME, "touch"]
    it.adaptation.back()
    assert it.engine.gone_to == [NAME, "touch", NAME]


def test_a_ghost_that_learned_another_evening_goes_back_to_its_parent(evening: MakeEvening) -> None:
    it = evening()
    (it.folder / "models").mkdir()
    for name, parent in (("mine", "touch"), ("orphan", "gone")):
        relabelled(it.folder / "models" / f"{name}.tflite", name=name, parent=parent)
        it.settings.add_choice("model", name)
    it.settings.set("model", "mine")
    it.adaptation.back()
    assert it.engine.gone_to == ["touch"]
    it.settings.set("model", "orphan")  # by hand, meanwhile
    it.adaptation.back()
    assert it.engine.gone_to == ["touch"]
    assert it.engine.told[-1] == "orphan has not learned from your playing: there is no ghost before it."


@pytest.mark.parametrize("behaviour", ["is never ready", "holds while it learns", "better"])
def test_the_end_of_the_evening_is_the_end_of_the_process(evening: MakeEvening, behaviour: str) -> None:
    it = evening(behaviour)
    it.adaptation.adapt()
    it.wait(lambda: it.asked)
    told, learner = list(it.engine.told), it.adaptation._learner
    assert learner is not None
    it.adaptation.close()
    it.adaptation.close()
    assert learner._process.returncode is not None
    assert it.engine.told[: len(told)] == told and not any("process" in text for text in it.engine.told)
    assert f"{NAME}.csv" not in it.models or f"{NAME}.tflite" in it.models
    it.adaptation.adapt()
    assert it.adaptation._learner is None


@pytest.mark.skipif(sys.platform == "win32", reason="there are no groups of processes")
def test_a_ctrl_c_at_the_terminal_is_for_the_app_alone(evening: MakeEvening) -> None:
    it = evening()
    it.adaptation.prepare()
    assert it.adaptation._learner is not None
    assert os.getpgid(it.adaptation._learner.pid) != os.getpgid(0)


def test_a_process_that_does_not_end_when_it_is_asked_to_is_ended() -> None:
    ended: list[str] = []
    code = "import time\nprint('{}', flush=True)\ntime.sleep(600)"
    heard: list[Any] = []
    learner = Learner(
        [sys.executable, "-S", "-c", code],
        lambda _, message: heard.append(message),
        lambda _, w: ended.append(w),
    )
    deadline_s = time.monotonic() + WAIT_S
    while not heard:
        assert time.monotonic() < deadline_s
        time.sleep(0.002)
    learner.close()
    assert ended == ["did not end"]


def test_a_process_that_reads_nothing_is_ended_and_nobody_waits() -> None:
    ended: list[str] = []
    learner = Learner(
        [sys.executable, "-S", "-c", "import time\ntime.sleep(600)"],
        lambda *_: None,
        lambda _, w: ended.append(w),
    )
    for _ in range(10):
        learner.send({"model": 30_000 * "a"})
    learner._thread.join(WAIT_S)
    assert ended == ["takes in nothing more"]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
def test_the_process_ends_with_an_app_that_is_killed(root: Path, tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "from app.runtime.learner import Learner\n"
        f"command = [sys.executable, '-S', {FAKE!r}, {str(tmp_path / 'log')!r}, 'better']\n"
        "one, two = (Learner(command, lambda *_: None, lambda *_: None) for _ in range(2))\n"
        "print(one.pid, two.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    app = subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, text=True)
    assert app.stdout is not None
    pids = [int(word) for word in app.stdout.readline().split()]
    app.kill()
    app.communicate()
    assert len(pids) == 2

    def is_running(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    deadline_s = time.monotonic() + WAIT_S
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


def test_names_are_short_and_say_where_they_come_from(tmp_path: Path) -> None:
    today = date(2026, 11, 28)
    (tmp_path / "touch-2026-11-28-1.csv").write_text("")
    (tmp_path / "touch-2026-11-28-2.tflite").write_text("")
    assert free_name(tmp_path, "touch", today) == "touch-2026-11-28-3"
    assert free_name(tmp_path, "touch-2025-01-02-7", today) == "touch-2026-11-28-3"
    assert len(free_name(tmp_path, 200 * "a", today)) < 100
