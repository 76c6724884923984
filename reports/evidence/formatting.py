"""Facts of a case, of an order and of a position, told in lines a reader takes in; positions that follow each other, together."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from incidents.timeline import Moment
from incidents.withheld import WITHHELD
from reports.evidence.words import Words
from reports.locale_formats import FIRM, Formats

_HEAD = ("name", "kind", "text", "reason")
_DAYS = frozenset({"date", "valid_from", "valid_until", "convention"})
_CODED = {
    "kind": "kind",
    "why": "why",
    "press": "press",
    "class": "as_class",
}  # field -> the fact whose words its value has


class Facts:
    """How facts are told in one language. What people wrote stays as they wrote it; `instead` stands where it is withheld."""

    def __init__(self, words: Words, f: Formats, instead: str) -> None:
        self._words, self._f, self._instead = words, f, instead

    def position(self, fix: Mapping[str, Any]) -> str:
        """`51.05364, 3.72531 ±18 m (68 %) GPS`: what it does not say is left out; coordinates keep their point."""
        text = f"{fix['lat']:.5f}, {fix['lon']:.5f}"
        if fix.get("radius"):
            text += f" ±{self.radius(fix['radius'], fix.get('confidence'))}"
        return text + (f" {self._words.code('method', fix['method'])}" if fix.get("method") else "")

    def radius(self, metres: float, confidence: float | None) -> str:
        """`18 m (68 %)`."""
        sure = f" ({self._f.exact(confidence)}{FIRM}%)" if confidence else ""
        return f"{self._f.exact(metres)}{FIRM}m{sure}"

    def sent(self, body: str) -> list[str]:
        """An order's words as lines; what it says nothing of is left out, and what is no order of ours stands as it is."""
        try:
            facts = dict(json.loads(body))
        except ValueError:
            return [body]
        lines = []
        for name, value in facts.items():
            if value is None or value in ("", [], {}):
                continue
            said = [self.position(value)] if name == "fix" else self.told(value, name)
            lines += [f"– {self._pair(name, said[0])}", *(f"  {line}" for line in said[1:])]
        return lines

    def told(self, value: Any, name: str = "") -> list[str]:
        """A part of a case as lines: a fact with its source and date, a person with theirs; at least one line. `name`: of the
        field that holds it."""
        if isinstance(value, list | tuple):
            return [line for one in value for line in self.told(one, name)] or [""]
        if not isinstance(value, dict):
            return [self._value(name, value)]
        said = [", ".join(self._value(head, value[head]) for head in _HEAD if value.get(head))]
        below: list[str] = []
        for field, inner in value.items():
            if field in _HEAD or inner in ("", None, [], ()):
                continue
            if isinstance(inner, dict):
                below += [f"– {self._pair(field, line)}" for line in self.told(inner, field)]
            elif isinstance(inner, list | tuple) and any(isinstance(one, dict) for one in inner):
                lines = self.told(inner, field)
                below += [f"– {line if field == 'facts' else self._pair(field, line)}" for line in lines]
            else:
                said.append(self._pair(field, ", ".join(self.told(inner, field))))
        return ["; ".join(part for part in said if part), *below]

    def _pair(self, name: str, said: str) -> str:
        return self._words.colon(self._words.fact(name), said)

    def _value(self, name: str, value: Any) -> str:
        if value == WITHHELD:
            return self._instead
        if isinstance(value, bool):
            return self._words.note("yes" if value else "no")
        if name in _DAYS:
            return self._f.day(dt.date.fromisoformat(str(value)))
        if name in ("languages", "lang"):
            return ", ".join(self._f.language(one) for one in str(value).split())
        if name in _CODED:
            return self._words.code(_CODED[name], str(value))
        if name == "radius_m" and isinstance(value, int | float):
            return self._f.exact(value)
        return str(value)


def runs(moments: Sequence[Moment]) -> list[list[Moment]]:
    """Moments as rows: one each, but positions that follow each other without anything between, from the third on, together."""
    runs: list[list[Moment]] = []
    for moment in moments:
        if runs and moment.type in _POSITIONS and runs[-1][-1].type == moment.type:
            runs[-1].append(moment)
        else:
            runs.append([moment])
    return [part for run in runs for part in ([run] if len(run) > 2 else [[moment] for moment in run])]


_POSITIONS = frozenset({"located", "unit"})
