"""Whose voice is whose: of the voices of the program, those that people at pages share. Pure bookkeeping.

A person's first finger has a voice of its own, which nobody else gets while that person is here: the ghost
remembers a manner for each voice. Further fingers take what is free, first what that person had before. A
person who comes back under the same name gets the voice of before, if nobody else has it.
"""

from __future__ import annotations

from app.core.events import FIRST_FINGERS as FIRST
from app.core.events import KEYS_VOICE

FURTHER = range(48, 64)
"""The voices of further fingers, before those of first fingers that nobody has."""
MAX_FINGERS = 10  # of one person


class VoiceShares:
    """Which person has which voices. A person is a number, from 1, that no other ever has."""

    def __init__(self) -> None:
        self._n_people = 0
        self._first: dict[int, int] = {}  # person: voice
        self._free = [*FURTHER, *FIRST]  # the one that was free longest first
        self._held: dict[int, int] = {}  # voice: person
        self._before: dict[int, int] = {}  # voice: who had it last
        self._keys: dict[int, int] = {}  # voice of a key that is down: person
        self._sounds: dict[int, int] = {}  # voice: whose it is that sounds there
        self._names: dict[int, str] = {}  # first voice: the name of who had it last

    def __len__(self) -> int:
        """How many people are here."""
        return len(self._first)

    def join(self, name: str = "") -> int | None:
        """Somebody comes; the number of that person, None if there is no room."""
        taken = set(self._first.values())
        rest = [voice for voice in (*self._free, *self._held) if voice in FIRST and voice not in taken]
        if not rest:
            return None
        self._n_people += 1
        known = (voice for voice in rest if name and self._names.get(voice) == name)
        unused = (voice for voice in rest if voice not in self._names)
        voice = next(known, None) or next(unused, None) or rest[0]
        self._names[voice] = name
        self._first[self._n_people] = voice
        return self._n_people

    def leave(self, person: int) -> None:
        """The person goes. Its voices were given back before."""
        del self._first[person]

    def colour(self, person: int) -> int:
        """The colour of a person who is here, from 0: no two have the same."""
        return self._first[person] - FIRST.start

    def knobs(self, person: int) -> int:
        """The voice for the knobs of a person who is here."""
        voice = self._first[person]
        self._sounds[voice] = person
        return voice

    def take(self, person: int) -> int | None:
        """A voice for one more finger of a person who is here; None if none is free."""
        mine, firsts = self._first[person], set(self._first.values())
        free = [voice for voice in self._free if voice == mine or voice not in firsts]
        if not free or sum(each == person for each in self._held.values()) >= MAX_FINGERS:
            return None
        voice: int = min(free, key=lambda each: (each != mine, self._before.get(each) != person))
        self._free.remove(voice)
        self._held[voice] = self._before[voice] = self._sounds[voice] = person
        return voice

    def give(self, voice: int) -> None:
        """A finger left."""
        del self._held[voice]
        self._free.append(voice)

    def strike(self, person: int, pitch: int) -> None:
        """A key goes down, whoever had it."""
        self._keys[KEYS_VOICE + pitch] = self._sounds[KEYS_VOICE + pitch] = person

    def lift(self, person: int, pitch: int) -> bool:
        """A key goes up; False if this person does not have it."""
        if self._keys.get(KEYS_VOICE + pitch) != person:
            return False
        del self._keys[KEYS_VOICE + pitch]
        return True

    def pitches(self, person: int) -> list[int]:
        """The keys that a person has down."""
        return [voice - KEYS_VOICE for voice, who in self._keys.items() if who == person]

    def owner(self, voice: int) -> int | None:
        """Whose it is that sounds on a voice; None for what is nobody's at a page."""
        return self._sounds.get(voice)

    def ended(self, voice: int) -> None:
        """What sounded on a voice has ended: unless it is held again, what comes there is not of a page."""
        if voice not in self._held and voice not in self._keys:
            self._sounds.pop(voice, None)
