"""The room "timeline": answers with a whole incident, and enters who looked.

A page that has so many records (`have`) already is told nothing again.

It shows device and positions, never the case: that is opened at the operator page, as a record of its own. Look-ups are the
commonest misuse of police files, so each look is a record: again each time that somebody opens it, once for one click.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Protocol

import msgspec

from dashboard.components.timeline.facts import coarse, story
from dashboard.services import Ground
from dashboard.shell.errands import LOOKS, aside
from dashboard.shell.ground import Seated, SignedPage
from dashboard.shell.looks import Looks
from incidents import events as ev
from incidents.audit import role_of, stream_for, stream_of
from incidents.log import LogUnavailable, Record
from incidents.log.record import ERASED
from incidents.timeline import NoSuchIncident, timeline
from maps.ground import ground
from maps.provinces import provinces_by_zone
from reports.measures.coarse import month_of

Answer = msgspec.Raw | dict[str, Any]
CLOSED_LASTS = timedelta(minutes=1)  # a look at an incident that is over
ONE_LOOK = timedelta(seconds=10)  # what one page opens twice within this is opened once
_logger = logging.getLogger(__name__)


class TimelinePage(SignedPage, Seated, Protocol):
    """A page as this room sees it."""

    @property
    def looks(self) -> Looks: ...


async def answer(consoles: Ground, session: TimelinePage, id: str, have: int | None) -> Answer | None:
    """The story of an incident of any age: `{"id", "story", "ground"}`, or `{"id", "failed": "unknown" | "log"}`."""
    if not 0 < len(id) <= 128:
        return None
    desk, user = consoles.desk, session.user

    def made(records: Sequence[Record], beside: Sequence[tuple[Record, ev.Entry]]) -> msgspec.Raw:
        told = story(records, desk.unseal, beside, name_of=desk.name_of, zone_name=consoles.services.places.zone_name)
        if told.erased:
            month = month_of(known.incident.times["pressed"].at)
            told = coarse(told, month, provinces_by_zone(consoles.services.zones).get(known.incident.zone, ""))
        found = {"id": id, "story": told, "ground": ground(told.spots, consoles.services.zones.folder)}
        return msgspec.Raw(msgspec.json.encode(found))

    try:
        records, beside = await desk.records_of(id)
        if not records:
            raise NoSuchIncident
        known = await aside(LOOKS, timeline, records, desk.unseal)
        if desk.exclusions.incident(known.incident, user):
            raise NoSuchIncident
        if have == len(records) + len(beside):
            return None
        look = session.looks.of("timeline", id)
        # A page that has nothing yet asks again: after a second click, or when its line came back before the answer. A page of
        # ours asks for a closed one once: who asks on and on looks again, by our clock.
        lasts = ONE_LOOK if not have else CLOSED_LASTS if not known.incident.open else None
        if look is None or (lasts is not None and desk.clock.now() - look.at >= lasts):
            now = desk.board.incidents.get(id)
            need = consoles.need(session, now) if now is not None else ""
            shown = ev.TimelineOpened(role=role_of(user), need=need, incident=id)
            # An erased incident has no key any more: none is made for who looks at what is left.
            gone, at = any(record.type == ERASED for record in records), desk.clock.now()
            session.looks.begin("timeline", id, stream_of(at) if gone else stream_for(shown, at), shown)
        return await aside(LOOKS, made, records, beside)
    except NoSuchIncident:
        return {"id": id, "failed": "unknown"}
    except LogUnavailable:
        return {"id": id, "failed": "log"}
    except Exception as error:
        _logger.error("a timeline could not be told: %s", type(error).__name__)
        return {"id": id, "failed": "log"}
