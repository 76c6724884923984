"""Collects the evidence of one incident: from the log its records, the seal over them and the files made before; from the case
register the versions that were shown. Nothing is judged here; what is withheld, `incidents.withheld` says."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

import msgspec

from incidents import events as ev
from incidents.bulk_records import told_beside
from incidents.case import Case
from incidents.incident import Incident
from incidents.intervals import Profile, Target
from incidents.log import Log, Record
from incidents.log.record import CHECKPOINT
from incidents.timeline import Entered, Moment, NoSuchIncident, Span, Timeline, Unseal, timeline
from incidents.withheld import FREE_TEXT, Withholding
from reports.evidence.nearest import Addresses, nearest
from reports.evidence.schema import (
    KEPT_BACK,
    Among,
    Earlier,
    Evidence,
    Line,
    Made,
    Measure,
    Missing,
    Profiled,
    Reviewed,
    ShownCase,
    Summary,
    Verdict,
    WhyMissing,
    Withheld,
    case_content,
)

# Who made which file, who opened its timeline: before that stood in the incident's own.
OLD = ("desk/evidence", "desk/access")
SHORTEST = 6  # characters of an id that are asked for
CHECKPOINTS_LOOKED_AT = 20  # should our clock have been set back


class Cases(Protocol):
    """The case register, also as it was."""

    @property
    def state(self) -> str: ...
    def by_number(self, number: str, version: int | None = None) -> Case | None: ...
    def versions(self, number: str) -> tuple[int, ...]: ...
    def cases_of(self, device: str) -> Iterable[Case]: ...


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """What the log has of an incident."""

    incident: str
    records: tuple[Record, ...]
    checkpoint: Record | None
    made: tuple[Record, ...]  # the evidence files made of it before
    looked: tuple[Record, ...]  # its timeline was opened
    beside: tuple[Entered, ...] = ()  # what records of many incidents tell of it


def no_such(_: Callable[[str], str]) -> str:
    """What is said of an incident that there is not, or that is kept from who asks."""
    return _("the log has no incident whose id begins so")


async def find_incident(log: Log, prefix: str, _: Callable[[str], str] = str) -> str:
    """The id that begins so. Raises NoSuchIncident in a line that quotes nothing: none, several, or too short to say."""
    if len(prefix) < SHORTEST:
        raise NoSuchIncident(_("give at least {n} characters of the incident's id").format(n=SHORTEST))
    found = [name.removeprefix("incident/") for name in await log.touched(f"incident/{prefix}", "")]
    if len(found) > 1 and prefix not in found:
        raise NoSuchIncident(_("several incidents begin so ({n}): give more of the id").format(n=len(found)))
    if not found:
        raise NoSuchIncident(no_such(_))
    return prefix if prefix in found else found[0]


async def collect(log: Log, incident: str) -> Collected:
    """Read an incident of any age. Raises NoSuchIncident, and LogUnavailable."""
    records = await log.stream(f"incident/{incident}")
    if not records:
        raise NoSuchIncident("the log has no incident by this id")
    old = [one for stream in OLD for one in await log.stream(stream) if one.open.get("incident") == incident]
    return Collected(
        incident=incident,
        records=tuple(records),
        checkpoint=await _checkpoint_over(log, records[-1]),
        made=tuple(record for record in (*old, *records) if record.type == "evidence_made"),
        looked=tuple(record for record in (*old, *records) if record.type == "timeline_opened"),
        beside=tuple(await told_beside(log, records)),
    )


async def _checkpoint_over(log: Log, last: Record) -> Record | None:
    """The checkpoint that seals this record as the end of its stream; None when none does yet."""

    async def of(version: int) -> Record | None:
        return await log.find(f"{CHECKPOINT}/{version}")

    newest = await log.version(CHECKPOINT)
    low, high = 1, newest + 1  # the first one that was written when the record was, or later
    while low < high:
        middle = (low + high) // 2
        found = await of(middle)
        low, high = (middle + 1, high) if found is None or found.at < last.at else (low, middle)
    for version in range(max(low - 1, 1), min(low + CHECKPOINTS_LOOKED_AT, newest) + 1):
        found = await of(version)
        if found is not None and (listed := _listed(found, last.stream)) >= last.version:
            return found if listed == last.version else None
    return None


def _listed(checkpoint: Record, stream: str) -> int:
    """The version at which a checkpoint names a stream; 0 when it does not."""
    for line in str(checkpoint.open.get("changed", "")).split("\n"):
        if line.startswith(f"{stream} "):
            return int(line.split(" ")[1])
    return 0


def evidence(
    collected: Collected,
    unseal: Unseal,
    *,
    made: Made,
    name_of: Callable[[str], str | None],
    zone_name: Callable[[str], str],
    cases: Cases,
    profiles: Iterable[Profile],
    keys: bool = True,
    key: str = "",
    unrecorded: int = 0,
    part: Literal["file", "annex"] = "file",
    annex: str = "",
    addresses: Addresses | None = None,
) -> Evidence:
    """All of it. `keys` false: the log's keys were not at hand, so that `unseal` opens nothing and `name_of` knows nobody.

    `key`: the incident's own, when it is to be disclosed: not by a file that withholds anything of a record, for it opens that.
    `unrecorded`: how many of its records wait to be written. In the `annex` nothing is withheld; the file names its SHA-256.
    """
    rule = (
        withholding(timeline(collected.records, unseal, collected.beside), cases) if part == "file" else Withholding()
    )
    opening = _Opening(unseal, rule)
    told = timeline(collected.records, opening, collected.beside)
    people = {actor: name_of(actor) or "?" for actor in _actors(told, (*collected.made, *collected.looked))}
    shown, texts = _shown(told, cases, rule)
    withheld = opening.counted(rule, texts)
    key = "" if opening.withheld else key
    profiles = tuple(profiles)
    return Evidence(
        incident=collected.incident,
        stream=f"incident/{collected.incident}",
        part=part,
        withheld=withheld,
        annex=annex,
        made=made,
        summary=_summary(told.incident, zone_name),
        missing=(
            *_missing(told, people, shown, cases, keys=keys),
            *((Missing("unrecorded", unrecorded),) if unrecorded else ()),
            *(() if collected.checkpoint is not None else (Missing("no_checkpoint"),)),
            *(() if key or not keys else (Missing("key"),)),
            Missing("call"),
            *_withheld(withheld),
        ),
        measures=tuple(_measure(span, profiles) for span in told.spans),
        profiles=tuple(Profiled(name=p.name, made_for=p.made_for, source=p.source) for p in profiles),
        explanations=told.incident.judgement.explanations,
        times=told.reached,
        offsets=told.offsets,
        looks=tuple(moment.version for moment in told.looks),
        reviewed=tuple(
            Reviewed(at=datetime.fromisoformat(record.at), who=people.get(record.actor, "?"))
            for record in collected.looked
        ),
        beside=tuple(
            Among(
                at=one.moment.at,
                what=one.moment.type,
                facts=one.moment.facts,
                stream=one.stream,
                version=one.moment.version,
                hash=one.moment.hash,
            )
            for one in told.beside
        ),
        orders=tuple(moment.version for moment in told.orders),
        positions=told.positions,
        nearest=nearest(told.positions, addresses, rule),
        addresses=addresses.called() if addresses is not None else "",
        corrections=told.corrections,
        cases=shown,
        entries=tuple(_line(r, m, opening, people) for r, m in zip(collected.records, told.moments, strict=True)),
        people=people,
        zones={key: zone_name(key) for key in _zones(told)},
        earlier=tuple(_earlier(record, people) for record in collected.made),
        checkpoint=collected.checkpoint,
        key=key,
        timeline=told,
    )


def withholding(told: Timeline, cases: Cases) -> Withholding:
    """The rule for an incident's papers: the places of each version of each case it was shown with or its device has.

    A place of before is where a mother lives, a place of after is where she fled to: all versions count.
    """
    numbers = {str(m.facts["case"]): None for m in told.moments if m.facts.get("case")}
    known = [case for case in cases.cases_of(told.incident.device or "") if case.number not in numbers]
    unknown = cases.state in ("locked", "missing")
    for number in numbers:
        wanted = {m.facts.get("case_version") for m in told.moments if m.facts.get("case") == number} - {None}
        found = [cases.by_number(number, version) for version in {*cases.versions(number), *wanted}]
        read = [case for case in (cases.by_number(number), *found) if case is not None]
        unknown |= not read or not wanted <= {case.version for case in read}
        known += read
    return Withholding((place for case in known for place in case.places), unknown=unknown)


class _Opening:
    """Opens sealed facts, each record's once, without what is withheld; keeps which facts of which record are not whole."""

    def __init__(self, unseal: Unseal, rule: Withholding) -> None:
        self._unseal, self._rule = unseal, rule
        self._opened: dict[str, bytes | None] = {}
        self.withheld: dict[str, tuple[str, ...]] = {}

    def __call__(self, record: Record) -> bytes | None:
        if record.id not in self._opened:
            self._opened[record.id] = self._clean(record, self._unseal(record))
        return self._opened[record.id]

    def _clean(self, record: Record, sealed: bytes | None) -> bytes | None:
        if not sealed or not self._rule.any:
            return sealed
        whole = msgspec.json.decode(sealed)
        facts, withheld = self._rule.facts(whole)
        if not withheld:
            return sealed
        clean = msgspec.json.encode(facts)
        try:
            ev.entry(record, clean)
        except msgspec.ValidationError:  # a code that reads like a place's name: nothing of the record is opened
            clean, withheld = b"{}", tuple(whole)
        self.withheld[record.id] = withheld
        return clean

    def counted(self, rule: Withholding, texts: int) -> Withheld:
        """`texts`: how many of the case's are withheld."""
        names = [name for withheld in self.withheld.values() for name in withheld]
        words = sum(name in FREE_TEXT - {"body", "raw"} | {"protected"} for name in names)
        return Withheld(
            places=len(rule.places),
            positions=names.count("fix"),
            orders=names.count("body"),
            texts=words + texts,
            unknown=rule.unknown,
        )


