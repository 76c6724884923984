"""What counts of the alarms of one device: how many were tests, how many real, and when the last of each was."""

from datetime import datetime

import msgspec

from incidents.incident import Incident


class Life(msgspec.Struct, frozen=True):
    """What counts of one incident: its class once it is closed, and when its button was pressed (never after we heard of it)."""

    as_class: str
    failed: bool
    drill: bool
    pressed: datetime


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Of one device: incidents closed as a test and as real, the last of each, the last press of all.

    `failed`: the last test did not succeed.
    """

    tests: int = 0
    real: int = 0
    last_test: datetime | None = None
    failed: bool = False
    last_real: datetime | None = None
    last_press: datetime | None = None


def life(incident: Incident) -> Life:
    """What counts of an incident on the board."""
    judgement, pressed_at = incident.judgement, min(incident.presses.first_at, incident.received_at)
    as_class = (judgement.as_class or "") if not incident.open else ""
    return Life(as_class, judgement.outcome == "test_failed", incident.drill, pressed_at)


def add(tally: Tally, one: Life) -> Tally:
    """The tally with one more incident, pressed after those before it. Exercises count for nothing."""
    if one.drill:
        return tally
    changes: dict[str, object] = {"last_press": one.pressed}
    if one.as_class == "test":
        changes |= {"tests": tally.tests + 1, "last_test": one.pressed, "failed": one.failed}
    elif one.as_class == "real":
        changes |= {"real": tally.real + 1, "last_real": one.pressed}
    return msgspec.structs.replace(tally, **changes)
