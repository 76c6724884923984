"""Facts of a case, of an order and of a position, told in lines a reader takes in."""

import json
from collections.abc import Callable, Mapping
from typing import Any


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
        if value in ("", None, [], {}):
            continue
        said = [position(value)] if name == "fix" else told(value)
        lines += [f"– {called(name)}: {said[0]}", *(f"    {line}" for line in said[1:])]
    return lines


def told(value: Any) -> list[str]:
    """A part of a case as lines: a fact with its source and date, a person with theirs."""
    if isinstance(value, list | tuple):
        return [line for one in value for line in told(one)]
    if not isinstance(value, dict):
        return [str(value)]
    head = [str(value[name]) for name in ("name", "kind", "text", "reason") if value.get(name)]
    rest = [
        f"{name.replace('_', ' ')}: {', '.join(inner) if isinstance(inner, list | tuple) else inner}"
        for name, inner in value.items()
        if name not in ("name", "kind", "text", "reason", "facts") and inner not in ("", None, [], ())
    ]
    return ["; ".join([", ".join(head), *rest]), *(f"– {line}" for line in told(value.get("facts", [])))]