def _withheld(withheld: Withheld) -> Iterable[Missing]:
    if withheld.unknown:
        yield Missing("places_unknown")
    for what in ("places", "positions", "orders", "texts"):
        if count := getattr(withheld, what):
            yield Missing(what, count)


def _actors(told: Timeline, made: Sequence[Record]) -> list[str]:
    """Everybody named by a pseudonym, in the order they appear: also who is to take an alarm, and who announced a test."""
    found: dict[str, None] = {}
    for moment in told.moments:
        if moment.by_person:
            found[moment.actor] = None
        if moment.type in ("hand_over_offered", "assigned", "kept_from"):
            found[str(moment.facts.get("to", ""))] = None
        if announced := moment.facts.get("announced_by"):
            found[str(announced)] = None
    return [*found, *(record.actor for record in made if record.actor not in found)]


def _zones(told: Timeline) -> list[str]:
    keys = [moment.facts.get(name) for moment in told.moments for name in ("zone", "previous_zone")]
    return list(dict.fromkeys(str(key) for key in keys if key))


def _summary(incident: Incident, zone_name: Callable[[str], str]) -> Summary:
    return Summary(
        device=incident.device,
        case=incident.case,
        cad=incident.by_hand.cad,
        origin=incident.origin,
        drill=incident.drill,
        paper=incident.by_hand.paper,
        state=incident.state,
        as_class=incident.judgement.as_class,
        outcome=incident.judgement.outcome,
        verified=incident.judgement.verified,
        presses=incident.presses.count,
        zone=incident.zone,
        zone_name=zone_name(incident.zone) if incident.zone else "",
        order_zone=incident.order.zone if incident.order else "",
        order_zone_name=zone_name(incident.order.zone) if incident.order else "",
        abroad=incident.position.abroad,
        cic=incident.position.cic,
        place=incident.by_hand.place,
        flags=tuple(sorted(incident.flags)),
        erased=incident.history.erased,
    )


