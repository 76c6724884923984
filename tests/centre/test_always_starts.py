"""The desk always starts: whatever became of its files, the next press stands on a screen, and nobody gets in who could not.

`serve` is the real process. Where it would take too long the same is done in this process, on the same files and feed.
"""

import asyncio
import contextlib
import os
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from centre.runtime import Centre
from centre.serving import sign_ins
from centre.settings import Settings, SettingsError
from dashboard.operator.session import Session
from incidents.cases import CaseRegister
from incidents.cases.life import Step
from incidents.clock import SystemClock
from incidents.log import LogInUse
from incidents.log.sqlite import SqliteLog
from tests.centre.damage import PASSWORD, at_work, settings_of, spoil
from tests.centre.parts import Running, own_feed
from tests.centre.test_page_faults import Living
from tests.dashboard.access.parts import Browser
from tests.processes import ROOT, vigie
from tests.waiting import LONG_S, until

KNOWN = "AMR-00003"  # a device with an open alarm
SHORT = (5, 8, 14, 21, 22)  # each file, each kind of damage
LONG, EACH = 200, 8  # of which each so many-th is a process of its own


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worked") / "files"
    folder.mkdir()
    asyncio.run(at_work(folder))
    return folder


@pytest.fixture
def files(worked: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(worked, tmp_path / "files"))


@asynccontextmanager
async def desk(folder: Path, feed: str) -> AsyncIterator[tuple[Centre, Living]]:
    """A desk that wants a sign-in, in this process, and the page of a browser that never signed in."""
    settings = settings_of(folder, feed, sign_in=True)
    signins = sign_ins(settings, SystemClock())
    assert signins is not None
    centre = await Centre.open(settings, signins=signins)
    centre.start()
    paper = Living()
    session = Session(centre.consoles, paper)
    session.take('{"do": "hello", "desk": "", "browser": "b"}')
    try:
        yield centre, paper
        assert session.standing.locked
    finally:
        async with asyncio.timeout(20):
            await centre.close()


async def shows(centre: Centre, paper: Living, *devices: str) -> None:
    """Wait until these devices have an open alarm each, and the page has its row, or, nobody's, how many nobody has."""
    board = centre.desk.board

    def counted() -> bool:
        return (
            next((message["unowned"] for message in reversed(paper.sent) if "unowned" in message), 0) == board.unowned
        )

    def held(device: str) -> bool:
        return any(incident.open and (incident.id in paper.rows() or counted()) for incident in board.of_device(device))

    await until(lambda: all(map(held, devices)) and board.unowned > 0, 30)


async def press_on_a_page(folder: Path) -> None:
    async with own_feed() as feed, desk(folder, feed.url) as (centre, paper):
        feed.press("AMR-77777")
        feed.press(KNOWN)
        await shows(centre, paper, "AMR-77777", KNOWN)
        await until(lambda: feed.statuses)


async def waiting(server: Running) -> int:
    """How many alarms nobody has, as the sign-in page asks it; -1 while it is not answered."""
    status, body = await Browser(server.url).get("/sign-in/waiting")
    return int(msgspec.json.decode(body)["raised"]) if status == 200 else -1


async def waits(server: Running, *, more_than: int = 0) -> None:
    async with asyncio.timeout(LONG_S):
        while await waiting(server) <= more_than:
            await asyncio.sleep(0.1)


async def press_at_a_process(folder: Path) -> None:
    """`serve` with sign-in: the press is counted at its sign-in page, and nobody gets past that."""
    async with own_feed() as feed:
        server = Running(folder, feeds=[feed.url], sign_in=True)
        await server.start(cases=True)
        try:
            before = await waiting(server)
            feed.press("AMR-77777")
            await waits(server, more_than=before)
            assert (await Browser(server.url).get("/operator"))[0] == 302
        finally:
            await server.stop()


async def test_a_process_whose_register_is_a_link_to_itself_starts_and_shows_the_next_press(files: Path) -> None:
    (files / "cases.db").unlink()
    (files / "cases.db").symlink_to("cases.db")
    await press_at_a_process(files)


