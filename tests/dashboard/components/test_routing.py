"""Where to route: which zone stands first, and that none is chosen beforehand unless the position is sure enough."""

from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from dashboard.components.actions.routing import SURE, TOO_OLD_S, Proposal, Why, plain_until, proposal, share_of_named
from dashboard.components.place_names import Places
from dashboard.components.tracks import grown, track
from dashboard.shell.clock import written
from incidents import commands as do
from incidents.case import Case, Exclusion
from incidents.commands import Refused
from incidents.desk.zone_desk import sent_to
from incidents.incident import Decline, Incident, Order, OtherZones
from incidents.messages import Fix, FixReport
from maps.motion import moved
from maps.zones import Zones
from tests.dashboard.conftest import START, House
from tests.incidents.facts import incident_of
from tests.people import dispatcher

GENT, BRUSSELS = (51.0536, 3.7253), (50.85, 4.35)
ABROAD, NOWHERE = (48.85, 2.35), (951.0, 3.0)

fixes = st.builds(
    Fix,
    lat=st.floats(49.4, 51.6),
    lon=st.floats(2.5, 6.4),
    radius=st.none() | st.sampled_from([0.0, 5.0, 40.0, 300.0]) | st.floats(0.0, 60_000.0),
    confidence=st.none() | st.floats(0.0, 100.0),
)


def of(house: House, incident: Incident, case: Case | None = None) -> Proposal:
    return proposal(incident, case, house.consoles.services.places, house.clock.now())


some = st.sets(st.integers(0, 2))


@given(fixes, st.floats(0, 900), st.none() | st.floats(0, 90_000), some, some, st.booleans())
@example(Fix(*BRUSSELS, 12_000.0), 0.0, None, set(), set(), False)  # was preselected with 9 %
@example(Fix(*GENT, 20.0), 0.0, 21_000.0, set(), set(), False)  # was preselected with 100 %
@example(Fix(*GENT, 20.0), 1.0, None, set(), set(), False)
@example(Fix(*BRUSSELS, 12_000.0), 0.0, None, set(), set(), True)
def test_no_zone_is_preselected_under_the_bar(
    zones: Zones, fix: Fix, age_s: float, jump_m: float | None, kept: set[int], declined: set[int], crossed: bool
) -> None:
    """By the circle as it has grown, its age and doubt; whom the case keeps out, who declined (by their place in the list), and a
    border crossed into the second."""
    places, at = Places(zones, zones.names.items()), START - timedelta(seconds=age_s)
    fix, away = replace(fix, time=at), moved(fix.lat, fix.lon, jump_m or 0.0, 0.0)
    before = [Fix(*away, 20.0, time=at - timedelta(seconds=s)) for s in (19, 15, 10) if jump_m is not None]
    where = {"position__fix": fix, "position__at": at, "position__trail": (*before, fix)}
    incident = incident_of("one", START, state="acknowledged", device="AMR-1", **where)
    likely = [option.zone for option in proposal(incident, None, places, START).options]
    refusals = tuple(Decline(zone=zone, at=START) for n, zone in enumerate(likely) if n in declined)
    order = Order(id="one-1", zone=likely[0], update=1, at=START, channel="radio") if crossed and likely[1:] else None
    others = OtherZones(declines=refusals, crossed=likely[1] if order is not None else "")
    incident = replace(incident, order=order, other_zones=others)
    out = {zone for n, zone in enumerate(likely) if n in kept}
    case: Any = type(
        "Kept", (), {"home_zone": None, "excluded_zone": lambda self, zone: "hers" if zone in out else None}
    )()
    found = proposal(incident, case, places, START)
    assert found.why in get_args(Why) and bool(found.why) == (not found.preselected)
    path = track(incident)
    placed = places.locate(fix)
    lies = replace(incident, zone=placed.zone if placed is not None else "")
    if share_of_named(lies, places, START, path) is None:  # named plainly as where she is
        circle = grown(lies, path, START)
        assert placed is not None and (not placed.inside or circle is not None)
        if placed.inside and circle is not None:
            there = zones.locate(circle.lat, circle.lon, circle.radius, circle.confidence)
            shares = {there.zone: there.probability} | {one.zone: one.probability for one in there.neighbours}
            assert (shares[placed.zone] or 0.0) >= SURE
        until = min(plain_until(lies, places, path), START + timedelta(hours=3))
        for share in (0.5, 0.999):  # nobody looks before
            moment = START + share * max(timedelta(), until - START)
            assert share_of_named(lies, places, moment, path) is None
    if zone := found.preselected:
        circle = grown(incident, path, START)
        assert path.doubt is None and age_s <= TOO_OLD_S and circle is not None and circle.radius
        there = zones.locate(circle.lat, circle.lon, circle.radius, circle.confidence)
        shares = {there.zone: there.probability} | {one.zone: one.probability for one in there.neighbours}
        assert (shares[zone] or 0.0) >= SURE and zone not in out and zone not in {one.zone for one in refusals}
    free = [option.zone for option in found.options if option.free]
    assert [option.zone for option in found.options[:1]] == free[:1] or not free
    if incident.next_zone in free:
        assert free[0] == incident.next_zone


