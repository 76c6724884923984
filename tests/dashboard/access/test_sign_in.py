"""The way in, over HTTP to a running server: what it tells, what it hides, what it writes down."""

import asyncio
import base64
import json
import re
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.client import HTTPMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyotp
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from dashboard.access.accounts import Accounts
from dashboard.access.sign_in import Door
from dashboard.access.signins import COOKIE, EVERY_S, SignIns
from dashboard.access.throttle import Lane, Throttle, lanes_of
from dashboard.documents.tiles import Tiles
from dashboard.server import serve
from incidents.clock import Clock
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.parts import Browser, _ask
from tests.dashboard.access.test_signins import DAYS_1000, SetClock
from tests.dashboard.conftest import House

NAME = "Mieke Voorbeeld"
Answer = tuple[int, str, HTTPMessage]


class Site:
    """A server with accounts, and a browser that keeps nothing."""

    def __init__(
        self, house: House, accounts: Accounts, clock: Clock | None = None, tiles: Tiles | None = None
    ) -> None:
        self.house = house
        self.signins = SignIns(accounts, clock=clock or house.clock)
        self.throttle = Throttle()
        self.door = Door(lambda: self.signins, lambda: house.desk, throttle=self.throttle)
        house.consoles.signins = self.signins
        self.server = serve(
            house.consoles,
            door=self.door,
            port=0,
            look={"basemap_url": "https://tiles.example/{z}/{x}/{y}"},
            tiles=tiles,
        )
        self.base = f"http://127.0.0.1:{self.server.port}"

    async def ask(self, path: str, facts: dict[str, str] | None = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await asyncio.to_thread(_ask, self.base + path, facts, named)

    async def enter(self, name: str = NAME, password: str = PASSWORD, **facts: str) -> Answer:
        return await self.ask("/sign-in", {"username": name, "password": password, **facts})

    async def log(self) -> list[tuple[str, dict[str, Any], str]]:
        records = await self.house.log.stream("desk/access")
        return [(r.type, dict(r.open), self.house.desk.name_of(r.actor)) for r in records]

    def stop(self) -> None:
        self.server.stop()
        self.signins.close_file()


@pytest.fixture
async def site(house: House, accounts: Accounts) -> AsyncIterator[Site]:
    site = Site(house, accounts)
    yield site
    site.stop()


def cookie_of(answer: Answer) -> str:
    found = re.search(rf"{COOKIE}=([^;]+)", answer[2].get("Set-Cookie", ""))
    return f"{COOKIE}={found.group(1)}" if found else ""


async def test_a_page_leads_to_the_sign_in_and_the_sign_in_to_the_page(site: Site) -> None:
    status, _, headers = await site.ask("/operator")
    assert (status, headers["Location"]) == (302, "./sign-in?next=%2Foperator")
    answer = await site.enter(next="/operator")
    assert (answer[0], answer[2]["Location"]) == (303, "/operator")
    assert all(word in answer[2]["Set-Cookie"] for word in ("HttpOnly", "SameSite=Strict", "Path=/"))
    status, page, _ = await site.ask("/operator", Cookie=cookie_of(answer))
    assert status == 200
    assert 'aria-label="Alarm queue"' in page


async def test_the_page_never_holds_the_cookie(site: Site) -> None:
    cookie = cookie_of(await site.enter())
    _, page, _ = await site.ask("/operator", Cookie=cookie)
    token = re.search(r'"token":"([^"]+)"', page)
    assert token is not None
    payload = base64.urlsafe_b64decode(token.group(1).partition(".")[0] + "==").decode()
    compressed = re.search(r'"__bk__zlib_": "([^"]+)"', payload)
    assert compressed is not None
    inside = zlib.decompress(base64.urlsafe_b64decode(compressed.group(1) + "==")).decode()
    secret = cookie.partition("=")[2]
    told = json.loads(inside)
    assert (told["headers"], told["cookies"]) == ({}, {})
    assert secret not in page


@pytest.mark.parametrize("page", ["/supervisor", "/supervisor?view=gAAAA_x-1", "/devices", "/drills"])
async def test_who_came_for_another_page_is_led_to_it(site: Site, page: str) -> None:
    _, _, headers = await site.ask(page)
    assert unquote(headers["Location"]) == f"./sign-in?next={page}"
    _, _, headers = await site.enter(next=page)
    assert headers["Location"] == page


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("dispatcher", "/operator"),
        ("supervisor", "/operator"),
        ("auditor", "/auditor"),
        ("keeper", "/cases"),
        ("technician", "/bench"),
        ("trainer", "/drills"),
        ("zone", "/operator"),
    ],
)
async def test_who_asked_for_no_page_lands_where_they_can_work(site: Site, role: Any, page: str) -> None:
    zone = {"zone": "5415"} if role == "zone" else {}
    site.signins.accounts.add("Nele Fictief", [role], PASSWORD, **zone)
    assert (await site.ask("/"))[2]["Location"] == "/sign-in"
    for asked in ({}, {"next": "/operator"}):
        answer = await site.enter("Nele Fictief", **asked)
        assert answer[2]["Location"] == page
    assert (await site.ask("/", Cookie=cookie_of(answer)))[2]["Location"] == page


