"""Settings: what they say and what listeners were told is the same, whoever sets them at the same time."""

from __future__ import annotations

import threading

from app.core.parameters import Settings, Value


def test_who_listens_hears_of_values_in_the_order_they_were_set() -> None:
    settings, told = Settings(), list[Value]()
    rival = threading.Thread(target=settings.set, args=("mode", "duet"))

    def hold_up(name: str, value: Value) -> None:
        if value == "solo":
            rival.start()
            rival.join(0.2)  # time enough to overtake, if that were possible

    settings.subscribe(hold_up)
    settings.subscribe(lambda name, value: told.append(value))
    settings.set("mode", "solo")
    rival.join()
    assert told == ["solo", "duet"] and settings["mode"] == "duet"