@pytest.mark.parametrize(
    ("fix", "late_s", "first", "why"),
    [
        (Fix(*GENT, 18.0), 0, "5415", ""),
        (Fix(*BRUSSELS, 12_000.0), 0, "5408", "unsure"),
        (Fix(*GENT, 60_000.0), 0, "5415", "wide"),
        (Fix(*GENT), 0, "5415", "no_circle"),
        (Fix(*GENT, 18.0), TOO_OLD_S + 1, "5415", "too_old"),
        (Fix(*ABROAD, 20.0), 0, "5334", "outside"),
        (Fix(*NOWHERE), 0, "", "no_fix"),
    ],
)
async def test_the_likeliest_zone_stands_first_and_is_preselected_or_it_says_why_not(
    house: House, fix: Fix, late_s: float, first: str, why: str
) -> None:
    incident = await house.press("AMR-00002", fix=replace(fix, time=house.clock.now() - timedelta(seconds=late_s)))
    found = of(house, incident)
    assert (found.preselected, found.why) == ("" if why else first, why)
    assert [option.zone for option in found.options[:1]] == ([first] if first else [])
    assert (found.border_m or 0) > 1000 if not why else found.border_m is None


async def test_a_place_named_by_who_raised_an_alarm_decides_its_zone_for_ten_minutes_and_home_does_not(
    house: House,
) -> None:
    me = dispatcher(house.desk.pseudonym("Desk 1"))

    async def raised(**facts: Any) -> Incident:
        found = await house.desk.command(do.Raise(id=house.name(), reason="she rang", **facts), me)
        assert found is not None
        return found

    case = replace(house.cases.case, exclusions=(), home_zone="5406")
    house.cases.case = case
    named = await raised(place="Ledeberg", zone="5415", case=case.number)
    at_home = await raised(case=case.number, beside=named.id)
    abroad = await raised(place="Rijsel", case=case.number, beside=named.id)
    point = {"lat": GENT[0], "lon": GENT[1]}
    unsure = await raised(**point)
    clicked = await raised(**point, accuracy_m=20.0, pointed=True)
    far = await raised(**point, accuracy_m=9_000.0, pointed=True)
    address = await raised(**point, accuracy_m=1.0, place="Veldstraat 1, Gent")
    wide = await raised(**point, accuracy_m=9_000.0, place="Veldstraat 1, Gent")
    town = await raised(place="Kouter 3, Gent", zone="5415", doubts=("no_street",))
    beside = await raised(place="Kouter 3, Ronse", zone="5415", doubts=("no_street",))
    elsewhere = await raised(**point, zone="5416", anyway=True)  # said twice: what was chosen stands
    beyond = await raised(lat=ABROAD[0], lon=ABROAD[1])

    def proposed(incident: Incident, case: Case | None = None) -> tuple[str, Why]:
        found = of(house, incident, case)
        return found.preselected, found.why

    assert proposed(named) == ("5415", "named")
    assert proposed(at_home, case) == proposed(abroad, case) == ("", "no_fix") and abroad.zone == ""
    assert [proposed(one) for one in (clicked, address)] == [("5415", ""), ("5415", "")]
    assert [proposed(one) for one in (unsure, far, wide)] == [("", "no_circle"), ("", "unsure"), ("", "unsure")]
    assert of(house, elsewhere).options[0].zone == "5416" and proposed(elsewhere) == ("", "no_circle")
    assert (proposed(town), proposed(beside)) == (("5415", "named"), ("", "no_fix"))
    assert proposed(beyond) == ("", "outside")
    kept = Exclusion(zone="5415", reason="her brother works there")
    assert proposed(named, replace(case, exclusions=(kept,))) == ("", "excluded")
    house.clock.pass_s(TOO_OLD_S + 1)
    assert proposed(named) == ("", "named_long_ago") and proposed(address) == ("", "too_old")


