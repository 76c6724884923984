"""Accounts and sign-ins of several servers, through a real nats-server: who is in or out at one is so at all."""

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bench.nats_servers import NatsServer
from dashboard.access.accounts import TOTP_S, Accounts
from dashboard.access.sharing import share_accounts
from dashboard.access.signins import WRITE_SEEN_S, SignIns, page_token
from incidents.clock import SystemClock
from incidents.log.master import fresh, make
from incidents.log.shared_rows import SharedRows
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.conftest import DrivenClock
from tests.incidents.log.sharing import Sharing, any_holds
from tests.waiting import until

NAME = "Mieke Voorbeeld"
WITHIN_S = 2.0


class Office(Sharing):
    """Servers that share their accounts, each with its own sign-ins."""

    def __init__(self, folder: Path, nats_server: NatsServer) -> None:
        self.key = folder / "master.key"
        make(self.key, fresh)
        super().__init__(
            folder,
            [nats_server.address],
            "vigie.users",
            lambda path, servers, name, n: share_accounts(path, servers, name, key_file=self.key, replicas=n),
        )
        self.accounts: dict[str, Accounts] = {}
        self.signins: dict[str, SignIns] = {}
        self._running: list[asyncio.Task[None]] = []

    async def open(self, *servers: str, clock: "WrongClock | None" = None) -> None:
        for server in servers:
            self.accounts[server] = Accounts(self.path(server), key_file=self.key, hasher=QUICK)
            await self.join(server)
            self.accounts[server].reload()
            self.signins[server] = SignIns(self.accounts[server], clock=clock or SystemClock(), shared=True)
            self._running.append(asyncio.create_task(self.signins[server].run()))

    def sign_in(self, at: str) -> str:
        self.accounts[at].reload()
        account = self.accounts[at].get(NAME)
        assert account is not None
        return self.signins[at].open(account)

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for signins in self.signins.values():
            signins.close_file()
        await super().close()


class WrongClock:
    """The wall clock as somebody set it, over one that only passes."""

    def __init__(self) -> None:
        self.passed_s = self.set_by_s = 0.0

    def now(self) -> datetime:
        return SystemClock().now() + timedelta(seconds=self.passed_s + self.set_by_s)

    def steady(self) -> float:
        return time.monotonic() + self.passed_s


@pytest.fixture
async def office(tmp_path: Path, nats_server: NatsServer) -> AsyncIterator[Office]:
    made = Office(tmp_path, nats_server)
    yield made
    await made.close()


async def soon(holds: Callable[[], bool]) -> None:
    await until(holds, within_s=WITHIN_S)


async def test_a_cookie_of_one_server_opens_a_page_of_another_and_no_longer_when_its_person_signs_out_there(
    office: Office,
) -> None:
    await office.open("a", "b")
    office.accounts["a"].add(NAME, ["dispatcher"], PASSWORD)
    cookie, other = office.sign_in("a"), office.sign_in("a")
    await soon(lambda: office.signins["b"].opens(cookie) and office.signins["b"].opens(other))
    found = office.signins["b"].of(cookie)
    assert found is not None and (found.name, found.roles) == (NAME, {"dispatcher"})
    office.signins["b"].close(cookie)
    await soon(lambda: office.signins["a"].state(page_token(cookie)) == "ended")
    assert not office.signins["a"].opens(cookie) and office.signins["a"].opens(other)


@pytest.mark.parametrize("change", ["disabled", "password", "removed"])
async def test_who_an_administrator_puts_out_at_one_server_is_out_at_all(office: Office, change: str) -> None:
    await office.open("a", "b")
    office.accounts["a"].add(NAME, ["dispatcher"], PASSWORD)
    cookie = office.sign_in("a")
    await soon(lambda: office.signins["b"].opens(cookie))
    administrator = Accounts(office.path("a"), key_file=office.key, hasher=QUICK)  # another process's
    if change == "disabled":
        administrator.set_disabled(NAME, True)
    elif change == "removed":
        administrator.remove(NAME)
    else:
        administrator.set_password(NAME, PASSWORD + " 2")
    await soon(lambda: office.signins["b"].state(page_token(cookie)) == "out")


