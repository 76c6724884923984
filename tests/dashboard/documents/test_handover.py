"""Who may open the handover sheet: it names people, so it asks as a page does."""

from dashboard.access.accounts import Accounts
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