async def test_the_training_room_is_linked_from_the_sign_in_page(site: Site) -> None:
    assert "training room" not in (await site.ask("/sign-in"))[1]
    site.door.room = lambda request: "http://localhost:5007/trainer"
    assert '<a href="http://localhost:5007/trainer">To the training room</a>' in (await site.ask("/sign-in"))[1]


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "/operator/../x",
        "/nowhere",
        "/supervisor?view=//x",
        "/supervisor?a=%0d%0aX: y",
    ],
)
async def test_it_leads_only_to_pages_of_ours(site: Site, wanted: str) -> None:
    _, _, headers = await site.enter(next=wanted)
    assert headers["Location"] == "/operator"


async def test_whatever_was_wrong_the_answer_is_the_same_and_a_hash_was_checked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts, checked = site.signins.accounts, []
    accounts.add("Jan Fictief", ["dispatcher"], PASSWORD, totp=True)
    accounts.add("Piet Fictief", ["dispatcher"], PASSWORD)
    accounts.set_disabled("Piet Fictief", True)
    verify = accounts._hasher.verify

    class Counting:
        def verify(self, hashed: str, password: str) -> bool:
            checked.append(len(hashed))
            return verify(hashed, password)

    monkeypatch.setattr(accounts, "_hasher", Counting())
    tries = [
        (NAME, "a wrong password"),
        ("Nobody Here", "a wrong password"),
        ("Jan Fictief", PASSWORD),  # without its code
        ("Piet Fictief", PASSWORD),  # disabled
        ("", ""),
    ]
    answers = [await site.enter(name, password) for name, password in tries]
    bodies = {re.sub('nonce="[^"]+"', "", body) for _, body, _ in answers}
    assert {(status, headers.get("Set-Cookie")) for status, _, headers in answers} == {(401, None)}
    assert len(bodies) == 1
    assert len(checked) == len(tries)
    assert len(set(checked)) == 1  # the same parameters, the same time


async def test_a_right_password_waits_too_and_still_gets_in(site: Site) -> None:
    waited: list[float] = []

    class Attempts(Throttle):
        @contextmanager
        def attempt(self, lanes: tuple[Lane, ...]) -> Iterator[float]:
            with super().attempt(lanes) as wait_s:
                waited.append(wait_s)
                yield wait_s / 1000

    site.door.throttle = Attempts()
    for _ in range(6):
        assert (await site.enter(password="a wrong password"))[0] == 401
    assert (await site.enter())[0] == 303
    assert waited[:3] == [0, 0, 0]
    assert waited[6] > waited[5] > waited[4] > waited[3] > 0
    kinds = await site.log()
    assert ("sign_in_refused", {"count": 3}, NAME) in kinds
    assert ("sign_in_refused", {"count": 6}, NAME) in kinds
    assert kinds[-1][0] == "signed_in"


