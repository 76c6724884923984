"""Who may take a copy of the degraded-mode file: a supervisor, sealed as it is."""

from msgspec.structs import replace

from dashboard.access.accounts import Accounts
from dashboard.documents.degraded.page import sheet_page
from incidents.case import Protected
from incidents.degraded.sheet import OpenAlarm, Sheet
from incidents.health import FileHealth
from reports.catalogue import translator
from tests.dashboard.access.test_sign_in import Site
from tests.dashboard.conftest import START, FewCases, House
from tests.dashboard.documents.conftest import in_each_role


class Kept:
    """A file of a few bytes."""

    def __init__(self, house: House) -> None:
        self.health = FileHealth(state="ok", at=house.clock.at)

    async def copy(self) -> bytes | None:
        return b"sealed"


async def test_only_a_supervisor_takes_a_copy_and_is_offered_one_on_the_sheet(site: Site, accounts: Accounts) -> None:
    site.house.given.degraded = Kept(site.house)
    assert (await site.ask("/degraded"))[0] == 302
    async for role, cookie in in_each_role(site, accounts):
        status, text, headers = await site.ask("/degraded", Cookie=cookie)
        assert (status, "sealed" in text) == ((200, True) if role == "supervisor" else (403, False)), role
        assert headers["Cache-Control"] == "no-store"
        if role == "supervisor":
            assert headers["Content-Disposition"] == 'attachment; filename="vigie-degraded.html"'
        if role in ("supervisor", "dispatcher"):
            status, text, _ = await site.ask("/sheet", Cookie=cookie)
            assert ("take a copy" in text, "Degraded-mode file" in text) == (role == "supervisor", True)


def test_the_sheet_says_the_address_of_a_place_and_whose_addresses_the_words_of_an_alarm_are() -> None:
    place = Protected(name="home", address="Lindestraat 7 <b>, Gent", lat=51.05, lon=3.72, radius_m=300)
    refused = {"declined": "5415", "declined_why": "geen ploeg <vrij>"}
    alarm = OpenAlarm(
        label="AMR-9", state="raised", since=START, zone="5415", owner="", where="near Veldstraat 12", **refused
    )
    case = replace(FewCases().case, places=(place,))
    one = Sheet(written=START, centre="", cases=(case,), alarms=(alarm,), zones=())
    page = sheet_page(one, translator("en"), "Addresses © Somebody")
    assert "home · Lindestraat 7 &lt;b&gt;, Gent · 51.05000, 3.72000" in page and "near Veldstraat 12" in page
    assert "DECLINED by PZ 5415: geen ploeg &lt;vrij&gt; · choose another zone" in page
    assert "Addresses © Somebody" in page
    assert "Addresses" not in sheet_page(replace(one, alarms=()), translator("en"), "Addresses © Somebody")
