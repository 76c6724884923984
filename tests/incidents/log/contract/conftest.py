"""Each storage of the log, real: what `incidents.log.Log` promises, all of them keep."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench.nats_servers import NatsServer
from incidents.log.jetstream import JetStreamLog
from incidents.log.sqlite import SqliteLog

AnyLog = SqliteLog | JetStreamLog


class Storage:
    """Opens a log again and again; a new one each time for another path."""

    def __init__(self, server: NatsServer | None) -> None:
        self.server = server
        self._names: dict[Path, str] = {}

    async def open(self, path: Path) -> AnyLog:
        if self.server is None:
            return await SqliteLog.open(path)
        name = self._names.setdefault(path, f"T{secrets.token_hex(6)}")
        return await JetStreamLog.open(path, [self.server.address], name=name, replicas=1)


@pytest.fixture(params=["sqlite", "jetstream"])
def storage(request: pytest.FixtureRequest) -> Storage:
    return Storage(request.getfixturevalue("nats_server") if request.param == "jetstream" else None)


@pytest.fixture
async def log(path: Path, storage: Storage) -> AsyncIterator[AnyLog]:
    opened = await storage.open(path)
    yield opened
    await opened.close()
