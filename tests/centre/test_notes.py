"""A note beside the log is a plain file: what a log seals of an event stands in it sealed, or not at all."""

import hashlib
import json
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from centre.changes import imported
from centre.spool import CHANGED, LARGEST, Note, Noted, Spool, enter_or_note, leave_note
from incidents import events as ev
from incidents.cases import ImportReport, KnownCases
from incidents.cases.rows import MAX_CASES, CaseFile
from incidents.log import LogUnavailable
from incidents.log.opening import open_vault
from incidents.log.record import SEALED_LIMIT_BYTES
from tests.incidents.conftest import START, Floor
from tests.incidents.conftest import clock as clock
from tests.incidents.conftest import floor as floor
from tests.incidents.conftest import open_floor as open_floor
from tests.incidents.log.samples.types import event_of

KINDS = [pytest.param(kind, id=kind.__name__) for kind in get_args(Noted)]


def left(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob(f"*.{CHANGED}-*"))]


def filled(kind: type[ev.Event]) -> Any:
    return event_of(str(kind.__struct_config__.tag))


@pytest.mark.parametrize("kind", KINDS)
async def test_beside_a_desk_it_waits_sealed_and_is_entered_whole(
    floor: Floor, tmp_path: Path, kind: type[ev.Event]
) -> None:
    event = filled(kind)
    assert not await enter_or_note(tmp_path / "vigie.log", None, CHANGED, event, by="Sue", at=START)
    (note,) = left(tmp_path)
    assert [name for name in kind.SEALED if f"voorbeeld-{name}".encode() in note] == []
    await Spool(tmp_path / "vigie.log", CHANGED, desk=floor.desk, log=floor.log).enter()
    found = [record async for _, record in floor.log.records() if record.type == kind.__struct_config__.tag]
    assert [ev.entry(record, floor.log.unseal(record)).event for record in found] == [event] and not left(tmp_path)


@pytest.mark.parametrize("kind", KINDS)
async def test_without_the_logs_keys_its_open_facts_alone_wait(tmp_path: Path, kind: type[ev.Event]) -> None:
    event = filled(kind)
    with pytest.raises(LogUnavailable):
        open_vault(tmp_path / "vigie.log")
    leave_note(tmp_path / "vigie.log", CHANGED, Note(id=f"change-{'0' * 32}", at=START, by="Sue", event=event))
    (content,) = left(tmp_path)
    told = msgspec.json.decode(content, type=Note).event
    assert isinstance(told, ev.Event)
    facts = json.loads(msgspec.json.encode(event))
    assert json.loads(msgspec.json.encode(told)) == {name: facts[name] for name in facts if name not in kind.SEALED}


async def test_the_largest_event_that_a_log_takes_is_entered_from_a_note(floor: Floor, tmp_path: Path) -> None:
    event = ev.ChangeProposed(step="proposed", says="é" * (SEALED_LIMIT_BYTES // 2 - 100))
    await enter_or_note(tmp_path / "vigie.log", None, CHANGED, event, by="Sue", at=START)
    assert SEALED_LIMIT_BYTES < len(left(tmp_path)[0]) < LARGEST
    await Spool(tmp_path / "vigie.log", CHANGED, desk=floor.desk, log=floor.log).enter()
    assert not left(tmp_path)


async def test_the_largest_import_is_a_record_that_says_which_cases_left_and_how_many_more_there_were(
    floor: Floor, tmp_path: Path
) -> None:
    numbers = [f"{n:05d}{'é' * 35}" for n in range(MAX_CASES)]
    report = ImportReport(
        added=tuple(numbers), changed=(), unchanged=(), withdrawn=("2026-0001",), problems=(), doubts=(), loaded=True
    )
    event = imported(CaseFile(rows=(), sha256="0" * 64), report, KnownCases())
    await enter_or_note(tmp_path / "vigie.log", None, CHANGED, event, by="Sue", at=START)
    await Spool(tmp_path / "vigie.log", CHANGED, desk=floor.desk, log=floor.log).enter()
    (record,) = [record async for _, record in floor.log.records() if record.type == "cases_imported"]
    first, *lines, last = json.loads(floor.log.unseal(record) or b"")["cases"].split("\n")
    assert first == "withdrawn 2026-0001" and lines == [f"added {number}" for number in numbers[: len(lines)]]
    left_out = "\n".join(f"added {number}" for number in numbers[len(lines) :])
    assert last == f"others {MAX_CASES - len(lines)} {hashlib.sha256(left_out.encode()).hexdigest()}"
