"""Whose alarm: by where she is, else where she was, else where she lives, else everybody's."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import events as ev
from incidents.centres import Belongs, Reach, belongs, borders, everyones, told_at_once, unheard
from incidents.fold import apply
from incidents.incident import Incident
from incidents.messages import Fix
from tests.incidents.conftest import START

ZONES = {"g1": "OVL", "g2": "OVL", "b1": "BRU", "v1": "VBR", "x1": ""}
GENT, BRUSSELS, NOWHERE = Fix(51.0, 3.7, 10.0), Fix(50.8, 4.3, 10.0), Fix(0.0, 0.0)


class Atlas:
    """West of 4 degrees is OVL, beside it VBR; east of it BRU; the equator is nowhere."""

    def reach(self, fix: Fix) -> Reach | None:
        if fix.lat == 0:
            return None
        return Reach(cic="OVL", near=("VBR",)) if fix.lon < 4 else Reach(cic="BRU")

    def centre_of(self, zone: str) -> str:
        return ZONES.get(zone, "")


def raised(**facts: object) -> Incident:
    event = msgspec.structs.replace(ev.Raised(origin="press", press="hold"), **facts)
    return apply(
        None, ev.Entry(stream="incident/a", version=1, id="1", at=START, source_at=START, actor="feed", event=event)
    )


def later(incident: Incident, event: ev.Event, after: timedelta) -> Incident:
    at = START + after
    entry = ev.Entry(
        stream="incident/a",
        version=incident.version + 1,
        id=str(incident.version + 1),
        at=at,
        source_at=at,
        actor="feed",
        event=event,
    )
    return apply(incident, entry)


def whose(incident: Incident, home: str | None = "b1", last: Fix | None = None) -> tuple[str, str, bool]:
    found = belongs(incident, Atlas(), home_zone=home, last_fix=last)
    return found.own, found.why, found.unlocated


def test_a_position_decides_and_its_neighbours_are_told_beforehand() -> None:
    found = belongs(raised(fix=GENT), Atlas(), home_zone="b1", last_fix=None)
    assert (found.own, found.why, found.announced, found.unlocated) == ("OVL", "position", ("VBR",), False)


class Border(Atlas):
    """OVL and BRU meet at 4 degrees; within a tenth of it neither is certain."""

    def reach(self, fix: Fix) -> Reach | None:
        here, there = ("OVL", "BRU") if fix.lon < 4 else ("BRU", "OVL")
        return Reach(cic=here, near=(there,) if abs(fix.lon - 4) < 0.1 else ())


@pytest.mark.parametrize("first", ["OVL", "BRU", ""])
def test_along_the_border_of_two_centres_an_alarm_stays_where_it_was_until_it_is_certain(first: str) -> None:
    lon = {"OVL": 3.5, "BRU": 4.5, "": 3.99}[first]
    incident, owns = raised(fix=Fix(51.0, lon, 10.0)), []
    for n, lon in enumerate((4.01, 3.98, 4.02, 3.99, 4.05, 3.95), 1):
        incident = later(incident, ev.Located(fix=Fix(51.0, lon, 10.0)), timedelta(seconds=10 * n))
        found = belongs(incident, Border(), home_zone=None, last_fix=None)
        owns.append((found.own, *found.announced))
    stays = (first or "OVL", "OVL" if first == "BRU" else "BRU")
    assert owns == [stays] * 6
    for lon, own in ((4.2, "BRU"), (3.99, "BRU"), (3.8, "OVL"), (4.01, "OVL")):
        n += 1
        incident = later(incident, ev.Located(fix=Fix(51.0, lon, 10.0)), timedelta(seconds=10 * n))
        assert belongs(incident, Border(), home_zone=None, last_fix=None).own == own


def test_without_a_usable_position_the_last_fix_decides_then_the_home_then_nobody() -> None:
    assert whose(raised(), last=GENT) == ("OVL", "last_fix", True)
    assert whose(raised()) == ("BRU", "home", True)
    assert whose(raised(fix=NOWHERE), last=GENT) == ("OVL", "last_fix", True)
    for home in (None, "x1", "no such zone"):
        assert whose(raised(), home=home, last=NOWHERE) == ("", "nobody_knows", True)


def test_a_position_older_than_the_press_says_only_where_she_was() -> None:
    stale = msgspec.structs.replace(GENT, time=START - timedelta(minutes=11))
    fresh = msgspec.structs.replace(GENT, time=START - timedelta(minutes=9))
    assert whose(raised(fix=stale)) == ("OVL", "last_fix", True)
    assert whose(raised(fix=fresh)) == ("OVL", "position", False)


def test_a_further_press_without_a_fix_makes_an_old_position_the_last_known_one() -> None:
    incident = raised(fix=GENT)
    assert whose(later(incident, ev.Pressed(press="hold"), timedelta(minutes=5)))[1] == "position"
    again = later(incident, ev.Pressed(press="hold"), timedelta(minutes=20))
    assert whose(again) == ("OVL", "last_fix", True)
    assert whose(later(again, ev.Located(zone="b1", cic="BRU", fix=BRUSSELS), timedelta(minutes=21))) == (
        "BRU",
        "position",
        False,
    )


def test_a_zone_said_by_hand_decides_but_the_home_that_was_filled_in_is_a_guess() -> None:
    assert whose(raised(origin="hand", zone="g1")) == ("OVL", "position", False)
    assert whose(raised(origin="hand", zone="b1")) == ("BRU", "home", True)


def test_an_unlocated_alarm_is_everyones_until_somebody_has_it() -> None:
    incident = raised()
    found = belongs(incident, Atlas(), home_zone="b1", last_fix=None)
    assert everyones(incident, found)
    taken = later(incident, ev.Acknowledged(), timedelta(seconds=5))
    assert not everyones(taken, found)
    nobodys = belongs(incident, Atlas(), home_zone=None, last_fix=None)
    assert everyones(taken, nobodys), "nobody knows whose it is: it stays everybody's"


def test_what_was_shown_to_nobody_and_what_the_watch_brings_to_all_is_everyones() -> None:
    incident = raised(fix=GENT)
    found = belongs(incident, Atlas(), home_zone=None, last_fix=None)
    assert not everyones(incident, found)
    assert everyones(later(incident, ev.Unpresented(after_s=5), timedelta(seconds=5)), found)
    assert everyones(later(incident, ev.Escalated(step="everyone", after_s=30), timedelta(seconds=30)), found)


@pytest.mark.parametrize("listening", [(), ("OVL",), ("BRU", "VBR")])
def test_neighbours_that_listen_take_the_alarms_of_a_centre_that_does_not(listening: tuple[str, ...]) -> None:
    near = borders(ZONES, {"g1": ("g2", "v1"), "g2": (), "v1": ("g1", "b1"), "b1": ("v1", "x1"), "x1": ("b1",)})
    assert near == {"BRU": ("VBR",), "OVL": ("VBR",), "VBR": ("BRU", "OVL")}
    expected: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {
        (): {"BRU": (), "OVL": (), "VBR": ()},
        ("OVL",): {"BRU": (), "VBR": ("OVL",)},
        ("BRU", "VBR"): {"OVL": ("VBR",)},
    }
    assert unheard(listening, near) == expected[listening]


@given(st.dictionaries(st.sampled_from("ABCDEF"), st.frozensets(st.sampled_from("ABCDEF")), min_size=1))
def test_every_centre_that_is_not_heard_has_takers_that_listen(near: dict[str, frozenset[str]]) -> None:
    neighbours = {cic: tuple(sorted(others)) for cic, others in near.items()}
    listening = frozenset(list(neighbours)[::2])
    found = unheard(listening, neighbours)
    assert set(found) == set(neighbours) - listening
    assert all(set(takers) <= listening for takers in found.values())


def test_a_change_is_told_at_once_where_it_may_ring_and_everywhere_when_that_is_not_certain() -> None:
    whose = Belongs(own="OVL", why="position", announced=("VBR",))
    incident = raised()
    assert told_at_once(incident, whose, ()) == {"OVL", "VBR"}
    assert told_at_once(incident, whose, ("OVL",)) is None  # nobody hears it there
    assert told_at_once(incident, msgspec.structs.replace(whose, own=""), ()) is None
    assert told_at_once(incident, msgspec.structs.replace(whose, why="last_fix"), ()) is None  # it is everyone's
