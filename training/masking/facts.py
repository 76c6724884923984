"""Each fact of messages, events and cases with what stands for it: a fact that nothing is said of here can't be masked at all."""

import typing
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any, Final, Literal

import msgspec

from feeds.decoding import decode_message
from feeds.recordings.recorded import TEXTS
from feeds.recordings.recording import Recorded, Recording
from incidents import events as ev
from incidents.case import Case, Exclusion, Fact, Instruction, Person, Protected
from incidents.exercises.room import TrainingError
from incidents.messages import (
    Call,
    CallReport,
    DeviceReport,
    Fix,
    FixReport,
    Message,
    OrderReport,
    PressReport,
    Transport,
    UnitReport,
)
from maps.zones import Zones
from training.masking.moments import Shift
from training.masking.names import Kind, Names
from training.masking.places import Move
from training.masking.regions import Regions

KEPT: Final = frozenset(
    {"type", "to", "time", "flags", "press", "transport"}
)  # closed words, checked where they are used
DROPPED: Final[dict[str, Any]] = {
    "feed": "",
    "raw": "",
    "why": "",
    "unreadable": (),
    "call": None,
    "cic": "",
    "packet": "",
    "recording_reference": "",
    "role": "",
    "of": "",
    "case_digest": "",
    "incident": "",
    "number": "",
    **dict.fromkeys(("announced_by", "announced_until", "announced_where"), ""),
}
NAMED: Final[dict[str, Kind]] = {
    "device": "device",
    "case": "case",
    "unit": "unit",
    "asked_unit": "unit",
    "order": "order",
}
PLACED: Final = frozenset({"zone", "previous_zone", "fix", "body", "cause"})
LANGUAGES: Final = frozenset({"nl", "fr", "de", "en"})
_ON_FILE: Final = {
    "victim": "A description is on file.",
    "suspect": "A description is on file.",
    "measures": "A measure is on file.",
    "risks": "A risk is on file.",
    "weapons": "A weapon is on file.",
    "present": "Somebody else may be there.",
    "listen_only": "Listen, stay silent.",
    "silent_approach": "Come without siren.",
    "other": "An instruction is on file.",
    "exclusion": "A reason is on file.",
}
_SAFE = ("update", "why", "press", "presses", "class", "do_not_call", "listen_only", "silent_approach")


