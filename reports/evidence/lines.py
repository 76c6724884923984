"""A record's facts told in lines a reader takes in: names in the place of keys, Belgian times, and what is withheld."""

from typing import Any

from incidents.timeline import Moment
from incidents.withheld import WITHHELD
from reports.evidence.formatting import Facts
from reports.evidence.schema import Evidence
from reports.evidence.times import Times
from reports.evidence.words import Words


class Lines:
    """The lines of one evidence file's records."""

    def __init__(self, evidence: Evidence, words: Words, times: Times, facts: Facts) -> None:
        self._evidence, self._words, self._times, self._told = evidence, words, times, facts
        self._withheld = {line.record.id: line.withheld for line in evidence.entries}

    def who(self, actor: str) -> str:
        """A person's name over the pseudonym, or the part of Vigie."""
        name = self._evidence.people.get(actor)
        return self._words.part(actor) if name is None else f"{name}\n{actor}"

    def zone(self, key: str, abroad: bool = False) -> str:
        """A police zone's number and name; the nearest of a position `abroad`."""
        name = self._evidence.zones.get(key, "")
        named = f"{key} {name}" if name else key
        return self._words.note("abroad").format(zone=named) if abroad else named

    def text(self, text: str) -> str:
        """What a person wrote, or that it is withheld."""
        return self._words.instead(self._evidence.withheld) if text == WITHHELD else text

    def of(self, moment: Moment, besides: str = "") -> list[str]:
        """What a record says beside what happened; without the fact `besides`."""
        lines = []
        for name, value in moment.facts.items():
            if value in ("", None, False, [], 0) or name in self._words.said_by(moment.type) or name == besides:
                continue
            said = self.zone(str(value), _abroad(moment)) if name == "zone" else self.fact(name, value)
            lines.append(self._words.colon(self._words.fact(name), said))
        if "fix" in self._withheld.get(moment.id, ()):
            lines.append(self._words.colon(self._words.fact("fix"), self._words.instead(self._evidence.withheld)))
        if moment.gone:
            lines.append(self._words.note("gone"))
        return lines

    def fact(self, name: str, value: Any) -> str:
        """One fact's value."""
        match name:
            case "fix":
                return self._told.position(value)
            case "zone" | "previous_zone":
                return self.zone(str(value))
            case "to" | "announced_by" if str(value) in self._evidence.people:
                return self.who(str(value))
            case "to" | "until" | "announced_until":
                return self._times.short(str(value))
            case "body":
                return self._words.note("below")
            case "cic":
                return self._words.centre(str(value))
            case "interval":
                return self._words.interval(str(value))
            case "flags":
                return self._words.flags(str(value).split())
            case "unreadable":
                return "; ".join(self._words.colon(str(one.get("path")), str(one.get("reason"))) for one in value)
        if isinstance(value, bool):
            return self._words.note("yes")
        if isinstance(value, dict):
            told = {key: inner for key, inner in value.items() if inner not in ("", None)}
            return ", ".join(f"{self._words.fact(key)} {self.fact(key, inner)}" for key, inner in told.items())
        return self._words.code(name, str(value)) if self._words.coded(name) else self.text(str(value))


def _abroad(moment: Moment) -> bool:
    """Whether a record's position lies outside Belgium: its zone is then the nearest one."""
    return bool(moment.facts.get("abroad")) or "outside" in str(moment.facts.get("flags", "")).split()
