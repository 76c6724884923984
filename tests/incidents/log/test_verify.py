"""What someone with the file can do to the log, and what `verify` says about it."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from incidents.log import NO_HASH, Record
from incidents.log.chain import Chain, checkpoint_facts
from incidents.log.record import CHECKPOINT, hash_of, open_text
from incidents.log.schema import COLUMNS, INSERT, PLACES, record_of, row_of
from incidents.log.sqlite import SqliteLog
from incidents.log.verify import Digest, Report, head, verify
from tests.incidents.log.parts import AT, LATER, draft, tamper, write

VICTIM = "incident/victim"


@pytest.fixture
async def written(path: Path) -> Path:
    """Four incidents, a checkpoint, then more of each, another checkpoint, and a tail: 23 records."""
    log = await SqliteLog.open(path)
    streams = ["incident/a", VICTIM, "incident/b", "device/c"]
    for stream in streams:
        await write(log, stream, 2, sealed=b"secret")
    await log.checkpoint(AT)
    for stream in streams:
        await write(log, stream, 2)
    await log.checkpoint(LATER)
    await write(log, "incident/b", 3)
    await write(log, "incident/tail", 2)
    await log.close()
    return path


def kinds(report: Report) -> set[tuple[str, str]]:
    return {(finding.kind, finding.stream) for finding in report.findings}


def text(report: Report) -> str:
    return "\n".join(map(str, report.findings))


def records(path: Path) -> list[Record]:
    db = sqlite3.connect(path)
    found = [record_of(row) for row in db.execute(f"SELECT {COLUMNS} FROM records ORDER BY seq")]
    db.close()
    return found


def forge(path: Path, change: Callable[[Record], Record | None], *, checkpoints: bool, heads: bool = True) -> None:
    """Change or drop records, then make all hashes, versions and positions fit again: also checkpoints and heads, if asked."""
    chain = Chain()
    done: list[Record] = []
    for old in records(path):
        record = change(old)
        if record is None:
            continue
        if record.stream == CHECKPOINT and checkpoints:
            lines = chain.lines(checkpoints=False)
            last = max((i for i, item in enumerate(done) if item.stream == CHECKPOINT), default=-1)
            changed = sorted({item.stream for item in done[last + 1 :]})
            facts = checkpoint_facts(lines, [(name, *chain.heads[name]) for name in changed], chain.count)
            record = replace(record, open=facts)
        version, prev = chain.heads.get(record.stream, (0, NO_HASH))
        record = replace(record, version=version + 1, prev=prev)
        record = replace(record, hash=hash_of(record))
        chain.add(record, 0)
        done.append(record)
    db = sqlite3.connect(path, isolation_level=None)
    kept_heads = [] if heads else db.execute("SELECT * FROM heads").fetchall()
    db.execute("DELETE FROM records")
    db.execute("DELETE FROM heads")
    db.execute("DELETE FROM sqlite_sequence")
    db.executemany(INSERT + PLACES, [row_of(record) for record in done])
    if kept_heads:
        db.execute("DELETE FROM heads")
        db.executemany("INSERT INTO heads VALUES (?, ?, ?, ?)", kept_heads)
    db.close()


def without(stream: str) -> Callable[[Record], Record | None]:
    return lambda record: None if record.stream == stream else record


def rewritten(stream: str, version: int = 1) -> Callable[[Record], Record | None]:
    return lambda record: (
        replace(record, open={"n": 99}) if (record.stream, record.version) == (stream, version) else record
    )


def test_an_untouched_log_verifies_and_holds_its_digest(written: Path) -> None:
    report = verify(written, head(written))
    assert report.ok and report.findings == []
    assert (report.records, report.streams, report.checkpoints) == (23, 5, 2)
    assert report.head == head(written)


async def test_a_digest_holds_when_the_log_has_grown(written: Path) -> None:
    digest = head(written)
    log = await SqliteLog.open(written)
    await write(log, VICTIM, 2)
    await log.checkpoint(LATER)
    await log.close()
    assert verify(written, digest).ok
    assert head(written) != digest


def test_a_digest_may_be_written_down_without_its_last_two_parts(written: Path) -> None:
    short = "-".join(head(written).split("-")[:3])
    assert verify(written, short).ok
    assert verify(written, f"  {head(written).upper()}\n").ok
    assert not verify(written, short[:-1] + ("0" if short[-1] != "0" else "1")).ok


@pytest.mark.parametrize("digest", ["x", "1-2", "1-2-abc", "1-2-" + "g" * 24, "-1-2-" + "a" * 24])
def test_what_is_no_digest_is_refused(written: Path, digest: str) -> None:
    with pytest.raises(ValueError, match="not a digest"):
        verify(written, digest)


def test_a_tail_cut_off_is_named_with_its_length(written: Path) -> None:
    digest = head(written)
    tamper(written, "DELETE FROM records WHERE seq > 20")
    assert "the tail was removed: 3 records are missing at the end, after incident/b" in text(verify(written))
    report = verify(written, digest)
    assert ("removed", "incident/tail") in kinds(report)
    assert ("digest", "") in kinds(report)


def test_a_tail_cut_off_without_a_trace_is_named_by_the_digest(written: Path) -> None:
    digest = head(written)
    for record in records(written)[20:]:
        tamper(written, f"DELETE FROM records WHERE id = '{record.id}'")
    forge(written, lambda record: record, checkpoints=False)
    assert verify(written).ok
    report = verify(written, digest)
    assert "the tail was removed: 3 records are missing at the end, after incident/b" in text(report)
    assert "up to checkpoint 2" in text(report)


async def test_a_tail_cut_off_before_the_log_grew_again_is_seen(written: Path) -> None:
    digest = head(written)
    for record in records(written)[20:]:
        tamper(written, f"DELETE FROM records WHERE id = '{record.id}'")
    forge(written, lambda record: record, checkpoints=False)
    log = await SqliteLog.open(written)
    await write(log, "incident/new", 6)
    await log.close()
    assert verify(written).ok
    report = verify(written, digest)
    assert ("digest", "") in kinds(report)
    assert "up to checkpoint 2" in text(report)


def test_an_incident_taken_out_is_named(written: Path) -> None:
    digest = head(written)
    tamper(written, f"DELETE FROM records WHERE stream = '{VICTIM}'")
    for report in (verify(written), verify(written, digest)):
        assert ("removed", VICTIM) in kinds(report)
        assert any(kind == "gap" for kind, _ in kinds(report))
        assert not [stream for kind, stream in kinds(report) if stream not in ("", VICTIM)]
    assert "named by checkpoint 1" in text(report)


def test_an_incident_taken_out_with_positions_and_heads_made_to_fit_is_named(written: Path) -> None:
    forge(written, without(VICTIM), checkpoints=False)
    report = verify(written)
    assert ("removed", VICTIM) in kinds(report)
    assert not any(kind == "tail" for kind, _ in kinds(report))


def test_an_incident_taken_out_with_checkpoints_made_to_fit_is_named_by_the_heads(written: Path) -> None:
    forge(written, without(VICTIM), checkpoints=True, heads=False)
    assert ("removed", VICTIM) in kinds(verify(written))


def test_an_incident_taken_out_with_everything_made_to_fit_is_named_by_its_key(written: Path) -> None:
    digest = head(written)
    forge(written, without(VICTIM), checkpoints=True)
    assert verify(written).ok
    report = verify(written, digest)
    assert ("removed", VICTIM) in kinds(report)
    assert "look for the change before it" in text(report)
    assert not any(kind == "tail" for kind, _ in kinds(report))


def test_a_record_changed_in_place_is_named(written: Path) -> None:
    tamper(written, f"UPDATE records SET open = '{{\"n\":99}}' WHERE stream = '{VICTIM}' AND version = 2")
    report = verify(written)
    assert kinds(report) == {("rewritten", VICTIM)}
    assert report.findings[0].version == 2


def test_a_record_changed_with_its_own_hash_made_to_fit_is_named(written: Path) -> None:
    (old,) = [record for record in records(written) if (record.stream, record.version) == (VICTIM, 2)]
    new = replace(old, open={"n": 99})
    tamper(
        written,
        f"UPDATE records SET open = '{open_text(new.open)}', hash = '{hash_of(new)}' WHERE id = '{old.id}'",
    )
    assert ("rewritten", VICTIM) in kinds(verify(written))


def test_an_incident_rewritten_with_all_its_hashes_is_named(written: Path) -> None:
    digest = head(written)
    forge(written, rewritten(VICTIM), checkpoints=False)
    for report in (verify(written), verify(written, digest)):
        assert ("rewritten", VICTIM) in kinds(report)
        assert not [stream for kind, stream in kinds(report) if stream not in ("", VICTIM)]


def test_an_incident_rewritten_with_everything_made_to_fit_is_seen_by_the_digest(written: Path) -> None:
    digest = head(written)
    forge(written, rewritten(VICTIM), checkpoints=True)
    assert verify(written).ok
    report = verify(written, digest)
    assert not report.ok
    assert "are not the same ones: removed or rewritten" in text(report)
    assert "checkpoint 2 is not the one of then" in text(report)


def test_the_last_record_of_an_incident_taken_out_is_named(written: Path) -> None:
    forge(written, lambda r: None if (r.stream, r.version) == (VICTIM, 4) else r, checkpoints=False)
    report = verify(written)
    assert ("removed", VICTIM) in kinds(report)
    assert f"{VICTIM} was cut: versions 4 to 4 are missing (named by checkpoint 2" in text(report)


def test_an_incident_put_in_afterwards_is_named(written: Path) -> None:
    forged = records(written)[0]

    def add(record: Record) -> Record:
        return replace(record, stream="incident/forged") if record.id == forged.id else record

    forge(written, add, checkpoints=False)
    assert ("added", "incident/forged") in kinds(verify(written))


def test_records_in_another_order_are_seen(written: Path) -> None:
    tamper(
        written,
        "UPDATE records SET seq = -1 WHERE seq = 1",
        "UPDATE records SET seq = 1 WHERE seq = 2",
        "UPDATE records SET seq = 2 WHERE seq = -1",
    )
    assert any(kind in ("removed", "order") for kind, _ in kinds(verify(written)))


def test_an_id_that_occurs_twice_is_seen(written: Path) -> None:
    db = sqlite3.connect(written)
    (schema,) = db.execute("SELECT sql FROM sqlite_schema WHERE name = 'records'").fetchone()
    db.close()
    loose = schema.replace("id TEXT NOT NULL UNIQUE", "id TEXT NOT NULL").replace("records", "copy", 1)
    tamper(
        written,
        loose,
        "INSERT INTO copy SELECT * FROM records",
        "DROP TABLE records",
        "ALTER TABLE copy RENAME TO records",
        "UPDATE records SET id = (SELECT id FROM records WHERE seq = 1) WHERE seq = 23",
    )
    assert any(kind == "duplicate" for kind, _ in kinds(verify(written)))


@pytest.mark.parametrize("column", ["version", "at", "source_at", "actor", "type", "sealed", "prev", "hash", "id"])
def test_no_field_can_be_changed_unseen(written: Path, column: str) -> None:
    value = 77 if column == "version" else json.dumps("0" * 64)
    tamper(written, f"UPDATE records SET {column} = {value} WHERE seq = 6".replace('"', "'"))
    assert not verify(written).ok


def test_facts_that_are_no_facts_are_told(written: Path) -> None:
    tamper(written, "UPDATE records SET open = '{\"n\":1.5}' WHERE seq = 3")
    assert any(kind == "format" for kind, _ in kinds(verify(written)))


def test_what_verify_says_fits_on_a_screen(written: Path) -> None:
    tamper(written, f"DELETE FROM records WHERE stream = '{VICTIM}'")
    report = verify(written)
    assert report.summary.startswith("NOT VERIFIED")
    assert all(len(str(finding)) < 300 for finding in report.findings)


async def test_findings_beyond_a_thousand_are_counted(path: Path) -> None:
    log = await SqliteLog.open(path)
    await write(log, "incident/a", 1100)
    await log.close()
    tamper(path, "UPDATE records SET actor = 'else'")
    report = verify(path)
    assert (len(report.findings), report.more) == (1000, 100)


async def test_an_empty_log_verifies_and_has_a_digest(path: Path) -> None:
    await (await SqliteLog.open(path)).close()
    assert verify(path, head(path)).ok
    assert str(Digest.parse(head(path))) == head(path)


async def test_a_log_in_use_verifies(path: Path) -> None:
    log = await SqliteLog.open(path)
    await write(log, "incident/a", 3)
    report = verify(path, head(path))
    await log.append("incident/a", 3, draft("next"))
    assert report.ok and report.records == 3
    await log.close()


async def test_a_record_put_in_at_the_end_with_an_earlier_time_is_said(written: Path) -> None:
    before = verify(written).steps_back
    log = await SqliteLog.open(written)
    for n, at in enumerate(("2026-11-25T08:00:00.000Z", "2026-11-25T07:59:30.000Z", "2025-01-31T23:21:32.212Z")):
        await log.append(VICTIM, await log.version(VICTIM), draft(f"late {n}", at=at))
    version = await log.version(VICTIM)
    await log.close()
    report = verify(written)
    assert report.ok
    assert report.steps_back == before + 1  # half a minute is a clock that was corrected
    said = f"{VICTIM} version {version} of 2025-01-31T23:21:32.212Z stands after {VICTIM} version {version - 1} of"
    assert report.back[-1].startswith(said)
