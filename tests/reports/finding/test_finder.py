"""Incidents that are found are those that fit: over a real log, beside a plain look at each of them."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bench.rows import percentile
from bench.search import TARGET_MS, measure
from demo.past import generate
from incidents import events as ev
from incidents.events import BRUSSELS
from incidents.incident import Incident
from incidents.log.sqlite import SqliteLog
from incidents.timeline import incident_of
from maps.gazetteer import Gazetteer
from maps.zones import Zones
from reports.finding.finder import Finder, Named
from reports.finding.identities import Identities
from reports.finding.query import Term, parse
from reports.measures.history import History

UNTIL = datetime(2026, 11, 24, 12, tzinfo=UTC)
COUNT = 120


class Found:
    """A log, its finder, and every incident of it as the log has it."""

    def __init__(
        self, log: SqliteLog, path: Path, finder: Finder, incidents: dict[str, Incident], zones: Zones
    ) -> None:
        self.log, self.path, self.finder, self.incidents, self.zones = log, path, finder, incidents, zones

    def terms(self, text: str) -> tuple[Term, ...]:
        words = {
            "real": (("class", "real"),),
            "closed": (("state", "closed"),),
            "open": (("state", "open"),),
            "arrested": (("outcome", "suspect_arrested"),),
        }
        return parse(text, today=UNTIL.date(), words=words, named=Gazetteer.of(self.zones).named)  # type: ignore[arg-type]

    async def ids(self, text: str, **facts: object) -> set[str]:
        hits = await self.finder.find(self.terms(text), shown=1000, **facts)  # type: ignore[arg-type]
        assert hits.count == len(hits.rows)
        # An erased one stands at its month: tests/centre/retention/test_views.py.
        received = [hit.received or 0 for hit in hits.rows if not hit.erased]
        assert received == sorted(received, reverse=True)
        return {hit.id for hit in hits.rows}


@pytest.fixture
async def found(tmp_path: Path, zones: Zones) -> AsyncIterator[Found]:
    path = tmp_path / "vigie.log"
    generate(path, incidents=COUNT, seed=3, locate=zones.locate, until=UNTIL, still_open=2)
    log = await SqliteLog.open(path)
    history = await History.open(log, path)
    identities = Identities(path, log.vault, zones)
    incidents = {name: (await incident_of(log, name))[0] for name in history.table()["incident"]}
    assert len(incidents) == COUNT
    yield Found(log, path, Finder(history, identities), incidents, zones)
    await log.close()


def _day(incident: Incident) -> date:
    return incident.times["received"].at.astimezone(BRUSSELS).date()


async def test_what_is_found_is_what_a_look_at_each_incident_finds(found: Found) -> None:
    incidents = found.incidents.values()
    device = next(one.device for one in incidents if one.device)
    case = next(one.case for one in incidents if one.case)
    some = next(iter(incidents))
    assert await found.ids(device) == {one.id for one in incidents if one.device == device}
    assert {one.id for one in incidents if one.case == case} <= await found.ids(case)
    assert await found.ids("real") == {one.id for one in incidents if one.judgement.as_class == "real"}
    assert await found.ids("open") == {one.id for one in incidents if one.open} != set()
    assert await found.ids("arrested closed") == {
        one.id for one in incidents if one.judgement.outcome == "suspect_arrested"
    }
    assert await found.ids(f"{_day(some):%d/%m/%Y}") == {one.id for one in incidents if _day(one) == _day(some)}
    assert await found.ids("2025 2026") == set(found.incidents)
    assert await found.ids(some.id[:8]) == {some.id}
    assert await found.ids(f"{device} real") == {
        one.id for one in incidents if one.device == device and one.judgement.as_class == "real"
    }
    assert await found.ids("nobody") == set()


async def test_a_place_finds_what_was_pressed_there_and_what_its_zone_has(found: Found) -> None:
    pressed = {}
    for one in found.incidents.values():
        presses = [entry.event for entry in one.history.entries if isinstance(entry.event, ev.Raised | ev.Pressed)]
        fix = next((press.fix for press in reversed(presses) if press.fix), None)
        where = found.zones.locate(fix.lat, fix.lon).municipality if fix else None
        pressed[one.id] = where.name if where else ""
    town = max({*pressed.values()} - {""}, key=[*pressed.values()].count)
    assert {id for id, name in pressed.items() if name == town} <= await found.ids(town)
    rows = (await found.finder.find(found.terms("2025 2026"), shown=1000)).rows
    assert {hit.id: hit.town for hit in rows} == pressed
    zone = next(one.zone for one in found.incidents.values() if one.zone)
    by_zone = await found.ids(f"PZ {found.zones.names[zone]}")
    assert by_zone == {one.id for one in found.incidents.values() if one.zone == zone}


@pytest.mark.parametrize(
    ("place", "zone", "town"),
    [
        ("Beveren", "5964", "Beveren-Kruibeke-Zwijndrecht"),
        ("Beveren", "5453", "Roeselare"),
        ("Korenmarkt 5, Gent", "5415", "Gent"),
        ("nowhere at all", "5415", ""),
    ],
)
async def test_a_place_that_a_person_named_is_the_one_in_its_zone(
    tmp_path: Path, zones: Zones, place: str, zone: str, town: str
) -> None:
    log = await SqliteLog.open(tmp_path / "vigie.log")
    name = "q7mx2k4w5s3xj6y2z4a5b3c2d3"
    raised = ev.Raised(origin="hand", place=place, zone=zone)
    await log.append(f"incident/{name}", 0, ev.draft(raised, id="raise-1", at=UNTIL, source_at=UNTIL, actor="x"))
    identities = Identities(tmp_path / "vigie.log", log.vault, zones)
    identities.read_on()
    assert identities.of(name)[1] == town
    await log.close()


async def test_a_persons_name_finds_their_cases_only_for_who_may_search_names(found: Found) -> None:
    case = next(one.case for one in found.incidents.values() if one.case)
    theirs = {one.id for one in found.incidents.values() if one.case == case}
    people = {"Voorbeeld": Named(cases=frozenset({case}))}
    assert await found.ids("Voorbeeld", people=lambda text: people.get(text, Named())) == theirs
    assert await found.ids("Voorbeeld") == set()


async def test_what_is_kept_from_somebody_is_neither_shown_nor_counted(found: Found) -> None:
    device = next(one.device for one in found.incidents.values() if one.device)
    theirs = {one.id for one in found.incidents.values() if one.device == device}
    everything = set(found.incidents)
    assert await found.ids("2025 2026", keeps=lambda who: who.device == device) == everything - theirs
    assert await found.ids(device, keeps=lambda who: who.device == device) == set()
    one = next(iter(theirs))
    assert await found.ids(device, kept={one}) == theirs - {one}


async def test_a_number_in_the_cad_is_found_by_a_part_of_it_and_the_last_one_said_counts(found: Found) -> None:
    one, other = sorted(found.incidents)[:2]
    assert await found.ids("G7741-0417") == set()

    async def said(incident: str, number: str) -> None:
        stream = f"incident/{incident}"
        version = await found.log.version(stream)
        about = {"id": f"cad-{incident}-{version}", "at": UNTIL, "source_at": UNTIL, "actor": "x"}
        await found.log.append(stream, version, ev.draft(ev.CadNumbered(number=number), **about))  # type: ignore[arg-type]

    await said(one, "G7741-0417")
    await said(other, "G7742/0418")
    assert await found.ids("g7741-0417") == await found.ids("7741") == {one}
    assert await found.ids("G7742 0418") == {other}
    kept = await found.finder.find(found.terms("G7741"), kept=[one])
    assert kept.count == 0
    await said(one, "G7743-0001")
    assert await found.ids("G7741") == set() and await found.ids("G7743") == {one}
    await said(other, "")
    assert await found.ids("G7742") == set()
    await found.log.erase(f"incident/{one}", id="erase-1", at="2026-11-24T13:00:00.000Z", actor="someone")
    assert await found.ids("G7743") == set()


async def test_an_erased_incident_is_nobodys_from_the_next_search_on(found: Found) -> None:
    device = next(one.device for one in found.incidents.values() if one.device)
    (one, *_) = await found.ids(device)
    before = await found.ids("2025 2026")
    await found.log.erase(f"incident/{one}", id="erase-1", at="2026-11-24T12:00:00.000Z", actor="someone")
    assert one not in await found.ids(device)
    assert await found.ids("2025 2026") == before
    assert not (await found.finder.find(found.terms(one[:10]))).rows[0].who.device


async def test_whom_incidents_are_about_stands_in_no_file_beside_the_sealed_log(found: Found) -> None:
    devices = {one.device.encode() for one in found.incidents.values() if one.device}
    await found.ids("AMR")
    for file in found.path.parent.iterdir():
        content = file.read_bytes()
        assert not any(device in content for device in devices), file.name


def test_a_search_is_not_grossly_slower_than_its_target() -> None:
    began = time.monotonic()
    measured = measure(1_000, rounds=1)
    assert 1000 * percentile(measured.ours, 0.5) < TARGET_MS
    assert measured.memory_mb < 10 and time.monotonic() - began < 120
