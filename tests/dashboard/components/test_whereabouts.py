"""A place in words: made beside the loop, no row waits for it, and it stays until another address is clearly nearer."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from dashboard.components import whereabouts
from dashboard.components.nearby import Spoken
from dashboard.components.whereabouts import Whereabouts
from incidents.events.kinds import PLACE_DOUBTS
from incidents.incident import Incident
from incidents.messages import Fix
from maps.addresses.addresses import Addresses
from maps.addresses.shipped import no_stations, no_tables
from maps.zones import Zones
from reports.catalogue import translator
from reports.words import codes
from tests.dashboard.conftest import House
from tests.incidents.facts import incident_of, with_facts

# Between two numbers of the Sint-Pietersplein in Gent; 60 m on is another street.
HERE = Fix(51.04293, 3.72681, 12.0)


NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)


def at(fix: Fix | None, name: str = "one") -> Incident:
    """An alarm there."""
    return incident_of(name, NOW, device="AMR-1", position__fix=fix)


class Told:
    """What the pages are told."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.news = asyncio.Event()

    def __call__(self, ids: Collection[str]) -> None:
        self.ids += ids
        self.news.set()

    async def some(self) -> list[str]:
        await asyncio.wait_for(self.news.wait(), 60)
        self.news.clear()
        ids, self.ids = self.ids, []
        return ids


@pytest.fixture
async def begun(zones: Zones) -> AsyncIterator[tuple[Whereabouts, Told]]:
    made, told = Whereabouts(zones, None, translator("en")), Told()
    made.start(told)
    yield made, told
    await made.stop()


async def test_a_row_waits_for_no_words_and_is_told_when_they_came(begun: tuple[Whereabouts, Told]) -> None:
    made, told = begun
    assert made.of(at(HERE)) == ""  # the addresses are being opened
    assert await told.some() == ["one"]
    assert said(made.of(at(HERE))) == "near Sint-Pietersplein 7, Gent · ± 12 m"
    assert said(made.now(at(HERE))) == "near Sint-Pietersplein 7 (the nearest number), Gent · ± 12 m"
    assert made.of(at(None)) == made.now(at(None)) == ""


async def test_where_no_address_is_loaded_the_drawn_street_is_said_spelled_and_credited(
    begun: tuple[Whereabouts, Told],
) -> None:
    made, told = begun
    marolles = at(Fix(50.84, 4.35, 5.0))
    made.of(marolles)
    await told.some()
    french = translator("fr")
    assert said(made.now(marolles)).startswith("near Blaesstraat / Rue Blaes (by the map), ")
    assert "Rue Blaes / Blaesstraat (selon la carte), Bruxelles" in said(made.of(marolles, french))
    assert made.spoken(marolles, french).names == ("Rue Blaes",)
    assert (
        made.credit() == "Addresses © Informatie Vlaanderen, SPW, CIRB-CIBG · © OpenStreetMap contributors (ODbL 1.0)"
    )


async def test_what_is_read_aloud_is_what_is_shown_and_of_a_zone_what_it_was_told(
    begun: tuple[Whereabouts, Told],
) -> None:
    made, told = begun
    assert made.told(at(HERE), "near here", HERE) == Spoken("near here")  # the addresses are being opened
    made.of(at(HERE))
    await told.some()
    words, aloud = made.now(at(HERE)), made.spoken(at(HERE))
    assert aloud == Spoken(words, ("Sint-Pietersplein", "7"))
    moved = replace(HERE, lat=HERE.lat + 0.01)
    assert said(made.spoken(at(moved)).words) == "near Gent · ± 12 m"
    assert made.spoken(at(None)) == Spoken()
    made.now(at(moved))  # she moved on: the zone was told of where she was
    assert made.told(at(moved), words, HERE) == aloud
    assert made.told(at(moved), "near another street", HERE) == Spoken("near another street")
    assert made.told(at(None), "in the Veldstraat", None) == Spoken("in the Veldstraat")


