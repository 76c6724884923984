"""TLS by Vigie itself, and behind the real nginx and Caddy with the files that docs/ ships."""

import asyncio
import contextlib
import os
import re
import shutil
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPMessage
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from dashboard.access.accounts import Accounts
from dashboard.ports import free_port
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.processes import ROOT, Command
from tests.waiting import LONG_S

_SEARCHED = f"{os.environ.get('PATH', '')}:/usr/sbin"
NGINX, CADDY = (shutil.which(name, path=_SEARCHED) for name in ("nginx", "caddy"))
Proxy = Callable[[Path, int, int], tuple[str, ...]]  # a folder, Vigie's port and its own: the command


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "fullchain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain, secret


class Client:
    """One browser of a TLS address; redirects are answers."""

    def __init__(self, base: str, chain: Path) -> None:
        self.base = base
        self.trust = ssl.create_default_context(cafile=str(chain))
        self.cookie = ""

    async def ask(self, path: str, facts: dict[str, str] | None = None, **headers: str) -> tuple[int, str, HTTPMessage]:
        named = {name.replace("_", "-"): value for name, value in headers.items()} | {"Cookie": self.cookie}
        return await asyncio.to_thread(self._ask, path, facts, named)

    def _ask(self, path: str, facts: dict[str, str] | None, headers: dict[str, str]) -> tuple[int, str, HTTPMessage]:
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *facts: Any) -> None:
                return None

        opener = urllib.request.build_opener(Stay, urllib.request.HTTPSHandler(context=self.trust))
        data = urllib.parse.urlencode(facts).encode() if facts is not None else None
        try:
            with opener.open(urllib.request.Request(self.base + path, data, headers), timeout=20) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), error.headers

    async def sign_in(self) -> str:
        """Sign in; what the cookie was set with."""
        facts = {"username": "Mieke Voorbeeld", "password": PASSWORD}
        status, _, headers = await self.ask("/sign-in", facts, Origin=self.base)
        assert status == 303
        self.cookie = headers["Set-Cookie"].split(";")[0]
        return str(headers["Set-Cookie"])

    async def first_frame(self, origin: str) -> str:
        """Open a page and its websocket; what the server says first."""
        _, page, _ = await self.ask("/operator")
        token = re.search(r'"token":"([^"]+)"', page)
        assert token is not None
        async with connect(
            f"{self.base.replace('https', 'wss', 1)}/operator/ws",
            subprotocols=[Subprotocol("bokeh"), Subprotocol(token.group(1))],
            origin=Origin(origin),
            additional_headers={"Cookie": self.cookie},
            ssl=self.trust,
        ) as line:
            return str(await asyncio.wait_for(line.recv(), 20))


@contextlib.asynccontextmanager
async def running(*command: str, **environ: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 20)


@contextlib.asynccontextmanager
async def vigie(folder: Path, port: int, **environ: str) -> AsyncIterator[None]:
    """The desk with one account."""
    Accounts(folder / "vigie.users", hasher=QUICK).add("Mieke Voorbeeld", ["dispatcher"], PASSWORD)
    where = ("--log", str(folder / "vigie.log"), "--port", str(port))
    server = Command("serve", *where, output=folder / "output", **environ)
    try:
        await asyncio.to_thread(server.serves, port)
        yield
    finally:
        await asyncio.to_thread(server.stop)


def filled(file: str, folder: Path, **others: str) -> str:
    """A file of docs/ with the ports, names and paths of a test."""
    text = (ROOT / "docs" / file).read_text()
    for old, new in (*others.items(), ("/etc/ssl/vigie", str(folder))):
        assert old in text
        text = text.replace(old, new)
    return text


