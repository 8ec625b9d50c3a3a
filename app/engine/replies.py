"""What the ghost answers: a reply for every voice of a phrase, drawn toward what the player played.

`answer` begins and ends replies, and `fill` plans each of them ahead of what plays. The next part of a reply
is made in one of two ways. With a judge (modes with `judges`) several proposals are sampled side by side, a
little with every call, and the judge chooses one: for the first part in the silence before the answer
(`prepare`), for later ones in pauses between the events that play. Without one, or when proposals came too
late, a chunk is sampled shortly before it is to play (`_go_on`), drawn toward a guide of its own.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence

import numpy as np

from app.core.grid import Steps
from app.core.midi_clock import STEPS, Beat
from app.core.modes import Begins
from app.core.parameters import Settings
from app.core.status import Report
from app.engine.carry import Carry
from app.engine.event_rows import RowsArray
from app.engine.guarded_ghost import State
from app.engine.hearing import HELD_S
from app.engine.jam import Jam
from app.engine.keys_reply import KeysReply
from app.engine.proposals import Proposals
from app.engine.reply import Reply
from app.engine.requests import MAX_REPLIES, Requests
from app.engine.schedule import Schedule
from app.engine.voice_states import VoiceStates

FIRST_CHUNK_EVENTS = 4  # without proposals: the first events are due now
AHEAD_S = 0.12  # before an answer is due its proposals are begun; all of them take 60 to 100 ms
WORK_S = 0.002  # a few events of all proposals take about this long: none right before an answer is due
PROPOSE_S = 1.0  # before what is planned runs out, proposals for what comes next are begun
LOOKAHEAD_S = 0.06  # before it runs out, the next chunk is sampled if there is room for it
ROOM_S = 0.0015  # a pause between events is room if it is at least this long: sampling delays none of them
URGENT_S = 0.02  # before it runs out, the next chunk is sampled anyway
VOID_S = 0.2  # a wait longer than this is sampled anew when the player plays on meanwhile
RETRY_S = 0.25  # rest of a voice whose model failed


class Replies:
    """The replies that sound, over one memory. Their lines are played from `schedule`.

    Attributes:
        voice_states: the memory.
    """

    def __init__(
        self,
        jam: Jam,
        voice_states: VoiceStates,
        schedule: Schedule,
        settings: Settings,
        report: Report,
        beat: Beat,
    ) -> None:
        self._jam = jam
        self.voice_states = voice_states
        self._beat = beat
        self._schedule = schedule
        self._settings = settings
        self._requests = Requests(jam, voice_states, settings)
        self._report = report
        self._replies: list[Reply] = []
        # Proposals that were begun before the answer is due, good while what they are made from is the same.
        self._ahead: tuple[tuple[object, ...], Proposals] | None = None
        self._spent: Proposals | None = None  # chosen from: to free hundreds of states takes 0.5 ms
        self._n_guided = 0  # stretches planned so far: each has a generator of its own

    @property
    def are_going(self) -> bool:
        """Whether anything more of them will sound."""
        return any(reply.is_going for reply in self._replies)

    @property
    def have_end(self) -> bool:
        """Whether one that sounds will end by itself."""
        return any(reply.is_going and reply.seconds < math.inf for reply in self._replies)

    @property
    def voices(self) -> set[int]:
        """The ghost voices that replies play on."""
        return {voice for reply in self._replies for voice in reply.voices}

    def answer(self, voices: Sequence[int], seconds: float = math.inf) -> set[int]:
        """Go on from these player voices for `seconds` (infinity: until told), and from no others.

        A reply that already does plays on. A voice of which nothing was heard is answered only by a ghost
        that needs nobody (`Begins.ALONE`). Returns the ghost voices of replies that ended, to be released.
        """
        mode = self._jam.mode
        ended = [reply for reply in self._replies if reply.answers not in voices]
        for reply in ended:
            self._replies.remove(reply)
            self._schedule.lines.remove(reply)
            if not mode.branches and reply.last_played_s > -math.inf:  # what really sounded is remembered
                state = reply.state_played()
                self.voice_states.adopt(reply.answers, state, reply.played, reply.last_played_s)
        going = {reply.answers for reply in self._replies}
        proposals, entries_s = None, dict[int, float]()
        if mode.begins is Begins.AFTER_SILENCE:  # who begins without one has no time for proposals
            if len(voices) > 1:
                timescale = self._settings.number("timescale")
                entries_s = self.voice_states.entries_s(voices, timescale, latest_s=0.5 * seconds)
            if not going and self._has_judge(voices):
                proposals = self._ahead_for(voices, seconds)
                self._n_guided += 1
        self._ahead = None
        for reply in self._begin([voice for voice in voices if voice not in going], seconds):
            reply.proposals, reply.entry_s = proposals, entries_s.get(reply.answers, 0.0)
        return {voice for reply in ended for voice in reply.voices}

    def move_to(self, carry: Carry, now_s: float) -> None:
        """Go on with the other model of `carry`, which hears what is left. Replies begin anew from there."""
        going = [reply for reply in self._replies if reply.is_going]
        until_s = max((reply.until_s for reply in going if reply.until_s < math.inf), default=math.inf)
        self.answer(())
        self._spent = None
        self.voice_states = carry.finish()
        self._requests = Requests(self._jam, self.voice_states, self._settings)
        self._begin([reply.answers for reply in going], until_s - now_s)

    def prepare(self, now_s: float) -> bool:
        """Sample a few events of the proposals that `answer` will choose from. False if they are there."""
        self.voice_states.catch_up(now_s)
        voices, seconds = self._jam.next_answer
        if not self._has_judge(voices) or (proposals := self._ahead_for(voices, seconds)).is_done:
            return False
        proposals.work()
        return True

    @property
    def is_prepared(self) -> bool:
        """Whether `prepare` would find nothing to do."""
        voices, seconds = self._jam.next_answer
        if self.voice_states.is_behind(voices):
            return False
        basis, proposals = self._ahead or (None, None)
        if proposals is not None and proposals.is_done and basis == self._basis(voices, seconds):
            return True
        return not self._has_judge(voices)

    def fill(self, now_s: float) -> bool:
        """Sample a little, for the reply that has the least left to play. False if none needs anything."""
        has_room = self._schedule.next_s - now_s >= ROOM_S
        for reply in sorted(self._replies, key=operator.attrgetter("end_s")):
            if reply.is_over:
                continue
            if self._jam.mode.branches and now_s < reply.next_s - VOID_S and self._is_news(reply):
                reply.unplan(now_s, now_s)
            end_s = reply.end_s
            if now_s >= end_s - URGENT_S or (now_s >= end_s - LOOKAHEAD_S and has_room):
                self._go_on(reply, now_s)
                return True
            if now_s >= end_s - PROPOSE_S and has_room and reply.wants_proposals(now_s):
                if self._has_judge([reply.answers]):
                    self._propose(reply, now_s)
                    return True
        if has_room:
            self._spent = None
        return False

    def wake_s(self, now_s: float) -> float:
        """When to call `fill` next; infinity if nothing is to be sampled."""
        times = []
        for reply in self._replies:
            if not reply.is_over:
                looks = [LOOKAHEAD_S, URGENT_S]
                if reply.wants_proposals(now_s) and self._has_judge([reply.answers]):
                    looks.insert(0, PROPOSE_S)
                end_s = reply.end_s
                times.append(next((end_s - look for look in looks if now_s < end_s - look), end_s - URGENT_S))
        return min(times, default=math.inf)

    def sample_anew(self, now_s: float) -> None:
        """How the ghost is to play has changed: what it plays in a moment is sampled again."""
        for reply in self._replies:
            reply.proposals = None
            reply.unplan(now_s, now_s + LOOKAHEAD_S)

    def state_now(self) -> State | None:
        """The state after what was last heard or has last sounded; None if that is nothing."""
        for reply in self._replies:
            if reply.is_going:
                return reply.state_played()
        return self.voice_states.last_state

    def _begin(self, voices: Sequence[int], seconds: float) -> list[Reply]:
        """Begin a reply to each of these voices, as far as there are ghost voices for them."""
        n_before, ghost = len(self._replies), self.voice_states.ghost
        kind = KeysReply if ghost.columns.is_notes else Reply
        for voice in voices:
            state = self._requests.state_for(voice)
            if state is None or len(self._replies) >= MAX_REPLIES:
                continue
            taken = {reply.voice for reply in self._replies}
            free = next(n for n in range(MAX_REPLIES) if n not in taken)
            reply = kind(free, voice, ghost, state, seconds)
            reply.n_heard = self.voice_states[voice].n_heard
            self._replies.append(reply)
            self._schedule.lines.append(reply)
        return self._replies[n_before:]

    def _go_on(self, reply: Reply, now_s: float) -> None:
        """Plan the next chunk: of the stretch that was chosen, or one that is sampled now."""
        mode, ghost = self._jam.mode, self.voice_states.ghost
        if mode.branches:
            self.voice_states.catch_up(now_s, HELD_S)
            is_unheard = not reply.n_heard and not self._is_news(reply)
            if is_unheard and self.voice_states.is_behind([reply.answers]):
                reply.rest(now_s, RETRY_S, reply.state)  # of what it is to go on from nothing is heard yet
                return
        proposals, reply.proposals = reply.proposals, None
        if proposals is not None:
            self._spent = proposals
            # If there was no time to make and judge all of them, the events there are of one are played.
            choose = proposals.best if proposals.is_done else proposals.begun
            stretch = choose(reply.answers)
            if stretch is not None:
                reply.guide = stretch.guide if ghost.guide_slices else None
                reply.sampled.extend(stretch.chunks)
        if reply.sampled:
            self._plan(reply, now_s, *reply.sampled.popleft())
            return
        if mode.branches and self._is_news(reply):  # the player played on: turn to that
            stream = self.voice_states[reply.answers]
            reply.state, reply.n_heard, reply.guide = stream.state, stream.n_heard, None
        if reply.guide is None and ghost.guide_slices:
            begins, left_s = reply.end_s == -math.inf, reply.left_s(now_s)
            request = self._requests.next(reply.answers, reply.state, left_s, begins=begins)
            reply.guide = None if request is None else request.guide(self._next_rng())
        n_events = FIRST_CHUNK_EVENTS if reply.end_s == -math.inf else mode.chunk_events
        guide = None if reply.guide is None else reply.guide[:n_events]
        sampled = ghost.sample(
            reply.state, n_events if guide is None else len(guide), self._requests.sampling, guide
        )
        if sampled is None:
            self.voice_states[reply.answers].state = ghost.blank
            reply.n_heard = 0
            reply.rest(now_s, RETRY_S, ghost.blank)
            return
        self._plan(reply, now_s, *sampled)

    def _plan(self, reply: Reply, now_s: float, rows: RowsArray, end: State) -> None:
        timescale, steps = self._settings.number("timescale"), self._steps(reply.answers, now_s)
        self._report.counters.slowed += reply.plan(now_s, rows, end, timescale, steps)

    def _steps(self, voice: int, now_s: float) -> Steps | None:
        """The steps that what begins is moved to: of a MIDI clock, or else of the beat that was played."""
        ticks = STEPS[self._settings.word("quantise")]
        if not ticks:
            return None
        grid = self._beat.grid(now_s) or self.voice_states.grid(voice)
        return None if grid is None else grid.steps(ticks)

    def _propose(self, reply: Reply, now_s: float) -> None:
        """Make a little of the proposals for what comes after what `reply` has planned."""
        if reply.proposals is not None:
            reply.proposals.work()
            return
        request = self._requests.next(reply.answers, reply.state, reply.left_s(now_s), begins=False)
        if request is not None:
            reply.proposals = Proposals(
                self.voice_states.ghost, [request], self._requests.sampling, self._next_rng()
            )

    def _has_judge(self, voices: Sequence[int]) -> bool:
        """Whether an answer to `voices` is chosen among proposals: if one of them was heard to play."""
        may_choose = self._jam.mode.judges and self.voice_states.ghost.n_proposals > 0
        return may_choose and any(self.voice_states[voice].n_heard for voice in voices[:MAX_REPLIES])

    def _ahead_for(self, voices: Sequence[int], seconds: float) -> Proposals:
        """The proposals for an answer to `voices`; other ones than before if anything changed since."""
        basis, ghost = self._basis(voices, seconds), self.voice_states.ghost
        if self._ahead is None or self._ahead[0] != basis:
            requests = self._requests.first(voices, seconds)
            made = Proposals(ghost, requests, self._requests.sampling, ghost.rng(self._n_guided))
            self._ahead = basis, made
        return self._ahead[1]

    def _basis(self, voices: Sequence[int], seconds: float) -> tuple[object, ...]:
        return self._n_guided, *self._requests.basis(voices, seconds)

    def _is_news(self, reply: Reply) -> bool:
        """Whether the player played on since the reply turned to it last."""
        return self.voice_states[reply.answers].n_heard != reply.n_heard

    def _next_rng(self) -> np.random.Generator:
        self._n_guided += 1
        return self.voice_states.ghost.rng(self._n_guided - 1)