def test_an_order_says_how_sure_the_position_is_where_no_address_is_known(zones: Zones) -> None:
    made = Whereabouts(zones, None, translator("en"))
    ordered = [
        made.in_full(at(fix), NOW, translator("nl"))
        for fix in (replace(HERE, radius=12_000.0), replace(HERE, radius=None), None)
    ]
    assert [said(words) for words in ordered] == [
        "bij Gent · ± 12 km",
        "bij Gent · nauwkeurigheid onbekend",
        "",
    ]
    assert said(made.in_full(at(Fix(48.85, 2.35, 20.0)), NOW, translator("de"))) == "außerhalb Belgiens · ± 20 m"


@pytest.mark.parametrize(
    ("language", "fresh", "old", "doubt", "unnumbered"),
    [
        (
            "en",
            "position of 21:00",
            "position of 20:49, 11 min ago",
            "LAST POSITION MAY",
            "house number not known there",
        ),
        ("fr", "position de 21:00", "position de 20:49, il y a 11 min", "DERNIÈRE", "numéro inconnu à cet endroit"),
        ("nl", "positie van 21:00", "positie van 20:49, 11 min geleden", "LAATSTE", "huisnummer daar niet bekend"),
        ("de", "Position von 21:00", "Position von 20:49, vor 11 min", "LETZTE", "Hausnummer dort nicht bekannt"),
    ],
)
def test_what_is_read_later_or_aloud_says_of_when_a_position_is_and_what_is_wrong_with_it(
    zones: Zones, language: str, fresh: str, old: str, doubt: str, unnumbered: str
) -> None:
    made, reads = Whereabouts(zones, None, translator("en")), translator(language)

    def of(ago_s: float, **more: Any) -> Incident:
        then = NOW - timedelta(seconds=ago_s)
        return with_facts(at(replace(HERE, time=then)), position__at=then, **more)

    assert said(made.in_full(of(0), NOW, reads)).endswith(f" · ± 12 m · {fresh}")
    assert said(made.in_full(of(660), NOW, reads)).endswith(f" · {old}")
    yesterday = made.in_full(of(86_400), NOW, reads).rpartition(" · ")[2]
    assert "23" in yesterday and "21:00" in yesterday
    before = [replace(HERE, lat=HERE.lat + 0.2, time=NOW - timedelta(seconds=s)) for s in (19, 15, 10)]
    doubted = of(0, position__trail=(*before, replace(HERE, time=NOW)))
    for words in (made.in_full(doubted, NOW, reads), made.spoken(doubted, reads).words):
        assert doubt in words.rpartition(" · ")[2]
    raised = with_facts(at(None), by_hand__place="Rue Léopold 12, Liège", flags=frozenset({"no_fix", "no_number"}))
    words = f"Rue Léopold 12, Liège · {unnumbered}"
    assert made.in_full(raised, NOW, reads) == made.spoken(raised, reads).words == words
    for doubt in PLACE_DOUBTS:  # each that a place was offered with
        text, flags = codes(reads)[f"flag.{doubt}"], frozenset({doubt})
        for one in (
            replace(raised, flags=flags),
            with_facts(raised, flags=flags, position__fix=replace(HERE, method="address")),
        ):
            assert all(text in said(words) for words in (made.in_full(one, NOW, reads), made.spoken(one, reads).words))


async def test_an_alarm_raised_at_an_address_is_said_by_it_and_not_by_a_house_that_shares_its_point(
    zones: Zones,
) -> None:
    made = Whereabouts(zones, None, translator("en"))
    veldstraat = Fix(51.05321, 3.72195, 1.0, method="address")
    raised = with_facts(at(veldstraat), by_hand__place="Veldstraat 12, Gent")
    words = "Veldstraat 12, Gent · ± 1 m"
    aloud = Spoken(words, ("Veldstraat", "12"))
    assert (said(made.of(raised)), said(made.now(raised)), made.spoken(raised)) == (words, words, aloud)
    assert made.told(raised, words, veldstraat) == aloud
    clicked = with_facts(
        raised, position__fix=Fix(51.05321, 3.72195, method="hand")
    )  # what was typed beside it may name people
    assert made.now(clicked) == ""


