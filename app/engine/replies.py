"""What the ghost answers: a reply for every voice of a phrase, drawn toward what the player played.

The next part of a reply is made in one of two ways.

With a judge (modes with `judges`): several proposals are sampled side by side, a little with every call, and
the judge chooses one. For the first part this happens in the silence before the answer (`prepare`), for the
later ones in pauses between the events that play (`_propose`).

Without one, or when proposals came too late: a chunk is sampled shortly before it is to play (`_go_on`),
drawn toward a guide of its own.

`answer` begins and ends replies, `fill` keeps each of them planned ahead of what plays, and `wake_s` says
when `fill` has something to do next.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.core.midi_clock import STEPS, Beat
from app.core.modes import Begins, Mode
from app.core.parameters import Settings
from app.core.status import Report
from app.engine import course
from app.engine.carry import Carry
from app.engine.event_rows import RowsArray
from app.engine.guarded_ghost import Sampling, State
from app.engine.guide import Guide
from app.engine.proposals import Plan, Proposals, Request
from app.engine.reply import ENOUGH_S, Reply, Snap, unmoved
from app.engine.schedule import Schedule
from app.engine.voice_states import VoiceStates

MAX_REPLIES = 8  # at the same time; further fingers of a phrase are not answered
FIRST_CHUNK_EVENTS = 4  # without proposals: the first events are due now
AHEAD_S = 0.12  # before an answer is due its proposals are begun; all of them take 60 to 100 ms
WORK_S = 0.002  # a few events of all proposals take about this long: none right before an answer is due
WHOLE_S = 8.0  # up to this long an answer, or what is left of one, is planned as a whole
STRETCH_S = 4.0  # of a longer one, or one without an end, so much is planned at a time
PROPOSE_S = 1.0  # before what is planned runs out, proposals for what comes next are begun
LOOKAHEAD_S = 0.06  # before it runs out, the next chunk is sampled if there is room for it
ROOM_S = 0.0015  # a pause between events is room if it is at least this long: sampling delays none of them
URGENT_S = 0.02  # before it runs out, the next chunk is sampled anyway
VOID_S = 0.2  # a wait longer than this is sampled anew when the player plays on meanwhile
RETRY_S = 0.25  # rest of a voice whose model failed


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """Proposals that were begun before the answer was due.

    Attributes:
        numbers: how the ghost is to play, for how long, the number of the generator, the voices, and how much
            was heard of each.
        objects: the model, and of each voice the state to go on from. Whatever changes a state makes another
            object.
        proposals: in the making. They are good while numbers and objects are the same.
    """

    numbers: tuple[object, ...]
    objects: tuple[object, ...]
    proposals: Proposals


class Replies:
    """The replies that sound, over one voice_states. Their lines are played from `schedule`."""

    def __init__(
        self, voice_states: VoiceStates, schedule: Schedule, settings: Settings, report: Report, beat: Beat
    ) -> None:
        self.voice_states = voice_states
        self._beat = beat
        self._schedule = schedule
        self._settings = settings
        self._report = report
        self._replies: list[Reply] = []
        self._ahead: Ahead | None = None
        self._spent: Proposals | None = None  # chosen from: to free hundreds of states takes 0.5 ms
        self._n_guided = 0  # stretches planned so far: each has a generator of its own

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
        ended = [reply for reply in self._replies if reply.answers not in voices]
        for reply in ended:
            self._end(reply, mode)
        going = {reply.answers for reply in self._replies}
        proposals = None if going else self._ready(voices, seconds, mode)
        self._ahead = None
        entries_s = self._entries_s(voices, seconds) if mode.begins is Begins.AFTER_SILENCE else {}
        self._begin([voice for voice in voices if voice not in going], seconds, mode, proposals, entries_s)
        return [reply.voice for reply in ended]

    @property
    def have_end(self) -> bool:
        """Whether one that sounds will end by itself."""
        return any(reply.is_going and not reply.is_endless for reply in self._replies)

    def move_to(self, carry: Carry, now_s: float, mode: Mode) -> None:
        """Go on with the other model of `carry`, which hears what is left. Replies begin anew from there."""
        going = [reply for reply in self._replies if reply.is_going]
        ends = [reply.until_s for reply in going if reply.until_s is not None]
        self.answer((), None, mode)
        self._spent = None
        self.voice_states = carry.finish()
        self._begin([reply.answers for reply in going], max(ends) - now_s if ends else None, mode)

    def prepare(self, voices: Sequence[int], seconds: float | None, mode: Mode) -> bool:
        """Sample a few events of the proposals that `answer` will choose from. False if they are there."""
        if not self._has_judge(voices, mode):
            return False
        self._ahead = self._current(voices, seconds, mode) or self._begun(voices, seconds, mode)
        if self._ahead.proposals.is_done:
            return False
        self._ahead.proposals.work()
        return True

    def is_prepared(self, voices: Sequence[int], seconds: float | None, mode: Mode) -> bool:
        """Whether `prepare` would find nothing to do."""
        if not self._has_judge(voices, mode):
            return True
        ahead = self._current(voices, seconds, mode)
        return ahead is not None and ahead.proposals.is_done

    def fill(self, now_s: float, mode: Mode) -> bool:
        """Sample a little, for the reply that has the least left to play. False if none needs anything."""
        room_s = self._schedule.next_s - now_s
        for reply in sorted(self._replies, key=_end_s):
            if reply.is_over:
                continue
            if mode.branches and now_s < reply.next_s - VOID_S and self._is_news(reply):
                reply.unplan(now_s, now_s, self.voice_states.ghost)
            end_s, has_room = _end_s(reply), room_s >= ROOM_S
            if now_s >= end_s - URGENT_S or (now_s >= end_s - LOOKAHEAD_S and has_room):
                self._go_on(reply, now_s, mode)
                return True
            if now_s >= end_s - PROPOSE_S and has_room and self._may_propose(reply, now_s, mode):
                self._propose(reply, now_s)
                return True
        if room_s >= ROOM_S:
            self._spent = None
        return False

    def wake_s(self, now_s: float, mode: Mode) -> float:
        """When to call `fill` next; infinity if nothing is to be sampled."""
        times = []
        for reply in self._replies:
            if not reply.is_over:
                looks = [LOOKAHEAD_S, URGENT_S]
                if self._may_propose(reply, now_s, mode):
                    looks.insert(0, PROPOSE_S)
                end_s = _end_s(reply)
                times.append(next((end_s - look for look in looks if now_s < end_s - look), end_s - URGENT_S))
        return min(times, default=math.inf)

    def sample_anew(self, now_s: float) -> None:
        """How the ghost is to play has changed: what it plays in a moment is sampled again."""
        for reply in self._replies:
            reply.proposals = None
            reply.unplan(now_s, now_s + LOOKAHEAD_S, self.voice_states.ghost)

    def state_now(self) -> State | None:
        """The state after what was last heard or has last sounded; None if that is nothing."""
        for reply in self._replies:
            if reply.is_going:
                return reply.state_played(self.voice_states.ghost)
        voice = self.voice_states.last_voice
        return None if voice is None else self.voice_states.state(voice)

    def _begin(
        self,
        voices: Sequence[int],
        seconds: float | None,
        mode: Mode,
        proposals: Proposals | None = None,
        entries_s: Mapping[int, float] | None = None,
    ) -> None:
        """Begin a reply to each of these voices, as far as there are ghost voices for them."""
        for voice in voices:
            state = self._state_for(voice, mode)
            if state is None or len(self._replies) >= MAX_REPLIES:
                continue
            taken = {reply.voice for reply in self._replies}
            free = next(n for n in range(MAX_REPLIES) if n not in taken)
            reply = Reply(free, voice, state, seconds, (entries_s or {}).get(voice, 0.0))
            reply.n_heard = self.voice_states.n_heard(voice)
            reply.proposals = proposals
            self._replies.append(reply)
            self._schedule.lines.append(reply)

    def _go_on(self, reply: Reply, now_s: float, mode: Mode) -> None:
        """Plan the next chunk: of the stretch that was chosen, or one that is sampled now."""
        voice_states, ghost = self.voice_states, self.voice_states.ghost
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
            reply.state, reply.n_heard = (
                voice_states.state(reply.answers),
                voice_states.n_heard(reply.answers),
            )
            reply.guide = None
        if reply.guide is None:
            reply.guide = self._guide(reply, now_s)
        n_events = FIRST_CHUNK_EVENTS if reply.end_s is None else mode.chunk_events
        guide = None if reply.guide is None else reply.guide[:n_events]
        sampled = ghost.sample(reply.state, n_events if guide is None else len(guide), self._sampling, guide)
        if sampled is None:
            voice_states.begin_afresh(reply.answers)
            reply.n_heard = 0
            reply.rest(now_s, RETRY_S, ghost.blank)
            return
        self._plan(reply, now_s, *sampled)

    def _plan(self, reply: Reply, now_s: float, rows: RowsArray, end: State) -> None:
        columns, timescale = self.voice_states.ghost.columns, self._settings.number("timescale")
        self._report.counters.slowed += reply.plan(now_s, rows, end, columns, timescale, self._snap(now_s))

    def _may_propose(self, reply: Reply, now_s: float, mode: Mode) -> bool:
        """Whether there is something to do for `_propose`."""
        left_s = reply.left_s(now_s)
        return (
            self._has_judge([reply.answers], mode)
            and reply.guide is None
            and not reply.sampled
            and (left_s is None or left_s > ENOUGH_S)
            and (reply.proposals is None or not reply.proposals.is_done)
        )

    def _propose(self, reply: Reply, now_s: float) -> None:
        """Make a little of the proposals for what comes after what `reply` has planned."""
        phrase = self.voice_states.phrase(reply.answers)
        if reply.proposals is not None:
            reply.proposals.work()
        elif phrase is not None:
            length_s, plan = self._next_stretch(reply.left_s(now_s), begins=False)
            others = self.voice_states.like(phrase)
            request = Request(reply.answers, reply.state, phrase, others, length_s, plan)
            reply.proposals = Proposals(self.voice_states.ghost, [request], self._sampling, self._next_rng())

    def _guide(self, reply: Reply, now_s: float) -> Guide | None:
        """What `reply` is drawn toward next; None if nobody played, or the model cannot be guided."""
        phrase = self.voice_states.phrase(reply.answers)
        if phrase is None or not self.voice_states.ghost.guide_slices:
            return None
        length_s, plan = self._next_stretch(reply.left_s(now_s), begins=reply.end_s is None)
        return plan(phrase, length_s, self._next_rng(), self.voice_states.like(phrase))

    def _next_stretch(self, left_s: float | None, *, begins: bool) -> tuple[float, Plan]:
        """How much of an answer comes next, in seconds as the model hears them, and the course it takes."""
        if left_s is not None and left_s <= WHOLE_S:
            return max(self._unstretched_s(left_s), 0.1), course.whole_answer if begins else course.last_part
        return self._unstretched_s(STRETCH_S), course.first_part if begins else course.middle_part

    def _has_judge(self, voices: Sequence[int], mode: Mode) -> bool:
        """Whether an answer to `voices` is chosen among proposals: if one of them was heard to play."""
        if not mode.judges or not self.voice_states.ghost.n_proposals:
            return False
        return any(self.voice_states.n_heard(voice) for voice in voices[:MAX_REPLIES])

    def _current(self, voices: Sequence[int], seconds: float | None, mode: Mode) -> Ahead | None:
        """The proposals that were begun for an answer to `voices`; None if something changed since."""
        ahead = self._ahead
        if ahead is None or ahead.numbers != self._numbers(voices, seconds):
            return None
        return ahead if _are_same(ahead.objects, self._objects(voices, mode)) else None

    def _begun(self, voices: Sequence[int], seconds: float | None, mode: Mode) -> Ahead:
        """New proposals for an answer to `voices`."""
        length_s, plan = self._next_stretch(seconds, begins=True)
        requests = []
        for voice in voices[:MAX_REPLIES]:
            state, phrase = self._state_for(voice, mode), self.voice_states.phrase(voice)
            if state is not None and phrase is not None:
                others = self.voice_states.like(phrase)
                requests.append(Request(voice, state, phrase, others, length_s, plan))
        ghost = self.voice_states.ghost
        proposals = Proposals(ghost, requests, self._sampling, ghost.rng(self._n_guided))
        return Ahead(self._numbers(voices, seconds), self._objects(voices, mode), proposals)

    def _numbers(self, voices: Sequence[int], seconds: float | None) -> tuple[object, ...]:
        """What `Ahead.numbers` holds, as it is now."""
        length_s, _ = self._next_stretch(seconds, begins=True)
        heard = (self.voice_states.n_heard(voice) for voice in voices)
        return (self._sampling, self._n_guided, seconds, length_s, *voices, *heard)

    def _objects(self, voices: Sequence[int], mode: Mode) -> tuple[object, ...]:
        """What `Ahead.objects` holds, as it is now."""
        return (self.voice_states.ghost, *(self._state_for(voice, mode) for voice in voices))

    def _ready(self, voices: Sequence[int], seconds: float | None, mode: Mode) -> Proposals | None:
        """The proposals for an answer that begins now; None where there are to be none.

        A ghost that begins without a silence before it has no time for proposals.
        """
        if mode.begins is not Begins.AFTER_SILENCE or not self._has_judge(voices, mode):
            return None
        ahead = self._current(voices, seconds, mode) or self._begun(voices, seconds, mode)
        self._n_guided += 1
        return ahead.proposals

    def _is_news(self, reply: Reply) -> bool:
        """Whether the player played on since the reply turned to it last."""
        return self.voice_states.n_heard(reply.answers) != reply.n_heard

    def _entries_s(self, voices: Sequence[int], seconds: float | None) -> dict[int, float]:
        """When each of `voices` comes in: one after another as they did, in the first half of the answer."""
        if len(voices) < 2:
            return {}
        entries_s = self.voice_states.entries_s(voices)
        last_s = self._stretched_s(max(entries_s.values(), default=0.0))
        kept = 1.0 if seconds is None or last_s <= 0.5 * seconds else 0.5 * seconds / last_s
        return {voice: kept * self._stretched_s(entry_s) for voice, entry_s in entries_s.items()}

    def _next_rng(self) -> np.random.Generator:
        self._n_guided += 1
        return self.voice_states.ghost.rng(self._n_guided - 1)

    def _stretched_s(self, seconds: float) -> float:
        """`seconds` of what the model hears, in the time it plays."""
        return seconds * self._settings.number("timescale")

    def _unstretched_s(self, seconds: float) -> float:
        """What fills `seconds` of playing, in the time the model hears."""
        return seconds / self._settings.number("timescale")

    @property
    def _sampling(self) -> Sampling:
        number = self._settings.number
        return Sampling(number("pi_temperature"), number("sigma_temperature"), number("likeness"))

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


def _are_same(ones: Sequence[object], others: Sequence[object]) -> bool:
    return len(ones) == len(others) and all(one is other for one, other in zip(ones, others, strict=True))


def _end_s(reply: Reply) -> float:
    return -math.inf if reply.end_s is None else reply.end_s
