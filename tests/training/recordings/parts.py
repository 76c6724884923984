"""An incident that could have been real, invented from end to end, and how a recording of it is played back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from feeds.recordings.recording import Recording
from incidents import commands as cmd
from incidents.case import Case, Exclusion, Fact, Instruction, Person, Protected
from incidents.incident import Incident
from maps.zones import Zones
from reports.measures.table import row_of
from tests.incidents.facts import facts_of
from tests.training.replay.parts import replaying
from training.extraction import Told, recorded, told
from training.shipped.stage import Stage, Story, begins

OWN = {"id", "order", "unit", "owner", "ownership__helpers", "ownership__offer", "line__listener", "readers__looks"}
OWN |= {"escalation__waits_from", "escalation__confirmed_by", "judgement__explanations", "history__entries"}

DEVICE = "AMR-00412"
HOME = (51.0450, 3.7250)
DAY = date(2026, 8, 17)


def fact(text: str, source: str = "Parket Hasselt", day: date = DAY) -> Fact:
    return Fact(text=text, source=source, date=day)


CASE = Case(
    number="HAS-2026-7781",
    victim=Person(name="Griet Denaeyer", languages=("nl", "ti"), facts=(fact("Lang, rood haar"),)),
    suspect=Person(name="Wouter Tuyttens", facts=(fact("Rijdt een Skoda, 1-KLM-482"), fact("Tatoeage in de nek"))),
    devices=(DEVICE, "AMR-00977"),
    valid_from=date(2026, 7, 3),
    valid_until=date(2027, 7, 2),
    source="Parket Hasselt",
    date=DAY,
    measures=(fact("Contactverbod tot 2 juli 2027", "Raadkamer Tongeren", date(2026, 7, 1)),),
    places=(
        Protected(name="Thuis, Veldstraat 81", lat=HOME[0], lon=HOME[1], radius_m=250.0),
        Protected(
            name="Sint-Lievenscollege",
            lat=51.0391,
            lon=3.7377,
            radius_m=100.0,
            address="Keizersberg 3, Aalst",
            source="PZ Gent",
            date=DAY,
        ),
    ),
    risks=(fact("Dreigde met brandstichting"),),
    weapons=(fact("Jachtgeweer, vergunning ingetrokken"),),
    present=(fact("Dochtertje Noor, zes jaar"),),
    instructions=(
        Instruction(kind="silent_approach", text="Zonder sirene via de Lammerstraat", source="PZ Gent", date=DAY),
    ),
    safe_word="paperclip",
    duress_word="kruisbes",
    exclusions=(
        Exclusion(reason="Broer van verdachte werkt daar", zone="5416"),
        Exclusion(reason="Is de verdachte", account="w.tuyttens"),
    ),
    safe_numbers=("+32 479 11 22 33",),
    home_zone="5415",
    version=4,
)
# What stands somewhere in the original and may stand nowhere in what is made of it.
SECRETS = (
    *("AMR-00412", "AMR-00977", "HAS-2026-7781", "Griet", "Denaeyer", "Wouter", "Tuyttens", "w.tuyttens", "rood haar"),
    *("Skoda", "1-KLM-482", "Tatoeage", "Parket", "Hasselt", "Raadkamer", "Tongeren", "Contactverbod", "Veldstraat"),
    *(
        "Lievenscollege",
        "Keizersberg",
        "Aalst",
        "brandstichting",
        "Jachtgeweer",
        "Noor",
        "Lammerstraat",
        "paperclip",
        "kruisbes",
        "Broer",
    ),
    *("479 11", "0479112233", "112-app", "101-7", "desk-gent", "GENT-12", "PZ Gent", "zwarte auto", "achterdeur"),
    *(
        "Nina",
        "Bart",
        "Ilse",
        "Koen",
        "fluistert",
        "geen volk",
        "extra-field",
        '"5415',
        '"5416',
        '"5418',
        "bezet",
        "opgepakt",
    ),
)


async def evening(on: Stage) -> None:
    """A press, a walk and a drive, four operators, a declined order, notes with names, a corrected time."""
    a = await on.press(
        DEVICE,
        HOME,
        case="HAS-2026-7781",
        phone="0479112233",
        call={"state": "ringing", "line": "101-7", "desk": "desk-gent"},
    )
    await on.answer("Nina", a, at=6)
    await on.do("Nina", cmd.Note, incident=a, text="Griet fluistert; zwarte auto voor de achterdeur om 21u04")
    order = await on.route("Nina", a, "5418", at=30)
    await on.zone_says(order, "declined", at=44, unit="GENT-11", reason="bezet in Ledeberg")
    await on.to(50)
    await on.do("Nina", cmd.Acknowledge, incident=a)
    order = await on.route("Nina", a, "5415", at=55)
    await on.zone_says(order, "accepted", at=70, unit="GENT-12")
    await on.goes(
        DEVICE,
        [HOME, (51.0462, 3.7261), (51.0490, 3.7300), (51.0495, 3.7460)],
        begins=72,
        every=5,
        pace=4,
        also={
            90.0: lambda: on.say(
                "unit", unit="GENT-12", zone="5415", status="en_route", fix={"lat": 51.05, "lon": 3.71}
            )
        },
    )
    await on.press(DEVICE, (51.0495, 3.7460))
    await on.do("supervisor", cmd.TakeOver, incident=a, reason="Bart neemt over van Nina")
    on.desk.floor.see({on.desk.pseudonym(name): frozenset({"dispatcher"}) for name in ("Ilse", "Koen")}, on.clock.at)
    ilse = next(one.key for one in on.desk.floor.people if one.actor == on.desk.pseudonym("Ilse"))
    await on.do("supervisor", cmd.HandOver, incident=a, to=ilse, note="Griet zit in de kelder")
    await on.do("Ilse", cmd.AcceptHandOver, incident=a)
    await on.do("Koen", cmd.Help, incident=a)
    await on.do("Koen", cmd.Note, incident=a, text="Wouter Tuyttens gezien, geen volk op straat")
    at = (on.clock.at - on.begun).total_seconds()
    await on.zone_says(order, "on_scene", at=at + 60, unit="GENT-12")
    await on.to(at + 90)
    await on.do("Ilse", cmd.Progress, incident=a, step="safe", anyway=True, unit="GENT-12")
    when = on.begun.replace(microsecond=250_000)
    await on.do("Ilse", cmd.CorrectTime, incident=a, time="pressed", to=when, reason="Griet belde eerst, 0479112233")
    await on.close("Ilse", a, at=at + 120, as_class="real", outcome="suspect_arrested", reason="Wouter opgepakt")


EVENING = Story("Griet", begins(24, "20:57"), (CASE,), evening)


@asynccontextmanager
async def taken(story: Story, folder: Path, zones: Zones) -> AsyncIterator[tuple[Recording, list[Told], Stage]]:
    """A story and the unmasked recording of it."""
    async with Stage.open(folder, story.title, zones, story) as stage:
        await story.play(stage)
        incidents = [await told(stage.log, one) for one in stage.closed]
        yield recorded(incidents, cases=stage.cases, made=story.begins, title="one"), incidents, stage


def as_it_was(incident: Incident) -> dict[str, Any]:
    """All of an incident but its ids and pseudonyms; its history by what happened when."""
    facts = {name: value for name, value in facts_of(incident).items() if name not in OWN}
    facts["presses__feed"] = bool(incident.presses.feed)
    order = incident.order
    facts["order"] = order and (order.zone, order.update, order.alive, order.step, order.done, order.delivery)
    facts["unit"] = incident.unit and (incident.unit.unit, incident.unit.status, incident.unit.at)
    facts["history"] = [(type(e.event), e.at, e.source_at, e.version) for e in incident.history.entries]
    facts["owned"] = incident.owner is not None
    measured = msgspec.to_builtins(row_of(incident))
    return facts | {f"measured {fact}": measured[fact] for fact in measured if fact not in ("incident", "operator")}


async def played_back(recording: Recording, folder: Path, zones: Zones) -> list[Incident]:
    """What a replay of it ends with."""
    async with replaying(recording, folder, zones) as replay:
        await replay.seek(replay.played().length_s)
        assert (replay.played().state, replay.played().passed_over) == ("ended", 0)
        return list(replay.board.incidents.values())
