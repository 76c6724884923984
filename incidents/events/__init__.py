"""What can happen: one small immutable type each, and how each is split into open and sealed facts of the log.

A sealed fact identifies a person or quotes one; it has a default, because a key may have been deleted. An open fact is a
string, an integer or a boolean. Flags are space-separated words. docs/log.md lists every type; a test compares.
"""
# ruff: noqa: F403, F405 -- the name of an event stands once, where it is defined

from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from incidents.events.access import *
from incidents.events.aggregate import *
from incidents.events.attention import *
from incidents.events.audit import *
from incidents.events.backups import *
from incidents.events.bench import *
from incidents.events.centres import *
from incidents.events.changes import *
from incidents.events.degraded import *
from incidents.events.device import *
from incidents.events.disclosure import *
from incidents.events.drill import *
from incidents.events.evidence import *
from incidents.events.feed import *
from incidents.events.intervention import *
from incidents.events.judgement import *
from incidents.events.kinds import *
from incidents.events.papers import *
from incidents.events.people import *
from incidents.events.press import *
from incidents.events.recordings import *
from incidents.events.retention import *
from incidents.events.servers import *
from incidents.events.subject import *
from incidents.events.track import *
from incidents.events.watch import *
from incidents.log import Draft, OpenFacts, Record

BRUSSELS = ZoneInfo("Europe/Brussels")


Base = TypeVar("Base", bound=msgspec.Struct)


def tagged(base: type[Base]) -> dict[str, type[Base]]:
    """The types that are of this base, and of its own bases, by their tags: what has no tag of its own is a base."""
    found: dict[str, type[Base]] = {}
    for kind in base.__subclasses__():
        if kind.__struct_config__.tag != kind.__name__:
            found[str(kind.__struct_config__.tag)] = kind
        found |= tagged(kind)
    return found


EVENT_TYPES = tagged(Event)
DISCLOSURES = tagged(Disclosure)
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in EVENT_TYPES.items()}
_encode = msgspec.json.Encoder().encode


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An event with its circumstances, as the fold takes it. `recorded` false: shown, but not durable yet.

    `together`: one record of another stream tells it of many incidents; `version` is 0 then, `cause` what it follows from.
    """

    stream: str
    version: int
    id: str
    at: datetime
    source_at: datetime
    actor: str
    event: Event | None
    recorded: bool = True
    flags: frozenset[Flag] = frozenset()  # what the fold found wrong with the times of its source
    together: bool = False
    cause: int = 0


def stamp(moment: datetime) -> str:
    """RFC 3339 UTC with milliseconds, as the log writes times."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def draft(event: Event, *, id: str, at: datetime, source_at: datetime, actor: str) -> Draft:
    """Split an event into a record's open and sealed facts."""
    facts = msgspec.to_builtins(event)
    kind = facts.pop("type")
    open_facts: OpenFacts = {name: value for name, value in facts.items() if name not in event.SEALED}
    sealed = {name: value for name, value in facts.items() if name in event.SEALED}
    return Draft(
        id=id,
        at=stamp(at),
        source_at=stamp(source_at),
        actor=actor,
        type=kind,
        open=open_facts,
        sealed=msgspec.json.encode(sealed) if sealed else b"",
    )


def entry(record: Record, sealed: bytes | None) -> Entry:
    """The entry of a record. A type this version does not know (a newer log) has no event: the fold counts and passes it.

    `sealed` is what `Log.unseal` gave: b"" when there was nothing, None when the key is gone.
    """
    decoder = _DECODERS.get(record.type)
    event: Event | None = None
    if decoder is not None:
        facts = _encode({**record.open, "type": record.type})
        event = decoder.decode(facts[:-1] + b"," + sealed[1:] if sealed and sealed != b"{}" else facts)
    at = datetime.fromisoformat(record.at)
    return Entry(
        stream=record.stream,
        version=record.version,
        id=record.id,
        at=at,
        source_at=at if record.source_at == record.at else datetime.fromisoformat(record.source_at),
        actor=record.actor,
        event=event,
    )