async def test_a_code_that_was_used_at_one_server_is_used_at_all(office: Office) -> None:
    await office.open("a", "b")
    secret = office.accounts["a"].add(NAME, ["dispatcher"], PASSWORD, totp=True)
    await office.agree()
    code = pyotp.TOTP(secret, interval=TOTP_S).now()
    assert office.accounts["a"].verify(NAME, PASSWORD, code) is not None
    await office.agree()
    assert office.accounts["b"].verify(NAME, PASSWORD, code) is None


async def test_a_server_that_was_cut_off_undoes_no_disabling_and_no_sign_out(office: Office) -> None:
    await office.open("a", "b")
    office.accounts["a"].add(NAME, ["dispatcher"], PASSWORD)
    office.accounts["a"].add("Jan Fictief", ["dispatcher"], PASSWORD)
    cookie = office.sign_in("a")
    await soon(lambda: office.signins["b"].opens(cookie))
    await office.leave("b")
    office.accounts["b"].set_disabled("Jan Fictief", True)
    office.accounts["a"].reload()
    office.accounts["a"].set_roles("Jan Fictief", ["supervisor"])
    office.signins["a"].close(cookie)
    with office.accounts["b"].database() as db:
        db.execute("UPDATE browsers SET seen = seen + 60")
    await asyncio.sleep(0.5)  # the cluster has first what was changed at a
    await office.join("b")
    await office.agree()
    for at in "ab":
        office.accounts[at].reload()
        found = office.accounts[at].get("Jan Fictief")
        assert found is not None and (found.disabled, found.roles) == (True, {"supervisor"})
        await soon(lambda at=at: not office.signins[at].opens(cookie))  # type: ignore[misc]


