"""The documents by their names, made when they are asked for, the same bytes each time."""

import functools
import json

from centre.schemas import feed, files, http

_MADE = {
    "feed.asyncapi.json": feed.feed,
    "orders.openapi.json": http.orders,
    "gateway.openapi.json": http.gateway,
    "desk.openapi.json": http.desk,
    "case-file.schema.json": files.case_file,
    "recording.schema.json": files.recording_line,
    "scenario.schema.json": files.scenario,
    "log-record.schema.json": files.log_record,
    "evidence.schema.json": files.evidence,
}
NAMES = tuple(_MADE)


def schema(name: str) -> bytes | None:
    """A document; None where there is none of that name."""
    return _made(name) if name in _MADE else None  # anybody may ask for any name: only ours are kept


@functools.cache
def _made(name: str) -> bytes:
    made = _MADE[name]()
    if ".schema." in name:
        made = {"$schema": made["$schema"], "$id": f"urn:vigie:{name}", **made}
    return json.dumps(made, indent=1, ensure_ascii=False).encode() + b"\n"