class Hidden:
    """What one recording's facts become."""

    def __init__(
        self,
        names: Names,
        shift: Shift,
        move: Move,
        zones: Zones,
        reviewed: Mapping[str, str],
        *,
        original: Recording,
        avoid: frozenset[str],
    ) -> None:
        self._names, self._shift, self._move, self._reviewed = names, shift, move, reviewed
        self._feed = original.feed
        self._regions = Regions(original, move, zones, avoid)
        self._cases = {case.number: self.case(case) for case in original.cases}

    def message(self, line: Recorded, id: str) -> dict[str, Any]:
        """A message that says the same of somebody invented; only the fields that the protocol names."""
        read = decode_message(self._feed, msgspec.json.encode(line.message), received=line.at)
        if not isinstance(read, Message):
            raise TrainingError("masking_failed", "message")
        report = read.report
        said: dict[str, Any] = {"kind": str(report.__struct_config__.tag), "id": id}
        said["at"] = ev.stamp(self._shift.moment(read.at))
        match report:
            case PressReport():
                said |= self._press(report)
            case FixReport():
                self._regions.at(report.fix)
                said |= {"device": self._names.of("device", report.device), "fix": self.fix(report.fix)}
            case DeviceReport():
                said |= {"device": self._names.of("device", report.device), "state": report.state}
                said["battery"] = report.battery
            case CallReport():
                said |= {"device": self._names.of("device", report.device)} | self._call(report)
            case UnitReport():
                said |= {"unit": self._names.of("unit", report.unit), "zone": self._regions.zone(report.zone)}
                said |= {"status": report.status, "fix": self.fix(report.fix)}
            case OrderReport():
                said |= {"order": self._names.of("order", report.order), "state": report.state}
                said |= {
                    "unit": self._names.maybe("unit", report.unit),
                    "zone": self._regions.zone(report.zone) if report.zone else None,
                    "reason": self._words(report.reason or "") or None,
                }
        return {name: msgspec.to_builtins(value) for name, value in said.items() if value is not None}

    def event(self, event: ev.Event, incident: int) -> ev.Event:
        """An event that says the same of somebody invented. Raises TrainingError("masking_failed") for a fact not known here."""
        if isinstance(event, ev.Raised) and event.fix is not None:
            self._regions.at(event.fix)
        changed = {}
        for name in event.__struct_fields__:
            if not closed(type(event), name):
                changed[name] = self._fact(event, name, getattr(event, name), incident)
        masked = msgspec.structs.replace(event, **changed)
        if isinstance(masked, ev.Raised):
            cic = self._regions.cic(masked.zone) if event.cic else ""  # type: ignore[attr-defined]
            masked = msgspec.structs.replace(masked, cic=cic)
        return masked

    def fix(self, fix: Fix | None) -> Fix | None:
        """A position in the other place, at the other time."""
        if fix is None:
            return None
        moved = self._move.fix(fix)
        time = self._shift.moment(fix.time) if fix.time is not None else None
        method = fix.method if fix.method in ("gnss", "cell", "wifi", "hand", "address") else None
        return msgspec.structs.replace(moved, time=time, method=method)

    def case(self, case: Case) -> Case:
        """A file of the same make about somebody invented."""
        day, of = self._shift.day, self._names.of
        return Case(
            number=of("case", case.number),
            victim=self._person(case.victim, "victim"),
            suspect=self._person(case.suspect, "suspect") if case.suspect else None,
            devices=tuple(of("device", device) for device in case.devices),
            valid_from=day(case.valid_from),
            valid_until=day(case.valid_until) + timedelta(days=1),
            source=of("source", case.source),
            date=day(case.date),
            measures=self._facts(case.measures, "measures"),
            places=tuple(self._place(place) for place in case.places),
            risks=self._facts(case.risks, "risks"),
            weapons=self._facts(case.weapons, "weapons"),
            present=self._facts(case.present, "present"),
            instructions=tuple(
                Instruction(
                    kind=i.kind, text=self._said(i.text, i.kind), source=of("source", i.source), date=day(i.date)
                )
                for i in case.instructions
            ),
            safe_word=self._names.maybe("word", case.safe_word),
            duress_word=self._names.maybe("word", case.duress_word),
            exclusions=tuple(
                Exclusion(
                    reason=self._said(e.reason, "exclusion"),
                    account=self._names.maybe("account", e.account),
                    zone=self._regions.zone(e.zone) if e.zone else None,
                    source=of("source", e.source) if e.source else "",
                    date=day(e.date) if e.date else None,
                )
                for e in case.exclusions
            ),
            safe_numbers=tuple(of("number", number) for number in case.safe_numbers),
            home_zone=self._regions.zone(case.home_zone) if case.home_zone else None,
            version=case.version,
        )

    def _press(self, report: PressReport) -> dict[str, Any]:
        if report.fix is not None:
            self._regions.at(report.fix)
        said: dict[str, Any] = {
            "device": self._names.maybe("device", report.device),
            "press": report.press,
            "case": self._names.maybe("case", report.case),
            "fix": self.fix(report.fix),
            "battery": report.battery,
            "transport": report.transport if report.transport != "unknown" else None,
            "call": self._call(report.call) if report.call else None,
        }
        for unreadable in report.unreadable:  # what could not be read then can't be read again
            name = unreadable.path.partition(".")[0]
            if name == "press" or (name in said and name != "device" and said[name] is None):
                said[name] = "?"
        return said

    def _call(self, call: Call | CallReport) -> dict[str, Any]:
        said = {"line": self._names.maybe("line", call.line), "desk": self._names.maybe("desk", call.desk)}
        return {"state": call.state} | {name: value for name, value in said.items() if value is not None}

    def _fact(self, event: ev.Event, name: str, value: Any, incident: int) -> Any:
        if name in DROPPED:
            return DROPPED[name]
        if name in TEXTS:
            return self._words(value)
        if name in NAMED:
            return self._names.of(NAMED[name], value) if value else value
        if isinstance(event, ev.TimeCorrected) and name == "to":
            return self._shift.text(value)
        match name:
            case "zone" | "previous_zone":
                return self._regions.zone(value) if value else value
            case "fix":
                return self.fix(value)
            case "cause":
                return max(value + round(self._shift.by / timedelta(milliseconds=1)), 0)
            case "body":
                return self._body(value, incident)
            case "press" | "transport":
                words = typing.get_args(Transport) if name == "transport" else ()
                return value if value in words else "unknown" if words else ""
        if name in KEPT:
            return value
        raise TrainingError("masking_failed", f"{event.__struct_config__.tag}.{name}")

    def _body(self, text: str, incident: int) -> str:
        """The order as it was sent, made of masked parts: whatever else stood in it is left out."""
        if not text:
            return ""
        was = msgspec.json.decode(text, type=dict[str, Any])
        said: dict[str, Any] = {
            "order": self._names.of("order", was["order"]) if isinstance(was.get("order"), str) else None,
            "incident": f"incident-{incident}",
            "zone": self._regions.zone(was["zone"]) if isinstance(was.get("zone"), str) else None,
            "at": self._shift.text(was["at"]) if isinstance(was.get("at"), str) else None,
            "device": self._names.of("device", was["device"]) if isinstance(was.get("device"), str) else None,
            "fix": self.fix(msgspec.convert(was["fix"], Fix)) if isinstance(was.get("fix"), dict) else None,
        }
        if isinstance(was.get("asked_unit"), str):
            said["asked_unit"] = self._names.of("unit", was["asked_unit"])
        for name in _SAFE:
            value = was.get(name)
            if isinstance(value, bool | int) or (isinstance(value, str) and value in _WORDS):
                said[name] = value
        number = was["case"].get("number") if isinstance(was.get("case"), dict) else None
        case = self._cases.get(number) if isinstance(number, str) else None
        said["instructions"] = [i.text for i in case.instructions] if case else []
        said["weapons"] = [fact.text for fact in case.weapons] if case else []
        said["case"] = None
        if case is not None:
            parts = ("number", "victim", "suspect", "measures", "places", "risks", "weapons", "present")
            said["case"] = {name: msgspec.to_builtins(getattr(case, name)) for name in parts}
        return msgspec.json.encode(said).decode()

    def _person(self, person: Person, what: str) -> Person:
        languages = tuple(dict.fromkeys(one if one in LANGUAGES else "en" for one in person.languages))
        return Person(
            name=self._names.of("person", person.name), languages=languages, facts=self._facts(person.facts, what)
        )

    def _place(self, place: Protected) -> Protected:
        lat, lon = self._move.place(place.lat, place.lon)
        return Protected(
            name=self._names.of("place", place.name),
            lat=lat,
            lon=lon,
            radius_m=place.radius_m,
            source=self._names.of("source", place.source) if place.source else "",
            date=self._shift.day(place.date) if place.date else None,
        )

    def _facts(self, facts: tuple[Fact, ...], what: str) -> tuple[Fact, ...]:
        return tuple(
            Fact(
                text=self._said(fact.text, what),
                source=self._names.of("source", fact.source),
                date=self._shift.day(fact.date),
            )
            for fact in facts
        )

    def _said(self, text: str, what: str) -> str:
        return self._words(text) or _ON_FILE[what]

    def _words(self, text: str) -> str:
        return self._reviewed.get(text, "")


_WORDS = frozenset(
    (*ev.UpdateReason.__args__, *ev.Class.__args__, "single", "double", "triple", "long", "hold", "test")  # type: ignore[attr-defined]
)


@cache
def closed(kind: type[ev.Event], name: str) -> bool:
    """Whether a field can hold only what Vigie's own types list: words of a closed set, counts, yes or no."""
    if name in PLACED or (name in DROPPED and typing.get_origin(typing.get_type_hints(kind)[name]) is not Literal):
        return False
    hint = typing.get_type_hints(kind)[name]
    parts = typing.get_args(hint) if typing.get_origin(hint) is not Literal else (hint,)
    return all(part in (int, bool, type(None)) or typing.get_origin(part) is Literal for part in (parts or (hint,)))
