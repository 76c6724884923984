"""An account that is out, attacked through the socket of a running server: it sees nothing, opens nothing, counts for nothing."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from bokeh.core.json_encoder import serialize_json
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from dashboard.access.accounts import Accounts
from dashboard.access.sign_in import Door
from dashboard.access.signins import SignIns
from dashboard.server import desk_routes, pages, routes, serve
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.access.parts import COOKIE, Browser, Line
from tests.dashboard.conftest import House
from tests.waiting import LONG_S, until

NAME = "Mieke Voorbeeld"
WITHIN_S = 2.0
# What is for everybody: the sign-in itself, whether the loop turns, and scripts.
EVERYBODYS = ("/live", "/health", "/metrics", "/sign-in", "/sign-in/waiting", "/sign-out", "/oidc", "/oidc-callback")


class Site:
    """A server with two dispatchers, and the watch over its alarms."""

    def __init__(self, house: House, accounts: Accounts, path: Path) -> None:
        self.house, self.path = house, path
        self.signins = SignIns(accounts, clock=house.clock)
        house.consoles.signins = self.signins
        self.signins.listen(house.consoles.stood)
        self.door = Door(lambda: self.signins, lambda: house.desk)
        self.server = serve(house.consoles, door=self.door, port=0)
        self.base = f"http://127.0.0.1:{self.server.port}"
        self.watch = house.parts.watch
        self.runs = [asyncio.create_task(work) for work in (self.signins.run(), self.watch.run())]

    async def page(self, name: str = NAME) -> tuple[Browser, Line]:
        """An operator page of somebody who is signed in, that says it is seen and heard."""
        browser = Browser(self.base)
        await browser.sign_in(name, PASSWORD)
        line = await browser.open()
        await line.say(do="seen", visible=True, sound="armed")
        await until(lambda: any(page.both for page in self.house.consoles.watching()))
        return browser, line

    def elsewhere(self) -> Accounts:
        """The accounts as the command line opens them, in another process."""
        return Accounts(self.path, hasher=QUICK)

    async def stop(self) -> None:
        for run in self.runs:
            run.cancel()
        await asyncio.gather(*self.runs, return_exceptions=True)
        self.server.stop()
        self.signins.close_file()


@pytest.fixture
async def site(house: House, accounts: Accounts) -> AsyncIterator[Site]:
    accounts.add("Sofie Proef", ["supervisor"], PASSWORD)
    site = Site(house, accounts, accounts.path)
    yield site
    await site.stop()


@pytest.fixture
async def busy() -> AsyncIterator[None]:
    """The loop's own threads, each taken by something that does not end: tiles of a map that a person asks for by hundreds."""
    ended, loop = threading.Event(), asyncio.get_running_loop()
    held = [loop.run_in_executor(None, ended.wait, 90) for _ in range(64)]
    yield
    ended.set()
    await asyncio.gather(*held)


async def test_an_account_is_out_at_once_whatever_the_threads_of_the_loop_are_busy_with(site: Site, busy: None) -> None:
    browser = Browser(site.base)
    await browser.sign_in(NAME, PASSWORD)
    site.elsewhere().set_disabled(NAME, True)
    async with asyncio.timeout(LONG_S):  # it takes 1 s; of a thread of the loop it would get none
        while (await browser.get("/sheet"))[0] == 200:
            await asyncio.sleep(0.05)


def disabled(accounts: Accounts) -> None:
    accounts.set_disabled(NAME, True)


def removed(accounts: Accounts) -> None:
    accounts.remove(NAME)


def given_another_password(accounts: Accounts) -> None:
    accounts.set_password(NAME, "een ander wachtwoord")


def given_another_role(accounts: Accounts) -> None:
    accounts.set_roles(NAME, ["technician"])


CHANGES = [disabled, removed, given_another_password]


@pytest.mark.parametrize("change", [*CHANGES, given_another_role])
async def test_every_alarm_leaves_the_page_of_who_is_out_within_two_seconds(
    site: Site, change: Callable[[Accounts], None]
) -> None:
    incident = await site.house.press()
    _, line = await site.page()
    await line.until(lambda message: incident.id in message.get("rows", {}))
    await line.draw()
    await line.framed('{\\"marks\\":{\\"' + incident.id)
    change(site.elsewhere())
    async with asyncio.timeout(WITHIN_S + 0.5):  # half a second for this machine
        dark = await line.until(lambda message: message.get("access", {}).get("dark"))
    assert dark["unowned"] == 1
    since = len(line.raw)
    pressed = await site.house.press("AMR-00777")
    await line.say(do="select", incident=incident.id)
    await line.say(do="search", n=1, text="Voorbeeld")
    await line.say(do="hello", desk="", browser="a-browser", selected=incident.id)
    await line.until(lambda message: message.get("unowned") == 2)
    await line.until(
        lambda message: any("tick" in reply for reply in message.get("replies", ())), after=len(line.messages)
    )
    assert {key for message in line.messages[line.messages.index(dark) :] for key in message} <= {
        "now",
        "access",
        "unowned",
        "replies",
    }
    (session,) = site.server.get_sessions("/operator")
    await line.framed(over := f'\\"{incident.id}\\":null', after=since)  # the map forgets her
    sent = "".join(line.raw[since:]).replace(over, "") + serialize_json(session.document.to_json())
    assert '"roots"' in sent
    for secret in (pressed.id, incident.id, "AMR-00777", "AMR-00412", "Voorbeeld"):
        assert secret not in sent, secret
    await line.close()


