"""Tiles of a centre's own street map, over HTTP: for who has the map, by numbers only, and not sent twice."""

from pathlib import Path

from centre.tiles import tiles_from
from dashboard.access.accounts import Accounts
from dashboard.access.standing import PAGE
from dashboard.documents.tiles import URL
from incidents.roles import may
from tests.centre.test_tiles import TILES, mbtiles
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.test_sign_in import Site, cookie_of
from tests.dashboard.conftest import House
from tests.dashboard.documents.conftest import in_each_role

HOSTILE = (
    *("/tiles/1/0/../../../../etc/passwd", "/tiles/..%2f..%2fetc%2fpasswd/0/0", "/tiles/1/0/0.png%00", "/tiles/1/0/-1"),
    *("/tiles/1/0/1e3", "/tiles/99/0/0", "/tiles/1/2/0", "/tiles/0/99999999/99999999", "/tiles/1/0/999999999999999999"),
    *("/tiles/%31%20/0/0", "/tiles/1/0", "/tiles/", "/tiles/1/0/0/0", "/tiles/1/0/%D9%A1", "/tiles/1'--/0/0"),
)


async def test_who_has_the_map_has_its_tiles_and_nobody_leaves_it(
    house: House, accounts: Accounts, tmp_path: Path
) -> None:
    site = Site(house, accounts, tiles=tiles_from(mbtiles(tmp_path / "map.mbtiles", TILES)))
    try:
        assert (await site.ask("/tiles/1/0/0"))[0] == 403
        async for role, cookie in in_each_role(site, accounts):
            status, _, headers = await site.ask("/tiles/1/0/0", Cookie=cookie)
            assert status == (200 if may({role}, PAGE) else 403), role
            if status != 200:
                continue
            assert headers["Content-Type"] == "image/png" and headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Cache-Control"] == "private, no-cache"
            again = await site.ask("/tiles/1/0/0", Cookie=cookie, If_None_Match=headers["ETag"])
            assert (again[0], again[1]) == (304, "")
            for address in HOSTILE:
                assert (await site.ask(address, Cookie=cookie))[0] == 404, address
    finally:
        site.stop()


async def test_a_damaged_file_is_a_missing_tile(house: House, accounts: Accounts, tmp_path: Path) -> None:
    site = Site(house, accounts, tiles=tiles_from(mbtiles(tmp_path / "bad.mbtiles", {(0, 0, 0): b"<svg/>"})))
    try:
        assert await _asked(site, accounts) == 404
    finally:
        site.stop()


async def test_a_centre_without_a_file_has_no_such_address(accounts: Accounts, site: Site) -> None:
    assert await _asked(site, accounts) == 404
    assert URL.startswith("./")  # asked of Vigie itself, wherever a proxy puts it


async def _asked(site: Site, accounts: Accounts) -> int:
    accounts.add("one", {"dispatcher"}, PASSWORD)
    return (await site.ask("/tiles/0/0/0", Cookie=cookie_of(await site.enter("one"))))[0]
