"""The jam, a pure state machine: events and the time go in, actions come out; nothing is played here.

The jam knows fingers, phrases and turns. It knows neither the model nor the sinks, so a test is a list of
events and the list of actions they must give. `app.engine.action_player` carries the actions out.

What one ghost hears and answers is a stream: each voice is one of its own, or, with `ghosts` set to one,
all voices together are stream 0, as all keys of a keyboard always are. In one stream of fingers, a voice
that takes over from another begins a contact: what the ghost hears is one finger, which does not slide from
hand to hand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from app.core.contacts import Contacts
from app.core.events import Event, Heard, Note, Release, Touch, Values, is_key, stream_of
from app.core.modes import MODES, Begins, Mode
from app.core.parameters import AS_LONG, Settings
from app.engine.hearing import HELD_S
from app.engine.loop import Layer, Loop

ONE = "one"  # of the choices of `ghosts`
SHORTEST_REPLY_S, LONGEST_REPLY_S = 2.0, 8.0  # of an answer that is as long as its phrase
LATE_ROUND_S = 0.05  # a round that begins later than this (a suspended machine) begins now instead


@dataclass(frozen=True, slots=True)
class Play:
    """Give `event`, the player's, to every sink."""

    event: Event


@dataclass(frozen=True, slots=True)
class Hear:
    """The ghost takes `event` into its memory. Its voice is that of the stream, or that of a key."""

    event: Event


@dataclass(frozen=True, slots=True)
class Answer:
    """The ghost goes on from these streams, and from no others, for `seconds`: infinity is until told."""

    voices: tuple[int, ...]
    seconds: float = math.inf


@dataclass(frozen=True, slots=True)
class Hush:
    """The ghost's replies end at once. Layers of a loop play on."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A round starts: whatever the ghost played before ends, and these layers play."""

    start_s: float
    length_s: float
    layers: tuple[Layer, ...]


Action = Play | Hear | Answer | Hush | Replay


