"""The facts of the rule, from the records of incidents. All but the duress word stand open in the log: no key is needed."""

import contextlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from incidents import events as ev
from incidents.log import Record
from incidents.log.months import month_of_key
from incidents.log.snapshot import Snapshot
from incidents.retention.rule import Facts, Hold, Lift
from incidents.withheld import folded

PREFIX = "incident/"
# What is read of all incidents; of one that may be over all its records are.
TELLING = ("raised", "classified", "closed", "reopened", "hold_set", "hold_lifted")
_WRITTEN = ("text", "note", "reason")  # facts in which people write
# A note may say that the duress word was said instead of quoting it.
DURESS = ("duress", "under duress", "sous contrainte", "onder dwang", "unter zwang")


def facts_of(incident: str, records: Iterable[Record], holds: Iterable[Hold] = ()) -> Facts | None:
    """The facts of one incident's records, in their order, beside those `holds`; None where none raises it."""
    facts: Facts | None = None
    found: list[Hold] = list(holds)
    lifts: list[Lift] = []
    for record in records:
        at, said = datetime.fromisoformat(record.at), record.open
        if facts is None:
            if record.type == "raised":
                facts = Facts(incident=incident, raised_at=at)
            continue
        if record.type in ("classified", "closed"):
            as_class: ev.Class = said.get("as_class", "unknown")  # type: ignore[assignment]
            closed_at = at if record.type == "closed" else facts.closed_at
            facts = msgspec.structs.replace(facts, as_class=as_class, closed_at=closed_at)
            # Once said to be real it is held, whatever was said of it afterwards.
            found += [Hold("real", at)] if as_class not in ("test", "accidental", "unknown") else []
            found += [Hold("arrest", at)] if said.get("outcome") == "suspect_arrested" else []
        elif record.type == "reopened":
            facts = msgspec.structs.replace(facts, closed_at=None)
        elif record.type == "hold_set":
            found.append(Hold(str(said.get("why", "complaint")), at))  # type: ignore[arg-type]
        elif record.type == "hold_lifted":
            lifts.append(Lift(frozenset(str(said.get("holds", "")).split()), at))
    if facts is None:
        return None
    if facts.closed_at is not None and facts.as_class == "unknown":
        found.append(Hold("unknown", facts.closed_at))
    return msgspec.structs.replace(facts, holds=tuple(found), lifts=tuple(lifts))


def all_facts(log: Snapshot, streams: Collection[str]) -> Iterator[Facts]:
    """The facts of these incidents' streams. What is sealed is not looked at."""
    evidence = evidence_holds(log)
    records: dict[str, list[Record]] = {stream: [] for stream in streams}
    for kind in TELLING:
        for record in log.of_type(kind):
            if record.stream in records:
                records[record.stream].append(record)
    for stream, some in records.items():
        incident = stream.removeprefix(PREFIX)
        some.sort(key=lambda record: record.version)
        with contextlib.suppress(ValueError):  # a time that is none: what can't be read is kept
            facts = facts_of(incident, some, evidence.get(incident, ()))
            if facts is not None:
                yield facts


def evidence_holds(log: Snapshot) -> dict[str, list[Hold]]:
    """The evidence files that were made, as holds of their incidents."""
    found: dict[str, list[Hold]] = {}
    for record in log.of_type("evidence_made"):
        hold = Hold("evidence", datetime.fromisoformat(record.at))
        found.setdefault(str(record.open.get("incident", "")), []).append(hold)
    return found


def alarms_in(log: Snapshot, key: str) -> bool:
    """Whether this month of a device's stream says whose a technical alarm is that nobody has acknowledged since."""
    stream, month = month_of_key(key)
    alarms: dict[str, str] = {}
    for _, records in log.records([stream]):
        for record in records:
            condition = str(record.open.get("condition", ""))
            if record.type == "device_alarmed":
                alarms[condition] = record.at
            elif record.type == "device_acknowledged":
                alarms.pop(condition, None)
    return any(at.startswith(month) for at in alarms.values())


def whole(records: Sequence[Record]) -> bool:
    """Whether none of an incident's records is missing: one that says a hold may be."""
    return [record.version for record in records] == list(range(1, len(records) + 1))


def said_under_duress(records: Iterable[tuple[Record, bytes | None]], words: Collection[str]) -> Iterator[Hold]:
    """The holds of what people wrote in these records (with what is sealed in them, opened): a duress word stands in it.

    `words`: those that were agreed with her, beside what the thing itself is called.
    """
    names = [f" {folded(word)} " for word in (*DURESS, *words) if folded(word)]
    for record, sealed in records:
        facts = msgspec.json.decode(sealed) if sealed else {}
        texts = [f" {folded(str(facts[name]))} " for name in _WRITTEN if facts.get(name)]
        if any(name in text for name in names for text in texts):
            yield Hold("duress", datetime.fromisoformat(record.at))