async def test_too_many_attempts_at_once_are_told_to_wait_and_the_loop_goes_on(site: Site) -> None:
    lanes = lanes_of(NAME.casefold(), "127.0.0.1")
    attempts = [site.throttle.attempt(lanes) for _ in range(4)]
    for attempt in attempts:
        attempt.__enter__()
    assert (await site.enter())[0] == 429
    assert (await site.ask("/live"))[0] == 200
    for attempt in attempts:
        attempt.__exit__(None, None, None)
    assert (await site.enter())[0] == 303


async def test_who_comes_and_goes_is_written_down_without_a_name(site: Site) -> None:
    secret = site.signins.accounts.add("Nacht Fictief", ["supervisor"], PASSWORD, totp=True, break_glass=True)
    code = pyotp.TOTP(secret).at(int(site.house.clock.now().timestamp()))
    first = cookie_of(await site.enter())
    second = await site.ask("/sign-in", {"username": "nacht fictief", "password": PASSWORD, "code": code}, Cookie=first)
    assert site.signins.by_cookie(first.partition("=")[2]) == "none"
    await site.ask("/sign-out", {}, Cookie=cookie_of(second))
    assert site.signins.by_cookie(cookie_of(second).partition("=")[2]) == "none"
    assert await site.log() == [
        ("signed_in", {"roles": "dispatcher"}, NAME),
        ("signed_out", {"why": "replaced"}, NAME),
        ("signed_in", {"roles": "supervisor", "break_glass": True, "how": "password_and_code"}, "Nacht Fictief"),
        ("signed_out", {}, "Nacht Fictief"),
    ]
    records = await site.house.log.stream("desk/access")
    assert "Fictief" not in str(records)


