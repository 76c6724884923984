"""What the buttons said is kept over restarts, whatever became of the file, and whoever stops waiting for it."""

import contextlib
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from feeds.buttons.outbox import Outbox
from feeds.buttons.store import ButtonStore, Enrolled, new_enrolment
from feeds.gateway import Gateway
from incidents.clock import SystemClock
from tests.feeds.parts import press

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
            outbox = Outbox(gateway, store, SystemClock())
            await outbox.resume()
            epochs.append(gateway.epoch)
            for number in range(3):
                outbox.put(press(None, id=f"p-{len(epochs)}-{number}"))
            assert await outbox.written(ended=True)
        assert gateway.store.head == (6 if len(epochs) == 3 else 3)
    assert epochs[0] != epochs[1] == epochs[2]
    assert seqs(path) == [1, 2, 3, 4, 5, 6]
