"""Drafts and files for the log's tests. Every person in them is invented."""

import sqlite3
from pathlib import Path

from incidents.log import Draft, Log, OpenFacts, Record, VersionConflict

AT = "2026-11-24T21:14:07.412Z"
LATER = "2026-11-24T21:24:07.412Z"


def draft(
    record_id: str, type_: str = "note", *, at: str = AT, sealed: bytes = b"", **facts: str | int | bool
) -> Draft:
    return Draft(id=record_id, at=at, source_at=at, actor="someone", type=type_, open=OpenFacts(facts), sealed=sealed)


async def write(log: Log, stream: str, count: int, *, sealed: bytes = b"") -> list[Record]:
    """So many more records at the end of a stream."""
    version = await log.version(stream)
    return [
        await log.append(stream, version + i, draft(f"{stream}/{version + i + 1}", n=i, sealed=sealed))
        for i in range(count)
    ]


async def append_somehow(log: Log, stream: str, what: Draft) -> Record:
    """As a desk does: on a conflict look again and try again."""
    while True:
        try:
            return await log.append(stream, await log.version(stream), what)
        except VersionConflict:
            continue


async def everything(log: Log) -> list[Record]:
    return [record async for _, record in log.records()]


def tamper(path: Path, *statements: str) -> None:
    """What someone with the file and an SQLite shell can do."""
    db = sqlite3.connect(path, isolation_level=None)
    try:
        for statement in statements:
            db.execute(statement)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()
