"""What is told of an erased incident: how long things took, its month and its province; nowhere when, or in which zone."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pandas as pd
import pytest

from dashboard.components.find.part import Asked, Search, Within
from dashboard.components.timeline import desk as timelines
from dashboard.supervisor.review.facts import facts
from dashboard.supervisor.review.view import View
from incidents import events as ev
from incidents.events import BRUSSELS
from incidents.exclusion import Exclusions
from incidents.incident import TIME_NAMES
from incidents.roles import User
from maps.gazetteer import Gazetteer
from maps.provinces import provinces_by_zone
from maps.zones import Zones
from reports.catalogue import translator
from reports.finding.finder import Finder
from reports.finding.identities import Identities
from reports.finding.query import parse
from reports.measures.coarse import coarse, month_of, shown_rows
from reports.measures.history import History
from reports.measures.shape import Selection
from reports.measures.tallies import Tallies
from reports.tables import framed, in_belgium
from tests.centre.retention.parts import LONG_AGO, floor_of, lived, settings_of
from tests.incidents.conftest import DEVICE, DrivenClock, Floor
from tests.waiting import LONG_S

SUE = User(actor="sue", roles=frozenset({"supervisor"}), name="Sue")
GONE = (ev.stamp(LONG_AGO + timedelta(days=1))[:10], "5415", "PZ Gent", "Gent")  # the day and the zone of its press


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    """A desk whose first incident was erased; the second was not."""
    async with floor_of(tmp_path, DrivenClock(LONG_AGO)) as floor:
        floor.ids = [await lived(floor, "real"), await lived(floor, "accidental", device="AMR-00099")]  # type: ignore[attr-defined]
        await floor.log.erase(f"incident/{floor.ids[0]}", id="erase-1", at=ev.stamp(LONG_AGO), actor="x", rule="real")  # type: ignore[attr-defined]
        yield floor


async def history_of(floor: Floor, tmp_path: Path) -> History:
    return await History.open(floor.log, settings_of(tmp_path).log)


async def test_rows_that_are_taken_have_month_province_and_durations_and_counts_stay(
    floor: Floor, tmp_path: Path, zones: Zones
) -> None:
    history = await history_of(floor, tmp_path)
    gone, other = floor.ids  # type: ignore[attr-defined]
    assert history.erased == {gone}
    table = history.table()
    told = coarse(table, history.erased, provinces_by_zone(zones)).set_index("incident")
    before = table.set_index("incident")
    pd.testing.assert_frame_equal(told.loc[[other]], before.loc[[other]], check_dtype=False)
    assert told.loc[gone, "received"] == pd.Timestamp("2001-03-01T00:00:00+01:00")
    assert told.loc[gone, [name for name in TIME_NAMES if name != "received"]].isna().all()
    assert (told.loc[gone, "zone"], told.loc[gone, "operator"]) == (zones.provinces["40000"], "")
    for name in [name for name in table.columns if name.endswith("_s")]:
        assert str(told.loc[gone, name]) == str(before.loc[gone, name])
    line = next(line for line in framed(in_belgium(told.reset_index())).decode().splitlines() if gone in line)
    assert not any(word in line for word in GONE[:3]), line
    assert told["as_class"].tolist() == before["as_class"].tolist()


async def test_the_review_counts_as_before_and_shows_no_moment_and_no_zone_of_it(
    floor: Floor, tmp_path: Path, zones: Zones
) -> None:
    history = await history_of(floor, tmp_path)
    wanted = msgspec.convert({"period": "range", "since": "2001-03-01", "until": "2001-03-31"}, View)
    now = LONG_AGO + timedelta(days=20)
    plain = facts(history.table(), wanted, now=now)
    told = facts(history.table(), wanted, now=now, gone=(history.erased, provinces_by_zone(zones)))
    assert {k: v for k, v in told.items() if k not in ("dots", "slowest", "busiest")} == {
        k: v for k, v in plain.items() if k not in ("dots", "slowest", "busiest")
    }
    gone, other = floor.ids  # type: ignore[attr-defined]
    at = {id: n for n, id in enumerate(told["dots"]["ids"])}
    assert told["dots"]["coarse"][at[gone]] and not told["dots"]["coarse"][at[other]]
    start = month_of(LONG_AGO).timestamp() * 1000
    assert (told["dots"]["at"][at[gone]], told["dots"]["zone"][at[gone]]) == (start, zones.provinces["40000"])


@pytest.mark.parametrize(
    "narrow",
    [
        {"period": "range", "since": "2001-03-07", "until": "2001-03-07"},
        {"period": "range", "since": "2001-03-02", "until": "2001-04-30"},
        {"period": "range", "since": "2001-03-01", "until": "2001-03-31", "hours": [8, 9, 10, 11, 12]},
        {"period": "range", "since": "2001-03-01", "until": "2001-03-31", "weekdays": [0, 1, 2, 3, 4, 5, 6]},
        {"period": "range", "since": "2001-03-01", "until": "2001-03-31", "zones": ["5415"]},
    ],
)
async def test_no_selection_of_the_review_shows_it_that_says_more_than_its_month_and_province(
    floor: Floor, tmp_path: Path, zones: Zones, narrow: dict[str, object]
) -> None:
    history = await history_of(floor, tmp_path)
    gone, now = floor.ids[0], LONG_AGO + timedelta(days=90)  # type: ignore[attr-defined]
    wanted = msgspec.convert(narrow, View)
    plain = facts(history.table(), wanted, now=now)
    found = facts(history.table(), wanted, now=now, gone=(history.erased, provinces_by_zone(zones)))
    assert gone in plain["dots"]["ids"] and gone not in json.dumps(found, default=str)
    hidden = ("dots", "slowest", "busiest")
    assert {k: v for k, v in found.items() if k not in hidden} == {k: v for k, v in plain.items() if k not in hidden}


async def test_rows_shown_are_in_an_order_that_does_not_tell_when_it_was(
    floor: Floor, tmp_path: Path, zones: Zones
) -> None:
    ids = [*floor.ids, *[await lived(floor, "accidental") for _ in range(3)]]  # type: ignore[attr-defined]
    gone = [ids[0], ids[2], ids[4]]
    for n, one in enumerate(gone[1:]):
        await floor.log.erase(f"incident/{one}", id=f"also-{n}", at=ev.stamp(LONG_AGO), actor="x")
    history = await history_of(floor, tmp_path)
    whole = Selection(since=date(2001, 3, 1), until=date(2001, 3, 31), zones=tuple(zones.names))
    rows = shown_rows(history.table(), whole, history.erased, provinces_by_zone(zones))
    assert rows["incident"].tolist() == [*sorted(gone), ids[1], ids[3]]
    assert history.table()["incident"].tolist() == ids


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2001-03-07", False),
        ("2001-03-07 PZ Gent", False),
        ("01/03/2001..30/03/2001", False),
        ("01/03/2001..31/03/2001", True),
        ("03/2001", True),
        ("2001", True),
        ("2001 PZ Gent", False),
        ("PZ Gent", False),
    ],
)
async def test_a_search_finds_it_by_its_month_and_by_no_day_and_no_zone(
    floor: Floor, tmp_path: Path, zones: Zones, text: str, found: bool
) -> None:
    history = await history_of(floor, tmp_path)
    finder = Finder(history, Identities(settings_of(tmp_path).log, floor.log.vault, zones))
    gone, other = floor.ids  # type: ignore[attr-defined]
    terms = parse(text, today=date(2026, 11, 28), words={}, named=Gazetteer.of(zones).named)
    assert all(term.kind in ("days", "place") for term in terms)
    hits = await finder.find(terms)
    assert (gone in {hit.id for hit in hits.rows}) is found
    before = await finder.find([])
    assert [hit.id for hit in before.rows] == [other, gone]


async def test_a_timeline_of_it_has_intervals_alone(floor: Floor, zones: Zones) -> None:
    gone = floor.ids[0]  # type: ignore[attr-defined]
    records, beside = await floor.desk.records_of(gone)
    whole = timelines.story(records, floor.desk.unseal, beside, name_of=str, zone_name=str)
    told = timelines.coarse(whole, month_of(LONG_AGO), "Oost-Vlaanderen")
    assert [(bar.name, bar.seconds, bar.end - bar.start) for bar in told.bars] == [
        (bar.name, bar.seconds, bar.end - bar.start) for bar in whole.bars
    ] and told.bars
    assert (told.happenings, told.spots, told.offsets) == ((), (), ())
    text = json.dumps(msgspec.to_builtins(told))
    moments = {int(datetime.fromisoformat(at).timestamp() * 1000) for r in records for at in (r.at, r.source_at)}
    assert not any(str(ms) in text for ms in moments) and "5415" not in text and "Ann" not in text
    assert told.pressed == month_of(LONG_AGO).timestamp() * 1000


async def test_a_search_finds_it_by_its_id_and_tells_its_month_and_province(
    floor: Floor, tmp_path: Path, zones: Zones
) -> None:
    history = await history_of(floor, tmp_path)
    finder = Finder(history, Identities(settings_of(tmp_path).log, floor.log.vault, zones))
    reading = asyncio.create_task(finder.run())
    async with asyncio.timeout(LONG_S):
        while not finder.ready:
            await asyncio.sleep(0.01)

    async def within() -> Within:
        return Within(finder, Exclusions(floor.desk.cases, floor.desk.board, floor.log.vault))

    async def record(event: ev.IncidentsSearched, user: User) -> None: ...

    search = Search(zones, record=record, zone_name=lambda key: zones.names.get(key, key))
    gone = floor.ids[0]  # type: ignore[attr-defined]
    asked = Asked(n=1, text=gone[:12], why="review")
    answer = await search.answer(asked, SUE, datetime.now(UTC), within, translator("en"))
    reading.cancel()
    (row,) = answer["rows"]
    assert row.coarse and row.received == month_of(LONG_AGO).timestamp() * 1000
    assert (row.was_in, row.place, row.times, row.label) == (zones.provinces["40000"], "", {}, gone[:8])


async def test_the_list_of_devices_counts_it_in_its_month(floor: Floor, tmp_path: Path) -> None:
    """A desk that serves while the night erases: what it counted before is counted anew."""
    other = await lived(floor, "real", device="AMR-00077")
    history = await history_of(floor, tmp_path)
    tallies = Tallies(floor.desk.board, floor.log.vault, history)
    await tallies.anew()
    before = tallies.of("AMR-00077")
    assert before is not None and before.last_real is not None and before.last_real.hour != 0
    floor.desk.board.incidents.clear()  # they are long over
    await floor.log.erase(f"incident/{other}", id="erase-2", at=ev.stamp(LONG_AGO), actor="x", rule="real")
    await history.renew()
    await tallies.anew()
    (gone, still) = (tallies.of(device) for device in (DEVICE, "AMR-00099"))
    for tally in (gone, tallies.of("AMR-00077")):
        assert tally is not None and tally.last_real == datetime(2001, 3, 1, tzinfo=BRUSSELS) and tally.real == 1
    assert still is not None and still.last_press is not None and still.last_press.hour != 0, "it is not erased"
