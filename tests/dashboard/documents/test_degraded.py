"""Who may take a copy of the degraded-mode file: a supervisor, sealed as it is."""

from dashboard.access.accounts import Accounts
from incidents.health import FileHealth
from tests.dashboard.access.test_sign_in import Site
from tests.dashboard.conftest import House
from tests.dashboard.documents.conftest import in_each_role


class Kept:
    """A file of a few bytes."""

    def __init__(self, house: House) -> None:
        self.health = FileHealth(state="ok", at=house.clock.at)

    async def copy(self) -> bytes | None:
        return b"sealed"


async def test_only_a_supervisor_takes_a_copy_and_is_offered_one_on_the_sheet(site: Site, accounts: Accounts) -> None:
    site.house.consoles.degraded = Kept(site.house)
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