class Jam:
    """The state of who plays. Reads `mode`, `ghosts` and the times in seconds from `settings`."""

    def __init__(self, settings: Settings) -> None:
        self.mode: Mode = MODES[settings.word("mode")]
        self._is_one = settings.word("ghosts") == ONE
        self._heard_voice: int | None = None  # of the player, that one ghost for all heard last
        self._settings = settings
        self._loop = Loop()
        self._contacts = Contacts()  # of the player; a finger that rests still plays
        self._phrase: dict[int, None] = {}  # streams of the last phrase, in the order they came in
        self._phrase_s = -math.inf  # when the last phrase began
        self._last_s = -math.inf  # the player's last event
        self._answered = False  # the ghost has begun to answer the last phrase
        self._resting = False  # after a panic nothing begins until somebody does something
        self._paused_s = math.inf  # since when the ghost stands still

    # What the player does

    def receive(self, event: Event) -> list[Action]:
        """The player did something.

        In a pause the ghost begins nothing, and the loop takes nothing but the ends of contacts. The player
        is heard as ever.
        """
        if isinstance(event, Release):
            return self._lift(event)
        self._resting = False
        actions: list[Action] = self._end_round(event.time_s) if not self.is_paused else []
        actions.append(Play(event))
        if self.mode.yields and self._answered:
            actions.append(Hush())
        if self._begins_phrase(event.time_s):
            self._phrase.clear()
            self._phrase_s = event.time_s
        if self.mode.begins is not Begins.ALONE:
            self._answered = False
        heard = self._as_heard(event)
        stream = stream_of(heard)
        is_new = stream not in self._phrase
        self._phrase[stream] = None
        self._last_s = max(self._last_s, event.time_s)
        self._contacts.note(event)
        if self.mode.hears:
            actions.append(Hear(heard))
        if self.mode.begins is Begins.WITH_PLAYER and is_new:
            actions.append(Answer(tuple(self._phrase)))
        if self.mode.begins is Begins.EACH_ROUND and not self.is_paused:
            actions += self._take(event)
        return actions

    def _as_heard(self, event: Heard) -> Heard:
        """`event` in the stream it belongs to."""
        if not self._is_one or isinstance(event, Note):
            return event
        is_same, self._heard_voice = event.voice == self._heard_voice, event.voice
        if isinstance(event, Touch) and event.moving and not is_same:
            return replace(event, voice=0, moving=False)
        return event if event.voice == 0 else replace(event, voice=0)

    def _lift(self, event: Release) -> list[Action]:
        if self._contacts.note(event) is None:
            return []
        self._last_s = max(self._last_s, event.time_s)
        if self.mode.begins is Begins.EACH_ROUND:
            self._loop.take(replace(event, time_s=self.music_s(event.time_s)))
        return [Play(event), Hear(event)] if self.mode.hears and is_key(event) else [Play(event)]

    def _begins_phrase(self, time_s: float) -> bool:
        if self.mode.begins is Begins.EACH_ROUND:
            return not self._loop.is_taking
        return self._answered or not self.is_playing(time_s)

    def _take(self, event: Event) -> list[Action]:
        """Catch `event` in the loop; the first one starts the first round."""
        actions: list[Action] = []
        if self._loop.start_s == math.inf:
            self._loop.start(event.time_s, self._settings.number("loop_s"))
            if self._loop.layers:
                actions.append(self._replay())
        self._loop.take(event)
        return actions

    # What the time does

    def begin(self, now_s: float) -> list[Action]:
        """What begins because of the time. Not called while the ghost is paused."""
        if self._resting:
            return []
        begins = self.mode.begins
        if begins is Begins.ALONE and not self._answered:
            self._answered = True
            return [Answer(tuple(self._phrase) or (0,))]
        if now_s >= self.answer_s:
            self._answered = True
            return [*self._end_values(now_s), Answer(*self.next_answer)]
        if begins is Begins.EACH_ROUND:
            return self._end_round(now_s)
        return []

    def _end_round(self, now_s: float) -> list[Action]:
        end_s = self._loop.end_s
        if now_s < end_s:
            return []
        start_s = end_s if now_s - end_s <= LATE_ROUND_S else now_s
        self._loop.start(start_s, self._settings.number("loop_s"))
        self._answered = True
        return [self._replay(), *self._end_values(now_s), Answer(tuple(self._phrase))]

    def _end_values(self, now_s: float) -> list[Play]:
        """The ghost takes over: what the player's values hold ends, which nothing else ends."""
        return [Play(each) for each in self._contacts.release(now_s, lambda last: isinstance(last, Values))]

    def _replay(self) -> Replay:
        start_s = self._loop.start_s
        return Replay(start_s, self._loop.end_s - start_s, tuple(self._loop.layers))

    # What somebody commands

    def set_mode(self, name: str) -> None:
        """Play by another mode from here on. The last phrase stays known, the loop does not."""
        self.mode = MODES[name]
        self._loop = Loop()
        self._answered = self._resting = False
        if self.mode.begins is not Begins.ALONE:
            self._phrase.clear()

    def set_ghosts(self, word: str) -> None:
        """From the next event on every voice is a stream ("each"), or all are one ("one")."""
        self._is_one, self._heard_voice = word == ONE, None
        self._phrase.clear()
        self._answered = False

    def reset(self) -> None:
        """Forget phrase and layers. Fingers that are down stay down."""
        self._loop = Loop()
        self._phrase.clear()
        self._answered = self._resting = False

    def rest(self) -> None:
        """Everything was silenced: no finger is down, and nothing begins until the player plays."""
        self._contacts.clear()
        self._loop.stop()
        self._phrase.clear()
        self._answered, self._resting = False, True

    def pause(self, now_s: float) -> None:
        """The ghost stands still from here on."""
        self._paused_s = min(self._paused_s, now_s)

    def resume(self) -> None:
        """The ghost goes on."""
        self._paused_s = math.inf

    def shift(self, seconds: float) -> None:
        """The ghost stood still for this long: the round that runs ends later."""
        self._loop.shift(seconds)

    # What can be asked

    @property
    def is_paused(self) -> bool:
        """Whether the ghost stands still."""
        return self._paused_s < math.inf

    def music_s(self, time_s: float) -> float:
        """The time that what is planned refers to: in a pause it stands still."""
        return min(time_s, self._paused_s)

    def is_playing(self, now_s: float) -> bool:
        """Whether it is the player's turn: a finger is down, or the silence is shorter than the threshold."""
        return now_s < self._turn_end_s

    def is_players_turn(self, now_s: float) -> bool:
        """As `is_playing`, and the ghost has not taken over."""
        return self.is_playing(now_s) and not (self.mode.yields and self._answered)

    @property
    def answer_s(self) -> float:
        """When the ghost will answer if the player does nothing; infinity if it does not wait for silence."""
        waits = self.mode.begins is Begins.AFTER_SILENCE and self._phrase and not self._answered
        return self._turn_end_s if waits else math.inf

    @property
    def _turn_end_s(self) -> float:
        """When the player's turn ends if the player does nothing: never while a finger is down.

        A key that is held is sound, not playing: after a while it keeps the turn no longer.
        """
        if self._contacts.has_finger:
            return math.inf
        silence_s = self._settings.number("threshold_s")
        return self._last_s + (max(silence_s, HELD_S) if self._contacts.has_key else silence_s)

    @property
    def next_answer(self) -> tuple[tuple[int, ...], float]:
        """What is answered when the silence is over: the streams of the last phrase, and for how long.

        Without another setting an answer is as long as the phrase, within reason.
        """
        seconds = self._settings.number("reply_s")
        if seconds == AS_LONG:
            seconds = min(max(self._last_s - self._phrase_s, SHORTEST_REPLY_S), LONGEST_REPLY_S)
        return tuple(self._phrase), seconds or math.inf

    @property
    def has_answered(self) -> bool:
        """Whether the last phrase was answered, and the player has not played since."""
        return self._answered and self.mode.begins is Begins.AFTER_SILENCE

    def wake_s(self, now_s: float) -> float:
        """When to call `begin` next if no event comes; infinity if time changes nothing."""
        times: list[float] = []
        if self._turn_end_s > now_s:
            times.append(self._turn_end_s)
        if not self.is_paused and not self._resting:
            times += [self.answer_s, self._loop.end_s]
            if self.mode.begins is Begins.ALONE and not self._answered:
                times.append(now_s)
        return min(times, default=math.inf)
