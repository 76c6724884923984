"""Who may open the handover sheet: it names people, so it asks as a page does."""

import msgspec

from dashboard.access.accounts import Accounts
from incidents import commands as do
from incidents import events as ev
from incidents.board import SHIFTS
from incidents.case import Protected
from incidents.messages import Fix
from incidents.roles import User
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


async def test_the_sheet_says_what_an_alarm_is_near_to_but_not_where_that_leads_to_a_protected_place(
    site: Site,
) -> None:
    house = site.house
    house.consoles.whereabouts._open()
    away = await house.press("AMR-9", fix=Fix(51.04293, 3.72681, 12.0))
    cookie = cookie_of(await site.enter())
    where = f"{firm(house.consoles.whereabouts.now(away))} · 51.04293, 3.72681"
    assert where.startswith("near Sint-Pietersplein 7 (the nearest number), Gent")
    _, page, _ = await site.ask("/sheet", Cookie=cookie)
    assert "Addresses © Informatie Vlaanderen" in page
    assert where in page and "lead to a protected place" not in page
    for refuge in (
        Protected(name="work", lat=51.0442, lon=3.7268),  # 140 m from her
        Protected(name="mother, Sint-Pietersplein 30, Gent", lat=51.2, lon=3.2),
    ):
        house.cases.case = msgspec.structs.replace(house.cases.case, places=(refuge,))
        _, page, _ = await site.ask("/sheet", Cookie=cookie)
        assert "Sint-Pietersplein" not in page and "3.72681" not in page
        assert "leads to a protected place: 1 text." in page


async def test_the_sheet_leads_to_no_protected_place_and_counts_what_it_withholds(site: Site) -> None:
    house = site.house
    refuge = Protected(name="work, Lindestraat 7, 9000 Gent", lat=51.0611, lon=3.7411)
    house.cases.case = msgspec.structs.replace(house.cases.case, places=(refuge,))
    ann = User(actor="ann", roles=frozenset({"dispatcher"}))
    await house.desk.command(do.Raise(id="raised-0001", place="Lindestraat 7, Gent", zone="5415"), ann)
    for n, text in enumerate(("she waits in the lindestraat", "the printer does not work")):
        await house.desk.note(SHIFTS, ev.SheetNoted(text=text), id=f"sheet-note-{n}", actor="ann")
    _, page, _ = await site.ask("/sheet", Cookie=cookie_of(await site.enter()))
    assert "lindestraat" not in page.casefold() and page.count("[withheld: it leads to a protected place]") == 2
    assert "lead to a protected place: 2 texts" in page and "the printer does not work" in page
