"""A search of incidents as pages ask for it, and its answer: what the words mean while they are typed, and what was found once
somebody said why. What the words mean is no secret; what was found is a record before anybody sees it.
"""

import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

import msgspec

from dashboard.components.find.vocabulary import vocabulary
from dashboard.shell.errands import TYPED, aside
from incidents import events as ev
from incidents.audit import role_of
from incidents.case import Case
from incidents.clock import milliseconds
from incidents.exclusion import Exclusions
from incidents.log import LogUnavailable
from incidents.reasons import MAX_REASON, says_why
from incidents.roles import User, may
from maps.gazetteer import Gazetteer
from maps.provinces import provinces_by_zone
from maps.zones import Zones
from reports.finding.finder import Finder, Hit, Hits, Named
from reports.finding.query import MAX_TYPED, Term, Words, parse
from reports.measures.coarse import month_of

Refusal = Literal["none_kept", "log", "cases"]  # why nothing can be found now
_CASES = 500  # of one name that are looked at

_logger = logging.getLogger(__name__)


class Register(Protocol):
    """The case register, for whoever may search it by a person's name."""

    @property
    def state(self) -> str: ...
    def search(self, text: str, limit: int = 8) -> tuple[Case, ...]: ...


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """A term as it was understood: its kind, the words that were typed, and for days what they are (ISO 8601)."""

    kind: str
    text: str
    since: str = ""
    until: str = ""


class FoundIncident(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An incident that was found: codes and moments (ms since 1970). `label`: its device, else its case."""

    id: str
    label: str
    state: str
    received: int | None = None
    place: str = ""
    was_in: str = ""  # the zone where she was; which was sent its timeline says
    as_class: str = ""
    outcome: str = ""
    origin: str = "press"
    drill: bool = False
    abroad: bool = False
    times: dict[str, int] = {}
    # It was erased: `received` is the beginning of its month, `was_in` its province, and no more is told.
    coarse: bool = False


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A search: its words, and why, in one of the usual ways or in a person's own words; without either only what it means."""

    n: int
    text: str
    why: ev.Why | None = None
    reason: str = ""


def chips(terms: Collection[Term]) -> list[Chip]:
    """The terms as they are shown."""
    return [Chip(kind=t.kind, text=t.text, since=str(t.since or ""), until=str(t.until or "")) for t in terms]


class Within(msgspec.Struct, frozen=True):
    """What is searched: by whom it is found, from whom it is kept, where names stand; `label` is what an incident on the board is
    called there, "" for another."""

    finder: Finder
    exclusions: Exclusions
    register: Register | None = None
    label: Callable[[str], str] = lambda incident: ""


class Search:
    """Answers searches of incidents. `record` enters in a log what somebody is about to be shown."""

    def __init__(
        self,
        zones: Zones,
        *,
        record: Callable[[ev.IncidentsSearched, User], Awaitable[None]],
        zone_name: Callable[[str], str],
    ) -> None:
        self._zones, self._record, self._zone_name = zones, record, zone_name
        self._provinces = provinces_by_zone(zones)

    async def answer(
        self,
        asked: Asked,
        user: User,
        now: datetime,
        within: Callable[[], Awaitable[Within | Refusal]],
        translate: Callable[[str], str],
    ) -> dict[str, Any]:
        """The answer as the page gets it. `within` is called once it is carried out; words of
        the search may be of the language of `translate`, or English."""
        if not may(user.roles, "search incidents"):
            return {"n": asked.n, "refused": "not_allowed"}
        terms = await self._terms(asked.text, now, vocabulary(translate))
        answer: dict[str, Any] = {"n": asked.n, "chips": chips(terms)}
        if asked.why is None:
            return answer
        if not terms or any(term.kind == "no_day" for term in terms):
            return answer | {"refused": "no_day" if terms else "nothing"}
        if not says_why(asked.why, asked.reason):
            return answer | {"refused": "reason"}
        past = await within()
        if isinstance(past, str):
            return answer | {"refused": past}
        if not past.finder.ready:
            return answer | {"refused": "not_ready"}
        try:
            hits = await past.finder.find(
                terms,
                people=lambda text: _named(text, user, past),
                keeps=lambda who: past.exclusions.incident(who, user),
                kept=past.exclusions.kept(user),
            )
        except LogUnavailable:
            return answer | {"refused": "log"}
        await self._enter(asked, hits, user)
        return answer | {"count": hits.count, "rows": [self._shown(hit, past.label(hit.id)) for hit in hits.rows]}

    async def _terms(self, text: str, now: datetime, words: Words) -> tuple[Term, ...]:
        places = await aside(TYPED, Gazetteer.of, self._zones)
        today = now.astimezone(ev.BRUSSELS).date()
        return parse(text[:MAX_TYPED], today=today, words=words, named=places.named)

    async def _enter(self, asked: Asked, hits: Hits, user: User) -> None:
        event = ev.IncidentsSearched(
            role=role_of(user),
            found=hits.count,
            shown=len(hits.rows),
            why=asked.why or "other",
            text=asked.text[:MAX_TYPED],
            incidents=" ".join(hit.id for hit in hits.rows),
            reason=asked.reason.strip()[:MAX_REASON],
        )
        try:
            await self._record(event, user)
        except LogUnavailable as failure:  # a search is answered all the same, as that of a case is
            _logger.error("a search could not be recorded: %s", type(failure).__name__)

    def _shown(self, hit: Hit, label: str) -> FoundIncident:
        zone = self._zone_name(hit.zone) if hit.zone else ""
        if hit.erased:
            at, zone = hit.received, self._provinces.get(hit.zone, "")
            month = None if at is None else milliseconds(month_of(datetime.fromtimestamp(at / 1000, UTC)))
            hit = msgspec.structs.replace(hit, received=month, times={}, town="", abroad=False)
        return FoundIncident(
            id=hit.id,
            label=label or hit.who.device or hit.who.case or hit.id[:8],
            state=hit.state,
            received=hit.received,
            place=hit.town,
            was_in=zone,
            as_class=hit.as_class,
            outcome=hit.outcome,
            origin=hit.origin,
            drill=hit.drill,
            abroad=hit.abroad,
            times=hit.times,
            coarse=hit.erased,
        )


def _named(text: str, user: User, past: Within) -> Named:
    """Who is called so, for who may search the register by names, without those who are kept from them."""
    if past.register is None or past.register.state != "open" or not may(user.roles, "search cases"):
        return Named()
    hits = past.register.search(text, limit=_CASES)
    found = [case for case in hits if not past.exclusions.case(case, user)]
    return Named(
        frozenset(case.number for case in found), frozenset(device for case in found for device in case.devices)
    )
