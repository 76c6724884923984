"""The ways between the pages: each role is shown those it may open, from every page, and none that refuses it."""

import re

import pytest

from dashboard.access.standing import standing
from dashboard.access.ways import LEADS_TO, PAGES, ways
from dashboard.documents.page import words
from incidents.roles import MAY, ROLES, Role, may
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.test_sign_in import Site, cookie_of
from tests.dashboard.access.test_sign_in import site as site

ROOM = "http://localhost:5007/trainer"
DOCUMENTS = ("sheet", "figures", "devices", "drills")
REFUSED = 'class="no-role"'


def links(html: str) -> set[str]:
    """Where the links of a page lead to pages of the desk, or to the training room."""
    return {href for href in re.findall(r'<a[^>]* href="([^"?#]+)"', html) if href in PAGES or href == ROOM}


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_is_let_in_wherever_it_is_shown_a_way_to_and_is_shown_all_of_them(site: Site, role: Role) -> None:
    site.door.room = lambda request: ROOM
    zone = {"zone": "5415"} if role == "zone" else {}
    site.signins.accounts.add("Nele Fictief", [role], PASSWORD, **zone)
    cookie = cookie_of(await site.enter("Nele Fictief"))
    shown = set(ways(frozenset({role})))
    assert shown == {page for page in PAGES if may(frozenset({role}), f"page {page}")}
    for page in shown:
        status, html, _ = await site.ask(f"/{page}", Cookie=cookie)
        assert status == 200 and REFUSED not in html, page
    for page in DOCUMENTS:
        status, html, _ = await site.ask(f"/{page}", Cookie=cookie)
        if not may(frozenset({role}), f"page {page}"):
            assert status == 403
            continue
        room = {ROOM} if page == "drills" and role == "trainer" else set()
        own = {"operator"} if role == "zone" else set()  # there a zone's desk finds its own page: its orders ring on it
        assert links(html) - {page} == shown - {page} | room | own, page
    for page in set(PAGES) - shown:
        status, html, _ = await site.ask(f"/{page}", Cookie=cookie)
        own_at_first = page == "operator" and role in ("zone", "technician")  # there they find their own page
        assert status == 403 or REFUSED in html or own_at_first, page
        led = {href.rpartition("/")[2] for href in re.findall(r'<a class="do" href="([^"]+)"', html)}
        assert led <= shown | {"sign-in"}, page  # the way out of a page that is not theirs


async def test_a_page_is_told_the_ways_of_who_is_before_it(site: Site) -> None:
    assert standing(None, "").shown("")["ways"] == ("operator", "supervisor", "devices")  # nobody signs in
    site.signins.accounts.add("Nele Fictief", ["auditor"], PASSWORD)
    cookie = cookie_of(await site.enter("Nele Fictief"))
    found = standing(site.signins, cookie.rpartition("=")[2], "page supervisor")
    assert found.shown("")["ways"] == ("auditor", "supervisor")


def test_every_page_of_the_table_is_one_of_a_role_and_has_its_words() -> None:
    assert {f"page {page}" for page in PAGES} <= set(MAY) and set(LEADS_TO.values()) <= set(MAY)
    assert {f"to_{page}" for page in PAGES} <= set(words(str))