def _missing(
    told: Timeline, people: Mapping[str, str], shown: Sequence[ShownCase], cases: Cases, *, keys: bool
) -> Iterable[Missing]:
    gone = sum(moment.gone for moment in told.moments)
    if not keys:
        yield Missing("key_missing", gone)
    elif told.incident.history.erased:
        yield Missing("erased", gone)
    elif gone:
        yield Missing("unreadable", gone)
    if keys and (nameless := sum(name == "?" for name in people.values())):
        yield Missing("names_erased", nameless)
    if cases.state != "open":
        yield Missing({"locked": "cases_locked", "missing": "cases_missing"}.get(cases.state, "cases_none"))  # type: ignore[arg-type]
    if not shown:
        yield Missing(_why_none(told))
    if without := sum(case.content is None for case in shown):
        yield Missing("case_gone", without)
    if any(case.content is not None for case in shown):
        yield Missing("case_words", len(KEPT_BACK))


def _why_none(told: Timeline) -> WhyMissing:
    """Why no version of a case was shown with an incident."""
    naming = told.of_type("raised", "case_changed")
    if any(moment.facts.get("case") for moment in naming):
        return "case_unshown"
    return "case_unread" if any(moment.gone for moment in naming) else "case_unknown"


def _shown(told: Timeline, cases: Cases, rule: Withholding) -> tuple[tuple[ShownCase, ...], int]:
    """Each version of the case that was in force while the incident was open, from which record on; the texts it withholds."""
    found: list[ShownCase] = []
    texts = 0
    for moment in told.of_type("raised", "case_changed"):
        number, version = moment.facts.get("case"), moment.facts.get("case_version")
        if not number or not version or (found and (found[-1].number, found[-1].version) == (number, version)):
            continue
        case = cases.by_number(str(number), int(version))
        content = case_content(case) if case is not None else None
        if content is not None and rule.any:
            content, marks = rule.case(content)
            texts += marks
        found.append(
            ShownCase(number=str(number), version=int(version), record=moment.version, since=moment.at, content=content)
        )
    return tuple(found), texts


