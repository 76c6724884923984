"""What is asked side by side is made durable together."""

import asyncio
from collections.abc import Sequence

import pytest

from incidents.log.sqlite import SqliteLog
from incidents.log.writer import Job, Outcome, Writer
from tests.incidents.log.parts import draft, everything


async def test_whoever_asks_in_the_same_turn_is_written_in_one_group(
    log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups: list[int] = []
    commit = Writer.commit

    def counted(writer: Writer, jobs: Sequence[Job]) -> list[Outcome]:
        groups.append(len(jobs))
        return commit(writer, jobs)

    monkeypatch.setattr(Writer, "commit", counted)
    for version in range(5):
        await asyncio.gather(*(log.append(f"incident/{n}", version, draft(f"{n}/{version}")) for n in range(256)))
    await asyncio.gather(*(log.append(f"incident/{n}", 0, draft(f"{n}")) for n in range(256, 556)))
    assert groups == [256] * 5 + [256, 44]
    assert len(await everything(log)) == 256 * 5 + 300