async def test_until_a_new_position_is_looked_up_nothing_surer_than_it_is_said(begun: tuple[Whereabouts, Told]) -> None:
    made, told = begun
    made.of(at(HERE))
    await told.some()
    near = replace(HERE, lat=HERE.lat + 0.0001)  # 11 m on
    assert said(made.of(at(near))) == "near Sint-Pietersplein 7, Gent · 11 m N · ± 12 m"
    assert await told.some() == ["one"]
    assert made.of(at(replace(near, radius=90.0))) == ""
    await told.some()
    streets = "near Sint-Pietersplein or Sint-Pietersnieuwstraat, Gent · 11 m N · ± 90 m"
    assert said(made.of(at(replace(near, radius=90.0)))) == streets


async def test_a_word_stays_with_each_incident_until_another_address_is_clearly_nearer(
    begun: tuple[Whereabouts, Told],
) -> None:
    made, told = begun
    made.of(at(HERE))
    await told.some()
    walked = [replace(HERE, lat=HERE.lat + 0.00003 * n, radius=25.0) for n in range(8)]  # 3 m each
    words = [made.now(at(fix)).split(" (")[0] for fix in walked]
    assert set(words) == {"near Sint-Pietersplein 7"}
    fresh = {made.now(at(fix, str(n))).split(" (")[0] for n, fix in enumerate(walked)}
    assert len(fresh) > 1  # who has no word yet is told the nearest


async def test_what_lies_near_a_place_is_said_of_the_newest_addresses_and_of_a_zone_what_it_was_told(
    begun: tuple[Whereabouts, Told], zones: Zones, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, told = begun
    made.of(at(HERE))
    await told.some()
    words = made.now(at(HERE))
    aloud, near = made.told(at(HERE), words, HERE), made.near_place(HERE.lat, HERE.lon)
    assert aloud.names and "Sint-Pietersplein" in near
    imported = Addresses(no_tables(), zones, no_stations())
    monkeypatch.setattr(made, "newest", lambda: imported)
    made.of(at(HERE, "two"))
    await told.some()
    assert "Sint-Pietersplein" not in made.near_place(HERE.lat, HERE.lon)
    assert made.told(at(HERE), words, HERE) == aloud


async def test_of_a_flood_the_words_of_the_last_are_remembered(zones: Zones, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whereabouts, "MOST", 50)
    made = Whereabouts(zones, None, translator("en"))
    for n in range(500):
        made.of(at(HERE, str(n)))
    assert len(made._asked) <= 55


async def test_a_fault_says_nothing_of_the_position(
    begun: tuple[Whereabouts, Told], caplog: pytest.LogCaptureFixture
) -> None:
    made, told = begun
    made.of(at(HERE))
    await told.some()
    assert made.now(at(Fix(float("nan"), 3.72681), "bad")) == ""
    assert made.of(at(Fix(float("nan"), 3.72681), "worse")) == ""
    made.of(at(replace(HERE, lat=51.05), "good"))
    while "good" not in await told.some():
        pass
    assert "3.72681" not in caplog.text and caplog.records[-1].levelno == logging.ERROR


async def test_the_words_come_to_row_and_case_and_to_no_locked_page(house: House) -> None:
    session, paper = house.page("Jan")
    incident = await house.press(fix=HERE)
    await session._select(incident.id)
    rows: dict[str, Any] = {}
    detail: dict[str, Any] = {}
    async with asyncio.timeout(60):
        while not rows.get(incident.id, {}).get("near"):
            await asyncio.sleep(0.02)
            message = await paper.turn()
            rows |= message.get("rows", {})
            detail |= message.get("detail", {})
    assert said(rows[incident.id]["near"]) == "near Sint-Pietersplein 7, Gent · ± 12 m"
    assert said(detail["live"]["near"]) == said(rows[incident.id]["near"])
    locked = msgspec.json.decode(house.consoles.locked_rows.encoded(incident.id) or b"")
    assert "near" not in locked and "Sint-Pietersplein" not in str(locked)


def said(words: str) -> str:
    return words.replace("\u00a0", " ")
