"""What becomes of a change of the register where something else comes at the same time: neither is lost."""

import contextlib
import sqlite3
import time
from pathlib import Path

from incidents.cases.sharing import share_cases
from incidents.log.servers import Servers
from incidents.log.shared_groups import Group
from incidents.log.shared_rows import SharedRows

TAG = b"\x01"
LIMITS = {"most": 9, "largest": 1 << 20, "together": 1 << 20}


async def test_what_is_changed_in_the_instant_before_something_shared_is_written_is_shared_too(tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    shape = share_cases(path, Servers(["nats://127.0.0.1:1"]), "V", key_file=tmp_path / "key")._shape
    shape.create(path)
    rows = SharedRows(path, shape, "here")
    rows.begin("the stream", 1)
    assert rows.changes(0, time.time(), **LIMITS) == []
    with contextlib.closing(sqlite3.connect(path, timeout=0)) as other, rows._store.use() as db:

        def before(statement: str) -> None:
            if statement == "BEGIN IMMEDIATE":
                with other:
                    other.execute("INSERT INTO keys (tag, wrapped) VALUES (?, x'01')", (TAG,))
                db.set_trace_callback(None)

        db.set_trace_callback(before)
        rows.take([(1, None)], 0)
    assert [group.name for group in rows.changes(1, time.time(), **LIMITS)] == [TAG]
    rows.close()


async def test_a_case_that_was_erased_stays_so_in_a_stream_that_another_server_began(tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    shape = share_cases(path, Servers(["nats://127.0.0.1:1"]), "V", key_file=tmp_path / "key")._shape
    shape.create(path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO keys (tag, wrapped) VALUES (?, x'')", (TAG,))  # as `forget` leaves it
        db.commit()
    rows = SharedRows(path, shape, "here")
    assert not rows.begin("another stream", 5)
    key, version = {"tag": TAG, "wrapped": b"KEY"}, {"tag": TAG, "version": 1, "at": "2026", "sealed": b"CASE"}
    came = Group(kind="case", name=TAG, by="there", at=time.time(), rows={"keys": [key], "versions": [version]})
    rows.take([(6, came)], 0)
    rows.close()
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT wrapped FROM keys").fetchall() == [(b"",)]
        assert db.execute("SELECT count(*) FROM versions").fetchone() == (0,)
