"""What does not prove who sent it is refused, counted and told; a press that opens with the key never is."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from incidents.buttons import ButtonHeard, EnrolError, Refusal
from tests.feeds.buttons import frames
from tests.feeds.buttons.frames import ADDRESS, KEY, LONG, plain, sealed
from tests.feeds.buttons.parts import DEVICE, Heard, Room, in_file, room
from tests.incidents.conftest import DrivenClock
from tests.waiting import until

OTHER = bytes(16)


def button(heard: Heard) -> ButtonHeard:
    found = heard.service.state.of(DEVICE)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (sealed(LONG, counter=9, packet=9, key=OTHER), "wrong_key"),
        (plain(LONG, packet=9), "plaintext"),
        (sealed(LONG, counter=8, packet=8), None),
        (sealed(LONG, counter=7, packet=7), None),
        (sealed(LONG, counter=99, packet=9, info=0x25), "version"),
        (b"\x45\x01", "truncated"),
    ],
    ids=["wrong key", "plaintext", "the last again", "a late copy", "version", "cut"],
)
async def test_what_is_refused_is_said_on_the_feed_and_in_the_log_without_a_name(
    frame: bytes, why: Refusal | None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = DrivenClock()
    async with room(monkeypatch) as here, here.service(clock=clock) as heard:
        await heard.enrol()
        await heard.air(sealed(LONG, counter=7, packet=7), sealed(LONG, counter=8, packet=8), frame)
        await heard.settle()
        assert heard.presses() == ["long", "long"]
        assert button(heard).refused == ({why: 1} if why else {})
        assert button(heard).refusing == why
        if why is None:
            return
        assert heard.states() == ["linked", "link_lost"] and button(heard).lost
        said = "\n".join(one.getMessage() for one in caplog.records if one.name.startswith("feeds.buttons"))
        assert said.count("refused") == 1 and ADDRESS not in said and DEVICE not in said and frame.hex() not in said
        await heard.air(sealed(LONG, counter=10, packet=10))
        await heard.settle()
        assert heard.presses() == ["long"] * 3 and heard.states() == ["linked", "link_lost"]  # too soon to be calm
        clock.pass_s(61)
        await heard.air(sealed(LONG, counter=11, packet=11))
        await heard.settle()
        assert heard.states() == ["linked", "link_lost", "linked"] and not button(heard).lost


async def test_a_recorded_press_is_an_alarm_that_says_so_after_a_restart_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here:
        async with here.service() as heard:
            await heard.enrol()
            await heard.air(*(sealed(LONG, counter=n, packet=n) for n in (98, 99, 100)))
            await heard.settle()
        async with here.service() as heard:
            await heard.air(*(sealed(LONG, counter=n, packet=n) for n in (5, 99, 100)))
            await heard.settle()
            assert button(heard).refused == {"replayed": 2} and len(here.desk.presses) == 5
            assert [one.back for one in heard.told] == [True, True] and button(heard).lost
            await heard.air(sealed(LONG, counter=101, packet=101))
            await heard.settle()
            assert len(here.desk.presses) == 6 and not heard.told[-1].back


async def test_a_plain_press_still_in_the_air_after_a_restart_is_the_same_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here:
        async with here.service() as heard:
            await heard.enrol(key=None)
            await heard.air(plain(LONG, packet=7))
            await heard.settle()
        async with here.service() as heard:
            await heard.air(plain(LONG, packet=7), plain(LONG, packet=8))
            await heard.settle()
            assert len(here.desk.presses) == 2 and here.desk.gaps == []


async def test_after_a_crash_the_same_packet_has_the_same_id_and_what_was_said_is_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with room(monkeypatch) as here:
        async with here.service() as heard:
            await heard.enrol()
            await heard.air(sealed(LONG, counter=5, packet=5))
            await until(heard.kept)
            first, files = heard.told[0].id, _copy(here)
        _restore(here, files, counter=4)  # as if the counter had not been written yet
        async with here.service() as heard:
            await heard.air(sealed(LONG, counter=5, packet=6))
            await heard.settle()
            assert heard.told[0].id == first and len(here.desk.presses) == 1
            await until(lambda: here.desk.times[first] >= 2)
            await until(lambda: [gap[1] for gap in here.desk.gaps] == ["epoch"])


async def test_the_counter_of_each_copy_is_kept_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.enrol()
        await heard.air(sealed(LONG, counter=5, packet=5))
        await until(lambda: in_file(here.path).last.counter == 5)
        await heard.air(sealed(LONG, counter=6, packet=5))
        await until(lambda: in_file(here.path).last.counter == 6)
        assert len(heard.told) == 1


async def test_a_button_that_began_anew_is_taken_when_it_is_enrolled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.enrol()
        await heard.air(sealed(LONG, counter=5000, packet=9))
        for n in range(3):  # each in the air five times
            await heard.air(*[sealed(LONG, counter=n, packet=n)] * 5)
        await heard.settle()
        assert heard.presses() == ["long"] * 4 and [one.back for one in heard.told] == [False, True, True, True]
        assert button(heard).refused == {"replayed": 3} and heard.states()[-1] == "link_lost"
        assert all(one.report.counter_back for one in here.desk.presses[1:])  # type: ignore[union-attr]
        await heard.enrol()
        await heard.air(sealed(LONG, counter=3, packet=3))
        await heard.settle()
        assert heard.presses() == ["long"] * 5 and heard.states()[-1] == "linked"
        assert len({one.id for one in heard.told}) == 5 and not heard.told[-1].back


async def test_a_button_that_is_enrolled_again_before_it_is_heard_begins_its_counter_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.enrol()
        await heard.air(sealed(LONG, counter=5000, packet=9))
        await heard.enrol()  # after its battery was changed
        await heard.air(sealed(LONG, counter=5000, packet=9), sealed(LONG, counter=0, packet=0))
        await heard.air(sealed(LONG, counter=0, packet=1, key=OTHER), sealed(LONG, counter=1, packet=1))
        await heard.settle()
        assert heard.presses() == ["long"] * 3 and button(heard).refused == {"wrong_key": 1}
        assert len({one.id for one in heard.told}) == 3


async def test_a_button_is_enrolled_only_with_what_fits_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.air(sealed(LONG, counter=1, packet=1))
        for key, why in ((OTHER, "does not open"), (None, "give its key")):
            with pytest.raises(EnrolError, match=why):
                await heard.enrol(key=key)
        await heard.enrol()
        with pytest.raises(EnrolError, match="another button's name"):
            await heard.enrol("5C:C7:C1:00:00:02")
        await heard.enrol("5C:C7:C1:00:00:02", instead=True)
        assert [one.address for one in heard.service.state.devices if one.enrolled] == ["5C:C7:C1:00:00:02"]
        for address, device in (("nowhere", DEVICE), (ADDRESS, " "), (ADDRESS, "AMR\x07")):
            with pytest.raises(EnrolError):
                await heard.enrol(address, device)


async def test_without_its_master_key_every_sealed_button_is_said_to_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here:
        async with here.service() as heard:
            await heard.enrol()
            await heard.enrol("5C:C7:C1:00:00:02", "AMR-00002", key=None)
        key = here.folder / "vigie.buttons.key"
        kept = key.read_bytes()
        key.unlink()
        async with here.service() as heard:
            await until(lambda: heard.states() == ["link_lost"])
            assert heard.service.state.store == "locked" and "master key" in heard.service.state.store_reason
            await heard.air(sealed(LONG, counter=1, packet=1))
            await heard.air(plain(LONG, packet=1), address="5C:C7:C1:00:00:02")
            await heard.settle()
            assert button(heard).refused == {"locked": 1} and heard.presses("AMR-00002") == ["long"]
            key.write_bytes(kept)
            await until(lambda: heard.service.state.store == "open")
            await heard.air(sealed(LONG, counter=2, packet=2))
            await heard.settle()
            assert heard.presses() == ["long"]


async def test_a_file_that_can_not_be_written_keeps_no_press_from_the_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.enrol()
        with taken(here.path):
            await heard.air(sealed(frames.SHELLY_HOLD, counter=1, packet=1))
            await heard.settle()
            assert heard.presses() == ["hold"]
            await until(lambda: heard.service.state.store == "failed")
        await until(lambda: heard.service.state.store == "open")
        await until(heard.kept)
        await until(lambda: in_file(here.path).last.counter == 1)


async def test_no_counter_is_kept_before_its_press(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.enrol()
        with contextlib.closing(sqlite3.connect(here.path, isolation_level=None)) as db:
            db.execute("ALTER TABLE messages RENAME TO away")
            await heard.air(sealed(LONG, counter=1, packet=1))
            await until(lambda: heard.service.state.store == "failed")
            await asyncio.sleep(0.2)
            assert in_file(here.path).last.counter is None  # after a crash now its copies are the press
            db.execute("ALTER TABLE away RENAME TO messages")
        await until(lambda: in_file(here.path).last.counter == 1)
        await until(heard.kept)
        assert heard.presses() == ["long"]


async def test_a_lost_file_is_said_and_whoever_was_known_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here, here.service() as heard:
        assert heard.service.state.store == "missing"
        await heard.enrol()
        for file in here.folder.glob("vigie.buttons*"):
            if file.suffix != ".key":
                file.unlink()
        await until(lambda: heard.service.state.store in ("missing", "failed"))
        await heard.air(sealed(LONG, counter=1, packet=1))
        await heard.settle()
        assert heard.presses() == ["long"]


async def test_keys_and_counters_lie_in_the_file_sealed_and_for_its_owner_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with room(monkeypatch) as here:
        async with here.service() as heard:
            await heard.enrol()
            await heard.air(sealed(LONG, counter=1, packet=1))
        files = [file for file in here.folder.iterdir() if file.name.startswith("vigie.buttons")]
        assert {file.stat().st_mode & 0o077 for file in files} == {0}
        assert not any(KEY in file.read_bytes() or KEY.hex().encode() in file.read_bytes() for file in files)
        row = in_file(here.path)
        assert (row.key, row.last.counter) == (KEY, 1)


@contextlib.contextmanager
def taken(path: Path) -> Iterator[None]:
    """A file that somebody else holds for writing."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        db.execute("ROLLBACK")
        db.close()


def _copy(here: Room) -> dict[str, bytes]:
    """The files as a crash would leave them."""
    return {file.name: file.read_bytes() for file in here.folder.glob("vigie.buttons*")}


def _restore(here: Room, files: dict[str, bytes], *, counter: int) -> None:
    for name, content in files.items():
        (here.folder / name).write_bytes(content)
    with contextlib.closing(sqlite3.connect(here.path)) as db:
        db.execute("UPDATE buttons SET counter = ?, packet = NULL, events = x''", (counter,))
        db.commit()
