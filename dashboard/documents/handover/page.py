"""`/sheet`: the shift's handover sheet, to read and to print. Made anew each time it is opened; its address names nobody.

What it counts at a shift's end is recorded by `incidents.shifts`;
here stands what a colleague reads: what is open, who has it,
whether feeds, log and sound do what they should, and the log's digest, to be written down on paper.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

import msgspec

from dashboard.components.actions.routing import share_of_named
from dashboard.components.coverage.spoken import blind_words, covers_words
from dashboard.components.devices.standing import standing, told, visible
from dashboard.components.place_names import zone_words
from dashboard.components.presence.news import Together
from dashboard.components.queue.row_cache import RowCache
from dashboard.components.queue.rows import Row, label
from dashboard.components.queue.spoken import watch_words
from dashboard.components.topbar.health import Health
from dashboard.components.tracks import track
from dashboard.documents.page import DocumentGround, DocumentPage, Redaction, point
from dashboard.i18n.words import words
from dashboard.shell.clock import dated, milliseconds, written
from incidents.audit import stream_of
from incidents.commands import Refused
from incidents.events import ReasonGiven, SheetOpened
from incidents.incident import Incident
from incidents.log import LogUnavailable
from incidents.presence.pages import Watching
from incidents.roles import Role, User, may
from incidents.shifts import shift_at, test_due
from incidents.technical import DeviceAlarm
from reports.catalogue import Translator
from reports.locale_formats import firm

PAGE = "page sheet"
_day = partial(dated, year=False)
_second = partial(written, form="%H:%M:%S")


class SheetGround(DocumentGround, Protocol):
    """The pages' common ground as the sheet sees it."""

    @property
    def together(self) -> Together: ...
    @property
    def rows(self) -> RowCache: ...
    def health(self) -> Health: ...
    def everywhere(self) -> Iterable[Watching]: ...


class SheetPage(DocumentPage[SheetGround]):
    """The sheet, for a signed-in dispatcher or supervisor; where nobody signs in, for this machine only."""

    page = PAGE
    discloses = "sheet"

    async def answer(self, consoles: SheetGround, roles: frozenset[Role]) -> str:
        desk = consoles.desk
        actor = desk.pseudonym(self.by(consoles))
        on_shift = consoles.signins is None or any(one.actor == actor for one in desk.floor.people)
        self.event, self.need = SheetOpened(), "duty" if on_shift else ""
        facts, copy = await sheet(consoles, self.user(), self.translate), may(roles, "page degraded")
        asked = {"asks": not on_shift and self.why is None, "kept": self.why is not None}
        return self.filled("documents/handover/page.html", consoles, copy=copy, **asked, **facts)

    async def explained(self, consoles: SheetGround, roles: frozenset[Role]) -> None:
        """Who is not on shift says why they look."""
        assert self.why is not None
        desk, of = consoles.desk, self.look(consoles, SheetOpened())
        given = ReasonGiven(of=of, why=self.why, reason=self.reason)
        with suppress(LogUnavailable, Refused):  # it is held where it can't be written
            actor = desk.pseudonym(self.by(consoles))
            await desk.note(stream_of(desk.clock.now()), given, id=f"reason-{of}", actor=actor)
        await self.give(consoles, roles)


async def sheet(consoles: SheetGround, user: User | None, translate: Translator) -> dict[str, Any]:
    """The facts of the sheet as it is now, for who asks, in their language: texts and codes, moments in Belgian time."""
    desk, together = consoles.desk, consoles.together
    board, now = desk.board, desk.clock.now()
    try:
        digest = await together.digest() if together.digest else ""
    except LogUnavailable:
        digest = ""
    shift, test = shift_at(together.times, now), board.shift.test
    due = test_due(together.times, board, now)
    rule, papers = desk.exclusions, Redaction(desk.cases.all(), translate)
    people = together.seen_by(together.people(), lambda incident: rule.incident(incident, user))
    known, health = consoles.services.centres.known, consoles.health()
    facts = {
        "now": _day(now, translate),
        "shift": (_day(shift.start, translate), written(shift.end)) if shift else None,
        "alarms": _alarms(consoles, now, user, papers, translate),
        "tests": _tests(consoles, now, user, papers),
        "devices": sorted(
            (_device(alarm, desk.name_of, now, papers, translate) for alarm in visible(desk, user)),
            key=_urgency,
        ),
        "technical": told(standing(desk, user), translate),
        "people": [
            (
                person,
                written(person.since),
                ", ".join(board.incidents[h.id].number for h in person.holds if h.id in board.incidents),
                covers_words(person.covers, known, translate),
            )
            for person in people
        ],
        "heard": sum(person.heard and person.screen == "visible" for person in people if person.receives),
        "able": sum(person.receives for person in people),
        "sound_tests": _sound_tests(consoles, translate),
        "health": health,
        "blind": blind_words(health.blind, known, translate),
        "at": written,
        "due": written(due),
        "overdue": due is not None and now > due,
        "test": (test, _day(test.at, translate)) if test else None,
        "digest": digest,
        "last_digest": (board.shift.digest, _day(board.shift.digest_at, translate)) if board.shift.digest_at else None,
        "notes": [
            (_day(note.at, translate), desk.name_of(note.actor), papers.text(note.text)) for note in board.shift.notes
        ],
    }
    return facts | {
        "withheld": papers.count,
        "credit": consoles.services.whereabouts.credit(translate) if facts["alarms"] else "",
    }


