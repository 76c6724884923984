"""A trainer finds incidents of the live log: it is only read, and that they searched is entered in it, sealed until then."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec

from centre.spool import SEARCHED, Spool
from dashboard.components.find.part import Asked, FoundIncident
from incidents import events as ev
from incidents.audit import stream_of
from incidents.roles import User
from reports.catalogue import translator
from tests.incidents.conftest import DrivenClock, Open
from tests.incidents.conftest import clock as clock
from tests.incidents.conftest import open_floor as open_floor
from tests.training.parts import opened
from tests.waiting import LONG_S
from training.room import TrainingRoom

TINE = User(actor="", roles=frozenset({"trainer"}), name="Tine Fictief")
DEVICE = "AMR-00001"


async def found(room: TrainingRoom, text: str, **facts: Any) -> dict[str, Any]:
    """The answer once the past was read."""
    async with asyncio.timeout(LONG_S):
        while (answer := await room.search.answer(Asked(n=1, text=text, **facts), TINE, translator("en"))).get(
            "refused"
        ) == "not_ready":
            await asyncio.sleep(0.05)
    return answer


async def test_a_trainer_finds_and_the_desk_enters_that_they_searched(
    tmp_path: Path, open_floor: Open, clock: DrivenClock
) -> None:
    async with open_floor() as floor:
        made = await floor.press(DEVICE)
        assert made is not None
        log = tmp_path / "vigie.log"
        assert log.exists()
        room = await opened(tmp_path)
        assert "rows" not in await found(room, DEVICE)
        assert list(tmp_path.glob(f"*.{SEARCHED}-*")) == []
        answer = await found(room, DEVICE, why="training")
        rows: list[FoundIncident] = answer["rows"]
        assert [(row.id, row.label) for row in rows] == [(made.id, DEVICE)]
        assert (await found(room, "Voorbeeld", why="training"))["count"] == 0
        notes = list(tmp_path.glob(f"*.{SEARCHED}-*"))
        assert len(notes) == 2
        assert all(DEVICE.encode() not in note.read_bytes() for note in notes), "what was typed waits sealed"
        # A note that somebody else wrote is passed over.
        forged = tmp_path / f"{log.name}.{SEARCHED}-forged"
        forged.write_bytes(notes[0].read_bytes().replace(b'"of":"', b'"of":"AAAA'))
        spool = Spool(log, SEARCHED, desk=floor.desk, log=floor.log)
        await spool.enter()
        assert list(tmp_path.glob(f"*.{SEARCHED}-*")) == [forged]
        records = [
            record
            for month in {stream_of(room.clock.now()), stream_of(clock.now())}
            for record in await floor.log.stream(month)
        ]
        events = [ev.entry(record, floor.log.unseal(record)).event for record in records]
        searches = [event for event in events if isinstance(event, ev.IncidentsSearched)]
        assert sorted((one.text, one.found, one.why, one.role) for one in searches) == [
            (DEVICE, 1, "training", "trainer"),
            ("Voorbeeld", 0, "training", "trainer"),
        ]
        assert {floor.desk.name_of(record.actor) for record in records} == {TINE.name}
        assert DEVICE not in msgspec.json.encode([record.open for record in records]).decode()
        await room.close()
