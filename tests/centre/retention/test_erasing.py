"""What is over is erased for good, what is held stays, and what was published stays the same."""

import asyncio
import contextlib
import json
import sqlite3
from pathlib import Path

import pytest

from centre.documents.aggregate import province_of, provinces
from centre.retention.running import Retention
from incidents.cases import CaseRegister, import_cases
from incidents.log.columns import path_of
from incidents.log.sqlite import SqliteLog
from incidents.log.verify import verify
from incidents.retention.times import Times
from reports.aggregate.export import export
from reports.aggregate.period import Period
from reports.measures.history import read_table
from reports.measures.profiles import PROFILES
from tests.centre.retention.parts import CONFIRM, HELD, LONG_AGO, command, found_in, keys, settings_of, years_ago
from tests.incidents.cases.conftest import case
from tests.incidents.conftest import DEVICE, DrivenClock

TIMES = Times()


def figures(folder: Path) -> tuple[dict[str, bytes], str]:
    """The export's files and the review's table, folded anew."""
    log = settings_of(folder).log
    path_of(log).unlink(missing_ok=True)
    table = read_table(log)
    months = Period("2001-01", "2001-12")
    made = export(
        table, months, profile=PROFILES["amr"], province_of=province_of(), provinces=provinces(), now=LONG_AGO
    )
    return made.files, table.to_csv()


def opens(folder: Path, incident: str) -> bool:
    """Whether what is sealed of an incident can still be opened."""

    async def look() -> bool:
        log = await SqliteLog.open(settings_of(folder).log, reading=True)
        try:
            return log.unseal((await log.stream(f"incident/{incident}"))[0]) is not None
        finally:
            await log.close()

    return asyncio.run(look())


def test_the_key_is_nowhere_the_chain_holds_figures_stay_and_the_dry_run_said_what_is_done(tmp_path: Path) -> None:
    ids = asyncio.run(years_ago(tmp_path, "test", "accidental", "complaint"))
    key, before = keys(tmp_path, ids["test"]), figures(tmp_path)
    assert found_in(tmp_path, key) == {"vigie.log.private"}  # the search finds what is there
    proposed = command(tmp_path, "run")
    assert "not confirmed" in proposed.output and opens(tmp_path, ids["test"])
    shown = command(tmp_path, *CONFIRM).output
    assert f"incident {ids['test']}: test, over since 2001-06-05\n" in shown
    assert shown.endswith("\nover tonight: 2 incident\nconfirmed\n")
    dry, private = command(tmp_path, "run", "--dry-run"), (tmp_path / "vigie.log.private").read_bytes()
    assert f"incident {ids['test']}: test, over since 2001-06-05" in dry.output.splitlines()
    assert "held by complaint: 1" in dry.output and "2 would be erased" in dry.output
    assert opens(tmp_path, ids["test"]) and private == (tmp_path / "vigie.log.private").read_bytes()
    done = command(tmp_path, "run", "--by", "Ann")
    assert done.exit_code == 0, done.output
    assert done.output == dry.output.replace("would be erased", "erased")
    assert found_in(tmp_path, key) == set()
    assert {kind: opens(tmp_path, name) for kind, name in ids.items()} == {
        "test": False, "accidental": False, "complaint": True,
    }  # fmt: skip
    assert verify(settings_of(tmp_path).log).ok
    assert figures(tmp_path) == before
    assert "0 erased" in command(tmp_path, "run").output


def test_an_erasure_is_a_record_that_names_its_stream_its_rule_and_who(tmp_path: Path) -> None:
    ids = asyncio.run(years_ago(tmp_path, "test"))
    command(tmp_path, *CONFIRM)
    command(tmp_path, "run", "--by", "Ann")

    async def look() -> None:
        log = await SqliteLog.open(settings_of(tmp_path).log, reading=True)
        try:
            erased = (await log.stream(f"incident/{ids['test']}"))[-1]
            assert (erased.type, erased.open, erased.sealed) == ("erased", {"rule": "test"}, "")
            assert log.vault.name_of(erased.actor) == "Ann"
            (ran,) = (await log.latest(["retention_run"])).values()
            assert ran.open == {"incidents": 1} and ran.stream.startswith("audit/")
        finally:
            await log.close()

    asyncio.run(look())