@pytest.mark.parametrize("change", CHANGES)
async def test_the_cookie_of_who_is_out_opens_no_page_no_file_and_no_line(
    site: Site, change: Callable[[Accounts], None]
) -> None:
    browser, line = await site.page()
    await line.close()
    _, page = await browser.get("/operator")
    token = re.search(r'"token":"([^"]+)"', page)
    assert token is not None
    change(site.elsewhere())
    await until(lambda: site.signins.by_cookie(browser.cookie) == "out")
    addresses = [str(route[0]) for route in routes(site.door, desk_routes(lambda: site.house.consoles))]
    asked = [
        re.sub(r"\\(.)", r"\1", re.sub(r"\([^()]*\)", "aaaaaaaaaaaaaaaa", re.sub(r"\(\?:[^()]*\)", "json", address)))
        for address in addresses
    ]
    for path in [*pages(lambda: site.house.consoles), *asked]:
        if path in EVERYBODYS or path.startswith("/assets") or path == "/":
            continue
        status, body = await browser.get(path)
        assert status in (302, 401, 403, 404, 405), path
        assert "aria-label" not in body, path
    with pytest.raises(InvalidStatus) as refused:
        async with connect(
            f"{site.base.replace('http', 'ws', 1)}/operator/ws",
            subprotocols=[Subprotocol("bokeh"), Subprotocol(token.group(1))],
            origin=Origin(site.base),
            additional_headers={"Cookie": f"{COOKIE}={browser.cookie}"},
        ):
            pass
    assert refused.value.response.status_code == 403
    assert await browser.post("/page", page="nothing") == 403


@pytest.mark.parametrize("change", CHANGES)
async def test_the_alarms_of_who_is_out_are_offered_to_all_at_once_and_no_centre_hears(
    site: Site, change: Callable[[Accounts], None]
) -> None:
    incident = await site.house.press()
    _, line = await site.page()
    await line.say(do="command", typed={}, command={"do": "acknowledge", "id": "mine-now-1", "incident": incident.id})
    await line.reply(lambda reply: reply.get("answer", {}).get("ok"))
    board, listening = site.house.desk.board, site.house.consoles.services.listening
    assert listening.unheard == {}
    change(site.elsewhere())
    async with asyncio.timeout(WITHIN_S + 0.5):
        while not listening.unheard or not board.incidents[incident.id].ownership.gone:
            await asyncio.sleep(0.02)
    assert board.incidents[incident.id].ownership.gone == "signed_out"
    assert set(listening.unheard) == set(listening.own)
    await line.close()


async def test_what_a_page_of_somebody_who_is_out_reports_counts_for_nothing(site: Site) -> None:
    _, line = await site.page()
    disabled(site.elsewhere())
    await line.until(lambda message: message.get("access", {}).get("dark"))
    incident = await site.house.press()
    await line.say(do="seen", visible=True, sound="armed")
    await line.say(do="presented", ids=[incident.id], audible=True)
    await line.say(do="beat", n=7)
    await line.reply(lambda reply: reply.get("beat") == 7)
    site.house.clock.pass_s(site.watch.times.presented_s + 1)
    await until(lambda: site.house.desk.board.incidents[incident.id].attention.unpresented)
    assert "presented" not in site.house.desk.board.incidents[incident.id].times
    assert not any(page.visible or page.audible for page in site.house.consoles.watching())
    await line.close()


async def test_a_page_left_open_after_signing_out_is_dark_too_once_its_account_is_out(site: Site) -> None:
    incident = await site.house.press()
    browser, line = await site.page()
    await browser.post("/sign-out")
    ended = await line.until(lambda message: message.get("access", {}).get("why") == "ended")
    assert incident.id in ended["rows"]  # an alarm screen, locked, until then
    disabled(site.elsewhere())
    assert (await line.until(lambda message: message.get("access", {}).get("dark")))["access"]["why"] == "out"
    await line.close()


async def test_an_idle_page_shows_and_sounds_on_and_counts_for_nothing_until_somebody_signs_in(site: Site) -> None:
    browser, line = await site.page()
    page = line.messages[0]["access"]["page"]
    site.house.clock.pass_s(3601)
    await line.until(lambda message: message.get("access", {}).get("why") == "idle")
    incident = await site.house.press("AMR-00777")
    await line.until(lambda message: incident.id in message.get("rows", {}))
    await line.say(do="seen", visible=True, sound="armed")
    await line.say(do="presented", ids=[incident.id], audible=True)
    site.house.clock.pass_s(site.watch.times.presented_s + 1)
    await until(lambda: site.house.desk.board.incidents[incident.id].attention.unpresented)
    await until(
        lambda: set(site.house.consoles.services.listening.unheard) == set(site.house.consoles.services.listening.own)
    )
    await browser.sign_in(NAME, PASSWORD)
    assert await browser.post("/page", page=page) == 204
    line = await browser.renew(line)  # as the page does: the one before was another sign-in's
    await line.say(do="seen", visible=True, sound="armed")
    await line.say(do="presented", ids=[incident.id], audible=True)
    await until(lambda: "presented" in site.house.desk.board.incidents[incident.id].times)
    await until(lambda: site.house.consoles.services.listening.unheard == {})
    await line.close()


async def test_who_listens_on_the_open_line_does_not_go_idle(site: Site) -> None:
    incident = await site.house.press()
    _, line = await site.page()
    for id, command in (("mine-now-1", "acknowledge"), ("listens-01", "listen")):
        await line.say(do="command", typed={}, command={"do": command, "id": id, "incident": incident.id})
        await line.reply(lambda reply, id=id: reply.get("answer", {}).get("id") == id)
    for _ in range(3):
        site.house.clock.pass_s(50 * 60)
        before = site.house.clock.now().timestamp() * 1000
        await line.until(
            lambda message, at=before: message.get("access", {}).get("idle_at", 0) > at + 55 * 60_000,
            after=len(line.messages),
        )
    await line.close()
