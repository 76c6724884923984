"""What was erased stays erased: the register beside the log, and what it does to an older backup."""

import asyncio
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.log import LogUnavailable, VersionConflict
from incidents.log.erasures import Erasures, NoRegister, mark_of, register_beside
from incidents.log.repeating import ReachedRegister
from incidents.log.sqlite import SqliteLog
from incidents.log.vault import Vault
from incidents.log.verify import verify
from incidents.log.writer import Append
from tests.budget import drawn
from tests.incidents.log.parts import LATER, draft, write

MUCH_LATER = "2026-11-24T22:24:07.412Z"
KEY = bytes(range(32))


async def of_two(path: Path) -> None:
    log = await SqliteLog.open(path)
    await write(log, "incident/a", 2, sealed=b"secret")
    await write(log, "incident/b", 1, sealed=b"kept")
    await log.close()


def set_aside(path: Path) -> dict[Path, bytes]:
    """The log and its private store as a backup of now has them."""
    return {file: file.read_bytes() for file in (path, path.with_name(path.name + ".private"))}


def put_back(saved: dict[Path, bytes]) -> None:
    for file, content in saved.items():
        for companion in ("-wal", "-shm"):
            file.with_name(file.name + companion).unlink(missing_ok=True)
        file.write_bytes(content)


async def test_an_older_backup_is_erased_again_before_anybody_has_the_log(path: Path) -> None:
    await of_two(path)
    before = set_aside(path)
    log = await SqliteLog.open(path)
    word = log.vault.pseudonym("A. Voorbeeld")
    await log.close()
    with_name = set_aside(path)
    log = await SqliteLog.open(path)
    await log.erase("incident/a", id="erase/1", at=LATER, actor="someone")
    assert await log.erase_name(word, at=LATER)
    await log.close()
    for saved in (before, with_name):
        put_back(saved)
        log = await SqliteLog.open(path)
        assert log.erased_again == 1
        first, _, again = await log.stream("incident/a")
        assert log.unseal(first) is None
        assert (again.type, again.actor, again.at >= LATER) == ("erased", "register", True)
        assert log.unseal((await log.stream("incident/b"))[0]) == b"kept"
        assert log.vault.name_of(word) is None
        await log.close()
        assert verify(path).ok
        log = await SqliteLog.open(path)  # once is enough
        assert (log.erased_again, len(await log.stream("incident/a"))) == (0, 3)
        await log.close()


async def test_the_register_is_on_the_disk_before_the_key_goes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await of_two(path)
    log = await SqliteLog.open(path)
    register = register_beside(path)

    def killed(*_: object) -> None:
        assert "incident/a" in Erasures(register, log.vault.register_key).read().newest
        raise KeyboardInterrupt

    monkeypatch.setattr(log, "_put", killed)
    with pytest.raises(KeyboardInterrupt):
        await log.erase("incident/a", id="erase/1", at=LATER, actor="someone")
    monkeypatch.undo()
    await log.close()
    log = await SqliteLog.open(path)
    assert (log.erased_again, log.unseal((await log.stream("incident/a"))[0])) == (1, None)
    await log.close()


async def test_without_a_register_that_can_be_written_nothing_is_erased(path: Path) -> None:
    await of_two(path)
    log = await SqliteLog.open(path)
    register = register_beside(path)
    register.unlink()
    register.mkdir()
    with pytest.raises(LogUnavailable, match="register"):
        await log.erase("incident/a", id="erase/1", at=LATER, actor="someone")
    first, _ = await log.stream("incident/a")
    assert log.unseal(first) == b"secret"
    await log.close()
    log = await SqliteLog.open(path)  # a desk starts all the same
    assert log.unseal(first) == b"secret"
    await log.close()


async def test_a_lost_register_begins_with_what_the_log_records(path: Path) -> None:
    await of_two(path)
    log = await SqliteLog.open(path)
    await log.erase("incident/a", id="erase/1", at=LATER, actor="someone")
    await log.close()
    register_beside(path).unlink()
    log = await SqliteLog.open(path)
    assert Erasures(register_beside(path), log.vault.register_key).read().newest == {"incident/a": LATER}
    await log.close()


