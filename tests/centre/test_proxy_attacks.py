"""What a browser sends through a proxy to pass for another or to slip a request past it: nginx, Caddy, and a careless one."""

import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.access.accounts import Accounts
from dashboard.ports import free_port
from tests.centre.test_proxy import NGINX, caddy, certificate, nginx
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.processes import ROOT, Command

PROXIES = ("nginx", "caddy", "careless")
NEXT = b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"  # what is to be taken for a request of its own
N = len(NEXT)


def post(*lines: bytes, body: bytes, version: bytes = b"1.1") -> bytes:
    return b"\r\n".join((b"POST /live HTTP/" + version, b"Host: localhost", *lines, b"", body))


CHUNKED = b"Transfer-Encoding: chunked"
# Requests whose end two servers may see in two places, by what is odd in them.
ODD = {
    "both lengths": post(b"Content-Length: %d" % (N + 5), CHUNKED, body=b"0\r\n\r\n" + NEXT),
    "both lengths, short": post(b"Content-Length: 4", CHUNKED, body=b"%x\r\n" % N + NEXT + b"\r\n0\r\n\r\n"),
    "an unknown coding": post(
        b"Content-Length: %d" % (N + 5), b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n" + NEXT
    ),
    "a coding after a tab": post(
        b"Content-Length: %d" % (N + 5), b"Transfer-Encoding:\tchunked", body=b"0\r\n\r\n" + NEXT
    ),
    "a coding before a space": post(
        b"Content-Length: %d" % (N + 5), b"Transfer-Encoding : chunked", body=b"0\r\n\r\n" + NEXT
    ),
    "two codings": post(CHUNKED, b"Transfer-Encoding: identity", body=b"0\r\n\r\n" + NEXT),
    "a coding on a folded line": post(
        b"Content-Length: %d" % (N + 5), b"X: y", b" " + CHUNKED, body=b"0\r\n\r\n" + NEXT
    ),
    "a length on a folded line": post(b"Content-Length:", b" 0", body=NEXT),
    "two lengths": post(b"Content-Length: 0", b"Content-Length: %d" % N, body=NEXT),
    "a list of lengths": post(b"Content-Length: 0, %d" % N, body=NEXT),
    "a length with a sign": post(b"Content-Length: +%d" % N, body=NEXT),
    "a length with a line in it": post(b"Content-Length: 1_0", body=NEXT),
    "a length below nothing": post(b"Content-Length: -1", body=NEXT),
    "lines without a return": post(b"Content-Length: %d" % (N + 5), CHUNKED, body=b"0\r\n\r\n" + NEXT).replace(
        b"\r", b""
    ),
    "one line without a return": post(b"X: y\n" + CHUNKED, b"Content-Length: %d" % (N + 5), body=b"0\r\n\r\n" + NEXT),
    "a return within a line": post(b"X: y\r" + CHUNKED, b"Content-Length: %d" % (N + 5), body=b"0\r\n\r\n" + NEXT),
    "a zero byte": post(CHUNKED + b"\0", b"Content-Length: %d" % (N + 5), body=b"0\r\n\r\n" + NEXT),
    "a chunk's extension that ends early": post(
        CHUNKED, body=b"2;a=\nxx\r\n%x\r\n0\r\n\r\n" % (N + 5) + NEXT + b"\r\n0\r\n\r\n"
    ),
    "a chunk's length in another writing": post(CHUNKED, body=b"0x0\r\n\r\n" + NEXT),
    "a chunk that is longer than it says": post(CHUNKED, body=b"2\r\nabXX\r\n0\r\n\r\n" + NEXT),
    "chunks in an old version": post(
        b"Connection: keep-alive", CHUNKED, b"Content-Length: %d" % (N + 5), body=b"0\r\n\r\n" + NEXT, version=b"1.0"
    ),
    "two hosts": b"GET /live HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    "no host": b"GET /live HTTP/1.1\r\n\r\n",
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + NEXT,
}


