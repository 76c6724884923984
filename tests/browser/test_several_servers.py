"""Three servers behind the real Caddy and nginx with the files of docs/cluster: who is where, and who comes where when one
dies or hangs. Each server keeps a log of its own here: what is tried is the way to them."""

import contextlib
import http.client
import re
import shutil
import signal
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from dashboard.access.accounts import Accounts
from dashboard.ports import free_port
from tests.browser.conftest import until
from tests.browser.test_outages import WATCH
from tests.centre.test_proxy import caddy_with, certificate, filled, nginx_with
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.processes import ROOT, Command

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "fr", "nl")  # each server says its name by the language of its sign-in page
NAME = "Mieke Voorbeeld"
SLOW_S = (
    30.0  # promised are 3 s until a page says it, and 5 s more until it is live elsewhere; two cores have other work
)


class Server:
    """A desk with a log of its own and the accounts of all."""

    def __init__(self, folder: Path, language: str, origin: str, chain: Path, key: Path) -> None:
        self.folder, self.language, self.port = folder / language, language, free_port()
        self.folder.mkdir()
        self._environ = {
            "VIGIE_LOG": str(self.folder / "vigie.log"),
            "VIGIE_PORT": str(self.port),
            "VIGIE_LANGUAGE": language,
            "VIGIE_BEHIND_PROXY": "1",
            "VIGIE_ORIGINS": origin,
            "VIGIE_TLS_CERT": str(chain),
            "VIGIE_TLS_KEY": str(key),
        }

    def start(self) -> None:
        self.process = Command("serve", output=self.folder / "output", **self._environ)
        self.process.serves(self.port)

    def end(self) -> None:
        self.process.send(signal.SIGCONT)
        self.process.kill()


class Site:
    """Three servers and a proxy. `wrong`: what went wrong on the pages."""

    def __init__(self, folder: Path, proxy: str) -> None:
        self.outside = free_port()
        self.base = f"https://localhost:{self.outside}"
        chain, key = certificate(folder)
        self.trust = ssl.create_default_context(cafile=str(chain))
        shutil.copy(chain, folder / "authority.pem")
        self.servers = {name: Server(folder, name, f"localhost:{self.outside}", chain, key) for name in LANGUAGES}
        first, *others = self.servers.values()
        # Who is signed in is in the accounts' file: this stands for a cluster's servers, which share it.
        Accounts(first.folder / "vigie.users", hasher=QUICK).add(NAME, ["dispatcher"], PASSWORD)
        first.start()
        self.session = self._signed_in(first)
        first.process.stop()
        for other in others:
            for file in first.folder.glob("vigie.users*"):
                shutil.copy(file, other.folder)
        for server in self.servers.values():
            server.start()
        addresses = {f"10.0.0.{n}:5006": f"127.0.0.1:{one.port}" for n, one in enumerate(self.servers.values(), 1)}
        if proxy == "nginx":
            addresses |= {old.replace(".", r"\."): new.replace(".", r"\.") for old, new in addresses.items()}
            lines = {"listen 443 ssl": f"listen 127.0.0.1:{self.outside} ssl", "vigie.example": "localhost"}
            command = nginx_with(folder, filled("cluster/nginx.conf", folder, **addresses, **lines))
        else:
            lines = {
                "https://vigie.example:443": self.base,
                ":443 {": f":{self.outside} {{",
                "vigie.example": "localhost",
            }
            command = caddy_with(folder, filled("cluster/Caddyfile", folder, **addresses, **lines))
        self.said = folder / "proxy.output"
        with self.said.open("wb") as output:
            self.proxy = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
        until(self._answers, 20.0)
        self.at: dict[str, str] = {}  # who a cookie names while all are well
        for n in range(2, 250):
            language, cookie = self.who(address=f"127.0.9.{n}")
            self.at[cookie] = language
            if len(self.at) == len(LANGUAGES):
                break

    def _answers(self) -> bool:
        assert self.proxy.poll() is None, self.said.read_text()
        with contextlib.suppress(OSError):
            return self.ask("/live")[0] == 200
        return False

    def _signed_in(self, server: Server) -> str:
        facts = f"username={NAME.replace(' ', '+')}&password={PASSWORD.replace(' ', '+')}"
        line = http.client.HTTPSConnection("localhost", server.port, timeout=20, context=self.trust)
        with contextlib.closing(line):
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            line.request("POST", "/sign-in", facts, kind)
            cookie = line.getresponse().headers["Set-Cookie"]
        return str(cookie.partition(";")[0].partition("=")[2])

    def ask(self, path: str, cookie: str = "", *, address: str = "127.0.0.1") -> tuple[int, str, str]:
        """Status, body and what is set of the servers' cookie, by a browser at this address of this machine."""
        line = http.client.HTTPSConnection(
            "localhost", self.outside, timeout=20, context=self.trust, source_address=(address, 0)
        )
        with contextlib.closing(line):
            line.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = line.getresponse()
            given = [one for one in answer.headers.get_all("Set-Cookie", []) if one.startswith("vigie_server=")]
            return answer.status, answer.read().decode(), given[0] if given else ""

    def who(self, cookie: str = "", *, address: str = "127.0.0.1") -> tuple[str, str]:
        """The server that answers, and the cookie from then on."""
        status, page, given = self.ask("/sign-in", cookie, address=address)
        assert status == 200, page
        language = re.search(r'<html lang="(\w+)"', page)
        assert language is not None
        return language[1], given.partition(";")[0] or cookie

    def end(self) -> None:
        self.proxy.terminate()
        self.proxy.wait(20)
        for server in self.servers.values():
            server.end()


