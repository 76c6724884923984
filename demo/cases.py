"""The demo's cases: fictional people in every CIC, the same for the same day and seed.

The first ones are the fullest: they are the ones a visitor sees first. One case has expired, one is nearly empty; of some the
last review was missed, one is suspended, one was ended and its device is still out.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypedDict, TypeVar

import msgspec

from demo.towns import TOWNS, Town, moved
from demo.words import WORDS, Words
from incidents.case import Case, Decision, Exclusion, Fact, Instruction, Person, Protected
from incidents.cases import CaseRegister
from incidents.cases.life import Step
from incidents.ports import Locate

EXPIRED = 9  # the place of the case whose protection is over
BARE = 13  # the place of the case of which only the least is known
ENDING = {6: 12, 7: 28}  # places of cases that end in so many days
SUSPENDED, ENDED = 8, 12  # the places of cases that are so
EARLIER = 225  # cases of the year before: with those of today as many as Belgium has buttons
NEAR_M = 300.0  # homes lie so near their town's centre that they are in its zone

_METRES_PER_DEGREE = 111_320.0
T = TypeVar("T")


class _At(TypedDict):
    lat: float
    lon: float


def demo_cases(today: date, seed: int = 1) -> tuple[Case, ...]:
    """One case for each town of `TOWNS`, valid today but for one."""
    found = []
    for place, town in enumerate(TOWNS, 1):
        began, ends = today - timedelta(days=20 + place), today + timedelta(days=ENDING.get(place, 150 - place))
        if place == EXPIRED:
            began, ends = today - timedelta(days=400), today - timedelta(days=12)
        found.append(_case(place, town, began, ends, random.Random(f"{seed}-{place}")))
    return tuple(found)


def earlier_cases(since: date, until: date, locate: Locate, seed: int = 1) -> tuple[Case, ...]:
    """Those of the time before `until` that are over by then, so that alarms of the past have a case to be read."""
    found, days = [], (until - since).days
    for n in range(EARLIER):
        luck, town = random.Random(f"{seed}-earlier-{n}"), TOWNS[n % len(TOWNS)]
        lat, lon = moved(town.lat, town.lon, abs(luck.gauss(0, 7)), luck.uniform(0, 360))
        placed = locate(lat, lon, None, None)
        home = msgspec.structs.replace(town, lat=lat, lon=lon, zone=placed.zone) if placed.inside else town
        began = since + timedelta(days=round(days * luck.uniform(-0.3, 0.8)))
        ends = min(began + timedelta(days=round(days * luck.uniform(0.2, 0.5))), until - timedelta(days=1))
        found.append(_case(1001 + n, home, began, ends, luck))
    return tuple(found)


def write_cases(path: Path, cases: tuple[Case, ...]) -> None:
    """Write the importable file (docs/cases.md)."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode({"cases": cases}), indent=2))


def demo_steps(cases: Iterable[Case], today: date) -> dict[str, tuple[Step, ...]]:
    """What was done with them, by the case's number; each had its device handed over, and an earlier one's came back."""
    found = {}
    for case in cases:
        place = int(case.number.partition("-")[2])
        office, reference = case.source, f"FICTIEF {place:03}b/2026"
        steps = [_step("handed_over", case.valid_from + timedelta(days=1), device=case.devices[0], who="Insp. Fictief")]
        if place == SUSPENDED:
            steps.append(_step("suspended", today - timedelta(days=2), reference=reference, text="fictief"))
        if place == ENDED:
            steps.append(_step("ended", today - timedelta(days=1), office=office, reference=reference))
        if place > len(TOWNS):
            steps.append(_step("returned", case.valid_until, who="Insp. Fictief"))
        found[case.number] = tuple(steps)
    return found


def take_steps(register: CaseRegister, steps: Mapping[str, Sequence[Step]]) -> None:
    """Keep them in a register whose cases took none yet. Raises CasesLocked."""
    for number, taken in steps.items():
        if (kept := register.lived(number)) is not None and not kept[1]:
            for seen, step in enumerate(taken):
                register.take_step(number, step, seen=seen)


def _step(kind: str, day: date, **said: Any) -> Step:
    at = datetime.combine(day, time(10), tzinfo=UTC)
    return Step(kind=kind, id=f"demo-{kind}-{day}", at=at, by="", day=day, **said)


def stations() -> dict[str, tuple[tuple[float, float], ...]]:
    """Where two units of each town's zone wait: lat, lon by zone."""
    return {town.zone: ((town.lat + 0.012, town.lon - 0.015), (town.lat - 0.021, town.lon + 0.024)) for town in TOWNS}


