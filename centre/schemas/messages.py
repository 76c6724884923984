"""The messages of the feed as they travel, made from the reports that they become and from the limits that they are read by."""

from typing import Any, get_args

from centre.schemas.components import RFC3339, Schema, closed_off, components
from feeds.decoding.message import BATTERY_LIMITS, FIX_LIMITS, MAX_SEQ
from incidents.messages import MAX_TEXT, PressReport, Report

TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
MOMENT: Schema = {"type": "string", "format": "date-time", "pattern": RFC3339}
SEQ: Schema = {"type": "integer", "minimum": 0, "maximum": MAX_SEQ}
HEARTBEAT: Schema = {
    "title": "Heartbeat",
    "description": "The feed lives; `head` is the highest number given so far.",
    "type": "object",
    "properties": {"kind": {"const": "heartbeat"}, "head": SEQ, "at": MOMENT},
    "required": ["kind", "head"],
}


def messages(at: str, *, numbered: bool) -> dict[str, Schema]:
    """The schema of each message by its kind, and of what they need by its name; `numbered`: with `seq`, and the heartbeat."""
    reports = get_args(Report)
    _, found = components(reports, at)
    del found["Unreadable"]  # what a desk notes of a press; it does not travel
    found["Fix"]["properties"]["time"] = {"anyOf": [MOMENT, {"type": "null"}]}
    for name, limits in FIX_LIMITS.items():
        found["Fix"]["properties"][name] |= _limits(found["Fix"]["properties"][name], limits)
    given = {"id": TEXT, "at": MOMENT, **({"seq": SEQ} if numbered else {})}
    for report in reports:
        schema = closed_off(found.pop(report.__name__), without=("unreadable",), **given)
        if report is PressReport:  # a press without them is taken all the same; a right sender gives them
            schema["properties"]["device"] = TEXT
            schema["required"] += ["device", "press"]
        found[report.__struct_config__.tag] = _texts(schema)
    if numbered:
        found["heartbeat"] = HEARTBEAT
    found["Fix"], found["Call"] = _texts(found["Fix"]), _texts(found["Call"])
    return found


def kinds(at: str, schemas: dict[str, Schema]) -> Schema:
    """Any message: which one its `kind` says."""
    named = [name for name in schemas if name.islower()]
    mapping = {name: f"{at}{name}" for name in named}
    return {
        "oneOf": [{"$ref": mapping[name]} for name in named],
        "discriminator": {"propertyName": "kind", "mapping": mapping},
    }


def _texts(schema: Schema) -> Schema:
    """Names and words have 200 characters; a battery is in per cent; what need not be given is left out, or null."""
    properties: dict[str, Any] = {}
    for name, one in schema["properties"].items():
        if name == "battery":
            one = {**one, **_limits(one, BATTERY_LIMITS)}
        properties[name] = _bounded({key: value for key, value in one.items() if key != "default"})
    return {**schema, "properties": properties}


def _bounded(one: Schema) -> Schema:
    if "anyOf" in one:
        return {**one, "anyOf": [_bounded(each) for each in one["anyOf"]]}
    plain = one.get("type") == "string" and not {"enum", "const", "format", "maxLength"} & one.keys()
    return {**one, "minLength": 1, "maxLength": MAX_TEXT} if plain else one


def _limits(one: Schema, limits: tuple[float, float]) -> Schema:
    low, high = limits
    if "anyOf" not in one:
        return {"minimum": low, "maximum": high}
    numbers = [
        {**each, "minimum": low, "maximum": high} if each.get("type") != "null" else each for each in one["anyOf"]
    ]
    return {"anyOf": numbers}
