"""A file that has a second name (a hard link) is written by neither, whoever opens it: locks and companions go by the name."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from centre.belonging import check
from centre.settings import Settings
from centre.spool import Note, leave_note
from dashboard.access.accounts import Accounts
from dashboard.access.rules import AccountError
from dashboard.access.schema import fits, rotate
from incidents import events as ev
from incidents.cases.sealed import SealedCases, make_register
from incidents.log.erasures import Erasures
from incidents.log.master import fresh, load
from incidents.log.opening import open_vault, open_writing
from incidents.log.private_file import NAME as PRIVATE
from incidents.log.private_file import delete_keys
from incidents.log.snapshot import snapshot
from incidents.log.sqlite import SqliteLog
from incidents.log.store import Store
from tests.centre.test_two_people import PASSWORD, QUICK, begin
from tests.incidents.log.parts import append_somehow, draft

EVENT = ev.ChangeProposed(step="proposed")
NOTE = Note(id=f"change-{'0' * 32}", at=datetime.now(UTC), by="x", event=EVENT)


def opened(by: Any) -> None:
    with by:
        pass


def key(folder: Path) -> Any:
    return load(folder / "vigie.log.key", fresh)


# By which file has the second name: what would write it, and what only reads it.
WRITES: dict[str, list[Callable[[Path], object]]] = {
    "vigie.log": [
        lambda at: open_writing(at / "vigie.log", None),
        lambda at: leave_note(at / "vigie.log", "change", NOTE),
    ],
    "vigie.log.private": [
        lambda at: open_writing(at / "vigie.log", None),
        lambda at: delete_keys(Store(at / "vigie.log.private", PRIVATE, writing=True), {"x": 0}),
    ],
    "cases.db": [lambda at: opened(SealedCases.open(at / "cases.db", None, writing=True))],
    "vigie.users": [
        lambda at: Accounts(at / "vigie.users"),
        lambda at: rotate(at / "vigie.users", key(at), key(at)),
    ],
    "vigie.erased": [lambda at: Erasures(at / "vigie.erased", b"k" * 32).add({"incident/x": "2026-01-01"})],
}
READS: dict[str, Callable[[Path], object]] = {
    "vigie.log": lambda at: opened(snapshot(at / "vigie.log")),
    "vigie.log.private": lambda at: open_vault(at / "vigie.log").close(),
    "cases.db": lambda at: opened(SealedCases.open(at / "cases.db", None)),
    "vigie.users": lambda at: fits(at / "vigie.users", key(at)),
    "vigie.erased": lambda at: Erasures(at / "vigie.erased", b"k" * 32).read(),
}


@pytest.fixture
async def made(tmp_path: Path) -> Path:
    await begin(tmp_path / "vigie.log")
    make_register(tmp_path / "cases.db", None)
    Accounts(tmp_path / "vigie.users", hasher=QUICK).add("Ann Fictief", ["supervisor"], PASSWORD)
    Erasures(tmp_path / "vigie.erased", b"k" * 32).begin()
    return tmp_path


@pytest.mark.parametrize("name", WRITES)
def test_what_has_a_second_name_is_written_by_none(made: Path, name: str) -> None:
    os.link(made / name, made / "another")
    for write in WRITES[name]:
        with pytest.raises(Exception, match=f"{name} has a second name"):
            write(made)
    READS[name](made)
    places = {"log": made / "vigie.log", "cases": made / "cases.db", "erased_register": made / "vigie.erased"}
    with pytest.raises(AccountError, match=f"{name} has a second name"):
        check(Settings(**places))


async def test_what_serves_goes_on_though_a_second_name_is_made(made: Path) -> None:
    """A backup by hard links while a desk serves stops no press, not the first, and keeps nobody from signing in."""
    accounts, log = Accounts(made / "vigie.users", hasher=QUICK), await SqliteLog.open(made / "vigie.log")
    for file in ("vigie.log", "vigie.log.private", "vigie.users"):
        os.link(made / file, made / f"{file}.another")
    try:
        record = await append_somehow(log, "incident/new", draft("one", sealed=b"x"))  # with a key to be made
        assert log.unseal(record) == b"x"
    finally:
        await log.close()
    assert accounts.verify("Ann Fictief", PASSWORD) is not None