def _case(place: int, town: Town, began: date, ends: date, luck: random.Random) -> Case:
    words = WORDS[town.language]
    office = words.office.format(town.name)
    bare = Case(
        number=f"{2026 if place <= len(TOWNS) else 2025}-{place:04}",
        source=office,
        date=began,
        victim=Person(name=_turn(words.victims, _rank(place, town)), languages=(town.language,)),
        devices=(f"AMR-{place:05}",),
        valid_from=began,
        valid_until=ends,
        home_zone=town.zone,
        managing_zone=town.zone,
        decision=Decision(office=office, reference=f"FICTIEF {place:03}/2026", date=began),
        convention=began + timedelta(days=1),
        language=town.language,
    )
    if place == BARE:
        return bare
    said = began - timedelta(days=3)
    radius = luck.choice((200, 300, 500))
    return msgspec.structs.replace(
        bare,
        victim=Person(
            name=bare.victim.name,
            languages=(town.language, "en") if place % 5 == 0 else (town.language,),
            facts=(Fact(text=_turn(words.looks, place), source=words.victim, date=said),),
        ),
        devices=(f"AMR-{place:05}", f"AMR-{place + 50:05}") if place == 5 else bare.devices,
        suspect=Person(
            name=_turn(words.suspects, place),
            facts=(
                Fact(text=_turn(words.suspect_looks, place), source=words.police.format(town.name), date=said),
                Fact(
                    text=_turn(words.vehicles, place).format(place % 100),
                    source=words.police.format(town.name),
                    date=said,
                ),
            ),
        ),
        measures=(
            Fact(text=words.measure, source=office, date=began),
            Fact(text=words.no_contact.format(radius), source=office, date=began),
        ),
        places=_places(place, town, words, radius, office, began, luck),
        risks=tuple(
            Fact(text=_turn(words.risks, place + i), source=words.victim, date=said) for i in range(1 + place % 2)
        ),
        weapons=(Fact(text=_turn(words.weapons, place), source=words.police.format(town.name), date=said),)
        if place % 3 == 1
        else (),
        present=(Fact(text=_turn(words.present, place), source=words.victim, date=said),) if place % 2 else (),
        instructions=_instructions(place, words, office, began),
        safe_word=_turn(words.safe_words, place),
        duress_word=_turn(words.duress_words, place) if place % 4 else None,
        exclusions=_exclusions(place, town, words, office, began),
        safe_numbers=(f"+32 000 00 {place // 100:02} {place % 100:02}",),
    )


def _places(
    place: int, town: Town, words: Words, radius: float, office: str, day: date, luck: random.Random
) -> tuple[Protected, ...]:
    home = Protected(name=words.home, **_near(town, NEAR_M, luck), radius_m=radius, source=office, date=day)
    work = Protected(name=words.work, **_near(town, 2000, luck), radius_m=200, source=office, date=day)
    school = Protected(name=words.school, **_near(town, 1200, luck), radius_m=150, source=office, date=day)
    return (home, work, school) if place % 2 else (home, work)


def _instructions(place: int, words: Words, office: str, day: date) -> tuple[Instruction, ...]:
    given: list[Instruction] = []
    if place % 2:
        given.append(Instruction(kind="listen_only", text=words.listen_only, source=office, date=day))
    if place % 3 == 1:
        given.append(Instruction(kind="silent_approach", text=words.silent_approach, source=office, date=day))
    if place % 4 == 1:
        given.append(Instruction(kind="other", text=_turn(words.others, place), source=words.victim, date=day))
    return tuple(given)


def _exclusions(place: int, town: Town, words: Words, office: str, day: date) -> tuple[Exclusion, ...]:
    if place % 11 == 4:
        return (Exclusion(zone=town.zone, reason=words.zone_excluded, source=office, date=day),)
    if place % 7 == 3:
        return (Exclusion(account=f"fictief{place}", reason=words.account_excluded, source=office, date=day),)
    return ()


def _rank(place: int, town: Town) -> int:
    """How many towns of the same language came before: names are given out in turn."""
    earlier = (other for other in TOWNS[: place - 1] if other.language == town.language)
    return place if place > len(TOWNS) else sum(1 for _ in earlier)


def _turn(choices: tuple[T, ...], n: int) -> T:
    return choices[n % len(choices)]


def _near(town: Town, metres: float, luck: random.Random) -> _At:
    north, east = (luck.uniform(-0.7, 0.7) * metres for _ in range(2))
    return {
        "lat": round(town.lat + north / _METRES_PER_DEGREE, 5),
        "lon": round(town.lon + east / (_METRES_PER_DEGREE * 0.635), 5),
    }
