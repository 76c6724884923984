"""Who may open the handover sheet: it names people, so it asks as a page does."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import pytest

from dashboard.access.accounts import Accounts
from dashboard.documents.degraded.page import sheet_page
from incidents import commands as do
from incidents import events as ev
from incidents.board import SHIFTS
from incidents.case import Protected
from incidents.degraded.sheet import sheet
from incidents.incident import Incident
from incidents.messages import Fix, OrderReport
from incidents.roles import User
from reports.catalogue import translator
from reports.locale_formats import firm
from tests.dashboard.access.test_sign_in import Site, cookie_of
from tests.dashboard.conftest import DEVICE
from tests.dashboard.documents.conftest import in_each_role

MAY = {"dispatcher", "supervisor"}


async def test_only_a_signed_in_dispatcher_or_supervisor_is_shown_the_sheet(site: Site, accounts: Accounts) -> None:
    await site.house.press()
    status, text, headers = await site.ask("/sheet")
    assert (status, headers["Location"], DEVICE in text) == (302, "./sign-in", False)
    status, text, _ = await site.ask("/sheet", Cookie="vigie_session=made-up")
    assert (status, DEVICE in text) == (302, False)
    async for role, cookie in in_each_role(site, accounts):
        status, text, headers = await site.ask("/sheet", Cookie=cookie)
        assert (status, DEVICE in text) == ((200, True) if role in MAY else (403, False)), role
        assert headers["Cache-Control"] == "no-store"


async def test_an_idle_sign_in_is_shown_no_sheet(site: Site) -> None:
    cookie = cookie_of(await site.enter())
    assert (await site.ask("/sheet", Cookie=cookie))[0] == 200
    site.house.clock.pass_s(14 * 3600)
    assert (await site.ask("/sheet", Cookie=cookie))[0] == 302


def on_paper(page: str) -> str:
    """What is printed of the sheet."""
    return re.sub(r'<(\w+) class="screen">.*?</\1>', "", page, flags=re.S)


async def test_the_sheet_says_what_an_alarm_is_near_to_but_not_where_that_leads_to_a_protected_place(
    site: Site,
) -> None:
    house = site.house
    house.consoles.services.whereabouts._open()
    here = await house.press(fix=Fix(51.04293, 3.72681, 12.0))
    cookie = cookie_of(await site.enter())
    where = f"{firm(house.consoles.services.whereabouts.in_full(here, house.clock.now()))} · 51.04293, 3.72681"
    assert where.startswith("near Sint-Pietersplein 7 (the nearest number), Gent")
    _, page, _ = await site.ask("/sheet", Cookie=cookie)
    assert "Addresses © Informatie Vlaanderen" in page
    assert where in on_paper(page) and "lead to a protected place" not in page
    for refuge in (
        Protected(name="work", lat=51.0442, lon=3.7268),  # 140 m from her
        Protected(name="mother, Sint-Pietersplein 30, Gent", lat=51.2, lon=3.2),
    ):
        house.cases.case = msgspec.structs.replace(house.cases.case, places=(refuge,))
        _, page, _ = await site.ask("/sheet", Cookie=cookie)
        assert "Sint-Pietersplein" not in page and "3.72681" not in page
        assert (
            f"{firm('near Gent · ± 12 m')} · position of 21:14</span> · [withheld: it leads to a protected place]"
            in page
        )
        assert "leads to a protected place: 1 text." in page


async def test_of_an_alarm_without_a_case_paper_has_number_and_municipality_and_says_why_no_street(site: Site) -> None:
    house = site.house
    house.consoles.services.whereabouts._open()
    refuge = Protected(name="work, Lindestraat 7, 9000 Gent", lat=51.0442, lon=3.7268)
    house.cases.case = msgspec.structs.replace(house.cases.case, places=(refuge,))
    await house.press("AMR-BENCH-1", fix=Fix(51.04293, 3.72681, 12.0))  # where a protected place of somebody is
    ann = User(actor="ann", roles=frozenset({"dispatcher"}))
    by_hand = do.Raise(id="raised-0001", place="Lindestraat 7, Gent", zone="5415", doubts=("no_number",))
    raised = await house.desk.command(by_hand, ann)
    assert raised is not None
    _, page, _ = await site.ask("/sheet", Cookie=cookie_of(await site.enter()))
    paper, why = (
        on_paper(page),
        "[street on the screen only: without a case nobody knows whether it is a protected place]",
    )
    assert "Sint-Pietersplein 7" in page and "51.04293, 3.72681" in page and page.count("Lindestraat 7, Gent") == 2
    assert not any(text in paper for text in ("Sint-Pietersplein", "51.04293", "Lindestraat", "[withheld"))
    assert "AMR-BENCH-1" in paper and raised.id[:8] in paper and paper.count(why) == 2
    assert firm("near Gent · ± 12 m") in paper and '<span class="print"> · Gent</span>' in paper
    assert "Lindestraat 7, Gent · house number not known there" in page and "PZ Gent · NO POSITION" in paper


async def test_the_papers_say_of_a_position_outside_belgium_that_the_zone_is_the_nearest(site: Site) -> None:
    house, cookie = site.house, cookie_of(await site.enter())
    await house.press(fix=Fix(50.6292, 3.0573, 12.0))  # Lille
    alarms, now = house.desk.board.incidents.values(), house.clock.now()
    kept = sheet(cases=(), incidents=alarms, zones={}, radio={}, centre="", now=now, name_of=str)
    _, page, _ = await site.ask("/sheet", Cookie=cookie)
    assert "outside Belgium, nearest PZ " in page
    assert "outside Belgium, nearest: " in sheet_page(kept, translator("en"))


class Unfinished(NamedTuple):
    """A closed alarm that is not done with: what came before it was closed, what ends it, and what both papers say until then."""

    before: tuple[Any, ...]
    ends: Callable[[Incident], Any]
    sheet: str
    copy: str


UNFINISHED = (
    Unfinished(
        (),
        lambda one: do.ConfirmStandDown(id="", incident=one.id, zone="5408"),
        "stand-down not",
        "AMOW: stand-down not",
    ),
    Unfinished(
        (do.Progress(id="", incident="", step="en_route", unit="A 1"),),
        lambda one: OrderReport(order=one.order.id, state="done") if one.order else None,
        "unit A 1 was not called back",
        "AMOW · patrol not called back",
    ),
)


@pytest.mark.parametrize("why", UNFINISHED, ids=["stands_down", "goes_on"])
async def test_the_papers_have_a_closed_alarm_until_its_zone_stands_down_or_is_done(
    site: Site, why: Unfinished
) -> None:
    house, cookie = site.house, cookie_of(await site.enter())
    desk, ann = house.desk, User(actor="ann", roles=frozenset({"dispatcher"}))
    pressed = await house.press()
    closed = do.Close(id="", incident="", as_class="real", outcome="other", reason="no danger", anyway=True)
    wishes = (do.Acknowledge(id="", incident=""), do.Route(id="", incident="", zone="5408", anyway=True), *why.before)
    for n, wish in enumerate((*wishes, closed, None)):
        alarms = desk.board.incidents
        kept = sheet(
            cases=(),
            incidents=alarms.values(),
            zones={"5408": "AMOW"},
            radio={},
            centre="",
            now=house.clock.now(),
            name_of=str,
        )
        paper = sheet_page(kept, translator("en"))
        _, page, _ = await site.ask("/sheet", Cookie=cookie)
        assert DEVICE in page and DEVICE in paper, n
        assert (why.sheet in page, why.copy in paper) == (wish is None, wish is None), n
        if wish is not None:
            await desk.command(msgspec.structs.replace(wish, id=f"walked-{n:04}", incident=pressed.id), ann)
    end = why.ends(alarms[pressed.id])
    if isinstance(end, OrderReport):
        await house.report(end)
    else:
        await desk.command(msgspec.structs.replace(end, id="walked-end"), ann)
    _, page, _ = await site.ask("/sheet", Cookie=cookie)
    assert DEVICE not in page and why.sheet not in page


async def test_the_sheet_leads_to_no_protected_place_and_counts_what_it_withholds(site: Site) -> None:
    house = site.house
    refuge = Protected(name="work, Lindestraat 7, 9000 Gent", lat=51.0611, lon=3.7411)
    house.cases.case = msgspec.structs.replace(house.cases.case, places=(refuge,))
    ann, number = User(actor="ann", roles=frozenset({"dispatcher"})), house.cases.case.number
    wish = do.Raise(id="raised-0001", place="Lindestraat 7, Gent", zone="5415", case=number)
    await house.desk.command(wish, ann)
    for n, text in enumerate(("she waits in the lindestraat", "the printer does not work")):
        await house.desk.note(SHIFTS, ev.SheetNoted(text=text), id=f"sheet-note-{n}", actor="ann")
    _, page, _ = await site.ask("/sheet", Cookie=cookie_of(await site.enter()))
    assert "lindestraat" not in page.casefold() and page.count("[withheld: it leads to a protected place]") == 2
    assert "lead to a protected place: 2 texts" in page and "the printer does not work" in page