@pytest.mark.parametrize("kind", HELD)
def test_each_hold_keeps_its_incident_until_a_magistrate_lets_go(tmp_path: Path, kind: str) -> None:
    ids = asyncio.run(years_ago(tmp_path, kind))
    command(tmp_path, *CONFIRM)
    kept = command(tmp_path, "run")
    assert f"held by {kind}: 1" in kept.output and "0 erased" in kept.output and opens(tmp_path, ids[kind])
    lifted = command(tmp_path, "lift", ids[kind], "--reference", "note of the magistrate")
    assert lifted.exit_code == 0 and kind in lifted.output
    assert "1 erased" in command(tmp_path, "run").output and not opens(tmp_path, ids[kind])
    assert b"note of the magistrate" not in b"".join(p.read_bytes() for p in tmp_path.iterdir())


def test_a_person_holds_an_incident_by_a_police_reports_number(tmp_path: Path) -> None:
    ids = asyncio.run(years_ago(tmp_path, "test"))
    command(tmp_path, *CONFIRM)
    assert command(tmp_path, "hold", ids["test"], "--why", "police_report").exit_code == 2
    held = command(tmp_path, "hold", ids["test"], "--why", "police_report", "--number", "GE.30.L1.001")
    assert held.output == "it is kept\n"
    assert "held by police_report: 1" in command(tmp_path, "run").output and opens(tmp_path, ids["test"])
    assert command(tmp_path, "hold", "nosuchincident", "--why", "complaint").exit_code == 1
    words = ("--why", "police_report", "--number", "behind the church, 2nd floor")
    assert command(tmp_path, "hold", ids["test"], *words).exit_code == 1


def test_while_the_cases_cannot_be_read_nothing_is_erased(tmp_path: Path) -> None:
    ids = asyncio.run(years_ago(tmp_path, "test"))
    command(tmp_path, *CONFIRM)
    (tmp_path / "cases.db.key").unlink()  # nobody can say what the duress word was
    assert "held by unreadable: 1" in command(tmp_path, "run").output and opens(tmp_path, ids["test"])


@pytest.mark.parametrize("how", ["key away", "version damaged", "case gone"])
def test_where_a_duress_word_can_not_be_read_at_that_moment_the_incident_is_held(tmp_path: Path, how: str) -> None:
    ids = asyncio.run(years_ago(tmp_path, "test"))
    settings, rows = settings_of(tmp_path), tmp_path / "cases.json"
    assert settings.cases is not None
    rows.write_text(json.dumps({"cases": [case(devices=[DEVICE], duress_word="tulip")]}))
    assert import_cases(rows, settings.cases).loaded  # version 2

    async def note(*_: object, **__: object) -> None:
        """Nothing is erased here."""

    async def holds() -> set[str]:
        log = await SqliteLog.open(settings.log, reading=True)
        try:
            cases = CaseRegister.open(settings.cases)  # was read before
            retention = Retention(log, settings.log, cases, DrivenClock(LONG_AGO), note)
            before = await retention.facts(ids["test"])
            assert before is not None and not before.holds
            change()
            facts = await retention.facts(ids["test"])
            assert facts is not None and cases.state == "open"
            return {str(hold.why) for hold in facts.holds}
        finally:
            await log.close()

    def change() -> None:
        if how == "key away":
            (tmp_path / "cases.db.key").rename(tmp_path / "away")
            return
        damage = "UPDATE versions SET sealed = zeroblob(40) WHERE version = 1"
        with contextlib.closing(sqlite3.connect(settings.cases or "")) as db, db:
            db.execute("DELETE FROM versions" if how == "case gone" else damage)

    assert asyncio.run(holds()) == {"unreadable"}
