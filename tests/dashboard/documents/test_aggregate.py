"""Who may take the Institute's export from a page, and that each taking is recorded."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from centre.documents.aggregate import Aggregates
from dashboard.access.accounts import Accounts
from incidents.audit import stream_of
from incidents.cases import CasesLocked
from incidents.cases.counting import Protection
from reports.aggregate.export import Evaluated
from reports.aggregate.register import read, register_of
from reports.measures.history import History
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.test_sign_in import Site, cookie_of
from tests.dashboard.conftest import House
from tests.dashboard.documents.conftest import in_each_role


@pytest.fixture(autouse=True)
async def aggregates(house: House, tmp_path: Path) -> AsyncIterator[None]:
    history = await History.open(house.log, tmp_path / "vigie.log")
    house.given.aggregates = Aggregates(history=history, path=tmp_path / "vigie.log", clock=house.clock)
    yield
    await history.close()


async def test_supervisors_and_auditors_take_the_export_and_it_is_recorded_each_time(
    site: Site, accounts: Accounts, tmp_path: Path
) -> None:
    assert (await site.ask("/aggregate"))[0] == 302
    year = site.house.clock.now().year - 1
    async for role, cookie in in_each_role(site, accounts):
        status, _, headers = await site.ask("/aggregate", Cookie=cookie)
        assert status == (200 if role in ("supervisor", "auditor") else 403), role
        assert headers["Cache-Control"] == "no-store"
        if status == 200:
            name = f"vigie-aggregate-{year}-01-{year}-12.zip"
            assert headers["Content-Disposition"] == f'attachment; filename="{name}"'
    records = await site.house.log.stream(stream_of(site.house.clock.now()))
    assert [record.type for record in records] == ["aggregate_made"] * 2
    assert {record.open["sha256"] for record in records} == {
        entry.sha256 for entry in read(register_of(tmp_path / "vigie.log"))
    }


async def test_what_is_told_of_cases_is_read_from_their_register_and_nothing_is_while_it_is_locked(
    site: Site, accounts: Accounts, tmp_path: Path
) -> None:
    case = Protection(begun="2024-01", decided="2024-01", place="5415")

    def evaluate(now: datetime) -> Evaluated:
        if locked:
            raise CasesLocked("the master key cannot be read")
        return Evaluated(12, [case] * 12, {}, {"5415": "40000"})

    house, locked = site.house, True
    history = await History.open(house.log, tmp_path / "vigie.log")
    house.given.aggregates = Aggregates(
        history=history, path=tmp_path / "vigie.log", clock=house.clock, evaluate=evaluate
    )
    accounts.add("sue", {"supervisor"}, PASSWORD)
    cookie = cookie_of(await site.enter("sue"))
    asked = "/aggregate?since=2024-01&until=2024-12"
    assert (await site.ask(asked, Cookie=cookie))[0] == 503
    assert not register_of(tmp_path / "vigie.log").exists() and not await house.log.stream(stream_of(house.clock.now()))
    locked = False
    assert (await site.ask(asked, Cookie=cookie))[0] == 200
    (record,) = await house.log.stream(stream_of(house.clock.now()))
    (entry,) = read(register_of(tmp_path / "vigie.log"))
    assert (record.open["cases"], record.open["cases_sha256"]) == (12, entry.cases_sha256) and entry.cases_sha256
    await history.close()


async def test_months_that_cannot_be_exported_and_those_that_were_are_said(
    site: Site, accounts: Accounts, tmp_path: Path
) -> None:
    accounts.add("sue", {"supervisor"}, PASSWORD)
    cookie = cookie_of(await site.enter("sue"))
    assert (await site.ask("/aggregate?since=2025-02&until=2025-01", Cookie=cookie))[0] == 400
    assert (await site.ask("/aggregate?since=2024-01&until=2024-06", Cookie=cookie))[0] == 200
    status, text, _ = await site.ask("/aggregate?since=2024-06&until=2024-07", Cookie=cookie)
    assert status == 409 and "could be subtracted" in text
    register_of(tmp_path / "vigie.log").unlink()
    site.house.given.aggregates = None
    assert (await site.ask("/aggregate", Cookie=cookie))[0] == 503
