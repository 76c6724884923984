"""Who may open the handover sheet: it names people, so it asks as a page does."""

from collections.abc import AsyncIterator

import pytest

from dashboard.access.accounts import Accounts
from incidents.roles import ROLES
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.test_sign_in import Site, cookie_of
from tests.dashboard.conftest import DEVICE, House

MAY = {"dispatcher", "supervisor"}


@pytest.fixture
async def site(house: House, accounts: Accounts) -> AsyncIterator[Site]:
    site = Site(house, accounts)
    yield site
    site.stop()


async def test_only_a_signed_in_dispatcher_or_supervisor_is_shown_the_sheet(site: Site, accounts: Accounts) -> None:
    await site.house.press()
    status, text, headers = await site.ask("/sheet")
    assert (status, headers["Location"], DEVICE in text) == (302, "./sign-in", False)
    status, text, _ = await site.ask("/sheet", Cookie="vigie_session=made-up")
    assert (status, DEVICE in text) == (302, False)
    for role in ROLES:
        accounts.add(f"{role} one", {role}, PASSWORD, zone="5415" if role == "zone" else "")
        cookie = cookie_of(await site.enter(f"{role} one"))
        status, text, headers = await site.ask("/sheet", Cookie=cookie)
        assert (status, DEVICE in text) == ((200, True) if role in MAY else (403, False)), role
        assert headers["Cache-Control"] == "no-store"


async def test_an_idle_sign_in_is_shown_no_sheet(site: Site) -> None:
    cookie = cookie_of(await site.enter())
    assert (await site.ask("/sheet", Cookie=cookie))[0] == 200
    site.house.clock.pass_s(14 * 3600)
    assert (await site.ask("/sheet", Cookie=cookie))[0] == 302