def _measure(span: Span, profiles: Sequence[Profile]) -> Measure:
    return Measure(
        name=span.name,
        definition=span.definition,
        seconds=span.seconds,
        entered_s=span.entered_s,
        clocks=span.clocks,
        two_clocks=span.two_clocks,
        original_s=span.original_s,
        targets=tuple(
            Verdict(
                profile=profile.name,
                limit_s=target.limit_s,
                under=target.under,
                share=target.share,
                met=_met(span.seconds, target),
            )
            for profile in profiles
            for target in profile.targets
            if target.interval == span.name
        ),
    )


def _met(seconds: float | None, target: Target) -> bool | None:
    if seconds is None:
        return None
    return seconds < target.limit_s if target.under else seconds <= target.limit_s


def _line(record: Record, moment: Moment, opening: _Opening, people: Mapping[str, str]) -> Line:
    sealed = opening(record)
    opened: dict[str, Any] | None = None
    if sealed is not None:
        opened = msgspec.json.decode(sealed) if sealed else {}
    return Line(
        record=record,
        opened=opened,
        withheld=opening.withheld.get(record.id, ()),
        who=people.get(record.actor, ""),
        clock=moment.clock,
        difference_s=moment.difference_s,
    )


def _earlier(record: Record, people: Mapping[str, str]) -> Earlier:
    facts = record.open
    return Earlier(
        at=datetime.fromisoformat(record.source_at),
        who=people.get(record.actor, "?"),
        form=str(facts.get("form", "")),
        sha256=str(facts.get("sha256", "")),
    )
