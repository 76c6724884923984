"""Who may take a copy of the degraded-mode file: a supervisor, sealed as it is."""

from collections.abc import AsyncIterator

import pytest

from dashboard.access.accounts import Accounts
from incidents.health import FileHealth
from incidents.roles import ROLES
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.test_sign_in import Site, cookie_of
from tests.dashboard.conftest import House


class Kept:
    """A file of a few bytes."""

    def __init__(self, house: House) -> None:
        self.health = FileHealth(state="ok", at=house.clock.at)

    async def copy(self) -> bytes | None:
        return b"sealed"


@pytest.fixture
async def site(house: House, accounts: Accounts) -> AsyncIterator[Site]:
    house.consoles.degraded = Kept(house)
    site = Site(house, accounts)
    yield site
    site.stop()


async def test_only_a_supervisor_takes_a_copy_and_is_offered_one_on_the_sheet(site: Site, accounts: Accounts) -> None:
    assert (await site.ask("/degraded"))[0] == 302
    for role in ROLES:
        accounts.add(f"{role} one", {role}, PASSWORD, zone="5415" if role == "zone" else "")
        cookie = cookie_of(await site.enter(f"{role} one"))
        status, text, headers = await site.ask("/degraded", Cookie=cookie)
        assert (status, "sealed" in text) == ((200, True) if role == "supervisor" else (403, False)), role
        assert headers["Cache-Control"] == "no-store"
        if role == "supervisor":
            assert headers["Content-Disposition"] == 'attachment; filename="vigie-degraded.html"'
        if role in ("supervisor", "dispatcher"):
            status, text, _ = await site.ask("/sheet", Cookie=cookie)
            assert ("take a copy" in text, "Degraded-mode file" in text) == (role == "supervisor", True)