async def test_another_incident_that_came_under_the_name_later_is_not_touched(path: Path) -> None:
    """A press after a restore opens the n-th incident of its device once more."""
    log = await SqliteLog.open(path)
    register = Erasures(register_beside(path), log.vault.register_key)
    await log.close()
    register.add({"incident/a": "2020-01-01T00:00:00.000Z"})
    await of_two(path)
    log = await SqliteLog.open(path)
    assert (log.erased_again, log.unseal((await log.stream("incident/a"))[0])) == (0, b"secret")
    await log.close()


async def test_the_register_elsewhere_counts_and_another_logs_does_not(path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "disk" / "erased"
    elsewhere.parent.mkdir()
    await of_two(path)
    saved = set_aside(path)
    log = await SqliteLog.open(path, register=elsewhere)
    await log.erase("incident/a", id="erase/1", at=LATER, actor="someone")
    await log.close()
    put_back(saved)
    log = await SqliteLog.open(path, register=elsewhere)
    assert log.erased_again == 1
    await log.close()
    other = await SqliteLog.open(tmp_path / "other.log", register=elsewhere)
    await write(other, "incident/a", 1, sealed=b"another's")
    with pytest.raises(LogUnavailable, match="another log"):
        await other.erase("incident/a", id="erase/1", at=LATER, actor="someone")
    assert other.unseal((await other.stream("incident/a"))[0]) == b"another's"
    await other.close()


async def test_an_erasure_that_was_refused_since_a_hold_came_between_is_not_carried_out_later(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await of_two(path)
    log = await SqliteLog.open(path)
    add = Erasures.add

    def meanwhile(register: Erasures, erased: dict[str, str]) -> None:
        add(register, erased)
        if erased:
            hold = Append("incident/a", 2, draft("hold", "hold_set", at=MUCH_LATER))
            log._writer.commit([hold])  # type: ignore[union-attr]

    monkeypatch.setattr(Erasures, "add", meanwhile)
    with pytest.raises(VersionConflict):
        await log.erase("incident/a", id="erase/1", at=LATER, actor="someone", expected_version=2)
    monkeypatch.undo()
    await log.close()
    log = await SqliteLog.open(path)
    assert (log.erased_again, log.unseal((await log.stream("incident/a"))[0])) == (0, b"secret")
    assert "not erased again" in caplog.text
    await log.erase("incident/a", id="erase/2", at=MUCH_LATER, actor="someone", expected_version=3)
    assert log.unseal((await log.stream("incident/a"))[0]) is None
    await log.close()


async def test_a_register_that_hangs_holds_up_neither_opening_nor_pressing_nor_closing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await of_two(path)
    answers = threading.Event()

    def hangs(self: Erasures) -> None:
        answers.wait(30)
        raise LogUnavailable("it is over")

    monkeypatch.setattr(Erasures, "begin", hangs)
    monkeypatch.setattr("incidents.log.repeating.ANSWER_S", 0.2)
    try:
        async with asyncio.timeout(10):
            log = await SqliteLog.open(path)
            await write(log, "incident/a", 1)
            for _ in range(2):
                with pytest.raises(LogUnavailable, match="register"):
                    await log.erase("incident/a", id="erase/1", at=LATER, actor="someone")
            assert log.unseal((await log.stream("incident/a"))[0]) == b"secret"
            await log.close()
    finally:
        answers.set()


async def test_a_log_whose_opening_is_given_up_is_closed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await of_two(path)

    async def hangs(log: SqliteLog) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(SqliteLog, "_erase_again", hangs)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await SqliteLog.open(path)
    monkeypatch.undo()
    log = await SqliteLog.open(path)
    await log.close()


async def test_many_streams_are_erased_again_together(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    streams = [f"incident/{n}" for n in range(300)]
    log = await SqliteLog.open(path)
    for stream in streams:
        await log.append(stream, 0, draft(stream, sealed=b"secret"))
    Erasures(register_beside(path), log.vault.register_key).add(dict.fromkeys(streams, LATER))
    await log.close()
    deletions: list[int] = []
    forget = Vault.forget_keys
    monkeypatch.setattr(
        Vault, "forget_keys", lambda vault, erased: (deletions.append(len(erased)), forget(vault, erased))
    )
    log = await SqliteLog.open(path)
    assert log.erased_again == 300 and len(deletions) < 6
    opened = [log.unseal(record) for stream in streams for record in await log.stream(stream)]
    assert not any(opened)
    await log.close()
    assert verify(path).ok


def test_the_register_says_no_more_than_the_log(tmp_path: Path) -> None:
    register = Erasures(tmp_path / "erased", KEY)
    register.add({"incident/abc": LATER})
    _, line = (tmp_path / "erased").read_text().splitlines()
    n, at, mac, stream = line.split(" ")
    assert (n, at, stream, len(mac)) == ("1", LATER, "incident/abc", 64)
    assert (tmp_path / "erased").stat().st_mode & 0o777 == 0o600


def test_a_block_of_rubbish_takes_no_later_line_with_it(tmp_path: Path) -> None:
    register = Erasures(tmp_path / "erased", KEY)
    register.add({"incident/a": LATER})
    with register.path.open("ab") as file:
        file.write(b"\0" * 10_000)
        file.write(b"\n")
    register.add({"incident/b": LATER})
    found = register.read()
    assert found.newest.keys() == {"incident/a", "incident/b"} and found.bad


STREAMS = st.lists(st.sampled_from([f"incident/é {n}" for n in range(8)]), min_size=1, max_size=8, unique=True)


@settings(max_examples=drawn(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STREAMS, st.data())
def test_damage_loses_no_other_line_and_is_counted(tmp_path: Path, streams: list[str], data: st.DataObject) -> None:
    path = tmp_path / os.urandom(8).hex()
    register = Erasures(path, KEY)
    for stream in streams:
        register.add({stream: LATER})
    mark = mark_of(path)
    assert not register.wanting([], [mark])
    whole = path.read_bytes().splitlines(keepends=True)
    hit = data.draw(st.integers(1, len(streams)))
    how = data.draw(st.sampled_from(["changed", "taken out", "cut off"]))
    lines = list(whole)
    if how == "changed":
        lines[hit] = lines[hit].replace(b"incident", b"incidenT")
    elif how == "taken out":
        del lines[hit]
    else:
        end = len(lines[hit]) - 1
        lines = [
            *lines[:hit],
            lines[hit][: data.draw(st.just(end) | st.integers(0, end))],
        ]  # often all but the line's end
    path.write_bytes(b"".join(lines))
    found = register.read()
    lost = set(streams[hit - 1 :]) if how == "cut off" else {streams[hit - 1]}
    assert set(found.newest) == set(streams) - lost
    at_the_end = how == "cut off" or (how == "taken out" and hit == len(streams))
    assert found.bad == (0 if at_the_end else 1)
    assert register.wanting([], [mark]), "by what was written down of it also what is lost at the end is known"
    register.add({"incident/new": LATER})
    assert register.read().newest.keys() == (set(streams) - lost) | {"incident/new"}


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\xff" * 99, b"0 - " + b"0" * 64 + b" vigie erased 1\n", b"9" * 5000 + b" x\n"]
)
def test_what_is_no_register_is_said_and_never_written_over(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "erased"
    path.write_bytes(content)
    with pytest.raises(NoRegister):
        Erasures(path, KEY).read()
    if content:
        with pytest.raises(LogUnavailable):
            Erasures(path, KEY).add({"incident/a": LATER})
        assert path.read_bytes() == content


def test_a_pipe_holds_nothing_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "erased")
    with pytest.raises(NoRegister):
        Erasures(tmp_path / "erased", KEY).read()


async def test_a_register_that_answered_is_asked_again_at_once(path: Path) -> None:
    reached = ReachedRegister(Erasures(register_beside(path), KEY))
    for n in range(2000):  # the thread that answered may end a moment later
        assert await reached.ask(lambda register, n=n: n) == n  # type: ignore[misc]


async def test_a_register_that_somebody_changed_between_two_erasures_is_read_again(path: Path) -> None:
    log = await of_two_open(path)
    register = register_beside(path)
    await log.erase("incident/a", id="erase/1", at=LATER, actor="someone")
    kept = register.read_bytes()
    register.write_bytes(kept + b"no line of ours\n")
    await log.erase("incident/b", id="erase/2", at=LATER, actor="someone")
    found = Erasures(register, log.vault.register_key).read()
    assert (found.bad, set(found.newest)) == (1, {"incident/a", "incident/b"})
    register.write_bytes(b"another's\n")
    await write(log, "incident/c", 1, sealed=b"secret")
    with pytest.raises(LogUnavailable, match="no register"):
        await log.erase("incident/c", id="erase/3", at=LATER, actor="someone")
    await log.close()


async def of_two_open(path: Path) -> SqliteLog:
    log = await SqliteLog.open(path)
    for stream in ("incident/a", "incident/b"):
        await write(log, stream, 1, sealed=b"secret")
    return log
