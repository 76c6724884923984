"""What the pages of the cases say: texts and codes, days as the reader's language writes them."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

import msgspec

from dashboard.shell.clock import dated
from incidents.case_keeping import KeptCase
from incidents.cases.life import FACTS, Kind, Step, possible
from reports.catalogue import Translator
from reports.locale_formats import formats

DATES = ("day", "until", "convention")
# What a step says beside when and by whom, in the order in which it is read.
SAID = ("office", "reference", "day", "convention", "zone", "until", "old", "device", "who", "fact", "text")


class Reader(NamedTuple):
    """Whom a page is for: their words, the day it is, what addresses, zones and people are called."""

    translate: Translator
    today: date
    id_of: Callable[[str], str]
    zone_name: Callable[[str], str]
    name_of: Callable[[str], str]

    def day(self, day: date | None) -> str:
        """A day as the reader's language writes it."""
        return formats(self.translate).day(day) if day is not None else ""


def of_list(listed: Sequence[KeptCase], total: int, reader: Reader) -> dict[str, Any]:
    """The rows of the list, and how many of them wait for a hand."""
    rows = [
        {
            "id": reader.id_of(kept.case.number),
            "number": kept.case.number,
            "state": kept.life.state,
            "needs": kept.life.needs,
            "ends": reader.day(kept.life.until),
            "days": (kept.life.until - reader.today).days,
            "review": reader.day(next((one.due for one in kept.life.reviews if one.state in ("due", "coming")), None)),
            "devices": kept.case.devices,
            "zone": reader.zone_name(kept.life.zone) if kept.life.zone else "",
        }
        for kept in listed
    ]
    waiting = sum(bool(row["needs"]) for row in rows)
    return {"rows": rows, "total": total, "waiting": waiting, "today": reader.today.isoformat()}


def of_case(kept: KeptCase, reader: Reader, *, keeps: bool) -> dict[str, Any]:
    """One case with its life; the forms of the steps that it may take, for who `keeps` it."""
    case, life = kept.case, kept.life
    return {
        "id": reader.id_of(case.number),
        "number": case.number,
        "victim": case.victim.name,
        "state": life.state,
        "needs": life.needs,
        "decision": life.decision and msgspec.structs.asdict(life.decision) | {"date": reader.day(life.decision.date)},
        "convention": reader.day(life.convention),
        "zone": reader.zone_name(life.zone) if life.zone else "",
        "home": reader.zone_name(case.home_zone) if case.home_zone else "",
        "begins": reader.day(case.valid_from),
        "ends": reader.day(life.until),
        "days": (life.until - reader.today).days,
        "devices": case.devices,
        "handed": _step(life.handed, reader) if life.handed else None,
        "reviews": [{"due": reader.day(one.due), "state": one.state} for one in life.reviews],
        "doubts": [_step(doubt, reader) for doubt in life.doubts],
        "steps": [_step(step, reader) for step in reversed(kept.steps)],
        "seen": len(kept.steps),
        "today": reader.today.isoformat(),
        "forms": [
            {"kind": kind, "fields": [(fact.rstrip("*"), fact.endswith("*")) for fact in FACTS[kind]]}
            for kind in sorted(possible(life), key=lambda kind: kind != "replaced")  # what never waits stands first
            if kind != "settled"
        ]
        if keeps
        else [],
        "keeps": keeps,
    }


def _step(step: Step, reader: Reader) -> dict[str, Any]:
    facts = FACTS.get(cast(Kind, step.kind), ())
    named = {"office"} & {fact.rstrip("*") for fact in facts}  # that it is not known is said too
    said = {field: value for field in SAID if (value := getattr(step, field)) or field in named}
    shown = {
        field: reader.day(value) if field in DATES else reader.zone_name(value) if field == "zone" else value
        for field, value in said.items()
    }
    return {
        "id": step.id,
        "kind": step.kind if step.kind in FACTS else "newer",
        "at": dated(step.at, reader.translate),
        "by": reader.name_of(step.by) if step.by else "–",
        "said": shown,
    }