class Site:
    """Vigie, and its port behind each proxy."""

    def __init__(self, folder: Path) -> None:
        self.chain, _ = certificate(folder)
        self.inside = free_port()
        self.ports = {name: free_port() for name in PROXIES}

    def send(self, where: str, data: bytes, *, wait_s: float = 5.0, last: bytes = b"") -> bytes:
        """What is answered, until the line closes, `last` was read, or nothing came for so long."""
        port = self.ports.get(where, self.inside)
        line: socket.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        if where in ("nginx", "caddy"):
            line = ssl.create_default_context(cafile=str(self.chain)).wrap_socket(line, server_hostname="localhost")
        with line:
            line.settimeout(wait_s)
            answered = b""
            try:
                line.sendall(data)
                while not (last and last in answered) and (part := line.recv(65536)):
                    answered += part
            except OSError:
                pass
            return answered

    def get(self, where: str, path: str, *lines: str, host: str = "localhost") -> tuple[int, str, str]:
        """Status, headers and body of a page."""
        head = "\r\n".join((f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close", *lines, "", ""))
        head, _, body = self.send(where, head.encode()).decode(errors="replace").partition("\r\n\r\n")
        return int(head[9:12] or 0), head, body


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("proxies")
    site = Site(folder)
    Accounts(folder / "vigie.users", hasher=QUICK).add("Mieke Voorbeeld", ["supervisor"], PASSWORD)
    (folder / "careless").mkdir()
    own = "".join(
        f"{kind}_temp_path {folder}/careless/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # As anybody's first try is: it says nothing of who asks.
    (folder / "careless" / "nginx.conf").write_text(
        f"daemon off; pid {folder}/careless/pid; events {{}}\nhttp {{ access_log off; {own} server {{ "
        f"listen 127.0.0.1:{site.ports['careless']}; location / {{ proxy_pass http://127.0.0.1:{site.inside}; }} }} }}\n"
    )
    careless = ("-p", str(folder / "careless"), "-e", str(folder / "careless" / "errors"))
    origins = f"localhost:{site.ports['nginx']},localhost:{site.ports['caddy']}"
    where = ("--log", str(folder / "vigie.log"), "--port", str(site.inside))
    environ = {"VIGIE_BEHIND_PROXY": "1", "VIGIE_ORIGINS": origins}
    desk = Command("serve", *where, output=folder / "output", **environ)
    commands = (
        nginx(folder, site.inside, site.ports["nginx"]),
        caddy(folder, site.inside, site.ports["caddy"]),
        (str(NGINX), *careless, "-c", str(folder / "careless" / "nginx.conf")),
    )
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes = [subprocess.Popen(command, cwd=ROOT, **quiet) for command in commands]
    try:
        ends = time.monotonic() + 60
        while not all(_answers(site, where) for where in ("inside", *PROXIES)):
            assert time.monotonic() < ends
            time.sleep(0.1)
        yield site
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)
        desk.stop()


def _answers(site: Site, where: str) -> bool:
    try:
        return site.get(where, "/live")[0] == 200
    except OSError:
        return False


@pytest.mark.parametrize("what", ODD)
def test_a_request_that_two_servers_may_read_differently_is_refused(site: Site, what: str) -> None:
    answered = site.send("inside", ODD[what], last=b"HTTP/1.1 400")
    assert answered.startswith(b"HTTP/1.1 400") and answered.count(b"HTTP/1.") == 1


@pytest.mark.parametrize("proxy", ["nginx", "caddy"])
def test_no_odd_request_changes_what_the_next_browser_is_answered(site: Site, proxy: str) -> None:
    for what, request in ODD.items():
        answered = site.send(proxy, request, wait_s=0.3)
        assert b"Alarm queue" not in answered, what
        for _ in range(2):
            status, _, body = site.get(proxy, "/live")
            assert (status, body) == (200, "live\n"), what


@pytest.mark.parametrize("proxy", ["nginx", "caddy"])
@pytest.mark.parametrize("upgrade", ["h2c", "websocket", "h2c, websocket"])
def test_an_upgrade_that_is_none_opens_no_tunnel(site: Site, proxy: str, upgrade: str) -> None:
    lines = (f"Upgrade: {upgrade}", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA", "Sec-WebSocket-Version: 99")
    key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
    for path in ("/live", "/operator/ws", "/health"):
        head = "\r\n".join((f"GET {path} HTTP/1.1", "Host: localhost", "Connection: Upgrade", *lines, key, "", ""))
        answered = site.send(proxy, head.encode() + NEXT, wait_s=0.3)
        assert not answered.startswith(b"HTTP/1.1 101"), path


CLAIMS = (
    *("X-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1", "X-Forwarded-For: 127.0.0.1, 127.0.0.1"),
    *("Forwarded: for=127.0.0.1;host=localhost;proto=http", "X-Forwarded-Host: evil.example", "X-Scheme: http"),
    *("X-Forwarded-Proto: http", "X-Forwarded-Port: 80", "X-Original-URL: /operator", "X-Rewrite-URL: /operator"),
    *(
        "X-HTTP-Method-Override: POST",
        "Via: 1.1 evil.example",
        "Connection: X-Forwarded-For, X-Real-IP, X-Forwarded-Proto",
    ),
)


@pytest.mark.parametrize("proxy", PROXIES)
def test_whatever_a_browser_claims_it_is_not_this_machine_and_under_no_other_name(site: Site, proxy: str) -> None:
    for lines in ((), *((claim,) for claim in CLAIMS), CLAIMS[:1] + CLAIMS[5:7]):
        status, head, body = site.get(proxy, "/health", *lines)
        assert (status, body) == (503, '{"ok":false,"status":"down"}'), lines
        if proxy != "careless":
            assert "Strict-Transport-Security" in head, lines
        assert site.get(proxy, "/metrics", *lines)[0] == 403, lines
        status, head, body = site.get(proxy, "/sheet", *lines)
        assert status in (302, 303) and "evil.example" not in head + body, lines
        status, head, _ = site.get(proxy, "/oidc", *lines)
        assert status == 404 and "evil.example" not in head, lines
    for host in ("127.0.0.1", "[::1]", "127.0.0.1:5006"):
        assert "feed" not in site.get(proxy, "/health", host=host)[2]


def test_this_machine_itself_is_known_and_what_was_passed_on_is_not(site: Site) -> None:
    assert '"feeds"' in site.get("inside", "/health", host=f"localhost:{site.inside}")[2]
    for claim in ("X-Forwarded-Host: localhost", "X-Real-IP: 127.0.0.1", "Via: 1.1 x", "X-Forwarded-Proto: https"):
        assert (
            site.get("inside", "/health", claim, host=f"localhost:{site.inside}")[2] == '{"ok":false,"status":"down"}'
        ), claim
    old = f"GET /health HTTP/1.0\r\nHost: localhost:{site.inside}\r\n\r\n".encode()
    assert site.send("inside", old).endswith(b'{"ok":false,"status":"down"}')


WAYS_ROUND = (
    *(
        "//operator",
        "/%6fperator",
        "/operator/",
        "/operator;x",
        "/./operator",
        "/sign-in/../operator",
        "/x/%2e%2e/operator",
    ),
    *(
        "/sign-in/..%2foperator",
        "/sign-in%2f..%2foperator",
        "/operator%00",
        "/assets/../operator",
        "/assets/..%2f..%2fapp.py",
    ),
    *(
        "/assets/access/..%2f..%2f..%2fsettings.py",
        "/static/..%2f..%2fx",
        "//sheet",
        "/%2e/sheet",
        "/degraded/.",
        "/\\sheet",
    ),
    *("/sheet%20", "/SHEET", "/sheet?x=/live", "/sheet#/live", "/operator?bokeh-session-id=x", "/devices.csv/x.css"),
)


@pytest.mark.parametrize("proxy", ["inside", "nginx", "caddy"])
def test_no_writing_of_an_address_leads_round_the_sign_in(site: Site, proxy: str) -> None:
    for path in WAYS_ROUND:
        status, head, body = site.get(proxy, path)
        assert status in (302, 303, 400, 403, 404), path
        assert "Alarm queue" not in body and "import " not in body, path
        if "Location" in head:
            where = re.search(r"Location: (.*?)\r?$", head, re.M)
            assert where is not None and re.match(r"(\./|/)?sign-in", where[1]), path


@pytest.mark.parametrize("proxy", ["inside", "nginx", "caddy"])
def test_no_cache_on_the_way_keeps_what_may_be_a_persons(site: Site, proxy: str) -> None:
    login = "username=Mieke+Voorbeeld&password=" + PASSWORD.replace(" ", "+")
    lines = ("POST /sign-in HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Length: {len(login)}")
    form = "Content-Type: application/x-www-form-urlencoded"
    answered = site.send(proxy, "\r\n".join((*lines, form, "", login)).encode(), wait_s=20).decode()
    cookie = re.search(r"Set-Cookie: (vigie_session=[^;]+)", answered)
    assert cookie is not None and "no-store" in answered
    if proxy != "inside":
        assert all("Secure" in line for line in answered.splitlines() if line.startswith("Set-Cookie"))
    pages = (
        "/operator",
        "/supervisor",
        "/bench",
        "/sheet",
        "/figures",
        "/devices",
        "/devices.csv",
        "/degraded",
        "/drills",
    )
    made = (
        "/report/x.csv",
        "/report/x.pdf",
        "/evidence/abcdefgh.pdf",
        "/aggregate",
        "/handout/" + "0" * 32,
        "/nowhere",
    )
    for path in (
        *pages,
        *made,
        "/",
        "/live",
        "/health",
        "/metrics",
        "/sign-in",
        "/sign-in/waiting",
        "/oidc",
        "/oidc-callback",
        "/page",
    ):
        _, head, _ = site.get(proxy, path, f"Cookie: {cookie[1]}")
        assert re.search(r"^Cache-Control: no-store\r?$", head, re.M), path
    _, head, _ = site.get(proxy, "/assets/access/access.css")
    assert "no-store" not in head
