"""Facts of a case, of an order and of a position, told in lines a reader takes in; positions that follow each other, together."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from incidents.timeline import Moment


def position(fix: Mapping[str, Any]) -> str:
    """`51.05364, 3.72531 ±18 m (68 %) gnss`: what it does not say is left out."""
    text = f"{fix['lat']:.5f}, {fix['lon']:.5f}"
    if fix.get("radius"):
        text += f" ±{fix['radius']:g} m"
    if fix.get("confidence"):
        text += f" ({fix['confidence']:g} %)"
    return text + (f" {fix['method']}" if fix.get("method") else "")


def sent(body: str, called: Callable[[str], str]) -> list[str]:
    """An order's words as lines; what it says nothing of is left out, and what is no order of ours stands as it is."""
    try:
        facts = dict(json.loads(body))
    except ValueError:
        return [body]
    lines = []
    for name, value in facts.items():
        if value is None or value in ("", [], {}):
            continue
        said = [position(value)] if name == "fix" else told(value)
        lines += [f"– {called(name)}: {said[0]}", *(f"  {line}" for line in said[1:])]
    return lines


def told(value: Any) -> list[str]:
    """A part of a case as lines: a fact with its source and date, a person with theirs; at least one line."""
    if isinstance(value, list | tuple):
        return [line for one in value for line in told(one)] or [""]
    if not isinstance(value, dict):
        return ["yes" if value is True else "no" if value is False else str(value)]
    said = [", ".join(str(value[name]) for name in _HEAD if value.get(name))]
    below: list[str] = []
    for name, inner in value.items():
        if name in _HEAD or inner in ("", None, [], ()):
            continue
        called = name.replace("_", " ")
        if isinstance(inner, dict):
            below += [f"– {called}: {line}" for line in told(inner)]
        elif isinstance(inner, list | tuple) and any(isinstance(one, dict) for one in inner):
            below += [f"– {line}" if name == "facts" else f"– {called}: {line}" for line in told(inner)]
        else:
            said.append(f"{called}: {', '.join(told(inner))}")
    return ["; ".join(part for part in said if part), *below]


_HEAD = ("name", "kind", "text", "reason")


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
