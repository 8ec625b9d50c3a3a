"""The ghost's answer: a reply for every voice of a phrase, each sampled a chunk ahead of what sounds.

The first chunk is small, so that the first event does not wait for the rest. In call mode it is known when an
answer will be due, and its first chunk is sampled shortly before; what is answered is the same as if it were
not. In the other modes it is sampled when the answer begins. Every further chunk is sampled while the one
before still plays, in a pause between events where there is one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.midi_clock import STEPS, Beat
from app.core.modes import Begins, Mode
from app.core.parameters import Settings
from app.core.status import Report
from app.engine.guarded_ghost import Draft, GuardedGhost, NoiseState, State
from app.engine.reply import Reply, Snap, unmoved
from app.engine.schedule import Schedule
from app.engine.voice_states import VoiceStates

MAX_REPLIES = 8  # at the same time; further fingers of a phrase are not answered
FIRST_CHUNK_EVENTS = 4
AHEAD_S = 0.01  # the first chunks are sampled this long before they are due: eight take 5 ms
LOOKAHEAD_S = 0.06  # the next chunk is sampled when less than this is left to play ...
ROOM_S = 0.0015  # ... in a pause between events at least this long, so that sampling delays none of them ...
URGENT_S = 0.02  # ... or at once, when less than this is left
RETRY_S = 0.25  # rest of a voice whose model failed


@dataclass(frozen=True, slots=True)
class Ahead:
    """A first chunk, sampled before it was due. It is good for as long as nothing of this changed.

    Attributes:
        states, state, temperatures: of what it was sampled.
        draft: the chunk. Its random numbers must be the next ones too, so that a seed gives the same answers.
    """

    ghost: GuardedGhost
    state: State
    temperatures: tuple[float, float]
    draft: Draft


class Replies:
    """The replies that sound, over one memory. Their lines are played from `schedule`."""

    def __init__(
        self, voice_states: VoiceStates, schedule: Schedule, settings: Settings, report: Report, beat: Beat
    ) -> None:
        self.voice_states = voice_states
        self._beat = beat
        self._schedule = schedule
        self._settings = settings
        self._report = report
        self._replies: list[Reply] = []
        self._ahead: dict[int, Ahead] = {}  # by the player's voice

    @property
    def answered(self) -> tuple[int, ...]:
        """The player's voices that are being answered."""
        return tuple(reply.answers for reply in self._replies if reply.is_going)

    @property
    def voices(self) -> tuple[int, ...]:
        """The ghost voices that replies play on."""
        return tuple(reply.voice for reply in self._replies)

    def answer(self, voices: Sequence[int], seconds: float | None, mode: Mode) -> list[int]:
        """Go on from these player voices, and from no others. A reply that already does plays on.

        Args:
            voices: of the player; none ends every reply. One of which nothing was heard is answered only by a
                ghost that needs nobody (`Begins.ALONE`).
            seconds: how long each reply lasts; None until told.
            mode: that is played.

        Returns:
            The ghost voices whose reply ended, to be released.
        """
        self._ahead = {each: ahead for each, ahead in self._ahead.items() if each in voices}
        ended = [reply for reply in self._replies if reply.answers not in voices]
        for reply in ended:
            self._end(reply, mode)
        going = {reply.answers for reply in self._replies}
        for voice in voices:
            state = self._state_for(voice, mode)
            if voice in going or state is None or len(self._replies) >= MAX_REPLIES:
                continue
            taken = {reply.voice for reply in self._replies}
            free = next(n for n in range(MAX_REPLIES) if n not in taken)
            reply = Reply(free, voice, state, seconds)
            reply.n_heard = self.voice_states.n_heard(voice)
            self._replies.append(reply)
            self._schedule.lines.append(reply)
        return [reply.voice for reply in ended]

    def move_to(self, ghost: GuardedGhost, now_s: float, mode: Mode) -> None:
        """Go on with another model. It hears what was played last, and replies begin anew from there."""
        going = [reply for reply in self._replies if reply.is_going]
        ends = [reply.until_s for reply in going if reply.until_s is not None]
        self.answer((), None, mode)
        self.voice_states = self.voice_states.carried_to(ghost)
        self.answer([reply.answers for reply in going], max(ends) - now_s if ends else None, mode)

    def prepare(self, voices: Sequence[int], mode: Mode) -> bool:
        """Sample the first chunk of one reply that `answer` will begin. False if that was done for all."""
        missing = self._unprepared(voices, mode)
        if missing is None:
            return False
        voice, state, noise_state = missing
        self._ahead = {each: ahead for each, ahead in self._ahead.items() if each in voices}
        ghost, temperatures = self.voice_states.ghost, self._temperatures
        draft = ghost.draft(state, FIRST_CHUNK_EVENTS, *temperatures, noise_state)
        self._ahead[voice] = Ahead(ghost, state, temperatures, draft)
        return True

    def is_prepared(self, voices: Sequence[int], mode: Mode) -> bool:
        """Whether `prepare` would find nothing to do."""
        return self._unprepared(voices, mode) is None

    def fill(self, now_s: float, mode: Mode) -> bool:
        """Sample one chunk, for the reply that has the least left to play. False if none needs one yet."""
        next_s = self._schedule.next_s
        needing = [reply for reply in self._replies if _needs_chunk(reply, now_s, next_s)]
        if not needing:
            return False
        self._sample(min(needing, key=_end_s), now_s, mode)
        return True

    def wake_s(self, now_s: float) -> float:
        """When to call `fill` next; infinity if nothing is to be sampled."""
        ends = [_end_s(reply) for reply in self._replies if not reply.is_over]
        times = [end_s - (LOOKAHEAD_S if now_s < end_s - LOOKAHEAD_S else URGENT_S) for end_s in ends]
        return min(times, default=math.inf)

    def state_now(self) -> State | None:
        """The state after what was last heard or has last sounded; None if that is nothing."""
        for reply in self._replies:
            if reply.is_going:
                return reply.state_played(self.voice_states.ghost)
        voice = self.voice_states.last_voice
        return None if voice is None else self.voice_states.state(voice)

    def _sample(self, reply: Reply, now_s: float, mode: Mode) -> None:
        voice_states, ghost = self.voice_states, self.voice_states.ghost
        n_heard = voice_states.n_heard(reply.answers)
        if mode.branches and n_heard != reply.n_heard:  # the player played on: turn to that
            reply.state, reply.n_heard = voice_states.state(reply.answers), n_heard
        ahead = self._ahead.pop(reply.answers, None) if reply.end_s is None else None
        if ahead is not None and self._is_good(ahead, reply.state, ghost.noise_state):
            sampled = ghost.use(ahead.draft)
        else:
            n_events = FIRST_CHUNK_EVENTS if reply.end_s is None else mode.chunk_events
            sampled = ghost.sample(reply.state, n_events, *self._temperatures)
        if sampled is None:
            voice_states.forget(reply.answers)
            reply.n_heard = 0
            reply.rest(now_s, RETRY_S, ghost.blank)
            return
        rows, end = sampled
        self._report.counters.slowed += reply.plan(
            now_s, rows, end, ghost.columns, self._settings.number("timescale"), self._snap(now_s)
        )

    def _unprepared(self, voices: Sequence[int], mode: Mode) -> tuple[int, State, NoiseState] | None:
        """The first voice that will be answered and whose first chunk is not there yet; None if all are.

        With its state, and the random numbers that will be next when the voices before it are answered.
        """
        known = [(voice, state) for voice in voices if (state := self._state_for(voice, mode)) is not None]
        noise_state = self.voice_states.ghost.noise_state
        for voice, state in known[:MAX_REPLIES]:
            ahead = self._ahead.get(voice)
            if ahead is None or not self._is_good(ahead, state, noise_state):
                return voice, state, noise_state
            noise_state = ahead.draft.noise_after
        return None

    def _is_good(self, ahead: Ahead, state: State, noise_state: NoiseState) -> bool:
        """Whether a chunk is what would be sampled now. Every state heard is an object of its own."""
        return (
            ahead.ghost is self.voice_states.ghost
            and ahead.state is state
            and ahead.temperatures == self._temperatures
            and bool(ahead.draft.noise_before == noise_state)
        )

    @property
    def _temperatures(self) -> tuple[float, float]:
        return self._settings.number("pi_temperature"), self._settings.number("sigma_temperature")

    def _snap(self, now_s: float) -> Snap:
        """How what begins is moved to the beat."""
        step = STEPS.get(self._settings.word("quantise"))
        if step is None:
            return unmoved
        return lambda time_s: self._beat.next_s(time_s, step, now_s)

    def _state_for(self, voice: int, mode: Mode) -> State | None:
        state = self.voice_states.state(voice)
        return self.voice_states.ghost.blank if state is None and mode.begins is Begins.ALONE else state

    def _end(self, reply: Reply, mode: Mode) -> None:
        """Take a reply out; unless the mode branches, what really sounded is remembered."""
        self._replies.remove(reply)
        self._schedule.lines.remove(reply)
        if not mode.branches and reply.last_played_s is not None:
            state = reply.state_played(self.voice_states.ghost)
            self.voice_states.adopt(reply.answers, state, reply.played, reply.last_played_s)


def _end_s(reply: Reply) -> float:
    return -math.inf if reply.end_s is None else reply.end_s


def _needs_chunk(reply: Reply, now_s: float, next_s: float) -> bool:
    if reply.is_over:
        return False
    end_s = _end_s(reply)
    return now_s >= end_s - URGENT_S or (now_s >= end_s - LOOKAHEAD_S and next_s - now_s >= ROOM_S)
