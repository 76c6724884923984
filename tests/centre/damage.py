"""Seeded damage of a desk's files, as a failing disk does it, and the files of a centre that has been at work."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random

from centre.runtime import Centre
from centre.settings import Settings
from dashboard.access.accounts import Accounts
from incidents import commands as do
from incidents.cases import import_cases
from incidents.messages import Fix, Message, PressReport
from incidents.roles import User

PAGE = 4096
SAMPLE = Path(__file__).parents[2] / "docs" / "cases.sample.json"
PASSWORD = "a long enough sentence"
FILES = (
    *(
        "vigie.log",
        "vigie.log",
        "vigie.log-wal",
        "vigie.log.private",
        "vigie.log.private-wal",
        "vigie.log.key",
        "vigie.log.erased",
    ),
    *("vigie.log.columns", "vigie.users", "cases.db", "cases.db.key"),
)


def settings_of(folder: Path, feed: str = "", *, sign_in: bool = False) -> Settings:
    """A desk on the files of this folder."""
    return Settings(
        log=folder / "vigie.log",
        cases=folder / "cases.db",
        feed=(feed,) if feed else (),
        no_sign_in=not sign_in,
    )


async def at_work(folder: Path) -> None:
    """Leave what a killed process of a centre at work leaves: open and closed alarms, accounts, cases, a cache, a WAL."""
    accounts = Accounts(folder / "vigie.users")
    accounts.add("Example Dispatcher", ["dispatcher"], PASSWORD)
    accounts.add("Example Glass", ["supervisor"], PASSWORD, break_glass=True)
    import_cases(SAMPLE, folder / "cases.db", known_zone=lambda zone: True)
    settings = settings_of(folder)
    centre = await Centre.open(settings)
    for n in range(60):
        await _press(centre, n)
    await centre.history.load()
    await centre.close()
    killed = await Centre.open(settings)  # what it writes stays in the WAL
    for n in range(60, 80):
        await _press(killed, n)
    await killed.log.set_cursor("own", "2026-11-01", 0)
    kept = folder.with_name(folder.name + ".killed")
    shutil.copytree(folder, kept)
    await killed.close()
    shutil.rmtree(folder)
    kept.rename(folder)
    for lock in folder.glob("*.lock"):
        lock.unlink()
    assert (folder / "vigie.log-wal").stat().st_size and (folder / "vigie.log.columns").stat().st_size


async def _press(centre: Centre, n: int) -> None:
    desk, now = centre.desk, centre.desk.clock.now()
    report = PressReport(device=f"AMR-{n:05d}", press="hold", fix=Fix(51.0536, 3.7253, 18.0))
    await desk.receive(Message(feed="past", id=f"past-{n}", at=now, report=report, raw=b"{}"))
    incident = desk.board.of_device(f"AMR-{n:05d}")[0].id
    who = User(actor=desk.pseudonym("Example Dispatcher"), roles=frozenset({"dispatcher"}))
    if n % 3:
        await desk.command(do.Acknowledge(id=f"acknowledge-{n:03d}", incident=incident), who)
    if n % 3 == 2:
        close = do.Close(
            id=f"close-paper-{n:03d}",
            incident=incident,
            as_class="test",
            outcome="test_ok",
            verified="technician_present",
            reason="bench",
        )
        await desk.command(close, who)


def spoil(folder: Path, seed: int) -> str:
    """Damage one file, or two; the same damage for the same seed. What was done, in a line."""
    random = Random(seed)
    if random.random() < 0.5:  # as after an end in order: what the WAL held is in the files
        for name in ("vigie.log", "vigie.log.private"):
            with contextlib.closing(sqlite3.connect(folder / name)) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    there = [name for name in FILES if (folder / name).is_file()]
    done = [
        _spoil(folder / name, random) for name in dict.fromkeys(random.choices(there, k=random.choice((1, 1, 1, 2))))
    ]
    return f"seed {seed}: {'; '.join(done)}"


def _spoil(path: Path, random: Random) -> str:
    kind = random.choice(tuple(_KINDS))
    _KINDS[kind](path, random)
    return f"{path.name}: {kind}"


def _at(path: Path, place: int, what: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        file.write(what)


def _bytes(path: Path, random: Random) -> None:
    for _ in range(200):
        _at(path, random.randrange(max(1, path.stat().st_size)), random.randbytes(1))


def _run(path: Path, random: Random) -> None:
    _at(path, random.randrange(max(1, path.stat().st_size)), random.randbytes(200))


def _bit(path: Path, random: Random) -> None:
    held = path.read_bytes() or b"\0"
    place = random.randrange(len(held))
    _at(path, place, bytes([held[place] ^ 1 << random.randrange(8)]))


def _bits(path: Path, random: Random) -> None:
    for _ in range(40):
        _bit(path, random)


def _page(path: Path, random: Random) -> None:
    _at(path, PAGE * random.randrange(max(1, path.stat().st_size // PAGE)), bytes(PAGE))


def _shifted(path: Path, random: Random) -> None:
    held = path.read_bytes()
    place = random.randrange(len(held) or 1)
    path.write_bytes(held[:place] + random.randbytes(7) + held[place:])


def _cut(path: Path, random: Random) -> None:
    os.truncate(path, random.randrange(max(1, path.stat().st_size)))


def _empty(path: Path, random: Random) -> None:
    os.truncate(path, 0)


def _gone(path: Path, random: Random) -> None:
    path.unlink()


def _folder(path: Path, random: Random) -> None:
    path.unlink()
    path.mkdir()


def _circle(path: Path, random: Random) -> None:
    path.unlink()
    path.symlink_to(path.name)


def _values(path: Path, random: Random) -> None:
    """Well-formed pages that hold what nobody writes: the damage that only shows when a value is used."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            table = random.choice([name for name in tables if not name.startswith("sqlite_")])
            name, kind = random.choice([row[1:3] for row in db.execute(f"PRAGMA table_info({table})")])
            value: object = -(2**63) if kind == "INTEGER" else random.randbytes(9) if kind == "BLOB" else "\ufffd}"
            some = random.choice(("1", "rowid % 2 = 0", f"rowid = (SELECT max(rowid) FROM {table})"))
            db.execute(f"UPDATE OR IGNORE {table} SET {name} = ? WHERE {some}", (value,))
            db.commit()
    except (sqlite3.Error, UnicodeDecodeError, IndexError):
        _run(path, random)


_KINDS: dict[str, Callable[[Path, Random], None]] = {
    "200 random bytes": _bytes,
    "a run of random bytes": _run,
    "one bit": _bit,
    "40 bits": _bits,
    "a zeroed page": _page,
    "7 bytes put in": _shifted,
    "a cut": _cut,
    "empty": _empty,
    "gone": _gone,
    "a folder": _folder,
    "a link to itself": _circle,
    "values nobody writes": _values,
}