@pytest.mark.parametrize("seed", SHORT)
async def test_a_desk_whose_files_are_damaged_starts_and_shows_the_next_press(files: Path, seed: int) -> None:
    said = spoil(files, seed)
    try:
        await press_on_a_page(files)
    except BaseException as error:
        raise AssertionError(f"no press after {said}: {error!r}") from error


@pytest.mark.prove
@pytest.mark.timeout(7200)
async def test_two_hundred_desks_whose_files_are_damaged_start_and_show_the_next_press(
    worked: Path, tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    failed: list[str] = []
    for seed in range(LONG):
        folder = Path(shutil.copytree(worked, tmp_path / str(seed)))
        said = spoil(folder, seed)
        attempt: Awaitable[None] = press_on_a_page(folder) if seed % EACH else press_at_a_process(folder)
        try:
            await attempt
        except Exception as error:
            failed.append(f"{said}: {error!r}")
        shutil.rmtree(folder, ignore_errors=True)  # a file beside a database may go meanwhile
    record_testsuite_property(
        "desks on damaged files that started and showed a press", f"{LONG - len(failed)} of {LONG}"
    )
    assert not failed, "\n".join(failed)


async def test_a_record_with_one_flipped_bit_costs_no_press(files: Path) -> None:
    with contextlib.closing(sqlite3.connect(files / "vigie.log")) as db:
        assert db.execute("UPDATE records SET at = '2026/' || substr(at, 6) WHERE id = 'past/past-3'").rowcount == 1
        db.commit()
    async with own_feed() as feed, desk(files, feed.url) as (centre, paper):
        feed.press(KNOWN)
        await shows(centre, paper, KNOWN)
        assert centre.desk.board.aside == "a record of the log cannot be read (ValueError)"
        assert centre.consoles.health().recording == "aside"


async def test_a_second_desk_on_the_same_log_is_the_one_that_does_not_start(files: Path) -> None:
    async with own_feed() as feed, desk(files, feed.url):
        with pytest.raises(LogInUse):
            await Centre.open(settings_of(files))


async def test_a_log_that_is_damaged_while_the_desk_runs_keeps_no_press_from_a_page(files: Path) -> None:
    async with own_feed() as feed, desk(files, feed.url) as (centre, paper):
        await shows(centre, paper, KNOWN)
        for end in ("", "-wal", ".private", ".private-wal"):
            path = files / f"vigie.log{end}"
            with path.open("r+b") as file:
                file.write(b"\xff" * path.stat().st_size)
        presses = len(centre.desk.board.of_device(KNOWN)[0].history.entries)
        feed.press("AMR-77777")
        feed.press(KNOWN)
        await shows(centre, paper, "AMR-77777")
        await until(lambda: len(centre.desk.board.of_device(KNOWN)[0].history.entries) > presses)
        await until(lambda: 503 in feed.statuses or 200 in feed.statuses)
        assert centre.desk.board.recording == "failed"


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[Path]:
    """A disk of its own, 24 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    await _must("mount", "-t", "tmpfs", "-o", "size=24m", "vigie-test", str(folder))
    yield folder
    await _must("umount", "--lazy", str(folder))


async def _must(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == 0, f"{command[0]} failed: these tests need root"


def fill(disk: Path) -> Path:
    """Leave no byte free."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(bytes(512))
    return filler


async def full_disk(folder: Path, filler: Path, *known: str) -> None:
    """A desk that starts there shows a press, takes a command, and writes both once there is room."""
    async with own_feed() as feed:
        settings = settings_of(folder, feed.url)
        centre = await Centre.open(settings)
        centre.start()
        paper = Living()
        session = Session(centre.consoles, paper)
        session.take('{"do": "hello", "desk": "Desk 1", "browser": "b"}')
        try:
            message = feed.press("AMR-77777")
            await shows(centre, paper, "AMR-77777", *known)
            await until(lambda: 503 in feed.statuses)
            board = centre.desk.board
            assert board.recording == "failed" and not feed.durable
            incident = board.of_device("AMR-77777")[0].id
            session.take(
                f'{{"do": "command", "command": {{"do": "acknowledge", "id": "{"a" * 32}", "incident": "{incident}"}}}}'
            )
            await until(lambda: board.incidents[incident].state == "acknowledged")
            filler.unlink()
            await until(lambda: board.recording == "ok" and message["id"] in feed.durable, 30)
        finally:
            await centre.close()
        again = await Centre.open(settings)
        found = again.desk.board.of_device("AMR-77777")
        assert [(one.id, one.state, one.presses.count) for one in found] == [(incident, "acknowledged", 1)]
        assert again.desk.name_of(found[0].owner or "") == "Desk 1"
        assert again.desk.board.aside == ""
        await again.close()


async def test_a_desk_that_starts_without_a_byte_free_shows_what_was_and_what_comes_and_writes_it_later(
    worked: Path, disk: Path
) -> None:
    folder = Path(shutil.copytree(worked, disk / "files"))
    await full_disk(folder, fill(disk), KNOWN)


async def test_so_does_one_whose_files_were_cut_off_from_their_memory_by_a_power_cut(worked: Path, disk: Path) -> None:
    folder = Path(shutil.copytree(worked, disk / "files"))
    for shared in folder.glob("*-shm"):
        shared.unlink()
    await full_disk(folder, fill(disk), KNOWN)


async def test_a_desk_that_never_had_a_log_starts_without_a_byte_free_and_makes_it_later(disk: Path) -> None:
    await full_disk(disk, fill(disk))


async def test_a_desk_whose_damaged_log_stands_on_a_full_disk_keeps_alarms_until_there_is_room_aside(
    worked: Path, disk: Path
) -> None:
    folder = Path(shutil.copytree(worked, disk / "files"))
    (folder / "vigie.log").write_bytes(before := bytes(9000))
    (folder / "vigie.log-wal").unlink()
    filler = fill(disk)
    async with own_feed() as feed, desk(folder, feed.url) as (centre, paper):
        message = feed.press("AMR-77777")
        await shows(centre, paper, "AMR-77777")
        await until(lambda: 503 in feed.statuses)
        filler.unlink()
        await until(lambda: message["id"] in feed.durable, 30)
        assert centre.consoles.health().recording == "aside"
    assert (folder / "vigie.log").read_bytes() == before
    log = await SqliteLog.open(folder / "vigie.log.aside")
    assert [record.type async for _, record in log.records()].count("raised") == 1
    await log.close()


@pytest.mark.prove
@pytest.mark.timeout(1800)
async def test_a_process_without_a_byte_free_serves_presses_and_writes_them_once_there_is_room(
    worked: Path, disk: Path
) -> None:
    folder = Path(shutil.copytree(worked, disk / "files"))
    filler = fill(disk)
    async with own_feed() as feed:
        server = Running(folder, feeds=[feed.url], sign_in=True)
        server.output = disk.parent / "output"
        await server.start(cases=True)
        try:
            before = await waiting(server)
            assert before > 0
            message = feed.press("AMR-77777")
            await waits(server, more_than=before)
            await until(lambda: 503 in feed.statuses)
            filler.unlink()
            await until(lambda: message["id"] in feed.durable, 30)
        finally:
            assert await server.stop() == 0


async def test_a_process_whose_accounts_are_damaged_lets_nobody_in_counts_alarms_and_says_how_to_go_on(
    files: Path,
) -> None:
    users = files / "vigie.users"
    users.write_bytes(b"\x07" * 4096)
    async with own_feed() as feed:
        server = Running(files, feeds=[feed.url], sign_in=True)
        await server.start()
        try:
            browser, before = Browser(server.url), await waiting(server)
            feed.press("AMR-77777")
            await waits(server, more_than=before)
            assert (await browser.get("/operator"))[0] == 302
            assert await browser.post("/sign-in", username="Example Glass", password=PASSWORD) == 401
            status, page = await browser.get("/sign-in")
            assert status == 200 and "NOBODY CAN SIGN IN" in page and "users add" in page
            said = server.output.read_text()
            assert "ACCOUNTS LOST" in said and f"python app.py users add NAME --role supervisor --users {users}" in said
            # What it says to do is done; nothing is restarted.
            users.rename(files / "vigie.users.damaged")
            made = ("users", "add", "Example Glass", "--role", "supervisor", "--break-glass", "--password-stdin")
            assert (await vigie(*made, "--users", str(users), typed=PASSWORD))[0] == 0
            await browser.sign_in("Example Glass", PASSWORD)
            assert (await browser.get("/operator"))[0] == 200
            assert "NOBODY CAN SIGN IN" not in (await Browser(server.url).get("/sign-in"))[1]
        finally:
            await server.stop()


def gone(users: Path) -> None:
    users.unlink()


def empty(users: Path) -> None:
    users.write_bytes(b"")


def folder(users: Path) -> None:
    users.unlink()
    users.mkdir()


def circle(users: Path) -> None:
    users.unlink()
    users.symlink_to(users.name)


@pytest.mark.parametrize("harm", [gone, empty, folder, circle])
async def test_a_centre_at_work_that_lost_its_accounts_starts_with_sign_in_and_a_fresh_machine_is_told_to_make_one(
    files: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    harm(files / "vigie.users")
    await press_on_a_page(files)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    with pytest.raises(SettingsError, match="users add NAME"):
        sign_ins(settings_of(fresh, sign_in=True), SystemClock())
    assert list(fresh.iterdir()) == []


async def test_a_map_or_a_feeds_certificate_that_cannot_be_read_keeps_no_desk_from_starting(
    files: Path, tmp_path: Path
) -> None:
    lost = tmp_path / "lost.pem"
    async with own_feed() as feed:
        settings = msgspec.structs.replace(
            settings_of(files, feed.url),
            zones_dir=tmp_path / "nowhere",
            feeds=msgspec.structs.replace(Settings().feeds, ca_file=lost),
            feed=(feed.url, "wss://127.0.0.1:9/feed"),
        )
        centre = await Centre.open(settings)
        centre.start()
        try:
            message = feed.press("AMR-77777")
            await until(lambda: message["id"] in feed.durable)
            assert centre.desk.board.of_device("AMR-77777")[0].zone
        finally:
            await centre.close()


async def test_a_step_that_a_killed_desk_never_told_its_log_is_entered_at_the_next_start(files: Path) -> None:
    settings = settings_of(files)
    register = CaseRegister.open(settings.cases)
    step = Step(kind="suspended", id="killed", at=datetime.now(UTC), by="somebody")
    register.take_step(register.all()[0].number, step, seen=0)
    centre = await Centre.open(settings)
    centre.start()
    try:
        async with asyncio.timeout(LONG_S):
            while (found := await centre.log.find("step-killed")) is None:
                await asyncio.sleep(0.02)
        assert (found.type, found.actor) == ("case_step", "somebody")
    finally:
        await centre.close()


async def test_panel_serve_on_a_damaged_log_and_damaged_accounts_counts_the_press_and_lets_nobody_in(
    files: Path,
) -> None:
    (files / "vigie.log").write_bytes(b"\x07" * 9000)
    (files / "vigie.users").write_bytes(b"\x07" * 4096)
    async with own_feed() as feed:
        served = Running(files, feeds=())
        process = await asyncio.create_subprocess_exec(
            *(str(Path(sys.executable).parent / "panel"), "serve", "app.py", "--plugins", "app"),
            *("--port", str(served.port)),
            cwd=ROOT,
            env=os.environ | {"VIGIE_FEED": feed.url, "VIGIE_LOG": str(served.log)},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            feed.press("AMR-77777")
            await until(lambda: feed.durable, 90)
            assert await waiting(served) == 1
            for path in ("/app", "/operator"):
                assert (await Browser(served.url).get(path))[0] == 302, path
        finally:
            process.terminate()
            await asyncio.wait_for(process.wait(), 20)
