"""The form of an answer, whatever it is made of: near, varied, departed, back and home, for how long each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np


class HasShare(Protocol):
    """A section of an answer; `share` of the phrase's seconds it lasts, about."""

    @property
    def share(self) -> float: ...


S = TypeVar("S", bound=HasShare)
S_contra = TypeVar("S_contra", bound=HasShare, contravariant=True)


class Course(Protocol[S_contra]):
    """An answer in the making, which is `seconds` long so far."""

    seconds: float

    def add(self, section: S_contra, seconds: float, *, from_start: bool = False) -> None: ...
    def add_end(self, section: S_contra, seconds: float) -> None: ...


@dataclass(frozen=True)
class Form(Generic[S]):
    """The sections of an answer.

    Attributes:
        near: the first one, from the phrase's start.
        round: again and again between the first and the last.
        home: the last one, which ends as the phrase does.
    """

    near: S
    round: tuple[S, ...]
    home: S

    def lay_out(
        self,
        course: Course[S],
        phrase_s: float,
        seconds: float,
        rng: np.random.Generator,
        *,
        begins: bool,
        ends: bool,
    ) -> None:
        """Add sections to `course`, for about `seconds`.

        Args:
            course: has no section yet.
            phrase_s: how long the phrase is that is answered.
            seconds: how long the answer, or this part of it, is to last, > 0.
            rng: source of what is left to chance.
            begins, ends: it is the first part, the last part; otherwise it goes round the middle.
        """
        phrase_s = max(phrase_s, 0.5)
        home_s = min(self.home.share * phrase_s, 0.35 * seconds) if ends else 0.0
        if begins:
            course.add(self.near, min(self.near.share * phrase_s, 0.35 * seconds), from_start=True)
        sections = 0 if begins else int(rng.integers(len(self.round)))
        while course.seconds < seconds - 1.4 * home_s:
            section = self.round[sections % len(self.round)]
            course.add(section, min(section.share * phrase_s, seconds - home_s - course.seconds))
            sections += 1
        if ends:
            course.add_end(self.home, seconds - course.seconds)