async def test_after_an_excluded_or_declined_zone_the_next_stands_first_and_a_person_chooses_it(house: House) -> None:
    incident = await house.press()
    found = of(house, incident, house.cases.case)
    assert (found.preselected, found.why) == ("", "excluded")
    assert found.options[0].zone in house.consoles.services.zones.adjacent["5415"]
    assert "brother" in next(option for option in found.options if option.zone == "5415").excluded
    house.cases.case = replace(house.cases.case, exclusions=())
    me = dispatcher(house.desk.pseudonym("Desk 1"))
    await house.desk.command(do.Acknowledge(id=house.name(), incident=incident.id), me)
    refused: list[str] = []
    for reason in ("no unit is free", "", "all at an accident"):
        found = of(house, house.desk.board.incidents[incident.id])
        first = found.options[0].zone
        assert (found.preselected, found.why) == (("", "declined") if refused else ("5415", ""))
        assert first not in refused and found.declined == tuple(refused)
        refused.append(first)
        await house.desk.command(do.Route(id=house.name(), incident=incident.id, zone=first), me)
        said = do.Progress(id=house.name(), incident=incident.id, step="declined", reason=reason)
        await house.desk.command(said, me)
        after = house.desk.board.incidents[incident.id]
        assert after.declined is not None and (after.declined.zone, after.declined.reason) == (refused[-1], reason)
    # A zone that is asked again has not refused any more.
    await house.desk.command(do.Route(id=house.name(), incident=incident.id, zone=refused[0]), me)
    again = house.desk.board.incidents[incident.id]
    assert again.declined is None and [one.zone for one in again.other_zones.declines] == refused[1:]


async def test_what_stood_preselected_is_refused_once_it_is_proposed_no_more_and_what_a_hand_chose_is_not(
    house: House,
) -> None:
    house.cases.case = replace(house.cases.case, exclusions=())
    incident = await house.press()
    me = dispatcher(house.desk.pseudonym("Desk 1"))
    await house.desk.command(do.Acknowledge(id=house.name(), incident=incident.id), me)
    await house.report(FixReport(device=incident.device or "", fix=Fix(*GENT, 9_000.0, time=house.clock.now())))
    painted = do.Route(id=house.name(), incident=incident.id, zone="5415", painted=True)
    with pytest.raises(Refused) as refused:
        await house.desk.command(painted, me)
    assert refused.value.code == "zone_not_proposed" and not refused.value.anyway
    assert house.desk.board.incidents[incident.id].order is None
    await house.report(FixReport(device=incident.device or "", fix=Fix(*GENT, 9.0, time=house.clock.now())))
    routed = await house.desk.command(replace(painted, id=house.name()), me)
    assert routed is not None and routed.order is not None and routed.order.zone == "5415"
    by_hand = do.Route(id=house.name(), incident=incident.id, zone="5416", anyway=True)
    routed = await house.desk.command(by_hand, me)
    assert routed is not None and routed.order is not None and routed.order.zone == "5416"


async def test_an_order_says_how_sure_the_position_is_and_that_it_may_be_wrong_in_the_zones_language(
    house: House,
) -> None:
    house.consoles.services.whereabouts._open()
    house.cases.case = replace(house.cases.case, exclusions=())
    me, now = dispatcher(house.desk.pseudonym("Desk 1")), house.clock.now()
    incident = await house.press(fix=Fix(*GENT, 12.0, time=now - timedelta(seconds=20)))
    await house.report(FixReport(device=incident.device or "", fix=Fix(*GENT, 12.0, time=now - timedelta(seconds=10))))
    await house.report(FixReport(device=incident.device or "", fix=Fix(*moved(*GENT, 0.0, 21_000.0), 900.0, time=now)))
    await house.desk.command(do.Acknowledge(id=house.name(), incident=incident.id), me)
    by_hand = do.Route(id=house.name(), incident=incident.id, zone="5415", anyway=True)
    routed = await house.desk.command(by_hand, me)
    order = sent_to(routed, "5415", now) if routed is not None else None
    assert routed is not None and order is not None
    words, sure, time, doubt = order.place.replace("\u00a0", " ").rsplit(" · ", 3)
    assert (sure, time) == ("± 900 m", f"positie van {written(now)}")
    assert doubt == "LAATSTE POSITIE MOGELIJK FOUT: 21 km in 10 s" and words.startswith("bij ")
    options = of(house, routed).options
    assert {(one.by, one.share) for one in options} == {("doubted", None), ("former", None)}
    spoken = house.consoles.services.whereabouts.told(routed, order.place, order.fix)
    assert spoken.words == order.place and spoken.names
