"""What the buttons said is kept over restarts, whatever became of the file, and whoever stops waiting for it."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from feeds.buttons.outbox import Outbox
from feeds.buttons.store import ButtonStore, Enrolled, new_enrolment
from feeds.gateway import Gateway
from feeds.gateway.feed_file import Kept
from tests.feeds.parts import press
from tests.waiting import until

NOW = datetime(2026, 11, 24, 21, 14, 8, tzinfo=UTC)


def enrolled(path: Path) -> ButtonStore:
    """A file with a button in it."""
    store = ButtonStore(path)
    button = Enrolled(address="5C:C7:C1:00:00:01", device="AMR-1", enrolment=new_enrolment(), enrolled_at=NOW)
    store.enrol(button, instead=False)
    return store


def seqs(path: Path) -> list[int]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return [seq for (seq,) in db.execute("SELECT seq FROM messages ORDER BY seq")]


async def test_damaged_row_of_before_silences_no_button(tmp_path: Path) -> None:
    path, epochs = tmp_path / "vigie.buttons", []
    for damaged in (False, True, False):
        if damaged:
            with contextlib.closing(sqlite3.connect(path)) as db, db:
                db.execute("UPDATE messages SET raw = substr(raw, 1, 40) WHERE seq = 2")
        gateway = Gateway("buttons")
        with contextlib.closing(ButtonStore(path) if path.exists() else enrolled(path)) as store:
            outbox = Outbox(gateway, store)
            await outbox.resume()
            epochs.append(gateway.epoch)
            for number in range(3):
                outbox.put(press(None, id=f"p-{len(epochs)}-{number}"))
            assert await outbox.written(ended=True)
        assert gateway.store.head == (6 if len(epochs) == 3 else 3)
    assert epochs[0] != epochs[1] == epochs[2]
    assert seqs(path) == [1, 2, 3, 4, 5, 6]


async def test_write_that_nobody_waits_for_any_more_undoes_none_that_came_after_it(tmp_path: Path) -> None:
    class Slow(ButtonStore):
        """Its first write with a message waits in its thread, as behind another process that writes."""

        def keep(self, epoch: str, messages: Sequence[Kept], **more: Any) -> None:
            first = messages and not begun.is_set()
            if first:
                begun.set()
                on.wait(20)
            super().keep(epoch, messages, **more)
            if first:
                over.set()

    begun, on, over = threading.Event(), threading.Event(), threading.Event()
    path = tmp_path / "vigie.buttons"
    enrolled(path).close()
    gateway = Gateway("buttons")
    with contextlib.closing(Slow(path)) as store:
        outbox = Outbox(gateway, store)
        await outbox.resume()
        outbox.put(press(None, id="p-1"))
        first = asyncio.create_task(outbox.written())
        await until(begun.is_set)
        for _ in range(2):  # it is told twice
            first.cancel()
            await asyncio.sleep(0)
        for number in range(2, 6):
            outbox.put(press(None, id=f"p-{number}"))
        last = asyncio.create_task(outbox.written(ended=True))
        await asyncio.wait({last}, timeout=0.2)
        on.set()
        assert await last
        await until(over.is_set)
        await asyncio.gather(first, return_exceptions=True)
        assert first.cancelled()
    assert await asyncio.to_thread(seqs, path) == [1, 2, 3, 4, 5]
