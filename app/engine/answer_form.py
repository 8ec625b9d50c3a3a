"""The form of an answer, whatever it is made of: near, varied, departed, back and home, for how long each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from app.engine.guide import AnyGuide, Guide
from app.engine.phrase import Phrase

LEAST_PART = 0.5  # of a section, or of a shorter phrase: so much is left of the phrase from a joint on


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of an answer.

    Attributes:
        share: of the phrase's seconds it lasts, about.
        strength: multiplies likeness.
        mirrored: how often it is mirrored, as a probability.
        elsewhere: how often it is taken from another phrase of the evening, likewise.
    """

    share: float
    strength: float
    mirrored: float = 0.0
    elsewhere: float = 0.0


AnyPhrase = TypeVar("AnyPhrase", bound=Phrase)
AnySection = TypeVar("AnySection", bound=Section)


class Course(ABC, Generic[AnyPhrase, AnyGuide, AnySection]):
    """A guide in the making, from the end of a phrase on. Has no section yet.

    Attributes:
        near: the first section of an answer, from the phrase's start.
        round: those that come again and again between the first and the last.
        home: the last one, which ends as the phrase does.
        parts: what there is of the guide.
        seconds: how long that is.
    """

    near: AnySection
    round: tuple[AnySection, ...]
    home: AnySection

    def __init__(self, phrase: AnyPhrase, rng: np.random.Generator, others: Sequence[AnyPhrase]) -> None:
        self._phrase, self._rng, self._others = phrase, rng, others
        self.parts: list[AnyGuide] = []
        self.seconds = 0.0

    @classmethod
    def plan(
        cls,
        phrase: AnyPhrase,
        seconds: float,
        rng: np.random.Generator,
        others: Sequence[AnyPhrase] = (),
        *,
        begins: bool = True,
        ends: bool = True,
    ) -> AnyGuide:
        """A guide from the phrase's end on, for about `seconds`: an answer, or a part of a longer one.

        Args:
            phrase: what is answered.
            seconds: how long it is to last, > 0.
            rng: source of what is left to chance.
            others: like phrases of the evening that it may depart to.
            begins: it is the first part, which begins as the phrase does. Otherwise it goes round the middle.
            ends: it is the last part, which ends as the phrase does.
        """
        course = cls(phrase, rng, others)
        phrase_s = max(phrase.seconds, 0.5)
        home_s = min(course.home.share * phrase_s, 0.35 * seconds) if ends else 0.0
        if begins:
            course.add(course.near, min(course.near.share * phrase_s, 0.35 * seconds), from_start=True)
        sections = 0 if begins else int(rng.integers(len(course.round)))
        while course.seconds < seconds - 1.4 * home_s:
            section = course.round[sections % len(course.round)]
            course.add(section, min(section.share * phrase_s, seconds - home_s - course.seconds))
            sections += 1
        if ends:
            course.add_end(course.home, seconds - course.seconds)
        return Guide.joined(course.parts)

    @abstractmethod
    def add(self, section: AnySection, seconds: float, *, from_start: bool = False) -> None:
        """Add about `seconds` of a phrase, from its start or from where it fits to what was added last."""

    @abstractmethod
    def add_end(self, section: AnySection, seconds: float) -> None:
        """Add the end of the phrase, about `seconds` of it."""

    def _elsewhere(self, section: AnySection) -> AnyPhrase | None:
        """Another phrase to take a section from, by chance; mostly None."""
        if self._others and self._rng.random() < section.elsewhere:
            return self._others[int(self._rng.integers(len(self._others)))]
        return None
