"""The nats-servers as docs/cluster says: three of them by TLS keep a log, for who has the password alone, also when one dies."""

import asyncio
import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.nats_servers import PROGRAM, _answers
from dashboard.ports import free_port
from incidents.log import LogUnavailable
from incidents.log.cluster_access import ClusterAccess
from incidents.log.jetstream import JetStreamLog
from tests.certificates import certificate
from tests.incidents.log.contract.centre import append_somehow_later
from tests.incidents.log.parts import write
from tests.processes import ROOT

FILE = ROOT / "docs" / "cluster" / "nats-server.conf"
NUMBERS = ("1", "2", "3")
TOGETHER_S = 20.0


class Documented:
    """Three servers with the documented file; `access` is who may come."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name, there in (("vigie", folder), ("routes", folder / "routes")):
            there.mkdir(exist_ok=True)
            chain, key = certificate(folder, name)
            for source, kept in ((chain, "fullchain.pem"), (chain, "authority.pem"), (key, "key.pem")):
                shutil.copy(source, there / kept)
        (password := folder / "password").write_text("of-the-servers\n", encoding="utf-8")
        self.access = ClusterAccess(user="vigie", password_file=password, ca_file=folder / "authority.pem")
        self.ports = {number: (free_port(), free_port()) for number in NUMBERS}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        for number in NUMBERS:
            self.start(number, *sorted({*NUMBERS} - {number}))
        self._answer()

    def _answer(self) -> None:
        until = time.monotonic() + 20
        while not all(_answers("127.0.0.1", port, by_tls=True) for port, _ in self.ports.values()):
            assert time.monotonic() < until and all(one.poll() is None for one in self.processes.values())
            time.sleep(0.05)

    def start(self, number: str, *others: str, password: str = "of-the-routes", routes: str = "routes") -> Path:
        """A server by the file of the first machine, with addresses of its own and routes to others; what it prints."""
        here = self._folder / f"server-{number}"
        here.mkdir()
        ports = self.ports.setdefault(number, (free_port(), free_port()))
        to = ", ".join(f'"nats://route:{password}@127.0.0.1:{self.ports[one][1]}"' for one in others)
        passwords = f'VIGIE_PASSWORD: "of-the-servers"\nROUTE_PASSWORD: "{password}"\n'
        (here / "nats-secrets.conf").write_text(f"{passwords}ROUTES: [{to}]\n", encoding="utf-8")
        text = FILE.read_text(encoding="utf-8")
        lines = {
            "server_name: nats-1": f"server_name: nats-{number}",
            '"10.0.0.1:4222"': f'"127.0.0.1:{ports[0]}"',
            '"10.0.0.1:6222"': f'"127.0.0.1:{ports[1]}"',
            "/var/lib/nats": str(here / "store"),
            "/etc/ssl/vigie-routes": str(self._folder / routes),
            "/etc/ssl/vigie": str(self._folder),
        }
        for old, new in lines.items():
            assert old in text
            text = text.replace(old, new)
        (here / "nats-server.conf").write_text(text, encoding="utf-8")
        return self._run(number)

    def _run(self, number: str) -> Path:
        here = self._folder / f"server-{number}"
        with (here / "output").open("ab") as output:
            command = [PROGRAM, "-c", str(here / "nats-server.conf")]
            self.processes[number] = subprocess.Popen(command, stdout=output, stderr=output)
        return here / "output"

    def again(self) -> None:
        """End all of them and start them with what they have."""
        self.end()
        for number in self.processes:
            self._run(number)
        self._answer()

    @property
    def addresses(self) -> list[str]:
        return [f"tls://127.0.0.1:{port}" for port, _ in self.ports.values()]

    def end(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()


@pytest.fixture
def documented(tmp_path: Path) -> Iterator[Documented]:
    made = Documented(tmp_path)
    yield made
    made.end()


async def opened(documented: Documented, folder: Path) -> JetStreamLog:
    """A log of the three, which may not know one another yet; a desk goes on trying, too."""
    for _ in range(3):
        try:
            async with asyncio.timeout(TOGETHER_S):
                while True:
                    with contextlib.suppress(LogUnavailable):
                        return await JetStreamLog.open(
                            folder / "vigie.log", documented.addresses, name="T", replicas=3, access=documented.access
                        )
        except TimeoutError:  # they keep nothing together: as `bench.nats_servers` says of what starts in one moment
            await asyncio.to_thread(documented.again)
    raise AssertionError("the three documented servers keep nothing together")


async def test_three_documented_servers_keep_a_log_when_one_dies_and_take_it_from_nobody_else(
    documented: Documented, tmp_path: Path
) -> None:
    log = await opened(documented, tmp_path)
    (first,) = await write(log, "incident/a", 1, sealed=b"secret")
    documented.processes["1"].kill()
    later = await append_somehow_later(log, "incident/a", "later")
    assert (first.version, later.version) == (1, 2) and log.unseal(first) == b"secret"
    await log.close()
    (tmp_path / "password").write_text("another\n", encoding="utf-8")
    with pytest.raises(LogUnavailable, match="refuses the user and the password"):
        await JetStreamLog.open(
            tmp_path / "other.log", documented.addresses, name="T", replicas=3, access=documented.access
        )


@pytest.mark.parametrize(
    ("stranger", "said"),
    [
        ({"routes": ""}, "tls: failed to verify certificate"),  # the centre's certificate, and the password
        ({"password": "change-this-word"}, "Authorization"),  # a certificate of the routes, and another password
        ({}, "Route connection created"),
    ],
    ids=["the centre's certificate", "another password", "both"],
)
def test_nobody_joins_the_routes_without_their_password_and_a_certificate_of_their_own_authority(
    documented: Documented, tmp_path: Path, stranger: dict[str, str], said: str
) -> None:
    output = documented.start("4", "1", **stranger)
    until = time.monotonic() + 60
    while said not in output.read_text(encoding="utf-8"):
        assert time.monotonic() < until, output.read_text(encoding="utf-8")
        time.sleep(0.05)


def test_the_documented_file_alone_starts_nothing(tmp_path: Path) -> None:
    shutil.copy(FILE, tmp_path)
    ran = subprocess.run([PROGRAM, "-t", "-c", str(tmp_path / FILE.name)], capture_output=True, text=True, check=False)
    assert ran.returncode != 0 and "nats-secrets.conf" in ran.stderr
