"""The nats-servers as docs/cluster says: three of them by TLS keep a log, for who has the password alone, also when one dies."""

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


class Documented:
    """Three servers with the documented file; `access` is who may come."""

    def __init__(self, folder: Path) -> None:
        chain, key = certificate(folder, "vigie")
        for source, name in ((chain, "fullchain.pem"), (chain, "authority.pem"), (key, "key.pem")):
            shutil.copy(source, folder / name)
        (password := folder / "password").write_text("change-this-word\n", encoding="utf-8")
        self.access = ClusterAccess(user="vigie", password_file=password, ca_file=chain)
        self.ports = {number: (free_port(), free_port()) for number in NUMBERS}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        for number in NUMBERS:
            others = iter(sorted({*NUMBERS} - {number}))
            # The file of the first machine: on another one the addresses are its own, and the routes lead to the two others.
            here = {"1": number, "2": next(others), "3": next(others)}
            text = FILE.read_text(encoding="utf-8")
            lines = {
                "server_name: nats-1": f"server_name: nats-{number}",
                '"10.0.0.1:4222"': f'"127.0.0.1:{self.ports[number][0]}"',
                **{f"10.0.0.{n}:6222": f"127.0.0.1:{self.ports[one][1]}" for n, one in here.items()},
                "/var/lib/nats": str(folder / f"nats-{number}"),
                "/etc/ssl/vigie": str(folder),
            }
            for old, new in lines.items():
                assert old in text
                text = text.replace(old, new)
            (config := folder / f"nats-{number}.conf").write_text(text, encoding="utf-8")
            with (folder / f"nats-{number}.output").open("ab") as output:
                self.processes[number] = subprocess.Popen([PROGRAM, "-c", str(config)], stdout=output, stderr=output)
        until = time.monotonic() + 20
        while not all(_answers("127.0.0.1", port, by_tls=True) for port, _ in self.ports.values()):
            assert time.monotonic() < until and all(one.poll() is None for one in self.processes.values())
            time.sleep(0.05)

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


async def test_three_documented_servers_keep_a_log_when_one_dies_and_take_it_from_nobody_else(
    documented: Documented, tmp_path: Path
) -> None:
    log = await JetStreamLog.open(
        tmp_path / "vigie.log", documented.addresses, name="T", replicas=3, access=documented.access
    )
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
