"""Carries out the jam's actions: the deterministic core of the engine, without threads or waiting.

Everything here happens on one thread, at the time the clock says. Four things that are easy to mix up: pause
holds the ghost still, mute lets it go on unheard, reset makes it forget, and panic silences everything at
once. Each may be done twice without harm.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.core.clock import Clock
from app.core.events import Event, Source
from app.core.midi_clock import Beat
from app.core.parameters import Settings
from app.core.sink import Sink
from app.core.status import Report
from app.engine.carry import Carry
from app.engine.guarded_ghost import GuardedGhost
from app.engine.jam import Action, Answer, Hear, Hush, Jam, Play, Replay
from app.engine.replies import AHEAD_S, ROOM_S, WORK_S, Replies
from app.engine.schedule import Line, Schedule
from app.engine.sink_fanout import SinkFanout
from app.engine.voice_states import VoiceStates
from mdn.mixture import Mixture

LATE_S = 0.05  # a ghost event later than this moves the whole schedule, instead of a burst to catch up
HEAR_EVENTS = 32  # taken in by the ghost at once: half a millisecond that a new touch may have to wait
MIXTURE_PERIOD_S = 1 / 30  # between two pictures of the mixture
SAMPLING_SETTINGS = ("pi_temperature", "sigma_temperature", "likeness", "timescale")  # how the ghost plays
SOUND_SETTINGS = ("instrument", "scale", "volume")  # passed on to the sinks that follow settings


class ActionPlayer:
    """Jam, replies, schedule and sinks, put together.

    Attributes:
        jam: who plays.
        beat: of a MIDI clock that comes in; a thread of its own may tell it.
        unsettled: what was received and is to be settled, in its order.
        watches_mixture: keep `mixture` fresh.
        mixture: of the ghost's next event; None while not watched or nothing was heard.
    """

    def __init__(
        self, ghost: GuardedGhost, settings: Settings, fanout: SinkFanout, clock: Clock, report: Report
    ) -> None:
        self._clock = clock
        self._report = report
        self._fanout = fanout
        self._settings = settings
        self.jam = Jam(settings)
        self.beat = Beat()
        self._schedule = Schedule()
        memory = VoiceStates(ghost, settings, report)
        self._replies = Replies(self.jam, memory, self._schedule, settings, report, self.beat)
        self.unsettled: deque[Action] = deque()
        self.watches_mixture = False
        self.mixture: Mixture | None = None
        self._mixture_s = -math.inf  # when it was refreshed
        for name in (*SOUND_SETTINGS, "pause", "mute"):
            self.follow(name)

    @property
    def ghost(self) -> GuardedGhost:
        """The model that plays."""
        return self._replies.voice_states.ghost

    @property
    def turn(self) -> str:
        """Whose turn it is: "player", "ghost" or "nobody". Where both play, it is the player's."""
        if self.jam.is_players_turn(self._clock.now()):
            return "player"
        if self._replies.are_going or self._schedule.next_s < math.inf:
            return "ghost"
        return "player" if self.jam.has_answered else "nobody"

    @property
    def is_between_phrases(self) -> bool:
        """Whether nobody plays and no answer is due; an answer without an end counts as none."""
        if self.unsettled or self.jam.is_playing(self._clock.now()) or self._replies.have_end:
            return False
        return self.jam.is_paused or self.jam.answer_s == math.inf

    @property
    def is_due(self) -> bool:
        """Whether there is something to play or to do now."""
        return self.wake_s() <= self._clock.now()

    def receive(self, event: Event) -> None:
        """The player did something. It sounds now; what the ghost makes of it waits for `settle`.

        So of ten fingers that come down together, the last does not wait until nine were listened to.
        """
        now_s = self._clock.now()
        if event.time_s > now_s:  # a source with another clock must not hold the turn until then
            event = replace(event, time_s=now_s)
        self._report.counters.events_in += 1
        for action in self.jam.receive(event):
            if isinstance(action, Play):
                self._fanout.play(action.event)
            else:
                self.unsettled.append(action)

    def settle(self, interrupted: Callable[[], bool] = lambda: False) -> None:
        """The ghost yields to, listens to and answers what was received, in its order.

        Args:
            interrupted: whether the player did something meanwhile. That is to sound first: the rest is left
                for the next call.
        """
        while self.unsettled:
            events = self._next_heard()
            if not events:
                self._do([self.unsettled.popleft()])
                continue
            self._replies.voice_states.hear(*events)
            if interrupted():
                return

    def advance(self, interrupted: Callable[[], bool]) -> None:
        """Do what is due: play first, then begin, and sample what will be due soon.

        Args:
            interrupted: whether the player did something meanwhile; then the rest of the sampling waits.
        """
        if not self.jam.is_paused:
            self._play_due()
            if not self.unsettled:  # else the ghost would answer half a phrase
                self._do(self.jam.begin(self._clock.now()))
                self._play_due()
                while not interrupted() and self._replies.fill(self._clock.now()):
                    self._play_due()
                while not interrupted() and self._is_ahead and self._replies.prepare(self._clock.now()):
                    self._play_due()
        self._refresh_mixture()

    def wake_s(self) -> float:
        """When to call `advance` next if nothing happens; infinity if time changes nothing."""
        now_s = self._clock.now()
        if self.unsettled:
            return now_s
        times = [self.jam.wake_s(now_s)]
        if self._is_mixture_wanted:
            times.append(max(self._mixture_s + MIXTURE_PERIOD_S, now_s + ROOM_S))
        if not self.jam.is_paused:
            times += [self._schedule.next_s, self._replies.wake_s(now_s)]
            answer_s = self.jam.answer_s
            if now_s < answer_s - WORK_S < math.inf and not self._replies.is_prepared:
                times.append(answer_s - AHEAD_S)
        return min(times)

    def follow(self, name: str) -> None:
        """Do what a setting says now. What is not named here is read when it is needed."""
        if name == "mode":
            if self._settings.word(name) != self.jam.mode.name:
                self._clear()
                self.jam.set_mode(self._settings.word(name))
        elif name == "ghosts":
            self._clear()
            self.jam.set_ghosts(self._settings.word(name))
        elif name == "pause":
            self._pause(self._settings.is_on(name))
        elif name == "mute":
            self._fanout.mute(self._settings.is_on(name), self._clock.now())
        elif name in SOUND_SETTINGS:
            self._fanout.set(name, self._settings[name])
        elif name in SAMPLING_SETTINGS:
            self._replies.sample_anew(self._music_s)

    def _pause(self, paused: bool) -> None:
        """Hold the ghost still, or let it go on where it was. Its fingers leave the canvas meanwhile."""
        now_s = self._clock.now()
        if paused:
            self.jam.pause(now_s)
            self._fanout.release(now_s, Source.GHOST)
        else:
            self._shift(now_s - self.jam.music_s(now_s))
            self.jam.resume()

    def reset(self) -> None:
        """Forget: the memory of every voice, the phrase, the layers of the loop."""
        self._clear()
        self._replies.voice_states.streams.clear()
        self.jam.reset()

    def panic(self) -> None:
        """Silence and release everything at once. What was heard is still known."""
        self._fanout.panic(self._clock.now())
        self._clear()
        self.jam.rest()

    def carry_to(self, ghost: GuardedGhost) -> Carry:
        """What was played, to be heard by another model before it takes over."""
        return Carry(self._replies.voice_states, ghost)

    def swap(self, carry: Carry) -> None:
        """Play with the other model of `carry` from here on, between two events."""
        self._fanout.release(self._clock.now(), Source.GHOST, self._replies.voices)
        self._replies.move_to(carry, self._music_s)

    def add_sink(self, sink: Sink) -> None:
        """Play on `sink` too, with the sound that is set."""
        self._fanout.add(sink)
        for name in SOUND_SETTINGS:
            self._fanout.set(name, self._settings[name], only=sink)

    @property
    def _is_ahead(self) -> bool:
        """Whether an answer is due so soon that proposals for it are made now, and not too soon for that."""
        answer_s = self.jam.answer_s
        return answer_s - AHEAD_S <= self._clock.now() < answer_s - WORK_S

    @property
    def _music_s(self) -> float:
        return self.jam.music_s(self._clock.now())

    def _next_heard(self) -> list[Event]:
        """Take the events that are to be heard next out of what is unsettled, up to `HEAR_EVENTS`."""
        events: list[Event] = []
        while self.unsettled and len(events) < HEAR_EVENTS:
            action = self.unsettled[0]
            if not isinstance(action, Hear):
                break
            events.append(action.event)
            self.unsettled.popleft()
        return events

    def _do(self, actions: Sequence[Action]) -> None:
        for action in actions:
            match action:
                case Play(event):
                    self._fanout.play(event)
                case Hush():
                    self._fanout.release(self._clock.now(), Source.GHOST, self._replies.voices)
                    self._replies.answer(())
                case Answer(voices, seconds):
                    if not self.jam.mode.branches:  # else it hears the end of what is held while it plays
                        self._replies.voice_states.catch_up(self._clock.now())
                    ended = self._replies.answer(voices, seconds)
                    self._fanout.release(self._clock.now(), Source.GHOST, ended)
                case Replay():
                    self._clear()
                    self._schedule.lines += [_line(layer, action) for layer in action.layers]

    def _clear(self) -> None:
        """The ghost ends everything it plays: layers first, then replies, whose memory takes a moment.

        It waits no longer for the end of what is held, which it may never be told of.
        """
        self._fanout.release(self._clock.now(), Source.GHOST)
        self._replies.voice_states.catch_up(self._music_s)
        self._replies.answer(())
        self._schedule.lines.clear()

    def _play_due(self) -> None:
        while (due_s := self._schedule.next_s) <= (now_s := self._clock.now()):
            self._report.played(now_s - due_s)
            if now_s - due_s > LATE_S:
                self._report.counters.late += 1
                self._shift(now_s - due_s)
            self._fanout.play(self._schedule.pop())

    def _shift(self, seconds: float) -> None:
        self._schedule.shift(seconds)
        self.jam.shift(seconds)

    @property
    def _is_mixture_wanted(self) -> bool:
        return self.watches_mixture or self._fanout.wants_mixture

    def _refresh_mixture(self) -> None:
        """Compute the mixture that is watched, if it is time for that and the ghost does not play soon."""
        if not self._is_mixture_wanted:
            self.mixture = None
            return
        now_s, due_s = self._clock.now(), self._schedule.next_s
        if not self.jam.is_paused:
            due_s = min(due_s, self.jam.answer_s)
        if now_s >= self._mixture_s + MIXTURE_PERIOD_S and due_s - now_s >= ROOM_S:
            state = self._replies.state_now()
            self.mixture = None if state is None else self.ghost.mixture(state)
            self._mixture_s = now_s


def _line(layer: Sequence[Event], round_: Replay) -> Line:
    """The events of a layer that fall into this round, at their times in it."""
    return Line(
        replace(event, time_s=round_.start_s + event.time_s)
        for event in layer
        if event.time_s <= round_.length_s
    )