def nginx_with(folder: Path, text: str) -> tuple[str, ...]:
    """The command that runs nginx with this file; what it keeps of its own stays in the folder."""
    assert NGINX, "no nginx on this machine: `make test` says how to install it"
    (folder / "vigie.conf").write_text(text)
    bodies = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/errors; events {{}}\n"
        f"http {{ access_log off; {bodies} include {folder}/vigie.conf; }}\n"
    )
    return NGINX, "-p", str(folder), "-e", str(folder / "errors"), "-c", str(folder / "nginx.conf")


def caddy_with(folder: Path, text: str) -> tuple[str, ...]:
    """The command that runs Caddy with this file; what it keeps of its own stays in the folder."""
    assert CADDY, "no caddy on this machine: `make test` says how to install it"
    (folder / "Caddyfile").write_text(text)
    own = ("env", f"HOME={folder}", f"XDG_DATA_HOME={folder}", f"XDG_CONFIG_HOME={folder}")
    return *own, CADDY, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"


def nginx(folder: Path, inside: int, outside: int) -> tuple[str, ...]:
    """The command that runs nginx with the documented file."""
    lines = {"listen 443 ssl": f"listen 127.0.0.1:{outside} ssl", "vigie.example": "localhost"}
    return nginx_with(folder, filled("nginx.conf", folder, **lines, **{"127.0.0.1:5006": f"127.0.0.1:{inside}"}))


def caddy(folder: Path, inside: int, outside: int) -> tuple[str, ...]:
    """The command that runs Caddy with the documented file."""
    lines = {"https://vigie.example:443": f"https://localhost:{outside}", ":443 {": f":{outside} {{"}
    lines |= {"127.0.0.1:5006": f"127.0.0.1:{inside}"}
    return caddy_with(folder, filled("Caddyfile", folder, **lines))


@pytest.mark.parametrize("proxy", [nginx, caddy])
async def test_the_documented_proxy_carries_pages_websockets_and_who_asks(tmp_path: Path, proxy: Proxy) -> None:
    chain, _ = certificate(tmp_path)
    inside, outside = free_port(), free_port()
    environ = {"VIGIE_BEHIND_PROXY": "1", "VIGIE_ORIGINS": f"localhost:{outside}"}
    async with vigie(tmp_path, inside, **environ), running(*proxy(tmp_path, inside, outside)):
        client = Client(f"https://localhost:{outside}", chain)
        async with asyncio.timeout(LONG_S):
            while True:
                with contextlib.suppress(urllib.error.URLError):
                    if (await client.ask("/live"))[0] == 200:
                        break
                await asyncio.sleep(0.05)
        status, _, headers = await client.ask("/operator")
        assert (status, headers["Location"]) == (302, "./sign-in?next=%2Foperator")
        assert headers["Strict-Transport-Security"].startswith("max-age=")
        assert "Secure" in await client.sign_in()
        assert "ACK" in await client.first_frame(client.base)
        for other in ("https://evil.example", client.base.replace("https", "http", 1)):
            with pytest.raises(InvalidStatus):
                await client.first_frame(other)
        # What a browser claims about itself opens nothing.
        status, body, _ = await client.ask("/health", X_Forwarded_For="127.0.0.1", X_Real_Ip="127.0.0.1")
        assert (status, body) == (503, '{"ok":false,"status":"down"}')
        # Under another name it is no monitor's good news.
        assert (await client.ask("/health", Host="other.example"))[0] in (421, 503)
        claimed = await client.ask("/live", X_Scheme="http", X_Forwarded_Proto="http")
        assert "Strict-Transport-Security" in claimed[2]


async def test_vigie_serves_tls_itself(tmp_path: Path) -> None:
    chain, key = certificate(tmp_path)
    port = free_port()
    async with vigie(tmp_path, port, VIGIE_TLS_CERT=str(chain), VIGIE_TLS_KEY=str(key)):
        client = Client(f"https://localhost:{port}", chain)
        assert "Secure" in await client.sign_in()
        status, _, headers = await client.ask("/operator")
        assert status == 200
        assert headers["Strict-Transport-Security"].startswith("max-age=")
        assert "ACK" in await client.first_frame(client.base)
