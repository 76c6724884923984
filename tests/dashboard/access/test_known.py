"""Whoever signed in at a browser before gets in there also while a flood of its own address takes every place."""

import asyncio
import contextlib
import re

from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.accounts import Accounts
from dashboard.access.known import KNOWN, MOST, mark_of, marked
from dashboard.access.sign_in import Door
from dashboard.access.signins import SignIns
from dashboard.access.throttle import SIDE_BY_SIDE, Throttle, lanes_of
from dashboard.server import serve
from incidents.exclusion import key_of
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.parts import _ask
from tests.dashboard.conftest import House

NAME = "Mieke Voorbeeld"


async def test_a_browser_of_before_gets_in_after_signing_out_though_others_hold_every_place(
    house: House, accounts: Accounts
) -> None:
    signins, throttle = SignIns(accounts, clock=house.clock), Throttle()
    house.consoles.signins = signins
    server = serve(house.consoles, door=Door(lambda: signins, lambda: house.desk, throttle=throttle), port=0)
    url, facts = f"http://127.0.0.1:{server.port}/sign-in", {"username": NAME, "password": PASSWORD}

    async def enter(cookie: str) -> tuple[int, str]:
        headers = {"Accept": "application/json", "Cookie": cookie}
        status, _, told = await asyncio.to_thread(_ask, url, facts, headers)
        found = re.search(rf"{KNOWN}=[^;]+", " ".join(told.get_all("Set-Cookie") or ()))
        return status, found.group() if found else ""

    try:
        status, mark = await enter("")
        assert (status, bool(mark)) == (200, True)
        with contextlib.ExitStack() as flood:
            for _ in range(SIDE_BY_SIDE):
                flood.enter_context(throttle.attempt(lanes_of(key_of(NAME), "127.0.0.1")))
            assert (await enter(""))[0] == 429
            assert (await enter(mark))[0] == 200
            accounts.set_password(NAME, "een ander wachtwoord")
            facts["password"] = "een ander wachtwoord"
            assert (await enter(mark))[0] == 429  # a mark made with the password of before is none
    finally:
        server.stop()
        signins.close_file()


def test_a_console_keeps_the_marks_of_its_last_persons(accounts: Accounts) -> None:
    names = [f"Person {n}" for n in range(MOST + 1)]
    cookie = ""
    for name in names:
        accounts.add(name, ["dispatcher"], PASSWORD)
        cookie = marked(cookie, accounts, name)
    assert [name for name in names if not mark_of(cookie, accounts, name)] == names[:1]
    again = marked(cookie, accounts, names[1])
    assert mark_of(again, accounts, names[1]) == mark_of(cookie, accounts, names[1])
    assert len(again) == len(cookie)
    assert marked("", accounts, "nobody") == ""


def test_no_made_up_mark_is_known(accounts: Accounts) -> None:
    @given(st.text() | st.from_regex(r"([0-9a-f]{32}-[0-9a-f]{64}\.?){1,20}", fullmatch=True))
    def try_it(cookie: str) -> None:
        assert mark_of(cookie, accounts, NAME) == ""
        assert mark_of(cookie, accounts, "nobody") == ""

    try_it()