def _alarms(
    consoles: SheetGround, now: datetime, user: User | None, papers: Redaction, translate: Translator
) -> list[dict[str, Any]]:
    """Alarms that are not done with: those nobody has first, then the oldest, closed ones last; of one that is kept from
    who asks only that there is one."""
    desk, t = consoles.desk, words(translate)
    still_open = sorted(
        (incident for incident in desk.board.incidents.values() if incident.unfinished),
        key=lambda incident: (not incident.open, not incident.unowned, incident.received_at, incident.id),
    )
    kept = [incident for incident in still_open if desk.exclusions.incident(incident, user)]
    return [{"reserved": True} for _ in kept] + [
        {
            "label": incident.number,
            "called": "" if label(incident) == incident.number else label(incident),
            "state": incident.state,
            "unowned": incident.unowned,
            "owner": desk.name_of(incident.owner) if incident.owner else "",
            "offered": desk.name_of(incident.offered_to) if incident.offered_to else "",
            "zone": zone_words(
                consoles.services.places.zone_name(incident.zone),
                share_of_named(incident, consoles.services.places, now, track(incident)),
            ),
            "abroad": incident.position.abroad,
            "unplaced": incident.position.fix is None,
            "order_zone": consoles.services.places.zone_name(incident.sent.zone) if incident.sent else "",
            "since": _day(incident.received_at, translate),
            "age": _age(now - incident.received_at),
            "presses": incident.presses.count,
            "test": (
                desk.name_of(incident.presses.announced.by),
                written(incident.presses.announced.until),
                papers.text(incident.presses.announced.where),
            )
            if incident.presses.announced
            else None,
            "bench": incident.device in consoles.together.times.bench_devices,
        }
        | _where(consoles, incident, now, papers, translate)
        | _of_row(consoles, incident.id, now, papers, t)
        for incident in still_open
        if incident not in kept
    ]


def _where(
    consoles: SheetGround, incident: Incident, now: datetime, papers: Redaction, translate: Translator
) -> dict[str, str]:
    """Where it is, as paper may say it: its municipality always. Without a case nobody knows whether it is a refuge: its street
    and coordinates stand on the screen alone, for paper travels."""
    fix, place, said = incident.position.fix, incident.by_hand.place, consoles.services.whereabouts.in_full
    words = said(incident, now, translate)
    town = firm(said(incident, now, translate, street=False)) if fix is not None else ""
    if (
        fix is None
        and consoles.services.zones.municipality_named(incident.zone, named := place.rpartition(", ")[2]) is not None
    ):
        town = named
    full = point(fix, words) if fix is not None else words
    if consoles.desk.case_of(incident) is None:
        return {"town": town, "where": "", "screen": full if full != town else ""}
    where = papers.where(fix, words) if fix is not None else papers.text(words)
    return {"town": town if where == papers.withheld else "", "where": where, "screen": ""}


def _of_row(
    consoles: SheetGround, incident_id: str, now: datetime, papers: Redaction, t: dict[str, str]
) -> dict[str, list[str]]:
    """What the pages' row warns of, and what the watch says there; nothing once the alarm has left the board."""
    raw = consoles.rows.encoded(incident_id)
    if raw is None:
        return {"warns": [], "watch": []}
    row = msgspec.json.decode(raw, type=Row)
    row = msgspec.structs.replace(row, declined_why=papers.text(row.declined_why))

    def in_time(at: int) -> str:
        """How long from now, and at which moment: paper does not tick."""
        left = max(0, at - (milliseconds(now) or 0)) // 1000
        return t["sheet_in"].format(left=f"{left // 60}:{left % 60:02}", time=_second(at))

    def ago(at: int) -> str:
        return _age(timedelta(milliseconds=(milliseconds(now) or 0) - at))

    return {"warns": [t[f"warns.{code}"] for code in row.warns], "watch": watch_words(row, t, in_time, ago)}


def _tests(consoles: SheetGround, now: datetime, user: User | None, papers: Redaction) -> list[dict[str, str]]:
    """Announced tests that stand now, the first to end first; none of a device that is kept from who asks."""
    desk = consoles.desk
    standing = [test for test in desk.board.announced.values() if test.until >= now]
    return [
        {
            "device": papers.text(test.device or "?"),
            "who": desk.name_of(test.by),
            "until": written(test.until),
            "where": papers.text(test.where),
        }
        for test in sorted(standing, key=lambda test: (test.until, test.stream))
        if not desk.exclusions.device(test.device, user)
    ]


def _device(
    alarm: DeviceAlarm, name_of: Callable[[str], str], now: datetime, papers: Redaction, translate: Translator
) -> dict[str, Any]:
    shelved = alarm.shelved_until is not None
    state = (
        "shelved"
        if shelved
        else "returned"
        if alarm.returned_at and not alarm.flapping
        else "noted"
        if alarm.acknowledged_by
        else "open"
    )
    who = alarm.shelved_by if shelved else alarm.acknowledged_by
    return {
        "label": alarm.device or "?",
        "condition": alarm.condition,
        "flaps": alarm.changes,
        "state": state,
        "since": _day(alarm.since, translate),
        "age": _age(now - alarm.since),
        "who": name_of(who) if who else "",
        "until": _day(alarm.shelved_until, translate),
        "why": papers.text(alarm.shelved_why),
    }


def _urgency(device: dict[str, Any]) -> tuple[int, str]:
    return ("open", "shelved", "noted", "returned").index(device["state"]), device["since"]


def _sound_tests(consoles: SheetGround, translate: Translator) -> list[tuple[str, str, bool]]:
    """By desk: when somebody last said whether the sounds were heard there."""
    tests = {
        page.desk or consoles.desk.name_of(page.actor): page
        for page in consoles.everywhere()
        if page.tested_at is not None and (page.desk or page.actor)
    }
    return [(name, _day(page.tested_at, translate), page.sounds) for name, page in sorted(tests.items())]


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02}"
