"""The engine: player events in, everything that sounds out, each at its time.

One thread owns the ghost and the sinks; all others only put things into its inbox. `step` does what is due
now, and that is all there is: the thread calls it whenever something arrives or falls due, and `run_until`
calls it with a clock moved by hand, so tests and the demo drive the very same code, always alike.
"""

from __future__ import annotations

import contextlib
import logging
import math
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from app.core.clock import Clock, ManualClock, SystemClock, ask_for_priority, favour_sound, sharpen_timers
from app.core.events import Event, Release, Source
from app.core.parameters import Settings
from app.core.sink import Sink
from app.core.status import NOTICE_S, Report, Status
from app.engine.action_player import ActionPlayer
from app.engine.guarded_ghost import GhostLike, GuardedGhost
from app.engine.model_switch import Job, LoadGhost, ModelSwitch
from app.engine.sink_fanout import SinkFanout
from mdn.mixture import Mixture

logger = logging.getLogger(__name__)

INBOX_EVENTS = 4096  # more are dropped and counted, but never a release: a stuck voice is worse
SPIN_S = 0.0002  # the end of a wait is not slept, see `_wait_for`
LONGEST_WAIT_S = 0.5  # what a sink has to say waits no longer
STOP_S = 3.0  # for the thread to close the sinks
FAULT_REST_S = 0.05  # after a defect, so that one that repeats does not eat a core


