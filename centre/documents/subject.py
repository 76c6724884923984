"""What is kept of a person, gathered from the case register and the whole log, and entered there before anybody has it."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import msgspec

from centre.settings import Settings
from centre.spool import SEARCHED, drafted, enter_or_note
from dashboard.access.taker import kept_by
from incidents import events as ev
from incidents.audit import role_of
from incidents.cases import CaseRegister, CasesLocked
from incidents.events.audit import shown_numbers
from incidents.events.changes import imported_numbers
from incidents.log import Record
from incidents.log.sqlite import SqliteLog
from incidents.roles import User
from incidents.timeline import Moment, Timeline, timeline
from reports.evidence.gather import collect
from reports.render import html
from reports.subject import Gathered, Whom, as_json, as_paper, extract

_ABOUT = ("raised", "pressed", "case_changed")  # records that say whose an incident is
_FUNCTIONS = ("came", "signed_in")


async def gather(
    log: SqliteLog, register: CaseRegister, number: str, told: Callable[[int], None] = lambda records: None
) -> Gathered:
    """All of a case. Raises CasesLocked, LogUnavailable."""
    if register.state != "open":
        raise CasesLocked(f"cases {register.state}: {register.reason}")
    kept = [register.by_number(number, version) for version in register.versions(number)]
    functions: dict[str, str] = {}
    incidents: dict[str, None] = {}
    others: list[Record] = []
    actors: dict[str, None] = {}
    async for position, record in log.records():
        told(position)
        actors[record.actor] = None
        own = record.stream.startswith("incident/")
        if record.type in _FUNCTIONS:
            functions[record.actor] = str(record.open.get("role") or record.open.get("roles") or "officer")
        elif own and record.type in _ABOUT and _names(log, record, number):
            incidents[record.stream.removeprefix("incident/")] = None
        elif not own and _names(log, record, number):
            others.append(record)
    courses: list[Timeline] = []
    for incident in incidents:
        found = await collect(log, incident)
        courses.append(timeline(found.records, log.unseal, found.beside))
    steps = register.steps(number)
    had = {device for case in kept if case is not None for device in case.devices}
    for device in (had | {name for step in steps for name in (step.device, step.old)}) - {""}:
        # What was done with a device while it was hers: before and after it is another's.
        for record in await log.stream(f"device/{log.vault.device_id(device)}"):
            whose = register.by_device(device, _day(record))
            if whose is not None and whose.number == number and whose.valid_on(_day(record)):
                others.append(record)
    others = sorted({record.id: record for record in others}.values(), key=lambda record: record.at)
    names = (log.vault.name_of(actor) for actor in actors)
    return Gathered(
        versions=[case for case in kept if case is not None],
        incidents=courses,
        steps=steps,
        others=[_moment(log, record, number) for record in others],
        functions=functions,
        officers=[name for name in names if name],
    )


def _day(record: Record) -> date:
    return datetime.fromisoformat(record.at).astimezone(ev.BRUSSELS).date()


def _names(log: SqliteLog, record: Record, number: str) -> bool:
    """Whether a record is about this case: by its `case`, or among the `cases` that were shown or imported."""
    if not record.sealed:
        return False
    facts = _facts(log, record)
    return facts.get("case") == number or bool(_own_part(record, facts, number))


def _own_part(record: Record, facts: dict[str, object], number: str) -> str:
    """What the `cases` of a record say of this one: of an import its lines, else its number."""
    cases = str(facts.get("cases", ""))
    if record.type == "cases_imported":
        return "\n".join(line for line in cases.split("\n") if imported_numbers(line) == [number])
    return number if number in shown_numbers(cases) else ""


def _facts(log: SqliteLog, record: Record) -> dict[str, object]:
    plain = log.unseal(record)
    return msgspec.json.decode(plain, type=dict[str, object]) if plain else {}


def _moment(log: SqliteLog, record: Record, number: str) -> Moment:
    """Of a record that names several cases her own alone: a word typed or a reason in it may be about the others."""
    at = datetime.fromisoformat(record.at)
    facts = {**record.open, **_facts(log, record)}
    if "cases" in facts:
        facts = {"cases": _own_part(record, facts, number)}
    return Moment(
        version=record.version,
        id=record.id,
        type=record.type,
        actor=record.actor,
        at=at,
        source_at=at,
        clock="ours",
        facts=facts,
        hash=record.hash,
        prev=record.prev,
    )


async def make(
    settings: Settings,
    number: str,
    whom: Whom,
    form: str,
    out: Path,
    *,
    by: User,
    reason: str,
    now: datetime,
    translate: Callable[[str], str] = str,
    told: Callable[[int], None] = lambda records: None,
) -> tuple[str, bool]:
    """Write the file; its SHA-256 (hex), and whether the log has it already that it was made; else the desk enters it.

    `by`: who takes it.

    Raises NothingKept, also where the case is kept from who takes it, CasesLocked, LogUnavailable, KeyMismatch, OSError where
    it can't be written or entered.
    """
    register = CaseRegister.open(settings.cases, key_file=settings.key_file)
    log = await SqliteLog.open(settings.log, key_file=settings.key_file, reading=True)
    try:
        gathered, rule = await gather(log, register, number, told), kept_by(register, log.vault)
        courses = any(rule.incident(one.incident, by) for one in gathered.incidents)
        if courses or any(rule.case(case, by) for case in gathered.versions[-1:]):
            gathered = msgspec.structs.replace(gathered, versions=[])  # to them it is as if nothing were kept
        found = extract(gathered, whom, ev.stamp(now), translate)
    finally:
        await log.close()
    content = (
        as_json(found) if form == "json" else html(as_paper(found, translate, language=settings.language)).encode()
    )
    digest = hashlib.sha256(content).hexdigest()
    event = ev.SubjectExtracted(
        of=whom, form="json" if form == "json" else "html", sha256=digest, role=role_of(by), case=number, reason=reason
    )
    with drafted(out, content):
        return digest, await enter_or_note(settings.log, settings.key_file, SEARCHED, event, by=by.name, at=now)
