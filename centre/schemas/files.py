"""The files that go in and out, as JSON Schema: cases, recordings, scenarios, the log's export, evidence."""

from typing import Any

import msgspec

from centre.schemas.components import DIALECT, Schema, closed_off, components, document, without_unused
from centre.schemas.messages import messages
from feeds.recordings import recording
from feeds.recordings.recorded import HAPPENS
from incidents import events as ev
from incidents.case import Case
from incidents.exercises.scenario import Scenario
from incidents.log import Record
from incidents.log.record import BASE64, FACT, HEX, ID_LIMIT, LARGEST_INTEGER, MOMENT, NAME_LIMIT, STREAM_LIMIT
from incidents.log.transfer import Trailer
from reports.evidence.schema import FORMAT, VERSION, Evidence

_AT = "#/$defs/"


class CasesToImport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of `cases import`: cases as they are now, and the numbers of those that are withdrawn. docs/cases.md."""

    cases: list[Case] = []
    withdrawn: list[str] = []


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """What persons, the watch, consoles and orders did beside the feed. `incident` counts, in the order of raising, from 1."""

    at: str
    happened: str
    by: str
    incident: int
    event: dict[str, Any]


def case_file() -> Schema:
    """The importable file: without what the register says itself, which no file may."""
    made = document("Vigie: cases to import", CasesToImport, type="object", minProperties=1)
    made["$defs"]["Case"] = closed_off(made["$defs"]["Case"], without=("version", "standing"))
    return made


def scenario() -> Schema:
    """A scenario, written as YAML."""
    return document("Vigie: a scenario", Scenario)


def recording_line() -> Schema:
    """One line of a recording: header, message, what happened beside the feed, trailer."""
    schemas = messages(_AT, numbered=False)
    kinds = [{"$ref": f"{_AT}{name}"} for name in schemas if name.islower()]
    (header, happening, trailer), found = components([recording.Header, Happening, recording.Trailer], _AT)
    found["Header"]["properties"]["format"] = {"const": recording.FORMAT}
    found["Header"]["properties"]["version"] = {"enum": list(range(1, recording.VERSION + 1))}
    types = sorted(HAPPENS)
    found["Happening"]["properties"]["event"] = {
        "type": "object",
        "properties": {"type": {"enum": types}},
        "required": ["type"],
    }
    message = {
        "type": "object",
        "properties": {"at": schemas["press"]["properties"]["at"], "message": {"oneOf": kinds}},
        "required": ["at", "message"],
    }
    return {
        "$schema": DIALECT,
        "title": "Vigie: a line of a recording",
        "description": "One JSON object a line: the header first, the trailer last. docs/training.md.",
        "anyOf": [header, message, happening, trailer],
        "$defs": schemas | found,
    }


def log_record() -> Schema:
    """One line of a log's export: a record, or the trailer at its end."""
    (record, trailer), found = components([Record, Trailer], _AT)
    digest = {"type": "string", "pattern": f"^{HEX.pattern}$"}
    fields = found["Record"]["properties"]
    fields["stream"] |= {"minLength": 1, "maxLength": STREAM_LIMIT}
    fields["version"] |= {"minimum": 1, "maximum": LARGEST_INTEGER}
    fields["id"] |= {"minLength": 1, "maxLength": ID_LIMIT}
    fields["at"] |= {"pattern": f"^{MOMENT.pattern}$"}
    fields["source_at"] |= {"pattern": f"^({MOMENT.pattern})?$"}
    fields["actor"] |= {"maxLength": NAME_LIMIT}
    fields["type"] = {"enum": sorted([*ev.EVENT_TYPES, "checkpoint"])}
    fields["open"] |= {"propertyNames": {"type": "string", "pattern": f"^{FACT.pattern}$"}}
    fields["sealed"] |= {"pattern": f"^{BASE64.pattern}$"}
    fields["prev"] = fields["hash"] = digest
    found["Record"]["additionalProperties"] = False
    return {
        "$schema": DIALECT,
        "title": "Vigie: a line of the log's export",
        "anyOf": [record, trailer],
        "$defs": found,
    }


def evidence() -> Schema:
    """An evidence file as JSON."""
    digest = {"type": "string", "pattern": f"^{HEX.pattern}$"}
    made = document("Vigie: an evidence file", Evidence)
    more: dict[str, Schema] = {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "verify": {"type": "array", "items": {"type": "string"}},
        "sha256": digest,
    }
    made["$defs"]["Evidence"] = closed_off(made["$defs"]["Evidence"], without=("timeline",), **more)
    return without_unused(made)
