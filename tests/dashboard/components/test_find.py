"""A search of incidents through a page's session: what it means, why, what is recorded, and who finds what."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dashboard.components.find.desk import DeskSearch
from dashboard.components.find.part import Asked
from dashboard.components.queue.rows import row
from incidents import events as ev
from incidents.audit import stream_of
from incidents.escalation.ladder import WatchTimes
from incidents.messages import Fix, FixReport
from incidents.roles import Role, User
from maps.track import NOWHERE
from maps.zones import Zones
from reports.catalogue import translator
from reports.finding.finder import Finder
from reports.finding.identities import Identities
from reports.measures.history import History
from tests.dashboard.conftest import DEVICE, START, House
from tests.waiting import LONG_S

MIEKE = "Mieke Voorbeeld"
LILLE = Fix(50.633, 3.06, 20.0)


class Searching:
    """The search of a desk on which two devices pressed."""

    def __init__(self, house: House, finder: Finder, zones: Zones) -> None:
        self.house = house
        self.search = DeskSearch(house.desk, finder, house.consoles.services.places, zones)

    async def ask(self, text: str, role: Role = "dispatcher", name: str = MIEKE, **facts: Any) -> dict[str, Any]:
        user = User(actor=self.house.desk.pseudonym(name), roles=frozenset({role}), name=name)
        answer = await self.search.answer(Asked(n=1, text=text, **facts), user, translator("en"))
        return msgspec.json.decode(msgspec.json.encode(answer))  # type: ignore[no-any-return]

    async def records(self) -> list[tuple[dict[str, Any], ev.IncidentsSearched]]:
        found = await self.house.log.stream(stream_of(self.house.clock.now()))
        return [(r.open, ev.entry(r, self.house.log.unseal(r)).event) for r in found]  # type: ignore[misc]


@pytest.fixture
async def searching(house: House, zones: Zones, tmp_path: Path) -> AsyncIterator[Searching]:
    path = tmp_path / "vigie.log"
    history = History(path, house.log.vault)
    await history.load()
    history.follow(house.desk.board)
    finder = Finder(history, Identities(path, house.log.vault, zones))
    reading = asyncio.create_task(finder.run())
    async with asyncio.timeout(LONG_S):
        while not finder.ready:
            await asyncio.sleep(0.01)
    await house.press()
    house.clock.pass_s(60)
    await house.press("AMR-00099")
    yield Searching(house, finder, zones)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await history.close()


async def test_what_the_words_mean_is_told_before_a_reason_and_is_no_record(searching: Searching) -> None:
    answer = await searching.ask("Voorbeeld Gent 24/11 open")
    assert [chip["kind"] for chip in answer["chips"]] == ["who", "place", "days", "state"]
    assert "rows" not in answer and "count" not in answer
    assert "rows" not in await searching.ask(DEVICE, reason="words alone")
    for reason in ("", "  ", "x", "..."):
        answer = await searching.ask(DEVICE, why="other", reason=reason)
        assert answer["refused"] == "reason" and "rows" not in answer
    assert await searching.records() == []


async def test_a_submitted_search_is_a_record_with_its_reason_and_its_words_sealed(searching: Searching) -> None:
    answer = await searching.ask("Voorbeeld", why="magistrate")
    assert (answer["count"], [row["label"] for row in answer["rows"]]) == (1, [DEVICE])
    assert (answer["rows"][0]["place"], answer["rows"][0]["was_in"], answer["rows"][0]["state"]) == (
        "Gent",
        "Gent",
        "raised",
    )
    ((open_facts, event),) = await searching.records()
    assert (event.why, event.role, event.found, event.shown, event.text) == (
        "magistrate",
        "dispatcher",
        1,
        1,
        "Voorbeeld",
    )
    assert event.incidents == answer["rows"][0]["id"]
    assert set(open_facts) == {"role", "found", "shown", "why"}


async def test_names_find_nothing_for_who_may_not_search_them(searching: Searching) -> None:
    assert (await searching.ask("Voorbeeld", role="auditor", why="review"))["count"] == 0
    assert (await searching.ask(DEVICE, role="auditor", why="review"))["count"] == 1
    for role in ("technician", "zone"):
        assert (await searching.ask(DEVICE, role=role, why="review")).get("refused") == "not_allowed"  # type: ignore[arg-type]


async def test_an_incident_kept_from_somebody_is_neither_found_nor_counted(searching: Searching) -> None:
    for text in (DEVICE, "2026-0412", "Voorbeeld", "Gent", "open", "24/11"):
        answer = await searching.ask(text, name="Desk 9", why="alarm")
        assert answer["count"] == (1 if text in ("Gent", "open", "24/11") else 0)
        assert all(row["label"] != DEVICE for row in answer["rows"])
    assert (await searching.ask("Gent", why="alarm"))["count"] == 2


async def test_until_the_past_was_read_a_search_says_so(house: House, zones: Zones, tmp_path: Path) -> None:
    path = tmp_path / "vigie.log"
    unread = Finder(History(path, house.log.vault), Identities(path, house.log.vault, zones))
    searching = Searching(house, unread, zones)
    assert (await searching.ask(DEVICE, why="alarm"))["refused"] == "not_ready"
    assert await searching.records() == []


async def test_what_was_pressed_abroad_is_named_so_on_its_row_and_where_it_is_found(searching: Searching) -> None:
    incident = await searching.house.press("AMR-00077", fix=LILLE)
    assert searching.house.consoles.whose(incident).own == incident.position.cic == ""
    found = await searching.ask("AMR-00077", why="review")
    assert [(row["abroad"], row.get("place", ""), bool(row["was_in"])) for row in found["rows"]] == [(True, "", True)]
    house = searching.house
    for fix, abroad in ((Fix(51.0536, 3.7253, 20.0), False), (LILLE, True)):
        house.clock.pass_s(1)
        await house.report(FixReport(device="AMR-00077", fix=fix))
        (now,) = house.desk.board.of_device("AMR-00077")
        assert now.position.abroad is abroad
        told = row(
            now, (), house.consoles.services.places, str, WatchTimes(), house.consoles.whose(now), NOWHERE, START
        )
        assert (told.abroad, bool(told.municipality)) == (abroad, not abroad)


async def test_what_cannot_be_searched_for_is_said_and_is_no_record(searching: Searching) -> None:
    assert (await searching.ask("%%%", why="review"))["refused"] == "nothing"
    refused = await searching.ask("31/02 Gent", why="review")
    assert (refused["refused"], [chip["kind"] for chip in refused["chips"]]) == ("no_day", ["no_day", "place"])
    assert await searching.records() == []
