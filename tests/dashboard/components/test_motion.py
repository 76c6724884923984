"""How she moves, as the case says it, and what a position that may be wrong does to the proposal of zones."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from dashboard.components.actions.routing import proposal
from dashboard.components.case.motion import motion
from dashboard.components.tracks import grown, track
from incidents import commands as do
from incidents.incident import Incident
from incidents.messages import Fix, FixReport
from incidents.roles import WITHOUT_SIGN_IN, User
from maps.motion import moved
from maps.track import GUESS_S
from tests.dashboard.conftest import House

GENT = (51.0536, 3.7253)
DESTELBERGEN = (51.058, 3.80)


def way(house: House, *places: tuple[float, float], every_s: float = 4.0, **facts: Any) -> tuple[Fix, ...]:
    """Fixes whose last is of now, so many metres to the north and the east of Gent."""
    now = house.clock.now()
    times = (now - timedelta(seconds=every_s * n) for n in reversed(range(len(places))))
    return tuple(Fix(*moved(*GENT, *at), 12.0, time=time, **facts) for at, time in zip(places, times, strict=True))


async def followed(house: House, fixes: tuple[Fix, ...]) -> Incident:
    incident = await house.press(fix=fixes[0])
    for fix in fixes[1:]:
        await house.report(FixReport(device=incident.device or "", fix=fix))
    return house.desk.board.incidents[incident.id]


@pytest.mark.parametrize(
    ("places", "says"),
    [
        ([(0.0, 0.0)] * 30, {"stands_at": -116.0}),
        ([(40.0 * n, 40.0 * n) for n in range(20)], {"kmh": 50, "heading": "NE"}),
        ([(-4.0 * n, 0.0) for n in range(30)], {"kmh": 4, "heading": "S"}),
        ([(0.0, 0.0)], {}),
        ([(0.0, 0.0)] * 20 + [(0.0, 12_000.0)], {"stands_at": -80.0}),
    ],
)  # fmt: skip
async def test_she_stands_or_moves_or_a_position_may_be_wrong(
    house: House, places: list[tuple[float, float]], says: dict[str, Any]
) -> None:
    now_ms = house.clock.now().timestamp() * 1000
    of = track(await followed(house, way(house, *places)))
    said, doubted = motion(of, str), places[-1] == (0.0, 12_000.0)
    assert (of.doubt is not None and (round(of.doubt.distance_m, -1), of.doubt.seconds) == (12_000, 4.0)) == doubted
    if "stands_at" in said:
        said["stands_at"] = round((said["stands_at"] - now_ms) / 1000)
    if until := said.pop("moves_until", None):
        assert until - now_ms == pytest.approx((GUESS_S - 4 * doubted) * 1000, abs=2)
    assert said == says


async def test_the_page_is_told_and_of_a_closed_alarm_it_is_not(house: House) -> None:
    session, page = house.page("Jan")
    incident = await followed(house, way(house, *((40.0 * n, 0.0) for n in range(20))))
    await session._select(incident.id)
    live = (await page.turn())["detail"]["live"]
    assert (live["kmh"], live["heading"]) == (35, "N")
    assert "stands_at" not in live


async def test_shares_and_what_is_preselected_follow_the_grown_circle(house: House) -> None:
    house.cases.case = replace(house.cases.case, exclusions=())
    fixes = tuple(
        replace(fix, lat=DESTELBERGEN[0] - 0.001 * n, lon=DESTELBERGEN[1]) for n, fix in enumerate(way(house, *[(0.0, 0.0)] * 12))
    )  # fmt: skip
    incident = await followed(house, fixes)
    first = proposal(incident, None, house.consoles.services.places, house.clock.now())
    seen = [first]
    for _ in range(30):
        house.clock.pass_s(10)
        seen.append(proposal(incident, None, house.consoles.services.places, house.clock.now()))
    assert first.preselected and len(first.options) == 1 < len(seen[-1].options)
    shares = [next(o.share or 0.0 for o in one.options if o.zone == first.preselected) for one in seen]
    assert shares[0] == pytest.approx(1.0, abs=0.01) and shares[-1] < 0.9
    assert [one.preselected for one in seen] == [first.preselected if share >= 0.9 else "" for share in shares]
    assert len(set(shares)) < 20  # in steps: a page is not sent one each second
    assert sum(option.share or 0.0 for option in seen[-1].options) + seen[-1].outside == pytest.approx(1.0, abs=0.03)


async def test_of_a_position_that_may_be_wrong_it_says_so_and_offers_where_she_was_too(house: House) -> None:
    house.cases.case = replace(house.cases.case, exclusions=())
    incident = await followed(house, way(house, *([(0.0, 0.0)] * 20), (0.0, 14_000.0)))
    found = proposal(incident, None, house.consoles.services.places, house.clock.now())
    assert (found.preselected, found.why) == ("", "doubt") and found.options[0].zone == incident.zone != "5415"
    assert [(one.zone, one.share) for one in found.options if one.zone == "5415"] == [("5415", None)]


async def test_where_she_may_be_if_a_position_is_wrong_grows_in_steps(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await followed(house, way(house, *([(0.0, 0.0)] * 20), (0.0, 14_000.0)))
    places, radii = house.consoles.services.places, set[float | None]()
    locate = places.locate

    def looked(fix: Fix) -> Any:
        radii.add(fix.radius)
        return locate(fix)

    monkeypatch.setattr(places, "locate", looked)
    for _ in range(60):
        house.clock.pass_s(1)
        assert proposal(incident, None, places, house.clock.now()).why == "doubt"
    assert len(radii) < 20  # no page is sent another proposal each second


async def test_of_an_alarm_without_a_device_no_circle_grows_and_no_tracking_ends(house: House) -> None:
    pressed = await house.press(fix=Fix(51.05, 3.72, 12.0))
    ann = User(actor=house.desk.pseudonym("Ann"), roles=WITHOUT_SIGN_IN, name="Ann")
    wish = do.Raise(id=house.name(), lat=51.05, lon=3.72, accuracy_m=1.0, place="Veldstraat 12, Gent", reason="rang")
    raised = await house.desk.command(wish, ann)
    assert raised is not None
    later = house.clock.now() + timedelta(minutes=5)
    assert [grown(one, track(one), later) == one.position.fix for one in (pressed, raised)] == [False, True]
    rows = [msgspec.json.decode(house.consoles.rows.encoded(one.id) or b"") for one in (pressed, raised)]
    assert ["tracking_until" in row for row in rows] == [True, False]


async def test_a_page_that_looks_at_a_silent_device_is_sent_the_grown_circle_now_and_then(house: House) -> None:
    house.cases.case = replace(house.cases.case, exclusions=())
    session, page = house.page("Jan")
    incident = await followed(house, way(house, *((60.0 * n, 0.0) for n in range(20))))
    await session._select(incident.id)
    await page.turn()
    sent = 0
    for _ in range(120):
        house.clock.pass_s(1)
        session.tick()
        sent += "detail" in (await page.turn())
    assert 1 < sent < 10  # each says something else: what the words and the proposal round away is not sent