class Engine:
    """Plays a jam.

    Args:
        ghost: the model; from here on only the engine uses it.
        settings: what the person has set; followed live.
        sinks: where events go; closed by `stop`.
        clock: the one the sources stamp their events with.
        load_ghost: opens a model by name when the setting `model` changes; raises if it cannot, and may take
            long: it runs on a thread of its own while the old model plays.

    Attributes:
        hears: what its model hears; another model takes over only if it hears the same.
        beat: the one that the ghost follows if `quantise` says so. One thread may tell it of a clock.
        n_panics: how often everything was silenced. What waited for its time before that is not played.

    Raises:
        ColumnsError: the ghost's events cannot be played live.
    """

    def __init__(
        self,
        ghost: GhostLike,
        settings: Settings,
        sinks: Sequence[Sink],
        *,
        clock: Clock | None = None,
        load_ghost: LoadGhost | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._settings = settings
        self._report = Report(clock=self._clock)
        self._fanout = SinkFanout(sinks, self._report)
        guarded = GuardedGhost(ghost, settings.word("model"), self._report)
        self._player = ActionPlayer(guarded, settings, self._fanout, self._clock, self._report)
        self._inbox: queue.SimpleQueue[Event | Job] = queue.SimpleQueue()
        self._arrived: deque[Event | Job] = deque()  # taken out of the inbox by a wait
        self._drop_lock = threading.Lock()
        self._models = ModelSwitch(self._player, settings, load_ghost, self._inbox.put, self._report)
        self._thread: threading.Thread | None = None
        self._is_stopped = False
        self.hears, self.beat = guarded.columns.kind, self._player.beat
        self.n_panics = 0
        self._seen = self._look()
        settings.subscribe(lambda name, _: self._inbox.put(partial(self._follow, name)))

    # Any thread

    def submit(self, event: Event) -> None:
        """A player's event happened. Never blocks.

        Raises:
            ValueError: the event is the ghost's.
        """
        if event.source is not Source.PLAYER:
            raise ValueError(f"source: expected player, got {event.source}.")
        if self._is_stopped:
            return
        if self._inbox.qsize() >= INBOX_EVENTS and not isinstance(event, Release):
            with self._drop_lock:
                self._report.counters.dropped += 1
            return
        self._inbox.put(event)

    def command(self, name: str) -> None:
        """Do "reset" or "panic". Never blocks.

        Raises:
            ValueError: there is no such command.
        """
        commands = {"reset": self._player.reset, "panic": self._player.panic}
        if name not in commands:
            raise ValueError(f"command: expected one of {', '.join(commands)}, got {name!r}.")
        self.n_panics += name == "panic"
        self._inbox.put(commands[name])

    def in_order(self, job: Callable[[], None]) -> None:
        """Call `job`, which returns at once, when what was submitted before has sounded. Never blocks."""
        self._inbox.put(job)

    def tell(self, text: str) -> None:
        """Show `text` to the person, as the notice of `status`. Never blocks."""
        self._inbox.put(partial(self._report.tell, text))

    def go_over(self, name: str) -> None:
        """Play with this model from the next rest between two phrases on. Never blocks.

        The setting `model`, of which it must be a choice, follows then; if somebody sets that before, what is
        set comes instead. A model that cannot play is told of, and the old one plays on.
        """
        self._inbox.put(lambda: self._models.go_over(name, wait=self._thread is None))

    def add_sink(self, sink: Sink) -> None:
        """Play on `sink` too from now on; closed by `stop` like the others. Never blocks."""
        self._inbox.put(partial(self._player.add_sink, sink))

    def remove_sink(self, sink: Sink) -> None:
        """Play on `sink` no more, and return when that is so. It is not closed. Not the engine's thread."""

        def remove() -> None:
            self._fanout.remove(sink, self._clock.now())

        if self._thread is None or self._is_stopped:
            remove()
            return
        done = threading.Event()
        self._inbox.put(remove)
        self._inbox.put(done.set)
        done.wait(STOP_S)

    def tell_notices_to(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with every notice from now on, on any thread. It must return at once."""
        self._report.listeners.append(listener)

    @property
    def watch_mixture(self) -> bool:
        """Whether `status().mixture` is refreshed, about 30 times a second."""
        return self._player.watches_mixture

    @watch_mixture.setter
    def watch_mixture(self, watch: bool) -> None:
        self._player.watches_mixture = watch
        self._inbox.put(lambda: None)  # ends the wait that does not know of it

    def status(self) -> Status:
        """The engine as it is now. To ask changes nothing."""
        turn, mode, model, mixture, answer_s = self._seen
        now_s = self._clock.now()
        p50_s, p99_s = self._report.lateness(0.5, 0.99)
        return Status(
            turn=turn,
            mode=mode,
            model=model,
            mixture=mixture,
            counters=replace(self._report.counters, sink_drops=self._fanout.n_dropped),
            lateness_p50_s=p50_s,
            lateness_p99_s=p99_s,
            silence_left_s=max(0.0, answer_s - now_s) if answer_s < math.inf else None,
            notice=self._report.notice if now_s < self._report.notice_s + NOTICE_S else "",
        )

    def start(self) -> None:
        """Play on a thread of its own, until `stop`. Call it when everything is loaded and open.

        Settings of the whole interpreter change, see `favour_sound`.
        """
        if self._thread is None and not self._is_stopped:
            favour_sound()
            self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Take what has arrived, release everything, close the sinks and end. Safe to call twice."""
        if self._is_stopped:
            return
        self._is_stopped = True
        if self._thread is None:
            self._finish()
            return
        self._inbox.put(lambda: None)  # ends its wait
        self._thread.join(STOP_S)
        if self._thread.is_alive():
            logger.warning("The engine did not end within %g s: a sink does not close.", STOP_S)

    # The engine's thread, or the only one

    def step(self) -> None:
        """Do what has arrived or is due now. What the ghost has to hear waits if more arrives meanwhile."""
        if len(self._player.unsettled) < INBOX_EVENTS:  # else it catches up first, and the inbox fills
            self._take()
        self._player.settle(self._is_interrupted)
        self._models.work(self._is_interrupted)
        self._player.advance(self._is_interrupted)
        self._fanout.tell_notices()
        self._seen = self._look()

    def run_until(self, time_s: float) -> None:
        """Play everything that is due until `time_s`, without waiting, and leave the clock there.

        Raises:
            TypeError: the engine's clock cannot be moved by hand.
        """
        if not isinstance(self._clock, ManualClock):
            raise TypeError(f"clock: expected a ManualClock, got {type(self._clock).__name__}.")
        self.step()
        while (wake_s := self._wake_s()) <= time_s:
            self._clock.advance_to(wake_s)
            self.step()
        self._clock.advance_to(time_s)

    def _wake_s(self) -> float:
        """When to call `step` next if nothing arrives."""
        return min(self._player.wake_s(), self._models.wake_s())

    def _run(self) -> None:
        sharpen_timers()
        ask_for_priority()
        while not self._is_stopped:
            try:
                self.step()
                self._wait_for(self._wake_s())
            except Exception:  # a defect of ours must not end the evening: say so, silence, play on
                self._report.counters.engine_faults += 1
                logger.exception("A step of the engine failed.")
                self._report.tell_once("engine", "Something went wrong inside; see the log. Playing on.")
                self._inbox.put(self._player.panic)
                time.sleep(FAULT_REST_S)
        self._finish()

    def _take(self) -> None:
        self._arrived.extend(self._inbox.get() for _ in range(self._inbox.qsize()))
        while self._arrived:
            item = self._arrived.popleft()
            if isinstance(item, Event):
                self._player.receive(item)
            else:
                self._player.settle()
                item()

    def _is_interrupted(self) -> bool:
        return not self._inbox.empty()

    def _finish(self) -> None:
        try:
            self._take()
            self._player.settle()
        finally:
            self._fanout.close(self._clock.now())

    def _wait_for(self, time_s: float) -> None:
        """Wait until shortly before `time_s` or until something arrives, whichever is first.

        The rest of the time passes in steps that find nothing due yet. They look into the inbox, and they
        leave the code that plays in the processor's cache: just out of a sleep it takes 100 us instead of 10.
        """
        timeout_s = time_s - self._clock.now() - SPIN_S
        if timeout_s > 0:
            with contextlib.suppress(queue.Empty):
                self._arrived.append(self._inbox.get(timeout=min(timeout_s, LONGEST_WAIT_S)))

    def _follow(self, name: str) -> None:
        """A setting changed. What it is now counts, not what it was when that was told."""
        if name == "model":
            self._models.want(self._settings.word("model"), wait=self._thread is None)
        else:
            self._player.follow(name)

    def _look(self) -> tuple[str, str, str, Mixture | None, float]:
        """What `status` shows of the action player, which other threads must not look into."""
        now, jam = self._player, self._player.jam
        return now.turn, jam.mode.name, now.ghost.name, now.mixture, jam.answer_s
