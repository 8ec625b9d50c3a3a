"""What the engine's parts note down, and what a person then reads."""

from __future__ import annotations

from app.core.status import LATENESS_EVENTS, Report


def test_what_happens_at_every_event_is_told_once() -> None:
    report, told = Report(), list[str]()
    report.listeners.append(told.append)
    report.tell_once("sound", "no sound")
    report.tell_once("sound", "no sound")
    report.tell_once("disk", "no disk")
    assert told == ["no sound", "no disk"]


def test_lateness_is_a_quantile_by_nearest_rank_of_the_last_events() -> None:
    report = Report()
    assert report.lateness(0.5) == [0.0]
    report.played(99.0)
    for index in range(LATENESS_EVENTS):
        report.played(float(index))
    assert report.lateness(0.0, 0.5, 0.99, 1.0) == [0.0, 511.0, 1013.0, 1023.0]


def test_a_notice_can_be_shown_and_sent_whatever_is_in_it() -> None:
    """A path that is no UTF-8 comes as a lone surrogate, which ends whoever draws it or packs it."""
    report = Report()
    heard: list[str] = []
    report.listeners.append(heard.append)
    report.tell("Not recording: /tmp/\udcff\0:\nno space, voil\u00e0")
    assert heard == [report.notice] == ["Not recording: /tmp/  : no space, voil\u00e0"]
