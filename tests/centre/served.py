"""Each server there is, as the process an administrator starts, with three accounts of supervisors who are trainers too."""

import re
import signal
import socket
import time
from pathlib import Path
from typing import Self

import pytest

from dashboard.access.accounts import Accounts
from dashboard.access.signins import COOKIE as LIVE
from dashboard.ports import free_port
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.access.parts import Browser
from tests.processes import Command
from training.serving import COOKIE as TRAINING

NAME = "Mieke Voorbeeld"
OTHER = "Jan Fictief"
GREEDY = "Piet Verzonnen"  # who asks for too much: what they asked holds up their own next tests
SERVERS = {"desk": "/operator", "training room": "/trainer", "panel serve": "/app"}  # and a page of each
# `make test` asks one server what takes long: all answer by the same table of routes, through the same connections.
slow_at_each = pytest.mark.parametrize(
    "served", [one if one == "desk" else pytest.param(one, marks=pytest.mark.prove) for one in SERVERS], indirect=True
)
TELLS = "from tests.dashboard.access import walk; walk.tell()"  # its routes
# The files that systemd lets a service open unless it asks for more.
AS_A_SERVICE = "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (1024, r.getrlimit(r.RLIMIT_NOFILE)[1]))"


class Served:
    """One of `SERVERS`, until it is left. `output` is what it wrote; `before` is done in its process first."""

    def __init__(self, server: str, folder: Path, *environ: tuple[str, str], before: str = TELLS) -> None:
        self.server, self.page, self.port = server, SERVERS[server], free_port()
        self.base = f"http://localhost:{self.port}"
        self.output = folder / "output"
        users, log = folder / "vigie.users", folder / "vigie.log"
        accounts = Accounts(users, hasher=QUICK)
        for name in (NAME, OTHER, GREEDY):
            accounts.add(name, ["supervisor", "trainer"], PASSWORD)
        plugins = ["--plugins", "app", "--plugins", "tests.dashboard.access.walk"]
        words = {
            "desk": ["serve"],
            "training room": ["train", "--folder", str(folder / "room")],
            "panel serve": ["serve", "app.py", *plugins],
        }[server]
        self._words = (*words, "--port", str(self.port))
        program = (
            "from panel.command import main; main()" if server == "panel serve" else f"{before}; import app; app.app()"
        )
        self._code = f"{AS_A_SERVICE}; {program}"
        self._environ = {"VIGIE_LOG": str(log), "VIGIE_USERS": str(users), **dict(environ)}

    def __enter__(self) -> Self:
        self.process = Command(*self._words, code=self._code, output=self.output, **self._environ)
        until = time.monotonic() + 60
        while self.status("/sign-in") != 200:
            assert self.process.code is None, self.process.said
            assert time.monotonic() < until
            time.sleep(0.1)
        return self

    def __exit__(self, *error: object) -> None:
        self.process.send(signal.SIGTERM)
        self.process.wait(60)

    def routes(self) -> list[str]:
        """Its whole route table as it is now."""
        return self._told("ROUTES")

    def pings(self) -> list[str]:
        """Seconds between two pings of a line, and until one must be answered."""
        return self._told("PINGS")

    def _told(self, what: str) -> list[str]:
        self.process.send(signal.SIGUSR1)
        until = time.monotonic() + 20
        while not (found := re.findall(rf"^{what} (.*)\n", self.process.said, re.M)):
            assert time.monotonic() < until, f"the process told no {what}"
            time.sleep(0.05)
        return str(found[-1]).split()

    async def browser(self, name: str) -> Browser:
        """A browser where this person signed in."""
        browser = Browser(self.base, TRAINING if self.server == "training room" else LIVE)
        await browser.sign_in(name, PASSWORD)
        return browser

    def ask(self, request: str, *, wait_s: float = 10.0) -> bytes:
        """What a socket gets that sends exactly this; "" when nothing came, or nobody listens."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), wait_s) as line:
                line.sendall(request.encode("latin-1"))
                return b"".join(iter(lambda: line.recv(65536), b""))
        except OSError:
            return b""

    def status(self, path: str, *headers: str, method: str = "GET") -> int:
        """0 when there is no answer. The path goes as it is: nobody tidies its dots."""
        lines = (f"{method} {path} HTTP/1.1", f"Host: localhost:{self.port}", "Connection: close", *headers)
        found = re.match(rb"HTTP/1\.1 (\d+)", self.ask("\r\n".join(lines) + "\r\n\r\n"))
        return int(found.group(1)) if found else 0