@pytest.fixture(scope="module", params=["caddy", "nginx"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("servers"), request.param)
    yield made
    made.end()


@pytest.fixture
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    """The operator page of who is signed in, live."""
    context = chromium.new_context(ignore_https_errors=True)
    context.add_cookies([{"name": "vigie_session", "value": site.session, "url": site.base}])
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{site.base}/operator")
    expect(page.locator("#feed")).to_be_visible()
    until(lambda: live(page))
    page.evaluate(WATCH)
    yield page
    context.close()
    assert wrong == []


def live(page: Page) -> bool:
    """Whether the page has begun, and hears its server."""
    with contextlib.suppress(Error):  # it is loaded anew in this instant
        return bool(page.evaluate("!!window.vigieLine?.send && !document.body.classList.contains('lost')"))
    return False


def server_of(site: Site, page: Page) -> Server:
    """The server of this page's websocket."""
    return site.servers[site.at[cookie_of(page)]]


def cookie_of(page: Page) -> str:
    cookie = next(one["value"] for one in page.context.cookies() if one["name"] == "vigie_server")
    return f"vigie_server={cookie}"


def back(page: Page) -> None:
    """Wait until the page said that it was not live, and is again. It is the page that was loaded."""
    until(lambda: len(page.evaluate("window.turns")) >= 2, SLOW_S)
    (lost, _), *_, (still, _) = page.evaluate("window.turns")
    assert lost and not still


def test_a_browser_stays_with_one_server_and_newcomers_come_to_all(site: Site) -> None:
    found = set()
    for n in range(2, 26):
        first, cookie = site.who(address=f"127.0.0.{n}")
        found.add(first)
        assert cookie.startswith("vigie_server=")
        for _ in range(2):
            assert site.who(cookie, address=f"127.0.1.{n}") == (first, cookie)
    assert found == set(LANGUAGES)


def test_a_server_is_killed_and_its_page_is_live_at_another_and_stays_there(site: Site, page: Page) -> None:
    dead = server_of(site, page)
    dead.process.kill()
    back(page)
    now = server_of(site, page)
    assert now is not dead
    dead.start()
    until(lambda: dead.language in {site.who(address=f"127.0.2.{n}")[0] for n in range(2, 26)}, 40.0)
    assert server_of(site, page) is now
    assert site.who(cookie_of(page)) == (now.language, cookie_of(page))


def test_a_server_hangs_while_its_page_opens_and_another_gives_the_page(site: Site, page: Page) -> None:
    hung = server_of(site, page)
    page.reload()
    expect(page.locator("#feed")).to_be_visible()
    loads: list[str] = []
    page.on("request", lambda one: loads.append(one.url) if one.is_navigation_request() else None)
    hung.process.send(signal.SIGSTOP)
    try:
        until(lambda: page.evaluate("document.body.classList.contains('lost')"), SLOW_S)
        until(lambda: live(page), SLOW_S)
        assert server_of(site, page) is not hung
        assert len(loads) <= 1, "a reload ended the one before it"
    finally:
        hung.process.send(signal.SIGCONT)


def test_a_server_hangs_and_its_page_is_live_at_another_and_newcomers_wait_for_none(site: Site, page: Page) -> None:
    hung = server_of(site, page)
    hung.process.send(signal.SIGSTOP)
    try:
        back(page)
        assert server_of(site, page) is not hung
        began = time.monotonic()
        assert hung.language not in {site.who(address=f"127.0.3.{n}")[0] for n in range(2, 14)}
        assert time.monotonic() - began < 5.0
    finally:
        hung.process.send(signal.SIGCONT)
    until(lambda: hung.language in {site.who(address=f"127.0.2.{n}")[0] for n in range(2, 26)}, 40.0)


def test_all_servers_hang_for_a_moment_and_nobody_is_sent_away_when_they_go_on(site: Site, page: Page) -> None:
    there = [site.who(address=f"127.0.4.{n}")[1] for n in range(2, 8)]
    for server in site.servers.values():
        server.process.send(signal.SIGSTOP)
    try:
        until(lambda: page.evaluate("document.body.classList.contains('lost')"), SLOW_S)
        time.sleep(5.0)  # long enough for each to be found out
    finally:
        for server in site.servers.values():
            server.process.send(signal.SIGCONT)
    went_on = time.monotonic()
    for cookie in there:
        site.who(cookie)
    until(lambda: live(page), SLOW_S)
    assert time.monotonic() - went_on < 8.0
