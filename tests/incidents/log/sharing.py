"""Servers that share a file through a real nats-server, each of which can be cut off and let in again."""

import asyncio
import contextlib
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from incidents.log.servers import Servers
from incidents.log.shared_file import EVERY_S, SharedFile

FILLED_S = 60.0  # with a cluster that has just started, on a busy machine
QUIET_S = 4 * EVERY_S
Share = Callable[[Path, Servers, str, int], SharedFile]


class Sharing:
    """The files `FOLDER/SERVER/FILE`, and what shares them; `share` makes it of path, cluster, its name and its replicas."""

    def __init__(self, folder: Path, addresses: list[str], file: str, share: Share, replicas: int = 1) -> None:
        self.folder, self.addresses, self.file, self.replicas = folder, addresses, file, replicas
        self.name = f"T{secrets.token_hex(6)}"
        self._share = share
        self.running: dict[str, tuple[SharedFile, Servers, asyncio.Task[None]]] = {}

    def path(self, server: str) -> Path:
        path = self.folder / server / self.file
        path.parent.mkdir(exist_ok=True)
        return path

    async def join(self, *servers: str, within_s: float = FILLED_S) -> None:
        """Let them share, and wait until each has what there is."""
        for server in servers:
            connection = Servers(self.addresses)
            shared = self._share(self.path(server), connection, self.name, self.replicas)
            self.running[server] = shared, connection, asyncio.create_task(shared.run())
            assert await shared.filled(within_s), shared.trouble

    async def leave(self, *servers: str) -> None:
        """Cut them off: what is changed there stays there."""
        for server in servers:
            _, connection, task = self.running.pop(server)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await connection.close()

    def trouble(self, server: str) -> str:
        return self.running[server][0].trouble

    def position(self, server: str) -> int:
        """The last message that a file has."""
        with contextlib.closing(sqlite3.connect(self.path(server), timeout=10)) as db:
            return int((db.execute("SELECT seq FROM shared_at").fetchone() or (0,))[0])

    def contents(self) -> dict[str, Any]:
        """What every file holds that is not of its server alone, by server."""
        return {server: dump(self.path(server)) for server in self.running}

    async def agree(self, within_s: float = FILLED_S) -> Any:
        """What all files hold once they hold the same for a while, and no message of the stream stands for nothing any more."""
        clock = asyncio.get_running_loop().time
        end, since, before = clock() + within_s, clock(), None
        while True:
            found = list(self.contents().values())
            if found[0] != before or any(other != before for other in found) or await self._left():
                since, before = clock(), found[0]
            elif clock() > since + QUIET_S:
                return before
            assert clock() < end, self.contents()
            await asyncio.sleep(0.02)

    async def _left(self) -> bool:
        """Whether some message is not yet in some file, or was replaced and is there still."""
        _, connection, _ = next(iter(self.running.values()))
        for server, (shared, _, _) in self.running.items():
            if not self.path(server).exists() or self.position(server) < await connection.end(shared.stream):
                return True
            with contextlib.closing(sqlite3.connect(self.path(server), timeout=10)) as db:
                if db.execute("SELECT 1 FROM shared_replaced WHERE due = 0").fetchone():
                    return True
        return False

    async def close(self) -> None:
        await self.leave(*self.running)


def dump(path: Path) -> dict[str, list[Any]]:
    """The rows of each table, without what numbers them here alone and without what was shared."""
    if not path.exists():
        return {}
    found = {}
    with contextlib.closing(sqlite3.connect(path, timeout=10)) as db:
        for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            names = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] != "n"]
            if not table.startswith(("shared", "sqlite_")):
                rows = db.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
                if rows:
                    found[table] = sorted(rows, key=repr)
    return found


def files(folder: Path) -> Iterator[bytes]:
    """What every file below holds."""
    for file in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # a server that works on lets go of files
            if file.is_file():
                yield file.read_bytes()


def any_holds(folder: Path, *texts: bytes) -> bool:
    return any(text in content for content in files(folder) for text in texts)
