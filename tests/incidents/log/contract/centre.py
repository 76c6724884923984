"""Several servers of one log in JetStream, and what a test asks of them."""

import asyncio
import base64
import contextlib
import secrets
import sqlite3
from pathlib import Path

from incidents.log import AlreadyRecorded, LogUnavailable, Record
from incidents.log.jetstream import JetStreamLog
from incidents.log.verify import verify
from tests.incidents.log.parts import append_somehow, draft, everything


class Centre:
    """The servers of one log: each has a folder, all have the same master key."""

    def __init__(self, folder: Path, addresses: list[str], replicas: int = 1) -> None:
        self.folder, self.addresses, self.replicas = folder, addresses, replicas
        self.name = f"T{secrets.token_hex(6)}"
        self.logs: list[JetStreamLog] = []

    def path(self, server: str) -> Path:
        return self.folder / server / "vigie.log"

    async def open(self, server: str) -> JetStreamLog:
        path, key = self.path(server), self.folder / "master.key"
        path.parent.mkdir(exist_ok=True)
        opened = await JetStreamLog.open(path, self.addresses, name=self.name, replicas=self.replicas, key_file=key)
        self.logs.append(opened)
        return opened

    async def agree(self) -> list[Record]:
        """What every open server has, the same ones, which verify."""
        first, *others = [await everything_now(log) for log in self.logs if not log._closed]
        assert all(other == first for other in others)
        for path in self.folder.glob("*/vigie.log"):
            report = verify(path)
            assert report.ok, report.findings
        return first

    async def close(self) -> None:
        for log in self.logs:
            await log.close()


async def everything_now(log: JetStreamLog) -> list[Record]:
    """With what other servers wrote until now."""
    await log._reach(await log._servers.end(log._name))
    return await everything(log)


async def append_somehow_later(log: JetStreamLog, stream: str, record_id: str) -> Record:
    """As a feed does: the same again until it is recorded."""
    while True:
        try:
            return await append_somehow(log, stream, draft(record_id))
        except LogUnavailable:
            await asyncio.sleep(0.1)
        except AlreadyRecorded as known:
            return known.record


def wrapped(path: Path, stream: str) -> bytes:
    """A stream's key as it stands in a private store."""
    with contextlib.closing(sqlite3.connect(path.with_name(path.name + ".private"))) as db:
        (row,) = db.execute("SELECT wrapped FROM keys WHERE stream = ?", (stream,)).fetchall()
    return bytes(row[0])


def named_row(path: Path, word: str) -> tuple[bytes, bytes]:
    """A name as it stands in a private store: digest, and sealed."""
    with contextlib.closing(sqlite3.connect(path.with_name(path.name + ".private"))) as db:
        (found,) = db.execute("SELECT digest, sealed FROM actors WHERE pseudonym = ?", (word,)).fetchall()
    return bytes(found[0]), bytes(found[1])


def holds(folder: Path, key: bytes) -> bool:
    """Whether any file below has the key's bytes, as they are or in base64."""
    forms = (key, base64.b64encode(key))
    return any(form in content for content in map(_content, folder.rglob("*")) for form in forms)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes() if file.is_file() else b""
    except FileNotFoundError:  # a server that works on lets go of files
        return b""
