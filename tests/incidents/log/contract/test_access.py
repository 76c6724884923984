"""A cluster that asks who comes, by TLS: what it refuses is said in a sentence without a secret, and tried again."""

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from bench.nats_servers import NatsServer
from centre.checks.remote import cluster
from centre.settings import Settings
from incidents.log import LogUnavailable
from incidents.log.cluster_access import ClusterAccess
from incidents.log.jetstream import JetStreamLog
from incidents.log.moving import copy_log
from incidents.log.servers import Servers
from incidents.log.sqlite import SqliteLog
from tests.centre.checks.test_remote import all_of, replaced, subject
from tests.certificates import certificate
from tests.incidents.log.parts import draft, write
from tests.waiting import until

SECRET = "hidden-word"
USERS = 'authorization {{ users: [{{ user: vigie, password: "{}" }}] }}\n'


class Guarded:
    """A server that wants a user, and TLS with a certificate of ours; and the files of who may come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "others").mkdir()
        self.server_pair = certificate(folder, "server")
        self.own_pair = certificate(folder, "own")
        self.other_pair = certificate(folder / "others", "other")
        (password := folder / "password").write_text(f"{SECRET}\n", encoding="utf-8")
        self.tls = (
            f'tls {{ cert_file: "{self.server_pair[0]}", key_file: "{self.server_pair[1]}", '
            f'ca_file: "{self.own_pair[0]}", verify: true, handshake_first: true }}\n'
        )
        self.access = ClusterAccess(
            user="vigie",
            password_file=password,
            ca_file=self.server_pair[0],
            cert_file=self.own_pair[0],
            key_file=self.own_pair[1],
        )
        self.server = NatsServer(folder, more=self.tls + USERS.format(SECRET))

    @property
    def address(self) -> str:
        return f"tls://127.0.0.1:{self.server.port}"

    async def open(self, access: ClusterAccess | None = None) -> JetStreamLog:
        path = self.folder / "vigie.log"
        return await JetStreamLog.open(path, [self.address], name="T", replicas=1, access=access or self.access)

    async def refusal(self, access: ClusterAccess, address: str = "") -> str:
        servers = Servers([address or self.address], access)
        with pytest.raises(LogUnavailable) as refused:
            await servers.client()
        await servers.close()
        return str(refused.value)


@pytest.fixture
async def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Guarded]:
    monkeypatch.setattr("incidents.log.servers.ANSWER_S", 2.0)
    made = Guarded(tmp_path)
    yield made
    made.server.kill()


def but(**other: object) -> Callable[[ClusterAccess], ClusterAccess]:
    return lambda access: msgspec.structs.replace(access, **other)


async def test_who_has_the_password_and_a_certificate_writes_a_log_there(guarded: Guarded, tmp_path: Path) -> None:
    log = await guarded.open()
    (record,) = await write(log, "incident/a", 1, sealed=b"secret")
    guarded.server.kill()
    guarded.server.start()
    await asyncio.wait_for(_again(log), 60)
    assert log.unseal(record) == b"secret"
    await log.close()
    other = tmp_path / "moved" / "vigie.log"
    other.parent.mkdir()
    await (await SqliteLog.open(other)).close()
    assert await copy_log(str(other), f"{guarded.address}/M", replicas=1, access=guarded.access) == 0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (but(user="somebody"), "refuses the user and the password"),
        (but(user="", password_file=None), "refuses the user and the password"),
        (but(ca_file=None), "certificate of its cluster is not believed"),
        (but(cert_file=None, key_file=None), "come to no TLS"),
        (but(password_file=Path("/nowhere/password")), "the cluster's password: /nowhere/password: no such file"),
        (but(ca_file=Path("/nowhere/ca")), "ca_file, cert_file or key_file can't be used"),
    ],
)
async def test_what_is_refused_is_said_in_a_sentence_without_a_secret(
    guarded: Guarded, change: Callable[[ClusterAccess], ClusterAccess], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = await guarded.refusal(change(guarded.access))
    assert why in said and "\n" not in said
    assert SECRET not in said + caplog.text


async def test_a_server_that_offers_no_tls_is_told_nothing(guarded: Guarded) -> None:
    guarded.server.kill()
    guarded.server.configure("debug: true\ntrace: true\n" + USERS.format(SECRET))
    guarded.server.start()
    for address in (guarded.address, guarded.server.address):
        assert "does not begin with TLS" in await guarded.refusal(guarded.access, address)
    assert "CONNECT" not in (guarded.folder / "n1.out").read_text(encoding="utf-8")


async def test_a_password_that_changes_while_a_log_is_open_is_taken_from_its_file(
    guarded: Guarded, caplog: pytest.LogCaptureFixture
) -> None:
    log = await guarded.open()
    await write(log, "incident/a", 1)
    guarded.server.configure(guarded.tls + USERS.format("another-word"))
    guarded.server.send(signal.SIGHUP)
    async with asyncio.timeout(60):
        while "refuses the user" not in log.trouble:
            await asyncio.sleep(0.05)
    with pytest.raises(LogUnavailable):
        await log.append("incident/a", 1, draft("second"))
    await asyncio.sleep(3)  # and again, in another round
    assert caplog.text.count("WARNING  incidents.log.servers") <= 2  # cut off, refused
    assert guarded.access.password_file is not None
    guarded.access.password_file.write_text("another-word", encoding="utf-8")
    await asyncio.wait_for(_again(log), 60)
    await until(lambda: not log.trouble)
    await log.close()
    assert SECRET not in caplog.text and "another-word" not in caplog.text


async def test_a_token_is_a_password_without_a_user(guarded: Guarded) -> None:
    guarded.server.kill()
    guarded.server.configure(f'authorization {{ token: "{SECRET}" }}\n')
    guarded.server.start()
    token = ClusterAccess(password_file=guarded.access.password_file)
    servers = Servers([guarded.server.address], token)
    assert (await servers.client()).is_connected
    await servers.close()
    assert "refuses" in await guarded.refusal(ClusterAccess(), guarded.server.address)


async def test_a_disk_of_the_password_that_hangs_is_waited_for_by_one_thread(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = threading.Event()
    read, asked = ClusterAccess.credentials, 0

    def hangs(access: ClusterAccess) -> dict[str, str]:
        nonlocal asked
        asked += 1
        going.wait(20)
        return read(access)

    monkeypatch.setattr(ClusterAccess, "credentials", hangs)
    servers = Servers([guarded.address], guarded.access)
    for _ in range(3):
        with pytest.raises(LogUnavailable, match="no server of its cluster answers"):
            await servers.client()
    assert asked == 1
    going.set()
    await servers.client()
    await servers.close()


def test_an_address_holds_no_user() -> None:
    with pytest.raises(ValueError, match="no user") as refused:
        Servers([f"nats://vigie:{SECRET}@127.0.0.1:4222"])
    assert SECRET not in str(refused.value)


async def test_check_says_of_each_server_whether_it_takes_the_connection(guarded: Guarded) -> None:
    facts = {name: getattr(guarded.access, name) for name in guarded.access.__struct_fields__}
    right = replaced("cluster", servers=(guarded.address,), **facts)
    said, kept = await all_of(cluster(subject(**right)))
    assert kept.state == "warning" and "there is no log" in kept.text
    assert (said.state, said.text) == ("ok", f"cluster.servers: 127.0.0.1:{guarded.server.port} takes a connection")
    wrong = replaced("cluster", servers=("tls://127.0.0.1:1", guarded.address), **(facts | {"user": "x"}))
    first, second, *_ = await all_of(cluster(subject(**wrong)))
    assert (first.state, second.state) == ("error", "error")
    assert "no server of its cluster answers" in first.text and "refuses the user" in second.text
    clear = replaced("cluster", servers=("nats://192.0.2.1:1",))
    assert "in the clear" in (await all_of(cluster(subject(**clear))))[0].text
    assert await all_of(cluster(subject())) == [] and Settings().cluster.servers == ()


async def _again(log: JetStreamLog) -> None:
    while True:
        with contextlib.suppress(LogUnavailable):
            await log.append("incident/a", 1, draft("second"))
            return
        await asyncio.sleep(0.1)