async def test_a_name_that_is_no_account_is_not_kept(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        await site.enter(name="my secret password", password="x")
    assert await site.log() == [("sign_in_refused", {"count": 3}, "?")]
    assert "my secret password" not in caplog.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
async def test_only_our_own_pages_may_sign_in_or_out(site: Site, path: str, headers: dict[str, str]) -> None:
    facts = {"username": NAME, "password": PASSWORD}
    status, _, told = await site.ask(path, facts, **headers)
    assert (status, told.get("Set-Cookie")) == (403, None)
    ours = {"Origin": site.base.replace("127.0.0.1", "localhost")}
    assert (await site.ask("/sign-in", facts, **ours))[0] == 303


async def test_a_restarted_server_knows_its_browsers(site: Site, house: House, accounts: Accounts) -> None:
    cookie = cookie_of(await site.enter())
    site.signins.close_file()
    again = Site(house, Accounts(accounts.path, hasher=accounts._hasher))
    try:
        assert (await again.ask("/operator", Cookie=cookie))[0] == 200
    finally:
        again.stop()


async def test_a_clock_that_is_a_thousand_days_ahead_for_a_moment_signs_nobody_out(
    house: House, accounts: Accounts
) -> None:
    clock = SetClock()
    site = Site(house, accounts, clock)
    runs = asyncio.create_task(site.signins.run())
    try:
        cookie = cookie_of(await site.enter())
        for by_s in (DAYS_1000, -DAYS_1000, 0):
            clock.set_by_s = by_s
            await asyncio.sleep(1.5 * EVERY_S)  # it looks, and would forget
            assert (await site.ask("/operator", Cookie=cookie))[0] == 200, by_s
            assert site.signins.by_cookie(cookie.partition("=")[2]) == "active"
        site.signins.close_file()
        again = SignIns(Accounts(accounts.path, hasher=accounts._hasher), clock=clock)
        assert again.by_cookie(cookie.partition("=")[2]) == "active"
        again.close_file()
    finally:
        runs.cancel()
        site.stop()


async def test_an_idle_or_expired_browser_keeps_its_page_and_one_signed_out_does_not(site: Site) -> None:
    cookie = cookie_of(await site.enter())
    for hours, state in ((8, "idle"), (4.5, "expired"), (23, "expired")):
        site.house.clock.pass_s(hours * 3600)
        assert site.signins.by_cookie(cookie.partition("=")[2]) == state
        assert (await site.ask("/operator", Cookie=cookie))[0] == 200
    site.house.clock.pass_s(3600)
    assert (await site.ask("/operator", Cookie=cookie))[0] == 302


@pytest.mark.parametrize(("signed_in", "origin"), [(False, ""), (True, "https://evil.example")])
async def test_a_websocket_needs_a_known_browser_and_our_origin(site: Site, signed_in: bool, origin: str) -> None:
    browser = Browser(site.base)
    await browser.sign_in(NAME, PASSWORD)
    line = await browser.open()
    await line.close()
    _, page = await browser.get("/operator")
    token = re.search(r'"token":"([^"]+)"', page)
    assert token is not None
    with pytest.raises(InvalidStatus) as refused:
        async with connect(
            f"{site.base.replace('http', 'ws', 1)}/operator/ws",
            subprotocols=[Subprotocol("bokeh"), Subprotocol(token.group(1))],
            origin=Origin(origin or site.base),
            additional_headers={"Cookie": f"{COOKIE}={browser.cookie}"} if signed_in else {},
        ):
            pass
    assert refused.value.response.status_code == 403


async def test_every_answer_carries_strict_headers(site: Site) -> None:
    cookie = cookie_of(await site.enter())
    for path in (
        "/",
        "/operator",
        "/sign-in",
        "/live",
        "/health",
        "/assets/operator/page.js",
        "/assets/pages/operator.js",
        "/static/js/bokeh.min.js",
        "/no",
    ):
        _, body, headers = await site.ask(path, Cookie=cookie)
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'", path
        assert policy["frame-ancestors"] == "'none'", path
        assert "unsafe" not in policy["script-src"], path
        assert policy["img-src"] == "'self' data: blob: https://tiles.example", path
        host = site.base.removeprefix("http://")
        assert policy["connect-src"] == f"'self' blob: ws://{host} wss://{host}", path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert headers["Permissions-Policy"], path
        assert "Server" not in headers, path
        assert "Strict-Transport-Security" not in headers, path
        nonces = set(re.findall(r'<script nonce="([^"]+)"', body)) if path == "/operator" else set()
        assert all(f"'nonce-{nonce}'" in policy["script-src"] for nonce in nonces), path
        assert bool(nonces) == (path == "/operator"), path


async def test_without_sign_in_only_this_machine_gets_a_page(house: House, tmp_path: Path) -> None:
    server = serve(house.consoles, port=0)
    base = f"http://127.0.0.1:{server.port}"
    try:
        assert (await asyncio.to_thread(_ask, f"{base}/operator", None, {}))[0] == 200
        proxied = {"X-Forwarded-For": "203.0.113.7"}
        assert (await asyncio.to_thread(_ask, f"{base}/operator", None, proxied))[0] == 302
        assert (await asyncio.to_thread(_ask, f"{base}/sign-in", None, proxied))[0] == 403
        assert (await asyncio.to_thread(_ask, f"{base}/sign-in", {"username": NAME}, {}))[0] == 404
        assert "NO SIGN-IN" in (await asyncio.to_thread(_ask, f"{base}/sheet", None, {}))[1]
        rebound = {"Host": f"evil.example:{server.port}"}  # a name of another page that was made to lead here
        for path, status in (
            ("/operator", 302),
            ("/sheet", 403),
            ("/degraded", 403),
            ("/metrics", 403),
            ("/sign-in", 403),
        ):
            assert (await asyncio.to_thread(_ask, base + path, None, rebound))[0] == status, path
        assert (await asyncio.to_thread(_ask, f"{base}/health", None, rebound))[1] == '{"ok":false,"status":"down"}'
    finally:
        server.stop()


async def test_the_sign_in_page_tells_of_alarms_that_nobody_has_and_of_nothing_else(site: Site, house: House) -> None:
    assert (await site.ask("/sign-in/waiting"))[1] == '{"raised":0}'
    assert "waits that nobody has" not in (await site.ask("/sign-in"))[1].split('data-lost="')[1].split('">')[1]
    incident = await house.press()
    assert (await site.ask("/sign-in/waiting"))[1] == '{"raised":1}'
    _, page, _ = await site.ask("/sign-in")
    assert "1 alarm waits that nobody has" in page.split('data-lost="')[1]
    assert str(incident.device) not in page