async def test_who_was_removed_stays_so_though_another_server_gave_them_other_roles(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.open("a", "b")
    for name in (NAME, "Jan Fictief"):
        office.accounts["a"].add(name, ["dispatcher"], PASSWORD)
    await office.agree()
    await office.leave("b")
    office.accounts["b"].reload()
    office.accounts["b"].set_roles(NAME, ["supervisor"])
    office.accounts["b"].remove("Jan Fictief")
    office.accounts["a"].remove(NAME)
    office.accounts["a"].set_roles("Jan Fictief", ["supervisor"])
    await asyncio.sleep(0.5)
    with caplog.at_level(logging.WARNING):
        await office.join("b")
        assert await office.agree() == {}
    assert caplog.text.count("undone") == 1  # the other change was shared before


async def test_of_two_new_passwords_the_first_counts_and_the_other_servers_administrator_is_told(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.open("a", "b")
    office.accounts["a"].add(NAME, ["dispatcher"], PASSWORD)
    await office.agree()
    await office.leave("b")
    office.accounts["b"].reload()
    office.accounts["b"].set_password(NAME, PASSWORD + " b")
    office.accounts["a"].set_password(NAME, PASSWORD + " a")
    await asyncio.sleep(0.5)
    with caplog.at_level(logging.WARNING):
        await office.join("b")
        await office.agree()
    assert [record.getMessage() for record in caplog.records] == [
        "the accounts: changes made here were undone, others came first: 1"
    ]
    assert office.accounts["b"].verify(NAME, PASSWORD + " a") is not None
    assert office.accounts["b"].verify(NAME, PASSWORD + " b") is None


async def test_a_page_that_was_left_at_one_server_is_locked_at_another(office: Office) -> None:
    await office.open("a", "b")
    office.accounts["a"].add(NAME, ["dispatcher"], PASSWORD)
    cookie = office.sign_in("a")
    await soon(lambda: office.signins["b"].state(cookie) == "active")
    office.signins["a"].lock(cookie)
    await soon(lambda: office.signins["b"].state(cookie) == "idle")


async def test_a_clock_that_is_set_at_one_server_revives_nobody_at_another(office: Office) -> None:
    clock = WrongClock()
    await office.open("a", clock=clock)
    await office.open("b")
    office.accounts["a"].add(NAME, ["dispatcher"], PASSWORD)
    cookie = office.sign_in("a")
    await soon(lambda: office.signins["b"].state(cookie) == "active")
    office.signins["a"].lock(cookie)
    await soon(lambda: office.signins["b"].state(cookie) == "idle")
    for by in (1800.0, 7200.0, -7200.0):
        clock.set_by_s = by
        office.signins["a"].look()
        await asyncio.sleep(0.2)
        await office.agree()
        await office.signins["b"]._follow()
        assert {office.signins[at].state(cookie) for at in "ab"} == {"idle"}


async def test_a_file_that_fails_signs_nobody_out(office: Office) -> None:
    await office.open("a", "b")
    office.accounts["a"].add(NAME, ["dispatcher"], PASSWORD)
    cookie = office.sign_in("a")
    await soon(lambda: office.signins["b"].opens(cookie))
    office.path("b").write_bytes(b"overwritten by a fault of the disk " * 100)
    late = office.sign_in("b")
    for _ in range(3):
        await office.signins["b"]._follow()
    assert office.signins["b"].opens(cookie) and office.signins["b"].opens(late)
    await until(lambda: office.trouble("b") != "")


async def test_a_browser_that_signed_out_elsewhere_a_moment_ago_is_not_written_down_again(
    accounts: Accounts, clock: DrivenClock
) -> None:
    here = SignIns(accounts, clock=clock, shared=True)
    account = accounts.get(NAME)
    assert account is not None
    cookie = here.open(account)
    await here._follow()
    with accounts.database() as db:
        db.execute("DELETE FROM browsers")
    clock.pass_s(WRITE_SEEN_S)
    here.touch(cookie)
    await here._follow()  # which comes to know of it
    here.close_file()
    with accounts.database() as db:
        assert db.execute("SELECT count(*) FROM browsers").fetchone() == (0,)


async def test_a_sign_in_that_could_not_be_written_down_is_none_that_ended_elsewhere(
    accounts: Accounts, clock: DrivenClock
) -> None:
    here = SignIns(accounts, clock=clock, shared=True)
    account = accounts.get(NAME)
    assert account is not None
    with accounts.database() as db:
        db.execute("CREATE TRIGGER fault BEFORE INSERT ON browsers BEGIN SELECT RAISE(ABORT, 'a fault'); END")
    cookie = here.open(account)
    for _ in range(2):
        await here._follow()
    assert here.opens(cookie)
    here.close_file()


async def test_the_cluster_has_no_name_and_no_hash_in_clear(office: Office, nats_server: NatsServer) -> None:
    await office.open("a")
    office.accounts["a"].add(NAME, ["dispatcher"], PASSWORD)
    office.sign_in("a")
    await office.agree()
    with contextlib.closing(sqlite3.connect(office.path("a"))) as db:
        (hashed,) = db.execute("SELECT hash FROM accounts").fetchone()
        (digest,) = db.execute("SELECT digest FROM browsers").fetchone()
    assert any_holds(office.folder / "a", hashed.encode())
    assert not any_holds(nats_server.store, hashed.encode(), digest, NAME.encode(), NAME.casefold().encode())


async def test_a_message_that_is_said_again_moved_or_forged_changes_nothing(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.open("a", "b")
    office.accounts["a"].add(NAME, ["dispatcher"], PASSWORD)
    before = await office.agree()
    shared, servers, _ = office.running["a"]
    whole = await servers.at(shared.stream, await servers.end(shared.stream))
    assert whole is not None
    office.accounts["a"].set_disabled(NAME, True)
    after = await office.agree()
    assert after != before
    for subject, data in (
        (whole.subject, whole.data),
        (f"{shared.stream}.of.{'0' * 64}", whole.data),
        (f"{shared.stream}.of.x", b"forged"),
    ):
        await servers.put(subject, data, id=f"attack {subject}")
    with caplog.at_level(logging.WARNING):
        assert await office.agree() == after
    assert caplog.text.count("is none of ours") == 6  # three at each server


async def test_that_a_browser_is_gone_is_forgotten_a_week_later(office: Office) -> None:
    await office.open("a")
    office.accounts["a"].add(NAME, ["dispatcher"], PASSWORD)
    cookie = office.sign_in("a")
    await office.agree()
    office.signins["a"].close(cookie)
    await office.agree()
    shared, servers, _ = office.running["a"]
    assert isinstance(rows := shared._rows, SharedRows)
    end, day = await servers.end(shared.stream), 24 * 3600
    assert (rows.replaced(time.time() + 6 * day, 9), rows.replaced(time.time() + 8 * day, 9)) == ([], [end])


SERVERS = ("a", "b", "c")
KEYS = st.sampled_from(["een", "twee", "drie"])
CHANGES = st.one_of(
    st.tuples(st.sampled_from(["add", "remove", "roles", "disable", "browser", "seen", "out"]), KEYS),
    st.tuples(st.sampled_from(["leave", "join", "wait"]), st.just("")),
)


def change(db: sqlite3.Connection, what: str, key: str, n: int) -> None:
    """One of a server's changes, straight in its file."""
    match what:
        case "add":
            facts = (key, key, "dispatcher", "", f"hash {n}", "", 0, 0, 0, n, "", "")
            db.execute("INSERT OR IGNORE INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", facts)
        case "remove":
            db.execute("DELETE FROM accounts WHERE key = ?", (key,))
            db.execute("DELETE FROM browsers WHERE key = ?", (key,))
        case "roles":
            db.execute("UPDATE accounts SET roles = ? WHERE key = ?", (f"dispatcher {n}", key))
        case "disable":
            db.execute("UPDATE accounts SET disabled = 1, generation = generation + 1 WHERE key = ?", (key,))
        case "browser":
            facts = (key.encode() + bytes([n]), bytes([n]), key, n, float(n), float(n), float(n))
            db.execute("INSERT INTO browsers VALUES (?, ?, ?, ?, ?, ?, ?)", facts)
        case "seen":
            db.execute("UPDATE browsers SET seen = seen + ? WHERE key = ?", (n, key))
        case "out":
            db.execute("DELETE FROM browsers WHERE key = ?", (key,))


@pytest.mark.parametrize("examples", [10, pytest.param(150, marks=[pytest.mark.prove, pytest.mark.timeout(900)])])
def test_whatever_is_changed_at_whichever_server_all_files_come_to_be_equal_and_a_new_one_too(
    tmp_path: Path, nats_server: NatsServer, examples: int
) -> None:
    numbers = iter(range(10_000))

    async def try_it(steps: list[tuple[str, tuple[str, str]]]) -> None:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        office = Office(folder, nats_server)
        try:
            for at in SERVERS:
                Accounts(office.path(at), key_file=office.key, hasher=QUICK)
                await office.join(at)
            for n, (at, (what, key)) in enumerate(steps):
                if what == "wait":
                    await asyncio.sleep(0.15)
                elif what == "leave" and at in office.running:
                    await office.leave(at)
                elif what == "join" and at not in office.running:
                    await office.join(at)
                elif key:
                    with contextlib.closing(sqlite3.connect(office.path(at), timeout=10)) as db, db:
                        change(db, what, key, n)
            for at in SERVERS:
                if at not in office.running:
                    await office.join(at)
            found = await office.agree()
            Accounts(office.path("new"), key_file=office.key, hasher=QUICK)
            await office.join("new")
            assert await office.agree() == found
        finally:
            await office.close()

    @settings(deadline=None, max_examples=examples, phases=[Phase.generate], suppress_health_check=[*HealthCheck])
    @given(st.lists(st.tuples(st.sampled_from(SERVERS), CHANGES), max_size=14))
    def tried(steps: list[tuple[str, tuple[str, str]]]) -> None:
        asyncio.run(try_it(steps))

    tried()
